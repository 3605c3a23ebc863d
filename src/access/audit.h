/* audit.h - the trail of who did what when: rows are only added, each carries the hash of the one before.
 * Floor: access. An action is "noun.verb": "session.open", "session.refused", "account.change", "conversation.reveal",
 * "conversations.export", "rule.publish". Subject is what it was done to, in words a person finds again (an id, a name);
 * detail says more, or is empty. Neither ever holds what is kept secret. Texts that are too long are cut.
 * Memory: none. Threads: who has the handle. Example: audit_add(db, request->account, "rule.publish", rule, "version 3", m);
 */
#ifndef CS_ACCESS_AUDIT_H
#define CS_ACCESS_AUDIT_H

#include "access/account.h"
#include "base/json.h"
#include "store/db.h"

enum { CS_AUDIT_HASH_BYTES = 32, CS_MAX_AUDIT_ACTION = 60, CS_MAX_AUDIT_TEXT = 500 };

/* Inside a writing transaction: what is done and that it was done are one. subject and detail may be NULL. */
cs_error audit_add(cs_db *db, const cs_account *account, const char *action, const char *subject, const char *detail,
                   cs_message *message);
/* The same in a transaction of its own, for whoever only reads: when it fails, nothing is to be shown. */
cs_error audit_write(const char *data, const cs_account *account, const char *action, const char *subject,
                     const char *detail, cs_message *message);

typedef struct cs_audit_filter {
    int64_t from_ms, to_ms; /* CS_NO_TIME: not asked */
    int64_t account; /* INT64_MIN: not asked */
    const char *action; /* exactly, or all of a noun: "account."; NULL: not asked */
    int64_t before; /* rows with a smaller number; 0: from the newest */
    int limit;
} cs_audit_filter;

/* {"entries": [...], "next"}: newest first. */
cs_error audit_list(cs_db *db, const cs_audit_filter *filter, cs_json_writer *out, cs_message *message);

typedef struct cs_audit_state {
    int64_t rows; /* that were looked at and are whole */
    int64_t broken; /* number of the first row that was changed, or before which one is missing; 0: none */
    unsigned char hash[CS_AUDIT_HASH_BYTES]; /* of the last whole row */
} cs_audit_state;

/* Reads all of it. CS_OK also when a row is broken. A trail whose end was cut off is whole: compare rows and hash with what was noted. */
cs_error audit_verify(cs_db *db, cs_audit_state *out, cs_message *message);

#endif
