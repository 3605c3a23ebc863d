#include "speech/alignment.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A part whose table has no more cells than this is solved at once, with its whole table. */
enum { TABLE_CELLS = 1 << 16 };

typedef struct aligning {
    uint8_t *steps;
    uint32_t count;
    uint32_t *forward, *backward; /* a row of costs each, of the whole hypothesis */
    uint8_t *table;
} aligning;

static void add_steps(aligning *a, cs_alignment_step step, uint32_t times) {
    memset(a->steps + a->count, (int)step, times);
    a->count += times;
}

static uint32_t least_of(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* ---- a small part ---- */

static void fill_table(aligning *a, const uint32_t *x, uint32_t n, const uint32_t *y, uint32_t m) {
    uint32_t *row = a->forward;
    for (uint32_t j = 0; j <= m; j++) row[j] = j, a->table[j] = CS_STEP_INSERTED;
    for (uint32_t i = 1; i <= n; i++) {
        uint8_t *step = a->table + (size_t)i * (m + 1);
        uint32_t corner = row[0];
        row[0] = i;
        step[0] = CS_STEP_DELETED;
        for (uint32_t j = 1; j <= m; j++) {
            bool is_same = x[i - 1] == y[j - 1];
            uint32_t both = corner + !is_same, deleted = row[j] + 1, inserted = row[j - 1] + 1;
            corner = row[j];
            row[j] = least_of(both, least_of(deleted, inserted));
            if (row[j] == both)
                step[j] = is_same ? CS_STEP_SAME : CS_STEP_SUBSTITUTED;
            else
                step[j] = row[j] == deleted ? CS_STEP_DELETED : CS_STEP_INSERTED;
        }
    }
}

static void align_small(aligning *a, const uint32_t *x, uint32_t n, const uint32_t *y, uint32_t m) {
    fill_table(a, x, n, y, m);
    uint32_t first = a->count, i = n, j = m;
    while (i || j) {
        uint8_t step = a->table[(size_t)i * (m + 1) + j];
        a->steps[a->count++] = step;
        if (step != CS_STEP_INSERTED) i--;
        if (step != CS_STEP_DELETED) j--;
    }
    for (uint32_t low = first, high = a->count; low + 1 < high; low++) { /* it was walked from the end */
        uint8_t step = a->steps[--high];
        a->steps[high] = a->steps[low];
        a->steps[low] = step;
    }
}

/* ---- a large one ---- */

/* row[j]: changes between all of x and the first j of y; read from the ends when is_backward. */
static void fill_costs(const uint32_t *x, uint32_t n, const uint32_t *y, uint32_t m, bool is_backward, uint32_t *row) {
    for (uint32_t j = 0; j <= m; j++) row[j] = j;
    for (uint32_t i = 1; i <= n; i++) {
        uint32_t corner = row[0], unit = x[is_backward ? n - i : i - 1];
        row[0] = i;
        for (uint32_t j = 1; j <= m; j++) {
            uint32_t both = corner + (unit != y[is_backward ? m - j : j - 1]);
            corner = row[j];
            row[j] = least_of(both, least_of(row[j], row[j - 1]) + 1);
        }
    }
}

/* Halves x at each level, so it goes at most 17 levels deep. */
static void align_part(aligning *a, const uint32_t *x, uint32_t n, const uint32_t *y,
                       uint32_t m) { // NOLINT(misc-no-recursion)
    uint32_t same_end = 0;
    while (n && m && *x == *y) add_steps(a, CS_STEP_SAME, 1), x++, y++, n--, m--;
    while (n && m && x[n - 1] == y[m - 1]) same_end++, n--, m--;
    if (!n || !m) {
        add_steps(a, CS_STEP_DELETED, n);
        add_steps(a, CS_STEP_INSERTED, m);
    } else if (n == 1 || (uint64_t)(n + 1) * (m + 1) <= TABLE_CELLS) {
        align_small(a, x, n, y, m);
    } else {
        uint32_t half = n / 2, best = 0;
        fill_costs(x, half, y, m, false, a->forward);
        fill_costs(x + half, n - half, y, m, true, a->backward);
        for (uint32_t j = 1; j <= m; j++)
            if (a->forward[j] + a->backward[m - j] < a->forward[best] + a->backward[m - best]) best = j;
        align_part(a, x, half, y, best);
        align_part(a, x + half, n - half, y + best, m - best);
    }
    add_steps(a, CS_STEP_SAME, same_end);
}

cs_error alignment_make(const uint32_t *reference, uint32_t reference_count, const uint32_t *hypothesis,
                        uint32_t hypothesis_count, cs_arena *arena, uint8_t **steps, uint32_t *count,
                        cs_message *message) {
    uint32_t more = reference_count > hypothesis_count ? reference_count : hypothesis_count;
    if (more > CS_MAX_ALIGNED) {
        message_set(message, CS_ERR_LIMIT, "%u units can't be compared with %u: at most %d a side", reference_count,
                    hypothesis_count, CS_MAX_ALIGNED);
        message_remedy(message, "cut the recording and its reference into shorter ones");
        return CS_ERR_LIMIT;
    }
    size_t row = (size_t)hypothesis_count + 1, table = TABLE_CELLS > 2 * row ? TABLE_CELLS : 2 * row;
    aligning a = {.steps = arena_alloc(arena, (size_t)reference_count + hypothesis_count + 1),
                  .forward = malloc(row * sizeof(uint32_t)),
                  .backward = malloc(row * sizeof(uint32_t)),
                  .table = malloc(table)};
    bool has_memory = a.steps && a.forward && a.backward && a.table;
    if (has_memory) align_part(&a, reference, reference_count, hypothesis, hypothesis_count);
    free(a.forward);
    free(a.backward);
    free(a.table);
    if (!has_memory) return message_set(message, CS_ERR_MEMORY, "no memory to compare %u units", reference_count);
    *steps = a.steps;
    *count = a.count;
    return CS_OK;
}
