/* passage.h - the statements of a rule file as they stand in its text: kind, name, from where to where.
 * Floor: rules. What is amended, and what a page of the rule book shows, is cut out of files by these places; whether it means
 * something is not asked here. Books of facts and calendars are passages of another kind: nobody amends them.
 * Memory: the arena; places point into the text. Threads: any.
 * Example: passages_read(text, n, arena, &passages, &count); if (passages[0].kind == CS_WRITTEN_RULE) puts(passages[0].name);
 */
#ifndef CS_RULES_PASSAGE_H
#define CS_RULES_PASSAGE_H

#include "rules/mutation_writing.h"

typedef struct cs_passage {
    cs_written_kind kind;
    const char *word; /* as it begins, in English: "words"; "" when no statement begins so */
    const char *name; /* of a rule, a list, a let; of a test what stands in its quotes; "" when there is none */
    const char *rule; /* of a test: of its first expectation; else "" */
    const char *head; /* where the comment that stands on it begins, or from */
    const char *from, *to;
    uint32_t line; /* of from, in the text */
} cs_passage;

/* false: out of memory. */
bool passages_read(const char *text, size_t bytes, cs_arena *arena, cs_passage **out, uint32_t *count);

/* Where the lines of comment that stand right above `from` begin; text: where the search ends. */
const char *passage_head(const char *text, const char *from);

/* Whether this line of a test expects something, and of which rule. */
bool passage_expects(const char *from, const char *to, const char **rule, size_t *bytes);

/* The next file of a rule set's source; false at its end, or where it is damaged (*at is then not its end). */
typedef struct cs_source_file {
    const char *name; /* not terminated */
    size_t name_bytes;
    const char *text;
    size_t bytes;
} cs_source_file;
bool source_file_next(const char **at, const char *end, cs_source_file *out);
bool source_file_is_rules(const cs_source_file *file); /* a .rules file, no book of facts */

#endif
