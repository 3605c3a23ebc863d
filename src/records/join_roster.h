/* join_roster.h - who an agent was on a day: the roster's row that was valid then.
 * Floor: records. Staff numbers come before extensions, extensions before names. Where rows of one agent overlap nobody can
 * tell, and none counts.
 * Memory: the row lives in the arena given. Threads: whoever owns the cs_db.
 * Example: roster_find(db, &(cs_agent_names){.extension = "1001"}, started_ms, arena, &row, &m);
 */
#ifndef CS_RECORDS_JOIN_ROSTER_H
#define CS_RECORDS_JOIN_ROSTER_H

#include "records/record.h"
#include "store/db.h"

typedef struct cs_agent_names {
    const char *agent_id, *extension, *name; /* NULL: unknown */
} cs_agent_names;

/* at_ms CS_NO_TIME: only a row that is the agent's only one counts. CS_ERR_NOT_FOUND: none, or more than one. */
cs_error roster_find(cs_db *db, const cs_agent_names *names, int64_t at_ms, cs_arena *arena, cs_record **out,
                     cs_message *message);

#endif
