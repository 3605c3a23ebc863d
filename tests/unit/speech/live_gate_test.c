/* When somebody speaks on a line: where pieces begin and end, on quiet and noisy lines, beside an echo, and without a breath. */
#include "speech/live_gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct piece {
    int64_t begin_ms, voice_ms, heard_ms, told_ms;
} piece;

typedef struct line {
    cs_live_gate gate;
    piece pieces[32];
    int count;
    int64_t settled_ms;
} line;

static void start(line *l) {
    *l = (line){.count = 0};
    live_gate_init(&l->gate);
}

static void push(line *l, int64_t ms, float level_db, float other_db) {
    for (int64_t i = 0; i < ms / CS_GATE_FRAME_MS; i++) {
        cs_gate_change change = live_gate_push(&l->gate, level_db, other_db);
        int64_t settled = live_gate_settled_ms(&l->gate);
        if (change == CS_GATE_BEGINS) assert_true(l->gate.begin_ms >= l->settled_ms);
        assert_true(settled >= l->settled_ms); /* what is settled stays so */
        l->settled_ms = settled;
        if (change != CS_GATE_ENDS) continue;
        assert_true(l->count < 32);
        l->pieces[l->count++] =
            (piece){l->gate.begin_ms, l->gate.voice_ms, l->gate.heard_ms, l->gate.frames * CS_GATE_FRAME_MS};
    }
}

static void a_piece_ends_a_pause_after_its_last_sound(void **state) {
    (void)state;
    line l;
    start(&l);
    push(&l, 1000, -80, -96);
    push(&l, 2000, -25, -96);
    push(&l, 1000, -80, -96);
    assert_int_equal(l.count, 1);
    assert_int_equal(l.pieces[0].voice_ms, 1000);
    assert_int_equal(l.pieces[0].heard_ms, 3000);
    assert_int_equal(l.pieces[0].told_ms, 3000 + CS_GATE_PAUSE_MS);
    assert_true(l.pieces[0].begin_ms < 1000 && l.pieces[0].begin_ms >= 1000 - CS_GATE_BEFORE_MS);
}

static void a_short_gap_is_within_a_piece_and_a_click_is_none(void **state) {
    (void)state;
    line l;
    start(&l);
    push(&l, 500, -80, -96);
    push(&l, 30, -20, -96);
    push(&l, 1000, -80, -96);
    assert_int_equal(l.count, 0);
    push(&l, 1000, -25, -96);
    push(&l, 300, -80, -96);
    push(&l, 1000, -25, -96);
    push(&l, 500, -80, -96);
    assert_int_equal(l.count, 1);
}

static void speech_at_the_first_sample_and_on_a_noisy_line_is_heard(void **state) {
    (void)state;
    line l;
    start(&l);
    push(&l, 1000, -20, -96);
    push(&l, 600, -50, -96);
    assert_int_equal(l.count, 1);
    assert_int_equal(l.pieces[0].begin_ms, 0);
    push(&l, 20000, -50, -96); /* noise alone */
    assert_int_equal(l.count, 1);
    push(&l, 1000, -25, -96);
    push(&l, 600, -50, -96);
    assert_int_equal(l.count, 2);
}

static void noise_that_begins_is_taken_for_a_voice_for_seconds_only(void **state) {
    (void)state;
    line l;
    start(&l);
    push(&l, 10000, -85, -96);
    push(&l, 60000, -45, -96);
    assert_true(l.count == 1 && l.pieces[0].told_ms < 10000 + 6000);
}

static void the_other_sides_echo_is_no_voice(void **state) {
    (void)state;
    line l;
    start(&l);
    push(&l, 1000, -80, -80);
    push(&l, 3000, -40, -15);
    push(&l, 1000, -80, -80);
    assert_int_equal(l.count, 0);
    push(&l, 2000, -25, -15); /* both at once */
    push(&l, 1000, -80, -80);
    assert_int_equal(l.count, 1);
}

static void who_speaks_long_is_cut_at_a_breath_and_at_last_without_one(void **state) {
    (void)state;
    line l;
    start(&l);
    push(&l, 12000, -25, -96);
    push(&l, 250, -80, -96);
    push(&l, 2000, -25, -96);
    push(&l, 1000, -80, -96);
    assert_int_equal(l.count, 2);
    assert_true(l.pieces[1].begin_ms >= l.pieces[0].told_ms); /* they don't overlap */
    for (int i = 0; i < 200; i++) { /* 80 s of syllables with gaps that no piece ends at */
        push(&l, 340, -25, -96);
        push(&l, 60, -60, -96);
    }
    push(&l, 1000, -80, -96);
    for (int i = 0; i < l.count; i++) assert_true(l.pieces[i].told_ms - l.pieces[i].begin_ms <= CS_GATE_LONGEST_MS);
    assert_true(l.count >= 4);
}

static void what_is_left_out_closes_the_gate(void **state) {
    (void)state;
    line l;
    start(&l);
    push(&l, 500, -80, -96);
    push(&l, 1000, -25, -96);
    assert_true(l.gate.is_open);
    live_gate_skip(&l.gate, 500);
    assert_false(l.gate.is_open);
    assert_int_equal(live_gate_settled_ms(&l.gate), 6500);
    push(&l, 1000, -25, -96);
    push(&l, 500, -80, -96);
    assert_int_equal(l.count, 1);
    assert_int_equal(l.pieces[0].begin_ms, 6500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_piece_ends_a_pause_after_its_last_sound),
        cmocka_unit_test(a_short_gap_is_within_a_piece_and_a_click_is_none),
        cmocka_unit_test(speech_at_the_first_sample_and_on_a_noisy_line_is_heard),
        cmocka_unit_test(noise_that_begins_is_taken_for_a_voice_for_seconds_only),
        cmocka_unit_test(the_other_sides_echo_is_no_voice),
        cmocka_unit_test(who_speaks_long_is_cut_at_a_breath_and_at_last_without_one),
        cmocka_unit_test(what_is_left_out_closes_the_gate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
