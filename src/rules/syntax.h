/* syntax.h - a rule set as a tree, between parsing and compiling. Private to rules/.
 * Floor: rules. Memory: everything lives in the rule set's arena. Threads: one while it is built, then read-only.
 * Example: for (uint32_t i = 0; i < syntax->rule_count; i++) judge(&syntax->rules[i], &syntax->bodies[i]);
 */
#ifndef CS_RULES_SYNTAX_H
#define CS_RULES_SYNTAX_H

#include "base/arena.h"
#include "conversation/conversation.h"
#include "rules/finding.h"
#include "rules/ruleset.h"

typedef enum cs_node_kind {
    NODE_ATOM, /* role says|asserts phrases unless in phrases */
    NODE_OR, /* left, right */
    NODE_AND, /* left, right */
    NODE_NOT, /* left */
    NODE_COUNT, /* count(left) compare number */
    NODE_WINDOW, /* left inside a window */
    NODE_STEPS,
} cs_node_kind;

typedef enum cs_window_kind {
    WINDOW_WITHIN_AFTER,
    WINDOW_WITHIN_BEFORE,
    WINDOW_WITHIN_AROUND, /* of the anchor */
    WINDOW_FIRST,
    WINDOW_LAST, /* of the conversation */
    WINDOW_BY, /* that long after the conversation's start */
    WINDOW_BEFORE,
    WINDOW_AFTER,
    WINDOW_UNTIL, /* of another expression's first occurrence */
    WINDOW_ANYWHERE,
} cs_window_kind;

typedef enum cs_compare { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE } cs_compare;

enum { CS_MAX_STEPS = 16 };
#define CS_ANYONE CS_ROLE_COUNT /* a role that everybody fills */

typedef struct cs_phrases { /* a list of phrases and expressions, folded */
    const char **literals, **expressions;
    uint32_t literal_count, expression_count, literal_room, expression_room;
} cs_phrases;

typedef struct cs_node cs_node;

typedef struct cs_step {
    const char *name;
    const cs_node *what, *condition; /* condition NULL: due once the step before was taken */
} cs_step;

struct cs_node {
    cs_node_kind kind;
    const char *file;
    uint32_t line;
    uint32_t weight, height; /* nodes that evaluating it visits, and how deep they nest */
    /* atom */
    cs_role role; /* also: the role whose speaking turns a window counts */
    bool is_assertion;
    uint32_t atom; /* index among the rule set's atoms */
    cs_phrases phrases, excuses;
    /* or, and, not, count, window */
    cs_node *left, *right;
    cs_compare compare;
    uint32_t number;
    /* window */
    cs_window_kind window;
    int64_t window_ms; /* 0: counted in turns */
    uint32_t window_turns;
    const cs_node *mark; /* before, after, until */
    /* steps */
    cs_step *steps;
    uint32_t step_count;
};

/* for ... where: a condition on fields */
typedef enum cs_condition_kind {
    CONDITION_AND,
    CONDITION_OR,
    CONDITION_NOT,
    CONDITION_COMPARE,
    CONDITION_IN
} cs_condition_kind;
typedef struct cs_condition cs_condition;
struct cs_condition {
    cs_condition_kind kind;
    const cs_condition *left, *right;
    const char *field;
    cs_compare compare;
    const char **values; /* one for a comparison */
    uint32_t value_count;
};

typedef struct cs_rule_body { /* what a rule does, beside what it shows (cs_rule) */
    uint32_t channels; /* bit per cs_channel; 0: all */
    const cs_condition *where;
    const cs_node *when, *expect, *never, *waiver;
    bool is_once, is_strict;
    cs_role expected; /* whose turns it is about; CS_ANYONE when sides are mixed */
    uint32_t sides; /* bit per role that could have acted */
    const cs_node **atoms; /* of expect or never: where near-misses and excuses are looked for */
    uint32_t atom_count;
    const struct cs_across *across; /* judged over the event log, not in a conversation; NULL for other rules */
    const cs_node **triggers; /* of when, or of a never without it, if plain: no window, no count; else none */
    uint32_t trigger_count;
} cs_rule_body;

typedef struct cs_test_expectation {
    uint32_t line;
    const char *rule;
    cs_verdict verdict;
    uint32_t at_turn; /* from 1; 0: not asked */
} cs_test_expectation;

typedef struct cs_rule_test {
    const char *name, *file;
    uint32_t line;
    cs_conversation *conversation;
    cs_test_expectation *expectations;
    uint32_t expectation_count;
} cs_rule_test;

/* Everything that was read. rules[i] and bodies[i] belong together. */
typedef struct cs_syntax {
    cs_rule *rules;
    cs_rule_body *bodies;
    const cs_node **atoms; /* by node->atom */
    cs_rule_test *tests;
    uint32_t rule_count, atom_count, test_count;
    struct cs_calendar *calendar; /* NULL: none stated */
} cs_syntax;

#endif
