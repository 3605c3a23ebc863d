#include "insight/figures.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 256 << 20 };

typedef struct table {
    cs_figures_asked asked;
    cs_figures_truth truth;
    cs_sums sums;
} table;

static cs_error count_by(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_dimension by, table *t,
                         cs_message *message) {
    int64_t zone = 0;
    cs_error code = asked_of(db, filter, &t->asked, &zone, message);
    if (code != CS_OK) return code;
    t->asked.by = 1u << by;
    code = sums_init(&t->sums, by, ruleset_rule_count(ruleset), message);
    return code == CS_OK ? figures_walk(db, &t->asked, sums_visit, &t->sums, &t->truth, message) : code;
}

static int compare_names(const cs_named_sum *a, const cs_named_sum *b) {
    if (!a->name || !b->name) return (a->name == NULL) - (b->name == NULL); /* unknown comes last */
    return strcmp(a->name, b->name);
}

/* ---- the table ---- */

static int by_conversations(const void *left, const void *right) {
    const cs_named_sum *a = *(cs_named_sum *const *)left, *b = *(cs_named_sum *const *)right;
    int64_t x = a->sum.basics.conversations, y = b->sum.basics.conversations;
    return x != y ? (x < y) - (x > y) : compare_names(a, b);
}

static void row_write(const cs_measures *catalogue, const cs_named_sum *row, cs_json_writer *out) {
    json_object_open(out, NULL);
    json_write_string(out, "name", row->name);
    json_write_int(out, "conversations", row->sum.basics.conversations);
    json_write_int(out, "scored", row->sum.basics.scored);
    json_write_int(out, "stale", row->sum.basics.conversations - row->sum.basics.judged);
    json_write_int(out, "high_risk", row->sum.basics.high_risk);
    mean_write(&row->sum.basics, out);
    json_object_open(out, "measures");
    for (uint32_t i = 0; i < catalogue->named; i++) {
        const cs_measure *measure = &catalogue->list[i];
        if (measure->kind == CS_MEASURE_SCORE) continue;
        cs_measured value = measure_of(measure, &row->sum);
        json_object_open(out, measure->id);
        json_write_int(out, "met", value.met);
        json_write_int(out, "missed", value.missed);
        json_write_int(out, "undecided", value.undecided);
        value_write(out, "share", value.has_value, value.value);
        json_object_close(out);
    }
    json_object_close(out);
    json_object_close(out);
}

cs_error figures_table(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *by,
                       cs_json_writer *out, cs_message *message) {
    table t = {0};
    cs_measures catalogue = {0};
    cs_dimension dimension;
    cs_error code = dimension_of(by, true, &dimension, message);
    if (code != CS_OK) return code;
    cs_arena *arena = arena_create(ARENA_BYTES);
    code = arena ? measures_open(db, ruleset, arena, &catalogue, message)
                 : message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    if (code == CS_OK) code = count_by(db, ruleset, filter, dimension, &t, message);
    if (code == CS_OK) {
        if (t.sums.count) qsort((void *)t.sums.list, t.sums.count, sizeof *t.sums.list, by_conversations);
        json_object_open(out, NULL);
        span_write(&t.asked, &t.truth, out);
        json_write_string(out, "by", dimension_name(dimension));
        json_array_open(out, "rows");
        for (uint32_t i = 0; i < t.sums.count; i++) row_write(&catalogue, t.sums.list[i], out);
        json_array_close(out);
        json_write_bool(out, "is_cut", t.sums.is_cut);
        json_object_close(out);
    }
    sums_free(&t.sums);
    arena_free(arena);
    return code;
}

/* ---- the heat map ---- */

typedef struct heat {
    const cs_ruleset *ruleset;
    const cs_sums *sums;
    cs_rule_count *rules; /* with anything judged, the worst first */
    uint32_t rule_count;
} heat;

static double missed_share(int64_t met, int64_t missed) {
    return met + missed > 0 ? (double)missed / (double)(met + missed) : 0;
}

static int worse_rule(const void *left, const void *right) {
    const cs_rule_count *a = left, *b = right;
    double x = missed_share(a->met, a->missed), y = missed_share(b->met, b->missed);
    if (x != y) return (x < y) - (x > y);
    return (a->rule > b->rule) - (a->rule < b->rule);
}

static cs_error choose_rules(heat *h, cs_arena *arena, cs_message *message) {
    uint32_t count = ruleset_rule_count(h->ruleset);
    h->rules = arena_array(arena, (size_t)count + 1, sizeof *h->rules);
    if (!h->rules) return message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    for (uint32_t rule = 0; rule < count; rule++) {
        cs_rule_count all = {.rule = rule};
        for (uint32_t i = 0; i < h->sums->count; i++) {
            all.met += h->sums->list[i]->sum.rules[rule].met;
            all.missed += h->sums->list[i]->sum.rules[rule].missed;
        }
        if (all.met + all.missed > 0) h->rules[h->rule_count++] = all;
    }
    qsort(h->rules, h->rule_count, sizeof *h->rules, worse_rule);
    return CS_OK;
}

/* A flag accuses nobody: it makes no row worse. */
static void weigh_rows(const heat *h) {
    for (uint32_t i = 0; i < h->sums->count; i++) {
        const cs_sum *sum = &h->sums->list[i]->sum;
        int64_t met = 0, missed = 0;
        for (uint32_t rule = 0; rule < sum->rule_count; rule++) {
            if (ruleset_rule(h->ruleset, rule)->kind == CS_RULE_FLAG) continue;
            met += sum->rules[rule].met;
            missed += sum->rules[rule].missed;
        }
        h->sums->list[i]->badness = missed_share(met, missed);
    }
}

static int worse_row(const void *left, const void *right) {
    const cs_named_sum *a = *(cs_named_sum *const *)left, *b = *(cs_named_sum *const *)right;
    if (a->badness != b->badness) return (a->badness < b->badness) - (a->badness > b->badness);
    return by_conversations(left, right);
}

static void heat_rules_write(const heat *h, cs_json_writer *out) {
    static const char *const kinds[] = {"expect", "never", "flag"};
    json_array_open(out, "rules");
    for (uint32_t i = 0; i < h->rule_count; i++) {
        const cs_rule *rule = ruleset_rule(h->ruleset, h->rules[i].rule);
        cs_words title = {rule->title_zh ? rule->title_zh : rule->name, rule->title_en ? rule->title_en : rule->name};
        json_object_open(out, NULL);
        json_write_string(out, "rule", rule->name);
        words_write(out, "title", &title);
        json_write_string(out, "kind", kinds[rule->kind]);
        json_write_string(out, "verdict", rule_verdict_word(rule, false));
        json_write_int(out, "met", h->rules[i].met);
        json_write_int(out, "missed", h->rules[i].missed);
        json_object_close(out);
    }
    json_array_close(out);
}

static void heat_row_write(const heat *h, const cs_named_sum *row, cs_json_writer *out) {
    json_object_open(out, NULL);
    json_write_string(out, "name", row->name);
    json_write_int(out, "conversations", row->sum.basics.conversations);
    json_array_open(out, "cells");
    for (uint32_t i = 0; i < h->rule_count; i++) {
        const cs_rule_count *cell = &row->sum.rules[h->rules[i].rule];
        if (cell->met + cell->missed + cell->undecided == 0) {
            json_write_null(out, NULL);
            continue;
        }
        json_object_open(out, NULL);
        json_write_int(out, "met", cell->met);
        json_write_int(out, "missed", cell->missed);
        json_write_int(out, "undecided", cell->undecided);
        json_object_close(out);
    }
    json_array_close(out);
    json_object_close(out);
}

static void heat_write(const heat *h, const table *t, cs_json_writer *out) {
    uint32_t shown = h->sums->count < CS_MAX_HEAT_ROWS ? h->sums->count : CS_MAX_HEAT_ROWS;
    json_object_open(out, NULL);
    span_write(&t->asked, &t->truth, out);
    json_write_string(out, "by", dimension_name(h->sums->by));
    heat_rules_write(h, out);
    json_array_open(out, "rows");
    for (uint32_t i = 0; i < shown; i++) heat_row_write(h, h->sums->list[i], out);
    json_array_close(out);
    json_write_int(out, "left_out", h->sums->count - shown);
    json_object_close(out);
}

cs_error figures_heat(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *by,
                      cs_json_writer *out, cs_message *message) {
    table t = {0};
    heat h = {.ruleset = ruleset, .sums = &t.sums};
    cs_dimension dimension;
    cs_error code = dimension_of(by, false, &dimension, message);
    if (code == CS_OK) code = count_by(db, ruleset, filter, dimension, &t, message);
    if (code == CS_OK) code = choose_rules(&h, t.sums.arena, message);
    if (code == CS_OK) {
        weigh_rows(&h);
        if (t.sums.count) qsort((void *)t.sums.list, t.sums.count, sizeof *t.sums.list, worse_row);
        heat_write(&h, &t, out);
    }
    sums_free(&t.sums);
    return code;
}
