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
#include "rules/vocabulary.h"
#include "text/likeness.h"

typedef enum cs_node_kind {
    NODE_ATOM, /* an operator that has places: says, silence, event … */
    NODE_MEASURE, /* an operator that has a value only: duration, talk share, field … */
    NODE_OR, /* left, right */
    NODE_AND, /* left, right */
    NODE_NOT, /* left */
    NODE_COUNT, /* count(left) compare number */
    NODE_NTH, /* nth(left, number) */
    NODE_ORDER, /* in order (parts …) */
    NODE_REPLY, /* left in reply to mark */
    NODE_WINDOW, /* left inside a window */
    NODE_STEPS,
} cs_node_kind;

typedef enum cs_window_kind {
    WINDOW_WITHIN_AFTER,
    WINDOW_WITHIN_BEFORE,
    WINDOW_WITHIN_AROUND, /* of the anchor */
    WINDOW_FIRST,
    WINDOW_LAST, /* of the conversation */
    WINDOW_BY, /* that long after the conversation's start; a calendar day: after the anchor's */
    WINDOW_BEFORE,
    WINDOW_AFTER,
    WINDOW_UNTIL, /* of another expression's first occurrence */
    WINDOW_BETWEEN, /* from an occurrence of mark to the next of mark_end */
    WINDOW_ANYWHERE,
} cs_window_kind;

/* What a window's number counts. */
typedef enum cs_extent { EXTENT_TIME, EXTENT_TURNS, EXTENT_PERCENT, EXTENT_DAY, EXTENT_WORKDAY } cs_extent;

typedef enum cs_compare { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE } cs_compare;

enum { CS_MAX_STEPS = 16, CS_MAX_PARTS = 16 };
#define CS_ANYONE CS_ROLE_COUNT /* a role that everybody fills */
#define CS_NO_ATOM UINT32_MAX

/* Groups from here on are terms of `pairs`: the same number in a term's phrases and in its plain forms. */
#define CS_FIRST_TERM 0x8000u

typedef struct cs_phrases { /* a list of phrases and expressions, folded */
    const char **literals, **expressions;
    uint16_t *literal_groups, *expression_groups; /* what stands between the same bars */
    uint32_t literal_count, expression_count, literal_room, expression_room;
    uint32_t group_count;
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
    const struct cs_token *from, *to; /* as written, to exclusive: forms and format */
    uint32_t weight, height; /* nodes that evaluating it visits, and how deep they nest */

    /* atoms and measures: what the slots of the operator's usage hold */
    cs_operator operator;
    cs_role role; /* also: the role whose speaking turns a window counts */
    bool is_first; /* of that role only who spoke first */
    uint32_t atom; /* index among the rule set's atoms */
    cs_phrases phrases, excuses;
    uint32_t quorum; /* how many groups of the phrases one turn must hold; 1: any */
    uint32_t near; /* inside so many characters; 0: anywhere in the turn */
    cs_compare compare; /* also of count */
    int64_t limit_ms;
    double limit; /* NUMBER, PERCENT */
    uint32_t characters;
    uint32_t number; /* COUNT; of count and nth, too */
    cs_role by; /* owed by, hold by; CS_ANYONE: not asked */
    const char *name, *value; /* value of a field: another field's name if is_field */
    bool is_field, is_percent, has_compare;
    uint32_t options; /* bit per [group] of the usage that was written */
    uint32_t choice; /* of { | }, from 1; 0: none */
    uint32_t demand; /* of an intent, from 1 */
    cs_likeness *examples; /* of similar, one a phrase */
    /* or, and, not, count, nth, reply, window */
    cs_node *left, *right;
    const cs_node *mark, *mark_end; /* before, after, until, between, in reply to; excused by, unless … between */
    /* in order */
    const cs_node **parts;
    uint32_t part_count;
    /* window */
    cs_window_kind window;
    cs_extent extent;
    int64_t window_ms;
    uint32_t window_count; /* turns, percent, days */
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
    bool is_once, is_per_demand, is_strict;
    int64_t prompt_ms; /* how long after the obligation opened the prompt is shown */
    const char *prompt; /* NULL: none */
    cs_role expected; /* whose turns it is about; CS_ANYONE when sides are mixed */
    uint32_t sides; /* bit per role that could have acted */
    const cs_node **atoms; /* of expect or never: where near-misses and excuses are looked for */
    uint32_t atom_count;
    const struct cs_across *across; /* judged over the event log, not in a conversation; NULL for other rules */
    /* Nothing of these standing anywhere, the rule is as if nothing was said: not triggered, clean, not noted. None: the
     * rule must always be looked at. */
    const uint32_t *wakers;
    uint32_t waker_count;
    bool is_quiet_able;
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
    const uint32_t **woken; /* by atom: the rules that it wakes, CS_NO_ATOM at the end; NULL: none */
    const uint32_t *demands; /* atoms of the intents listed as words: demand n is n - 1 */
    uint32_t demand_count;
    const uint32_t *restless,
        *choosy; /* rules that are always looked at; those that are at the end, for their fields */
    uint32_t restless_count, choosy_count;
    const uint32_t *feeds, *timers; /* atoms that are not found by their words; those among them that wait for a time */
    uint32_t feed_count, timer_count;
    bool has_repeats;
    struct cs_facts *facts; /* the book; NULL: none */
    cs_rule_test *tests;
    uint32_t rule_count, atom_count, test_count;
    struct cs_calendar *calendar; /* NULL: none stated */
} cs_syntax;

#endif
