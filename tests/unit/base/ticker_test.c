#include "base/ticker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <semaphore.h>

typedef struct turns {
    sem_t taken;
    int64_t wait_ms;
} turns;

static int64_t count(void *context, const atomic_bool *is_stopped) {
    turns *t = context;
    (void)is_stopped;
    (void)sem_post(&t->taken);
    return t->wait_ms;
}

static void turns_follow_each_other(void **state) {
    (void)state;
    turns t = {.wait_ms = 1};
    cs_ticker *ticker = NULL;
    cs_message message;
    assert_int_equal(sem_init(&t.taken, 0, 0), 0);
    assert_int_equal(ticker_start(count, &t, &ticker, &message), CS_OK);
    for (int i = 0; i < 5; i++) assert_int_equal(sem_wait(&t.taken), 0);
    ticker_stop(ticker);
    (void)sem_destroy(&t.taken);
}

/* Else this test would last a day. */
static void a_wait_ends_when_it_is_stopped(void **state) {
    (void)state;
    turns t = {.wait_ms = 24 * 3600 * 1000};
    cs_ticker *ticker = NULL;
    cs_message message;
    assert_int_equal(sem_init(&t.taken, 0, 0), 0);
    assert_int_equal(ticker_start(count, &t, &ticker, &message), CS_OK);
    assert_int_equal(sem_wait(&t.taken), 0);
    ticker_stop(ticker);
    assert_int_not_equal(sem_trywait(&t.taken), 0);
    (void)sem_destroy(&t.taken);
    ticker_stop(NULL);
}

static int64_t last_until_stopped(void *context, const atomic_bool *is_stopped) {
    turns *t = context;
    (void)sem_post(&t->taken);
    while (!atomic_load(is_stopped)) {
    }
    return 0;
}

static void a_long_turn_sees_that_it_is_stopped(void **state) {
    (void)state;
    turns t = {0};
    cs_ticker *ticker = NULL;
    cs_message message;
    assert_int_equal(sem_init(&t.taken, 0, 0), 0);
    assert_int_equal(ticker_start(last_until_stopped, &t, &ticker, &message), CS_OK);
    assert_int_equal(sem_wait(&t.taken), 0);
    ticker_stop(ticker);
    (void)sem_destroy(&t.taken);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_follow_each_other),
        cmocka_unit_test(a_wait_ends_when_it_is_stopped),
        cmocka_unit_test(a_long_turn_sees_that_it_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
