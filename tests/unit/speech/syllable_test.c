#include "speech/syllable.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 32 };

/* Units apart by blanks, 100 ms apart, -0.1 each. */
static cs_utterance utterance_of(const char *units, cs_arena *arena) {
    cs_unit *made = arena_array(arena, MOST, sizeof *made);
    uint32_t count = 0;
    for (char *at = strtok(arena_string(arena, units), " "); at; at = strtok(NULL, " "), count++)
        made[count] = (cs_unit){at, 1000 + 100 * (int64_t)count, -0.1F};
    return (cs_utterance){
        .start_ms = 900, .end_ms = 900 + 100 * (int64_t)count + 500, .units = made, .unit_count = count};
}

static void check(const char *units, const char *expected) {
    cs_arena *arena = arena_create(1 << 20);
    cs_utterance utterance = utterance_of(units, arena);
    cs_syllable *syllables;
    uint32_t count;
    cs_message message;
    assert_int_equal(syllables_of(&utterance, arena, &syllables, &count, &message), CS_OK);
    char spelt[512] = "";
    for (uint32_t i = 0; i < count; i++)
        snprintf(spelt + strlen(spelt), sizeof spelt - strlen(spelt), "%s%s%d%s", i ? " " : "", syllables[i].sound,
                 syllables[i].tone, syllables[i].is_letter ? "!" : "");
    assert_string_equal(spelt, expected);
    arena_free(arena);
}

static void initials_and_finals_are_syllables(void **state) {
    (void)state;
    check("t uì k uǎn", "tui4 kuan3");
    check("zh ōng w én y īng", "zhong1 wen2 ying1");
    check("n ǚ ér", "nv3 er2");
    check("l üè n üè", "lue4 nue4");
    check("j ú y ú x uě", "ju2 yu2 xue3");
    check("ā i ài", "a1 i5 ai4");
}

static void neutral_tones_are_said(void **state) {
    (void)state, check("d e m a", "de5 ma5");
}

static void whole_syllables_are_read(void **state) {
    (void)state;
    check("zhōng guo2 ○ ń", "zhong1 guo2 ling2 en2");
}

static void letters_and_digits_stay(void **state) {
    (void)state;
    check("V I P h uì", "V0! I0! P0! hui4");
    check("zh A", "zh0 A0!");
}

static void what_is_unfinished_is_kept(void **state) {
    (void)state;
    check("zh t uì", "zh0 tui4");
    check("t uì uì", "tui4 ui4");
    check("t uì k", "tui4 k0");
    check("zh zh ōng", "zh0 zhong1");
}

static void what_is_no_mandarin_is_left_out(void **state) {
    (void)state;
    check("<unk> t uì ▁the #0 中 zhuangzhuang", "tui4");
    check("", "");
}

static void times_and_probabilities_are_those_of_the_units(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_utterance utterance = utterance_of("t uì k uǎn", arena);
    cs_syllable *syllables;
    uint32_t count;
    assert_int_equal(syllables_of(&utterance, arena, &syllables, &count, NULL), CS_OK);
    assert_int_equal(count, 2);
    assert_int_equal(syllables[0].start_ms, 1000);
    assert_int_equal(syllables[0].end_ms, 1200); /* where the next begins */
    assert_int_equal(syllables[1].end_ms, 1500); /* a final goes on for 200 ms */
    assert_float_equal(syllables[0].log_probability, -0.2, 1e-6);
    arena_free(arena);
}

static void what_the_model_does_not_tell_is_unknown(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_unit units[] = {{"t", CS_NO_TIME, -0.1F}, {"uì", CS_NO_TIME, 1}};
    cs_utterance utterance = {.start_ms = 0, .end_ms = 900, .units = units, .unit_count = 2};
    cs_syllable *syllables;
    uint32_t count;
    assert_int_equal(syllables_of(&utterance, arena, &syllables, &count, NULL), CS_OK);
    assert_int_equal(count, 1);
    assert_true(syllables[0].start_ms == CS_NO_TIME && syllables[0].end_ms == CS_NO_TIME);
    assert_true(syllables[0].log_probability > 0);
    utterance.unit_count = CS_MAX_UNITS + 1;
    assert_int_equal(syllables_of(&utterance, arena, &syllables, &count, NULL), CS_ERR_LIMIT);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(initials_and_finals_are_syllables),
        cmocka_unit_test(neutral_tones_are_said),
        cmocka_unit_test(whole_syllables_are_read),
        cmocka_unit_test(letters_and_digits_stay),
        cmocka_unit_test(what_is_unfinished_is_kept),
        cmocka_unit_test(what_is_no_mandarin_is_left_out),
        cmocka_unit_test(times_and_probabilities_are_those_of_the_units),
        cmocka_unit_test(what_the_model_does_not_tell_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
