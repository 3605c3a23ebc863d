/* comment.h - what people write beside a turn, or beside some words of it.
 * Floor: quality. Kept by the centre's id of the conversation, like judgements. Only who wrote one changes it; a manager may
 * remove it. A writer says how often it was written when he read it: another's newer text is never overwritten.
 * Memory: none but the writer's. Threads: whoever owns the cs_db; writing ones inside the caller's transaction.
 * Example: comment_add(db, seq, account, &(cs_comment){.turn = 3, .body = "…"}, &number, &m);
 */
#ifndef CS_QUALITY_COMMENT_H
#define CS_QUALITY_COMMENT_H

#include "access/account.h"
#include "base/json.h"
#include "store/db.h"

enum { CS_MAX_COMMENT = 4000, CS_MOST_COMMENTS = 500 }; /* bytes of one; of one conversation */

typedef struct cs_comment {
    int64_t turn; /* from 1 */
    int64_t from, to; /* code points, to exclusive; to 0: the whole turn */
    const char *body;
} cs_comment;

cs_error comment_add(cs_db *db, int64_t seq, const cs_account *account, const cs_comment *comment, int64_t *number,
                     cs_message *message);
/* CS_ERR_NOT_FOUND, CS_ERR_FORBIDDEN: another's; CS_ERR_CONFLICT: it was written again since `changes`. */
cs_error comment_change(cs_db *db, int64_t seq, int64_t number, int64_t changes, const cs_account *account,
                        const char *body, cs_message *message);
cs_error comment_remove(cs_db *db, int64_t seq, int64_t number, const cs_account *account, cs_message *message);
cs_error comments_write(cs_db *db, int64_t seq, cs_json_writer *out, cs_message *message); /* "comments" */

#endif
