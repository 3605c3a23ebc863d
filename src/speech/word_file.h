/* word_file.h - words.txt: the words that a centre writes down for the recogniser, one a line.
 * Floor: speech. "米家", "KF-35 | 5" with a weight (cs_user_word) behind a bar; # begins a comment; full-width ｜ and ＃ are the
 * same. A line that is none is told with what to do, and the others count; of the same word twice the last line.
 * Memory: the words live in the arena given. Threads: any.
 * Example: word_file_load("words.txt", on_problem, NULL, arena, &words, &count, &m);
 */
#ifndef CS_SPEECH_WORD_FILE_H
#define CS_SPEECH_WORD_FILE_H

#include "speech/speller.h"

enum {
    WORD_FILE_MAX_BYTES = 2 << 20,
    WORD_FILE_MAX_WORD = 16, /* characters, two at least */
};
#define WORD_FILE_WEIGHT 2.0F /* of a line that names none */

typedef struct cs_word_problem {
    const char *file;
    uint32_t line;
    const char *reason, *remedy;
} cs_word_problem;
typedef void (*cs_on_word_problem)(void *context, const cs_word_problem *problem);

/* text: UTF-8. false: out of memory. */
bool word_file_read(const char *text, size_t bytes, const char *file, cs_on_word_problem on_problem, void *context,
                    cs_arena *arena, cs_user_word **out, uint32_t *count);
/* CS_ERR_NOT_FOUND: there is none; CS_ERR_LIMIT, CS_ERR_ENCODING: it is too large, or no text. */
cs_error word_file_load(const char *path, cs_on_word_problem on_problem, void *context, cs_arena *arena,
                        cs_user_word **out, uint32_t *count, cs_message *message);

#endif
