/* Windows: where in the timeline a condition counts, and when nothing more can come into it. */
#include "rules/expression.h"

cs_anchor anchor_start(void) {
    return (cs_anchor){
        .start = CS_MOMENT_BEGIN, .end = CS_MOMENT_BEGIN, .start_ms = 0, .end_ms = 0, .turn = CS_NO_TURN};
}

cs_anchor anchor_at(const cs_occurrence *o) {
    cs_moment end = o->moment;
    end.offset = o->to + 1;
    return (cs_anchor){.start = o->moment, .end = end, .start_ms = o->start_ms, .end_ms = o->end_ms, .turn = o->turn};
}

cs_scope scope_whole(const cs_context *context) {
    cs_scope scope = {.lo = CS_MOMENT_BEGIN,
                      .hi = CS_MOMENT_END,
                      .lo_ms = INT64_MIN,
                      .hi_ms = INT64_MAX,
                      .floor = CS_MOMENT_BEGIN,
                      .doubt_from = CS_MOMENT_END,
                      .doubt_until = CS_MOMENT_BEGIN};
    scope.is_open = !context->timeline->is_ended;
    scope.closed_at = CS_MOMENT_END;
    scope.closed_by = "end";
    scope.is_cut = true;
    return scope;
}

cs_scope scope_behind(const cs_context *context, const cs_anchor *anchor) {
    cs_scope scope = scope_whole(context);
    scope.lo = anchor->end;
    scope.is_after_anchor = true;
    return scope;
}

bool scope_holds(const cs_scope *scope, const cs_occurrence *o) {
    if (moment_compare(o->moment, scope->lo) < 0 || moment_compare(o->moment, scope->hi) >= 0) return false;
    return o->start_ms == CS_NO_TIME || (o->start_ms >= scope->lo_ms && o->start_ms <= scope->hi_ms);
}

static void reach_before_anchor(cs_scope *scope) {
    if (scope->is_after_anchor) scope->lo = CS_MOMENT_BEGIN;
    scope->is_after_anchor = false;
}

static void close_at(cs_scope *scope, cs_moment at, const char *by, bool is_cut) {
    if (!scope->is_open && moment_compare(scope->closed_at, at) < 0) return; /* the outer window closes first */
    scope->is_open = false;
    scope->closed_at = at;
    scope->closed_by = by;
    scope->is_cut = is_cut;
}

/* A window that ends at a time: known as soon as the watermark is past it. */
static void close_by_time(const cs_context *context, cs_scope *scope, int64_t until_ms) {
    const cs_timeline *t = context->timeline;
    if (until_ms < scope->hi_ms) scope->hi_ms = until_ms;
    bool is_past = t->is_ended ? until_ms <= t->end_ms : until_ms < t->watermark_ms;
    if (is_past)
        close_at(scope, (cs_moment){until_ms, UINT32_MAX, UINT32_MAX}, "time", false);
    else if (t->is_ended)
        close_at(scope, CS_MOMENT_END, "end", true);
}

static void start_by_time(cs_scope *scope, int64_t from_ms) {
    if (from_ms > scope->lo_ms) scope->lo_ms = from_ms;
}

static cs_scope unknown(cs_scope scope, cs_reason reason) {
    scope.is_unknown = true;
    scope.reason = reason;
    return scope;
}

/* n speaking turns behind the anchor; what is left of its own speaking turn comes as a gift. */
static void close_by_turns(const cs_context *context, cs_scope *scope, const cs_node *window, const cs_anchor *anchor) {
    const cs_run *run = timeline_run_after(context->timeline, window->role, anchor->turn, window->window_turns);
    if (!run) {
        if (context->timeline->is_ended) close_at(scope, CS_MOMENT_END, "end", true);
        return;
    }
    cs_moment hi = timeline_moment(context->timeline, run->last, UINT32_MAX);
    if (run->is_closed) {
        scope->hi = moment_earlier(scope->hi, hi);
        close_at(scope, run->closed_at, "turns", false);
    }
}

static void open_by_turns(const cs_context *context, cs_scope *scope, const cs_node *window, uint32_t turn) {
    const cs_run *run = timeline_run_before(context->timeline, window->role, turn, window->window_turns);
    cs_moment lo = run                  ? timeline_moment(context->timeline, run->first, 0)
                   : turn == CS_NO_TURN ? CS_MOMENT_END
                                        : timeline_moment(context->timeline, turn, 0);
    scope->lo = moment_later(scope->lo, lo);
}

static cs_scope within(const cs_context *context, const cs_node *window, cs_scope scope, const cs_anchor *anchor) {
    bool is_behind = window->window != WINDOW_WITHIN_BEFORE, is_ahead = window->window != WINDOW_WITHIN_AFTER;
    bool is_by_time = window->window_turns == 0;
    if (is_by_time && !context->timeline->is_timed) return unknown(scope, CS_REASON_NO_TIMES);
    if (is_ahead) reach_before_anchor(&scope);
    if (is_ahead && is_by_time) start_by_time(&scope, anchor->start_ms - window->window_ms);
    if (is_ahead && !is_by_time && anchor->turn != CS_NO_TURN) open_by_turns(context, &scope, window, anchor->turn);
    if (!is_behind) {
        scope.hi = moment_earlier(scope.hi, anchor->start);
        close_at(&scope, anchor->start, is_by_time ? "time" : "turns", false);
        return scope;
    }
    if (!is_ahead) {
        scope.lo = moment_later(scope.lo, anchor->end);
        scope.is_after_anchor = false; /* asked for: a window inside may not reach before it */
    }
    if (is_by_time)
        close_by_time(context, &scope, anchor->end_ms + window->window_ms);
    else
        close_by_turns(context, &scope, window, anchor);
    return scope;
}

static cs_scope first(const cs_context *context, const cs_node *window, cs_scope scope) {
    cs_anchor start = anchor_start();
    reach_before_anchor(&scope);
    if (window->window_turns) {
        close_by_turns(context, &scope, window, &start);
        return scope;
    }
    if (!context->timeline->is_timed) return unknown(scope, CS_REASON_NO_TIMES);
    close_by_time(context, &scope, window->window_ms);
    return scope;
}

/* Only the end tells what came last. */
static cs_scope last(const cs_context *context, const cs_node *window, cs_scope scope) {
    reach_before_anchor(&scope);
    scope.floor = CS_MOMENT_END;
    if (!window->window_turns && !context->timeline->is_timed) return unknown(scope, CS_REASON_NO_TIMES);
    if (!context->timeline->is_ended) {
        scope.hi = scope.lo;
    } else if (window->window_turns) {
        open_by_turns(context, &scope, window, CS_NO_TURN);
    } else {
        start_by_time(&scope, context->timeline->end_ms - window->window_ms);
    }
    return scope;
}

/* Between the first possible mark and the first sure one nobody knows on which side a word stands. */
static void doubt(cs_scope *scope, cs_moment from, cs_moment until, cs_reason reason) {
    scope->doubt_from = moment_earlier(scope->doubt_from, from);
    scope->doubt_until = moment_later(scope->doubt_until, until);
    scope->doubt_reason = reason;
}

static cs_moment end_of(const cs_occurrence *mark) {
    cs_moment end = mark->moment;
    end.offset = mark->to + 1;
    return end;
}

static cs_scope after_mark(cs_scope scope, const cs_found *marks, const cs_occurrence *first,
                           const cs_occurrence *sure) {
    if (!first) { /* nothing comes after what did not happen */
        scope.hi = scope.lo;
        scope.is_moot = !marks->is_open;
        return scope;
    }
    scope.lo = moment_later(scope.lo, end_of(first));
    scope.is_after_anchor = false;
    if (first != sure) doubt(&scope, scope.lo, sure ? end_of(sure) : CS_MOMENT_END, first->reason);
    return scope;
}

static cs_scope until_mark(cs_scope scope, const cs_occurrence *first, const cs_occurrence *sure) {
    if (first && first != sure) doubt(&scope, first->moment, CS_MOMENT_END, first->reason);
    if (!sure) return scope;
    scope.hi = moment_earlier(scope.hi, sure->moment);
    close_at(&scope, sure->moment, "until", false);
    return scope;
}

/* Unlike until, before asks that the mark does come. */
static cs_scope before_mark(cs_scope scope, const cs_found *marks, const cs_occurrence *first,
                            const cs_occurrence *sure) {
    reach_before_anchor(&scope);
    if (sure) {
        scope.floor = moment_later(scope.floor, sure->moment);
        return until_mark(scope, first, sure);
    }
    if (first && !marks->is_open) {
        scope.floor = CS_MOMENT_END;
        return unknown(scope, first->reason);
    }
    scope.hi = scope.lo;
    scope.is_moot = !marks->is_open;
    return scope;
}

static cs_scope against_mark(cs_context *context, const cs_node *window, cs_scope scope, const cs_anchor *anchor) {
    cs_found marks = expression_find(context, window->mark, scope, anchor);
    const cs_occurrence *first = marks.count ? marks.items[0] : NULL, *sure = NULL;
    if (marks.is_unknown) return unknown(scope, marks.reason);
    for (uint32_t i = 0; i < marks.count && !sure; i++)
        if (!marks.items[i]->is_possible) sure = marks.items[i];
    if (window->window == WINDOW_AFTER) return after_mark(scope, &marks, first, sure);
    if (window->window == WINDOW_UNTIL) return until_mark(scope, first, sure);
    return before_mark(scope, &marks, first, sure);
}

cs_scope scope_narrow(cs_context *context, const cs_node *window, cs_scope scope, const cs_anchor *anchor) {
    switch (window->window) {
    case WINDOW_WITHIN_AFTER:
    case WINDOW_WITHIN_BEFORE:
    case WINDOW_WITHIN_AROUND: return within(context, window, scope, anchor);
    case WINDOW_FIRST: return first(context, window, scope);
    case WINDOW_LAST: return last(context, window, scope);
    case WINDOW_BY:
        if (!context->timeline->is_timed) return unknown(scope, CS_REASON_NO_TIMES);
        reach_before_anchor(&scope);
        close_by_time(context, &scope, window->window_ms);
        return scope;
    case WINDOW_BEFORE:
    case WINDOW_AFTER:
    case WINDOW_UNTIL: return against_mark(context, window, scope, anchor);
    case WINDOW_ANYWHERE: reach_before_anchor(&scope); return scope;
    }
    return scope;
}

/* Both windows together: from the earlier beginning to the later end. */
static cs_scope unite(cs_scope a, cs_scope b) {
    bool is_later = b.is_open || (!a.is_open && moment_compare(b.closed_at, a.closed_at) > 0);
    cs_scope both = is_later ? b : a;
    both.lo = moment_earlier(a.lo, b.lo);
    both.hi = moment_later(a.hi, b.hi);
    both.lo_ms = a.lo_ms < b.lo_ms ? a.lo_ms : b.lo_ms;
    both.hi_ms = a.hi_ms > b.hi_ms ? a.hi_ms : b.hi_ms;
    both.is_after_anchor = a.is_after_anchor && b.is_after_anchor;
    return both;
}

cs_scope scope_of(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor) {
    if (node->kind == NODE_WINDOW)
        return scope_of(context, node->left, scope_narrow(context, node, scope, anchor), anchor);
    if (node->kind == NODE_NOT || node->kind == NODE_COUNT) return scope_of(context, node->left, scope, anchor);
    if (node->kind != NODE_AND && node->kind != NODE_OR) return scope;
    return unite(scope_of(context, node->left, scope, anchor), scope_of(context, node->right, scope, anchor));
}
