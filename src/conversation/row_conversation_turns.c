/* Turns that don't stand one a row: columns of one row, a list inside a cell, a list inside a JSON object. */
#include "conversation/row_conversation.h"

#include "conversation/row_conversation_list.h"
#include "conversation/table_json.h"

#include <string.h>

static void place_column(const cs_row_conversation *rc, const cs_row_turn *turn, const char *part,
                         cs_message *message) {
    bool is_time = strcmp(part, "time") == 0;
    table_place_extra(rc->table, is_time ? turn->columns->time : turn->columns->text, message);
}

static cs_error read_columns(cs_row_conversation *rc, cs_message *message) {
    const cs_table *t = rc->table;
    const cs_mapping *m = table_mapping(t);
    cs_error code = CS_OK;
    for (uint32_t i = 0; i < m->turns.column_count && code == CS_OK; i++) {
        const cs_turn_columns *columns = &m->turns.columns[i];
        const char *agent = table_extra(t, columns->agent);
        cs_row_turn turn = {.speaker = columns->speaker,
                            .agent = *agent ? agent : table_cell(t, CS_COLUMN_AGENT),
                            .text = table_extra(t, columns->text),
                            .time = table_extra(t, columns->time),
                            .is_role = true,
                            .has_time = true,
                            .place = place_column,
                            .columns = columns};
        if (*turn.text) code = row_conversation_turn(rc, &turn, message); /* nobody answered yet: no turn, no time */
    }
    return code;
}

static void place_list(const cs_row_conversation *rc, const cs_row_turn *turn, const char *part, cs_message *message) {
    (void)part;
    table_place_extra(rc->table, table_mapping(rc->table)->turns.list, message);
    cs_message place = *message;
    message_place(message, "%.60s, text %zu", place.place, turn->index + 1);
}

static cs_error add_part(cs_row_conversation *rc, const char *text, size_t bytes, uint32_t speaker, size_t index,
                         cs_message *message) {
    while (bytes > 0 && (unsigned char)*text <= 0x20) text++, bytes--;
    while (bytes > 0 && (unsigned char)text[bytes - 1] <= 0x20) bytes--;
    if (bytes == 0) return CS_OK;
    char *copy = arena_copy(rc->draft.arena, text, bytes);
    if (!copy) return draft_why(&rc->draft, message);
    const cs_mapping_turns *turns = &table_mapping(rc->table)->turns;
    cs_row_turn turn = {.speaker = turns->speakers[speaker % turns->speaker_count],
                        .agent = table_cell(rc->table, CS_COLUMN_AGENT),
                        .text = copy,
                        .time = "",
                        .is_role = true,
                        .has_time = false,
                        .place = place_list,
                        .index = index};
    return row_conversation_turn(rc, &turn, message);
}

/* One text of the list, cut by "between" into the speakers' parts; without it the speakers take turns. */
static cs_error add_text(cs_row_conversation *rc, const char *text, size_t index, cs_message *message) {
    const char *between = table_mapping(rc->table)->turns.between;
    if (!between) return add_part(rc, text, strlen(text), (uint32_t)index, index, message);
    cs_error code = CS_OK;
    for (uint32_t speaker = 0; code == CS_OK; speaker++) {
        const char *end = strstr(text, between);
        code = add_part(rc, text, end ? (size_t)(end - text) : strlen(text), speaker, index, message);
        if (!end) break;
        text = end + strlen(between);
    }
    return code;
}

static cs_error refuse_list(const cs_row_conversation *rc, const char *reason, const char *remedy,
                            cs_message *message) {
    message_set(message, CS_ERR_PARSE, "%s", reason);
    table_place_extra(rc->table, table_mapping(rc->table)->turns.list, message);
    message_remedy(message, "%s", remedy);
    return CS_ERR_PARSE;
}

static cs_error read_array(cs_row_conversation *rc, const cs_json *list, cs_message *message) {
    cs_error code = CS_OK;
    for (size_t i = 0; i < json_length(list) && code == CS_OK; i++) {
        const char *text = json_string(json_at(list, i), NULL);
        if (!text && json_kind(json_at(list, i)) != CS_JSON_NULL)
            return refuse_list(rc, "the list holds something that is no text", "\"each\" reads lists of objects",
                               message);
        if (text) code = add_text(rc, text, i, message);
    }
    return code;
}

static cs_error read_list(cs_row_conversation *rc, cs_message *message) {
    const cs_mapping *m = table_mapping(rc->table);
    const cs_json *tree = table_tree(rc->table);
    const cs_json *list = tree ? json_path_get(tree, m->extras[m->turns.list].name) : NULL;
    if (json_kind(list) == CS_JSON_ARRAY) return read_array(rc, list, message);
    const char *cell = table_extra(rc->table, m->turns.list);
    if (*cell != '[') return *cell ? add_text(rc, cell, 0, message) : CS_OK;
    cs_text_list texts;
    text_list_begin(&texts, cell, rc->draft.arena);
    const char *text;
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && text_list_next(&texts, &text); i++) code = add_text(rc, text, i, message);
    if (code != CS_OK || !texts.is_broken) return code;
    return refuse_list(rc, "the list of texts can't be read to its end",
                       "it must look like ['first', 'second'] or [\"first\", \"second\"]", message);
}

static void place_each(const cs_row_conversation *rc, const cs_row_turn *turn, const char *part, cs_message *message) {
    const cs_mapping_turns *turns = &table_mapping(rc->table)->turns;
    const char *path = *part == 's' ? turns->speaker : strcmp(part, "time") == 0 ? turns->time : turns->text;
    message_place(message, "%.30s[%zu].%.30s", turns->each, turn->index, path ? path : part);
    message_within(message, "%s %lld", table_unit(rc->table), (long long)rc->first_line);
}

/* The text at a path of a turn; NULL with words when an object stands there. */
static const char *value_of(cs_row_conversation *rc, const cs_json *item, const char *path, size_t index,
                            cs_message *message) {
    if (!path) return "";
    const char *text = json_cell(json_path_get(item, path), rc->draft.arena);
    if (text) return text;
    message_set(message, CS_ERR_PARSE, "an object stands where a text or a number should");
    message_place(message, "%.30s[%zu].%.30s", table_mapping(rc->table)->turns.each, index, path);
    message_within(message, "%s %lld", table_unit(rc->table), (long long)rc->first_line);
    message_remedy(message, "name the key inside it, as in content.text");
    return NULL;
}

static cs_error read_each(cs_row_conversation *rc, cs_message *message) {
    const cs_mapping_turns *turns = &table_mapping(rc->table)->turns;
    const cs_json *list = json_path_get(table_tree(rc->table), turns->each);
    if (json_kind(list) != CS_JSON_ARRAY) {
        message_set(message, CS_ERR_PARSE, "no list of turns stands at \"%.60s\"", turns->each);
        message_remedy(message, "check \"turns\" in the mapping: \"each\" names the list in [ ]");
        return CS_ERR_PARSE;
    }
    cs_error code = CS_OK;
    for (size_t i = 0; i < json_length(list) && code == CS_OK; i++) {
        const cs_json *item = json_at(list, i);
        cs_row_turn turn = {.has_time = true, .place = place_each, .index = i};
        if (!(turn.speaker = value_of(rc, item, turns->speaker, i, message)) ||
            !(turn.text = value_of(rc, item, turns->text, i, message)) ||
            !(turn.time = value_of(rc, item, turns->time, i, message)) ||
            !(turn.agent = value_of(rc, item, turns->agent, i, message)))
            return CS_ERR_PARSE;
        if (!*turn.agent) turn.agent = table_cell(rc->table, CS_COLUMN_AGENT);
        code = row_conversation_turn(rc, &turn, message);
    }
    return code;
}

cs_error row_conversation_turns(cs_row_conversation *rc, cs_message *message) {
    switch (table_mapping(rc->table)->turns.kind) {
    case CS_TURNS_COLUMNS: return read_columns(rc, message);
    case CS_TURNS_LIST: return read_list(rc, message);
    case CS_TURNS_EACH: return read_each(rc, message);
    case CS_TURNS_ROWS: break;
    }
    return CS_OK;
}
