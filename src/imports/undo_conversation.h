/* undo_conversation.h - one conversation of an import taken back: removed, or given its earlier text. Private to undo*.c.
 * Floor: imports. Memory: none kept. Threads: whoever owns the cs_db; in the caller's transaction.
 * Blobs that nothing else names are noted in the temporary table gone_blob, for undo_remove_blobs before the commit.
 * Example: conversation_remove(db, rules, seq, &m);
 */
#ifndef CS_IMPORTS_UNDO_CONVERSATION_H
#define CS_IMPORTS_UNDO_CONVERSATION_H

#include "rules/ruleset.h"
#include "store/db.h"
#include "store/pack.h"

/* Runs a statement whose only parameters are :a, :b and :c, as far as it has them. */
cs_error undo_run_sql(cs_db *db, const char *sql, const char *names, const int64_t *values, cs_message *message);

cs_error undo_prepare_blobs(cs_db *db, cs_message *message); /* outside a transaction */
cs_error conversation_remove(cs_db *db, const cs_ruleset *rules, int64_t seq, cs_message *message);
cs_error conversation_restore(cs_db *db, cs_packer *packer, const cs_ruleset *rules, int64_t seq, int64_t version,
                              cs_message *message);
/* What it says of its people, this import says too. */
cs_error conversation_name_people(cs_db *db, cs_packer *packer, int64_t seq, int64_t import, cs_message *message);
/* Removes the files of gone blobs that no conversation has any more. */
cs_error undo_remove_blobs(cs_db *db, const char *data, cs_message *message);

#endif
