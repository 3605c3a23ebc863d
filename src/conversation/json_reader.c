#include "conversation/reading.h"

#include "base/file.h"
#include "conversation/json_conversation.h"
#include "conversation/json_dialect.h"

#include <stdio.h>
#include <string.h>

enum { PROGRESS_EVERY = 64 };
static const size_t MAX_FILE_BYTES = (size_t)64 << 20, MAX_LINE_BYTES = (size_t)16 << 20;

/* One piece of text that should be one conversation; where (may be empty) is its place in the file. */
typedef struct piece {
    const char *text;
    size_t bytes;
    int64_t line; /* of its first byte */
    char where[48];
} piece;

static cs_error refuse_piece(const cs_reading *reading, const piece *p, const char *id, cs_error code,
                             cs_message *message) {
    if (*p->where) message_within(message, "%s", p->where);
    return reading_refuse(reading, id, code, message);
}

/* The file's name without folder and extension: the id of what has none of its own. */
static void stem_of(const char *path, char out[CS_MAX_NAME_BYTES + 1]) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t length = strlen(name) - strlen(file_extension(path));
    if (length > CS_MAX_NAME_BYTES) length = CS_MAX_NAME_BYTES;
    memcpy(out, name, length);
    out[length] = 0;
}

static cs_error read_dialect(const cs_reading *reading, const piece *p, const cs_json_dialect *dialect,
                             const cs_json *json) {
    char stem[CS_MAX_NAME_BYTES + 1];
    cs_message message = {0};
    cs_draft draft;
    stem_of(reading->path, stem);
    if (!draft_start(&draft)) {
        cs_error code = message_set(&message, CS_ERR_MEMORY, "no memory for a conversation");
        return refuse_piece(reading, p, NULL, code, &message);
    }
    cs_json_source from = {reading->path, stem};
    cs_error code = dialect->read(json, &from, &draft, &message);
    if (code == CS_OK) code = conversation_finish(draft.c, draft.arena, &message);
    if (code == CS_OK) return reading_give(reading, draft.c, draft.arena, p->where);
    const char *id = draft.c->external_id;
    code = refuse_piece(reading, p, id && strlen(id) <= CS_MAX_NAME_BYTES ? id : NULL, code, &message);
    draft_drop(&draft);
    return code;
}

static cs_error read_piece(const cs_reading *reading, const piece *p, bool is_line) {
    cs_message message = {0};
    cs_json *json = NULL;
    reading->counts->expected++;
    cs_error code = json_parse_part(p->text, p->bytes, MAX_FILE_BYTES, p->line, &json, &message);
    if (code != CS_OK) {
        /* The words of the parser name the line already. */
        if (is_line && *message.place) return reading_refuse(reading, NULL, code, &message);
        return refuse_piece(reading, p, NULL, code, &message);
    }
    const cs_json_dialect *dialect = json_dialect_find(json);
    if (dialect) {
        code = read_dialect(reading, p, dialect, json);
        json_free(json);
        return code;
    }
    cs_arena *arena = arena_create(CS_CONVERSATION_ARENA);
    cs_conversation *conversation = NULL;
    if (!arena)
        code = message_set(&message, CS_ERR_MEMORY, "no memory for a conversation");
    else
        code = json_conversation_read(json, arena, &conversation, &message);
    if (code == CS_OK) {
        code = reading_give(reading, conversation, arena, p->where);
    } else {
        code = refuse_piece(reading, p, json_conversation_id(json), code, &message);
        arena_free(arena);
    }
    json_free(json);
    return code;
}

/* A walk over the items of a top-level list, by brackets and quotes alone, so that a slip inside one item leaves the
 * others readable. */
typedef struct splitter {
    const char *text;
    size_t bytes, at;
    int64_t line, items;
} splitter;

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blank(splitter *s) {
    for (; s->at < s->bytes && is_blank(s->text[s->at]); s->at++) s->line += s->text[s->at] == '\n';
}

static void skip_quoted(splitter *s) {
    for (; s->at < s->bytes; s->at++) {
        char c = s->text[s->at];
        s->line += c == '\n';
        if (c == '\\' && s->at + 1 < s->bytes)
            s->at++;
        else if (c == '"')
            return;
    }
}

/* Runs to the comma or bracket that ends the item, or to the end of the text. */
static void skip_item(splitter *s) {
    int64_t depth = 0;
    for (; s->at < s->bytes; s->at++) {
        char c = s->text[s->at];
        s->line += c == '\n';
        if (c == '"') {
            s->at++;
            skip_quoted(s);
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (depth == 0 && (c == ',' || c == ']')) {
            return;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
        if (s->at >= s->bytes) return;
    }
}

static cs_error refuse_rest(const cs_reading *reading, const splitter *s, const char *reason, const char *remedy) {
    cs_message message;
    message_set(&message, CS_ERR_PARSE, "%s", reason);
    message_place(&message, "line %lld", (long long)s->line);
    message_remedy(&message, "%s", remedy);
    reading->counts->expected++;
    return reading_refuse(reading, NULL, CS_ERR_PARSE, &message);
}

static cs_error read_items(const cs_reading *reading, splitter *s) {
    cs_error code = CS_OK;
    skip_blank(s);
    bool is_closed = s->at < s->bytes && s->text[s->at] == ']'; /* an empty list */
    if (is_closed) s->at++;
    bool is_cut_told = false;
    while (code == CS_OK && !is_closed && s->at < s->bytes) {
        piece p = {.text = s->text + s->at, .line = s->line};
        size_t start = s->at;
        skip_item(s);
        p.bytes = s->at - start;
        snprintf(p.where, sizeof p.where, "item %lld", (long long)++s->items);
        int64_t refused = reading->counts->refused;
        code = read_piece(reading, &p, false);
        is_cut_told = s->at >= s->bytes && reading->counts->refused > refused; /* the item itself is cut */
        if (code == CS_OK && s->items % PROGRESS_EVERY == 0) code = reading_progress(reading, (int64_t)s->at);
        is_closed = s->at < s->bytes && s->text[s->at] == ']';
        if (s->at < s->bytes) s->at++;
        if (!is_closed) skip_blank(s);
    }
    if (code != CS_OK) return code;
    if (!is_closed && is_cut_told) return CS_OK;
    if (!is_closed)
        return refuse_rest(reading, s, "the list that begins with [ has no ] at its end",
                           "the file was probably cut off: export it again; items may be missing");
    skip_blank(s);
    if (s->at < s->bytes)
        return refuse_rest(reading, s, "more text follows after the list's ]",
                           "one list a file; use JSON Lines for more");
    return CS_OK;
}

cs_error json_text_read(const cs_reading *reading, const char *text, size_t bytes, cs_message *message) {
    splitter s = {.text = text, .bytes = bytes, .line = 1};
    if (bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) s.at = 3;
    skip_blank(&s);
    if (s.at == bytes) {
        message_set(message, CS_ERR_PARSE, "the file is empty");
        message_remedy(message, "export it again");
        return CS_ERR_PARSE;
    }
    if (text[s.at] == '[') {
        s.at++;
        return read_items(reading, &s);
    }
    piece whole = {.text = text, .bytes = bytes, .line = 1};
    return read_piece(reading, &whole, false);
}

cs_error json_file_read(const cs_reading *reading, cs_message *message) {
    cs_buffer text;
    cs_error code = file_read_text(reading->path, MAX_FILE_BYTES, CS_ENCODING_ANY, &text, NULL, message);
    if (code == CS_ERR_LIMIT)
        message_remedy(message, "export it as JSON Lines (.jsonl), one conversation a line: that may have any size");
    if (code != CS_OK) return code;
    code = json_text_read(reading, buffer_string(&text), text.length, message);
    buffer_free(&text);
    return code;
}

static cs_error refuse_long_line(const cs_reading *reading, const cs_line *line) {
    cs_message message;
    message_set(&message, CS_ERR_LIMIT, "the line is longer than %zu MB", MAX_LINE_BYTES >> 20);
    message_place(&message, "line %lld", (long long)line->number);
    message_remedy(&message, "one conversation a line; is a line break missing?");
    reading->counts->expected++;
    return reading_refuse(reading, NULL, CS_ERR_LIMIT, &message);
}

static bool is_blank_line(const cs_line *line) {
    for (size_t i = 0; i < line->bytes; i++) {
        if (!is_blank(line->text[i])) return false;
    }
    return true;
}

static cs_error read_line(const cs_reading *reading, const cs_line *line) {
    if (line->is_too_long) return refuse_long_line(reading, line);
    if (is_blank_line(line)) return CS_OK;
    piece p = {.text = line->text, .bytes = line->bytes, .line = line->number};
    snprintf(p.where, sizeof p.where, "line %lld", (long long)line->number);
    return read_piece(reading, &p, true);
}

cs_error json_lines_read(const cs_reading *reading, cs_message *message) {
    cs_line_reader *lines = NULL;
    cs_error code = line_reader_open(reading->path, MAX_LINE_BYTES, &lines, message);
    if (code != CS_OK) return code;
    for (;;) {
        cs_line line;
        cs_message trouble;
        code = line_reader_next(lines, &line, &trouble);
        if (code != CS_OK) { /* what came before stands; the rest is reported as one piece */
            message_within(&trouble, "after line %lld", (long long)line_reader_number(lines));
            reading->counts->expected++;
            code = reading_refuse(reading, NULL, code, &trouble);
            break;
        }
        if (!line.text) break;
        code = read_line(reading, &line);
        if (code == CS_OK && line.number % PROGRESS_EVERY == 0)
            code = reading_progress(reading, line_reader_offset(lines));
        if (code != CS_OK) break;
    }
    line_reader_close(lines);
    if (code != CS_OK || reading->counts->expected > 0) return code;
    message_set(message, CS_ERR_PARSE, "the file is empty");
    message_remedy(message, "export it again");
    return CS_ERR_PARSE;
}
