#include "quality/interval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void near(double value, double expected, double within) {
    if (fabs(value - expected) > within) fail_msg("%.6f is not %.6f", value, expected);
}

static uint64_t state_of_chance;

static double chance(void) { /* SplitMix64: the same in every run */
    uint64_t x = state_of_chance += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((x ^ (x >> 31)) >> 11) * 0x1p-53;
}

static void wilson_gives_the_published_values(void **state) {
    (void)state;
    cs_interval i = interval_wilson(8, 10); /* 0.4902 to 0.9433 in every table */
    near(i.share, 0.8, 1e-12);
    near(i.low, 0.4902, 1e-4);
    near(i.high, 0.9433, 1e-4);
    i = interval_wilson(0, 20);
    near(i.low, 0, 0);
    near(i.high, 0.1611, 1e-4);
    i = interval_wilson(20, 20);
    near(i.low, 0.8389, 1e-4);
    near(i.high, 1, 0);
    i = interval_wilson(0, 0);
    assert_false(i.is_known);
    near(i.high - i.low, 1, 0);
}

static void all_looked_at_leaves_no_doubt(void **state) {
    (void)state;
    cs_interval all = interval_sampled(3, 12, 12), half = interval_sampled(3, 12, 24),
                few = interval_sampled(3, 12, 100000);
    near(all.high - all.low, 0, 0);
    assert_true(half.high - half.low < few.high - few.low);
    near(few.high, interval_wilson(3, 12).high, 1e-3);
}

static void totals_weigh_each_stratum(void **state) {
    (void)state;
    const cs_stratum strata[] = {{1000, 100, 5}, {100, 100, 30}, {0, 0, 0}};
    cs_interval total = interval_total(strata, 3);
    assert_true(total.is_known);
    near(total.share, 1000 * 0.05 + 30, 1e-9);
    assert_true(total.low > 45 && total.low < 80 && total.high > 80 && total.high < 145);
    const cs_stratum unseen[] = {{1000, 100, 5}, {100, 0, 0}};
    assert_false(interval_total(unseen, 2).is_known);
    near(interval_total(unseen, 2).high, 1100, 0);
}

static void recall_at_its_edges(void **state) {
    (void)state;
    cs_stratum found = {100, 100, 90}, none = {10000, 200, 0}, nothing = {0, 0, 0};
    cs_interval f = interval_total(&found, 1);
    cs_interval recall = interval_recall(f, interval_total(&none, 1));
    near(recall.share, 1, 0); /* none was passed by among 200 of 10,000: up to 186 may have been */
    near(recall.high, 1, 0);
    assert_true(recall.low > 0.3 && recall.low < 0.35);
    recall = interval_recall(f, interval_total(&nothing, 1));
    near(recall.low, 1, 1e-12);
    cs_stratum false_alarms = {100, 100, 0};
    recall = interval_recall(interval_total(&false_alarms, 1), f);
    near(recall.share, 0, 0);
    near(recall.low, 0, 0);
    assert_false(interval_recall(interval_total(&nothing, 1), interval_total(&nothing, 1)).is_known);
}

static int64_t draw(int64_t population, int64_t positives, int64_t take) {
    int64_t hits = 0;
    for (int64_t i = 0; i < take; i++) { /* without replacement */
        bool is_hit = chance() < (double)(positives - hits) / (double)(population - i);
        hits += is_hit;
    }
    return hits;
}

/* Of many reviews about 95 in a hundred intervals hold the truth. */
static void recall_intervals_hold_the_truth(void **state) {
    (void)state;
    enum { REVIEWS = 2000 };
    const struct {
        int64_t hit, true_hit, passed, missed, take;
    } worlds[] = {{2000, 1800, 8000, 400, 150}, {500, 450, 20000, 1000, 200}, {3000, 1500, 3000, 300, 100}};
    for (size_t w = 0; w < sizeof worlds / sizeof *worlds; w++) {
        double truth = (double)worlds[w].true_hit / (double)(worlds[w].true_hit + worlds[w].missed);
        int held = 0;
        state_of_chance = w;
        for (int i = 0; i < REVIEWS; i++) {
            cs_stratum hit = {worlds[w].hit, worlds[w].take, draw(worlds[w].hit, worlds[w].true_hit, worlds[w].take)};
            cs_stratum passed = {worlds[w].passed, worlds[w].take,
                                 draw(worlds[w].passed, worlds[w].missed, worlds[w].take)};
            cs_interval recall = interval_recall(interval_total(&hit, 1), interval_total(&passed, 1));
            held += recall.low <= truth && truth <= recall.high;
        }
        double share = (double)held / REVIEWS;
        if (share < 0.935 || share > 0.985) fail_msg("world %zu: %.3f of the intervals hold the truth", w, share);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilson_gives_the_published_values), cmocka_unit_test(all_looked_at_leaves_no_doubt),
        cmocka_unit_test(totals_weigh_each_stratum), cmocka_unit_test(recall_at_its_edges),
        cmocka_unit_test(recall_intervals_hold_the_truth)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
