/* What FunASR's server answers, and the frames of WebSocket that bring it. */
#include "speech/funasr_answer.h"
#include "speech/websocket_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const cs_funasr_span span = {60000, 60000, 70000};
static cs_arena *arena;
static cs_message message;
static cs_funasr_answer answer;

static int start(void **state) {
    (void)state;
    answer = (cs_funasr_answer){0};
    arena = arena_create(32 << 20);
    return arena ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static cs_error read_it(const char *text) {
    return funasr_answer_read(text, strlen(text), &span, arena, &answer, &message);
}

static void a_time_for_each_character_becomes_units(void **state) {
    (void)state;
    assert_int_equal(read_it("{\"mode\":\"offline\",\"text\":\"我要refund，谢谢。\",\"is_final\":true,"
                             "\"timestamp\":\"[[100,200],[200,300],[300,700],[800,900],[900,1000]]\"}"),
                     CS_OK);
    assert_true(answer.is_final && !answer.is_partial && answer.count == 1);
    const cs_utterance *u = &answer.list[0];
    assert_int_equal(u->unit_count, 5);
    assert_string_equal(u->text, "我要refund，谢谢。");
    assert_string_equal(u->units[2].text, "refund");
    assert_int_equal(u->units[2].start_ms, 60300);
    assert_true(u->units[2].log_probability > 0 && u->start_ms == 60100 && u->end_ms == 61000 && u->is_final);
}

static void sentences_have_their_times_where_characters_have_none(void **state) {
    (void)state;
    assert_int_equal(
        read_it("{\"mode\":\"offline\",\"text\":\"正是,因为12元\",\"timestamp\":[[1,2]],\"stamp_sents\":["
                "{\"text_seg\":\"正 是\",\"punc\":\",\",\"start\":430,\"end\":1130,\"ts_list\":[[430,670],[670,1130]]},"
                "{\"text_seg\":\"因为12元\",\"punc\":\"\",\"start\":1200,\"end\":2000,\"ts_list\":[[1,2]]}]}"),
        CS_OK);
    assert_int_equal(answer.count, 2);
    assert_string_equal(answer.list[0].text, "正 是,");
    assert_int_equal(answer.list[0].unit_count, 2);
    assert_int_equal(answer.list[0].units[1].start_ms, 60670);
    assert_int_equal(answer.list[1].unit_count, 0);
    assert_true(answer.list[1].start_ms == 61200 && answer.list[1].end_ms == 62000);
}

/* A server that runs SenseVoice sends its tags within the text. */
static void tags_of_a_model_are_no_words(void **state) {
    (void)state;
    assert_int_equal(read_it("{\"mode\":\"offline\",\"text\":\"<|zh|><|ANGRY|><|Laughter|><|withitn|>退款 \","
                             "\"timestamp\":[[100,200],[200,300]]}"),
                     CS_OK);
    assert_string_equal(answer.list[0].text, "退款 ");
    assert_int_equal(answer.list[0].unit_count, 2);
    assert_string_equal(answer.list[0].emotion, "angry");
    assert_string_equal(answer.list[0].event, "laughter");
    assert_string_equal(answer.list[0].language, "zh");
    assert_int_equal(read_it("{\"mode\":\"offline\",\"text\":\"<|nospeech|><|EMO_UNKNOWN|><|Speech|><|woitn|>\"}"),
                     CS_OK);
    assert_int_equal(answer.count, 0);
    assert_int_equal(read_it("{\"mode\":\"offline\",\"text\":\"<|nospeech|><|EMO_UNKNOWN|><|Applause|><|woitn|>\"}"),
                     CS_OK);
    assert_int_equal(answer.count, 1);
    assert_string_equal(answer.list[0].event, "applause");
}

static void partials_and_corrections_are_told_apart(void **state) {
    (void)state;
    assert_int_equal(read_it("{\"mode\":\"2pass-online\",\"text\":\"我要\",\"is_final\":false}"), CS_OK);
    assert_true(answer.is_partial && !answer.is_corrected && !answer.list[0].is_final);
    assert_int_equal(read_it("{\"mode\":\"2pass-offline\",\"text\":\"我要退款\",\"is_final\":false}"), CS_OK);
    assert_true(!answer.is_partial && answer.is_corrected && answer.list[0].is_final);
    assert_true(answer.list[0].start_ms == 60000 && answer.list[0].end_ms == 70000);
    assert_int_equal(read_it("{\"mode\":\"2pass-offline\",\"text\":\"\",\"is_final\":true}"), CS_OK);
    assert_true(answer.count == 0 && answer.is_final);
}

static void times_stay_within_what_was_sent(void **state) {
    (void)state;
    assert_int_equal(read_it("{\"text\":\"一二三\",\"timestamp\":[[5000,4000],[1000,-7],[1e300,\"x\"]]}"), CS_OK);
    const cs_unit *units = answer.list[0].units;
    assert_true(units[0].start_ms == 65000 && units[1].start_ms == 65000 && units[2].start_ms == 70000);
    assert_int_equal(answer.list[0].end_ms, 70000);
}

static void what_is_no_answer_is_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "", "7", "{}", "{\"text\":[]}", "{\"text\":\"\xff\"}", "{\"text\":\"a\",\"stamp_sents\":[1]}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        message = (cs_message){0};
        assert_int_not_equal(read_it(wrong[i]), CS_OK);
        assert_true(*message.reason);
    }
}

static void frames_are_read_when_they_are_whole(void **state) {
    (void)state;
    static const unsigned char hello[] = {0x81, 5, 'H', 'e', 'l', 'l', 'o', 0x89, 0}; /* RFC 6455, section 5.7 */
    cs_websocket_frame frame;
    size_t used = 7;
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(websocket_frame_read(hello, i, &frame, &used, &message), CS_OK);
        assert_int_equal(used, 0);
    }
    assert_int_equal(websocket_frame_read(hello, sizeof hello, &frame, &used, &message), CS_OK);
    assert_true(used == 7 && frame.kind == CS_FRAME_TEXT && frame.is_last && frame.length == 5);
    assert_memory_equal(frame.bytes, "Hello", 5);
    static const unsigned char wrong[][10] = {
        {0x81, 0x85}, {0xc1, 0},           {0x83, 0},
        {0x09, 0},    {0x89, 126, 0, 200}, {0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_not_equal(websocket_frame_read(wrong[i], 10, &frame, &used, &message), CS_OK);
}

static void frames_are_written_masked(void **state) {
    (void)state;
    static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    static const unsigned char hello[] = {0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58};
    static const char long_one[70000];
    cs_buffer out;
    buffer_init(&out, CS_MAX_FRAME_BYTES);
    assert_true(websocket_frame_write(&out, CS_FRAME_TEXT, "Hello", 5, mask));
    assert_int_equal(out.length, sizeof hello);
    assert_memory_equal(out.data, hello, sizeof hello); /* RFC 6455, section 5.7 */
    buffer_clear(&out);
    assert_true(websocket_frame_write(&out, CS_FRAME_BINARY, long_one, 300, mask));
    assert_memory_equal(out.data, "\x82\xfe\x01\x2c", 4);
    buffer_clear(&out);
    assert_true(websocket_frame_write(&out, CS_FRAME_BINARY, long_one, sizeof long_one, mask));
    assert_memory_equal(out.data, "\x82\xff\0\0\0\0\0\x01\x11\x70", 10);
    buffer_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_time_for_each_character_becomes_units, start, end),
        cmocka_unit_test_setup_teardown(sentences_have_their_times_where_characters_have_none, start, end),
        cmocka_unit_test_setup_teardown(tags_of_a_model_are_no_words, start, end),
        cmocka_unit_test_setup_teardown(partials_and_corrections_are_told_apart, start, end),
        cmocka_unit_test_setup_teardown(times_stay_within_what_was_sent, start, end),
        cmocka_unit_test_setup_teardown(what_is_no_answer_is_refused, start, end),
        cmocka_unit_test_setup_teardown(frames_are_read_when_they_are_whole, start, end),
        cmocka_unit_test_setup_teardown(frames_are_written_masked, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
