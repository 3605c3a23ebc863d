/* Voices that a model found, without what the listener knows to be no one's: echo, announcements. */
#include "quality/speech_voices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const cs_sound sounds[] = {
    {CS_SOUND_VOICE, 0, 0, 1000, -20, 0},    {CS_SOUND_ECHO, 0, 2000, 2500, -40, 0},
    {CS_SOUND_MUSIC, 0, 3000, 4000, -20, 0}, {CS_SOUND_ANNOUNCEMENT, 1, 3000, 9000, -20, 0},
    {CS_SOUND_ECHO, 0, 5000, 5200, -40, 0},  {CS_SOUND_ECHO, 0, 5400, 5600, -40, 0},
};
static const cs_heard heard = {.sounds = sounds, .sound_count = 6};

static void assert_left(int64_t from, int64_t to, int side, uint32_t count, const int64_t left[][2]) {
    const cs_sound voice = {.kind = CS_SOUND_VOICE, .channel = side, .start_ms = from, .end_ms = to};
    cs_sound out[8];
    assert_int_equal(voices_without(&voice, 1, &heard, side, out), count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(out[i].start_ms, left[i][0]);
        assert_int_equal(out[i].end_ms, left[i][1]);
        assert_int_equal(out[i].channel, side);
        assert_int_equal(out[i].kind, CS_SOUND_VOICE);
    }
}

static void echo_and_announcements_are_cut_out(void **state) {
    (void)state;
    assert_left(0, 1500, 0, 1, (const int64_t[][2]){{0, 1500}});
    assert_left(2000, 2500, 0, 0, NULL);
    assert_left(1950, 2550, 0, 0, NULL); /* what is left is too short for a word */
    assert_left(1500, 2700, 0, 2, (const int64_t[][2]){{1500, 2000}, {2500, 2700}});
    assert_left(2900, 4100, 0, 1, (const int64_t[][2]){{2900, 4100}}); /* the model knows better what is music */
    assert_left(4800, 6000, 0, 3, (const int64_t[][2]){{4800, 5000}, {5200, 5400}, {5600, 6000}});
    assert_left(4000, 5000, 1, 0, NULL); /* of the other side */
    assert_left(8000, 9500, 1, 1, (const int64_t[][2]){{9000, 9500}});
}

static void several_voices_are_cut_one_by_one(void **state) {
    (void)state;
    const cs_sound voices[] = {{CS_SOUND_VOICE, 0, 0, 900, 0, 0},
                               {CS_SOUND_VOICE, 0, 1900, 2100, 0, 0},
                               {CS_SOUND_VOICE, 0, 2400, 5100, 0, 0},
                               {CS_SOUND_VOICE, 0, 5150, 7000, 0, 0}};
    cs_sound out[16];
    assert_int_equal(voices_without(voices, 4, &heard, 0, out), 5);
    assert_int_equal(out[1].end_ms, 2000);
    assert_int_equal(out[2].start_ms, 2500);
    assert_int_equal(out[2].end_ms, 5000);
    assert_int_equal(out[4].start_ms, 5600);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(echo_and_announcements_are_cut_out),
        cmocka_unit_test(several_voices_are_cut_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
