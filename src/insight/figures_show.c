#include "insight/figures.h"

#include "rules/across.h"

#include <math.h>

enum { ARENA_BYTES = 256 << 20 };

/* ---- one measure ---- */

void measure_write(const cs_measure *measure, cs_json_writer *out) {
    json_write_string(out, "id", measure->id);
    words_write(out, "title", &measure->title);
    words_write(out, "formula", &measure->formula);
    words_write(out, "numerator", &measure->numerator);
    words_write(out, "denominator", &measure->denominator);
    json_write_string(out, "unit", measure_unit(measure));
    json_write_string(out, "counts", measure->counts_missed ? "missed" : "met");
    json_write_string(out, "direction", measure->is_up ? "up" : "down");
    value_write(out, "target", measure->has_target, measure->target);
    json_write_bool(out, "is_rule", measure->is_rule);
}

void measure_drill_write(const cs_measure *measure, const cs_ruleset *ruleset, cs_json_writer *out) {
    if (measure->kind == CS_MEASURE_HIGH_RISK) {
        json_object_open(out, "drill");
        json_write_bool(out, "high_risk", true);
        json_object_close(out);
        return;
    }
    if (measure->place_count != 1 || across_of(ruleset, measure->places[0])) {
        json_write_null(out, "drill");
        return;
    }
    const cs_rule *rule = ruleset_rule(ruleset, measure->places[0]);
    json_object_open(out, "drill");
    json_write_string(out, "rule", rule->name);
    json_write_string(out, "verdict", rule_verdict_word(rule, !measure->counts_missed));
    json_object_close(out);
}

/* What a measure of several rules is made of; each opens its own list. */
static void parts_write(const cs_measure *measure, const cs_ruleset *ruleset, const cs_sum *sum, cs_json_writer *out) {
    json_array_open(out, "rules");
    for (uint32_t i = 0; i < measure->place_count; i++)
        json_write_string(out, NULL, ruleset_rule(ruleset, measure->places[i])->name);
    json_array_close(out);
    json_array_open(out, "parts");
    for (uint32_t i = 0; i < measure->place_count && measure->place_count > 1; i++) {
        const cs_rule *rule = ruleset_rule(ruleset, measure->places[i]);
        const cs_rule_count *count = &sum->rules[measure->places[i]];
        cs_words title = {rule->title_zh ? rule->title_zh : rule->name, rule->title_en ? rule->title_en : rule->name};
        json_object_open(out, NULL);
        json_write_string(out, "rule", rule->name);
        words_write(out, "title", &title);
        json_write_string(out, "verdict", rule_verdict_word(rule, !measure->counts_missed));
        json_write_int(out, "met", count->met);
        json_write_int(out, "missed", count->missed);
        json_write_int(out, "undecided", count->undecided);
        json_object_close(out);
    }
    json_array_close(out);
}

static void measured_write(const cs_measure *measure, const cs_ruleset *ruleset, const cs_sum *sum,
                           const cs_sum *before, cs_json_writer *out) {
    cs_measured now = measure_of(measure, sum);
    bool is_share = measure->kind != CS_MEASURE_SCORE;
    json_object_open(out, NULL);
    measure_write(measure, out);
    json_write_int(out, "met", now.met);
    json_write_int(out, "missed", now.missed);
    json_write_int(out, "undecided", now.undecided);
    json_write_int(out, "not_applicable", now.not_applicable);
    value_write(out, "share", now.has_value && is_share, now.value);
    value_write(out, "value", now.has_value, now.value);
    if (now.has_value && measure->has_target)
        json_write_bool(out, "is_reached", measure_is_reached(measure, now.value));
    else
        json_write_null(out, "is_reached");
    if (before) {
        cs_measured then = measure_of(measure, before);
        json_object_open(out, "before");
        value_write(out, "share", then.has_value && is_share, then.value);
        value_write(out, "value", then.has_value, then.value);
        json_object_close(out);
    } else {
        json_write_null(out, "before");
    }
    parts_write(measure, ruleset, sum, out);
    measure_drill_write(measure, ruleset, out);
    json_object_close(out);
}

/* ---- the overview ---- */

static void basics_write(const cs_basics *basics, cs_json_writer *out) {
    json_write_int(out, "conversations", basics->conversations);
    json_write_int(out, "scored", basics->scored);
    json_write_int(out, "stale", basics->conversations - basics->judged);
    json_write_int(out, "high_risk", basics->high_risk);
    mean_write(basics, out);
}

static cs_error sum_of(cs_db *db, const cs_ruleset *ruleset, const cs_figures_asked *asked, cs_sum *sum,
                       cs_figures_truth *truth, cs_message *message) {
    cs_error code = sum_init(sum, ruleset_rule_count(ruleset), message);
    if (code == CS_OK) code = figures_walk(db, asked, sum_visit, sum, truth, message);
    return code == CS_OK ? sum_add_obligations(sum, db, ruleset, asked, truth->zone_minutes, message) : code;
}

/* The span of as many days before it. */
static bool span_before(const cs_figures_asked *asked, cs_figures_asked *out) {
    if (asked->first_day == CS_FIRST_DAY || asked->last_day == CS_LAST_DAY) return false;
    *out = *asked;
    out->first_day = asked->first_day - (asked->last_day - asked->first_day);
    out->last_day = asked->first_day;
    return true;
}

static void show(const cs_measures *c, const cs_figures_asked *asked, const cs_figures_truth *truth, const cs_sum *sum,
                 const cs_sum *before, cs_json_writer *out) {
    json_object_open(out, NULL);
    span_write(asked, truth, out);
    basics_write(&sum->basics, out);
    if (before) {
        json_object_open(out, "before");
        basics_write(&before->basics, out);
        json_object_close(out);
    } else {
        json_write_null(out, "before");
    }
    json_array_open(out, "measures");
    for (uint32_t i = 0; i < c->count; i++) measured_write(&c->list[i], c->ruleset, sum, before, out);
    json_array_close(out);
    json_object_close(out);
}

cs_error figures_show(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_json_writer *out,
                      cs_message *message) {
    cs_figures_asked asked, earlier;
    cs_figures_truth truth = {0}, of_earlier = {.is_settled = true};
    cs_sum sum = {0}, before = {0};
    cs_measures catalogue = {0};
    int64_t zone = 0;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code =
        arena ? asked_of(db, filter, &asked, &zone, message) : message_set(message, CS_ERR_MEMORY, "no memory");
    if (code == CS_OK) code = measures_open(db, ruleset, arena, &catalogue, message);
    if (code == CS_OK) code = sum_of(db, ruleset, &asked, &sum, &truth, message);
    bool has_before = code == CS_OK && span_before(&asked, &earlier);
    if (has_before) code = sum_of(db, ruleset, &earlier, &before, &of_earlier, message);
    if (code == CS_OK) {
        truth.is_settled &= of_earlier.is_settled;
        show(&catalogue, &asked, &truth, &sum, has_before ? &before : NULL, out);
    }
    sum_free(&sum);
    sum_free(&before);
    arena_free(arena);
    return code;
}

/* ---- measures ---- */

static void definition_write(const cs_measure *measure, const cs_ruleset *ruleset, cs_json_writer *out) {
    json_object_open(out, NULL);
    measure_write(measure, out);
    json_write_bool(out, "is_target_own", measure->has_own_target);
    json_array_open(out, "rules");
    for (uint32_t i = 0; i < measure->place_count; i++)
        json_write_string(out, NULL, ruleset_rule(ruleset, measure->places[i])->name);
    json_array_close(out);
    json_object_close(out);
}

cs_error measures_show(cs_db *db, const cs_ruleset *ruleset, cs_json_writer *out, cs_message *message) {
    cs_measures catalogue = {0};
    cs_arena *arena = arena_create(ARENA_BYTES);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "no memory for the measures");
    cs_error code = measures_open(db, ruleset, arena, &catalogue, message);
    if (code == CS_OK) {
        json_object_open(out, NULL);
        json_array_open(out, "measures");
        for (uint32_t i = 0; i < catalogue.count; i++) definition_write(&catalogue.list[i], ruleset, out);
        json_array_close(out);
        json_object_close(out);
    }
    arena_free(arena);
    return code;
}

static cs_error no_measure(const char *id, cs_message *message) {
    (void)message_set(message, CS_ERR_NOT_FOUND, "there is no measure \"%.60s\"", id);
    message_remedy(message, "GET /api/v1/measures lists them");
    return CS_ERR_NOT_FOUND;
}

static cs_error read_target(const cs_json *body, bool *has_target, double *target, cs_message *message) {
    const cs_json *value = json_get(body, "target");
    cs_json_kind kind = json_kind(value);
    *has_target = kind == CS_JSON_NUMBER;
    *target = json_number(value, 0);
    if (value && (kind == CS_JSON_NUMBER || kind == CS_JSON_NULL)) return CS_OK;
    (void)message_set(message, CS_ERR_USAGE, "it is not said what the target is");
    message_place(message, "target");
    message_remedy(message, "send {\"target\": 0.9}, or {\"target\": null} for the pack's own");
    return CS_ERR_USAGE;
}

/* Two people at the same target: who comes second hears so. "was" may be left out. */
static cs_error expect_target(const cs_json *body, const cs_measure *measure, cs_message *message) {
    const cs_json *was = json_get(body, "was");
    bool had = json_kind(was) == CS_JSON_NUMBER;
    if (!was || (had == measure->has_target && (!had || fabs(json_number(was, 0) - measure->target) < 1e-9)))
        return CS_OK;
    if (measure->has_target)
        (void)message_set(message, CS_ERR_CONFLICT, "the target was changed meanwhile: it is %g now", measure->target);
    else
        (void)message_set(message, CS_ERR_CONFLICT, "the target was taken away meanwhile");
    message_place(message, "was");
    message_remedy(message, "look at it again, then set it");
    return CS_ERR_CONFLICT;
}

cs_error measures_set(cs_db *db, const cs_ruleset *ruleset, const char *id, const cs_json *body, cs_json_writer *out,
                      cs_message *message) {
    cs_measures catalogue = {0};
    bool has_target = false;
    double target = 0;
    const cs_measure *measure = NULL;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = read_target(body, &has_target, &target, message);
    if (code == CS_OK && !arena) code = message_set(message, CS_ERR_MEMORY, "no memory for the measures");
    if (code == CS_OK && !ruleset) code = no_measure(id, message);
    if (code == CS_OK) code = measures_open(db, ruleset, arena, &catalogue, message);
    if (code == CS_OK && !(measure = measures_find(&catalogue, id))) code = no_measure(id, message);
    if (code == CS_OK) code = expect_target(body, measure, message);
    if (code == CS_OK) code = measure_aim(db, measure, has_target, target, message);
    if (code == CS_OK) code = measures_open(db, ruleset, arena, &catalogue, message);
    if (code == CS_OK) definition_write(measures_find(&catalogue, id), ruleset, out);
    arena_free(arena);
    return code;
}
