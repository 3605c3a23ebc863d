/* Members of the form, and words of the text: what all parts of the writer share. */
#include "rules/form_writer.h"

#include "base/spelling.h"
#include "rules/form_layout.h"
#include "rules/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- members ---- */

bool form_fail(cs_form_writer *w, const char *format, ...) {
    if (w->code != CS_OK) return false;
    char reason[300];
    va_list values;
    va_start(values, format);
    vsnprintf(reason, sizeof reason, format, values);
    va_end(values);
    w->code = message_set(w->message, CS_ERR_PARSE, "%s", reason);
    size_t bytes = strlen(w->path);
    message_place(w->message, "%s%s", bytes > 90 ? "…" : "", w->path + (bytes > 90 ? bytes - 90 : 0));
    return false;
}

size_t form_enter(cs_form_writer *w, const char *key) {
    size_t before = strlen(w->path);
    snprintf(w->path + before, sizeof w->path - before, "%s%s", before ? "." : "", key);
    return before;
}

size_t form_enter_at(cs_form_writer *w, size_t index) {
    size_t before = strlen(w->path);
    snprintf(w->path + before, sizeof w->path - before, "[%zu]", index);
    return before;
}

void form_leave(cs_form_writer *w, size_t before) {
    w->path[before] = 0;
}

bool form_is_object(cs_form_writer *w, const cs_json *json) {
    return json_kind(json) == CS_JSON_OBJECT || form_fail(w, json ? "expected an object" : "it is missing");
}

bool form_is_array(cs_form_writer *w, const cs_json *json, size_t least, size_t most) {
    if (json_kind(json) != CS_JSON_ARRAY) return form_fail(w, json ? "expected a list" : "a list is missing");
    size_t count = json_length(json);
    if (count >= least && count <= most) return true;
    return form_fail(w, "expected a list of %zu to %zu, found %zu", least, most, count);
}

typedef struct search {
    cs_form_writer *writer;
    const char *const *keys;
} search;

static bool on_member(void *context, const char *key, const cs_json *value) {
    const search *s = context;
    size_t count = 0;
    (void)value;
    for (; s->keys[count]; count++)
        if (strcmp(key, s->keys[count]) == 0) return true;
    const char *nearest = spelling_nearest(key, s->keys, count);
    size_t before = form_enter(s->writer, key);
    form_fail(s->writer, nearest ? "there is no such member here; did you mean '%s'?" : "there is no such member here",
              nearest);
    form_leave(s->writer, before);
    return false;
}

bool form_only(cs_form_writer *w, const cs_json *object, const char *const *keys) {
    search s = {.writer = w, .keys = keys};
    if (!form_is_object(w, object)) return false;
    json_each(object, on_member, &s);
    return w->code == CS_OK;
}

const char *form_string(cs_form_writer *w, const cs_json *json) {
    const char *text = json_string(json, NULL);
    if (!text) return form_fail(w, json ? "expected text" : "text is missing"), NULL;
    for (const char *c = text; *c; c++)
        if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7f)
            return form_fail(w, "expected one line of text"), NULL;
    return text;
}

const char *form_string_of(cs_form_writer *w, const cs_json *object, const char *key) {
    size_t before = form_enter(w, key);
    const char *text = form_string(w, json_get(object, key));
    form_leave(w, before);
    return text;
}

bool form_flag_of(cs_form_writer *w, const cs_json *object, const char *key, bool *out) {
    const cs_json *value = json_get(object, key);
    *out = json_is_true(value);
    if (!value || json_kind(value) == CS_JSON_BOOL) return true;
    size_t before = form_enter(w, key);
    form_fail(w, "expected true or false");
    form_leave(w, before);
    return false;
}

bool form_whole(cs_form_writer *w, const cs_json *json, int64_t least, int64_t most, int64_t *out) {
    if (json_int64(json, out) && *out >= least && *out <= most) return true;
    return form_fail(w, "expected a whole number from %lld to %lld", (long long)least, (long long)most);
}

const char *form_choice_of(cs_form_writer *w, const cs_json *object, const char *key, const char *const *choices) {
    const char *text = form_string_of(w, object, key);
    if (!text) return NULL;
    size_t count = 0;
    for (; choices[count]; count++)
        if (strcmp(text, choices[count]) == 0) return text;
    const char *nearest = spelling_nearest(text, choices, count);
    size_t before = form_enter(w, key);
    form_fail(w, nearest ? "'%s' can't stand here; did you mean %s?" : "'%s' can't stand here", text, nearest);
    form_leave(w, before);
    return NULL;
}

/* ---- words of the line ---- */

const char *form_word_of(const cs_form_writer *w, const char *english, cs_family family) {
    return w->is_zh ? vocabulary_chinese(english, family) : english;
}

const char *form_word(const cs_form_writer *w, const char *english) {
    return form_word_of(w, english, vocabulary_find(FAMILY_WORD, english) ? FAMILY_WORD : FAMILY_COUNT);
}

void form_put(cs_form_writer *w, const char *text) {
    size_t length = w->line.length;
    bool is_behind_break = length >= 2 && (unsigned char)w->line.data[length - 2] <= CS_BREAK_FILL;
    if (length && !is_behind_break && w->line.data[length - 1] != '(') buffer_text(&w->line, " ");
    buffer_text(&w->line, text);
}

void form_put_word(cs_form_writer *w, const char *english) {
    form_put(w, form_word(w, english));
}

void form_put_tight(cs_form_writer *w, const char *text) {
    buffer_text(&w->line, text);
}

void form_break(cs_form_writer *w, char kind, unsigned further) {
    unsigned level = w->level + further;
    buffer_printf(&w->line, "%c%c", kind, (int)('0' + (level < 70 ? level : 70)));
}

void form_put_quoted(cs_form_writer *w, const char *text) {
    form_put(w, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') buffer_text(&w->line, "\\");
        buffer_append(&w->line, text, 1);
    }
    buffer_text(&w->line, "\"");
}

/* Whether the text stands for itself, as one token. */
static bool is_token(const cs_form_writer *w, const char *text, bool may_be_number) {
    cs_source_line line = {.text = text, .number = 1};
    const cs_token *tokens = *text ? source_line_tokens(&line, w->arena) : NULL;
    bool has_kind = tokens && (tokens->kind == TOKEN_WORD || (may_be_number && tokens->kind == TOKEN_NUMBER));
    return has_kind && tokens[1].kind == TOKEN_END && strcmp(tokens->text, text) == 0;
}

bool form_put_value(cs_form_writer *w, const char *text) {
    bool is_plain = is_token(w, text, true) && strcmp(text, "field") != 0 && strcmp(text, "字段") != 0;
    if (is_plain)
        form_put(w, text);
    else
        form_put_quoted(w, text);
    return true;
}

bool form_put_name(cs_form_writer *w, const char *text) {
    if (!is_token(w, text, false)) return form_fail(w, "expected a name of letters, digits, - and _, found '%s'", text);
    form_put(w, text);
    return true;
}

/* "10s" in the text's language; NULL: it is no number with a unit. A unit may be "". */
static const char *number_of(cs_form_writer *w, const char *text, char out[64]) {
    size_t digits = strspn(text, "0123456789.");
    if (!digits || digits > 20 || strspn(text, ".") == digits) return NULL;
    for (size_t i = 0; i < SOURCE_UNITS; i++) {
        if (strcmp(text + digits, source_units[i].unit) != 0) continue;
        snprintf(out, 64, "%.*s%s", (int)digits, text, w->is_zh ? source_units[i].zh : source_units[i].unit);
        return out;
    }
    return NULL;
}

bool form_put_duration(cs_form_writer *w, const char *text) {
    char written[64];
    const char *number = number_of(w, text, written);
    if (!number || strchr("0123456789.%", text[strlen(text) - 1]))
        return form_fail(w, "expected a time such as \"30s\", \"2m\", \"24h\" or \"3d\", found '%s'", text);
    form_put(w, number);
    return true;
}

bool form_put_words(cs_form_writer *w, const char *text, const char *const *allowed) {
    char word[64], written[64];
    for (const char *at = text + strspn(text, " "); *at; at += strspn(at, " ")) {
        size_t bytes = strcspn(at, " "), count = 0;
        bool is_known = false;
        snprintf(word, sizeof word, "%.*s", (int)(bytes < 60 ? bytes : 60), at);
        at += bytes;
        const char *number = number_of(w, word, written);
        for (; allowed[count]; count++) is_known |= strcmp(word, allowed[count]) == 0;
        if (!number && !is_known) {
            const char *nearest = spelling_nearest(word, allowed, count);
            return form_fail(w, nearest ? "'%s' can't stand here; did you mean %s?" : "'%s' can't stand here", word,
                             nearest);
        }
        bool is_role = is_known && vocabulary_find(FAMILY_ROLE, word);
        form_put(w, number ? number : is_role ? form_word_of(w, word, FAMILY_ROLE) : form_word(w, word));
    }
    return true;
}

/* ---- comments ---- */

void form_write_comment(cs_buffer *out, const char *text) {
    buffer_printf(out, *text && *text != '#' ? "# %s" : "#%s", text);
}

void form_write_above(cs_form_writer *w, const char *key, unsigned indent) {
    const cs_json *above = json_get(json_get(w->comments, key), "above");
    w->comment_count += above != NULL;
    for (size_t i = 0; i < json_length(above); i++) {
        const char *text = json_string(json_at(above, i), NULL);
        form_pad(w->out, indent);
        form_write_comment(w->out, text ? text : "");
        buffer_text(w->out, "\n");
    }
}

void form_end_line(cs_form_writer *w, const char *key) {
    const char *behind = key ? json_string(json_get(json_get(w->comments, key), "behind"), NULL) : NULL;
    if (behind) {
        w->comment_count++;
        buffer_text(w->out, "  ");
        form_write_comment(w->out, behind);
    }
    buffer_text(w->out, "\n");
}
