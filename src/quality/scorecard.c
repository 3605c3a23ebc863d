#include "quality/scorecard.h"

#include <stdlib.h>

enum { FULL = 100 };

const char *score_name(cs_score score) {
    static const char *const names[] = {"compliance", "experience", "risk"};
    return score < CS_SCORE_COUNT ? names[score] : "";
}

static bool is_charged(cs_verdict verdict) {
    return verdict == CS_VERDICT_HIT || verdict == CS_VERDICT_MISSED || verdict == CS_VERDICT_NOTED;
}

/* Findings that cost, how often they count, and the first of them. */
static uint32_t units_of(const cs_verdicts *verdicts, uint32_t rule, uint32_t *first) {
    uint32_t units = 0;
    *first = UINT32_MAX;
    for (uint32_t i = 0; i < verdicts->finding_count; i++) {
        const cs_finding *f = &verdicts->findings[i];
        if (f->rule != rule || !is_charged(f->verdict)) continue;
        if (*first == UINT32_MAX) *first = i;
        units += f->units;
    }
    return units;
}

static int points_of(const cs_effect *effect, uint32_t units) {
    if (effect->is_fatal || !effect->is_each) return effect->points;
    int most = effect->max ? effect->max : FULL;
    int64_t sum = (int64_t)effect->points * units;
    if (llabs(sum) > most) sum = effect->points < 0 ? -most : most;
    return (int)sum;
}

/* What a rule weighs when it comes to whether enough was decided: the most it can move the score once. */
static int weight_of(const cs_effect *effect) {
    return effect->is_fatal ? FULL : abs(effect->points);
}

static cs_error compute_line(const cs_ruleset *ruleset, const cs_verdicts *verdicts, cs_score score, cs_arena *arena,
                             cs_score_line *line, int64_t *decided_sum, int64_t *applicable_sum, cs_message *message) {
    int64_t decided = 0, applicable = 0;
    cs_score_term *terms = arena_array(arena, verdicts->rule_count + 1, sizeof *terms);
    if (!terms) return message_set(message, CS_ERR_MEMORY, "out of memory for the scores");
    *line = (cs_score_line){.start = score == CS_SCORE_RISK ? 0 : FULL, .terms = terms};
    int total = line->start;
    bool is_fatal = false;
    for (uint32_t rule = 0; rule < verdicts->rule_count; rule++) {
        const cs_rule *r = ruleset_rule(ruleset, rule);
        cs_verdict verdict = verdicts->verdicts[rule];
        if (verdict == CS_VERDICT_NOT_APPLICABLE) continue;
        for (uint32_t i = 0; i < r->effect_count; i++) {
            const cs_effect *effect = &r->effects[i];
            if (effect->score != score) continue;
            applicable += weight_of(effect);
            decided += verdict == CS_VERDICT_UNDECIDED ? 0 : weight_of(effect);
            if (!is_charged(verdict)) continue;
            cs_score_term *term = &terms[line->term_count++];
            *term = (cs_score_term){.rule = rule, .is_fatal = effect->is_fatal};
            term->count = units_of(verdicts, rule, &term->finding);
            term->points = points_of(effect, term->count);
            total += term->points;
            is_fatal = is_fatal || effect->is_fatal;
        }
    }
    if (is_fatal) total = score == CS_SCORE_RISK ? FULL : 0;
    total = total < 0 ? 0 : total > FULL ? FULL : total;
    line->decided_share = applicable ? (double)decided / (double)applicable : -1;
    line->total = line->decided_share < CS_DECIDED_SHARE_NEEDED ? CS_NO_SCORE : total;
    *decided_sum += decided;
    *applicable_sum += applicable;
    return CS_OK;
}

cs_error scorecard_compute(const cs_ruleset *ruleset, const cs_verdicts *verdicts, cs_arena *arena, cs_scores *out,
                           cs_message *message) {
    int64_t decided = 0, applicable = 0;
    *out = (cs_scores){.decided_share = -1};
    for (int i = 0; i < CS_SCORE_COUNT; i++) {
        cs_error code =
            compute_line(ruleset, verdicts, (cs_score)i, arena, &out->lines[i], &decided, &applicable, message);
        if (code != CS_OK) return code;
    }
    if (applicable) out->decided_share = (double)decided / (double)applicable;
    for (uint32_t rule = 0; rule < verdicts->rule_count; rule++)
        if (is_charged(verdicts->verdicts[rule]) && ruleset_rule(ruleset, rule)->is_high_risk) out->is_high_risk = true;
    return CS_OK;
}
