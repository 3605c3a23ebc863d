/* Rules across conversations: what they say, what one event means to them, until when it counts. */
#include "rules/across.h"

#include "base/buffer.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char CALLBACK[] = "rule callback\n"
                               "  title  \"投诉三日回访\" | \"Complaint called back within 3 days\"\n"
                               "  when   event ticket.closed where kind = 投诉\n"
                               "  expect call answered to customer about this ticket by end of day 3 after\n"
                               "  waived by event ticket.reopened about this ticket\n"
                               "  else   compliance -15, open work-order team due 1d\n";

typedef struct problem {
    uint32_t count, line, column;
    char reason[300], hint[200];
} problem;

static void on_problem(void *context, const cs_rule_problem *p) {
    problem *first = context;
    if (first->count++ > 0) return;
    first->line = p->line;
    first->column = p->column;
    snprintf(first->reason, sizeof first->reason, "%s", p->reason);
    snprintf(first->hint, sizeof first->hint, "%s", p->hint ? p->hint : "");
}

static cs_error load(const char *text, cs_ruleset **rules, problem *first) {
    char path[] = "callscope-across-test.rules";
    const char *paths[] = {path};
    cs_message message;
    *first = (problem){0};
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    cs_error code = ruleset_load(paths, 1, on_problem, first, rules, &message);
    remove(path);
    return code;
}

static cs_ruleset *loaded(const char *text) {
    cs_ruleset *rules = NULL;
    problem first;
    cs_error code = load(text, &rules, &first);
    if (code != CS_OK) print_error("%s\n%u:%u %s\n", text, first.line, first.column, first.reason);
    assert_int_equal(code, CS_OK);
    return rules;
}

/* A rule with this expect line. */
static cs_ruleset *expecting(const char *expect) {
    char text[1000];
    snprintf(text, sizeof text, "rule r\n  when event ticket.closed\n  %s\n  else compliance -1\n", expect);
    return loaded(text);
}

static int64_t ms(const char *text) {
    int64_t at;
    int zone;
    assert_true(clock_parse(text, &at, &zone));
    return at;
}

static void a_rule_is_read(void **state) {
    (void)state;
    cs_ruleset *rules = loaded(CALLBACK);
    const cs_across *a = across_of(rules, 0);
    assert_non_null(a);
    assert_string_equal(a->when.kinds[0], "ticket.closed");
    assert_non_null(a->when.where);
    assert_string_equal(a->expect.kinds[0], "call.answered");
    assert_null(a->expect.kinds[1]);
    assert_int_equal(a->expect.direction, CS_DIRECTION_OUT);
    assert_true(a->expect.by_person);
    assert_int_equal(a->expect.subject, CS_SUBJECT_TICKET);
    assert_string_equal(a->waiver.kinds[0], "ticket.reopened");
    assert_false(a->is_never);
    assert_int_equal(ruleset_rule(rules, 0)->kind, CS_RULE_EXPECT);
    assert_int_equal(ruleset_rule(rules, 0)->effects[0].points, -15);
    assert_string_equal(ruleset_rule(rules, 0)->actions[0], "open work-order team due 1d");
    assert_string_equal(ruleset_rule(rules, 0)->title_en, "Complaint called back within 3 days");
    const char *kinds[8];
    assert_int_equal(across_kinds(rules, kinds, 8), 3);
    assert_int_equal(across_kinds(rules, kinds, 2), 2);
    ruleset_release(rules);

    rules = loaded("rule plain\n  never agent says \"x\"\n"
                   "rule repeat\n  when event call.answered\n"
                   "  never event call.answered where direction = in\n"
                   "        about this customer\n        within 7d after\n  else experience -5\n");
    assert_null(across_of(rules, 0));
    a = across_of(rules, 1);
    assert_true(a->is_never);
    assert_int_equal(a->expect.subject, CS_SUBJECT_CUSTOMER);
    assert_int_equal(ruleset_rule(rules, 1)->kind, CS_RULE_NEVER);
    assert_int_equal(across_kinds(rules, kinds, 8), 1);
    ruleset_release(rules);
}

static void until_when(void **state) {
    (void)state;
    static const struct {
        const char *window, *due;
    } cases[] = {
        {"within 72h after", "2026-03-05T17:40:00+08:00"},
        {"within 3d after", "2026-03-05T17:40:00+08:00"},
        {"within 30m after", "2026-03-02T18:10:00+08:00"},
        {"within 5 workdays after", "2026-03-09T17:40:00+08:00"},
        {"within 1 workday after", "2026-03-03T17:40:00+08:00"},
        {"by end of day 3 after", "2026-03-05T23:59:59.999+08:00"},
        {"by end of day 0 after", "2026-03-02T23:59:59.999+08:00"},
        {"by end of workday 5 after", "2026-03-09T23:59:59.999+08:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[200];
        snprintf(line, sizeof line, "expect event survey.sent about this customer %s", cases[i].window);
        cs_ruleset *rules = expecting(line);
        int64_t due = across_due(across_of(rules, 0), across_calendar(rules), ms("2026-03-02T17:40:00+08:00"));
        if (due != ms(cases[i].due)) print_error("%s\n", cases[i].window);
        assert_int_equal(due, ms(cases[i].due));
        ruleset_release(rules);
    }
}

static void the_meaning_ignores_layout_and_prices(void **state) {
    (void)state;
    cs_ruleset *a = loaded(CALLBACK);
    cs_ruleset *b = loaded("rule callback   # another file\n"
                           "  when   event ticket.closed\n         where kind = 投诉\n"
                           "  expect call answered to customer   about this ticket\n     by end of day 3 after\n"
                           "  waived by event ticket.reopened about this ticket\n"
                           "  else   compliance -5\n");
    cs_ruleset *c = expecting("expect call answered about this ticket by end of day 3 after");
    cs_ruleset *d = expecting("expect call answered about this ticket by end of day 4 after");
    cs_ruleset *e = expecting("expect call answered about this ticket within 72h after");
    cs_ruleset *f = loaded("calendar\n  zone +09:00\nrule r\n  when event ticket.closed\n"
                           "  expect call answered about this ticket by end of day 3 after\n");
    cs_ruleset *g = loaded("calendar\n  zone +09:00\nrule r\n  when event ticket.closed\n"
                           "  expect call answered about this ticket within 72h after\n");
    assert_true(hash_equal(across_definition(a, 0), across_definition(b, 0)));
    assert_false(hash_equal(across_definition(a, 0), across_definition(c, 0)));
    assert_false(hash_equal(across_definition(c, 0), across_definition(d, 0)));
    assert_false(hash_equal(across_definition(c, 0), across_definition(f, 0)));
    assert_true(hash_equal(across_definition(e, 0), across_definition(g, 0))); /* 72 hours know no zone */
    cs_ruleset *all[] = {a, b, c, d, e, f, g};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) ruleset_release(all[i]);
}

static void fits(const char *expect, cs_log_event event, cs_fit wanted, const char *why_wanted) {
    cs_ruleset *rules = expecting(expect);
    const char *why = "";
    cs_fit fit = across_fits(&across_of(rules, 0)->expect, &event, &why);
    if (fit != wanted || strcmp(why, why_wanted) != 0) print_error("%s gave %d %s\n", expect, fit, why);
    assert_int_equal(fit, wanted);
    assert_string_equal(why, why_wanted);
    ruleset_release(rules);
}

static void what_an_event_means(void **state) {
    (void)state;
    const char call[] = "expect call answered to customer about this ticket within 1d after";
    cs_log_event e = {.kind = "call.answered", .direction = "out", .by = "李晓芸"};
    fits(call, e, CS_FIT_YES, "");
    e.by = NULL;
    fits(call, e, CS_FIT_YES, "");
    e.by = "bot";
    fits(call, e, CS_FIT_NO, "not_a_person");
    e.by = "undecided";
    fits(call, e, CS_FIT_PERHAPS, "person_unknown");
    e.by = "a1";
    e.direction = NULL;
    fits(call, e, CS_FIT_PERHAPS, "direction_unknown");
    e.direction = "in";
    fits(call, e, CS_FIT_NO, "direction");
    fits("expect call answered from customer about this ticket within 1d after", e, CS_FIT_YES, "");
    fits("expect call answered about this ticket within 1d after", e, CS_FIT_YES, "");
    e.kind = "call.offered";
    fits(call, e, CS_FIT_NO, "not_answered");
    fits("expect call offered about this ticket within 1d after", e, CS_FIT_YES, "");
    e.kind = "call.answered";
    fits("expect call offered about this ticket within 1d after", e, CS_FIT_YES, "");
    fits("expect event survey.sent about this ticket within 1d after", e, CS_FIT_NO, "kind");
}

static void where_reads_the_event(void **state) {
    (void)state;
    const cs_field fields[] = {{"kind", "投诉", CS_FIELD_TEXT, 0},
                               {"score", "3", CS_FIELD_NUMBER, 0},
                               {"agent", "王强", CS_FIELD_TEXT, 0},
                               {"channel", "chat", CS_FIELD_TEXT, 0}};
    cs_log_event e = {.kind = "survey", .ticket = "T-1", .customer = "K-1", .by = "a1", .direction = "out"};
    e.fields = fields;
    e.field_count = 4;
    static const struct {
        const char *where;
        cs_fit fit;
        const char *why;
    } cases[] = {
        {"kind = 投诉", CS_FIT_YES, ""},
        {"kind = 报修", CS_FIT_NO, "condition"},
        {"kind in (报修, 投诉) and score < 4", CS_FIT_YES, ""},
        {"score >= 4", CS_FIT_NO, "condition"},
        {"region = 华东", CS_FIT_PERHAPS, "field_unknown"},
        {"region = 华东 or kind = 投诉", CS_FIT_YES, ""},
        {"ticket = T-1 and customer = K-1 and by = a1 and direction = out", CS_FIT_YES, ""},
        {"agent = 王强 and channel = chat", CS_FIT_YES, ""},
        {"team = 售后", CS_FIT_PERHAPS, "field_unknown"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[300];
        snprintf(line, sizeof line, "expect event survey where %s about this ticket within 1d after", cases[i].where);
        fits(line, e, cases[i].fit, cases[i].why);
    }
}

static void refuses(const char *text, uint32_t line, uint32_t column, const char *reason, const char *hint) {
    cs_ruleset *rules = NULL;
    problem first;
    assert_int_not_equal(load(text, &rules, &first), CS_OK);
    bool is_as_expected =
        first.line == line && first.column == column && strstr(first.reason, reason) && strstr(first.hint, hint);
    if (!is_as_expected)
        print_error("%s gave %u:%u %s (%s)\n", text, first.line, first.column, first.reason, first.hint);
    assert_true(is_as_expected);
}

#define WHEN "rule r\n  when event ticket.closed\n"

static void problems_have_a_place_and_a_hint(void **state) {
    (void)state;
    refuses(WHEN "  expect call answered about this ticket\n", 3, 41, "until when is missing", "by end of day 3 after");
    refuses(WHEN "  expect call answered about this ticket within 3 days after\n", 3, 51,
            "expected workdays, found 'days'", "3d for 72 hours");
    refuses(WHEN "  expect call answered about this ticket within 0h after\n", 3, 49, "longer than nothing", "");
    refuses(WHEN "  expect call answered about this ticket within 400d after\n", 3, 49, "at most 366d", "");
    refuses(WHEN "  expect call answered about this ticket by end of week 1 after\n", 3, 52,
            "expected 'day', found 'week'", "");
    refuses(WHEN "  expect call answered about this ticket by end of day 1.5 after\n", 3, 56, "whole number of days",
            "");
    refuses(WHEN "  expect call answered about this ticket within 72h\n", 3, 52, "expected 'after'", "");
    refuses(WHEN "  expect call missed about this ticket within 72h after\n", 3, 15, "can't be 'missed'",
            "call answered");
    refuses(WHEN "  expect call answered to agent about this ticket within 72h after\n", 3, 27, "expected 'customer'",
            "");
    refuses(WHEN "  expect event about this ticket within 72h after\n", 3, 22, "whose event it is",
            "about this ticket");
    refuses(WHEN "  expect agent says \"x\" about this ticket within 72h after\n", 3, 10, "not for 'agent'",
            "event ticket.closed");
    refuses(WHEN "  expect call answered within 72h after about this ticket\n", 3, 24, "whose event it is is missing",
            "about this ticket");
    refuses("rule r\n  when customer says \"投诉\"\n  expect call answered about this customer within 72h after\n", 2,
            8, "not for 'customer'", "event ticket.closed");
    refuses("rule r\n  when event a about this ticket\n  expect event b about this ticket within 1d after\n", 2, 16,
            "takes no 'about'", "leave it out");
    refuses("rule r\n  expect event b about this ticket within 1d after\n", 1, 6, "waits for no event", "when event");
    refuses("rule r\n  when event a\n  waived by event b about this ticket\n", 1, 6, "expects and forbids nothing",
            "expect EVENT");
    refuses(WHEN "  expect event b about this ticket within 1d after\n  waived by event c\n", 4, 20,
            "whose event waives", "about this");
    refuses(WHEN
            "  expect event b about this ticket within 1d after\n  never event c about this ticket within 1d after\n",
            4, 3, "one expect or never", "two rules");
    refuses(WHEN "  for call\n  expect event b about this ticket within 1d after\n", 3, 3,
            "rules about one conversation", "where FIELD");
    refuses("flag f\n  when event a\n  expect event b about this ticket within 1d after\n", 1, 6, "one conversation",
            "rule instead");
    refuses(WHEN "  expect event b where kind about this ticket within 1d after\n", 3, 29, "compared with nothing", "");
    refuses(WHEN "  expect event b about this order within 1d after\n  waived by event c about this ticket\n", 3, 29,
            "about this 'order'", "about this ticket");
    refuses(WHEN "  expect event b about this ticket within 1d after, strict\n", 3, 51, "left over", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_read),
        cmocka_unit_test(until_when),
        cmocka_unit_test(the_meaning_ignores_layout_and_prices),
        cmocka_unit_test(what_an_event_means),
        cmocka_unit_test(where_reads_the_event),
        cmocka_unit_test(problems_have_a_place_and_a_hint),
    };
    return hash_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
