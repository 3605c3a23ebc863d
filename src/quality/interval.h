/* interval.h - how sure a share is: 95 % intervals for what was counted, for what was sampled, and for recall.
 * Floor: quality. A share without trials has no value: is_known is false and the bounds are 0 and 1.
 * Sources: Wilson 1927 for shares; Newcombe 1998 for differences; Zou and Donner 2008 (MOVER) for sums and ratios of independent shares.
 * Memory: none. Threads: any.
 * Example: cs_interval i = interval_wilson(8, 10); printf("%.2f (%.2f-%.2f)", i.share, i.low, i.high);
 */
#ifndef CS_QUALITY_INTERVAL_H
#define CS_QUALITY_INTERVAL_H

#include <stdbool.h>
#include <stdint.h>

typedef struct cs_interval {
    double share, low, high; /* 0-1 */
    bool is_known;
} cs_interval;

/* What is counted over all there is, taken as a sample of what will come. */
cs_interval interval_wilson(int64_t successes, int64_t trials);

/* now less before, two shares counted apart, with 99 %: -1 to 1 (Newcombe 1998, method 10). */
cs_interval interval_difference(int64_t now, int64_t among_now, int64_t before, int64_t among_before);

/* trials drawn without replacement out of population: nothing is uncertain once all were looked at. */
cs_interval interval_sampled(int64_t successes, int64_t trials, int64_t population);

/* A part of the conversations from which a sample was drawn and looked at. */
typedef struct cs_stratum {
    int64_t population, trials, successes;
} cs_stratum;

/* How many there are in all strata together, as a number of conversations in share, low and high; not known when a
 * stratum that holds conversations was not looked at. */
cs_interval interval_total(const cs_stratum *strata, unsigned count);

/* found / (found + passed_by) where both are numbers of conversations with their bounds: recall. */
cs_interval interval_recall(cs_interval found, cs_interval passed_by);

#endif
