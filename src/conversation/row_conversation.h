/* row_conversation.h - one conversation out of the rows that carry its id.
 * Floor: conversation, private to the reader of rows. Memory: a draft, ended by row_conversation_close.
 * Threads: one at a time. Example: row_conversation_begin(&rc, columns, id, line); row_conversation_add(&rc, &row); …
 */
#ifndef CS_CONVERSATION_ROW_CONVERSATION_H
#define CS_CONVERSATION_ROW_CONVERSATION_H

#include "base/hash.h"
#include "conversation/draft.h"
#include "conversation/mapping_columns.h"
#include "conversation/reading.h"
#include "conversation/rows.h"

/* A mapping with its columns found in one file: numbers from 1, 0 where not mapped. */
typedef struct cs_row_columns {
    const cs_mapping *mapping;
    uint32_t uses[CS_COLUMN_USES];
    const uint32_t *fields;
} cs_row_columns;

typedef struct cs_row_conversation {
    const cs_row_columns *columns;
    cs_draft draft; /* arena NULL: none is open */
    cs_hash id;
    int64_t first_line, row_count;
    int64_t first_ms, earliest_ms; /* epoch; CS_NO_TIME: unknown */
    bool lacks_time; /* a turn came without a time */
    cs_error refusal; /* the first thing that spoils it; CS_OK: nothing yet */
    cs_message why;
} cs_row_conversation;

cs_error row_conversation_begin(cs_row_conversation *rc, const cs_row_columns *columns, const char *id, int64_t line,
                                cs_message *message);
bool row_conversation_is_open(const cs_row_conversation *rc);
/* What is wrong with a row spoils the conversation, not the run. */
void row_conversation_add(cs_row_conversation *rc, const cs_row *row);
void row_conversation_refuse(cs_row_conversation *rc, cs_error code,
                             const cs_message *why); /* the first reason stays */
/* Hands it over or refuses it. CS_OK or CS_ERR_STOPPED; nothing is open afterwards. */
cs_error row_conversation_close(cs_row_conversation *rc, const cs_reading *reading);
void row_conversation_drop(cs_row_conversation *rc);

#endif
