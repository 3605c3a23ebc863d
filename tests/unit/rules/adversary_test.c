/* Files made to hurt: a megabyte of one thing after the other. Each gives a rule set, or problems that say where, soon.
 * ADVERSARY_TIMES=1 prints how long each took. */
#include "base/clock.h"
#include "base/hash.h"
#include "rules/ruleset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MEGABYTE = 1 << 20, MOST_MS = 20000 /* with sanitisers, on a machine that does other things, too */ };

static uint64_t seed;
static uint32_t roll(uint32_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

static void repeat(FILE *f, const char *words, uint32_t times) {
    for (uint32_t i = 0; i < times; i++) fputs(words, f);
}

#define RULE "rule r\n  expect agent says \"x\"\n  else risk +1\n"

/* ---- names ---- */

static void many_lists(FILE *f) {
    for (uint32_t i = 0; i < 100000; i++) fprintf(f, "words w%u = a%u\n", i, i);
    fputs(RULE, f);
}
static void many_lists_in_use(FILE *f) {
    for (uint32_t i = 0; i < 20000; i++) fprintf(f, "words w%u = a%u\n", i, i);
    fputs("rule r\n  never agent says w0", f);
    for (uint32_t i = 1; i < 20000; i++) fprintf(f, " | w%u", i);
    fputs("\n", f);
}
static void many_lists_of_one_name(FILE *f) {
    repeat(f, "words w = a\n", 80000);
}
static void lists_of_lists(FILE *f) {
    fputs("words w0 = a | b\n", f);
    for (uint32_t i = 1; i < 20000; i++) fprintf(f, "words w%u = w%u | c%u\n", i, i - 1, i);
    fputs("rule r\n  never agent says w19999\n", f);
}
static void lists_that_double(FILE *f) {
    fputs("words w0 = a | b\n", f);
    for (uint32_t i = 1; i < 60; i++) fprintf(f, "words w%u = w%u | w%u\n", i, i - 1, i - 1);
    fputs("rule r\n  never agent says w59\n", f);
}
static void long_chain(FILE *f) {
    fputs("let n0 = agent says \"x\"\n", f);
    for (uint32_t i = 1; i < 50000; i++) fprintf(f, "let n%u = n%u\n", i, i - 1);
    fputs("rule r\n  expect n49999\n", f);
}
static void long_chain_from_its_end(FILE *f) {
    for (uint32_t i = 50000; i > 1; i--) fprintf(f, "let n%u = n%u\n", i, i - 1);
    fputs("let n1 = agent says \"x\"\nrule r\n  expect n50000\n", f);
}
static void chain_that_leads_back(FILE *f) {
    for (uint32_t i = 0; i < 50000; i++) fprintf(f, "let n%u = n%u\n", i, (i + 1) % 50000);
    fputs("rule r\n  expect n7\n", f);
}
static void names_that_double(FILE *f) {
    fputs("let n0 = agent says \"x\"\n", f);
    for (uint32_t i = 1; i < 100; i++) fprintf(f, "let n%u = n%u and n%u\n", i, i - 1, i - 1);
    fputs("rule r\n  expect n99\n", f);
}
static void names_that_nobody_defined(FILE *f) {
    for (uint32_t i = 0; i < 20000; i++) fprintf(f, "rule r%u\n  expect unknown%u\n", i, i);
}
static void words_that_nobody_knows(FILE *f) {
    for (uint32_t i = 0; i < 60000; i++) fprintf(f, "wrods w%u = a\n", i);
}

/* ---- depth and width ---- */

static void deep_brackets(FILE *f) {
    fputs("rule r\n  expect ", f);
    repeat(f, "(", MEGABYTE);
}
static void closed_brackets(FILE *f) {
    fputs("rule r\n  expect ", f);
    repeat(f, "(", MEGABYTE / 2);
    fputs("agent says \"x\"", f);
    repeat(f, ")", MEGABYTE / 2);
}
static void denied_denials(FILE *f) {
    fputs("rule r\n  expect ", f);
    repeat(f, "not ", MEGABYTE / 4);
    fputs("agent says \"x\"\n", f);
}
static void windows_on_windows(FILE *f) {
    fputs("rule r\n  expect agent says \"x\"", f);
    repeat(f, " within 1s after", MEGABYTE / 16);
}
static void marks_in_marks(FILE *f) {
    fputs("rule r\n  expect agent says \"x\"", f);
    repeat(f, " before (agent says \"x\"", MEGABYTE / 24);
}
static void orders_in_orders(FILE *f) {
    fputs("rule r\n  expect ", f);
    repeat(f, "in order (agent says \"x\", ", MEGABYTE / 27);
}
static void counts_in_counts(FILE *f) {
    fputs("rule r\n  expect ", f);
    repeat(f, "count(nth(", MEGABYTE / 10);
}
static void replies_to_replies(FILE *f) {
    fputs("rule r\n  expect agent says \"x\"", f);
    repeat(f, " in reply to customer says \"y\"", MEGABYTE / 30);
}
static void a_wide_or(FILE *f) {
    fputs("rule r\n  never agent says \"x\"", f);
    repeat(f, "\n  or agent says \"x\"", MEGABYTE / 20);
}
static void many_steps(FILE *f) {
    fputs("rule r\n  when customer says \"x\"\n  expect steps\n", f);
    for (uint32_t i = 0; i < 30000; i++) fprintf(f, "    s%u : agent says \"x\" if customer says \"y\"\n", i);
}

/* ---- much of one thing ---- */

static void many_atoms_of(FILE *f, uint32_t rules, uint32_t each) {
    for (uint32_t i = 0; i < rules; i++) {
        fprintf(f, "rule r%u\n  never agent says \"a%u\"", i, i * each);
        for (uint32_t k = 1; k < each; k++) fprintf(f, " or agent says \"a%u\"", i * each + k);
        fputs("\n", f);
    }
}
static void many_atoms(FILE *f) {
    many_atoms_of(f, 4000, 5);
}
static void one_atom_too_many(FILE *f) {
    many_atoms_of(f, 3334, 6);
}
static void one_rule_too_many(FILE *f) {
    many_atoms_of(f, 4001, 1);
}
static void many_phrases(FILE *f) {
    fputs("words w = a", f);
    for (uint32_t i = 0; i < 49990; i++) fprintf(f, " | 词%u", i);
    fputs("\nrule r\n  never agent says w\n", f);
}
static void too_many_phrases(FILE *f) {
    fputs("words w = a", f);
    for (uint32_t i = 0; i < 120000; i++) fprintf(f, " | b%u", i);
    fputs("\nrule r\n  never agent says w\n", f);
}
static void many_expressions(FILE *f) {
    for (uint32_t i = 0; i < 1000; i++) fprintf(f, "rule r%u\n  never agent says /a%u{1,5}b+c?/\n", i, i);
}
static void costly_expressions(FILE *f) {
    for (uint32_t i = 0; i < 100; i++) fprintf(f, "rule r%u\n  never agent says /((a+)+)+(b%u|(c*)*)+$/\n", i, i);
}
static void a_long_expression(FILE *f) {
    fputs("rule r\n  never agent says /", f);
    repeat(f, "(a|b)", MEGABYTE / 5);
    fputs("/\n", f);
}
static void many_pairs(FILE *f) {
    fputs("pairs p = t : u", f);
    for (uint32_t i = 0; i < 25000; i++) fprintf(f, "\n  | 术语%u : 说法%u, 别的%u", i, i, i);
    fputs("\nrule r\n  when agent says p\n  expect agent plain p\n", f);
}
static void sounds_of_many(FILE *f) {
    fputs("rule r\n  never agent sounds like \"投诉\"", f);
    for (uint32_t i = 0; i < 5000; i++) fprintf(f, " | \"中%u国\"", i);
    fputs("\n", f);
}
static void many_tests(FILE *f) {
    fputs(RULE, f);
    for (uint32_t i = 0; i < 20000; i++) fprintf(f, "test \"t%u\"\n  agent x\n  customer y\n  -> r met at 1\n", i);
}
static void one_long_test(FILE *f) {
    fputs(RULE "test \"t\"\n", f);
    repeat(f, "  0:01-0:02 agent x\n", 40000);
    fputs("  -> r met at 1\n", f);
}
static void annotations_of_one_turn(FILE *f) {
    fputs(RULE "test \"t\"\n  agent x\n", f);
    repeat(f, "  annotation loudness -12 in 1\n", 30000);
    fputs("  -> r met at 1\n", f);
}
static void fields_of_one_test(FILE *f) {
    fputs(RULE "test \"t\"\n  for call where a0 = 1", f);
    for (uint32_t i = 1; i < 50000; i++) fprintf(f, " and a%u = 1", i);
    fputs("\n  agent x\n  -> r met\n", f);
}
static void many_holidays(FILE *f) {
    fputs("calendar\n  zone +08:00\n  holiday 2026-01-01", f);
    repeat(f, " | 2026-01-02 - 2026-01-03", 40000);
    fputs("\n" RULE, f);
}
static void many_effects(FILE *f) {
    fputs("rule r\n  never agent says \"x\"\n  else tag a", f);
    repeat(f, ", tag b", MEGABYTE / 7);
}
static void many_clauses(FILE *f) {
    fputs("rule r\n", f);
    repeat(f, "  title \"x\"\n", MEGABYTE / 12);
}

/* ---- characters ---- */

static void commas(FILE *f) {
    fputs("rule r\n  expect agent says \"x\"\n  else risk +1", f);
    repeat(f, ",", MEGABYTE);
}
static void wide_commas(FILE *f) {
    fputs(RULE "words w = a", f);
    repeat(f, "，", MEGABYTE / 3);
}
static void wide_bars(FILE *f) {
    fputs(RULE "words w ＝ a", f);
    repeat(f, "｜“b", MEGABYTE / 7);
}
static void bars(FILE *f) {
    fputs(RULE "words w = a", f);
    repeat(f, "|", MEGABYTE);
}
static void a_long_phrase(FILE *f) {
    fputs("rule r\n  never agent says \"", f);
    repeat(f, "长", MEGABYTE / 3);
    fputs("\"\n", f);
}
static void a_long_word(FILE *f) {
    fputs("rule ", f);
    repeat(f, "r", MEGABYTE);
    fputs("\n  never agent says \"x\"\n", f);
}
static void a_long_number(FILE *f) {
    fputs("rule r\n  never silence > ", f);
    repeat(f, "9", MEGABYTE);
    fputs("s\n", f);
}
static void a_long_comment(FILE *f) {
    fputs(RULE "# ", f);
    repeat(f, "注", MEGABYTE / 3);
}
static void many_quotes_of_a_line(FILE *f) {
    fputs("rule r\n  never agent says \"a\"", f);
    repeat(f, " | \"b\"", MEGABYTE / 6);
}
static void empty_lines(FILE *f) {
    fputs(RULE, f);
    repeat(f, "\r\n", MEGABYTE / 2);
}
static void open_quotes(FILE *f) {
    fputs("rule r\n", f);
    repeat(f, "  never agent says \"x\n", MEGABYTE / 21);
}
static void one_open_quote(FILE *f) {
    fputs("rule r\n  never agent says \"", f);
    repeat(f, "x y \\", MEGABYTE / 5);
}
static void open_expressions(FILE *f) {
    repeat(f, "words w = /x\\/\n", MEGABYTE / 15);
}
static void open_typographic_quotes(FILE *f) {
    fputs(RULE "let w = agent says", f);
    repeat(f, "“", MEGABYTE / 3);
}
static void keywords(FILE *f) {
    static const char *const words[] = {"规则", "当",   "应当", "不得", "客服", "客户",   "说",   "且", "或", "非",
                                        "限",   "之后", "次数", "(",    ")",    "\"好\"", "2",    "轮", "\n", "\n  ",
                                        "词表", "定义", "测试", "=",    "|",    "步骤",   "豁免", "由", "在", "除非"};
    for (uint32_t i = 0; i < MEGABYTE / 6; i++) fprintf(f, "%s ", words[roll(sizeof words / sizeof *words)]);
}
static void english_keywords(FILE *f) {
    static const char *const words[] = {"rule", "when",  "expect", "never", "agent",   "customer", "says", "and",
                                        "or",   "not",   "within", "after", "count",   "(",        ")",    "\"x\"",
                                        "2",    "turns", "\n",     "\n  ",  "words",   "let",      "test", "=",
                                        "|",    "steps", "until",  "by",    "30s",     "unless",   "in",   "silence",
                                        ">",    "hold",  "of",     "all",   "repeats", "times",    "x",    ":"};
    for (uint32_t i = 0; i < MEGABYTE / 6; i++) fprintf(f, "%s ", words[roll(sizeof words / sizeof *words)]);
}
static void any_bytes(FILE *f) {
    for (uint32_t i = 0; i < MEGABYTE; i++) fputc((int)roll(256), f);
}
static void any_letters(FILE *f) {
    for (uint32_t i = 0; i < MEGABYTE; i++) fputc(roll(40) ? (int)(' ' + roll(95)) : '\n', f);
}
static void zeros(FILE *f) {
    fputs(RULE, f);
    for (uint32_t i = 0; i < MEGABYTE; i++) fputc(0, f);
}

/* ---- books of facts ---- */

static void many_facts(FILE *f) {
    for (uint32_t i = 0; i < 100000; i++) fprintf(f, "空调/KF-%u | 保修 | %u年\n", i, i % 9 + 1);
}
static void facts_of_many_names(FILE *f) {
    for (uint32_t i = 0; i < 90000; i++) fprintf(f, "机器%u | 事项%u | %u元\n", i, i, i % 9 + 1);
}
static void facts_that_share_names(FILE *f) { /* each row joins the next: all are one subject */
    for (uint32_t i = 0; i < 60000; i++) fprintf(f, "型号%u/型号%u | 事项%u | 3年\n", i, i + 1, i);
}
static void facts_that_overlap(FILE *f) {
    for (uint32_t i = 0; i < 60000; i++) fprintf(f, "空调 | 保修 | %u年\n", i % 9 + 1);
}
static void facts_day_by_day(FILE *f) {
    for (uint32_t i = 0; i < 60000; i++) {
        uint32_t day = i % 28 + 1, month = i / 28 % 12 + 1, year = 1980 + i / 336;
        fprintf(f, "空调 | 保修 | %u年 | %04u-%02u-%02u | %04u-%02u-%02u\n", i % 9 + 1, year, month, day, year, month,
                day);
    }
}
static void facts_of_many_columns(FILE *f) {
    repeat(f, "|", MEGABYTE);
}
static void facts_of_any_bytes(FILE *f) {
    for (uint32_t i = 0; i < MEGABYTE; i++) fputc(roll(12) ? (int)roll(256) : roll(3) ? '|' : '\n', f);
}

/* ---- one by one ---- */

/* clang-format off */
#define RULES_TABLE(X) \
    X(many_lists) X(many_lists_in_use) X(many_lists_of_one_name) X(lists_of_lists) X(lists_that_double) \
    X(long_chain) X(long_chain_from_its_end) X(chain_that_leads_back) X(names_that_double) \
    X(names_that_nobody_defined) X(words_that_nobody_knows) X(deep_brackets) X(closed_brackets) \
    X(denied_denials) X(windows_on_windows) X(marks_in_marks) X(orders_in_orders) X(counts_in_counts) \
    X(replies_to_replies) X(a_wide_or) X(many_steps) X(many_atoms) X(one_atom_too_many) X(one_rule_too_many) \
    X(many_phrases) X(too_many_phrases) X(many_expressions) X(costly_expressions) X(a_long_expression) \
    X(many_pairs) X(sounds_of_many) X(many_tests) X(one_long_test) X(annotations_of_one_turn) \
    X(fields_of_one_test) X(many_holidays) X(many_effects) X(many_clauses) X(commas) X(wide_commas) \
    X(wide_bars) X(bars) X(a_long_phrase) X(a_long_word) X(a_long_number) X(a_long_comment) \
    X(many_quotes_of_a_line) X(empty_lines) X(open_quotes) X(one_open_quote) X(open_expressions) \
    X(open_typographic_quotes) X(keywords) X(english_keywords) X(any_bytes) X(any_letters) X(zeros)
/* clang-format on */
#define FACTS_TABLE(X)                                                                                                 \
    X(many_facts)                                                                                                      \
    X(facts_of_many_names)                                                                                             \
    X(facts_that_share_names) X(facts_that_overlap) X(facts_day_by_day) X(facts_of_many_columns) X(facts_of_any_bytes)

typedef struct attack {
    const char *name;
    void (*write)(FILE *f);
} attack;

typedef struct heard {
    uint32_t problems, placed, line, column;
    char reason[200];
} heard;

static void on_problem(void *context, const cs_rule_problem *p) {
    heard *h = context;
    if (h->problems++ == 0) {
        h->line = p->line;
        h->column = p->column;
        snprintf(h->reason, sizeof h->reason, "%s", p->reason);
    }
    h->placed += p->file && p->reason && *p->reason && (p->line == 0 || p->column > 0);
}

/* A file of that ending under a new name; returns its path. */
static void write_file(char path[], int suffix, void (*write)(FILE *f)) {
    int file = mkstemps(path, suffix);
    assert_true(file >= 0);
    FILE *f = fdopen(file, "wb");
    assert_non_null(f);
    write(f);
    assert_int_equal(fclose(f), 0);
}

static void only_a_rule(FILE *f) {
    fputs(RULE, f);
}

static void withstands(const attack *a, bool is_facts) {
    char path[64] = "/tmp/callscope-adversary-XXXXXX.rules", rule[64] = "/tmp/callscope-adversary-XXXXXX.rules";
    heard h = {0};
    cs_ruleset *rules = NULL;
    cs_message message = {0};
    seed = 7;
    if (is_facts) strcpy(path, "/tmp/callscope-adversary-XXXXXX.facts");
    write_file(path, 6, a->write);
    if (is_facts) write_file(rule, 6, only_a_rule);
    const char *paths[] = {path, rule};
    int64_t started = clock_steady_ms();
    cs_error code = ruleset_load(paths, is_facts ? 2 : 1, on_problem, &h, &rules, &message);
    int64_t took = clock_steady_ms() - started;
    unlink(path);
    if (is_facts) unlink(rule);
    if (getenv("ADVERSARY_TIMES"))
        print_message("%-28s %6lld ms  %s, %u problems, first at %u:%u %s\n", a->name, (long long)took,
                      code == CS_OK ? "loaded" : "refused", h.problems, h.line, h.column,
                      h.problems ? h.reason : message.reason);
    assert_true((code == CS_OK) == (rules != NULL));
    assert_true(code == CS_OK ? h.problems == 0 : h.problems > 0 || message.reason[0]);
    assert_int_equal(h.placed, h.problems);
    assert_true(took < MOST_MS);
    ruleset_release(rules);
}

#define ATTACK(name) {#name, name},

static void rule_files_that_hurt(void **state) {
    (void)state;
    static const attack all[] = {RULES_TABLE(ATTACK)};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) withstands(&all[i], false);
}

static void facts_files_that_hurt(void **state) {
    (void)state;
    static const attack all[] = {FACTS_TABLE(ATTACK)};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) withstands(&all[i], true);
}

int main(void) {
    if (!hash_start()) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(rule_files_that_hurt), cmocka_unit_test(facts_files_that_hurt)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
