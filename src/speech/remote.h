/* remote.h - a recogniser at an address: what recogniser.c does with models of CS_MODEL_HTTP and CS_MODEL_WEBSOCKET.
 * Floor: speech, private to recogniser.c. An OpenAI-compatible address gets pieces of at most 30 seconds, cut where it is quietest,
 * and answers each before the next; FunASR's server gets the sound as it comes, on a connection for each stream.
 * Memory: a remote is its owner's; utterances live until the sink returns. Threads: one at a time.
 * Example: remote_open(&options, &remote, &identity, &m); remote_begin(remote, 8000, 0, &sink, &stream, &m);
 */
#ifndef CS_SPEECH_REMOTE_H
#define CS_SPEECH_REMOTE_H

#include "speech/recogniser.h"

enum { CS_REMOTE_PIECE_S = 30, CS_REMOTE_LEAST_MS = 100 };

typedef struct cs_remote cs_remote;
typedef struct cs_remote_stream cs_remote_stream;

bool remote_is(const cs_speech_model *model);
/* Fills who it is; its words live as long as the remote. Nothing is sent yet. */
cs_error remote_open(const cs_recogniser_options *options, cs_remote **out, cs_recogniser_identity *identity,
                     cs_message *message);
void remote_close(cs_remote *remote); /* NULL is allowed; its streams must be finished */
cs_error remote_begin(cs_remote *remote, int rate_hz, int64_t start_ms, const cs_utterance_sink *sink,
                      cs_remote_stream **out, cs_message *message);
cs_error remote_push(cs_remote_stream *stream, const float *samples, uint32_t count, cs_message *message);
cs_error remote_finish(cs_remote_stream *stream, cs_message *message); /* the stream is gone, whatever it returns */
/* Tells what came, waiting at most so long, and less where others are to be looked at, too. */
cs_error remote_poll(cs_remote_stream *stream, int wait_ms, cs_message *message);
void remote_drop(cs_remote_stream *stream); /* without telling what is left; NULL is allowed */

#endif
