/* Rules that match by sound, over turns that a phonetic model wrote: the syllables that were heard decide, not what the
 * characters that were made of them are read as. */
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

/* The verdict of "never customer sounds like PHRASE" over one turn from 10 s to 20 s. */
static cs_verdict judge(const char *phrase, const char *text, const char *words, cs_finding *finding) {
    char rule[256], source[512], document[2048];
    cs_ruleset *rules;
    cs_scanner *scanner;
    cs_message m;
    cs_verdicts out;
    cs_json *json;
    cs_conversation *c;
    snprintf(rule, sizeof rule, "rule r\n  never customer sounds like \"%s\"\n", phrase);
    snprintf(source, sizeof source, "%%%%file x.rules %zu\n%s\n", strlen(rule), rule);
    snprintf(document, sizeof document,
             "{\"id\":\"x\",\"channel\":\"call\",\"participants\":[{\"id\":\"c\",\"role\":\"customer\"}],\"turns\":[{"
             "\"from\":\"c\",\"start_ms\":10000,\"end_ms\":20000,\"text\":\"%s\",\"words\":[%s]}]}",
             text, words);
    assert_int_equal(json_parse(document, strlen(document), sizeof document, &json, &m), CS_OK);
    if (json_conversation_read(json, arena, &c, &m) != CS_OK) fail_msg("%s %s", m.place, m.reason);
    assert_int_equal(ruleset_restore(source, strlen(source), &rules, &m), CS_OK);
    assert_int_equal(scanner_create(rules, &scanner, &m), CS_OK);
    assert_int_equal(evaluation_run(scanner, c, arena, &out, &m), CS_OK);
    cs_verdict verdict = out.verdicts[0];
    *finding = out.finding_count ? out.findings[0] : (cs_finding){.turn = CS_NO_TURN};
    scanner_free(scanner);
    ruleset_release(rules);
    json_free(json);
    return verdict;
}

#define WORD(offset, length, from, to, sounds)                                                                         \
    "{\"offset\":" #offset ",\"length\":" #length ",\"start_ms\":" #from ",\"end_ms\":" #to                            \
    ",\"confidence\":0.9,\"sounds\":\"" sounds "\"}"

static void wrong_characters_with_the_right_syllables_are_a_hit(void **state) {
    (void)state;
    cs_finding f;
    /* 头书 is read tou shu, but tou su was heard. */
    const char *words = WORD(0, 1, 10000, 10500, "wo3") "," WORD(1, 1, 10500, 11000, "yao4") "," WORD(
        2, 2, 15000, 16000, "tou2 su4") "," WORD(4, 2, 16000, 17000, "ni3 men5");
    assert_int_equal(judge("投诉", "我要头书你们", words, &f), CS_VERDICT_HIT);
    assert_int_equal(f.evidence[0].from, 2);
    assert_int_equal(f.evidence[0].to, 4);
    assert_int_equal(f.evidence[0].at_ms, 15000); /* where the word stands, not the turn */
    assert_string_equal(f.evidence[0].matched, "头书");
    assert_string_equal(f.evidence[0].how, "sound");
    assert_int_equal(judge("投诉", "我要头书你们", "", &f), CS_VERDICT_CLEAN);
}

static void characters_that_sound_right_are_none_where_something_else_was_heard(void **state) {
    (void)state;
    cs_finding f;
    assert_int_equal(judge("投诉", "头素", "", &f), CS_VERDICT_HIT);
    assert_int_equal(judge("投诉", "头素", WORD(0, 2, 10000, 11000, "tou2 shu4"), &f), CS_VERDICT_CLEAN);
}

static void a_phrase_is_heard_over_words(void **state) {
    (void)state;
    cs_finding f;
    const char *words = WORD(0, 2, 10000, 11000, "tui4 kuan3") "," WORD(2, 1, 11000, 12000, "ba5");
    assert_int_equal(judge("退款吧", "腿宽爸", words, &f), CS_VERDICT_HIT);
    assert_int_equal(f.evidence[0].from, 0);
    assert_int_equal(f.evidence[0].to, 3);
}

static void figures_and_letters_are_heard(void **state) {
    (void)state;
    cs_finding f;
    assert_int_equal(judge("幺二三幺五", "打12315", WORD(1, 5, 11000, 13000, "yao1 er4 san1 yao1 wu3"), &f),
                     CS_VERDICT_HIT);
    assert_int_equal(f.evidence[0].from, 1);
    assert_int_equal(f.evidence[0].to, 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_characters_with_the_right_syllables_are_a_hit),
        cmocka_unit_test(characters_that_sound_right_are_none_where_something_else_was_heard),
        cmocka_unit_test(a_phrase_is_heard_over_words),
        cmocka_unit_test(figures_and_letters_are_heard),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
