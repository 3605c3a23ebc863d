/* rulebook_shape.h - one rule as a page of the book shows it: its text with the lists and lets that only it uses, its tests.
 * Floor: quality. What other rules use as well is shown beside it, with their names. Tests are a rule's when it is the first
 * that they expect something of.
 * Memory: the arena given. Threads: any. Example: shape_make(rules, rule, arena, &shape, &m); puts(shape.text);
 */
#ifndef CS_QUALITY_RULEBOOK_SHAPE_H
#define CS_QUALITY_RULEBOOK_SHAPE_H

#include "base/arena.h"
#include "rules/ruleset.h"

typedef struct cs_shared_statement {
    const char *kind, *name, *text; /* kind: list, let, pairs */
    const char **used_by; /* names of all rules that use it, this one too */
    uint32_t used_by_count;
} cs_shared_statement;

typedef struct cs_shape_test {
    const char *name;
    uint32_t line; /* in the text */
} cs_shape_test;

typedef struct cs_rule_shape {
    const char *text;
    const cs_shared_statement *shared;
    const cs_shape_test *tests;
    uint32_t shared_count, test_count;
} cs_rule_shape;

cs_error shape_make(const cs_ruleset *rules, const cs_rule *rule, cs_arena *arena, cs_rule_shape *out,
                    cs_message *message);
/* The tests of a text by themselves. */
cs_error shape_tests(const char *text, const char *rule, cs_arena *arena, const cs_shape_test **out, uint32_t *count,
                     cs_message *message);

#endif
