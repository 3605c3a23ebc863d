/* callscope rules test: runs the tests beside the rules; --mutate breaks the rules and asks whether a test notices. */
#include "cli/command.h"

#include "cli/report.h"
#include "rules/mutation.h"
#include "rules/rule_test.h"

#include <stdio.h>
#include <unistd.h>

static void print_evidence(const cs_evidence *e) {
    fprintf(stderr, "    %s", evidence_kind_name(e->kind));
    if (e->turn != CS_NO_TURN) fprintf(stderr, " in turn %u", e->turn + 1);
    if (e->step) fprintf(stderr, " %s", e->step);
    if (e->matched && *e->matched) fprintf(stderr, " \"%s\"", e->matched);
    if (e->why != CS_WHY_NONE) fprintf(stderr, ", %s", why_name(e->why));
    if (e->by) fprintf(stderr, " by \"%s\"", e->by);
    if (e->kind == CS_EVIDENCE_WINDOW) {
        if (e->to_turn != CS_NO_TURN) fprintf(stderr, " to %u", e->to_turn + 1);
        fprintf(stderr, ", %u turns searched, closed by %s", e->turns_searched, e->closed_by);
    }
    fputc('\n', stderr);
}

static void on_failure(void *context, const cs_test_failure *f) {
    (void)context;
    fprintf(stderr, "%s:%u: test \"%s\": %s should be %s", f->file, f->line, f->test, f->rule,
            verdict_name(f->expected));
    if (f->expected_turn) fprintf(stderr, " at %u", f->expected_turn);
    fprintf(stderr, " but is %s", verdict_name(f->actual));
    if (f->actual_turn) fprintf(stderr, " at %u", f->actual_turn);
    fprintf(stderr, " (%s)\n", reason_words(f->reason));
    for (uint32_t i = 0; i < f->evidence_count; i++) print_evidence(&f->evidence[i]);
}

/* ---- mutants ---- */

typedef struct mutating {
    bool has_bar;
    cs_language language;
    uint32_t rules, done;
} mutating;

static void clear_bar(const mutating *m) {
    if (m->has_bar) fputs("\r\033[K", stderr);
}

static void on_survivor(void *context, const cs_mutant *mutant) {
    const mutating *m = context;
    bool is_zh = m->language == CS_CHINESE;
    clear_bar(m);
    printf("%s:%u: %s: ", mutant->file, mutant->line, mutant->rule);
    if (mutant->now)
        printf(is_zh ? "“%s”改成“%s”" : "'%s' became '%s'", mutant->was, mutant->now);
    else
        printf(is_zh ? "去掉“%s”" : "without '%s'", mutant->was);
    puts(is_zh ? ",没有测试发现" : ", and no test notices");
}

static void on_rule(void *context, const cs_rule *rule, const cs_mutation_counts *c) {
    mutating *m = context;
    bool is_zh = m->language == CS_CHINESE;
    m->done++;
    clear_bar(m);
    if (c->untested)
        printf(is_zh ? "%s:%u: %s: 没有测试\n" : "%s:%u: %s: no test names it\n", rule->file, rule->line, rule->name);
    else if (c->failing)
        printf(is_zh ? "%s:%u: %s: 它的测试本来就不通过\n" : "%s:%u: %s: its tests fail as it is: mend it first\n",
               rule->file, rule->line, rule->name);
    else
        printf(is_zh ? "%s: %u 处改动,发现 %u,漏过 %u(%u 个测试)\n\n"
                     : "%s: %u changes, %u noticed, %u not (%u tests)\n\n",
               rule->name, c->mutants, c->killed, c->survived, c->tests);
    if (m->has_bar) fprintf(stderr, is_zh ? "%u / %u 条规则" : "%u of %u rules", m->done, m->rules);
}

static int mutate(const cs_arguments *arguments, const cs_ruleset *rules) {
    mutating m = {.has_bar = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO),
                  .language = report_language(),
                  .rules = ruleset_rule_count(rules)};
    cs_mutation_watch watch = {.context = &m, .on_survivor = on_survivor, .on_rule = on_rule};
    cs_mutation_counts counts;
    cs_message message;
    cs_error code = mutation_run(rules, &watch, &counts, &message);
    clear_bar(&m);
    if (code != CS_OK) {
        trouble_print("the rules could not be changed", &message);
        return CS_EXIT_REFUSED;
    }
    printf(m.language == CS_CHINESE
               ? "%u 条规则,%u 处改动:测试发现 %u,漏过 %u;%u 处改动后不成规则;%u 条规则没有测试,%u 条本来就不通过\n"
               : "%u rules, %u changes: tests notice %u, miss %u; %u changes gave no rule; %u rules without a test, %u "
                 "that fail as they are\n",
           counts.rules, counts.mutants, counts.killed, counts.survived, counts.skipped, counts.untested,
           counts.failing);
    bool is_refused =
        counts.failing || (argument_is_given(arguments, "--strict") && (counts.survived || counts.untested));
    return is_refused ? CS_EXIT_REFUSED : CS_EXIT_DONE;
}

/* ---- tests ---- */

static int run_tests(cs_ruleset *rules) {
    cs_test_counts counts;
    cs_message message;
    if (rule_test_run(rules, on_failure, NULL, &counts, &message) != CS_OK) {
        trouble_print("the tests could not be run", &message);
        return CS_EXIT_REFUSED;
    }
    printf("%u tests with %u expectations: %u passed, %u failed\n", counts.tests, counts.expectations,
           counts.tests - counts.failed, counts.failed);
    return counts.failed ? CS_EXIT_REFUSED : CS_EXIT_DONE;
}

int run_rules_test(const cs_arguments *arguments) {
    cs_ruleset *rules;
    if (argument_is_given(arguments, "--strict") && !argument_is_given(arguments, "--mutate")) {
        fputs("callscope: --strict goes with --mutate\n", stderr);
        return CS_EXIT_USAGE;
    }
    int code = rules_load(arguments, &rules);
    if (code != CS_EXIT_DONE) return code;
    code = argument_is_given(arguments, "--mutate") ? mutate(arguments, rules) : run_tests(rules);
    ruleset_release(rules);
    return code;
}
