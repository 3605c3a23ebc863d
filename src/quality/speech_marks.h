/* speech_marks.h - commas and full stops by a model, where one is here: a cs_punctuator of a desk.
 * Floor: quality, private to speech_*.c. Memory: the arena given. Threads: the desk's.
 * Example: making.punctuate = marks_put; making.punctuate_context = &marks;
 */
#ifndef CS_QUALITY_SPEECH_MARKS_H
#define CS_QUALITY_SPEECH_MARKS_H

#include "quality/speech_second.h"

typedef struct cs_speech_marks {
    cs_speech_shop *shop;
    cs_speech_second *second;
    const char *language; /* of the conversation; NULL: not known */
} cs_speech_marks;

/* cs_punctuator. false: no model is here, or it failed; pauses say then where a sentence ends. */
bool marks_put(void *context, const char *text, cs_arena *arena, const char **out);

#endif
