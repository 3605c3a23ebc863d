/* bench_voices CALL.wav TRUTH MODELS... - what is found of the voices of a recording whose voices are known: by the listener, and by
 * models of voice activity, in lines of Markdown. TRUTH: a line for each voice, "CHANNEL START_MS END_MS"; CHANNEL 0 or 1.
 * What is compared is what a recogniser is sent: voices joined, with sound around them (quality/speech_piece.h).
 * found: of the known time; lost: known voices of which less than half is sent; beside: of the time further than 0.3 s from all
 * known voices, the part that is sent. */
#include "audio/decoder.h"
#include "base/clock.h"
#include "quality/speech_piece.h"
#include "speech/recogniser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { ARENA = 256 << 20, MOST_TRUE = 20000, MOST_SOUNDS = 50000, BLOCK = 4096, BESIDE_MS = 300 };

typedef struct span {
    int channel;
    long start_ms, end_ms;
} span;

static span truth[MOST_TRUE];
static uint32_t true_count;
static cs_sound sounds[MOST_SOUNDS];
static uint32_t sound_count;
static int side_now;

static void stop(const char *what, const cs_message *message) {
    fprintf(stderr, "%s: %s\n", what, message ? message->reason : "");
    exit(1);
}

static void read_truth(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) stop(path, NULL);
    span s;
    while (true_count < MOST_TRUE && fscanf(file, "%d %ld %ld", &s.channel, &s.start_ms, &s.end_ms) == 3)
        truth[true_count++] = s;
    fclose(file);
}

static bool on_sound(void *context, const cs_sound *sound) {
    (void)context;
    if (sound_count < MOST_SOUNDS) sounds[sound_count++] = *sound;
    return true;
}

static bool on_voice(void *context, const cs_utterance *voice) {
    (void)context;
    const cs_sound sound = {CS_SOUND_VOICE, side_now, voice->start_ms, voice->end_ms, 0, 0};
    return on_sound(NULL, &sound);
}

/* Processor time in seconds, children that have ended too. */
static double spent(void) {
    struct rusage own, children;
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    return (double)(own.ru_utime.tv_sec + children.ru_utime.tv_sec) +
           (double)(own.ru_utime.tv_usec + children.ru_utime.tv_usec) / 1e6;
}

static cs_audio_report listen(cs_decoder *decoder) {
    static float block[BLOCK * CS_MOST_CHANNELS];
    const cs_audio_format *format = decoder_format(decoder);
    const cs_listener_sink sink = {NULL, NULL, on_sound};
    cs_listener *listener = NULL;
    cs_audio_report report = {0};
    cs_message message = {0};
    uint32_t got = 1;
    cs_error code = listener_create(format->rate_hz, format->channels, &sink, &listener, &message);
    while (code == CS_OK && got > 0) {
        code = decoder_read(decoder, block, BLOCK, &got, &message);
        if (code == CS_OK && got) code = listener_push(listener, block, got, &message);
    }
    if (code == CS_OK) code = listener_finish(listener, &report, &message);
    if (code != CS_OK) stop("listener", &message);
    listener_free(listener);
    return report;
}

static void find_by(const char *name, cs_decoder *decoder, cs_arena *arena) {
    static float block[BLOCK * CS_MOST_CHANNELS], one[BLOCK];
    const cs_audio_format *format = decoder_format(decoder);
    cs_speech_model *model = NULL;
    cs_recogniser *r = NULL;
    cs_recogniser_stream *stream = NULL;
    cs_message message = {0};
    const cs_utterance_sink sink = {NULL, on_voice};
    if (model_find(name, NULL, arena, &model, &message) != CS_OK) stop(name, &message);
    const cs_recogniser_options options = {.model = model, .program = getenv("CALLSCOPE")};
    if (recogniser_open(&options, &r, &message) != CS_OK) stop(name, &message);
    for (side_now = 0; side_now < format->channels; side_now++) {
        uint32_t got = 1;
        cs_error code = decoder_seek(decoder, 0, &message);
        if (code == CS_OK) code = recogniser_begin(r, format->rate_hz, 0, &sink, &stream, &message);
        while (code == CS_OK && got > 0) {
            code = decoder_read(decoder, block, BLOCK, &got, &message);
            for (uint32_t i = 0; i < got; i++) one[i] = block[i * (uint32_t)format->channels + (uint32_t)side_now];
            if (code == CS_OK && got) code = recogniser_push(stream, one, got, &message);
        }
        if (code == CS_OK) code = recogniser_finish(stream, &message);
        if (code != CS_OK) stop(name, &message);
    }
    recogniser_close(r);
}

/* ---- how good ---- */

static long shared(long a, long b, long c, long d) {
    long from = a > c ? a : c, to = b < d ? b : d;
    return to > from ? to - from : 0;
}

static void judge(const char *name, const cs_audio_report *report, cs_arena *arena, double seconds) {
    cs_heard heard = {.report = *report, .sounds = sounds, .sound_count = sound_count};
    cs_speech_piece *pieces = NULL;
    uint32_t count = 0, lost = 0;
    long found = 0, known = 0, beside = 0, silent = 0;
    cs_message message = {0};
    heard.report.relation = report->channels == 2 ? CS_CHANNELS_TWO : CS_CHANNELS_ONE;
    if (speech_pieces_of(&heard, arena, &pieces, &count, &message) != CS_OK) stop(name, &message);
    for (uint32_t i = 0; i < true_count; i++) {
        long length = truth[i].end_ms - truth[i].start_ms, sent = 0;
        for (uint32_t k = 0; k < count; k++)
            if (pieces[k].side == truth[i].channel)
                sent += shared(truth[i].start_ms, truth[i].end_ms, (long)pieces[k].from_ms, (long)pieces[k].to_ms);
        known += length;
        found += sent;
        lost += sent * 2 < length;
    }
    for (int side = 0; side < report->channels; side++)
        for (long ms = 0; ms < (long)report->duration_ms; ms += 10) {
            bool is_near = false, is_sent = false;
            for (uint32_t i = 0; i < true_count && !is_near; i++)
                is_near =
                    truth[i].channel == side && ms >= truth[i].start_ms - BESIDE_MS && ms < truth[i].end_ms + BESIDE_MS;
            for (uint32_t k = 0; k < count && !is_near && !is_sent; k++)
                is_sent = pieces[k].side == side && ms >= (long)pieces[k].from_ms && ms < (long)pieces[k].to_ms;
            silent += !is_near;
            beside += is_sent;
        }
    printf("| %s | %.1f %% | %u of %u | %.1f %% | %.0f |\n", name, 100.0 * (double)found / (double)(known ? known : 1),
           lost, true_count, 100.0 * (double)beside / (double)(silent ? silent : 1),
           (double)report->duration_ms * report->channels / 1000 / (seconds > 0.001 ? seconds : 0.001));
    fflush(stdout);
}

int main(int count, char **arguments) {
    cs_audio_bytes bytes;
    cs_decoder *decoder = NULL;
    cs_message message = {0};
    cs_arena *arena = arena_create(ARENA);
    if (count < 3 || !arena) stop("usage: bench_voices CALL.wav TRUTH MODELS...", NULL);
    read_truth(arguments[2]);
    cs_error code = bytes_of_file(arguments[1], &bytes, &message);
    if (code == CS_OK) code = decoder_open(&bytes, &decoder, &message);
    if (code != CS_OK) stop(arguments[1], &message);
    double begun = spent();
    const cs_audio_report report = listen(decoder);
    judge("listener", &report, arena, spent() - begun);
    for (int i = 3; i < count; i++) {
        begun = spent();
        sound_count = 0;
        find_by(arguments[i], decoder, arena);
        judge(arguments[i], &report, arena, spent() - begun);
    }
    decoder_close(decoder);
    bytes_close(&bytes);
    arena_free(arena);
    return 0;
}
