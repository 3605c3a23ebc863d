#include "speech/resampler.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const double pi = 3.14159265358979323846;

enum { SECONDS = 1 };

typedef struct sound {
    float *samples;
    uint32_t count, room, most_calls;
} sound;

static bool keep(void *context, const float *samples, uint32_t count) {
    sound *s = context;
    assert_true(count > 0 && s->count + count <= s->room);
    if (s->most_calls && --s->most_calls == 0) return false;
    memcpy(s->samples + s->count, samples, count * sizeof *samples);
    s->count += count;
    return true;
}

static sound tone(double hz, int rate_hz) {
    sound s = {.count = (uint32_t)rate_hz * SECONDS};
    s.samples = calloc(s.count, sizeof *s.samples);
    for (uint32_t i = 0; i < s.count; i++) s.samples[i] = (float)(0.5 * sin(2 * pi * hz * i / rate_hz));
    return s;
}

static sound converted(const sound *from, int from_hz, int to_hz, uint32_t block) {
    cs_resampler *r = resampler_create(from_hz, to_hz);
    sound out = {.room = (uint32_t)to_hz * SECONDS + 8};
    out.samples = calloc(out.room, sizeof *out.samples);
    for (uint32_t at = 0; at < from->count; at += block)
        assert_true(
            resampler_push(r, from->samples + at, from->count - at < block ? from->count - at : block, keep, &out));
    assert_true(resampler_finish(r, keep, &out));
    resampler_free(r);
    return out;
}

/* How loud a tone of so many Hz is in the middle of the sound, dB below the one that was made. */
static double level_of(const sound *s, double hz, int rate_hz) {
    double sine = 0, cosine = 0;
    uint32_t from = s->count / 10, to = s->count * 9 / 10;
    for (uint32_t i = from; i < to; i++) {
        double window = 0.5 - 0.5 * cos(2 * pi * (i - from) / (to - from));
        sine += window * s->samples[i] * sin(2 * pi * hz * i / rate_hz);
        cosine += window * s->samples[i] * cos(2 * pi * hz * i / rate_hz);
    }
    return 20 * log10(4 * sqrt(sine * sine + cosine * cosine) / (to - from) / 0.5 + 1e-12);
}

/* A telephone's tone stays as loud as it was, and its mirror image above the old rate's half does not come with it. */
static void a_tone_has_no_image(void **state) {
    (void)state;
    static const double TONES[] = {200, 1000, 2500, 3400, 3550};
    for (size_t i = 0; i < sizeof TONES / sizeof *TONES; i++) {
        sound line = tone(TONES[i], 8000), wide = converted(&line, 8000, 16000, 160);
        assert_true(fabs(level_of(&wide, TONES[i], 16000)) < 0.1);
        assert_true(level_of(&wide, 8000 - TONES[i], 16000) < -75);
        free(line.samples);
        free(wide.samples);
    }
}

/* Between the two there is no gap: what is just below the old half is still there. */
static void the_seam_is_not_a_gap(void **state) {
    (void)state;
    sound line = tone(3850, 8000), wide = converted(&line, 8000, 16000, 160);
    assert_true(level_of(&wide, 3850, 16000) > -6);
    free(line.samples);
    free(wide.samples);
}

static void what_a_lower_rate_cannot_hold_is_gone(void **state) {
    (void)state;
    static const struct {
        int from_hz, to_hz;
        double hz;
    } WAYS[] = {{16000, 8000, 4500}, {48000, 16000, 9000}, {44100, 16000, 12000}, {192000, 16000, 40000}};
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
        sound high = tone(WAYS[i].hz, WAYS[i].from_hz), low = converted(&high, WAYS[i].from_hz, WAYS[i].to_hz, 999);
        for (uint32_t k = low.count / 10; k < low.count * 9 / 10; k++) assert_true(fabsf(low.samples[k]) < 0.0005F);
        free(high.samples);
        free(low.samples);
    }
}

static void every_sample_has_its_place(void **state) {
    (void)state;
    static const int RATES[][2] = {{8000, 16000},  {6000, 16000},  {11025, 16000}, {22050, 16000},
                                   {44100, 16000}, {48000, 16000}, {16000, 8000},  {4000, 192000}};
    for (size_t i = 0; i < sizeof RATES / sizeof *RATES; i++) {
        sound from = tone(440, RATES[i][0]), to = converted(&from, RATES[i][0], RATES[i][1], 777);
        assert_int_equal(to.count, RATES[i][1] * SECONDS);
        for (uint32_t k = to.count / 10; k < to.count * 9 / 10; k++)
            assert_true(fabs(to.samples[k] - 0.5 * sin(2 * pi * 440 * k / RATES[i][1])) < 0.003);
        free(from.samples);
        free(to.samples);
    }
}

static void blocks_change_nothing(void **state) {
    (void)state;
    static const uint32_t BLOCKS[] = {1, 160, 1023, 1024, 1025};
    sound from = tone(700, 8000), whole = converted(&from, 8000, 16000, from.count);
    for (size_t i = 0; i < sizeof BLOCKS / sizeof *BLOCKS; i++) {
        sound to = converted(&from, 8000, 16000, BLOCKS[i]);
        assert_int_equal(to.count, whole.count);
        assert_memory_equal(to.samples, whole.samples, to.count * sizeof *to.samples);
        free(to.samples);
    }
    free(from.samples);
    free(whole.samples);
}

static void the_same_rate_changes_nothing(void **state) {
    (void)state;
    sound from = tone(5000, 16000), to = converted(&from, 16000, 16000, 333);
    assert_int_equal(to.count, from.count);
    assert_memory_equal(to.samples, from.samples, from.count * sizeof *from.samples);
    free(from.samples);
    free(to.samples);
}

static void who_receives_may_stop_it(void **state) {
    (void)state;
    sound from = tone(700, 8000), to = {.room = from.count * 2, .most_calls = 2};
    to.samples = calloc(to.room, sizeof *to.samples);
    cs_resampler *r = resampler_create(8000, 16000);
    assert_false(resampler_push(r, from.samples, from.count, keep, &to));
    assert_true(to.count > 0 && to.count < from.count);
    resampler_free(r);
    free(from.samples);
    free(to.samples);
}

static void no_other_rates(void **state) {
    (void)state;
    assert_null(resampler_create(CS_RESAMPLER_LEAST_HZ - 1, 16000));
    assert_null(resampler_create(16000, CS_RESAMPLER_MOST_HZ + 1));
    assert_null(resampler_create(0, 0));
    resampler_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tone_has_no_image),
        cmocka_unit_test(the_seam_is_not_a_gap),
        cmocka_unit_test(what_a_lower_rate_cannot_hold_is_gone),
        cmocka_unit_test(every_sample_has_its_place),
        cmocka_unit_test(blocks_change_nothing),
        cmocka_unit_test(the_same_rate_changes_nothing),
        cmocka_unit_test(who_receives_may_stop_it),
        cmocka_unit_test(no_other_rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
