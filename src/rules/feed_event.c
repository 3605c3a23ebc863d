/* Call and desk events: hold, transfer, hang-up, any event by its name. */
#include "rules/feed.h"

#include <string.h>

/* Behind every turn that starts at its millisecond, before a deadline of it. */
static cs_occurrence occurrence_of(const cs_feed *feed, uint32_t index) {
    const cs_timeline *t = feed->timeline;
    const cs_event *event = t->events[index];
    uint32_t last = t->turn_count ? t->turn_count - 1 : CS_NO_TURN;
    cs_occurrence o = {.turn = last, .matched = "", .how = "event", .start_ms = CS_NO_TIME, .end_ms = CS_NO_TIME};
    if (t->is_timed) {
        bool has_time = event->at_ms != CS_NO_TIME;
        o.moment = (cs_moment){has_time ? event->at_ms : INT64_MAX - 1, UINT32_MAX - 1, index};
        o.start_ms = o.end_ms = event->at_ms;
    } else {
        o.moment = last == CS_NO_TURN ? (cs_moment){-1, UINT32_MAX - 1, index} /* before all that is said */
                                      : (cs_moment){0, last, UINT32_MAX - CS_MAX_EVENTS - 2 + index};
    }
    o.measured = event->kind;
    return o;
}

static bool is_by(const cs_feed *feed, const cs_node *atom, uint32_t participant, cs_occurrence *o) {
    if (atom->by == CS_ANYONE) return true;
    cs_role role =
        participant == CS_NO_PARTICIPANT ? CS_ROLE_UNDECIDED : feed->timeline->head->participants[participant].role;
    if (role == CS_ROLE_UNDECIDED) {
        o->is_possible = true;
        o->reason = CS_REASON_ROLE_UNKNOWN;
    }
    return role == atom->by || role == CS_ROLE_UNDECIDED;
}

static void add(cs_feed *feed, const cs_node *atom, const cs_occurrence *o) {
    if (!table_add(feed->table, atom->atom, o)) feed->is_out_of_memory = true;
}

static bool is_timer(const cs_node *atom) {
    return atom->has_compare && (atom->compare == COMPARE_GT || atom->compare == COMPARE_GE);
}

static bool ends_hold(const char *kind) {
    return strcmp(kind, "resume") == 0 || strcmp(kind, "hang-up") == 0 || strcmp(kind, "close") == 0;
}

/* hold < 60s: known when it ends. */
static void end_hold(cs_feed *feed, const cs_node *atom, uint32_t index) {
    int64_t ended_ms = feed->timeline->events[index]->at_ms;
    if (feed->held_ms == CS_NO_TIME || ended_ms == CS_NO_TIME || !atom->has_compare || is_timer(atom) ||
        !feed->timeline->is_timed)
        return;
    int64_t took = ended_ms - feed->held_ms;
    cs_occurrence o = occurrence_of(feed, index);
    if (!feed_compares(atom->compare, (double)took, (double)atom->limit_ms) || !is_by(feed, atom, feed->holder, &o))
        return;
    o.measured = feed_words(feed, "%.1f s", (double)took / 1000);
    add(feed, atom, &o);
}

/* Seconds of quiet before the line went. */
static bool is_late_enough(cs_feed *feed, const cs_node *atom, const cs_event *event, cs_occurrence *o) {
    if (!atom->has_compare) return true;
    if (!feed->timeline->is_timed || feed->spoken_ms == CS_NO_TIME) return false;
    if (event->at_ms == CS_NO_TIME) { /* it hung up, nobody knows when */
        o->is_possible = true;
        o->reason = CS_REASON_NO_TIMES;
        return true;
    }
    int64_t quiet = event->at_ms - feed->spoken_ms;
    if (feed->is_spoken_unknown) {
        o->is_possible = true;
        o->reason = CS_REASON_NO_TIMES;
    }
    o->measured = feed_words(feed, "%.1f s", (double)quiet / 1000);
    return feed->is_spoken_unknown || feed_compares(atom->compare, (double)quiet, (double)atom->limit_ms);
}

void feed_event_of(cs_feed *feed, const cs_node *atom, uint32_t index) {
    const cs_event *event = feed->timeline->events[index];
    const char *wanted = atom->operator== OPERATOR_EVENT      ? atom->name
                         : atom->operator== OPERATOR_HOLD     ? "hold"
                         : atom->operator== OPERATOR_TRANSFER ? "transfer"
                         : atom->operator== OPERATOR_HANG_UP  ? "hang-up"
                                                              : NULL;
    if (!wanted) return;
    if (atom->operator== OPERATOR_HOLD && ends_hold(event->kind)) end_hold(feed, atom, index);
    if (strcmp(event->kind, wanted) != 0 || (atom->operator== OPERATOR_HOLD && atom->has_compare)) return;
    cs_occurrence o = occurrence_of(feed, index);
    if (!is_by(feed, atom, event->participant, &o)) return;
    if (atom->operator== OPERATOR_HANG_UP && !is_late_enough(feed, atom, event, &o)) return;
    add(feed, atom, &o);
}

void feed_hold_until(cs_feed *feed, const cs_node *atom, int64_t time_ms) {
    if (feed->held_ms == CS_NO_TIME || !is_timer(atom)) return;
    int64_t deadline = feed->held_ms + atom->limit_ms - (atom->compare == COMPARE_GE);
    if (deadline < feed->checked_ms || deadline >= time_ms) return;
    const cs_timeline *t = feed->timeline;
    cs_occurrence o = {.turn = t->turn_count ? t->turn_count - 1 : CS_NO_TURN,
                       .moment = {deadline, UINT32_MAX, UINT32_MAX - 2},
                       .start_ms = feed->held_ms,
                       .end_ms = deadline,
                       .matched = "",
                       .how = "event"};
    o.measured = feed_words(feed, "> %.1f s", (double)atom->limit_ms / 1000);
    if (is_by(feed, atom, feed->holder, &o)) add(feed, atom, &o);
}
