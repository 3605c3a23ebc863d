#include "insight/figure_set.h"

#include "base/arena.h"
#include "base/index.h"
#include "rules/finding.h"

#include <stdlib.h>
#include <string.h>

/* Rules are dense while they are counted: [rule][met, missed, undecided]. NULL until something is judged. */
typedef struct set_cell {
    cs_name names[CS_DIMENSION_COUNT];
    cs_basics basics;
    int64_t (*rules)[3];
    uint32_t rule_room;
} set_cell;

struct cs_figure_set {
    cs_arena *arena;
    cs_index index; /* by key */
    set_cell **cells;
    uint32_t count, room;
    cs_buffer key;
    int64_t conversations;
};

enum { MAX_KEY_BYTES = 8 << 20 };

cs_figure_set *figure_set_create(void) {
    cs_figure_set *set = calloc(1, sizeof *set);
    if (!set) return NULL;
    set->arena = arena_create(CS_MAX_SET_BYTES);
    buffer_init(&set->key, MAX_KEY_BYTES);
    if (set->arena) return set;
    free(set);
    return NULL;
}

void figure_set_free(cs_figure_set *set) {
    if (!set) return;
    arena_free(set->arena);
    buffer_free(&set->key);
    free((void *)set->cells);
    free(set);
}

int64_t figure_set_conversations(const cs_figure_set *set) {
    return set->conversations;
}

/* ---- cells ---- */

static cs_error too_many(cs_message *message) {
    (void)message_set(message, CS_ERR_LIMIT,
                      "a day or month has more than %d combinations of agent, team, queue and channel, or needs more "
                      "than %d MB to be counted",
                      CS_MAX_CELLS, CS_MAX_SET_BYTES >> 20);
    message_remedy(message, "look whether a mapping takes a number of each call for the agent, team or queue");
    return CS_ERR_LIMIT;
}

static bool copy_names(cs_figure_set *set, set_cell *cell, const cs_name *names) {
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT; d++) {
        if (!names[d].text) continue;
        char *copy = arena_copy(set->arena, names[d].text, names[d].bytes);
        if (!copy) return false;
        cell->names[d] = (cs_name){copy, names[d].bytes};
    }
    return true;
}

static bool grow(cs_figure_set *set) {
    if (set->count < set->room) return true;
    uint32_t room = set->room ? set->room * 2 : 64;
    set_cell **cells = realloc((void *)set->cells, room * sizeof *cells);
    if (!cells) return false;
    set->cells = cells;
    set->room = room;
    return true;
}

/* The cell of these names; NULL: too many, or no memory. */
static set_cell *cell_of(cs_figure_set *set, const cs_name *names) {
    buffer_clear(&set->key);
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT; d++) {
        uint32_t length = names[d].text ? names[d].bytes + 1 : 0;
        (void)buffer_append(&set->key, &length, sizeof length);
        if (length > 1) (void)buffer_append(&set->key, names[d].text, names[d].bytes);
    }
    if (set->key.is_failed) return NULL;
    uint32_t found = index_find(&set->index, set->key.data, set->key.length);
    if (found != CS_INDEX_NONE) return set->cells[found];
    if (set->count == CS_MAX_CELLS || !grow(set)) return NULL;
    set_cell *cell = arena_alloc(set->arena, sizeof *cell);
    char *key = arena_copy(set->arena, set->key.data, set->key.length);
    if (!cell || !key || !copy_names(set, cell, names)) return NULL;
    if (!index_add(&set->index, key, set->key.length, set->count, set->arena)) return NULL;
    set->cells[set->count++] = cell;
    return cell;
}

static bool make_room(cs_figure_set *set, set_cell *cell, uint32_t rules) {
    if (rules <= cell->rule_room) return true;
    int64_t(*wider)[3] = arena_array(set->arena, rules, sizeof *wider);
    if (!wider) return false;
    if (cell->rule_room) memcpy(wider, cell->rules, cell->rule_room * sizeof *wider);
    cell->rules = wider;
    cell->rule_room = rules;
    return true;
}

cs_error figure_set_count(cs_figure_set *set, const cs_name names[CS_DIMENSION_COUNT], const cs_basics *one,
                          const unsigned char *verdicts, size_t verdict_count, cs_message *message) {
    /* not applicable, not noted, clean, met, undecided, noted, missed, hit */
    static const signed char column_of[CS_VERDICT_COUNT] = {-1, 0, 0, 0, 2, 1, 1, 1};
    set_cell *cell = cell_of(set, names);
    uint32_t rules = verdict_count < CS_MAX_RULES ? (uint32_t)verdict_count : CS_MAX_RULES;
    if (!cell || !make_room(set, cell, rules)) return too_many(message);
    basics_add(&cell->basics, one);
    set->conversations += one->conversations;
    for (uint32_t i = 0; i < rules; i++) {
        int column = verdicts[i] < CS_VERDICT_COUNT ? column_of[verdicts[i]] : -1;
        if (column >= 0) cell->rules[i][column]++;
    }
    return CS_OK;
}

static cs_error add_under(cs_figure_set *set, const cs_name *names, const cs_basics *basics, const cs_rule_count *rules,
                          uint32_t rule_count, cs_message *message) {
    set_cell *cell = cell_of(set, names);
    if (!cell || !make_room(set, cell, rule_count ? rules[rule_count - 1].rule + 1 : 0)) return too_many(message);
    basics_add(&cell->basics, basics);
    set->conversations += basics->conversations;
    for (uint32_t i = 0; i < rule_count; i++) {
        cell->rules[rules[i].rule][0] += rules[i].met;
        cell->rules[rules[i].rule][1] += rules[i].missed;
        cell->rules[rules[i].rule][2] += rules[i].undecided;
    }
    return CS_OK;
}

cs_error figure_set_add(cs_figure_set *set, const cs_cell *cell, cs_message *message) {
    return add_under(set, cell->names, &cell->basics, cell->rules, cell->rule_count, message);
}

/* ---- writing ---- */

static int compare_names(const cs_name *a, const cs_name *b) {
    if (!a->text || !b->text) return (a->text != NULL) - (b->text != NULL);
    uint32_t least = a->bytes < b->bytes ? a->bytes : b->bytes;
    int order = least ? memcmp(a->text, b->text, least) : 0;
    return order ? order : (a->bytes > b->bytes) - (a->bytes < b->bytes);
}

/* Team, queue and channel change less often than agents from one cell to the next. */
static int compare_cells(const void *left, const void *right) {
    const set_cell *a = *(set_cell *const *)left, *b = *(set_cell *const *)right;
    static const cs_dimension order[] = {CS_BY_TEAM, CS_BY_AGENT, CS_BY_QUEUE, CS_BY_CHANNEL};
    int result = 0;
    for (size_t i = 0; i < sizeof order / sizeof *order && result == 0; i++)
        result = compare_names(&a->names[order[i]], &b->names[order[i]]);
    return result;
}

static uint32_t judged_rules(const set_cell *cell, cs_rule_count *out) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < cell->rule_room; i++) {
        const int64_t *counts = cell->rules[i];
        if (counts[0] || counts[1] || counts[2])
            out[count++] = (cs_rule_count){.rule = i, .met = counts[0], .missed = counts[1], .undecided = counts[2]};
    }
    return count;
}

static cs_error write_cells(const cs_figure_set *set, cs_figure_part part, cs_buffer *body, cs_message *message) {
    cs_block_writer writer;
    cs_rule_count *rules = calloc(CS_MAX_RULES, sizeof *rules);
    if (!rules) return message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    if (set->count) qsort((void *)set->cells, set->count, sizeof *set->cells, compare_cells);
    block_writer_init(&writer, part, body);
    for (uint32_t i = 0; i < set->count; i++) {
        const set_cell *from = set->cells[i];
        cs_cell cell = {.basics = from->basics, .rules = rules, .rule_count = judged_rules(from, rules)};
        memcpy(cell.names, from->names, sizeof cell.names);
        block_write(&writer, &cell);
    }
    free(rules);
    if (block_writer_end(&writer)) return CS_OK;
    return message_set(message, CS_ERR_LIMIT, "the figures of a day or month take more than %d MB",
                       CS_MAX_BLOCK_BYTES >> 20);
}

static cs_error sum_by(const cs_figure_set *set, cs_figure_part part, cs_figure_set *out, cs_message *message) {
    cs_rule_count *rules = calloc(CS_MAX_RULES, sizeof *rules);
    cs_error code = rules ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    for (uint32_t i = 0; i < set->count && code == CS_OK; i++) {
        const set_cell *cell = set->cells[i];
        cs_name names[CS_DIMENSION_COUNT] = {0};
        for (cs_dimension d = 0; d < CS_DIMENSION_COUNT; d++)
            if (part_has(part, d)) names[d] = cell->names[d];
        code = add_under(out, names, &cell->basics, rules, judged_rules(cell, rules), message);
    }
    free(rules);
    return code;
}

cs_error figure_set_write(const cs_figure_set *set, cs_figure_part part, cs_buffer *body, cs_message *message) {
    cs_figure_set *summed = part == CS_PART_WHOLE ? NULL : figure_set_create();
    if (part != CS_PART_WHOLE && !summed) return message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    cs_error code = summed ? sum_by(set, part, summed, message) : CS_OK;
    if (code == CS_OK) code = write_cells(summed ? summed : set, part, body, message);
    figure_set_free(summed);
    return code;
}
