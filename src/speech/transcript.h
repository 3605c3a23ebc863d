/* transcript.h - what both sides said, as turns: phrases become the turns of a conversation that had none.
 * Floor: speech. A side's words stay in their order; a turn ends at a pause, or where the other side takes over; what is said
 * at the same time stays so; a short 嗯 of the other side doesn't shatter a turn. Voices and is_heard stay.
 * Memory: the conversation's arena. Threads: one. Example: transcript_apply(c, phrases, count, &making, arena, &m);
 */
#ifndef CS_SPEECH_TRANSCRIPT_H
#define CS_SPEECH_TRANSCRIPT_H

#include "conversation/conversation.h"
#include "speech/phrase.h"

/* Commas, full stops and question marks put into a phrase's text: bytes of the whole new text; false: as it was. */
typedef bool (*cs_punctuator)(void *context, const char *text, cs_arena *arena, const char **out);

typedef struct cs_transcript_making {
    cs_recognition recognition; /* texts are copied */
    /* Who stands on each channel: cs_hearing.sides.participants; CS_NO_PARTICIPANT: nobody, its phrases are an error. */
    uint32_t participants[2];
    bool
        may_replace; /* a transcript that was given; else CS_ERR_CONFLICT. Our own and wordless turns are always replaced */
    cs_punctuator punctuate; /* NULL: pauses and particles say where a sentence ends */
    void *punctuate_context;
} cs_transcript_making;

/* For a conversation that was heard (conversation/hearing.h), in any order of phrases; ends with conversation_finish. Nothing
 * recognised at all: the turns stay wordless as they are, and the recognition is noted. Two speakers whose sides nobody knew get
 * their roles by what they say where that is clear. */
cs_error transcript_apply(cs_conversation *conversation, const cs_phrase *phrases, uint32_t count,
                          const cs_transcript_making *making, cs_arena *arena, cs_message *message);

#endif
