#include "quality/backtest_plan.h"

#include "rules/mutation_writing.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 512 << 20, EXCERPT_BYTES = CS_MAX_RULES_BYTES * 2 };

/* ---- which rules differ ---- */

static cs_hash *meanings(const cs_writing *writing, cs_arena *arena) {
    uint32_t count = ruleset_rule_count(writing->ruleset);
    cs_hash *made = arena_array(arena, count + 1, sizeof *made);
    bool *scratch = calloc(writing->count + 1, sizeof *scratch);
    for (uint32_t i = 0; made && scratch && i < count; i++) made[i] = writing_meaning(writing, i, scratch);
    bool is_good = scratch != NULL;
    free(scratch);
    return is_good ? made : NULL;
}

static void compare(cs_backtest_plan *plan, const cs_hash *old_meanings, const cs_hash *new_meanings,
                    uint32_t *old_of_new, uint32_t *compared_old, uint32_t *compared_new) {
    uint32_t old_count = ruleset_rule_count(plan->old_rules), new_count = ruleset_rule_count(plan->new_rules);
    for (uint32_t i = 0; i < old_count; i++) compared_old[i] = CS_NO_RULE;
    for (uint32_t i = 0; i < new_count; i++) {
        const cs_rule *rule = ruleset_rule(plan->new_rules, i), *old = ruleset_find(plan->old_rules, rule->name);
        bool is_same = old && hash_equal(old_meanings[old->index], new_meanings[i]);
        old_of_new[i] = is_same ? old->index : CS_NO_RULE;
        compared_new[i] = is_same ? CS_NO_RULE : plan->count;
        plan->same += is_same;
        if (is_same) continue;
        if (old) compared_old[old->index] = plan->count;
        plan->compared[plan->count++] =
            (cs_compared){.change = old ? CS_RULE_CHANGED : CS_RULE_ADDED, .old_rule = old, .new_rule = rule};
    }
    for (uint32_t i = 0; i < old_count; i++) {
        const cs_rule *rule = ruleset_rule(plan->old_rules, i);
        if (ruleset_find(plan->new_rules, rule->name)) continue;
        compared_old[i] = plan->count;
        plan->compared[plan->count++] = (cs_compared){.change = CS_RULE_REMOVED, .old_rule = rule};
    }
}

/* ---- the parts ---- */

static const cs_rule *side_of(const cs_compared *compared, bool is_old) {
    return is_old ? compared->old_rule : compared->new_rule;
}

static cs_error make_part(cs_backtest_plan *plan, const cs_writing *writing, bool is_old, cs_ruleset **out,
                          cs_message *message) {
    bool *wanted = calloc(writing->count + 1, sizeof *wanted);
    cs_buffer text;
    if (!wanted) return message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
    buffer_init(&text, EXCERPT_BYTES);
    uint32_t rules = 0;
    for (uint32_t i = 0; i < plan->count; i++) {
        const cs_rule *rule = side_of(&plan->compared[i], is_old);
        if (rule) writing_mark(writing, rule->index, wanted), rules++;
    }
    cs_error code = rules ? writing_excerpt(writing, wanted, NULL, NULL, &text, message) : CS_OK;
    if (code == CS_OK && rules) code = ruleset_restore(buffer_string(&text), text.length, out, message);
    for (uint32_t i = 0; code == CS_OK && i < plan->count; i++) {
        const cs_rule *rule = side_of(&plan->compared[i], is_old);
        const cs_rule *part = rule ? ruleset_find(*out, rule->name) : NULL;
        if (rule && !part) code = message_set(message, CS_ERR_PARSE, "rule %s is lost in its excerpt", rule->name);
        if (part) *(is_old ? &plan->compared[i].old_part : &plan->compared[i].new_part) = part->index;
    }
    free(wanted);
    buffer_free(&text);
    return code;
}

static cs_error make(cs_backtest_plan *plan, cs_message *message) {
    cs_writing *old_writing, *new_writing;
    uint32_t old_count = ruleset_rule_count(plan->old_rules), new_count = ruleset_rule_count(plan->new_rules);
    cs_error code = writing_read(plan->old_rules, plan->arena, &old_writing, message);
    if (code == CS_OK) code = writing_read(plan->new_rules, plan->arena, &new_writing, message);
    if (code != CS_OK) return code;
    cs_hash *old_meanings = meanings(old_writing, plan->arena), *new_meanings = meanings(new_writing, plan->arena);
    uint32_t *old_of_new = arena_array(plan->arena, new_count + 1, sizeof *old_of_new);
    uint32_t *compared_old = arena_array(plan->arena, old_count + 1, sizeof *compared_old);
    uint32_t *compared_new = arena_array(plan->arena, new_count + 1, sizeof *compared_new);
    plan->compared = arena_array(plan->arena, old_count + new_count + 1, sizeof *plan->compared);
    if (!old_meanings || !new_meanings || !old_of_new || !compared_old || !compared_new || !plan->compared)
        return message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
    compare(plan, old_meanings, new_meanings, old_of_new, compared_old, compared_new);
    plan->old_of_new = old_of_new;
    plan->compared_old = compared_old;
    plan->compared_new = compared_new;
    code = make_part(plan, old_writing, true, &plan->old_part, message);
    return code == CS_OK ? make_part(plan, new_writing, false, &plan->new_part, message) : code;
}

cs_error plan_make(cs_ruleset *old_rules, cs_ruleset *new_rules, cs_backtest_plan **out, cs_message *message) {
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_backtest_plan *plan = arena ? arena_alloc(arena, sizeof *plan) : NULL;
    if (!plan) {
        arena_free(arena);
        return message_set(message, CS_ERR_MEMORY, "out of memory for the back-test");
    }
    plan->arena = arena;
    plan->old_rules = old_rules;
    plan->new_rules = new_rules;
    cs_error code = make(plan, message);
    if (code == CS_OK)
        *out = plan;
    else
        plan_free(plan);
    return code;
}

void plan_free(cs_backtest_plan *plan) {
    if (!plan) return;
    ruleset_release(plan->old_part);
    ruleset_release(plan->new_part);
    arena_free(plan->arena);
}
