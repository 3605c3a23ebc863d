#include "quality/archive.h"

#include "quality/archive_column.h"
#include "quality/finding_json.h"
#include "quality/finding_mask.h"
#include "quality/transcript_row.h"

#include <string.h>

/* The largest conversation evaluated for a page. */
enum { PAGE_ARENA_BYTES = 1 << 30 };

typedef struct cs_replay {
    const cs_stored *stored;
    const cs_conversation *shown; /* covered, unless it is revealed */
    uint32_t covered; /* texts of it */
    const cs_recording_row *recording; /* NULL: none */
    const cs_transcript_row *transcripts;
    uint32_t transcript_count;
    cs_ruleset *ruleset;
    cs_verdicts verdicts;
    cs_scores scores;
    const uint32_t *numbers;
} cs_replay;

static void participant_write(cs_json_writer *out, const char *key, const cs_conversation *conversation,
                              uint32_t participant) {
    if (participant < conversation->participant_count)
        json_write_int(out, key, participant);
    else
        json_write_null(out, key);
}

static void head_write(cs_json_writer *out, const cs_replay *replay) {
    const cs_stored *stored = replay->stored;
    const cs_conversation *conversation = replay->shown;
    const cs_participant *agent = conversation_agent(conversation);
    json_write_string(out, "id", stored->id);
    json_write_string(out, "external_id", conversation->external_id);
    json_write_string(out, "title", conversation->title ? conversation->title : conversation->external_id);
    json_write_string(out, "channel", channel_name(conversation->channel));
    json_write_string(out, "language", conversation->language);
    json_write_string(out, "queue", conversation->queue);
    json_write_string(out, "customer", conversation->customer);
    time_write(out, "started_ms", conversation->started_ms);
    time_write(out, "duration_ms", conversation_duration_ms(conversation));
    json_write_int(out, "zone_minutes", conversation->zone_minutes);
    json_write_bool(out, "is_timed", conversation->is_timed);
    json_write_string(out, "source", conversation->source);
    json_write_string(out, "agent", agent ? agent->name : NULL);
    json_write_string(out, "team", agent ? agent->team : NULL);
    scores_write(out, "scores", &replay->scores);
    if (replay->scores.decided_share < 0)
        json_write_null(out, "decided_share");
    else
        json_write_double(out, "decided_share", replay->scores.decided_share, 3);
    json_write_bool(out, "high_risk", replay->scores.is_high_risk);
    tags_write(out, "tags", replay->ruleset, &replay->verdicts);
}

static void participants_write(cs_json_writer *out, const cs_conversation *conversation) {
    json_array_open(out, "participants");
    for (uint32_t i = 0; i < conversation->participant_count; i++) {
        const cs_participant *participant = &conversation->participants[i];
        json_object_open(out, NULL);
        json_write_string(out, "id", participant->id);
        json_write_string(out, "role", role_name(participant->role));
        json_write_string(out, "name", participant->name);
        json_write_string(out, "team", participant->team);
        json_object_close(out);
    }
    json_array_close(out);
}

/* One of an hour has ten thousand: [offset, length, start_ms, end_ms, confidence] each, null what is unknown. */
static void words_write(cs_json_writer *out, const cs_turn *turn) {
    if (turn->word_count == 0) return;
    json_array_open(out, "words");
    for (uint32_t i = 0; i < turn->word_count; i++) {
        const cs_word *word = &turn->words[i];
        json_array_open(out, NULL);
        json_write_int(out, NULL, word->offset);
        json_write_int(out, NULL, word->length);
        time_write(out, NULL, word->start_ms);
        time_write(out, NULL, word->end_ms);
        if (word->confidence < 0)
            json_write_null(out, NULL);
        else
            json_write_double(out, NULL, (double)word->confidence, 2);
        json_array_close(out);
    }
    json_array_close(out);
}

/* How it sounded, and what was heard beside words; what rules read of other kinds is no matter of a page. */
static void signs_write(cs_json_writer *out, const cs_turn *turn) {
    bool is_open = false;
    for (uint32_t i = 0; i < turn->annotation_count; i++) {
        const cs_annotation *a = &turn->annotations[i];
        if (!a->label || (strcmp(a->kind, "emotion") != 0 && strcmp(a->kind, "event") != 0)) continue;
        if (!is_open) json_array_open(out, "annotations");
        is_open = true;
        json_object_open(out, NULL);
        json_write_string(out, "kind", a->kind);
        json_write_string(out, "label", a->label);
        if (a->confidence >= 0) json_write_double(out, "confidence", (double)a->confidence, 3);
        if (a->to > 0) {
            json_write_int(out, "from", a->from);
            json_write_int(out, "to", a->to);
        }
        json_object_close(out);
    }
    if (is_open) json_array_close(out);
}

static void turns_write(cs_json_writer *out, const cs_conversation *conversation) {
    json_array_open(out, "turns");
    for (uint32_t i = 0; i < conversation->turn_count; i++) {
        const cs_turn *turn = &conversation->turns[i];
        json_object_open(out, NULL);
        json_write_int(out, "index", (int64_t)i + 1);
        json_write_int(out, "participant", turn->participant);
        json_write_string(out, "role", role_name(conversation->participants[turn->participant].role));
        time_write(out, "start_ms", turn->start_ms);
        time_write(out, "end_ms", turn->end_ms);
        json_write_bytes(out, "text", turn->text, turn->text_bytes);
        if (conversation->is_heard) json_write_bool(out, "is_wordless", turn->text_bytes == 0);
        if (turn->confidence < 0)
            json_write_null(out, "confidence");
        else
            json_write_double(out, "confidence", (double)turn->confidence, 3);
        words_write(out, turn);
        signs_write(out, turn);
        json_object_close(out);
    }
    json_array_close(out);
}

static void events_write(cs_json_writer *out, const cs_conversation *conversation) {
    json_array_open(out, "events");
    for (uint32_t i = 0; i < conversation->event_count; i++) {
        const cs_event *event = &conversation->events[i];
        json_object_open(out, NULL);
        json_write_string(out, "kind", event->kind);
        time_write(out, "at_ms", event->at_ms);
        json_write_int(out, "after_turn", event->after_turn);
        participant_write(out, "participant", conversation, event->participant);
        json_object_close(out);
    }
    json_array_close(out);
}

static void fields_write(cs_json_writer *out, const cs_conversation *conversation) {
    json_array_open(out, "fields");
    for (uint32_t i = 0; i < conversation->field_count; i++) {
        const cs_field *field = &conversation->fields[i];
        json_object_open(out, NULL);
        json_write_string(out, "name", field->name);
        if (field->kind == CS_FIELD_TEXT)
            json_write_string(out, "value", field->value);
        else
            json_write_raw(out, "value", field->value);
        json_object_close(out);
    }
    json_array_close(out);
}

static void voices_write(cs_json_writer *out, const cs_conversation *conversation) {
    json_array_open(out, "voices");
    for (uint32_t i = 0; i < conversation->voice_count; i++) {
        const cs_voice *voice = &conversation->voices[i];
        json_object_open(out, NULL);
        json_write_int(out, "participant", voice->participant);
        json_write_int(out, "from_ms", voice->start_ms);
        json_write_int(out, "to_ms", voice->end_ms);
        json_write_double(out, "level_db", (double)voice->level_db, 1);
        json_write_double(out, "pitch_hz", (double)voice->pitch_hz, 1);
        json_object_close(out);
    }
    json_array_close(out);
}

static void inspection_write(cs_json_writer *out, const cs_stored *stored) {
    char hex[CS_HASH_CHARS + 1];
    hash_hex(stored->ruleset, hex);
    json_object_open(out, "inspection");
    json_write_string(out, "ruleset", hex);
    json_write_string(out, "engine", stored->engine);
    json_write_int(out, "timeline_version", stored->timeline_version);
    json_write_int(out, "inspected_ms", stored->inspected_ms);
    json_object_close(out);
}

static void masking_write(cs_json_writer *out, const cs_replay *replay) {
    json_object_open(out, "masking");
    json_write_bool(out, "is_revealed", out->is_revealed);
    json_write_int(out, "covered", replay->covered);
    json_object_close(out);
}

static void page_write(cs_json_writer *out, const cs_replay *replay) {
    const cs_conversation *conversation = replay->shown;
    json_object_open(out, NULL);
    head_write(out, replay);
    masking_write(out, replay);
    participants_write(out, conversation);
    turns_write(out, conversation);
    events_write(out, conversation);
    fields_write(out, conversation);
    if (replay->recording)
        json_write_raw(out, "recording", replay->recording->report);
    else
        json_write_null(out, "recording");
    transcript_write(out, replay->transcripts, replay->transcript_count, replay->stored->timeline_version);
    voices_write(out, conversation);
    inspection_write(out, replay->stored);
    rules_write(out, "rules", replay->ruleset, &replay->verdicts, replay->numbers, true);
    arithmetic_write(out, "arithmetic", replay->ruleset, &replay->scores, replay->numbers);
    json_object_close(out);
}

static cs_error replay_run(cs_replay *replay, cs_arena *arena, cs_message *message) {
    cs_scanner *scanner = NULL;
    cs_error code = scanner_create(replay->ruleset, &scanner, message);
    if (code == CS_OK) code = evaluation_run(scanner, replay->stored->conversation, arena, &replay->verdicts, message);
    if (code == CS_OK) code = scorecard_compute(replay->ruleset, &replay->verdicts, arena, &replay->scores, message);
    if (code == CS_OK && !(replay->numbers = finding_numbers(&replay->verdicts, arena)))
        code = message_set(message, CS_ERR_MEMORY, "no memory for the findings");
    scanner_free(scanner);
    return code;
}

/* What is judged is what was said; what is shown is covered. */
static cs_error cover(cs_replay *replay, bool is_revealed, cs_arena *arena, cs_message *message) {
    cs_masked_conversation masked;
    if (!conversation_mask(replay->stored->conversation, arena, &masked))
        return message_set(message, CS_ERR_MEMORY, "no memory to cover the numbers of a conversation");
    replay->covered = masked.covered;
    replay->shown = is_revealed ? replay->stored->conversation : masked.conversation;
    if (!is_revealed && !findings_mask(&replay->verdicts, masked.conversation, arena))
        return message_set(message, CS_ERR_MEMORY, "no memory to cover the numbers of a conversation");
    return CS_OK;
}

cs_error archive_conversation(cs_db *db, cs_packer *packer, cs_ruleset *ruleset, const char *id, cs_json_writer *out,
                              cs_message *message) {
    cs_arena *arena = arena_create(PAGE_ARENA_BYTES);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "no memory for the conversation");
    cs_stored *stored = NULL;
    cs_ruleset *older = NULL;
    cs_error code = archive_load(db, packer, id, arena, &stored, message);
    if (code == CS_OK && !hash_equal(stored->ruleset, ruleset_id(ruleset))) {
        code = archive_load_ruleset(db, stored->ruleset, &older, message);
        if (code != CS_OK) message_remedy(message, "inspect the conversation again with today's rules");
    }
    cs_recording_row *recording = NULL;
    if (code == CS_OK) {
        code = recording_find(db, stored->seq, arena, &recording, message);
        if (code == CS_ERR_NOT_FOUND) code = CS_OK;
    }
    cs_transcript_row *transcripts = NULL;
    uint32_t transcript_count = 0;
    if (code == CS_OK) code = transcript_rows(db, stored->seq, arena, &transcripts, &transcript_count, message);
    if (code == CS_OK) {
        cs_replay replay = {.stored = stored,
                            .recording = recording,
                            .transcripts = transcripts,
                            .transcript_count = transcript_count,
                            .ruleset = older ? older : ruleset};
        code = replay_run(&replay, arena, message);
        if (code == CS_OK) code = cover(&replay, out->is_revealed, arena, message);
        if (code == CS_OK) page_write(out, &replay);
    }
    if (older) ruleset_release(older);
    arena_free(arena);
    return code;
}
