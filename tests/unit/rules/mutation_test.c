#include "rules/mutation.h"

#include "base/hash.h"
#include "rules/mutation_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static cs_arena *arena;
static cs_message message;

static int start(void **state) {
    (void)state;
    arena = arena_create(64 << 20);
    return hash_start() && arena ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static cs_ruleset *load(const char *text) {
    char path[] = "/tmp/callscope-mutation-XXXXXX.rules";
    const char *paths[] = {path};
    cs_ruleset *rules = NULL;
    int file = mkstemps(path, 6);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
    if (ruleset_load(paths, 1, NULL, NULL, &rules, &message) != CS_OK) fail_msg("%s\n%s", message.reason, text);
    unlink(path);
    return rules;
}

static const cs_writing *read_text(cs_ruleset *rules) {
    cs_writing *writing = NULL;
    assert_int_equal(writing_read(rules, arena, &writing, &message), CS_OK);
    return writing;
}

static uint32_t index_of(const cs_ruleset *rules, const char *name) {
    const cs_rule *rule = ruleset_find(rules, name);
    assert_non_null(rule);
    return rule->index;
}

/* ---- what a rule means ---- */

static const char BASE[] = "words unhappy = 投诉 | 受不了\n"
                           "words apology = 抱歉 | 对不起\n"
                           "words other = 谢谢\n"
                           "let upset = customer says unhappy\n"
                           "let twice = upset or customer says \"算了\"\n"
                           "rule first\n  when   twice\n  expect agent says apology\n  else   experience -10\n"
                           "rule second\n  never  agent says \"个人问题\"\n  else   risk +40, tag other\n";

static bool is_same(const char *left, const char *right, const char *rule) {
    cs_ruleset *a = load(left), *b = load(right);
    const cs_writing *wa = read_text(a), *wb = read_text(b);
    bool *scratch = calloc(wa->count + wb->count, sizeof *scratch);
    cs_hash one = writing_meaning(wa, index_of(a, rule), scratch),
            two = writing_meaning(wb, index_of(b, rule), scratch);
    free(scratch);
    ruleset_release(a);
    ruleset_release(b);
    return hash_equal(one, two);
}

/* BASE with one piece exchanged. */
static const char *with(const char *from, const char *to) {
    const char *at = strstr(BASE, from);
    assert_non_null(at);
    return arena_printf(arena, "%.*s%s%s", (int)(at - BASE), BASE, to, at + strlen(from));
}

static void a_rule_changes_with_what_it_names(void **state) {
    (void)state;
    const char *list = with("投诉", "投诉 | 曝光"), *let = with("\"算了\"", "\"算啦\""), *tag = with("谢谢", "多谢");
    assert_false(is_same(BASE, list, "first")); /* through two lets */
    assert_true(is_same(BASE, list, "second"));
    assert_false(is_same(BASE, let, "first"));
    assert_true(is_same(BASE, tag, "second")); /* a tag of a list's name is no use of it */
    const char *calendar = arena_printf(arena, "calendar\n  zone +08:00\n%s", BASE);
    assert_false(is_same(BASE, calendar, "first")); /* holds for every rule */
    assert_true(is_same(calendar, arena_printf(arena, "%s# why\ncalendar # ours\n  zone +08:00\n", BASE), "first"));
    assert_false(is_same(BASE, with("-10", "-15"), "first"));
    assert_false(is_same(BASE, with("never  agent", "never  customer"), "second"));
}

static void blanks_comments_and_order_change_nothing(void **state) {
    (void)state;
    assert_true(is_same(
        BASE, with("words unhappy = 投诉 | 受不了\n", "# why\nwords unhappy = 投诉 | 受不了   # these\n"), "first"));
    assert_true(is_same(BASE, with("  when   twice\n", "\n  # note\n  when twice # so\n"), "first"));
    char *moved = arena_printf(arena, "%s%s", strstr(BASE, "rule second"), BASE);
    *strstr(moved + strlen(strstr(BASE, "rule second")), "rule second") = 0;
    assert_true(is_same(BASE, moved, "first"));
    assert_true(is_same(BASE, moved, "second"));
}

static void an_excerpt_judges_like_the_whole(void **state) {
    (void)state;
    cs_ruleset *rules = load(BASE), *part = NULL;
    const cs_writing *writing = read_text(rules);
    bool *wanted = calloc(writing->count, sizeof *wanted);
    cs_buffer out;
    buffer_init(&out, 1 << 20);
    writing_mark(writing, index_of(rules, "first"), wanted);
    assert_int_equal(writing_excerpt(writing, wanted, NULL, NULL, &out, &message), CS_OK);
    assert_int_equal(ruleset_restore(buffer_string(&out), out.length, &part, &message), CS_OK);
    assert_int_equal(ruleset_rule_count(part), 1);
    assert_string_equal(ruleset_rule(part, 0)->text, ruleset_rule(rules, index_of(rules, "first"))->text);
    assert_null(strstr(buffer_string(&out), "谢谢"));
    ruleset_release(part);

    cs_buffer small;
    buffer_init(&small, 40);
    assert_int_equal(writing_excerpt(writing, wanted, NULL, NULL, &small, &message), CS_ERR_LIMIT);
    buffer_free(&small);
    buffer_free(&out);
    free(wanted);
    ruleset_release(rules);
}

/* ---- where a rule can be broken ---- */

/* Every site of the rule as "was>now|", now empty when left out. */
static const char *sites_of(const char *text, const char *rule) {
    cs_ruleset *rules = load(text);
    const cs_writing *writing = read_text(rules);
    bool *wanted = calloc(writing->count, sizeof *wanted);
    cs_mutation_site *sites;
    uint32_t count;
    writing_mark(writing, index_of(rules, rule), wanted);
    assert_true(mutation_sites(writing, wanted, arena, &sites, &count));
    char *all = arena_string(arena, "|");
    for (uint32_t i = 0; i < count; i++)
        all = arena_printf(arena, "%s%u:%s>%s|", all, sites[i].line, sites[i].was, sites[i].now ? sites[i].now : "");
    free(wanted);
    ruleset_release(rules);
    return all;
}

static void holds(const char *all, const char *site) {
    const char *framed = arena_printf(arena, "|%s|", site);
    if (!strstr(all, framed)) fail_msg("%s is not among %s", site, all);
}

static const char RICH[] = "words sorry = 抱歉 | \"对|不起\" |\n"
                           "  /给您.?不便/   # 一句\n"
                           "rule rich\n"
                           "  title  \"甲 | 乙\" | \"A 3\"\n"
                           "  for    chat where queue in (a, b)\n"
                           "  when   customer says \"气死\" | \"火大\" unless in \"没火大\" | \"不火大\", once\n"
                           "  expect agent says sorry\n"
                           "         within 2 agent turns after\n"
                           "         and count(agent asserts \"好\") >= 3 and not agent says \"行\" within 30s after\n"
                           "  waived by customer says \"没事\"\n"
                           "  prompt at 10s \"快 | 道歉\"\n"
                           "  else   experience -10 each, max -30\n";

static void every_kind_of_break_is_found(void **state) {
    (void)state;
    const char *all = sites_of(RICH, "rich");
    holds(all, "1:抱歉>");
    holds(all, "1:\"对|不起\">");
    holds(all, "2:/给您.?不便/>");
    holds(all, "6:\"气死\">");
    holds(all, "6:\"火大\">");
    holds(all, "6:unless in \"没火大\" | \"不火大\">");
    holds(all, "6:\"没火大\">");
    holds(all, "6:, once>");
    holds(all, "6:when customer says>when agent says");
    holds(all, "6:when customer says>when not customer says");
    holds(all, "7:expect agent>never agent");
    holds(all, "7:expect agent says>expect customer says");
    holds(all, "8:within 2 agent>within 1 agent");
    holds(all, "8:within 2 agent>within 3 agent");
    holds(all, "8:2 agent turns>2 customer turns");
    holds(all, "9:>= 3 and>>= 2 and");
    holds(all, "9:>= 3 and>>= 4 and");
    holds(all, "9:and not agent>and agent");
    holds(all, "9:within 30s after>within 29s after");
    holds(all, "9:within 30s after>within 31s after");
    holds(all, "10:waived by customer says \"没事\">");
    assert_null(strstr(all, "甲"));
    assert_null(strstr(all, "10s"));
    assert_null(strstr(all, "-30"));
    assert_null(strstr(all, "queue"));
}

static const char CHINESE[] = "词表 不满 = 投诉 | 受不了\n"
                              "定义 生气 = 客户 说 不满 除非 在 \"不投诉\"\n"
                              "规则 致歉\n"
                              "  标题  \"甲 | 乙\"\n"
                              "  当    生气，一次\n"
                              "  应当  客服 说 \"抱歉\" | \"对不起\" 限 2 客服 轮 之后\n"
                              "  豁免 由 客户 说 \"没事\"\n"
                              "  否则  体验 -10\n";

static void rules_in_chinese_are_broken_alike(void **state) {
    (void)state;
    const char *all = sites_of(CHINESE, "致歉");
    holds(all, "1:受不了>");
    holds(all, "2:除非 在 \"不投诉\">");
    holds(all, "2:= 客户 说>= 非 客户 说");
    holds(all, "5:，一次>");
    holds(all, "6:应当 客服>不得 客服");
    holds(all, "6:应当 客服 说>应当 客户 说");
    holds(all, "6:\"对不起\">");
    holds(all, "6:限 2 客服>限 3 客服");
    holds(all, "7:豁免 由 客户 说 \"没事\">");
    assert_null(strstr(all, "甲"));
    assert_null(strstr(all, "10"));
}

static void the_only_phrase_is_not_left_out(void **state) {
    (void)state;
    const char *all = sites_of("words one = 好\nrule r\n  never agent says one\n", "r");
    assert_null(strstr(all, "好"));
    holds(all, "3:never agent>expect agent");
}

/* ---- what the tests notice ---- */

typedef struct seen {
    char survivors[4000];
    uint32_t rules;
} seen;

static void on_survivor(void *context, const cs_mutant *mutant) {
    seen *s = context;
    size_t used = strlen(s->survivors);
    snprintf(s->survivors + used, sizeof s->survivors - used, "|%s %u:%s>%s|", mutant->rule, mutant->line, mutant->was,
             mutant->now ? mutant->now : "");
}

static void on_rule(void *context, const cs_rule *rule, const cs_mutation_counts *counts) {
    seen *s = context;
    assert_int_equal(rule->index, s->rules++);
    assert_int_equal(counts->mutants, counts->killed + counts->survived);
}

static cs_mutation_counts run(const char *text, unsigned workers, seen *s) {
    cs_ruleset *rules = load(text);
    cs_mutation_counts counts;
    *s = (seen){0};
    cs_mutation_watch watch = {.workers = workers, .context = s, .on_survivor = on_survivor, .on_rule = on_rule};
    assert_int_equal(mutation_run(rules, &watch, &counts, &message), CS_OK);
    assert_int_equal(s->rules, ruleset_rule_count(rules));
    ruleset_release(rules);
    return counts;
}

#define TESTED                                                                                                         \
    "words unhappy = 投诉 | 受不了\n"                                                                             \
    "rule apologise\n"                                                                                                 \
    "  when   customer says unhappy, once\n"                                                                           \
    "  expect agent says \"抱歉\" within 2 agent turns after\n"                                                      \
    "rule greet\n"                                                                                                     \
    "  expect agent says \"您好\"\n"                                                                                 \
    "test \"met\"\n"                                                                                                   \
    "  customer 我要投诉\n"                                                                                        \
    "  agent    嗯\n"                                                                                                 \
    "  customer 快点\n"                                                                                              \
    "  agent    抱歉\n"                                                                                              \
    "  → apologise met at 4\n"                                                                                       \
    "  → greet missed\n"

static void what_no_test_notices_survives(void **state) {
    (void)state;
    seen s;
    cs_mutation_counts counts = run(TESTED, 1, &s);
    assert_int_equal(counts.rules, 2);
    assert_int_equal(counts.untested + counts.failing, 0);
    assert_non_null(strstr(s.survivors, "|apologise 1:受不了>|")); /* no test says it */
    assert_null(strstr(s.survivors, "投诉")); /* one does */
    assert_null(strstr(s.survivors, "within 1 agent")); /* the apology stands in the second turn */
    assert_non_null(strstr(s.survivors, "|apologise 4:within 2 agent>within 3 agent|"));
    assert_non_null(strstr(s.survivors, "|apologise 3:, once>|"));
    assert_null(strstr(s.survivors, "expect agent>never agent"));
}

static void better_tests_notice_more(void **state) {
    (void)state;
    seen s, better;
    cs_mutation_counts few = run(TESTED, 1, &s);
    cs_mutation_counts more = run(TESTED "test \"too late\"\n"
                                         "  customer 受不了\n  agent    嗯\n  customer 快点\n  agent    啊\n"
                                         "  customer 快点\n  agent    抱歉\n"
                                         "  → apologise missed\n",
                                  1, &better);
    assert_int_equal(few.mutants, more.mutants);
    assert_true(more.survived < few.survived);
    assert_null(strstr(better.survivors, "受不了"));
    assert_null(strstr(better.survivors, "within 3 agent"));
}

static void workers_change_nothing(void **state) {
    (void)state;
    seen one, four;
    cs_mutation_counts a = run(TESTED, 1, &one), b = run(TESTED, 4, &four);
    assert_memory_equal(&a, &b, sizeof a);
    assert_string_equal(one.survivors, four.survivors);
}

static void untested_and_failing_rules_are_told(void **state) {
    (void)state;
    seen s;
    cs_mutation_counts counts = run("rule a\n  never agent says \"坏\" | \"差\"\n"
                                    "rule b\n  never agent says \"坏\"\n"
                                    "test \"wrong\"\n  agent 坏\n  → b clean\n",
                                    2, &s);
    assert_int_equal(counts.untested, 1);
    assert_int_equal(counts.failing, 1);
    assert_int_equal(counts.mutants, 0);
    assert_string_equal(s.survivors, "");
}

static void mutants_of_a_rule_are_bounded(void **state) {
    (void)state;
    cs_buffer text;
    buffer_init(&text, 1 << 20);
    (void)buffer_text(&text, "words many = 词0");
    for (int i = 1; i < 300; i++) (void)buffer_printf(&text, " | 词%d尾", i);
    (void)buffer_text(&text, "\nrule r\n  never agent says many\ntest \"t\"\n  agent 词5尾\n  → r hit\n");
    seen s;
    cs_mutation_counts counts = run(buffer_string(&text), 2, &s);
    assert_int_equal(counts.mutants, CS_MAX_MUTANTS);
    assert_non_null(strstr(s.survivors, "词29")); /* spread to the list's end */
    buffer_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_rule_changes_with_what_it_names),
                                       cmocka_unit_test(blanks_comments_and_order_change_nothing),
                                       cmocka_unit_test(an_excerpt_judges_like_the_whole),
                                       cmocka_unit_test(every_kind_of_break_is_found),
                                       cmocka_unit_test(rules_in_chinese_are_broken_alike),
                                       cmocka_unit_test(the_only_phrase_is_not_left_out),
                                       cmocka_unit_test(what_no_test_notices_survives),
                                       cmocka_unit_test(better_tests_notice_more),
                                       cmocka_unit_test(workers_change_nothing),
                                       cmocka_unit_test(untested_and_failing_rules_are_told),
                                       cmocka_unit_test(mutants_of_a_rule_are_bounded)};
    return cmocka_run_group_tests(tests, start, stop);
}
