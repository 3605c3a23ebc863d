#include "quality/comment.h"

#include "base/clock.h"
#include "quality/archive_column.h"
#include "quality/comment_cover.h"
#include "text/mask_json.h"

#include <string.h>

enum { MOST_POINTS = 1 << 20, MOST_BODY_BYTES = 64 << 10 };

static cs_error refuse(cs_message *message, const char *place, const char *reason, const char *remedy) {
    (void)message_set(message, CS_ERR_USAGE, "%s", reason);
    message_place(message, "%s", place);
    message_remedy(message, "%s", remedy);
    return CS_ERR_USAGE;
}

static cs_error check_body(const char *body, cs_message *message) {
    if (!body || strspn(body, " \t\r\n") == strlen(body))
        return refuse(message, "body", "the comment is empty", "write something, or remove the comment");
    if (strlen(body) > CS_MAX_COMMENT)
        return refuse(message, "body", "the comment is too long", "4000 bytes are the most; make two of it");
    return CS_OK;
}

/* How many turns the conversation has, and how many comments. */
static cs_error check_room(cs_db *db, int64_t seq, const cs_comment *comment, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT c.turns, (SELECT count(*) FROM comment n WHERE n.conversation = c.external_id) "
                             "FROM conversation c WHERE c.seq = :seq",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    int64_t turns = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    int64_t count = code == CS_OK && has_row ? db_int64(stmt, 1) : 0;
    db_done(stmt);
    if (code != CS_OK) return code;
    if (comment->turn < 1 || comment->turn > turns)
        return refuse(message, "turn", "the conversation has no such turn", "turns count from 1");
    if (count < CS_MOST_COMMENTS) return CS_OK;
    (void)message_set(message, CS_ERR_LIMIT, "the conversation has %d comments already", CS_MOST_COMMENTS);
    message_remedy(message, "remove some of them");
    return CS_ERR_LIMIT;
}

static void bind_span(cs_stmt *stmt, const cs_comment *comment) {
    if (comment->to <= 0) {
        db_bind_null(stmt, "from_point");
        db_bind_null(stmt, "to_point");
        return;
    }
    db_bind_int64(stmt, "from_point", comment->from);
    db_bind_int64(stmt, "to_point", comment->to);
}

cs_error comment_add(cs_db *db, int64_t seq, const cs_account *account, const cs_comment *comment, int64_t *number,
                     cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    bool is_span = comment->from >= 0 && comment->from < comment->to && comment->to <= MOST_POINTS;
    cs_error code = check_body(comment->body, message);
    if (code == CS_OK && comment->to != 0 && !is_span)
        code = refuse(message, "from", "the span is none", "from and to count characters of the turn, to exclusive");
    if (code == CS_OK) code = check_room(db, seq, comment, message);
    if (code == CS_OK)
        code = db_query(db,
                        "INSERT INTO comment (conversation, turn, from_point, to_point, body, account, name, made_ms, "
                        "changes) VALUES ((SELECT external_id FROM conversation WHERE seq = :seq), :turn, :from_point, "
                        ":to_point, :body, :account, :name, :now, 1) RETURNING number",
                        &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    db_bind_int64(stmt, "turn", comment->turn);
    bind_span(stmt, comment);
    db_bind_text(stmt, "body", comment->body);
    db_bind_int64(stmt, "account", account->number);
    db_bind_text(stmt, "name", account->name);
    db_bind_int64(stmt, "now", clock_now_ms());
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) *number = db_int64(stmt, 0);
    db_done(stmt);
    return code;
}

static cs_error find_own(cs_db *db, int64_t seq, int64_t number, const cs_account *account, bool is_for_manager,
                         int64_t *changes, cs_buffer *body, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db,
                 "SELECT account, changes, body FROM comment WHERE number = :number AND conversation = (SELECT "
                 "external_id FROM conversation WHERE seq = :seq)",
                 &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    db_bind_int64(stmt, "seq", seq);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && !has_row) {
        code =
            message_set(message, CS_ERR_NOT_FOUND, "there is no comment %lld in this conversation", (long long)number);
        message_remedy(message, "it may have been removed: read the conversation again");
    } else if (code == CS_OK && db_int64(stmt, 0) != account->number &&
               !(is_for_manager && account_may(account, CS_ACCOUNT_MANAGER))) {
        code = message_set(message, CS_ERR_FORBIDDEN, "this comment is another person's");
        message_remedy(message, "write your own beside it");
    } else if (code == CS_OK) {
        *changes = db_int64(stmt, 1);
        if (body && !buffer_text(body, db_text(stmt, 2)))
            code = message_set(message, CS_ERR_MEMORY, "out of memory for the comment");
    }
    db_done(stmt);
    return code;
}

static cs_error keep_body(cs_db *db, int64_t number, const char *body, cs_message *message) {
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db,
                             "UPDATE comment SET body = :body, changed_ms = :now, changes = changes + 1 WHERE number = "
                             ":number",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "body", body);
    db_bind_int64(stmt, "now", clock_now_ms());
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

cs_error comment_change(cs_db *db, int64_t seq, int64_t number, int64_t changes, const cs_account *account,
                        const char *body, cs_message *message) {
    cs_buffer before, whole;
    int64_t now = 0;
    buffer_init(&before, MOST_BODY_BYTES);
    buffer_init(&whole, MOST_BODY_BYTES);
    cs_error code = check_body(body, message);
    if (code == CS_OK) code = find_own(db, seq, number, account, false, &now, &before, message);
    if (code == CS_OK && now != changes) {
        code = message_set(message, CS_ERR_CONFLICT, "the comment was written again meanwhile");
        message_place(message, "changes");
        message_remedy(message, "look at what stands there now, then send its changes %lld", (long long)now);
    }
    if (code == CS_OK) code = comment_uncover(buffer_string(&before), body, &whole, message);
    if (code == CS_OK) code = check_body(buffer_string(&whole), message);
    if (code == CS_OK) code = keep_body(db, number, buffer_string(&whole), message);
    buffer_free(&before);
    buffer_free(&whole);
    return code;
}

cs_error comment_remove(cs_db *db, int64_t seq, int64_t number, const cs_account *account, cs_message *message) {
    cs_stmt *stmt = NULL;
    int64_t now = 0;
    cs_error code = find_own(db, seq, number, account, true, &now, NULL, message);
    if (code == CS_OK) code = db_query(db, "DELETE FROM comment WHERE number = :number", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "number", number);
    return db_run(stmt, message);
}

cs_error comments_write(cs_db *db, int64_t seq, cs_json_writer *out, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db,
                             "SELECT number, turn, from_point, to_point, body, account, name, made_ms, changed_ms, "
                             "changes FROM comment WHERE conversation = (SELECT external_id FROM conversation WHERE "
                             "seq = :seq) ORDER BY turn, number",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "seq", seq);
    json_array_open(out, "comments");
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        json_object_open(out, NULL);
        column_write_int(stmt, 0, out, "number");
        column_write_int(stmt, 1, out, "turn");
        column_write_int(stmt, 2, out, "from");
        column_write_int(stmt, 3, out, "to");
        json_write_masked(out, "body", db_text(stmt, 4));
        json_object_open(out, "by");
        column_write_int(stmt, 5, out, "number");
        column_write_text(stmt, 6, out, "name");
        json_object_close(out);
        column_write_int(stmt, 7, out, "made_ms");
        column_write_int(stmt, 8, out, "changed_ms");
        column_write_int(stmt, 9, out, "changes");
        json_object_close(out);
    }
    json_array_close(out);
    db_done(stmt);
    return code;
}
