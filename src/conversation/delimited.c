/* Rows of conversations, from CSV, TSV, XLSX and JSON with a mapping. The rows of one conversation mostly stand together and
 * are handed over as they end. Where they don't, a look through the ids beforehand has found which conversations go on
 * later: these wait, within a bound, for their last row. */
#include "conversation/reading.h"

#include "base/file.h"
#include "conversation/row_conversation.h"
#include "conversation/seen_ids.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_EVERY = 4096, MAX_ID_BYTES = 4096, DRAFT_BLOCK = 8192 };
static const size_t MOST_WAITING_BYTES = (size_t)512 << 20;

/* A row that can't be used. It may belong to the conversation before it or to the one behind it: a text with a line
 * break in it looks like the end of one row and the beginning of another. Both are refused unless its id tells. */
typedef struct doubt {
    bool is_open, has_id;
    cs_hash id;
    cs_error code;
    cs_message message;
} doubt;

typedef struct delimited {
    const cs_reading *reading;
    const cs_mapping *mapping;
    cs_table *table;
    int64_t line; /* of the row at hand */
    int64_t row_count;
    cs_buffer id; /* of the row at hand */
    cs_seen_ids seen;
    cs_row_conversation now, *waiting;
    uint32_t waiting_count, waiting_room;
    size_t waiting_bytes;
    doubt doubt;
} delimited;

/* Whether every row is a conversation of its own, so that an id that comes again is a fault. */
static bool is_whole_row(const cs_mapping *m) {
    return m->turns.kind == CS_TURNS_LIST || m->turns.kind == CS_TURNS_EACH || template_has(m->id, CS_PART_LINE);
}

typedef struct id_writer {
    const delimited *d;
    bool lacks_part;
    char text[CS_MAX_NAME_BYTES * 2];
} id_writer;

static const char *file_part(id_writer *w, bool is_folder) {
    const char *path = w->d->reading->path, *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t bytes = strlen(name) - strlen(file_extension(name));
    if (is_folder) {
        const char *end = slash ? slash : path, *from = end;
        while (from > path && from[-1] != '/') from--;
        name = from;
        bytes = (size_t)(end - from);
    }
    snprintf(w->text, sizeof w->text, "%.*s", (int)(bytes < sizeof w->text ? bytes : sizeof w->text - 1), name);
    return w->text;
}

static const char *id_part(void *context, const cs_template_part *part) {
    id_writer *w = context;
    const char *text = "";
    switch (part->kind) {
    case CS_PART_FILE: return file_part(w, false);
    case CS_PART_FOLDER: return file_part(w, true);
    case CS_PART_LINE: snprintf(w->text, sizeof w->text, "%lld", (long long)w->d->line); return w->text;
    case CS_PART_USE: text = table_cell(w->d->table, (cs_column_use)part->use); break;
    case CS_PART_FIELD:
        for (uint32_t i = 0; i < w->d->mapping->field_count; i++) {
            if (strcmp(w->d->mapping->fields[i].field, part->text) == 0) text = table_field(w->d->table, i);
        }
        break;
    case CS_PART_LITERAL:
    case CS_PART_ANY: break;
    }
    if (!*text) w->lacks_part = true;
    return text;
}

/* The id of the row at hand; "" when it has none. */
static const char *row_id(delimited *d) {
    if (!d->mapping->id) return table_cell(d->table, CS_COLUMN_CONVERSATION);
    id_writer w = {.d = d};
    buffer_clear(&d->id);
    if (!template_write(d->mapping->id, id_part, &w, &d->id) || w.lacks_part) return "";
    return buffer_string(&d->id);
}

static void open_doubt(delimited *d, const char *id, const cs_message *message) {
    cs_hash hash = hash_bytes(id, strlen(id));
    if (d->doubt.is_open) { /* the first reason stays; rows with different ids can't be told apart */
        if (!*id || !hash_equal(d->doubt.id, hash)) d->doubt.has_id = false;
        return;
    }
    d->doubt = (doubt){true, *id != 0, hash, CS_ERR_PARSE, *message};
}

static void say_no_id(const delimited *d, const cs_table_row *row, cs_message *out) {
    cs_message message, place;
    if (d->mapping->id) {
        message_set(&message, CS_ERR_PARSE, "a column that the conversation's id is made of is empty");
        message_place(&message, "%s %lld", table_unit(d->table), (long long)row->line);
    } else {
        table_place(d->table, CS_COLUMN_CONVERSATION, &place);
        const char *comma = strchr(place.place, ',');
        message_set(&message, CS_ERR_PARSE, "%s, the conversation's id, is empty", comma ? comma + 2 : "a column");
        message_place(&message, "%s %lld", table_unit(d->table), (long long)row->line);
    }
    message_remedy(&message, "fill in the id in every row");
    *out = message;
}

/* A row that can't be used, where each row is a conversation of its own: it spoils itself alone. */
static cs_error refuse_row(delimited *d, const char *id, const cs_message *why) {
    cs_error code = row_conversation_close(&d->now, d->reading);
    if (code != CS_OK) return code;
    d->reading->counts->expected++;
    return reading_refuse(d->reading, *id ? id : NULL, CS_ERR_PARSE, why);
}

/* *is_good: the row can be used. */
static cs_error check_row(delimited *d, const cs_table_row *row, const char *id, bool *is_good) {
    cs_message why = row->trouble;
    *is_good = !row->is_refused && *id;
    if (*is_good) return CS_OK;
    if (!row->is_refused) say_no_id(d, row, &why);
    if (row->is_lost) id = "";
    if (is_whole_row(d->mapping)) return refuse_row(d, id, &why);
    *is_good = row->is_sound && *id; /* it belongs to its conversation, which lacks it */
    if (*is_good) return CS_OK;
    open_doubt(d, id, &why);
    return CS_OK;
}

/* Decides whom an unusable row spoils, now that the next usable one (NULL: the end) is known. true: the next one too. */
static bool settle_doubt(delimited *d, const cs_hash *next) {
    if (!d->doubt.is_open) return false;
    doubt *q = &d->doubt;
    q->is_open = false;
    bool is_open = row_conversation_is_open(&d->now);
    bool is_same = is_open && next && hash_equal(*next, d->now.id);
    bool is_of_now = is_open && q->has_id && hash_equal(q->id, d->now.id);
    bool is_of_next = next && q->has_id && hash_equal(q->id, *next);
    const cs_seen_id *named = q->has_id ? seen_ids_find(&d->seen, q->id) : NULL;
    if (named && named->parked && !is_of_next) {
        row_conversation_refuse(&d->waiting[named->parked - 1], q->code, &q->message);
        return false;
    }
    if (is_open && (is_same || !is_of_next)) row_conversation_refuse(&d->now, q->code, &q->message);
    return next && !is_same && !is_of_now;
}

/* Nothing that waits gets a further row: its memory goes. */
static void spoil_waiting(delimited *d) {
    cs_message why;
    message_set(&why, CS_ERR_LIMIT,
                "conversations whose rows don't stand together take more than 512 MB until their last rows come");
    message_remedy(&why,
                   "sort the file by its conversation column (keeping the order of the rows), then read it again");
    for (uint32_t i = 0; i < d->waiting_count; i++) {
        cs_row_conversation *rc = &d->waiting[i];
        message_place(&why, "line %lld", (long long)rc->first_line);
        row_conversation_refuse(rc, CS_ERR_LIMIT, &why);
    }
}

/* Puts the open conversation aside when more rows of it come later, else hands it over. */
static cs_error put_aside(delimited *d) {
    if (!row_conversation_is_open(&d->now)) return CS_OK;
    cs_seen_id *seen = seen_ids_find(&d->seen, d->now.id);
    if (!seen || seen->last_row <= d->row_count) return row_conversation_close(&d->now, d->reading);
    if (d->waiting_count == d->waiting_room) {
        uint32_t larger = d->waiting_room ? d->waiting_room * 2 : 64;
        cs_row_conversation *grown = realloc(d->waiting, larger * sizeof *grown);
        if (!grown) {
            cs_message why;
            row_conversation_refuse(
                &d->now, message_set(&why, CS_ERR_MEMORY, "no memory for conversations that wait for rows"), &why);
            return row_conversation_close(&d->now, d->reading);
        }
        d->waiting = grown;
        d->waiting_room = larger;
    }
    d->waiting_bytes += arena_used(d->now.draft.arena) + DRAFT_BLOCK;
    d->waiting[d->waiting_count++] = d->now;
    seen->parked = d->waiting_count;
    d->now = (cs_row_conversation){0};
    if (d->waiting_bytes <= MOST_WAITING_BYTES) return CS_OK;
    spoil_waiting(d);
    cs_error code = CS_OK;
    while (d->waiting_count > 0 && code == CS_OK) {
        cs_row_conversation *last = &d->waiting[--d->waiting_count];
        cs_seen_id *gone = seen_ids_find(&d->seen, last->id);
        gone->parked = 0;
        gone->is_spoilt = true;
        code = row_conversation_close(last, d->reading);
    }
    d->waiting_bytes = 0;
    return code;
}

/* Takes a conversation that waits as the one at hand; the last one takes its place. */
static void take_again(delimited *d, cs_seen_id *seen) {
    uint32_t at = seen->parked - 1;
    d->now = d->waiting[at];
    seen->parked = 0;
    size_t bytes = arena_used(d->now.draft.arena) + DRAFT_BLOCK;
    d->waiting_bytes -= bytes < d->waiting_bytes ? bytes : d->waiting_bytes;
    if (at == --d->waiting_count) return;
    d->waiting[at] = d->waiting[d->waiting_count];
    seen_ids_find(&d->seen, d->waiting[at].id)->parked = at + 1;
}

static void refuse_again(delimited *d, int64_t line) {
    cs_message again;
    if (is_whole_row(d->mapping)) {
        message_set(&again, CS_ERR_PARSE, "another conversation of the file has the same id: this one is left out");
        message_remedy(&again, "give each its own id; \"id\" in the mapping can put more columns into it");
    } else {
        message_set(&again, CS_ERR_PARSE,
                    "the conversation goes on here after another one began: these rows are left out");
        message_remedy(&again,
                       "sort the file by its conversation column (keeping the order of the rows), then read it again");
    }
    message_place(&again, "%s %lld", table_unit(d->table), (long long)line);
    row_conversation_refuse(&d->now, CS_ERR_PARSE, &again);
}

static cs_error begin(delimited *d, const char *id, cs_hash hash, int64_t line, cs_message *message) {
    bool is_new = true;
    cs_error code = put_aside(d);
    if (code != CS_OK) return code;
    cs_seen_id *seen = seen_ids_add(&d->seen, hash, &is_new);
    if (!seen) return message_set(message, CS_ERR_LIMIT, "the file has more conversations than can be told apart");
    if (seen->parked) {
        take_again(d, seen);
        return CS_OK;
    }
    if (seen->is_spoilt) return CS_OK; /* counted and refused before: nothing is open */
    code = row_conversation_begin(&d->now, d->table, id, line, message);
    if (code != CS_OK) return code;
    d->reading->counts->expected++;
    if (seen->is_begun) refuse_again(d, line);
    seen->is_begun = true;
    return CS_OK;
}

static cs_error take_row(delimited *d, const cs_table_row *row, cs_message *message) {
    d->line = row->line;
    const char *id = row_id(d);
    bool is_good;
    cs_error code = check_row(d, row, id, &is_good);
    if (code != CS_OK || !is_good) return code;
    cs_hash hash = hash_bytes(id, strlen(id));
    doubt before = d->doubt;
    bool spoils_next = settle_doubt(d, &hash);
    bool is_other = !row_conversation_is_open(&d->now) || !hash_equal(hash, d->now.id);
    if (is_other || is_whole_row(d->mapping)) {
        code = begin(d, id, hash, row->line, message);
        if (code != CS_OK || !row_conversation_is_open(&d->now)) return code;
        if (spoils_next) row_conversation_refuse(&d->now, before.code, &before.message);
    }
    if (row->is_refused)
        row_conversation_refuse(&d->now, CS_ERR_PARSE, &row->trouble);
    else
        row_conversation_add(&d->now, row->line);
    return CS_OK;
}

/* Refuses a part of the file that is no conversation anybody can name. */
static cs_error refuse_part(delimited *d, cs_error code, const cs_message *message) {
    d->reading->counts->expected++;
    return reading_refuse(d->reading, NULL, code, message);
}

/* Hands over all that is open; why: refuses it, for its end may be missing. */
static cs_error close_all(delimited *d, cs_error refusal, const cs_message *why) {
    cs_error code = CS_OK;
    if (why && row_conversation_is_open(&d->now)) row_conversation_refuse(&d->now, refusal, why);
    code = row_conversation_close(&d->now, d->reading);
    while (code == CS_OK && d->waiting_count > 0) {
        cs_row_conversation *rc = &d->waiting[--d->waiting_count];
        if (why) row_conversation_refuse(rc, refusal, why);
        code = row_conversation_close(rc, d->reading);
    }
    return code;
}

/* The end of the file, or of what can be read of it. */
static cs_error finish(delimited *d, bool is_lost) {
    doubt before = d->doubt;
    bool is_nobodys = before.is_open && !row_conversation_is_open(&d->now);
    is_lost &= before.is_open; /* else the row was refused for itself */
    settle_doubt(d, NULL);
    cs_error code = row_conversation_close(&d->now, d->reading);
    if (code == CS_OK) code = close_all(d, before.code, is_lost ? &before.message : NULL);
    if (code == CS_OK && (is_lost || is_nobodys)) code = refuse_part(d, before.code, &before.message);
    return code;
}

static cs_error read_rows(delimited *d, cs_message *message) {
    cs_error code = CS_OK;
    cs_table_row row = {0};
    while (code == CS_OK) {
        cs_message trouble;
        int64_t last = row.line;
        code = table_next(d->table, &row, &trouble);
        if (code != CS_OK && d->row_count == 0) { /* not one row: the file as a whole */
            *message = trouble;
            return code;
        }
        if (code != CS_OK) { /* what came before stands, but the conversations at hand may lack their end */
            message_within(&trouble, "after line %lld", (long long)last);
            cs_error stopped = close_all(d, code, &trouble);
            return stopped != CS_OK ? stopped : refuse_part(d, code, &trouble);
        }
        if (row.is_end) return finish(d, false);
        d->row_count++;
        code = take_row(d, &row, message);
        if (code == CS_OK && row.is_lost) return finish(d, true);
        if (code == CS_OK && d->row_count % PROGRESS_EVERY == 0)
            code = reading_progress(d->reading, table_offset(d->table));
    }
    return code;
}

/* Which conversations go on after another one began, and where each ends. */
static cs_error look_through(delimited *d, cs_message *message) {
    cs_table *table = NULL;
    cs_error code = table_open(d->reading->path, d->mapping, &table, message);
    cs_table_row row = {0};
    d->table = table;
    for (int64_t number = 1; code == CS_OK; number++) {
        cs_message ignored; /* it is told in its turn */
        if (table_next(table, &row, &ignored) != CS_OK || row.is_end) break;
        d->line = row.line;
        const char *id = row_id(d);
        if ((row.is_refused && !row.is_sound) || !*id) continue;
        cs_hash hash = hash_bytes(id, strlen(id));
        bool is_new;
        cs_seen_id *seen = seen_ids_add(&d->seen, hash, &is_new);
        if (!seen) {
            code = message_set(message, CS_ERR_LIMIT, "the file has more conversations than can be told apart");
            break;
        }
        seen->last_row = number;
    }
    table_close(table);
    d->table = NULL;
    return code;
}

cs_error delimited_read(const cs_reading *reading, cs_message *message) {
    delimited d = {.reading = reading, .mapping = reading->mapping};
    if (d.mapping->kind != CS_MAPPING_CONVERSATIONS) {
        message_set(message, CS_ERR_USAGE, "the mapping is for rows of kind \"%s\", not for conversations",
                    mapping_kind_name(d.mapping->kind));
        return CS_ERR_USAGE;
    }
    buffer_init(&d.id, MAX_ID_BYTES);
    cs_error code = CS_OK;
    if (!d.mapping->is_unsorted_refused && !is_whole_row(d.mapping)) code = look_through(&d, message);
    if (code == CS_OK) code = table_open(reading->path, reading->mapping, &d.table, message);
    if (code == CS_OK) code = read_rows(&d, message);
    row_conversation_drop(&d.now);
    while (d.waiting_count > 0) row_conversation_drop(&d.waiting[--d.waiting_count]);
    free(d.waiting);
    table_close(d.table);
    seen_ids_free(&d.seen);
    buffer_free(&d.id);
    return code;
}
