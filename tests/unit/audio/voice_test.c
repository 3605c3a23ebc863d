#include "sound_stage.h"

/* One voice with pauses of 0.8 s, in different surroundings. */
static const double words[][2] = {{1.0, 2.5}, {3.3, 4.1}, {4.9, 7.6}, {8.4, 8.9}};
enum { WORDS = sizeof words / sizeof *words };

static cs_stage speak(int rate, double level_db) {
    cs_stage stage = stage_open(rate, 1, 10);
    for (int i = 0; i < WORDS; i++)
        put_speech(&stage, 0, words[i][0], words[i][1], 110, 150, level_db, (uint32_t)i + 7);
    return stage;
}

static void expect_words(cs_stage *stage, const char *where, double start_within, double end_within) {
    cs_result *result = stage_hear(stage, 1600);
    printf("  %s\n", where);
    for (int i = 0; i < WORDS; i++)
        expect_sound(result, CS_SOUND_VOICE, 0, words[i][0], words[i][1], start_within, end_within);
    if (result->count != WORDS) result_print(result);
    assert_int_equal(result->count, WORDS);
    result_free(result);
    stage_free(stage);
}

static void test_digital_silence(void **state) {
    (void)state;
    cs_stage stage = speak(8000, -20);
    expect_words(&stage, "exact zeros", 0.03, 0.06);
}

static void test_rates(void **state) {
    (void)state;
    static const int rates[] = {4000, 6000, 7999, 11025, 16000, 22050, 44100, 48000, 96000, 192000};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        char where[32];
        snprintf(where, sizeof where, "%d Hz", rates[i]);
        cs_stage stage = speak(rates[i], -20);
        put_noise(&stage, 0, 0, 10, -65, false, 3);
        expect_words(&stage, where, 0.03, 0.06);
    }
}

static void test_surroundings(void **state) {
    (void)state;
    cs_stage stage = speak(8000, -20);
    put_noise(&stage, 0, 0, 10, -55, false, 5);
    expect_words(&stage, "comfort noise", 0.03, 0.06);

    stage = speak(8000, -20);
    put_tone(&stage, 0, 0, 10, 50, 100, -35);
    put_noise(&stage, 0, 0, 10, -65, false, 5);
    expect_words(&stage, "hum of the mains", 0.03, 0.06);

    stage = speak(8000, -25);
    put_tone(&stage, 0, 0, 10, 200, 300, -50);
    put_noise(&stage, 0, 0, 10, -65, false, 5);
    expect_words(&stage, "hum of its harmonics", 0.03, 0.06);

    stage = speak(8000, -20);
    put_noise(&stage, 0, 0, 10, -30, false, 5);
    expect_words(&stage, "white noise 10 dB below", 0.03, 0.06);

    stage = speak(8000, -20);
    put_noise(&stage, 0, 0, 10, -30, true, 5);
    expect_words(&stage, "pink noise 10 dB below", 0.05, 0.08);

    stage = speak(8000, -45);
    put_noise(&stage, 0, 0, 10, -68, false, 5);
    expect_words(&stage, "very quiet", 0.03, 0.06);

    stage = speak(8000, -20);
    for (int64_t i = 0; i < stage.frames; i++) stage.samples[i] += 0.2F;
    expect_words(&stage, "an offset", 0.03, 0.06);

    stage = speak(8000, -25);
    put_noise(&stage, 0, 0, 10, -60, false, 5);
    for (int64_t i = 0; i < stage.frames; i++) stage.samples[i] = roundf(stage.samples[i] * 127) / 127;
    expect_words(&stage, "eight bits", 0.03, 0.06);
}

static void test_noise_alone(void **state) {
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        cs_stage stage = stage_open(8000, 1, 30);
        if (kind < 2) put_noise(&stage, 0, 0, 30, -30, kind == 1, 11);
        if (kind == 2) put_tone(&stage, 0, 0, 30, 50, 150, -30);
        if (kind == 3) put_noise(&stage, 0, 10, 30, -25, true, 3); /* it begins in the middle */
        cs_result *result = stage_hear(&stage, 4096);
        expect_count(result, CS_SOUND_VOICE, 0, 0);
        assert_int_equal(result->report.relation, CS_CHANNELS_SILENT);
        result_free(result);
        stage_free(&stage);
    }
}

static void test_pauses(void **state) {
    (void)state;
    cs_stage stage = stage_open(8000, 1, 10);
    put_speech(&stage, 0, 1, 2, 110, 150, -20, 1);
    put_speech(&stage, 0, 2.24, 3, 110, 150, -20, 2); /* bridged */
    put_speech(&stage, 0, 3.4, 4.5, 110, 150, -20, 3); /* not */
    put_noise(&stage, 0, 0, 10, -62, false, 1);
    cs_result *result = stage_hear(&stage, 80);
    expect_sound(result, CS_SOUND_VOICE, 0, 1, 3, 0.03, 0.06);
    expect_sound(result, CS_SOUND_VOICE, 0, 3.4, 4.5, 0.03, 0.06);
    expect_count(result, CS_SOUND_VOICE, 0, 2);
    result_free(result);
    stage_free(&stage);
}

/* Clicks, breaths and knocks are no voice, beside a voice or alone; a voice that begins at the very start is one. */
static void test_what_is_no_voice(void **state) {
    (void)state;
    cs_stage stage = stage_open(8000, 1, 14);
    put_noise(&stage, 0, 0, 14, -62, false, 1);
    put_speech(&stage, 0, 0, 2, 180, 240, -22, 4);
    put_noise(&stage, 0, 3, 3.02, -15, false, 2);
    put_noise(&stage, 0, 4, 4.06, -20, true, 3);
    put_noise(&stage, 0, 5, 5.4, -45, false, 4);
    put_vowel(&stage, 0, 6, 6.04, 120, 120, -20);
    put_speech(&stage, 0, 8, 9, 180, 240, -22, 5);
    put_noise(&stage, 0, 9.4, 9.8, -45, false, 6);
    put_speech(&stage, 0, 12, 14, 180, 240, -22, 6);
    cs_result *result = stage_hear(&stage, 333);
    expect_sound(result, CS_SOUND_VOICE, 0, 0, 2, 0.03, 0.06);
    expect_sound(result, CS_SOUND_VOICE, 0, 8, 9, 0.03, 0.06);
    expect_sound(result, CS_SOUND_VOICE, 0, 12, 14, 0.03, 0.03);
    expect_count(result, CS_SOUND_VOICE, 0, 3);
    result_free(result);
    stage_free(&stage);
}

/* Two people with an overlap of 0.7 s; each is told within half a second. */
static void test_overlap_and_lag(void **state) {
    (void)state;
    cs_stage stage = stage_open(8000, 2, 12);
    for (int c = 0; c < 2; c++) put_noise(&stage, c, 0, 12, -65, false, (uint32_t)c + 1);
    put_speech(&stage, 0, 1, 4.2, 90, 130, -22, 1);
    put_speech(&stage, 1, 3.5, 6, 190, 260, -18, 2);
    put_speech(&stage, 0, 7.5, 9, 90, 130, -22, 3);
    put_speech(&stage, 1, 8, 8.4, 190, 260, -18, 4);
    cs_result *result = stage_hear(&stage, 80);
    expect_sound(result, CS_SOUND_VOICE, 0, 1, 4.2, 0.03, 0.06);
    expect_sound(result, CS_SOUND_VOICE, 1, 3.5, 6, 0.03, 0.06);
    const cs_sound *low = expect_sound(result, CS_SOUND_VOICE, 0, 7.5, 9, 0.03, 0.06);
    const cs_sound *high = expect_sound(result, CS_SOUND_VOICE, 1, 8, 8.4, 0.03, 0.06);
    assert_int_equal(result->count, 4);
    assert_true(low->pitch_hz > 85 && low->pitch_hz < 135 && high->pitch_hz > 180 && high->pitch_hz < 270);
    assert_true(fabs(low->level_db + 22) < 1.5 && fabs(high->level_db + 18) < 1.5);
    for (int i = 0; i < result->count; i++) assert_true(result->told_ms[i] <= result->sounds[i].end_ms + 500);
    const cs_audio_report *report = &result->report;
    assert_int_equal(report->relation, CS_CHANNELS_TWO);
    assert_true(fabs(report->sides[0].noise_db + 65) < 1 && fabs(report->sides[0].speech_db + 22) < 1);
    assert_true(report->likeness < 0.3F && report->sides[0].echo_percent < 1 && report->sides[1].echo_percent < 1);
    assert_true(llabs(report->sides[1].voiced_ms - 2900) < 100);
    result_free(result);
    stage_free(&stage);
}

/* Minutes without a break: told in pieces that touch, and no music. */
static void test_long_voice(void **state) {
    (void)state;
    cs_stage stage = stage_open(8000, 1, 130);
    put_noise(&stage, 0, 0, 130, -60, false, 1);
    put_speech(&stage, 0, 2, 127, 100, 160, -20, 9);
    cs_result *result = stage_hear(&stage, 8000);
    assert_true(result->count >= 5);
    for (int i = 0; i < result->count; i++) {
        assert_int_equal(result->sounds[i].kind, CS_SOUND_VOICE);
        assert_true(result->sounds[i].end_ms - result->sounds[i].start_ms <= CS_LONGEST_VOICE_MS);
        if (i) assert_int_equal(result->sounds[i].start_ms, result->sounds[i - 1].end_ms);
    }
    assert_true(result->sounds[0].start_ms <= 2030 && llabs(result->sounds[result->count - 1].end_ms - 127000) < 80);
    result_free(result);
    stage_free(&stage);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digital_silence), cmocka_unit_test(test_rates),
        cmocka_unit_test(test_surroundings),    cmocka_unit_test(test_noise_alone),
        cmocka_unit_test(test_pauses),          cmocka_unit_test(test_what_is_no_voice),
        cmocka_unit_test(test_overlap_and_lag), cmocka_unit_test(test_long_voice),
    };
    return cmocka_run_group_tests_name("voice", tests, NULL, NULL);
}
