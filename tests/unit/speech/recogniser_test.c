/* The child with the real model: what is heard, in what pieces, by how many streams. Skipped where the model is not there. */
#include "speech/recogniser.h"
#include "speech/resampler.h"

#include "recogniser_clip.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define CLIP CLIP_DATA "/audio/zh/baidu_16k.wav"
enum { HEARD_BYTES = 8192 };

typedef struct heard {
    char units[HEARD_BYTES]; /* of final utterances, with blanks */
    int finals, partials;
    int64_t first_ms, last_ms, end_ms;
    bool is_in_order;
} heard;

static bool hear(void *context, const cs_utterance *utterance) {
    heard *h = context;
    if (!utterance->is_final) return ++h->partials > 0;
    h->finals++;
    h->end_ms = utterance->end_ms;
    for (uint32_t i = 0; i < utterance->unit_count; i++) {
        const cs_unit *unit = &utterance->units[i];
        size_t used = strlen(h->units);
        (void)snprintf(h->units + used, sizeof h->units - used, "%s ", unit->text);
        if (!*h->units || (i == 0 && h->finals == 1)) h->first_ms = unit->start_ms;
        if (unit->start_ms < h->last_ms || unit->start_ms < utterance->start_ms || unit->start_ms > utterance->end_ms)
            h->is_in_order = false;
        h->last_ms = unit->start_ms;
        assert_true(unit->log_probability <= 0);
    }
    return true;
}

static cs_recogniser *open_model(bool is_live) {
    cs_recogniser *r = NULL;
    cs_message message = {0};
    cs_recogniser_options options = {.model = &clip_model, .program = PROGRAM, .is_live = is_live};
    cs_error code = recogniser_open(&options, &r, &message);
    if (code == CS_ERR_NOT_FOUND) {
        print_message("skipped: %s\n", message.reason);
        skip();
    }
    if (code != CS_OK) fail_msg("%s", message.reason);
    return r;
}

static void push_samples(cs_recogniser *r, const float *samples, uint32_t count, int rate, uint32_t piece,
                         int64_t start_ms, heard *h) {
    cs_recogniser_stream *stream = NULL;
    cs_message message = {0};
    cs_utterance_sink sink = {h, hear};
    *h = (heard){.is_in_order = true};
    assert_int_equal(recogniser_begin(r, rate, start_ms, &sink, &stream, &message), CS_OK);
    for (uint32_t at = 0; at < count; at += piece) {
        uint32_t some = count - at < piece ? count - at : piece;
        if (recogniser_push(stream, samples + at, some, &message) != CS_OK) fail_msg("%s", message.reason);
    }
    if (recogniser_finish(stream, &message) != CS_OK) fail_msg("%s", message.reason);
}

static void push_clip(cs_recogniser *r, const char *path, uint32_t piece, int64_t start_ms, heard *h) {
    uint32_t count = 0;
    int rate = 0;
    float *samples = clip_read(path, &count, &rate);
    assert_non_null(samples);
    push_samples(r, samples, count, rate, piece, start_ms, h);
    free(samples);
}

static int start(void **state) {
    (void)state;
    return 0;
}

static void need_model(void) {
    if (clip_model_is_there()) return;
    print_message("skipped: no model at " CLIP_MODEL "\n");
    skip();
}

static void it_hears_a_real_clip(void **state) {
    (void)state;
    need_model();
    cs_recogniser *r = open_model(false);
    const cs_recogniser_identity *who = recogniser_identity(r);
    heard h;
    push_clip(r, CLIP, 1600, 60000, &h);
    assert_string_equal(h.units, "b ěi j īng k ē j ì g uǎn ");
    assert_int_equal(h.finals, 1);
    assert_int_equal(h.partials, 0);
    assert_true(h.is_in_order);
    assert_true(h.first_ms >= 60000 && h.last_ms < h.end_ms);
    assert_string_equal(who->model, "zh-zipformer-phonetic-3.3m");
    assert_true(who->is_phonetic && who->is_streaming);
    assert_true(strlen(who->sha256) == 64 && *who->version);
    assert_true(who->memory_bytes > 10 << 20);
    print_message("version %s, %lld MB\n", who->version, (long long)(who->memory_bytes >> 20));
    recogniser_close(r);
}

static void the_pieces_it_is_pushed_in_do_not_matter(void **state) {
    (void)state;
    need_model();
    static const uint32_t PIECES[] = {40, 5003, UINT32_MAX};
    cs_recogniser *r = open_model(false);
    heard first, h;
    push_clip(r, CLIP, 1600, 0, &first);
    for (size_t i = 0; i < sizeof PIECES / sizeof *PIECES; i++) {
        push_clip(r, CLIP, PIECES[i], 0, &h);
        assert_string_equal(h.units, first.units);
        assert_int_equal(h.last_ms, first.last_ms);
    }
    recogniser_close(r);
}

/* Longer than two minutes: it is told at a pause, and that must not hang on how much sound waits there. */
static void a_long_stream_is_heard_alike_each_time(void **state) {
    (void)state;
    enum { LONG_S = 140, PAUSE_S = 1 };
    need_model();
    uint32_t count = 0, filled = 0;
    int rate = 0;
    float *clip = clip_read(CLIP, &count, &rate);
    assert_non_null(clip);
    const uint32_t most = (uint32_t)rate * LONG_S, pause = (uint32_t)rate * PAUSE_S;
    float *samples = calloc(most, sizeof *samples);
    assert_non_null(samples);
    for (; filled + count + pause <= most; filled += count + pause)
        memcpy(samples + filled, clip, count * sizeof *samples);
    cs_recogniser *r = open_model(false);
    heard slow, quick;
    push_samples(r, samples, filled, rate, 800, 0, &slow);
    push_samples(r, samples, filled, rate, UINT32_MAX, 0, &quick);
    assert_true(slow.finals > 1 && slow.is_in_order);
    assert_int_equal(slow.finals, quick.finals);
    assert_string_equal(slow.units, quick.units);
    assert_int_equal(slow.last_ms, quick.last_ms);
    recogniser_close(r);
    free(samples);
    free(clip);
}

static void streams_beside_each_other_do_not_disturb_each_other(void **state) {
    (void)state;
    need_model();
    enum { STREAMS = 20, PIECE = 1600 };
    cs_recogniser *r = open_model(false);
    cs_recogniser_stream *streams[STREAMS];
    static heard heards[STREAMS];
    cs_message message = {0};
    uint32_t count = 0;
    int rate = 0;
    float *samples = clip_read(CLIP, &count, &rate);
    assert_non_null(samples);
    for (int i = 0; i < STREAMS; i++) {
        cs_utterance_sink sink = {&heards[i], hear};
        heards[i] = (heard){.is_in_order = true};
        assert_int_equal(recogniser_begin(r, rate, i * 1000, &sink, &streams[i], &message), CS_OK);
    }
    for (uint32_t at = 0; at < count; at += PIECE)
        for (int i = 0; i < STREAMS; i++) {
            uint32_t some = count - at < PIECE ? count - at : PIECE;
            if (recogniser_push(streams[i], samples + at, some, &message) != CS_OK) fail_msg("%s", message.reason);
        }
    for (int i = STREAMS; i-- > 0;) {
        assert_int_equal(recogniser_finish(streams[i], &message), CS_OK);
        assert_string_equal(heards[i].units, heards[0].units[0] ? heards[0].units : heards[i].units);
        assert_int_equal(heards[i].last_ms - heards[i].first_ms,
                         heards[STREAMS - 1].last_ms - heards[STREAMS - 1].first_ms);
        assert_in_range(heards[i].first_ms, i * 1000 + 1000, i * 1000 + 2000);
    }
    free(samples);
    recogniser_close(r);
}

/* The clip, two seconds without a sound, the clip again: two utterances, each with partials before. */
static void live_sound_gives_partials_and_ends_where_nobody_speaks(void **state) {
    (void)state;
    need_model();
    enum { PIECE = 1600 };
    static const float SILENCE[PIECE];
    cs_recogniser *r = open_model(true);
    cs_recogniser_stream *stream = NULL;
    cs_message message = {0};
    heard h = {.is_in_order = true};
    cs_utterance_sink sink = {&h, hear};
    uint32_t count = 0;
    int rate = 0;
    float *samples = clip_read(CLIP, &count, &rate);
    assert_non_null(samples);
    assert_int_equal(recogniser_begin(r, rate, 5000, &sink, &stream, &message), CS_OK);
    for (int round = 0; round < 2; round++) {
        for (uint32_t at = 0; at + PIECE <= count; at += PIECE)
            assert_int_equal(recogniser_push(stream, samples + at, PIECE, &message), CS_OK);
        for (int i = 0; i < 2 * rate / PIECE; i++)
            assert_int_equal(recogniser_push(stream, SILENCE, PIECE, &message), CS_OK);
        for (int i = 0; i < 600 && h.finals <= round; i++) assert_int_equal(recogniser_poll(r, 100, &message), CS_OK);
        assert_int_equal(h.finals, round + 1);
        assert_true(h.partials > 2);
    }
    assert_int_equal(recogniser_finish(stream, &message), CS_OK);
    assert_string_equal(h.units, "b ěi j īng k ē j ì g uǎn b ěi j īng k ē j ì g uǎn ");
    assert_true(h.is_in_order);
    int64_t round_ms = (int64_t)(count / PIECE * PIECE) * 1000 / rate + 2000;
    assert_in_range(h.last_ms, 5000 + round_ms, 5000 + 2 * round_ms);
    free(samples);
    recogniser_close(r);
}

typedef struct sound {
    float *samples;
    uint32_t count;
} sound;

static bool keep_sound(void *context, const float *samples, uint32_t count) {
    sound *s = context;
    memcpy(s->samples + s->count, samples, count * sizeof *samples);
    s->count += count;
    return true;
}

static void telephone_sound_is_taken_at_its_own_rate(void **state) {
    (void)state;
    need_model();
    cs_recogniser *r = open_model(false);
    cs_recogniser_stream *stream = NULL;
    cs_message message = {0};
    heard h = {.is_in_order = true};
    cs_utterance_sink sink = {&h, hear};
    uint32_t count = 0;
    int rate = 0;
    float *samples = clip_read(CLIP, &count, &rate);
    assert_non_null(samples);
    sound half = {.samples = calloc(count, sizeof *half.samples)};
    cs_resampler *resampler = resampler_create(rate, rate / 2);
    assert_true(resampler_push(resampler, samples, count, keep_sound, &half));
    assert_true(resampler_finish(resampler, keep_sound, &half));
    resampler_free(resampler);
    assert_int_equal(recogniser_begin(r, rate / 2, 0, &sink, &stream, &message), CS_OK);
    assert_int_equal(recogniser_push(stream, half.samples, half.count, &message), CS_OK);
    assert_int_equal(recogniser_finish(stream, &message), CS_OK);
    assert_string_equal(h.units, "b ěi j īng k ē j ì g uǎn ");
    free(half.samples);
    free(samples);
    recogniser_close(r);
}

/* Its files are there, but one is cut, or another's: words, never the end of this process. */
static void a_broken_model_is_refused_with_its_words(void **state) {
    (void)state;
    need_model();
    cs_speech_model model = clip_model;
    cs_recogniser *r = NULL;
    cs_message message = {0};
    cs_recogniser_options options = {.model = &model, .program = PROGRAM};
    model.files[0].path = clip_model.files[3].path;
    assert_int_equal(recogniser_open(&options, &r, &message), CS_ERR_PARSE);
    print_message("%s\n", message.reason);
    assert_non_null(strstr(message.reason, "can't be loaded"));
    assert_true(*message.remedy);
    model.files[0].path = "/nowhere/encoder.onnx";
    assert_int_equal(recogniser_open(&options, &r, &message), CS_ERR_NOT_FOUND);
    assert_non_null(strstr(message.reason, "/nowhere/encoder.onnx"));
    model = clip_model;
    model.file_count = 3; /* no tokens */
    assert_int_equal(recogniser_open(&options, &r, &message), CS_ERR_PARSE);
    assert_non_null(strstr(message.reason, "lacks"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_hears_a_real_clip),
        cmocka_unit_test(the_pieces_it_is_pushed_in_do_not_matter),
        cmocka_unit_test(a_long_stream_is_heard_alike_each_time),
        cmocka_unit_test(streams_beside_each_other_do_not_disturb_each_other),
        cmocka_unit_test(live_sound_gives_partials_and_ends_where_nobody_speaks),
        cmocka_unit_test(telephone_sound_is_taken_at_its_own_rate),
        cmocka_unit_test(a_broken_model_is_refused_with_its_words),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
