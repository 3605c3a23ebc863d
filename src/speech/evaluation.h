/* evaluation.h - how well a recogniser did on recordings whose words are known: read, compared, summed.
 * Floor: speech. References and hypotheses are lines of three columns with tabs between: file, text, toneless pinyin; the last
 * may be missing (Chinese is then read as this program reads it). Lines that begin with # are passed over.
 * Memory: the arena given. Threads: any. Example: evaluation_lines_read("references.tsv", &sink, arena, &said, &m);
 *          evaluation_compare(&said.items[0], &heard, arena, &scored, &m);
 */
#ifndef CS_SPEECH_EVALUATION_H
#define CS_SPEECH_EVALUATION_H

#include "base/index.h"
#include "speech/error_rate.h"

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { CS_MAX_EVALUATION_LINES = 100000, CS_MAX_EVALUATION_LINE = 2 << 20 };

typedef struct cs_evaluation_line {
    const char *file; /* as it stands there */
    const char *text;
    const char *pinyin; /* NULL: none was given */
    const char *sounds; /* of what a phonetic model heard, before any character was chosen; else NULL */
    int64_t line;
} cs_evaluation_line;

typedef struct cs_evaluation_lines {
    cs_evaluation_line *items;
    uint32_t count;
    cs_index by_file;
} cs_evaluation_lines;

typedef struct cs_evaluation_sink {
    void *context;
    void (*on_trouble)(void *context, int64_t line, const cs_message *message); /* a line that is passed over */
} cs_evaluation_sink;

/* CS_ERR_NOT_FOUND, CS_ERR_IO: the file can't be read; CS_ERR_LIMIT: more than CS_MAX_EVALUATION_LINES lines. What is wrong with a line is told. */
cs_error evaluation_lines_read(const char *path, const cs_evaluation_sink *sink, cs_arena *arena,
                               cs_evaluation_lines *out, cs_message *message);
const cs_evaluation_line *evaluation_lines_find(const cs_evaluation_lines *lines, const char *file); /* NULL: none */

typedef enum cs_evaluated {
    CS_EVALUATED_SYLLABLES, /* of the words as they were written down */
    CS_EVALUATED_SOUNDS, /* of a phonetic model's bare sounds */
    CS_EVALUATED_CHARACTERS,
    CS_EVALUATED_WORDS,
    CS_EVALUATED_COUNT
} cs_evaluated;
const char *evaluated_name(cs_evaluated what); /* "syllables" */

typedef struct cs_evaluation {
    bool has[CS_EVALUATED_COUNT]; /* characters and syllables of Chinese, words of other languages */
    cs_error_counts counts[CS_EVALUATED_COUNT];
    bool is_read; /* the reference's syllables are this program's reading of its text */
} cs_evaluation;

cs_error evaluation_compare(const cs_evaluation_line *said, const cs_evaluation_line *heard, cs_arena *arena,
                            cs_evaluation *out, cs_message *message);

#endif
