#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void gives_aligned_zeroed_memory(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    for (size_t bytes = 0; bytes < 3000; bytes += 7) {
        unsigned char *memory = arena_alloc(arena, bytes);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % 16, 0);
        for (size_t i = 0; i < bytes; i++) assert_int_equal(memory[i], 0);
        memset(memory, 0xff, bytes);
    }
    arena_free(arena);
}

static void memory_is_zeroed_again_after_reset(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    memset(arena_alloc(arena, 4000), 0xff, 4000);
    assert_non_null(arena_alloc(arena, 100000));
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    const unsigned char *memory = arena_alloc(arena, 4000);
    for (size_t i = 0; i < 4000; i++) assert_int_equal(memory[i], 0);
    arena_free(arena);
}

static void stops_at_its_maximum(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1000);
    assert_non_null(arena_alloc(arena, 900));
    assert_null(arena_alloc(arena, 200));
    assert_non_null(arena_alloc(arena, 16));
    assert_null(arena_alloc(arena, SIZE_MAX));
    assert_null(arena_array(arena, SIZE_MAX / 2, 16));
    arena_free(arena);
}

static void copies_texts(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    assert_string_equal(arena_copy(arena, "abcdef", 3), "abc");
    assert_null(arena_string(arena, NULL));
    assert_string_equal(arena_string(arena, ""), "");
    assert_string_equal(arena_printf(arena, "%d-%s", 7, "x"), "7-x");
    arena_free(arena);
    arena_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_aligned_zeroed_memory),
        cmocka_unit_test(memory_is_zeroed_again_after_reset),
        cmocka_unit_test(stops_at_its_maximum),
        cmocka_unit_test(copies_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
