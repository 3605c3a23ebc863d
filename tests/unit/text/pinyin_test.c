#include "text/pinyin.h"

#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static cs_sounds sounds_of(const char *text, cs_arena *arena, cs_folded *folded) {
    cs_sounds sounds;
    assert_true(fold_text(text, strlen(text), arena, folded));
    assert_true(pinyin_sounds(folded, arena, &sounds));
    return sounds;
}

/* "yin hang a |": syllables apart, a mark as |. */
static void spell(const cs_sounds *sounds, char *out, size_t room) {
    size_t length = 0;
    out[0] = 0;
    for (uint32_t i = 0; i < sounds->length; i++) {
        const char *blank = i ? " " : "";
        unsigned char first = (unsigned char)sounds->bytes[i];
        const char *syllable = first >= 0x80 ? pinyin_syllable(sounds->bytes + i++) : NULL;
        assert_true(first < 0x80 || syllable);
        int n = syllable ? snprintf(out + length, room - length, "%s%s", blank, syllable)
                         : snprintf(out + length, room - length, "%s%c", blank, first == PINYIN_MARK ? '|' : first);
        assert_true(n > 0 && (size_t)n < room - length);
        length += (size_t)n;
    }
}

static void check(const char *text, const char *expected) {
    cs_arena *arena = arena_create(1 << 20);
    cs_folded folded;
    cs_sounds sounds = sounds_of(text, arena, &folded);
    char spelt[4096];
    spell(&sounds, spelt, sizeof spelt);
    assert_string_equal(spelt, expected);
    arena_free(arena);
}

static void heard(const char *text, const cs_heard_part *parts, uint32_t count, const char *expected) {
    cs_arena *arena = arena_create(1 << 20);
    cs_folded folded;
    cs_sounds sounds;
    char spelt[4096];
    assert_true(fold_text(text, strlen(text), arena, &folded));
    assert_true(pinyin_sounds_heard(&folded, parts, count, arena, &sounds));
    spell(&sounds, spelt, sizeof spelt);
    assert_string_equal(spelt, expected);
    for (uint32_t i = 1; i <= sounds.length; i++) assert_true(sounds.origin[i - 1] <= sounds.origin[i]);
    assert_int_equal(sounds.origin[sounds.length], folded.bytes);
    arena_free(arena);
}

static void what_was_heard_stands_for_what_is_written(void **state) {
    (void)state;
    heard("我要头书你们", (cs_heard_part[]){{6, 12, "tou2 su4"}}, 1, "wo yao tou su ni men");
    heard("打12315吧", (cs_heard_part[]){{3, 8, "yao1 er4 san1 yao1 wu3"}}, 1, "da yao er san yao wu ba");
    heard("VIP会员", (cs_heard_part[]){{0, 3, "V I P"}, {3, 9, "hui4 yuan2"}}, 2, "v i p hui yuan");
    heard("银行", (cs_heard_part[]){{0, 3, "yin2"}}, 1, "yin xing"); /* no phrase goes into a part */
    heard("侵略", (cs_heard_part[]){{0, 6, "qin1 lue4"}}, 1, "qin lve");
    heard("一二", (cs_heard_part[]){{0, 6, "zh0 tui4 kuan3"}}, 1, "| tui kuan"); /* half a syllable is a mark */
    heard("一二", (cs_heard_part[]){{0, 3, ""}}, 1, "er");
}

static bool sound_alike(const char *a, const char *b) {
    cs_arena *arena = arena_create(1 << 20);
    cs_folded fold_a, fold_b;
    cs_sounds x = sounds_of(a, arena, &fold_a), y = sounds_of(b, arena, &fold_b);
    bool alike = x.length == y.length && memcmp(x.bytes, y.bytes, x.length) == 0;
    arena_free(arena);
    return alike;
}

static void homophones_are_equal(void **state) {
    (void)state;
    assert_true(sound_alike("致谦", "致歉"));
    assert_true(sound_alike("头素", "投诉"));
    assert_true(sound_alike("非长报歉", "非常抱歉"));
    assert_true(sound_alike("贷宽", "贷款"));
    assert_true(sound_alike("环款", "还款"));
    assert_false(sound_alike("退款", "贷款"));
    assert_false(sound_alike("报修", "保洁"));
}

static void phrases_decide_the_reading(void **state) {
    (void)state;
    check("银行", "yin hang");
    check("行走", "xing zou");
    check("行不行", "xing bu xing");
    check("重新开机很重要", "chong xin kai ji hen zhong yao");
    check("了解了", "liao jie le");
    check("长期看增长", "chang qi kan zeng zhang");
    check("还款还是不还", "huan kuan hai shi bu hai");
    check("首都都知道", "shou du dou zhi dao");
    check("觉得得去", "jue de de qu");
    check("总得有人管", "zong dei you ren guan");
    check("空调要调货", "kong tiao yao diao huo");
    check("转账转接", "zhuan zhang zhuan jie");
    check("数字数一数", "shu zi shu yi shu");
    check("便宜又方便", "pian yi you fang bian");
    check("出差差不多", "chu chai cha bu duo");
    check("睡不着别着急", "shui bu zhao bie zhao ji");
    check("会计会来", "kuai ji hui lai");
    check("效率率先", "xiao lv shuai xian");
    check("女旅客", "nv lv ke");
}

/* The longest phrase from the left would see 了解 and 行长 here. */
static void rivals_keep_phrases_apart(void **state) {
    (void)state;
    check("为了解决", "wei le jie jue");
    check("除了解释", "chu le jie shi");
    check("问题好了解决了", "wen ti hao le jie jue le");
    check("今天都没有接", "jin tian dou mei you jie");
    check("京东都这么慢", "jing dong dou zhe me man");
}

static void own_phrases_win(void **state) {
    (void)state;
    check("还不上", "huan bu shang");
    check("重发一个", "chong fa yi ge");
    check("嗯嗯用花呗", "en en yong hua bei");
    check("就得到了", "jiu de dao le");
}

static void digits_are_read_one_by_one(void **state) {
    (void)state;
    check("12315", "yi er san yi wu");
    check("0，9", "ling | jiu");
    check("138 0013", "yi san ba ling ling yi san");
    check("６月", "liu yue");
    assert_true(sound_alike("打一二三一五", "打12315"));
    assert_true(sound_alike("二〇", "20"));
}

static void letters_stay_and_marks_part(void **state) {
    (void)state;
    check("My App坏了", "m y   a p p huai le");
    check("App 12", "a p p yi er");
    check("好的。退款……吧！", "hao de | tui kuan | ba |");
    check("退,款", "tui | kuan");
    check("A-B", "a | b");
}

static void what_has_no_sound_is_a_mark(void **state) {
    (void)state;
    check("好\xF0\x9F\x98\x80的", "hao | de");
    check("カード", "|");
    check("café", "c a f |");
    check("한국", "|");
    check("\xF0\xAC\xAD\x8E", "hong"); /* U+2CB4E, of rare names */
    check("\xEF\xA4\xAA", "lang"); /* U+F92A, the compatibility form of 浪 */
    check("\xF0\xA0\x80\x8B", "|"); /* U+2000B, which nobody reads */
    check("", "");
}

static void bytes_outside_the_table_are_no_syllable(void **state) {
    (void)state;
    assert_null(pinyin_syllable("ab"));
    assert_null(pinyin_syllable("\x80\xBF"));
    assert_null(pinyin_syllable("\xBF\xC0"));
    assert_null(pinyin_syllable("\x80\xFF"));
}

static void origin_leads_back_to_the_text(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_folded folded;
    cs_sounds s = sounds_of("a 银行,12。", arena, &folded);
    assert_string_equal(folded.text, "a银行,12。");
    static const uint32_t expected[] = {0, 1, 1, 4, 4, 7, 8, 8, 9, 9, 10, 13};
    assert_int_equal(s.length, 11);
    for (uint32_t i = 0; i <= s.length; i++) assert_int_equal(s.origin[i], expected[i]);
    assert_int_equal(folded.origin[s.origin[1]], 2); /* 银 in the original, behind the blank */
    arena_free(arena);
}

static uint64_t next_random(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    return *seed ^= *seed << 17;
}

static uint32_t random_code_point(uint64_t *seed) {
    uint64_t kind = next_random(seed) % 16, value = next_random(seed);
    if (kind < 9) return 0x4E00 + (uint32_t)(value % (0x9FFF - 0x4E00 + 1));
    if (kind < 13) return 0x20 + (uint32_t)(value % 0x5F);
    if (kind == 13) return 0x20000 + (uint32_t)(value % 0x300);
    if (kind == 14) return 0x3000 + (uint32_t)(value % 0x500);
    return 0xA1 + (uint32_t)(value % 0x4000);
}

/* Every second byte follows its first, every pair is a syllable, origins never go back and stand on a character. */
static void check_invariants(const cs_sounds *s, const cs_folded *folded) {
    for (uint32_t i = 0; i < s->length; i++) {
        unsigned char byte = (unsigned char)s->bytes[i];
        assert_true(i == 0 || s->origin[i] >= s->origin[i - 1]);
        assert_true(s->origin[i] < folded->bytes);
        assert_true(((unsigned char)folded->text[s->origin[i]] & 0xC0) != 0x80);
        if (byte < 0x80) {
            assert_true(byte == PINYIN_MARK || byte == ' ' || (byte >= 'a' && byte <= 'z'));
            continue;
        }
        assert_in_range(byte, 0x80, 0xBF);
        assert_non_null(pinyin_syllable(s->bytes + i));
        assert_in_range((unsigned char)s->bytes[i + 1], 0xC0, 0xFF);
        assert_int_equal(s->origin[i], s->origin[i + 1]);
        i++;
    }
    assert_int_equal(s->origin[s->length], folded->bytes);
}

static void random_texts_keep_the_invariants(void **state) {
    (void)state;
    uint64_t seed = 20260901;
    cs_arena *arena = arena_create(1 << 24);
    for (unsigned round = 0; round < 2000; round++) {
        arena_reset(arena);
        char text[400];
        size_t length = 0;
        for (uint64_t count = next_random(&seed) % 90; count; count--)
            length += utf8_encode(random_code_point(&seed), text + length);
        text[length] = 0;
        cs_folded folded;
        cs_sounds sounds = sounds_of(text, arena, &folded);
        check_invariants(&sounds, &folded);
    }
    arena_free(arena);
}

static void every_character_alone_keeps_the_invariants(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    unsigned read = 0;
    for (uint32_t code = 1; code < 0x32400; code++) {
        if (code >= 0xD800 && code <= 0xDFFF) continue;
        arena_reset(arena);
        char text[5] = {0};
        utf8_encode(code, text);
        cs_folded folded;
        cs_sounds sounds = sounds_of(text, arena, &folded);
        check_invariants(&sounds, &folded);
        read += code >= 0x4E00 && code <= 0x9FA5 && sounds.length == 2;
    }
    assert_in_range(read, 20800, 20902); /* of the 20,902 of the first block nearly all */
    arena_free(arena);
}

static void long_text_and_its_limit(void **state) {
    (void)state;
    enum { COPIES = 20000 };
    cs_arena *arena = arena_create(16 << 20);
    char *text = arena_alloc(arena, (size_t)COPIES * 6 + 1);
    for (size_t i = 0; i < COPIES; i++) memcpy(text + 6 * i, "银行", 6);
    cs_folded folded;
    cs_sounds sounds = sounds_of(text, arena, &folded);
    check_invariants(&sounds, &folded);
    assert_int_equal(sounds.length, COPIES * 4);
    assert_memory_equal(sounds.bytes, sounds.bytes + 4, (size_t)(COPIES - 1) * 4);

    cs_arena *small = arena_create(4096);
    assert_false(pinyin_sounds(&folded, small, &sounds));
    arena_free(small);
    arena_free(arena);
}

/* A text that ends inside what could become a phrase. */
static void prefixes_of_phrases_end_well(void **state) {
    (void)state;
    check("为什", "wei shen");
    check("行行不", "xing xing bu");
    check("成吉思", "cheng ji si");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_heard_stands_for_what_is_written),
        cmocka_unit_test(homophones_are_equal),
        cmocka_unit_test(phrases_decide_the_reading),
        cmocka_unit_test(rivals_keep_phrases_apart),
        cmocka_unit_test(own_phrases_win),
        cmocka_unit_test(digits_are_read_one_by_one),
        cmocka_unit_test(letters_stay_and_marks_part),
        cmocka_unit_test(what_has_no_sound_is_a_mark),
        cmocka_unit_test(bytes_outside_the_table_are_no_syllable),
        cmocka_unit_test(origin_leads_back_to_the_text),
        cmocka_unit_test(random_texts_keep_the_invariants),
        cmocka_unit_test(every_character_alone_keeps_the_invariants),
        cmocka_unit_test(long_text_and_its_limit),
        cmocka_unit_test(prefixes_of_phrases_end_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
