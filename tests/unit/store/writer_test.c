/* Jobs from many threads reach the disk; a failing one is undone alone; nobody is told "saved" before the commit. */
#include "store/writer.h"

#include "folder.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { THREADS = 4, JOBS = 500 };

typedef struct cs_test_job {
    cs_writer *writer;
    int number;
    bool is_failing;
    cs_error code;
    atomic_int is_done;
    char reason[400];
} cs_test_job;

static cs_folder folder;
static cs_test_job jobs[THREADS][JOBS];

static int start(void **state) {
    (void)state;
    folder_make(&folder);
    memset(jobs, 0, sizeof jobs);
    return 0;
}

static int stop(void **state) {
    (void)state;
    folder_remove(&folder);
    return 0;
}

static cs_error insert(void *context, cs_db *db, cs_message *message) {
    cs_test_job *job = context;
    char name[32];
    (void)snprintf(name, sizeof name, "%d", job->number);
    cs_stmt *stmt = NULL;
    cs_error code = db_query(db, "INSERT INTO setting (name, value) VALUES (:name, 'x')", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "name", name);
    code = db_run(stmt, message);
    if (code == CS_OK && job->is_failing) return message_set(message, CS_ERR_PARSE, "job %d fails", job->number);
    return code;
}

static void done(void *context, cs_error code, const cs_message *message) {
    cs_test_job *job = context;
    job->code = code;
    (void)snprintf(job->reason, sizeof job->reason, "%s", message->reason);
    (void)atomic_fetch_add(&job->is_done, 1);
}

static void *submit(void *context) {
    cs_test_job *mine = context;
    for (int i = 0; i < JOBS; i++)
        if (!writer_submit(mine[i].writer, insert, done, &mine[i])) return NULL;
    return mine;
}

static int64_t count(void) {
    cs_db *db = NULL;
    cs_stmt *stmt = NULL;
    cs_message message;
    bool has_row = false;
    assert_int_equal(db_open(folder.path, CS_DB_READ, &db, &message), CS_OK);
    assert_int_equal(db_query(db, "SELECT count(*) FROM setting", &stmt, &message), CS_OK);
    assert_int_equal(db_step(stmt, &has_row, &message), CS_OK);
    int64_t value = db_int64(stmt, 0);
    db_done(stmt);
    db_close(db);
    return value;
}

static void every_job_hears_once_and_failures_are_undone_alone(void **state) {
    (void)state;
    cs_message message;
    cs_writer *writer = NULL;
    assert_int_equal(writer_open(folder.path, &writer, &message), CS_OK);
    pthread_t threads[THREADS];
    int failing = 0;
    for (int t = 0; t < THREADS; t++) {
        for (int i = 0; i < JOBS; i++) {
            jobs[t][i].writer = writer;
            jobs[t][i].number = t * JOBS + i;
            jobs[t][i].is_failing = (t * JOBS + i) % 7 == 3;
            failing += jobs[t][i].is_failing;
        }
        assert_int_equal(pthread_create(&threads[t], NULL, submit, jobs[t]), 0);
    }
    for (int t = 0; t < THREADS; t++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[t], &result), 0);
        assert_non_null(result);
    }
    writer_close(writer);
    for (int t = 0; t < THREADS; t++)
        for (int i = 0; i < JOBS; i++) {
            assert_int_equal(atomic_load(&jobs[t][i].is_done), 1);
            assert_int_equal(jobs[t][i].code, jobs[t][i].is_failing ? CS_ERR_PARSE : CS_OK);
            if (jobs[t][i].is_failing) assert_non_null(strstr(jobs[t][i].reason, "fails"));
        }
    assert_int_equal(count(), THREADS * JOBS - failing);
}

static void what_is_acknowledged_is_visible(void **state) {
    (void)state;
    cs_message message;
    cs_writer *writer = NULL;
    assert_int_equal(writer_open(folder.path, &writer, &message), CS_OK);
    for (int i = 0; i < 20; i++) {
        jobs[0][i].number = i;
        assert_true(writer_submit(writer, insert, done, &jobs[0][i]));
        while (!atomic_load(&jobs[0][i].is_done)) (void)usleep(50);
        assert_int_equal(count(), i + 1);
    }
    writer_close(writer);
}

static cs_error fill_disk(void *context, cs_db *db, cs_message *message) {
    (void)context;
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "PRAGMA max_page_count=1", &stmt, message); /* SQLite takes its present size */
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    db_done(stmt);
    if (code == CS_OK)
        code =
            db_query(db, "INSERT INTO setting (name, value) VALUES ('big', hex(randomblob(1000000)))", &stmt, message);
    return code == CS_OK ? db_run(stmt, message) : code;
}

static void a_full_disk_is_heard_and_the_writer_lives_on(void **state) {
    (void)state;
    SQLITE_ALONE("PRAGMA max_page_count");
    cs_message message;
    cs_writer *writer = NULL;
    assert_int_equal(writer_open(folder.path, &writer, &message), CS_OK);
    assert_true(writer_submit(writer, fill_disk, done, &jobs[0][0]));
    while (!atomic_load(&jobs[0][0].is_done)) (void)usleep(50);
    assert_int_equal(jobs[0][0].code, CS_ERR_STORE);
    assert_non_null(strstr(jobs[0][0].reason, "full"));
    jobs[0][1].number = 1; /* fits into a page that is there already */
    assert_true(writer_submit(writer, insert, done, &jobs[0][1]));
    writer_close(writer);
    assert_int_equal(jobs[0][1].code, CS_OK);
    assert_int_equal(count(), 1);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(every_job_hears_once_and_failures_are_undone_alone),
        T(what_is_acknowledged_is_visible),
        T(a_full_disk_is_heard_and_the_writer_lives_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
