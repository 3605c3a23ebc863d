#include "service/order_list.h"

#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SQL_BYTES = 8192, MAX_LIST_ARENA = 64 << 20 };

/* ---- the condition ---- */

/* The same as order_waits_for. */
static void add_waiting(cs_buffer *sql, const cs_account *account) {
    if (account->number == 0) {
        (void)buffer_text(sql, "w.closed_ms IS NULL");
    } else if (account_may(account, CS_ACCOUNT_REVIEWER)) {
        (void)buffer_text(sql,
                          "(w.closed_ms IS NULL AND ((w.state = 'open' AND (w.assignee = :me OR (w.assignee = 0 AND "
                          "w.opened_by IN (:me, 0)))) OR (w.state = 'answered' AND w.opened_by IN (:me, 0)) OR "
                          "(w.state = 'appealed' AND w.opened_by <> :me AND w.appealed_by <> :me)))");
    } else {
        (void)buffer_text(sql, "(w.closed_ms IS NULL AND w.state = 'open' AND (w.assignee = :me OR (w.assignee = 0 AND "
                               "w.agent = :own)))");
    }
}

/* All but state and due date. */
static void add_scope(cs_buffer *sql, const cs_order_filter *filter, const cs_account *account) {
    bool reviews = account_may(account, CS_ACCOUNT_REVIEWER);
    /* Each half by its index: an OR of both would look at every order that there is. */
    if (!reviews)
        (void)buffer_text(sql, " AND w.number IN (SELECT a.number FROM work_order a WHERE a.assignee = :me UNION ALL "
                               "SELECT b.number FROM work_order b WHERE b.agent = :own)");
    if (filter->is_mine && reviews && account->number != 0) {
        (void)buffer_text(sql, " AND (w.assignee = :me OR w.opened_by = :me OR ");
        add_waiting(sql, account);
        (void)buffer_text(sql, ")");
    }
    if (filter->is_waiting) {
        (void)buffer_text(sql, " AND ");
        add_waiting(sql, account);
    }
    if (filter->rule) (void)buffer_text(sql, " AND w.rule = :rule");
    if (filter->team) (void)buffer_text(sql, " AND w.team = :team");
    if (filter->agent) (void)buffer_text(sql, " AND w.agent = :agent");
    if (filter->conversation)
        (void)buffer_text(sql, " AND w.conversation IN (SELECT c.id FROM conversation c WHERE c.id = :conversation OR "
                               "c.external_id = :conversation)");
}

static bool is_by_due(const cs_order_filter *filter) {
    return !filter->state || (strcmp(filter->state, "closed") != 0 && strcmp(filter->state, "all") != 0);
}

static void add_state(cs_buffer *sql, const cs_order_filter *filter) {
    if (is_by_due(filter)) (void)buffer_text(sql, " AND w.closed_ms IS NULL");
    if (filter->state && order_state_parse(filter->state) != CS_ORDER_STATES)
        (void)buffer_text(sql, " AND w.state = :state");
    if (filter->is_overdue) (void)buffer_text(sql, " AND w.closed_ms IS NULL AND w.state = 'open' AND w.due_ms < :now");
}

static void bind(cs_stmt *stmt, const char *sql, const cs_order_filter *filter, const cs_account *account,
                 int64_t now_ms) {
    if (strstr(sql, ":me")) db_bind_int64(stmt, "me", account->number);
    /* An agent without a name has no conversation: none is called "". */
    if (strstr(sql, ":own")) db_bind_text(stmt, "own", account->agent);
    if (strstr(sql, ":rule")) db_bind_text(stmt, "rule", filter->rule);
    if (strstr(sql, ":team")) db_bind_text(stmt, "team", filter->team);
    if (strstr(sql, ":agent")) db_bind_text(stmt, "agent", filter->agent);
    if (strstr(sql, ":conversation")) db_bind_text(stmt, "conversation", filter->conversation);
    if (strstr(sql, ":state")) db_bind_text(stmt, "state", filter->state);
    if (strstr(sql, ":now")) db_bind_int64(stmt, "now", now_ms);
}

static cs_error prepare(cs_db *db, cs_buffer *sql, cs_stmt **out, cs_message *message) {
    if (sql->is_failed) return message_set(message, CS_ERR_MEMORY, "no memory for the list of work orders");
    return db_query(db, buffer_string(sql), out, message);
}

/* ---- the page ---- */

typedef struct place {
    bool is_given;
    int64_t due_ms, number;
} place;

/* "due.number", or "number" where the newest come first. */
static cs_error read_place(const char *after, bool is_due, place *out, cs_message *message) {
    char *end = NULL;
    *out = (place){0};
    if (!after || !*after) return CS_OK;
    errno = 0;
    if (is_due) {
        out->due_ms = strtoll(after, &end, 10);
        if (end && *end == '.') out->number = strtoll(end + 1, &end, 10);
    } else {
        out->number = strtoll(after, &end, 10);
    }
    out->is_given = true;
    if (errno == 0 && end && !*end && out->number > 0) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "the value \"%.60s\" of after is not understood", after);
    message_remedy(message, "after takes the next of the page before, with the same filter");
    return CS_ERR_USAGE;
}

static void write_next(cs_json_writer *out, const cs_order *last, bool is_due) {
    char text[64];
    if (is_due)
        (void)snprintf(text, sizeof text, "%lld.%lld", (long long)last->due_ms, (long long)last->number);
    else
        (void)snprintf(text, sizeof text, "%lld", (long long)last->number);
    json_write_string(out, "next", text);
}

static cs_error rows_write(cs_stmt *stmt, const cs_account *account, int limit, bool is_due, int64_t now_ms,
                           cs_arena *arena, cs_json_writer *out, cs_message *message) {
    bool has_row = false;
    int count = 0;
    cs_order *order = NULL, *last = NULL;
    cs_error code;
    json_array_open(out, "items");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && count < limit) {
        code = order_read(stmt, arena, &order, message);
        if (code != CS_OK) break;
        order_write(out, NULL, order, account, now_ms);
        last = order;
        count++;
    }
    json_array_close(out);
    if (has_row && last)
        write_next(out, last, is_due);
    else
        json_write_null(out, "next");
    return code;
}

static cs_error page_write(cs_db *db, const cs_order_filter *filter, const cs_account *account, int limit,
                           const char *after, int64_t now_ms, cs_json_writer *out, cs_message *message) {
    bool is_due = is_by_due(filter);
    cs_buffer sql;
    cs_stmt *stmt = NULL;
    place from;
    cs_error code = read_place(after, is_due, &from, message);
    if (code != CS_OK) return code;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_text(&sql, "SELECT " ORDER_COLUMNS " FROM work_order w WHERE 1 = 1");
    add_scope(&sql, filter, account);
    add_state(&sql, filter);
    if (from.is_given)
        (void)buffer_text(&sql, is_due ? " AND (w.due_ms, w.number) > (:after_due, :after_number)"
                                       : " AND w.number < :after_number");
    (void)buffer_text(&sql, is_due ? " ORDER BY w.due_ms, w.number" : " ORDER BY w.number DESC");
    (void)buffer_text(&sql, " LIMIT :most");
    code = prepare(db, &sql, &stmt, message);
    cs_arena *arena = code == CS_OK ? arena_create(MAX_LIST_ARENA) : NULL;
    if (code == CS_OK && !arena) code = message_set(message, CS_ERR_MEMORY, "no memory for the list of work orders");
    if (code == CS_OK) {
        bind(stmt, buffer_string(&sql), filter, account, now_ms);
        if (from.is_given) db_bind_int64(stmt, "after_number", from.number);
        if (from.is_given && is_due) db_bind_int64(stmt, "after_due", from.due_ms);
        db_bind_int64(stmt, "most", (int64_t)limit + 1);
        code = rows_write(stmt, account, limit, is_due, now_ms, arena, out, message);
    }
    db_done(stmt);
    arena_free(arena);
    buffer_free(&sql);
    return code;
}

/* ---- the counts ---- */

typedef struct counts {
    int64_t states[CS_ORDER_STATES], overdue, waiting;
} counts;

static cs_error count_active(cs_db *db, const cs_order_filter *filter, const cs_account *account, int64_t now_ms,
                             counts *out, cs_message *message) {
    cs_buffer sql;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_text(
        &sql, "SELECT a.state, count(*), coalesce(sum(a.late), 0), coalesce(sum(a.waits), 0) FROM (SELECT w.state "
              "AS state, CASE WHEN w.state = 'open' AND w.due_ms < :now THEN 1 ELSE 0 END AS late, CASE WHEN ");
    add_waiting(&sql, account);
    (void)buffer_text(&sql, " THEN 1 ELSE 0 END AS waits FROM work_order w WHERE w.closed_ms IS NULL");
    add_scope(&sql, filter, account);
    (void)buffer_text(&sql, " LIMIT :bound) a GROUP BY a.state");
    cs_error code = prepare(db, &sql, &stmt, message);
    if (code == CS_OK) {
        bind(stmt, buffer_string(&sql), filter, account, now_ms);
        db_bind_int64(stmt, "bound", CS_MAX_ORDER_COUNT);
        while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
            cs_order_state state = order_state_parse(db_text(stmt, 0));
            if (state < CS_ORDER_STATES) out->states[state] = db_int64(stmt, 1);
            out->overdue += db_int64(stmt, 2);
            out->waiting += db_int64(stmt, 3);
        }
    }
    db_done(stmt);
    buffer_free(&sql);
    return code;
}

static cs_error count_closed(cs_db *db, const cs_order_filter *filter, const cs_account *account, counts *out,
                             cs_message *message) {
    cs_buffer sql;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    buffer_init(&sql, MAX_SQL_BYTES);
    (void)buffer_text(&sql, "SELECT count(*) FROM (SELECT 1 AS one FROM work_order w WHERE w.state = 'closed'");
    add_scope(&sql, filter, account);
    (void)buffer_text(&sql, " LIMIT :bound) a");
    cs_error code = prepare(db, &sql, &stmt, message);
    if (code == CS_OK) {
        bind(stmt, buffer_string(&sql), filter, account, 0);
        db_bind_int64(stmt, "bound", CS_MAX_ORDER_COUNT);
        code = db_step(stmt, &has_row, message);
        if (code == CS_OK && has_row) out->states[CS_ORDER_IS_CLOSED] = db_int64(stmt, 0);
    }
    db_done(stmt);
    buffer_free(&sql);
    return code;
}

static void counts_write(cs_json_writer *out, const counts *counted) {
    json_object_open(out, "counts");
    for (cs_order_state state = 0; state < CS_ORDER_STATES; state++)
        json_write_int(out, order_state_name(state), counted->states[state]);
    json_write_int(out, "overdue", counted->overdue);
    json_write_int(out, "waiting", counted->waiting);
    json_object_close(out);
}

cs_error order_list(cs_db *db, const cs_order_filter *filter, const cs_account *account, int limit, const char *after,
                    int64_t now_ms, cs_json_writer *out, cs_message *message) {
    counts counted = {{0}, 0, 0};
    json_object_open(out, NULL);
    cs_error code = page_write(db, filter, account, limit, after, now_ms, out, message);
    if (code == CS_OK) code = count_active(db, filter, account, now_ms, &counted, message);
    if (code == CS_OK) code = count_closed(db, filter, account, &counted, message);
    if (code == CS_OK) counts_write(out, &counted);
    json_object_close(out);
    return code;
}
