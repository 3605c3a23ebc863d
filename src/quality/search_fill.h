/* search_fill.h - the index for conversations that it does not hold: of a store of an older version, or made anew.
 * Floor: quality. In small transactions, so that others write between them; killed at any moment, the rest is done next time.
 * Memory: none kept. Threads: the db for reading and the packer are the caller's; what is written goes through the writer.
 * Example: while (has_more) search_fill_some(db, packer, writer, &has_more, &m);
 */
#ifndef CS_QUALITY_SEARCH_FILL_H
#define CS_QUALITY_SEARCH_FILL_H

#include "conversation/conversation.h"
#include "store/pack.h"
#include "store/writer.h"

/* Of one conversation whose text was exchanged, in the caller's transaction; found as soon as that is committed. */
cs_error search_fill_one(cs_db *db, int64_t seq, const cs_conversation *conversation, cs_message *message);
/* The document of a conversation that goes. */
cs_error search_forget(cs_db *db, int64_t seq, cs_message *message);

/* Some hundred of those that wait. *done: how many; 0: none waits. */
cs_error search_fill_some(cs_db *db, cs_packer *packer, cs_writer *writer, int64_t *done, cs_message *message);
/* Forgets the whole index: all conversations wait. What is searched meanwhile says so. */
cs_error search_fill_anew(cs_writer *writer, cs_message *message);

#endif
