/* The dialogs of a vCon: what was written becomes turns, transfers and failed attempts become events. */
#include "base/utf8.h"
#include "conversation/vcon_base64.h"
#include "conversation/vcon_reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const double MOST_SECONDS = 100.0 * 366 * 86400;

const cs_json *vcon_dialog_at(const cs_vcon_reader *r, size_t index) {
    return json_at(json_get(r->tree, "dialog"), index);
}

bool vcon_dialog_is(const cs_json *dialog, const char *type) {
    const char *word = json_string(json_get(dialog, "type"), NULL);
    return word && strcmp(word, type) == 0;
}

/* ---- times ---- */

/* A date and time with its zone; early vCons also wrote seconds from 1970. false: neither. */
static bool read_moment(const cs_json *value, int64_t *ms, int *zone) {
    if (json_kind(value) == CS_JSON_STRING) return clock_parse(json_string(value, NULL), ms, zone);
    double seconds = json_number(value, -1);
    if (json_kind(value) != CS_JSON_NUMBER || seconds < 0 || seconds > 2 * MOST_SECONDS) return false;
    *ms = (int64_t)llround(seconds * 1000);
    *zone = 0;
    return true;
}

static cs_error refuse_moment(const cs_vcon_reader *r, const cs_json_place *place, const char *key,
                              const cs_json *value) {
    const char *text = json_string(value, NULL);
    return vcon_refuse(r, place, key, "write it as 2026-02-14T10:32:00+08:00",
                       "\"%.60s\" is no date and time with a zone", text ? text : "(no text)");
}

static cs_error note_moment(cs_vcon_reader *r, const cs_json_place *place, const char *key, const cs_json *value) {
    int64_t ms = CS_NO_TIME;
    int zone = 0;
    if (json_kind(value) == CS_JSON_NULL) return CS_OK;
    if (!read_moment(value, &ms, &zone)) return refuse_moment(r, place, key, value);
    if (r->base_ms != CS_NO_TIME && ms >= r->base_ms) return CS_OK;
    r->base_ms = ms;
    r->draft->c->zone_minutes = zone;
    return CS_OK;
}

cs_error vcon_base_find(cs_vcon_reader *r) {
    const cs_json *list = json_get(r->tree, "dialog");
    cs_json_place whole = {"dialog", -1, NULL};
    r->base_ms = CS_NO_TIME;
    if (json_kind(list) == CS_JSON_NULL) return CS_OK;
    if (json_kind(list) != CS_JSON_ARRAY)
        return vcon_refuse(r, &whole, NULL, "list them in [ ]", "the dialogs are no list");
    size_t count = json_length(list);
    if (count > CS_MAX_VCON_DIALOGS)
        return vcon_refuse(r, &whole, NULL, "split it into several conversations",
                           "it has %zu dialogs; at most %d are read", count, CS_MAX_VCON_DIALOGS);
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < count; i++) {
        const cs_json *dialog = json_at(list, i), *history = json_get(dialog, "party_history");
        cs_json_place place = {"dialog", (int64_t)i, NULL};
        if (json_kind(dialog) != CS_JSON_OBJECT)
            return vcon_refuse(r, &place, NULL, "a redacted dialog stays as an empty object {}",
                               "a dialog is no object");
        code = note_moment(r, &place, "start", json_get(dialog, "start"));
        for (size_t k = 0; code == CS_OK && k < json_length(history); k++) {
            cs_json_place inner = {"party_history", (int64_t)k, &place};
            code = note_moment(r, &inner, "time", json_get(json_at(history, k), "time"));
        }
    }
    r->draft->c->started_ms = r->base_ms;
    return code;
}

static int64_t offset_of(const cs_vcon_reader *r, const cs_json *value) {
    int64_t ms = CS_NO_TIME;
    int zone = 0;
    if (r->base_ms == CS_NO_TIME || !read_moment(value, &ms, &zone)) return CS_NO_TIME;
    return ms - r->base_ms;
}

int64_t vcon_dialog_offset(const cs_vcon_reader *r, size_t index) {
    int64_t offset = offset_of(r, json_get(vcon_dialog_at(r, index), "start"));
    return offset == CS_NO_TIME ? 0 : offset;
}

/* ---- who ---- */

static bool read_index(const cs_json *value, uint32_t count, uint32_t *out) {
    int64_t index = -1;
    if (!json_int64(value, &index) || index < 0 || index >= count) return false;
    *out = (uint32_t)index;
    return true;
}

uint32_t vcon_dialog_party(const cs_vcon_reader *r, const cs_json *dialog, int channel) {
    const cs_json *parties = json_get(dialog, "parties");
    uint32_t who = UINT32_MAX;
    if (channel >= 0) parties = json_at(parties, (size_t)channel);
    if (json_kind(parties) == CS_JSON_ARRAY && json_length(parties) == 1) parties = json_at(parties, 0);
    return read_index(parties, r->party_count, &who) ? who : UINT32_MAX;
}

/* The sender: originator, else the first of the parties. */
static cs_error find_sender(const cs_vcon_reader *r, const cs_json *dialog, const cs_json_place *place, uint32_t *who) {
    const cs_json *originator = json_get(dialog, "originator"), *parties = json_get(dialog, "parties");
    const char *key = "originator";
    const cs_json *value = originator;
    if (json_kind(originator) == CS_JSON_NULL) {
        key = "parties";
        value = json_kind(parties) == CS_JSON_ARRAY ? json_at(parties, 0) : parties;
        if (json_kind(value) == CS_JSON_ARRAY) value = json_at(value, 0);
    }
    if (read_index(value, r->party_count, who)) return CS_OK;
    if (json_kind(value) == CS_JSON_NULL)
        return vcon_refuse(r, place, key, "put the sender's place among the parties there, counted from 0",
                           "nothing says who wrote it");
    return vcon_refuse(r, place, key, "count from 0", "this is the number of none of the %u parties", r->party_count);
}

/* ---- text ---- */

static const char *media_type(const cs_json *dialog) {
    const char *type = json_string(json_get(dialog, "mediatype"), NULL);
    if (!type) type = json_string(json_get(dialog, "mimetype"), NULL);
    return type ? type : "";
}

static bool media_is(const char *type, const char *wanted) {
    size_t length = strlen(wanted);
    return strncasecmp(type, wanted, length) == 0;
}

static cs_error take_text(cs_vcon_reader *r, const cs_json_place *place, const char *text, size_t bytes,
                          cs_turn *turn) {
    if (bytes > CS_MAX_TURN_BYTES)
        return vcon_refuse(r, place, "body", "split it into several dialogs",
                           "the text has %zu bytes; at most %d are read", bytes, CS_MAX_TURN_BYTES);
    turn->text = arena_copy(r->draft->arena, text, bytes);
    turn->text_bytes = (uint32_t)bytes;
    return turn->text ? CS_OK : vcon_no_memory(r);
}

static cs_error decode_text(cs_vcon_reader *r, const cs_json *dialog, const cs_json_place *place, cs_turn *turn) {
    size_t bytes = 0;
    const char *body = json_string(json_get(dialog, "body"), &bytes);
    const char *encoding = json_string(json_get(dialog, "encoding"), NULL);
    if (!body)
        return vcon_refuse(r, place, "body", "write the text as a string, with \"encoding\": \"none\"",
                           "the text of the dialog is no string");
    if (encoding && strncasecmp(encoding, "base64", strlen("base64")) == 0) {
        cs_buffer plain;
        buffer_init(&plain, CS_MAX_TURN_BYTES + 4);
        bool is_good = base64_decode(body, bytes, &plain);
        cs_error code = CS_OK;
        if (!is_good && !plain.is_failed)
            code = vcon_refuse(r, place, "body", "encode it again (RFC 4648 section 5)", "the text is no base64url");
        else if (utf8_invalid_at(buffer_string(&plain), plain.length) != plain.length)
            code =
                vcon_refuse(r, place, "body", "export it as UTF-8", "the text inside the base64url is not valid UTF-8");
        else
            code = take_text(r, place, buffer_string(&plain), plain.is_failed ? CS_MAX_TURN_BYTES + 1 : plain.length,
                             turn);
        buffer_free(&plain);
        return code;
    }
    bool is_known = !encoding || !*encoding || strcasecmp(encoding, "none") == 0 || strcasecmp(encoding, "json") == 0;
    if (!is_known)
        return vcon_refuse(r, place, "encoding", "use none or base64url", "there is no encoding \"%.60s\"", encoding);
    return take_text(r, place, body, bytes, turn);
}

static cs_error read_span(const cs_vcon_reader *r, const cs_json *dialog, const cs_json_place *place, int64_t *start,
                          int64_t *end) {
    const cs_json *duration = json_get(dialog, "duration");
    *start = offset_of(r, json_get(dialog, "start"));
    *end = CS_NO_TIME;
    if (json_kind(duration) == CS_JSON_NULL || *start == CS_NO_TIME) return CS_OK;
    double seconds = json_number(duration, -1);
    if (!(seconds >= 0 && seconds <= MOST_SECONDS))
        return vcon_refuse(r, place, "duration", "write the seconds it took as a number, or leave it out",
                           "the duration is no number of seconds");
    *end = *start + (int64_t)llround(seconds * 1000);
    return CS_OK;
}

static cs_error read_text(cs_vcon_reader *r, const cs_json *dialog, const cs_json_place *place) {
    const char *type = media_type(dialog);
    r->text_count++;
    if (json_kind(json_get(dialog, "message_id")) == CS_JSON_STRING) r->is_mail = true;
    if (json_kind(json_get(dialog, "body")) == CS_JSON_NULL) {
        if (json_kind(json_get(dialog, "url")) == CS_JSON_NULL)
            r->is_redacted = true;
        else
            vcon_leave_out(r, place, "url", "fetch the text yourself and put it into \"body\"",
                           "the text lies elsewhere, and nothing is fetched");
        return CS_OK;
    }
    if (*type && !media_is(type, "text/plain") && !media_is(type, "text/markdown"))
        return vcon_refuse(r, place, "mediatype", "export it as text/plain; e-mails also as .eml files",
                           "text of the type \"%.80s\" is not read", type);
    cs_turn *turn = draft_turn(r->draft);
    if (!turn) return draft_why(r->draft, r->message);
    cs_error code = find_sender(r, dialog, place, &turn->participant);
    if (code == CS_OK) code = read_span(r, dialog, place, &turn->start_ms, &turn->end_ms);
    return code == CS_OK ? decode_text(r, dialog, place, turn) : code;
}

/* ---- events ---- */

static cs_error add_event(cs_vcon_reader *r, const char *kind, int64_t at_ms, const cs_json *party) {
    cs_event *event = draft_event(r->draft);
    if (!event) return draft_why(r->draft, r->message);
    event->at_ms = at_ms;
    uint32_t who = 0;
    if (read_index(party, r->party_count, &who)) event->participant = who;
    event->kind = arena_string(r->draft->arena, kind);
    return event->kind ? CS_OK : vcon_no_memory(r);
}

static cs_error read_incomplete(cs_vcon_reader *r, const cs_json *dialog, const cs_json_place *place) {
    const char *why = json_string(json_get(dialog, "disposition"), NULL);
    const cs_json *parties = json_get(dialog, "parties"), *by = json_get(dialog, "originator");
    if (json_kind(by) == CS_JSON_NULL) by = json_kind(parties) == CS_JSON_ARRAY ? json_at(parties, 0) : parties;
    if (!why || !*why || strlen(why) > CS_MAX_NAME_BYTES)
        return vcon_refuse(r, place, "disposition",
                           "no-answer, congestion, failed, busy, hung-up or voicemail-no-message",
                           "an attempt that failed does not say why");
    cs_error code = add_event(r, why, offset_of(r, json_get(dialog, "start")), by);
    return code == CS_OK ? vcon_field(r, "disposition", why, CS_FIELD_TEXT) : code;
}

/* join, drop, hold, unhold, mute, unmute, keydown, keyup; held and taken back are called as everywhere here. */
static cs_error read_history(cs_vcon_reader *r, const cs_json *dialog, const cs_json_place *outer) {
    const cs_json *list = json_get(dialog, "party_history");
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < json_length(list); i++) {
        const cs_json *item = json_at(list, i);
        const char *kind = json_string(json_get(item, "event"), NULL);
        cs_json_place place = {"party_history", (int64_t)i, outer};
        if (!kind || !*kind || strlen(kind) > CS_MAX_NAME_BYTES)
            return vcon_refuse(r, &place, "event", "join, drop, hold, unhold, mute, unmute, keydown or keyup",
                               "the event has no name");
        if (strcmp(kind, "unhold") == 0) kind = "resume";
        code = add_event(r, kind, offset_of(r, json_get(item, "time")), json_get(item, "party"));
    }
    return code;
}

/* ---- all ---- */

static cs_error read_names(cs_vcon_reader *r, const cs_json *dialog) {
    const cs_json *skill = json_get(dialog, "skill");
    const char *text = json_string(skill, NULL);
    if (json_kind(skill) == CS_JSON_ARRAY) text = json_string(json_at(skill, 0), NULL);
    if (!r->interaction) r->interaction = json_string(json_get(dialog, "interaction_type"), NULL);
    cs_error code = draft_text(r->draft, &r->draft->c->queue, text, r->message);
    if (code == CS_OK) code = vcon_field(r, "campaign", json_string(json_get(dialog, "campaign"), NULL), CS_FIELD_TEXT);
    if (code == CS_OK)
        code = vcon_field(r, "interaction", json_string(json_get(dialog, "interaction_id"), NULL), CS_FIELD_TEXT);
    return code == CS_OK
               ? vcon_field(r, "application", json_string(json_get(dialog, "application"), NULL), CS_FIELD_TEXT)
               : code;
}

static cs_error read_dialog(cs_vcon_reader *r, const cs_json *dialog, const cs_json_place *place) {
    const char *type = json_string(json_get(dialog, "type"), NULL);
    if (json_length(dialog) == 0) { /* a placeholder, so that the numbers of the others stay */
        r->is_redacted = true;
        return CS_OK;
    }
    cs_error code = read_names(r, dialog);
    if (code != CS_OK) return code;
    if (type && strcmp(type, "text") == 0)
        code = read_text(r, dialog, place);
    else if (type && strcmp(type, "recording") == 0)
        r->recording_count++;
    else if (type && strcmp(type, "transfer") == 0)
        code = add_event(r, "transfer", offset_of(r, json_get(dialog, "start")), json_get(dialog, "transferor"));
    else if (type && strcmp(type, "incomplete") == 0)
        code = read_incomplete(r, dialog, place);
    else if (!type || strcmp(type, "recording-set") != 0)
        return vcon_refuse(r, place, "type", "use text, recording, transfer, incomplete or recording-set",
                           "there is no dialog of type \"%.60s\"", type ? type : "");
    if (media_is(media_type(dialog), "video/")) r->is_video = true;
    return code == CS_OK ? read_history(r, dialog, place) : code;
}

cs_error vcon_dialog_read(cs_vcon_reader *r) {
    const cs_json *list = json_get(r->tree, "dialog");
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < json_length(list); i++) {
        cs_json_place place = {"dialog", (int64_t)i, NULL};
        code = read_dialog(r, json_at(list, i), &place);
    }
    return code;
}
