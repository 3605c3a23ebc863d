/* Operators that have a value and no place, and fields of the record. */
#include "meaning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static ref_outcome is(bool value) {
    return (ref_outcome){.value = value ? REF_TRUE : REF_FALSE, .units = 1};
}
static ref_outcome unknown(cs_reason reason) {
    return (ref_outcome){.value = REF_UNKNOWN, .reason = reason, .units = 1};
}
static const ref_outcome pending = {.value = REF_PENDING};

/* Up to now it has lasted so long; it only grows, so beyond the limit it stays beyond. */
static ref_outcome duration(const ref_view *v, const cs_node *node) {
    const ref_world *w = v->world;
    const cs_conversation *c = w->conversation;
    bool is_end = ref_is_reached(v, REF_END), is_beyond = false;
    if (!w->is_timed) return is_end ? unknown(CS_REASON_NO_TIMES) : pending;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        int64_t end = c->turns[i].end_ms == CS_NO_TIME ? c->turns[i].start_ms : c->turns[i].end_ms;
        if (ref_is_reached(v, ref_turn_place(w, i, 1)) && end > node->limit_ms) is_beyond = true;
    }
    for (uint32_t i = 0; i < c->event_count; i++)
        if (ref_is_reached(v, ref_event_place(w, i)) && c->events[i].at_ms > node->limit_ms) is_beyond = true;
    for (uint32_t i = 0; i < c->voice_count; i++)
        if (ref_is_reached(v, (ref_place){c->voices[i].start_ms, UINT32_MAX - 2, i}) &&
            c->voices[i].end_ms > node->limit_ms)
            is_beyond = true;
    if (is_beyond) return is(ref_compares(node->compare, (double)node->limit_ms + 1, (double)node->limit_ms));
    if (!is_end) return pending;
    const cs_turn *last = c->turn_count ? &c->turns[c->turn_count - 1] : NULL;
    if (last && last->end_ms == CS_NO_TIME && !w->is_text && w->end_ms == last->start_ms)
        return unknown(CS_REASON_NO_TIMES); /* nobody knows how long it went on */
    return is(ref_compares(node->compare, (double)w->end_ms, (double)node->limit_ms));
}

static ref_outcome turns(const ref_view *v, const cs_node *node) {
    const ref_world *w = v->world;
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->run_count; i++) {
        bool is_asked = node->role == CS_ANYONE || w->runs[i].role == node->role;
        count += is_asked && ref_is_reached(v, ref_turn_place(w, w->runs[i].first, 1));
    }
    if (count > node->number || ref_is_reached(v, REF_END)) return is(ref_compares(node->compare, count, node->number));
    return pending;
}

/* By the time spoken; where turns have no length by the text. */
static ref_outcome talk(const ref_view *v, const cs_node *node) {
    const ref_world *w = v->world;
    const cs_conversation *c = w->conversation;
    double time = 0, own_time = 0, text = 0, own_text = 0;
    bool has_times = w->is_timed && !w->is_text;
    if (!ref_is_reached(v, REF_END)) return pending;
    if (c->is_heard && w->is_timed) {
        for (uint32_t i = 0; i < w->spoken_count; i++) {
            const ref_spoken *s = &w->spoken[i];
            double ms = (double)(s->end_ms - s->start_ms);
            if (s->role == CS_ROLE_SYSTEM) continue;
            time += ms;
            own_time += node->role == CS_ANYONE || s->role == node->role ? ms : 0;
        }
        if (time <= 0) return unknown(CS_REASON_NO_CHANCE);
        return is(ref_compares(node->compare, 100 * own_time / time, node->limit));
    }
    for (uint32_t i = 0; i < c->turn_count; i++) {
        const cs_turn *t = &c->turns[i];
        if (ref_role(w, i) == CS_ROLE_SYSTEM) continue;
        bool is_own = node->role == CS_ANYONE || ref_role(w, i) == node->role;
        if (t->end_ms == CS_NO_TIME) has_times = false;
        double spoken = t->end_ms == CS_NO_TIME ? 0 : (double)(t->end_ms - t->start_ms);
        time += spoken;
        text += t->text_bytes;
        own_time += is_own ? spoken : 0;
        own_text += is_own ? t->text_bytes : 0;
    }
    bool is_by_time = has_times && time > 0;
    if (!is_by_time && text <= 0) return unknown(CS_REASON_NO_CHANCE); /* nobody said a word */
    double share = is_by_time ? 100 * own_time / time : 100 * own_text / text;
    return is(ref_compares(node->compare, share, node->limit));
}

static ref_outcome average(const ref_view *v, const cs_node *node) {
    const ref_world *w = v->world;
    const cs_conversation *c = w->conversation;
    const char *kind = ref_operator_word(node->operator);
    double sum = 0, over = 0;
    bool is_pace = node->operator== OPERATOR_PACE;
    if (!ref_is_reached(v, REF_END)) return pending;
    if (is_pace && c->is_wordless) return unknown(CS_REASON_NO_WORDS);
    for (uint32_t i = 0; i < c->turn_count; i++) {
        const cs_turn *t = &c->turns[i];
        if (node->role != CS_ANYONE && ref_role(w, i) != node->role) continue;
        if (is_pace && w->is_timed && !w->is_text && t->end_ms == CS_NO_TIME) return unknown(CS_REASON_NO_TIMES);
        if (is_pace && w->is_timed && !w->is_text) {
            sum += ref_units(&w->folded[i]) * 60000.0;
            over += (double)(t->end_ms - t->start_ms);
        }
        for (uint32_t a = 0; !is_pace && a < t->annotation_count; a++) {
            if (strcmp(t->annotations[a].kind, kind) != 0) continue;
            sum += t->annotations[a].value;
            over += 1;
            break; /* one a turn */
        }
    }
    if (over <= 0) return unknown(is_pace ? CS_REASON_NO_TIMES : CS_REASON_WAITING);
    return is(ref_compares(node->compare, sum / over, node->limit));
}

/* ---- fields ---- */

const char *ref_field_text(const cs_conversation *c, const char *name) {
    if (strcmp(name, "channel") == 0) return c->channel == CS_CHANNEL_UNKNOWN ? NULL : channel_name(c->channel);
    if (strcmp(name, "agent") == 0 || strcmp(name, "team") == 0) {
        const cs_participant *agent = conversation_agent(c);
        return !agent ? NULL : strcmp(name, "agent") == 0 ? agent->name : agent->team;
    }
    return conversation_field(c, name);
}

static bool as_number(const char *text, double *out) {
    char *end;
    *out = strtod(text, &end);
    return end != text && !*end && isfinite(*out);
}

/* Numbers as numbers, else equal texts; which of two texts is larger nobody can say. */
ref_truth ref_field(const cs_conversation *record, const char *name, cs_compare compare, const char *wanted) {
    const char *value = ref_field_text(record, name);
    double a, b;
    if (!value || !wanted) return REF_UNKNOWN;
    if (as_number(value, &a) && as_number(wanted, &b)) return ref_compares(compare, a, b) ? REF_TRUE : REF_FALSE;
    if (compare != COMPARE_EQ && compare != COMPARE_NE) return REF_UNKNOWN;
    return (strcmp(value, wanted) == 0) == (compare == COMPARE_EQ) ? REF_TRUE : REF_FALSE;
}

static ref_outcome field(const ref_view *v, const cs_node *node) {
    const cs_conversation *c = v->world->conversation;
    ref_place at = REF_END; /* known at the end, or from the time stated with it */
    for (uint32_t i = 0; i < c->field_count && !node->is_field; i++)
        if (strcmp(c->fields[i].name, node->name) == 0 && c->fields[i].at_ms > 0)
            at = (ref_place){c->fields[i].at_ms, UINT32_MAX, UINT32_MAX};
    if (!ref_is_reached(v, at)) return pending;
    const char *wanted = node->is_field ? ref_field_text(c, node->value) : node->value;
    ref_truth value = ref_field(c, node->name, node->compare, wanted);
    return value == REF_UNKNOWN ? unknown(CS_REASON_FIELD_UNKNOWN) : is(value == REF_TRUE);
}

ref_outcome ref_measure(const ref_view *v, const cs_node *node) {
    switch (node->operator) {
    case OPERATOR_DURATION: return duration(v, node);
    case OPERATOR_TURNS: return turns(v, node);
    case OPERATOR_TALK: return talk(v, node);
    case OPERATOR_FIELD: return field(v, node);
    default: return average(v, node);
    }
}
