#include "quality/review_sample.h"

#include <stdlib.h>
#include <string.h>

typedef struct drawing {
    int64_t population;
    cs_review_item *items; /* a heap, the greatest key on top */
    uint32_t count, take;
} drawing;

/* The finaliser of SplitMix64. */
uint64_t review_mixed(uint64_t x) {
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* FNV-1a over the id, mixed: an order that has nothing to do with the conversation. */
static uint64_t key_of(const char *id, uint64_t seed) {
    uint64_t x = UINT64_C(14695981039346656037) ^ (seed * UINT64_C(0x9e3779b97f4a7c15));
    for (; *id; id++) x = (x ^ (unsigned char)*id) * UINT64_C(1099511628211);
    return review_mixed(x);
}

static void sink(cs_review_item *items, uint32_t count, uint32_t at) {
    for (uint32_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && items[child + 1].key > items[child].key) child++;
        if (items[at].key >= items[child].key) return;
        cs_review_item held = items[at];
        items[at] = items[child];
        items[child] = held;
        at = child;
    }
}

static void rise(cs_review_item *items, uint32_t at) {
    while (at > 0 && items[(at - 1) / 2].key < items[at].key) {
        cs_review_item held = items[at];
        items[at] = items[(at - 1) / 2];
        items[(at - 1) / 2] = held;
        at = (at - 1) / 2;
    }
}

static void offer(drawing *d, uint32_t most, const cs_review_item *item) {
    d->population++;
    if (d->count < most) {
        d->items[d->count] = *item;
        rise(d->items, d->count++);
    } else if (item->key < d->items[0].key) {
        d->items[0] = *item;
        sink(d->items, d->count, 0);
    }
}

static int compare_keys(const void *left, const void *right) {
    const cs_review_item *a = left, *b = right;
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return strcmp(a->id, b->id);
}

static cs_error draw_rows(cs_db *db, uint32_t rule, uint64_t seed, uint32_t take, drawing strata[CS_REVIEW_COUNT],
                          cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = true;
    cs_error code = db_query(db,
                             "SELECT c.id, i.verdicts FROM conversation c JOIN inspection i ON i.seq = c.seq AND "
                             "i.number = c.inspection WHERE c.ruleset = "
                             "(SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'ruleset')",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_stream(stmt);
    while (code == CS_OK && has_row) {
        code = db_step(stmt, &has_row, message);
        if (code != CS_OK || !has_row) break;
        size_t count = 0;
        const char *id = db_text(stmt, 0);
        const unsigned char *verdicts = db_bytes(stmt, 1, &count);
        if (!id || strlen(id) >= CS_REVIEW_ID_BYTES || rule >= count) continue;
        cs_review_item item = {.key = key_of(id, seed),
                               .verdict = (cs_verdict)verdicts[rule],
                               .stratum = review_stratum_of((cs_verdict)verdicts[rule])};
        memcpy(item.id, id, strlen(id) + 1);
        offer(&strata[item.stratum], take, &item);
    }
    db_done(stmt);
    return code;
}

/* take for all strata but the first: each at least a fifth, where it has as many, the rest in proportion. */
static void allot(drawing strata[CS_REVIEW_COUNT], uint32_t take) {
    int64_t all = 0, left = take;
    for (int i = CS_REVIEW_PASSED; i < CS_REVIEW_COUNT; i++) {
        uint32_t least = (take + 4) / 5;
        strata[i].take = strata[i].count < least ? strata[i].count : least;
        left -= strata[i].take;
        all += strata[i].population;
    }
    int64_t rest = left;
    for (int i = CS_REVIEW_PASSED; i < CS_REVIEW_COUNT && all > 0 && rest > 0; i++) {
        int64_t more = rest * strata[i].population / all, room = (int64_t)strata[i].count - strata[i].take;
        more = more < room ? more : room;
        strata[i].take += (uint32_t)more;
        left -= more;
    }
    for (int i = CS_REVIEW_PASSED; i < CS_REVIEW_COUNT && left > 0; i++) { /* what rounding left */
        int64_t room = (int64_t)strata[i].count - strata[i].take, more = left < room ? left : room;
        strata[i].take += (uint32_t)more;
        left -= more;
    }
}

/* How many of what was found, and the others by allot. */
static void share_out(drawing strata[CS_REVIEW_COUNT], cs_review_take take) {
    uint32_t found = take.found, rest = take.rest, others = 0;
    for (int i = CS_REVIEW_PASSED; i < CS_REVIEW_COUNT; i++) others += strata[i].count;
    if (take.total) {
        found = others < take.total / 2 ? take.total - others : take.total - take.total / 2;
        if (found > strata[CS_REVIEW_FOUND].count) found = strata[CS_REVIEW_FOUND].count;
        rest = take.total - found;
    }
    strata[CS_REVIEW_FOUND].take = found < strata[CS_REVIEW_FOUND].count ? found : strata[CS_REVIEW_FOUND].count;
    allot(strata, rest);
}

static cs_error gather(drawing strata[CS_REVIEW_COUNT], cs_review_sample *out, cs_message *message) {
    uint32_t all = 0;
    for (int i = 0; i < CS_REVIEW_COUNT; i++) all += strata[i].take;
    cs_review_item *list = calloc((size_t)all + 1, sizeof *list);
    if (!list) return message_set(message, CS_ERR_MEMORY, "out of memory for the sample");
    for (int i = 0; i < CS_REVIEW_COUNT; i++) {
        if (strata[i].count) qsort(strata[i].items, strata[i].count, sizeof(cs_review_item), compare_keys);
        for (uint32_t k = 0; k < strata[i].take; k++) list[out->count++] = strata[i].items[k];
        out->populations[i] = strata[i].population;
        out->takes[i] = strata[i].take;
    }
    /* Of a large stratum the keys are small: mixed once more, nobody sees which stratum comes next. */
    for (uint32_t i = 0; i < out->count; i++) list[i].key = review_mixed(list[i].key + 1);
    if (out->count) qsort(list, out->count, sizeof *list, compare_keys);
    out->items = list;
    return CS_OK;
}

cs_error review_sample_draw(cs_db *db, const cs_rule *rule, uint64_t seed, cs_review_take take, cs_review_sample *out,
                            cs_message *message) {
    drawing strata[CS_REVIEW_COUNT] = {0};
    cs_error code = CS_OK;
    uint32_t most = take.total ? take.total : take.found > take.rest ? take.found : take.rest;
    *out = (cs_review_sample){0};
    for (int i = 0; i < CS_REVIEW_COUNT && code == CS_OK; i++)
        if (!(strata[i].items = calloc((size_t)most + 1, sizeof *strata[i].items)))
            code = message_set(message, CS_ERR_MEMORY, "out of memory for the sample");
    if (code == CS_OK) code = draw_rows(db, rule->index, seed, most, strata, message);
    if (code == CS_OK) {
        share_out(strata, take);
        code = gather(strata, out, message);
    }
    for (int i = 0; i < CS_REVIEW_COUNT; i++) free(strata[i].items);
    return code;
}

void review_sample_free(cs_review_sample *sample) {
    free(sample->items);
    sample->items = NULL;
}
