#include "rules/assertion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void check(const char *text, const char *words, cs_why expected) {
    cs_arena *arena = arena_create(1 << 20);
    cs_folded f;
    const char *cue = NULL;
    assert_true(fold_text(text, strlen(text), arena, &f));
    const char *at = strstr(f.text, words);
    assert_non_null(at);
    uint32_t from = (uint32_t)(at - f.text);
    cs_why why = assertion_excuse(&f, from, from + (uint32_t)strlen(words), &cue);
    if (why != expected)
        print_error("%s: %s instead of %s (%s)\n", text, why_name(why), why_name(expected), cue ? cue : "");
    assert_int_equal(why, expected);
    assert_true((why == CS_WHY_NONE) == (cue == NULL));
    arena_free(arena);
}

static void plain_words_are_meant(void **state) {
    (void)state;
    check("这是您的个人问题", "个人问题", CS_WHY_NONE);
    check("不是我推脱,这就是您的个人问题", "个人问题", CS_WHY_NONE);
    check("这不是我们的问题是您的个人问题", "个人问题", CS_WHY_NONE);
    check("这是您的个人问题,您明白吗?", "个人问题", CS_WHY_NONE);
    check("这是您的个人问题吧?", "个人问题", CS_WHY_NONE);
    check("我跟您说这是您的个人问题", "个人问题", CS_WHY_NONE);
    check("we offer lifetime warranty, not less", "lifetime warranty", CS_WHY_NONE);
}

static void denied_words_are_not(void **state) {
    (void)state;
    check("这不是您的个人问题", "个人问题", CS_WHY_DENIED);
    check("并非终身保修", "终身保修", CS_WHY_DENIED);
    check("我们没有终身保修", "终身保修", CS_WHY_DENIED);
    check("终身保修是没有的", "终身保修", CS_WHY_DENIED);
    check("it is not your fault", "your fault", CS_WHY_DENIED);
    check("We don't offer lifetime warranty", "lifetime warranty", CS_WHY_DENIED);
}

static void asked_and_quoted_words_are_not(void **state) {
    (void)state;
    check("难道是我个人问题?", "个人问题", CS_WHY_ASKED);
    check("是不是您的个人问题呢", "个人问题", CS_WHY_ASKED);
    check("您是要终身保修吗", "终身保修", CS_WHY_ASKED);
    check("您刚才说我们不管您", "不管", CS_WHY_QUOTED);
    check("您说:“终身保修”", "终身保修", CS_WHY_QUOTED);
    check("you said lifetime warranty", "lifetime warranty", CS_WHY_QUOTED);
}

/* A denied question is a statement. */
static void rhetorical_questions_are_meant(void **state) {
    (void)state;
    check("这不是您的个人问题吗?", "个人问题", CS_WHY_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_words_are_meant),
        cmocka_unit_test(denied_words_are_not),
        cmocka_unit_test(asked_and_quoted_words_are_not),
        cmocka_unit_test(rhetorical_questions_are_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
