#include "sound_stage.h"

static void expect_equal(const cs_result *one, const cs_result *other) {
    assert_int_equal(one->count, other->count);
    assert_memory_equal(one->sounds, other->sounds, (size_t)one->count * sizeof *one->sounds);
    assert_int_equal(one->frame_count, other->frame_count);
    assert_memory_equal(one->frames, other->frames, (size_t)(one->frame_count * one->channels) * sizeof *one->frames);
    assert_memory_equal(&one->report, &other->report, sizeof one->report);
}

/* Voices, an echo, noise, music and a tone on two channels. */
static cs_stage make_call(int rate) {
    cs_stage stage = stage_open(rate, 2, 40.0037);
    for (int c = 0; c < 2; c++) put_noise(&stage, c, 0, 40, -62, c == 1, (uint32_t)c + 1);
    for (int i = 0; i < 6; i++) {
        put_speech(&stage, 0, 1 + 4 * i, 3.5 + 4 * i, 100, 140, -20, (uint32_t)i + 1);
        put_speech(&stage, 1, 3.3 + 4 * i, 4.6 + 4 * i, 180, 250, -22, (uint32_t)i + 50);
    }
    put_echo(&stage, 1, 95, 14);
    put_music(&stage, 0, 27, 36, 0.5, true, -20, 3);
    put_tone(&stage, 1, 38, 39, 450, 0, -20);
    return stage;
}

static void test_blocks_change_nothing(void **state) {
    (void)state;
    static const int rates[] = {8000, 11025, 48000};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        cs_stage stage = make_call(rates[r]);
        cs_result *whole = stage_hear(&stage, stage.frames);
        assert_true(whole->count > 10);
        static const int64_t blocks[] = {1, 7, 80, 160, 333, 4096};
        for (size_t i = r ? 2 : 0; i < sizeof blocks / sizeof *blocks; i++) {
            cs_result *result = stage_hear(&stage, blocks[i]);
            expect_equal(whole, result);
            result_free(result);
        }
        result_free(whole);
        stage_free(&stage);
    }
}

/* The same with the channels swapped, to the last bit. */
static void test_swapped(void **state) {
    (void)state;
    cs_stage stage = make_call(8000);
    cs_result *one = stage_hear(&stage, 1000);
    for (int64_t i = 0; i < stage.frames; i++) {
        float left = *stage_at(&stage, 0, i);
        *stage_at(&stage, 0, i) = *stage_at(&stage, 1, i);
        *stage_at(&stage, 1, i) = left;
    }
    cs_result *other = stage_hear(&stage, 1000);
    assert_int_equal(one->count, other->count);
    for (int c = 0; c < 2; c++) {
        int at = 0;
        for (int i = 0; i < one->count; i++) {
            if (one->sounds[i].channel != c) continue;
            while (other->sounds[at].channel == c) at++;
            cs_sound same = other->sounds[at++];
            same.channel = c;
            assert_memory_equal(&one->sounds[i], &same, sizeof same);
        }
        assert_memory_equal(&one->report.sides[c], &other->report.sides[1 - c], sizeof one->report.sides[c]);
    }
    for (int64_t i = 0; i < one->frame_count; i++) {
        assert_memory_equal(&one->frames[2 * i], &other->frames[2 * i + 1], sizeof *one->frames);
        assert_memory_equal(&one->frames[2 * i + 1], &other->frames[2 * i], sizeof *one->frames);
    }
    assert_true(one->report.likeness == other->report.likeness);
    assert_int_equal(one->report.relation, CS_CHANNELS_TWO);
    result_free(one);
    result_free(other);
    stage_free(&stage);
}

/* Of each channel in the order of their starts, without overlapping, inside the recording, and soon. */
static void test_order_and_lag(void **state) {
    (void)state;
    cs_stage stage = make_call(8000);
    cs_result *result = stage_hear(&stage, 80);
    int64_t end[2] = {0};
    for (int i = 0; i < result->count; i++) {
        const cs_sound *s = &result->sounds[i];
        assert_true(s->start_ms >= end[s->channel] && s->end_ms > s->start_ms &&
                    s->end_ms <= result->report.duration_ms);
        assert_true(result->told_ms[i] <= s->end_ms + CS_LISTENER_LAG_MS);
        end[s->channel] = s->end_ms;
    }
    assert_int_equal(result->report.duration_ms, stage.frames * 1000 / stage.rate);
    assert_int_equal(result->frame_count, (stage.frames + 79) / 80);
    result_free(result);
    stage_free(&stage);
}

static void test_levels(void **state) {
    (void)state;
    static const int rates[] = {4000, 8000, 11025, 44100, 192000};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++)
        for (int db = -60; db <= -5; db += 11) {
            cs_stage stage = stage_open(rates[r], 1, 2);
            put_tone(&stage, 0, 0, 2, 440, 0, db);
            for (int64_t i = 0; i < stage.frames; i++) stage.samples[i] += db < -10 ? 0.2F : 0;
            cs_result *result = stage_hear(&stage, 4096);
            for (int64_t i = 15; i < result->frame_count - 2; i++)
                assert_true(fabs((double)frame_level_db(result->frames[i].level) - db) < 0.5);
            result_free(result);
            stage_free(&stage);
        }
    assert_true(frame_level_db(0) == -96 && frame_level_db(255) == 0);
}

/* A voice whose pitch glides from 80 to 350 Hz and back: within 3 %, no octaves. */
static void test_pitch(void **state) {
    (void)state;
    static const int rates[] = {8000, 16000, 44100};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++)
        for (int is_noisy = 0; is_noisy < 2; is_noisy++) {
            cs_stage stage = stage_open(rates[r], 1, 7);
            put_vowel(&stage, 0, 0.5, 3.5, 80, 350, -20);
            put_vowel(&stage, 0, 3.5, 6.5, 350, 80, -20);
            put_noise(&stage, 0, 0, 7, is_noisy ? -40 : -70, false, 9);
            cs_result *result = stage_hear(&stage, 4096);
            int right = 0, wrong = 0;
            for (int64_t i = 55; i < 645; i++) {
                if (i > 343 && i < 357) continue;
                double t = ((double)i - 49.5) / 100, hz = 80 * pow(350.0 / 80, t < 3 ? t / 3 : (6 - t) / 3);
                double found = (double)frame_pitch_hz(result->frames[i].pitch);
                if (fabs(found / hz - 1) < 0.03)
                    right++;
                else if (found > 0)
                    wrong++;
            }
            printf("  %d Hz%s: %d right, %d wrong of %d\n", rates[r], is_noisy ? ", noisy" : "", right, wrong, 577);
            assert_true(right > 547 && wrong <= 6);
            result_free(result);
            stage_free(&stage);
        }
    assert_true(frame_pitch_hz(0) == 0 && frame_pitch_hz(1) == 50 && fabsf(frame_pitch_hz(65) - 100) < 0.01F);
}

/* The octave above, or the one below, stronger than the pitch itself. */
static void test_octaves(void **state) {
    (void)state;
    for (double hz = 70; hz < 190; hz *= 1.13) {
        cs_stage stage = stage_open(8000, 1, 2);
        for (int64_t i = 0; i < stage.frames; i++) {
            double t = (double)i / stage.rate, on = t > 0.5 && t < 1.5 ? 1 : 0;
            stage.samples[i] = (float)(on * (0.06 * sin(2 * stage_pi * hz * t) + 0.12 * sin(4 * stage_pi * hz * t + 1) +
                                             0.05 * sin(6 * stage_pi * hz * t + 2)));
        }
        cs_result *result = stage_hear(&stage, 4096);
        for (int64_t i = 56; i < 144; i++)
            assert_true(fabs((double)frame_pitch_hz(result->frames[i].pitch) / hz - 1) < 0.03);
        result_free(result);
        stage_free(&stage);
    }
}

/* A quarter of the words cut off at the limit, as 16 bits and as µ-law end. */
static void test_clipping(void **state) {
    (void)state;
    static const float limits[] = {1, 0.98F};
    for (int i = 0; i < 2; i++) {
        cs_stage stage = stage_open(8000, 1, 21);
        for (int word = 0; word < 4; word++)
            put_speech(&stage, 0, 1 + 5 * word, 3.5 + 5 * word, 110, 160, word ? -18 : 4, (uint32_t)word);
        for (int64_t k = 0; k < stage.frames; k++)
            stage.samples[k] = fmaxf(-limits[i], fminf(limits[i], stage.samples[k]));
        cs_result *result = stage_hear(&stage, 4096);
        assert_true(fabs((double)result->report.sides[0].clipped_percent - 24) < 2);
        result_free(result);
        stage_free(&stage);
    }
    cs_stage stage = stage_open(48000, 1, 4);
    put_tone(&stage, 0, 0, 4, 100, 0, -3.2);
    put_vowel(&stage, 0, 1, 3, 120, 130, -30);
    cs_result *result = stage_hear(&stage, 4096);
    assert_true(result->report.sides[0].clipped_percent == 0);
    result_free(result);
    stage_free(&stage);
}

static bool stop_at_frames(void *context, const cs_audio_frame *frames, uint32_t count) {
    (void)frames;
    (void)count;
    return --*(int *)context > 0;
}

static void test_stopped_and_refused(void **state) {
    (void)state;
    cs_message message;
    cs_listener *listener = NULL;
    int left = 3;
    cs_listener_sink sink = {&left, stop_at_frames, NULL};
    static const int wrong[][2] = {{3999, 1}, {192001, 1}, {8000, 0}, {8000, 3}, {-1, 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(listener_create(wrong[i][0], wrong[i][1], &sink, &listener, &message), CS_ERR_USAGE);
    assert_null(listener);

    assert_int_equal(listener_create(8000, 1, &sink, &listener, &message), CS_OK);
    float *silence = calloc(80000, sizeof *silence);
    assert_int_equal(listener_push(listener, silence, 80000, &message), CS_ERR_STOPPED);
    assert_int_equal(left, 0);
    assert_int_equal(listener_push(listener, silence, 80, &message), CS_ERR_STOPPED);
    cs_audio_report report;
    assert_int_equal(listener_finish(listener, &report, &message), CS_ERR_STOPPED);
    assert_int_equal(left, 0);
    listener_free(listener);
    listener_free(NULL);
    free(silence);
}

static void test_next_to_nothing(void **state) {
    (void)state;
    for (int samples = 0; samples < 3; samples++) {
        cs_stage stage = stage_open(8000, 2, 1);
        stage.frames = samples;
        cs_result *result = stage_hear(&stage, 1);
        assert_int_equal(result->count, 0);
        assert_int_equal(result->frame_count, samples > 0);
        assert_int_equal(result->report.relation, CS_CHANNELS_SILENT);
        assert_true(result->report.sides[0].noise_db == -96 && result->report.sides[1].speech_db == -96);
        result_free(result);
        stage_free(&stage);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_change_nothing),
        cmocka_unit_test(test_swapped),
        cmocka_unit_test(test_order_and_lag),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_pitch),
        cmocka_unit_test(test_octaves),
        cmocka_unit_test(test_clipping),
        cmocka_unit_test(test_stopped_and_refused),
        cmocka_unit_test(test_next_to_nothing),
    };
    return cmocka_run_group_tests_name("listener", tests, NULL, NULL);
}
