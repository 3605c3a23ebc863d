#include "conversation/json_export.h"

#include "conversation/json_recognition.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void time_format_exact(int64_t epoch_ms, int zone_minutes, char out[40]) {
    char whole[32];
    clock_format(epoch_ms, zone_minutes, whole);
    size_t length = strlen(whole), head = strlen("2026-02-14T10:32:00");
    int ms = epoch_ms > 0 ? (int)(epoch_ms % 1000) : 0;
    if (ms == 0 || length <= head)
        (void)snprintf(out, 40, "%s", whole);
    else
        (void)snprintf(out, 40, "%.*s.%03d%s", (int)head, whole, ms, whole + head);
}

static void write_known(cs_json_writer *out, const char *key, const char *text) {
    if (text) json_write_string(out, key, text);
}

static void write_ms(cs_json_writer *out, const char *key, int64_t ms) {
    if (ms != CS_NO_TIME) json_write_int(out, key, ms);
}

/* The fewest digits that read back to the same number. */
static void write_exact(cs_json_writer *out, const char *key, double value) {
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        if (!(fabs(strtod(text, NULL) - value) > 0)) break;
    }
    json_write_raw(out, key, text);
}

static void write_single(cs_json_writer *out, const char *key, float value) {
    char text[40];
    for (int digits = 3; digits <= 9; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (!(fabsf((float)strtod(text, NULL) - value) > 0)) break;
    }
    json_write_raw(out, key, text);
}

static void write_confidence(cs_json_writer *out, float confidence) {
    if (confidence >= 0) write_single(out, "confidence", confidence);
}

static void write_head(cs_json_writer *out, const cs_conversation *c) {
    char started[40];
    time_format_exact(c->started_ms, c->zone_minutes, started);
    json_write_string(out, "id", c->external_id);
    if (c->channel != CS_CHANNEL_UNKNOWN) json_write_string(out, "channel", channel_name(c->channel));
    write_known(out, "title", c->title);
    if (c->started_ms != CS_NO_TIME) json_write_string(out, "started", started);
    write_known(out, "queue", c->queue);
    write_known(out, "customer", c->customer);
    write_known(out, "language", c->language);
}

static void write_participants(cs_json_writer *out, const cs_conversation *c) {
    json_array_open(out, "participants");
    for (uint32_t i = 0; i < c->participant_count; i++) {
        const cs_participant *who = &c->participants[i];
        json_object_open(out, NULL);
        json_write_string(out, "id", who->id);
        if (who->role != CS_ROLE_UNDECIDED) json_write_string(out, "role", role_name(who->role));
        write_known(out, "name", who->name);
        write_known(out, "team", who->team);
        json_object_close(out);
    }
    json_array_close(out);
}

static void write_words(cs_json_writer *out, const cs_turn *turn) {
    if (turn->word_count == 0) return;
    json_array_open(out, "words");
    for (uint32_t i = 0; i < turn->word_count; i++) {
        const cs_word *word = &turn->words[i];
        json_object_open(out, NULL);
        json_write_int(out, "offset", word->offset);
        json_write_int(out, "length", word->length);
        write_ms(out, "start_ms", word->start_ms);
        write_ms(out, "end_ms", word->end_ms);
        write_confidence(out, word->confidence);
        write_known(out, "sounds", word->sounds);
        json_object_close(out);
    }
    json_array_close(out);
}

static void write_annotations(cs_json_writer *out, const cs_turn *turn) {
    if (turn->annotation_count == 0) return;
    json_array_open(out, "annotations");
    for (uint32_t i = 0; i < turn->annotation_count; i++) {
        const cs_annotation *a = &turn->annotations[i];
        json_object_open(out, NULL);
        json_write_string(out, "kind", a->kind);
        write_known(out, "label", a->label);
        write_known(out, "text", a->text);
        if (fabs(a->value) > 0) write_exact(out, "value", a->value);
        write_confidence(out, a->confidence);
        if (a->from > 0 || a->to > 0) {
            json_write_int(out, "from", a->from);
            json_write_int(out, "to", a->to);
        }
        json_object_close(out);
    }
    json_array_close(out);
}

static void write_turns(cs_json_writer *out, const cs_conversation *c) {
    json_array_open(out, "turns");
    for (uint32_t i = 0; i < c->turn_count; i++) {
        const cs_turn *turn = &c->turns[i];
        json_object_open(out, NULL);
        json_write_string(out, "from", c->participants[turn->participant].id);
        write_ms(out, "start_ms", turn->start_ms);
        write_ms(out, "end_ms", turn->end_ms);
        json_write_bytes(out, "text", turn->text, turn->text_bytes);
        write_confidence(out, turn->confidence);
        write_words(out, turn);
        write_annotations(out, turn);
        json_object_close(out);
    }
    json_array_close(out);
}

static void write_events(cs_json_writer *out, const cs_conversation *c) {
    if (c->event_count == 0) return;
    json_array_open(out, "events");
    for (uint32_t i = 0; i < c->event_count; i++) {
        const cs_event *event = &c->events[i];
        json_object_open(out, NULL);
        json_write_string(out, "kind", event->kind);
        write_ms(out, "at_ms", event->at_ms);
        if (event->participant < c->participant_count)
            json_write_string(out, "by", c->participants[event->participant].id);
        /* With times the reader finds the place itself. */
        if (!c->is_timed || event->at_ms == CS_NO_TIME) json_write_int(out, "after_turn", event->after_turn);
        json_object_close(out);
    }
    json_array_close(out);
}

/* Whether text is a number as RFC 8259 writes them: other readers' numbers may not be. */
static bool is_number(const char *text) {
    const char *at = text + (*text == '-');
    size_t digits = strspn(at, "0123456789");
    if (digits == 0 || (digits > 1 && *at == '0')) return false;
    at += digits;
    if (*at == '.') {
        digits = strspn(++at, "0123456789");
        if (digits == 0) return false;
        at += digits;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '+' || *at == '-';
        digits = strspn(at, "0123456789");
        if (digits == 0) return false;
        at += digits;
    }
    return *at == 0 && isfinite(strtod(text, NULL));
}

static void write_value(cs_json_writer *out, const char *key, const cs_field *field) {
    bool is_plain = field->kind == CS_FIELD_BOOL || (field->kind == CS_FIELD_NUMBER && is_number(field->value));
    if (is_plain)
        json_write_raw(out, key, field->value);
    else
        json_write_string(out, key, field->value);
}

static void write_fields(cs_json_writer *out, const cs_conversation *c) {
    if (c->field_count == 0) return;
    json_object_open(out, "fields");
    for (uint32_t i = 0; i < c->field_count; i++) {
        const cs_field *field = &c->fields[i];
        if (field->at_ms > 0) {
            json_object_open(out, field->name);
            write_value(out, "value", field);
            json_write_int(out, "at_ms", field->at_ms);
            json_object_close(out);
        } else {
            write_value(out, field->name, field);
        }
    }
    json_object_close(out);
}

static void write_annotated(cs_json_writer *out, const cs_conversation *c) {
    if (c->annotated_count == 0) return;
    json_array_open(out, "annotated");
    for (uint32_t i = 0; i < c->annotated_count; i++) json_write_string(out, NULL, c->annotated[i]);
    json_array_close(out);
}

static void write_recordings(cs_json_writer *out, const cs_conversation *c) {
    if (c->recording_count == 0) return;
    json_array_open(out, "recordings");
    for (uint32_t i = 0; i < c->recording_count; i++) {
        const cs_recording *recording = &c->recordings[i];
        json_object_open(out, NULL);
        json_write_string(out, "file", recording->path);
        json_array_open(out, "channels");
        for (size_t k = 0; k < CS_MAX_RECORDING_CHANNELS; k++)
            json_write_string(out, NULL,
                              recording->channels[k] < c->participant_count ? c->participants[recording->channels[k]].id
                                                                            : NULL);
        json_array_close(out);
        json_object_close(out);
    }
    json_array_close(out);
}

static void write_voices(cs_json_writer *out, const cs_conversation *c) {
    if (!c->is_heard) return;
    json_array_open(out, "voices");
    for (uint32_t i = 0; i < c->voice_count; i++) {
        const cs_voice *voice = &c->voices[i];
        json_object_open(out, NULL);
        json_write_string(out, "from", c->participants[voice->participant].id);
        json_write_int(out, "start_ms", voice->start_ms);
        json_write_int(out, "end_ms", voice->end_ms);
        if (fabsf(voice->level_db) > 0) write_single(out, "level_db", voice->level_db);
        if (fabsf(voice->pitch_hz) > 0) write_single(out, "pitch_hz", voice->pitch_hz);
        json_object_close(out);
    }
    json_array_close(out);
}

void json_export_write(cs_json_writer *out, const char *key, const cs_conversation *c) {
    json_object_open(out, key);
    write_head(out, c);
    json_recognition_write(out, c);
    write_participants(out, c);
    write_turns(out, c);
    write_events(out, c);
    write_fields(out, c);
    write_annotated(out, c);
    write_recordings(out, c);
    write_voices(out, c);
    json_object_close(out);
}
