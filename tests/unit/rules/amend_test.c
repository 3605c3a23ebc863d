#include "base/hash.h"
#include "rules/amend.h"
#include "rules/passage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char GENERAL[] = "# Blame\n"
                              "\n"
                              "words blame = 个人问题\n"
                              "\n"
                              "# What it is about.\n"
                              "rule no-blame\n"
                              "  never agent says blame\n"
                              "  else risk +1\n"
                              "\n"
                              "test \"blamed\"\n"
                              "  agent 个人问题\n"
                              "  → no-blame hit at 1\n"
                              "\n"
                              "规则 second\n"
                              "  不得 客服 说 blame\n"
                              "\n"
                              "test \"both\"\n"
                              "  agent 个人问题\n"
                              "  → second hit at 1\n"
                              "  → no-blame hit at 1\n";

typedef struct stage {
    cs_arena *arena;
    cs_buffer source;
} stage;

static void add_file(stage *s, const char *name, const char *text) {
    assert_true(buffer_printf(&s->source, "%%%%file %s %zu\n%s\n", name, strlen(text), text));
}

static int set_up(void **state) {
    static stage s;
    s.arena = arena_create(64 << 20);
    buffer_init(&s.source, 1 << 20);
    add_file(&s, "packs/general/blame.rules", GENERAL);
    add_file(&s, "packs/other/more.rules", "rule third\n  never agent says \"滚\"\n");
    *state = &s;
    return hash_start() ? 0 : 1;
}

static int tear_down(void **state) {
    stage *s = *state;
    arena_free(s->arena);
    buffer_free(&s->source);
    return 0;
}

static const char *amended(stage *s, const cs_amended_page *pages, uint32_t count) {
    cs_buffer out;
    cs_message message;
    assert_int_equal(amend(buffer_string(&s->source), s->source.length, pages, count, &out, &message), CS_OK);
    const char *copy = arena_string(s->arena, buffer_string(&out));
    buffer_free(&out);
    return copy;
}

static cs_ruleset *read_rules(const char *source) {
    cs_ruleset *rules = NULL;
    cs_message message = {0};
    cs_error code = ruleset_read(source, strlen(source), NULL, NULL, &rules, &message);
    if (code != CS_OK) print_message("%s %s\n%s", message.reason, message.place, source);
    assert_int_equal(code, CS_OK);
    return rules;
}

static void passages_have_their_places(void **state) {
    stage *s = *state;
    cs_passage *passages;
    uint32_t count;
    assert_true(passages_read(GENERAL, strlen(GENERAL), s->arena, &passages, &count));
    assert_int_equal(count, 5);
    assert_string_equal(passages[0].word, "words");
    assert_string_equal(passages[0].name, "blame");
    assert_int_equal(passages[1].kind, CS_WRITTEN_RULE);
    assert_int_equal(passages[1].line, 6);
    assert_int_equal(strncmp(passages[1].head, "# What", 6), 0);
    assert_string_equal(passages[2].name, "blamed");
    assert_string_equal(passages[2].rule, "no-blame");
    assert_string_equal(passages[3].name, "second");
    assert_string_equal(passages[4].rule, "second");
    assert_ptr_equal(passages[0].head, passages[0].from); /* a blank line lies between */
}

static void nothing_published_changes_nothing(void **state) {
    stage *s = *state;
    assert_string_equal(amended(s, NULL, 0), buffer_string(&s->source));
}

static void a_page_replaces_its_rule_its_lists_and_its_tests(void **state) {
    stage *s = *state;
    const cs_amended_page page = {.rule = "no-blame",
                                  .text =
                                      "words blame = 您的错\n\nrule no-blame\n  never agent says blame\n  else risk "
                                      "+2\n\ntest \"new\"\n  agent 您的错\n  → no-blame hit at 1\n"};
    const char *source = amended(s, &page, 1);
    cs_ruleset *rules = read_rules(source);
    const cs_rule *rule = ruleset_find(rules, "no-blame");
    assert_non_null(rule);
    assert_string_equal(rule->file, "packs/general/no-blame.store.rules");
    assert_string_equal(rule->pack, "general");
    assert_int_equal(rule->line, 3); /* as in the page */
    assert_int_equal(rule->effects[0].points, 2);
    assert_int_equal(ruleset_rule_count(rules), 3);
    assert_null(strstr(source, "\"blamed\""));
    assert_null(strstr(source, "What it is about"));
    assert_non_null(strstr(source, "\"both\"")); /* it is another rule's first of all */
    assert_non_null(strstr(source, "# Blame"));
    ruleset_release(rules);
}

static void a_retired_rule_is_gone_and_what_others_name_stays(void **state) {
    stage *s = *state;
    const cs_amended_page pages[] = {{.rule = "second", .is_retired = true, .kept = "words own = a\n"},
                                     {.rule = "fourth", .text = "rule fourth\n  never agent says own\n"}};
    const char *source = amended(s, pages, 2);
    cs_ruleset *rules = read_rules(source);
    assert_null(ruleset_find(rules, "second"));
    assert_non_null(ruleset_find(rules, "no-blame"));
    assert_string_equal(ruleset_find(rules, "fourth")->pack, "own");
    assert_null(strstr(source, "\"both\""));
    ruleset_release(rules);
}

static void of_two_pages_the_newest_states_a_list(void **state) {
    stage *s = *state;
    const cs_amended_page pages[] = {
        {.rule = "second", .text = "words blame = 新\n\nrule second\n  never agent says blame\n"},
        {.rule = "no-blame",
         .text = "words blame = 旧\n\nrule no-blame\n  never agent says blame\n",
         .kept = "words blame = 更旧\n"}};
    const char *source = amended(s, pages, 2);
    assert_non_null(strstr(source, "words blame = 新"));
    assert_null(strstr(source, "旧"));
    cs_ruleset *rules = read_rules(source);
    assert_int_equal(ruleset_find(rules, "no-blame")->line, 3); /* its line stays where it was */
    ruleset_release(rules);
}

static void what_is_amended_can_be_amended_again(void **state) {
    stage *s = *state;
    const cs_amended_page page = {.rule = "no-blame", .text = "rule no-blame\n  never agent says \"甲\"\n"};
    const cs_amended_page again = {.rule = "no-blame", .text = "rule no-blame\n  never agent says \"乙\"\n"};
    const char *once = amended(s, &page, 1);
    cs_buffer twice;
    cs_message message;
    assert_int_equal(amend(once, strlen(once), &again, 1, &twice, &message), CS_OK);
    assert_non_null(strstr(buffer_string(&twice), "乙"));
    assert_null(strstr(buffer_string(&twice), "甲"));
    assert_string_equal(amend_file(once, strlen(once), "no-blame", s->arena), "packs/general/no-blame.store.rules");
    assert_string_equal(amend_file(once, strlen(once), "none", s->arena), "own/none.store.rules");
    buffer_free(&twice);
}

static void a_damaged_source_is_refused(void **state) {
    stage *s = *state;
    cs_buffer out;
    cs_message message;
    const char *source = buffer_string(&s->source);
    assert_int_equal(amend(source, s->source.length - 20, NULL, 0, &out, &message), CS_ERR_PARSE);
    buffer_free(&out);
    assert_int_equal(amend("%%file a.rules 99999999999\nx\n", 29, NULL, 0, &out, &message), CS_ERR_PARSE);
    buffer_free(&out);
    assert_int_equal(amend("", 0, NULL, 0, &out, &message), CS_OK);
    buffer_free(&out);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {CASE(passages_have_their_places),
                                       CASE(nothing_published_changes_nothing),
                                       CASE(a_page_replaces_its_rule_its_lists_and_its_tests),
                                       CASE(a_retired_rule_is_gone_and_what_others_name_stays),
                                       CASE(of_two_pages_the_newest_states_a_list),
                                       CASE(what_is_amended_can_be_amended_again),
                                       CASE(a_damaged_source_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
