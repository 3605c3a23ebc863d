/* From a model's own opinion to how often it is right. */
#include "speech/calibration.h"
#include "speech/confidence_fit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static cs_arena *arena;

static int start(void **state) {
    (void)state;
    arena = arena_create(64 << 20);
    return arena ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static void better_signs_never_make_a_word_less_sure(void **state) {
    (void)state;
    const cs_calibration c = {.bias = 1, .mean = 2, .least = 0.5f, .margin = 0.3f};
    cs_word_signs signs = {.mean = -0.5f, .least = -1, .margin = 1};
    float before = confidence_of(&c, &signs);
    assert_true(before > 0 && before < 1);
    signs.mean = -0.4f;
    assert_true(confidence_of(&c, &signs) > before);
    signs = (cs_word_signs){.mean = -0.5f, .least = -0.8f, .margin = 1};
    assert_true(confidence_of(&c, &signs) > before);
    signs = (cs_word_signs){.mean = -0.5f, .least = -1, .margin = 2};
    assert_true(confidence_of(&c, &signs) > before);
    signs.margin = INFINITY;
    assert_true(confidence_of(&c, &signs) <= 1);
    signs.mean = 1;
    assert_true(confidence_of(&c, &signs) < 0);
    assert_true(confidence_of(NULL, &(cs_word_signs){0}) < 0);
}

static cs_heard_word heard(const char *text) {
    return (cs_heard_word){.text = text, .signs = {.mean = -0.1f, .least = -0.1f, .margin = -1}};
}

static void a_word_is_right_when_all_of_it_is(void **state) {
    (void)state;
    const cs_heard_word words[] = {heard("我"), heard("要"), heard("推款"), heard("嗯"), heard("Refund"), heard("now")};
    cs_judged_words judged = {0};
    cs_message message;
    assert_int_equal(words_judge(words, 6, "我要退款, refund later", 3, arena, &judged, &message), CS_OK);
    const bool right[] = {true, true, false, false, true, false};
    assert_int_equal(judged.count, 6);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(judged.items[i].is_right, right[i]);
        assert_int_equal(judged.items[i].recording, 3);
    }
}

static double unit(void) {
    return (double)rand() / RAND_MAX;
}

/* A model that is far too sure of itself: its words are right as often as a known curve says. */
static void make_words(cs_judged_words *out, uint32_t recordings, uint32_t each) {
    srand(5);
    for (uint32_t i = 0; i < recordings * each; i++) {
        cs_word_signs signs = {.mean = (float)(-2 * unit()), .margin = (float)(4 * unit())};
        signs.least = signs.mean * 1.5f;
        double p = 1 / (1 + exp(-(0.5 + 1.5 * (double)signs.mean + 0.4 * (double)signs.margin)));
        assert_true(arena_room(arena, (void **)&out->items, &out->room, out->count, sizeof *out->items));
        out->items[out->count++] = (cs_judged_word){signs, i / each, unit() < p};
    }
}

static void a_fit_finds_the_curve_and_says_how_good_it_is(void **state) {
    (void)state;
    cs_judged_words words = {0};
    cs_calibration fitted;
    cs_calibration_report report;
    cs_message message;
    make_words(&words, 40, 100);
    assert_int_equal(calibration_fit("m", &words, arena, &fitted, &report, &message), CS_OK);
    assert_string_equal(fitted.model, "m");
    assert_true(fitted.mean >= 0 && fitted.least >= 0 && fitted.margin >= 0);
    assert_float_equal(fitted.margin, 0.4, 0.1);
    assert_float_equal(fitted.mean + 1.5f * fitted.least, 1.5, 0.25);
    assert_true(report.error < 0.03);
    assert_true(report.error_low <= report.error && report.error <= report.error_high + 0.02);
    assert_true(report.before > 2 * report.error);
    assert_true(report.apart > 0.65);
    assert_int_equal(report.words, 4000);
    assert_int_equal(report.recordings, 40);
}

static void too_few_words_fit_nothing(void **state) {
    (void)state;
    cs_judged_words words = {0};
    cs_calibration fitted;
    cs_calibration_report report;
    cs_message message;
    make_words(&words, 2, 100);
    assert_int_equal(calibration_fit("m", &words, arena, &fitted, &report, &message), CS_ERR_LIMIT);
    for (uint32_t i = 0; i < words.count; i++) words.items[i].signs.mean = 1; /* the model gives no probabilities */
    assert_int_equal(calibration_fit("m", &words, arena, &fitted, &report, &message), CS_ERR_LIMIT);
}

static void what_is_written_is_read(void **state) {
    (void)state;
    const cs_calibration made = {.model = "m", .bias = 1.25f, .mean = 2.5f, .least = 0, .margin = 0.125f};
    cs_buffer text;
    cs_json_writer writer;
    cs_message message;
    buffer_init(&text, 4096);
    buffer_text(&text, "[");
    json_writer_init(&writer, &text);
    calibration_write(&writer, NULL, &made, NULL);
    buffer_text(&text, "]");
    cs_calibration read;
    assert_int_equal(calibrations_find(text.data, text.length, "m", &read, &message), CS_OK);
    assert_float_equal(read.bias, 1.25, 1e-6);
    assert_float_equal(read.margin, 0.125, 1e-6);
    assert_int_equal(calibrations_find(text.data, text.length, "n", &read, &message), CS_ERR_NOT_FOUND);
    buffer_free(&text);
    static const char broken[] =
        "[{\"model\": \"m\", \"bias\": 0, \"mean\": -1}]"; /* a better sign would count against a word */
    assert_int_equal(calibrations_find(broken, strlen(broken), "m", &read, &message), CS_ERR_PARSE);
    assert_int_equal(calibrations_find("{", 1, "m", &read, &message), CS_ERR_PARSE);
}

static void the_programs_own_is_whole(void **state) {
    (void)state;
    cs_calibration read;
    cs_message message;
    assert_int_equal(calibration_of_model("no such model", &read, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(calibration_of_model("zh-zipformer-phonetic-3.3m", &read, &message), CS_OK);
    const cs_word_signs clear = {.mean = -0.05f, .least = -0.1f, .margin = 4},
                        vague = {.mean = -3, .least = -4, .margin = 0.1f};
    assert_true(confidence_of(&read, &clear) > 0.8f);
    assert_true(confidence_of(&read, &vague) < 0.2f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(better_signs_never_make_a_word_less_sure),
        cmocka_unit_test(a_word_is_right_when_all_of_it_is),
        cmocka_unit_test(a_fit_finds_the_curve_and_says_how_good_it_is),
        cmocka_unit_test(too_few_words_fit_nothing),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(the_programs_own_is_whole),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
