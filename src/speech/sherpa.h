/* sherpa.h - the library sherpa-onnx with one model loaded, inside the child process that hosts it.
 * Floor: speech, for host.c alone: the library calls exit() on broken models, so that no other process ever loads it. Sound is
 * collected by sherpa_push and recognised by sherpa_step, a little for all streams at once, until it says that it is idle.
 * Memory: utterances live until on_utterance returns. Threads: one.
 * Example: sherpa_open(&setup, &sink, &s, &m); sherpa_begin(s, 1, 8000, 0, &m); sherpa_push(s, 1, samples, 800, &m); sherpa_step(s, &m);
 */
#ifndef CS_SPEECH_SHERPA_H
#define CS_SPEECH_SHERPA_H

#include "speech/wire.h"

typedef struct cs_sherpa cs_sherpa;

typedef struct cs_sherpa_sink {
    void *context;
    void (*on_utterance)(void *context, uint32_t stream, const cs_utterance *utterance);
    void (*on_end)(void *context, uint32_t stream); /* everything was told; the stream is gone */
    void (*on_progress)(void *context); /* a sign of life before something that takes long */
} cs_sherpa_sink;

/* CS_ERR_NOT_FOUND: no library there; CS_ERR_CONFLICT: of another version; CS_ERR_PARSE: it does not take the model. It may
 * also end the process, with words on standard error. */
cs_error sherpa_open(const cs_wire_setup *setup, const cs_sherpa_sink *sink, cs_sherpa **out, cs_message *message);
const char *sherpa_version(const cs_sherpa *sherpa);
bool sherpa_is_streaming(const cs_sherpa *sherpa);
/* CS_ERR_USAGE: the number is taken, unknown, or too many are open. */
cs_error sherpa_begin(cs_sherpa *sherpa, uint32_t number, int rate_hz, int64_t start_ms, cs_message *message);
cs_error sherpa_push(cs_sherpa *sherpa, uint32_t number, const float *samples, uint32_t count, cs_message *message);
void sherpa_end(cs_sherpa *sherpa, uint32_t number); /* no more comes; an unknown number is passed over */
void sherpa_drop(cs_sherpa *sherpa, uint32_t number); /* on_end is not called */
/* The text with commas and full stops, until the next call; NULL: the model is for something else, or gave no text. */
const char *sherpa_punctuate(cs_sherpa *sherpa, const char *text);
bool sherpa_step(cs_sherpa *sherpa); /* false: there is nothing to do */

#endif
