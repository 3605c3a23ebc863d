/* funasr_answer.h - a message of FunASR's server, read as utterances.
 * Floor: speech. Times of its characters and words become units where there are as many as the text has; else its sentences, else
 * the whole have their times. Times lie within the sound that was sent and never go back.
 * Memory: the arena given. Threads: any.
 * Example: funasr_answer_read(text, bytes, &span, arena, &answer, &m); tell(answer.list, answer.count);
 */
#ifndef CS_SPEECH_FUNASR_ANSWER_H
#define CS_SPEECH_FUNASR_ANSWER_H

#include "base/error.h"
#include "speech/utterance.h"

#include <stddef.h>

enum { CS_MAX_FUNASR_BYTES = 4 << 20, CS_MAX_SENTENCES = 2000 };

typedef struct cs_funasr_span {
    int64_t start_ms; /* of the stream: what the server's times count from */
    int64_t told_ms; /* nothing is told before it */
    int64_t end_ms; /* of what was sent */
} cs_funasr_span;

typedef struct cs_funasr_answer {
    cs_utterance *list; /* all final, but of a partial */
    uint32_t count;
    bool is_partial; /* 2pass-online: a piece of text that a 2pass-offline replaces */
    bool is_corrected; /* 2pass-offline */
    bool is_final; /* the server says that nothing more comes */
} cs_funasr_answer;

cs_error funasr_answer_read(const char *text, size_t bytes, const cs_funasr_span *span, cs_arena *arena,
                            cs_funasr_answer *out, cs_message *message);

#endif
