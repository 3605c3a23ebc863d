/* Formatting: data files with what must come out, comments where they stand, and verdicts that stay what they were.
 * tests/cases/format/NAME.in.rules gives NAME.out.rules, and NAME.zh.rules in Chinese. */
#include "rules/format.h"

#include "base/file.h"
#include "base/hash.h"
#include "rules/rule_test.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void on_problem(void *context, const cs_rule_problem *p) {
    (void)context;
    print_error("%s:%u:%u: %s\n", p->file, p->line, p->column, p->reason);
}

static void formats_to(const char *text, cs_form_language language, const char *expected) {
    cs_buffer out;
    cs_message message = {0};
    cs_error code = format_rules(text, strlen(text), "text", language, on_problem, NULL, &out, &message);
    if (code != CS_OK) print_error("%s %s\n", message.reason, message.place);
    assert_int_equal(code, CS_OK);
    assert_string_equal(buffer_string(&out), expected);
    buffer_free(&out);
}

static void one_case(const char *name) {
    static const char *const kinds[] = {"out", NULL, "zh"};
    char path[400];
    cs_buffer text, expected;
    cs_message message;
    snprintf(path, sizeof path, CASES "/format/%s.in.rules", name);
    assert_int_equal(file_read(path, 1 << 20, &text, &message), CS_OK);
    for (int i = 0; i < 3; i += 2) {
        snprintf(path, sizeof path, CASES "/format/%s.%s.rules", name, kinds[i]);
        assert_int_equal(file_read(path, 1 << 20, &expected, &message), CS_OK);
        formats_to(buffer_string(&text), i == 2 ? CS_FORM_CHINESE : CS_FORM_AS_WRITTEN, buffer_string(&expected));
        formats_to(buffer_string(&expected), CS_FORM_AS_WRITTEN, buffer_string(&expected)); /* it stays */
        buffer_free(&expected);
    }
    buffer_free(&text);
}

static void cases_come_out_as_they_must(void **state) {
    (void)state;
    one_case("clauses");
    one_case("calendar");
}

static void a_file_keeps_its_language(void **state) {
    (void)state;
    formats_to("规则 致歉\n 应当 客服 说 \"抱歉\" within 2 客服 轮 之后\n", CS_FORM_AS_WRITTEN,
               "规则 致歉\n  应当 客服 说 \"抱歉\" 限 2 客服 轮 之后\n");
    formats_to("rule r\n 应当 agent says \"抱歉\"\n", CS_FORM_AS_WRITTEN, "rule r\n  expect agent says \"抱歉\"\n");
    formats_to("", CS_FORM_AS_WRITTEN, "");
    formats_to("# only a comment", CS_FORM_AS_WRITTEN, "# only a comment\n");
    formats_to("\xEF\xBB\xBFwords a=b\r\n\r\n\r\nwords c = d\r\n", CS_FORM_AS_WRITTEN, "words a = b\n\nwords c = d\n");
}

static void what_is_not_well_formed_is_refused(void **state) {
    static const char *const texts[] = {"rule r\n  expect agent sais \"a\" \"b\"\n", "words w = a | \"b | c\n",
                                        "words w = a | /b | c\n", "rule r\n  prompt \"a\"\n  prompt \"b\"\n"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        cs_buffer out;
        cs_message message = {0};
        cs_error code = format_rules(texts[i], strlen(texts[i]), "bad", CS_FORM_AS_WRITTEN, NULL, NULL, &out, &message);
        assert_int_equal(code, CS_ERR_PARSE);
        assert_int_equal(out.length, 0);
        buffer_free(&out);
    }
}

/* ---- the same verdicts ---- */

typedef struct gathering {
    cs_buffer source;
    cs_form_language language;
} gathering;

static bool on_file(void *context, const char *path, const cs_file_info *info) {
    gathering *g = context;
    cs_buffer text, formatted;
    cs_message message = {0};
    (void)info;
    if (!strstr(path, ".rules")) return true;
    assert_int_equal(file_read(path, CS_MAX_RULES_BYTES, &text, &message), CS_OK);
    assert_int_equal(
        format_rules(buffer_string(&text), text.length, path, g->language, on_problem, NULL, &formatted, &message),
        CS_OK);
    buffer_printf(&g->source, "%%%%file %s %zu\n%s\n", path, formatted.length, buffer_string(&formatted));
    buffer_free(&text);
    buffer_free(&formatted);
    return true;
}

static bool on_trouble(void *context, const char *path, cs_error code, const cs_message *message) {
    (void)context;
    (void)code;
    print_error("%s: %s\n", path, message->reason);
    return false;
}

static void on_failure(void *context, const cs_test_failure *f) {
    (void)context;
    print_error("%s:%u: %s\n", f->file, f->line, f->rule);
}

static void test_under(const char *path, uint32_t least) {
    for (int language = 0; language < 3; language++) {
        gathering g = {.language = (cs_form_language)language};
        cs_ruleset *rules = NULL;
        cs_test_counts counts;
        cs_message message = {0};
        buffer_init(&g.source, 8 << 20);
        assert_int_equal(file_walk(path, on_file, on_trouble, &g), CS_OK);
        cs_error code = ruleset_restore(buffer_string(&g.source), g.source.length, &rules, &message);
        if (code != CS_OK) print_error("%s: %s\n", path, message.reason);
        assert_int_equal(code, CS_OK);
        assert_int_equal(rule_test_run(rules, on_failure, NULL, &counts, &message), CS_OK);
        assert_true(counts.tests >= least);
        assert_int_equal(counts.failed, 0);
        ruleset_release(rules);
        buffer_free(&g.source);
    }
}

/* Steps, windows, brackets, excuses, lets and where, each with its tests. */
static void formatted_rules_give_the_same_verdicts(void **state) {
    static const char *const cases[] = {
        "and-or-not",          "says",    "asserts", "unless-in",        "steps",
        "before-until-after",  "waived",  "where",   "windows-combined", "windows-turns",
        "regular-expressions", "untimed", "count",   "without-operator", "lists-and-lets",
        "never-and-flag",      "roles",   "english", "once-and-joining", "undecided"};
    char path[400];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(path, sizeof path, CASES "/rules/%s.rules", cases[i]);
        test_under(path, 1);
    }
}

static void formatted_packs_pass_their_tests(void **state) {
    (void)state;
    test_under(SOURCE "/packs", 190);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_come_out_as_they_must),        cmocka_unit_test(a_file_keeps_its_language),
        cmocka_unit_test(what_is_not_well_formed_is_refused), cmocka_unit_test(formatted_rules_give_the_same_verdicts),
        cmocka_unit_test(formatted_packs_pass_their_tests),
    };
    if (!hash_start()) return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
