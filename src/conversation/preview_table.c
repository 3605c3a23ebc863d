#include "conversation/preview_table.h"

#include "text/mask_json.h"

#include <stdio.h>
#include <string.h>

enum { MAX_CHARACTERS = 300, MAX_SHOWN_COLUMNS = 300 };

void preview_write_text(cs_json_writer *out, const char *key, const char *text) {
    size_t bytes = 0, characters = 0;
    for (; text[bytes] && characters <= MAX_CHARACTERS; bytes++)
        characters += ((unsigned char)text[bytes] & 0xc0) != 0x80;
    if (characters <= MAX_CHARACTERS) {
        json_write_masked_title(out, key, text, NULL);
        return;
    }
    char cut[MAX_CHARACTERS * 4 + 8];
    bytes--; /* the byte that began one too many */
    memcpy(cut, text, bytes);
    memcpy(cut + bytes, "…", sizeof "…");
    json_write_masked_title(out, key, cut, NULL);
}

/* What a column is called by the mapping: a use, "fields.x", "turns[0].text"; false: nothing. */
typedef struct naming {
    const cs_mapping *mapping;
    const char *name; /* of the column */
    uint32_t number;
} naming;

static bool is_it(const naming *n, const cs_column *column) {
    if (column->name) return strcmp(column->name, n->name) == 0;
    return column->number > 0 && column->number == n->number;
}

static bool name_turn(const naming *n, char *out, size_t size) {
    const cs_mapping_turns *turns = &n->mapping->turns;
    for (uint32_t i = 0; i < turns->column_count; i++) {
        const struct {
            uint32_t extra;
            const char *part;
        } parts[] = {
            {turns->columns[i].text, "text"}, {turns->columns[i].time, "time"}, {turns->columns[i].agent, "agent"}};
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
            if (parts[k].extra == CS_NO_EXTRA || !is_it(n, &n->mapping->extras[parts[k].extra])) continue;
            snprintf(out, size, "turns[%u].%s", i, parts[k].part);
            return true;
        }
    }
    if (turns->kind != CS_TURNS_LIST || !is_it(n, &n->mapping->extras[turns->list])) return false;
    snprintf(out, size, "turns");
    return true;
}

static bool name_use(const naming *n, char *out, size_t size) {
    for (cs_column_use use = 0; use < CS_COLUMN_USES; use++) {
        if (!is_it(n, &n->mapping->columns[use])) continue;
        snprintf(out, size, "%s", mapping_column_key(use));
        return true;
    }
    if (name_turn(n, out, size)) return true;
    for (uint32_t i = 0; i < n->mapping->field_count; i++) {
        if (!is_it(n, &n->mapping->fields[i].column)) continue;
        snprintf(out, size, "fields.%s", n->mapping->fields[i].field);
        return true;
    }
    return false;
}

static void write_column(cs_json_writer *out, uint32_t number, const char *name, const char *const *samples,
                         const char *use, double sure) {
    json_object_open(out, NULL);
    json_write_int(out, "number", number);
    json_write_string(out, "name", name);
    json_array_open(out, "samples");
    for (int i = 0; i < CS_GUESS_SAMPLES; i++) {
        if (*samples[i]) preview_write_text(out, NULL, samples[i]);
    }
    json_array_close(out);
    json_write_string(out, "use", use);
    json_write_double(out, "sure", sure, 2);
    json_object_close(out);
}

/* The first values of a column that are not empty. */
static void find_samples(uint32_t column, const char *const *const *rows, uint32_t row_count,
                         const char *samples[CS_GUESS_SAMPLES]) {
    int count = 0;
    for (uint32_t i = 0; i < row_count && count < CS_GUESS_SAMPLES; i++) {
        if (*rows[i][column]) samples[count++] = rows[i][column];
    }
}

/* Copies of the first rows, for samples. */
static uint32_t copy_rows(cs_table *table, cs_arena *arena, const char *const **rows) {
    uint32_t count = 0;
    cs_table_row row = {0};
    cs_message message;
    for (int tries = 0; tries < CS_PREVIEW_ROWS && table_next(table, &row, &message) == CS_OK && !row.is_end; tries++) {
        const char **cells = row.is_refused ? NULL : arena_array(arena, table_width(table) + 1, sizeof *cells);
        for (uint32_t i = 0; cells && i < table_width(table); i++) {
            const char *raw = table_raw(table, i);
            while (*raw && (unsigned char)*raw <= 0x20) raw++;
            cells[i] = arena_string(arena, raw);
            if (!cells[i]) return count;
        }
        if (cells) rows[count++] = cells;
    }
    return count;
}

/* The columns as the mapping finds them. false: it finds none. */
static bool write_mapped(const char *path, const cs_mapping *mapping, const cs_guess *guess, bool is_guessed,
                         cs_json_writer *out) {
    cs_table *table = NULL;
    cs_message message;
    const char *const *rows[CS_PREVIEW_ROWS];
    if (table_open(path, mapping, &table, &message) != CS_OK) return false;
    cs_arena *arena = table_width(table) > 0 ? arena_create((size_t)64 << 20) : NULL;
    uint32_t count = arena ? copy_rows(table, arena, rows) : 0, width = table_width(table);
    for (uint32_t i = 0; arena && i < width && i < MAX_SHOWN_COLUMNS; i++) {
        const char *samples[CS_GUESS_SAMPLES] = {"", "", ""}, *header = table_header(table, i);
        char use[CS_MAX_NAME_BYTES + 16];
        naming n = {mapping, header ? header : "", i + 1};
        bool is_used = name_use(&n, use, sizeof use);
        bool is_same = is_guessed && i < guess->column_count && guess->columns[i].use;
        find_samples(i, rows, count, samples);
        write_column(out, i + 1, n.name, samples, is_used ? use : NULL,
                     !is_used  ? 0
                     : is_same ? guess->columns[i].sure
                               : 1);
    }
    bool is_written = arena != NULL;
    arena_free(arena);
    table_close(table);
    return is_written;
}

void preview_table_columns(const char *path, const cs_mapping *mapping, const cs_guess *guess, bool is_guessed,
                           cs_json_writer *out) {
    json_array_open(out, "columns");
    bool is_written = mapping && write_mapped(path, mapping, guess, is_guessed, out);
    for (uint32_t i = 0; guess && !is_written && i < guess->column_count && i < MAX_SHOWN_COLUMNS; i++) {
        const cs_guess_column *column = &guess->columns[i];
        char use[CS_MAX_NAME_BYTES + 16];
        naming n = {mapping, column->name, i + 1};
        bool is_used = mapping && !is_guessed && name_use(&n, use, sizeof use);
        if (mapping && !is_guessed)
            write_column(out, i + 1, column->name, column->samples, is_used ? use : NULL, is_used ? 1 : 0);
        else
            write_column(out, i + 1, column->name, column->samples, column->use, column->sure);
    }
    json_array_close(out);
}

/* One row while it is written: the first thing wrong with it is told. */
typedef struct shown_row {
    const cs_table *table;
    cs_json_writer *out;
    bool has_problem;
    cs_message problem;
} shown_row;

static void note_problem(shown_row *r, const cs_message *problem) {
    if (!r->has_problem) r->problem = *problem;
    r->has_problem = true;
}

static void write_moment(shown_row *r, const char *key, const char *text, int64_t ms, int zone, bool is_day) {
    char iso[32] = "";
    if (ms != CS_NO_TIME) clock_format(ms, zone, iso);
    if (is_day) iso[strlen("2026-02-14")] = 0;
    preview_write_text(r->out, key, *iso ? iso : text);
}

static void write_time(shown_row *r, const char *key, const char *text, cs_column_use use, uint32_t extra) {
    const cs_mapping *m = table_mapping(r->table);
    int64_t ms = CS_NO_TIME;
    int zone = 0;
    bool is_day = false;
    if (!mapping_moment(m, text, &ms, &zone, &is_day)) {
        cs_message wrong;
        table_refuse_time(r->table, text, &wrong);
        if (extra == CS_NO_EXTRA)
            table_place(r->table, use, &wrong);
        else
            table_place_extra(r->table, extra, &wrong);
        note_problem(r, &wrong);
        ms = CS_NO_TIME;
    }
    write_moment(r, key, text, ms, zone, is_day);
}

static void write_speaker(shown_row *r, const char *key, const char *text, cs_column_use use) {
    const cs_mapping *m = table_mapping(r->table);
    const cs_speaker *speaker = mapping_speaker(m, text);
    if (speaker || m->takes_other_speakers || use != CS_COLUMN_SPEAKER) {
        preview_write_text(r->out, key, speaker ? role_name(speaker->role) : text);
        return;
    }
    cs_message unknown;
    message_set(&unknown, CS_ERR_PARSE, "the mapping does not say who the speaker \"%.80s\" is", text);
    table_place(r->table, use, &unknown);
    message_remedy(&unknown, "say which role \"%.60s\" has", text);
    note_problem(r, &unknown);
    preview_write_text(r->out, key, text);
}

static void write_use(shown_row *r, cs_column_use use) {
    const cs_mapping *m = table_mapping(r->table);
    const char *key = mapping_column_key(use), *text = table_cell(r->table, use), *meaning;
    if (!*text) return;
    switch (use) {
    case CS_COLUMN_TIME:
    case CS_COLUMN_ENDED:
    case CS_COLUMN_ANSWERED:
    case CS_COLUMN_CLOSED:
    case CS_COLUMN_FROM:
    case CS_COLUMN_TO: write_time(r, key, text, use, CS_NO_EXTRA); return;
    case CS_COLUMN_SPEAKER:
    case CS_COLUMN_HANG_UP: write_speaker(r, key, text, use); return;
    case CS_COLUMN_DIRECTION: meaning = mapping_direction(m, text); break;
    case CS_COLUMN_EVENT: meaning = mapping_event(m, text); break;
    case CS_COLUMN_NUMBER: meaning = mapping_number(m, text); break;
    default: meaning = NULL; break;
    }
    preview_write_text(r->out, key, meaning ? meaning : text);
    double seconds;
    cs_message wrong;
    if (use == CS_COLUMN_DURATION && !table_seconds(r->table, use, &seconds, &wrong)) note_problem(r, &wrong);
}

static void write_extras(shown_row *r) {
    const cs_mapping_turns *turns = &table_mapping(r->table)->turns;
    for (uint32_t i = 0; i < turns->column_count; i++) {
        char key[32];
        const char *text = table_extra(r->table, turns->columns[i].text);
        const char *time = table_extra(r->table, turns->columns[i].time);
        snprintf(key, sizeof key, "turns[%u].text", i);
        if (*text) preview_write_text(r->out, key, text);
        snprintf(key, sizeof key, "turns[%u].time", i);
        if (*text && *time) write_time(r, key, time, CS_COLUMN_TIME, turns->columns[i].time);
    }
    if (turns->kind == CS_TURNS_LIST && *table_extra(r->table, turns->list))
        preview_write_text(r->out, "turns", table_extra(r->table, turns->list));
}

static void write_row(const cs_table *table, const cs_table_row *row, cs_json_writer *out) {
    const cs_mapping *m = table_mapping(table);
    shown_row r = {.table = table, .out = out};
    if (row->is_refused) note_problem(&r, &row->trouble);
    json_object_open(out, NULL);
    json_write_int(out, "line", row->line);
    json_object_open(out, "cells");
    for (cs_column_use use = 0; use < CS_COLUMN_USES; use++) write_use(&r, use);
    write_extras(&r);
    for (uint32_t i = 0; i < m->field_count; i++) {
        char key[CS_MAX_NAME_BYTES + 16];
        if (!*table_field(table, i)) continue;
        snprintf(key, sizeof key, "fields.%s", m->fields[i].field);
        preview_write_text(out, key, table_field(table, i));
    }
    json_object_close(out);
    preview_write_problem(out, r.has_problem ? &r.problem : NULL);
    json_object_close(out);
}

cs_error preview_table_rows(const char *path, const cs_mapping *mapping, cs_json_writer *out, cs_message *message) {
    cs_table *table = NULL;
    cs_table_row row = {0};
    cs_error code = mapping ? table_open(path, mapping, &table, message) : CS_OK;
    json_array_open(out, "rows");
    for (int i = 0; table && i < CS_PREVIEW_ROWS && code == CS_OK; i++) {
        code = table_next(table, &row, message);
        if (code != CS_OK || row.is_end) break;
        write_row(table, &row, out);
    }
    json_array_close(out);
    table_close(table);
    return code;
}

bool preview_table_fits_json(cs_table *table) {
    const cs_mapping *m = table_mapping(table);
    cs_table_row row;
    cs_message message;
    uint32_t mapped = 0, found = 0;
    if (table_next(table, &row, &message) != CS_OK || row.is_end || row.is_refused) return false;
    for (cs_column_use use = 0; use < CS_COLUMN_USES; use++) {
        if (!m->columns[use].name) continue;
        mapped++;
        found += *table_cell(table, use) != 0;
    }
    return mapped > 0 && found * 2 >= mapped;
}
