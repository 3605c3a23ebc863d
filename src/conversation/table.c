#include "conversation/table.h"

#include "base/spelling.h"
#include "conversation/rows.h"
#include "conversation/table_json.h"

#include <stdlib.h>
#include <string.h>

static const size_t COLUMNS_ARENA = (size_t)8 << 20, CELLS_ARENA = (size_t)128 << 20;

/* All columns that the mapping names stand in one list: the uses, then the fields, then the extras. */
struct cs_table {
    const cs_mapping *mapping;
    cs_arena *columns, *cells;
    cs_rows *rows; /* csv, tsv, xlsx */
    cs_json_rows *objects; /* json, jsonl */
    uint32_t slot_count;
    uint32_t *numbers; /* of each slot's column, from 1; 0: not mapped */
    const char **values; /* of the current row */
    const char **header;
    uint32_t width, header_count;
    cs_row row;
    cs_json_row object;
    bool has_pending;
    cs_table_row pending; /* read to see that there is one */
};

static const cs_column *slot_column(const cs_mapping *m, uint32_t slot) {
    if (slot < CS_COLUMN_USES) return &m->columns[slot];
    slot -= CS_COLUMN_USES;
    return slot < m->field_count ? &m->fields[slot].column : &m->extras[slot - m->field_count];
}

static bool is_chat_text(const cs_mapping *m, uint32_t slot) {
    return slot == CS_COLUMN_TEXT || slot >= CS_COLUMN_USES + m->field_count;
}

/* Ideographic and no-break spaces and zero-width marks count as blanks, too. */
static const char *const wide_blanks[] = {"\xe3\x80\x80", "\xc2\xa0", "\xef\xbb\xbf", "\xe2\x80\x8b", "\xe2\x80\x8e"};

/* Bytes of a blank at the beginning of text, 0: none. */
static size_t blank_before(const char *text) {
    if ((unsigned char)*text < 0x80) return *text && (unsigned char)*text <= 0x20;
    for (size_t i = 0; i < sizeof wide_blanks / sizeof wide_blanks[0]; i++) {
        size_t bytes = strlen(wide_blanks[i]);
        if (*text == *wide_blanks[i] && strncmp(text, wide_blanks[i], bytes) == 0) return bytes;
    }
    return 0;
}

/* The same at its end. */
static size_t blank_behind(const char *text, size_t bytes) {
    if (bytes == 0) return 0;
    if ((unsigned char)text[bytes - 1] < 0x80) return (unsigned char)text[bytes - 1] <= 0x20;
    for (size_t i = 0; i < sizeof wide_blanks / sizeof wide_blanks[0]; i++) {
        size_t blank = strlen(wide_blanks[i]);
        if (blank <= bytes && memcmp(text + bytes - blank, wide_blanks[i], blank) == 0) return blank;
    }
    return 0;
}

/* Without the blanks around it; ="0012", which keeps a spreadsheet from eating zeros, is 0012. */
static const char *clean(cs_table *table, const char *text, bool is_text) {
    for (size_t blank; (blank = blank_before(text)) > 0;) text += blank;
    size_t bytes = strlen(text), length = bytes;
    for (size_t blank; (blank = blank_behind(text, length)) > 0;) length -= blank;
    bool is_guarded = !is_text && length >= 3 && strncmp(text, "=\"", 2) == 0 && text[length - 1] == '"' &&
                      !memchr(text + 2, '"', length - 3);
    if (is_guarded) return arena_copy(table->cells, text + 2, length - 3);
    return length == bytes ? text : arena_copy(table->cells, text, length);
}

static cs_error find_named(const cs_table *table, const char *name, uint32_t *out, cs_message *message) {
    *out = 0;
    for (uint32_t i = 0; i < table->header_count; i++) {
        if (strcmp(table->header[i], name) != 0) continue;
        if (*out) {
            message_set(message, CS_ERR_USAGE, "two columns are called \"%.100s\": %u and %u", name, *out, i + 1);
            message_place(message, "line %lld", (long long)table->row.line);
            message_remedy(message, "give the column's number in the mapping instead of its name");
            return CS_ERR_USAGE;
        }
        *out = i + 1;
    }
    if (*out) return CS_OK;
    message_set(message, CS_ERR_USAGE, "the file has no column \"%.100s\"", name);
    message_place(message, "line %lld", (long long)table->row.line);
    const char *meant = spelling_nearest(name, table->header, table->header_count);
    if (meant)
        message_remedy(message, "did you mean \"%.100s\"?", meant);
    else
        message_remedy(message, "its first row must be the header; the names must be as in the mapping");
    return CS_ERR_USAGE;
}

static cs_error find_column(const cs_table *table, const cs_column *column, uint32_t *out, cs_message *message) {
    *out = column->number;
    if (column->name) return find_named(table, column->name, out, message);
    if (column->number <= table->width) return CS_OK;
    message_set(message, CS_ERR_USAGE, "the mapping names column %u, but the file has %u column%s", column->number,
                table->width, table->width == 1 ? "" : "s");
    message_place(message, "line %lld", (long long)table->row.line);
    message_remedy(message, "check the mapping, and whether the file is really %s",
                   mapping_format_name(table->mapping->format));
    return CS_ERR_USAGE;
}

/* Settles the columns by the first row, be it a header or not. */
static cs_error find_columns(cs_table *table, cs_message *message) {
    const cs_row *first = &table->row;
    cs_error code = CS_OK;
    table->width = first->count;
    table->header = arena_array(table->columns, (size_t)first->count + 1, sizeof *table->header);
    if (!table->header) return message_set(message, CS_ERR_MEMORY, "no memory for the columns");
    for (uint32_t i = 0; table->mapping->has_header && i < first->count; i++) {
        const char *name = clean(table, first->cells[i], false);
        if (!name || !(table->header[i] = arena_string(table->columns, name)))
            return message_set(message, CS_ERR_MEMORY, "no memory for the header");
        table->header_count++;
    }
    for (uint32_t i = 0; code == CS_OK && i < table->slot_count; i++)
        code = find_column(table, slot_column(table->mapping, i), &table->numbers[i], message);
    if (code == CS_OK) rows_use_columns(table->rows, table->numbers, table->slot_count);
    return code;
}

static cs_error no_cells(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "a row takes more memory than there is");
}

static void refuse(cs_table_row *out, const char *reason, const char *remedy) {
    out->is_refused = true;
    message_set(&out->trouble, CS_ERR_PARSE, "%s", reason);
    message_remedy(&out->trouble, "%s", remedy);
}

static cs_error take_cells(cs_table *table, cs_table_row *out, cs_message *message) {
    const cs_row *row = &table->row;
    if (row->trouble) {
        refuse(out, row->trouble, row->remedy);
    } else if (row->count != table->width) {
        refuse(out, "",
               table->mapping->format == CS_MAPPING_FORMAT_TSV
                   ? "a tab or line break inside a text splits the row: replace it by a space"
                   : "put texts with commas or line breaks into double quotes");
        cs_message words = out->trouble; /* message_set clears the remedy */
        message_set(&out->trouble, CS_ERR_PARSE, "the row has %u column%s, the first row has %u", row->count,
                    row->count == 1 ? "" : "s", table->width);
        message_remedy(&out->trouble, "%s", words.remedy);
    }
    if (out->is_refused) message_place(&out->trouble, "%s %lld", table_unit(table), (long long)row->line);
    out->is_sound = out->is_refused && !row->is_lost && row->cells &&
                    (row->count == table->width || table->mapping->format == CS_MAPPING_FORMAT_XLSX);
    for (uint32_t i = 0; i < table->slot_count; i++) {
        uint32_t number = table->numbers[i];
        bool is_there = number > 0 && number <= row->count && row->cells;
        table->values[i] = is_there ? clean(table, row->cells[number - 1], is_chat_text(table->mapping, i)) : "";
        if (!table->values[i]) return no_cells(message);
    }
    return CS_OK;
}

/* ",,,": a spreadsheet exports such rows below and between what was filled in. */
static bool is_blank(const cs_row *row) {
    if (row->is_end || row->trouble || !row->cells) return false;
    for (uint32_t i = 0; i < row->count; i++) {
        if (*row->cells[i]) return false;
    }
    return row->count > 1;
}

static cs_error next_row(cs_table *table, cs_table_row *out, cs_message *message) {
    cs_error code = CS_OK;
    do code = rows_next(table->rows, &table->row, message);
    while (code == CS_OK && is_blank(&table->row));
    if (code != CS_OK) return code;
    out->line = table->row.line;
    out->is_end = table->row.is_end;
    out->is_lost = table->row.is_lost;
    if (!out->is_end && !table->header && !table->row.trouble) code = find_columns(table, message);
    return code != CS_OK || out->is_end ? code : take_cells(table, out, message);
}

/* The value of a mapped path; an object can't be a cell, so its row is refused. */
static cs_error take_value(cs_table *table, uint32_t slot, cs_table_row *out, cs_message *message) {
    const char *path = slot_column(table->mapping, slot)->name;
    if (strcmp(path, "$key") == 0) {
        table->values[slot] = arena_string(table->cells, table->object.key);
        return table->values[slot] ? CS_OK : no_cells(message);
    }
    const cs_json *value = json_path_get(table->object.tree, path);
    bool is_list_of_turns = table->mapping->turns.kind == CS_TURNS_LIST &&
                            slot == CS_COLUMN_USES + table->mapping->field_count + table->mapping->turns.list;
    if (is_list_of_turns && json_kind(value) == CS_JSON_ARRAY) return CS_OK; /* its reader takes the tree */
    const char *text = json_cell(value, table->cells);
    if (text && !(text = clean(table, text, is_chat_text(table->mapping, slot)))) return no_cells(message);
    if (text) {
        table->values[slot] = text;
        return CS_OK;
    }
    if (out->is_refused) return CS_OK;
    refuse(out, "an object stands where a text or a number should", "name the key inside it, as in customer.phone");
    message_place(&out->trouble, "%s %lld, %.60s", table_unit(table), (long long)out->line, path);
    out->is_sound = true;
    return CS_OK;
}

static cs_error next_object(cs_table *table, cs_table_row *out, cs_message *message) {
    cs_error code = json_rows_next(table->objects, &table->object, message);
    if (code != CS_OK) return code;
    const cs_json_row *object = &table->object;
    out->line = object->number;
    out->is_end = object->is_end;
    out->is_lost = object->is_lost;
    for (uint32_t i = 0; i < table->slot_count; i++) table->values[i] = "";
    if (!out->is_end && !object->tree) {
        out->is_refused = true;
        out->trouble = object->trouble;
        if (table->mapping->format == CS_MAPPING_FORMAT_JSON)
            message_within(&out->trouble, "item %lld", (long long)out->line);
        else if (!*out->trouble.place)
            message_place(&out->trouble, "line %lld", (long long)out->line);
    }
    for (uint32_t i = 0; object->tree && code == CS_OK && i < table->slot_count; i++) {
        if (slot_column(table->mapping, i)->name) code = take_value(table, i, out, message);
    }
    return code;
}

static cs_error read_next(cs_table *table, cs_table_row *out, cs_message *message) {
    *out = (cs_table_row){0};
    arena_reset(table->cells);
    return table->objects ? next_object(table, out, message) : next_row(table, out, message);
}

cs_error table_next(cs_table *table, cs_table_row *out, cs_message *message) {
    if (!table->has_pending) return read_next(table, out, message);
    *out = table->pending;
    table->has_pending = false;
    return CS_OK;
}

static cs_error refuse_empty(const char *reason, cs_message *message) {
    message_set(message, CS_ERR_PARSE, "%s", reason);
    message_remedy(message, "export it again");
    return CS_ERR_PARSE;
}

/* The header or, without one, the width of the first row that can be read. */
static cs_error read_head(cs_table *table, cs_message *message) {
    cs_error code = rows_next(table->rows, &table->row, message);
    if (code != CS_OK) return code;
    if (table->row.is_end) return refuse_empty("the file is empty", message);
    if (table->row.trouble && table->mapping->has_header) {
        message_set(message, CS_ERR_PARSE, "the header can't be read: %s", table->row.trouble);
        message_place(message, "line %lld", (long long)table->row.line);
        message_remedy(message, "%s", table->row.remedy);
        return CS_ERR_PARSE;
    }
    if (table->row.trouble) { /* the width is not known yet: the first sound row tells it */
        table->pending.line = table->row.line;
        table->pending.is_lost = table->row.is_lost;
        table->has_pending = true;
        return take_cells(table, &table->pending, message);
    }
    code = find_columns(table, message);
    if (code != CS_OK || table->mapping->has_header) return code;
    table->pending.line = table->row.line;
    table->has_pending = true;
    return take_cells(table, &table->pending, message);
}

static cs_error open_source(cs_table *table, const char *path, cs_message *message) {
    const cs_mapping *m = table->mapping;
    cs_error code;
    if (m->format == CS_MAPPING_FORMAT_JSON || m->format == CS_MAPPING_FORMAT_JSONL) {
        code = json_rows_open(path, m, &table->objects, message);
    } else {
        cs_rows_options options = {.path = path,
                                   .is_csv = m->format != CS_MAPPING_FORMAT_TSV,
                                   .delimiter = m->delimiter,
                                   .encoding = m->encoding,
                                   .sheet = m->sheet,
                                   .skip = m->skip_rows};
        code = rows_open_as(&options, &table->rows, message);
        if (code == CS_OK) code = read_head(table, message);
    }
    if (code != CS_OK || table->has_pending) return code;
    code = read_next(table, &table->pending, message);
    table->has_pending = true;
    if (code != CS_OK || !table->pending.is_end) return code;
    if (table->rows) return refuse_empty("the file has a header, but no rows", message);
    message_set(message, CS_ERR_PARSE,
                m->each ? "nothing stands at \"%.100s\", where the mapping's \"each\" looks" : "the file is empty%s",
                m->each ? m->each : "");
    message_remedy(message, m->each ? "check \"each\" in the mapping against the file" : "export it again");
    return CS_ERR_PARSE;
}

cs_error table_open(const char *path, const cs_mapping *mapping, cs_table **out, cs_message *message) {
    if (!mapping_has_rows(mapping)) {
        message_set(message, CS_ERR_USAGE, "the mapping is for %s files, not for rows",
                    mapping_format_name(mapping->format));
        message_remedy(message, "choose another mapping for %.100s", path);
        return CS_ERR_USAGE;
    }
    cs_table *table = calloc(1, sizeof *table);
    if (!table) return message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
    table->mapping = mapping;
    table->columns = arena_create(COLUMNS_ARENA);
    table->cells = arena_create(CELLS_ARENA);
    table->slot_count = CS_COLUMN_USES + mapping->field_count + mapping->extra_count;
    if (table->columns && table->cells) {
        table->numbers = arena_array(table->columns, table->slot_count, sizeof *table->numbers);
        table->values = arena_array(table->columns, table->slot_count, sizeof *table->values);
    }
    cs_error code = table->numbers && table->values ? open_source(table, path, message)
                                                    : message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
    if (code == CS_OK)
        *out = table;
    else
        table_close(table);
    return code;
}

void table_close(cs_table *table) {
    if (!table) return;
    rows_close(table->rows);
    json_rows_close(table->objects);
    arena_free(table->columns);
    arena_free(table->cells);
    free(table);
}

const char *table_cell(const cs_table *table, cs_column_use use) {
    return table->values[use];
}

const char *table_field(const cs_table *table, uint32_t field) {
    return table->values[CS_COLUMN_USES + field];
}

const char *table_extra(const cs_table *table, uint32_t extra) {
    return extra == CS_NO_EXTRA ? "" : table->values[CS_COLUMN_USES + table->mapping->field_count + extra];
}

const cs_mapping *table_mapping(const cs_table *table) {
    return table->mapping;
}

const cs_json *table_tree(const cs_table *table) {
    return table->objects ? table->object.tree : NULL;
}

const char *table_unit(const cs_table *table) {
    if (table->objects) return table->mapping->format == CS_MAPPING_FORMAT_JSON ? "item" : "line";
    return rows_are_of_sheet(table->rows) ? "row" : "line";
}

static void place_slot(const cs_table *table, uint32_t slot, cs_message *message) {
    long long line = table->objects ? table->object.number : table->row.line;
    const char *name = slot_column(table->mapping, slot)->name;
    if (table->objects)
        message_place(message, "%s %lld, %.60s", table_unit(table), line, name ? name : "");
    else
        message_place(message, "%s %lld, column %u", table_unit(table), line, table->numbers[slot]);
}

void table_place(const cs_table *table, cs_column_use use, cs_message *message) {
    place_slot(table, use, message);
}

void table_place_extra(const cs_table *table, uint32_t extra, cs_message *message) {
    place_slot(table, CS_COLUMN_USES + table->mapping->field_count + extra, message);
}

const char *table_header(const cs_table *table, uint32_t column) {
    return column < table->header_count ? table->header[column] : NULL;
}

uint32_t table_width(const cs_table *table) {
    return table->width;
}

const char *table_raw(const cs_table *table, uint32_t column) {
    return table->rows && table->row.cells && column < table->row.count ? table->row.cells[column] : "";
}

int64_t table_offset(const cs_table *table) {
    return table->objects ? json_rows_offset(table->objects) : rows_offset(table->rows);
}
