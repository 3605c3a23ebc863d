/* lanes.h - four numbers at once: what the loops over samples are written in.
 * Floor: audio. The vectors of gcc and clang, on any processor; the sums always run in the same order, so a result does not
 * depend on the machine's width. Memory: none; a load needs no alignment. Threads: any.
 * Example: float power = lanes_dot(samples, samples, 80) / 80;
 */
#ifndef CS_AUDIO_LANES_H
#define CS_AUDIO_LANES_H

#include <stdint.h>

typedef float cs_lanes __attribute__((vector_size(16), aligned(4), may_alias));
typedef int32_t cs_int_lanes __attribute__((vector_size(16), aligned(4), may_alias));

static inline cs_lanes lanes_at(const float *from) {
    return *(const cs_lanes *)from;
}

static inline void lanes_put(float *to, cs_lanes value) {
    *(cs_lanes *)to = value;
}

static inline cs_lanes lanes_all(float value) {
    return (cs_lanes){value, value, value, value};
}

static inline float lanes_sum(cs_lanes v) {
    return (v[0] + v[2]) + (v[1] + v[3]);
}

/* count is a multiple of 4. */
static inline float lanes_dot(const float *a, const float *b, int count) {
    cs_lanes even = lanes_all(0), odd = lanes_all(0);
    int i = 0;
    for (; i + 8 <= count; i += 8) {
        even += lanes_at(a + i) * lanes_at(b + i);
        odd += lanes_at(a + i + 4) * lanes_at(b + i + 4);
    }
    if (i < count) even += lanes_at(a + i) * lanes_at(b + i);
    return lanes_sum(even + odd);
}

/* 1/sqrt of what is above 0, within 0.001 %. */
static inline cs_lanes lanes_inverse_root(cs_lanes x) {
    cs_lanes y = (cs_lanes)(0x5F3759DF - ((cs_int_lanes)x >> 1));
    y *= 1.5F - 0.5F * x * y * y;
    return y * (1.5F - 0.5F * x * y * y);
}

/* log2 of what is above 0, within 0.0001. */
static inline cs_lanes lanes_log2(cs_lanes x) {
    cs_int_lanes bits = (cs_int_lanes)x;
    cs_lanes exponent = __builtin_convertvector((bits >> 23) - 127, cs_lanes);
    cs_lanes m = (cs_lanes)((bits & 0x007FFFFF) | 0x3F800000);
    return exponent - 2.786813F +
           (5.046876F + (-3.492494F + (1.593885F + (-0.4048672F + 0.04342891F * m) * m) * m) * m) * m;
}

#endif
