/* source.h - rule files as statements and tokens, with the place of each. Private to rules/.
 * Floor: rules. A statement begins at the margin and takes the indented lines below it; # begins a comment.
 * Memory: the arena. Threads: one. Example: source_split(text, n, "a.rules", arena, &statements, &count)
 */
#ifndef CS_RULES_SOURCE_H
#define CS_RULES_SOURCE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum cs_token_kind {
    TOKEN_END, /* zeroed memory behind the last token reads so too */
    TOKEN_WORD, /* when, 售后, no-blame */
    TOKEN_NUMBER, /* 3, -10, 2m, 60%, 10秒: value and unit */
    TOKEN_STRING, /* "…" without its quotes; \" and \\ inside */
    TOKEN_REGEX, /* /…/ without its slashes */
    TOKEN_PUNCT, /* ( ) | , : = != < <= > >= */
    TOKEN_NEWLINE,
    TOKEN_BAD, /* text says what is wrong */
} cs_token_kind;

typedef struct cs_token {
    cs_token_kind kind;
    const char *text; /* as written */
    const char *word; /* of a word: its English keyword where it is the Chinese one, else the text */
    const char *twin; /* the Chinese keyword, once the parser took it as a keyword; NULL: not taken as one */
    double value;
    char unit[4]; /* "", "ms", "s", "m", "h", "d", "%" */
    uint32_t line, column; /* from 1; column counts characters */
} cs_token;

typedef struct cs_source_unit {
    const char *unit, *zh; /* of 30s: "s", 秒 */
    int64_t ms; /* 0: no time */
} cs_source_unit;
enum { SOURCE_UNITS = 8 };
extern const cs_source_unit source_units[SOURCE_UNITS];

typedef struct cs_source_line {
    const char *text; /* without indent, comment kept, NUL-terminated */
    uint32_t number, indent;
} cs_source_line;

typedef struct cs_statement {
    const char *file, *pack;
    const char *text; /* as written, NUL-terminated, without trailing blank lines */
    cs_source_line *lines; /* not blank, not only a comment; the first holds the keyword */
    uint32_t line_count;
} cs_statement;

/* Splits a file. false: out of memory. An indented first line becomes a statement of its own (the parser refuses it). */
bool source_split(const char *text, size_t bytes, const char *file, const char *pack, cs_arena *arena,
                  cs_statement **out, uint32_t *count);

/* Tokens of all lines of a statement, a NEWLINE before each line but the first, END last. NULL: out of memory. */
cs_token *source_tokens(const cs_statement *statement, cs_arena *arena);

/* The same for one line of text. */
cs_token *source_line_tokens(const cs_source_line *line, cs_arena *arena);

#endif
