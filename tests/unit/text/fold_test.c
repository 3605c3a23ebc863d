#include "text/fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check(const char *text, const char *expected) {
    cs_arena *arena = arena_create(1 << 20);
    cs_folded folded;
    assert_true(fold_text(text, strlen(text), arena, &folded));
    assert_string_equal(folded.text, expected);
    arena_free(arena);
}

static void widths_and_case_become_one(void **state) {
    (void)state;
    check("ＲＥＦＵＮＤ１２３", "refund123");
    check("您好，我要投诉！", "您好,我要投诉!");
    check("Don\xE2\x80\x99t \xE2\x80\x9Cgo\xE2\x80\x9D", "don't\"go\"");
    check("ÉTÉ", "été");
}

static void blanks_stay_only_between_spaced_words(void **state) {
    (void)state;
    check("个 人 问 题", "个人问题");
    check("  my   bad  ", "my bad");
    check("订单 A 12", "订单a 12");
    check("退\xE2\x80\x8B款", "退款");
    check("", "");
}

static void origin_leads_back_to_the_characters(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_folded f;
    const char *text = "Ａ 退 款";
    assert_true(fold_text(text, strlen(text), arena, &f));
    assert_string_equal(f.text, "a退款");
    assert_int_equal(f.origin[0], 0);
    assert_int_equal(f.origin[1], 2);
    assert_int_equal(f.origin[4], 4);
    assert_int_equal(f.origin[f.bytes], 5);
    arena_free(arena);
}

static void words_have_boundaries(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_folded f;
    assert_true(fold_text("refunds 8123150 我12315投诉", strlen("refunds 8123150 我12315投诉"), arena, &f));
    assert_false(fold_is_whole_word(&f, 0, 6));
    assert_true(fold_is_whole_word(&f, 0, 7));
    const char *inside = strstr(f.text, "12315"), *alone = strstr(inside + 1, "12315");
    assert_false(fold_is_whole_word(&f, (uint32_t)(inside - f.text), (uint32_t)(inside - f.text) + 5));
    assert_true(fold_is_whole_word(&f, (uint32_t)(alone - f.text), (uint32_t)(alone - f.text) + 5));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_and_case_become_one),
        cmocka_unit_test(blanks_stay_only_between_spaced_words),
        cmocka_unit_test(origin_leads_back_to_the_characters),
        cmocka_unit_test(words_have_boundaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
