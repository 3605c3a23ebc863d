#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void hashes_are_blake2b_of_16_bytes(void **state) {
    (void)state;
    char hex[CS_HASH_CHARS + 1];
    hash_hex(hash_bytes("abc", 3), hex);
    assert_string_equal(hex, "cf4ab791c62b8d2b2109c90275287816"); /* RFC 7693 with a 16-byte digest */
    assert_false(hash_equal(hash_bytes("abc", 3), hash_bytes("abd", 3)));
    cs_hash a = hash_bytes("a", 1), b = hash_bytes("b", 1);
    assert_false(hash_equal(hash_pair(a, b), hash_pair(b, a)));
}

static void ids_sort_by_time_and_repeat(void **state) {
    (void)state;
    char first[CS_ID_CHARS + 1], again[CS_ID_CHARS + 1], later[CS_ID_CHARS + 1], unknown[CS_ID_CHARS + 1];
    id_make(1771036320000, "C-1", 3, first);
    id_make(1771036320000, "C-1", 3, again);
    id_make(1771036320001, "A-0", 3, later);
    id_make(INT64_MIN, "C-1", 3, unknown);
    assert_string_equal(first, again);
    assert_true(strcmp(first, later) < 0);
    assert_memory_equal(unknown, "0000000000", 10 - 1);
    assert_true(id_is_valid(first) && id_is_valid(unknown));
    id_make(INT64_MAX, "x", 1, later);
    assert_true(id_is_valid(later) && later[0] == '7');
}

static void ids_are_checked(void **state) {
    (void)state;
    assert_false(id_is_valid(NULL));
    assert_false(id_is_valid(""));
    assert_false(id_is_valid("0000000000000000000000000"));
    assert_false(id_is_valid("000000000000000000000000000"));
    assert_false(id_is_valid("0000000000000000000000000I"));
    assert_false(id_is_valid("80000000000000000000000000"));
    assert_true(id_is_valid("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_blake2b_of_16_bytes),
        cmocka_unit_test(ids_sort_by_time_and_repeat),
        cmocka_unit_test(ids_are_checked),
    };
    return hash_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
