#include "conversation/recogniser.h"

#include "base/utf8.h"

#include <math.h>
#include <string.h>

static const double LONGEST_MS = 100.0 * 366 * 86400 * 1000; /* a hundred years, as conversation_finish allows */

cs_error recogniser_no_memory(const cs_recogniser *r) {
    return message_set(r->message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
}

cs_error recogniser_refuse(const cs_recogniser *r, const cs_json_place *place, const char *key, const char *reason) {
    message_set(r->message, CS_ERR_PARSE, "%s", reason);
    json_place_set(r->message, place, key);
    message_remedy(r->message, "it reads like the output of %s: export it there again, unchanged", r->name);
    return CS_ERR_PARSE;
}

static cs_error refuse_kind(const cs_recogniser *r, const cs_json_place *place, const char *key, const char *kind) {
    char reason[200];
    cs_message words; /* bounds and cleans them */
    message_set(&words, CS_ERR_PARSE, "\"%.60s\" must be %s", key, kind);
    memcpy(reason, words.reason, sizeof reason - 1);
    reason[sizeof reason - 1] = 0;
    return recogniser_refuse(r, place, key, reason);
}

cs_error recogniser_object(const cs_recogniser *r, const cs_json *value, const cs_json_place *place) {
    if (json_kind(value) == CS_JSON_OBJECT) return CS_OK;
    return recogniser_refuse(r, place, NULL, "an object in { } is expected here");
}

cs_error recogniser_list(const cs_recogniser *r, const cs_json *object, const char *key, const cs_json_place *place,
                         const cs_json **out) {
    const cs_json *value = json_get(object, key);
    cs_json_kind kind = json_kind(value);
    if (kind != CS_JSON_NULL && kind != CS_JSON_ARRAY) return refuse_kind(r, place, key, "a list in [ ]");
    *out = kind == CS_JSON_NULL ? NULL : value;
    return CS_OK;
}

cs_error recogniser_string(const cs_recogniser *r, const cs_json *object, const char *key, const cs_json_place *place,
                           const char **out) {
    const cs_json *value = json_get(object, key);
    cs_json_kind kind = json_kind(value);
    if (kind != CS_JSON_NULL && kind != CS_JSON_STRING) return refuse_kind(r, place, key, "a text in double quotes");
    *out = json_string(value, NULL);
    return CS_OK;
}

/* Digits, a point, digits: not strtod, for the point must not depend on the machine's language. */
static bool read_decimal(const char *text, double *out) {
    double value = 0, unit = 1;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 15) return false;
    for (size_t i = 0; i < digits; i++) value = value * 10 + (text[i] - '0');
    text += digits;
    if (*text == '.') {
        digits = strspn(++text, "0123456789");
        for (size_t i = 0; i < digits && i < 15; i++) value += (text[i] - '0') * (unit /= 10);
        text += digits;
    }
    *out = value;
    return *text == 0;
}

/* NULL is absent: *is_there tells. */
static bool read_number(const cs_json *value, double *out, bool *is_there) {
    *is_there = json_kind(value) != CS_JSON_NULL;
    if (!*is_there) return true;
    const char *text = json_string(value, NULL);
    if (text) return read_decimal(text, out);
    if (json_kind(value) != CS_JSON_NUMBER) return false;
    *out = json_number(value, 0);
    return isfinite(*out);
}

static cs_error read_time(const cs_recogniser *r, const cs_json *object, const char *key, const cs_json_place *place,
                          double unit_ms, int64_t *out) {
    double number = 0;
    bool is_there;
    if (!read_number(json_get(object, key), &number, &is_there))
        return refuse_kind(r, place, key, unit_ms > 1 ? "a number of seconds" : "a number of milliseconds");
    if (is_there && (number < 0 || number * unit_ms > LONGEST_MS))
        return recogniser_refuse(r, place, key, "the time is out of range (0 to 100 years)");
    *out = is_there ? (int64_t)llround(number * unit_ms) : CS_NO_TIME;
    return CS_OK;
}

cs_error recogniser_seconds(const cs_recogniser *r, const cs_json *object, const char *key, const cs_json_place *place,
                            int64_t *out_ms) {
    return read_time(r, object, key, place, 1000, out_ms);
}

cs_error recogniser_milliseconds(const cs_recogniser *r, const cs_json *object, const char *key,
                                 const cs_json_place *place, int64_t *out_ms) {
    return read_time(r, object, key, place, 1, out_ms);
}

cs_error recogniser_share(const cs_recogniser *r, const cs_json *object, const char *key, const cs_json_place *place,
                          float *out) {
    double number = -1;
    bool is_there;
    if (!read_number(json_get(object, key), &number, &is_there) || (is_there && (number < 0 || number > 1.0001)))
        return refuse_kind(r, place, key, "a number from 0 to 1");
    *out = is_there ? (float)fmin(number, 1) : -1;
    return CS_OK;
}

cs_error recogniser_speaker(const cs_recogniser *r, const char *id, cs_role role, uint32_t *out) {
    cs_conversation *c = r->draft->c;
    if (!id || !*id) id = "unknown";
    for (uint32_t i = 0; i < c->participant_count; i++) {
        if (strcmp(c->participants[i].id, id) != 0) continue;
        *out = i;
        return CS_OK;
    }
    cs_participant *who = draft_participant(r->draft);
    if (!who) return draft_why(r->draft, r->message);
    *out = c->participant_count - 1;
    who->role = role;
    who->id = arena_string(r->draft->arena, id);
    return who->id ? CS_OK : recogniser_no_memory(r);
}

cs_error recogniser_span(const cs_recogniser *r, const cs_json_place *place, int64_t start_ms, int64_t end_ms) {
    if (start_ms == CS_NO_TIME || end_ms == CS_NO_TIME || end_ms >= start_ms) return CS_OK;
    return recogniser_refuse(r, place, NULL, "it ends before it starts");
}

static bool is_blank(char c) {
    return (unsigned char)c <= 0x20;
}

cs_error recogniser_turn(const cs_recogniser *r, const cs_json_place *place, uint32_t who, int64_t start_ms,
                         int64_t end_ms, const char *text, size_t bytes, cs_turn **out) {
    *out = NULL;
    while (bytes > 0 && is_blank(*text)) text++, bytes--;
    while (bytes > 0 && is_blank(text[bytes - 1])) bytes--;
    cs_error code = recogniser_span(r, place, start_ms, end_ms);
    if (code != CS_OK || bytes == 0) return code;
    if (bytes > CS_MAX_TURN_BYTES) {
        message_set(r->message, CS_ERR_LIMIT, "the text has %zu bytes; at most %d are read", bytes, CS_MAX_TURN_BYTES);
        json_place_set(r->message, place, NULL);
        message_remedy(r->message, "let %s write sentences with their times, not one text", r->name);
        return CS_ERR_LIMIT;
    }
    cs_turn *turn = draft_turn(r->draft);
    if (!turn) return draft_why(r->draft, r->message);
    turn->participant = who;
    turn->start_ms = start_ms;
    turn->end_ms = start_ms == CS_NO_TIME ? CS_NO_TIME : end_ms;
    turn->text = arena_copy(r->draft->arena, text, bytes);
    turn->text_bytes = (uint32_t)bytes;
    *out = turn;
    return turn->text ? CS_OK : recogniser_no_memory(r);
}
