/* What the clock and the desk say: silence, response time, hold, transfer, hang-up, events. */
#include "world.h"

#include <string.h>

/* ---- who spoke last ---- */

static int64_t end_of(const ref_world *w, uint32_t spoken) {
    const ref_spoken *s = &w->spoken[spoken];
    return s->end_ms == CS_NO_TIME ? s->start_ms : s->end_ms;
}

static bool lacks_end(const ref_world *w, uint32_t spoken) {
    return w->spoken[spoken].end_ms == CS_NO_TIME;
}

/* Of all who had begun by then, but announcements, whose words end last; CS_NO_TURN: nobody. */
static uint32_t last_speech(const ref_world *w, int64_t by_ms) {
    uint32_t last = CS_NO_TURN;
    for (uint32_t i = 0; i < w->spoken_count && w->spoken[i].start_ms <= by_ms; i++)
        if (w->spoken[i].role != CS_ROLE_SYSTEM && (last == CS_NO_TURN || end_of(w, i) >= end_of(w, last))) last = i;
    return last;
}

/* A deadline goes off only before the call is hung up or closed and before the conversation's end. */
static bool can_go_off(const ref_world *w, int64_t deadline) {
    const cs_conversation *c = w->conversation;
    for (uint32_t i = 0; i < c->event_count; i++)
        if ((strcmp(c->events[i].kind, "hang-up") == 0 || strcmp(c->events[i].kind, "close") == 0) &&
            c->events[i].at_ms <= deadline)
            return false;
    return deadline < w->end_ms;
}

/* > 4s is passed at 4 s when nobody has begun by then, >= 4s a millisecond earlier. */
static int64_t deadline_of(const cs_node *atom, int64_t since) {
    return since + atom->limit_ms - (atom->compare == COMPARE_GE ? 1 : 0);
}

static bool is_timer(const cs_node *atom) {
    return atom->compare == COMPARE_GT || atom->compare == COMPARE_GE;
}

static ref_occurrence deadline(uint32_t turn, int64_t since, int64_t at) {
    return (ref_occurrence){
        .at = {at, UINT32_MAX, 0}, .turn = turn, .start_ms = since, .end_ms = at, .window_ms = at, .has_words = true};
}

/* ---- silence ---- */

/* The hold that runs at that time: its beginning in *from; and the end of the last one in *until. */
static bool is_held(const ref_world *w, int64_t by_ms, int64_t *from, int64_t *until, uint32_t *holder) {
    const cs_conversation *c = w->conversation;
    bool is_on = false;
    *until = *from = CS_NO_TIME;
    for (uint32_t i = 0; i < c->event_count && c->events[i].at_ms <= by_ms; i++) {
        if (!is_on && strcmp(c->events[i].kind, "hold") == 0) {
            is_on = true, *from = c->events[i].at_ms, *holder = c->events[i].participant;
        } else if (is_on && strcmp(c->events[i].kind, "resume") == 0) {
            is_on = false;
            if (c->events[i].at_ms > *until) *until = c->events[i].at_ms;
        }
    }
    return is_on;
}

static bool holds_words(const ref_world *w, const cs_node *words, uint32_t turn) {
    for (uint32_t i = 0; words && i < w->atoms[words->atom].count; i++)
        if (w->atoms[words->atom].items[i].turn == turn) return true;
    return false;
}

static bool ends_hold(const char *kind) {
    return strcmp(kind, "resume") == 0 || strcmp(kind, "hang-up") == 0 || strcmp(kind, "close") == 0;
}

/* Whether the silence since then has just become too long: looked at from the deadline. */
static void try_silence(ref_world *w, const cs_node *atom, int64_t since) {
    int64_t at = deadline_of(atom, since), from, resumed;
    uint32_t holder, last = last_speech(w, at);
    bool is_free = atom->options & 2;
    if (last == CS_NO_TURN || !can_go_off(w, at)) return;
    int64_t spoken = end_of(w, last);
    if (is_free && is_held(w, at, &from, &resumed, &holder)) return;
    if (is_free && resumed > spoken) spoken = resumed;
    if (spoken != since) return; /* somebody spoke, or the hold ended, in between */
    cs_role role = w->spoken[last].role;
    uint32_t turn = w->conversation->is_heard ? ref_turn_of(w, w->spoken[last].participant, at) : w->spoken[last].turn;
    bool is_service = role == CS_ROLE_AGENT || role == CS_ROLE_BOT, is_known = role != CS_ROLE_UNDECIDED;
    bool is_owed = atom->by == CS_ROLE_CUSTOMER ? is_service : role == CS_ROLE_CUSTOMER;
    if (atom->by != CS_ANYONE && is_known && !is_owed) return;
    ref_occurrence o = deadline(turn, since, at);
    bool is_role_unknown = atom->by != CS_ANYONE && !is_known,
         may_be_excused = atom->mark && w->conversation->is_wordless;
    o.is_possible = is_role_unknown || lacks_end(w, last) || may_be_excused;
    o.reason = is_role_unknown ? CS_REASON_ROLE_UNKNOWN : lacks_end(w, last) ? CS_REASON_NO_TIMES : CS_REASON_NO_WORDS;
    if (turn == CS_NO_TURN || !holds_words(w, atom->mark, turn)) ref_add(w, atom->atom, o);
}

/* A silence begins where words end, or where a hold does. */
static void read_silence(ref_world *w, const cs_node *atom) {
    const cs_conversation *c = w->conversation;
    int64_t tried[REF_MOST];
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->spoken_count + c->event_count && count < REF_MOST; i++) {
        int64_t since = i < w->spoken_count ? end_of(w, i) : c->events[i - w->spoken_count].at_ms;
        bool is_new = true;
        for (uint32_t k = 0; k < count; k++) is_new = is_new && tried[k] != since;
        if (is_new) try_silence(w, atom, tried[count++] = since);
    }
}

/* ---- response time ---- */

static bool is_other_side(cs_role role, cs_role asked) {
    bool is_service = asked == CS_ROLE_AGENT || asked == CS_ROLE_BOT;
    return asked == CS_ROLE_CUSTOMER ? role == CS_ROLE_AGENT || role == CS_ROLE_BOT
                                     : is_service && role == CS_ROLE_CUSTOMER;
}

/* Who waits for the role behind the first n that spoke: of the other side, since it spoke last itself, whose words end
 * last. CS_NO_TURN: nobody. */
static uint32_t waiting_for(const ref_world *w, const cs_node *atom, uint32_t n, bool *is_doubtful) {
    uint32_t waiting = CS_NO_TURN;
    *is_doubtful = false;
    for (uint32_t i = 0; i < n; i++) {
        cs_role role = w->spoken[i].role;
        if (role == atom->role) {
            if (atom->options) return CS_NO_TURN; /* for first reply */
            waiting = CS_NO_TURN;
        } else if (is_other_side(role, atom->role)) {
            if (waiting == CS_NO_TURN || end_of(w, i) >= end_of(w, waiting)) waiting = i;
            *is_doubtful = false;
        } else if (role == CS_ROLE_UNDECIDED) {
            *is_doubtful = true;
        }
    }
    return waiting;
}

static void read_response(ref_world *w, const cs_node *atom) {
    bool is_doubtful;
    if (atom->role == CS_ANYONE) return;
    for (uint32_t i = 0; i < w->spoken_count; i++) {
        const ref_spoken *s = &w->spoken[i];
        ref_occurrence o;
        uint32_t waiting;
        if (is_timer(atom)) { /* the deadline of these words: does their side still wait for an answer to them? */
            int64_t at = deadline_of(atom, end_of(w, i));
            uint32_t begun = 0;
            while (begun < w->spoken_count && w->spoken[begun].start_ms <= at) begun++;
            waiting = waiting_for(w, atom, begun, &is_doubtful);
            if (waiting != i || !can_go_off(w, at)) continue;
            o = deadline(s->turn, end_of(w, i), at);
        } else {
            if (s->role != atom->role) continue;
            waiting = waiting_for(w, atom, i, &is_doubtful);
            if (waiting == CS_NO_TURN) continue;
            int64_t took = s->start_ms - end_of(w, waiting);
            if (!ref_compares(atom->compare, (double)took, (double)atom->limit_ms)) continue;
            o = (ref_occurrence){.at = s->at, .turn = s->turn, .is_words = !s->is_voice, .has_words = true};
            o.start_ms = o.window_ms = s->start_ms;
            o.end_ms = end_of(w, i);
        }
        o.is_possible = is_doubtful || lacks_end(w, waiting);
        o.reason = is_doubtful ? CS_REASON_ROLE_UNKNOWN : CS_REASON_NO_TIMES;
        ref_add(w, atom->atom, o);
    }
}

/* ---- events ---- */

static bool is_by(const ref_world *w, const cs_node *atom, uint32_t participant, ref_occurrence *o) {
    cs_role role =
        participant == CS_NO_PARTICIPANT ? CS_ROLE_UNDECIDED : w->conversation->participants[participant].role;
    if (atom->by == CS_ANYONE) return true;
    if (role == CS_ROLE_UNDECIDED) o->is_possible = true, o->reason = CS_REASON_ROLE_UNKNOWN;
    return role == atom->by || role == CS_ROLE_UNDECIDED;
}

static void read_hold_time(ref_world *w, const cs_node *atom, uint32_t event, ref_occurrence o) {
    const cs_conversation *c = w->conversation;
    int64_t from = 0, until;
    uint32_t holder = 0;
    bool is_begin = strcmp(c->events[event].kind, "hold") == 0;
    bool is_end = ends_hold(c->events[event].kind);
    if (is_timer(atom) && is_begin) {
        int64_t at = deadline_of(atom, c->events[event].at_ms);
        if (!is_held(w, at, &from, &until, &holder) || from != c->events[event].at_ms || !can_go_off(w, at)) return;
        for (uint32_t i = 0; i < event; i++) /* said twice in one millisecond it began once */
            if (c->events[i].at_ms == from && strcmp(c->events[i].kind, "hold") == 0) return;
        uint32_t begun = 0;
        while (begun < c->turn_count && c->turns[begun].start_ms <= at) begun++;
        o = deadline(begun ? begun - 1 : CS_NO_TURN, from, at);
        if (is_by(w, atom, holder, &o)) ref_add(w, atom->atom, o);
    } else if (!is_timer(atom) && is_end) {
        bool is_on = false;
        for (uint32_t i = 0; i < event; i++) {
            if (!is_on && strcmp(c->events[i].kind, "hold") == 0)
                is_on = true, from = c->events[i].at_ms, holder = c->events[i].participant;
            else if (ends_hold(c->events[i].kind))
                is_on = false;
        }
        if (!is_on || !ref_compares(atom->compare, (double)(c->events[event].at_ms - from), (double)atom->limit_ms))
            return;
        if (is_by(w, atom, holder, &o)) ref_add(w, atom->atom, o);
    }
}

static bool is_quiet_before(const ref_world *w, const cs_node *atom, uint32_t event, ref_occurrence *o) {
    if (!atom->has_compare) return true;
    int64_t at = w->conversation->events[event].at_ms;
    uint32_t last = last_speech(w, at);
    if (last == CS_NO_TURN) return false;
    if (lacks_end(w, last)) return o->is_possible = true, o->reason = CS_REASON_NO_TIMES, true;
    return ref_compares(atom->compare, (double)(at - end_of(w, last)), (double)atom->limit_ms);
}

static void read_event(ref_world *w, const cs_node *atom, uint32_t event) {
    const cs_event *e = &w->conversation->events[event];
    uint32_t before = ref_turns_before_event(w, event);
    int64_t at = w->is_timed ? e->at_ms : CS_NO_TIME;
    ref_occurrence o = {.at = ref_event_place(w, event),
                        .turn = before ? before - 1 : CS_NO_TURN,
                        .start_ms = at,
                        .end_ms = at,
                        .window_ms = at,
                        .has_words = true};
    const char *wanted = atom->operator== OPERATOR_EVENT ? atom->name : ref_operator_word(atom->operator);
    if (atom->operator== OPERATOR_HOLD && atom->has_compare) {
        if (w->is_timed) read_hold_time(w, atom, event, o);
        return;
    }
    if (strcmp(e->kind, wanted) != 0 || !is_by(w, atom, e->participant, &o)) return;
    if (atom->operator== OPERATOR_HANG_UP && atom->has_compare && !w->is_timed) return;
    if (atom->operator== OPERATOR_HANG_UP && !is_quiet_before(w, atom, event, &o)) return;
    ref_add(w, atom->atom, o);
}

void ref_read_clock(ref_world *w, const cs_node *atom) {
    bool is_event = atom->operator== OPERATOR_HOLD || atom->operator== OPERATOR_TRANSFER ||
                    atom->
                    operator== OPERATOR_HANG_UP || atom->
                    operator== OPERATOR_EVENT;
    for (uint32_t i = 0; is_event && i < w->conversation->event_count; i++) read_event(w, atom, i);
    if (!w->is_timed) return;
    if (atom->operator== OPERATOR_SILENCE && is_timer(atom)) read_silence(w, atom);
    if (atom->operator== OPERATOR_RESPONSE) read_response(w, atom);
}
