/* mutation_lexeme.h - the lexemes of a statement with their places in the source. Private to mutation*.c.
 * Floor: rules. The tokens of source.h know what a word means but not where it stands; here it is the other way round.
 * Memory: the arena. Threads: one.
 * Example: lexemes_read(from, to, line, arena, &lexemes, &count);
 */
#ifndef CS_RULES_MUTATION_LEXEME_H
#define CS_RULES_MUTATION_LEXEME_H

#include "rules/mutation_writing.h"

/* false: out of memory. What means nothing in the language is one mark a character. */
bool lexemes_read(const char *from, const char *to, uint32_t line, cs_arena *arena, const cs_lexeme **out,
                  uint32_t *count);

bool is_blank_byte(char c);
/* The line at `at` without indent and blanks at its end; next: where the line behind it begins, NULL: none. */
void line_read(const char *at, const char *end, const char **from, const char **to, const char **next);
/* Where the line ends without its comment: a # outside quotes, at the line's start or after a blank. */
const char *line_comment(const char *from, const char *to);

#endif
