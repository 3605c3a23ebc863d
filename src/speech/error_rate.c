#include "speech/error_rate.h"

#include "speech/alignment.h"

#include <stdlib.h>

void error_counts_add(cs_error_counts *counts, const uint8_t *steps, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        counts->reference += steps[i] != CS_STEP_INSERTED;
        counts->substitutions += steps[i] == CS_STEP_SUBSTITUTED;
        counts->deletions += steps[i] == CS_STEP_DELETED;
        counts->insertions += steps[i] == CS_STEP_INSERTED;
    }
}

void error_counts_sum(cs_error_counts *sum, const cs_error_counts *other) {
    sum->reference += other->reference;
    sum->substitutions += other->substitutions;
    sum->deletions += other->deletions;
    sum->insertions += other->insertions;
}

int64_t error_count(const cs_error_counts *counts) {
    return counts->substitutions + counts->deletions + counts->insertions;
}

double error_rate(const cs_error_counts *counts) {
    return counts->reference ? 100.0 * (double)error_count(counts) / (double)counts->reference : 0;
}

static uint64_t next_random(uint64_t *state) { /* splitmix64 */
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int compare_rates(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bool error_rate_interval(const cs_error_counts *utterances, uint32_t count, uint64_t seed, double *low, double *high) {
    static const int edge = CS_BOOTSTRAP_DRAWS / 40;
    double rates[CS_BOOTSTRAP_DRAWS];
    if (count < 2) return false;
    for (int draw = 0; draw < CS_BOOTSTRAP_DRAWS; draw++) {
        cs_error_counts sum = {0};
        for (uint32_t i = 0; i < count; i++) error_counts_sum(&sum, &utterances[next_random(&seed) % count]);
        rates[draw] = error_rate(&sum);
    }
    qsort(rates, CS_BOOTSTRAP_DRAWS, sizeof *rates, compare_rates);
    *low = rates[edge];
    *high = rates[CS_BOOTSTRAP_DRAWS - 1 - edge];
    return true;
}
