/* What is sent to a recogniser: each side's voices, joined and with a little sound around, and exactly those samples. */
#include "quality/speech_feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static cs_message message;

/* ---- pieces ---- */

static cs_speech_piece *pieces_of(cs_arena *arena, cs_channels relation, int64_t duration_ms, const cs_sound *sounds,
                                  uint32_t sound_count, uint32_t *count) {
    cs_heard heard = {.report = {.rate_hz = 8000, .channels = 2, .duration_ms = duration_ms, .relation = relation},
                      .sounds = sounds,
                      .sound_count = sound_count};
    cs_speech_piece *pieces = NULL;
    heard.report.sides[0].speech_db = -30;
    heard.report.sides[1].speech_db = -20;
    assert_int_equal(speech_pieces_of(&heard, arena, &pieces, count, &message), CS_OK);
    return pieces;
}

static void assert_piece(const cs_speech_piece *p, int side, int64_t from_ms, int64_t to_ms) {
    assert_int_equal(p->side, side);
    assert_int_equal(p->from_ms, from_ms);
    assert_int_equal(p->to_ms, to_ms);
}

static void test_voices_are_joined(void **state) {
    (void)state;
    static const cs_sound sounds[] = {
        {CS_SOUND_VOICE, 0, 100, 1000, -30, 0},        {CS_SOUND_VOICE, 1, 500, 2000, -30, 0},
        {CS_SOUND_VOICE, 0, 1499, 2000, -30, 0},       {CS_SOUND_VOICE, 0, 2500, 3000, -30, 0},
        {CS_SOUND_MUSIC, 0, 3000, 9000, -30, 0},       {CS_SOUND_TONE, 1, 3000, 3500, -30, 0},
        {CS_SOUND_ANNOUNCEMENT, 0, 9000, 12000, 0, 0}, {CS_SOUND_ECHO, 1, 9000, 9500, 0, 0},
        {CS_SOUND_VOICE, 1, 9900, 9950, -30, 0},
    };
    cs_arena *arena = arena_create(1 << 20);
    uint32_t count;
    cs_speech_piece *p = pieces_of(arena, CS_CHANNELS_TWO, 10000, sounds, 9, &count);
    assert_int_equal(count, 4);
    assert_piece(&p[0], 0, 0, 2200); /* no sound before the beginning */
    assert_piece(&p[1], 1, 300, 2200);
    assert_piece(&p[2], 0, 2300, 3200); /* a gap of 500 ms parts them */
    assert_piece(&p[3], 1, 9700, 10000); /* nor behind the end */
    assert_int_equal(speech_pieces_ms(p, count), 2200 + 1900 + 900 + 300);
    arena_free(arena);
}

static void test_one_signal_is_sent_once(void **state) {
    (void)state;
    static const cs_sound sounds[] = {{CS_SOUND_VOICE, 0, 1000, 2000, -30, 0}, {CS_SOUND_VOICE, 1, 1000, 2000, -20, 0}};
    static const struct {
        cs_channels relation;
        uint32_t count;
        int side;
    } cases[] = {{CS_CHANNELS_SAME, 1, 1}, /* the louder one */
                 {CS_CHANNELS_FIRST_ONLY, 1, 0},
                 {CS_CHANNELS_SECOND_ONLY, 1, 1},
                 {CS_CHANNELS_SILENT, 0, 0},
                 {CS_CHANNELS_ONE, 1, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cs_arena *arena = arena_create(1 << 20);
        uint32_t count;
        cs_speech_piece *p = pieces_of(arena, cases[i].relation, 5000, sounds, 2, &count);
        assert_int_equal(count, cases[i].count);
        if (count) assert_piece(&p[0], cases[i].side, 800, 2200);
        arena_free(arena);
    }
}

/* Whatever the voices are: none longer than a model takes, none twice, and every voice is within. */
static void test_no_piece_is_too_long(void **state) {
    (void)state;
    enum { VOICES = 400 };
    cs_sound sounds[VOICES];
    srand(7);
    for (int round = 0; round < 200; round++) {
        int64_t at = rand() % 300, sum = 0;
        for (int i = 0; i < VOICES; i++) {
            int64_t end = at + 1 + rand() % (i % 9 ? 4000 : CS_LONGEST_VOICE_MS);
            sounds[i] = (cs_sound){CS_SOUND_VOICE, 0, at, end, -30, 0};
            sum += end - at;
            at = end + rand() % (i % 3 ? 1 : 900);
        }
        cs_arena *arena = arena_create(1 << 20);
        uint32_t count;
        cs_speech_piece *p = pieces_of(arena, CS_CHANNELS_FIRST_ONLY, at, sounds, VOICES, &count);
        uint32_t in = 0;
        for (uint32_t i = 0; i < count; i++) {
            assert_true(p[i].to_ms - p[i].from_ms <= CS_PIECE_MOST_MS);
            assert_true(p[i].from_ms >= (i ? p[i - 1].to_ms : 0));
            for (; in < VOICES && sounds[in].end_ms <= p[i].to_ms; in++)
                assert_true(sounds[in].start_ms >= p[i].from_ms);
        }
        assert_int_equal(in, VOICES);
        assert_true(speech_pieces_ms(p, count) >= sum);
        arena_free(arena);
    }
}

/* ---- samples ---- */

typedef struct made { /* a sample tells its frame and its channel */
    int64_t frames, at, most_read, read;
    int channels;
    uint32_t seeks;
    int64_t breaks_at; /* 0: never */
} made;

static float sample_of(int64_t frame, int channel) {
    return (float)(frame % 100000) / 100000 - (float)channel;
}

static cs_error seek_made(void *context, int64_t frame, cs_message *m) {
    made *s = context;
    (void)m;
    s->at = frame;
    s->seeks++;
    return CS_OK;
}

static cs_error read_made(void *context, float *out, uint32_t frames, uint32_t *got, cs_message *m) {
    made *s = context;
    for (*got = 0; *got < frames && s->at < s->frames; ++*got, s->at++)
        for (int k = 0; k < s->channels; k++) out[*got * (uint32_t)s->channels + (uint32_t)k] = sample_of(s->at, k);
    s->read += *got;
    return s->breaks_at && s->at > s->breaks_at ? message_set(m, CS_ERR_IO, "broken") : CS_OK;
}

enum { MOST = 16 };
typedef struct taken {
    const cs_speech_piece *pieces;
    int rate_hz;
    bool is_open[MOST], is_done[MOST];
    int64_t got[MOST];
    uint32_t finished;
    uint32_t fails_at; /* MOST: never */
} taken;

static cs_error begin_taken(void *context, uint32_t piece, cs_message *m) {
    taken *t = context;
    (void)m;
    assert_false(t->is_open[piece]);
    assert_false(t->is_done[piece]);
    t->is_open[piece] = true;
    return CS_OK;
}

static cs_error push_taken(void *context, uint32_t piece, const float *samples, uint32_t count, cs_message *m) {
    taken *t = context;
    const cs_speech_piece *p = &t->pieces[piece];
    assert_true(t->is_open[piece]);
    if (piece == t->fails_at) return message_set(m, CS_ERR_IO, "the child died");
    for (uint32_t i = 0; i < count; i++, t->got[piece]++)
        if (samples[i] != sample_of(p->from_ms * t->rate_hz / 1000 + t->got[piece], p->side))
            fail_msg("piece %u, sample %lld", piece, (long long)t->got[piece]);
    return CS_OK;
}

static cs_error finish_taken(void *context, uint32_t piece, cs_message *m) {
    taken *t = context;
    (void)m;
    assert_true(t->is_open[piece]);
    t->is_open[piece] = false;
    t->is_done[piece] = true;
    t->finished++;
    return CS_OK;
}

static const cs_speech_piece both[] = {
    {0, 0, 700}, {1, 300, 900}, {0, 900, 901}, {0, 901, 1500}, {1, 2000, 32000}, {0, 60000, 61000}, {1, 119000, 121000},
};

static cs_error feed(made *s, taken *t, int rate_hz, uint32_t count) {
    const cs_speech_sound sound = {s, rate_hz, s->channels, seek_made, read_made};
    const cs_speech_taker taker = {t, begin_taken, push_taken, finish_taken};
    *t = (taken){.pieces = both, .rate_hz = rate_hz, .fails_at = t->fails_at};
    return speech_feed(&sound, both, count, &taker, &message);
}

static void test_just_the_pieces_are_given(void **state) {
    (void)state;
    static const int rates[] = {8000, 11025, 16000, 44100};
    for (size_t r = 0; r < 4; r++) {
        made s = {.frames = (int64_t)rates[r] * 120, .channels = 2};
        taken t = {.fails_at = MOST};
        assert_int_equal(feed(&s, &t, rates[r], 7), CS_OK);
        assert_int_equal(t.finished, 7);
        for (uint32_t i = 0; i < 7; i++) {
            int64_t to = both[i].to_ms * rates[r] / 1000;
            to = to < s.frames ? to : s.frames; /* the recording ends within the last */
            assert_int_equal(t.got[i], to - both[i].from_ms * rates[r] / 1000);
        }
        assert_int_equal(s.seeks, 3); /* the beginning, and two long silences */
        assert_true(s.read < (int64_t)rates[r] * 40);
    }
}

static void test_a_piece_behind_the_end_is_not_begun(void **state) {
    (void)state;
    made s = {.frames = 8000 * 50, .channels = 2};
    taken t = {.fails_at = MOST};
    assert_int_equal(feed(&s, &t, 8000, 7), CS_OK);
    assert_int_equal(t.finished, 5);
    assert_false(t.is_open[5] || t.is_done[5]);
}

static void test_trouble_ends_it(void **state) {
    (void)state;
    made s = {.frames = 8000 * 120, .channels = 2};
    taken t = {.fails_at = 3};
    assert_int_equal(feed(&s, &t, 8000, 7), CS_ERR_IO);
    assert_true(t.is_done[0] && t.is_done[2]);
    assert_false(t.is_done[3] || t.is_open[4]);
    s = (made){.frames = 8000 * 120, .channels = 2, .breaks_at = 8000};
    t.fails_at = MOST;
    assert_int_equal(feed(&s, &t, 8000, 7), CS_ERR_IO);
    assert_string_equal(message.reason, "broken");
    s = (made){.frames = 8000 * 120, .channels = 2};
    assert_int_equal(feed(&s, &t, 8000, 0), CS_OK);
    assert_int_equal(s.seeks, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_voices_are_joined),
        cmocka_unit_test(test_one_signal_is_sent_once),
        cmocka_unit_test(test_no_piece_is_too_long),
        cmocka_unit_test(test_just_the_pieces_are_given),
        cmocka_unit_test(test_a_piece_behind_the_end_is_not_begun),
        cmocka_unit_test(test_trouble_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
