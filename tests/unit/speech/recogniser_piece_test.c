/* Models that take a piece of sound as a whole: where it is cut, what is told of it. The library is a pretender. */
#include "speech/recogniser.h"

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

enum { RATE = 8000, LONG_SECONDS = 70, MOST = 16 };

typedef struct told {
    int count;
    int64_t start_ms[MOST], end_ms[MOST];
    char units[MOST][64], text[MOST][64], language[16], emotion[16], event[16];
    float first_log;
    int64_t second_ms;
} told;

static void keep(char out[16], const char *text) {
    (void)snprintf(out, 16, "%s", text ? text : "-");
}

static bool hear(void *context, const cs_utterance *utterance) {
    told *t = context;
    assert_true(utterance->is_final && t->count < MOST);
    t->start_ms[t->count] = utterance->start_ms;
    t->end_ms[t->count] = utterance->end_ms;
    (void)snprintf(t->text[t->count], sizeof t->text[0], "%s", utterance->text ? utterance->text : "-");
    for (uint32_t i = 0; i < utterance->unit_count; i++) {
        size_t used = strlen(t->units[t->count]);
        (void)snprintf(t->units[t->count] + used, sizeof t->units[0] - used, "%s ", utterance->units[i].text);
    }
    if (utterance->unit_count > 1) t->second_ms = utterance->units[1].start_ms;
    if (utterance->unit_count > 0) t->first_log = utterance->units[0].log_probability;
    keep(t->language, utterance->language);
    keep(t->emotion, utterance->emotion);
    keep(t->event, utterance->event);
    t->count++;
    return true;
}

static void recognise(cs_model_kind kind, const char *way, const char *const *hot_words, uint32_t hot_word_count,
                      const float *samples, uint32_t count, told *t) {
    static const char *const ROLES[] = {"encoder", "decoder", "joiner", "tokens", "model"};
    char tokens[PATH_MAX];
    cs_recogniser *r = NULL;
    cs_recogniser_stream *stream = NULL;
    cs_message message = {0};
    cs_utterance_sink sink = {t, hear};
    (void)snprintf(tokens, sizeof tokens, "%s%s", *way == '/' ? "" : "/nowhere/", way);
    cs_speech_model model = {.name = "pretender", .kind = kind, .file_count = 5};
    for (uint32_t i = 0; i < 5; i++)
        model.files[i] = (cs_model_file){
            .role = ROLES[i],
            .path = tokens,
            .sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        };
    cs_recogniser_options options = {.model = &model,
                                     .program = PROGRAM,
                                     .memory_bytes = (int64_t)300 << 20,
                                     .hot_words = hot_words,
                                     .hot_word_count = hot_word_count};
    *t = (told){0};
    if (recogniser_open(&options, &r, &message) != CS_OK) fail_msg("%s", message.reason);
    assert_false(recogniser_identity(r)->is_streaming);
    assert_int_equal(recogniser_begin(r, RATE, 10000, &sink, &stream, &message), CS_OK);
    if (recogniser_push(stream, samples, count, &message) != CS_OK) fail_msg("%s", message.reason);
    if (recogniser_finish(stream, &message) != CS_OK) fail_msg("%s", message.reason);
    recogniser_close(r);
}

static void a_long_piece_is_cut_where_it_is_quietest(void **state) {
    (void)state;
    static float sound[RATE * LONG_SECONDS];
    told t;
    for (int i = 0; i < RATE * LONG_SECONDS; i++) sound[i] = i % 2 ? 0.3F : -0.3F;
    for (int i = 0; i < RATE / 10; i++) sound[RATE * 24 + i] = 0; /* 24.0 to 24.1 s */
    for (int i = 0; i < RATE / 10; i++) sound[RATE * 50 + i] *= 0.1F;
    recognise(CS_MODEL_SENSE_VOICE, "way", NULL, 0, sound, RATE * LONG_SECONDS, &t);
    assert_int_equal(t.count, 3);
    assert_int_equal(t.start_ms[0], 10000);
    assert_in_range(t.end_ms[0], 10000 + 24000, 10000 + 24100);
    assert_int_equal(t.start_ms[1], t.end_ms[0]);
    assert_in_range(t.end_ms[1], 10000 + 50000, 10000 + 50100);
    assert_int_equal(t.end_ms[2], 10000 + LONG_SECONDS * 1000);
}

static void parts_of_characters_are_joined_and_tags_become_words(void **state) {
    (void)state;
    static const float sound[RATE * 2];
    told t;
    recognise(CS_MODEL_SENSE_VOICE, "way-angry", NULL, 0, sound, RATE * 2, &t);
    assert_int_equal(t.count, 1);
    assert_string_equal(t.units[0], "退 款 a ");
    assert_true(t.first_log == -0.5F && t.second_ms == 11000);
    assert_string_equal(t.language, "zh");
    assert_string_equal(t.emotion, "angry");
    assert_string_equal(t.event, "applause");
    recognise(CS_MODEL_SENSE_VOICE, "way", NULL, 0, sound, RATE * 2, &t);
    assert_string_equal(t.emotion, "unknown"); /* it looked */
    assert_string_equal(t.event, "speech");
}

static void the_shortest_piece_is_filled_but_ends_where_it_ended(void **state) {
    (void)state;
    static const float sound[1];
    told t;
    recognise(CS_MODEL_PARAFORMER, "way", NULL, 0, sound, 1, &t);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.end_ms[0], 10000);
    recognise(CS_MODEL_PARAFORMER, "way", NULL, 0, sound, 0, &t);
    assert_int_equal(t.count, 0);
}

static void hot_words_go_to_transducers_only(void **state) {
    (void)state;
    static const float sound[RATE];
    static const char *const WORDS[] = {"退款", "a/b", "保价", "", "退货", "米X", "#1", "12315"};
    char tokens[] = "/tmp/callscope-tokens-XXXXXX";
    told t;
    int file = mkstemp(tokens);
    FILE *lines = file >= 0 ? fdopen(file, "w") : NULL;
    assert_non_null(lines);
    assert_true(fputs("<blk> 0\n退 1\n款 2\n保 3\n价 4\n米 5\n", lines) >= 0); /* 货 is none of its characters */
    assert_int_equal(fclose(lines), 0);
    recognise(CS_MODEL_OFFLINE_TRANSDUCER, tokens, WORDS, 8, sound, RATE, &t);
    assert_string_equal(t.text[0], "退款/保价");
    recognise(CS_MODEL_WHISPER, tokens, WORDS, 8, sound, RATE, &t);
    assert_string_equal(t.text[0], "");
    (void)unlink(tokens);
    recognise(CS_MODEL_OFFLINE_TRANSDUCER, tokens, WORDS, 8, sound, RATE, &t);
    assert_string_equal(t.text[0], ""); /* nothing is known of what it understands */
}

static void text_is_punctuated_and_a_crash_costs_one_text(void **state) {
    (void)state;
    cs_recogniser *r = NULL;
    cs_recogniser_stream *stream = NULL;
    cs_message message = {0};
    cs_arena *arena = arena_create(1 << 20);
    const char *out = NULL;
    cs_speech_model model = {.name = "pretender", .kind = CS_MODEL_PUNCTUATION, .file_count = 1};
    model.files[0] = (cs_model_file){
        .role = "model",
        .path = "/nowhere/way-abort",
        .sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    };
    cs_recogniser_options options = {.model = &model, .program = PROGRAM, .memory_bytes = (int64_t)300 << 20};
    cs_utterance_sink sink = {NULL, hear};
    assert_non_null(arena);
    if (recogniser_open(&options, &r, &message) != CS_OK) fail_msg("%s", message.reason);
    assert_int_equal(recogniser_punctuate(r, "我要退款", arena, &out, &message), CS_OK);
    assert_string_equal(out, "我要退款。");
    assert_int_equal(recogniser_punctuate(r, "!", arena, &out, &message), CS_ERR_IO);
    assert_non_null(strstr(message.reason, "signal 6"));
    assert_int_equal(recogniser_punctuate(r, "", arena, &out, &message), CS_OK);
    assert_string_equal(out, "。");
    assert_int_equal(recogniser_begin(r, RATE, 0, &sink, &stream, &message), CS_ERR_USAGE);
    recogniser_close(r);
    arena_free(arena);
}

/* A model that finds voices: utterances without words, at any rate of the sound. */
static void voices_are_utterances_without_words(void **state) {
    (void)state;
    static float sound[RATE * 3];
    told t;
    for (int i = 0; i < RATE; i++) sound[RATE / 2 + i] = 0.7F;
    for (int i = 0; i < RATE / 2; i++) sound[RATE * 5 / 2 + i] = 0.7F; /* up to the end */
    recognise(CS_MODEL_VOICE_ACTIVITY, "way", NULL, 0, sound, RATE * 3, &t);
    assert_int_equal(t.count, 2);
    assert_string_equal(t.units[0], "");
    assert_int_equal(t.start_ms[0], 10500);
    assert_int_equal(t.end_ms[0], 11500);
    assert_int_equal(t.start_ms[1], 12500);
    assert_int_equal(t.end_ms[1], 13000);
    memset(sound, 0, sizeof sound);
    recognise(CS_MODEL_VOICE_ACTIVITY, "way", NULL, 0, sound, RATE * 3, &t);
    assert_int_equal(t.count, 0);
}

static int start(void **state) {
    (void)state;
    return setenv("CALLSCOPE_SPEECH_LIBRARY", PRETENDER, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_piece_is_cut_where_it_is_quietest),
        cmocka_unit_test(parts_of_characters_are_joined_and_tags_become_words),
        cmocka_unit_test(the_shortest_piece_is_filled_but_ends_where_it_ended),
        cmocka_unit_test(hot_words_go_to_transducers_only),
        cmocka_unit_test(voices_are_utterances_without_words),
        cmocka_unit_test(text_is_punctuated_and_a_crash_costs_one_text),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
#endif
