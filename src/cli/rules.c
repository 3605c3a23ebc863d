/* callscope rules check | test: what a quality manager runs before publishing. */
#include "cli/command.h"

#include "rules/rule_test.h"
#include "rules/ruleset.h"

#include <stdio.h>

void rule_problem_print(void *context, const cs_rule_problem *p) {
    (void)context;
    if (p->line)
        fprintf(stderr, "%s:%u:%u: %s\n", p->file, p->line, p->column, p->reason);
    else
        fprintf(stderr, "%s\n", p->reason); /* names the file itself */
    if (p->hint) fprintf(stderr, "    %s\n", p->hint);
}

static int load(const cs_arguments *arguments, cs_ruleset **out) {
    cs_message message;
    cs_error code = ruleset_load(arguments->paths, arguments->path_count, rule_problem_print, NULL, out, &message);
    if (code == CS_OK) return CS_EXIT_DONE;
    trouble_print(NULL, &message);
    return CS_EXIT_REFUSED;
}

int run_rules_check(const cs_arguments *arguments) {
    cs_ruleset *rules;
    int code = load(arguments, &rules);
    if (code != CS_EXIT_DONE) return code;
    uint32_t count = ruleset_rule_count(rules), untested = 0;
    for (uint32_t i = 0; i < count; i++) {
        const cs_rule *rule = ruleset_rule(rules, i);
        if (rule_test_count(rules, rule->name) > 0) continue;
        fprintf(
            stderr,
            "%s:%u:1: no test names rule '%s'\n    add a test: a clear hit, a clear pass and a tempting near-miss\n",
            rule->file, rule->line, rule->name);
        untested++;
    }
    char hex[CS_HASH_CHARS + 1];
    hash_hex(ruleset_id(rules), hex);
    printf("%u rules are well formed, %u without a test; rule set %.12s\n", count, untested, hex);
    ruleset_release(rules);
    return CS_EXIT_DONE;
}

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

int run_rules_test(const cs_arguments *arguments) {
    cs_ruleset *rules;
    cs_test_counts counts;
    cs_message message;
    int code = load(arguments, &rules);
    if (code != CS_EXIT_DONE) return code;
    if (rule_test_run(rules, on_failure, NULL, &counts, &message) != CS_OK) {
        trouble_print("the tests could not be run", &message);
        code = CS_EXIT_REFUSED;
    } else {
        printf("%u tests with %u expectations: %u passed, %u failed\n", counts.tests, counts.expectations,
               counts.tests - counts.failed, counts.failed);
        code = counts.failed ? CS_EXIT_REFUSED : CS_EXIT_DONE;
    }
    ruleset_release(rules);
    return code;
}
