/* What a finding shows: where the words stand, how they were found, what was measured; for what is missing the window that
 * was searched and the nearest near-miss with its reason. Each case is a rule, a dialogue and the evidence as lines. */
#include "base/hash.h"
#include "rules/evaluation.h"
#include "rules/scan.h"
#include "rules/syntax.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MOST_BYTES = 4096 };

typedef struct words {
    char text[MOST_BYTES];
    size_t used;
} words;

__attribute__((format(printf, 2, 3))) static void put(words *w, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int wrote = vsnprintf(w->text + w->used, sizeof w->text - w->used, format, arguments);
    va_end(arguments);
    assert_true(wrote >= 0 && (size_t)wrote < sizeof w->text - w->used);
    w->used += (size_t)wrote;
}

static void put_ms(words *w, int64_t ms) {
    if (ms == CS_NO_TIME)
        put(w, "-");
    else
        put(w, "%lld", (long long)ms);
}

/* Turns from 1, as in rules and tests. */
static void put_turn(words *w, uint32_t turn) {
    if (turn == CS_NO_TURN)
        put(w, "-");
    else
        put(w, "%u", turn + 1);
}

static void put_window(words *w, const cs_evidence *e) {
    put(w, "window turns ");
    put_turn(w, e->turn);
    put(w, "..");
    put_turn(w, e->to_turn);
    put(w, " ms ");
    put_ms(w, e->from_ms);
    put(w, "..");
    put_ms(w, e->to_ms);
    put(w, ", %u searched, closed by %s\n", e->turns_searched, e->closed_by);
}

/* match turn 1 [2,4) ms 900~ "抱歉" text; ~: interpolated */
static void put_evidence(words *w, const cs_evidence *e) {
    if (e->kind == CS_EVIDENCE_WINDOW) {
        put_window(w, e);
        return;
    }
    put(w, "%s", evidence_kind_name(e->kind));
    if (e->step) put(w, " %s", e->step);
    put(w, " turn ");
    put_turn(w, e->turn);
    if (e->matched) {
        if (e->to > 0) put(w, " [%u,%u)", e->from, e->to);
        put(w, " ms ");
        put_ms(w, e->at_ms);
        put(w, "%s", e->is_interpolated ? "~" : "");
        if (*e->matched) put(w, " \"%s\"", e->matched);
        put(w, " %s", e->how);
    }
    if (e->measured) put(w, ", %s", e->measured);
    if (e->why) put(w, ", %s", why_name(e->why));
    if (e->by) put(w, " by %s", e->by);
    put(w, "\n");
}

static cs_ruleset *loaded(const char *text) {
    char path[] = "/tmp/callscope-evidence-XXXXXX.rules";
    const char *paths[] = {path};
    cs_ruleset *rules = NULL;
    cs_message message = {0};
    int file = mkstemps(path, 6);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
    cs_error code = ruleset_load(paths, 1, NULL, NULL, &rules, &message);
    unlink(path);
    if (code != CS_OK) print_error("%s\n%s\n", text, message.reason);
    assert_int_equal(code, CS_OK);
    return rules;
}

/* The findings of the first rule about the first test's dialogue. */
static void describe(const char *text, words *w) {
    cs_ruleset *rules = loaded(text);
    const cs_rule_test *test = &ruleset_syntax(rules)->tests[0];
    cs_arena *arena = arena_create(64 << 20);
    cs_scanner *scanner = NULL;
    cs_message message;
    cs_verdicts verdicts;
    assert_non_null(arena);
    assert_int_equal(scanner_create(rules, &scanner, &message), CS_OK);
    assert_int_equal(evaluation_run(scanner, test->conversation, arena, &verdicts, &message), CS_OK);
    w->used = 0;
    w->text[0] = 0;
    if (!verdicts.finding_count)
        put(w, "%s %s\n", verdict_name(verdicts.verdicts[0]), reason_name(verdicts.reasons[0]));
    for (uint32_t i = 0; i < verdicts.finding_count; i++) {
        const cs_finding *f = &verdicts.findings[i];
        put(w, "%s %s turn ", verdict_name(f->verdict), reason_name(f->reason));
        put_turn(w, f->turn);
        put(w, " ms ");
        put_ms(w, f->at_ms);
        put(w, "%s\n", f->units > 1 ? " twice" : "");
        for (uint32_t k = 0; k < f->evidence_count; k++) put_evidence(w, &f->evidence[k]);
    }
    scanner_free(scanner);
    arena_free(arena);
    ruleset_release(rules);
}

/* rule: its clauses; dialogue: its lines; every line is indented here. */
static void shows_with(const char *lists, const char *rule, const char *dialogue, const char *expected) {
    words text = {0}, found = {0};
    put(&text, "%s\nrule r\n%s\ntest \"t\"\n%s\n  -> r hit\n", lists, rule, dialogue);
    describe(text.text, &found);
    if (strcmp(found.text, expected) != 0)
        print_error("---- of\n%s---- expected\n%s---- found\n%s", text.text, expected, found.text);
    assert_string_equal(found.text, expected);
}

static void shows(const char *rule, const char *dialogue, const char *expected) {
    shows_with("", rule, dialogue, expected);
}

/* ---- what was found ---- */

static void words_carry_their_place(void **state) {
    (void)state;
    shows("  expect agent says \"抱歉\"", "  0:01-0:05 agent 非常抱歉哦哦哦哦",
          "met present turn 1 ms 2000\n"
          "match turn 1 [2,4) ms 2000~ \"抱歉\" text\n");
    shows("  expect agent says \"抱歉\"", "  agent 您好\n  agent 非常 抱 歉",
          "met present turn 2 ms -\n"
          "match turn 2 [3,6) ms - \"抱 歉\" text\n");
    shows("  never agent says \"12315\"", "  agent 打１２３１５",
          "hit present turn 1 ms -\n"
          "match turn 1 [1,6) ms - \"１２３１５\" text\n");
    shows("  never agent says /[0-9]+ ?元/", "  agent 上门费 50 元",
          "hit present turn 1 ms -\n"
          "match turn 1 [4,8) ms - \"50 元\" expression\n");
    shows("  expect agent sounds like \"致歉\"", "  agent 深表致谦",
          "met present turn 1 ms -\n"
          "match turn 1 [2,4) ms - \"致谦\" sound\n");
    shows("  expect agent says all of \"甲\" | \"乙\"", "  agent 一乙二甲三",
          "met present turn 1 ms -\n"
          "match turn 1 [1,4) ms - \"乙二甲\" text\n");
}

static void a_trigger_stands_beside_the_match(void **state) {
    (void)state;
    shows("  when customer says \"太差\"\n  expect agent says \"抱歉\" within 2 agent turns after",
          "  customer 你们太差了\n  agent 嗯\n  agent 抱歉",
          "met present turn 3 ms -\n"
          "trigger turn 1 [2,4) ms - \"太差\" text\n"
          "match turn 3 [0,2) ms - \"抱歉\" text\n");
}

static void likeness_is_measured(void **state) {
    (void)state;
    shows("  expect agent similar to \"甲乙丙\" likeness 50%", "  agent 您好。甲乙丁。",
          "met present turn 1 ms -\n"
          "match turn 1 [3,6) ms - \"甲乙丁\" likeness, 50 %\n");
    shows("  never agent repeats 2 times", "  agent 帮您核实一下\n  customer 嗯\n  agent 帮您核实一下",
          "hit present turn 3 ms -\n"
          "match turn 3 ms - likeness, 2 times\n");
}

static void time_is_measured(void **state) {
    (void)state;
    shows("  never silence > 4s owed by agent", "  0:00-0:02 customer 在吗\n  0:09-0:10 agent 在",
          "hit present turn 1 ms 2000\n"
          "match turn 1 ms 2000 time, > 4.0 s\n");
    shows("  never agent response time > 30s", "  for chat\n  0:05 customer 在吗\n  0:40 agent 在",
          "hit present turn 1 ms 5000\n"
          "match turn 1 ms 5000 time, > 30.0 s\n");
    shows("  expect agent response time <= 30s", "  for chat\n  0:05 customer 在吗\n  0:20 agent 在",
          "met present turn 2 ms 20000\n"
          "match turn 2 ms 20000 time, 15.0 s\n");
    shows("  never agent interrupts", "  0:00-0:05 customer 我说一下\n  0:03-0:06 agent 不用说了",
          "hit present turn 2 ms 3000\n"
          "match turn 2 ms 3000 time, 2.0 s\n");
    shows("  never agent pace > 240", "  0:00-0:02 agent 一二三四五六七八九十",
          "hit present turn 1 ms 0\n"
          "match turn 1 ms 0 time, 300 a minute\n");
    shows("  never agent pace > 50% over own start",
          "  0:00-0:02 agent 一二三四\n  0:03-0:05 agent 一二三四\n  0:06-0:08 agent 一二三四\n"
          "  0:09-0:11 agent 一二三四五六七",
          "hit present turn 4 ms 9000\n"
          "match turn 4 ms 9000 time, 210 a minute, own start 120\n");
}

static void events_and_annotations_say_what_they_are(void **state) {
    (void)state;
    shows("  never hang-up by agent > 3s after last word", "  0:00-0:02 agent 再见\n  0:08 event hang-up by agent",
          "hit present turn 1 ms 8000\n"
          "match turn 1 ms 8000 event, 6.0 s\n");
    shows("  never transfer by agent", "  agent 转接\n  event transfer by agent\n  agent 您好",
          "hit present turn 1 ms -\n"
          "match turn 1 ms - event, transfer\n");
    shows("  never hold > 1m", "  0:00-0:02 agent 稍等\n  0:03 event hold by agent\n  1:10 event resume by agent",
          "hit present turn 1 ms 3000\n"
          "match turn 1 ms 3000 event, > 60.0 s\n");
    shows("  never agent loudness > -10", "  agent 喊\n  annotation loudness -6 in 1",
          "hit present turn 1 ms -\n"
          "match turn 1 ms - annotation, -6 dB\n");
    shows("  never agent topic price", "  agent 贵\n  annotation topic price in 1",
          "hit present turn 1 ms -\n"
          "match turn 1 ms - annotation, price\n");
}

/* ---- what is missing ---- */

static void a_missed_one_shows_where_it_was_looked_for(void **state) {
    (void)state;
    shows("  when customer says \"太差\"\n  expect agent says \"抱歉\" within 2 agent turns after",
          "  0:00-0:02 customer 太差\n  0:03-0:04 agent 嗯\n  0:05-0:06 customer 唉\n  0:07-0:08 agent 请讲\n"
          "  0:09-0:10 customer 算了",
          "missed absent turn 1 ms 0\n"
          "trigger turn 1 [0,2) ms 0 \"太差\" text\n"
          "window turns 1..4 ms 2000..8000, 2 searched, closed by turns\n");
    shows("  expect agent says \"录音\" by 30s", "  0:00-0:02 agent 您好\n  0:20-0:22 agent 请讲\n  0:40-0:42 agent 好",
          "missed absent turn 1 ms 0\n"
          "window turns 1..2 ms 0..30000, 1 searched, closed by time\n");
    shows("  expect agent says \"再见\"", "  agent 您好\n  customer 嗯\n  agent 好",
          "missed absent turn 1 ms -\n"
          "window turns 1..- ms -..-, 2 searched, closed by end\n");
    shows("  when customer says \"太差\"\n  expect agent says \"抱歉\" until agent says \"退款\"",
          "  customer 太差\n  agent 嗯\n  agent 退款",
          "missed absent turn 1 ms -\n"
          "trigger turn 1 [0,2) ms - \"太差\" text\n"
          "window turns 1..3 ms -..-, 1 searched, closed by until\n");
}

static void near_misses_say_why_not(void **state) {
    (void)state;
    static const char rule[] = "  when customer says \"太差\"\n"
                               "  expect agent asserts \"我们赔\" unless in \"我们赔不起\" within 1 agent turns after";
#define MISSED(near)                                                                                                   \
    "missed absent turn 1 ms -\n"                                                                                      \
    "trigger turn 1 [0,2) ms - \"太差\" text\n"                                                                      \
    "window turns 1..2 ms -..-, 1 searched, closed by turns\n" near
    shows(rule, "  customer 太差\n  agent 嗯\n  customer 要我说我们赔",
          MISSED("near_miss turn 3 [3,6) ms - \"我们赔\" text, wrong_side\n"));
    shows(rule, "  customer 太差\n  agent 嗯\n  customer 唉\n  agent 我们赔",
          MISSED("near_miss turn 4 [0,3) ms - \"我们赔\" text, too_late\n"));
    shows(rule, "  customer 太差\n  agent 我们赔不起\n  customer 唉",
          MISSED("near_miss turn 2 [0,3) ms - \"我们赔\" text, excused by 我们赔不起\n"));
    shows(rule, "  customer 太差\n  agent 不是我们赔\n  customer 唉",
          MISSED("near_miss turn 2 [2,5) ms - \"我们赔\" text, denied by 不是\n"));
    shows(rule, "  customer 太差\n  agent 我们赔吗\n  customer 唉",
          MISSED("near_miss turn 2 [0,3) ms - \"我们赔\" text, asked by 吗\n"));
    shows(rule, "  customer 太差\n  agent 您说我们赔\n  customer 唉",
          MISSED("near_miss turn 2 [2,5) ms - \"我们赔\" text, quoted by 您说\n"));
#undef MISSED
}

static void near_misses_before_below_and_in_part(void **state) {
    (void)state;
    shows("  when customer says \"太差\"\n  expect agent says \"抱歉\" within 1 agent turns after",
          "  agent 抱歉\n  customer 太差\n  agent 嗯\n  customer 唉",
          "missed absent turn 2 ms -\n"
          "trigger turn 2 [0,2) ms - \"太差\" text\n"
          "window turns 2..3 ms -..-, 1 searched, closed by turns\n"
          "near_miss turn 1 [0,2) ms - \"抱歉\" text, too_early\n");
    shows("  when customer says \"太差\"\n  expect agent says \"抱歉\" and agent says \"退款\"",
          "  customer 太差\n  agent? 抱歉\n  customer 唉\n  agent 好",
          "missed absent turn 1 ms -\n"
          "trigger turn 1 [0,2) ms - \"太差\" text\n"
          "window turns 1..- ms -..-, 2 searched, closed by end\n"
          "near_miss turn 2 [0,2) ms - \"抱歉\" text, low_confidence\n");
    shows("  expect agent says all of \"姓名\" | \"电话\"", "  agent 您好\n  agent 报一下姓名",
          "missed absent turn 1 ms -\n"
          "window turns 1..- ms -..-, 1 searched, closed by end\n"
          "near_miss turn 2 [3,5) ms - \"姓名\" text, incomplete\n");
    shows("  expect silence > 4s owed by customer excused by \"请稍等\"",
          "  0:00-0:02 agent 请稍等\n  0:09-0:10 customer 好",
          "missed absent turn 1 ms 0\n"
          "window turns 1..- ms 0..10000, 1 searched, closed by end\n"
          "near_miss turn 1 ms 2000 time, > 4.0 s, excused by 请稍等\n");
    shows("  expect agent says \"录音\" by 10s", "  0:00-0:02 agent 您好\n  0:12-0:14 agent 录音\n  0:20-0:22 agent 好",
          "missed absent turn 1 ms 0\n"
          "window turns 1..1 ms 0..10000, 1 searched, closed by time\n"
          "near_miss turn 2 [0,2) ms 12000 \"录音\" text, too_late\n");
}

static void the_nearest_near_miss_is_shown(void **state) {
    (void)state;
    shows("  when customer says \"太差\"\n  expect agent says \"抱歉\" within 1 agent turns after",
          "  agent 抱歉\n  customer 哦\n  customer 太差\n  agent 嗯\n  customer 抱歉\n  agent 抱歉",
          "missed absent turn 3 ms -\n"
          "trigger turn 3 [0,2) ms - \"太差\" text\n"
          "window turns 3..4 ms -..-, 1 searched, closed by turns\n"
          "near_miss turn 5 [0,2) ms - \"抱歉\" text, wrong_side\n");
}

/* ---- why it is clean, undecided, not applicable ---- */

static void what_was_excused_is_shown(void **state) {
    (void)state;
    shows("  never agent asserts \"个人问题\"", "  agent 这不是您的个人问题",
          "clean absent turn - ms -\n"
          "excuse turn 1 [5,9) ms - \"个人问题\" text, denied by 不是\n");
    shows("  never agent asserts \"不知道\" unless in \"不知道您\"", "  agent 不知道您几点方便",
          "clean absent turn - ms -\n"
          "excuse turn 1 [0,3) ms - \"不知道\" text, excused by 不知道您\n");
}

static void what_is_possible_is_shown(void **state) {
    (void)state;
    shows("  never agent says \"个人问题\"", "  agent? 个人问题",
          "undecided low_confidence turn 1 ms -\n"
          "match turn 1 [0,4) ms - \"个人问题\" text, low_confidence\n");
    shows("  expect agent says \"抱歉\"", "  agent 您好\n  undecided 抱歉",
          "undecided role_unknown turn 2 ms -\n"
          "match turn 2 [0,2) ms - \"抱歉\" text\n"
          "window turns 1..- ms -..-, 1 searched, closed by end\n");
}

static void a_waiver_is_shown(void **state) {
    (void)state;
    shows("  when customer says \"漏水\"\n  expect agent says \"上门\"\n  waived by customer says \"好了\"",
          "  customer 漏水\n  customer 好了\n  agent 嗯",
          "not_applicable waived turn 1 ms -\n"
          "trigger turn 1 [0,2) ms - \"漏水\" text\n"
          "waiver turn 2 [0,2) ms - \"好了\" text\n");
}

static void steps_show_what_they_lack(void **state) {
    (void)state;
    shows("  when customer says \"漏水\", once\n"
          "  expect steps\n"
          "           remote : agent says \"滤网\"\n"
          "           visit  : agent says \"上门\" if customer says \"还漏\" after remote\n"
          "           swap   : agent says \"换机\" if customer says \"还漏\" after visit",
          "  customer 漏水\n  agent 上门\n  agent 洗滤网\n  customer 还漏\n  agent 等等",
          "missed step turn 1 ms - twice\n"
          "trigger turn 1 [0,2) ms - \"漏水\" text\n"
          "window turns 1..- ms -..-, 2 searched, closed by end\n"
          "step remote turn 3 [1,3) ms - \"滤网\" text\n"
          "step visit turn 2 [0,2) ms - \"上门\" text, too_early by remote\n"
          "step swap turn -\n");
}

int main(void) {
    if (!hash_start()) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_carry_their_place),
                                       cmocka_unit_test(a_trigger_stands_beside_the_match),
                                       cmocka_unit_test(likeness_is_measured),
                                       cmocka_unit_test(time_is_measured),
                                       cmocka_unit_test(events_and_annotations_say_what_they_are),
                                       cmocka_unit_test(a_missed_one_shows_where_it_was_looked_for),
                                       cmocka_unit_test(near_misses_say_why_not),
                                       cmocka_unit_test(near_misses_before_below_and_in_part),
                                       cmocka_unit_test(the_nearest_near_miss_is_shown),
                                       cmocka_unit_test(what_was_excused_is_shown),
                                       cmocka_unit_test(what_is_possible_is_shown),
                                       cmocka_unit_test(a_waiver_is_shown),
                                       cmocka_unit_test(steps_show_what_they_lack)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
