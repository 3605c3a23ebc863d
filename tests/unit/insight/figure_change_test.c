/* What a change is made of, and whether it is more than chance. */
#include "insight/figure_change.h"
#include "quality/interval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ROUNDS = 2000, MOST_PARTS = 12 };

static uint64_t seed = 7;

static int64_t chance(int64_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)(seed >> 33) % below;
}

static cs_ratio any_ratio(void) {
    cs_ratio ratio = {.among = chance(4) == 0 ? 0 : chance(500)};
    ratio.of = ratio.among ? chance(ratio.among + 1) : 0;
    return ratio;
}

static void parts_sum_to_the_whole(void **state) {
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        cs_ratios parts[MOST_PARTS], whole = {0};
        int count = 1 + (int)chance(MOST_PARTS);
        double sum = 0;
        for (int i = 0; i < count; i++) {
            parts[i] = (cs_ratios){any_ratio(), any_ratio()};
            whole.now = (cs_ratio){whole.now.of + parts[i].now.of, whole.now.among + parts[i].now.among};
            whole.before = (cs_ratio){whole.before.of + parts[i].before.of, whole.before.among + parts[i].before.among};
        }
        if (!ratio_is_known(whole.now) || !ratio_is_known(whole.before)) continue;
        for (int i = 0; i < count; i++) {
            cs_split split = change_split(whole, parts[i]);
            sum += split.within + split.mix;
            if (!ratio_is_known(parts[i].now) || !ratio_is_known(parts[i].before)) assert_true(split.within == 0);
        }
        assert_true(fabs(sum - (ratio_value(whole.now) - ratio_value(whole.before))) < 1e-12);
    }
}

static void whose_weight_stayed_changes_by_what_it_did(void **state) {
    (void)state;
    cs_ratios whole = {{60, 200}, {40, 200}}, worse = {{50, 100}, {30, 100}}, alike = {{10, 100}, {10, 100}};
    cs_split split = change_split(whole, worse);
    assert_true(fabs(split.within - 0.1) < 1e-12 && fabs(split.mix) < 1e-12);
    split = change_split(whole, alike);
    assert_true(fabs(split.within) < 1e-12 && fabs(split.mix) < 1e-12);
}

static void whose_weight_grew_changes_the_mix(void **state) {
    (void)state;
    /* both do as before; more of the worse one came */
    cs_ratios whole = {{80 * 2 / 4 + 2, 100}, {26, 100}};
    cs_ratios bad = {{40, 80}, {20, 40}}, good = {{2, 20}, {6, 60}};
    cs_split a = change_split(whole, bad), b = change_split(whole, good);
    assert_true(fabs(a.within) < 1e-12 && fabs(b.within) < 1e-12);
    assert_true(a.mix > 0 && b.mix > 0); /* more of what is above the middle, less of what is below it */
    assert_true(fabs(a.mix + b.mix - 0.16) < 1e-12);
}

static void few_weekdays_say_nothing(void **state) {
    (void)state;
    static const double values[] = {0.1, 0.12, 0.11, 0.13, 0.09, 0.1, 0.12, 0.11};
    cs_usual usual;
    assert_false(change_usual(values, 2, &usual));
    assert_true(change_usual(values, 3, &usual));
    double narrowing = usual.high - usual.low;
    assert_true(change_usual(values, 8, &usual));
    assert_true(usual.high - usual.low < narrowing);
    assert_true(fabs(usual.mean - 0.11) < 1e-12);
    /* R: qt(.995, 7) * sd(x) * sqrt(1 + 1/8) */
    assert_true(fabs(usual.high - usual.mean - 3.4995 * 0.0130931 * sqrt(1.125)) < 1e-5);
    assert_false(change_usual(values, 9, &usual));
}

static void a_difference_has_the_bounds_of_its_source(void **state) {
    (void)state;
    /* Newcombe 1998, table II: 56/70 and 48/80; 95 % there, so wider here */
    cs_interval one = interval_difference(56, 70, 48, 80);
    assert_true(fabs(one.share - 0.2) < 1e-12);
    assert_true(one.low < 0.0524 && one.low > -0.05 && one.high > 0.3339 && one.high < 0.4);
    cs_interval back = interval_difference(48, 80, 56, 70);
    assert_true(fabs(one.low + back.high) < 1e-12 && fabs(one.high + back.low) < 1e-12);
    assert_true(interval_difference(0, 10, 0, 10).low < 0);
    assert_false(interval_difference(0, 0, 1, 10).is_known);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_sum_to_the_whole),
        cmocka_unit_test(whose_weight_stayed_changes_by_what_it_did),
        cmocka_unit_test(whose_weight_grew_changes_the_mix),
        cmocka_unit_test(few_weekdays_say_nothing),
        cmocka_unit_test(a_difference_has_the_bounds_of_its_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
