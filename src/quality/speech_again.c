#include "quality/speech_again.h"

#include "base/clock.h"
#include "quality/archive_column.h"
#include "quality/speech_again_list.h"
#include "store/wake.h"
#include "store/work.h"

#include <string.h>

enum { FILTER_BYTES = 8192, ARENA_BYTES = 1 << 20, MOST_CHARS = 512 };

/* ---- the filter as JSON ---- */

static cs_error read_text(const cs_json *body, const char *key, cs_arena *arena, const char **out,
                          cs_message *message) {
    const cs_json *value = json_get(body, key);
    const char *text = json_string(value, NULL);
    *out = NULL;
    if (!value || json_kind(value) == CS_JSON_NULL || (text && !*text)) return CS_OK;
    if (!text || strlen(text) > MOST_CHARS)
        return message_set(message, CS_ERR_USAGE, "%s takes a name of at most %d bytes", key, (int)MOST_CHARS);
    *out = arena_string(arena, text);
    return *out ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for what is asked");
}

static cs_error read_time(const cs_json *body, const char *key, int64_t *out, cs_message *message) {
    const cs_json *value = json_get(body, key);
    *out = CS_NO_TIME;
    if (!value || json_kind(value) == CS_JSON_NULL || json_int64(value, out)) return CS_OK;
    return message_set(message, CS_ERR_USAGE, "%s takes milliseconds since 1970", key);
}

typedef struct members {
    const char *unknown;
    cs_arena *arena;
} members;

static bool is_known(void *context, const char *key, const cs_json *value) {
    static const char *const known[] = {"queue",   "language", "by",        "model",
                                        "from_ms", "to_ms",    "before_ms", "wordless_only"};
    members *m = context;
    (void)value;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i], key) == 0) return true;
    m->unknown = arena_string(m->arena, key);
    return false;
}

cs_error speech_again_read(const cs_json *body, cs_arena *arena, cs_speech_again_filter *out, cs_message *message) {
    members m = {NULL, arena};
    *out = (cs_speech_again_filter){.from_ms = CS_NO_TIME, .to_ms = CS_NO_TIME, .before_ms = CS_NO_TIME};
    if (json_kind(body) != CS_JSON_OBJECT && json_kind(body) != CS_JSON_NULL)
        return message_set(message, CS_ERR_USAGE, "which recordings are meant is told as a JSON object");
    json_each(body, is_known, &m);
    if (m.unknown) { /* nobody means all recordings by a word that was misspelt */
        (void)message_set(message, CS_ERR_USAGE, "recordings can't be chosen by \"%.100s\"", m.unknown);
        message_remedy(message,
                       "by queue, language, by, from_ms, to_ms, before_ms, wordless_only; model recognises them");
        return CS_ERR_USAGE;
    }
    cs_error code = read_text(body, "queue", arena, &out->queue, message);
    if (code == CS_OK) code = read_text(body, "language", arena, &out->language, message);
    if (code == CS_OK) code = read_text(body, "by", arena, &out->by, message);
    if (code == CS_OK) code = read_text(body, "model", arena, &out->model, message);
    if (code == CS_OK) code = read_time(body, "from_ms", &out->from_ms, message);
    if (code == CS_OK) code = read_time(body, "to_ms", &out->to_ms, message);
    if (code == CS_OK) code = read_time(body, "before_ms", &out->before_ms, message);
    out->is_wordless_only = json_is_true(json_get(body, "wordless_only"));
    return code;
}

static void write_time(cs_json_writer *out, const char *key, int64_t ms) {
    if (ms != CS_NO_TIME) json_write_int(out, key, ms);
}

static void write_filter(const cs_speech_again_filter *f, cs_buffer *to) {
    cs_json_writer out;
    json_writer_init(&out, to);
    out.is_revealed = true; /* what it is looked up by */
    json_object_open(&out, NULL);
    if (f->queue) json_write_string(&out, "queue", f->queue);
    if (f->language) json_write_string(&out, "language", f->language);
    if (f->by) json_write_string(&out, "by", f->by);
    if (f->model) json_write_string(&out, "model", f->model);
    write_time(&out, "from_ms", f->from_ms);
    write_time(&out, "to_ms", f->to_ms);
    write_time(&out, "before_ms", f->before_ms);
    if (f->is_wordless_only) json_write_bool(&out, "wordless_only", true);
    json_object_close(&out);
}

/* ---- how many ---- */

static cs_error count_one(void *context, const cs_again_found *found, cs_message *message) {
    cs_speech_again_count *count = context;
    (void)message;
    count->recordings++;
    count->duration_ms += found->duration_ms;
    count->wordless += found->is_wordless;
    return CS_OK;
}

cs_error speech_again_count(cs_db *db, const cs_speech_again_filter *filter, const char *data,
                            cs_speech_again_count *out, cs_message *message) {
    cs_again_walk walk;
    int64_t last = 0;
    *out = (cs_speech_again_count){0};
    cs_error code = query_number(db, "SELECT max(seq) FROM recording", 0, &last, message);
    if (code == CS_OK) code = again_walk_begin(&walk, db, filter, data, message);
    if (code != CS_OK) return code;
    for (int64_t after = 0; code == CS_OK && after < last; after += CS_AGAIN_PAGE)
        code = again_walk_page(&walk, after, after + CS_AGAIN_PAGE, count_one, out, message);
    again_walk_end(&walk);
    return code;
}

/* ---- beginning and stopping ---- */

static cs_error refuse_second(cs_db *db, cs_message *message) {
    int64_t open = 0;
    cs_error code =
        query_number(db, "SELECT number FROM speech_again WHERE state = 'running' LIMIT 1", 0, &open, message);
    if (code != CS_OK || !open) return code;
    (void)message_set(message, CS_ERR_CONFLICT, "recordings are being recognised again already");
    message_remedy(message, "wait until that is done, or stop it");
    return CS_ERR_CONFLICT;
}

cs_error speech_again_begin(cs_db *db, const cs_speech_again_filter *filter, const cs_speech_again_who *who,
                            int64_t now_ms, int64_t *number, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_buffer text;
    cs_error code = refuse_second(db, message);
    if (code != CS_OK) return code;
    buffer_init(&text, FILTER_BYTES);
    write_filter(filter, &text);
    code = text.is_failed
               ? message_set(message, CS_ERR_LIMIT, "what is asked for is too long")
               : db_query(db,
                          "INSERT INTO speech_again (filter, state, reached, last, found, found_ms, done, "
                          "changed, failed, passed, done_ms, spent_ms, made_ms, made_by, made_name) SELECT "
                          ":filter, 'running', 0, coalesce((SELECT max(seq) FROM recording), 0), 0, 0, 0, 0, "
                          "0, 0, 0, 0, :now, :account, :name RETURNING number",
                          &stmt, message);
    if (code == CS_OK) {
        db_bind_text(stmt, "filter", buffer_string(&text));
        db_bind_int64(stmt, "now", now_ms);
        db_bind_int64(stmt, "account", who->account);
        db_bind_text(stmt, "name", who->name ? who->name : "");
        code = db_step(stmt, &has_row, message);
        *number = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
        if (code == CS_OK)
            code = db_run(stmt, message);
        else
            db_done(stmt);
    }
    buffer_free(&text);
    return code == CS_OK ? wake_tell(db, message) : code;
}

cs_error speech_again_stop(cs_db *db, int64_t number, const cs_speech_again_who *who, int64_t now_ms,
                           cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "UPDATE speech_again SET state = 'stopped', ended_ms = :now, ended_name = :name WHERE "
                             "number = :number AND state = 'running'",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "now", now_ms);
    db_bind_text(stmt, "name", who->name ? who->name : "");
    db_bind_int64(stmt, "number", number);
    code = db_run(stmt, message);
    if (code == CS_OK && db_changes(db) == 0) {
        (void)message_set(message, CS_ERR_NOT_FOUND, "nothing is being recognised again under this number");
        message_remedy(message, "load the page again: it has ended by now");
        code = CS_ERR_NOT_FOUND;
    }
    if (code == CS_OK)
        code = db_query(db, "DELETE FROM job WHERE import = :import AND state = 'waiting'", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "import", -number);
    return db_run(stmt, message);
}

/* ---- telling ---- */

/* Listed, and neither at an end nor in somebody's hands. */
static cs_error write_run(cs_db *db, cs_stmt *stmt, const char *key, cs_json_writer *out, cs_message *message) {
    cs_work_left left;
    int64_t number = db_int64(stmt, 0), found = db_int64(stmt, 5), done = db_int64(stmt, 7), failed = db_int64(stmt, 9);
    int64_t passed = db_int64(stmt, 10), found_ms = db_int64(stmt, 6), done_ms = db_int64(stmt, 11);
    int64_t spent_ms = db_int64(stmt, 12);
    const bool is_running = strcmp(db_text(stmt, 2), "running") == 0;
    cs_error code = work_left(db, -number, &left, message);
    if (code != CS_OK) return code;
    int64_t waiting = found - done - failed - passed - left.running - left.aside;
    json_object_open(out, key);
    json_write_int(out, "number", number);
    json_write_raw(out, "filter", db_text(stmt, 1));
    json_write_string(out, "state", db_text(stmt, 2));
    json_write_bool(out, "is_listed", db_int64(stmt, 3) >= db_int64(stmt, 4));
    json_write_int(out, "found", found);
    json_write_int(out, "waiting", is_running && waiting > 0 ? waiting : 0);
    json_write_int(out, "running", left.running);
    json_write_int(out, "done", done);
    json_write_int(out, "changed", db_int64(stmt, 8));
    json_write_int(out, "failed", failed + left.aside);
    json_write_int(out, "passed", passed);
    json_write_int(out, "found_ms", found_ms);
    json_write_int(out, "done_ms", done_ms);
    /* What one worker does, times those at work: neither a pause nor a kill counts. */
    if (is_running && left.running && spent_ms > 0 && done_ms > 0) {
        double speed = (double)done_ms / (double)spent_ms * (double)left.running;
        json_write_double(out, "speed", speed, 1);
        json_write_int(out, "left_ms", found_ms > done_ms ? (int64_t)((double)(found_ms - done_ms) / speed) : 0);
    } else {
        json_write_null(out, "speed");
        json_write_null(out, "left_ms");
    }
    json_write_int(out, "made_ms", db_int64(stmt, 13));
    json_write_string(out, "made_by", db_text(stmt, 14));
    column_write_int(stmt, 15, out, "ended_ms");
    column_write_text(stmt, 16, out, "ended_by");
    json_object_close(out);
    return CS_OK;
}

cs_error speech_again_write(cs_db *db, const char *key, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT number, filter, state, reached, last, found, found_ms, done, changed, failed, "
                             "passed, done_ms, spent_ms, made_ms, made_name, ended_ms, ended_name FROM speech_again "
                             "ORDER BY number DESC LIMIT 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row)
        code = write_run(db, stmt, key, out, message);
    else if (code == CS_OK)
        json_write_null(out, key);
    db_done(stmt);
    return code;
}

/* ---- what became of one ---- */

cs_error speech_again_note(cs_db *db, const cs_speech_again_end *end, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool is_done = !end->is_failed && !end->is_passed;
    cs_error code = db_query(db,
                             "UPDATE speech_again SET done = done + :done, changed = changed + :changed, failed = "
                             "failed + :failed, passed = passed + :passed, done_ms = done_ms + coalesce((SELECT "
                             "duration_ms FROM recording WHERE seq = :seq), 0), spent_ms = spent_ms + :spent WHERE "
                             "number = :number",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "done", is_done);
    db_bind_int64(stmt, "changed", is_done && end->is_changed);
    db_bind_int64(stmt, "failed", end->is_failed);
    db_bind_int64(stmt, "passed", end->is_passed);
    db_bind_int64(stmt, "seq", end->seq);
    db_bind_int64(stmt, "spent", end->spent_ms);
    db_bind_int64(stmt, "number", end->again);
    return db_run(stmt, message);
}

cs_error speech_again_join(cs_db *db, int64_t seq, int64_t now_ms, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code =
        db_query(db,
                 "INSERT INTO job (kind, import, seq, urgency, started_ms, made_ms, run_ms, state, attempts) SELECT "
                 "'joined', 0, c.seq, 0, coalesce(c.started_ms, 0), :now, :now, 'waiting', 0 FROM conversation c JOIN "
                 "join_due d ON d.seq = c.seq WHERE c.seq = :seq ON CONFLICT DO NOTHING",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "now", now_ms);
    db_bind_int64(stmt, "seq", seq);
    return db_run(stmt, message);
}
