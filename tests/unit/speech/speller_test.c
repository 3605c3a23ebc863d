#include "speech/speller.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 2000 };

/* "tui4 kuan3 A" */
static uint32_t heard_of(const char *text, cs_arena *arena, cs_syllable *out) {
    uint32_t count = 0;
    for (char *at = strtok(arena_string(arena, text), " "); at; at = strtok(NULL, " "), count++) {
        assert_true(count < MOST);
        size_t length = strlen(at);
        bool has_tone = at[length - 1] >= '1' && at[length - 1] <= '5';
        out[count] = (cs_syllable){
            .tone = has_tone ? (int8_t)(at[length - 1] - '0') : 0, .is_letter = at[0] < 'a', .log_probability = -0.1F};
        snprintf(out[count].sound, sizeof out[count].sound, "%.*s", (int)(length - has_tone), at);
    }
    return count;
}

/* The words joined; they cover every syllable once. */
static void spell(const cs_speller *speller, const char *heard, char *out, size_t room) {
    cs_arena *arena = arena_create(64 << 20);
    cs_syllable syllables[MOST];
    cs_spelt_word *words;
    uint32_t count = heard_of(heard, arena, syllables), word_count, covered = 0;
    assert_int_equal(speller_spell(speller, syllables, count, arena, &words, &word_count, NULL), CS_OK);
    out[0] = 0;
    for (uint32_t i = 0; i < word_count; i++) {
        assert_int_equal(words[i].first, covered);
        assert_true(words[i].margin >= 0);
        covered += words[i].count;
        snprintf(out + strlen(out), room - strlen(out), "%s", words[i].text);
    }
    assert_int_equal(covered, count);
    arena_free(arena);
}

static void check(const char *heard, const char *expected) {
    cs_speller *speller;
    char spelt[1024];
    assert_int_equal(speller_open(NULL, NULL, 0, &speller, NULL), CS_OK);
    spell(speller, heard, spelt, sizeof spelt);
    assert_string_equal(spelt, expected);
    speller_close(speller);
}

static void check_reading(const char *heard, const char *text, const char *reading) {
    cs_speller *speller;
    cs_arena *arena = arena_create(64 << 20);
    cs_syllable syllables[MOST];
    cs_spelt_word *words;
    uint32_t count = heard_of(heard, arena, syllables), word_count;
    assert_int_equal(speller_open(NULL, NULL, 0, &speller, NULL), CS_OK);
    assert_int_equal(speller_spell(speller, syllables, count, arena, &words, &word_count, NULL), CS_OK);
    const char *spelt = "", *read = "";
    for (uint32_t i = 0; i < word_count; i++) {
        spelt = arena_printf(arena, "%s%s", spelt, words[i].text);
        read = arena_printf(arena, "%s%s%s", read, i ? " " : "", words[i].reading);
    }
    assert_string_equal(spelt, text);
    assert_string_equal(read, reading);
    speller_close(speller);
    arena_free(arena);
}

/* What was misheard or half heard is read as the word that it was taken for; another reading of a character is its own. */
static void words_tell_how_they_are_read(void **state) {
    (void)state;
    check_reading("tui4 kuan3", "退款", "tui kuan");
    check_reading("ying2 hang2 ka3", "银行卡", "yin hang ka");
    check_reading("wo3 yao4 t su4", "我要投诉", "wo yao tou su");
    check_reading("chong2 xin1", "重新", "chong xin");
    check_reading("hen3 zhong4 yao4", "很重要", "hen zhong yao");
    check_reading("V I P hui4 yuan2", "VIP会员", "V I P hui yuan");
}

static float least_margin(const cs_user_word *users, uint32_t user_count, const char *heard) {
    cs_speller *speller;
    cs_arena *arena = arena_create(64 << 20);
    cs_syllable syllables[MOST];
    cs_spelt_word *words;
    uint32_t count = heard_of(heard, arena, syllables), word_count;
    float least = INFINITY;
    assert_int_equal(speller_open(NULL, users, user_count, &speller, NULL), CS_OK);
    assert_int_equal(speller_spell(speller, syllables, count, arena, &words, &word_count, NULL), CS_OK);
    for (uint32_t i = 0; i < word_count; i++) least = fminf(least, words[i].margin);
    speller_close(speller);
    arena_free(arena);
    return least;
}

/* Nor surer: whoever wishes for a word, for its parts, for the words around it, it is as sure as it was heard. */
static void a_wish_makes_nothing_less_sure(void **state) {
    (void)state;
    static const cs_user_word wishes[] = {{.text = "多久能到", .weight = 3}, {.text = "多久能到账", .weight = 3}};
    static const char heard[] = "duo1 jiu3 neng2 dao4 zhang3";
    assert_float_equal(least_margin(wishes, 2, heard), least_margin(NULL, 0, heard), 1e-3);
}

static void words_of_service_are_spelt(void **state) {
    (void)state;
    check("wo3 yao4 tui4 kuan3", "我要退款");
    check("wo3 yao4 tou2 su4 ni3 men5", "我要投诉你们");
    check("qing3 wen4", "请问");
    check("", "");
}

static void what_follows_decides_between_words_that_sound_alike(void **state) {
    (void)state;
    check("guo2 jia1 quan2 li4 ji1 guan1", "国家权力机关");
    check("li4 hai4 guan1 xi4", "利害关系");
    check("hen3 li4 hai4", "很厉害");
}

static void the_tone_is_evidence_not_law(void **state) {
    (void)state;
    check("tui1 kuan2", "退款");
    check("tui kuan", "退款");
    check("ni2 hao3", "你好"); /* two third tones */
}

static void sounds_near_are_understood(void **state) {
    (void)state;
    check("tou2 shu4 ni3 men5", "投诉你们"); /* s as sh */
    check("da3 dian4 fa4", "打电话"); /* h as f */
}

static void halves_are_completed_by_what_stands_around(void **state) {
    (void)state;
    check("wo3 yao4 t su4", "我要投诉");
    check("wo3 yao4 ui4 kuan3", "我要退款");
}

static void letters_stay_and_are_one_word(void **state) {
    (void)state;
    check("V I P hui4 yuan2", "VIP会员");
    check("A", "A");
}

static void what_is_no_syllable_stays_a_sound(void **state) {
    (void)state;
    cs_speller *speller;
    cs_arena *arena = arena_create(1 << 20);
    cs_syllable heard = {.sound = "8"};
    cs_spelt_word *words;
    uint32_t count;
    assert_int_equal(speller_open(NULL, NULL, 0, &speller, NULL), CS_OK);
    assert_int_equal(speller_spell(speller, &heard, 1, arena, &words, &count, NULL), CS_OK);
    assert_int_equal(count, 1);
    assert_true(words[0].is_sound);
    assert_string_equal(words[0].text, "8");
    speller_close(speller);
    arena_free(arena);
}

static void words_of_the_user_win_and_are_kept_as_written(void **state) {
    (void)state;
    const cs_user_word words[] = {{"博语灵", 2, true}, {"12315", 5, true}, {"K金", 2, true},
                                  {"KF-35", 2, true},  {"", 2, true},      {"~", 2, true}};
    cs_speller *plain, *own;
    char spelt[256];
    assert_int_equal(speller_open(NULL, NULL, 0, &plain, NULL), CS_OK);
    assert_int_equal(speller_open(NULL, words, sizeof words / sizeof *words, &own, NULL), CS_OK);
    spell(plain, "wo3 de5 bo2 yu3 ling2", spelt, sizeof spelt);
    assert_null(strstr(spelt, "博语灵"));
    spell(own, "wo3 de5 bo2 yu3 ling2", spelt, sizeof spelt);
    assert_string_equal(spelt, "我的博语灵");
    spell(own, "da3 yi1 er4 san1 yi1 wu3", spelt, sizeof spelt);
    assert_string_equal(spelt, "打12315");
    spell(own, "K jin1", spelt, sizeof spelt);
    assert_string_equal(spelt, "K金");
    spell(own, "K F san1 wu3 kong1 tiao2", spelt, sizeof spelt);
    assert_string_equal(spelt, "KF-35空调");
    speller_close(plain);
    speller_close(own);
}

static void phrases_cost_what_their_words_cost(void **state) {
    (void)state;
    const cs_user_word none[] = {{"致歉", 0, false}, {"还有其他", 0, false}},
                       some[] = {{"致歉", 0.5F, false}, {"还有其他", 3, false}};
    static const char *const heard[] = {"san1 ge4 yue4 zhi qian", "hai2 you3 qi2 ta1 wen4 ti2", "hai you qi ta"};
    cs_speller *plain, *own;
    char before[256], after[256];
    assert_int_equal(speller_open(NULL, NULL, 0, &plain, NULL), CS_OK);
    assert_int_equal(speller_open(NULL, none, 2, &own, NULL), CS_OK);
    for (size_t i = 0; i < sizeof heard / sizeof *heard; i++) { /* without a wish they change nothing */
        spell(plain, heard[i], before, sizeof before);
        spell(own, heard[i], after, sizeof after);
        assert_string_equal(before, after);
    }
    speller_close(own);
    assert_int_equal(speller_open(NULL, some, 2, &own, NULL), CS_OK);
    spell(own, "san1 ge4 yue4 zhi qian", after, sizeof after);
    assert_string_equal(after, "三个月之前");
    spell(own, "hai2 you3 qi2 ta1 wen4 ti2", after, sizeof after);
    assert_string_equal(after, "还有其他问题");
    speller_close(plain);
    speller_close(own);
}

static void a_wish_makes_nothing_surer(void **state) {
    (void)state;
    const cs_user_word word = {"他们", 10, false};
    cs_speller *plain, *own;
    cs_arena *arena = arena_create(16 << 20);
    cs_syllable syllables[MOST];
    cs_spelt_word *words, *wished;
    uint32_t count, wished_count, heard = heard_of("ta1 men5", arena, syllables);
    assert_int_equal(speller_open(NULL, NULL, 0, &plain, NULL), CS_OK);
    assert_int_equal(speller_open(NULL, &word, 1, &own, NULL), CS_OK);
    assert_int_equal(speller_spell(plain, syllables, heard, arena, &words, &count, NULL), CS_OK);
    assert_int_equal(speller_spell(own, syllables, heard, arena, &wished, &wished_count, NULL), CS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(wished_count, 1);
    assert_true(wished[0].is_user_word);
    assert_float_equal(wished[0].margin, words[0].margin, 0.2F);
    speller_close(plain);
    speller_close(own);
    arena_free(arena);
}

static void the_margin_tells_how_sure_it_is(void **state) {
    (void)state;
    cs_speller *speller;
    cs_arena *arena = arena_create(16 << 20);
    cs_syllable syllables[MOST];
    cs_spelt_word *words;
    uint32_t count;
    assert_int_equal(speller_open(NULL, NULL, 0, &speller, NULL), CS_OK);
    uint32_t heard = heard_of("ta1 tui4 kuan3", arena, syllables);
    assert_int_equal(speller_spell(speller, syllables, heard, arena, &words, &count, NULL), CS_OK);
    assert_int_equal(count, 2);
    assert_true(words[0].margin < words[1].margin); /* 他 or 她, but hardly another 退款 */
    speller_close(speller);
    arena_free(arena);
}

static void long_utterances_are_spelt_in_parts(void **state) {
    (void)state;
    char heard[MOST * 12] = "";
    for (int i = 0; i < 700; i++) strcat(heard, "tui4 kuan3 ");
    cs_speller *speller;
    static char spelt[MOST * 8];
    assert_int_equal(speller_open(NULL, NULL, 0, &speller, NULL), CS_OK);
    spell(speller, heard, spelt, sizeof spelt);
    assert_non_null(strstr(spelt, "退款退款"));
    speller_close(speller);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wish_makes_nothing_less_sure),
        cmocka_unit_test(words_of_service_are_spelt),
        cmocka_unit_test(words_tell_how_they_are_read),
        cmocka_unit_test(what_follows_decides_between_words_that_sound_alike),
        cmocka_unit_test(the_tone_is_evidence_not_law),
        cmocka_unit_test(sounds_near_are_understood),
        cmocka_unit_test(halves_are_completed_by_what_stands_around),
        cmocka_unit_test(letters_stay_and_are_one_word),
        cmocka_unit_test(what_is_no_syllable_stays_a_sound),
        cmocka_unit_test(words_of_the_user_win_and_are_kept_as_written),
        cmocka_unit_test(phrases_cost_what_their_words_cost),
        cmocka_unit_test(a_wish_makes_nothing_surer),
        cmocka_unit_test(the_margin_tells_how_sure_it_is),
        cmocka_unit_test(long_utterances_are_spelt_in_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
