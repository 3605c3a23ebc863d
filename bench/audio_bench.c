/* bench_audio FILE - how fast a recording is decoded and listened to, and in how much memory: writes a call of two channels, 8 kHz
 * µ-law, to FILE, and reads it three times. Prints name and value: times real time on one core, MB. */
#include "audio/decoder.h"
#include "audio/listener.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { RATE_HZ = 8000, SECONDS = 1800, BLOCK = 4096, TIMES = 3 };

static double seconds_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Turns of two people of 2 to 6 s: syllables of a gliding pulse train through two resonances, over noise. */
typedef struct cs_talker {
    double phase, hz, state[4];
    uint32_t seed;
    int left, syllable;
    bool is_on;
} cs_talker;

static double talker_random(cs_talker *t) {
    t->seed = t->seed * 1664525U + 1013904223U;
    return (double)(t->seed >> 8) / (1 << 24);
}

static float talker_next(cs_talker *t) {
    if (--t->left <= 0) {
        t->is_on = !t->is_on;
        t->left = (int)((2 + 4 * talker_random(t)) * RATE_HZ);
    }
    if (--t->syllable <= 0) {
        t->syllable = (int)((0.14 + 0.1 * talker_random(t)) * RATE_HZ);
        t->hz = (t->seed & 1 ? 110 : 190) * (0.85 + 0.3 * talker_random(t));
    }
    double noise = (talker_random(t) - 0.5) * 0.002, pulse = 0;
    t->phase += t->hz / RATE_HZ;
    if (t->phase >= 1) {
        t->phase -= 1;
        pulse = t->is_on && t->syllable > RATE_HZ / 40 ? 1 : 0;
    }
    double first = pulse + 1.75 * t->state[0] - 0.94 * t->state[1];
    t->state[1] = t->state[0];
    t->state[0] = first;
    double second = first * 0.1 + 0.6 * t->state[2] - 0.88 * t->state[3];
    t->state[3] = t->state[2];
    t->state[2] = second;
    return (float)(0.2 * second + noise);
}

static bool write_call(const char *path) {
    SF_INFO info = {.samplerate = RATE_HZ, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_ULAW};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    if (!file) return false;
    cs_talker talkers[2] = {{.seed = 1, .is_on = true}, {.seed = 77}};
    float second[2 * RATE_HZ];
    bool is_written = true;
    for (int s = 0; s < SECONDS && is_written; s++) {
        for (int i = 0; i < 2 * RATE_HZ; i++) second[i] = talker_next(&talkers[i & 1]);
        is_written = sf_writef_float(file, second, RATE_HZ) == RATE_HZ;
    }
    return sf_close(file) == 0 && is_written;
}

/* Reads the recording to its end, and listens to it when asked. Negative: it failed. */
static double read_call(const char *path, bool listens, cs_message *message) {
    static float block[2 * BLOCK];
    cs_audio_bytes bytes = {0};
    cs_decoder *decoder = NULL;
    cs_listener *listener = NULL;
    cs_listener_sink sink = {0};
    cs_audio_report report;
    double from = seconds_now();
    if (bytes_of_file(path, &bytes, message)) return -1;
    cs_error error = decoder_open(&bytes, &decoder, message);
    if (!error && listens) error = listener_create(RATE_HZ, 2, &sink, &listener, message);
    for (uint32_t got = BLOCK; !error && got == BLOCK;) {
        error = decoder_read(decoder, block, BLOCK, &got, message);
        if (!error && listens) error = listener_push(listener, block, got, message);
    }
    if (!error && listens) error = listener_finish(listener, &report, message);
    listener_free(listener);
    if (decoder) decoder_close(decoder);
    bytes_close(&bytes);
    return error ? -1 : seconds_now() - from;
}

int main(int argc, char **argv) {
    if (argc != 2 || !write_call(argv[1])) {
        fprintf(stderr, "usage: bench_audio FILE (which is written)\n");
        return 2;
    }
    cs_message message = {0};
    double best[2] = {1e9, 1e9};
    for (int i = 0; i < TIMES; i++)
        for (int listens = 0; listens < 2; listens++) {
            double took = read_call(argv[1], listens, &message);
            if (took < 0) {
                fprintf(stderr, "bench_audio: %s\n", message.reason);
                return 1;
            }
            best[listens] = fmin(best[listens], took);
        }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("decode %.0f\nlisten %.0f\nfeatures %.0f\nmemory %.1f\n", SECONDS / best[0], SECONDS / (best[1] - best[0]),
           SECONDS / best[1], (double)used.ru_maxrss / 1024);
    return 0;
}
