/* speech_second.h - a model beside the recogniser, in a child of its own that a desk keeps: one that punctuates, one that finds voices.
 * Floor: quality, private to speech_*.c. It is only ever a help: when it can't be had, fails or hangs, what it would have added is
 * missing, and never the transcript. That is told once in a process; after three failures a desk does without.
 * Memory: of the shop and of the recogniser. Threads: one, its desk's; the shop is shared.
 * Example: cs_recogniser *r = second_take(shop, &desk->marks, "zh"); if (r && recogniser_punctuate(...) != CS_OK) second_failed(...);
 */
#ifndef CS_QUALITY_SPEECH_SECOND_H
#define CS_QUALITY_SPEECH_SECOND_H

#include "quality/speech_desk.h"

enum { CS_SECOND_FAILURES = 3 };

typedef struct cs_speech_second {
    cs_model_kind kind;
    bool is_sought;
    const cs_speech_model *model; /* NULL: none is here */
    cs_recogniser *recogniser; /* NULL: not started, or it could not be had */
    int failures;
} cs_speech_second;

/* NULL: no model of its kind is here, it does not know the language, or it has failed too often. language NULL: any. */
cs_recogniser *second_take(cs_speech_shop *shop, cs_speech_second *second, const char *language);
void second_failed(cs_speech_shop *shop, cs_speech_second *second, const cs_message *why);
void second_close(cs_speech_second *second);

#endif
