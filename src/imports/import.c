#include "imports/import.h"

#include "base/clock.h"
#include "imports/upload.h"
#include "store/work_process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_COUNTS = 8192, MAX_TROUBLE = 4096 };

static const char *const how_names[] = {
#define X(code, name) name,
    CS_IMPORT_HOW_TABLE(X)
#undef X
};
static const char *const state_names[] = {
#define X(code, name, zh) name,
    CS_IMPORT_STATE_TABLE(X)
#undef X
};

const char *import_state_name(cs_import_state state) {
    return state_names[state];
}

static int find_name(const char *const *names, int count, const char *name) {
    int i = 0;
    while (i < count && strcmp(names[i], name ? name : "") != 0) i++;
    return i;
}

static cs_error not_found(int64_t number, cs_message *message) {
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no import %lld", (long long)number);
    message_remedy(message, "its number stands in the list of imports");
    return CS_ERR_NOT_FOUND;
}

/* ---- writing ---- */

static cs_error name_it(cs_db *db, int64_t number, cs_import_how how, cs_message *message) {
    char name[64];
    cs_stmt *stmt = NULL;
    (void)snprintf(name, sizeof name, "%s %lld", how_names[how], (long long)number);
    cs_error code = db_query(db, "UPDATE import SET name = :name WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "name", name);
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

cs_error import_create(cs_db *db, const cs_import_start *start, int64_t now_ms, int64_t *number, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "INSERT INTO import (how, name, mapping, state, created_ms, started_ms, idempotency_key, "
                             "request) VALUES (:how, :name, :mapping, :state, :now, :started, :key, :request) "
                             "RETURNING number",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "how", how_names[start->how]);
    db_bind_text(stmt, "name", start->name ? start->name : "");
    db_bind_text(stmt, "mapping", start->mapping);
    db_bind_text(stmt, "state", state_names[start->state]);
    db_bind_int64(stmt, "now", now_ms);
    if (start->state == CS_IMPORT_STATE_RUNNING)
        db_bind_int64(stmt, "started", now_ms);
    else
        db_bind_null(stmt, "started");
    db_bind_text(stmt, "key", start->idempotency_key);
    if (start->request)
        db_bind_bytes(stmt, "request", start->request->bytes, CS_HASH_BYTES);
    else
        db_bind_null(stmt, "request");
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) *number = db_int64(stmt, 0);
    if (code == CS_OK)
        code = db_run(stmt, message);
    else
        db_done(stmt);
    if (code == CS_OK && (!start->name || !*start->name)) code = name_it(db, *number, start->how, message);
    return code;
}

static cs_error refuse_turn(const cs_import_row *row, cs_import_state to, cs_message *message) {
    static const char *const remedies[CS_IMPORT_STATES] = {
        [CS_IMPORT_STATE_OPEN] = "start it, or cancel it",
        [CS_IMPORT_STATE_WAITING] = "wait until it is done, or cancel it",
        [CS_IMPORT_STATE_RUNNING] = "wait until it is done, or cancel it",
        [CS_IMPORT_STATE_DONE] = "begin another import",
        [CS_IMPORT_STATE_FAILED] = "start it again, or undo it",
        [CS_IMPORT_STATE_CANCELLED] = "begin another import, or undo this one",
        [CS_IMPORT_STATE_UNDOING] = "wait until it is undone",
        [CS_IMPORT_STATE_UNDONE] = "begin another import",
    };
    (void)message_set(message, CS_ERR_CONFLICT, "import %lld is %s: it can't become %s", (long long)row->number,
                      state_names[row->state], state_names[to]);
    message_remedy(message, "%s", remedies[row->state]);
    return CS_ERR_CONFLICT;
}

static bool is_end(cs_import_state state) {
    return state == CS_IMPORT_STATE_DONE || state == CS_IMPORT_STATE_FAILED || state == CS_IMPORT_STATE_CANCELLED;
}

cs_error import_turn(cs_db *db, int64_t number, unsigned from, cs_import_state to, int64_t now_ms,
                     cs_message *message) {
    cs_import_row row;
    cs_stmt *stmt = NULL;
    cs_error code = import_read(db, number, &row, message);
    if (code != CS_OK) return code;
    if (!(from & 1u << row.state)) return refuse_turn(&row, to, message);
    code = db_query(
        db,
        "UPDATE import SET state = :state, trouble = NULL, wants_cancel = NULL, started_ms = CASE WHEN :is_start = 1 "
        "THEN :now ELSE "
        "started_ms END, ended_ms = CASE WHEN :is_end = 1 THEN :now WHEN :is_begun = 1 THEN NULL ELSE ended_ms END "
        "WHERE number = :number",
        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "state", state_names[to]);
    db_bind_int64(stmt, "is_start", to == CS_IMPORT_STATE_RUNNING);
    db_bind_int64(stmt, "is_end", is_end(to));
    db_bind_int64(stmt, "is_begun", to == CS_IMPORT_STATE_WAITING || to == CS_IMPORT_STATE_RUNNING);
    db_bind_int64(stmt, "now", now_ms);
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

static cs_error save_text(cs_db *db, int64_t number, const char *sql, const char *text, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, sql, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "text", text);
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

cs_error import_save_counts(cs_db *db, int64_t number, const cs_import_counts *counts, cs_message *message) {
    cs_buffer text;
    cs_json_writer out;
    buffer_init(&text, MAX_COUNTS);
    json_writer_init(&out, &text);
    import_counts_write(&out, NULL, counts);
    cs_error code = text.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the counts of an import")
                                   : save_text(db, number, "UPDATE import SET counts = :text WHERE number = :number",
                                               buffer_string(&text), message);
    buffer_free(&text);
    return code;
}

cs_error import_count_joins(cs_db *db, int64_t number, cs_import_counts *counts, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT m.state, count(*) FROM record r JOIN record_match m ON m.record = r.number WHERE "
                             "r.import = :number GROUP BY m.state",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        const char *state = db_text(stmt, 0);
        int64_t *slot = strcmp(state, "matched") == 0    ? &counts->joins_matched
                        : strcmp(state, "doubtful") == 0 ? &counts->joins_doubtful
                                                         : &counts->joins_unmatched;
        *slot = db_int64(stmt, 1);
    }
    db_done(stmt);
    return code;
}

cs_error import_save_trouble(cs_db *db, int64_t number, const cs_message *trouble, cs_message *message) {
    cs_buffer text;
    cs_json_writer out;
    buffer_init(&text, MAX_TROUBLE);
    json_writer_init(&out, &text);
    json_object_open(&out, NULL);
    json_write_string(&out, "message", trouble->reason);
    json_write_string(&out, "place", trouble->place);
    json_write_string(&out, "remedy", trouble->remedy);
    json_object_close(&out);
    cs_error code = text.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the words of an import")
                                   : save_text(db, number, "UPDATE import SET trouble = :text WHERE number = :number",
                                               buffer_string(&text), message);
    buffer_free(&text);
    return code;
}

cs_error import_forget(cs_db *db, int64_t number, cs_message *message) {
    static const char *const statements[] = {
        "UPDATE source SET import = NULL WHERE import = :number", "DELETE FROM import_refusal WHERE import = :number",
        "DELETE FROM import_item WHERE import = :number", "DELETE FROM import WHERE number = :number"};
    cs_error code = CS_OK;
    for (size_t i = 0; code == CS_OK && i < sizeof statements / sizeof statements[0]; i++) {
        cs_stmt *stmt = NULL;
        code = db_query(db, statements[i], &stmt, message);
        if (code != CS_OK) return code;
        db_bind_int64(stmt, "number", number);
        code = db_run(stmt, message);
    }
    return code;
}

/* ---- who reads it in ---- */

cs_error import_take_reader(cs_db *db, int64_t number, int64_t reader, int64_t now_ms, bool *is_ours,
                            cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false, is_free = true;
    *is_ours = false;
    cs_error code = db_query(db,
                             "SELECT i.reader, i.reader_lease_ms, w.machine, w.pid, w.born FROM import i LEFT JOIN "
                             "worker w ON w.number = i.reader WHERE i.number = :number",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row && !db_is_null(stmt, 0) && db_int64(stmt, 0) != reader) {
        const char *machine = db_text(stmt, 2);
        bool is_gone = !machine || (strcmp(machine, work_process_machine()) == 0 &&
                                    !work_process_lives(db_int64(stmt, 3), db_int64(stmt, 4)));
        is_free = is_gone || db_int64(stmt, 1) < now_ms;
    }
    db_done(stmt);
    if (code != CS_OK || !has_row || !is_free) return code;
    code = db_query(db, "UPDATE import SET reader = :reader, reader_lease_ms = :lease WHERE number = :number", &stmt,
                    message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "reader", reader);
    db_bind_int64(stmt, "lease", now_ms + CS_WORK_LEASE_MS);
    db_bind_int64(stmt, "number", number);
    *is_ours = true;
    return db_run(stmt, message);
}

cs_error import_ask_cancel(cs_db *db, int64_t number, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "UPDATE import SET wants_cancel = 1 WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

cs_error import_is_asked_to_cancel(cs_db *db, int64_t number, bool *is_asked, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT wants_cancel FROM import WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    *is_asked = code == CS_OK && has_row && db_int64(stmt, 0) == 1;
    db_done(stmt);
    return code;
}

/* ---- reading ---- */

#define ROW_COLUMNS "number, how, state, mapping, counts"

static void read_row(cs_stmt *stmt, cs_import_row *out) {
    const char *mapping = db_text(stmt, 3);
    *out = (cs_import_row){
        .number = db_int64(stmt, 0),
        .how = (cs_import_how)find_name(how_names, CS_IMPORT_HOWS, db_text(stmt, 1)),
        .state = (cs_import_state)find_name(state_names, CS_IMPORT_STATES, db_text(stmt, 2)),
    };
    (void)snprintf(out->mapping, sizeof out->mapping, "%s", mapping ? mapping : "");
    import_counts_read(db_text(stmt, 4), &out->counts);
}

/* What workers did since the row was written counts too. */
static cs_error add_worked(cs_db *db, int64_t number, cs_import_counts *counts, cs_message *message) {
    static const cs_work_sums nothing = {0};
    cs_work_sums now;
    cs_error code = work_read_sums(db, number, &now, message);
    if (code == CS_OK) import_counts_add(counts, &now, &nothing);
    return code;
}

cs_error import_read(cs_db *db, int64_t number, cs_import_row *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT " ROW_COLUMNS " FROM import WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) read_row(stmt, out);
    db_done(stmt);
    if (code == CS_OK && has_row) return add_worked(db, number, &out->counts, message);
    return code == CS_OK ? not_found(number, message) : code;
}

cs_error import_check_room(cs_db *db, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT count(*) FROM import WHERE state = 'waiting'", &stmt, message);
    if (code != CS_OK) return code;
    code = db_step(stmt, &has_row, message);
    int64_t waiting = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    if (code != CS_OK || waiting < CS_MOST_IMPORTS_WAITING) return code;
    (void)message_set(message, CS_ERR_STOPPED, "%lld imports wait already", (long long)waiting);
    message_remedy(message,
                   "send it again in half a minute, or several conversations at once; more workers help: callscope "
                   "worker");
    return CS_ERR_STOPPED;
}

cs_error import_next(cs_db *db, unsigned states, int64_t after, cs_import_row *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *out = (cs_import_row){0};
    cs_error code =
        db_query(db,
                 "SELECT " ROW_COLUMNS " FROM import WHERE number > :after AND state IN ('open', 'waiting', "
                 "'running', 'undoing') ORDER BY number",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "after", after);
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        read_row(stmt, out);
        if (states & 1u << out->state) break;
        *out = (cs_import_row){0};
    }
    db_done(stmt);
    return code;
}

cs_error import_of_key(cs_db *db, const char *key, cs_hash request, int64_t *number, bool *is_same,
                       cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *number = 0;
    cs_error code = db_query(db, "SELECT number, request FROM import WHERE idempotency_key = :key", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "key", key);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        size_t bytes = 0;
        const void *stored = db_bytes(stmt, 1, &bytes);
        *number = db_int64(stmt, 0);
        *is_same = bytes == CS_HASH_BYTES && memcmp(stored, request.bytes, CS_HASH_BYTES) == 0;
    }
    db_done(stmt);
    return code;
}

/* ---- JSON ---- */

#define SHOWN_COLUMNS                                                                                                  \
    "number, how, name, mapping, state, created_ms, started_ms, ended_ms, counts, trouble, (SELECT count(*) FROM "     \
    "import_refusal r WHERE r.import = import.number)"

static void write_time(cs_json_writer *out, const char *key, cs_stmt *stmt, int column) {
    if (db_is_null(stmt, column))
        json_write_null(out, key);
    else
        json_write_int(out, key, db_int64(stmt, column));
}

static void write_progress(cs_json_writer *out, const cs_import_live *live) {
    if (!live) {
        json_write_null(out, "progress");
        return;
    }
    json_object_open(out, "progress");
    json_write_int(out, "bytes", live->bytes);
    json_write_int(out, "bytes_done", live->bytes_done < live->bytes ? live->bytes_done : live->bytes);
    json_object_close(out);
}

static const cs_import_live *find_live(const cs_import_lives *lives, int64_t number) {
    for (size_t i = 0; lives && i < lives->count; i++)
        if (lives->items[i].number == number) return &lives->items[i];
    return NULL;
}

/* From the row and from what workers did since; of one that this program reads in, what it knows. */
static cs_error write_counts(cs_db *db, cs_stmt *stmt, const cs_import_live *live, cs_json_writer *out,
                             cs_message *message) {
    cs_import_counts counts;
    const char *stored = db_text(stmt, 8);
    if (!live && !stored) {
        json_write_null(out, "counts");
        return CS_OK;
    }
    if (live)
        counts = live->counts;
    else
        import_counts_read(stored, &counts);
    cs_error code = live ? CS_OK : add_worked(db, db_int64(stmt, 0), &counts, message);
    import_counts_write(out, "counts", &counts);
    return code;
}

/* Leaves the object open. */
static cs_error write_row(cs_db *db, cs_stmt *stmt, const cs_import_lives *lives, cs_json_writer *out,
                          cs_message *message) {
    const char *state = db_text(stmt, 4), *trouble = db_text(stmt, 9);
    cs_import_state which = (cs_import_state)find_name(state_names, CS_IMPORT_STATES, state);
    const cs_import_live *live = which == CS_IMPORT_STATE_RUNNING ? find_live(lives, db_int64(stmt, 0)) : NULL;
    json_object_open(out, NULL);
    json_write_int(out, "number", db_int64(stmt, 0));
    json_write_string(out, "how", db_text(stmt, 1));
    json_write_string(out, "name", db_text(stmt, 2));
    json_write_string(out, "mapping", db_text(stmt, 3));
    json_write_string(out, "state", state);
    write_time(out, "created_ms", stmt, 5);
    write_time(out, "started_ms", stmt, 6);
    write_time(out, "ended_ms", stmt, 7);
    if (trouble)
        json_write_raw(out, "trouble", trouble);
    else
        json_write_null(out, "trouble");
    write_progress(out, live);
    cs_error code = write_counts(db, stmt, live, out, message);
    json_write_bool(out, "can_undo", is_end(which));
    json_write_int(out, "refusals", db_int64(stmt, 10));
    return code;
}

static bool write_file(void *context, const char *path, int64_t bytes) {
    cs_json_writer *out = context;
    json_object_open(out, NULL);
    json_write_string(out, "path", path);
    json_write_int(out, "bytes", bytes);
    json_object_close(out);
    return true;
}

cs_error import_write(cs_db *db, int64_t number, const cs_import_lives *lives, const char *data, cs_json_writer *out,
                      cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT " SHOWN_COLUMNS " FROM import WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        code = write_row(db, stmt, lives, out, message);
        if (code == CS_OK && data) {
            json_array_open(out, "files");
            code = upload_each_file(data, number, write_file, out, message);
            json_array_close(out);
        }
        json_object_close(out);
    }
    db_done(stmt);
    return code == CS_OK && !has_row ? not_found(number, message) : code;
}

static cs_error read_after(const char *after, int64_t *number, cs_message *message) {
    char *end = NULL;
    *number = INT64_MAX;
    if (!after || !*after) return CS_OK;
    *number = strtoll(after, &end, 10);
    if (!*end && *number > 0) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of after is not understood", after);
    message_remedy(message, "after takes the next of the page before");
    return CS_ERR_USAGE;
}

cs_error import_list(cs_db *db, const cs_import_lives *lives, int limit, const char *after, cs_json_writer *out,
                     cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    int64_t last = 0;
    int count = 0;
    char next[24] = "";
    cs_error code = read_after(after, &last, message);
    if (code == CS_OK)
        code =
            db_query(db, "SELECT " SHOWN_COLUMNS " FROM import WHERE number < :last ORDER BY number DESC LIMIT :limit",
                     &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "last", last);
    db_bind_int64(stmt, "limit", limit + 1);
    json_object_open(out, NULL);
    json_array_open(out, "items");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        if (count++ == limit) {
            (void)snprintf(next, sizeof next, "%lld", (long long)last);
            break;
        }
        last = db_int64(stmt, 0);
        code = write_row(db, stmt, lives, out, message);
        json_object_close(out);
        if (code != CS_OK) break;
    }
    db_done(stmt);
    json_array_close(out);
    json_write_string(out, "next", *next ? next : NULL);
    json_object_close(out);
    return code;
}
