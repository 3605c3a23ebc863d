/* guess.h - what a file of rows most likely holds: from the names of its columns, Chinese or English, and its first values a
 * mapping, with how sure each column is. A person looks at it before anything is read in.
 * Floor: conversation. Memory: all in the guess, ended by guess_free. Threads: any; a guess belongs to one.
 * At most the first 200 rows are looked at.
 * Example: cs_guess g; if (guess_file("calls.csv", &g, &m) == CS_OK && g.mapping.length) puts(g.mapping.data); guess_free(&g);
 */
#ifndef CS_CONVERSATION_GUESS_H
#define CS_CONVERSATION_GUESS_H

#include "base/buffer.h"
#include "conversation/mapping_columns.h"

enum { CS_GUESS_SAMPLES = 3 };

typedef struct cs_guess_column {
    const char *name; /* of the header, or the path in JSON; "" without a header */
    const char *samples[CS_GUESS_SAMPLES]; /* "" beyond */
    const char *use; /* "conversation", "fields.产品", "turns[1].text"; NULL: left out */
    double sure; /* 0-1 */
} cs_guess_column;

typedef struct cs_guess {
    cs_arena *arena;
    cs_mapping_format format;
    cs_mapping_kind kind;
    const char *encoding; /* "utf-8"; "" for a workbook */
    cs_guess_column *columns;
    uint32_t column_count;
    cs_buffer mapping; /* JSON that mapping_parse takes; empty: nothing could be made of it */
} cs_guess;

/* Fails when the file can't be read as rows at all. Call guess_free in any case. */
cs_error guess_file(const char *path, cs_guess *out, cs_message *message);
void guess_free(cs_guess *guess);

#endif
