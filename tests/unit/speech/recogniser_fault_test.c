/* A child that crashes, exits, hangs, eats memory or babbles costs one try of one recording. The library is a pretender. */
#include "speech/recogniser.h"

#include "base/clock.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#ifndef PRETENDER
int main(void) {
    puts("skipped: built without sherpa-onnx, whose header the pretender needs");
    return 0;
}
#else

/* Two and a half seconds; with the silence before and behind it the pretender makes three units of them. */
enum { RATE = 8000, PUSHED = RATE * 5 / 2, UNITS = 3, STALL_SECONDS = 1 };
static float quiet[PUSHED], loud[PUSHED];

typedef struct heard {
    uint32_t units, utterances;
    bool is_unwanted;
} heard;

static bool hear(void *context, const cs_utterance *utterance) {
    heard *h = context;
    if (utterance->is_final) h->units += utterance->unit_count;
    h->utterances++;
    return !h->is_unwanted;
}

static cs_error open_way(const char *way, const volatile sig_atomic_t *is_stopped, cs_recogniser **out,
                         cs_message *message) {
    static char tokens[PATH_MAX];
    static cs_speech_model model;
    (void)snprintf(tokens, sizeof tokens, "/nowhere/%s", way);
    model = (cs_speech_model){.name = "pretender", .kind = CS_MODEL_ONLINE_TRANSDUCER, .file_count = 4};
    static const char *const ROLES[] = {"encoder", "decoder", "joiner", "tokens"};
    for (uint32_t i = 0; i < 4; i++)
        model.files[i] = (cs_model_file){
            .role = ROLES[i],
            .path = tokens,
            .sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        };
    cs_recogniser_options options = {.model = &model,
                                     .program = PROGRAM,
                                     .memory_bytes = (int64_t)160 << 20,
                                     .stall_seconds = STALL_SECONDS,
                                     .is_stopped = is_stopped};
    return recogniser_open(&options, out, message);
}

static cs_recogniser *open_good(const char *way) {
    cs_recogniser *r = NULL;
    cs_message message = {0};
    if (open_way(way, NULL, &r, &message) != CS_OK) fail_msg("%s", message.reason);
    return r;
}

static cs_error recognise(cs_recogniser *r, const float *samples, heard *h, cs_message *message) {
    cs_recogniser_stream *stream = NULL;
    cs_utterance_sink sink = {h, hear};
    cs_error code = recogniser_begin(r, RATE, 0, &sink, &stream, message);
    if (code != CS_OK) return code;
    cs_error pushed = recogniser_push(stream, samples, PUSHED, message);
    code = recogniser_finish(stream, message);
    return pushed != CS_OK ? pushed : code;
}

/* It fails at loud sound with these words, and the next recording is recognised all the same. */
static void expect_one_loss(const char *way, const char *words) {
    cs_recogniser *r = open_good(way);
    cs_message message = {0};
    heard h = {0};
    assert_int_equal(recognise(r, loud, &h, &message), CS_ERR_IO);
    if (!strstr(message.reason, words)) fail_msg("\"%s\" does not say \"%s\"", message.reason, words);
    assert_true(*message.remedy);
    h = (heard){0};
    if (recognise(r, quiet, &h, &message) != CS_OK) fail_msg("%s", message.reason);
    assert_int_equal(h.units, UNITS);
    recogniser_close(r);
}

static void a_crash_costs_one_recording(void **state) {
    (void)state;
    expect_one_loss("way-abort", "was ended by signal 6 (Aborted)");
}

static void an_exit_costs_one_recording_and_its_last_words_are_told(void **state) {
    (void)state;
    expect_one_loss("way-exit", "ended itself with code 3: no memory for ?[31m feelings");
}

static void a_hang_costs_one_recording(void **state) {
    (void)state;
    expect_one_loss("way-hang", "the recogniser hung: no sign of life for 1 seconds");
}

static void eaten_memory_costs_one_recording(void **state) {
    (void)state;
    expect_one_loss("way-eat", "more than the 160 MB it may have");
}

static void babble_costs_one_recording(void **state) {
    (void)state;
    expect_one_loss("way-babble", "there is no frame of type 77");
}

static void work_without_end_is_no_hang_but_can_be_stopped(void **state) {
    (void)state;
    static volatile sig_atomic_t is_stopped;
    cs_recogniser *r = NULL;
    cs_recogniser_stream *stream = NULL;
    cs_message message = {0};
    heard h = {0};
    cs_utterance_sink sink = {&h, hear};
    is_stopped = 0;
    assert_int_equal(open_way("way-endless", &is_stopped, &r, &message), CS_OK);
    assert_int_equal(recogniser_begin(r, RATE, 0, &sink, &stream, &message), CS_OK);
    assert_int_equal(recogniser_push(stream, loud, RATE, &message), CS_OK);
    is_stopped = 1;
    assert_int_equal(recogniser_finish(stream, &message), CS_ERR_STOPPED);
    recogniser_close(r);
}

static void a_model_that_breaks_while_it_is_loaded_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *way;
        cs_error code;
        const char *words;
    } WAYS[] = {
        {"way-load-exit", CS_ERR_PARSE, "code 255: the tokens are in disorder"},
        {"way-load-abort", CS_ERR_PARSE, "signal 6"},
        {"way-load-null", CS_ERR_PARSE, "does not take the model"},
        {"way-load-hang", CS_ERR_IO, "hung"},
    };
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
        cs_recogniser *r = NULL;
        cs_message message = {0};
        assert_int_equal(open_way(WAYS[i].way, NULL, &r, &message), WAYS[i].code);
        assert_null(r);
        if (!strstr(message.reason, WAYS[i].words)) fail_msg("%s: \"%s\"", WAYS[i].way, message.reason);
    }
}

static void a_library_of_another_version_is_refused(void **state) {
    (void)state;
    cs_recogniser *r = NULL;
    cs_message message = {0};
    (void)setenv("CALLSCOPE_SPEECH_LIBRARY", PRETENDER_OF_ANOTHER_VERSION, 1);
    assert_int_equal(open_way("way", NULL, &r, &message), CS_ERR_CONFLICT);
    assert_non_null(strstr(message.reason, "version 0.0.1"));
    (void)setenv("CALLSCOPE_SPEECH_LIBRARY", "/nowhere/at.all", 1);
    assert_int_equal(open_way("way", NULL, &r, &message), CS_ERR_NOT_FOUND);
    assert_non_null(strstr(message.reason, "/nowhere/at.all"));
    (void)setenv("CALLSCOPE_SPEECH_LIBRARY", PROGRAM, 1); /* a file that is no library */
    assert_int_equal(open_way("way", NULL, &r, &message), CS_ERR_NOT_FOUND);
    (void)setenv("CALLSCOPE_SPEECH_LIBRARY", PRETENDER, 1);
}

static void who_refuses_an_utterance_stops_only_his_stream(void **state) {
    (void)state;
    cs_recogniser *r = open_good("way");
    cs_recogniser_stream *first = NULL, *second = NULL;
    cs_message message = {0};
    heard unwilling = {.is_unwanted = true}, willing = {0};
    cs_utterance_sink sinks[] = {{&unwilling, hear}, {&willing, hear}};
    assert_int_equal(recogniser_begin(r, RATE, 0, &sinks[0], &first, &message), CS_OK);
    assert_int_equal(recogniser_begin(r, RATE, 0, &sinks[1], &second, &message), CS_OK);
    for (int i = 0; i < UNITS; i++) {
        assert_int_equal(recogniser_push(first, quiet, PUSHED / UNITS, &message), CS_OK);
        assert_int_equal(recogniser_push(second, quiet, PUSHED / UNITS, &message), CS_OK);
    }
    assert_int_equal(recogniser_finish(first, &message), CS_ERR_STOPPED);
    assert_int_equal(recogniser_finish(second, &message), CS_OK);
    assert_int_equal(unwilling.utterances, 1);
    assert_int_equal(willing.units, UNITS);
    recogniser_close(r);
}

static void a_crash_takes_all_its_streams_and_none_later(void **state) {
    (void)state;
    cs_recogniser *r = open_good("way-abort");
    cs_recogniser_stream *first = NULL, *second = NULL;
    cs_message message = {0};
    heard h = {0};
    cs_utterance_sink sink = {&h, hear};
    assert_int_equal(recogniser_begin(r, RATE, 0, &sink, &first, &message), CS_OK);
    assert_int_equal(recogniser_begin(r, RATE, 0, &sink, &second, &message), CS_OK);
    assert_int_equal(recogniser_push(second, quiet, RATE, &message), CS_OK);
    (void)recogniser_push(first, loud, RATE, &message);
    assert_int_equal(recogniser_finish(first, &message), CS_ERR_IO);
    assert_int_equal(recogniser_push(second, quiet, RATE, &message), CS_ERR_IO);
    assert_non_null(strstr(message.reason, "signal 6"));
    /* A new one, while the second of the old child is still in its owner's hands. */
    assert_int_equal(recogniser_begin(r, RATE, 0, &sink, &first, &message), CS_OK);
    assert_int_equal(recogniser_push(first, quiet, RATE, &message), CS_OK);
    assert_int_equal(recogniser_finish(second, &message), CS_ERR_IO);
    assert_int_equal(recogniser_finish(first, &message), CS_OK);
    recogniser_close(r);
}

static void each_failure_in_a_row_makes_the_next_start_wait_longer(void **state) {
    (void)state;
    cs_recogniser *r = open_good("way-abort");
    cs_message message = {0};
    heard h = {0};
    int64_t began = clock_steady_ms();
    for (int i = 0; i < 3; i++) assert_int_equal(recognise(r, loud, &h, &message), CS_ERR_IO);
    assert_true(clock_steady_ms() - began >= 250 + 500);
    recogniser_close(r);
}

static void what_is_no_sound_is_refused(void **state) {
    (void)state;
    cs_recogniser *r = open_good("way");
    cs_recogniser_stream *stream = NULL;
    cs_message message = {0};
    heard h = {0};
    cs_utterance_sink sink = {&h, hear};
    float broken[2] = {0, (float)(0.0 / (quiet[0] * 0.0))};
    assert_int_equal(recogniser_begin(r, 100, 0, &sink, &stream, &message), CS_ERR_USAGE);
    assert_int_equal(recogniser_begin(r, RATE, -1, &sink, &stream, &message), CS_ERR_USAGE);
    assert_int_equal(recogniser_begin(r, RATE, 0, &sink, &stream, &message), CS_OK);
    assert_int_equal(recogniser_push(stream, broken, 2, &message), CS_ERR_USAGE);
    assert_int_equal(recogniser_push(stream, quiet, 0, &message), CS_OK);
    assert_int_equal(recogniser_finish(stream, &message), CS_OK);
    recogniser_close(r);
}

static int start(void **state) {
    (void)state;
    for (int i = 0; i < PUSHED; i++) quiet[i] = 0.1F, loud[i] = 1;
    return setenv("CALLSCOPE_SPEECH_LIBRARY", PRETENDER, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_costs_one_recording),
        cmocka_unit_test(an_exit_costs_one_recording_and_its_last_words_are_told),
        cmocka_unit_test(a_hang_costs_one_recording),
        cmocka_unit_test(eaten_memory_costs_one_recording),
        cmocka_unit_test(babble_costs_one_recording),
        cmocka_unit_test(work_without_end_is_no_hang_but_can_be_stopped),
        cmocka_unit_test(a_model_that_breaks_while_it_is_loaded_is_refused),
        cmocka_unit_test(a_library_of_another_version_is_refused),
        cmocka_unit_test(who_refuses_an_utterance_stops_only_his_stream),
        cmocka_unit_test(a_crash_takes_all_its_streams_and_none_later),
        cmocka_unit_test(each_failure_in_a_row_makes_the_next_start_wait_longer),
        cmocka_unit_test(what_is_no_sound_is_refused),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
#endif
