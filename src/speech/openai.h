/* openai.h - a piece of sound, recognised by an OpenAI-compatible address.
 * Floor: speech, private to remote.c. The piece goes as a wav of 16 bits at its own rate; nothing of it is kept.
 * Memory: utterances live in the arena given. Threads: one at a time.
 * Example: openai_open(&address, NULL, &o, &m); openai_recognise(o, samples, count, 8000, &piece, arena, &list, &told, &m);
 */
#ifndef CS_SPEECH_OPENAI_H
#define CS_SPEECH_OPENAI_H

#include "speech/openai_answer.h"
#include "speech/remote_address.h"

#include <signal.h>

typedef struct cs_openai cs_openai;

/* address must live as long; is_stopped may be NULL. */
cs_error openai_open(const cs_remote_address *address, const volatile sig_atomic_t *is_stopped, cs_openai **out,
                     cs_message *message);
void openai_close(cs_openai *openai); /* NULL is allowed */
cs_error openai_recognise(cs_openai *openai, const int16_t *samples, uint32_t count, int rate_hz,
                          const cs_sound_piece *piece, cs_arena *arena, cs_utterance **out, uint32_t *told,
                          cs_message *message);

#endif
