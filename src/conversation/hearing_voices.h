/* hearing_voices.h - voices on channels become voices of participants, and turns where nothing was written. Private to
 * conversation/. Floor: conversation. Memory: the arena given. Threads: one.
 * Example: voices_attribute(c, &heard, &sides, arena, &voices); ... voices_make_turns(c, arena);
 */
#ifndef CS_CONVERSATION_HEARING_VOICES_H
#define CS_CONVERSATION_HEARING_VOICES_H

#include "conversation/sides.h"

typedef struct cs_voices {
    cs_voice *items;
    uint32_t count, room;
} cs_voices;

/* Fills in sides->participants of channels that had nobody; adds participants where there are none. false: no memory. */
bool voices_attribute(cs_conversation *conversation, const cs_heard *heard, cs_sides *sides, cs_arena *arena,
                      cs_voices *out);
bool voices_make_turns(cs_conversation *conversation, cs_arena *arena); /* from conversation->voices */
const char *channels_name(cs_channels relation); /* "two", "same", … */

#endif
