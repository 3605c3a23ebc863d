/* error_rate.h - how much of what was said was heard wrongly: counts, their rate, and how far chance goes.
 * Floor: speech. The interval is a percentile bootstrap over utterances (Bisani and Ney, ICASSP 2004): words of one
 * utterance go wrong together, so utterances are drawn, not words. Memory: none kept. Threads: any.
 * Example: error_counts_add(&c, steps, count); error_rate(&c); error_rate_interval(all, n, 1, &low, &high);
 */
#ifndef CS_SPEECH_ERROR_RATE_H
#define CS_SPEECH_ERROR_RATE_H

#include <stdbool.h>
#include <stdint.h>

enum { CS_BOOTSTRAP_DRAWS = 2000 };

typedef struct cs_error_counts {
    int64_t reference; /* units that were said */
    int64_t substitutions, deletions, insertions;
} cs_error_counts;

/* Steps of alignment.h. */
void error_counts_add(cs_error_counts *counts, const uint8_t *steps, uint32_t count);
void error_counts_sum(cs_error_counts *sum, const cs_error_counts *other);
int64_t error_count(const cs_error_counts *counts);
/* Percent of the reference; above 100 when more is made up than was said. 0 of an empty one. */
double error_rate(const cs_error_counts *counts);

/* 95 of 100 draws are inside, in percent. The same seed gives the same. false: less than two utterances say nothing of it. */
bool error_rate_interval(const cs_error_counts *utterances, uint32_t count, uint64_t seed, double *low, double *high);

#endif
