/* What was said, as people write it: tests/cases/written holds what changes and what must not. */
#include "speech/written.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static cs_arena *arena;

static int start(void **state) {
    (void)state;
    arena = arena_create(64 << 20);
    return arena ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static unsigned check_file(const char *path, unsigned *changed, unsigned *kept) {
    char line[512];
    unsigned wrong = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] == '#' || line[0] == 0) continue;
        char *tab = strchr(line, '\t');
        if (tab) *tab = 0;
        const char *expected = tab ? tab + 1 : line;
        const char *written = written_text(line, (uint32_t)strlen(line), arena);
        assert_non_null(written);
        ++*(strcmp(line, expected) ? changed : kept);
        if (strcmp(written, expected) == 0) continue;
        print_error("\"%s\" became \"%s\", not \"%s\"\n", line, written, expected);
        wrong++;
    }
    (void)fclose(file);
    return wrong;
}

static void numbers_are_written_as_people_do(void **state) {
    (void)state;
    unsigned changed = 0, kept = 0;
    unsigned wrong = check_file(CASES "/written/chinese.tsv", &changed, &kept);
    assert_true(changed + kept >= 150);
    wrong += check_file(CASES "/written/english.tsv", &changed, &kept);
    assert_int_equal(wrong, 0);
}

static cs_heard_word heard(const char *text, int64_t start_ms, float confidence, bool is_joined) {
    return (cs_heard_word){.text = text,
                           .sounds = "x1",
                           .start_ms = start_ms,
                           .end_ms = start_ms + 100,
                           .confidence = confidence,
                           .is_joined = is_joined};
}

static void words_of_a_number_become_one(void **state) {
    (void)state;
    cs_heard_word words[] = {heard("我", 0, 0.9f, false),    heard("付了", 100, 0.9f, true),
                             heard("一千", 300, 0.8f, true), heard("二", 500, 0.4f, true),
                             heard("百块", 600, 0.7f, true), heard("对", 900, 0.9f, true)};
    cs_heard_word *out = NULL;
    uint32_t count = 0;
    words[4].mark = "，";
    assert_true(written_words(words, 6, arena, &out, &count));
    assert_int_equal(count, 4);
    assert_string_equal(out[2].text, "1200块");
    assert_string_equal(out[2].sounds, "x1 x1 x1");
    assert_string_equal(out[2].mark, "，");
    assert_int_equal(out[2].start_ms, 300);
    assert_int_equal(out[2].end_ms, 700);
    assert_float_equal(out[2].confidence, 0.4, 0.001);
    assert_string_equal(out[3].text, "对");
}

static void marks_end_a_number(void **state) {
    (void)state;
    cs_heard_word words[] = {heard("一三", 0, 1, false), heard("八零", 100, 1, true), heard("twenty", 300, 1, false),
                             heard("five", 500, 1, false)};
    cs_heard_word *out = NULL;
    uint32_t count = 0;
    assert_true(written_words(words, 4, arena, &out, &count));
    assert_int_equal(count, 2);
    assert_string_equal(out[0].text, "1380");
    assert_string_equal(out[1].text, "25");
    words[0].mark = "，";
    words[2].mark = ",";
    assert_true(written_words(words, 4, arena, &out, &count));
    assert_int_equal(count, 4);
    assert_string_equal(out[2].text, "20");
    assert_string_equal(out[3].text, "five");
}

/* Any row of numerals and what stands around them is written without harm, and the words still tell the text. */
static void no_row_of_numerals_does_harm(void **state) {
    (void)state;
    static const char *const parts[] = {"一", "二", "两",     "十",     "百",      "千",    "万",     "亿",
                                        "零", "点", "分之",   "百分之", "块",      "月",    "号",     "幺",
                                        "杠", "半", "twenty", "five",   "hundred", "point", "double", "oh"};
    srand(7);
    for (int round = 0; round < 20000; round++) {
        cs_heard_word words[12], *out = NULL;
        uint32_t count = (uint32_t)(rand() % 12) + 1, made = 0;
        for (uint32_t i = 0; i < count; i++)
            words[i] =
                heard(parts[(size_t)rand() % (sizeof parts / sizeof *parts)], (int64_t)i * 100, 0.5f, rand() % 2);
        assert_true(written_words(words, count, arena, &out, &made));
        assert_true(made >= 1 && made <= count);
        assert_int_equal(out[0].start_ms, 0);
        assert_int_equal(out[made - 1].end_ms, words[count - 1].end_ms);
        for (uint32_t i = 0; i < made; i++) assert_true(out[i].text[0] != 0);
        if (round % 64 == 0) arena_reset(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_as_people_do),
        cmocka_unit_test(words_of_a_number_become_one),
        cmocka_unit_test(marks_end_a_number),
        cmocka_unit_test(no_row_of_numerals_does_harm),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
