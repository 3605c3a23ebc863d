/* Operators that have a value and no place: duration, turns, talk share, averages, fields. */
#include "rules/expression.h"
#include "rules/feed.h"

#include <string.h>

static cs_outcome decide(bool value, cs_moment at) {
    return (cs_outcome){.value = value ? VALUE_TRUE : VALUE_FALSE, .decided = at, .units = 1};
}

static cs_outcome undecided(cs_reason reason) {
    return (cs_outcome){.value = VALUE_UNKNOWN, .decided = CS_MOMENT_END, .reason = reason, .units = 1};
}

static const cs_outcome pending = {.value = VALUE_PENDING};

/* What grows only: once beyond the limit, the comparison is settled. value: what is beyond, decided where it went beyond. */
static cs_outcome beyond(const cs_node *node, double value, double limit, cs_moment at) {
    return decide(feed_compares(node->compare, value, limit), at);
}

static cs_outcome duration_value(const cs_context *context, const cs_node *node) {
    const cs_timeline *t = context->timeline;
    double limit = (double)node->limit_ms;
    cs_moment first = CS_MOMENT_END;
    if (!t->is_timed) return t->is_ended ? undecided(CS_REASON_NO_TIMES) : pending;
    for (uint32_t i = 0; i < t->turn_count; i++) {
        const cs_turn *turn = t->turns[i];
        int64_t end = turn->end_ms == CS_NO_TIME ? turn->start_ms : turn->end_ms;
        if (end > node->limit_ms) first = moment_earlier(first, timeline_moment(t, i, 1));
    }
    for (uint32_t i = 0; i < t->event_count; i++)
        if (t->events[i]->at_ms > node->limit_ms)
            first = moment_earlier(first, (cs_moment){t->events[i]->at_ms, UINT32_MAX - 1, i});
    for (uint32_t i = 0; i < t->voice_count; i++)
        if (t->voices[i]->end_ms > node->limit_ms)
            first = moment_earlier(first, (cs_moment){t->voices[i]->start_ms, CS_VOICE_TURN, i});
    if (first.at_ms != INT64_MAX) return beyond(node, limit + 1, limit, first);
    if (!t->is_ended) return pending;
    const cs_turn *last = t->turn_count ? t->turns[t->turn_count - 1] : NULL;
    bool is_end_unknown = last && last->end_ms == CS_NO_TIME && !feed_is_text(t) && t->end_ms == last->start_ms;
    return is_end_unknown ? undecided(CS_REASON_NO_TIMES)
                          : decide(feed_compares(node->compare, (double)t->end_ms, limit), CS_MOMENT_END);
}

static cs_outcome turns_value(const cs_context *context, const cs_node *node) {
    const cs_timeline *t = context->timeline;
    uint32_t count = 0;
    for (uint32_t i = 0; i < t->run_count; i++) {
        if (node->role != CS_ANYONE && t->runs[i].role != node->role) continue;
        if (++count > node->number) return beyond(node, count, node->number, timeline_moment(t, t->runs[i].first, 1));
    }
    return t->is_ended ? decide(feed_compares(node->compare, count, node->number), CS_MOMENT_END) : pending;
}

static cs_outcome share(const cs_node *node, double own, double all) {
    if (all <= 0) return undecided(CS_REASON_NO_CHANCE); /* nobody said a word */
    return decide(feed_compares(node->compare, 100 * own / all, node->limit), CS_MOMENT_END);
}

static cs_outcome heard_share(const cs_timeline *t, const cs_node *node) {
    double own = 0, all = 0;
    for (uint32_t i = 0; i < t->voice_count; i++) {
        cs_role role = timeline_role_of(t, t->voices[i]->participant);
        double ms = (double)(t->voices[i]->end_ms - t->voices[i]->start_ms);
        if (role == CS_ROLE_SYSTEM) continue;
        all += ms;
        own += node->role == CS_ANYONE || role == node->role ? ms : 0;
    }
    return share(node, own, all);
}

/* By the time spoken; where a turn has no end by the characters written. */
static cs_outcome talk_value(const cs_context *context, const cs_node *node) {
    const cs_timeline *t = context->timeline;
    double own[2] = {0, 0}, all[2] = {0, 0}; /* time, bytes of text */
    bool has_times = t->is_timed && !feed_is_text(t);
    if (!t->is_ended) return pending;
    if (t->head->is_heard && t->is_timed) return heard_share(t, node);
    for (uint32_t i = 0; i < t->turn_count; i++) {
        const cs_turn *turn = t->turns[i];
        cs_role role = timeline_role(t, i);
        if (role == CS_ROLE_SYSTEM) continue;
        has_times = has_times && turn->end_ms != CS_NO_TIME;
        double parts[2] = {turn->end_ms == CS_NO_TIME ? 0 : (double)(turn->end_ms - turn->start_ms), turn->text_bytes};
        for (int k = 0; k < 2; k++) {
            all[k] += parts[k];
            own[k] += node->role == CS_ANYONE || role == node->role ? parts[k] : 0;
        }
    }
    int by = has_times && all[0] > 0 ? 0 : 1;
    return share(node, own[by], all[by]);
}

static const cs_annotation *annotation_of(const cs_turn *turn, const char *kind) {
    for (uint32_t i = 0; i < turn->annotation_count; i++)
        if (strcmp(turn->annotations[i].kind, kind) == 0) return &turn->annotations[i];
    return NULL;
}

static cs_outcome average_value(cs_context *context, const cs_node *node) {
    const cs_timeline *t = context->timeline;
    const char *kind = vocabulary_operator(node->operator)->word;
    bool is_pace = node->operator== OPERATOR_PACE;
    double sum = 0, over = 0;
    if (!t->is_ended) return pending;
    if (is_pace && t->head->is_wordless) return undecided(CS_REASON_NO_WORDS);
    for (uint32_t i = 0; i < t->turn_count; i++) {
        const cs_turn *turn = t->turns[i];
        if (node->role != CS_ANYONE && timeline_role(t, i) != node->role) continue;
        const cs_annotation *a = is_pace ? NULL : annotation_of(turn, kind);
        if (a) sum += a->value, over += 1;
        if (!is_pace || !t->is_timed || feed_is_text(t)) continue;
        if (turn->end_ms == CS_NO_TIME) return undecided(CS_REASON_NO_TIMES);
        sum += feed_units(turn->text, turn->text_bytes) * 60000.0;
        over += (double)(turn->end_ms - turn->start_ms);
    }
    if (over <= 0) return undecided(is_pace ? CS_REASON_NO_TIMES : CS_REASON_WAITING);
    return decide(feed_compares(node->compare, sum / over, node->limit), CS_MOMENT_END);
}

/* Fields hold from a stated time, else from the end. */
static cs_outcome record_value(const cs_context *context, const cs_node *node) {
    const cs_timeline *t = context->timeline;
    const cs_conversation *record = context->end ? context->end : t->head;
    cs_moment at = CS_MOMENT_END;
    for (uint32_t i = 0; i < record->field_count && !node->is_field; i++) {
        const cs_field *f = &record->fields[i];
        if (f->at_ms > 0 && strcmp(f->name, node->name) == 0) at = (cs_moment){f->at_ms, UINT32_MAX, UINT32_MAX};
    }
    bool is_known = t->is_ended || (at.at_ms != INT64_MAX && at.at_ms < t->watermark_ms);
    if (!is_known || (!context->end && at.at_ms == INT64_MAX)) return pending;
    const char *wanted = node->is_field ? field_value(record, node->value) : node->value;
    cs_value value = wanted ? field_compare(record, node->name, node->compare, wanted) : VALUE_UNKNOWN;
    cs_outcome out = {.value = value, .decided = at, .reason = CS_REASON_FIELD_UNKNOWN, .units = 1};
    return out;
}

cs_outcome measure_value(cs_context *context, const cs_node *node) {
    switch (node->operator) {
    case OPERATOR_DURATION: return duration_value(context, node);
    case OPERATOR_TURNS: return turns_value(context, node);
    case OPERATOR_TALK: return talk_value(context, node);
    case OPERATOR_FIELD: return record_value(context, node);
    default: return average_value(context, node);
    }
}
