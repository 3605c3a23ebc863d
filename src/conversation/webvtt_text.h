/* webvtt_text.h - the text of one cue: who speaks (<v agent 李晓芸>), without tags, entities decoded.
 * Floor: conversation, private to the WebVTT reader. Memory: in the arena. Threads: any.
 * Example: webvtt_cue_text(text, bytes, arena, on_voice, context, message);
 */
#ifndef CS_CONVERSATION_WEBVTT_TEXT_H
#define CS_CONVERSATION_WEBVTT_TEXT_H

#include "conversation/conversation.h"

typedef struct cs_cue_voice {
    cs_role role;
    const char *name; /* NULL: none given */
    const char *text; /* without blanks at both ends, never empty */
    size_t bytes;
} cs_cue_voice;

/* Calls on_voice for each stretch of text of one voice; a failure of it ends the reading. */
cs_error webvtt_cue_text(const char *text, size_t bytes, cs_arena *arena,
                         cs_error (*on_voice)(void *context, const cs_cue_voice *voice, cs_message *message),
                         void *context, cs_message *message);
/* Role of a word (agent, 坐席, …); CS_ROLE_COUNT: none. */
cs_role webvtt_role(const char *word, size_t bytes);

#endif
