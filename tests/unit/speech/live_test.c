/* A live call: what is heard comes in order, silence is not sent, and a recogniser that dies costs nothing, unless it dies
 * twice. The library is a pretender, which hears a unit a second and misbehaves at loud sound. */
#include "speech/live.h"

#include "base/clock.h"

#include <limits.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { RATE = 8000, MOST = 64, REST_MS = 4000 };

typedef struct span {
    uint32_t side;
    int64_t from_ms, to_ms;
} span;

typedef struct heard {
    cs_live *live;
    span phrases[MOST], voices[MOST], lost[MOST];
    int phrase_count, voice_count, lost_count, partials;
    int64_t settled_ms;
    char why[sizeof(((cs_message *)NULL)->reason)];
} heard;

static bool on_partial(void *context, const cs_phrase *phrase) {
    heard *h = context;
    h->partials++;
    return phrase->word_count > 0;
}

static bool on_phrase(void *context, const cs_phrase *phrase) {
    heard *h = context;
    assert_true(h->phrase_count < MOST && phrase->word_count > 0);
    assert_true(phrase->start_ms >= h->settled_ms && phrase->end_ms <= live_now_ms(h->live));
    for (uint32_t i = 0; i < phrase->word_count; i++)
        assert_true(phrase->words[i].start_ms >= phrase->start_ms && phrase->words[i].end_ms <= live_now_ms(h->live));
    h->phrases[h->phrase_count++] = (span){phrase->side, phrase->start_ms, phrase->end_ms};
    return true;
}

static bool on_voice(void *context, uint32_t side, int64_t start_ms, int64_t end_ms, float level_db) {
    heard *h = context;
    assert_true(h->voice_count < MOST && start_ms >= h->settled_ms && level_db < 0);
    h->voices[h->voice_count++] = (span){side, start_ms, end_ms};
    return true;
}

static bool on_lost(void *context, uint32_t side, int64_t from_ms, int64_t to_ms, const cs_message *why) {
    heard *h = context;
    assert_true(h->lost_count < MOST && from_ms < to_ms);
    h->lost[h->lost_count++] = (span){side, from_ms, to_ms};
    (void)snprintf(h->why, sizeof h->why, "%s", why->reason);
    return true;
}

static char tokens[PATH_MAX]; /* the model's file, whose name says how the next child behaves */

static void become(const char *way) {
    (void)snprintf(tokens, sizeof tokens, "/nowhere/%s", way);
}

static cs_recogniser *open_way(const char *way) {
    static char path[PATH_MAX];
    static cs_speech_model model;
    static const char *const ROLES[] = {"encoder", "decoder", "joiner", "tokens"};
    cs_recogniser *r = NULL;
    cs_message message = {0};
    (void)snprintf(path, sizeof path, "%.*s/libpretender.so", (int)(strrchr(PROGRAM, '/') - PROGRAM), PROGRAM);
    if (access(path, R_OK) != 0) {
        print_message("skipped: no pretender beside the program\n");
        skip();
    }
    (void)setenv("CALLSCOPE_SPEECH_LIBRARY", path, 1);
    become(way);
    model = (cs_speech_model){.name = "pretender", .kind = CS_MODEL_ONLINE_TRANSDUCER, .file_count = 4};
    for (uint32_t i = 0; i < 4; i++)
        model.files[i] = (cs_model_file){.role = ROLES[i],
                                         .path = tokens,
                                         .sha256 = "0123456789abcdef0123456789abcdef"
                                                   "0123456789abcdef0123456789abcdef"};
    cs_recogniser_options options = {
        .model = &model, .program = PROGRAM, .memory_bytes = (int64_t)160 << 20, .stall_seconds = 1, .is_live = true};
    if (recogniser_open(&options, &r, &message) != CS_OK) fail_msg("%s", message.reason);
    return r;
}

static void open_call(cs_recogniser *r, int channels, heard *h) {
    cs_message message = {0};
    const cs_live_options options = {.recogniser = r, .rate_hz = RATE, .channels = channels};
    const cs_live_sink sink = {h, on_partial, on_phrase, on_voice, on_lost};
    *h = (heard){0};
    if (live_open(&options, &sink, &h->live, &message) != CS_OK) fail_msg("%s", message.reason);
}

/* So long at these loudnesses; 20 ms at a time. */
static void push(heard *h, cs_recogniser *r, int channels, int64_t ms, float first, float second) {
    const float loud[2] = {first, second};
    float block[RATE / 50 * 2];
    cs_message message = {0};
    for (int64_t at = 0; at < ms; at += 20) {
        for (int i = 0; i < RATE / 50 * channels; i++)
            block[i] = loud[i % channels] * sinf((float)(i / channels) * 0.7F);
        if (live_push(h->live, block, RATE / 50, &message) != CS_OK) fail_msg("%s", message.reason);
        (void)recogniser_poll(r, 0, &message);
        assert_true(live_settled_ms(h->live) >= h->settled_ms);
        h->settled_ms = live_settled_ms(h->live);
    }
}

/* Silence, until what was said before it is told or lost: texts come when they come. */
static void wait(heard *h, cs_recogniser *r, int channels) {
    cs_message message = {0};
    int64_t from_ms = live_now_ms(h->live) + 500;
    push(h, r, channels, 500, 0, 0);
    for (int i = 0; i < 200 && live_settled_ms(h->live) + 300 < from_ms; i++) {
        (void)recogniser_poll(r, 50, &message);
        push(h, r, channels, 20, 0, 0);
    }
    assert_true(live_settled_ms(h->live) + 300 >= from_ms);
}

static void what_is_said_is_told_and_silence_is_not_sent(void **state) {
    (void)state;
    cs_recogniser *r = open_way("way");
    heard h;
    cs_message message = {0};
    open_call(r, 2, &h);
    push(&h, r, 2, 20000, 0.0001F, 0);
    push(&h, r, 2, 3000, 0.2F, 0);
    wait(&h, r, 2);
    assert_int_equal(h.phrase_count, 1); /* told when it is over, not at the next sound */
    push(&h, r, 2, 3000, 0.0001F, 0.2F);
    wait(&h, r, 2);
    push(&h, r, 2, 10000, 0.0001F, 0);
    assert_int_equal(h.phrase_count, 2);
    push(&h, r, 2, 2000, 0.2F, 0);
    assert_int_equal(live_finish(h.live, &message), CS_OK); /* in the middle of a word */
    assert_int_equal(h.phrase_count, 3);
    assert_int_equal(h.voice_count, 3);
    assert_int_equal(h.lost_count, 0);
    assert_int_equal(h.voices[0].from_ms, 20000);
    assert_int_equal(h.voices[0].to_ms, 23000);
    assert_true(h.phrases[0].side == 0 && h.phrases[1].side == 1 && h.phrases[2].side == 0);
    assert_true(live_sent_ms(h.live) > 8000 && live_sent_ms(h.live) < 8000 + 3 * 800);
    live_close(h.live);
    recogniser_close(r);
}

static void what_kills_two_children_is_lost_and_no_more(void **state) {
    static const char *const WAYS[] = {"way-abort", "way-exit", "way-hang"};
    (void)state;
    for (size_t i = 0; i < sizeof WAYS / sizeof *WAYS; i++) {
        cs_recogniser *r = open_way(WAYS[i]);
        heard h;
        cs_message message = {0};
        int64_t lost_ms = 0;
        open_call(r, 1, &h);
        push(&h, r, 1, 3000, 0.2F, 0);
        wait(&h, r, 1);
        assert_int_equal(h.phrase_count, 1);
        int64_t from_ms = live_now_ms(h.live) - 300, to_ms = live_now_ms(h.live) + 2000 + 500;
        push(&h, r, 1, 2000, 1, 0); /* it dies of that */
        wait(&h, r, 1);
        assert_true(h.lost_count > 0 && *h.why);
        for (int k = 0; k < h.lost_count; k++) {
            lost_ms += h.lost[k].to_ms - h.lost[k].from_ms;
            assert_true(h.lost[k].from_ms >= from_ms && h.lost[k].to_ms <= to_ms);
        }
        assert_true(lost_ms > 1000 && lost_ms <= 2800);
        int before = h.phrase_count, lost = h.lost_count;
        /* Nobody takes time to speak here, and a recogniser that failed again and again is left alone for seconds. */
        if (lost > 1) (void)poll(NULL, 0, REST_MS);
        push(&h, r, 1, 3000, 0.2F, 0);
        wait(&h, r, 1);
        assert_int_equal(h.phrase_count, before + 1);
        assert_int_equal(h.lost_count, lost);
        assert_int_equal(h.voice_count, 3); /* that somebody spoke is known all the same */
        assert_int_equal(live_finish(h.live, &message), CS_OK);
        live_close(h.live);
        recogniser_close(r);
    }
}

/* The child is ill, and the next one is not: the piece in hand goes to that, whether it is over or not. */
static void a_child_that_dies_costs_nothing(void **state) {
    static const char *const WAYS[] = {"way-abort", "way-exit", "way-hang", "way-babble"};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof WAYS / sizeof *WAYS; i++) {
        bool is_over = i % 2;
        cs_recogniser *r = open_way(WAYS[i / 2]);
        heard h;
        cs_message message = {0};
        open_call(r, 2, &h);
        become("way");
        push(&h, r, 2, 2000, 0.2F, 0.2F);
        push(&h, r, 2, 200, 1, 0.2F); /* it dies of that */
        if (is_over) wait(&h, r, 2);
        push(&h, r, 2, 2000, 0.2F, 0.2F);
        wait(&h, r, 2);
        if (h.lost_count) fail_msg("%s: %s", WAYS[i / 2], h.why);
        assert_int_equal(h.phrase_count, is_over ? 4 : 2);
        assert_int_equal(h.voice_count, h.phrase_count);
        assert_true(h.phrases[0].from_ms < 400 && h.phrases[h.phrase_count - 1].to_ms > 4000);
        assert_int_equal(live_finish(h.live, &message), CS_OK);
        live_close(h.live);
        recogniser_close(r);
    }
}

/* One side's last text is still to come: nobody is kept waiting for it, and nothing is settled before it. */
static void the_end_of_a_piece_keeps_nobody_waiting(void **state) {
    (void)state;
    cs_recogniser *r = open_way("way-hang");
    heard h[2];
    cs_message message = {0};
    open_call(r, 1, &h[0]);
    open_call(r, 1, &h[1]);
    push(&h[0], r, 1, 1000, 0.2F, 0);
    push(&h[0], r, 1, 100, 1, 0); /* it hangs, for good */
    int64_t began_ms = clock_steady_ms();
    push(&h[0], r, 1, 500, 0, 0);
    push(&h[1], r, 1, 500, 0.2F, 0);
    assert_true(clock_steady_ms() - began_ms < 900); /* less than what is a hang */
    assert_true(h[0].phrase_count == 0 && live_settled_ms(h[0].live) == 0);
    become("way");
    wait(&h[0], r, 1);
    wait(&h[1], r, 1);
    assert_int_equal(h[0].phrase_count, 1);
    assert_int_equal(h[1].voice_count, 1);
    assert_int_equal(h[0].lost_count + h[1].lost_count, 0);
    for (int i = 0; i < 2; i++) assert_int_equal(live_finish(h[i].live, &message), CS_OK);
    push(&h[0], r, 1, 1000, 0.2F, 0);
    live_close(h[0].live); /* in the middle of a word */
    live_close(h[1].live);
    recogniser_close(r);
}

static void a_call_that_is_behind_leaves_sound_out_and_says_so(void **state) {
    (void)state;
    cs_recogniser *r = open_way("way");
    heard h;
    cs_message message = {0};
    open_call(r, 1, &h);
    push(&h, r, 1, 1000, 0, 0);
    push(&h, r, 1, 2000, 0.2F, 0);
    assert_int_equal(live_skip(h.live, 10 * RATE, &message), CS_OK);
    assert_int_equal(live_now_ms(h.live), 13000);
    assert_int_equal(h.lost_count, 1);
    assert_int_equal(h.lost[0].to_ms, 13000);
    h.settled_ms = live_settled_ms(h.live);
    assert_int_equal(h.settled_ms, 13000);
    push(&h, r, 1, 2000, 0.2F, 0);
    wait(&h, r, 1);
    assert_true(h.phrases[h.phrase_count - 1].from_ms >= 13000);
    live_close(h.live);
    recogniser_close(r);
}

static void partial_text_can_be_left_out(void **state) {
    (void)state;
    cs_recogniser *r = open_way("way");
    heard h;
    open_call(r, 1, &h);
    live_want_partials(h.live, false);
    push(&h, r, 1, 5000, 0.2F, 0);
    wait(&h, r, 1);
    assert_int_equal(h.partials, 0);
    live_want_partials(h.live, true);
    push(&h, r, 1, 5000, 0.2F, 0);
    wait(&h, r, 1);
    assert_true(h.partials > 0);
    assert_int_equal(h.phrase_count, 2);
    live_close(h.live);
    recogniser_close(r);
}

static void what_can_be_no_call_is_refused(void **state) {
    (void)state;
    cs_message message = {0};
    cs_live *live = NULL;
    const cs_live_sink sink = {NULL, on_partial, on_phrase, on_voice, on_lost};
    cs_live_options options = {.rate_hz = RATE, .channels = 3};
    assert_int_equal(live_open(&options, &sink, &live, &message), CS_ERR_USAGE);
    options = (cs_live_options){.rate_hz = 100, .channels = 1};
    assert_int_equal(live_open(&options, &sink, &live, &message), CS_ERR_USAGE);
    live_close(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_is_told_and_silence_is_not_sent),
        cmocka_unit_test(what_kills_two_children_is_lost_and_no_more),
        cmocka_unit_test(a_child_that_dies_costs_nothing),
        cmocka_unit_test(the_end_of_a_piece_keeps_nobody_waiting),
        cmocka_unit_test(a_call_that_is_behind_leaves_sound_out_and_says_so),
        cmocka_unit_test(partial_text_can_be_left_out),
        cmocka_unit_test(what_can_be_no_call_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
