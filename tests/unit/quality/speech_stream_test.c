/* Pieces that share a stream, and whose piece what is heard in it belongs to. */
#include "quality/speech_stream.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { SECOND = 1000 };

static void sides_have_their_own_and_the_longest_piece_is_the_most(void **state) {
    (void)state;
    const cs_speech_piece pieces[] = {
        {0, 0, 10 * SECOND},
        {1, 5 * SECOND, 25 * SECOND},
        {0, 30 * SECOND, 50 * SECOND},
        {0, 100 * SECOND, 101 * SECOND},
        {0, 120 * SECOND, 149 * SECOND},
        {1, 900 * SECOND, 901 * SECOND},
    };
    uint32_t stream[6];
    speech_streams_share(pieces, 6, stream);
    const uint32_t wanted[] = {0, 1, 0, 3, 3, 1}; /* how far apart they are makes no difference */
    assert_memory_equal(stream, wanted, sizeof wanted);
}

static void many_short_ones_are_not_all_in_one(void **state) {
    (void)state;
    cs_speech_piece pieces[2 * CS_STREAM_PIECES + 1];
    uint32_t stream[2 * CS_STREAM_PIECES + 1];
    for (uint32_t i = 0; i <= 2 * CS_STREAM_PIECES; i++)
        pieces[i] = (cs_speech_piece){1, (int64_t)i * SECOND, (int64_t)i * SECOND + 100};
    speech_streams_share(pieces, 2 * CS_STREAM_PIECES + 1, stream);
    for (uint32_t i = 0; i <= 2 * CS_STREAM_PIECES; i++)
        assert_int_equal(stream[i], i / CS_STREAM_PIECES * CS_STREAM_PIECES);
}

static const cs_speech_piece first = {0, 10 * SECOND, 12 * SECOND}, second = {0, 50 * SECOND, 53 * SECOND};

static void each_piece_takes_its_own_at_its_place(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    const cs_unit units[] = {
        {"t", 300, -0.1F}, {"uì", CS_NO_TIME, -0.2F}, {"k", 2150, -0.3F}, {"uǎn", 2200, -0.4F}, {"a", 3000, 1}};
    const cs_utterance u = {
        .start_ms = 0, .end_ms = 5200, .units = units, .unit_count = 5, .text = "all", .is_final = true};
    cs_utterance own;
    uint32_t from = 0;
    assert_true(speech_stream_take(&u, &first, 0, 2200, &from, arena, &own));
    assert_int_equal(own.unit_count,
                     3); /* one that is heard late is still the first one's, up to where the second begins */
    assert_int_equal(own.units[0].start_ms, 10300);
    assert_true(own.units[1].start_ms == CS_NO_TIME);
    assert_int_equal(own.start_ms, first.from_ms);
    assert_int_equal(own.end_ms, first.to_ms);
    assert_null(own.text); /* that is of both */
    assert_true(speech_stream_take(&u, &second, 2200, INT64_MAX, &from, arena, &own));
    assert_int_equal(own.unit_count, 2);
    assert_string_equal(own.units[0].text, "uǎn");
    assert_int_equal(own.units[0].start_ms, 50000);
    assert_int_equal(own.units[1].start_ms, 50800);
    assert_int_equal(own.start_ms, second.from_ms);
    assert_int_equal(own.end_ms, second.to_ms);
    assert_int_equal(from, 5);
    arena_free(arena);
}

static void one_that_has_all_keeps_the_text(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    const cs_unit unit = {"a", 400, 0};
    cs_utterance u = {.start_ms = 100, .end_ms = 900, .units = &unit, .unit_count = 1, .text = "A.", .language = "en"},
                 own;
    uint32_t from = 0;
    assert_true(speech_stream_take(&u, &second, 0, INT64_MAX, &from, arena, &own));
    assert_string_equal(own.text, "A.");
    assert_string_equal(own.language, "en");
    assert_int_equal(own.start_ms, 50100);
    assert_int_equal(own.end_ms, 50900);
    u.unit_count = from = 0; /* of a model that tells no units */
    assert_true(speech_stream_take(&u, &second, 0, INT64_MAX, &from, arena, &own));
    assert_string_equal(own.text, "A.");
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sides_have_their_own_and_the_longest_piece_is_the_most),
        cmocka_unit_test(many_short_ones_are_not_all_in_one),
        cmocka_unit_test(each_piece_takes_its_own_at_its_place),
        cmocka_unit_test(one_that_has_all_keeps_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
