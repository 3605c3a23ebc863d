/* openai_answer.h - what an OpenAI-compatible address answers, read as utterances.
 * Floor: speech. verbose_json (words with times, else segments with times), json and text; what others add is passed over.
 * Times lie within the piece and never go back. Without times the words share the piece's.
 * Memory: the arena given. Threads: any.
 * Example: openai_answer_read(text, bytes, "verbose_json", &piece, arena, &list, &count, &m);
 */
#ifndef CS_SPEECH_OPENAI_ANSWER_H
#define CS_SPEECH_OPENAI_ANSWER_H

#include "base/error.h"
#include "speech/utterance.h"

#include <stddef.h>

enum { CS_MAX_ANSWER_BYTES = 4 << 20, CS_MAX_SEGMENTS = 2000 };

typedef struct cs_sound_piece { /* that was sent */
    int64_t start_ms, end_ms; /* from the start of the recording */
} cs_sound_piece;

/* A piece without words gives none. CS_ERR_PARSE, CS_ERR_ENCODING, CS_ERR_LIMIT. */
cs_error openai_answer_read(const char *text, size_t bytes, const char *format, const cs_sound_piece *piece,
                            cs_arena *arena, cs_utterance **out, uint32_t *count, cs_message *message);
/* The server's own words of an error, on one line, or ""; never longer than the room. */
void openai_error_read(const char *text, size_t bytes, char *out, size_t room);

#endif
