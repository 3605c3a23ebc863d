#include "quality/backtest_judge.h"

#include "quality/finding_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 30, EVIDENCE_BYTES = 64 * 1024 };

struct cs_backtest_judge {
    const cs_backtest_plan *plan;
    int64_t numbers[CS_MAX_RULESET_NUMBERS];
    unsigned number_count;
    cs_scanner *old_part, *new_part; /* NULL: nothing differs on that side */
    cs_scanner *whole; /* of all old rules; made when first needed */
    cs_arena *arena;
    cs_buffer evidence;
};

typedef struct judging { /* one conversation */
    const cs_backtest_row *row;
    const cs_conversation *conversation;
    cs_verdicts old_part, new_part;
    cs_verdicts whole; /* evaluated; rule_count 0: not needed */
    const unsigned char *stored; /* verdicts of all old rules; NULL: not of that rule set */
} judging;

cs_error judge_open(const cs_backtest_plan *plan, const int64_t *numbers, unsigned number_count,
                    cs_backtest_judge **out, cs_message *message) {
    cs_backtest_judge *judge = calloc(1, sizeof *judge);
    if (!judge) return message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
    judge->plan = plan;
    judge->number_count = number_count < CS_MAX_RULESET_NUMBERS ? number_count : CS_MAX_RULESET_NUMBERS;
    for (unsigned i = 0; i < judge->number_count; i++) judge->numbers[i] = numbers[i];
    buffer_init(&judge->evidence, EVIDENCE_BYTES);
    judge->arena = arena_create(ARENA_BYTES);
    cs_error code = judge->arena ? CS_OK : message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
    if (code == CS_OK && plan->old_part) code = scanner_create(plan->old_part, &judge->old_part, message);
    if (code == CS_OK && plan->new_part) code = scanner_create(plan->new_part, &judge->new_part, message);
    if (code == CS_OK)
        *out = judge;
    else
        judge_close(judge);
    return code;
}

void judge_close(cs_backtest_judge *judge) {
    if (!judge) return;
    scanner_free(judge->old_part);
    scanner_free(judge->new_part);
    scanner_free(judge->whole);
    arena_free(judge->arena);
    buffer_free(&judge->evidence);
    free(judge);
}

/* ---- verdicts of the rules that differ ---- */

static cs_verdict verdict_before(const judging *j, const cs_compared *c) {
    return c->old_rule ? j->old_part.verdicts[c->old_part] : CS_VERDICT_NOT_APPLICABLE;
}

static cs_verdict verdict_after(const judging *j, const cs_compared *c) {
    return c->new_rule ? j->new_part.verdicts[c->new_part] : CS_VERDICT_NOT_APPLICABLE;
}

static cs_error evaluate(cs_backtest_judge *judge, judging *j, cs_message *message) {
    cs_error code = CS_OK;
    if (judge->old_part) code = evaluation_run(judge->old_part, j->conversation, judge->arena, &j->old_part, message);
    if (code == CS_OK && judge->new_part)
        code = evaluation_run(judge->new_part, j->conversation, judge->arena, &j->new_part, message);
    return code;
}

static const cs_finding *finding_of(const cs_verdicts *verdicts, uint32_t rule, cs_verdict verdict) {
    for (uint32_t i = 0; i < verdicts->finding_count; i++)
        if (verdicts->findings[i].rule == rule && verdicts->findings[i].verdict == verdict)
            return &verdicts->findings[i];
    return NULL;
}

/* The evidence of what is new; of what is gone, as it was. */
static bool sample(cs_backtest_judge *judge, const judging *j, uint32_t index, cs_sample_kind kind, cs_verdict before,
                   cs_verdict after, cs_backtest_tally *tally) {
    const cs_compared *c = &judge->plan->compared[index];
    cs_backtest_sample made = {.key = sample_key(j->row->seq), .seq = j->row->seq, .before = before, .after = after};
    const cs_finding *finding = kind == CS_SAMPLE_GONE ? finding_of(&j->old_part, c->old_part, before)
                                                       : finding_of(&j->new_part, c->new_part, after);
    cs_json_writer writer;
    buffer_clear(&judge->evidence);
    json_writer_init(&writer, &judge->evidence);
    if (finding) evidence_write(&writer, NULL, finding);
    if (finding && !judge->evidence.is_failed) made.evidence = judge->evidence.data;
    (void)snprintf(made.id, sizeof made.id, "%s", j->row->id ? j->row->id : "");
    return tally_sample(tally, index, kind, &made);
}

static bool count_verdicts(cs_backtest_judge *judge, const judging *j, cs_backtest_tally *tally, bool *differs) {
    for (uint32_t i = 0; i < judge->plan->count; i++) {
        cs_verdict before = verdict_before(j, &judge->plan->compared[i]);
        cs_verdict after = verdict_after(j, &judge->plan->compared[i]);
        cs_sample_kind kind;
        tally_verdicts(tally, i, before, after);
        if (!sample_kind_of(before, after, &kind)) continue;
        *differs = true;
        if (tally_wants(tally, i, kind, j->row->seq) && !sample(judge, j, i, kind, before, after, tally)) return false;
    }
    return true;
}

/* ---- whether the scores can differ ---- */

static uint32_t units_of(const cs_verdicts *verdicts, uint32_t rule) {
    uint32_t units = 0;
    for (uint32_t i = 0; i < verdicts->finding_count; i++)
        if (verdicts->findings[i].rule == rule && verdict_is_charged(verdicts->findings[i].verdict))
            units += verdicts->findings[i].units;
    return units;
}

static bool has_each(const cs_rule *rule) {
    for (uint32_t i = 0; i < rule->effect_count; i++)
        if (rule->effects[i].is_each) return true;
    return false;
}

static bool has_same_effects(const cs_rule *a, const cs_rule *b) {
    if (a->effect_count != b->effect_count || a->is_high_risk != b->is_high_risk) return false;
    for (uint32_t i = 0; i < a->effect_count; i++) {
        const cs_effect *x = &a->effects[i], *y = &b->effects[i];
        if (x->score != y->score || x->points != y->points || x->max != y->max || x->is_fatal != y->is_fatal ||
            x->is_each != y->is_each)
            return false;
    }
    return true;
}

static int weight_class(cs_verdict verdict) {
    return verdict == CS_VERDICT_NOT_APPLICABLE ? 0
           : verdict == CS_VERDICT_UNDECIDED    ? 1
           : verdict_is_charged(verdict)        ? 3
                                                : 2;
}

static bool is_weightless(const cs_rule *rule, cs_verdict verdict) {
    return !rule || verdict == CS_VERDICT_NOT_APPLICABLE || (rule->effect_count == 0 && !rule->is_high_risk);
}

static bool weighs_the_same(const judging *j, const cs_compared *c) {
    cs_verdict before = verdict_before(j, c), after = verdict_after(j, c);
    bool is_light_before = is_weightless(c->old_rule, before), is_light_after = is_weightless(c->new_rule, after);
    if (is_light_before || is_light_after) return is_light_before && is_light_after;
    if (weight_class(before) != weight_class(after) || !has_same_effects(c->old_rule, c->new_rule)) return false;
    return !verdict_is_charged(after) || !has_each(c->new_rule) ||
           units_of(&j->old_part, c->old_part) == units_of(&j->new_part, c->new_part);
}

/* ---- scores ---- */

static bool needs_whole(const cs_backtest_judge *judge, const judging *j) {
    if (!j->stored) return true;
    for (uint32_t i = 0; i < ruleset_rule_count(judge->plan->old_rules); i++)
        if (judge->plan->compared_old[i] == CS_NO_RULE && verdict_is_charged((cs_verdict)j->stored[i]) &&
            has_each(ruleset_rule(judge->plan->old_rules, i)))
            return true; /* how often it counts is not stored */
    return false;
}

static cs_error evaluate_whole(cs_backtest_judge *judge, judging *j, cs_message *message) {
    cs_error code = CS_OK;
    if (!judge->whole) code = scanner_create(judge->plan->old_rules, &judge->whole, message);
    return code == CS_OK ? evaluation_run(judge->whole, j->conversation, judge->arena, &j->whole, message) : code;
}

/* Copies the findings of from, giving them the place of their rule in the whole set; CS_NO_RULE leaves one out. */
static void take_findings(cs_finding *to, uint32_t *count, const cs_verdicts *from, const uint32_t *place) {
    for (uint32_t i = 0; i < from->finding_count; i++) {
        if (place[from->findings[i].rule] == CS_NO_RULE) continue;
        to[*count] = from->findings[i];
        to[(*count)++].rule = place[from->findings[i].rule];
    }
}

typedef struct side { /* one of the two rule sets */
    cs_ruleset *rules;
    const cs_verdicts *part;
    const uint32_t *compared; /* of each rule */
    bool is_old;
} side;

/* All verdicts of one side, put together. NULL: out of memory. */
static cs_verdicts *gather(cs_backtest_judge *judge, const judging *j, const side *s) {
    const cs_backtest_plan *plan = judge->plan;
    uint32_t count = ruleset_rule_count(s->rules), old_count = ruleset_rule_count(plan->old_rules);
    cs_arena *arena = judge->arena;
    cs_verdicts *all = arena_alloc(arena, sizeof *all);
    cs_verdict *verdicts = arena_array(arena, count + 1, sizeof *verdicts);
    cs_finding *findings = arena_array(arena, s->part->finding_count + j->whole.finding_count + 1, sizeof *findings);
    uint32_t *of_part = arena_array(arena, s->part->rule_count + 1, sizeof *of_part);
    uint32_t *of_whole = arena_array(arena, old_count + 1, sizeof *of_whole);
    if (!all || !verdicts || !findings || !of_part || !of_whole) return NULL;
    for (uint32_t i = 0; i < old_count; i++) of_whole[i] = CS_NO_RULE;
    for (uint32_t i = 0; i < count; i++) {
        if (s->compared[i] != CS_NO_RULE) {
            const cs_compared *c = &plan->compared[s->compared[i]];
            uint32_t part = s->is_old ? c->old_part : c->new_part;
            verdicts[i] = s->part->verdicts[part];
            of_part[part] = i;
        } else {
            uint32_t old = s->is_old ? i : plan->old_of_new[i];
            verdicts[i] = j->whole.rule_count ? j->whole.verdicts[old] : (cs_verdict)j->stored[old];
            of_whole[old] = i;
        }
    }
    *all = (cs_verdicts){.verdicts = verdicts, .findings = findings, .rule_count = count};
    take_findings(findings, &all->finding_count, s->part, of_part);
    take_findings(findings, &all->finding_count, &j->whole, of_whole);
    return all;
}

static cs_error score(cs_backtest_judge *judge, const judging *j, bool is_old, cs_scores *out, cs_message *message) {
    const cs_backtest_plan *plan = judge->plan;
    side s = {.rules = is_old ? plan->old_rules : plan->new_rules,
              .part = is_old ? &j->old_part : &j->new_part,
              .compared = is_old ? plan->compared_old : plan->compared_new,
              .is_old = is_old};
    const cs_verdicts *all = gather(judge, j, &s);
    if (!all) return message_set(message, CS_ERR_MEMORY, "out of memory for the scores");
    return scorecard_compute(s.rules, all, judge->arena, out, message);
}

/* *differs becomes true when a score or the high risk does. */
static cs_error compare_scores(cs_backtest_judge *judge, judging *j, cs_backtest_tally *tally,
                               int changes[CS_SCORE_COUNT], bool *differs, cs_message *message) {
    bool is_same = true;
    for (uint32_t i = 0; is_same && i < judge->plan->count; i++)
        is_same = weighs_the_same(j, &judge->plan->compared[i]);
    if (is_same) return CS_OK;
    cs_scores before, after;
    cs_error code = needs_whole(judge, j) ? evaluate_whole(judge, j, message) : CS_OK;
    if (code == CS_OK) code = score(judge, j, true, &before, message);
    if (code == CS_OK) code = score(judge, j, false, &after, message);
    if (code != CS_OK) return code;
    bool is_rescored = false;
    for (int i = 0; i < CS_SCORE_COUNT; i++) {
        int from = before.lines[i].total, to = after.lines[i].total;
        tally_score(tally, (cs_score)i, from, to);
        changes[i] = from == CS_NO_SCORE || to == CS_NO_SCORE ? 0 : to - from;
        is_rescored = is_rescored || from != to;
    }
    tally->rescored += is_rescored;
    tally->high_risk += after.is_high_risk && !before.is_high_risk;
    tally->no_high_risk += before.is_high_risk && !after.is_high_risk;
    *differs = *differs || is_rescored || before.is_high_risk != after.is_high_risk;
    return CS_OK;
}

/* ---- the conversation ---- */

static const unsigned char *stored_verdicts(const cs_backtest_judge *judge, const cs_backtest_row *row) {
    uint32_t rules = ruleset_rule_count(judge->plan->old_rules);
    if (row->verdict_count != rules) return NULL;
    for (uint32_t i = 0; i < rules; i++)
        if (row->verdicts[i] >= CS_VERDICT_COUNT) return NULL;
    for (unsigned i = 0; i < judge->number_count; i++)
        if (judge->numbers[i] == row->ruleset) return row->verdicts;
    return NULL;
}

static cs_error skip(cs_backtest_tally *tally, const cs_backtest_row *row, const cs_message *why) {
    if (tally->skipped++ == 0) {
        tally->skipped_message = *why;
        message_within(&tally->skipped_message, "conversation %s", row->id ? row->id : "");
    }
    return CS_OK;
}

cs_error judge_row(cs_backtest_judge *judge, cs_backtest_reader *reader, const cs_backtest_row *row,
                   cs_backtest_tally *tally, cs_message *message) {
    judging j = {.row = row, .stored = stored_verdicts(judge, row)};
    int changes[CS_SCORE_COUNT] = {0};
    bool differs = false;
    cs_conversation *conversation = NULL;
    cs_message why;
    arena_reset(judge->arena);
    tally->conversations++;
    cs_error code = backtest_reader_decode(reader, row, judge->arena, &conversation, &why);
    j.conversation = conversation;
    if (code == CS_OK) code = evaluate(judge, &j, &why);
    if (code == CS_OK) code = compare_scores(judge, &j, tally, changes, &differs, &why);
    if (code != CS_OK) return skip(tally, row, &why);
    bool is_good = count_verdicts(judge, &j, tally, &differs);
    tally->differing += differs;
    if (is_good && differs) is_good = tally_touched(tally, row->agent, row->team, changes);
    return is_good ? CS_OK : message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
}
