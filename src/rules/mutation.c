#include "rules/mutation.h"

#include "base/cores.h"
#include "rules/mutation_site.h"
#include "rules/rule_test.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 512 << 20, EXCERPT_BYTES = CS_MAX_RULES_BYTES * 2, MOST_WORKERS = 64 };

typedef enum outcome { OUTCOME_SKIPPED, OUTCOME_KILLED, OUTCOME_SURVIVED } outcome;

typedef struct broken { /* one rule's mutants, once they were run */
    cs_mutation_counts counts;
    cs_mutant survivors[CS_MAX_MUTANTS];
    bool is_done;
} broken;

typedef struct breaking { /* what the workers share; lock guards all below it */
    const cs_ruleset *ruleset;
    const cs_writing *writing;
    pthread_mutex_t lock;
    pthread_cond_t is_done;
    broken *rules;
    uint32_t next, count;
    cs_error fault;
    cs_message fault_message;
} breaking;

typedef struct worker {
    pthread_t thread;
    breaking *all;
    const cs_rule *rule;
    cs_arena *arena, *kept; /* of this rule; of the whole run: what is shown of survivors */
    bool *wanted;
    cs_buffer text;
} worker;

static void on_failure(void *context, const cs_test_failure *failure) {
    (void)context, (void)failure;
}

/* Runs the rule's tests on the rule as changed by edit. */
static cs_error run_tests(worker *w, const cs_edit *edit, outcome *out, cs_message *message) {
    cs_ruleset *mutant = NULL;
    cs_test_counts counts;
    cs_error code = writing_excerpt(w->all->writing, w->wanted, edit, w->rule->name, &w->text, message);
    if (code != CS_OK) return code;
    code = ruleset_restore(buffer_string(&w->text), w->text.length, &mutant, message);
    if (code == CS_ERR_MEMORY) return code;
    if (code != CS_OK) {
        *out = OUTCOME_SKIPPED;
        return CS_OK;
    }
    code = rule_test_run(mutant, on_failure, NULL, &counts, message);
    ruleset_release(mutant);
    /* A mutant that finds more than one inspection may hold is noticed by that. */
    *out = code != CS_OK || counts.failed ? OUTCOME_KILLED : OUTCOME_SURVIVED;
    return code == CS_ERR_MEMORY ? code : CS_OK;
}

/* Picks most of the sites that are phrases, or that are not, spread evenly over them. */
static uint32_t pick(const cs_mutation_site *sites, uint32_t count, bool is_phrase, uint32_t most,
                     const cs_mutation_site **picked) {
    uint32_t all = 0, seen = 0, made = 0;
    for (uint32_t i = 0; i < count; i++) all += sites[i].is_phrase == is_phrase;
    for (uint32_t i = 0; i < count && made < most; i++) {
        if (sites[i].is_phrase != is_phrase) continue;
        uint64_t place = all <= most ? seen : ((uint64_t)made * all + most / 2) / most;
        if (seen++ == place) picked[made++] = &sites[i];
    }
    return made;
}

static bool keep(worker *w, const cs_mutation_site *site, cs_mutant *out) {
    *out = (cs_mutant){.rule = w->rule->name, .file = site->file, .line = site->line};
    out->was = arena_string(w->kept, site->was);
    out->now = arena_string(w->kept, site->now);
    return out->was && (out->now || !site->now);
}

static cs_error run_mutants(worker *w, const cs_mutation_site **sites, uint32_t count, broken *out,
                            cs_message *message) {
    for (uint32_t i = 0; i < count; i++) {
        outcome what;
        cs_error code = run_tests(w, &sites[i]->edit, &what, message);
        if (code != CS_OK) return code;
        out->counts.skipped += what == OUTCOME_SKIPPED;
        out->counts.mutants += what != OUTCOME_SKIPPED;
        out->counts.killed += what == OUTCOME_KILLED;
        if (what == OUTCOME_SURVIVED && !keep(w, sites[i], &out->survivors[out->counts.survived++]))
            return message_set(message, CS_ERR_MEMORY, "out of memory for the mutants");
    }
    return CS_OK;
}

static cs_error break_rule(worker *w, broken *out, cs_message *message) {
    const cs_writing *writing = w->all->writing;
    const cs_mutation_site *picked[CS_MAX_MUTANTS];
    cs_mutation_site *sites = NULL;
    uint32_t site_count = 0;
    outcome what;
    out->counts.rules = 1;
    arena_reset(w->arena);
    memset(w->wanted, 0, writing->count * sizeof *w->wanted);
    writing_mark(writing, w->rule->index, w->wanted);
    if (!mutation_sites(writing, w->wanted, w->arena, &sites, &site_count))
        return message_set(message, CS_ERR_MEMORY, "out of memory while changing rule %s", w->rule->name);
    out->counts.tests = writing_mark_tests(writing, w->rule->index, w->wanted);
    if (out->counts.tests == 0) {
        out->counts.untested = 1;
        return CS_OK;
    }
    cs_error code = run_tests(w, NULL, &what, message);
    if (code != CS_OK) return code;
    if (what != OUTCOME_SURVIVED) {
        out->counts.failing = 1;
        return CS_OK;
    }
    uint32_t count = pick(sites, site_count, false, CS_MAX_FRAME_MUTANTS, picked);
    count += pick(sites, site_count, true, CS_MAX_MUTANTS - count, picked + count);
    return run_mutants(w, picked, count, out, message);
}

/* ---- workers ---- */

static void *work(void *context) {
    worker *w = context;
    breaking *all = w->all;
    cs_message message;
    pthread_mutex_lock(&all->lock);
    while (all->fault == CS_OK && all->next < all->count) {
        uint32_t rule = all->next++;
        pthread_mutex_unlock(&all->lock);
        w->rule = ruleset_rule(all->ruleset, rule);
        cs_error code = break_rule(w, &all->rules[rule], &message);
        pthread_mutex_lock(&all->lock);
        all->rules[rule].is_done = true;
        if (code != CS_OK && all->fault == CS_OK) {
            all->fault = code;
            all->fault_message = message;
        }
        pthread_cond_broadcast(&all->is_done);
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

static bool worker_start(worker *w, breaking *all) {
    *w = (worker){.all = all,
                  .arena = arena_create(ARENA_BYTES),
                  .kept = arena_create(ARENA_BYTES),
                  .wanted = calloc(all->writing->count + 1, sizeof *w->wanted)};
    buffer_init(&w->text, EXCERPT_BYTES);
    if (w->arena && w->kept && w->wanted && pthread_create(&w->thread, NULL, work, w) == 0) return true;
    arena_free(w->arena);
    arena_free(w->kept);
    free(w->wanted);
    return false;
}

static void worker_stop(worker *w) {
    pthread_join(w->thread, NULL);
    arena_free(w->arena);
    arena_free(w->kept);
    free(w->wanted);
    buffer_free(&w->text);
}

static unsigned workers_wanted(const cs_mutation_watch *watch) {
    unsigned cores = watch->workers ? watch->workers : cores_usable(MOST_WORKERS);
    return cores > MOST_WORKERS ? MOST_WORKERS : cores;
}

static void add(cs_mutation_counts *sum, const cs_mutation_counts *one) {
    sum->rules += one->rules;
    sum->untested += one->untested;
    sum->failing += one->failing;
    sum->mutants += one->mutants;
    sum->killed += one->killed;
    sum->survived += one->survived;
    sum->skipped += one->skipped;
    sum->tests += one->tests;
}

/* Tells of each rule in order, as soon as it and those before it are done. */
static void tell(breaking *all, const cs_mutation_watch *watch, cs_mutation_counts *sum) {
    for (uint32_t i = 0; i < all->count; i++) {
        pthread_mutex_lock(&all->lock);
        while (!all->rules[i].is_done && all->fault == CS_OK) pthread_cond_wait(&all->is_done, &all->lock);
        bool is_faulty = all->fault != CS_OK;
        pthread_mutex_unlock(&all->lock);
        if (is_faulty) return;
        const broken *rule = &all->rules[i];
        add(sum, &rule->counts);
        for (uint32_t k = 0; k < rule->counts.survived; k++) watch->on_survivor(watch->context, &rule->survivors[k]);
        watch->on_rule(watch->context, ruleset_rule(all->ruleset, i), &rule->counts);
    }
}

static cs_error run(breaking *all, const cs_mutation_watch *watch, cs_mutation_counts *counts, cs_message *message) {
    worker workers[MOST_WORKERS];
    unsigned wanted = workers_wanted(watch), started = 0;
    while (started < wanted && worker_start(&workers[started], all)) started++;
    if (started)
        tell(all, watch, counts);
    else
        all->fault = message_set(&all->fault_message, CS_ERR_MEMORY, "out of memory for the mutants");
    for (unsigned i = 0; i < started; i++) worker_stop(&workers[i]);
    if (all->fault != CS_OK && message) *message = all->fault_message;
    return all->fault;
}

cs_error mutation_run(const cs_ruleset *ruleset, const cs_mutation_watch *watch, cs_mutation_counts *counts,
                      cs_message *message) {
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_writing *writing = NULL;
    breaking all = {.ruleset = ruleset, .count = ruleset_rule_count(ruleset)};
    *counts = (cs_mutation_counts){0};
    cs_error code = arena ? writing_read(ruleset, arena, &writing, message)
                          : message_set(message, CS_ERR_MEMORY, "out of memory for the mutants");
    if (code == CS_OK && !(all.rules = calloc(all.count + 1, sizeof *all.rules)))
        code = message_set(message, CS_ERR_MEMORY, "out of memory for the mutants");
    if (code == CS_OK) {
        all.writing = writing;
        pthread_mutex_init(&all.lock, NULL);
        pthread_cond_init(&all.is_done, NULL);
        code = run(&all, watch, counts, message);
        pthread_cond_destroy(&all.is_done);
        pthread_mutex_destroy(&all.lock);
    }
    free(all.rules);
    arena_free(arena);
    return code;
}
