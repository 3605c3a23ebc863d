/* hearing.h - what was heard in a recording becomes part of its conversation: voices, turns without words where nothing was
 * written down, times set right, loudness and pitch, holds, the quality of the line.
 * Floor: conversation. Nothing is invented: a side that is not known stays undecided, and a timeline without times gets none.
 * Memory: the conversation's arena. Threads: one. Example: hearing_apply(c, &heard, &hint, arena, &hearing, &m);
 */
#ifndef CS_CONVERSATION_HEARING_H
#define CS_CONVERSATION_HEARING_H

#include "base/json.h"
#include "conversation/sides.h"

typedef struct cs_hearing {
    cs_heard heard;
    cs_sides sides;
} cs_hearing;

/* For a finished conversation; ends with conversation_finish again. The sounds must live as long as the conversation. */
cs_error hearing_apply(cs_conversation *conversation, const cs_heard *heard, const cs_side_hint *hint, cs_arena *arena,
                       cs_hearing *out, cs_message *message);
/* Loudness and pitch of turns that were made after it was heard, from the voices that it keeps. false: no memory. */
bool hearing_measure(cs_conversation *conversation, cs_arena *arena);
/* The object "recording" of docs/api.md, without its key. */
void hearing_write(cs_json_writer *out, const cs_conversation *conversation, const cs_hearing *hearing);
/* "good", "noisy", "clipped" or "faint": what can be said against the line of a side; "silent": nobody was heard on it. */
const char *hearing_line(const cs_side_report *side);

#endif
