/* undo.h - taking back what an import brought, in steps that each leave the store whole.
 * Floor: imports. What a later import changed stays, and is counted. Conversations that the import made are removed with all that
 * hangs on them; changed ones get their earlier text back; records that it replaced are current again; what its conversations
 * told the event log is withdrawn. What has to be joined or inspected again is put on the lists of the pipeline (join_due,
 * match_due), which runs afterwards. Beside archive*.c this is the only SQL that removes conversations.
 * Memory: none kept. Threads: whoever owns the cs_db. Killed in the middle, it is called again and goes on.
 * Example: undo_run(db, data, rules, 12, &stop, &counts, &m);
 */
#ifndef CS_IMPORTS_UNDO_H
#define CS_IMPORTS_UNDO_H

#include "imports/import_counts.h"
#include "store/db.h"

#include <signal.h>

/* rules: the store's current ones; NULL: it has none, and nothing was inspected. counts are saved in the import's row with
 * each step. CS_ERR_STOPPED: asked to. */
cs_error undo_run(cs_db *db, const char *data, const cs_ruleset *rules, int64_t import,
                  const volatile sig_atomic_t *is_stopped, cs_import_counts *counts, cs_message *message);
/* When the pipeline has inspected the restored ones again: their history reads as it did. */
cs_error undo_settle(cs_db *db, const cs_import_counts *counts, cs_message *message);

#endif
