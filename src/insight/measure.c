#include "insight/measure.h"

/* Points and shares are shown with one decimal of a percent: what looks like the target reaches it. */
#define SEEN 0.0005

static void settle(cs_measured *m, bool counts_missed) {
    int64_t judged = m->met + m->missed;
    m->has_value = judged > 0;
    if (m->has_value) m->value = (double)(counts_missed ? m->missed : m->met) / (double)judged;
}

cs_measured measure_of(const cs_measure *measure, const cs_sum *sum) {
    cs_measured out = {0};
    switch (measure->kind) {
    case CS_MEASURE_SCORE:
        out.has_value = sum->basics.counts[measure->score] > 0;
        if (out.has_value)
            out.value = (double)sum->basics.sums[measure->score] / (double)sum->basics.counts[measure->score];
        return out;
    case CS_MEASURE_HIGH_RISK:
        out.missed = sum->basics.high_risk;
        out.met = sum->basics.conversations - sum->basics.high_risk;
        break;
    case CS_MEASURE_OF_RULES:
        for (uint32_t i = 0; i < measure->place_count; i++) {
            const cs_rule_count *rule = &sum->rules[measure->places[i]];
            out.met += rule->met;
            out.missed += rule->missed;
            out.undecided += rule->undecided;
            out.not_applicable += sum_not_applicable(sum, measure->places[i]);
        }
        break;
    }
    settle(&out, measure->counts_missed);
    return out;
}

cs_ratio measure_ratio(const cs_measure *measure, const cs_sum *sum) {
    if (measure->kind == CS_MEASURE_SCORE)
        return (cs_ratio){sum->basics.sums[measure->score], sum->basics.counts[measure->score]};
    cs_measured all = measure_of(measure, sum);
    return (cs_ratio){measure->counts_missed ? all.missed : all.met, all.met + all.missed};
}

cs_ratio measure_ratio_of_rule(const cs_measure *measure, const cs_sum *sum, uint32_t place) {
    const cs_rule_count *rule = &sum->rules[place];
    return (cs_ratio){measure->counts_missed ? rule->missed : rule->met, rule->met + rule->missed};
}

bool measure_is_reached(const cs_measure *measure, double value) {
    double seen = measure->kind == CS_MEASURE_SCORE ? SEEN * 100 : SEEN;
    return measure->is_up ? value > measure->target - seen : value < measure->target + seen;
}

const char *measure_unit(const cs_measure *measure) {
    return measure->kind == CS_MEASURE_SCORE ? "points" : "share";
}

const char *rule_verdict_word(const cs_rule *rule, bool is_met) {
    static const char *const met[] = {"met", "clean", "not_noted"}, *const missed[] = {"missed", "hit", "noted"};
    return is_met ? met[rule->kind] : missed[rule->kind];
}
