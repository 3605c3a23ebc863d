#include "speech/wire.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static cs_buffer out;
static cs_arena *arena;
static cs_message message;

static int start(void **state) {
    (void)state;
    buffer_init(&out, CS_WIRE_MAX_PAYLOAD + CS_WIRE_HEADER);
    arena = arena_create(32 << 20);
    return arena ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    buffer_free(&out);
    arena_free(arena);
    return 0;
}

static cs_wire_frame only_frame(void) {
    cs_wire_frame frame = {0};
    size_t used = 0;
    assert_int_equal(wire_next((unsigned char *)out.data, out.length, &frame, &used, &message), CS_OK);
    assert_int_equal(used, out.length);
    return frame;
}

static void an_utterance_comes_out_as_it_went_in(void **state) {
    (void)state;
    const cs_unit units[] = {{"zh", 60120, -0.25F}, {"ōng", INT64_MIN, 1}, {"", 60300, 0}};
    const cs_utterance given = {.start_ms = 60000,
                                .end_ms = 61000,
                                .units = units,
                                .unit_count = 3,
                                .text = "zhōng",
                                .language = "zh",
                                .event = "",
                                .is_final = true};
    cs_utterance got;
    buffer_clear(&out);
    wire_open(&out, CS_WIRE_UTTERANCE);
    wire_put_u32(&out, 7);
    wire_put_utterance(&out, &given);
    assert_true(wire_shut(&out, 0));
    cs_wire_frame frame = only_frame();
    cs_wire_reader reader = wire_read(&frame);
    assert_int_equal(wire_u32(&reader), 7);
    assert_int_equal(wire_take_utterance(&reader, arena, &got, &message), CS_OK);
    assert_true(got.is_final && got.start_ms == 60000 && got.end_ms == 61000 && got.unit_count == 3);
    assert_string_equal(got.text, "zhōng");
    assert_string_equal(got.language, "zh");
    assert_null(got.emotion);
    assert_string_equal(got.event, "");
    for (int i = 0; i < 3; i++) {
        assert_string_equal(got.units[i].text, units[i].text);
        assert_true(got.units[i].start_ms == units[i].start_ms);
        assert_true(got.units[i].log_probability == units[i].log_probability);
    }
}

static void a_cut_frame_waits_for_its_rest(void **state) {
    (void)state;
    buffer_clear(&out);
    wire_open(&out, CS_WIRE_END);
    wire_put_u32(&out, 1);
    assert_true(wire_shut(&out, 0));
    cs_wire_frame frame;
    size_t used = 1;
    for (size_t length = 0; length < out.length; length++) {
        assert_int_equal(wire_next((unsigned char *)out.data, length, &frame, &used, &message), CS_OK);
        assert_int_equal(used, 0);
    }
}

static void what_can_be_no_frame_is_refused_at_once(void **state) {
    (void)state;
    cs_wire_frame frame;
    size_t used;
    const uint32_t unknown[] = {99, 4}, long_one[] = {CS_WIRE_SAMPLES, CS_WIRE_MAX_PAYLOAD + 1};
    assert_int_equal(wire_next((const unsigned char *)unknown, 8, &frame, &used, &message), CS_ERR_PARSE);
    assert_int_equal(wire_next((const unsigned char *)long_one, 8, &frame, &used, &message), CS_ERR_PARSE);
}

/* Every cut and every changed byte of a proper frame is refused or read as something within the limits. */
static void a_damaged_setup_is_never_believed_beyond_its_frame(void **state) {
    (void)state;
    const char *const hot[] = {"退款", "保价"};
    cs_wire_setup setup = {
        .library = "/lib/x.so", .kind = CS_MODEL_WHISPER, .file_count = 1, .hot_words = hot, .hot_word_count = 2};
    setup.files[0] = (cs_model_file){.role = "encoder", .path = "/m/e.onnx"};
    buffer_clear(&out);
    wire_open(&out, CS_WIRE_HELLO);
    wire_put_setup(&out, &setup);
    assert_true(wire_shut(&out, 0));
    size_t bytes = out.length - CS_WIRE_HEADER;
    for (size_t i = 0; i <= bytes; i++) {
        for (int way = 0; way < 2; way++) {
            unsigned char *copy = malloc(bytes); /* its own block: a read beyond it is found */
            assert_non_null(copy);
            memcpy(copy, out.data + CS_WIRE_HEADER, bytes);
            if (way == 1 && i < bytes) copy[i] ^= 0x80;
            cs_wire_frame frame = {.type = CS_WIRE_HELLO, .payload = copy, .bytes = way == 0 ? i : bytes};
            cs_wire_reader reader = wire_read(&frame);
            cs_wire_setup got = {0};
            cs_error code = wire_take_setup(&reader, arena, &got, &message);
            if (way == 0) assert_int_equal(code == CS_OK, i == bytes);
            if (code == CS_OK) assert_true(got.library && got.file_count <= CS_MAX_MODEL_FILES);
            if (code == CS_OK && way == 0) {
                assert_string_equal(got.files[0].path, "/m/e.onnx");
                assert_string_equal(got.hot_words[1], "保价");
                assert_int_equal(got.kind, CS_MODEL_WHISPER);
            }
            free(copy);
            arena_reset(arena);
        }
    }
}

static void samples_that_are_no_numbers_are_refused(void **state) {
    (void)state;
    static float sound[CS_WIRE_MAX_SAMPLES + 1];
    static float got[CS_WIRE_MAX_SAMPLES];
    uint32_t count = 0;
    sound[3] = 0.5F;
    cs_wire_frame frame = {.type = CS_WIRE_SAMPLES, .payload = (unsigned char *)sound, .bytes = 16};
    cs_wire_reader reader = wire_read(&frame);
    assert_int_equal(wire_take_samples(&reader, got, &count, &message), CS_OK);
    assert_true(count == 4 && got[3] == 0.5F);
    frame.bytes = 15;
    reader = wire_read(&frame);
    assert_int_equal(wire_take_samples(&reader, got, &count, &message), CS_ERR_PARSE);
    frame.bytes = sizeof sound;
    reader = wire_read(&frame);
    assert_int_equal(wire_take_samples(&reader, got, &count, &message), CS_ERR_PARSE);
    sound[3] = INFINITY;
    frame.bytes = 16;
    reader = wire_read(&frame);
    assert_int_equal(wire_take_samples(&reader, got, &count, &message), CS_ERR_PARSE);
}

static void text_that_is_no_utf8_is_refused(void **state) {
    (void)state;
    static const char *const TEXTS[] = {"\xff", "a\xe4\xb8", "\xc0\x80"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        buffer_clear(&out);
        wire_open(&out, CS_WIRE_ERROR);
        wire_put_text(&out, TEXTS[i]);
        assert_true(wire_shut(&out, 0));
        cs_wire_frame frame = only_frame();
        cs_wire_reader reader = wire_read(&frame);
        assert_null(wire_text(&reader));
        assert_true(reader.is_bad);
        assert_int_equal(wire_u32(&reader), 0); /* and all that is behind it */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_utterance_comes_out_as_it_went_in),
        cmocka_unit_test(a_cut_frame_waits_for_its_rest),
        cmocka_unit_test(what_can_be_no_frame_is_refused_at_once),
        cmocka_unit_test(a_damaged_setup_is_never_believed_beyond_its_frame),
        cmocka_unit_test(samples_that_are_no_numbers_are_refused),
        cmocka_unit_test(text_that_is_no_utf8_is_refused),
    };
    return cmocka_run_group_tests(tests, start, end);
}
