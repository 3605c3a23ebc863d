/* WebVTT (W3C, https://www.w3.org/TR/webvtt1/): one conversation a file; what a caption has no place for stands in a
 * NOTE callscope block after the header. */
#include "base/file.h"
#include "base/spelling.h"
#include "base/utf8.h"
#include "conversation/captions.h"
#include "conversation/reading.h"
#include "conversation/webvtt_text.h"

#include <string.h>

enum { MOST_NOTED_EVENTS = 256 };
static const size_t MAX_FILE_BYTES = (size_t)16 << 20;

typedef struct webvtt {
    cs_caption_lines lines;
    cs_draft draft;
    const char *id, *team;
    bool has_note, has_cue;
    unsigned noted; /* bits of the keys that were given */
    cs_role event_roles[MOST_NOTED_EVENTS]; /* who did the noted event; CS_ROLE_COUNT: nobody */
    int64_t start_ms, end_ms; /* of the cue */
    cs_message *message;
} webvtt;

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static bool next_line(webvtt *v, cs_caption_line *out) {
    return caption_line_next(&v->lines, out);
}

static void trim(const char **text, size_t *bytes) {
    while (*bytes > 0 && is_blank(**text)) (*text)++, (*bytes)--;
    while (*bytes > 0 && is_blank((*text)[*bytes - 1])) (*bytes)--;
}

static bool is_empty(const cs_caption_line *line) {
    return line->bytes == 0;
}

/* word alone, or before a blank */
static bool begins_with(const cs_caption_line *line, const char *word) {
    size_t length = strlen(word);
    return line->bytes >= length && memcmp(line->text, word, length) == 0 &&
           (line->bytes == length || is_blank(line->text[length]));
}

static cs_error refuse(const webvtt *v, int64_t line, const char *reason, const char *remedy) {
    message_set(v->message, CS_ERR_PARSE, "%s", reason);
    message_place(v->message, "line %lld", (long long)line);
    message_remedy(v->message, "%s", remedy);
    return CS_ERR_PARSE;
}

static cs_error no_memory(const webvtt *v) {
    return message_set(v->message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
}

/* The keys of the note; those of events stand in their own list. */
enum { KEY_ID, KEY_CHANNEL, KEY_TITLE, KEY_STARTED, KEY_QUEUE, KEY_CUSTOMER, KEY_TEAM, KEY_LANGUAGE, KEY_COUNT };
static const char *const note_keys[] = {"id",       "channel", "title", "started", "queue",    "customer", "team",
                                        "language", "answer",  "hold",  "resume",  "transfer", "hang-up",  "close"};
enum { ALL_KEYS = sizeof note_keys / sizeof note_keys[0] };

static cs_error read_note_event(webvtt *v, const char *kind, const char *value, size_t bytes, int64_t line) {
    const char *at = value, *end = value + bytes;
    int64_t time;
    cs_role role = CS_ROLE_COUNT;
    bool is_right = caption_time_read(&at, end, &time) && (at == end || is_blank(*at));
    while (at < end && is_blank(*at)) at++;
    if (is_right && at < end) {
        role = webvtt_role(at, (size_t)(end - at));
        is_right = role != CS_ROLE_COUNT;
    }
    if (!is_right)
        return refuse(v, line, "an event needs a time and may name a role",
                      "write it as hang-up: 00:06:48.000 customer");
    if (v->draft.c->event_count == MOST_NOTED_EVENTS)
        return refuse(v, line, "the note has more than 256 events", "use JSON for conversations with that many");
    v->event_roles[v->draft.c->event_count] = role;
    cs_event *event = draft_event(&v->draft);
    if (!event) return draft_why(&v->draft, v->message);
    event->kind = kind;
    event->at_ms = time;
    return CS_OK;
}

static cs_error read_note_value(webvtt *v, size_t key, const char *value, int64_t line) {
    cs_conversation *c = v->draft.c;
    switch (key) {
    case KEY_ID: v->id = value; return CS_OK;
    case KEY_TITLE: c->title = value; return CS_OK;
    case KEY_QUEUE: c->queue = value; return CS_OK;
    case KEY_CUSTOMER: c->customer = value; return CS_OK;
    case KEY_TEAM: v->team = value; return CS_OK;
    case KEY_LANGUAGE: c->language = value; return CS_OK;
    case KEY_CHANNEL:
        c->channel = channel_parse(value);
        if (c->channel < CS_CHANNEL_COUNT) return CS_OK;
        return refuse(v, line, "there is no such channel", "one of call, chat, email, ticket, survey, video, unknown");
    default:
        if (clock_parse(value, &c->started_ms, &c->zone_minutes)) return CS_OK;
        return refuse(v, line, "\"started\" is no date and time with a zone", "write it as 2026-02-14T10:32:00+08:00");
    }
}

static cs_error read_note_field(webvtt *v, const char *name, const char *value, int64_t line) {
    for (uint32_t i = 0; i < v->draft.c->field_count; i++) {
        if (strcmp(v->draft.c->fields[i].name, name) == 0)
            return refuse(v, line, "the field stands twice in the note", "keep one of the two");
    }
    if (!*name) return refuse(v, line, "the field has no name", "write it as field.product: KF-35");
    return draft_field(&v->draft, name, value, v->message);
}

static cs_error refuse_key(const webvtt *v, const char *key, int64_t line) {
    const char *meant = spelling_nearest(key, note_keys, ALL_KEYS);
    message_set(v->message, CS_ERR_PARSE, "the key \"%.80s\" is not known in NOTE callscope", key);
    message_place(v->message, "line %lld", (long long)line);
    if (meant)
        message_remedy(v->message, "did you mean \"%s\"?", meant);
    else
        message_remedy(v->message, "what has no key of its own is written field.%.60s: …", key);
    return CS_ERR_PARSE;
}

static cs_error read_note_line(webvtt *v, const cs_caption_line *line) {
    const char *colon = memchr(line->text, ':', line->bytes);
    if (!colon)
        return refuse(v, line->number, "a line \"key: value\" is expected in NOTE callscope", "use a plain colon :");
    const char *key = line->text, *value = colon + 1;
    size_t key_bytes = (size_t)(colon - key), value_bytes = line->bytes - key_bytes - 1;
    trim(&key, &key_bytes);
    trim(&value, &value_bytes);
    const char *name = arena_copy(v->draft.arena, key, key_bytes);
    const char *text = arena_copy(v->draft.arena, value, value_bytes);
    if (!name || !text) return no_memory(v);
    if (strncmp(name, "field.", 6) == 0) return read_note_field(v, name + 6, text, line->number);
    for (size_t i = 0; i < ALL_KEYS; i++) {
        if (strcmp(note_keys[i], name) != 0) continue;
        if (i >= KEY_COUNT) return read_note_event(v, note_keys[i], value, value_bytes, line->number);
        if (v->noted & 1u << i)
            return refuse(v, line->number, "the key stands twice in the note", "keep one of the two");
        v->noted |= 1u << i;
        return *text ? read_note_value(v, i, text, line->number) : CS_OK;
    }
    return refuse_key(v, name, line->number);
}

static cs_error read_note(webvtt *v, int64_t line) {
    if (v->has_note) return refuse(v, line, "there is a second NOTE callscope", "put everything into the first one");
    if (v->has_cue)
        return refuse(v, line, "NOTE callscope must stand before the first cue", "move it directly below WEBVTT");
    v->has_note = true;
    cs_caption_line at;
    cs_error code = CS_OK;
    while (code == CS_OK && next_line(v, &at) && !is_empty(&at)) code = read_note_line(v, &at);
    return code;
}

static void skip_block(webvtt *v) {
    cs_caption_line line;
    while (next_line(v, &line) && !is_empty(&line)) continue;
}

static cs_error add_turn(void *context, const cs_cue_voice *voice, cs_message *message) {
    webvtt *v = context;
    uint32_t who = 0;
    cs_error code = caption_voice_find(&v->draft, voice->role, voice->name, &who, message);
    if (code != CS_OK) return code;
    if (voice->bytes > CS_MAX_TURN_BYTES) {
        message_set(message, CS_ERR_LIMIT, "the text has %zu bytes; at most %d are read", voice->bytes,
                    CS_MAX_TURN_BYTES);
        message_remedy(message, "split it into several cues");
        return CS_ERR_LIMIT;
    }
    cs_turn *turn = draft_turn(&v->draft);
    if (!turn) return draft_why(&v->draft, message);
    turn->participant = who;
    turn->start_ms = v->start_ms;
    turn->end_ms = v->end_ms;
    turn->text = voice->text;
    turn->text_bytes = (uint32_t)voice->bytes;
    return CS_OK;
}

/* start --> end settings */
static cs_error read_times(webvtt *v, const cs_caption_line *line) {
    const char *at = line->text, *end = line->text + line->bytes;
    const char *remedy = "write it as 00:01:02.500 --> 00:01:04.000";
    while (at < end && is_blank(*at)) at++;
    if (!caption_time_read(&at, end, &v->start_ms))
        return refuse(v, line->number, "the time before --> is not written as hh:mm:ss.mmm", remedy);
    while (at < end && is_blank(*at)) at++;
    if (end - at < 3 || memcmp(at, "-->", 3) != 0)
        return refuse(v, line->number, "the arrow --> does not follow the first time", remedy);
    at += 3;
    while (at < end && is_blank(*at)) at++;
    if (!caption_time_read(&at, end, &v->end_ms) || (at < end && !is_blank(*at)))
        return refuse(v, line->number, "the time behind --> is not written as hh:mm:ss.mmm", remedy);
    if (v->end_ms >= v->start_ms) return CS_OK;
    return refuse(v, line->number, "the cue ends before it starts", "correct the times; was an hour left out?");
}

static cs_error read_cue(webvtt *v, cs_caption_line line) {
    v->has_cue = true;
    if (!caption_has_arrow(&line)) { /* its name */
        int64_t name_line = line.number;
        if (!next_line(v, &line) || !caption_has_arrow(&line))
            return refuse(v, name_line, "a cue's line of times with --> is missing here",
                          "each cue: an empty line, its times, its text; the file may be cut off");
    }
    cs_error code = read_times(v, &line);
    if (code != CS_OK) return code;
    size_t start = v->lines.at, end = v->lines.at;
    int64_t times_line = line.number;
    while (next_line(v, &line) && !is_empty(&line)) {
        if (caption_has_arrow(&line))
            return refuse(v, line.number, "a new cue begins without an empty line before it",
                          "put an empty line between cues; write --&gt; for --> in a text");
        end = (size_t)(line.text - v->lines.text) + line.bytes;
    }
    if (start == end && v->lines.at >= v->lines.bytes)
        return refuse(v, times_line, "the file ends before the cue's text", "it was probably cut off: export it again");
    code = webvtt_cue_text(v->lines.text + start, end - start, v->draft.arena, add_turn, v, v->message);
    if (code != CS_OK) message_within(v->message, "line %lld", (long long)times_line + 1);
    return code;
}

static cs_error read_header(webvtt *v) {
    cs_caption_line line;
    if (!next_line(v, &line) || !begins_with(&line, "WEBVTT"))
        return refuse(v, 1, "the file does not begin with WEBVTT",
                      "is it a WebVTT file? For SRT: put WEBVTT and an empty line first, and . for , in the times");
    while (next_line(v, &line) && !is_empty(&line)) {
        if (caption_has_arrow(&line))
            return refuse(v, line.number, "an empty line is missing after WEBVTT", "put an empty line below WEBVTT");
    }
    return CS_OK;
}

static cs_error read_blocks(webvtt *v) {
    cs_caption_line line;
    cs_error code = CS_OK;
    while (code == CS_OK && next_line(v, &line)) {
        if (is_empty(&line)) continue;
        if (begins_with(&line, "NOTE")) {
            const char *rest = line.text + 4;
            size_t bytes = line.bytes - 4;
            trim(&rest, &bytes);
            if (bytes == 9 && memcmp(rest, "callscope", 9) == 0)
                code = read_note(v, line.number);
            else
                skip_block(v);
        } else if (begins_with(&line, "STYLE") || begins_with(&line, "REGION")) {
            skip_block(v);
        } else {
            code = read_cue(v, line);
        }
    }
    return code;
}

/* Who did the noted events, the agents' team, and the id. */
static cs_error settle(webvtt *v, const char *path) {
    cs_conversation *c = v->draft.c;
    for (uint32_t i = 0; i < c->event_count; i++) {
        if (v->event_roles[i] == CS_ROLE_COUNT) continue;
        uint32_t who = 0;
        while (who < c->participant_count && c->participants[who].role != v->event_roles[i]) who++;
        cs_error code = who < c->participant_count
                            ? CS_OK
                            : caption_voice_find(&v->draft, v->event_roles[i], NULL, &who, v->message);
        if (code != CS_OK) return code;
        c->events[i].participant = who;
    }
    for (uint32_t i = 0; i < c->participant_count; i++) {
        if (c->participants[i].role == CS_ROLE_AGENT) c->participants[i].team = v->team;
    }
    c->external_id = v->id;
    if (v->id) return CS_OK;
    return caption_id_of_path(&v->draft, path, &c->external_id, v->message);
}

static cs_error check_encoding(const webvtt *v) {
    size_t bad = utf8_invalid_at(v->lines.text, v->lines.bytes);
    if (bad == v->lines.bytes) return CS_OK;
    int64_t line = 1;
    for (size_t i = 0; i < bad; i++) line += v->lines.text[i] == '\n';
    if (v->lines.text[bad] == 0)
        refuse(v, line, "a zero byte stands in the text", "it was damaged on its way, or is no text: export it again");
    else
        refuse(v, line, "the file is not UTF-8 text", "save it as UTF-8; a part of it may be in another encoding");
    return CS_ERR_ENCODING;
}

static cs_error parse(webvtt *v, const char *path) {
    v->draft.c->channel = CS_CHANNEL_CALL;
    cs_error code = check_encoding(v);
    if (code == CS_OK) code = read_header(v);
    if (code == CS_OK) code = read_blocks(v);
    if (code == CS_OK) code = settle(v, path);
    if (code == CS_OK) code = conversation_finish(v->draft.c, v->draft.arena, v->message);
    return code;
}

cs_error webvtt_text_read(const cs_reading *reading, char *text, size_t bytes, cs_message *message) {
    if (bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        bytes -= 3;
    }
    caption_breaks_unify(text, &bytes);
    if (bytes == 0) {
        message_set(message, CS_ERR_PARSE, "the file is empty");
        message_remedy(message, "export it again");
        return CS_ERR_PARSE;
    }
    cs_message trouble = {0};
    webvtt v = {.lines = {text, bytes, 0, 1}, .message = &trouble};
    reading->counts->expected++;
    if (!draft_start(&v.draft)) return message_set(message, CS_ERR_MEMORY, "no memory for a conversation");
    cs_error code = parse(&v, reading->path);
    if (code == CS_OK) return reading_give(reading, v.draft.c, v.draft.arena, "");
    code = reading_refuse(reading, v.id, code, &trouble);
    draft_drop(&v.draft);
    return code;
}

cs_error webvtt_read(const cs_reading *reading, cs_message *message) {
    cs_buffer text;
    cs_error code = file_read_text(reading->path, MAX_FILE_BYTES, CS_ENCODING_ANY, &text, NULL, message);
    if (code == CS_ERR_LIMIT) message_remedy(message, "captions of one conversation are small: is this the recording?");
    if (code != CS_OK) return code;
    if (!text.data) { /* an empty file */
        message_set(message, CS_ERR_PARSE, "the file is empty");
        message_remedy(message, "export it again");
        return CS_ERR_PARSE;
    }
    code = webvtt_text_read(reading, text.data, text.length, message);
    buffer_free(&text);
    return code;
}
