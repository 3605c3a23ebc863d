/* search_read.h - the texts of some conversations, read for a search. Only search*.c.
 * Floor: quality. Several at once, since on PostgreSQL each question takes a way to the server and back.
 * Memory: a conversation lives in the arena during its visit. Threads: whoever owns the cs_db.
 * Example: search_read(db, packer, places, count, arena, decide, &run, &m);
 */
#ifndef CS_QUALITY_SEARCH_READ_H
#define CS_QUALITY_SEARCH_READ_H

#include "conversation/conversation.h"
#include "quality/archive_place.h"
#include "store/pack.h"

#include <stddef.h>

/* at: its place among those asked for. false: no more. */
typedef bool (*cs_search_visit)(void *context, size_t at, const cs_conversation *conversation);

/* At most SEARCH_CHUNK, in their order; one that is gone or can't be unpacked is left out. */
cs_error search_read(cs_db *db, cs_packer *packer, const cs_place *places, size_t count, cs_arena *arena,
                     cs_search_visit visit, void *context, cs_message *message);
/* Their documents; 0: not in the index yet. */
cs_error search_read_documents(cs_db *db, const cs_place *places, size_t count, int64_t *documents,
                               cs_message *message);
bool search_reads_id(cs_db *db, int64_t seq, const char *id); /* whether it is the conversation's */

#endif
