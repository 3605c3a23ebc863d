#include "speech/alignment.h"
#include "speech/error_rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

/* The fewest changes, by the whole table. */
static uint32_t distance(const uint32_t *x, uint32_t n, const uint32_t *y, uint32_t m) {
    uint32_t *cells = malloc((size_t)(n + 1) * (m + 1) * sizeof *cells), width = m + 1;
    for (uint32_t i = 0; i <= n; i++)
        for (uint32_t j = 0; j <= m; j++) {
            uint32_t best = i ? j ? UINT32_MAX : i : j;
            if (i && j) {
                best = cells[(i - 1) * width + j - 1] + (x[i - 1] != y[j - 1]);
                if (cells[(i - 1) * width + j] + 1 < best) best = cells[(i - 1) * width + j] + 1;
                if (cells[i * width + j - 1] + 1 < best) best = cells[i * width + j - 1] + 1;
            }
            cells[i * width + j] = best;
        }
    uint32_t result = cells[n * width + m];
    free(cells);
    return result;
}

static cs_error_counts align(const uint32_t *x, uint32_t n, const uint32_t *y, uint32_t m) {
    cs_arena *arena = arena_create(64 << 20);
    cs_message message;
    uint8_t *steps;
    uint32_t count, i = 0, j = 0;
    assert_int_equal(alignment_make(x, n, y, m, arena, &steps, &count, &message), CS_OK);
    for (uint32_t k = 0; k < count; k++) { /* the steps tell the truth about what they stand on */
        if (steps[k] == CS_STEP_SAME) assert_int_equal(x[i], y[j]);
        if (steps[k] == CS_STEP_SUBSTITUTED) assert_int_not_equal(x[i], y[j]);
        i += steps[k] != CS_STEP_INSERTED;
        j += steps[k] != CS_STEP_DELETED;
    }
    assert_int_equal(i, n);
    assert_int_equal(j, m);
    cs_error_counts counts = {0};
    error_counts_add(&counts, steps, count);
    assert_int_equal(counts.reference, n);
    arena_free(arena);
    return counts;
}

static void test_each_kind(void **state) {
    (void)state;
    static const uint32_t said[] = {1, 2, 3, 4, 5, 6};
    cs_error_counts c = align(said, 6, (const uint32_t[]){1, 9, 3, 5, 6, 7}, 6);
    assert_int_equal(c.substitutions, 1);
    assert_int_equal(c.deletions, 1);
    assert_int_equal(c.insertions, 1);
    c = align(said, 5, said, 5);
    assert_int_equal(error_count(&c), 0);
    c = align(said, 5, NULL, 0);
    assert_int_equal(c.deletions, 5);
    c = align(NULL, 0, said, 5);
    assert_int_equal(c.insertions, 5);
    c = align(NULL, 0, NULL, 0);
    assert_int_equal(error_count(&c), 0);
}

/* Small ones by their table, large ones by halves: both find the fewest. */
static void test_fewest_changes(void **state) {
    (void)state;
    uint32_t seed = 7;
    for (int round = 0; round < 300; round++) {
        uint32_t x[700], y[700], most = round < 280 ? 40 : 700, kinds = 2 + next_random(&seed) % 9;
        uint32_t n = next_random(&seed) % most, m = next_random(&seed) % most;
        for (uint32_t i = 0; i < n; i++) x[i] = next_random(&seed) % kinds;
        for (uint32_t j = 0; j < m; j++) y[j] = next_random(&seed) % kinds;
        cs_error_counts c = align(x, n, y, m);
        assert_int_equal(error_count(&c), distance(x, n, y, m));
    }
}

static void test_an_hour(void **state) {
    (void)state;
    enum { LONG = 15000 };
    static uint32_t x[LONG], y[LONG];
    uint32_t seed = 3, m = 0, changed = 0;
    for (uint32_t i = 0; i < LONG; i++) x[i] = next_random(&seed) % 400;
    for (uint32_t i = 0; i < LONG; i++) {
        bool is_lost = next_random(&seed) % 20 == 0;
        changed += is_lost;
        if (!is_lost) y[m++] = x[i];
    }
    cs_error_counts c = align(x, LONG, y, m);
    assert_int_equal(error_count(&c), changed);
    assert_int_equal(c.deletions, changed);
}

static void test_too_long(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_message message;
    uint32_t *x = calloc(CS_MAX_ALIGNED + 1, sizeof *x), count;
    uint8_t *steps;
    assert_int_equal(alignment_make(x, CS_MAX_ALIGNED + 1, x, 1, arena, &steps, &count, &message), CS_ERR_LIMIT);
    assert_non_null(strstr(message.remedy, "shorter"));
    free(x);
    arena_free(arena);
}

static void test_interval(void **state) {
    (void)state;
    double low, high, again_low, again_high;
    cs_error_counts counts[100];
    for (int i = 0; i < 100; i++) counts[i] = (cs_error_counts){.reference = 10, .substitutions = i % 5 == 0};
    assert_false(error_rate_interval(counts, 1, 1, &low, &high));
    assert_true(error_rate_interval(counts, 100, 1, &low, &high));
    /* 2 %, each utterance 10 with probability 0.2: the standard error is 10 * sqrt(0.2 * 0.8 / 100) = 0.4. */
    assert_true(low > 1.0 && low < 1.5);
    assert_true(high > 2.5 && high < 3.0);
    assert_true(error_rate_interval(counts, 100, 1, &again_low, &again_high));
    assert_true(low == again_low && high == again_high);
    for (int i = 0; i < 100; i++) counts[i].substitutions = 3;
    assert_true(error_rate_interval(counts, 100, 1, &low, &high));
    assert_true(low == 30 && high == 30);
}

static void test_rate(void **state) {
    (void)state;
    cs_error_counts none = {0}, more = {.reference = 2, .substitutions = 1, .deletions = 1, .insertions = 2};
    assert_true(error_rate(&none) == 0);
    assert_true(error_rate(&more) == 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_kind), cmocka_unit_test(test_fewest_changes), cmocka_unit_test(test_an_hour),
        cmocka_unit_test(test_too_long),  cmocka_unit_test(test_interval),       cmocka_unit_test(test_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
