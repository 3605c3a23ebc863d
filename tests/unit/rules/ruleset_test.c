#include "rules/ruleset.h"

#include "base/hash.h"
#include "rules/rule_test.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct problems {
    uint32_t count, line, column;
    char reason[300], hint[200];
} problems;

static void on_problem(void *context, const cs_rule_problem *p) {
    problems *all = context;
    if (all->count++ > 0) return;
    all->line = p->line;
    all->column = p->column;
    snprintf(all->reason, sizeof all->reason, "%s", p->reason);
    snprintf(all->hint, sizeof all->hint, "%s", p->hint ? p->hint : "");
}

static cs_error load_text(const char *text, cs_ruleset **rules, problems *all) {
    char path[] = "/tmp/callscope-rules-XXXXXX.rules";
    const char *paths[] = {path};
    cs_message message;
    int file = mkstemps(path, 6);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
    *all = (problems){0};
    cs_error code = ruleset_load(paths, 1, on_problem, all, rules, &message);
    unlink(path);
    return code;
}

/* The first problem: its place, a piece of its words and of its hint. */
static void refuses(const char *text, uint32_t line, uint32_t column, const char *reason, const char *hint) {
    cs_ruleset *rules = NULL;
    problems all;
    assert_int_not_equal(load_text(text, &rules, &all), CS_OK);
    assert_null(rules);
    if (!strstr(all.reason, reason) || !strstr(all.hint, hint) || all.line != line || all.column != column)
        print_error("%s\n gave %u:%u %s (%s)\n", text, all.line, all.column, all.reason, all.hint);
    assert_non_null(strstr(all.reason, reason));
    assert_non_null(strstr(all.hint, hint));
    assert_int_equal(all.line, line);
    assert_int_equal(all.column, column);
}

static void problems_have_a_place_and_a_hint(void **state) {
    (void)state;
    refuses("rle x\n", 1, 1, "begins no statement", "rule");
    refuses("  expect x\n", 1, 3, "belongs to no statement", "margin");
    refuses("rule a\n  expct agent says \"x\"\n", 2, 3, "begins no clause", "expect");
    refuses("rule a\n  expect agent sys \"x\"\n", 2, 16, "no operator", "says");
    refuses("rule a\n  expect agent says nolist\n", 2, 21, "no list of words 'nolist'", "words NAME");
    refuses("rule a\n  expect agent says \"x\n", 2, 21, "quote is not closed", "");
    refuses("rule a\n  expect silence > 4\n", 2, 20, "expected a time", "30s");
    refuses("rule a\n  expect silence 4s\n", 2, 18, "expected < <=", "silence COMPARE DURATION");
    refuses("rule a\n  expect agent slence > 4s\n", 2, 16, "is no operator", "silence");
    refuses("rule a\n  else risk +1\n", 1, 6, "expects and forbids nothing", "expect");
    refuses("rule a\n  expect agent says \"x\"\n  else risk -10\n", 3, 13, "risk can't change by -10", "gains");
    refuses("rule a\n  expect agent says \"x\"\n  else compliance -10, compliance -5\n", 3, 35, "changed twice", "");
    refuses("rule a\n  expect agent says \"x\" within 2 agent trns after\n", 2, 40, "expected 'turns'",
            "2 agent turns");
    refuses("rule a\n  for fax\n  expect agent says \"x\"\n", 2, 7, "no channel 'fax'", "call, chat");
    refuses("rule a\n  never agent says /[a/\n", 2, 1, "faulty at character", "");
    refuses("let a = b\nlet b = a\nrule r\n  never a\n", 2, 9, "defined by itself", "lead back");
    refuses("words a = x\nwords a = y\nrule r\n  never agent says a\n", 2, 7, "defined already", "another name");
    refuses("rule a\n  never agent says \"x\"\nrule a\n  never agent says \"y\"\n", 3, 6, "defined already",
            "another name");
    refuses("flag f\n  never agent says \"x\"\n", 2, 3, "expects and forbids nothing", "when and then");
    refuses("rule a\n  expect count(not agent says \"x\") >= 2\n", 2, 16, "count needs something that has a place",
            "silence");
    refuses("rule a\n  never agent says \"x\"\ntest \"t\"\n  agnt hello\n  → a clean\n", 4, 3, "begins no line",
            "role");
    refuses("rule a\n  never agent says \"x\"\ntest \"t\"\n  agent hello\n  → b clean\n", 5, 3, "no rule 'b'", "");
    refuses("rule a\n  never agent says \"x\"\ntest \"t\"\n  agent hello\n  → a hit at 7\n", 5, 3, "no turn 7", "");
}

/* One faulty rule neither hides the others' faults nor multiplies. */
static void every_problem_is_told_once(void **state) {
    (void)state;
    cs_ruleset *rules = NULL;
    problems all;
    assert_int_not_equal(
        load_text(
            "rule a\n  expct agent says \"x\"\nrule b\n  never agent sas \"y\"\ntest \"t\"\n  agent x\n  → a met\n",
            &rules, &all),
        CS_OK);
    assert_int_equal(all.count, 2);
}

static void a_stored_set_comes_back_the_same(void **state) {
    (void)state;
    const char *text = "words w = a | \"b c\" | /d+/\nrule 推诿 \n  title \"题\" | \"Title\"\n  never agent asserts w "
                       "unless in \"bb\"\n  else risk +40, mark high-risk, tag 推诿\n";
    cs_ruleset *rules = NULL, *again = NULL;
    problems all;
    cs_message message;
    size_t bytes;
    assert_int_equal(load_text(text, &rules, &all), CS_OK);
    const char *source = ruleset_source(rules, &bytes);
    assert_int_equal(ruleset_restore(source, bytes, &again, &message), CS_OK);
    assert_true(hash_equal(ruleset_id(rules), ruleset_id(again)));
    const cs_rule *rule = ruleset_find(again, "推诿");
    assert_non_null(rule);
    assert_string_equal(rule->title_en, "Title");
    assert_true(rule->is_high_risk);
    assert_string_equal(rule->tags[0], "推诿");
    assert_int_equal(rule->effects[0].points, 40);
    assert_int_equal(rule->line, 2);
    assert_int_not_equal(ruleset_restore(source, bytes - 3, &again, &message), CS_OK);
    assert_int_not_equal(ruleset_restore("%%file x", 8, &again, &message), CS_OK);
    ruleset_release(rules);
    ruleset_release(again);
}

/* Chains, brackets and lists beyond their limits are refused, not followed until the stack ends. */
static void limits_are_kept(void **state) {
    (void)state;
    cs_ruleset *rules = NULL;
    problems all;
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    size_t used = (size_t)sprintf(text, "rule a\n  never ");
    for (int i = 0; i < 1000; i++) used += (size_t)sprintf(text + used, "(");
    sprintf(text + used, "agent says \"x\"\n");
    assert_int_not_equal(load_text(text, &rules, &all), CS_OK);
    assert_non_null(strstr(all.reason, "nest deeper"));
    used = (size_t)sprintf(text, "rule a\n  never agent says \"x\"");
    for (int i = 0; i < 1000; i++) used += (size_t)sprintf(text + used, " or agent says \"x\"");
    sprintf(text + used, "\n");
    assert_int_not_equal(load_text(text, &rules, &all), CS_OK);
    assert_non_null(strstr(all.reason, "in a row"));
    used = (size_t)sprintf(text, "let a0 = agent says \"x\"\n"); /* each name doubles the one before */
    for (int i = 1; i < 32; i++) used += (size_t)sprintf(text + used, "let a%d = a%d and a%d\n", i, i - 1, i - 1);
    sprintf(text + used, "rule r\n  expect a31\n");
    assert_int_not_equal(load_text(text, &rules, &all), CS_OK);
    assert_non_null(strstr(all.reason, "parts"));
    used = 0; /* and a chain of names in the order that leads deepest */
    for (int i = 5000; i > 0; i--) used += (size_t)sprintf(text + used, "let a%d = not a%d\n", i, i - 1);
    sprintf(text + used, "let a0 = agent says \"x\"\nrule r\n  expect a5000\n");
    assert_int_not_equal(load_text(text, &rules, &all), CS_OK);
    free(text);
}

static void on_failure(void *context, const cs_test_failure *f) {
    (*(unsigned *)context)++;
    assert_string_equal(f->rule, "a");
    assert_int_equal(f->expected, CS_VERDICT_CLEAN);
    assert_int_equal(f->actual, CS_VERDICT_HIT);
    assert_int_equal(f->line, 5);
    assert_int_equal(f->evidence_count, 1);
}

static void a_failing_test_is_told_with_its_evidence(void **state) {
    (void)state;
    cs_ruleset *rules = NULL;
    problems all;
    cs_test_counts counts;
    cs_message message;
    unsigned failures = 0;
    assert_int_equal(load_text("rule a\n  never agent says \"x\"\ntest \"t\"\n  agent x\n  → a clean\n", &rules, &all),
                     CS_OK);
    assert_int_equal(rule_test_run(rules, on_failure, &failures, &counts, &message), CS_OK);
    assert_int_equal(failures, 1);
    assert_int_equal(counts.tests, 1);
    assert_int_equal(counts.failed, 1);
    assert_int_equal(rule_test_count(rules, "a"), 1);
    ruleset_release(rules);
}

int main(void) {
    if (!hash_start()) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_have_a_place_and_a_hint),         cmocka_unit_test(every_problem_is_told_once),
        cmocka_unit_test(a_stored_set_comes_back_the_same),         cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(a_failing_test_is_told_with_its_evidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
