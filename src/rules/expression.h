/* expression.h - the meaning of a condition over the final part of a timeline. Private to rules/.
 * A result carries the moment at which it is decided: before the watermark reaches that moment it is pending, afterwards it
 * never changes. That one rule makes live and history equal.
 * Floor: rules. Memory: the arena of the timeline. Threads: one.
 * Example: cs_outcome o = expression_value(&ctx, rule->expect, base, anchor)
 */
#ifndef CS_RULES_EXPRESSION_H
#define CS_RULES_EXPRESSION_H

#include "rules/scan.h"
#include "rules/syntax.h"
#include "rules/timeline.h"

typedef struct cs_context {
    const cs_timeline *timeline;
    const cs_table *table;
    const cs_syntax *syntax;
    const cs_conversation *end; /* the conversation at its end, with its fields; NULL while it runs */
    cs_arena *arena; /* for one rule */
    cs_arena *passing; /* for one obligation of it */
    bool is_out_of_memory;
    /* signals only: an obligation that is still open; trigger NULL: the conversation's */
    void (*on_open)(void *sink, const cs_rule_body *body, const cs_occurrence *trigger);
    void *open_sink;
} cs_context;

/* From where distances run: the trigger, or the conversation's start (turn CS_NO_TURN). */
typedef struct cs_anchor {
    cs_moment start, end;
    int64_t start_ms, end_ms;
    uint32_t turn;
    uint16_t group; /* of the trigger: which term */
} cs_anchor;

/* Where occurrences count. lo inclusive, hi exclusive, both in the order of the timeline; the ms bounds are inclusive and
 * hold for the first word. */
typedef struct cs_scope {
    cs_moment lo, hi;
    int64_t lo_ms, hi_ms;
    cs_moment floor; /* an occurrence inside counts only from this moment on */
    cs_moment doubt_until, doubt_from; /* what lies before the one or behind the other is inside only perhaps */
    cs_reason reason_until, reason_from;
    bool is_after_anchor; /* lo is only the default "after the trigger": other windows may reach before it */
    bool is_unsettled; /* only later is known what is inside: nothing counts yet, and nothing is decided */
    bool is_open; /* more may still come into it */
    bool is_elapsed; /* closed by the clock while the conversation went on */
    bool is_cut; /* closed by the conversation's end before its own bound */
    bool is_moot; /* what it refers to never happened */
    cs_moment moot_before, moot_at; /* it happened, but only then; until then the window is empty and lies here */
    bool is_unknown; /* its bounds can't be told: reason */
    cs_reason reason;
    cs_moment closed_at; /* when not open */
    const char *closed_by; /* "turns", "time", "until", "end" */
} cs_scope;

typedef enum cs_value { VALUE_FALSE, VALUE_TRUE, VALUE_UNKNOWN, VALUE_PENDING } cs_value;

typedef struct cs_outcome {
    cs_value value;
    cs_moment decided; /* when not pending */
    cs_reason reason; /* when unknown; STEP when steps are false */
    bool is_moot; /* false because what a window refers to never happened */
    uint32_t units; /* steps: how many are missing */
} cs_outcome;

typedef struct cs_found { /* where the condition occurs, in order; possible ones among them */
    const cs_occurrence **items;
    uint32_t count;
    cs_moment floor;
    bool is_open, is_moot, is_unknown, is_unsettled;
    cs_reason reason;
    cs_moment closed_at, moot_before;
} cs_found;

cs_anchor anchor_start(void);
cs_anchor anchor_at(const cs_occurrence *occurrence);
cs_scope scope_whole(const cs_context *context);
cs_scope scope_behind(const cs_context *context, const cs_anchor *anchor);
bool scope_holds(const cs_scope *scope, const cs_occurrence *occurrence);
/* The window in which a condition is looked for: its own windows inside scope, those of its parts together, as far as they
 * were known when it was decided. */
cs_scope scope_of(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor, cs_moment decided);
/* window.c: one window inside another. */
cs_scope scope_narrow(cs_context *context, const cs_node *window, cs_scope scope, const cs_anchor *anchor);

bool node_has_occurrences(const cs_node *node);
cs_found expression_find(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor);
cs_outcome expression_value(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor);

/* measure.c: operators that have a value and no place. */
cs_outcome measure_value(cs_context *context, const cs_node *node);
/* combine.c: nth, in order, in reply to. */
cs_found nth_find(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor);
cs_found order_find(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor);
cs_found reply_find(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor);
/* condition.c: one field of the record against a value. */
cs_value field_compare(const cs_conversation *end, const char *field, cs_compare how, const char *value);
const char *field_value(const cs_conversation *end, const char *field); /* NULL: absent */

/* What makes a true condition true: up to most occurrences, none later than until. */
uint32_t expression_proof(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor,
                          cs_moment until, const cs_occurrence **out, uint32_t most);

/* steps.c */
typedef struct cs_step_state {
    const cs_occurrence *occurrence; /* NULL: not taken */
    const cs_occurrence *perhaps; /* its first one, when that is only possible */
    bool is_due, is_missing, is_premature, is_possible;
    const char *missing; /* what it lacks: the step before, or its condition */
} cs_step_state;
cs_outcome steps_value(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor,
                       cs_step_state states[]);

#endif
