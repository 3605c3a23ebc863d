/* The queue: order, fairness, leases, what is set aside. On SQLite, and with CALLSCOPE_TEST_POSTGRES on PostgreSQL. */
#include "store/work.h"

#include "base/clock.h"
#include "folder.h"
#include "store/work_process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NOW = 1000000 };

static cs_folder folder;
static cs_message message;
static cs_db *db;
static int64_t worker, after_import;
static bool was_urgent;
static cs_work_job *taken[CS_WORK_MOST_CLAIMED];
static size_t taken_count;

static void good(cs_error code) {
    if (code != CS_OK) print_message("%s, %s\n", message.reason, message.place);
    assert_int_equal(code, CS_OK);
}

static int start(void **state) {
    (void)state;
    folder_make(&folder);
    after_import = 0;
    was_urgent = false;
    taken_count = 0;
    if (!hash_start() || db_open(folder.path, CS_DB_WRITE, &db, &message) != CS_OK) return -1;
    good(db_begin(db, &message));
    good(work_process_enter(db, NOW, &worker, &message));
    good(db_commit(db, &message));
    return 0;
}

static void let_go(void) {
    for (size_t i = 0; i < taken_count; i++) work_job_free(taken[i]);
    taken_count = 0;
}

static int stop(void **state) {
    (void)state;
    let_go();
    db_close(db);
    folder_remove(&folder);
    return 0;
}

static void give_as(int64_t import, const char *id, int64_t started_ms, bool is_urgent) {
    const cs_work_job job = {.kind = CS_WORK_READ,
                             .import = import,
                             .external_id = id,
                             .hash = hash_bytes("x", 1),
                             .body = "body",
                             .body_bytes = 4,
                             .origin = "{\"file\":\"a.json\",\"source\":\"/a.json\",\"place\":\"line 3\"}",
                             .started_ms = started_ms,
                             .run_ms = 7,
                             .is_urgent = is_urgent};
    good(db_begin(db, &message));
    good(work_give(db, &job, NOW, &message));
    good(db_commit(db, &message));
}

/* Ids are made up: so many of one import, the n-th started at first + n. */
static void give_many(int64_t import, int count, int64_t first_ms, bool is_urgent) {
    for (int i = 0; i < count; i++) {
        char id[64];
        (void)snprintf(id, sizeof id, "%lld-%s-%lld", (long long)import, is_urgent ? "u" : "n",
                       (long long)(first_ms + i));
        give_as(import, id, first_ms + i, is_urgent);
    }
}

static int64_t behind; /* of the claims; 0: none */

static size_t claim_as(int64_t who, size_t most, bool is_suspect, int64_t now_ms) {
    const cs_work_claim claim = {.worker = who,
                                 .now_ms = now_ms,
                                 .most = most,
                                 .after_import = &after_import,
                                 .was_urgent = &was_urgent,
                                 .is_suspect = is_suspect,
                                 .behind = behind,
                                 .most_behind = 2};
    let_go();
    good(work_claim(db, &claim, taken, &taken_count, &message));
    return taken_count;
}

static size_t claim(size_t most) {
    return claim_as(worker, most, false, NOW);
}

static int taken_of(int64_t import) {
    int count = 0;
    for (size_t i = 0; i < taken_count; i++) count += taken[i]->import == import;
    return count;
}

static int taken_urgent(void) {
    int count = 0;
    for (size_t i = 0; i < taken_count; i++) count += taken[i]->is_urgent;
    return count;
}

static bool finish(const cs_work_job *job, int64_t who) {
    cs_work_end end;
    good(db_begin(db, &message));
    good(work_finish(db, job, who, NULL, &end, &message));
    good(db_commit(db, &message));
    return end.is_ours;
}

static int64_t take_back(int64_t now_ms) {
    int64_t count = 0;
    good(db_begin(db, &message));
    good(work_take_back(db, now_ms, &count, &message));
    good(db_commit(db, &message));
    return count;
}

static cs_work_left left_of(int64_t import) {
    cs_work_left left;
    good(work_left(db, import, &left, &message));
    return left;
}

/* ---- what is claimed ---- */

static void what_was_given_is_claimed_whole(void **state) {
    (void)state;
    give_as(3, "A-1", 500, false);
    assert_int_equal(claim(10), 1);
    const cs_work_job *job = taken[0];
    assert_int_equal(job->import, 3);
    assert_int_equal(job->attempts, 1);
    assert_int_equal(job->run_ms, 7);
    assert_int_equal(job->started_ms, 500);
    assert_string_equal(job->external_id, "A-1");
    assert_int_equal(job->body_bytes, 4);
    assert_memory_equal(job->body, "body", 4);
    assert_non_null(strstr(job->origin, "a.json"));
    assert_true(hash_equal(job->hash, hash_bytes("x", 1)));
    assert_true(finish(job, worker));
    assert_int_equal(left_of(3).running, 0);
    assert_int_equal(claim(10), 0);
}

static void the_newest_come_first(void **state) {
    (void)state;
    give_many(1, 20, 100, false);
    assert_int_equal(claim(3), 3);
    assert_int_equal(taken[0]->started_ms, 119);
    assert_int_equal(taken[1]->started_ms, 118);
    assert_int_equal(taken[2]->started_ms, 117);
}

static void urgent_ones_come_first_and_take_at_most_half(void **state) {
    (void)state;
    give_many(1, 30, 1000, false);
    give_many(2, 30, 10, true); /* older, and urgent */
    assert_int_equal(claim(10), 10);
    assert_int_equal(taken_urgent(), 5);
    assert_true(taken[0]->is_urgent);
    assert_int_equal(taken[0]->started_ms, 39); /* of the urgent ones the newest */
    int urgent = 0;
    for (int i = 0; i < 10; i++) { /* one by one: every other one */
        assert_int_equal(claim(1), 1);
        urgent += taken_urgent();
    }
    assert_int_equal(urgent, 5);
}

static void where_nothing_else_waits_urgent_ones_take_all(void **state) {
    (void)state;
    give_many(1, 30, 1000, true);
    assert_int_equal(claim(10), 10);
    assert_int_equal(taken_urgent(), 10);
}

static void imports_take_turns(void **state) {
    (void)state;
    give_many(1, 300, 5000, false);
    give_many(2, 10, 10, false);
    assert_int_equal(claim(10), 10);
    assert_int_equal(taken_of(1), 5);
    assert_int_equal(taken_of(2), 5); /* though each of the large one is newer */
    assert_int_equal(claim(10), 10);
    assert_int_equal(taken_of(2), 5);
    assert_int_equal(claim(10), 10); /* the small one is done: the large one has it all */
    assert_int_equal(taken_of(1), 10);
    give_many(3, 4, 10, false);
    give_many(4, 4, 10, false);
    int of[5] = {0};
    for (int i = 0; i < 6; i++) { /* one by one, too */
        assert_int_equal(claim(1), 1);
        of[taken[0]->import]++;
    }
    assert_int_equal(of[1], 2);
    assert_int_equal(of[3], 2);
    assert_int_equal(of[4], 2);
}

static void of_one_id_the_first_comes_first_and_alone(void **state) {
    (void)state;
    give_as(1, "T", 100, false);
    give_as(1, "T", 900, false); /* newer, urgent: it waits for its twin all the same */
    give_as(2, "T", 950, true);
    assert_int_equal(claim(10), 1);
    assert_int_equal(taken[0]->started_ms, 100);
    cs_work_job *first = taken[0];
    taken_count = 0;
    assert_int_equal(claim(10), 0);
    assert_true(finish(first, worker));
    work_job_free(first);
    assert_int_equal(claim(10), 1);
    assert_int_equal(taken[0]->started_ms, 900);
}

static void what_is_inspected_again_stands_once(void **state) {
    (void)state;
    const cs_work_job job = {.kind = CS_WORK_RULES, .import = 1, .seq = 5, .started_ms = CS_NO_TIME};
    good(db_begin(db, &message));
    good(work_give(db, &job, NOW, &message));
    good(work_give(db, &job, NOW, &message));
    good(db_commit(db, &message));
    assert_int_equal(left_of(1).waiting, 1);
    assert_int_equal(claim(5), 1);
    assert_int_equal(taken[0]->kind, CS_WORK_RULES);
    assert_int_equal(taken[0]->seq, 5);
    assert_null(taken[0]->body);
}

/* ---- leases ---- */

static void a_lease_that_is_over_goes_to_others(void **state) {
    (void)state;
    give_as(1, "L", 100, false);
    assert_int_equal(claim(1), 1);
    cs_work_job *lost = taken[0];
    taken_count = 0;
    bool must = true;
    good(work_must_take_back(db, NOW + CS_WORK_LEASE_MS, &must, &message));
    assert_false(must);
    assert_int_equal(take_back(NOW + CS_WORK_LEASE_MS), 0);
    good(work_must_take_back(db, NOW + CS_WORK_LEASE_MS + 1, &must, &message));
    assert_true(must);
    assert_int_equal(take_back(NOW + CS_WORK_LEASE_MS + 1), 1);
    assert_int_equal(claim(5), 0); /* suspect: alone, not with others */
    assert_int_equal(claim_as(worker, 5, true, NOW), 1);
    assert_int_equal(taken[0]->attempts, 2);
    assert_false(finish(lost, worker)); /* what the first came to counts no more */
    assert_true(finish(taken[0], worker));
    work_job_free(lost);
}

static void progress_lengthens_a_lease(void **state) {
    (void)state;
    bool is_ours = false;
    give_as(1, "P", 100, false);
    assert_int_equal(claim(1), 1);
    good(db_begin(db, &message));
    good(work_extend(db, taken[0], worker, NOW + 50000, &is_ours, &message));
    good(db_commit(db, &message));
    assert_true(is_ours);
    assert_int_equal(take_back(NOW + 50000 + CS_WORK_LEASE_MS), 0);
    assert_int_equal(take_back(NOW + 50001 + CS_WORK_LEASE_MS), 1);
    good(db_begin(db, &message));
    good(work_extend(db, taken[0], worker, NOW, &is_ours, &message));
    good(db_commit(db, &message));
    assert_false(is_ours);
}

static int64_t dead_worker(void) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    good(db_begin(db, &message));
    good(db_query(db,
                  "INSERT INTO worker (name, machine, pid, born, started_ms, seen_ms, done) VALUES ('gone:1', "
                  ":machine, 1, -5, 0, 0, 0) RETURNING number",
                  &stmt, &message));
    db_bind_text(stmt, "machine", work_process_machine());
    good(db_step(stmt, &has_row, &message));
    int64_t number = db_int64(stmt, 0);
    good(db_run(stmt, &message));
    good(db_commit(db, &message));
    return number;
}

static void a_process_of_this_machine_that_is_gone_loses_its_leases_at_once(void **state) {
    (void)state;
    int64_t gone = dead_worker();
    give_many(1, 4, 100, false);
    assert_int_equal(claim_as(gone, 3, false, NOW), 3);
    assert_int_equal(claim(1), 1); /* ours: this process lives */
    assert_int_equal(take_back(NOW), 3);
    assert_int_equal(left_of(1).waiting, 3);
    assert_int_equal(left_of(1).running, 1);
}

static void three_deaths_set_it_aside(void **state) {
    (void)state;
    cs_work_counts counts;
    int64_t count = 0, gone = dead_worker();
    give_as(1, "POISON", 100, false);
    give_as(1, "GOOD", 50, false);
    assert_int_equal(claim_as(gone, 5, false, NOW), 2);
    assert_int_equal(take_back(NOW), 2);
    for (int i = 0; i < 2; i++) { /* alone, one after another: the good one is not blamed */
        assert_int_equal(claim_as(gone, 5, true, NOW), 1);
        assert_string_equal(taken[0]->external_id, "POISON");
        assert_int_equal(take_back(NOW), 1);
    }
    assert_int_equal(left_of(1).aside, 1);
    assert_int_equal(claim_as(worker, 5, true, NOW), 1);
    assert_string_equal(taken[0]->external_id, "GOOD");
    assert_true(finish(taken[0], worker));
    good(work_counts(db, NOW, &counts, &message));
    assert_int_equal(counts.aside, 1);
    assert_int_equal(counts.waiting, 0);
    good(work_retry(db, 0, &count, &message));
    assert_int_equal(count, 1);
    assert_int_equal(claim_as(worker, 5, true, NOW), 1);
    assert_string_equal(taken[0]->external_id, "POISON");
}

static void what_is_given_back_unbegun_is_as_before(void **state) {
    (void)state;
    cs_message why = {.reason = "its key is missing", .remedy = "bring it back"};
    give_as(1, "B", 100, false);
    assert_int_equal(claim(1), 1);
    good(work_give_back(db, taken[0], worker, false, NULL, &message));
    assert_int_equal(claim(1), 1);
    assert_int_equal(taken[0]->attempts, 1);
    for (int i = 1; i < CS_WORK_ATTEMPTS; i++) { /* tried, and failed: so often */
        good(work_give_back(db, taken[0], worker, true, &why, &message));
        assert_int_equal(claim_as(worker, 1, true, NOW), 1);
    }
    good(work_give_back(db, taken[0], worker, true, &why, &message));
    assert_int_equal(left_of(1).aside, 1);
}

static void an_aside_one_is_listed_and_given_up(void **state) {
    (void)state;
    cs_message why = {.reason = "its key is missing", .remedy = "bring it back"};
    cs_buffer text;
    cs_json_writer out;
    cs_work_sums sums;
    give_as(1, "G", 100, false);
    assert_int_equal(claim(1), 1);
    int64_t number = taken[0]->number;
    good(work_set_aside(db, taken[0], worker, &why, &message));
    buffer_init(&text, 1 << 16);
    json_writer_init(&out, &text);
    good(work_list_aside(db, 10, NULL, &out, &message));
    assert_non_null(strstr(buffer_string(&text), "\"reason\":\"its key is missing\""));
    assert_non_null(strstr(buffer_string(&text), "\"place\":\"line 3\""));
    assert_non_null(strstr(buffer_string(&text), "\"total\":1"));
    good(work_give_up(db, number, &message));
    assert_int_equal(work_give_up(db, number, &message), CS_ERR_NOT_FOUND);
    good(work_read_sums(db, 1, &sums, &message));
    assert_int_equal(sums.refused, 1);
    assert_int_equal(left_of(1).aside, 0);
    buffer_clear(&text);
    json_writer_init(&out, &text);
    good(work_show(db, NOW, 0, &out, &message));
    assert_non_null(strstr(buffer_string(&text), "\"is_alive\":true"));
    buffer_free(&text);
}

/* ---- what waits behind ---- */

static void give_behind(int64_t import, int64_t seq, int64_t started_ms, bool is_risky) {
    cs_stmt *stmt = NULL;
    good(db_query(db,
                  "INSERT INTO job (kind, import, seq, urgency, started_ms, made_ms, run_ms, state, attempts) VALUES "
                  "('speech', :import, :seq, :urgency, :started, 1, 1, 'waiting', 0)",
                  &stmt, &message));
    db_bind_int64(stmt, "import", import);
    db_bind_int64(stmt, "seq", seq);
    db_bind_int64(stmt, "urgency", is_risky ? CS_WORK_BEHIND_RISKY : CS_WORK_BEHIND);
    db_bind_int64(stmt, "started", started_ms);
    good(db_run(stmt, &message));
}

static void what_waits_behind_is_taken_when_nothing_else_waits(void **state) {
    (void)state;
    cs_work_waiting waiting;
    give_behind(-3, 71, 500, false);
    give_behind(-3, 72, 900, false);
    give_behind(-3, 73, 100, true);
    give_many(1, 1, 1000, false);
    behind = -3;
    good(work_waits(db, behind, &waiting, &message));
    assert_true(waiting.is_fresh && waiting.is_behind && !waiting.is_suspect);
    assert_int_equal(claim(10), 1);
    assert_int_equal(taken[0]->import, 1);
    assert_true(finish(taken[0], worker));
    assert_int_equal(claim(10), 2); /* as many as hands are free */
    assert_int_equal(taken_of(-3), 2);
    assert_int_equal(taken[0]->seq + taken[1]->seq, 72 + 73); /* the risky one, and the newest */
    assert_int_equal(taken[0]->kind, CS_WORK_SPEECH);
    behind = 0;
}

static void whoever_takes_none_of_it_is_not_kept_by_it(void **state) {
    (void)state;
    cs_work_waiting waiting;
    cs_work_counts counts;
    give_behind(-3, 71, 500, false);
    behind = -3;
    assert_int_equal(claim(10), 1);
    good(db_begin(db, &message));
    good(work_give_back(db, taken[0], worker, true, &message, &message));
    good(db_commit(db, &message));
    good(work_waits(db, -3, &waiting, &message));
    assert_true(waiting.is_suspect && !waiting.is_behind);
    good(work_waits(db, 0, &waiting, &message));
    assert_false(waiting.is_suspect || waiting.is_behind || waiting.is_fresh);
    behind = 0;
    assert_int_equal(claim_as(worker, 10, true, NOW), 0);
    good(work_counts(db, NOW, &counts, &message));
    assert_int_equal(counts.waiting, 0); /* it is counted where it was asked for */
}

static void sums_add_up(void **state) {
    (void)state;
    cs_work_sums sums = {.done = 1, .inspected = 1}, now;
    for (int i = 0; i < 3; i++) good(work_add_sums(db, 9, &sums, &message));
    good(work_read_sums(db, 9, &now, &message));
    assert_int_equal(now.done, 3);
    assert_int_equal(now.inspected, 3);
    assert_int_equal(now.refused, 0);
    good(work_process_note(db, worker, 3, 1, NOW, &message));
    cs_work_counts counts;
    good(work_counts(db, NOW, &counts, &message));
    assert_int_equal(counts.failed_last_hour, 1);
    assert_true(counts.rate_per_minute > 0);
    good(work_clear(db, 9, &message));
    good(work_read_sums(db, 9, &now, &message));
    assert_int_equal(now.done, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
        TEST(what_was_given_is_claimed_whole),
        TEST(the_newest_come_first),
        TEST(urgent_ones_come_first_and_take_at_most_half),
        TEST(where_nothing_else_waits_urgent_ones_take_all),
        TEST(imports_take_turns),
        TEST(of_one_id_the_first_comes_first_and_alone),
        TEST(what_is_inspected_again_stands_once),
        TEST(a_lease_that_is_over_goes_to_others),
        TEST(progress_lengthens_a_lease),
        TEST(a_process_of_this_machine_that_is_gone_loses_its_leases_at_once),
        TEST(three_deaths_set_it_aside),
        TEST(what_is_given_back_unbegun_is_as_before),
        TEST(an_aside_one_is_listed_and_given_up),
        TEST(what_waits_behind_is_taken_when_nothing_else_waits),
        TEST(whoever_takes_none_of_it_is_not_kept_by_it),
        TEST(sums_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
