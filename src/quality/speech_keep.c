#include "quality/speech_keep.h"

#include <string.h>

/* Blobs are named by what they hold. */
static bool is_same_sound(const cs_recording_row *a, const cs_recording_row *b) {
    if (a->part_count != b->part_count) return false;
    for (uint32_t i = 0; i < a->part_count; i++)
        if (strcmp(a->parts[i].blob, b->parts[i].blob) != 0) return false;
    return true;
}

/* Who has words stands at the same place as before. A role that was found by the words is not known of the sound alone. */
static bool is_same_cast(const cs_conversation *now, const cs_conversation *stored) {
    if (now->participant_count != stored->participant_count) return false;
    for (uint32_t i = 0; i < now->participant_count; i++) {
        cs_role role = now->participants[i].role;
        if (role != CS_ROLE_UNDECIDED && role != stored->participants[i].role) return false;
    }
    return true;
}

static bool take_cast(cs_conversation *now, const cs_conversation *stored, cs_arena *arena) {
    if (!is_same_cast(now, stored)) { /* its side was told otherwise: all of it as it was */
        now->participants = stored->participants;
        now->participant_count = stored->participant_count;
        now->voices = stored->voices;
        now->voice_count = stored->voice_count;
        now->events = stored->events;
        now->event_count = stored->event_count;
        return true;
    }
    cs_participant *own = arena_array(arena, now->participant_count + 1, sizeof *own);
    if (!own) return false;
    for (uint32_t i = 0; i < now->participant_count; i++) {
        own[i] = now->participants[i];
        own[i].role = stored->participants[i].role;
    }
    now->participants = own;
    return true;
}

static cs_error take_words(cs_conversation *now, const cs_conversation *stored, cs_arena *arena, cs_message *message) {
    if (!take_cast(now, stored, arena)) return message_set(message, CS_ERR_MEMORY, "no memory for the words");
    for (uint32_t i = 0; i < now->event_count; i++)
        if (now->events[i].after_turn > stored->turn_count) now->events[i].after_turn = UINT32_MAX;
    now->turns = stored->turns;
    now->turn_count = stored->turn_count;
    now->recognition = stored->recognition;
    now->annotated = stored->annotated;
    now->annotated_count = stored->annotated_count;
    if (!now->language) now->language = stored->language;
    if (!now->title) now->title = stored->title;
    return conversation_finish(now, arena, message);
}

cs_error speech_keep_words(cs_db *db, cs_packer *packer, cs_conversation *conversation, const cs_recording_row *now,
                           const char *model, cs_arena *arena, bool *is_kept, cs_message *message) {
    cs_recording_row *row = NULL;
    cs_stored *stored = NULL;
    int64_t seq = 0;
    *is_kept = false;
    cs_error code = recording_find_of(db, conversation->external_id, arena, &row, message);
    if (code == CS_OK && !is_same_sound(now, row)) return CS_OK;
    if (code == CS_OK) code = archive_find(db, conversation->external_id, &seq, message);
    if (code == CS_OK) code = archive_load_read(db, packer, seq, arena, &stored, message);
    if (code == CS_ERR_NOT_FOUND) return CS_OK;
    const cs_recognition *by = code == CS_OK ? stored->conversation->recognition : NULL;
    if (!by || stored->conversation->is_wordless) return code;
    if (model && (strcmp(by->model, model) != 0 || !is_same_cast(conversation, stored->conversation))) return CS_OK;
    code = take_words(conversation, stored->conversation, arena, message);
    *is_kept = code == CS_OK;
    return code;
}
