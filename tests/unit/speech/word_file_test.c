#include "speech/word_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct heard { /* of problems */
    uint32_t lines[16], count;
    char reasons[16][96];
} heard;

static void on_problem(void *context, const cs_word_problem *problem) {
    heard *h = context;
    assert_true(h->count < 16);
    assert_string_equal(problem->file, "words.txt");
    assert_true(strlen(problem->remedy) > 0);
    snprintf(h->reasons[h->count], sizeof h->reasons[0], "%s", problem->reason);
    h->lines[h->count++] = problem->line;
}

static uint32_t read(const char *text, cs_arena *arena, cs_user_word **words, heard *h) {
    uint32_t count;
    *h = (heard){0};
    assert_true(word_file_read(text, strlen(text), "words.txt", on_problem, h, arena, words, &count));
    return count;
}

static void a_line_is_a_word_with_or_without_a_weight(void **state) {
    (void)state;
    heard h;
    cs_user_word *words;
    cs_arena *arena = arena_create(1 << 20);
    uint32_t count =
        read("# 产品\r\n米家\r\n  KF-35 | 5  # 空调\n\nC# \nModel Y｜0.5\n＃ 注释\n米家 | 4", arena, &words, &h);
    assert_int_equal(h.count, 0);
    assert_int_equal(count, 4);
    assert_string_equal(words[0].text, "米家");
    assert_float_equal(words[0].weight, 4, 0.001); /* the last line of a word counts */
    assert_string_equal(words[1].text, "KF-35");
    assert_float_equal(words[1].weight, 5, 0.001);
    assert_string_equal(words[2].text, "C#");
    assert_float_equal(words[2].weight, WORD_FILE_WEIGHT, 0.001);
    assert_string_equal(words[3].text, "Model Y");
    assert_true(words[3].is_name);
    arena_free(arena);
}

static void what_is_no_word_is_told_and_the_rest_goes_on(void **state) {
    (void)state;
    heard h;
    cs_user_word *words;
    cs_arena *arena = arena_create(1 << 20);
    uint32_t count = read(
        "米家 | eleven\n米\n | 3\n好吃的一二三四五六七八九十一二三四\n坏\xff\n看\xe2\x80\x8b不见\n米家 | 11\n小蓝鲸",
        arena, &words, &h);
    assert_int_equal(count, 1);
    assert_string_equal(words[0].text, "小蓝鲸");
    assert_int_equal(h.count, 7);
    for (uint32_t i = 0; i < 7; i++) assert_int_equal(h.lines[i], i + 1);
    assert_non_null(strstr(h.reasons[0], "no number"));
    assert_non_null(strstr(h.reasons[1], "one character"));
    assert_non_null(strstr(h.reasons[2], "before the bar"));
    assert_non_null(strstr(h.reasons[3], "longer than"));
    assert_non_null(strstr(h.reasons[4], "UTF-8"));
    assert_non_null(strstr(h.reasons[5], "not seen"));
    assert_non_null(strstr(h.reasons[6], "no number"));
    arena_free(arena);
}

static void there_are_at_most_so_many(void **state) {
    (void)state;
    heard h;
    cs_user_word *words;
    cs_arena *arena = arena_create(64 << 20);
    size_t used = 0, room = (SPELLER_MAX_USER_WORDS + 1) * 12;
    char *text = arena_alloc(arena, room);
    for (int i = 0; i <= SPELLER_MAX_USER_WORDS; i++)
        used += (size_t)snprintf(text + used, room - used, "W%d\n", 100 + i);
    assert_int_equal(read(text, arena, &words, &h), SPELLER_MAX_USER_WORDS);
    assert_int_equal(h.count, 1);
    assert_int_equal(h.lines[0], SPELLER_MAX_USER_WORDS + 1);
    arena_free(arena);
}

static void a_file_that_is_not_there_is_told_apart(void **state) {
    (void)state;
    cs_user_word *words;
    uint32_t count = 7;
    cs_message message;
    cs_arena *arena = arena_create(1 << 20);
    assert_int_equal(word_file_load("/nowhere/words.txt", NULL, NULL, arena, &words, &count, &message),
                     CS_ERR_NOT_FOUND);
    assert_int_equal(count, 0);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_a_word_with_or_without_a_weight),
        cmocka_unit_test(what_is_no_word_is_told_and_the_rest_goes_on),
        cmocka_unit_test(there_are_at_most_so_many),
        cmocka_unit_test(a_file_that_is_not_there_is_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
