/* Which recordings a run is about, in which order they are given to the queue, and when it is over. */
#include "quality/speech_again.h"

#include "base/clock.h"
#include "speech_stage.h"
#include "store/work.h"

#include <stdio.h>

static const cs_speech_again_who WHO = {0, "manager"};

static void run_sql(const char *sql) {
    cs_stmt *stmt = NULL;
    GOOD(db_query(db, sql, &stmt, &message));
    GOOD(db_run(stmt, &message));
}

static int64_t number_of(const char *sql) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    GOOD(db_query(db, sql, &stmt, &message));
    GOOD(db_step(stmt, &has_row, &message));
    int64_t number = has_row ? db_int64(stmt, 0) : -1;
    db_done(stmt);
    return number;
}

/* by: the model that wrote it down at a time; NULL: it has no words. */
static void add_call(int seq, const char *queue, int started_ms, bool is_risky, const char *by, int recognised_ms) {
    char sql[2048];
    if (seq == 1)
        run_sql(
            "INSERT INTO ruleset (number, id, scorecard, engine, source, created_ms) SELECT 1, x'00', 1, '', x'00', 0 "
            "WHERE NOT EXISTS (SELECT 1 FROM ruleset)");
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO conversation (seq, external_id, timeline_hash, timeline_version, ruleset, inspection, "
                   "run_ms, id, started_ms, zone_minutes, channel, queue, turns, high_risk, hit, missed, undecided, "
                   "noted, met, clean, worst, tags) VALUES (%d, 'C-%d', x'00', 1, 1, 1, 0, 'id-%d', %d, 0, 'call', "
                   "'%s', 1, %d, 0, 0, 0, 0, 0, 0, '', '[]')",
                   seq, seq, seq, started_ms, queue, is_risky);
    run_sql(sql);
    (void)snprintf(sql, sizeof sql, "INSERT INTO recording VALUES (%d, 8000, 1, 60000, 'w', '{}')", seq);
    run_sql(sql);
    if (by)
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO transcript (seq, version, model, model_version, sha256, rate_hz, recognised_ms, "
                       "turns, words, unsure, placed, nearest) VALUES (%d, 1, '%s', '', '', 8000, %d, 1, 1, 0, 0, 0)",
                       seq, by, recognised_ms);
    else
        (void)snprintf(sql, sizeof sql, "INSERT INTO recording_speech VALUES (%d, 'off', '', '', '', 0, 0)", seq);
    run_sql(sql);
}

static int64_t begin(cs_speech_again_filter filter) {
    int64_t number = 0;
    GOOD(db_begin(db, &message));
    GOOD(speech_again_begin(db, &filter, &WHO, 1000, &number, &message));
    GOOD(db_commit(db, &message));
    return number;
}

static cs_speech_again_filter asked(const char *model) {
    return (cs_speech_again_filter){
        .model = model, .from_ms = CS_NO_TIME, .to_ms = CS_NO_TIME, .before_ms = CS_NO_TIME};
}

static void step_all(int64_t most) {
    bool goes_on = true;
    for (int i = 0; i < 50 && goes_on; i++) {
        GOOD(db_begin(db, &message));
        GOOD(speech_again_step(db, folder.path, most, &goes_on, &message));
        GOOD(db_commit(db, &message));
    }
}

static int64_t counted(cs_speech_again_filter filter) {
    cs_speech_again_count count;
    GOOD(speech_again_count(db, &filter, folder.path, &count, &message));
    return count.recordings;
}

static void add_five(void) {
    add_call(1, "a", 100, false, NULL, 0);
    add_call(2, "a", 300, false, "old", 10);
    add_call(3, "b", 50, true, "old", 20);
    add_call(4, "b", 400, false, "new", 30);
    add_call(5, "a", 500, false, NULL, 0);
    run_sql("DELETE FROM recording_speech WHERE seq = 5"); /* it came with a transcript */
}

static void those_that_fit_are_counted(void **state) {
    (void)state;
    add_five();
    cs_speech_again_filter filter = asked("new");
    assert_int_equal(counted(filter), 3);
    filter.queue = "a";
    assert_int_equal(counted(filter), 2);
    filter.is_wordless_only = true;
    assert_int_equal(counted(filter), 1);
    filter = asked("new");
    filter.by = "old";
    assert_int_equal(counted(filter), 2);
    filter.before_ms = 15;
    assert_int_equal(counted(filter), 1);
    filter = asked("new");
    filter.before_ms = 31; /* its own words, too */
    assert_int_equal(counted(filter), 4);
    filter = asked("new");
    filter.from_ms = 100;
    filter.to_ms = 300;
    assert_int_equal(counted(filter), 1);
}

static void the_risky_ones_are_given_first_then_the_newest(void **state) {
    (void)state;
    add_five();
    int64_t number = begin(asked("new"));
    step_all(2);
    assert_int_equal(number_of("SELECT found FROM speech_again"), 3);
    assert_int_equal(number_of("SELECT count(*) FROM job"), 2);
    assert_int_equal(number_of("SELECT seq FROM job WHERE urgency = 3"), 3);
    assert_int_equal(number_of("SELECT seq FROM job WHERE urgency = 2"), 2);
    assert_int_equal(number_of("SELECT min(import) FROM job"), -number);
    assert_int_equal(number_of("SELECT count(*) FROM job WHERE kind = 'speech' AND origin = 'new'"), 2);
    run_sql("DELETE FROM job WHERE seq = 3");
    step_all(2);
    assert_int_equal(number_of("SELECT count(*) FROM job"), 2);
    assert_int_equal(number_of("SELECT count(*) FROM speech_again_item"), 0);
}

static void it_is_over_when_nothing_is_left(void **state) {
    (void)state;
    cs_speech_again_due due;
    add_five();
    int64_t number = begin(asked("new"));
    GOOD(speech_again_look(db, 10, &due, &message));
    assert_int_equal(due.number, number);
    assert_string_equal(due.model, "new");
    assert_true(due.must_step);
    step_all(10);
    GOOD(speech_again_look(db, 10, &due, &message));
    assert_false(due.must_step); /* workers have it all */
    run_sql("DELETE FROM job");
    GOOD(speech_again_look(db, 10, &due, &message));
    assert_true(due.must_step);
    step_all(10);
    assert_int_equal(number_of("SELECT count(*) FROM speech_again WHERE state = 'done'"), 1);
    GOOD(speech_again_look(db, 10, &due, &message));
    assert_int_equal(due.number, 0);
    assert_false(due.must_step);
}

static void what_was_stopped_is_cleared_away_and_begun_again(void **state) {
    (void)state;
    cs_speech_again_filter filter = asked("new");
    int64_t second = 0;
    add_five();
    int64_t number = begin(filter);
    assert_int_equal(speech_again_begin(db, &filter, &WHO, 1, &second, &message), CS_ERR_CONFLICT);
    step_all(1);
    assert_int_equal(number_of("SELECT count(*) FROM speech_again_item"), 2);
    run_sql("UPDATE job SET state = 'running', attempts = 1 WHERE seq = 3");
    GOOD(speech_again_stop(db, number, &WHO, 2000, &message));
    assert_int_equal(speech_again_stop(db, number, &WHO, 2000, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(number_of("SELECT count(*) FROM job WHERE state = 'waiting'"), 0);
    second = begin(filter);
    step_all(10);
    assert_int_equal(number_of("SELECT count(*) FROM speech_again_item"), 0);
    assert_int_equal(number_of("SELECT count(*) FROM job WHERE import = -2"), 2);
    assert_int_equal(number_of("SELECT passed FROM speech_again WHERE number = 2"), 1); /* in the first one's hands */
    assert_int_equal(second, 2);
}

static void what_became_of_each_is_counted(void **state) {
    (void)state;
    cs_speech_again_end end = {.seq = 1, .is_changed = true, .spent_ms = 500};
    add_five();
    end.again = begin(asked("new"));
    GOOD(speech_again_note(db, &end, &message));
    end.is_failed = true;
    GOOD(speech_again_note(db, &end, &message));
    end = (cs_speech_again_end){.again = end.again, .seq = 99, .is_passed = true};
    GOOD(speech_again_note(db, &end, &message));
    assert_int_equal(number_of("SELECT done * 1000 + changed * 100 + failed * 10 + passed FROM speech_again"), 1111);
    assert_int_equal(number_of("SELECT done_ms FROM speech_again"), 120000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(those_that_fit_are_counted),      TEST(the_risky_ones_are_given_first_then_the_newest),
        TEST(it_is_over_when_nothing_is_left), TEST(what_was_stopped_is_cleared_away_and_begun_again),
        TEST(what_became_of_each_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
