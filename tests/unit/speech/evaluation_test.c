#include "base/file.h"
#include "speech/evaluation.h"
#include "speech/evaluation_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void expect_units(const cs_evaluated_units *units, const char *wanted) {
    char text[512] = "";
    for (uint32_t i = 0; i < units->count; i++) {
        if (i) strcat(text, " ");
        strcat(text, units->texts[i]);
    }
    assert_string_equal(text, wanted);
}

static void test_units(void **state) {
    (void)state;
    static const struct {
        const char *said, *heard, *said_units, *heard_units;
    } cases[] = {
        {"您好，退款。", "你好退款", "您 好 退 款", "你 好 退 款"},
        {"Ｒefund it, PLEASE!", "refund It please", "refund it please", "refund it please"},
        {"don't", "don’t", "don't", "don't"},
        {"well-known", "well known", "well known", "well known"},
        {"我要VIP服务", "我要 vip 服务", "我 要 vip 服 务", "我 要 vip 服 务"},
        /* The other side says how a number is said. */
        {"退350元", "退三百五十元", "退 三 百 五 十 元", "退 三 百 五 十 元"},
        {"退350元", "退三五零元", "退 三 五 零 元", "退 三 五 零 元"},
        {"打10086", "打幺零零八六", "打 一 零 零 八 六", "打 一 零 零 八 六"},
        {"有200个", "有两百个", "有 两 百 个", "有 两 百 个"},
        {"20350块", "二万零三百五十块", "二 万 零 三 百 五 十 块", "二 万 零 三 百 五 十 块"},
        {"1,299.50元", "一千二百九十九点五零元", "一 千 二 百 九 十 九 点 五 零 元",
         "一 千 二 百 九 十 九 点 五 零 元"},
        {"打八折30%", "打八折百分之三十", "打 八 折 百 分 之 三 十", "打 八 折 百 分 之 三 十"},
        {"15天", "十五天", "十 五 天", "十 五 天"},
        {"12天", "12天", "十 二 天", "十 二 天"},
        {"in 1998", "in nineteen ninety eight", "in nineteen ninety eight", "in nineteen ninety eight"},
        {"350 dollars", "three hundred and fifty dollars", "three hundred and fifty dollars",
         "three hundred and fifty dollars"},
        {"12% off", "twelve percent off", "twelve percent off", "twelve percent off"},
        /* One that nobody says so is still said somehow: what differs is an error. */
        {"退350元", "退四百元", "退 三 百 五 十 元", "退 四 百 元"},
        {"卡号00123456", "卡号", "卡 号 零 零 一 二 三 四 五 六", "卡 号"},
        {"", "", "", ""},
        {"。，!?", "…", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cs_arena *arena = arena_create(4 << 20);
        cs_evaluated_units said, heard;
        cs_message message;
        assert_int_equal(evaluation_units(cases[i].said, cases[i].heard, arena, &said, &heard, &message), CS_OK);
        expect_units(&said, cases[i].said_units);
        expect_units(&heard, cases[i].heard_units);
        arena_free(arena);
    }
}

static void test_syllables(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"nin2 hao3", "nin hao"},
        {"Nín hǎo, nǚ'ér!", "nin hao nv er"},
        {"nü3 lu:4 lve lue4 nue", "nv lv lve lve nve"},
        {"jv qǜ xüe yu", "ju qu xue yu"},
        {"  zhōng\u3000guo2  ", "zhong guo"},
        {"nu\u0308\u030c", "nv"},
        {"", ""},
        {"123", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cs_arena *arena = arena_create(1 << 20);
        cs_evaluated_units units;
        cs_message message;
        assert_int_equal(evaluation_syllables(cases[i][0], arena, &units, &message), CS_OK);
        expect_units(&units, cases[i][1]);
        arena_free(arena);
    }
}

static void test_compare(void **state) {
    (void)state;
    cs_arena *arena = arena_create(4 << 20);
    cs_message message;
    cs_evaluation e;
    cs_evaluation_line said = {.text = "我要退款350元", .pinyin = "wo yao tui kuan san bai wu shi yuan"};
    cs_evaluation_line heard = {.text = "我要腿宽三百五十圆", .pinyin = NULL};
    assert_int_equal(evaluation_compare(&said, &heard, arena, &e, &message), CS_OK);
    assert_true(e.has[CS_EVALUATED_CHARACTERS] && e.has[CS_EVALUATED_SYLLABLES] && !e.has[CS_EVALUATED_WORDS]);
    assert_int_equal(e.counts[CS_EVALUATED_CHARACTERS].reference, 9);
    assert_int_equal(e.counts[CS_EVALUATED_CHARACTERS].substitutions, 3);
    assert_int_equal(error_count(&e.counts[CS_EVALUATED_SYLLABLES]), 0); /* they sound the same */
    assert_false(e.is_read);
    assert_false(e.has[CS_EVALUATED_SOUNDS]);
    /* A phonetic model: what was written down, and beside it what was heard before a character was chosen. */
    cs_evaluation_line repaired = heard;
    repaired.pinyin = "wo yao tui kuan san bai wu shi yuan";
    repaired.sounds = "wo yao t kuan san bai wu si yuan";
    assert_int_equal(evaluation_compare(&said, &repaired, arena, &e, &message), CS_OK);
    assert_int_equal(error_count(&e.counts[CS_EVALUATED_SYLLABLES]), 0);
    assert_true(e.has[CS_EVALUATED_SOUNDS]);
    assert_int_equal(e.counts[CS_EVALUATED_SOUNDS].substitutions, 2);
    said.pinyin = NULL;
    assert_int_equal(evaluation_compare(&said, &heard, arena, &e, &message), CS_OK);
    assert_true(e.is_read);
    assert_int_equal(e.counts[CS_EVALUATED_SYLLABLES].reference, 9);
    cs_evaluation_line english = {.text = "I want a refund"}, misheard = {.text = "i want the re fund"};
    assert_int_equal(evaluation_compare(&english, &misheard, arena, &e, &message), CS_OK);
    assert_true(e.has[CS_EVALUATED_WORDS] && !e.has[CS_EVALUATED_SYLLABLES]);
    assert_int_equal(e.counts[CS_EVALUATED_WORDS].substitutions, 2);
    assert_int_equal(e.counts[CS_EVALUATED_WORDS].insertions, 1);
    arena_free(arena);
}

/* ---- files ---- */

typedef struct told {
    int count;
    int64_t lines[8];
    cs_message last;
} told;

static void on_trouble(void *context, int64_t line, const cs_message *message) {
    told *t = context;
    assert_true(t->count < 8);
    t->lines[t->count++] = line;
    t->last = *message;
    assert_true(*message->remedy && *message->place);
}

static void test_lines(void **state) {
    (void)state;
    char path[] = "/tmp/callscope-lines-XXXXXX";
    int file = mkstemp(path);
    static const char text[] = "# file\ttext\n"
                               "a.wav\t您好\tnin hao\n"
                               "no tabs at all\n"
                               "b.wav\thello\n"
                               "a.wav\tagain\n"
                               "c.wav\t\xff\xfe\x80\n"
                               "\n"
                               "d.wav\tx\ty\tz\n"
                               "\tno file\n"
                               "e.wav\t\tni hao\r\n";
    assert_true(write(file, text, sizeof text - 1) == (ssize_t)sizeof text - 1);
    close(file);
    cs_arena *arena = arena_create(4 << 20);
    cs_evaluation_lines lines;
    cs_message message;
    told t = {0};
    cs_evaluation_sink sink = {.context = &t, .on_trouble = on_trouble};
    assert_int_equal(evaluation_lines_read(path, &sink, arena, &lines, &message), CS_OK);
    assert_int_equal(lines.count, 3);
    assert_string_equal(lines.items[0].pinyin, "nin hao");
    assert_null(evaluation_lines_find(&lines, "b.wav")->pinyin);
    assert_string_equal(evaluation_lines_find(&lines, "e.wav")->pinyin, "ni hao");
    assert_null(evaluation_lines_find(&lines, "d.wav"));
    assert_int_equal(t.count, 5);
    assert_int_equal(t.lines[0], 3);
    assert_int_equal(t.lines[4], 9);
    assert_int_equal(evaluation_lines_read("/nowhere/at.all", &sink, arena, &lines, &message), CS_ERR_NOT_FOUND);
    arena_free(arena);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_syllables),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
