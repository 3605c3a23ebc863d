/* saved_filter.h - filters of the list that somebody keeps under a name, for oneself or for all.
 * Floor: quality. A filter is an object of the list's own parameters, and sort; days: from and to roll along, ending with the
 * day on which it is opened. What is for all may be changed by its owner and by managers; what was kept while there were no
 * accounts belongs to the managers.
 * Memory: what is read is written out at once. Threads: whoever owns the cs_db; writing in the caller's transaction.
 * Example: saved_filter_make(db, account, body, now_ms, &number, &m); saved_filters_write(db, account, out, &m);
 */
#ifndef CS_QUALITY_SAVED_FILTER_H
#define CS_QUALITY_SAVED_FILTER_H

#include "access/account.h"
#include "base/json.h"
#include "store/db.h"

enum {
    CS_MAX_SAVED_FILTERS = 200, /* of one account */
    CS_MAX_FILTER_NAME = 60, /* characters */
    CS_MAX_FILTER_BYTES = 8192,
    CS_MAX_FILTER_DAYS = 366,
};

/* body: {"name", "filter": {"agent": "…"}, "days": 7, "is_shared": true}; CS_ERR_CONFLICT: the account has one of this name. */
cs_error saved_filter_make(cs_db *db, const cs_account *account, const cs_json *body, int64_t now_ms, int64_t *number,
                           cs_message *message);
/* What the body doesn't name stays. Its changes are those that were seen: CS_ERR_CONFLICT says by whom, and when, it was
 * changed since. CS_ERR_FORBIDDEN: it is somebody else's. */
cs_error saved_filter_change(cs_db *db, const cs_account *account, int64_t number, const cs_json *body, int64_t now_ms,
                             cs_message *message);
cs_error saved_filter_remove(cs_db *db, const cs_account *account, int64_t number, int64_t changes,
                             cs_message *message);

/* One of them; CS_ERR_NOT_FOUND: there is none that the account may see. */
cs_error saved_filter_write(cs_db *db, const cs_account *account, int64_t number, cs_json_writer *out,
                            cs_message *message);
/* {"filters": [...]}: own ones and those for all, by name */
cs_error saved_filters_write(cs_db *db, const cs_account *account, cs_json_writer *out, cs_message *message);

#endif
