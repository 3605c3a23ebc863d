/* meaning.h - what a condition is worth as far as a place of the timeline: true, false, unknown, or not yet known.
 * A value is decided at the first place where it is known, found by looking at all of them.
 * Floor: tests. Memory: none of its own. Threads: one.
 * Example: ref_view v = {.world = &world, .now = place, .anchor = &anchor}; ref_value(&v, rule->expect, ref_whole(&v)).value
 */
#ifndef CS_REFERENCE_MEANING_H
#define CS_REFERENCE_MEANING_H

#include "world.h"

typedef struct ref_anchor { /* from where distances run: the trigger, or the conversation's start (turn CS_NO_TURN) */
    ref_place start, end;
    int64_t start_ms, end_ms;
    uint32_t turn;
    uint16_t group;
} ref_anchor;

typedef struct ref_view { /* all that stands behind now is not known yet */
    ref_world *world;
    ref_place now;
    const ref_anchor *anchor;
} ref_view;

typedef struct ref_scope {
    ref_place lo, hi; /* lo inclusive, hi exclusive */
    int64_t lo_ms, hi_ms; /* both inclusive */
    ref_place doubt_until, doubt_from; /* what stands before the one or behind the other is inside only perhaps */
    cs_reason reason_until, reason_from;
    bool is_default; /* begins behind the trigger only because no window says otherwise */
    bool is_unsettled; /* what is inside is not known yet */
    ref_place settles; /* where that was known */
    bool is_closed, is_cut, is_elapsed; /* nothing more comes into it: by the conversation's end, by the clock */
    ref_place closes;
    bool is_moot; /* what it refers to never happened */
    ref_place moot_before, moot_at; /* it happened only then; before it is empty, and lies here */
    bool is_unknown;
    cs_reason reason;
} ref_scope;

typedef struct ref_found {
    ref_occurrence items[REF_MOST];
    uint32_t count;
    bool is_closed, is_moot, is_unknown;
    bool is_unsettled; /* what stands first is not known yet, so nothing is */
    ref_place closes, settles, moot_before;
    cs_reason reason;
} ref_found;

typedef enum ref_truth { REF_FALSE, REF_TRUE, REF_UNKNOWN, REF_PENDING } ref_truth;
typedef struct ref_outcome {
    ref_truth value;
    cs_reason reason;
    bool is_moot;
    uint32_t units; /* steps: how many are missing or too early */
} ref_outcome;

bool ref_is_reached(const ref_view *view, ref_place place); /* and remembers to look again when it is */
ref_anchor ref_anchor_start(void);
ref_anchor ref_anchor_at(const ref_occurrence *trigger);
ref_scope ref_whole(const ref_view *view);
ref_scope ref_behind(const ref_view *view); /* the anchor */
ref_scope ref_closed_at(ref_scope scope, ref_place place, bool with_place);
ref_scope ref_narrow(const ref_view *view, const cs_node *window, ref_scope scope);
ref_scope ref_hull(const ref_view *view, const cs_node *node, ref_scope scope); /* the window of a whole condition */
bool ref_has_places(const cs_node *node);
void ref_find(const ref_view *view, const cs_node *node, ref_scope scope, ref_found *out);
ref_outcome ref_value(const ref_view *view, const cs_node *node, ref_scope scope);
ref_outcome ref_measure(const ref_view *view, const cs_node *node);
/* What makes it true, in the order of the condition, at most REF_MOST_MATCHES. */
uint32_t ref_proof(const ref_view *view, const cs_node *node, ref_scope scope, ref_occurrence *out, uint32_t room);
ref_truth ref_field(const cs_conversation *record, const char *name, cs_compare compare, const char *wanted);
const char *ref_field_text(const cs_conversation *record, const char *name);

#endif
