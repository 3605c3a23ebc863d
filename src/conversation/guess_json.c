/* The shape of a JSON file: where its objects stand, which of their keys hold texts, and whether turns stand inside. */
#include "conversation/guess_parts.h"

#include "base/file.h"
#include "base/json.h"
#include "conversation/table_json.h"

#include <stdio.h>
#include <string.h>

enum { MAX_PATHS = 200, MAX_PATH_BYTES = 200, DEEPEST = 3, MAX_LINE = 16 << 20, FIRST_OBJECTS = CS_GUESS_ROWS };
static const size_t MAX_WHOLE_BYTES = (size_t)16 << 20; /* beyond, only the first objects become trees */

typedef struct shape {
    cs_guess *guess;
    cs_guess_table *table;
    cs_json *whole; /* of a JSON file */
    cs_json *lines[FIRST_OBJECTS]; /* of JSON Lines, or the first ones of a large file */
    const cs_json *objects[FIRST_OBJECTS];
    const char *keys[FIRST_OBJECTS]; /* under which each stands; NULL: in a list */
    uint32_t line_count, object_count;
    const char *paths[MAX_PATHS];
    uint32_t path_count;
    const char *at; /* the path of the object whose members are looked at */
    uint32_t depth;
    bool is_short; /* memory is out */
} shape;

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for the first objects");
}

static bool add_member(void *context, const char *key, const cs_json *value) {
    shape *s = context;
    if (s->object_count == FIRST_OBJECTS) return false;
    s->keys[s->object_count] = key;
    s->objects[s->object_count++] = value;
    return true;
}

typedef struct member_count {
    uint32_t objects, others;
} member_count;

static bool count_member(void *context, const char *key, const cs_json *value) {
    member_count *count = context;
    (void)key;
    if (json_kind(value) == CS_JSON_OBJECT || json_kind(value) == CS_JSON_ARRAY)
        count->objects++;
    else
        count->others++;
    return true;
}

typedef struct list_search {
    const char *name;
    const cs_json *list;
} list_search;

static bool is_list_of_objects(const cs_json *value) {
    return json_kind(value) == CS_JSON_ARRAY && json_length(value) > 0 &&
           json_kind(json_at(value, 0)) == CS_JSON_OBJECT;
}

static bool find_list(void *context, const char *key, const cs_json *value) {
    list_search *search = context;
    if (!is_list_of_objects(value) || strchr(key, '.') || strlen(key) > MAX_PATH_BYTES / 2) return true;
    search->name = key;
    search->list = value;
    return false;
}

/* A list of objects one or two keys deep: "data.items". */
static bool find_nested_list(void *context, const char *key, const cs_json *value) {
    list_search *search = context;
    list_search inner = {0};
    if (json_kind(value) == CS_JSON_OBJECT) json_each(value, find_list, &inner);
    if (!inner.list) return true;
    *search = (list_search){key, inner.list};
    return false;
}

static void take_list(shape *s, const cs_json *list) {
    for (size_t i = 0; i < json_length(list); i++) {
        if (!add_member(s, NULL, json_at(list, i))) return;
    }
}

/* The top is a list, an object of objects under their ids, an object with a list in it, or one object. */
static void find_objects(shape *s, const cs_json *top) {
    member_count count = {0};
    list_search direct = {0}, nested = {0};
    if (json_kind(top) == CS_JSON_ARRAY) {
        take_list(s, top);
        return;
    }
    json_each(top, count_member, &count);
    json_each(top, find_list, &direct);
    if (!direct.list) json_each(top, find_nested_list, &nested);
    if (count.others == 0 && count.objects > 1 && !direct.list) {
        s->table->each = "*";
        json_each(top, add_member, s);
    } else if (direct.list) {
        s->table->each = arena_string(s->guess->arena, direct.name);
        take_list(s, direct.list);
    } else if (nested.list) {
        list_search inner = {0};
        json_each(json_get(top, nested.name), find_list, &inner);
        s->table->each = arena_printf(s->guess->arena, "%s.%s", nested.name, inner.name);
        take_list(s, nested.list);
    } else {
        add_member(s, NULL, top);
    }
}

static cs_error read_whole(const char *path, shape *s, cs_message *message) {
    cs_buffer text;
    cs_encoding found;
    cs_error code = file_read_text(path, MAX_WHOLE_BYTES, CS_ENCODING_ANY, &text, &found, message);
    if (code != CS_OK) return code;
    s->guess->encoding = encoding_name(found);
    code = json_parse(buffer_string(&text), text.length, MAX_WHOLE_BYTES * 3, &s->whole, message);
    buffer_free(&text);
    if (code == CS_OK) find_objects(s, s->whole);
    return code;
}

/* A list, or an object of objects: nothing deeper is looked for in a large file. */
static cs_error read_beginning(const char *path, shape *s, cs_message *message) {
    cs_mapping any = {.format = CS_MAPPING_FORMAT_JSON};
    cs_json_rows *rows = NULL;
    cs_json_row row = {0};
    cs_error code = json_rows_open(path, &any, &rows, message);
    bool is_list = code == CS_OK && json_rows_is_list(rows);
    if (code == CS_OK && !is_list) {
        json_rows_close(rows);
        rows = NULL;
        any.each = s->table->each = "*";
        code = json_rows_open(path, &any, &rows, message);
    }
    s->guess->encoding = encoding_name(CS_ENCODING_UTF8);
    while (code == CS_OK && s->line_count < FIRST_OBJECTS) {
        code = json_rows_next(rows, &row, message);
        if (code != CS_OK || row.is_end || row.is_lost) break;
        if (!row.tree) continue;
        const char *key = is_list ? NULL : arena_string(s->guess->arena, row.key);
        s->lines[s->line_count] = json_rows_keep(rows);
        add_member(s, key, s->lines[s->line_count++]);
    }
    json_rows_close(rows);
    return code;
}

static cs_error read_lines(const char *path, shape *s, cs_message *message) {
    cs_line_reader *lines = NULL;
    cs_line line = {0};
    cs_error code = line_reader_open(path, MAX_LINE, &lines, message);
    if (code != CS_OK) return code;
    while (s->line_count < FIRST_OBJECTS && (code = line_reader_next(lines, &line, message)) == CS_OK && line.text) {
        cs_message ignored;
        cs_json **out = &s->lines[s->line_count];
        if (line.bytes == 0 || line.is_too_long ||
            json_parse_part(line.text, line.bytes, MAX_LINE, line.number, out, &ignored) != CS_OK)
            continue;
        add_member(s, NULL, s->lines[s->line_count++]);
    }
    s->guess->encoding = encoding_name(line_reader_encoding(lines));
    line_reader_close(lines);
    if (code != CS_OK || s->object_count > 0) return code;
    message_set(message, CS_ERR_PARSE, "no line of the file is a JSON object");
    message_remedy(message, "JSON Lines hold one object in { } a line");
    return CS_ERR_PARSE;
}

static void add_path(shape *s, const char *path) {
    for (uint32_t i = 0; i < s->path_count; i++) {
        if (strcmp(s->paths[i], path) == 0) return;
    }
    if (s->path_count < MAX_PATHS) s->paths[s->path_count++] = path;
}

/* Paths of plain values; a list of objects with texts in them is the turns. */
static bool collect_path(void *context, const char *key, const cs_json *value) {
    shape *s = context;
    if (!*key || strchr(key, '.') || strlen(key) + strlen(s->at) > MAX_PATH_BYTES) return true;
    const char *path = arena_printf(s->guess->arena, "%s%s%s", s->at, *s->at ? "." : "", key);
    if (!path) {
        s->is_short = true;
        return false;
    }
    if (json_kind(value) == CS_JSON_OBJECT && s->depth < DEEPEST) {
        const char *outer = s->at;
        s->at = path;
        s->depth++;
        json_each(value, collect_path, s);
        s->depth--;
        s->at = outer;
    } else if (is_list_of_objects(value)) {
        if (!s->table->turns) s->table->turns = path;
    } else if (json_kind(value) != CS_JSON_OBJECT && json_kind(value) != CS_JSON_ARRAY) {
        add_path(s, path);
    }
    return !s->is_short;
}

typedef struct key_search {
    shape *s;
    double best[3]; /* speaker, text, time */
    const char *names[3];
} key_search;

static bool weigh_key(void *context, const char *key, const cs_json *value) {
    key_search *k = context;
    static const uint32_t uses[] = {CS_COLUMN_SPEAKER, CS_COLUMN_TEXT, CS_COLUMN_TIME};
    if (json_kind(value) == CS_JSON_OBJECT || json_kind(value) == CS_JSON_ARRAY || strchr(key, '.')) return true;
    for (size_t i = 0; i < 3; i++) {
        double score = guess_name_score(key, uses[i]);
        if (score < 0.5 || score <= k->best[i]) continue;
        k->best[i] = score;
        k->names[i] = key;
    }
    return true;
}

/* Which keys of the turns are speaker, text and time; and their first values. */
static void look_at_turns(shape *s) {
    cs_guess_table *t = s->table;
    key_search k = {.s = s};
    const cs_json *first = json_path_get(s->objects[0], t->turns);
    for (size_t i = 0; i < json_length(first) && i < 3; i++) json_each(json_at(first, i), weigh_key, &k);
    if (!k.names[0] || !k.names[1]) {
        t->turns = NULL;
        return;
    }
    t->turn_speaker = arena_string(s->guess->arena, k.names[0]);
    t->turn_text = arena_string(s->guess->arena, k.names[1]);
    t->turn_time = arena_string(s->guess->arena, k.names[2]);
    for (uint32_t i = 0; i < s->object_count; i++) {
        const cs_json *turns = json_path_get(s->objects[i], t->turns);
        for (size_t j = 0; j < json_length(turns) && t->turn_value_count < CS_GUESS_ROWS; j++) {
            const char *speaker = json_cell(json_get(json_at(turns, j), t->turn_speaker), s->guess->arena);
            const char *time =
                t->turn_time ? json_cell(json_get(json_at(turns, j), t->turn_time), s->guess->arena) : NULL;
            if (speaker) t->turn_values[t->turn_value_count++] = speaker;
            if (time && t->turn_time_count < CS_GUESS_ROWS) t->turn_times[t->turn_time_count++] = time;
        }
    }
}

static cs_error fill_rows(shape *s, cs_message *message) {
    cs_guess_table *t = s->table;
    t->width = s->path_count;
    t->header = arena_array(s->guess->arena, s->path_count + 1, sizeof *t->header);
    t->rows = arena_array(s->guess->arena, s->object_count + 1, sizeof *t->rows);
    if (!t->header || !t->rows) return no_memory(message);
    for (uint32_t i = 0; i < s->path_count; i++) t->header[i] = s->paths[i];
    for (uint32_t i = 0; i < s->object_count; i++) {
        const char **cells = arena_array(s->guess->arena, s->path_count + 1, sizeof *cells);
        if (!cells) return no_memory(message);
        for (uint32_t j = 0; j < s->path_count; j++) {
            bool is_key = strcmp(s->paths[j], "$key") == 0;
            cells[j] = is_key ? arena_string(s->guess->arena, s->keys[i])
                              : json_cell(json_path_get(s->objects[i], s->paths[j]), s->guess->arena);
            if (!cells[j]) cells[j] = "";
        }
        t->rows[t->row_count++] = cells;
    }
    return CS_OK;
}

cs_error guess_json_read(const char *path, cs_guess *guess, cs_guess_table *out, cs_message *message) {
    shape s = {.guess = guess, .table = out, .at = ""};
    cs_file_info info = {0};
    cs_error code = file_info(path, &info, message);
    if (code == CS_OK && guess->format == CS_MAPPING_FORMAT_JSONL)
        code = read_lines(path, &s, message);
    else if (code == CS_OK)
        code =
            info.bytes > (int64_t)MAX_WHOLE_BYTES ? read_beginning(path, &s, message) : read_whole(path, &s, message);
    if (code == CS_OK && s.object_count > 0 && s.keys[0]) add_path(&s, "$key");
    for (uint32_t i = 0; code == CS_OK && i < s.object_count && i < 20; i++) json_each(s.objects[i], collect_path, &s);
    if (code == CS_OK && s.is_short) code = no_memory(message);
    if (code == CS_OK && out->turns) look_at_turns(&s);
    if (code == CS_OK) code = fill_rows(&s, message);
    for (uint32_t i = 0; i < s.line_count; i++) json_free(s.lines[i]);
    json_free(s.whole);
    return code;
}
