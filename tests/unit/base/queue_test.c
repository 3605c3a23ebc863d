#include "base/queue.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { GIVERS = 3, TAKERS = 3, ITEMS = 20000 };
static int numbers[GIVERS * ITEMS];

typedef struct taker {
    cs_queue *queue;
    int64_t sum, count;
} taker;
typedef struct giver {
    cs_queue *queue;
    int first;
} giver;

static void *give(void *context) {
    giver *g = context;
    for (int i = 0; i < ITEMS; i++) (void)queue_put(g->queue, &numbers[g->first + i]);
    return NULL;
}

static void *take(void *context) {
    taker *t = context;
    const int *item;
    while ((item = queue_take(t->queue)) != NULL) {
        t->sum += *item;
        t->count++;
    }
    return NULL;
}

static void nothing_is_lost_between_threads(void **state) {
    (void)state;
    cs_queue *queue = queue_create(8);
    pthread_t givers[GIVERS], takers[TAKERS];
    giver from[GIVERS];
    taker to[TAKERS] = {{0}};
    int64_t expected = 0, sum = 0, count = 0;
    for (int i = 0; i < GIVERS * ITEMS; i++) expected += numbers[i] = i;
    for (int i = 0; i < TAKERS; i++) {
        to[i].queue = queue;
        assert_int_equal(pthread_create(&takers[i], NULL, take, &to[i]), 0);
    }
    for (int i = 0; i < GIVERS; i++) {
        from[i] = (giver){queue, i * ITEMS};
        assert_int_equal(pthread_create(&givers[i], NULL, give, &from[i]), 0);
    }
    for (int i = 0; i < GIVERS; i++) pthread_join(givers[i], NULL);
    queue_close(queue);
    for (int i = 0; i < TAKERS; i++) {
        pthread_join(takers[i], NULL);
        sum += to[i].sum;
        count += to[i].count;
    }
    assert_int_equal(count, GIVERS * ITEMS);
    assert_int_equal(sum, expected);
    assert_true(queue_is_done(queue));
    queue_free(queue);
}

static void a_closed_queue_gives_what_is_inside(void **state) {
    (void)state;
    cs_queue *queue = queue_create(4);
    int item = 1;
    assert_null(queue_take_within(queue, 1));
    assert_true(queue_put(queue, &item));
    queue_close(queue);
    assert_false(queue_put(queue, &item));
    assert_false(queue_is_done(queue));
    assert_ptr_equal(queue_take_within(queue, 0), &item);
    assert_null(queue_take(queue));
    assert_true(queue_is_done(queue));
    queue_free(queue);
    queue_free(NULL);
    assert_null(queue_create(0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_between_threads),
        cmocka_unit_test(a_closed_queue_gives_what_is_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
