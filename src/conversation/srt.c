/* SRT (SubRip): one conversation a file. There is no standard; what programs write is read: an index (of no meaning), the
 * times, the text, an empty line. */
#include "base/file.h"
#include "base/utf8.h"
#include "conversation/captions.h"
#include "conversation/reading.h"
#include "conversation/srt_text.h"

#include <string.h>

/* Two speakers' cues may stand a little out of order; more than this is another file glued on, or a lost hour. */
enum { MOST_BACKWARDS_MS = 10000 };
static const size_t MAX_FILE_BYTES = (size_t)16 << 20;

typedef struct srt {
    cs_caption_lines lines;
    cs_draft draft;
    bool has_names; /* most cues begin with a speaker: then any name does */
    int64_t start_ms, end_ms; /* of the cue */
    int64_t before_ms; /* start of the cue before; -1: none */
    cs_message *message;
} srt;

static cs_error refuse(const srt *s, int64_t line, const char *reason, const char *remedy) {
    message_set(s->message, CS_ERR_PARSE, "%s", reason);
    message_place(s->message, "line %lld", (long long)line);
    message_remedy(s->message, "%s", remedy);
    return CS_ERR_PARSE;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static bool is_empty(const cs_caption_line *line) {
    for (size_t i = 0; i < line->bytes; i++) {
        if (!is_blank(line->text[i])) return false;
    }
    return true;
}

/* hh:mm:ss,mmm; programs also write a point, one to three decimals, one digit of hours, or no hours. */
static bool read_time(const char **at, const char *end, int64_t *out) {
    int64_t parts[3] = {0}, ms = 0;
    int count = 0;
    for (;;) {
        if (!caption_number_read(at, end, 1, count == 0 ? 5 : 2, &parts[count])) return false;
        count++;
        if (count == 3 || *at == end || **at != ':') break;
        (*at)++;
    }
    if (count < 2) return false;
    if (count == 2) parts[2] = parts[1], parts[1] = parts[0], parts[0] = 0;
    if (*at < end && (**at == ',' || **at == '.')) {
        const char *from = ++*at;
        if (!caption_number_read(at, end, 1, 3, &ms)) return false;
        for (long digits = *at - from; digits < 3; digits++) ms *= 10;
    }
    if (parts[1] > 59 || parts[2] > 59) return false;
    *out = ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000 + ms;
    return true;
}

/* start --> end, and positions on the screen that mean nothing here */
static cs_error read_times(srt *s, const cs_caption_line *line) {
    const char *at = line->text, *end = line->text + line->bytes;
    const char *remedy = "write it as 00:01:02,500 --> 00:01:04,000";
    while (at < end && is_blank(*at)) at++;
    if (!read_time(&at, end, &s->start_ms))
        return refuse(s, line->number, "the time before --> is not written as hh:mm:ss,mmm", remedy);
    while (at < end && is_blank(*at)) at++;
    if (end - at < 3 || memcmp(at, "-->", 3) != 0)
        return refuse(s, line->number, "the arrow --> does not follow the first time", remedy);
    at += 3;
    while (at < end && is_blank(*at)) at++;
    if (!read_time(&at, end, &s->end_ms) || (at < end && !is_blank(*at)))
        return refuse(s, line->number, "the time behind --> is not written as hh:mm:ss,mmm", remedy);
    if (s->end_ms < s->start_ms)
        return refuse(s, line->number, "the cue ends before it starts", "correct the times; was an hour left out?");
    if (s->start_ms + MOST_BACKWARDS_MS < s->before_ms)
        return refuse(s, line->number, "the cue begins more than 10 s before the one above it",
                      "one file is one conversation: were two glued together, or an hour left out?");
    s->before_ms = s->start_ms;
    return CS_OK;
}

static cs_error add_turn(srt *s, const cs_srt_prefix *who, const char *text, size_t bytes) {
    cs_turn *turn = NULL;
    size_t length = 0;
    const char *plain = srt_text(text, bytes, s->draft.arena, &length);
    const char *name = NULL;
    if (plain && who->name_bytes) name = arena_copy(s->draft.arena, who->name, who->name_bytes);
    if (!plain || (who->name_bytes && !name))
        return message_set(s->message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
    if (length == 0) return CS_OK;
    if (length > CS_MAX_TURN_BYTES) {
        message_set(s->message, CS_ERR_LIMIT, "the text has %zu bytes; at most %d are read", length, CS_MAX_TURN_BYTES);
        message_remedy(s->message, "split it into several cues");
        return CS_ERR_LIMIT;
    }
    uint32_t participant = 0;
    cs_role role = who->role == CS_ROLE_COUNT ? CS_ROLE_UNDECIDED : who->role;
    cs_error code = caption_voice_find(&s->draft, role, name, &participant, s->message);
    if (code != CS_OK) return code;
    if (!(turn = draft_turn(&s->draft))) return draft_why(&s->draft, s->message);
    turn->participant = participant;
    turn->start_ms = s->start_ms;
    turn->end_ms = s->end_ms;
    turn->text = plain;
    turn->text_bytes = (uint32_t)length;
    return CS_OK;
}

/* Whether the line says who speaks; a mere name counts only in a file where most cues begin with one. */
static bool begins_speaker(const srt *s, const cs_caption_line *line, cs_srt_prefix *out) {
    return srt_prefix(line->text, line->bytes, out) && (s->has_names || out->role != CS_ROLE_COUNT);
}

/* The cue's lines; each that names a speaker begins a turn with the cue's times. */
static cs_error read_text(srt *s, const char *text, size_t bytes) {
    cs_caption_lines lines = {text, bytes, 0, 1};
    cs_caption_line line;
    cs_srt_prefix who = {.role = CS_ROLE_COUNT}, next;
    size_t from = 0;
    cs_error code = CS_OK;
    while (code == CS_OK && caption_line_next(&lines, &line)) {
        if (!begins_speaker(s, &line, &next)) continue;
        size_t at = (size_t)(line.text - text);
        code = add_turn(s, &who, text + from, at - from);
        who = next;
        from = at + next.length;
    }
    return code == CS_OK ? add_turn(s, &who, text + from, bytes - from) : code;
}

/* The cue's times from its first line, or from the next when the first is the index. Gives the line of the times. */
static cs_error read_cue_head(srt *s, cs_caption_line *line) {
    if (!caption_has_arrow(line)) {
        int64_t index_line = line->number;
        if (!caption_line_next(&s->lines, line) || !caption_has_arrow(line))
            return refuse(s, index_line, "a cue's line of times with --> is missing here",
                          "each cue: its number, its times, its text, an empty line; the file may be cut off");
    }
    return read_times(s, line);
}

static cs_error read_cue(srt *s, cs_caption_line line) {
    cs_error code = read_cue_head(s, &line);
    if (code != CS_OK) return code;
    int64_t times_line = line.number;
    size_t start = s->lines.at, end = s->lines.at;
    while (caption_line_next(&s->lines, &line) && !is_empty(&line)) {
        if (caption_has_arrow(&line))
            return refuse(s, line.number, "a new cue begins without an empty line before it",
                          "put an empty line between cues");
        end = (size_t)(line.text - s->lines.text) + line.bytes;
    }
    if (start == end && s->lines.at >= s->lines.bytes)
        return refuse(s, times_line, "the file ends before the cue's text", "it was probably cut off: export it again");
    code = read_text(s, s->lines.text + start, end - start);
    if (code != CS_OK) message_within(s->message, "line %lld", (long long)times_line + 1);
    return code;
}

/* Names before a colon are speakers only where that is the file's habit, or "注意:…" would become one. */
static bool find_habit(cs_caption_lines lines) {
    cs_caption_line line;
    int64_t cues = 0, named = 0;
    bool is_first = false;
    while (caption_line_next(&lines, &line)) {
        cs_srt_prefix prefix;
        if (is_first) named += srt_prefix(line.text, line.bytes, &prefix);
        is_first = caption_has_arrow(&line);
        cues += is_first;
    }
    return named * 2 > cues;
}

static cs_error check_encoding(const srt *s) {
    size_t bad = utf8_invalid_at(s->lines.text, s->lines.bytes);
    if (bad == s->lines.bytes) return CS_OK;
    int64_t line = 1;
    for (size_t i = 0; i < bad; i++) line += s->lines.text[i] == '\n';
    if (s->lines.text[bad] == 0)
        refuse(s, line, "a zero byte stands in the text", "it was damaged on its way, or is no text: export it again");
    else
        refuse(s, line, "the file is not UTF-8 text", "save it as UTF-8; a part of it may be in another encoding");
    return CS_ERR_ENCODING;
}

static cs_error parse(srt *s, const char *path) {
    s->draft.c->channel = CS_CHANNEL_CALL;
    cs_error code = check_encoding(s);
    if (code == CS_OK) s->has_names = find_habit(s->lines);
    if (code == CS_OK && s->lines.bytes >= 6 && memcmp(s->lines.text, "WEBVTT", 6) == 0)
        code = refuse(s, 1, "this is WebVTT, not SRT", "name the file .vtt");
    cs_caption_line line;
    while (code == CS_OK && caption_line_next(&s->lines, &line)) {
        if (!is_empty(&line)) code = read_cue(s, line);
    }
    if (code == CS_OK) code = caption_id_of_path(&s->draft, path, &s->draft.c->external_id, s->message);
    return code == CS_OK ? conversation_finish(s->draft.c, s->draft.arena, s->message) : code;
}

static bool has_text(const char *text, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        if (!is_blank(text[i]) && text[i] != '\n') return true;
    }
    return false;
}

cs_error srt_text_read(const cs_reading *reading, char *text, size_t bytes, cs_message *message) {
    if (bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        bytes -= 3;
    }
    caption_breaks_unify(text, &bytes);
    if (!has_text(text, bytes)) {
        message_set(message, CS_ERR_PARSE, "the file is empty");
        message_remedy(message, "export it again");
        return CS_ERR_PARSE;
    }
    cs_message trouble = {0};
    srt s = {.lines = {text, bytes, 0, 1}, .before_ms = -1, .message = &trouble};
    reading->counts->expected++;
    if (!draft_start(&s.draft)) return message_set(message, CS_ERR_MEMORY, "no memory for a conversation");
    cs_error code = parse(&s, reading->path);
    if (code == CS_OK) return reading_give(reading, s.draft.c, s.draft.arena, "");
    code = reading_refuse(reading, NULL, code, &trouble);
    draft_drop(&s.draft);
    return code;
}

cs_error srt_read(const cs_reading *reading, cs_message *message) {
    cs_buffer text;
    cs_error code = file_read_text(reading->path, MAX_FILE_BYTES, CS_ENCODING_ANY, &text, NULL, message);
    if (code == CS_ERR_LIMIT) message_remedy(message, "captions of one conversation are small: is this the recording?");
    if (code != CS_OK) return code;
    char nothing[1] = "";
    code = srt_text_read(reading, text.data ? text.data : nothing, text.length, message);
    buffer_free(&text);
    return code;
}
