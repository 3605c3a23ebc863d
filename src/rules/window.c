/* Windows: where in the timeline a condition counts, and when nothing more can come into it. */
#include "rules/calendar.h"
#include "rules/expression.h"
#include "rules/sabotage.h"

cs_anchor anchor_start(void) {
    return (cs_anchor){
        .start = CS_MOMENT_BEGIN, .end = CS_MOMENT_BEGIN, .start_ms = 0, .end_ms = 0, .turn = CS_NO_TURN, .group = 0};
}

cs_anchor anchor_at(const cs_occurrence *o) {
    cs_moment end = o->moment;
    end.offset = o->to > 0 ? o->to + 1 : end.offset + 1; /* what has no characters is over at once */
    return (cs_anchor){.start = o->moment,
                       .end = end,
                       .start_ms = o->start_ms,
                       .end_ms = o->end_ms,
                       .turn = o->turn,
                       .group = o->group};
}

cs_scope scope_whole(const cs_context *context) {
    cs_scope scope = {.lo = CS_MOMENT_BEGIN,
                      .hi = CS_MOMENT_END,
                      .lo_ms = INT64_MIN,
                      .hi_ms = INT64_MAX,
                      .floor = CS_MOMENT_BEGIN,
                      .moot_before = CS_MOMENT_BEGIN,
                      .moot_at = CS_MOMENT_END,
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
    int64_t at_ms = o->moment.turn == UINT32_MAX ? o->moment.at_ms : o->start_ms; /* a deadline; else its first word */
    return at_ms == CS_NO_TIME || (at_ms >= scope->lo_ms && at_ms <= scope->hi_ms);
}

static void reach_before_anchor(cs_scope *scope) {
    if (scope->is_after_anchor) scope->lo = CS_MOMENT_BEGIN;
    scope->is_after_anchor = false;
}

static void close_at(cs_scope *scope, cs_moment at, const char *by, bool is_cut) {
    if (!scope->is_open && moment_compare(scope->closed_at, at) < 0) return; /* the outer window closes first */
    bool is_same = !scope->is_open && moment_compare(scope->closed_at, at) == 0; /* time that ran out stays so */
    scope->is_elapsed = is_same && scope->is_elapsed;
    scope->closed_by = by;
    scope->is_cut = is_cut;
    scope->is_open = false;
    scope->closed_at = at;
}

/* A window that ends at a time: known as soon as the watermark is past it. */
static void close_by_time(const cs_context *context, cs_scope *scope, int64_t until_ms) {
    const cs_timeline *t = context->timeline;
    if (until_ms < scope->hi_ms) scope->hi_ms = until_ms;
    bool is_past = t->is_ended ? until_ms <= t->end_ms : until_ms < t->watermark_ms;
    if (is_past) {
        bool was_open = scope->is_open;
        cs_moment before = scope->closed_at;
        close_at(scope, (cs_moment){until_ms, UINT32_MAX, UINT32_MAX}, "time", false);
        if (was_open || moment_compare(scope->closed_at, before) != 0) scope->is_elapsed = true;
    } else if (t->is_ended)
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
    const cs_run *run = timeline_run_after(context->timeline, window->role, anchor->turn, window->window_count);
    if (!run) {
        if (context->timeline->is_ended) close_at(scope, CS_MOMENT_END, "end", true);
        return;
    }
    if (run->is_closed) { /* up to where another side begins: announcements and silence behind it are still inside */
        scope->hi = moment_earlier(scope->hi, run->closed_at);
        close_at(scope, run->closed_at, "turns", false);
    }
}

static void open_by_turns(const cs_context *context, cs_scope *scope, const cs_node *window, uint32_t turn) {
    const cs_run *run = timeline_run_before(context->timeline, window->role, turn, window->window_count);
    cs_moment lo = run                  ? timeline_moment(context->timeline, run->first, 0)
                   : turn == CS_NO_TURN ? CS_MOMENT_END
                                        : timeline_run_start(context->timeline, turn);
    scope->lo = moment_later(scope->lo, lo);
}

/* Days of the centre's calendar, from the trigger's day. */
static cs_scope by_calendar(const cs_context *context, const cs_node *window, cs_scope scope, const cs_anchor *anchor) {
    const cs_conversation *head = context->timeline->head;
    const struct cs_calendar *calendar = context->syntax->calendar;
    if (!context->timeline->is_timed || head->started_ms == CS_NO_TIME || anchor->end_ms == CS_NO_TIME)
        return unknown(scope, CS_REASON_NO_TIMES);
    int64_t from = head->started_ms + anchor->end_ms, until;
    if (window->window == WINDOW_WITHIN_AFTER)
        until = calendar_workday_later(calendar, from, window->window_count);
    else if (window->extent == EXTENT_WORKDAY)
        until = calendar_end_of_workday(calendar, from, window->window_count);
    else
        until = calendar_end_of_day(calendar, from, window->window_count);
    scope.lo = moment_later(scope.lo, anchor->end);
    scope.is_after_anchor = false;
    close_by_time(context, &scope, until - head->started_ms);
    return scope;
}

/* Speaking turns that a share of all of them comes to, rounded up; only the end tells. */
static uint32_t share_of(const cs_context *context, const cs_node *window) {
    return (uint32_t)(((uint64_t)timeline_run_count(context->timeline, window->role) * window->window_count + 99) /
                      100);
}

static cs_scope within(const cs_context *context, const cs_node *window, cs_scope scope, const cs_anchor *anchor) {
    bool is_behind = window->window != WINDOW_WITHIN_BEFORE, is_ahead = window->window != WINDOW_WITHIN_AFTER;
    bool is_by_time = window->extent != EXTENT_TURNS;
    bool has_times = context->timeline->is_timed && anchor->end_ms != CS_NO_TIME; /* an event may have no time */
    if (is_by_time && !has_times) return unknown(scope, CS_REASON_NO_TIMES);
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
    if (window->extent == EXTENT_WORKDAY) return by_calendar(context, window, scope, anchor);
    if (is_by_time)
        close_by_time(context, &scope, anchor->end_ms + window->window_ms);
    else
        close_by_turns(context, &scope, window, anchor);
    return scope;
}

static cs_scope first(const cs_context *context, const cs_node *window, cs_scope scope) {
    cs_anchor start = anchor_start();
    reach_before_anchor(&scope);
    if (window->extent == EXTENT_PERCENT) {
        cs_node turns = *window;
        scope.floor = CS_MOMENT_END;
        turns.window_count = share_of(context, window);
        if (!context->timeline->is_ended)
            scope.is_unsettled = true;
        else if (!turns.window_count)
            scope.hi = scope.lo;
        else
            close_by_turns(context, &scope, &turns, &start);
        return scope;
    }
    if (window->extent == EXTENT_TURNS) {
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
    cs_node turns = *window;
    if (!context->timeline->is_ended) {
        scope.is_unsettled = true;
        return scope;
    }
    if (window->extent == EXTENT_PERCENT) turns.window_count = share_of(context, window);
    if (window->extent == EXTENT_TIME && !context->timeline->is_timed) return unknown(scope, CS_REASON_NO_TIMES);
    if (window->extent != EXTENT_TIME) {
        if (turns.window_count)
            open_by_turns(context, &scope, &turns, CS_NO_TURN);
        else
            scope.hi = scope.lo; /* a share of no turns */
    } else {
        start_by_time(&scope, context->timeline->end_ms - window->window_ms);
    }
    return scope;
}

/* Between the first possible mark and the first sure one nobody knows on which side a word stands. Of two doubts the first
 * gives the reason. */
static void doubt_until(cs_scope *scope, cs_moment until, cs_reason reason) {
    if (moment_compare(scope->doubt_until, CS_MOMENT_BEGIN) == 0) scope->reason_until = reason;
    scope->doubt_until = moment_later(scope->doubt_until, until);
}

static void doubt_from(cs_scope *scope, cs_moment from, cs_reason reason) {
    if (moment_compare(scope->doubt_from, CS_MOMENT_END) == 0) scope->reason_from = reason;
    scope->doubt_from = moment_earlier(scope->doubt_from, from);
}

static cs_moment end_of(const cs_occurrence *mark) {
    cs_moment end = mark->moment;
    end.offset = mark->to > 0 ? mark->to + 1 : end.offset + 1;
    return end;
}

static const cs_occurrence *first_of(const cs_found *marks, const cs_occurrence **sure) {
    *sure = NULL;
    for (uint32_t i = 0; i < marks->count && !*sure; i++)
        if (!marks->items[i]->is_possible) *sure = marks->items[i];
    return marks->count ? marks->items[0] : NULL;
}

/* Where it lies while nothing of what it refers to happened: of several windows where the outermost begins. */
static void keep_moot_at(cs_scope *scope) {
    if (moment_compare(scope->moot_at, CS_MOMENT_END) == 0) scope->moot_at = scope->lo;
}

static cs_scope after_mark(cs_scope scope, const cs_occurrence *first, const cs_occurrence *sure) {
    if (!first) { /* nothing comes after what did not happen */
        keep_moot_at(&scope);
        scope.hi = scope.lo;
        scope.is_after_anchor = false;
        scope.is_moot = true;
        return scope;
    }
    scope.moot_before = moment_later(scope.moot_before, first->moment);
    keep_moot_at(&scope);
    scope.lo = moment_later(scope.lo, end_of(first));
    scope.is_after_anchor = false;
    if (first != sure) doubt_until(&scope, sure ? end_of(sure) : CS_MOMENT_END, first->reason);
    return scope;
}

static cs_scope until_mark(cs_scope scope, const cs_occurrence *first, const cs_occurrence *sure) {
    if (first && first != sure) doubt_from(&scope, first->moment, first->reason);
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
    if (!marks->is_open) scope.floor = moment_later(scope.floor, moment_later(marks->closed_at, marks->floor));
    if (first && !marks->is_open) return unknown(scope, first->reason);
    keep_moot_at(&scope);
    scope.hi = scope.lo;
    scope.is_moot = !marks->is_open;
    scope.is_unsettled |= marks->is_open;
    return scope;
}

/* The mark is known only from its own floor on; until then nobody knows what is inside. */
static cs_scope settled_by(cs_scope scope, const cs_found *marks) {
    scope.floor = moment_later(scope.floor, marks->floor);
    scope.is_unsettled |= marks->is_unsettled;
    return marks->is_unknown ? unknown(scope, marks->reason) : scope;
}

/* From the first A to the next B behind it. */
static cs_scope between_marks(cs_context *context, const cs_node *window, cs_scope scope, const cs_anchor *anchor) {
    cs_found opening = expression_find(context, window->mark, scope, anchor);
    const cs_occurrence *sure, *first = first_of(&opening, &sure);
    scope = settled_by(scope, &opening);
    if (opening.is_unknown || scope.is_unsettled) return scope;
    bool is_begun = first != NULL;
    scope = after_mark(scope, first, sure);
    cs_found closing = expression_find(context, window->mark_end, scope, anchor);
    first = first_of(&closing, &sure);
    scope = settled_by(scope, &closing);
    return closing.is_unknown || scope.is_unsettled || !is_begun ? scope : until_mark(scope, first, sure);
}

/* Asked again or field: what the record holds was given before the conversation began; the end tells, unless it is given. */
static bool is_on_record(const cs_context *context, const cs_node *window, const cs_occurrence *sure, cs_scope *scope) {
    if (!window->name) return false;
    scope->floor = moment_later(scope->floor, sure ? sure->moment : CS_MOMENT_END);
    if (!sure && !context->end) scope->is_unsettled = true;
    return !sure && (!context->end || field_value(context->end, window->name));
}

static cs_scope against_mark(cs_context *context, const cs_node *window, cs_scope scope, const cs_anchor *anchor) {
    cs_found marks = expression_find(context, window->mark, scope, anchor);
    const cs_occurrence *sure, *first = first_of(&marks, &sure);
    scope = settled_by(scope, &marks);
    if (marks.is_unknown || scope.is_unsettled || is_on_record(context, window, sure, &scope)) return scope;
    if (window->window == WINDOW_AFTER) return after_mark(scope, first, sure);
    if (window->window == WINDOW_UNTIL) return until_mark(scope, first, sure);
    return before_mark(scope, &marks, first, sure);
}

static const char *word_of(cs_window_kind kind) {
    static const char *const words[] = {"within", "within", "within", "first",   "last",    "by",
                                        "before", "after",  "until",  "between", "anywhere"};
    return words[kind];
}

cs_scope scope_narrow(cs_context *context, const cs_node *window, cs_scope scope, const cs_anchor *anchor) {
    if (sabotage_breaks(word_of(window->window))) return scope;
    switch (window->window) {
    case WINDOW_WITHIN_AFTER:
    case WINDOW_WITHIN_BEFORE:
    case WINDOW_WITHIN_AROUND: return within(context, window, scope, anchor);
    case WINDOW_FIRST: return first(context, window, scope);
    case WINDOW_LAST: return last(context, window, scope);
    case WINDOW_BY:
        if (window->extent != EXTENT_TIME) return by_calendar(context, window, scope, anchor);
        reach_before_anchor(&scope);
        if (!context->timeline->is_timed) return unknown(scope, CS_REASON_NO_TIMES);
        close_by_time(context, &scope, window->window_ms);
        return scope;
    case WINDOW_BEFORE:
    case WINDOW_AFTER:
    case WINDOW_UNTIL: return against_mark(context, window, scope, anchor);
    case WINDOW_BETWEEN: return between_marks(context, window, scope, anchor);
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
    both.floor = moment_later(a.floor, b.floor);
    both.is_unsettled = a.is_unsettled || b.is_unsettled;
    return both;
}

cs_scope scope_of(cs_context *context, const cs_node *node, cs_scope scope, const cs_anchor *anchor,
                  cs_moment decided) {
    if (node->kind == NODE_WINDOW)
        return scope_of(context, node->left, scope_narrow(context, node, scope, anchor), anchor, decided);
    if (node->kind == NODE_NOT || node->kind == NODE_COUNT || node->kind == NODE_NTH || node->kind == NODE_REPLY)
        return scope_of(context, node->left, scope, anchor, decided);
    if (node->kind == NODE_AND || node->kind == NODE_OR)
        return unite(scope_of(context, node->left, scope, anchor, decided),
                     scope_of(context, node->right, scope, anchor, decided));
    if (scope.is_moot || moment_compare(decided, scope.moot_before) < 0) scope.lo = scope.hi = scope.moot_at;
    return scope;
}
