/* Faint speech becomes as loud as a model wants; what is loud enough stays to the bit. */
#include "speech/loudness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { RATE = 8000, SECOND = 8000 };

/* A hum, whose mean power is so many dB below full scale. */
static void hum(float *samples, uint32_t count, double below_db) {
    for (uint32_t i = 0; i < count; i++)
        samples[i] = (float)(sqrt(2) * pow(10, -below_db / 20) * sin(2 * M_PI * 200 * i / RATE));
}

static double level_of(const float *samples, uint32_t count) {
    double power = 0;
    for (uint32_t i = 0; i < count; i++) power += (double)samples[i] * (double)samples[i];
    return -10 * log10(power / count);
}

static void pauses_and_line_noise_do_not_count(void **state) {
    (void)state;
    static float samples[SECOND];
    cs_loudness l;
    loudness_begin(&l, RATE);
    assert_true(loudness_level(&l) < 0);
    hum(samples, SECOND, 90); /* below what is looked at */
    loudness_raise(&l, samples, SECOND);
    assert_true(loudness_level(&l) < 0);
    for (int i = 0; i < 4; i++) {
        hum(samples, SECOND, 60);
        loudness_raise(&l, samples, SECOND);
    }
    hum(samples, SECOND, 30.5);
    loudness_raise(&l, samples, SECOND);
    assert_float_equal(loudness_level(&l), 30.5, 0.6); /* steps of a dB */
}

static void the_size_of_blocks_changes_nothing(void **state) {
    (void)state;
    static float whole[SECOND], parts[SECOND];
    cs_loudness l;
    hum(whole, SECOND, 40);
    hum(parts, SECOND, 40);
    loudness_begin(&l, RATE);
    loudness_raise(&l, whole, SECOND);
    loudness_begin(&l, RATE);
    for (uint32_t at = 0, some = 1; at < SECOND; at += some, some = some * 3 % 97 + 1)
        loudness_raise(&l, parts + at, at + some < SECOND ? some : SECOND - at);
    assert_memory_equal(whole, parts, sizeof whole);
}

static void faint_speech_is_raised_and_loud_speech_stays(void **state) {
    (void)state;
    static const double below[][2] = {{10, 10}, {19.2, 19.2}, {30.5, 20}, {45.5, 20}, {60.5, 30.5}}; /* from, to */
    static float samples[SECOND], before[SECOND];
    for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
        cs_loudness l;
        loudness_begin(&l, RATE);
        hum(before, SECOND, below[i][0]);
        for (int second = 0; second < 2; second++) {
            hum(samples, SECOND, below[i][0]);
            loudness_raise(&l, samples, SECOND);
        }
        assert_float_equal(level_of(samples, SECOND), below[i][1], 0.7);
        if (i == 0) assert_memory_equal(samples, before, sizeof samples);
    }
}

/* Somebody who was near speaks from afar: the gain rises bit by bit, no step is heard. */
static void the_gain_moves_evenly(void **state) {
    (void)state;
    static float samples[SECOND];
    cs_loudness l;
    loudness_begin(&l, RATE);
    float last = 1;
    for (int second = 0; second < 20; second++) {
        float level = second ? 0.04F : 0.1F;
        for (uint32_t i = 0; i < SECOND; i++) samples[i] = level;
        loudness_raise(&l, samples, SECOND);
        for (uint32_t i = 0; i < SECOND; i++) {
            float gain = samples[i] / level;
            assert_true(fabsf(gain - last) < 0.01F);
            last = gain;
        }
    }
    assert_true(last > 1.5F);
}

/* The first moments say nothing: they stay as they are. */
static void a_moment_is_not_raised(void **state) {
    (void)state;
    float samples[400];
    cs_loudness l;
    loudness_begin(&l, RATE);
    hum(samples, 400, 50);
    float before = samples[10];
    loudness_raise(&l, samples, 400);
    loudness_raise(&l, samples, 0);
    assert_true(samples[10] == before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pauses_and_line_noise_do_not_count),
        cmocka_unit_test(the_size_of_blocks_changes_nothing),
        cmocka_unit_test(faint_speech_is_raised_and_loud_speech_stays),
        cmocka_unit_test(the_gain_moves_evenly),
        cmocka_unit_test(a_moment_is_not_raised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
