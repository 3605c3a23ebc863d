/* A back-test as the JSON of docs/tools.md. */
#include "quality/backtest_result.h"
#include "quality/finding_json.h"
#include "quality/interval.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LISTED = 200 };

/* ---- one rule ---- */

static const char *change_name(cs_rule_change change) {
    static const char *const names[] = {"changed", "added", "removed"};
    return names[change];
}

typedef struct rate { /* one side of a rule */
    int64_t charged, passed, undecided, not_applicable;
} rate;

static rate rate_of(const cs_rule_tally *tally, bool is_before) {
    rate r = {0};
    for (int a = 0; a < CS_VERDICT_COUNT; a++) {
        for (int b = 0; b < CS_VERDICT_COUNT; b++) {
            int64_t count = is_before ? tally->verdicts[a][b] : tally->verdicts[b][a];
            cs_verdict verdict = (cs_verdict)a;
            if (verdict_is_charged(verdict))
                r.charged += count;
            else if (verdict_is_passed(verdict))
                r.passed += count;
            else if (verdict == CS_VERDICT_UNDECIDED)
                r.undecided += count;
            else
                r.not_applicable += count;
        }
    }
    return r;
}

static void interval_write(cs_json_writer *out, const cs_interval *interval) {
    if (!interval->is_known) {
        json_write_null(out, "rate");
        return;
    }
    json_write_double(out, "rate", interval->share, 6);
    json_write_double(out, "low", interval->low, 6);
    json_write_double(out, "high", interval->high, 6);
}

static void rate_write(cs_json_writer *out, const char *key, const cs_rule_tally *tally, bool is_before) {
    rate r = rate_of(tally, is_before);
    cs_interval interval = interval_wilson(r.charged, r.charged + r.passed);
    json_object_open(out, key);
    json_write_int(out, "found", r.charged);
    json_write_int(out, "passed", r.passed);
    json_write_int(out, "undecided", r.undecided);
    json_write_int(out, "not_applicable", r.not_applicable);
    interval_write(out, &interval);
    json_object_close(out);
}

/* Conversations that became of this verdict and were none such before. */
static int64_t newly(const cs_rule_tally *tally, cs_verdict verdict) {
    int64_t count = 0;
    for (int before = 0; before < CS_VERDICT_COUNT; before++) {
        bool was_such = verdict_is_charged(verdict) ? verdict_is_charged((cs_verdict)before) : before == (int)verdict;
        if (!was_such) count += tally->verdicts[before][verdict];
    }
    return count;
}

static int64_t no_longer(const cs_rule_tally *tally) {
    int64_t count = 0;
    for (int before = 0; before < CS_VERDICT_COUNT; before++)
        for (int after = 0; after < CS_VERDICT_COUNT; after++)
            if (verdict_is_charged((cs_verdict)before) && !verdict_is_charged((cs_verdict)after))
                count += tally->verdicts[before][after];
    return count;
}

static void transitions_write(cs_json_writer *out, const cs_rule_tally *tally) {
    json_array_open(out, "transitions");
    for (int before = 0; before < CS_VERDICT_COUNT; before++) {
        for (int after = 0; after < CS_VERDICT_COUNT; after++) {
            if (before == after || tally->verdicts[before][after] == 0) continue;
            json_object_open(out, NULL);
            json_write_string(out, "old", verdict_name((cs_verdict)before));
            json_write_string(out, "new", verdict_name((cs_verdict)after));
            json_write_int(out, "conversations", tally->verdicts[before][after]);
            json_object_close(out);
        }
    }
    json_array_close(out);
}

static void samples_write(cs_json_writer *out, const char *key, const cs_backtest_samples *samples) {
    json_array_open(out, key);
    for (uint32_t i = 0; i < samples->count; i++) {
        const cs_backtest_sample *sample = &samples->items[i];
        json_object_open(out, NULL);
        json_write_string(out, "id", sample->id);
        json_write_string(out, "old", verdict_name(sample->before));
        json_write_string(out, "new", verdict_name(sample->after));
        json_write_raw(out, "evidence", sample->evidence ? sample->evidence : "[]");
        json_object_close(out);
    }
    json_array_close(out);
}

static void rule_write(cs_json_writer *out, const cs_compared *compared, const cs_rule_tally *tally) {
    const cs_rule *rule = compared->new_rule ? compared->new_rule : compared->old_rule;
    json_object_open(out, NULL);
    json_write_string(out, "rule", rule->name);
    title_write(out, "title", rule, rule->name);
    json_write_string(out, "change", change_name(compared->change));
    json_write_string(out, "kind", rule_kind_name(rule->kind));
    json_write_string(out, "file", rule->file);
    json_write_int(out, "line", rule->line);
    json_write_int(out, "newly_hit", newly(tally, CS_VERDICT_HIT));
    json_write_int(out, "newly_missed", newly(tally, CS_VERDICT_MISSED));
    json_write_int(out, "newly_noted", newly(tally, CS_VERDICT_NOTED));
    json_write_int(out, "newly_undecided", newly(tally, CS_VERDICT_UNDECIDED));
    json_write_int(out, "no_longer", no_longer(tally));
    rate_write(out, "old", tally, true);
    rate_write(out, "new", tally, false);
    transitions_write(out, tally);
    json_object_open(out, "samples");
    samples_write(out, "found", &tally->samples[CS_SAMPLE_FOUND]);
    samples_write(out, "undecided", &tally->samples[CS_SAMPLE_UNDECIDED]);
    samples_write(out, "no_longer", &tally->samples[CS_SAMPLE_GONE]);
    json_object_close(out);
    json_object_close(out);
}

/* ---- scores ---- */

typedef struct shift {
    int64_t changed, sum;
    int least, most;
} shift;

static shift shift_of(const cs_score_tally *tally) {
    shift s = {0};
    for (int i = 0; i < CS_SCORE_STEPS; i++) {
        int change = i - 100;
        if (change == 0 || tally->changes[i] == 0) continue;
        if (s.changed == 0) s.least = change;
        s.most = change;
        s.changed += tally->changes[i];
        s.sum += (int64_t)change * tally->changes[i];
    }
    return s;
}

static void score_write(cs_json_writer *out, const cs_backtest_tally *tally, cs_score score) {
    const cs_score_tally *one = &tally->scores[score];
    shift s = shift_of(one);
    int64_t judged = tally->conversations - tally->skipped;
    json_object_open(out, score_name(score));
    json_write_int(out, "changed", s.changed);
    json_write_double(out, "mean_change", judged ? (double)s.sum / (double)judged : 0, 4);
    if (s.changed) {
        json_write_double(out, "mean_of_changed", (double)s.sum / (double)s.changed, 2);
        json_write_int(out, "least", s.least);
        json_write_int(out, "most", s.most);
    }
    json_write_int(out, "newly_shown", one->shown);
    json_write_int(out, "newly_hidden", one->hidden);
    json_array_open(out, "distribution");
    for (int i = 0; i < CS_SCORE_STEPS; i++) {
        if (i == 100 || one->changes[i] == 0) continue;
        json_object_open(out, NULL);
        json_write_int(out, "change", i - 100);
        json_write_int(out, "conversations", one->changes[i]);
        json_object_close(out);
    }
    json_array_close(out);
    json_object_close(out);
}

/* ---- agents and teams ---- */

static int compare_touched(const void *left, const void *right) {
    const cs_touched *a = *(const cs_touched *const *)left, *b = *(const cs_touched *const *)right;
    if (a->conversations != b->conversations) return a->conversations > b->conversations ? -1 : 1;
    int by_name = strcmp(a->name, b->name);
    return by_name ? by_name : strcmp(a->team ? a->team : "", b->team ? b->team : "");
}

static void touched_write(cs_json_writer *out, const cs_touched *one, const char *key) {
    json_object_open(out, NULL);
    json_write_string(out, key, one->name);
    if (strcmp(key, "agent") == 0) json_write_string(out, "team", one->team);
    json_write_int(out, "conversations", one->conversations);
    for (int i = 0; i < CS_SCORE_COUNT; i++) json_write_int(out, score_name((cs_score)i), one->sums[i]);
    json_object_close(out);
}

static void people_write(cs_json_writer *out, const char *key, const char *noun, const cs_people *people) {
    const cs_touched **sorted = calloc((size_t)people->count + 1, sizeof *sorted);
    uint32_t count = 0;
    for (uint32_t i = 0; sorted && people->slots && i < CS_MAX_PEOPLE * 2; i++)
        if (people->slots[i].name) sorted[count++] = &people->slots[i];
    if (count) qsort(sorted, count, sizeof(const cs_touched *), compare_touched);
    json_object_open(out, key);
    json_write_int(out, "touched", people->count);
    json_write_int(out, "conversations_of_others", people->beyond);
    json_array_open(out, "most");
    for (uint32_t i = 0; i < count && i < MAX_LISTED; i++) touched_write(out, sorted[i], noun);
    json_array_close(out);
    json_object_close(out);
    free(sorted);
}

/* ---- the whole ---- */

static void rulesets_write(cs_json_writer *out, const cs_backtest_plan *plan) {
    char hex[CS_HASH_CHARS + 1];
    int64_t counts[3] = {0};
    for (uint32_t i = 0; i < plan->count; i++) counts[plan->compared[i].change]++;
    json_object_open(out, "rules");
    hash_hex(ruleset_id(plan->old_rules), hex);
    json_write_string(out, "old", hex);
    hash_hex(ruleset_id(plan->new_rules), hex);
    json_write_string(out, "new", hex);
    json_write_int(out, "same", plan->same);
    for (int i = 0; i < 3; i++) json_write_int(out, change_name((cs_rule_change)i), counts[i]);
    json_object_close(out);
}

void backtest_write(const cs_backtest *backtest, cs_json_writer *out) {
    const cs_backtest_tally *tally = &backtest->tally;
    json_object_open(out, NULL);
    json_write_bool(out, "partial", backtest->is_partial);
    json_write_int(out, "conversations", backtest->plan->count ? tally->conversations : backtest->expected);
    json_write_int(out, "of", backtest->expected);
    json_write_int(out, "skipped", tally->skipped);
    if (tally->skipped) {
        json_object_open(out, "first_skipped");
        json_write_string(out, "place", tally->skipped_message.place);
        json_write_string(out, "reason", tally->skipped_message.reason);
        json_object_close(out);
    }
    json_write_int(out, "elapsed_ms", backtest->elapsed_ms);
    rulesets_write(out, backtest->plan);
    json_write_int(out, "differing", tally->differing);
    json_array_open(out, "changes");
    for (uint32_t i = 0; i < backtest->plan->count; i++)
        rule_write(out, &backtest->plan->compared[i], &tally->rules[i]);
    json_array_close(out);
    json_write_int(out, "rescored", tally->rescored);
    json_write_int(out, "newly_high_risk", tally->high_risk);
    json_write_int(out, "no_longer_high_risk", tally->no_high_risk);
    json_object_open(out, "scores");
    for (int i = 0; i < CS_SCORE_COUNT; i++) score_write(out, tally, (cs_score)i);
    json_object_close(out);
    people_write(out, "agents", "agent", &tally->agents);
    people_write(out, "teams", "team", &tally->teams);
    json_object_close(out);
}
