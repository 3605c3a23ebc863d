/* mutation_writing.h - a rule set as it is written: its statements, what they name, and a smaller text made of some of them.
 * Floor: rules. Back-tests compile only the rules that differ, mutants only the rule that is broken: both are excerpts.
 * Memory: the arena given; texts point into the rule set's source, so the rule set must live longer. Threads: any once read.
 * Example: writing_read(rules, arena, &w, &m); writing_mark(w, rule->index, wanted); writing_excerpt(w, wanted, NULL, NULL, &out, &m);
 */
#ifndef CS_RULES_MUTATION_WRITING_H
#define CS_RULES_MUTATION_WRITING_H

#include "base/arena.h"
#include "base/buffer.h"
#include "rules/ruleset.h"

typedef enum cs_written_kind {
    CS_WRITTEN_RULE, /* rule or flag */
    CS_WRITTEN_TEST,
    CS_WRITTEN_LIST, /* words, pairs: raw text between bars */
    CS_WRITTEN_LET,
    CS_WRITTEN_GLOBAL, /* the calendar: holds for every rule */
    CS_WRITTEN_BOOK, /* a whole file that is no .rules file: facts */
} cs_written_kind;

typedef enum cs_lexeme_kind {
    CS_LEXEME_WORD,
    CS_LEXEME_NUMBER,
    CS_LEXEME_PHRASE, /* "…" or /…/, with its marks */
    CS_LEXEME_MARK,
    CS_LEXEME_LINE /* a further line begins */
} cs_lexeme_kind;

typedef struct cs_lexeme {
    cs_lexeme_kind kind;
    const char *at; /* in the source, not terminated */
    uint32_t bytes, line;
} cs_lexeme;

typedef struct cs_written {
    cs_written_kind kind;
    const char *file;
    uint32_t line; /* of its first line, from 1 */
    const char *from, *to; /* in the source */
    const char *name; /* of a rule, a list or a let; else NULL */
    const cs_lexeme *lexemes; /* of a list only up to its = */
    uint32_t lexeme_count;
} cs_written;

typedef struct cs_writing {
    const cs_ruleset *ruleset;
    const cs_written *statements;
    const cs_written **named; /* lists and lets, by name */
    const uint32_t *of_rule; /* the statement of each rule */
    uint32_t count, named_count;
} cs_writing;

typedef struct cs_edit { /* one change in the source; text replaces what stands from…to */
    const char *from, *to, *text;
} cs_edit;

cs_error writing_read(const cs_ruleset *ruleset, cs_arena *arena, cs_writing **out, cs_message *message);

bool lexeme_is(const cs_lexeme *lexeme, const char *english, const char *chinese);

/* Marks in wanted, which has one place a statement, the rule and all it names, and what holds for every rule. */
void writing_mark(const cs_writing *writing, uint32_t rule, bool *wanted);
/* Also the tests that expect something of the rule. Returns how many. */
uint32_t writing_mark_tests(const cs_writing *writing, uint32_t rule, bool *wanted);

/* Of the rule and of all it names: two rules of one name with the same hash judge alike. Blanks, comments, order and
 * places don't enter. scratch has one place a statement. */
cs_hash writing_meaning(const cs_writing *writing, uint32_t rule, bool *scratch);

/* What ruleset_restore reads: the marked statements, changed by edit (NULL: as they are). Tests keep only what they
 * expect of tested (NULL: tests are left out). CS_ERR_LIMIT when out is full. */
cs_error writing_excerpt(const cs_writing *writing, const bool *wanted, const cs_edit *edit, const char *tested,
                         cs_buffer *out, cs_message *message);

#endif
