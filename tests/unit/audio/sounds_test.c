#include "sound_stage.h"

/* What is no voice of a person here: music, tones, words that are played again, echo; and what two channels are to each
 * other. Each with the twin that must stay a voice. */

static void test_music(void **state) {
    (void)state;
    static const struct {
        double beat;
        bool has_drum;
        const char *what;
    } kinds[] = {{0.5, false, "slow chords"},
                 {0.35, true, "chords with a drum"},
                 {0.8, false, "very slow chords"},
                 {0.1, false, "quick chords"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        printf("  %s\n", kinds[i].what);
        cs_stage stage = stage_open(8000, 1, 60);
        put_noise(&stage, 0, 0, 60, -62, false, 2);
        put_speech(&stage, 0, 1, 8, 120, 180, -20, 1);
        put_music(&stage, 0, 10, 40, kinds[i].beat, kinds[i].has_drum, -22, 3);
        put_speech(&stage, 0, 44, 50, 120, 180, -20, 2);
        cs_result *result = stage_hear(&stage, 80);
        expect_sound(result, CS_SOUND_VOICE, 0, 1, 8, 0.03, 0.06);
        expect_sound(result, CS_SOUND_VOICE, 0, 44, 50, 0.03, 0.06);
        expect_count(result, CS_SOUND_VOICE, 0, 2);
        int64_t start = INT64_MAX, end = 0, length = 0;
        for (int k = 0; k < result->count; k++) {
            const cs_sound *s = &result->sounds[k];
            if (s->kind != CS_SOUND_MUSIC) continue;
            start = s->start_ms < start ? s->start_ms : start;
            end = s->end_ms;
            length += s->end_ms - s->start_ms;
            assert_true(result->told_ms[k] <= s->end_ms + CS_LISTENER_LAG_MS);
        }
        assert_true(llabs(start - 10000) <= 500 && llabs(end - 40000) <= 700 && length > 28000);
        result_free(result);
        stage_free(&stage);
    }
}

/* Voices that keep their pitch, as machines do, are no music; nor is one over a loud hum. */
static void test_flat_voices(void **state) {
    (void)state;
    static const double pitches[] = {95, 130, 190, 240};
    for (size_t i = 0; i < sizeof pitches / sizeof *pitches; i++) {
        cs_stage stage = stage_open(8000, 1, 30);
        put_noise(&stage, 0, 0, 30, -62, false, 2);
        put_tone(&stage, 0, 0, 30, 100, 200, -42);
        put_speech(&stage, 0, 2, 28, pitches[i], pitches[i] * 1.02, -20, (uint32_t)i);
        cs_result *result = stage_hear(&stage, 80);
        expect_sound(result, CS_SOUND_VOICE, 0, 2, 28, 0.05, 0.1);
        assert_int_equal(result->count, 1);
        result_free(result);
        stage_free(&stage);
    }
}

static void test_tones(void **state) {
    (void)state;
    static const struct {
        double hz, other_hz, on, off;
        int times;
        const char *what;
    } kinds[] = {
        {450, 0, 1, 4, 3, "ringing, China"},      {440, 480, 2, 4, 2, "ringing, America"},
        {425, 0, 1, 4, 2, "ringing, Europe"},     {450, 0, 0.35, 0.35, 8, "busy, China"},
        {480, 620, 0.5, 0.5, 6, "busy, America"}, {350, 440, 3, 1, 1, "dial tone"},
        {1100, 0, 0.5, 3, 3, "fax, calling"},     {2100, 0, 3, 1, 1, "fax, called"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        printf("  %s\n", kinds[i].what);
        cs_stage stage = stage_open(8000, 1, 24);
        put_noise(&stage, 0, 0, 24, -60, false, 2);
        double at = 1;
        for (int k = 0; k < kinds[i].times; k++, at += kinds[i].on + kinds[i].off)
            put_tone(&stage, 0, at, at + kinds[i].on, kinds[i].hz, kinds[i].other_hz, -18);
        put_speech(&stage, 0, 20, 22, 120, 180, -20, 1);
        cs_result *result = stage_hear(&stage, 80);
        at = 1;
        for (int k = 0; k < kinds[i].times; k++, at += kinds[i].on + kinds[i].off)
            expect_sound(result, CS_SOUND_TONE, 0, at, at + kinds[i].on, 0.05, 0.05);
        expect_count(result, CS_SOUND_TONE, 0, kinds[i].times);
        expect_count(result, CS_SOUND_VOICE, 0, 1);
        assert_int_equal(result->count, kinds[i].times + 1);
        result_free(result);
        stage_free(&stage);
    }
}

/* Keys of 100 ms, half a second apart. */
static void test_keys(void **state) {
    (void)state;
    static const double rows[] = {697, 770, 852, 941}, columns[] = {1209, 1336, 1477, 1633};
    cs_stage stage = stage_open(8000, 1, 12);
    put_noise(&stage, 0, 0, 12, -60, false, 2);
    for (int k = 0; k < 16; k++) put_tone(&stage, 0, 1 + 0.6 * k, 1.1 + 0.6 * k, rows[k / 4], columns[k % 4], -15);
    cs_result *result = stage_hear(&stage, 80);
    for (int k = 0; k < 16; k++) expect_sound(result, CS_SOUND_TONE, 0, 1 + 0.6 * k, 1.1 + 0.6 * k, 0.05, 0.05);
    assert_int_equal(result->count, 16);
    result_free(result);
    stage_free(&stage);
}

/* What lies above the band of a telephone does not fold into it. */
static void test_high_tone(void **state) {
    (void)state;
    static const int rates[] = {32000, 44100, 48000, 192000};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        cs_stage stage = stage_open(rates[i], 1, 6);
        put_noise(&stage, 0, 0, 6, -62, false, 2);
        put_tone(&stage, 0, 1, 4, 9000, 0, -20);
        cs_result *result = stage_hear(&stage, 4096);
        assert_int_equal(result->count, 0);
        result_free(result);
        stage_free(&stage);
    }
}

/* A hummed vowel, however steady, is no tone. */
static void test_hummed(void **state) {
    (void)state;
    cs_stage stage = stage_open(8000, 1, 8);
    put_noise(&stage, 0, 0, 8, -60, false, 2);
    put_vowel(&stage, 0, 1, 3, 220, 222, -20);
    put_vowel(&stage, 0, 5, 7, 330, 300, -20);
    cs_result *result = stage_hear(&stage, 80);
    expect_count(result, CS_SOUND_TONE, 0, 0);
    expect_count(result, CS_SOUND_VOICE, 0, 2);
    result_free(result);
    stage_free(&stage);
}

/* The same words three times, half a frame apart and in other noise; other words of the same voice stay a voice. */
static void test_announcement(void **state) {
    (void)state;
    cs_stage stage = stage_open(8000, 1, 420);
    put_noise(&stage, 0, 0, 420, -55, false, 2);
    static const double starts[] = {5, 41.0043, 307.0081};
    for (int i = 0; i < 3; i++) put_speech(&stage, 0, starts[i], starts[i] + 6, 190, 240, -22, 77);
    for (int i = 0; i < 12; i++) put_speech(&stage, 0, 60 + 10 * i, 66 + 10 * i, 190, 240, -22, 100 + (uint32_t)i);
    cs_result *result = stage_hear(&stage, 4000);
    expect_sound(result, CS_SOUND_VOICE, 0, 5, 11, 0.05, 0.08);
    expect_sound(result, CS_SOUND_ANNOUNCEMENT, 0, 41, 47, 0.4, 0.2);
    expect_sound(result, CS_SOUND_ANNOUNCEMENT, 0, 307, 313, 0.4, 0.2);
    expect_count(result, CS_SOUND_ANNOUNCEMENT, 0, 2);
    expect_count(result, CS_SOUND_VOICE, 0, 13);
    result_free(result);
    stage_free(&stage);
}

/* Two seconds that come again are no announcement; three with a pause inside are. */
static void test_short_announcement(void **state) {
    (void)state;
    cs_stage stage = stage_open(8000, 1, 60);
    put_noise(&stage, 0, 0, 60, -55, false, 2);
    for (int i = 0; i < 2; i++) {
        put_speech(&stage, 0, 2 + 12 * i, 4 + 12 * i, 190, 240, -22, 77);
        put_speech(&stage, 0, 32 + 14.0033 * i, 35.5 + 14.0033 * i, 110, 150, -22, 78);
        put_speech(&stage, 0, 35.72 + 14.0033 * i, 38 + 14.0033 * i, 110, 150, -22, 79);
    }
    cs_result *result = stage_hear(&stage, 4000);
    expect_count(result, CS_SOUND_ANNOUNCEMENT, 0, 1);
    expect_sound(result, CS_SOUND_ANNOUNCEMENT, 0, 46, 52, 0.4, 0.2);
    expect_count(result, CS_SOUND_VOICE, 0, 3);
    result_free(result);
    stage_free(&stage);
}

static cs_stage make_talk(void) {
    cs_stage stage = stage_open(8000, 2, 60);
    for (int i = 0; i < 7; i++) put_speech(&stage, 0, 1 + 8 * i, 5 + 8 * i, 100, 140, -20, (uint32_t)i + 1);
    return stage;
}

static void test_echo(void **state) {
    (void)state;
    static const struct { double lag_ms, loss_db; } cases[] = {{120, 12}, {30, 25}, {2, 15}, {300, 8}, {480, 18}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        printf("  %.0f ms late, %.0f dB fainter\n", cases[i].lag_ms, cases[i].loss_db);
        cs_stage stage = make_talk();
        put_echo(&stage, 1, cases[i].lag_ms, cases[i].loss_db);
        for (int k = 0; k < 6; k++) put_speech(&stage, 1, 6 + 8 * k, 8 + 8 * k, 190, 250, -22, (uint32_t)k + 50);
        put_speech(&stage, 1, 51, 52.5, 190, 250, -20, 99); /* while the other speaks */
        for (int c = 0; c < 2; c++) put_noise(&stage, c, 0, 60, -65, false, (uint32_t)c + 1);
        cs_result *result = stage_hear(&stage, 800);
        expect_count(result, CS_SOUND_ECHO, 0, 0);
        double late = cases[i].lag_ms / 1000;
        for (int k = 0; k < 6; k++) {
            expect_sound(result, CS_SOUND_ECHO, 1, 1 + 8 * k + late, 5 + 8 * k + late, 0.1, 0.15);
            expect_sound(result, CS_SOUND_VOICE, 1, 6 + 8 * k, 8 + 8 * k, 0.05, 0.1);
        }
        expect_sound(result, CS_SOUND_VOICE, 1, 51, 52.5, 0.15, 0.3);
        const cs_side_report *side = &result->report.sides[1];
        assert_true(llabs(side->echo_lag_ms - llround(cases[i].lag_ms)) <= 10);
        assert_true(fabs((double)side->echo_loss_db - cases[i].loss_db) < 1);
        assert_true(side->echo_percent > 55 && side->echo_percent < 75);
        assert_true(result->report.sides[0].echo_percent == 0);
        assert_int_equal(result->report.relation, CS_CHANNELS_TWO);
        result_free(result);
        stage_free(&stage);
    }
}

/* Two who keep talking at once are two voices. */
static void test_double_talk(void **state) {
    (void)state;
    cs_stage stage = make_talk();
    for (int i = 0; i < 7; i++) put_speech(&stage, 1, 1.12 + 8 * i, 5.2 + 8 * i, 110, 150, -32, (uint32_t)i + 30);
    for (int c = 0; c < 2; c++) put_noise(&stage, c, 0, 60, -65, false, (uint32_t)c + 1);
    cs_result *result = stage_hear(&stage, 800);
    for (int c = 0; c < 2; c++) {
        expect_count(result, CS_SOUND_ECHO, c, 0);
        expect_count(result, CS_SOUND_VOICE, c, 7);
    }
    result_free(result);
    stage_free(&stage);
}

static void expect_relation(cs_stage *stage, cs_channels relation, float least, float most) {
    cs_result *result = stage_hear(stage, 4096);
    assert_int_equal(result->report.relation, relation);
    assert_true(result->report.likeness >= least && result->report.likeness <= most);
    result_free(result);
}

static void test_relation(void **state) {
    (void)state;
    cs_stage stage = make_talk();
    expect_relation(&stage, CS_CHANNELS_FIRST_ONLY, 0, 0);
    for (int64_t i = 0; i < stage.frames; i++) *stage_at(&stage, 1, i) = *stage_at(&stage, 0, i);
    expect_relation(&stage, CS_CHANNELS_SAME, 0.99F, 1);
    for (int64_t i = 0; i < stage.frames; i++) *stage_at(&stage, 1, i) = 0.4F * *stage_at(&stage, 0, i);
    expect_relation(&stage, CS_CHANNELS_SAME, 0.99F, 1);
    for (int64_t i = stage.frames - 1; i >= 16; i--) *stage_at(&stage, 1, i) = *stage_at(&stage, 0, i - 16);
    put_noise(&stage, 1, 0, 60, -50, false, 4);
    expect_relation(&stage, CS_CHANNELS_SAME, 0.97F, 1);
    for (int64_t i = 0; i < stage.frames; i++) *stage_at(&stage, 0, i) = 0;
    expect_relation(&stage, CS_CHANNELS_SECOND_ONLY, 0, 0.1F);
    for (int64_t i = 0; i < stage.frames; i++) *stage_at(&stage, 1, i) = 0;
    expect_relation(&stage, CS_CHANNELS_SILENT, 0, 0);
    stage_free(&stage);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_music),        cmocka_unit_test(test_flat_voices),        cmocka_unit_test(test_tones),
        cmocka_unit_test(test_keys),         cmocka_unit_test(test_high_tone),          cmocka_unit_test(test_hummed),
        cmocka_unit_test(test_announcement), cmocka_unit_test(test_short_announcement), cmocka_unit_test(test_echo),
        cmocka_unit_test(test_double_talk),  cmocka_unit_test(test_relation),
    };
    return cmocka_run_group_tests_name("sounds", tests, NULL, NULL);
}
