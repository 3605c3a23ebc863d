#include "quality/finding_json.h"

#include "text/mask_json.h"

#include <stdlib.h>
#include <string.h>

void time_write(cs_json_writer *out, const char *key, int64_t ms) {
    if (ms == CS_NO_TIME)
        json_write_null(out, key);
    else
        json_write_int(out, key, ms);
}

static void turn_write(cs_json_writer *out, const char *key, uint32_t turn) {
    if (turn == CS_NO_TURN)
        json_write_null(out, key);
    else
        json_write_int(out, key, (int64_t)turn + 1);
}

static void index_write(cs_json_writer *out, const char *key, uint32_t index) {
    if (index == UINT32_MAX)
        json_write_null(out, key);
    else
        json_write_int(out, key, index);
}

const char *rule_kind_name(cs_rule_kind kind) {
    switch (kind) {
    case CS_RULE_EXPECT: return "expect";
    case CS_RULE_NEVER: return "never";
    case CS_RULE_FLAG: return "flag";
    }
    return "unknown";
}

void title_write(cs_json_writer *out, const char *key, const cs_rule *rule, const char *name) {
    json_object_open(out, key);
    json_write_string(out, "zh", rule ? rule->title_zh : name);
    json_write_string(out, "en", rule ? rule->title_en : name);
    json_object_close(out);
}

/* ---- evidence ---- */

static void window_write(cs_json_writer *out, const cs_evidence *evidence) {
    turn_write(out, "to_turn", evidence->to_turn);
    time_write(out, "from_ms", evidence->from_ms);
    time_write(out, "to_ms", evidence->to_ms);
    json_write_int(out, "turns_searched", evidence->turns_searched);
    json_write_string(out, "closed_by", evidence->closed_by);
}

static void words_write(cs_json_writer *out, const cs_evidence *evidence) {
    bool is_in_turn = evidence->turn != CS_NO_TURN && evidence->to > evidence->from;
    index_write(out, "from", is_in_turn ? evidence->from : UINT32_MAX);
    index_write(out, "to", is_in_turn ? evidence->to : UINT32_MAX);
    time_write(out, "at_ms", evidence->at_ms);
    if (evidence->kind == CS_EVIDENCE_STEP)
        json_write_string(out, "step", evidence->step);
    else
        json_write_masked(out, "matched", evidence->matched);
    if (evidence->how && evidence->how[0]) json_write_string(out, "how", evidence->how);
    if (evidence->measured) json_write_string(out, "measured", evidence->measured);
    if (evidence->is_interpolated) json_write_bool(out, "interpolated", true);
    if (evidence->why != CS_WHY_NONE) json_write_string(out, "why", why_name(evidence->why));
    if (evidence->by && evidence->by[0]) json_write_string(out, "by", evidence->by);
}

void evidence_write(cs_json_writer *out, const char *key, const cs_finding *finding) {
    json_array_open(out, key);
    for (uint32_t i = 0; i < finding->evidence_count; i++) {
        const cs_evidence *evidence = &finding->evidence[i];
        json_object_open(out, NULL);
        json_write_string(out, "kind", evidence_kind_name(evidence->kind));
        turn_write(out, "turn", evidence->turn);
        if (evidence->kind == CS_EVIDENCE_WINDOW)
            window_write(out, evidence);
        else
            words_write(out, evidence);
        json_object_close(out);
    }
    json_array_close(out);
}

/* ---- findings ---- */

void finding_write(cs_json_writer *out, const char *key, const cs_finding *finding, uint32_t number) {
    json_object_open(out, key);
    index_write(out, "number", number ? number : UINT32_MAX);
    json_write_int(out, "ordinal", finding->ordinal);
    json_write_string(out, "verdict", verdict_name(finding->verdict));
    json_write_string(out, "reason", reason_name(finding->reason));
    index_write(out, "participant", finding->participant);
    json_object_open(out, "at");
    turn_write(out, "turn", finding->turn);
    time_write(out, "at_ms", finding->at_ms);
    json_object_close(out);
    evidence_write(out, "evidence", finding);
    json_object_close(out);
}

/* By turn (those about the whole conversation last), time, rule, obligation: a total order, so that sorting is stable. */
static int compare_places(const void *left, const void *right) {
    const cs_finding *a = *(const cs_finding *const *)left, *b = *(const cs_finding *const *)right;
    if (a->turn != b->turn) return a->turn < b->turn ? -1 : 1;
    if (a->at_ms != b->at_ms) return a->at_ms < b->at_ms ? -1 : 1;
    if (a->rule != b->rule) return a->rule < b->rule ? -1 : 1;
    if (a->ordinal != b->ordinal) return a->ordinal < b->ordinal ? -1 : 1;
    return a < b ? -1 : a > b;
}

const uint32_t *finding_numbers(const cs_verdicts *verdicts, cs_arena *arena) {
    uint32_t *numbers = arena_array(arena, (size_t)verdicts->finding_count + 1, sizeof *numbers);
    const cs_finding **seen = arena_array(arena, (size_t)verdicts->finding_count + 1, sizeof *seen);
    if (!numbers || !seen) return NULL;
    size_t count = 0;
    for (uint32_t i = 0; i < verdicts->finding_count; i++)
        if (verdict_needs_eye(verdicts->findings[i].verdict)) seen[count++] = &verdicts->findings[i];
    qsort(seen, count, sizeof *seen, compare_places);
    for (size_t i = 0; i < count; i++) numbers[seen[i] - verdicts->findings] = (uint32_t)i + 1;
    return numbers;
}

/* ---- rules ---- */

static void effects_write(cs_json_writer *out, const cs_rule *rule) {
    json_array_open(out, "effects");
    for (uint32_t i = 0; i < rule->effect_count; i++) {
        const cs_effect *effect = &rule->effects[i];
        json_object_open(out, NULL);
        json_write_string(out, "score", score_name(effect->score));
        json_write_int(out, "points", effect->points);
        if (effect->is_each) json_write_bool(out, "each", true);
        if (effect->max > 0) json_write_int(out, "max", effect->max);
        if (effect->is_fatal) json_write_bool(out, "fatal", true);
        json_object_close(out);
    }
    json_array_close(out);
}

/* With its findings in the order they were decided. */
static void rule_write(cs_json_writer *out, const cs_rule *rule, const cs_verdicts *verdicts, const uint32_t *numbers,
                       bool has_texts) {
    json_object_open(out, NULL);
    json_write_string(out, "rule", rule->name);
    title_write(out, "title", rule, rule->name);
    json_write_string(out, "kind", rule_kind_name(rule->kind));
    json_write_string(out, "verdict", verdict_name(verdicts->verdicts[rule->index]));
    json_write_string(out, "reason", reason_name(verdicts->reasons[rule->index]));
    effects_write(out, rule);
    if (has_texts) json_write_string(out, "text", rule->text);
    json_array_open(out, "findings");
    for (uint32_t i = 0; i < verdicts->finding_count; i++)
        if (verdicts->findings[i].rule == rule->index) finding_write(out, NULL, &verdicts->findings[i], numbers[i]);
    json_array_close(out);
    json_object_close(out);
}

void rules_write(cs_json_writer *out, const char *key, const cs_ruleset *ruleset, const cs_verdicts *verdicts,
                 const uint32_t *numbers, bool has_texts) {
    json_array_open(out, key);
    for (uint32_t i = 0; i < verdicts->rule_count; i++)
        rule_write(out, ruleset_rule(ruleset, i), verdicts, numbers, has_texts);
    json_array_close(out);
}

static bool is_tagging(const cs_verdicts *verdicts, uint32_t rule) {
    cs_verdict verdict = verdicts->verdicts[rule];
    return verdict == CS_VERDICT_HIT || verdict == CS_VERDICT_MISSED || verdict == CS_VERDICT_NOTED;
}

/* Two rules may give the same tag; it is written once. */
static bool is_given_before(const cs_ruleset *ruleset, const cs_verdicts *verdicts, uint32_t rule, const char *tag) {
    for (uint32_t i = 0; i < rule; i++) {
        if (!is_tagging(verdicts, i)) continue;
        const cs_rule *other = ruleset_rule(ruleset, i);
        for (uint32_t k = 0; k < other->tag_count; k++)
            if (strcmp(other->tags[k], tag) == 0) return true;
    }
    return false;
}

void tags_write(cs_json_writer *out, const char *key, const cs_ruleset *ruleset, const cs_verdicts *verdicts) {
    json_array_open(out, key);
    for (uint32_t i = 0; i < verdicts->rule_count; i++) {
        if (!is_tagging(verdicts, i)) continue;
        const cs_rule *rule = ruleset_rule(ruleset, i);
        for (uint32_t k = 0; k < rule->tag_count; k++)
            if (!is_given_before(ruleset, verdicts, i, rule->tags[k])) json_write_string(out, NULL, rule->tags[k]);
    }
    json_array_close(out);
}

/* ---- scores ---- */

static void total_write(cs_json_writer *out, const char *key, int total) {
    if (total == CS_NO_SCORE)
        json_write_null(out, key);
    else
        json_write_int(out, key, total);
}

void scores_write(cs_json_writer *out, const char *key, const cs_scores *scores) {
    json_object_open(out, key);
    for (cs_score score = 0; score < CS_SCORE_COUNT; score++)
        total_write(out, score_name(score), scores->lines[score].total);
    json_object_close(out);
}

void arithmetic_write(cs_json_writer *out, const char *key, const cs_ruleset *ruleset, const cs_scores *scores,
                      const uint32_t *numbers) {
    json_object_open(out, key);
    for (cs_score score = 0; score < CS_SCORE_COUNT; score++) {
        const cs_score_line *line = &scores->lines[score];
        json_object_open(out, score_name(score));
        json_write_int(out, "start", line->start);
        total_write(out, "total", line->total);
        if (line->decided_share < 0)
            json_write_null(out, "decided_share");
        else
            json_write_double(out, "decided_share", line->decided_share, 3);
        json_array_open(out, "terms");
        for (uint32_t i = 0; i < line->term_count; i++) {
            const cs_score_term *term = &line->terms[i];
            json_object_open(out, NULL);
            json_write_string(out, "rule", ruleset_rule(ruleset, term->rule)->name);
            json_write_int(out, "points", term->points);
            json_write_int(out, "count", term->count);
            index_write(out, "finding", numbers[term->finding] ? numbers[term->finding] : UINT32_MAX);
            if (term->is_fatal) json_write_bool(out, "fatal", true);
            json_object_close(out);
        }
        json_array_close(out);
        json_object_close(out);
    }
    json_object_close(out);
}
