#include "insight/figures_changes.h"

#include "insight/figure_calendar.h"
#include "quality/interval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60000, DECIMALS = 6, LEAST_TOLD = 5 };

/* What a measure did from one day to the other. */
typedef struct moved {
    const cs_measure *measure;
    cs_ratios whole;
    double change; /* 0 where one of the days does not know it */
    bool has_change, has_usual, is_beyond, is_unusual;
    cs_interval interval;
    cs_usual usual;
    double strength; /* how far beyond chance: 1 is its bound */
} moved;

/* ---- what moved ---- */

/* Beyond the usual: outside of what the same weekdays had, and not by the smallness of the day alone. */
static void judge_usual(moved *m, const cs_changes *c) {
    double values[CS_MOST_USUAL];
    int count = 0;
    cs_ratio pooled = {0};
    for (int i = 0; i < CS_MOST_USUAL; i++) {
        cs_ratio week = c->has_week[i] ? measure_ratio(m->measure, &c->weeks[i]) : (cs_ratio){0};
        if (!ratio_is_known(week)) continue;
        values[count++] = ratio_value(week);
        pooled = (cs_ratio){pooled.of + week.of, pooled.among + week.among};
    }
    m->has_usual = change_usual(values, count, &m->usual);
    if (!m->has_usual || !ratio_is_known(m->whole.now)) return;
    double now = ratio_value(m->whole.now), half = m->usual.high - m->usual.mean;
    m->is_unusual = now < m->usual.low - 1e-12 || now > m->usual.high + 1e-12;
    /* Of scores that never varied nothing tells how far they may. */
    if (m->measure->kind == CS_MEASURE_SCORE && m->usual.spread <= 1e-9) m->is_unusual = false;
    if (m->is_unusual && m->measure->kind != CS_MEASURE_SCORE) {
        cs_interval beside = interval_difference(m->whole.now.of, m->whole.now.among, pooled.of, pooled.among);
        m->is_unusual = beside.low > 0 || beside.high < 0;
    }
    if (m->is_unusual) m->strength = fmax(m->strength, half > 1e-9 ? fabs(now - m->usual.mean) / half : 2);
}

static moved judge(const cs_measure *measure, const cs_changes *c) {
    moved m = {.measure = measure};
    m.whole = (cs_ratios){measure_ratio(measure, &c->now.all), measure_ratio(measure, &c->before.all)};
    m.has_change = c->before.is_there && ratio_is_known(m.whole.now) && ratio_is_known(m.whole.before);
    if (m.has_change) m.change = ratio_value(m.whole.now) - ratio_value(m.whole.before);
    if (m.has_change && measure->kind != CS_MEASURE_SCORE) {
        m.interval = interval_difference(m.whole.now.of, m.whole.now.among, m.whole.before.of, m.whole.before.among);
        m.is_beyond = m.interval.low > 0 || m.interval.high < 0;
        double half = m.change > 0 ? m.change - m.interval.low : m.interval.high - m.change;
        if (m.is_beyond) m.strength = fabs(m.change) / fmax(half, 1e-9);
    }
    judge_usual(&m, c);
    if (m.whole.now.among < LEAST_TOLD)
        m.is_beyond = m.is_unusual = false; /* one contact more and it is another sentence */
    return m;
}

/* A rule by itself says nothing new where a measure of the catalogue counts the same. */
static bool is_told_twice(const moved *m, const cs_measures *catalogue, const cs_changes *c) {
    if (!m->measure->is_rule || m->measure->place_count != 1) return false;
    for (uint32_t i = 0; i < catalogue->named; i++) {
        const cs_measure *named = &catalogue->list[i];
        bool is_in = false;
        for (uint32_t p = 0; p < named->place_count; p++) is_in |= named->places[p] == m->measure->places[0];
        if (is_in && measure_ratio(named, &c->now.all).among == m->whole.now.among &&
            measure_ratio(named, &c->before.all).among == m->whole.before.among)
            return true;
    }
    return false;
}

static int stronger(const void *left, const void *right) {
    const moved *a = left, *b = right;
    if (a->strength != b->strength) return (a->strength < b->strength) - (a->strength > b->strength);
    return strcmp(a->measure->id, b->measure->id);
}

/* ---- parts ---- */

typedef struct part {
    const char *name; /* NULL: unknown */
    bool is_unassigned; /* of nobody: obligations across contacts */
    const cs_rule *rule;
    cs_ratios ratios;
    cs_split split;
} part;

typedef struct parts {
    part *list;
    uint32_t count;
} parts;

static int by_name(const void *left, const void *right) {
    const cs_named_sum *a = *(cs_named_sum *const *)left, *b = *(cs_named_sum *const *)right;
    if (!a->name || !b->name) return (a->name == NULL) - (b->name == NULL);
    return strcmp(a->name, b->name);
}

static void sort_names(cs_changes *c) {
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT; d++) {
        cs_sums *const both[] = {&c->now.by[d], &c->before.by[d]};
        for (int i = 0; i < 2; i++)
            if (both[i]->count) qsort((void *)both[i]->list, both[i]->count, sizeof *both[i]->list, by_name);
    }
}

typedef cs_ratio (*ratio_of)(const cs_measure *measure, const cs_sum *sum);

static void part_add(parts *p, const char *name, cs_ratio now, cs_ratio before, cs_ratios *left) {
    left->now = (cs_ratio){left->now.of - now.of, left->now.among - now.among};
    left->before = (cs_ratio){left->before.of - before.of, left->before.among - before.among};
    if (now.among == 0 && before.among == 0 && now.of == 0 && before.of == 0) return;
    p->list[p->count++] = (part){.name = name, .ratios = {now, before}};
}

/* Both days' names, merged; what is left of the whole is of nobody, or of more names than are told apart. */
static void parts_by(const cs_measure *measure, ratio_of how, const cs_sums *now, const cs_sums *before,
                     cs_ratios whole, parts *p) {
    uint32_t a = 0, b = 0;
    while (a < now->count || b < before->count) {
        int order = a == now->count ? 1 : b == before->count ? -1 : by_name(&now->list[a], &before->list[b]);
        const cs_named_sum *of_now = order <= 0 ? now->list[a++] : NULL;
        const cs_named_sum *of_before = order >= 0 ? before->list[b++] : NULL;
        part_add(p, of_now ? of_now->name : of_before->name, of_now ? how(measure, &of_now->sum) : (cs_ratio){0},
                 of_before ? how(measure, &of_before->sum) : (cs_ratio){0}, &whole);
    }
    if (whole.now.among || whole.before.among) p->list[p->count++] = (part){.is_unassigned = true, .ratios = whole};
}

static void parts_by_rule(const cs_measures *catalogue, const moved *m, const cs_changes *c, parts *p) {
    for (uint32_t i = 0; i < m->measure->place_count && m->measure->place_count > 1; i++) {
        uint32_t place = m->measure->places[i];
        cs_ratios both = {measure_ratio_of_rule(m->measure, &c->now.all, place),
                          measure_ratio_of_rule(m->measure, &c->before.all, place)};
        if (both.now.among || both.before.among)
            p->list[p->count++] = (part){.rule = ruleset_rule(catalogue->ruleset, place), .ratios = both};
    }
}

static int weightier(const void *left, const void *right) {
    const part *a = left, *b = right;
    double x = fabs(a->split.within + a->split.mix), y = fabs(b->split.within + b->split.mix);
    if (x != y) return (x < y) - (x > y);
    return a->name && b->name ? strcmp(a->name, b->name) : (a->name == NULL) - (b->name == NULL);
}

/* ---- writing ---- */

static void ratio_write(cs_json_writer *out, cs_ratios ratios) {
    json_write_int(out, "of", ratios.now.of);
    json_write_int(out, "among", ratios.now.among);
    json_write_int(out, "of_before", ratios.before.of);
    json_write_int(out, "among_before", ratios.before.among);
}

static void contribution_write(cs_json_writer *out, cs_split split, double change) {
    double both = split.within + split.mix;
    json_write_double(out, "contribution", both, DECIMALS);
    json_write_double(out, "within", split.within, DECIMALS);
    json_write_double(out, "mix", split.mix, DECIMALS);
    if (change == 0)
        json_write_null(out, "part");
    else
        json_write_double(out, "part", both / change, 4);
}

static void part_write(cs_json_writer *out, const part *one, double change) {
    json_object_open(out, NULL);
    if (one->rule) {
        const cs_rule *rule = one->rule;
        cs_words title = {rule->title_zh ? rule->title_zh : rule->name, rule->title_en ? rule->title_en : rule->name};
        json_write_string(out, "rule", rule->name);
        words_write(out, "title", &title);
    } else {
        json_write_string(out, "name", one->name);
        json_write_bool(out, "is_unassigned", one->is_unassigned);
    }
    ratio_write(out, one->ratios);
    contribution_write(out, one->split, change);
    json_object_close(out);
}

/* The weightiest, and the others together, so that all of it is the change. */
static void parts_write(cs_json_writer *out, const char *key, parts *p, double change, uint32_t most) {
    cs_split rest = {0};
    if (p->count) qsort(p->list, p->count, sizeof *p->list, weightier);
    json_object_open(out, key);
    json_array_open(out, "list");
    for (uint32_t i = 0; i < p->count; i++) {
        if (i < most) part_write(out, &p->list[i], change);
        if (i < most) continue;
        rest.within += p->list[i].split.within;
        rest.mix += p->list[i].split.mix;
    }
    json_array_close(out);
    json_write_int(out, "others", p->count > most ? p->count - most : 0);
    json_object_open(out, "rest");
    contribution_write(out, rest, change);
    json_object_close(out);
    json_object_close(out);
}

static void usual_write(cs_json_writer *out, bool has_usual, const cs_usual *usual, double least, double most) {
    if (!has_usual) {
        json_write_null(out, "usual");
        return;
    }
    json_object_open(out, "usual");
    json_write_int(out, "days", usual->count);
    json_write_double(out, "mean", usual->mean, DECIMALS);
    json_write_double(out, "spread", usual->spread, DECIMALS);
    json_write_double(out, "low", fmax(least, usual->low), DECIMALS);
    json_write_double(out, "high", fmin(most, usual->high), DECIMALS);
    json_object_close(out);
}

static void number_write(cs_json_writer *out, const char *key, bool is_known, double value) {
    if (is_known)
        json_write_double(out, key, value, DECIMALS);
    else
        json_write_null(out, key);
}

static void moved_write(cs_json_writer *out, const moved *m) {
    const cs_measure *measure = m->measure;
    double most = measure->kind == CS_MEASURE_SCORE ? 100 : 1;
    measure_write(measure, out);
    number_write(out, "value", ratio_is_known(m->whole.now), ratio_value(m->whole.now));
    number_write(out, "before", ratio_is_known(m->whole.before), ratio_value(m->whole.before));
    ratio_write(out, m->whole);
    number_write(out, "change", m->has_change, m->change);
    if (m->interval.is_known) {
        json_object_open(out, "interval");
        json_write_double(out, "low", m->interval.low, DECIMALS);
        json_write_double(out, "high", m->interval.high, DECIMALS);
        json_object_close(out);
    } else {
        json_write_null(out, "interval");
    }
    json_write_bool(out, "is_beyond_chance", m->is_beyond);
    usual_write(out, m->has_usual, &m->usual, 0, most);
    json_write_bool(out, "is_unusual", m->is_unusual);
}

static void split_all(parts *p, cs_ratios whole, bool has_change) {
    for (uint32_t i = 0; i < p->count && has_change; i++) p->list[i].split = change_split(whole, p->list[i].ratios);
}

static void measure_parts_write(cs_json_writer *out, const moved *m, const cs_measures *catalogue, const cs_changes *c,
                                uint32_t most, parts *room) {
    json_object_open(out, "parts");
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT && m->has_change; d++) {
        room->count = 0;
        parts_by(m->measure, measure_ratio, &c->now.by[d], &c->before.by[d], m->whole, room);
        split_all(room, m->whole, true);
        parts_write(out, dimension_name(d), room, m->change, most);
    }
    if (m->has_change && m->measure->place_count > 1) {
        room->count = 0;
        parts_by_rule(catalogue, m, c, room);
        split_all(room, m->whole, true);
        parts_write(out, "rule", room, m->change, most);
    }
    json_object_close(out);
}

static cs_ratio conversations_of(const cs_measure *measure, const cs_sum *sum) {
    (void)measure;
    return (cs_ratio){sum->basics.conversations, 0};
}

/* How many there were: a part has to do with it what it has more, or less. */
static void conversations_write(cs_json_writer *out, const cs_changes *c, uint32_t most, parts *room) {
    int64_t now = c->now.all.basics.conversations, before = c->before.all.basics.conversations;
    double values[CS_MOST_USUAL];
    int count = 0;
    cs_usual usual;
    for (int i = 0; i < CS_MOST_USUAL; i++)
        if (c->has_week[i]) values[count++] = (double)c->weeks[i].basics.conversations;
    bool has_usual = change_usual(values, count, &usual);
    json_object_open(out, "conversations");
    json_write_int(out, "value", now);
    if (c->before.is_there)
        json_write_int(out, "before", before);
    else
        json_write_null(out, "before");
    usual_write(out, has_usual, &usual, 0, INFINITY);
    json_write_bool(out, "is_unusual", has_usual && ((double)now < usual.low || (double)now > usual.high));
    json_object_open(out, "parts");
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT && c->before.is_there; d++) {
        room->count = 0;
        parts_by(NULL, conversations_of, &c->now.by[d], &c->before.by[d], (cs_ratios){0}, room);
        for (uint32_t i = 0; i < room->count; i++)
            room->list[i].split.within = (double)(room->list[i].ratios.now.of - room->list[i].ratios.before.of);
        parts_write(out, dimension_name(d), room, (double)(now - before), most);
    }
    json_object_close(out);
    json_object_close(out);
}

static void day_write(cs_json_writer *out, const char *key, const cs_changes_day *day, int64_t zone_minutes) {
    if (!day->is_there) {
        json_write_null(out, key);
        return;
    }
    json_object_open(out, key);
    json_write_int(out, "from_ms", day->day * CS_DAY_MS - zone_minutes * MINUTE_MS);
    json_write_int(out, "to_ms", (day->day + 1) * CS_DAY_MS - zone_minutes * MINUTE_MS);
    json_write_int(out, "conversations", day->all.basics.conversations);
    json_object_close(out);
}

static uint32_t most_parts(const cs_changes *c, const cs_measures *catalogue) {
    uint32_t most = ruleset_rule_count(catalogue->ruleset);
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT; d++) {
        uint32_t names = c->now.by[d].count + c->before.by[d].count;
        if (names > most) most = names;
    }
    return most + 1;
}

/* Those that moved, the strongest first; how many there are, and how many did not move. */
static uint32_t choose(const cs_changes *c, const cs_measures *catalogue, const cs_measure *only, moved *list,
                       uint32_t *calm) {
    uint32_t count = 0;
    *calm = 0;
    for (uint32_t i = 0; i < catalogue->count && c->now.is_there; i++) {
        const cs_measure *measure = &catalogue->list[i];
        if (only && measure != only) continue;
        moved m = judge(measure, c);
        if (!only && is_told_twice(&m, catalogue, c)) continue;
        if (!only && !m.is_beyond && !m.is_unusual) {
            *calm += ratio_is_known(m.whole.now);
            continue;
        }
        list[count++] = m;
    }
    qsort(list, count, sizeof *list, stronger);
    return count;
}

cs_error changes_write(cs_changes *changes, const cs_measures *catalogue, const cs_measure *only, cs_json_writer *out,
                       cs_message *message) {
    uint32_t calm = 0, most = only ? CS_MAX_SUMS : CS_MAX_MOVED_PARTS;
    moved *list = calloc((size_t)catalogue->count + 1, sizeof *list);
    parts room = {.list = calloc(most_parts(changes, catalogue), sizeof *room.list)};
    if (!list || !room.list) {
        free(list);
        free(room.list);
        return message_set(message, CS_ERR_MEMORY, "no memory for the figures");
    }
    sort_names(changes);
    uint32_t count = choose(changes, catalogue, only, list, &calm);
    uint32_t told = count < CS_MAX_MOVED ? count : CS_MAX_MOVED;
    json_object_open(out, NULL);
    day_write(out, "day", &changes->now, changes->truth.zone_minutes);
    day_write(out, "before", &changes->before, changes->truth.zone_minutes);
    json_write_int(out, "zone_minutes", changes->truth.zone_minutes);
    json_write_bool(out, "is_settled", changes->truth.is_settled);
    json_write_int(out, "usual_days", changes->week_count);
    conversations_write(out, changes, most, &room);
    json_array_open(out, "measures");
    for (uint32_t i = 0; i < told; i++) {
        json_object_open(out, NULL);
        moved_write(out, &list[i]);
        measure_drill_write(list[i].measure, catalogue->ruleset, out);
        measure_parts_write(out, &list[i], catalogue, changes, most, &room);
        json_object_close(out);
    }
    json_array_close(out);
    json_write_int(out, "left_out", count - told);
    json_write_int(out, "calm", calm);
    json_object_close(out);
    free(list);
    free(room.list);
    return CS_OK;
}
