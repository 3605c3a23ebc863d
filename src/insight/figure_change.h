/* figure_change.h - the arithmetic of a change: whether it is more than chance, and what each part of the whole has to do with it.
 * Floor: insight. A part's within is what its own ratio did, its mix what its weight did against the middle of both times; both,
 * summed over all parts, are the change of the whole (Kitagawa 1955, with the middle ratio taken off the mix).
 * Memory: none. Threads: any.
 * Example: cs_split s = change_split(whole, part); change_usual(values, n, &usual); if (now < usual.low) say_so();
 */
#ifndef CS_INSIGHT_FIGURE_CHANGE_H
#define CS_INSIGHT_FIGURE_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

/* Numerator and denominator of a share; sum and count of a score. */
typedef struct cs_ratio {
    int64_t of, among;
} cs_ratio;

typedef struct cs_ratios { /* at two times */
    cs_ratio now, before;
} cs_ratios;

typedef struct cs_split {
    double within, mix;
} cs_split;

bool ratio_is_known(cs_ratio ratio);
double ratio_value(cs_ratio ratio); /* 0 where it is not known */
/* What the part has to do with the change of the whole, whose ratios must be known at both times. A part that was there at one
 * time only changes the mix alone. */
cs_split change_split(cs_ratios whole, cs_ratios part);

enum { CS_MOST_USUAL = 8, CS_LEAST_USUAL = 3 };

typedef struct cs_usual {
    int count;
    double mean, spread; /* spread: standard deviation of a sample */
    double low, high; /* where 99 of 100 further values would lie, were they drawn alike (Student's t) */
} cs_usual;

/* False: fewer than CS_LEAST_USUAL values say nothing. count: at most CS_MOST_USUAL. */
bool change_usual(const double *values, int count, cs_usual *out);

#endif
