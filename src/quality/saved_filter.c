#include "quality/saved_filter.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "quality/archive.h"

#include <string.h>

/* ---- what may be kept ---- */

typedef struct draft {
    const char *name; /* NULL: as it is */
    cs_buffer filter; /* JSON; empty: as it is */
    int64_t days; /* -1: as it is */
    int is_shared; /* -1: as it is */
    int64_t changes; /* that were seen; 0: not said */
} draft;

static cs_error refuse(const char *place, const char *reason, const char *remedy, cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "%s", reason);
    message_place(message, "%s", place);
    message_remedy(message, "%s", remedy);
    return CS_ERR_USAGE;
}

static bool is_blank(const char *name) {
    return name[strspn(name, " \t")] == 0;
}

static cs_error check_name(const char *name, cs_message *message) {
    size_t bytes = strlen(name);
    if (is_blank(name) || utf8_count(name, bytes) > CS_MAX_FILTER_NAME)
        return refuse("name", "a saved filter needs a name", "give it 1 to 60 characters", message);
    if (utf8_hidden_at(name, bytes) < bytes)
        return refuse("name", "a sign in the name is not seen, or turns the text around",
                      "type it anew instead of pasting it, in one line", message);
    return CS_OK;
}

typedef struct check {
    cs_filter filter;
    cs_json_writer writer;
    cs_error code;
    cs_message *message;
    bool has_days;
} check;

static bool check_one(void *context, const char *key, const cs_json *value) {
    check *c = context;
    const char *text = json_string(value, NULL);
    if (!text) {
        c->code = message_set(c->message, CS_ERR_USAGE, "the value of %.40s is no text", key);
        message_remedy(c->message, "send each value as it stands in the address of the list");
        return false;
    }
    c->code = filter_set(&c->filter, key, text, c->message);
    if (c->code == CS_ERR_NOT_FOUND) {
        c->code = message_set(c->message, CS_ERR_USAGE, "%.40s is no filter of the list", key);
        message_remedy(c->message, "take the parameters of GET /api/v1/conversations");
    }
    c->has_days = c->has_days || strcmp(key, "from") == 0 || strcmp(key, "to") == 0;
    if (c->code != CS_OK) return false;
    if (*text) json_write_string(&c->writer, key, text);
    return true;
}

static cs_error read_filter(const cs_json *filter, draft *out, cs_message *message) {
    check c = {.message = message};
    if (json_kind(filter) != CS_JSON_OBJECT)
        return refuse("filter", "it is not said which filter", "send {\"filter\": {\"agent\": \"…\"}}", message);
    filter_init(&c.filter);
    json_writer_init(&c.writer, &out->filter);
    json_object_open(&c.writer, NULL);
    json_each(filter, check_one, &c);
    json_object_close(&c.writer);
    if (c.code == CS_OK && out->days > 0 && c.has_days)
        return refuse("days", "days that roll along have no from and to", "send either days, or from and to", message);
    if (c.code == CS_OK && out->filter.is_failed)
        return refuse("filter", "the filter is too long", "keep fewer words in it", message);
    if (c.code != CS_OK && !message->place[0]) message_place(message, "filter");
    return c.code;
}

/* is_whole: all that a new one needs. */
static cs_error read_draft(const cs_json *body, bool is_whole, draft *out, cs_message *message) {
    const cs_json *name = json_get(body, "name"), *days = json_get(body, "days"), *shared = json_get(body, "is_shared");
    *out = (draft){.days = is_whole ? 0 : -1, .is_shared = is_whole ? 0 : -1};
    buffer_init(&out->filter, CS_MAX_FILTER_BYTES);
    out->name = json_string(name, NULL);
    if (is_whole && !out->name) return check_name("", message);
    if (out->name) {
        cs_error code = check_name(out->name, message);
        if (code != CS_OK) return code;
    }
    if (days && (!json_int64(days, &out->days) || out->days < 0 || out->days > CS_MAX_FILTER_DAYS))
        return refuse("days", "the number of days is not understood", "send 0, for none, to 366", message);
    if (shared && json_kind(shared) != CS_JSON_BOOL)
        return refuse("is_shared", "is_shared is neither true nor false", "send true or false", message);
    if (shared) out->is_shared = json_is_true(shared);
    if (json_get(body, "changes") && (!json_int64(json_get(body, "changes"), &out->changes) || out->changes < 1))
        return refuse("changes", "changes is no number", "send the changes that the filter had when it was read",
                      message);
    if (is_whole || json_get(body, "filter")) return read_filter(json_get(body, "filter"), out, message);
    return CS_OK;
}

/* ---- as it stands ---- */

#define COLUMNS                                                                                                        \
    "number, account, owner, is_shared, name, filter, days, changes, created_ms, changed_ms, changed_by, changed_name"
enum { NUMBER, ACCOUNT, OWNER, IS_SHARED, NAME, FILTER, DAYS, CHANGES, CREATED, CHANGED, CHANGED_BY, CHANGED_NAME };
#define VISIBLE "(is_shared = 1 OR account = :account OR (account = 0 AND :is_manager = 1))"

static void bind_account(cs_stmt *stmt, const cs_account *account) {
    db_bind_int64(stmt, "account", account->number);
    db_bind_int64(stmt, "is_manager", account_may(account, CS_ACCOUNT_MANAGER));
}

static bool is_own(const cs_account *account, int64_t owner) {
    return owner == account->number || (owner == 0 && account_may(account, CS_ACCOUNT_MANAGER));
}

static bool may_change(const cs_account *account, int64_t owner, bool is_shared) {
    return is_own(account, owner) || (is_shared && account_may(account, CS_ACCOUNT_MANAGER));
}

/* What names another agent is of no use to an agent, and tells a name: the list refuses it. */
static bool is_shown(cs_stmt *stmt, const cs_account *account) {
    if (account_may(account, CS_ACCOUNT_REVIEWER) || is_own(account, db_int64(stmt, ACCOUNT))) return true;
    cs_json *filter = NULL;
    cs_message unused;
    const char *text = db_text(stmt, FILTER);
    cs_error code = json_parse(text, strlen(text), CS_MAX_FILTER_BYTES, &filter, &unused);
    const char *agent = json_string(json_get(filter, "agent"), NULL);
    bool shows = code == CS_OK && (!agent || strcmp(agent, account->agent) == 0);
    json_free(filter);
    return shows;
}

static void row_write(cs_stmt *stmt, const cs_account *account, cs_json_writer *out) {
    json_object_open(out, NULL);
    json_write_int(out, "number", db_int64(stmt, NUMBER));
    json_write_string(out, "name", db_text(stmt, NAME));
    json_write_raw(out, "filter", db_text(stmt, FILTER));
    json_write_int(out, "days", db_int64(stmt, DAYS));
    json_write_bool(out, "is_shared", db_int64(stmt, IS_SHARED) != 0);
    json_write_bool(out, "is_own", is_own(account, db_int64(stmt, ACCOUNT)));
    json_write_bool(out, "may_change", may_change(account, db_int64(stmt, ACCOUNT), db_int64(stmt, IS_SHARED) != 0));
    json_write_string(out, "owner", db_text(stmt, OWNER));
    json_write_int(out, "changes", db_int64(stmt, CHANGES));
    json_write_int(out, "changed_ms", db_int64(stmt, CHANGED));
    json_write_string(out, "changed_by", db_text(stmt, CHANGED_NAME));
    json_object_close(out);
}

static cs_error not_found(int64_t number, cs_message *message) {
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no saved filter %lld", (long long)number);
    message_remedy(message, "GET /api/v1/filters lists them; somebody may have deleted it");
    return CS_ERR_NOT_FOUND;
}

cs_error saved_filter_write(cs_db *db, const cs_account *account, int64_t number, cs_json_writer *out,
                            cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db, "SELECT " COLUMNS " FROM saved_filter WHERE number = :number AND " VISIBLE, &stmt, message);
    if (code != CS_OK) return code;
    bind_account(stmt, account);
    db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    has_row = has_row && is_shown(stmt, account);
    if (code == CS_OK && has_row) row_write(stmt, account, out);
    db_done(stmt);
    return code == CS_OK && !has_row ? not_found(number, message) : code;
}

cs_error saved_filters_write(cs_db *db, const cs_account *account, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(
        db, "SELECT " COLUMNS " FROM saved_filter WHERE " VISIBLE " ORDER BY name, number LIMIT 2000", &stmt, message);
    if (code != CS_OK) return code;
    bind_account(stmt, account);
    json_object_open(out, NULL);
    json_array_open(out, "filters");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row)
        if (is_shown(stmt, account)) row_write(stmt, account, out);
    json_array_close(out);
    json_object_close(out);
    db_done(stmt);
    return code;
}

/* ---- writing ---- */

/* name NULL: how many the account has; else those of this name that are another one than number. */
static cs_error count_own(cs_db *db, int64_t account, const char *name, int64_t number, int64_t *out,
                          cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             name ? "SELECT count(*) FROM saved_filter WHERE account = :account AND name = :name AND "
                                    "number <> :number"
                                  : "SELECT count(*) FROM saved_filter WHERE account = :account",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "account", account);
    if (name) db_bind_text(stmt, "name", name);
    if (name) db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    *out = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

static cs_error check_taken(cs_db *db, int64_t account, const char *name, int64_t number, cs_message *message) {
    int64_t count = 0;
    cs_error code = name ? count_own(db, account, name, number, &count, message) : CS_OK;
    if (code != CS_OK || count == 0) return code;
    (void)message_set(message, CS_ERR_CONFLICT, "there is a saved filter \"%.180s\" already", name);
    message_place(message, "name");
    message_remedy(message, "give another name, or change the one that is there");
    return CS_ERR_CONFLICT;
}

static cs_error check_room(cs_db *db, int64_t account, cs_message *message) {
    int64_t count = 0;
    cs_error code = count_own(db, account, NULL, 0, &count, message);
    if (code != CS_OK || count < CS_MAX_SAVED_FILTERS) return code;
    (void)message_set(message, CS_ERR_LIMIT, "more than %d filters are not kept", CS_MAX_SAVED_FILTERS);
    message_remedy(message, "delete one that is not used any more");
    return CS_ERR_LIMIT;
}

static void bind_change(cs_stmt *stmt, const cs_account *account, const draft *d, int64_t now_ms) {
    db_bind_text(stmt, "name", d->name);
    db_bind_int64(stmt, "now", now_ms);
    db_bind_int64(stmt, "by", account->number);
    db_bind_text(stmt, "by_name", account->name);
}

cs_error saved_filter_make(cs_db *db, const cs_account *account, const cs_json *body, int64_t now_ms, int64_t *number,
                           cs_message *message) {
    draft d;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = read_draft(body, true, &d, message);
    if (code == CS_OK) code = check_taken(db, account->number, d.name, 0, message);
    if (code == CS_OK) code = check_room(db, account->number, message);
    if (code == CS_OK)
        code = db_query(db,
                        "INSERT INTO saved_filter (account, owner, is_shared, name, filter, days, changes, created_ms, "
                        "changed_ms, changed_by, changed_name) VALUES (:by, :by_name, :is_shared, :name, :filter, "
                        ":days, 1, :now, :now, :by, :by_name) RETURNING number",
                        &stmt, message);
    if (code == CS_OK) {
        bind_change(stmt, account, &d, now_ms);
        db_bind_int64(stmt, "is_shared", d.is_shared);
        db_bind_text(stmt, "filter", buffer_string(&d.filter));
        db_bind_int64(stmt, "days", d.days);
        code = db_step(stmt, &has_row, message);
        *number = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
        db_done(stmt);
    }
    buffer_free(&d.filter);
    return code;
}

typedef struct standing {
    int64_t account, changes, changed_ms, days;
    bool is_shared;
    char changed_name[CS_MAX_ACCOUNT_NAME + 1];
} standing;

static cs_error read_standing(cs_db *db, const cs_account *account, int64_t number, standing *out,
                              cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db, "SELECT " COLUMNS " FROM saved_filter WHERE number = :number AND " VISIBLE, &stmt, message);
    if (code != CS_OK) return code;
    bind_account(stmt, account);
    db_bind_int64(stmt, "number", number);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        *out = (standing){.account = db_int64(stmt, ACCOUNT),
                          .changes = db_int64(stmt, CHANGES),
                          .changed_ms = db_int64(stmt, CHANGED),
                          .days = db_int64(stmt, DAYS),
                          .is_shared = db_int64(stmt, IS_SHARED) != 0};
        const char *name = db_text(stmt, CHANGED_NAME);
        (void)strncat(out->changed_name, name ? name : "", CS_MAX_ACCOUNT_NAME);
    }
    db_done(stmt);
    return code == CS_OK && !has_row ? not_found(number, message) : code;
}

/* May it be changed, and is it still what was seen? */
static cs_error check_standing(const cs_account *account, const standing *is, int64_t changes, cs_message *message) {
    char when[32];
    if (!may_change(account, is->account, is->is_shared)) {
        (void)message_set(message, CS_ERR_FORBIDDEN, "this filter is somebody else's");
        message_remedy(message, "save it under a name of your own; or ask its owner or a manager");
        return CS_ERR_FORBIDDEN;
    }
    if (changes == is->changes) return CS_OK;
    if (changes == 0)
        return refuse("changes", "it is not said which state of the filter is meant",
                      "send the changes that the filter had when it was read", message);
    clock_format(is->changed_ms, 0, when);
    (void)message_set(message, CS_ERR_CONFLICT, "the filter was changed meanwhile%s%s, at %s",
                      is->changed_name[0] ? " by " : "", is->changed_name, when);
    message_place(message, "changes");
    message_remedy(message, "look at it as it stands now, and send its changes to replace it");
    return CS_ERR_CONFLICT;
}

cs_error saved_filter_change(cs_db *db, const cs_account *account, int64_t number, const cs_json *body, int64_t now_ms,
                             cs_message *message) {
    draft d;
    standing is = {0};
    cs_stmt *stmt = NULL;
    cs_error code = read_draft(body, false, &d, message);
    if (code == CS_OK) code = read_standing(db, account, number, &is, message);
    if (code == CS_OK) code = check_standing(account, &is, d.changes, message);
    if (code == CS_OK) code = check_taken(db, is.account, d.name, number, message);
    if (code == CS_OK)
        code =
            db_query(db,
                     "UPDATE saved_filter SET name = coalesce(:name, name), filter = coalesce(:filter, filter), days "
                     "= :days, is_shared = :is_shared, changes = changes + 1, changed_ms = :now, changed_by = :by, "
                     "changed_name = :by_name WHERE number = :number",
                     &stmt, message);
    if (code == CS_OK) {
        bind_change(stmt, account, &d, now_ms);
        db_bind_text(stmt, "filter", d.filter.length ? buffer_string(&d.filter) : NULL);
        db_bind_int64(stmt, "days", d.days < 0 ? is.days : d.days);
        db_bind_int64(stmt, "is_shared", d.is_shared < 0 ? is.is_shared : d.is_shared);
        db_bind_int64(stmt, "number", number);
        code = db_run(stmt, message);
    }
    buffer_free(&d.filter);
    return code;
}

cs_error saved_filter_remove(cs_db *db, const cs_account *account, int64_t number, int64_t changes,
                             cs_message *message) {
    standing is = {0};
    cs_stmt *stmt = NULL;
    cs_error code = read_standing(db, account, number, &is, message);
    if (code == CS_OK) code = check_standing(account, &is, changes, message);
    if (code == CS_OK) code = db_query(db, "DELETE FROM saved_filter WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}
