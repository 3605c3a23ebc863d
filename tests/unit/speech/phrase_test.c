/* Units become words: pieces of words, characters, syllables; their times and confidence. */
#include "speech/phrase.h"

#include "base/clock.h"
#include "speech/speller.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static cs_arena *arena;

static int start(void **state) {
    (void)state;
    arena = arena_create(16 << 20);
    return arena ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static const cs_calibration plain = {.model = "test", .bias = 4, .mean = 2, .least = 0, .margin = 0};

/* Units 200 ms apart from 1000 ms on, each with the log-probability given. */
static cs_phrase *make(const char *const *texts, uint32_t count, const char *whole, bool is_phonetic) {
    cs_unit *units = arena_array(arena, count + 1, sizeof *units);
    for (uint32_t i = 0; i < count; i++) units[i] = (cs_unit){texts[i], 1000 + 200 * (int64_t)i, -0.5f};
    cs_utterance u = {.start_ms = 900,
                      .end_ms = 1000 + 200 * (int64_t)count,
                      .units = units,
                      .unit_count = count,
                      .text = whole,
                      .is_final = true};
    cs_phrase_making making = {.side = 1, .is_phonetic = is_phonetic, .calibration = &plain};
    cs_phrase *p = NULL;
    cs_message message;
    if (phrase_make(&u, &making, arena, &p, &message) != CS_OK) fail_msg("%s", message.reason);
    return p;
}

/* "退|款 refund": joined words behind |, others behind a blank, marks behind their word. */
static const char *shape(const cs_phrase *p) {
    const char *out = "";
    for (uint32_t i = 0; i < p->word_count; i++) {
        const cs_heard_word *w = &p->words[i];
        const char *between = i == 0 ? "" : w->is_joined ? "|" : " ";
        out = arena_printf(arena, "%s%s%s%s", out, between, w->text, w->mark ? w->mark : "");
    }
    return out;
}

#define COUNT(list) ((uint32_t)(sizeof(list) / sizeof(list)[0]))

static void pieces_become_words(void **state) {
    (void)state;
    static const char *const bpe[] = {"▁I", "▁want", "▁a", "▁re", "f", "und"};
    static const char *const whisper[] = {" I", " want", " a", " ref", "und", "."};
    static const char *const bound[] = {"i", "want", "a", "re@@", "fund"};
    static const char *const chinese[] = {"我", "要", "退", "款"};
    static const char *const mixed[] = {"我", "▁VI", "P", "▁CARD", "丢", "了"};
    assert_string_equal(shape(make(bpe, COUNT(bpe), NULL, false)), "I want a refund");
    assert_string_equal(shape(make(whisper, COUNT(whisper), " I want a refund.", false)), "I want a refund.");
    assert_string_equal(shape(make(whisper, COUNT(whisper), NULL, false)), "I want a refund.");
    assert_string_equal(shape(make(bound, COUNT(bound), NULL, false)), "i want a refund");
    assert_string_equal(shape(make(chinese, COUNT(chinese), NULL, false)), "我|要|退|款");
    assert_string_equal(shape(make(mixed, COUNT(mixed), NULL, false)), "我|VIP CARD|丢|了");
}

static void the_models_own_text_and_marks_stay(void **state) {
    (void)state;
    static const char *const units[] = {"<|zh|>", "退", "款", "吗", "好", "的"};
    static const char *const english[] = {"▁don", "'", "t", "▁know"};
    assert_string_equal(shape(make(units, COUNT(units), "退款吗？好的。", false)), "退|款|吗？|好|的。");
    assert_string_equal(shape(make(english, COUNT(english), "Don't know, sorry", false)), "Don't know, sorry");
}

static void words_have_times(void **state) {
    (void)state;
    static const char *const bpe[] = {"▁I", "▁want", "▁a", "▁re", "f", "und"};
    const cs_phrase *p = make(bpe, COUNT(bpe), NULL, false);
    assert_int_equal(p->side, 1);
    assert_int_equal(p->words[0].start_ms, 1000);
    assert_int_equal(p->words[0].end_ms, 1200);
    assert_int_equal(p->words[3].start_ms, 1600); /* refund: three units */
    assert_int_equal(p->words[3].end_ms, 2200);
    cs_unit untimed[] = {{"▁no", CS_NO_TIME, 1}, {"▁times", CS_NO_TIME, 1}};
    cs_utterance u = {.start_ms = 1000, .end_ms = 2000, .units = untimed, .unit_count = 2};
    cs_phrase_making making = {.calibration = &plain};
    cs_phrase *shared = NULL;
    cs_message message;
    assert_int_equal(phrase_make(&u, &making, arena, &shared, &message), CS_OK);
    assert_int_equal(shared->words[0].start_ms, 1000);
    assert_int_equal(shared->words[1].start_ms, 1500);
    assert_int_equal(shared->words[1].end_ms, 2000);
    assert_true(shared->words[0].confidence < 0); /* the model gave no probability */
    u = (cs_utterance){.start_ms = 0, .end_ms = 900, .text = "only a text"};
    assert_int_equal(phrase_make(&u, &making, arena, &shared, &message), CS_OK);
    assert_string_equal(shape(shared), "only a text");
    assert_int_equal(shared->words[2].start_ms, 600);
}

static void a_word_is_as_sure_as_its_units(void **state) {
    (void)state;
    cs_unit units[] = {{"▁re", 0, -0.1f}, {"fund", 200, -0.3f}, {"▁now", 400, -3.0f}};
    cs_utterance u = {.end_ms = 700, .units = units, .unit_count = 3};
    cs_phrase_making making = {.calibration = &plain};
    cs_phrase *p = NULL;
    cs_message message;
    assert_int_equal(phrase_make(&u, &making, arena, &p, &message), CS_OK);
    assert_float_equal(p->words[0].confidence, 0.9734, 0.001); /* 1 / (1 + exp(-(4 - 2 * 0.2))) */
    assert_float_equal(p->words[1].confidence, 0.1192, 0.001);
    making.calibration = NULL;
    assert_int_equal(phrase_make(&u, &making, arena, &p, &message), CS_OK);
    assert_true(p->words[0].confidence < 0);
}

static void syllables_without_a_speller_are_pinyin(void **state) {
    (void)state;
    static const char *const units[] = {"t", "uì", "k", "uǎn"};
    const cs_phrase *p = make(units, COUNT(units), NULL, true);
    assert_string_equal(shape(p), "tui kuan");
    assert_string_equal(p->words[0].sounds, "tui4");
    assert_string_equal(p->words[1].sounds, "kuan3");
    assert_int_equal(p->words[1].start_ms, 1400);
}

static void syllables_become_characters(void **state) {
    (void)state;
    static const char *const texts[] = {"w", "ǒ", "y", "ào", "t", "uì", "k", "uǎn"};
    cs_unit units[COUNT(texts)];
    for (uint32_t i = 0; i < COUNT(texts); i++) units[i] = (cs_unit){texts[i], 100 + 100 * (int64_t)i, -0.1f};
    cs_utterance u = {.start_ms = 0, .end_ms = 1200, .units = units, .unit_count = COUNT(texts)};
    cs_calibration sure = {.bias = 1, .mean = 1, .margin = 1};
    cs_phrase_making making = {.is_phonetic = true, .calibration = &sure};
    cs_speller *speller = NULL;
    cs_message message;
    assert_int_equal(speller_open(NULL, NULL, 0, &speller, &message), CS_OK);
    making.speller = speller;
    cs_phrase *p = NULL;
    assert_int_equal(phrase_make(&u, &making, arena, &p, &message), CS_OK);
    const char *text = "";
    for (uint32_t i = 0; i < p->word_count; i++) {
        text = arena_printf(arena, "%s%s", text, p->words[i].text);
        assert_true(p->words[i].is_joined == (i > 0));
        assert_true(p->words[i].confidence > 0.5f);
    }
    assert_string_equal(text, "我要退款");
    const cs_heard_word *last = &p->words[p->word_count - 1];
    assert_string_equal(last->sounds, "tui4 kuan3");
    assert_int_equal(last->start_ms, 500);
    assert_int_equal(last->end_ms, 1000);
    speller_close(speller);
}

static void strange_units_do_no_harm(void **state) {
    (void)state;
    static const char *const odd[] = {"", "▁", "@@", "<unk>", "\xe9\x80", "，", " ", "好"};
    assert_string_equal(shape(make(odd, COUNT(odd), NULL, false)), "好");
    assert_string_equal(shape(make(odd, COUNT(odd), "\xff", false)), "好"); /* a broken text: the units tell it */
    assert_string_equal(shape(make(odd, 0, NULL, false)), "");
    assert_string_equal(shape(make(odd, 0, NULL, true)), "");
    cs_utterance long_one = {.unit_count = CS_MAX_UNITS + 1};
    cs_phrase_making making = {0};
    cs_phrase *p = NULL;
    cs_message message;
    assert_int_equal(phrase_make(&long_one, &making, arena, &p, &message), CS_ERR_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_become_words),
        cmocka_unit_test(the_models_own_text_and_marks_stay),
        cmocka_unit_test(words_have_times),
        cmocka_unit_test(a_word_is_as_sure_as_its_units),
        cmocka_unit_test(syllables_without_a_speller_are_pinyin),
        cmocka_unit_test(syllables_become_characters),
        cmocka_unit_test(strange_units_do_no_harm),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
