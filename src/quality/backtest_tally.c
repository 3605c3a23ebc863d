#include "quality/backtest_tally.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 256 << 20, SLOTS = CS_MAX_PEOPLE * 2 };

bool verdict_is_charged(cs_verdict verdict) {
    return verdict == CS_VERDICT_HIT || verdict == CS_VERDICT_MISSED || verdict == CS_VERDICT_NOTED;
}

bool verdict_is_passed(cs_verdict verdict) {
    return verdict == CS_VERDICT_MET || verdict == CS_VERDICT_CLEAN || verdict == CS_VERDICT_NOT_NOTED;
}

bool sample_kind_of(cs_verdict before, cs_verdict after, cs_sample_kind *kind) {
    if (before == after) return false;
    if (verdict_is_charged(after) && !verdict_is_charged(before))
        *kind = CS_SAMPLE_FOUND;
    else if (after == CS_VERDICT_UNDECIDED)
        *kind = CS_SAMPLE_UNDECIDED;
    else if (verdict_is_charged(before) && !verdict_is_charged(after))
        *kind = CS_SAMPLE_GONE;
    else
        return false;
    return true;
}

/* The finaliser of SplitMix64: neighbours get unlike keys, the same number always the same. */
uint64_t sample_key(int64_t seq) {
    uint64_t x = (uint64_t)seq + UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

cs_error tally_init(cs_backtest_tally *tally, uint32_t rules, uint32_t samples, cs_message *message) {
    *tally =
        (cs_backtest_tally){.rule_count = rules, .sample_max = samples < CS_MAX_SAMPLES ? samples : CS_MAX_SAMPLES};
    tally->arena = arena_create(ARENA_BYTES);
    tally->rules = calloc(rules + 1, sizeof *tally->rules);
    if (tally->arena && tally->rules) return CS_OK;
    tally_free(tally);
    return message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
}

static void each_samples(cs_backtest_tally *tally, void (*visit)(cs_backtest_samples *)) {
    for (uint32_t i = 0; tally->rules && i < tally->rule_count; i++)
        for (int kind = 0; kind < CS_SAMPLE_COUNT; kind++) visit(&tally->rules[i].samples[kind]);
}

static void samples_free(cs_backtest_samples *samples) {
    for (uint32_t i = 0; i < samples->count; i++) free(samples->items[i].evidence);
    free(samples->items);
}

void tally_free(cs_backtest_tally *tally) {
    each_samples(tally, samples_free);
    free(tally->rules);
    free(tally->agents.slots);
    free(tally->teams.slots);
    arena_free(tally->arena);
    *tally = (cs_backtest_tally){0};
}

/* ---- verdicts and samples ---- */

void tally_verdicts(cs_backtest_tally *tally, uint32_t rule, cs_verdict before, cs_verdict after) {
    tally->rules[rule].verdicts[before][after]++;
}

static bool is_wanted(const cs_backtest_samples *samples, uint32_t most, uint64_t key) {
    return most > 0 && (samples->count < most || key < samples->items[samples->count - 1].key);
}

bool tally_wants(const cs_backtest_tally *tally, uint32_t rule, cs_sample_kind kind, int64_t seq) {
    return is_wanted(&tally->rules[rule].samples[kind], tally->sample_max, sample_key(seq));
}

bool tally_sample(cs_backtest_tally *tally, uint32_t rule, cs_sample_kind kind, const cs_backtest_sample *sample) {
    cs_backtest_samples *samples = &tally->rules[rule].samples[kind];
    if (!is_wanted(samples, tally->sample_max, sample->key)) return true;
    if (!samples->items && !(samples->items = calloc(tally->sample_max, sizeof *samples->items))) return false;
    char *evidence = sample->evidence ? strdup(sample->evidence) : NULL;
    if (sample->evidence && !evidence) return false;
    if (samples->count == tally->sample_max) free(samples->items[--samples->count].evidence);
    uint32_t at = samples->count++;
    for (; at > 0 && samples->items[at - 1].key > sample->key; at--) samples->items[at] = samples->items[at - 1];
    samples->items[at] = *sample;
    samples->items[at].evidence = evidence;
    return true;
}

/* ---- scores ---- */

void tally_score(cs_backtest_tally *tally, cs_score score, int before, int after) {
    cs_score_tally *s = &tally->scores[score];
    s->shown += before == CS_NO_SCORE && after != CS_NO_SCORE;
    s->hidden += before != CS_NO_SCORE && after == CS_NO_SCORE;
    if (before != CS_NO_SCORE && after != CS_NO_SCORE) s->changes[after - before + 100]++;
}

/* ---- people ---- */

static bool is_same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static uint32_t hash_of(const char *name, const char *team) {
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (; *name; name++) hash = (hash ^ (unsigned char)*name) * 16777619u;
    for (; team && *team; team++) hash = (hash ^ (unsigned char)*team) * 16777619u;
    return hash;
}

/* The slot of the name, new when there is none; NULL with *is_full when there is no room for another. */
static cs_touched *slot_of(cs_backtest_tally *tally, cs_people *people, const char *name, const char *team,
                           bool *is_full) {
    *is_full = false;
    if (!people->slots && !(people->slots = calloc(SLOTS, sizeof *people->slots))) return NULL;
    uint32_t at = hash_of(name, team) % SLOTS;
    for (; people->slots[at].name; at = (at + 1) % SLOTS)
        if (is_same_text(people->slots[at].name, name) && is_same_text(people->slots[at].team, team))
            return &people->slots[at];
    if (people->count == CS_MAX_PEOPLE) {
        *is_full = true;
        return NULL;
    }
    cs_touched made = {.name = arena_string(tally->arena, name), .team = arena_string(tally->arena, team)};
    if (!made.name || (team && !made.team)) return NULL;
    people->slots[at] = made;
    people->count++;
    return &people->slots[at];
}

static bool touch(cs_backtest_tally *tally, cs_people *people, const char *name, const char *team,
                  int64_t conversations, const int64_t sums[CS_SCORE_COUNT]) {
    bool is_full;
    cs_touched *slot = slot_of(tally, people, name, team, &is_full);
    if (!slot) {
        people->beyond += is_full ? conversations : 0;
        return is_full;
    }
    slot->conversations += conversations;
    for (int i = 0; i < CS_SCORE_COUNT; i++) slot->sums[i] += sums[i];
    return true;
}

bool tally_touched(cs_backtest_tally *tally, const char *agent, const char *team, const int changes[CS_SCORE_COUNT]) {
    int64_t sums[CS_SCORE_COUNT];
    for (int i = 0; i < CS_SCORE_COUNT; i++) sums[i] = changes[i];
    return (!agent || touch(tally, &tally->agents, agent, team, 1, sums)) &&
           (!team || touch(tally, &tally->teams, team, NULL, 1, sums));
}

/* ---- together ---- */

static bool add_people(cs_backtest_tally *sum, cs_people *to, const cs_people *from) {
    to->beyond += from->beyond;
    for (uint32_t i = 0; from->slots && i < SLOTS; i++) {
        const cs_touched *one = &from->slots[i];
        if (one->name && !touch(sum, to, one->name, one->team, one->conversations, one->sums)) return false;
    }
    return true;
}

static bool add_rule(cs_backtest_tally *sum, const cs_backtest_tally *one, uint32_t rule) {
    for (int before = 0; before < CS_VERDICT_COUNT; before++)
        for (int after = 0; after < CS_VERDICT_COUNT; after++)
            sum->rules[rule].verdicts[before][after] += one->rules[rule].verdicts[before][after];
    for (int kind = 0; kind < CS_SAMPLE_COUNT; kind++) {
        const cs_backtest_samples *samples = &one->rules[rule].samples[kind];
        for (uint32_t i = 0; i < samples->count; i++)
            if (!tally_sample(sum, rule, (cs_sample_kind)kind, &samples->items[i])) return false;
    }
    return true;
}

bool tally_add(cs_backtest_tally *sum, const cs_backtest_tally *one) {
    if (sum->skipped == 0) sum->skipped_message = one->skipped_message;
    sum->conversations += one->conversations;
    sum->skipped += one->skipped;
    sum->differing += one->differing;
    sum->rescored += one->rescored;
    sum->high_risk += one->high_risk;
    sum->no_high_risk += one->no_high_risk;
    for (int i = 0; i < CS_SCORE_COUNT; i++) {
        sum->scores[i].shown += one->scores[i].shown;
        sum->scores[i].hidden += one->scores[i].hidden;
        for (int k = 0; k < CS_SCORE_STEPS; k++) sum->scores[i].changes[k] += one->scores[i].changes[k];
    }
    for (uint32_t i = 0; i < one->rule_count; i++)
        if (!add_rule(sum, one, i)) return false;
    return add_people(sum, &sum->agents, &one->agents) && add_people(sum, &sum->teams, &one->teams);
}
