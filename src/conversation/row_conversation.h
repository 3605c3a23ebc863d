/* row_conversation.h - one conversation out of the rows that carry its id.
 * Floor: conversation, private to the reader of rows. Memory: a draft, ended by row_conversation_close.
 * Threads: one at a time.
 * Example: row_conversation_begin(&rc, table, id, line, &m); row_conversation_add(&rc); row_conversation_close(&rc, reading);
 */
#ifndef CS_CONVERSATION_ROW_CONVERSATION_H
#define CS_CONVERSATION_ROW_CONVERSATION_H

#include "base/hash.h"
#include "conversation/draft.h"
#include "conversation/reading.h"
#include "conversation/table.h"

typedef struct cs_row_conversation {
    const cs_table *table;
    cs_draft draft; /* arena NULL: none is open */
    cs_hash id;
    int64_t first_line, row_count;
    int64_t first_ms, earliest_ms; /* epoch; CS_NO_TIME: unknown */
    bool lacks_time; /* a turn came without a time */
    cs_error refusal; /* the first thing that spoils it; CS_OK: nothing yet */
    cs_message why;
} cs_row_conversation;

cs_error row_conversation_begin(cs_row_conversation *rc, const cs_table *table, const char *id, int64_t line,
                                cs_message *message);
bool row_conversation_is_open(const cs_row_conversation *rc);
/* Takes the table's current row. What is wrong with it spoils the conversation, not the run. */
void row_conversation_add(cs_row_conversation *rc, int64_t line);
void row_conversation_refuse(cs_row_conversation *rc, cs_error code,
                             const cs_message *why); /* the first reason stays */
/* Hands it over or refuses it. CS_OK or CS_ERR_STOPPED; nothing is open afterwards. */
cs_error row_conversation_close(cs_row_conversation *rc, const cs_reading *reading);
void row_conversation_drop(cs_row_conversation *rc);

/* Private to row_conversation*.c: one turn as it stands in a row. */
typedef struct cs_row_turn {
    const char *speaker, *agent, *text, *time; /* "" for none */
    bool is_role; /* the speaker may be a role's name as well as a value of "speakers" */
    bool has_time; /* false: it has none by its mapping, so time is not looked at */
    void (*place)(const cs_row_conversation *rc, const struct cs_row_turn *turn, const char *part, cs_message *message);
    const cs_turn_columns *columns; /* for place */
    size_t index; /* of a list of turns */
} cs_row_turn;
cs_error row_conversation_turn(cs_row_conversation *rc, const cs_row_turn *turn, cs_message *message);
cs_error row_conversation_turns(cs_row_conversation *rc, cs_message *message); /* all of a row, but CS_TURNS_ROWS */
cs_error row_conversation_time(cs_row_conversation *rc, const char *text, int64_t *out, cs_message *message);

#endif
