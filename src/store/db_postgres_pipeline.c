/* Writes that nobody waits for: inside a transaction they are sent and answered together with the next question, or at its
 * end. What one of them is refused for is said there, and the transaction is undone as it would have been.
 * Measured with conversations of twelve turns: a save goes to the server and back 14 times instead of 31. */
#include "store/db_postgres.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WAITING = 256 }; /* their answers must fit into what the system keeps of a connection */

bool postgres_may_wait(const postgres_db *db) {
    if (db->base.mode != CS_DB_WRITE || db->is_brief || db->failed) return false;
    return db->waiting > 0 || PQtransactionStatus(db->raw) == PQTRANS_INTRANS;
}

/* Called before each one that is sent without waiting. */
bool postgres_wait(postgres_db *db) {
    if (db->waiting >= MOST_WAITING) postgres_settle(db);
    if (db->failed || (db->waiting == 0 && !PQenterPipelineMode(db->raw))) return false;
    db->waiting++;
    return true;
}

bool postgres_not_sent(postgres_db *db) {
    if (--db->waiting == 0) (void)PQexitPipelineMode(db->raw);
    return false;
}

/* The result of the next one, without the end that libpq puts behind each. */
static PGresult *take(postgres_db *db) {
    PGresult *result = PQgetResult(db->raw);
    PGresult *end = result && PQresultStatus(result) != PGRES_PIPELINE_SYNC ? PQgetResult(db->raw) : NULL;
    PQclear(end);
    return result;
}

void postgres_count_changes(postgres_db *db, PGresult *result) {
    const char *command = PQcmdStatus(result);
    if (strncmp(command, "INSERT", 6) != 0 && strncmp(command, "UPDATE", 6) != 0 && strncmp(command, "DELETE", 6) != 0)
        return;
    db->changes = strtoll(PQcmdTuples(result), NULL, 10);
    db->written += db->changes;
}

static PGresult *settle(postgres_db *db, bool is_asking) {
    PGresult *answer = NULL;
    bool is_sent = PQpipelineSync(db->raw) == 1;
    for (; is_sent && db->waiting > 0; db->waiting--) {
        PGresult *result = take(db);
        ExecStatusType status = PQresultStatus(result);
        if (is_asking && db->waiting == 1) {
            answer = result;
        } else if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            postgres_count_changes(db, result);
            PQclear(result);
        } else if (!db->failed && status != PGRES_PIPELINE_ABORTED) {
            db->failed = result ? result : PQmakeEmptyPGresult(db->raw, PGRES_FATAL_ERROR);
        } else {
            PQclear(result);
        }
    }
    db->waiting = 0;
    if (is_sent) PQclear(take(db)); /* of the sync */
    /* It can't end where the connection broke: then nothing more goes over it anyway. */
    if (!is_sent || !PQexitPipelineMode(db->raw))
        if (!db->failed) db->failed = PQmakeEmptyPGresult(db->raw, PGRES_FATAL_ERROR);
    if (db->failed) {
        PQclear(answer);
        answer = NULL;
    }
    return answer;
}

void postgres_settle(postgres_db *db) {
    if (db->waiting > 0) PQclear(settle(db, false));
}

PGresult *postgres_answer(postgres_db *db) {
    return settle(db, true);
}

cs_error postgres_flush(postgres_db *db, const char *doing, cs_message *message) {
    postgres_settle(db);
    if (!db->failed) return CS_OK;
    PGresult *failed = db->failed;
    db->failed = NULL;
    return postgres_failure(db, failed, doing, message);
}

void postgres_forget(postgres_db *db) {
    postgres_settle(db);
    PQclear(db->failed);
    db->failed = NULL;
}
