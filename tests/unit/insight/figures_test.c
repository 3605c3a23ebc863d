/* Figures against a recount: whatever was saved, corrected, inspected again or taken back, and whatever was counted between. */
#include "insight/figures.h"

#include "../quality/archive_stage.h"
#include "imports/undo_conversation.h"
#include "insight/figure_calendar.h"
#include "quality/figure_mark.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

enum { ROUNDS = 12, STEPS = 40, PEOPLE = 60, DAYS = 75 };
static const int64_t BEGIN_DAY = 20480; /* 2026-01-27 */

static const char RULES_AFTER[] = "rule no-blame\n"
                                  "  never  agent says \"个人问题\"\n"
                                  "  else   risk +40, mark high-risk\n"
                                  "\n"
                                  "rule apologise\n"
                                  "  expect agent says \"对不起\"\n"
                                  "  else   experience -10\n"
                                  "\n"
                                  "flag silent\n"
                                  "  when   customer says \"算了\"\n"
                                  "  then   tag 沉默不满, risk +15\n";

/* ---- chance ---- */

static uint64_t seed;

static uint32_t chance(uint32_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

static const char *const agents[] = {"李晓芸", "王强", "Ann", "O'Hara &c", NULL};
static const char *const teams[] = {"售后一组", "售后二组", NULL};
static const char *const queues[] = {"售前", "售后"};
static const cs_channel channels[] = {CS_CHANNEL_CALL, CS_CHANNEL_CHAT, CS_CHANNEL_EMAIL};

static cs_sample stored[PEOPLE];
static int64_t run;

static void vary(cs_sample *one, int person) {
    static const cs_verdict verdicts[RULE_COUNT][4] = {
        {CS_VERDICT_MET, CS_VERDICT_MISSED, CS_VERDICT_UNDECIDED, CS_VERDICT_NOT_APPLICABLE},
        {CS_VERDICT_CLEAN, CS_VERDICT_HIT, CS_VERDICT_CLEAN, CS_VERDICT_NOT_APPLICABLE},
        {CS_VERDICT_NOT_NOTED, CS_VERDICT_NOTED, CS_VERDICT_NOT_NOTED, CS_VERDICT_NOT_APPLICABLE}};
    *one = sample(arena_printf(arena, "C-%d", person));
    one->text = arena_printf(arena, "您好 %lld", (long long)run);
    one->agent = agents[chance(5)];
    one->team = teams[chance(3)];
    one->channel = channels[chance(3)];
    one->started_ms = chance(12) == 0 ? CS_NO_TIME : (BEGIN_DAY + chance(DAYS)) * CS_DAY_MS + chance(86400000);
    for (int rule = 0; rule < RULE_COUNT; rule++) one->verdicts[rule] = verdicts[rule][chance(4)];
    for (int score = 0; score < CS_SCORE_COUNT; score++)
        one->scores[score] = chance(5) == 0 ? CS_NO_SCORE : (int)chance(101);
    one->is_high_risk = chance(6) == 0;
}

static int64_t seq_of(const char *id) {
    int64_t seq = 0;
    return archive_find(db, id, &seq, &message) == CS_OK ? seq : 0;
}

static void save_varied(int person) {
    vary(&stored[person], person);
    stored[person].run_ms = ++run;
    (void)save(&stored[person]);
}

/* Another clock, another queue: as a corrected file would bring them. */
static void move(int person) {
    cs_stmt *stmt = NULL;
    int64_t seq = seq_of(arena_printf(arena, "C-%d", person));
    if (!seq) return;
    assert_int_equal(figure_mark(db, seq, &message), CS_OK);
    assert_int_equal(
        db_query(db, "UPDATE conversation SET zone_minutes = :zone, queue = :queue WHERE seq = :seq", &stmt, &message),
        CS_OK);
    db_bind_int64(stmt, "zone", chance(2) ? 480 : -600);
    db_bind_text(stmt, "queue", queues[chance(2)]);
    db_bind_int64(stmt, "seq", seq);
    assert_int_equal(db_run(stmt, &message), CS_OK);
    assert_int_equal(figure_mark(db, seq, &message), CS_OK);
}

static void inspect_again(int person) {
    cs_saved outcome;
    cs_sample *one = &stored[person];
    int64_t seq = one->id ? seq_of(one->id) : 0;
    if (!seq) return;
    for (int rule = 0; rule < RULE_COUNT; rule++)
        one->verdicts[rule] = chance(2) ? CS_VERDICT_NOT_APPLICABLE : one->verdicts[rule];
    assert_int_equal(save_as(one, seq, &outcome), CS_OK);
}

static void take_back(int person) {
    int64_t seq = seq_of(arena_printf(arena, "C-%d", person));
    if (!seq) return;
    assert_int_equal(undo_prepare_blobs(db, &message), CS_OK);
    assert_int_equal(conversation_remove(db, rules, seq, &message), CS_OK);
}

static void change_rules(void) {
    static bool is_after;
    is_after = !is_after;
    ruleset_release(rules);
    rules = load_rules(is_after ? RULES_AFTER : RULES);
    assert_int_equal(archive_save_ruleset(db, rules, &message), CS_OK);
}

static void refresh(void) {
    cs_figures_work work;
    cs_error code = figures_refresh(folder.path, chance(2) == 0, NULL, &work, &message);
    if (code != CS_OK) print_message("%s\n", message.reason);
    assert_int_equal(code, CS_OK);
}

static void do_something(void) {
    int person = (int)chance(PEOPLE);
    switch (chance(12)) {
    case 0: move(person); break;
    case 1: take_back(person); break;
    case 2:
    case 3: inspect_again(person); break;
    case 4:
        if (chance(4) == 0) change_rules();
        break;
    case 5: refresh(); break;
    default: save_varied(person);
    }
}

/* ---- the recount ---- */

static bool is_kept(const cs_figures_asked *asked, cs_stmt *stmt) {
    static const int columns[CS_DIMENSION_COUNT] = {2, 3, 4, 5};
    bool has_days = asked->first_day != CS_FIRST_DAY || asked->last_day != CS_LAST_DAY;
    if (db_is_null(stmt, 0) && has_days) return false;
    if (!db_is_null(stmt, 0)) {
        double day = floor((double)(db_int64(stmt, 0) + db_int64(stmt, 1) * 60000) / 86400000.0);
        if (day < (double)asked->first_day || day >= (double)asked->last_day) return false;
    }
    for (int d = 0; d < CS_DIMENSION_COUNT; d++) {
        const char *text = db_text(stmt, columns[d]);
        if (asked->names[d] && (!text || !strstr(asked->names[d], text) || (!*text && *asked->names[d]))) return false;
    }
    return true;
}

static void recount_row(cs_stmt *stmt, cs_sum *sum) {
    size_t length = 0;
    bool is_scored = true;
    const unsigned char *verdicts = db_is_null(stmt, 10) ? NULL : db_bytes(stmt, 10, &length);
    sum->basics.conversations++;
    sum->basics.high_risk += db_int64(stmt, 9);
    sum->basics.judged += verdicts != NULL;
    for (int score = 0; score < CS_SCORE_COUNT; score++) {
        is_scored &= !db_is_null(stmt, 6 + score);
        if (db_is_null(stmt, 6 + score)) continue;
        sum->basics.sums[score] += db_int64(stmt, 6 + score);
        sum->basics.counts[score]++;
    }
    sum->basics.scored += is_scored;
    for (size_t i = 0; verdicts && i < length; i++) {
        unsigned char v = verdicts[i];
        sum->rules[i].met += v == CS_VERDICT_MET || v == CS_VERDICT_CLEAN || v == CS_VERDICT_NOT_NOTED;
        sum->rules[i].missed += v == CS_VERDICT_MISSED || v == CS_VERDICT_HIT || v == CS_VERDICT_NOTED;
        sum->rules[i].undecided += v == CS_VERDICT_UNDECIDED;
    }
}

static void recount(const cs_figures_asked *asked, cs_sum *sum) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    assert_int_equal(sum_init(sum, RULE_COUNT, &message), CS_OK);
    assert_int_equal(
        db_query(
            db,
            "SELECT c.started_ms, c.zone_minutes, c.agent, c.team, c.queue, c.channel, c.compliance, c.experience, "
            "c.risk, c.high_risk, (SELECT i.verdicts FROM inspection i WHERE i.seq = c.seq AND i.number = "
            "c.inspection AND i.ruleset = (SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'ruleset')) "
            "FROM conversation c",
            &stmt, &message),
        CS_OK);
    while (db_step(stmt, &has_row, &message) == CS_OK && has_row)
        if (is_kept(asked, stmt)) recount_row(stmt, sum);
    db_done(stmt);
}

static void assert_same(const cs_sum *a, const cs_sum *b) {
    assert_memory_equal(&a->basics, &b->basics, sizeof a->basics);
    for (uint32_t i = 0; i < RULE_COUNT; i++) {
        assert_int_equal(a->rules[i].met, b->rules[i].met);
        assert_int_equal(a->rules[i].missed, b->rules[i].missed);
        assert_int_equal(a->rules[i].undecided, b->rules[i].undecided);
    }
}

static cs_figures_asked any_question(void) {
    cs_figures_asked asked = {.first_day = CS_FIRST_DAY, .last_day = CS_LAST_DAY};
    if (chance(3) == 0) asked.first_day = BEGIN_DAY + chance(DAYS);
    if (chance(3) == 0) asked.last_day = BEGIN_DAY + DAYS - chance(DAYS);
    if (chance(3) == 0) asked.first_day = month_first_day(month_of_day(BEGIN_DAY)), asked.last_day = BEGIN_DAY + 90;
    if (chance(4) == 0) asked.names[CS_BY_AGENT] = agents[chance(3)];
    if (chance(4) == 0) asked.names[CS_BY_TEAM] = teams[chance(2)];
    if (chance(5) == 0) asked.names[CS_BY_QUEUE] = queues[chance(2)];
    if (chance(5) == 0) asked.names[CS_BY_CHANNEL] = chance(2) ? "call" : "chat,email";
    return asked;
}

static void compare(cs_figures_asked asked, bool must_settle) {
    cs_sum counted, right;
    cs_figures_truth truth;
    assert_int_equal(sum_init(&counted, RULE_COUNT, &message), CS_OK);
    assert_int_equal(figures_walk(db, &asked, sum_visit, &counted, &truth, &message), CS_OK);
    recount(&asked, &right);
    if (must_settle) assert_true(truth.is_settled);
    assert_same(&counted, &right);
    sum_free(&counted);
    sum_free(&right);
}

/* The rows of a table are the figures of their names, and nobody is left out. */
static void compare_by(cs_figures_asked asked, cs_dimension by) {
    cs_sums sums;
    cs_figures_truth truth;
    cs_basics all = {0};
    cs_sum right;
    cs_figures_asked of_one = asked;
    recount(&asked, &right);
    asked.by = 1u << by;
    assert_int_equal(sums_init(&sums, by, RULE_COUNT, &message), CS_OK);
    assert_int_equal(figures_walk(db, &asked, sums_visit, &sums, &truth, &message), CS_OK);
    for (uint32_t i = 0; i < sums.count; i++) {
        cs_sum one;
        basics_add(&all, &sums.list[i]->sum.basics);
        if (!sums.list[i]->name || !*sums.list[i]->name || of_one.names[by]) continue;
        cs_figures_asked alone = of_one;
        alone.names[by] = sums.list[i]->name;
        recount(&alone, &one);
        assert_same(&sums.list[i]->sum, &one);
        sum_free(&one);
    }
    assert_memory_equal(&all, &right.basics, sizeof all);
    sums_free(&sums);
    sum_free(&right);
}

static const char *told(cs_error (*ask_for)(cs_db *, const cs_ruleset *, const cs_filter *, cs_json_writer *,
                                            cs_message *),
                        const cs_filter *filter) {
    cs_buffer out;
    cs_json_writer writer;
    buffer_init(&out, 1 << 20);
    json_writer_init(&writer, &out);
    assert_int_equal(ask_for(db, rules, filter, &writer, &message), CS_OK);
    char *kept = arena_string(arena, buffer_string(&out));
    buffer_free(&out);
    return kept;
}

static void compare_summary(void) {
    cs_filter filter;
    filter_init(&filter);
    int64_t zone = chance(4) ? 480 : 0;
    if (chance(2)) filter.from_ms = (BEGIN_DAY + chance(DAYS)) * CS_DAY_MS - zone * 60000;
    if (chance(2)) filter.to_ms = (BEGIN_DAY + chance(DAYS)) * CS_DAY_MS - zone * 60000;
    if (chance(2)) filter.agent = agents[chance(3)];
    if (chance(3) == 0) filter.team = teams[chance(2)];
    if (chance(3) == 0) filter.channels = "call,chat";
    assert_string_equal(told(figures_summary, &filter), told(archive_summary, &filter));
}

static void figures_are_those_of_a_recount(void **state) {
    (void)state;
    seed = 1;
    run = 1;
    for (int round = 1; round <= ROUNDS; round++) {
        for (int step = 0; step < STEPS; step++) do_something();
        for (int question = 0; question < 12; question++) compare(any_question(), true);
        for (cs_dimension d = 0; d < CS_DIMENSION_COUNT; d++) compare_by(any_question(), d);
        for (int question = 0; question < 6; question++) compare_summary();
        if (round % 2) continue;
        cs_figures_work work;
        bool is_due = true;
        assert_int_equal(figures_refresh(folder.path, true, NULL, &work, &message), CS_OK);
        assert_int_equal(figures_are_due(db, &is_due, &message), CS_OK);
        assert_false(is_due);
        assert_int_equal(figures_refresh(folder.path, true, NULL, &work, &message), CS_OK);
        assert_int_equal(work.days + work.months, 0); /* nothing is counted twice */
        for (int question = 0; question < 12; question++) compare(any_question(), true);
    }
}

/* ---- while others write ---- */

static atomic_bool is_over;

static void *keep_refreshing(void *context) {
    cs_message own;
    cs_figures_work work;
    (void)context;
    while (!atomic_load(&is_over)) assert_int_equal(figures_refresh(folder.path, true, NULL, &work, &own), CS_OK);
    return NULL;
}

static void what_changes_while_it_is_counted_is_counted_again(void **state) {
    (void)state;
    pthread_t threads[2];
    cs_figures_work work;
    bool is_due = true;
    seed = 99;
    run = 1000;
    atomic_store(&is_over, false);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&threads[i], NULL, keep_refreshing, NULL), 0);
    for (int step = 0; step < 250; step++) {
        assert_int_equal(db_begin(db, &message), CS_OK);
        if (chance(5))
            save_varied((int)chance(PEOPLE));
        else
            move((int)chance(PEOPLE));
        assert_int_equal(db_commit(db, &message), CS_OK);
    }
    atomic_store(&is_over, true);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(figures_refresh(folder.path, true, NULL, &work, &message), CS_OK);
    assert_int_equal(figures_are_due(db, &is_due, &message), CS_OK);
    assert_false(is_due);
    for (int question = 0; question < 30; question++) compare(any_question(), true);
}

/* ---- much at once, and damage ---- */

static void much_that_is_due_is_said_and_not_counted_on_the_spot(void **state) {
    (void)state;
    cs_figures_asked all = {.first_day = CS_FIRST_DAY, .last_day = CS_LAST_DAY};
    cs_figures_truth truth;
    cs_figures_work work;
    cs_sum sum;
    (void)number(
        "INSERT INTO conversation (external_id, timeline_hash, timeline_version, ruleset, inspection, run_ms, id, "
        "started_ms, zone_minutes, channel, turns, high_risk, hit, missed, undecided, noted, met, clean, worst, "
        "tags) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) SELECT 'M-' || "
        "CAST(i AS TEXT), timeline_hash, 1, (SELECT max(number) FROM ruleset), 1, 1, 'm' || CAST(i AS TEXT), "
        "1771036320000 + i % 2 * 86400000, 480, 'chat', 2, 0, 0, 0, 0, 0, 0, 0, '', '[]' FROM n, (SELECT id AS "
        "timeline_hash FROM ruleset ORDER BY number DESC LIMIT 1) r");
    (void)number("INSERT INTO figure_span (grain, start, marks, taken, counted, conversations) SELECT DISTINCT 0, "
                 "(started_ms + 28800000) / 86400000, 1, 0, 0, 0 FROM conversation WHERE channel = 'chat'");
    assert_int_equal(sum_init(&sum, RULE_COUNT, &message), CS_OK);
    assert_int_equal(figures_walk(db, &all, sum_visit, &sum, &truth, &message), CS_OK);
    assert_false(truth.is_settled);
    assert_true(truth.counted_ms == CS_NO_TIME);
    sum_free(&sum);
    assert_int_equal(figures_refresh(folder.path, true, NULL, &work, &message), CS_OK);
    assert_int_equal(work.days, 2);
    compare(all, true);
}

static void damaged_figures_are_named_and_counted_anew(void **state) {
    (void)state;
    cs_figures_asked all = {.first_day = CS_FIRST_DAY, .last_day = CS_LAST_DAY};
    cs_figures_truth truth;
    cs_figures_work work;
    cs_sum sum;
    cs_sample given = sample("C-1");
    assert_int_equal(save(&given), CS_SAVED_NEW);
    assert_int_equal(figures_refresh(folder.path, true, NULL, &work, &message), CS_OK);
    assert_int_equal(work.days, 1);
    assert_int_equal(work.months, 1);
    (void)number("UPDATE figure SET body = (SELECT id FROM ruleset LIMIT 1)");
    assert_int_equal(sum_init(&sum, RULE_COUNT, &message), CS_OK);
    assert_int_equal(figures_walk(db, &all, sum_visit, &sum, &truth, &message), CS_ERR_STORE);
    assert_true(message.remedy[0]);
    sum_free(&sum);
    assert_int_equal(figures_forget(folder.path, &message), CS_OK);
    assert_int_equal(figures_refresh(folder.path, true, NULL, &work, &message), CS_OK);
    compare(all, true);
}

static void days_and_months_follow_the_calendar(void **state) {
    (void)state;
    assert_int_equal(month_of_day(0), 1970 * 12);
    assert_int_equal(month_first_day(2024 * 12 + 2) - month_first_day(2024 * 12 + 1), 29);
    assert_int_equal(month_first_day(2100 * 12 + 2) - month_first_day(2100 * 12 + 1), 28);
    assert_int_equal(week_first_day(0), -3);
    for (int64_t day = -300000; day < 300000; day++) {
        int64_t month = month_of_day(day);
        assert_true(month_first_day(month) <= day && day < month_first_day(month + 1));
        assert_true(day - week_first_day(day) >= 0 && day - week_first_day(day) < 7);
    }
    assert_int_equal(figure_day(-1, 0), -1);
    assert_int_equal(figure_day(0, -1), -1);
    assert_int_equal(figure_day(CS_DAY_MS - 1, 1), 1);
    assert_int_equal(figure_day(CS_NO_TIME, 480), CS_UNTIMED_DAY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(figures_are_those_of_a_recount, start, stop),
        cmocka_unit_test_setup_teardown(what_changes_while_it_is_counted_is_counted_again, start, stop),
        cmocka_unit_test_setup_teardown(much_that_is_due_is_said_and_not_counted_on_the_spot, start, stop),
        cmocka_unit_test_setup_teardown(damaged_figures_are_named_and_counted_anew, start, stop),
        cmocka_unit_test(days_and_months_follow_the_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
