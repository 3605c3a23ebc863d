/* What OpenAI-compatible addresses answer: words, segments, texts, and what is none of them. */
#include "speech/openai_answer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const cs_sound_piece piece = {60000, 70000};
static cs_arena *arena;
static cs_message message;
static cs_utterance *list;
static uint32_t count;

static int start(void **state) {
    (void)state;
    list = NULL;
    count = 0;
    arena = arena_create(32 << 20);
    return arena ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static cs_error read_as(const char *format, const char *text) {
    return openai_answer_read(text, strlen(text), format, &piece, arena, &list, &count, &message);
}

static void words_become_units(void **state) {
    (void)state;
    assert_int_equal(read_as("verbose_json",
                             "{\"text\":\"Hello, world.\",\"language\":\"english\",\"duration\":2.0,\"words\":["
                             "{\"word\":\"Hello\",\"start\":0.12,\"end\":0.5,\"probability\":0.5},"
                             "{\"word\":\"world\",\"start\":0.6,\"end\":1.1}]}"),
                     CS_OK);
    assert_int_equal(count, 1);
    assert_int_equal(list[0].unit_count, 2);
    assert_string_equal(list[0].text, "Hello, world.");
    assert_string_equal(list[0].language, "en");
    assert_true(list[0].is_final && list[0].start_ms == 60120 && list[0].end_ms == 61100);
    assert_string_equal(list[0].units[1].text, "world");
    assert_int_equal(list[0].units[1].start_ms, 60600);
    assert_true(fabsf(list[0].units[0].log_probability - logf(0.5F)) < 1e-6F);
    assert_true(list[0].units[1].log_probability > 0); /* none was given */
}

static void tags_of_a_model_are_no_words(void **state) {
    (void)state;
    assert_int_equal(read_as("json", "{\"text\":\"<|zh|><|SAD|><|Cry|><|woitn|>我要退款\"}"), CS_OK);
    assert_int_equal(count, 1);
    assert_string_equal(list[0].text, "我要退款");
    assert_string_equal(list[0].emotion, "sad");
    assert_string_equal(list[0].event, "crying");
    assert_string_equal(list[0].language, "zh");
    assert_int_equal(read_as("text", "<|nospeech|><|EMO_UNKNOWN|><|Speech|><|woitn|>"), CS_OK);
    assert_int_equal(count, 0);
    assert_int_equal(
        read_as("verbose_json",
                "{\"text\":\"\",\"segments\":[{\"text\":\"<|en|><|HAPPY|><|BGM|>hello\",\"start\":1,\"end\":2},"
                "{\"text\":\"<|nospeech|><|NEUTRAL|><|Speech|>\",\"start\":3,\"end\":4}]}"),
        CS_OK);
    assert_int_equal(count, 1);
    assert_string_equal(list[0].text, "hello");
    assert_string_equal(list[0].event, "music");
}

static void times_stay_in_the_piece_and_never_go_back(void **state) {
    (void)state;
    assert_int_equal(
        read_as("verbose_json",
                "{\"text\":\"a b c d\",\"words\":["
                "{\"word\":\"a\",\"start\":3.0,\"end\":2.0},{\"word\":\"b\",\"start\":1.0,\"end\":1.5},"
                "{\"word\":\"c\",\"start\":1e300,\"end\":1e308},{\"word\":\"d\",\"start\":-5,\"end\":null}]}"),
        CS_OK);
    const cs_unit *units = list[0].units;
    assert_int_equal(units[0].start_ms, 63000);
    assert_int_equal(units[1].start_ms, 63000);
    assert_int_equal(units[2].start_ms, 70000);
    assert_int_equal(units[3].start_ms, 70000);
    assert_int_equal(list[0].end_ms, 70000);
}

static void segments_become_utterances_without_what_silence_was_taken_for(void **state) {
    (void)state;
    assert_int_equal(
        read_as(
            "verbose_json",
            "{\"text\":\"x\",\"language\":\"zh\",\"segments\":["
            "{\"text\":\" 您好。\",\"start\":0.5,\"end\":1.5,\"no_speech_prob\":0.9,\"avg_logprob\":-0.2},"
            "{\"text\":\"谢谢观看\",\"start\":2,\"end\":3,\"no_speech_prob\":0.95,\"avg_logprob\":-1.4},"
            "{\"text\":\"  \",\"start\":3,\"end\":4},"
            "{\"text\":\"再见\",\"start\":4,\"end\":5,\"words\":[{\"word\":\"再见\",\"start\":4.2,\"end\":4.8}]}]}"),
        CS_OK);
    assert_int_equal(count, 2);
    assert_string_equal(list[0].text, " 您好。");
    assert_int_equal(list[0].unit_count, 0);
    assert_true(list[0].start_ms == 60500 && list[0].end_ms == 61500);
    assert_int_equal(list[1].unit_count, 1);
    assert_int_equal(list[1].start_ms, 64200);
}

static void a_text_alone_has_the_time_of_the_piece(void **state) {
    (void)state;
    assert_int_equal(read_as("json", "{\"text\":\"line\\none\\u0007\"}"), CS_OK);
    assert_int_equal(count, 1);
    assert_string_equal(list[0].text, "line one ");
    assert_true(list[0].start_ms == 60000 && list[0].end_ms == 70000 && !list[0].language);
    assert_int_equal(read_as("text", "Guten Tag.\n"), CS_OK);
    assert_string_equal(list[0].text, "Guten Tag. ");
    assert_int_equal(read_as("json", "{\"text\":\" \"}"), CS_OK);
    assert_int_equal(count, 0);
    assert_int_equal(read_as("text", ""), CS_OK);
    assert_int_equal(count, 0);
}

static void what_is_no_answer_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"",
                                        "[]",
                                        "{}",
                                        "{\"text\":7}",
                                        "<html>",
                                        "{\"text\":\"a\",\"segments\":[7]}",
                                        "{\"text\":\"a\",\"words\":[{\"word\":\"a\",\"start\":0},{\"word\":1}]}",
                                        "{\"text\":\"a"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        message = (cs_message){0};
        assert_int_not_equal(read_as("verbose_json", wrong[i]), CS_OK);
        assert_true(*message.reason);
    }
    assert_int_not_equal(read_as("verbose_json", "{\"text\":\"\xff\xfe\"}"), CS_OK);
    assert_int_equal(read_as("text", "\xff\xfe"), CS_ERR_ENCODING);
    assert_int_equal(count, 0);
}

static void too_much_is_refused(void **state) {
    (void)state;
    const size_t words = CS_MAX_UNITS + 1;
    char *text = malloc(words * 32 + 64), *at = text;
    assert_non_null(text);
    at += sprintf(at, "{\"text\":\"a\",\"words\":[");
    for (size_t i = 0; i < words; i++) at += sprintf(at, "%s{\"word\":\"a\",\"start\":0}", i ? "," : "");
    (void)sprintf(at, "]}");
    assert_int_equal(read_as("verbose_json", text), CS_ERR_LIMIT);
    free(text);
}

static void the_servers_own_words_are_told(void **state) {
    (void)state;
    static const struct {
        const char *answer, *words;
    } cases[] = {{"{\"error\":{\"message\":\"no such\\nmodel\"}}", "no such model"},
                 {"{\"error\":\"busy\"}", "busy"},
                 {"{\"detail\":\"Not Found\"}", "Not Found"},
                 {"plain words", "plain words"},
                 {"", ""},
                 {"ab\xff", "ab"},
                 {"中中中中中中中中", "中中中中中"}}; /* cut between characters */
    char out[17];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        openai_error_read(cases[i].answer, strlen(cases[i].answer), out, sizeof out);
        assert_string_equal(out, cases[i].words);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_become_units, start, end),
        cmocka_unit_test_setup_teardown(tags_of_a_model_are_no_words, start, end),
        cmocka_unit_test_setup_teardown(times_stay_in_the_piece_and_never_go_back, start, end),
        cmocka_unit_test_setup_teardown(segments_become_utterances_without_what_silence_was_taken_for, start, end),
        cmocka_unit_test_setup_teardown(a_text_alone_has_the_time_of_the_piece, start, end),
        cmocka_unit_test_setup_teardown(what_is_no_answer_is_refused, start, end),
        cmocka_unit_test_setup_teardown(too_much_is_refused, start, end),
        cmocka_unit_test_setup_teardown(the_servers_own_words_are_told, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
