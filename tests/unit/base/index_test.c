#include "base/hash.h"
#include "base/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void thousands_are_found_again(void **state) {
    (void)state;
    enum { COUNT = 20000 };
    cs_arena *arena = arena_create(64 << 20);
    cs_index index = {0};
    assert_int_equal(index_find(&index, "0", 1), CS_INDEX_NONE);
    for (uint32_t i = 0; i < COUNT; i++) {
        const char *key = arena_printf(arena, "%u", i);
        assert_int_equal(index_find(&index, key, strlen(key)), CS_INDEX_NONE);
        assert_true(index_add(&index, key, strlen(key), i, arena));
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        char key[16];
        size_t bytes = (size_t)snprintf(key, sizeof key, "%u", i);
        assert_int_equal(index_find(&index, key, bytes), i);
    }
    assert_int_equal(index_find(&index, "20000", 5), CS_INDEX_NONE);
    assert_int_equal(index_find(&index, "1999", 3), 199);
    arena_free(arena);
}

int main(void) {
    if (!hash_start()) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(thousands_are_found_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
