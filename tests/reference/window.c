/* Windows, as far as a place: what is inside, and whether more may come. */
#include "meaning.h"

#include "rules/calendar.h"

#include <string.h>

bool ref_is_reached(const ref_view *v, ref_place place) {
    ref_note_place(v->world, place);
    return ref_compare(place, v->now) <= 0;
}

ref_anchor ref_anchor_start(void) {
    return (ref_anchor){.start = REF_BEGIN, .end = REF_BEGIN, .turn = CS_NO_TURN};
}

ref_anchor ref_anchor_at(const ref_occurrence *o) {
    ref_anchor a = {
        .start = o->at, .end = o->at, .start_ms = o->start_ms, .end_ms = o->end_ms, .turn = o->turn, .group = o->group};
    a.end.offset = o->to ? o->to + 1 : a.end.offset + 1;
    return a;
}

/* The earlier end counts; of two at the same place the inner one, but time that ran out stays time that ran out. */
static void close(const ref_view *v, ref_scope *s, ref_place at, bool is_cut, bool is_elapsed) {
    if (!ref_is_reached(v, at)) return;
    if (s->is_closed && ref_compare(s->closes, at) < 0) return;
    bool is_tie = s->is_closed && ref_compare(s->closes, at) == 0;
    s->is_elapsed = is_elapsed || (is_tie && s->is_elapsed);
    s->is_closed = true;
    s->is_cut = is_cut;
    s->closes = at;
}

ref_scope ref_whole(const ref_view *v) {
    ref_scope s = {.lo = REF_BEGIN,
                   .hi = REF_END,
                   .lo_ms = INT64_MIN,
                   .hi_ms = INT64_MAX,
                   .moot_before = REF_BEGIN,
                   .settles = REF_BEGIN,
                   .moot_at = REF_END,
                   .doubt_from = REF_END,
                   .doubt_until = REF_BEGIN};
    close(v, &s, REF_END, true, false);
    return s;
}

ref_scope ref_behind(const ref_view *v) {
    ref_scope s = ref_whole(v);
    s.lo = v->anchor->end;
    s.is_default = true;
    return s;
}

ref_scope ref_closed_at(ref_scope s, ref_place place, bool with_place) {
    ref_place behind = place;
    if (with_place && behind.offset < UINT32_MAX) behind.offset++;
    s.hi = ref_earlier(s.hi, behind);
    s.is_closed = true;
    s.is_cut = s.is_elapsed = false;
    s.closes = place;
    return s;
}

static void reach_back(ref_scope *s) {
    if (s->is_default) s->lo = REF_BEGIN;
    s->is_default = false;
}

static ref_scope unknown(ref_scope s, cs_reason reason) {
    s.is_unknown = true;
    s.reason = reason;
    return s;
}

static void until_time(const ref_view *v, ref_scope *s, int64_t until) {
    if (until < s->hi_ms) s->hi_ms = until;
    if (until <= v->world->end_ms)
        close(v, s, (ref_place){until, UINT32_MAX, UINT32_MAX}, false, true);
    else
        close(v, s, REF_END, true, false);
}

/* ---- speaking turns ---- */

static bool is_of(const ref_run *run, cs_role role) {
    return role == CS_ANYONE || run->role == role;
}

/* The end of the n-th speaking turn that begins behind the turn (CS_NO_TURN: of all). */
static void until_turns(const ref_view *v, ref_scope *s, cs_role role, uint32_t turn, uint32_t n) {
    const ref_world *w = v->world;
    for (uint32_t i = 0; i < w->run_count; i++) {
        const ref_run *run = &w->runs[i];
        if ((turn != CS_NO_TURN && run->first <= turn) || !is_of(run, role) || --n) continue;
        if (ref_is_reached(v, run->closes)) s->hi = ref_earlier(s->hi, run->closes);
        close(v, s, run->closes, false, false);
        return;
    }
    close(v, s, REF_END, true, false);
}

/* The beginning of the n-th speaking turn before the one that the turn is in, of fewer the first of them; without any the
 * beginning of its own. */
static ref_place from_turns(const ref_world *w, cs_role role, uint32_t turn, uint32_t n) {
    ref_place from = ref_turn_place(w, turn, 0);
    bool is_system =
        ref_role(w, turn) == CS_ROLE_SYSTEM; /* stands in none, so all that began before it are before it */
    for (uint32_t i = w->run_count; i-- > 0 && n;) {
        const ref_run *run = &w->runs[i];
        if (run->first > turn) continue;
        bool is_own = !is_system && run->last >= turn;
        if (is_own) from = run->opens;
        if (is_own || !is_of(run, role)) continue;
        from = run->opens;
        n--;
    }
    return from;
}

static uint32_t runs_of(const ref_world *w, cs_role role) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->run_count; i++) n += is_of(&w->runs[i], role);
    return n;
}

static ref_scope by_day(const ref_view *v, const cs_node *window, ref_scope s) {
    const cs_conversation *c = v->world->conversation;
    if (!v->world->is_timed || c->started_ms == CS_NO_TIME) return unknown(s, CS_REASON_NO_TIMES);
    int64_t from = c->started_ms + v->anchor->end_ms;
    const cs_calendar *calendar = v->world->syntax->calendar;
    int64_t until = window->window == WINDOW_WITHIN_AFTER ? calendar_workday_later(calendar, from, window->window_count)
                    : window->extent == EXTENT_WORKDAY ? calendar_end_of_workday(calendar, from, window->window_count)
                                                       : calendar_end_of_day(calendar, from, window->window_count);
    s.lo = ref_later(s.lo, v->anchor->end);
    s.is_default = false;
    until_time(v, &s, until - c->started_ms);
    return s;
}

static ref_scope within(const ref_view *v, const cs_node *window, ref_scope s) {
    const ref_anchor *a = v->anchor;
    bool is_before = window->window != WINDOW_WITHIN_AFTER, is_after = window->window != WINDOW_WITHIN_BEFORE;
    bool is_time = window->extent != EXTENT_TURNS;
    if (is_time && (!v->world->is_timed || a->end_ms == CS_NO_TIME)) return unknown(s, CS_REASON_NO_TIMES);
    if (is_before) {
        reach_back(&s);
        int64_t from_ms = a->start_ms - window->window_ms;
        if (is_time && from_ms > s.lo_ms) s.lo_ms = from_ms;
        if (!is_time && a->turn != CS_NO_TURN)
            s.lo = ref_later(s.lo, from_turns(v->world, window->role, a->turn, window->window_count));
    } else {
        s.lo = ref_later(s.lo, a->end);
        s.is_default = false;
    }
    if (!is_after) {
        s.hi = ref_earlier(s.hi, a->start);
        close(v, &s, a->start, false, false);
    } else if (window->extent == EXTENT_WORKDAY) {
        return by_day(v, window, s);
    } else if (is_time) {
        until_time(v, &s, a->end_ms + window->window_ms);
    } else {
        until_turns(v, &s, window->role, a->turn, window->window_count);
    }
    return s;
}

/* ---- of the conversation ---- */

static ref_scope first(const ref_view *v, const cs_node *window, ref_scope s) {
    uint32_t n = window->window_count;
    reach_back(&s);
    if (window->extent == EXTENT_TIME) {
        if (!v->world->is_timed) return unknown(s, CS_REASON_NO_TIMES);
        until_time(v, &s, window->window_ms);
        return s;
    }
    if (window->extent == EXTENT_PERCENT) {
        if (!ref_is_reached(v, REF_END)) return s.is_unsettled = true, s;
        s.settles = REF_END;
        n = (runs_of(v->world, window->role) * n + 99) / 100;
        if (!n) return s.hi = s.lo, s;
    }
    until_turns(v, &s, window->role, CS_NO_TURN, n);
    return s;
}

static ref_scope last(const ref_view *v, const cs_node *window, ref_scope s) {
    const ref_world *w = v->world;
    uint32_t n = window->window_count;
    reach_back(&s);
    if (!ref_is_reached(v, REF_END)) return s.is_unsettled = true, s;
    s.settles = REF_END;
    if (window->extent == EXTENT_TIME && !w->is_timed) return unknown(s, CS_REASON_NO_TIMES);
    if (window->extent == EXTENT_TIME) {
        if (w->end_ms - window->window_ms > s.lo_ms) s.lo_ms = w->end_ms - window->window_ms;
        return s;
    }
    if (window->extent == EXTENT_PERCENT) n = (runs_of(w, window->role) * n + 99) / 100;
    ref_place from = REF_END; /* of nothing nothing is the last */
    for (uint32_t i = w->run_count; i-- > 0 && n;)
        if (is_of(&w->runs[i], window->role)) from = w->runs[i].opens, n--;
    s.lo = ref_later(s.lo, from);
    return s;
}

/* ---- of another condition ---- */

static const ref_occurrence *first_sure(const ref_found *marks) {
    for (uint32_t i = 0; i < marks->count; i++)
        if (!marks->items[i].is_possible) return &marks->items[i];
    return NULL;
}

static ref_place end_of(const ref_occurrence *mark) {
    ref_place end = mark->at;
    end.offset = mark->to ? mark->to + 1 : end.offset + 1;
    return end;
}

/* Between the first possible mark and the first sure one nobody knows on which side a word stands; of two doubts the first
 * gives the reason. */
static void doubt_until(ref_scope *s, ref_place until, cs_reason reason) {
    if (ref_compare(s->doubt_until, REF_BEGIN) == 0) s->reason_until = reason;
    s->doubt_until = ref_later(s->doubt_until, until);
}

static void doubt_from(ref_scope *s, ref_place from, cs_reason reason) {
    if (ref_compare(s->doubt_from, REF_END) == 0) s->reason_from = reason;
    s->doubt_from = ref_earlier(s->doubt_from, from);
}

/* Where it lies while nothing of what it refers to happened: of several windows where the outermost begins. */
static void keep_moot_at(ref_scope *s) {
    if (ref_compare(s->moot_at, REF_END) == 0) s->moot_at = s->lo;
}

static ref_scope behind_mark(ref_scope s, const ref_found *marks) {
    const ref_occurrence *sure = first_sure(marks), *any = marks->count ? &marks->items[0] : NULL;
    keep_moot_at(&s);
    if (!any) return s.hi = s.lo, s.is_default = false, s.is_moot = true, s;
    s.moot_before = ref_later(s.moot_before, any->at);
    s.lo = ref_later(s.lo, end_of(any));
    s.is_default = false;
    if (any != sure) doubt_until(&s, sure ? end_of(sure) : REF_END, any->reason);
    return s;
}

static ref_scope up_to_mark(const ref_view *v, ref_scope s, const ref_found *marks) {
    const ref_occurrence *sure = first_sure(marks), *any = marks->count ? &marks->items[0] : NULL;
    if (any && any != sure) doubt_from(&s, any->at, any->reason);
    if (!sure) return s;
    s.hi = ref_earlier(s.hi, sure->at);
    close(v, &s, sure->at, false, false);
    return s;
}

/* What is said before Y counts once Y comes. */
static ref_scope before_mark(const ref_view *v, ref_scope s, const ref_found *marks) {
    reach_back(&s);
    const ref_occurrence *sure = first_sure(marks);
    if (sure) s.settles = ref_later(s.settles, sure->at);
    if (sure) return up_to_mark(v, s, marks);
    if (!marks->is_closed) return s.is_unsettled = true, s;
    s.settles = ref_later(s.settles, marks->closes);
    if (marks->count) return unknown(s, marks->items[0].reason);
    keep_moot_at(&s);
    s.hi = s.lo;
    s.is_moot = true;
    return s;
}

static ref_scope against_mark(const ref_view *v, const cs_node *window, ref_scope s) {
    ref_found marks;
    ref_find(v, window->mark, s, &marks);
    if (marks.is_unsettled) s.is_unsettled = true;
    s.settles = ref_later(s.settles, marks.settles);
    if (marks.is_unknown) return unknown(s, marks.reason);
    if (s.is_unsettled) return s;
    if (window->name && !first_sure(&marks)) { /* asks again … or field: what the record holds was given before */
        if (!ref_is_reached(v, REF_END)) return s.is_unsettled = true, s;
        if (ref_field_text(v->world->conversation, window->name)) return s;
    }
    if (window->window == WINDOW_AFTER) return behind_mark(s, &marks);
    return window->window == WINDOW_UNTIL ? up_to_mark(v, s, &marks) : before_mark(v, s, &marks);
}

static ref_scope between(const ref_view *v, const cs_node *window, ref_scope s) {
    ref_found marks;
    ref_find(v, window->mark, s, &marks);
    if (marks.is_unsettled) s.is_unsettled = true;
    s.settles = ref_later(s.settles, marks.settles);
    if (marks.is_unknown) return unknown(s, marks.reason);
    if (s.is_unsettled) return s;
    s = behind_mark(s, &marks);
    bool is_begun = marks.count > 0;
    ref_find(v, window->mark_end, s, &marks);
    if (marks.is_unsettled) s.is_unsettled = true;
    s.settles = ref_later(s.settles, marks.settles);
    if (marks.is_unknown) return unknown(s, marks.reason);
    return is_begun ? up_to_mark(v, s, &marks) : s;
}

ref_scope ref_narrow(const ref_view *v, const cs_node *window, ref_scope s) {
    switch (window->window) {
    case WINDOW_WITHIN_AFTER:
    case WINDOW_WITHIN_BEFORE:
    case WINDOW_WITHIN_AROUND: return within(v, window, s);
    case WINDOW_FIRST: return first(v, window, s);
    case WINDOW_LAST: return last(v, window, s);
    case WINDOW_BY:
        if (window->extent != EXTENT_TIME) return by_day(v, window, s);
        return first(v, window, s); /* by 2m and first 2m are one */
    case WINDOW_BEFORE:
    case WINDOW_AFTER:
    case WINDOW_UNTIL: return against_mark(v, window, s);
    case WINDOW_BETWEEN: return between(v, window, s);
    case WINDOW_ANYWHERE: reach_back(&s); return s;
    }
    return s;
}

/* Of two parts from the earlier beginning to the later end. */
ref_scope ref_hull(const ref_view *v, const cs_node *node, ref_scope s) {
    if (node->kind == NODE_WINDOW) return ref_hull(v, node->left, ref_narrow(v, node, s));
    if (node->kind == NODE_NOT || node->kind == NODE_COUNT || node->kind == NODE_NTH || node->kind == NODE_REPLY)
        return ref_hull(v, node->left, s);
    if (node->kind != NODE_AND && node->kind != NODE_OR) {
        if (s.is_moot) s.lo = s.hi = s.moot_at;
        return s;
    }
    ref_scope a = ref_hull(v, node->left, s), b = ref_hull(v, node->right, s);
    bool is_later = !b.is_closed || (a.is_closed && ref_compare(b.closes, a.closes) > 0);
    ref_scope both = is_later ? b : a;
    both.lo = ref_earlier(a.lo, b.lo);
    both.hi = ref_later(a.hi, b.hi);
    both.lo_ms = a.lo_ms < b.lo_ms ? a.lo_ms : b.lo_ms;
    both.hi_ms = a.hi_ms > b.hi_ms ? a.hi_ms : b.hi_ms;
    both.is_unsettled = a.is_unsettled || b.is_unsettled;
    return both;
}
