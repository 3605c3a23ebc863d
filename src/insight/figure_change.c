#include "insight/figure_change.h"

#include <math.h>

bool ratio_is_known(cs_ratio ratio) {
    return ratio.among > 0;
}

double ratio_value(cs_ratio ratio) {
    return ratio.among > 0 ? (double)ratio.of / (double)ratio.among : 0;
}

static double weight(cs_ratio part, cs_ratio whole) {
    return (double)part.among / (double)whole.among;
}

cs_split change_split(cs_ratios whole, cs_ratios part) {
    double w1 = weight(part.now, whole.now), w0 = weight(part.before, whole.before);
    double r1 = ratio_value(part.now), r0 = ratio_value(part.before);
    double middle = (ratio_value(whole.now) + ratio_value(whole.before)) / 2;
    if (!ratio_is_known(part.now)) r1 = r0;
    if (!ratio_is_known(part.before)) r0 = r1;
    return (cs_split){.within = (w1 + w0) / 2 * (r1 - r0), .mix = (w1 - w0) * ((r1 + r0) / 2 - middle)};
}

bool change_usual(const double *values, int count, cs_usual *out) {
    /* Student's t, 99 % on both sides, with 2 to 7 degrees of freedom */
    static const double t[] = {9.925, 5.841, 4.604, 4.032, 3.707, 3.499};
    *out = (cs_usual){.count = count};
    if (count < CS_LEAST_USUAL || count > CS_MOST_USUAL) return false;
    for (int i = 0; i < count; i++) out->mean += values[i] / count;
    for (int i = 0; i < count; i++) out->spread += (values[i] - out->mean) * (values[i] - out->mean);
    out->spread = sqrt(out->spread / (count - 1));
    double half = t[count - CS_LEAST_USUAL] * out->spread * sqrt(1 + 1.0 / count);
    out->low = out->mean - half;
    out->high = out->mean + half;
    return true;
}
