/* The analyses of a vCon: transcripts of its recordings, and the conversation that we wrote into it ourselves. */
#include "conversation/json_conversation.h"
#include "conversation/vcon.h"
#include "conversation/vcon_base64.h"
#include "conversation/vcon_reader.h"

#include <string.h>
#include <strings.h>

enum { MAX_ANALYSES = 10000 };

static bool is_word(const cs_json *object, const char *key, const char *wanted) {
    const char *word = json_string(json_get(object, key), NULL);
    return word && strcasecmp(word, wanted) == 0;
}

/* ---- what an analysis holds ---- */

/* Text that is JSON is parsed into *parsed; what is JSON already, or plain text, is used as it stands. */
static cs_error open_body(const cs_vcon_reader *r, const cs_json *analysis, const cs_json_place *place,
                          const cs_json **body, cs_json **parsed) {
    size_t bytes = 0;
    *body = json_get(analysis, "body");
    *parsed = NULL;
    const char *text = json_string(*body, &bytes);
    if (!text) return CS_OK;
    cs_buffer plain;
    cs_error code = CS_OK;
    buffer_init(&plain, CS_MAX_VCON_BYTES);
    if (is_word(analysis, "encoding", "base64url") || is_word(analysis, "encoding", "base64")) {
        if (!base64_decode(text, bytes, &plain))
            code =
                vcon_refuse(r, place, "body", "encode it again (RFC 4648 section 5)", "the analysis is no base64url");
        text = buffer_string(&plain);
        bytes = plain.length;
        *body = NULL;
    }
    size_t blank = strspn(text, " \t\r\n");
    bool is_json = text[blank] == '{' || text[blank] == '[';
    if (code == CS_OK && is_json) {
        code = json_parse(text, bytes, CS_MAX_VCON_BYTES, parsed, r->message);
        if (code != CS_OK) message_within(r->message, "analysis[%lld].body", (long long)place->index);
        *body = *parsed;
    }
    buffer_free(&plain);
    return code;
}

/* ---- our own ---- */

/* Whether the dialogs still say what our copy says: another program may have blackened or added to them since. */
static bool is_same(const cs_vcon_reader *r, const cs_conversation *c) {
    const cs_json *list = json_get(r->tree, "dialog");
    uint32_t texts = 0;
    if (json_length(json_get(r->tree, "parties")) != c->participant_count) return false;
    for (size_t i = 0; i < json_length(list); i++) {
        const cs_json *dialog = json_at(list, i);
        size_t bytes = 0;
        if (!vcon_dialog_is(dialog, "text")) continue;
        const char *body = json_string(json_get(dialog, "body"), &bytes);
        if (!body || texts >= c->turn_count || bytes != c->turns[texts].text_bytes ||
            memcmp(body, c->turns[texts].text, bytes) != 0)
            return false;
        texts++;
    }
    return texts == c->turn_count || texts == 0;
}

static const cs_json *find_own(const cs_vcon_reader *r, size_t *index) {
    const cs_json *list = json_get(r->tree, "analysis");
    size_t count = json_kind(list) == CS_JSON_ARRAY ? json_length(list) : 0;
    for (size_t i = 0; i < count && i < MAX_ANALYSES; i++) {
        *index = i;
        if (is_word(json_at(list, i), "vendor", CS_VCON_VENDOR) &&
            is_word(json_at(list, i), "schema", CS_VCON_CONVERSATION_SCHEMA))
            return json_at(list, i);
    }
    return NULL;
}

cs_error vcon_own_read(cs_vcon_reader *r, bool *is_taken) {
    size_t index = 0;
    const cs_json *analysis = find_own(r, &index), *body = NULL;
    cs_json *parsed = NULL;
    cs_json_place place = {"analysis", (int64_t)index, NULL};
    *is_taken = false;
    if (!analysis) return CS_OK;
    cs_error code = open_body(r, analysis, &place, &body, &parsed);
    cs_conversation *own = NULL;
    if (code == CS_OK) {
        code = json_conversation_read(body, r->draft->arena, &own, r->message);
        if (code != CS_OK) message_within(r->message, "analysis[%zu].body", index);
    }
    json_free(parsed);
    if (code != CS_OK || !is_same(r, own)) return code;
    cs_draft *draft = r->draft;
    own->recording_count = 0; /* only what lies beside the vCon is taken, as its dialogs name it */
    r->party_count = own->participant_count;
    r->base_ms = own->started_ms;
    draft->c = own;
    draft->participant_room = own->participant_count;
    draft->turn_room = own->turn_count;
    draft->event_room = own->event_count;
    draft->field_room = own->field_count;
    *is_taken = true;
    return CS_OK;
}

/* ---- transcripts ---- */

static bool is_transcript(const cs_json *analysis) {
    bool is_own = is_word(analysis, "vendor", CS_VCON_VENDOR) &&
                  is_word(analysis, "schema", CS_VCON_CONVERSATION_SCHEMA); /* read already, or no longer true */
    return !is_own && (is_word(analysis, "type", "transcript") || is_word(analysis, "type", "wtf_transcription"));
}

/* The dialogs it was made of that have words of their own, or a transcript already, are not read twice. */
static bool claim_dialogs(const cs_vcon_reader *r, const cs_json *analysis, bool *covered, size_t count,
                          cs_vcon_span *span) {
    const cs_json *of = json_get(analysis, "dialog");
    size_t length = json_kind(of) == CS_JSON_ARRAY ? json_length(of) : 1;
    bool is_free = true;
    *span = (cs_vcon_span){.has_time = r->base_ms != CS_NO_TIME};
    if (json_kind(of) == CS_JSON_NULL || length == 0) {
        for (size_t i = 0; i < count; i++) is_free = is_free && !covered[i];
        is_free = is_free && r->text_count == 0;
        if (is_free && count > 0) memset(covered, true, count);
        if (count == 1) span->dialog = vcon_dialog_at(r, 0);
        return is_free;
    }
    for (size_t pass = 0; pass < 2 && is_free; pass++)
        for (size_t i = 0; i < length && i < CS_MAX_VCON_DIALOGS; i++) {
            int64_t index = -1;
            if (!json_int64(json_kind(of) == CS_JSON_ARRAY ? json_at(of, i) : of, &index) || index < 0 ||
                (size_t)index >= count)
                return false;
            if (pass == 0 && (covered[index] || vcon_dialog_is(vcon_dialog_at(r, (size_t)index), "text")))
                is_free = false;
            if (pass == 0) continue;
            covered[index] = true;
            int64_t offset = vcon_dialog_offset(r, (size_t)index);
            if (i == 0 || offset < span->offset_ms) {
                span->offset_ms = offset;
                span->dialog = vcon_dialog_at(r, (size_t)index);
            }
        }
    return is_free;
}

static void release_dialogs(const cs_json *analysis, bool *covered, size_t count) {
    const cs_json *of = json_get(analysis, "dialog");
    size_t length = json_kind(of) == CS_JSON_ARRAY ? json_length(of) : 1;
    if (json_kind(of) == CS_JSON_NULL || length == 0) {
        if (count > 0) memset(covered, false, count);
        return;
    }
    for (size_t i = 0; i < length && i < CS_MAX_VCON_DIALOGS; i++) {
        int64_t index = -1;
        if (json_int64(json_kind(of) == CS_JSON_ARRAY ? json_at(of, i) : of, &index) && index >= 0 &&
            (size_t)index < count)
            covered[index] = false;
    }
}

static cs_error read_transcript(cs_vcon_reader *r, const cs_json *analysis, const cs_json_place *place, bool *covered,
                                size_t count) {
    cs_vcon_span span;
    const cs_json *body = NULL;
    cs_json *parsed = NULL;
    bool is_known = false;
    if (!claim_dialogs(r, analysis, covered, count, &span)) return CS_OK;
    if (json_kind(json_get(analysis, "body")) == CS_JSON_NULL) {
        release_dialogs(analysis, covered, count);
        if (json_kind(json_get(analysis, "url")) == CS_JSON_NULL)
            r->is_redacted = true;
        else
            vcon_leave_out(r, place, "url", "fetch the transcript yourself and put it into \"body\"",
                           "the transcript lies elsewhere, and nothing is fetched");
        return CS_OK;
    }
    cs_error code = open_body(r, analysis, place, &body, &parsed);
    if (code == CS_OK) code = vcon_transcript_read(r, body, &span, place, &is_known);
    json_free(parsed);
    if (code != CS_OK || is_known) return code;
    const char *vendor = json_string(json_get(analysis, "vendor"), NULL);
    vcon_leave_out(r, place, "body", "docs/formats/vcon.md lists the shapes; segments with start, end and text are one",
                   "the transcript of \"%.60s\" has a shape that is not read", vendor ? vendor : "");
    release_dialogs(analysis, covered, count);
    return CS_OK;
}

/* From the last to the first: who adds a better transcript adds it at the end. */
cs_error vcon_analysis_read(cs_vcon_reader *r) {
    const cs_json *list = json_get(r->tree, "analysis");
    cs_json_place whole = {"analysis", -1, NULL};
    size_t dialogs = json_length(json_get(r->tree, "dialog")), count = json_length(list);
    if (json_kind(list) == CS_JSON_NULL) return CS_OK;
    if (json_kind(list) != CS_JSON_ARRAY || count > MAX_ANALYSES)
        return vcon_refuse(r, &whole, NULL, "list at most 10000 of them in [ ]",
                           "the analyses are no list that can be read");
    bool *covered = arena_array(r->draft->arena, dialogs + 1, sizeof *covered);
    if (!covered) return vcon_no_memory(r);
    cs_error code = CS_OK;
    for (size_t i = count; code == CS_OK && i-- > 0;) {
        cs_json_place place = {"analysis", (int64_t)i, NULL};
        if (is_transcript(json_at(list, i))) code = read_transcript(r, json_at(list, i), &place, covered, dialogs);
    }
    return code;
}
