/* Rules over a conversation that was heard: voices, not turns, say who speaks when; where nothing was written down, what asks
 * for words is undecided and says so. */
#include "base/json.h"
#include "conversation/json_conversation.h"
#include "rules/evaluation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static cs_arena *arena;

static int start(void **state) {
    (void)state;
    arena = arena_create(64 << 20);
    return arena ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

/* The verdict of one rule over a conversation written as JSON; its finding in *finding when there is one. */
static cs_verdict judge(const char *rule, const char *turns, const char *voices, const char *rest,
                        cs_finding *finding) {
    char source[2048], text[4096];
    cs_ruleset *rules;
    cs_scanner *scanner;
    cs_message m;
    cs_verdicts out;
    cs_json *json;
    cs_conversation *c;
    snprintf(source, sizeof source, "%%%%file x.rules %zu\n%s\n", strlen(rule), rule);
    snprintf(
        text, sizeof text,
        "{\"id\":\"x\",\"channel\":\"call\",\"participants\":[{\"id\":\"a\",\"role\":\"agent\"},{\"id\":\"c\",\"role\":"
        "\"customer\"},{\"id\":\"u\"}],\"turns\":[%s],\"voices\":[%s]%s}",
        turns, voices, rest);
    assert_int_equal(json_parse(text, strlen(text), sizeof text, &json, &m), CS_OK);
    if (json_conversation_read(json, arena, &c, &m) != CS_OK) fail_msg("%s %s", m.place, m.reason);
    assert_int_equal(ruleset_restore(source, strlen(source), &rules, &m), CS_OK);
    assert_int_equal(scanner_create(rules, &scanner, &m), CS_OK);
    assert_int_equal(evaluation_run(scanner, c, arena, &out, &m), CS_OK);
    cs_verdict verdict = out.verdicts[0];
    *finding = out.finding_count ? out.findings[0] : (cs_finding){.reason = out.reasons[0]};
    scanner_free(scanner);
    ruleset_release(rules);
    json_free(json);
    return verdict;
}

#define TURN(who, from, to, text)                                                                                      \
    "{\"from\":\"" who "\",\"start_ms\":" #from ",\"end_ms\":" #to ",\"text\":\"" text "\"}"
#define VOICE(who, from, to) "{\"from\":\"" who "\",\"start_ms\":" #from ",\"end_ms\":" #to "}"

static const char written[] =
    TURN("c", 0, 3000, "你好") "," TURN("a", 3000, 20000, "我看一下") "," TURN("c", 20500, 21000, "嗯");
static const char unwritten[] = TURN("c", 0, 3000, "") "," TURN("a", 3000, 5000, "") "," TURN("c", 20500, 21000, "");
static const char voices[] =
    VOICE("c", 0, 3000) "," VOICE("a", 3200, 5000) "," VOICE("a", 15000, 20000) "," VOICE("c", 20500, 21000);
static const char silence[] = "rule r\n  never silence > 8s\n";

static void a_pause_inside_a_turn_is_a_silence(void **state) {
    (void)state;
    cs_finding f;
    assert_int_equal(judge(silence, written, voices, "", &f), CS_VERDICT_HIT);
    assert_int_equal(f.turn, 1); /* the agent's, which goes on over it */
    assert_int_equal(f.evidence[0].at_ms, 5000);
    assert_int_equal(judge(silence, written, VOICE("a", 0, 20000), "", &f), CS_VERDICT_CLEAN);
}

static void without_words_mechanics_are_judged(void **state) {
    (void)state;
    cs_finding f;
    assert_int_equal(judge(silence, unwritten, voices, "", &f), CS_VERDICT_HIT);
    assert_int_equal(judge("rule r\n  never agent talk share > 40%\n", unwritten, voices, "", &f), CS_VERDICT_HIT);
    assert_int_equal(judge("rule r\n  never agent talk share > 80%\n", unwritten, voices, "", &f), CS_VERDICT_CLEAN);
    assert_int_equal(judge("rule r\n  never duration > 20s\n", unwritten, voices, "", &f), CS_VERDICT_HIT);
    assert_int_equal(judge("rule r\n  never agent response time > 100ms\n", unwritten, voices, "", &f), CS_VERDICT_HIT);
    assert_int_equal(judge("rule r\n  never agent response time > 300ms\n", unwritten, voices, "", &f),
                     CS_VERDICT_CLEAN);
}

static void without_words_what_asks_for_them_is_undecided(void **state) {
    (void)state;
    static const char *const asking[] = {
        "rule r\n  never agent says \"退款\"\n",
        "rule r\n  expect agent says \"您好\"\n",
        "rule r\n  when customer says \"投诉\"\n  expect agent says \"抱歉\"\n",
        "rule r\n  expect agent sounds like \"致歉\"\n",
        "rule r\n  never agent pace > 100\n",
        "rule r\n  never agent pace > 100 average\n",
        "rule r\n  never agent repeats 3 times\n",
        "flag r\n  when customer says \"投诉\"\n",
        "rule r\n  never silence > 8s excused by \"稍等\"\n",
    };
    cs_finding f;
    for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) {
        cs_verdict verdict = judge(asking[i], unwritten, voices, "", &f);
        if (verdict != CS_VERDICT_UNDECIDED || f.reason != CS_REASON_NO_WORDS)
            fail_msg("%s gives %s (%s)", asking[i], verdict_name(verdict), reason_name(f.reason));
    }
}

static void an_excuse_stands_in_the_turn_of_who_spoke_last(void **state) {
    (void)state;
    cs_finding f;
    static const char rule[] = "rule r\n  never silence > 8s excused by \"我看一下\"\n";
    assert_int_equal(judge(rule, written, voices, "", &f), CS_VERDICT_CLEAN);
    static const char other[] = "rule r\n  never silence > 8s excused by \"你好\"\n";
    assert_int_equal(judge(other, written, voices, "", &f), CS_VERDICT_HIT);
}

static const char interrupts[] = "rule r\n  never agent interrupts\n";

static void who_begins_while_the_other_speaks_interrupts(void **state) {
    (void)state;
    cs_finding f;
    static const char cut_in[] = VOICE("c", 0, 5000) "," VOICE("a", 4000, 7000);
    assert_int_equal(judge(interrupts, unwritten, cut_in, "", &f), CS_VERDICT_HIT);
    assert_string_equal(f.evidence[0].measured, "1.0 s");
    static const char nod[] = VOICE("c", 0, 5000) "," VOICE("a", 2000, 2400);
    assert_int_equal(judge(interrupts, unwritten, nod, "", &f), CS_VERDICT_CLEAN);
    static const char together[] = VOICE("c", 4000, 9000) "," VOICE("a", 4200, 7000);
    assert_int_equal(judge(interrupts, unwritten, together, "", &f), CS_VERDICT_CLEAN);
    static const char other_way[] = VOICE("a", 0, 5000) "," VOICE("c", 4000, 7000);
    assert_int_equal(judge(interrupts, unwritten, other_way, "", &f), CS_VERDICT_CLEAN);
    assert_int_equal(judge("rule r\n  never overlap >= 1s\n", unwritten, cut_in, "", &f), CS_VERDICT_HIT);
    assert_int_equal(judge("rule r\n  never overlap > 1s\n", unwritten, cut_in, "", &f), CS_VERDICT_CLEAN);
}

static void characters_nobody_wrote_are_judged_by_length(void **state) {
    (void)state;
    static const char rule[] = "rule r\n  never agent interrupts of at least 5 characters\n";
    cs_finding f;
    static const char many[] = VOICE("c", 0, 5000) "," VOICE("a", 4000, 7000);
    assert_int_equal(judge(rule, unwritten, many, "", &f), CS_VERDICT_HIT); /* 3 s hold five */
    static const char few[] = VOICE("c", 0, 5000) "," VOICE("a", 4000, 5000);
    assert_int_equal(judge(rule, unwritten, few, "", &f), CS_VERDICT_UNDECIDED); /* 1 s may */
    assert_int_equal(f.reason, CS_REASON_NO_WORDS);
}

static void an_undecided_side_leaves_roles_undecided(void **state) {
    (void)state;
    cs_finding f;
    static const char unknown[] = VOICE("c", 0, 5000) "," VOICE("u", 4000, 7000);
    assert_int_equal(judge(interrupts, TURN("u", 0, 7000, ""), unknown, "", &f), CS_VERDICT_UNDECIDED);
    assert_int_equal(f.reason, CS_REASON_ROLE_UNKNOWN);
    assert_int_equal(judge("rule r\n  never silence > 8s owed by agent\n", TURN("u", 0, 7000, ""),
                           VOICE("u", 0, 3000) "," VOICE("u", 20000, 21000), "", &f),
                     CS_VERDICT_UNDECIDED);
}

static void hold_is_no_silence(void **state) {
    (void)state;
    cs_finding f;
    static const char events[] =
        ",\"events\":[{\"kind\":\"hold\",\"at_ms\":5100,\"by\":\"a\"},{\"kind\":\"resume\",\"at_ms\":14000,"
        "\"by\":\"a\"}]";
    assert_int_equal(judge("rule r\n  never silence > 8s not on hold\n", unwritten, voices, events, &f),
                     CS_VERDICT_CLEAN);
    assert_int_equal(judge("rule r\n  never hold > 8s\n", unwritten, voices, events, &f), CS_VERDICT_HIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
        TEST(a_pause_inside_a_turn_is_a_silence),
        TEST(without_words_mechanics_are_judged),
        TEST(without_words_what_asks_for_them_is_undecided),
        TEST(an_excuse_stands_in_the_turn_of_who_spoke_last),
        TEST(who_begins_while_the_other_speaks_interrupts),
        TEST(characters_nobody_wrote_are_judged_by_length),
        TEST(an_undecided_side_leaves_roles_undecided),
        TEST(hold_is_no_silence),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
