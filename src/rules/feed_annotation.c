/* What another part wrote on a turn: entities, intents, topics, emotions, answers of a model, laughter and the like. */
#include "rules/feed.h"

#include <stdlib.h>
#include <string.h>

enum { IMPROVING = 1, WORSENING = 2 };

static bool has_label(const cs_node *atom, const cs_annotation *a) {
    const char *wanted = atom->name ? atom->name : atom->phrases.literal_count ? atom->phrases.literals[0] : NULL;
    return !wanted || (a->label && strcmp(a->label, wanted) == 0);
}

/* order > 100: numbers as numbers, else equal texts. */
static bool has_value(const cs_node *atom, const cs_annotation *a) {
    if (!atom->has_compare || !atom->value) return true;
    char *end;
    double limit = strtod(atom->value, &end);
    if (*end == 0 && end != atom->value) return feed_compares(atom->compare, a->value, limit);
    bool is_same = a->text && strcmp(a->text, atom->value) == 0;
    return atom->compare == COMPARE_NE ? !is_same : atom->compare == COMPARE_EQ && is_same;
}

static bool is_sure(const cs_annotation *a) {
    return a->confidence < 0 || a->confidence >= CS_CONFIDENCE_LIMIT;
}

/* event laughter by customer: heard on a turn, so that its speaker is who did it. */
static bool is_by(const cs_feed *feed, const cs_node *atom, uint32_t index, cs_occurrence *o) {
    cs_role role = timeline_role(feed->timeline, index);
    if (atom->operator!= OPERATOR_EVENT || atom->by == CS_ANYONE) return true;
    if (role == CS_ROLE_UNDECIDED) {
        if (!o->is_possible) o->reason = CS_REASON_ROLE_UNKNOWN;
        o->is_possible = true;
    }
    return role == atom->by || role == CS_ROLE_UNDECIDED;
}

void feed_annotation_turn(cs_feed *feed, const cs_node *atom, uint32_t index) {
    const cs_turn *turn = feed->timeline->turns[index];
    const char *kind = vocabulary_operator(atom->operator)->word;
    const cs_annotation *best = NULL; /* one a turn: the first, a sure one before a possible one */
    if (atom->operator== OPERATOR_INTENT && atom->demand) return; /* by words */
    for (uint32_t i = 0; i < turn->annotation_count; i++) {
        const cs_annotation *a = &turn->annotations[i];
        if (strcmp(a->kind, kind) != 0 || !has_label(atom, a) || !has_value(atom, a)) continue;
        double before = feed->speakers[turn->participant].emotion;
        if (atom->choice == IMPROVING && !(before >= 0 && a->value < before)) continue;
        if (atom->choice == WORSENING && !(before >= 0 && a->value > before)) continue;
        if (!best || (is_sure(a) && !is_sure(best))) best = a;
    }
    if (!best) return;
    cs_occurrence o = feed_occurrence(feed, index, "annotation");
    o.from = best->from;
    o.to = best->to;
    o.moment.offset = best->from + 1;
    o.measured = best->label;
    o.is_possible = !is_sure(best);
    if (o.is_possible) o.reason = CS_REASON_LOW_CONFIDENCE;
    if (is_by(feed, atom, index, &o)) feed_add(feed, atom, o);
}
