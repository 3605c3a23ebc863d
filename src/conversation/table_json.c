#include "conversation/table_json.h"

#include "base/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LEVELS = 16, MAX_KEY_BYTES = 1000, MAX_CELL_BYTES = 1 << 20 };
static const size_t MAX_FILE_BYTES = (size_t)256 << 20, MAX_ITEM_BYTES = (size_t)64 << 20,
                    MAX_LINE_BYTES = (size_t)16 << 20;

/* One bracket that is open on the way to the objects. */
typedef struct level {
    bool is_object, is_begun;
    uint32_t step; /* of the path that its members are looked up by; path_count: all of them are rows */
} level;

struct cs_json_rows {
    cs_line_reader *lines; /* JSON Lines; NULL: text */
    cs_buffer text;
    size_t at;
    int64_t line, number;
    char path[CS_MAX_NAME_BYTES + 1];
    const char *steps[MAX_LEVELS];
    uint32_t step_count;
    level levels[MAX_LEVELS + 1];
    uint32_t depth;
    bool is_begun, is_finished;
    bool is_refused; /* the last piece was: the end of a file that was cut off is told once */
    char key[MAX_KEY_BYTES + 1];
    cs_json *tree;
};

static cs_error split_path(cs_json_rows *rows, const char *each, cs_message *message) {
    if (!each) return CS_OK;
    size_t bytes = strlen(each);
    if (bytes < sizeof rows->path) memcpy(rows->path, each, bytes + 1);
    for (char *at = rows->path; bytes < sizeof rows->path; at++) {
        if (rows->step_count == MAX_LEVELS) break;
        rows->steps[rows->step_count++] = at;
        at = strchr(at, '.');
        if (!at) return CS_OK;
        *at = 0;
    }
    message_set(message, CS_ERR_LIMIT, "\"each\" is longer than 200 bytes or 16 steps");
    message_place(message, "each");
    return CS_ERR_LIMIT;
}

cs_error json_rows_open(const char *path, const cs_mapping *mapping, cs_json_rows **out, cs_message *message) {
    cs_json_rows *rows = calloc(1, sizeof *rows);
    if (!rows) return message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
    rows->line = 1;
    cs_error code = split_path(rows, mapping->each, message);
    if (code == CS_OK && mapping->format == CS_MAPPING_FORMAT_JSONL) {
        code = line_reader_open_as(path, mapping->encoding, MAX_LINE_BYTES, &rows->lines, message);
    } else if (code == CS_OK) {
        code = file_read_text(path, MAX_FILE_BYTES, mapping->encoding, &rows->text, NULL, message);
        if (code == CS_ERR_LIMIT)
            message_remedy(message, "export it as JSON Lines (.jsonl), one object a line: that may have any size");
    }
    if (code == CS_OK)
        *out = rows;
    else
        json_rows_close(rows);
    return code;
}

void json_rows_close(cs_json_rows *rows) {
    if (!rows) return;
    line_reader_close(rows->lines);
    buffer_free(&rows->text);
    json_free(rows->tree);
    free(rows);
}

int64_t json_rows_offset(const cs_json_rows *rows) {
    return rows->lines ? line_reader_offset(rows->lines) : (int64_t)rows->at;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Parses one piece as the current row, or says why it is none. */
static cs_error take_piece(cs_json_rows *rows, const char *text, size_t bytes, int64_t line, cs_json_row *out) {
    cs_error code = json_parse_part(text, bytes, MAX_ITEM_BYTES, line, &rows->tree, &out->trouble);
    if (code == CS_ERR_MEMORY) return code;
    cs_json_kind kind = json_kind(rows->tree);
    if (code == CS_OK && kind != CS_JSON_OBJECT && kind != CS_JSON_ARRAY) {
        message_set(&out->trouble, CS_ERR_PARSE, "an object in { } must stand here");
        message_remedy(&out->trouble, "check \"each\" in the mapping: it says where the objects stand");
        return CS_OK;
    }
    out->tree = rows->tree;
    return CS_OK;
}

static cs_error next_line(cs_json_rows *rows, cs_json_row *out, cs_message *message) {
    cs_line line;
    bool is_blank_line;
    do {
        cs_error code = line_reader_next(rows->lines, &line, message);
        if (code != CS_OK) return code;
        is_blank_line = line.text != NULL;
        for (size_t i = 0; is_blank_line && i < line.bytes; i++) is_blank_line = is_blank(line.text[i]);
    } while (is_blank_line);
    out->number = line.number;
    out->is_end = line.text == NULL;
    if (out->is_end) return CS_OK;
    if (!line.is_too_long) return take_piece(rows, line.text, line.bytes, line.number, out);
    message_set(&out->trouble, CS_ERR_LIMIT, "the line is longer than 16 MB");
    message_remedy(&out->trouble, "one object a line; is a line break missing?");
    return CS_OK;
}

static char now(const cs_json_rows *rows) { /* 0: the end */
    return rows->at < rows->text.length ? rows->text.data[rows->at] : 0;
}

static void step_over(cs_json_rows *rows) {
    rows->line += now(rows) == '\n';
    rows->at++;
}

static void skip_blank(cs_json_rows *rows) {
    while (rows->at < rows->text.length && is_blank(now(rows))) step_over(rows);
}

/* From a quote to behind the closing one. */
static void skip_quoted(cs_json_rows *rows) {
    for (step_over(rows); rows->at < rows->text.length; step_over(rows)) {
        char c = now(rows);
        if (c == '\\') {
            step_over(rows);
        } else if (c == '"') {
            step_over(rows);
            return;
        }
    }
    if (rows->at > rows->text.length) rows->at = rows->text.length;
}

/* To the comma or bracket behind a value, or to the end of the text. */
static void skip_value(cs_json_rows *rows) {
    int64_t depth = 0;
    while (rows->at < rows->text.length) {
        char c = now(rows);
        if (c == '"') {
            skip_quoted(rows);
            continue;
        }
        if (depth == 0 && (c == ',' || c == ']' || c == '}')) return;
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        step_over(rows);
        if (depth == 0 && (c == '}' || c == ']')) return;
    }
}

static void lose_rest(cs_json_rows *rows, cs_json_row *out, const char *reason, const char *remedy) {
    message_set(&out->trouble, CS_ERR_PARSE, "%s", reason);
    message_place(&out->trouble, "line %lld", (long long)rows->line);
    message_remedy(&out->trouble, "%s", remedy);
    out->is_lost = rows->is_finished = true;
    out->number = rows->number + 1;
}

/* "key": before a member's value. false: that is not what stands there. */
static bool read_key(cs_json_rows *rows) {
    if (now(rows) != '"') return false;
    size_t start = rows->at;
    skip_quoted(rows);
    size_t bytes = rows->at - start;
    char quoted[MAX_KEY_BYTES + 3];
    cs_json *list = NULL;
    cs_message message;
    rows->key[0] = 0;
    if (bytes <= MAX_KEY_BYTES) { /* as a list of one, for the parser undoes what is escaped */
        quoted[0] = '[';
        memcpy(quoted + 1, rows->text.data + start, bytes);
        quoted[bytes + 1] = ']';
        if (json_parse(quoted, bytes + 2, sizeof quoted, &list, &message) == CS_OK &&
            json_string(json_at(list, 0), NULL))
            snprintf(rows->key, sizeof rows->key, "%s", json_string(json_at(list, 0), NULL));
        json_free(list);
    }
    skip_blank(rows);
    if (now(rows) != ':') return false;
    step_over(rows);
    skip_blank(rows);
    return true;
}

/* Enters the bracket at hand. */
static void enter(cs_json_rows *rows, uint32_t step) {
    rows->levels[rows->depth++] = (level){.is_object = now(rows) == '{', .step = step};
    step_over(rows);
}

/* Stands at a value that is wanted up to step; true: it is a row itself, else it was entered or passed over. */
static bool is_row(cs_json_rows *rows, uint32_t step, bool is_one) {
    char c = now(rows);
    bool is_last = step == rows->step_count;
    if (is_last && (is_one || c != '[')) return true;
    if ((c == '{' || c == '[') && rows->depth <= MAX_LEVELS)
        enter(rows, step);
    else
        skip_value(rows);
    return false;
}

/* To the next value that may matter in the level at hand. false: something else stands there. */
static bool next_member(cs_json_rows *rows, level *l, bool *is_closed) {
    skip_blank(rows);
    *is_closed = now(rows) == (l->is_object ? '}' : ']');
    if (*is_closed) {
        step_over(rows);
        rows->depth--;
        return true;
    }
    if (l->is_begun) {
        if (now(rows) != ',') return false;
        step_over(rows);
        skip_blank(rows);
    }
    l->is_begun = true;
    rows->key[0] = 0;
    return now(rows) != 0 && (!l->is_object || read_key(rows));
}

static cs_error take_value(cs_json_rows *rows, cs_json_row *out) {
    size_t start = rows->at;
    int64_t line = rows->line;
    skip_value(rows);
    out->number = ++rows->number;
    out->key = rows->key;
    cs_error code = take_piece(rows, rows->text.data + start, rows->at - start, line, out);
    rows->is_refused = !out->tree;
    return code;
}

static cs_error next_item(cs_json_rows *rows, cs_json_row *out) {
    if (!rows->is_begun) {
        rows->is_begun = true;
        skip_blank(rows);
        if (rows->text.length > 0 && is_row(rows, 0, false)) return take_value(rows, out);
    }
    while (rows->depth > 0 && !rows->is_finished) {
        level *l = &rows->levels[rows->depth - 1];
        bool is_closed = false;
        if (!next_member(rows, l, &is_closed)) {
            bool is_cut = rows->at >= rows->text.length;
            if (is_cut && rows->is_refused) break;
            lose_rest(rows, out,
                      is_cut ? "the file ends inside a bracket" : "a comma or a closing bracket must stand here",
                      is_cut ? "it was probably cut off: export it again; rows may be missing"
                             : "export it again; what follows can't be told apart");
            return CS_OK;
        }
        if (is_closed) continue;
        const char *step = l->step < rows->step_count ? rows->steps[l->step] : NULL;
        bool is_any = step && strcmp(step, "*") == 0;
        if (step && !is_any && (!l->is_object || strcmp(step, rows->key) != 0)) {
            skip_value(rows);
            continue;
        }
        bool is_one = !step || (is_any && l->step + 1 == rows->step_count);
        if (is_row(rows, step ? l->step + 1 : l->step, is_one)) return take_value(rows, out);
    }
    skip_blank(rows);
    if (!rows->is_finished && rows->at < rows->text.length) {
        lose_rest(rows, out, "more text follows behind the end", "one list or object a file; use JSON Lines for more");
        return CS_OK;
    }
    out->is_end = true;
    out->number = rows->number;
    return CS_OK;
}

cs_error json_rows_next(cs_json_rows *rows, cs_json_row *out, cs_message *message) {
    *out = (cs_json_row){.key = ""};
    json_free(rows->tree);
    rows->tree = NULL;
    cs_error code = rows->lines ? next_line(rows, out, message) : next_item(rows, out);
    if (code == CS_ERR_MEMORY && !rows->lines) *message = out->trouble;
    return code;
}

bool json_rows_is_list(const cs_json_rows *rows) {
    size_t at = 0;
    while (at < rows->text.length && is_blank(rows->text.data[at])) at++;
    return at < rows->text.length && rows->text.data[at] == '[';
}

cs_json *json_rows_keep(cs_json_rows *rows) {
    cs_json *tree = rows->tree;
    rows->tree = NULL;
    return tree;
}

const cs_json *json_path_get(const cs_json *tree, const char *path) {
    char step[CS_MAX_NAME_BYTES + 1];
    if (strcmp(path, "$") == 0) return tree;
    const cs_json *whole = json_kind(tree) == CS_JSON_OBJECT ? json_get(tree, path) : NULL;
    if (whole) return whole;
    while (tree && *path) {
        size_t bytes = strcspn(path, ".");
        if (bytes >= sizeof step) return NULL;
        memcpy(step, path, bytes);
        step[bytes] = 0;
        if (json_kind(tree) == CS_JSON_OBJECT) {
            tree = json_get(tree, step);
        } else if (json_kind(tree) == CS_JSON_ARRAY && bytes > 0 && bytes < 7 && strspn(step, "0123456789") == bytes) {
            tree = json_at(tree, strtoul(step, NULL, 10));
        } else {
            return NULL;
        }
        path += bytes + (path[bytes] == '.');
    }
    return tree;
}

static const char *number_text(const cs_json *value, cs_arena *arena) {
    int64_t whole;
    if (json_int64(value, &whole)) return arena_printf(arena, "%lld", (long long)whole);
    double number = json_number(value, 0);
    char text[40];
    for (int digits = 15; digits <= 17; digits++) { /* the shortest that reads back the same */
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (fabs(strtod(text, NULL) - number) <= 0) break;
    }
    return arena_string(arena, text);
}

static const char *list_text(const cs_json *list, cs_arena *arena) {
    cs_buffer joined;
    const char *text = NULL;
    buffer_init(&joined, MAX_CELL_BYTES);
    bool is_good = true;
    for (size_t i = 0; i < json_length(list) && is_good; i++) {
        const cs_json *item = json_at(list, i);
        bool is_plain = json_kind(item) != CS_JSON_ARRAY && json_kind(item) != CS_JSON_OBJECT;
        const char *part = is_plain ? json_cell(item, arena) : NULL;
        is_good = part && buffer_text(&joined, i ? ", " : "") && buffer_text(&joined, part);
    }
    if (is_good) text = arena_string(arena, buffer_string(&joined));
    buffer_free(&joined);
    return text;
}

const char *json_cell(const cs_json *value, cs_arena *arena) {
    switch (json_kind(value)) {
    case CS_JSON_NULL: return "";
    case CS_JSON_BOOL: return json_is_true(value) ? "true" : "false";
    case CS_JSON_NUMBER: return number_text(value, arena);
    case CS_JSON_STRING: return arena_string(arena, json_string(value, NULL));
    case CS_JSON_ARRAY: return list_text(value, arena);
    case CS_JSON_OBJECT: return NULL;
    }
    return NULL;
}
