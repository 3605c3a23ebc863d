/* funasr.h - sound that goes to FunASR's WebSocket server as it comes, and what is told of it.
 * Floor: speech, private to remote.c. One connection for each stream. History asks for mode offline, what is being said for 2pass.
 * Memory: a stream is its owner's; utterances live until the sink returns. Threads: one a stream.
 * Example: funasr_begin(&plan, &f, &m); funasr_push(f, samples, 1600, &m); funasr_finish(f, &m); funasr_close(f);
 */
#ifndef CS_SPEECH_FUNASR_H
#define CS_SPEECH_FUNASR_H

#include "speech/recogniser.h"
#include "speech/remote_address.h"

typedef struct cs_funasr_plan {
    const cs_remote_address *address; /* must live as long */
    const cs_recogniser_options *options;
    int rate_hz;
    int64_t start_ms;
    const cs_utterance_sink *sink;
} cs_funasr_plan;

typedef struct cs_funasr cs_funasr;

cs_error funasr_begin(const cs_funasr_plan *plan, cs_funasr **out, cs_message *message);
cs_error funasr_push(cs_funasr *funasr, const int16_t *samples, uint32_t count, cs_message *message);
cs_error funasr_poll(cs_funasr *funasr, int wait_ms, cs_message *message); /* tells what came */
cs_error funasr_finish(cs_funasr *funasr, cs_message *message); /* tells what is left; funasr_close is still due */
void funasr_close(cs_funasr *funasr); /* NULL is allowed */

#endif
