#include "records/people_json.h"

#include "base/buffer.h"
#include "text/phone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LIKE_BYTES = 1024, MAX_QUESTION_BYTES = 200, MOST_LISTED = 200 };

/* Who is known by an extension alone is nobody: it only says where a call was answered. */
static const char ALL[] =
    "SELECT number FROM person WHERE kind = :kind AND merged_into IS NULL AND number > :after AND "
    "EXISTS (SELECT 1 FROM person_identity i WHERE i.person = person.number AND i.kind <> "
    "'extension') ORDER BY number LIMIT :limit";
/* One pass over the identities of the kind: there is no index for a part of a name. Letters of any case; lower changes a to z
 * alone on both databases, since the columns compare by bytes. */
#define FITTING(kinds)                                                                                                 \
    "SELECT DISTINCT person FROM person_identity WHERE kind IN (" kinds ") AND person > :after AND (lower(value) "     \
    "LIKE :text ESCAPE '\\' OR lower(name) LIKE :text ESCAPE '\\' OR lower(value) LIKE :phone ESCAPE '\\') ORDER "     \
    "BY person LIMIT :limit"
static const char *const FITTING_KIND[] = {FITTING("'customer', 'phone', 'account', 'openid'"),
                                           FITTING("'agent_id', 'agent_name'")};

static void make_like(const char *text, cs_buffer *like) {
    (void)buffer_text(like, "%");
    for (const char *at = text; *at; at++) {
        if (strchr("%_\\", *at)) (void)buffer_text(like, "\\");
        char small = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
        (void)buffer_append(like, &small, 1);
    }
    (void)buffer_text(like, "%");
}

static cs_error refuse(const char *what, const char *remedy, cs_message *message) {
    (void)message_set(message, CS_ERR_USAGE, "the value of %s is not understood", what);
    message_place(message, "%s", what);
    message_remedy(message, "%s", remedy);
    return CS_ERR_USAGE;
}

static bool parse_after(const char *after, int64_t *out) {
    char *end = NULL;
    errno = 0;
    *out = 0;
    if (!after || !*after) return true;
    long long value = strtoll(after, &end, 10);
    *out = value;
    return errno == 0 && end != after && !*end && value >= 0;
}

/* The numbers first: writing a person asks other questions. One more than limit says that there is a next page. */
static cs_error find_numbers(cs_db *db, cs_person_kind kind, const char *q, int limit, int64_t after, int64_t *out,
                             int *count, cs_message *message) {
    char phone[CS_PHONE_BYTES];
    cs_buffer text, number;
    cs_stmt *stmt = NULL;
    bool has_row = false, has_q = q && *q;
    buffer_init(&text, MAX_LIKE_BYTES);
    buffer_init(&number, MAX_LIKE_BYTES);
    if (has_q) make_like(q, &text);
    if (has_q) make_like(phone_normalise(q, phone) ? phone : q, &number);
    cs_error code = text.is_failed || number.is_failed ? message_set(message, CS_ERR_MEMORY, "no memory for the list")
                                                       : db_query(db, has_q ? FITTING_KIND[kind] : ALL, &stmt, message);
    *count = 0;
    if (code == CS_OK) {
        if (!has_q) db_bind_text(stmt, "kind", person_kind_name(kind));
        db_bind_int64(stmt, "after", after);
        db_bind_int64(stmt, "limit", (int64_t)limit + 1);
        if (has_q) db_bind_text(stmt, "text", buffer_string(&text));
        if (has_q) db_bind_text(stmt, "phone", buffer_string(&number));
        while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row && *count <= limit)
            out[(*count)++] = db_int64(stmt, 0);
        db_done(stmt);
    }
    buffer_free(&text);
    buffer_free(&number);
    return code;
}

cs_error people_list(cs_db *db, cs_person_kind kind, const char *q, int limit, const char *after, cs_json_writer *out,
                     cs_message *message) {
    int64_t numbers[MOST_LISTED + 1], from = 0;
    char next[24];
    int count = 0;
    if (limit < 1 || limit > MOST_LISTED) return refuse("limit", "limit takes a number from 1 to 200", message);
    if (q && strlen(q) > MAX_QUESTION_BYTES) return refuse("q", "q takes at most 200 bytes", message);
    if (!parse_after(after, &from))
        return refuse("after", "take \"next\" of the page before; or begin again without after", message);
    cs_error code = find_numbers(db, kind, q, limit, from, numbers, &count, message);
    if (code != CS_OK) return code;
    int shown = count > limit ? limit : count;
    json_object_open(out, NULL);
    json_array_open(out, "people");
    for (int i = 0; code == CS_OK && i < shown; i++)
        code = person_write(db, numbers[i], NULL, CS_PERSON_BRIEF, out, message);
    json_array_close(out);
    (void)snprintf(next, sizeof next, "%lld", shown ? (long long)numbers[shown - 1] : 0LL);
    json_write_string(out, "next", count > limit ? next : NULL);
    json_object_close(out);
    return code;
}
