/* A file as statements and the comments between them. */
#include "rules/form_reader.h"

#include "base/json.h"
#include "rules/form.h"
#include "rules/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 256 << 20 };

/* ---- tokens ---- */

bool form_refuse(cs_form_reader *r, uint32_t line, const char *why) {
    if (!r->trouble) {
        r->trouble = why;
        r->trouble_line = line;
    }
    return false;
}

const cs_token *form_next(cs_form_reader *r) {
    const cs_token *t = r->t;
    if (t->kind != TOKEN_END) r->t++;
    return t;
}

bool form_is(const cs_token *token, const char *word) {
    return token_is(token, word);
}

void form_count_language(cs_form_reader *r, const char *written) {
    if ((unsigned char)written[0] >= 0x80)
        r->chinese++;
    else
        r->english++;
}

bool form_take(cs_form_reader *r, const char *word) {
    if (!form_is(r->t, word)) return false;
    if (r->t->kind == TOKEN_WORD) form_count_language(r, r->t->text);
    r->t++;
    return true;
}

void form_skip_newlines(cs_form_reader *r) {
    while (r->t->kind == TOKEN_NEWLINE) r->t++;
}

bool form_take_next(cs_form_reader *r, const char *word) {
    const cs_token *before = r->t;
    form_skip_newlines(r);
    if (form_take(r, word)) return true;
    r->t = before;
    return false;
}

bool form_need(cs_form_reader *r, const char *word) {
    return form_take(r, word) || form_refuse(r, r->t->line, "a word stands where another was expected");
}

void form_number(const cs_token *token, char out[CS_FORM_TEXT_BYTES]) {
    snprintf(out, CS_FORM_TEXT_BYTES, "%.12g%s", token->value, token->unit);
}

/* ---- JSON ---- */

void form_comma(cs_buffer *out) {
    char last = out->length ? out->data[out->length - 1] : '[';
    if (!strchr("[{:,", last)) buffer_text(out, ",");
}

void form_text(cs_buffer *out, const char *text) {
    cs_json_writer writer;
    form_comma(out);
    json_writer_init(&writer, out);
    json_write_string(&writer, NULL, text ? text : "");
}

void form_key(cs_buffer *out, const char *key) {
    form_text(out, key);
    buffer_text(out, ":");
}

void form_member(cs_buffer *out, const char *key, const char *text) {
    form_key(out, key);
    form_text(out, text);
}

void form_flag(cs_buffer *out, const char *key) {
    form_key(out, key);
    buffer_text(out, "true");
}

void form_insert(cs_buffer *out, size_t at, const char *text) {
    size_t bytes = strlen(text), behind = out->length - at;
    if (!buffer_text(out, text)) return;
    memmove(out->data + at + bytes, out->data + at, behind);
    memcpy(out->data + at, text, bytes);
}

/* ---- comments ---- */

static void put_notes(cs_form_reader *r, const char *key, uint32_t last, const char *behind) {
    uint32_t count = 0;
    for (uint32_t line = r->line + 1; line <= last; line++) count += r->notes[line] != NULL;
    if (count || behind) {
        form_key(r->comments, key);
        buffer_text(r->comments, "{");
        if (count) form_key(r->comments, "above");
        if (count) buffer_text(r->comments, "[");
        for (uint32_t line = r->line + 1; line <= last; line++)
            if (r->notes[line]) form_text(r->comments, r->notes[line]);
        if (count) buffer_text(r->comments, "]");
        if (behind) form_member(r->comments, "behind", behind);
        buffer_text(r->comments, "}");
    }
    if (last > r->line) r->line = last;
}

void form_take_notes(cs_form_reader *r, const char *key, uint32_t last) {
    if (last <= r->line) return;
    put_notes(r, key, last - 1, r->notes[last]);
    r->line = last;
}

/* What stands behind #, without it and one blank. */
static const char *note_text(cs_form_reader *r, const char *from, const char *to) {
    from++;
    if (from < to && *from == ' ') from++;
    while (to > from && strchr(" \t\r", to[-1])) to--;
    const char *text = arena_copy(r->arena, from, (size_t)(to - from));
    if (!text) form_refuse(r, 0, "out of memory");
    return text;
}

/* Where the comment behind tokens begins, as source.c reads them. NULL: there is none. */
static const char *comment_of_tokens(const char *at) {
    for (; *at && *at != '#'; at++) {
        char quote = *at;
        if (strncmp(at, "\xE2\x80\x9C", 3) == 0) {
            const char *end = strstr(at + 3, "\xE2\x80\x9D");
            if (!end) return NULL;
            at = end + 2;
        } else if (quote == '"' || quote == '/') {
            for (at++; *at && *at != quote; at++)
                if (*at == '\\' && at[1] && (quote == '"' || at[1] == quote)) at++;
            if (!*at) return NULL;
        }
    }
    return *at ? at : NULL;
}

/* Of a list, and of a test's lines: a # outside quotes, at the start or behind a blank. */
static const char *comment_of_words(const char *text) {
    bool is_quoted = false;
    for (const char *at = text; *at; at++) {
        if (*at == '"') is_quoted = !is_quoted;
        if (*at == '#' && !is_quoted && (at == text || at[-1] == ' ' || at[-1] == '\t')) return at;
    }
    return NULL;
}

static const char *const raw_words[] = {"words", "pairs", "test"};

static const char *keyword_of(const cs_statement *statement, char out[CS_FORM_TEXT_BYTES]) {
    const char *text = statement->lines[0].text;
    size_t bytes = strcspn(text, " \t\"=");
    for (size_t i = 0; vocabulary[i].word; i++) {
        const char *zh = vocabulary[i].zh;
        if (vocabulary[i].family != FAMILY_STATEMENT) continue;
        if (strlen(zh) <= strlen(text) && strncmp(text, zh, strlen(zh)) == 0) return vocabulary[i].word;
    }
    snprintf(out, CS_FORM_TEXT_BYTES, "%.*s", (int)bytes, text);
    return out;
}

static bool is_raw(const char *keyword) {
    for (size_t i = 0; i < sizeof raw_words / sizeof *raw_words; i++)
        if (strcmp(keyword, raw_words[i]) == 0) return true;
    return false;
}

/* What is said has no comment: a # is part of it. */
static bool is_spoken(const char *text) {
    size_t bytes = strcspn(text, " \t");
    if (strspn(text, "0123456789:.-") == bytes && bytes) {
        text += bytes + strspn(text + bytes, " \t");
        bytes = strcspn(text, " \t");
    }
    char word[CS_FORM_TEXT_BYTES];
    snprintf(word, sizeof word, "%.*s", (int)(bytes < 60 ? bytes : 60), text);
    size_t length = strlen(word);
    if (length && word[length - 1] == '?') word[length - 1] = 0;
    const char *english = vocabulary_english(word);
    if (!english) english = word;
    return vocabulary_find(FAMILY_ROLE, english) || strcmp(english, "undecided") == 0;
}

static void note_statement(cs_form_reader *r, const cs_statement *statement) {
    char room[CS_FORM_TEXT_BYTES];
    const char *keyword = keyword_of(statement, room);
    bool is_test = strcmp(keyword, "test") == 0;
    for (uint32_t i = 0; i < statement->line_count; i++) {
        const cs_source_line *line = &statement->lines[i];
        if (is_test && i > 0 && is_spoken(line->text)) continue;
        const char *at =
            is_raw(keyword) && !(is_test && i == 0) ? comment_of_words(line->text) : comment_of_tokens(line->text);
        if (at) r->notes[line->number] = note_text(r, at, line->text + strlen(line->text));
    }
}

/* ---- statements ---- */

static bool read_rule(cs_form_reader *r, const cs_statement *statement) {
    cs_token *tokens = source_tokens(statement, r->arena);
    if (!tokens) return form_refuse(r, 0, "out of memory");
    bool is_across = false;
    for (const cs_token *t = tokens; t->kind != TOKEN_END; t++)
        is_across |= token_is(t, "about") && token_is(t + 1, "this") &&
                     (token_is(t + 2, "ticket") || token_is(t + 2, "customer"));
    form_member(r->out, "name", tokens[1].text);
    r->t = tokens + 2;
    form_take_notes(r, "head", tokens[1].line);
    for (form_skip_newlines(r); r->t->kind != TOKEN_END; form_skip_newlines(r))
        if (!form_read_clause(r, is_across)) return false;
    return true;
}

static bool read_let(cs_form_reader *r, const cs_statement *statement) {
    cs_token *tokens = source_tokens(statement, r->arena);
    if (!tokens) return form_refuse(r, 0, "out of memory");
    form_member(r->out, "name", tokens[1].text);
    r->t = tokens + 2;
    if (!form_need(r, "=")) return false;
    form_key(r->out, "condition");
    if (form_is(r->t, "steps")) form_take_notes(r, "head", r->t->line);
    if (!form_read_expression(r)) return false;
    form_take_notes(r, "head", r->t[-1].line);
    return r->t->kind == TOKEN_END || form_refuse(r, r->t->line, "a word is left over");
}

static bool read_body(cs_form_reader *r, const cs_statement *statement, const char *keyword) {
    if (strcmp(keyword, "rule") == 0 || strcmp(keyword, "flag") == 0) return read_rule(r, statement);
    if (strcmp(keyword, "let") == 0) return read_let(r, statement);
    if (strcmp(keyword, "calendar") == 0) return form_read_calendar(r, statement);
    cs_token *tokens = source_line_tokens(&statement->lines[0], r->arena);
    if (!tokens) return form_refuse(r, 0, "out of memory");
    form_member(r->out, "name", tokens[1].text);
    return strcmp(keyword, "test") == 0 ? form_read_test(r, statement) : form_read_list(r, statement);
}

/* last: its last line, or that of the indented comments behind it. */
static bool read_statement(cs_form_reader *r, const cs_statement *statement, uint32_t last, bool is_joined) {
    char room[CS_FORM_TEXT_BYTES];
    const char *keyword = keyword_of(statement, room);
    form_comma(r->out);
    buffer_text(r->out, "\n{");
    form_member(r->out, "kind", keyword);
    if (is_joined) form_flag(r->out, "joined");
    form_count_language(r, statement->lines[0].text);
    buffer_clear(r->comments);
    r->line = statement->lines[0].number - 1;
    if (!read_body(r, statement, keyword)) return false;
    put_notes(r, "end", last, NULL);
    if (r->comments->length) {
        form_key(r->out, "comments");
        buffer_printf(r->out, "{%s}", buffer_string(r->comments));
    }
    return buffer_text(r->out, "}");
}

static void read_comment(cs_form_reader *r, uint32_t from, uint32_t to, bool is_joined) {
    form_comma(r->out);
    buffer_text(r->out, "\n{");
    form_member(r->out, "kind", "comment");
    if (is_joined) form_flag(r->out, "joined");
    form_key(r->out, "lines");
    buffer_text(r->out, "[");
    for (; from < to; from++) form_text(r->out, r->notes[from]);
    buffer_text(r->out, "]}");
}

/* ---- the file ---- */

typedef struct cs_pages { /* its lines, from 1 */
    const cs_statement **begins; /* the statement that begins in a line */
    bool *is_blank, *is_indented, *is_comment;
    uint32_t count;
} cs_pages;

static bool list_lines(cs_form_reader *r, const char *text, size_t bytes, const cs_statement *statements,
                       uint32_t statement_count, cs_pages *out) {
    size_t most = 3;
    for (size_t i = 0; i < bytes; i++) most += text[i] == '\n';
    *out = (cs_pages){.begins = arena_array(r->arena, most, sizeof *out->begins),
                      .is_blank = arena_array(r->arena, most, 1),
                      .is_indented = arena_array(r->arena, most, 1),
                      .is_comment = arena_array(r->arena, most, 1)};
    r->notes = arena_array(r->arena, most, sizeof *r->notes);
    if (!out->begins || !out->is_blank || !out->is_indented || !out->is_comment || !r->notes) return false;
    for (const char *at = text, *end = text + bytes; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        uint32_t line = ++out->count;
        const char *from = at;
        while (from < stop && strchr(" \t\r", *from)) from++;
        out->is_indented[line] = from > at;
        out->is_blank[line] = from == stop;
        out->is_comment[line] = from < stop && *from == '#';
        if (out->is_comment[line]) r->notes[line] = note_text(r, from, stop);
        at = stop + 1;
    }
    for (uint32_t i = 0; i < statement_count; i++) {
        out->begins[statements[i].lines[0].number] = &statements[i];
        note_statement(r, &statements[i]);
    }
    return !r->trouble;
}

static bool read_all(cs_form_reader *r, const cs_pages *pages) {
    bool is_joined = false;
    for (uint32_t line = 1; line <= pages->count;) {
        if (pages->is_blank[line]) {
            is_joined = false;
            line++;
        } else if (pages->begins[line]) {
            const cs_statement *statement = pages->begins[line];
            uint32_t last = statement->lines[statement->line_count - 1].number;
            while (last < pages->count && pages->is_comment[last + 1] && pages->is_indented[last + 1]) last++;
            if (!read_statement(r, statement, last, is_joined)) return false;
            line = last + 1;
            is_joined = true;
        } else {
            uint32_t from = line;
            while (line <= pages->count && pages->is_comment[line]) line++;
            if (line == from) return form_refuse(r, line, "this line belongs to no statement");
            read_comment(r, from, line, is_joined);
            is_joined = true;
        }
    }
    return !r->trouble;
}

static cs_error read_file(cs_form_reader *r, const char *text, size_t bytes, const char *name, cs_buffer *json,
                          cs_message *message) {
    cs_statement *statements;
    uint32_t count;
    cs_pages pages;
    if (!r->arena || !source_split(text, bytes, name, "", r->arena, &statements, &count) ||
        !list_lines(r, text, bytes, statements, count, &pages))
        return message_set(message, CS_ERR_MEMORY, "out of memory for the form");
    bool is_read = read_all(r, &pages);
    if (!is_read) {
        message_set(message, CS_ERR_LIMIT, "it can't be put into a form: %s", r->trouble ? r->trouble : "too large");
        message_place(message, "line %u", r->trouble_line);
        message_remedy(message, "give a part a name with let");
        return CS_ERR_LIMIT;
    }
    buffer_printf(json, "{\"language\":\"%s\",\"statements\":[", r->chinese > r->english ? "zh" : "en");
    buffer_append(json, buffer_string(r->out), r->out->length);
    buffer_text(json, "\n]}\n");
    if (json->is_failed || r->out->is_failed)
        return message_set(message, CS_ERR_LIMIT, "the form would be larger than %d bytes", CS_MAX_FORM_BYTES);
    return CS_OK;
}

/* The line of a character that no line of text has. 0: there is none. */
static uint32_t control_line(const char *text, size_t bytes) {
    uint32_t line = 1;
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];
        bool is_end = c == '\n' || (c == '\r' && (i + 1 == bytes || text[i + 1] == '\n'));
        if ((c < 0x20 && c != '\t' && !is_end) || c == 0x7f) return line;
        line += c == '\n';
    }
    return 0;
}

cs_error form_read(const char *text, size_t bytes, const char *name, cs_on_problem on_problem, void *context,
                   cs_buffer *json, cs_message *message) {
    buffer_init(json, CS_MAX_FORM_BYTES);
    if (bytes >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3, bytes -= 3;
    cs_error code = ruleset_examine(text, bytes, name, on_problem, context, message);
    if (code != CS_OK) return code;
    uint32_t control = control_line(text, bytes);
    if (control) {
        message_set(message, CS_ERR_LIMIT, "a control character stands in it");
        message_place(message, "line %u", control);
        return CS_ERR_LIMIT;
    }
    cs_buffer out, comments;
    buffer_init(&out, CS_MAX_FORM_BYTES);
    buffer_init(&comments, CS_MAX_FORM_BYTES);
    cs_form_reader reader = {.arena = arena_create(ARENA_BYTES), .out = &out, .comments = &comments};
    code = read_file(&reader, text, bytes, name, json, message);
    arena_free(reader.arena);
    buffer_free(&out);
    buffer_free(&comments);
    return code;
}
