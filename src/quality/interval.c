#include "quality/interval.h"

#include <math.h>

static const double Z = 1.959963984540054; /* 95 %, both sides */

static const cs_interval unknown = {.low = 0, .high = 1};

/* trials is real: a sample out of a finite population is worth more than its number. */
static cs_interval wilson_at(double share, double trials, double z) {
    double square = z * z, below = 1 + square / trials, middle = (share + square / (2 * trials)) / below;
    double half = z * sqrt(share * (1 - share) / trials + square / (4 * trials * trials)) / below;
    return (cs_interval){.share = share,
                         .low = share <= 0 ? 0 : fmax(0, middle - half),
                         .high = share >= 1 ? 1 : fmin(1, middle + half),
                         .is_known = true};
}

static cs_interval wilson(double share, double trials) {
    return wilson_at(share, trials, Z);
}

cs_interval interval_difference(int64_t now, int64_t among_now, int64_t before, int64_t among_before) {
    static const double z = 2.5758293035489004; /* 99 %, both sides */
    if (among_now <= 0 || among_before <= 0) return (cs_interval){.low = -1, .high = 1};
    cs_interval a = wilson_at((double)now / (double)among_now, (double)among_now, z);
    cs_interval b = wilson_at((double)before / (double)among_before, (double)among_before, z);
    double by = a.share - b.share;
    return (cs_interval){.share = by,
                         .low = by - sqrt(pow(a.share - a.low, 2) + pow(b.high - b.share, 2)),
                         .high = by + sqrt(pow(a.high - a.share, 2) + pow(b.share - b.low, 2)),
                         .is_known = true};
}

cs_interval interval_wilson(int64_t successes, int64_t trials) {
    if (trials <= 0) return unknown;
    return wilson((double)successes / (double)trials, (double)trials);
}

cs_interval interval_sampled(int64_t successes, int64_t trials, int64_t population) {
    if (trials <= 0) return unknown;
    double share = (double)successes / (double)trials;
    if (trials >= population) return (cs_interval){.share = share, .low = share, .high = share, .is_known = true};
    return wilson(share, (double)trials * (double)(population - 1) / (double)(population - trials));
}

cs_interval interval_total(const cs_stratum *strata, unsigned count) {
    double sum = 0, below = 0, above = 0, most = 0;
    bool is_known = true;
    for (unsigned i = 0; i < count; i++) {
        double population = (double)strata[i].population;
        if (strata[i].population <= 0) continue;
        most += population;
        cs_interval one = interval_sampled(strata[i].successes, strata[i].trials, strata[i].population);
        is_known = is_known && one.is_known;
        if (!one.is_known) continue;
        sum += population * one.share;
        below += pow(population * (one.share - one.low), 2);
        above += pow(population * (one.high - one.share), 2);
    }
    if (!is_known) return (cs_interval){.high = most};
    return (cs_interval){
        .share = sum, .low = fmax(0, sum - sqrt(below)), .high = fmin(most, sum + sqrt(above)), .is_known = true};
}

/* MOVER for the ratio of passed_by to found, each with its own bounds; recall is 1 / (1 + ratio). The lower bound is
 * written with its root below, where it has no pole. */
cs_interval interval_recall(cs_interval found, cs_interval passed_by) {
    double f = found.share, p = passed_by.share, product = f * p;
    if (!found.is_known || !passed_by.is_known || f + p <= 0) return unknown;
    cs_interval recall = {.share = f / (f + p), .low = 0, .high = 1, .is_known = true};
    double above = passed_by.low * (2 * p - passed_by.low);
    double root = product + sqrt(fmax(0, product * product - above * found.high * (2 * f - found.high)));
    if (found.high <= 0) recall.high = 0;
    if (above > 0 && root > 0) recall.high = 1 / (1 + above / root);
    double below = found.low * (2 * f - found.low);
    root = product + sqrt(fmax(0, product * product - below * passed_by.high * (2 * p - passed_by.high)));
    if (below > 0) recall.low = 1 / (1 + root / below);
    return recall;
}
