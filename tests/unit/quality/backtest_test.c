/* Back-tests against the plain way: both rule sets evaluated whole over every conversation. */
#include "quality/backtest.h"

#include "../store/folder.h"
#include "quality/backtest_explanation.h"
#include "quality/backtest_reader.h"
#include "quality/backtest_tally.h"
#include "quality/inspect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { CONVERSATIONS = 1300 }; /* more than one piece, so that workers share them out */

static cs_folder folder;
static cs_message message;
static uint64_t state_of_chance = 7;

static uint32_t below(uint32_t most) { /* SplitMix64 */
    uint64_t x = state_of_chance += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((x ^ (x >> 31)) % most);
}

/* ---- a store ---- */

static void path_of(char out[200], const char *name) {
    (void)snprintf(out, 200, "%s/%s", folder.path, name);
}

static void write_conversations(const char *path) {
    static const char *const words[] = {"我要投诉", "受不了了", "抱歉给您带来不便", "对不起", "个人问题",
                                        "算了",     "上门看看", "换货处理",         "好的",   "请稍等"};
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < CONVERSATIONS; i++) {
        bool is_unknown = below(9) == 0;
        fprintf(file,
                "{\"id\":\"C-%d\",\"channel\":\"%s\",\"started\":\"2026-03-01T10:00:00+08:00\",\"participants\":["
                "{\"id\":\"c\",\"role\":\"customer\"},{\"id\":\"a\",\"role\":\"%s\",\"name\":\"坐席%u\",\"team\":"
                "\"%u组\"}],\"turns\":[",
                i, below(2) ? "chat" : "call", is_unknown ? "undecided" : "agent", below(20), below(3));
        uint32_t turns = 2 + below(9);
        for (uint32_t t = 0; t < turns; t++)
            fprintf(file, "%s{\"from\":\"%s\",\"start_ms\":%u,\"end_ms\":%u,\"text\":\"%s%s\"}", t ? "," : "",
                    below(2) ? "c" : "a", t * 4000, t * 4000 + 3000, words[below(10)], words[below(10)]);
        fputs("]}\n", file);
    }
    assert_int_equal(fclose(file), 0);
}

static cs_ruleset *load(const char *text) {
    char path[200];
    path_of(path, "test.rules");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    const char *paths[] = {path};
    cs_ruleset *rules = NULL;
    if (ruleset_load(paths, 1, NULL, NULL, &rules, &message) != CS_OK) fail_msg("%s\n%s", message.reason, text);
    return rules;
}

static void on_progress(void *context, const cs_inspect_counts *counts) {
    (void)context, (void)counts;
}

static void on_refused(void *context, const char *file, const char *id, const cs_message *why) {
    (void)context;
    fail_msg("%s %s: %s", file, id ? id : "", why->reason);
}

static void inspect(cs_ruleset *rules) {
    char path[200];
    path_of(path, "chats.jsonl");
    const char *paths[] = {path};
    cs_inspect_counts counts;
    cs_inspect_options options = {.data = folder.path,
                                  .paths = paths,
                                  .path_count = 1,
                                  .ruleset = rules,
                                  .workers = 2,
                                  .on_progress = on_progress,
                                  .on_refused = on_refused};
    if (inspect_run(&options, &counts, &message) != CS_OK) fail_msg("%s", message.reason);
    assert_int_equal(counts.stored, CONVERSATIONS);
}

/* ---- rule sets ---- */

#define LISTS                                                                                                          \
    "words unhappy = 投诉 | 受不了\n"                                                                             \
    "words apology = 抱歉 | 对不起\n"
#define APOLOGISE                                                                                                      \
    "rule apologise\n  when   customer says unhappy\n  expect agent says apology within 2 agent turns after\n"         \
    "  else   experience -10 each, max -30\n"
#define BLAME "rule no-blame\n  never  agent asserts \"个人问题\"\n  else   risk +40, compliance -20, mark high-risk\n"
#define STEPS                                                                                                               \
    "rule stepwise\n  when   customer says unhappy, once\n  expect steps\n"                                                 \
    "           visit    : agent says \"上门\"\n           exchange : agent says \"换货\" if customer says \"算了\" " \
    "after visit\n"                                                                                                         \
    "  else   compliance -7 each, max -20\n"
#define WAIT                                                                                                           \
    "rule wait\n  when   customer says \"算了\"\n  expect agent says \"请稍等\" within 10s after\n  else   "      \
    "compliance -5\n"
#define FLAG "flag give-up\n  when   customer says \"算了\"\n  then   risk +15\n"

static const char OLD[] = LISTS APOLOGISE BLAME STEPS WAIT FLAG;

static const char *const NEWS[] = {
    /* a list, through which two rules differ */
    "words unhappy = 投诉 | 受不了 | 好的\nwords apology = 抱歉 | 对不起\n" APOLOGISE BLAME STEPS WAIT FLAG,
    /* only what it costs */
    LISTS "rule apologise\n  when   customer says unhappy\n  expect agent says apology within 2 agent turns after\n"
          "  else   experience -15 each, max -40\n" BLAME STEPS WAIT FLAG,
    /* one less, one more, one renamed */
    LISTS APOLOGISE "rule no-blame-more\n  never  agent says \"个人问题\" | \"请稍等\"\n  else   risk +20\n" STEPS WAIT
                    "rule polite\n  expect agent says \"好的\"\n  else   compliance -30, experience -1\n" FLAG,
    /* an obligation that became a prohibition, a flag that costs and marks nothing */
    LISTS APOLOGISE BLAME STEPS "rule wait\n  never  agent says \"请稍等\"\n  else   compliance -5\n"
                                "flag give-up\n  when   customer says \"算了\" | \"受不了\"\n  then   tag 沉默\n",
    /* down to where a score ends: then it matters how often the unchanged rules cost */
    LISTS APOLOGISE
    "rule no-blame\n  never  agent asserts \"个人问题\"\n  else   risk +90, compliance -90, experience -90\n" STEPS WAIT
        FLAG,
    /* times and steps */
    LISTS APOLOGISE BLAME
    "rule stepwise\n  when   customer says unhappy\n  expect steps\n           visit    : agent says \"上门\"\n"
    "           exchange : agent says \"换货\"\n  else   compliance -7 each, max -20\n" WAIT FLAG,
};

static const char OTHER[] = LISTS "rule something-else\n  expect agent says \"好的\"\n";

/* ---- the plain way ---- */

typedef struct plain {
    cs_backtest_tally tally; /* only differing, rescored, high_risk and the scores */
    int64_t transitions[40][CS_VERDICT_COUNT][CS_VERDICT_COUNT]; /* by the place in names */
    const char *names[40];
    uint32_t name_count;
} plain;

static uint32_t name_index(plain *p, const char *name) {
    for (uint32_t i = 0; i < p->name_count; i++)
        if (strcmp(p->names[i], name) == 0) return i;
    assert_true(p->name_count < 40);
    p->names[p->name_count] = name;
    return p->name_count++;
}

static cs_verdict verdict_of(const cs_ruleset *rules, const cs_verdicts *verdicts, const char *name) {
    const cs_rule *rule = ruleset_find(rules, name);
    return rule ? verdicts->verdicts[rule->index] : CS_VERDICT_NOT_APPLICABLE;
}

typedef struct whole {
    cs_ruleset *rules;
    cs_scanner *scanner;
    cs_verdicts verdicts;
    cs_scores scores;
} whole;

static void judge(whole *w, const cs_conversation *conversation, cs_arena *arena) {
    assert_int_equal(evaluation_run(w->scanner, conversation, arena, &w->verdicts, &message), CS_OK);
    assert_int_equal(scorecard_compute(w->rules, &w->verdicts, arena, &w->scores, &message), CS_OK);
}

static void count(plain *p, const whole *before, const whole *after) {
    bool is_rescored = false;
    for (uint32_t i = 0; i < p->name_count; i++)
        p->transitions[i][verdict_of(before->rules, &before->verdicts, p->names[i])]
                      [verdict_of(after->rules, &after->verdicts, p->names[i])]++;
    for (int i = 0; i < CS_SCORE_COUNT; i++) {
        int from = before->scores.lines[i].total, to = after->scores.lines[i].total;
        tally_score(&p->tally, (cs_score)i, from, to);
        is_rescored = is_rescored || from != to;
    }
    p->tally.rescored += is_rescored;
    p->tally.high_risk += after->scores.is_high_risk && !before->scores.is_high_risk;
    p->tally.no_high_risk += before->scores.is_high_risk && !after->scores.is_high_risk;
}

static void run_plain(plain *p, cs_ruleset *old_rules, cs_ruleset *new_rules) {
    whole before = {.rules = old_rules}, after = {.rules = new_rules};
    cs_backtest_reader *reader = NULL;
    cs_arena *arena = arena_create(64 << 20);
    cs_backtest_row row;
    bool has_row = true;
    *p = (plain){0};
    for (uint32_t i = 0; i < ruleset_rule_count(old_rules); i++) (void)name_index(p, ruleset_rule(old_rules, i)->name);
    for (uint32_t i = 0; i < ruleset_rule_count(new_rules); i++) (void)name_index(p, ruleset_rule(new_rules, i)->name);
    assert_int_equal(scanner_create(old_rules, &before.scanner, &message), CS_OK);
    assert_int_equal(scanner_create(new_rules, &after.scanner, &message), CS_OK);
    assert_int_equal(backtest_reader_open(folder.path, &reader, &message), CS_OK);
    assert_int_equal(backtest_reader_begin(reader, 0, INT64_MAX, &message), CS_OK);
    while (has_row) {
        cs_conversation *conversation;
        assert_int_equal(backtest_reader_next(reader, &row, &has_row, &message), CS_OK);
        if (!has_row) break;
        arena_reset(arena);
        assert_int_equal(backtest_reader_decode(reader, &row, arena, &conversation, &message), CS_OK);
        judge(&before, conversation, arena);
        judge(&after, conversation, arena);
        count(p, &before, &after);
    }
    backtest_reader_close(reader);
    scanner_free(before.scanner);
    scanner_free(after.scanner);
    arena_free(arena);
}

/* ---- comparing ---- */

static int64_t integer(const cs_json *object, const char *key) {
    int64_t value = INT64_MIN;
    (void)json_int64(json_get(object, key), &value);
    return value;
}

static cs_json *json_of(const cs_backtest *test) {
    cs_buffer out;
    cs_json_writer writer;
    cs_json *json = NULL;
    buffer_init(&out, 16 << 20);
    json_writer_init(&writer, &out);
    backtest_write(test, &writer);
    assert_false(out.is_failed);
    assert_int_equal(json_parse(out.data, out.length, 16 << 20, &json, &message), CS_OK);
    buffer_free(&out);
    return json;
}

static cs_json *run(cs_ruleset *old_rules, cs_ruleset *new_rules, unsigned workers) {
    cs_backtest *test = NULL;
    cs_backtest_options options = {
        .data = folder.path, .old_rules = old_rules, .new_rules = new_rules, .workers = workers, .samples = 3};
    if (backtest_run(&options, &test, &message) != CS_OK) fail_msg("%s", message.reason);
    assert_false(backtest_is_partial(test));
    cs_json *json = json_of(test);
    backtest_free(test);
    return json;
}

static const cs_json *change_of(const cs_json *test, const char *rule) {
    const cs_json *changes = json_get(test, "changes");
    for (size_t i = 0; i < json_length(changes); i++)
        if (strcmp(json_string(json_get(json_at(changes, i), "rule"), NULL), rule) == 0) return json_at(changes, i);
    return NULL;
}

static int64_t told(const cs_json *change, int before, int after) {
    const cs_json *all = json_get(change, "transitions");
    for (size_t i = 0; i < json_length(all); i++) {
        const cs_json *one = json_at(all, i);
        if (strcmp(json_string(json_get(one, "old"), NULL), verdict_name((cs_verdict)before)) == 0 &&
            strcmp(json_string(json_get(one, "new"), NULL), verdict_name((cs_verdict)after)) == 0)
            return integer(one, "conversations");
    }
    return 0;
}

static void compare_rules(const plain *p, const cs_json *test) {
    for (uint32_t i = 0; i < p->name_count; i++) {
        const cs_json *change = change_of(test, p->names[i]);
        for (int before = 0; before < CS_VERDICT_COUNT; before++)
            for (int after = 0; after < CS_VERDICT_COUNT; after++)
                if (before != after && p->transitions[i][before][after] != (change ? told(change, before, after) : 0))
                    fail_msg("%s: %s to %s is %lld", p->names[i], verdict_name((cs_verdict)before),
                             verdict_name((cs_verdict)after), (long long)p->transitions[i][before][after]);
    }
}

static void compare_scores(const plain *p, const cs_json *test) {
    assert_int_equal(integer(test, "rescored"), p->tally.rescored);
    assert_int_equal(integer(test, "newly_high_risk"), p->tally.high_risk);
    assert_int_equal(integer(test, "no_longer_high_risk"), p->tally.no_high_risk);
    for (int i = 0; i < CS_SCORE_COUNT; i++) {
        const cs_json *score = json_get(json_get(test, "scores"), score_name((cs_score)i));
        const cs_json *distribution = json_get(score, "distribution");
        int64_t changes[CS_SCORE_STEPS] = {0};
        for (size_t k = 0; k < json_length(distribution); k++)
            changes[integer(json_at(distribution, k), "change") + 100] =
                integer(json_at(distribution, k), "conversations");
        for (int k = 0; k < CS_SCORE_STEPS; k++)
            if (k != 100) assert_int_equal(changes[k], p->tally.scores[i].changes[k]);
        assert_int_equal(integer(score, "newly_shown"), p->tally.scores[i].shown);
        assert_int_equal(integer(score, "newly_hidden"), p->tally.scores[i].hidden);
    }
}

static void every_change_is_counted_as_the_plain_way_counts_it(const char *stored_rules) {
    cs_ruleset *stored = load(stored_rules), *old_rules;
    inspect(stored);
    ruleset_release(stored);
    old_rules = load(OLD);
    for (size_t i = 0; i < sizeof NEWS / sizeof *NEWS; i++) {
        cs_ruleset *new_rules = load(NEWS[i]);
        static plain p;
        run_plain(&p, old_rules, new_rules);
        assert_true(p.tally.rescored > 0);
        cs_json *test = run(old_rules, new_rules, 2);
        assert_int_equal(integer(test, "conversations"), CONVERSATIONS);
        compare_rules(&p, test);
        compare_scores(&p, test);
        json_free(test);
        ruleset_release(new_rules);
    }
    ruleset_release(old_rules);
}

static void with_the_verdicts_of_the_store(void **state) {
    (void)state;
    every_change_is_counted_as_the_plain_way_counts_it(OLD);
}

static void with_a_store_of_other_rules(void **state) {
    (void)state;
    every_change_is_counted_as_the_plain_way_counts_it(OTHER);
}

/* ---- what else must hold ---- */

static void the_same_rules_are_not_read_at_all(void **state) {
    (void)state;
    cs_ruleset *old_rules = load(OLD);
    cs_ruleset *same = load("# moved about\n" LISTS FLAG "\n\n" WAIT STEPS "# a note\n" BLAME APOLOGISE);
    cs_json *test = run(old_rules, same, 1);
    assert_int_equal(integer(json_get(test, "rules"), "same"), 5);
    assert_int_equal(json_length(json_get(test, "changes")), 0);
    assert_int_equal(integer(test, "differing"), 0);
    json_free(test);
    ruleset_release(same);
    ruleset_release(old_rules);
}

static void workers_and_order_change_nothing(void **state) {
    (void)state;
    cs_ruleset *old_rules = load(OLD), *new_rules = load(NEWS[0]);
    char *texts[2];
    for (int i = 0; i < 2; i++) {
        cs_backtest *test = NULL;
        cs_backtest_options options = {
            .data = folder.path, .old_rules = old_rules, .new_rules = new_rules, .workers = i ? 3 : 1, .samples = 4};
        assert_int_equal(backtest_run(&options, &test, &message), CS_OK);
        cs_buffer out;
        cs_json_writer writer;
        buffer_init(&out, 16 << 20);
        json_writer_init(&writer, &out);
        backtest_write(test, &writer);
        char *elapsed = strstr(out.data, "\"elapsed_ms\":");
        texts[i] = strdup(strstr(elapsed, ",")); /* the time differs, nothing behind it may */
        buffer_free(&out);
        backtest_free(test);
    }
    assert_string_equal(texts[0], texts[1]);
    free(texts[0]);
    free(texts[1]);
    ruleset_release(old_rules);
    ruleset_release(new_rules);
}

static volatile sig_atomic_t stop_now;
static void stop_after_the_first_piece(void *context, int64_t done, int64_t all) {
    (void)context;
    assert_true(done > 0 && done <= all);
    stop_now = 1;
}

static void what_is_stopped_is_partial(void **state) {
    (void)state;
    cs_ruleset *old_rules = load(OLD), *new_rules = load(NEWS[0]);
    cs_backtest *test = NULL;
    stop_now = 0;
    cs_backtest_options options = {.data = folder.path,
                                   .old_rules = old_rules,
                                   .new_rules = new_rules,
                                   .workers = 1,
                                   .is_stopped = &stop_now,
                                   .on_progress = stop_after_the_first_piece};
    assert_int_equal(backtest_run(&options, &test, &message), CS_OK);
    assert_true(backtest_is_partial(test));
    cs_json *json = json_of(test);
    assert_true(integer(json, "conversations") > 0 && integer(json, "conversations") < CONVERSATIONS);
    json_free(json);
    backtest_free(test);

    options.is_stopped = NULL;
    options.on_progress = NULL;
    options.limit = 40;
    assert_int_equal(backtest_run(&options, &test, &message), CS_OK);
    json = json_of(test);
    assert_int_equal(integer(json, "conversations"), 40);
    assert_int_equal(integer(json, "of"), 40);
    json_free(json);
    backtest_free(test);
    ruleset_release(old_rules);
    ruleset_release(new_rules);
}

static void damage_is_passed_over_and_told(void **state) {
    (void)state;
    cs_db *db = NULL;
    cs_stmt *stmt = NULL;
    assert_int_equal(db_open(folder.path, CS_DB_WRITE, &db, &message), CS_OK);
    assert_int_equal(db_query(db, "UPDATE timeline SET body = :body WHERE seq = 17", &stmt, &message), CS_OK);
    db_bind_bytes(stmt, "body", "broken", 6);
    assert_int_equal(db_run(stmt, &message), CS_OK);
    db_close(db);
    cs_ruleset *old_rules = load(OLD), *new_rules = load(NEWS[0]);
    cs_json *test = run(old_rules, new_rules, 2);
    assert_int_equal(integer(test, "skipped"), 1);
    assert_int_equal(integer(test, "conversations"), CONVERSATIONS);
    assert_non_null(strstr(json_string(json_get(json_get(test, "first_skipped"), "place"), NULL), "conversation "));
    json_free(test);
    ruleset_release(old_rules);
    ruleset_release(new_rules);
}

/* ---- one inspection again ---- */

static void change_store(const char *sql) {
    cs_db *db = NULL;
    cs_stmt *stmt = NULL;
    assert_int_equal(db_open(folder.path, CS_DB_WRITE, &db, &message), CS_OK);
    assert_int_equal(db_query(db, sql, &stmt, &message), CS_OK);
    assert_int_equal(db_run(stmt, &message), CS_OK);
    db_close(db);
}

static void an_explanation_notices_what_was_changed(void **state) {
    (void)state;
    cs_db *db = NULL;
    cs_packer *packer = NULL;
    cs_explanation explanation;
    cs_arena *arena = arena_create(64 << 20);
    change_store("UPDATE inspection SET verdicts = x'07' || substr(verdicts, 2) WHERE seq = 30");
    change_store("UPDATE timeline SET hash = x'00' WHERE seq = 31");
    change_store("UPDATE conversation SET risk = 77 WHERE seq = 32");
    assert_int_equal(db_open(folder.path, CS_DB_READ, &db, &message), CS_OK);
    assert_int_equal(packer_open(db, &packer, &message), CS_OK);
    const char *const ids[] = {"C-28", "C-29", "C-30", "C-31"}; /* stored from 1 on, named from 0 on */
    for (int i = 0; i < 4; i++) {
        if (explanation_make(db, packer, ids[i], 0, arena, &explanation, &message) != CS_OK)
            fail_msg("%s", message.reason);
        assert_int_equal(explanation.difference_count, i == 1);
        assert_int_equal(explanation.is_intact, i != 2);
        assert_int_equal(explanation_is_same(&explanation), i == 0 || i == 2);
        if (i == 1) {
            assert_string_equal(explanation.differences[0].rule, "apologise");
            assert_int_equal(explanation.differences[0].stored, CS_VERDICT_HIT);
        }
        explanation_close(&explanation);
    }
    assert_int_equal(explanation_make(db, packer, "C-28", 9, arena, &explanation, &message), CS_ERR_NOT_FOUND);
    packer_close(packer);
    db_close(db);
    arena_free(arena);
}

static int start(void **state) {
    (void)state;
    if (!hash_start()) return -1;
    folder_make(&folder);
    char path[200];
    path_of(path, "chats.jsonl");
    write_conversations(path);
    return 0;
}

static int stop(void **state) {
    (void)state;
    folder_remove(&folder);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(with_a_store_of_other_rules),
                                       cmocka_unit_test(with_the_verdicts_of_the_store),
                                       cmocka_unit_test(the_same_rules_are_not_read_at_all),
                                       cmocka_unit_test(workers_and_order_change_nothing),
                                       cmocka_unit_test(what_is_stopped_is_partial),
                                       cmocka_unit_test(damage_is_passed_over_and_told),
                                       cmocka_unit_test(an_explanation_notices_what_was_changed)};
    return cmocka_run_group_tests(tests, start, stop);
}
