#include "speech/word_ties.h"

#include "speech/punctuation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const cs_user_word PHRASES[] = {{"还有其他", 1, false}, {"其他问题", 1, false}, {"thank you", 1, false}};

/* Each word behind a breath, with the marks that come of it. */
static void check_marked(const char *const *texts, const char *const *marks, const char *expected) {
    cs_arena *arena = arena_create(1 << 20);
    cs_heard_word words[16] = {0};
    cs_word_ties ties;
    char shown[256] = "";
    uint32_t count = 0;
    for (; texts[count]; count++)
        words[count] = (cs_heard_word){.text = texts[count],
                                       .mark = marks ? marks[count] : NULL,
                                       .start_ms = count * 1000,
                                       .end_ms = count * 1000 + 500,
                                       .is_joined = (unsigned char)texts[count][0] >= 0x80};
    assert_true(ties_make(PHRASES, sizeof PHRASES / sizeof *PHRASES, arena, &ties));
    ties_mark(&ties, words, count);
    assert_true(punctuation_add(words, count, arena));
    for (uint32_t i = 0; i < count; i++)
        snprintf(shown + strlen(shown), sizeof shown - strlen(shown), "%s%s", words[i].text,
                 words[i].mark ? words[i].mark : " ");
    assert_string_equal(shown, expected);
    arena_free(arena);
}

static void no_comma_falls_inside_a_phrase(void **state) {
    (void)state;
    check_marked((const char *const[]){"您", "还有", "其他", "要求", NULL}, NULL, "您，还有 其他，要求。");
    check_marked((const char *const[]){"还", "有", "其", "他", "事", NULL}, NULL, "还 有 其 他，事。");
    check_marked((const char *const[]){"您还", "有其他", "事", NULL}, NULL, "您还 有其他，事。");
}

static void phrases_that_overlap_are_both_whole(void **state) {
    (void)state;
    check_marked((const char *const[]){"还有", "其他", "问题", "吗", NULL}, NULL, "还有 其他 问题，吗？");
}

static void letters_are_compared_small_or_large(void **state) {
    (void)state;
    check_marked((const char *const[]){"Thank", "YOU", "all", NULL}, NULL, "Thank YOU,all.");
}

static void a_comma_of_the_model_goes_and_its_full_stop_stays(void **state) {
    (void)state;
    check_marked((const char *const[]){"还有", "其他", "事", NULL}, (const char *const[]){"，", NULL, "。"},
                 "还有 其他 事。");
    check_marked((const char *const[]){"还有", "其他", "事", NULL}, (const char *const[]){"。", NULL, "。"},
                 "还有。其他 事。");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_comma_falls_inside_a_phrase),
        cmocka_unit_test(phrases_that_overlap_are_both_whole),
        cmocka_unit_test(letters_are_compared_small_or_large),
        cmocka_unit_test(a_comma_of_the_model_goes_and_its_full_stop_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
