/* sound_stage.h - signals whose answers are known, for the tests of what can be heard: speech-like sounds, noise, tones,
 * instruments, put on a stage of one or two channels; and what the listener made of them.
 * Floor: tests. Memory: stage_free. Threads: one. The same seed makes the same signal.
 * Example: cs_stage s = stage_open(8000, 2, 10); put_speech(&s, 0, 1, 3, 120, 150, -20, 1); cs_result *r = stage_hear(&s, 160);
 */
#ifndef CS_TEST_SOUND_STAGE_H
#define CS_TEST_SOUND_STAGE_H

#include "audio/listener.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STAGE_MOST_SOUNDS = 2000 };
static const double stage_pi = 3.14159265358979323846;

typedef struct cs_stage {
    int rate, channels;
    int64_t frames;
    float *samples;
} cs_stage;

typedef struct cs_result {
    cs_sound sounds[STAGE_MOST_SOUNDS];
    int64_t told_ms[STAGE_MOST_SOUNDS]; /* how much had been pushed by then */
    int count;
    cs_audio_frame *frames;
    int64_t frame_count;
    int channels;
    int64_t pushed_ms;
    cs_audio_report report;
} cs_result;

static inline cs_stage stage_open(int rate, int channels, double seconds) {
    cs_stage stage = {rate, channels, (int64_t)(rate * seconds), NULL};
    stage.samples = calloc((size_t)stage.frames * (size_t)channels + 1, sizeof *stage.samples);
    assert_non_null(stage.samples);
    return stage;
}

static inline void stage_free(cs_stage *stage) {
    free(stage->samples);
}

static inline void result_free(cs_result *result) {
    free(result->frames);
    free(result);
}

static inline float *stage_at(cs_stage *stage, int channel, int64_t frame) {
    return &stage->samples[frame * stage->channels + channel];
}

static inline double stage_random(uint32_t *seed) { /* -1 to 1 */
    *seed = *seed * 1664525U + 1013904223U;
    return (double)(int32_t)*seed / 2147483648.0;
}

static inline double db_gain(double db) {
    return pow(10, db / 20);
}

/* Adds line to the channel so that it is level_db between its ends. */
static inline void put_line(cs_stage *stage, int channel, double from, const double *line, int64_t count,
                            double level_db) {
    double power = 0;
    for (int64_t i = 0; i < count; i++) power += line[i] * line[i];
    double gain = db_gain(level_db) / sqrt(power / (double)count + 1e-30);
    int64_t start = (int64_t)llround(from * stage->rate);
    for (int64_t i = 0; i < count && start + i < stage->frames; i++)
        *stage_at(stage, channel, start + i) += (float)(line[i] * gain);
}

/* A two-pole resonance over the line. */
static inline void resonate(double *line, int64_t count, int rate, double hz, double width) {
    if (hz > 0.45 * rate) return;
    double r = exp(-stage_pi * width / rate), b = 2 * r * cos(2 * stage_pi * hz / rate), c = -r * r, y1 = 0, y2 = 0;
    for (int64_t i = 0; i < count; i++) {
        double y = (1 - b - c) * line[i] + b * y1 + c * y2;
        y2 = y1;
        y1 = y;
        line[i] = y;
    }
}

/* Pulses of the glottis, rounded, whose pitch goes from hz_from to hz_to evenly in octaves. */
static inline void fill_pulses(double *line, int64_t count, int rate, double hz_from, double hz_to) {
    double phase = 0;
    for (int64_t i = 0; i < count; i++) {
        double hz = hz_from * pow(hz_to / hz_from, (double)i / (double)count), before = phase;
        phase += hz / rate;
        line[i] = floor(phase) > floor(before) ? 1 - (phase - floor(phase)) / (hz / rate) : 0;
        if (i + 1 < count && floor(phase) > floor(before)) line[i + 1] = 0;
        if (i > 0 && floor(phase) > floor(before)) line[i - 1] += (phase - floor(phase)) / (hz / rate);
    }
}

/* A vowel that lasts. */
static inline void put_vowel(cs_stage *stage, int channel, double from, double to, double hz_from, double hz_to,
                             double level_db) {
    int64_t count = (int64_t)llround((to - from) * stage->rate);
    double *line = calloc((size_t)count + 1, sizeof *line);
    fill_pulses(line, count, stage->rate, hz_from, hz_to);
    resonate(line, count, stage->rate, 120, 200);
    resonate(line, count, stage->rate, 650, 90);
    put_line(stage, channel, from, line, count, level_db);
    free(line);
}

/* Syllables of 140 to 240 ms: a vowel of its own each with falling or rising pitch, between them 30 ms of near silence, now
 * and then an s. It begins and ends with a vowel at the very places given. */
static inline void put_speech(cs_stage *stage, int channel, double from, double to, double hz_low, double hz_high,
                              double level_db, uint32_t seed) {
    int64_t count = (int64_t)llround((to - from) * stage->rate), at = 0;
    double *whole = calloc((size_t)count + 1, sizeof *whole), *line = calloc((size_t)count + 1, sizeof *line);
    seed = seed * 2654435761U + 12345;
    for (int i = 0; i < 8; i++) stage_random(&seed);
    while (at < count) {
        int64_t length = (int64_t)((0.19 + 0.05 * stage_random(&seed)) * stage->rate);
        if (count - at < length + stage->rate / 5) length = count - at;
        double middle = hz_low + (hz_high - hz_low) * (0.5 + 0.5 * stage_random(&seed)),
               slope = 0.15 * stage_random(&seed);
        fill_pulses(line, length, stage->rate, middle * (1 - slope), middle * (1 + slope));
        resonate(line, length, stage->rate, 150, 250);
        double first = 500 + 250 * stage_random(&seed), second = 1400 + 500 * stage_random(&seed);
        resonate(line, length, stage->rate, first, 80);
        for (int64_t i = 0; i < length; i++) whole[at + i] = line[i];
        resonate(line, length, stage->rate, second, 120);
        double most = 1e-12;
        for (int64_t i = 0; i < length; i++) {
            whole[at + i] += 2 * line[i];
            most = fmax(most, fabs(whole[at + i]));
        }
        bool has_s = stage_random(&seed) > 0.4 && at + length < count;
        double loud = 0.7 + 0.3 * stage_random(&seed);
        for (int64_t i = 0; i < length; i++) {
            double t = (double)i / stage->rate, left = (double)(length - i) / stage->rate;
            double shape = fmin(1, t / 0.015 + 0.1) * fmin(1, left / 0.03);
            bool is_s = has_s && left < 0.07;
            double s = is_s ? 0.12 * stage_random(&seed) : 0;
            whole[at + i] = is_s ? s : whole[at + i] / most * shape * loud;
        }
        at += length;
    }
    put_line(stage, channel, from, whole, count, level_db);
    free(whole);
    free(line);
}

static inline void put_noise(cs_stage *stage, int channel, double from, double to, double level_db, bool is_pink,
                             uint32_t seed) {
    int64_t count = (int64_t)llround((to - from) * stage->rate);
    double *line = calloc((size_t)count + 1, sizeof *line), p[3] = {0};
    for (int64_t i = 0; i < count; i++) {
        double white = stage_random(&seed);
        p[0] = 0.99765 * p[0] + white * 0.0990460;
        p[1] = 0.96300 * p[1] + white * 0.2965164;
        p[2] = 0.57000 * p[2] + white * 1.0526913;
        line[i] = is_pink ? p[0] + p[1] + p[2] + white * 0.1848 : white;
    }
    put_line(stage, channel, from, line, count, level_db);
    free(line);
}

/* One or two frequencies (0: none), equally loud. */
static inline void put_tone(cs_stage *stage, int channel, double from, double to, double hz, double other_hz,
                            double level_db) {
    int64_t count = (int64_t)llround((to - from) * stage->rate);
    double *line = calloc((size_t)count + 1, sizeof *line);
    for (int64_t i = 0; i < count; i++) {
        double t = (double)i / stage->rate, edge = fmin(1, fmin(t, (double)(count - i) / stage->rate) / 0.003);
        line[i] = edge * (sin(2 * stage_pi * hz * t) + (other_hz > 0 ? sin(2 * stage_pi * other_hz * t) : 0));
    }
    put_line(stage, channel, from, line, count, level_db);
    free(line);
}

/* Chords of three notes with four partials that die away slowly, a bass, and a drum on each beat when asked. */
static inline void put_music(cs_stage *stage, int channel, double from, double to, double beat, bool has_drum,
                             double level_db, uint32_t seed) {
    static const double roots[] = {261.63, 220.0, 174.61, 196.0};
    int64_t count = (int64_t)llround((to - from) * stage->rate);
    double *line = calloc((size_t)count + 1, sizeof *line);
    for (int64_t i = 0; i < count; i++) {
        double t = (double)i / stage->rate, within = fmod(t, 4 * beat), root = roots[(int)(t / (4 * beat)) % 4];
        static const double steps[] = {1, 1.25992, 1.49831};
        for (int note = 0; note < 3; note++)
            for (int partial = 1; partial <= 4; partial++)
                line[i] += exp(-within / 2.5) / partial * sin(2 * stage_pi * root * steps[note] * partial * t);
        double in_beat = fmod(t, beat);
        line[i] += 0.8 * exp(-in_beat / 0.4) * sin(2 * stage_pi * root / 2 * t);
        if (has_drum) line[i] += 1.5 * exp(-in_beat / 0.03) * stage_random(&seed);
    }
    put_line(stage, channel, from, line, count, level_db);
    free(line);
}

/* Adds channel 1 - to, late by lag_ms and fainter by loss_db. */
static inline void put_echo(cs_stage *stage, int to, double lag_ms, double loss_db) {
    int64_t lag = (int64_t)llround(lag_ms * stage->rate / 1000);
    for (int64_t i = stage->frames - 1; i >= lag; i--)
        *stage_at(stage, to, i) += (float)(db_gain(-loss_db) * *stage_at(stage, 1 - to, i - lag));
}

static inline bool stage_on_frames(void *context, const cs_audio_frame *frames, uint32_t count) {
    cs_result *result = context;
    size_t channels = (size_t)result->channels, have = (size_t)result->frame_count;
    result->frames = realloc(result->frames, (have + count) * channels * sizeof *frames);
    assert_non_null(result->frames);
    memcpy(result->frames + have * channels, frames, count * channels * sizeof *frames);
    result->frame_count += count;
    return true;
}

static inline bool stage_on_sound(void *context, const cs_sound *sound) {
    cs_result *result = context;
    assert_true(result->count < STAGE_MOST_SOUNDS);
    result->told_ms[result->count] = result->pushed_ms;
    result->sounds[result->count++] = *sound;
    return true;
}

static inline cs_result *stage_hear(const cs_stage *stage, int64_t block) {
    cs_result *result = calloc(1, sizeof *result);
    assert_non_null(result);
    result->channels = stage->channels;
    cs_listener_sink sink = {result, stage_on_frames, stage_on_sound};
    cs_listener *listener = NULL;
    cs_message message;
    assert_int_equal(listener_create(stage->rate, stage->channels, &sink, &listener, &message), CS_OK);
    for (int64_t at = 0; at < stage->frames; at += block) {
        int64_t count = stage->frames - at < block ? stage->frames - at : block;
        result->pushed_ms = (at + count) * 1000 / stage->rate;
        assert_int_equal(listener_push(listener, stage->samples + at * stage->channels, (uint32_t)count, &message),
                         CS_OK);
    }
    assert_int_equal(listener_finish(listener, &result->report, &message), CS_OK);
    listener_free(listener);
    return result;
}

static inline const char *sound_name(cs_sound_kind kind) {
    static const char *const names[] = {"voice", "echo", "music", "tone", "announcement"};
    return names[kind];
}

static inline void result_print(const cs_result *result) {
    for (int i = 0; i < result->count; i++) {
        const cs_sound *s = &result->sounds[i];
        printf("    %d %-12s %7.2f %7.2f  %6.1f dB %5.0f Hz\n", s->channel, sound_name(s->kind),
               (double)s->start_ms / 1000, (double)s->end_ms / 1000, (double)s->level_db, (double)s->pitch_hz);
    }
}

/* The sound of this kind that begins and ends there, within the tolerances; fails where there is none. */
static inline const cs_sound *expect_sound(const cs_result *result, cs_sound_kind kind, int channel, double start,
                                           double end, double start_within, double end_within) {
    for (int i = 0; i < result->count; i++) {
        const cs_sound *s = &result->sounds[i];
        if (s->kind == kind && s->channel == channel &&
            fabs((double)s->start_ms / 1000 - start) <= start_within + 1e-9 &&
            fabs((double)s->end_ms / 1000 - end) <= end_within + 1e-9)
            return s;
    }
    result_print(result);
    fail_msg("no %s on channel %d from %.2f to %.2f", sound_name(kind), channel, start, end);
    return NULL;
}

static inline int count_sounds(const cs_result *result, cs_sound_kind kind, int channel) {
    int count = 0;
    for (int i = 0; i < result->count; i++)
        count += result->sounds[i].kind == kind && result->sounds[i].channel == channel;
    return count;
}

static inline void expect_count(const cs_result *result, cs_sound_kind kind, int channel, int count) {
    if (count_sounds(result, kind, channel) == count) return;
    result_print(result);
    fail_msg("%d, not %d: %s on channel %d", count_sounds(result, kind, channel), count, sound_name(kind), channel);
}

#endif
