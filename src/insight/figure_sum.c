#include "insight/figure_sum.h"

#include "base/arena.h"
#include "base/index.h"

#include <stdlib.h>

cs_error sum_init(cs_sum *sum, uint32_t rule_count, cs_message *message) {
    *sum = (cs_sum){.rules = calloc((size_t)rule_count + 1, sizeof *sum->rules), .rule_count = rule_count};
    if (!sum->rules) return message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    for (uint32_t i = 0; i < rule_count; i++) sum->rules[i].rule = i;
    return CS_OK;
}

void sum_free(cs_sum *sum) {
    free(sum->rules);
    free(sum->waived);
    *sum = (cs_sum){0};
}

void sum_add(cs_sum *sum, const cs_cell *cell) {
    basics_add(&sum->basics, &cell->basics);
    for (uint32_t i = 0; i < cell->rule_count && cell->rules[i].rule < sum->rule_count; i++) {
        cs_rule_count *to = &sum->rules[cell->rules[i].rule];
        to->met += cell->rules[i].met;
        to->missed += cell->rules[i].missed;
        to->undecided += cell->rules[i].undecided;
    }
}

cs_error sum_visit(void *context, int64_t day, const cs_cell *cell, cs_message *message) {
    (void)day, (void)message;
    sum_add(context, cell);
    return CS_OK;
}

int64_t sum_not_applicable(const cs_sum *sum, uint32_t rule) {
    const cs_rule_count *count = &sum->rules[rule];
    if (sum->waived && sum->waived[rule] >= 0) return sum->waived[rule];
    return sum->basics.judged - count->met - count->missed - count->undecided;
}

/* ---- by name ---- */

enum { MOST_BYTES = 1 << 30 };

cs_error sums_init(cs_sums *sums, cs_dimension by, uint32_t rule_count, cs_message *message) {
    *sums = (cs_sums){.by = by, .rule_count = rule_count, .arena = arena_create(MOST_BYTES)};
    sums->index = sums->arena ? arena_alloc(sums->arena, sizeof *sums->index) : NULL;
    return sums->index ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the figures");
}

void sums_free(cs_sums *sums) {
    arena_free(sums->arena);
    *sums = (cs_sums){0};
}

static cs_named_sum *make(cs_sums *sums, const cs_name *name, const void *key, size_t bytes) {
    void *list = (void *)sums->list;
    if (!arena_room(sums->arena, &list, &sums->room, sums->count, sizeof(cs_named_sum *))) return NULL;
    sums->list = list;
    cs_named_sum *made = arena_alloc(sums->arena, sizeof *made);
    char *kept = made ? arena_copy(sums->arena, key, bytes) : NULL;
    if (!kept) return NULL;
    if (name->text && !(made->name = arena_copy(sums->arena, name->text, name->bytes))) return NULL;
    made->sum.rule_count = sums->rule_count;
    made->sum.rules = arena_array(sums->arena, (size_t)sums->rule_count + 1, sizeof *made->sum.rules);
    if (!made->sum.rules || !index_add(sums->index, kept, bytes, sums->count, sums->arena)) return NULL;
    for (uint32_t i = 0; i < sums->rule_count; i++) made->sum.rules[i].rule = i;
    sums->list[sums->count++] = made;
    return made;
}

cs_error sums_visit(void *context, int64_t day, const cs_cell *cell, cs_message *message) {
    (void)day;
    cs_sums *sums = context;
    const cs_name *name = &cell->names[sums->by];
    const void *key = name->text && name->bytes ? name->text : name->text ? "\0" : "\0\0"; /* no name holds a NUL */
    size_t bytes = name->text && name->bytes ? name->bytes : name->text ? 1 : 2;
    uint32_t found = index_find(sums->index, key, bytes);
    if (found == CS_INDEX_NONE && sums->count == CS_MAX_SUMS) {
        sums->is_cut = true;
        return CS_OK;
    }
    cs_named_sum *one = found == CS_INDEX_NONE ? make(sums, name, key, bytes) : sums->list[found];
    if (!one) return message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    sum_add(&one->sum, cell);
    return CS_OK;
}
