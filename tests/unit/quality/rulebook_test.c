#include "quality/rule_draft.h"
#include "quality/rule_draft_case.h"
#include "quality/rule_history.h"
#include "quality/rule_trial.h"
#include "quality/rule_try.h"
#include "quality/rulebook_shape.h"

#include "archive_stage.h"

static const char PAGE[] = "words polite = 请 | 您\n"
                           "\n"
                           "rule no-blame\n"
                           "  never agent says \"个人问题\" unless in polite\n"
                           "  else risk +50\n"
                           "\n"
                           "test \"blamed\"\n"
                           "  agent 个人问题\n"
                           "  → no-blame hit at 1\n";

static cs_rule_turn turn_of(const char *rule, const char *reason) {
    return (cs_rule_turn){.db = db,
                          .data = folder.path,
                          .current = rules,
                          .rule = rule,
                          .reason = reason,
                          .account = &account_of_this_machine,
                          .now_ms = 1771036320000};
}

/* The store's rules, as they are now. */
static void take_current(void) {
    cs_hash id;
    ruleset_release(rules);
    rules = NULL;
    assert_int_equal(archive_current_ruleset(db, &id, &message), CS_OK);
    assert_int_equal(archive_load_ruleset(db, id, &rules, &message), CS_OK);
}

static int64_t publish(const char *rule, const char *text) {
    int64_t version = 0;
    cs_rule_turn turn = turn_of(rule, "why");
    message = (cs_message){0};
    cs_error code = rule_history_publish_text(&turn, text, arena, &version, &message);
    if (code != CS_OK) print_message("%s %s\n", message.place, message.reason);
    assert_int_equal(code, CS_OK);
    take_current();
    return version;
}

static const char *shape_text(const char *rule) {
    cs_rule_shape shape;
    assert_int_equal(shape_make(rules, ruleset_find(rules, rule), arena, &shape, &message), CS_OK);
    return shape.text;
}

static void a_page_is_the_rule_and_its_history_begins_with_the_files(void **state) {
    (void)state;
    const char *text = NULL;
    bool is_retired = true;
    assert_int_equal(publish("no-blame", PAGE), 2);
    assert_int_equal(ruleset_find(rules, "no-blame")->effects[0].points, 50);
    assert_string_equal(shape_text("no-blame"), PAGE);
    assert_int_equal(rulebook_version(db, "no-blame", 1, arena, &text, &is_retired, &message), CS_OK);
    assert_false(is_retired);
    assert_non_null(strstr(text, "risk +40"));
    assert_int_equal(rulebook_version(db, "no-blame", 3, arena, &text, &is_retired, &message), CS_ERR_NOT_FOUND);
}

static void what_another_rule_names_outlives_the_page_that_stated_it(void **state) {
    (void)state;
    static const char other[] = "rule second\n  never agent says polite\n  else risk +1\n\ntest \"s\"\n  agent 请\n  → "
                                "second hit at 1\n";
    publish("no-blame", PAGE);
    assert_int_equal(publish("second", other), 1);
    cs_rule_shape shape;
    assert_int_equal(shape_make(rules, ruleset_find(rules, "second"), arena, &shape, &message), CS_OK);
    assert_int_equal(shape.shared_count, 1);
    assert_string_equal(shape.shared[0].name, "polite");
    assert_int_equal(shape.shared[0].used_by_count, 2);
    const char *without = "rule no-blame\n  never agent says \"个人问题\"\n  else risk +60\n\ntest \"blamed\"\n  agent "
                          "个人问题\n  → no-blame hit at 1\n";
    assert_int_equal(publish("no-blame", without), 3);
    assert_non_null(ruleset_find(rules, "second"));
    assert_non_null(strstr(shape_text("second"), "words polite")); /* it is its own now */
    int64_t version = 0;
    cs_rule_turn turn = turn_of("no-blame", "enough");
    turn.seen = 3;
    assert_int_equal(rule_history_retire(&turn, arena, &version, &message), CS_OK);
    take_current();
    assert_null(ruleset_find(rules, "no-blame"));
    assert_non_null(strstr(shape_text("second"), "words polite"));
}

static void pages_stand_over_files_and_the_same_gives_the_same(void **state) {
    (void)state;
    uint32_t pages = 0;
    publish("no-blame", PAGE);
    cs_hash before = ruleset_id(rules);
    cs_ruleset *again = load_rules(RULES);
    assert_int_equal(rulebook_over(folder.path, true, &again, &pages, &message), CS_OK);
    assert_int_equal(pages, 1);
    assert_true(hash_equal(ruleset_id(again), before));
    ruleset_release(again);
    cs_ruleset *newer =
        load_rules("rule no-blame\n  never agent says \"滚\"\n  else risk +5\n\nrule new\n  never agent "
                   "says \"滚\"\n");
    assert_int_equal(rulebook_over(folder.path, true, &newer, &pages, &message), CS_OK);
    assert_int_equal(ruleset_find(newer, "no-blame")->effects[0].points, 50);
    assert_non_null(ruleset_find(newer, "new"));
    assert_null(ruleset_find(newer, "apologise"));
    ruleset_release(newer);
}

static void nobody_is_overwritten(void **state) {
    (void)state;
    bool is_other = false;
    cs_rule_draft *draft = NULL;
    cs_draft_save save = {
        .rule = "no-blame", .text = PAGE, .account = &account_of_this_machine, .now_ms = 1, .version = 1};
    assert_int_equal(rule_draft_save(db, &save, &is_other, &message), CS_OK);
    assert_false(is_other);
    save.text = "other";
    assert_int_equal(rule_draft_save(db, &save, &is_other, &message), CS_OK);
    assert_true(is_other);
    save.seen = 1;
    save.version = 7; /* of another draft, whose changes were as many */
    assert_int_equal(rule_draft_save(db, &save, &is_other, &message), CS_OK);
    assert_true(is_other);
    save.version = 1;
    assert_int_equal(rule_draft_save(db, &save, &is_other, &message), CS_OK);
    assert_false(is_other);
    assert_int_equal(rule_draft_save(db, &save, &is_other, &message), CS_OK);
    assert_true(is_other);
    assert_int_equal(rule_draft_read(db, "no-blame", arena, &draft, &message), CS_OK);
    assert_string_equal(draft->text, "other");
    assert_int_equal(draft->changes, 2);
    int64_t version = 0;
    cs_rule_turn turn = turn_of("no-blame", "why");
    turn.seen = 1;
    assert_int_equal(rule_history_publish(&turn, 1, true, arena, &version, &message), CS_ERR_CONFLICT);
    assert_int_equal(rule_history_publish(&turn, 2, true, arena, &version, &message), CS_ERR_PARSE);
    assert_int_equal(rule_history_roll_back(&turn, 1, arena, &version, &message), CS_ERR_NOT_FOUND);
}

/* The way of an old page: the draft that it saw became a version, and somebody began another. */
static void changes_of_a_draft_never_come_twice(void **state) {
    (void)state;
    bool is_other = false;
    int64_t version = 0;
    cs_rule_draft *draft = NULL;
    cs_draft_save save = {.rule = "no-blame", .text = PAGE, .account = &account_of_this_machine, .version = 1};
    assert_int_equal(rule_draft_save(db, &save, &is_other, &message), CS_OK);
    cs_rule_turn turn = turn_of("no-blame", "why");
    turn.seen = CS_SEEN_OF_DRAFT;
    assert_int_equal(rule_history_publish(&turn, 1, true, arena, &version, &message), CS_OK);
    assert_int_equal(version, 2);
    take_current();
    save.version = 2;
    assert_int_equal(rule_draft_save(db, &save, &is_other, &message), CS_OK);
    assert_int_equal(rule_draft_read(db, "no-blame", arena, &draft, &message), CS_OK);
    assert_int_equal(draft->changes, 2);
    assert_int_equal(rule_draft_delete(db, "no-blame", &message), CS_OK);
    assert_int_equal(rule_draft_delete(db, "no-blame", &message), CS_ERR_NOT_FOUND);
    assert_int_equal(rule_draft_save(db, &save, &is_other, &message), CS_OK);
    assert_int_equal(rule_draft_read(db, "no-blame", arena, &draft, &message), CS_OK);
    assert_int_equal(draft->changes, 3);
    save.seen = 1;
    assert_int_equal(rule_draft_save(db, &save, &is_other, &message), CS_OK);
    assert_true(is_other);
}

static void what_was_published_unseen_is_told(void **state) {
    (void)state;
    bool is_other = false;
    int64_t version = 0;
    cs_rule_draft *draft = NULL;
    cs_draft_save save = {.rule = "no-blame", .text = PAGE, .account = &account_of_this_machine, .version = 1};
    assert_int_equal(rule_draft_save(db, &save, &is_other, &message), CS_OK);
    assert_int_equal(publish("no-blame", PAGE), 2); /* an operator, while the draft stands */
    assert_int_equal(rule_draft_read(db, "no-blame", arena, &draft, &message), CS_OK);
    assert_non_null(draft);
    assert_int_equal(draft->version, 1);
    cs_rule_turn turn = turn_of("no-blame", "why");
    turn.seen = CS_SEEN_OF_DRAFT;
    turn.is_other = &is_other;
    assert_int_equal(rule_history_publish(&turn, 1, true, arena, &version, &message), CS_ERR_CONFLICT);
    assert_true(is_other);
    turn.seen = 2;
    assert_int_equal(rule_history_publish(&turn, 1, true, arena, &version, &message), CS_OK);
    assert_int_equal(version, 3);
    take_current();
    turn.current = rules;
    is_other = false;
    assert_int_equal(rule_history_retire(&turn, arena, &version, &message), CS_ERR_CONFLICT);
    assert_true(is_other);
    is_other = false;
    assert_int_equal(rule_history_roll_back(&turn, 1, arena, &version, &message), CS_ERR_CONFLICT);
    assert_true(is_other);
}

static void only_what_is_tested_is_published(void **state) {
    (void)state;
    int64_t version = 0;
    cs_rule_turn turn = turn_of("no-blame", "why");
    const char *untested = "rule no-blame\n  never agent says \"x\"\n";
    assert_int_equal(rule_history_publish_text(&turn, untested, arena, &version, &message), CS_ERR_USAGE);
    assert_non_null(strstr(message.reason, "no test"));
    const char *failing = "rule no-blame\n  never agent says \"x\"\n\ntest \"t\"\n  agent y\n  → no-blame hit at 1\n";
    assert_int_equal(rule_history_publish_text(&turn, failing, arena, &version, &message), CS_ERR_USAGE);
    assert_non_null(strstr(message.reason, "1 of 1"));
    turn.reason = "  ";
    assert_int_equal(rule_history_publish_text(&turn, PAGE, arena, &version, &message), CS_ERR_USAGE);
    assert_string_equal(message.place, "reason");
    assert_int_equal(rulebook_newest(db, "no-blame", &version, &message), CS_OK);
    assert_int_equal(version, 0);
}

static void problems_have_their_place_in_the_text(void **state) {
    (void)state;
    cs_draft_check check;
    assert_int_equal(draft_check(db, "no-blame", PAGE, arena, &check, &message), CS_OK);
    assert_int_equal(check.count, 0);
    assert_int_equal(draft_check_small(&check, PAGE, arena, &message), CS_OK);
    assert_int_equal(ruleset_rule_count(check.small), 1);
    draft_check_free(&check);
    const char *wrong = "words a = b\n\nrule no-blame\n  never agent says c\n";
    assert_int_equal(draft_check(db, "no-blame", wrong, arena, &check, &message), CS_OK);
    assert_int_equal(check.count, 1);
    assert_int_equal(check.problems[0].line, 4);
    assert_null(check.whole);
    const char *expression = "rule no-blame\n  never agent says /(/\n";
    assert_int_equal(draft_check(db, "no-blame", expression, arena, &check, &message), CS_OK);
    assert_true(check.count > 0);
    assert_int_equal(check.problems[0].line, 2);
    const char *two = "rule no-blame\n  never agent says \"x\"\nrule b\n  never agent says \"x\"\n";
    assert_int_equal(draft_check(db, "no-blame", two, arena, &check, &message), CS_OK);
    assert_int_equal(check.problems[0].line, 3);
    draft_check_free(&check);
}

static void pasted_lines_are_a_conversation(void **state) {
    (void)state;
    cs_conversation *c = NULL;
    assert_int_equal(dialogue_read("客服： 您好\n  还在吗\n\nCustomer : 坏了\nbot:x\n", arena, &c, &message), CS_OK);
    assert_int_equal(c->turn_count, 3);
    assert_non_null(strstr(c->turns[0].text, "还在吗"));
    assert_string_equal(c->turns[1].text, "坏了");
    assert_int_equal(c->participants[c->turns[1].participant].role, CS_ROLE_CUSTOMER);
    assert_int_equal(dialogue_read("您好\n客服:x", arena, &c, &message), CS_ERR_PARSE);
    assert_string_equal(message.place, "line 1");
    assert_int_equal(dialogue_read("\n 客服:\n", arena, &c, &message), CS_ERR_PARSE);
    assert_int_equal(dialogue_read("客服:\xff", arena, &c, &message), CS_ERR_ENCODING);
}

static void a_conversation_becomes_the_smallest_test(void **state) {
    (void)state;
    cs_conversation *c = NULL;
    cs_case made;
    char text[4096] = "";
    for (int i = 0; i < 30; i++) strcat(text, "客户: 我的号码是13812342071\n客服: 好\n");
    strcat(text, "客服: 个人问题\n");
    assert_int_equal(dialogue_read(text, arena, &c, &message), CS_OK);
    cs_case_wish wish = {
        .rules = rules, .rule = "no-blame", .conversation = c, .turn = 61, .expected = CS_VERDICT_CLEAN, .text = ""};
    assert_int_equal(case_make(&wish, arena, &made, &message), CS_OK);
    assert_true(made.is_needed);
    assert_int_equal(made.says, CS_VERDICT_HIT);
    assert_non_null(strstr(made.block, "→ no-blame clean"));
    assert_null(strstr(made.block, "13812342071")); /* covered */
    unsigned lines = 0;
    for (const char *at = made.block; *at; at++) lines += *at == '\n';
    assert_true(lines < 9); /* cut around the sentence */
    wish.expected = CS_VERDICT_HIT;
    assert_int_equal(case_make(&wish, arena, &made, &message), CS_OK);
    assert_false(made.is_needed);
    wish.turn = 62;
    assert_int_equal(case_make(&wish, arena, &made, &message), CS_ERR_USAGE);
}

static void a_back_test_counts_for_its_text_alone(void **state) {
    (void)state;
    const char *result = "x";
    assert_int_equal(rule_trial_ask(db, "no-blame", PAGE, 0, 1, &message), CS_OK);
    assert_int_equal(rule_trial_ask(db, "no-blame", PAGE, 0, 2, &message), CS_ERR_CONFLICT);
    assert_int_equal(rule_trial_ask(db, "no-blame", "other", 0, 3, &message), CS_OK);
    assert_int_equal(rule_trial_result(db, "no-blame", "other", arena, &result, &message), CS_OK);
    assert_null(result);
    assert_int_equal(rule_trial_cancel(db, "no-blame", &message), CS_OK);
    assert_int_equal(rule_trial_cancel(db, "no-blame", &message), CS_ERR_NOT_FOUND);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {CASE(a_page_is_the_rule_and_its_history_begins_with_the_files),
                                       CASE(what_another_rule_names_outlives_the_page_that_stated_it),
                                       CASE(pages_stand_over_files_and_the_same_gives_the_same),
                                       CASE(nobody_is_overwritten),
                                       CASE(changes_of_a_draft_never_come_twice),
                                       CASE(what_was_published_unseen_is_told),
                                       CASE(only_what_is_tested_is_published),
                                       CASE(problems_have_their_place_in_the_text),
                                       CASE(pasted_lines_are_a_conversation),
                                       CASE(a_conversation_becomes_the_smallest_test),
                                       CASE(a_back_test_counts_for_its_text_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
