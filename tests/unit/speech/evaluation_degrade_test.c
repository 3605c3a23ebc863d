#include "speech/degrade.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const double pi = 3.14159265358979323846;

typedef struct heard {
    float *samples;
    uint32_t count, room;
} heard;

static bool keep(void *context, const float *samples, uint32_t count) {
    heard *h = context;
    assert_true(h->count + count <= h->room);
    memcpy(h->samples + h->count, samples, count * sizeof *samples);
    h->count += count;
    return true;
}

static heard degrade(const float *samples, uint32_t count, int from_hz, cs_degrading how, uint32_t block) {
    cs_degrader *d;
    cs_message message;
    heard h = {
        .room = (uint32_t)((uint64_t)count * (uint32_t)(how.rate_hz ? how.rate_hz : from_hz) / (uint32_t)from_hz) + 8};
    h.samples = calloc(h.room, sizeof *h.samples);
    assert_int_equal(degrade_create(from_hz, &how, &d, &message), CS_OK);
    for (uint32_t at = 0; at < count; at += block)
        assert_true(degrade_push(d, samples + at, count - at < block ? count - at : block, keep, &h));
    assert_true(degrade_finish(d, keep, &h));
    degrade_free(d);
    return h;
}

static float *make_tone(double hz, int rate_hz, uint32_t count) {
    float *samples = calloc(count, sizeof *samples);
    for (uint32_t i = 0; i < count; i++) samples[i] = (float)(0.5 * sin(2 * pi * hz * i / rate_hz));
    return samples;
}

/* A tone that both rates hold stays where it is, sample by sample; one that the lower rate can't hold is gone. */
static void test_rates(void **state) {
    (void)state;
    static const struct {
        int from_hz, to_hz;
        double tone_hz;
        bool stays;
    } cases[] = {{16000, 8000, 1000, true},  {16000, 8000, 3500, true},  {16000, 8000, 4500, false},
                 {16000, 8000, 7000, false}, {8000, 16000, 3000, true},  {44100, 8000, 440, true},
                 {11025, 16000, 2000, true}, {48000, 16000, 9000, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t count = (uint32_t)cases[i].from_hz;
        float *tone = make_tone(cases[i].tone_hz, cases[i].from_hz, count);
        heard h = degrade(tone, count, cases[i].from_hz, (cs_degrading){.rate_hz = cases[i].to_hz}, 777);
        assert_int_equal(h.count, cases[i].to_hz);
        double worst = 0;
        for (uint32_t at = h.count / 10; at < h.count * 9 / 10; at++) {
            double wanted = cases[i].stays ? 0.5 * sin(2 * pi * cases[i].tone_hz * at / cases[i].to_hz) : 0;
            worst = fmax(worst, fabs(h.samples[at] - wanted));
        }
        assert_true(worst < 0.003);
        free(tone);
        free(h.samples);
    }
}

static void test_blocks_change_nothing(void **state) {
    (void)state;
    float *tone = make_tone(700, 16000, 5003);
    cs_degrading how = {.rate_hz = 8000, .companding = CS_COMPANDING_MU_LAW};
    heard whole = degrade(tone, 5003, 16000, how, 5003);
    static const uint32_t blocks[] = {1, 160, 1023, 1025};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        heard h = degrade(tone, 5003, 16000, how, blocks[i]);
        assert_int_equal(h.count, whole.count);
        assert_memory_equal(h.samples, whole.samples, h.count * sizeof *h.samples);
        free(h.samples);
    }
    free(whole.samples);
    free(tone);
}

/* G.711: mu-law codes 0x80 and 0xFF, A-law codes 0xAA, 0xD5 and 0x55 are these values in 16 bits. */
static void test_g711(void **state) {
    (void)state;
    assert_true(degrade_mu_law(1) * 32768 == 32124);
    assert_true(degrade_mu_law(-1) * 32768 == -32124);
    assert_true(degrade_mu_law(0) == 0);
    assert_true(degrade_a_law(1) * 32768 == 32256);
    assert_true(degrade_a_law(0) * 32768 == 8);
    assert_true(degrade_a_law(-1.0F / 32768) * 32768 == -8);
    float (*const laws[])(float) = {degrade_mu_law, degrade_a_law};
    for (int law = 0; law < 2; law++)
        for (int value = -32768; value < 32768; value++) {
            float once = laws[law]((float)value / 32768), twice = laws[law](once);
            assert_true(once == twice);
            double error = fabs((double)once * 32768 - value), most = 16 + fabs((double)value) / 32;
            assert_true(error <= most || abs(value) > 32000);
        }
}

static void test_refused(void **state) {
    (void)state;
    cs_degrader *d = NULL;
    cs_message message;
    assert_int_equal(degrade_create(16000, &(cs_degrading){.rate_hz = 100}, &d, &message), CS_ERR_USAGE);
    assert_null(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_blocks_change_nothing),
        cmocka_unit_test(test_g711),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
