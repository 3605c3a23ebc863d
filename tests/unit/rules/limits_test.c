/* Long and dense conversations are inspected whole, in memory that grows with them and not with their square. */
#include "base/hash.h"
#include "rules/evaluation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TURNS = 20000, DENSE_BYTES = 60000 };

static const char rules_text[] =
    "rule each\n  never agent asserts \"个人问题\"\n  else risk +1 each\n"
    "rule answered\n  when customer says \"投诉\"\n  expect agent says \"抱歉\" within 1 agent turns after\n"
    "rule ever\n  when customer says \"投诉\"\n  expect agent says \"抱歉\"\n"
    "rule often\n  never count(agent says \"个人问题\") >= 9000\n"
    "rule excused\n  never agent says \"问题\" unless in \"个人问题\"\n";

static cs_ruleset *rules;
static cs_scanner *scanner;
static cs_arena *arena;
static cs_participant people[] = {{.id = "a", .role = CS_ROLE_AGENT}, {.id = "c", .role = CS_ROLE_CUSTOMER}};

static int set_up(void **state) {
    (void)state;
    char source[2048];
    cs_message message;
    snprintf(source, sizeof source, "%%%%file x.rules %zu\n%s\n", strlen(rules_text), rules_text);
    arena = arena_create(256 << 20);
    bool is_ready = arena && ruleset_restore(source, strlen(source), &rules, &message) == CS_OK &&
                    scanner_create(rules, &scanner, &message) == CS_OK;
    return is_ready ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    scanner_free(scanner);
    ruleset_release(rules);
    arena_free(arena);
    return 0;
}

static cs_verdicts run(cs_turn *turns, uint32_t count) {
    cs_conversation c = {.external_id = "x",
                         .title = "x",
                         .channel = CS_CHANNEL_CHAT,
                         .started_ms = CS_NO_TIME,
                         .participants = people,
                         .participant_count = 2,
                         .turns = turns,
                         .turn_count = count,
                         .is_timed = true};
    cs_verdicts out;
    cs_message message;
    arena_reset(arena);
    cs_error code = evaluation_run(scanner, &c, arena, &out, &message);
    if (code != CS_OK) print_error("%s\n", message.reason);
    assert_int_equal(code, CS_OK);
    return out;
}

static uint32_t findings_of(const cs_verdicts *verdicts, const char *rule) {
    uint32_t index = ruleset_find(rules, rule)->index, count = 0;
    for (uint32_t i = 0; i < verdicts->finding_count; i++) count += verdicts->findings[i].rule == index;
    return count;
}

static void a_long_conversation_is_judged_at_each_place(void **state) {
    (void)state;
    cs_turn *turns = calloc(TURNS, sizeof *turns);
    assert_non_null(turns);
    for (uint32_t i = 0; i < TURNS; i++) {
        const char *text = i % 2 ? "这是您的个人问题" : "我要投诉";
        turns[i] = (cs_turn){.participant = i % 2 ? 0 : 1,
                             .start_ms = i * 1000,
                             .end_ms = CS_NO_TIME,
                             .text = text,
                             .text_bytes = (uint32_t)strlen(text),
                             .confidence = -1};
    }
    cs_verdicts verdicts = run(turns, TURNS);
    assert_int_equal(findings_of(&verdicts, "each"), TURNS / 2);
    assert_int_equal(findings_of(&verdicts, "answered"), TURNS / 2);
    assert_int_equal(findings_of(&verdicts, "ever"), 1); /* while it is open, further triggers join it */
    assert_int_equal(verdicts.verdicts[ruleset_find(rules, "often")->index], CS_VERDICT_HIT);
    free(turns);
}

static void one_turn_of_one_phrase_is_one_occurrence(void **state) {
    (void)state;
    static const char phrase[] = "这不是您的个人问题吧";
    char *text = malloc(DENSE_BYTES + sizeof phrase);
    assert_non_null(text);
    uint32_t bytes = 0;
    while (bytes < DENSE_BYTES) {
        memcpy(text + bytes, phrase, sizeof phrase);
        bytes += (uint32_t)sizeof phrase - 1;
    }
    cs_turn turn = {
        .participant = 0, .start_ms = 0, .end_ms = CS_NO_TIME, .text = text, .text_bytes = bytes, .confidence = -1};
    cs_verdicts verdicts = run(&turn, 1);
    assert_int_equal(verdicts.verdicts[ruleset_find(rules, "each")->index], CS_VERDICT_CLEAN);
    assert_int_equal(verdicts.verdicts[ruleset_find(rules, "excused")->index], CS_VERDICT_CLEAN);
    free(text);
}

int main(void) {
    if (!hash_start()) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_conversation_is_judged_at_each_place),
        cmocka_unit_test(one_turn_of_one_phrase_is_one_occurrence),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
