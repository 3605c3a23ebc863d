/* The worst and the best: whose share of missed duties lies beyond chance above, or below, that of all others. Flags accuse
 * nobody. Verdicts of one conversation hang together, so a share is as sure as its conversations are many, not its verdicts. */
#include "insight/figures.h"

#include "quality/interval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_CONVERSATIONS = 20, MOST_TOLD = 5, MOST_CAUSES = 2 };

typedef struct standing {
    const cs_named_sum *of;
    int64_t met, missed;
    cs_interval interval; /* 95 % of its share */
    double excess; /* against all others */
    bool is_worse, is_better; /* beyond chance */
} standing;

static void tally(const cs_ruleset *ruleset, const cs_sum *sum, int64_t *met, int64_t *missed) {
    for (uint32_t rule = 0; rule < sum->rule_count; rule++) {
        if (ruleset_rule(ruleset, rule)->kind == CS_RULE_FLAG) continue;
        *met += sum->rules[rule].met;
        *missed += sum->rules[rule].missed;
    }
}

/* A share as a number of so many conversations. */
static int64_t scaled(int64_t missed, int64_t judged, int64_t conversations) {
    if (judged <= conversations) return missed;
    return (int64_t)llround((double)missed * (double)conversations / (double)judged);
}

static int64_t trials(int64_t judged, int64_t conversations) {
    return judged < conversations ? judged : conversations;
}

static void compare_with_others(standing *one, int64_t met, int64_t missed, int64_t conversations) {
    int64_t own = one->met + one->missed, own_contacts = one->of->sum.basics.judged;
    int64_t rest = met + missed - own, rest_contacts = conversations - own_contacts;
    int64_t a = scaled(one->missed, own, own_contacts), b = scaled(missed - one->missed, rest, rest_contacts);
    cs_interval beside = interval_difference(a, trials(own, own_contacts), b, trials(rest, rest_contacts));
    one->interval = interval_wilson(a, trials(own, own_contacts));
    if (own > 0) one->interval.share = (double)one->missed / (double)own;
    one->excess = beside.is_known ? beside.share : 0;
    one->is_worse = beside.is_known && beside.low > 0;
    one->is_better = beside.is_known && beside.high < 0;
}

static int worse_first(const void *left, const void *right) {
    const standing *a = left, *b = right;
    if (a->excess != b->excess) return (a->excess < b->excess) - (a->excess > b->excess);
    return strcmp(a->of->name, b->of->name);
}

/* ---- writing ---- */

typedef struct ranking {
    const cs_ruleset *ruleset;
    const cs_sum *all;
    standing *list; /* the worst first */
    uint32_t count;
} ranking;

/* By how many more, or fewer, the rule was missed than were it missed as by all. */
static double excess_of(const ranking *r, const cs_sum *own, uint32_t rule) {
    const cs_rule_count *mine = &own->rules[rule], *all = &r->all->rules[rule];
    if (all->met + all->missed == 0) return 0;
    return (double)mine->missed -
           (double)(mine->met + mine->missed) * (double)all->missed / (double)(all->met + all->missed);
}

static void causes_write(const ranking *r, const standing *one, double sign, cs_json_writer *out) {
    uint32_t told[MOST_CAUSES] = {0}, count = 0;
    json_array_open(out, "rules");
    for (; count < MOST_CAUSES; count++) {
        double most = 0.5;
        for (uint32_t rule = 0; rule < r->all->rule_count; rule++) {
            double excess = sign * excess_of(r, &one->of->sum, rule);
            if (ruleset_rule(r->ruleset, rule)->kind == CS_RULE_FLAG || excess <= most) continue;
            if (count > 0 && told[0] == rule) continue;
            most = excess;
            told[count] = rule;
        }
        if (most <= 0.5) break;
        const cs_rule *rule = ruleset_rule(r->ruleset, told[count]);
        cs_words title = {rule->title_zh ? rule->title_zh : rule->name, rule->title_en ? rule->title_en : rule->name};
        const cs_rule_count *counts = &one->of->sum.rules[told[count]];
        json_object_open(out, NULL);
        json_write_string(out, "rule", rule->name);
        words_write(out, "title", &title);
        json_write_string(out, "verdict", rule_verdict_word(rule, sign < 0));
        json_write_int(out, "met", counts->met);
        json_write_int(out, "missed", counts->missed);
        json_object_close(out);
    }
    json_array_close(out);
}

static void standing_write(const ranking *r, const standing *one, double sign, cs_json_writer *out) {
    json_object_open(out, NULL);
    json_write_string(out, "name", one->of->name);
    json_write_int(out, "conversations", one->of->sum.basics.conversations);
    json_write_int(out, "met", one->met);
    json_write_int(out, "missed", one->missed);
    json_write_double(out, "share", one->interval.share, 4);
    json_write_double(out, "low", one->interval.low, 4);
    json_write_double(out, "high", one->interval.high, 4);
    causes_write(r, one, sign, out);
    json_object_close(out);
}

static void ranking_write(const ranking *r, cs_json_writer *out) {
    json_array_open(out, "worst");
    for (uint32_t i = 0; i < r->count && i < MOST_TOLD; i++)
        if (r->list[i].is_worse) standing_write(r, &r->list[i], 1, out);
    json_array_close(out);
    json_array_open(out, "best");
    for (uint32_t i = 0; i < r->count && i < MOST_TOLD; i++)
        if (r->list[r->count - 1 - i].is_better) standing_write(r, &r->list[r->count - 1 - i], -1, out);
    json_array_close(out);
}

/* ---- reading ---- */

typedef struct both {
    cs_sum all;
    cs_sums by;
} both;

static cs_error visit(void *context, int64_t day, const cs_cell *cell, cs_message *message) {
    both *b = context;
    sum_add(&b->all, cell);
    return sums_visit(&b->by, day, cell, message);
}

static void rank(ranking *r, const both *b, int64_t met, int64_t missed, int64_t *too_few) {
    for (uint32_t i = 0; i < b->by.count; i++) {
        const cs_named_sum *row = b->by.list[i];
        standing one = {.of = row};
        if (!row->name || !*row->name) continue;
        if (row->sum.basics.judged < LEAST_CONVERSATIONS) {
            (*too_few)++;
            continue;
        }
        tally(r->ruleset, &row->sum, &one.met, &one.missed);
        compare_with_others(&one, met, missed, b->all.basics.judged);
        r->list[r->count++] = one;
    }
    qsort(r->list, r->count, sizeof *r->list, worse_first);
}

static cs_error show(const cs_ruleset *ruleset, const cs_figures_asked *asked, const cs_figures_truth *truth,
                     const both *b, cs_json_writer *out, cs_message *message) {
    int64_t met = 0, missed = 0, too_few = 0;
    ranking r = {.ruleset = ruleset, .all = &b->all, .list = calloc((size_t)b->by.count + 1, sizeof *r.list)};
    if (!r.list) return message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    tally(ruleset, &b->all, &met, &missed);
    rank(&r, b, met, missed, &too_few);
    json_object_open(out, NULL);
    span_write(asked, truth, out);
    json_write_string(out, "by", dimension_name(b->by.by));
    json_write_int(out, "least", LEAST_CONVERSATIONS);
    json_write_int(out, "met", met);
    json_write_int(out, "missed", missed);
    value_write(out, "share", met + missed > 0, met + missed > 0 ? (double)missed / (double)(met + missed) : 0);
    json_write_int(out, "compared", r.count);
    json_write_int(out, "too_few", too_few);
    ranking_write(&r, out);
    json_object_close(out);
    free(r.list);
    return CS_OK;
}

cs_error figures_ranking(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *by,
                         cs_json_writer *out, cs_message *message) {
    cs_figures_asked asked;
    cs_figures_truth truth = {0};
    both b = {0};
    cs_dimension dimension;
    int64_t zone = 0;
    cs_error code = dimension_of(by, false, &dimension, message);
    if (code == CS_OK) code = asked_of(db, filter, &asked, &zone, message);
    if (code != CS_OK) return code;
    asked.by = 1u << dimension;
    code = sum_init(&b.all, ruleset_rule_count(ruleset), message);
    if (code == CS_OK) code = sums_init(&b.by, dimension, ruleset_rule_count(ruleset), message);
    if (code == CS_OK) code = figures_walk(db, &asked, visit, &b, &truth, message);
    if (code == CS_OK) code = show(ruleset, &asked, &truth, &b, out, message);
    sum_free(&b.all);
    sums_free(&b.by);
    return code;
}
