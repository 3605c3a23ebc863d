/* sides.h - whose voice is on which channel of a recording: from what was registered, and from what was said.
 * Floor: conversation. Two channels are often registered the wrong way round; where the transcript's times say clearly
 * otherwise, they are followed and the exchange is told. Without a sound reason the side stays undecided.
 * Memory: nothing is kept. Threads: any. Example: sides_decide(conversation, &heard, &hint, arena, &sides);
 */
#ifndef CS_CONVERSATION_SIDES_H
#define CS_CONVERSATION_SIDES_H

#include "audio/listener.h"
#include "conversation/conversation.h"

/* What the listener told of a recording. */
typedef struct cs_heard {
    cs_audio_report report;
    const cs_sound *sounds; /* in the order of their starts */
    uint32_t sound_count;
    bool is_cut; /* damaged: what stands behind was not heard */
} cs_heard;

/* code, word in JSON */
#define CS_SIDE_BASIS_TABLE(X)                                                                                         \
    X(NONE, "")                                                                                                        \
    X(METADATA, "metadata")                                                                                            \
    X(NAME, "name")                                                                                                    \
    X(TIMES, "times")                                                                                                  \
    X(WORDS, "words")
typedef enum cs_side_basis {
#define X(code, name) CS_SIDE_##code,
    CS_SIDE_BASIS_TABLE(X)
#undef X
} cs_side_basis;

/* Who is said to be on each channel, apart from the conversation's own recordings: by file names, or by the centre. */
typedef struct cs_side_hint {
    cs_role roles[2]; /* CS_ROLE_UNDECIDED: not said */
    cs_side_basis basis;
} cs_side_hint;

typedef struct cs_sides {
    cs_role roles[2]; /* of the channels: agent, customer or undecided */
    uint32_t participants[2]; /* CS_NO_PARTICIPANT: nobody yet */
    cs_side_basis basis;
    float confidence; /* 0-1; below 0: not measured */
    bool is_swapped; /* against what was registered */
    bool is_one; /* both sides are on one channel */
} cs_sides;

/* Two speakers of undecided role get their roles from what they say, where that is clear; *confidence below 0: it is not. */
void sides_roles_by_words(cs_conversation *conversation, cs_arena *arena, float *confidence);
void sides_decide(const cs_conversation *conversation, const cs_heard *heard, const cs_side_hint *hint, cs_sides *out);

#endif
