/* evaluation_hear.h - a recording goes through a recogniser, made worse first when asked; what was heard comes back as text.
 * Floor: speech. One channel as one stream, from its first sample to its last: nothing is left out as silence, so that the
 * figure is the recogniser's alone. Memory: texts live in the arena; the samples pass through in blocks.
 * Threads: that of the recogniser. Example: evaluation_hear(&ear, "call.wav#2", arena, &heard, &m);
 */
#ifndef CS_SPEECH_EVALUATION_HEAR_H
#define CS_SPEECH_EVALUATION_HEAR_H

#include "speech/degrade.h"
#include "speech/evaluation.h"
#include "speech/phrase.h"
#include "speech/recogniser.h"

typedef struct cs_evaluation_ear {
    cs_recogniser *recogniser;
    const cs_phrase_making *making;
    cs_degrading degrading;
    /* Each word, after the file is over; may be NULL. */
    void (*on_word)(void *context, const cs_heard_word *word);
    void *context;
} cs_evaluation_ear;

typedef struct cs_evaluation_heard {
    cs_evaluation_line line; /* text; pinyin and sounds of a phonetic model: as its characters are read, and as heard */
    int64_t audio_ms, spent_us; /* its length; the time that the recogniser took, decoding included */
} cs_evaluation_heard;

/* path may end in #1 or #2: this channel of two. CS_ERR_USAGE: there are two and none was chosen. */
cs_error evaluation_hear(const cs_evaluation_ear *ear, const char *path, cs_arena *arena, cs_evaluation_heard *out,
                         cs_message *message);

#endif
