/* recognise MODEL WAV... - the recogniser alone: its child with the model, samples of both channels in memory, pushed as fast as it takes
 * them. Tells seconds of sound, of the clock, of the processor; the child's peak memory. Processor time of the child alone, the
 * loading of the model included. */
#include "audio/decoder.h"
#include "base/clock.h"
#include "base/hash.h"
#include "speech/recogniser.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { MOST_SAMPLES = 200 << 20, BLOCK = 16000 };

typedef struct sound {
    float *samples;
    uint32_t count;
    int rate_hz;
} sound;

static int fail(const char *what, const cs_message *message) {
    fprintf(stderr, "%s: %s\n", what, message->reason);
    return 1;
}

static bool on_utterance(void *context, const cs_utterance *utterance) {
    *(long *)context += (long)utterance->unit_count;
    return true;
}

static cs_error read_channel(const char *path, int channel, sound *out, cs_message *message) {
    cs_audio_bytes bytes;
    cs_decoder *decoder;
    cs_error code = bytes_of_file(path, &bytes, message);
    if (code == CS_OK) code = decoder_open(&bytes, &decoder, message);
    if (code != CS_OK) return code;
    const cs_audio_format *format = decoder_format(decoder);
    uint32_t channels = (uint32_t)format->channels, got = BLOCK;
    float *block = malloc(BLOCK * channels * sizeof *block);
    out->rate_hz = format->rate_hz;
    while (code == CS_OK && got == BLOCK && (uint32_t)channel < channels) {
        code = decoder_read(decoder, block, BLOCK, &got, message);
        out->samples = realloc(out->samples, (out->count + got) * sizeof *out->samples);
        for (uint32_t i = 0; code == CS_OK && i < got; i++)
            out->samples[out->count++] = block[i * channels + (uint32_t)channel];
        if (out->count > MOST_SAMPLES) code = message_set(message, CS_ERR_LIMIT, "too long");
    }
    free(block);
    decoder_close(decoder);
    bytes_close(&bytes);
    return code;
}

static cs_error recognise(cs_recogniser *recogniser, const sound *s, long *units, cs_message *message) {
    cs_recogniser_stream *stream;
    cs_utterance_sink sink = {.context = units, .on_utterance = on_utterance};
    cs_error code = recogniser_begin(recogniser, s->rate_hz, 0, &sink, &stream, message);
    if (code != CS_OK) return code;
    for (uint32_t at = 0; code == CS_OK && at < s->count; at += BLOCK)
        code = recogniser_push(stream, s->samples + at, s->count - at < BLOCK ? s->count - at : BLOCK, message);
    cs_error end = recogniser_finish(stream, message);
    return code == CS_OK ? end : code;
}

int main(int count, char **arguments) {
    cs_message message = {0};
    cs_arena *arena = arena_create(64 << 20);
    cs_speech_model *model;
    cs_recogniser *recogniser;
    sound sounds[64] = {0};
    int sound_count = 0;
    long units = 0;
    double seconds = 0;
    if (count < 3 || !hash_start()) return fprintf(stderr, "usage: recognise MODEL WAV...\n"), 2;
    /* Before the sounds are read: the largest that a process was includes what its parent was when it was made. */
    if (model_find(arguments[1], NULL, arena, &model, &message) != CS_OK) return fail(arguments[1], &message);
    cs_recogniser_options options = {.model = model, .program = getenv("CALLSCOPE")};
    if (recogniser_open(&options, &recogniser, &message) != CS_OK) return fail(arguments[1], &message);
    for (int i = 2; i < count; i++)
        for (int channel = 0; channel < 2 && sound_count < 64; channel++) {
            sound *s = &sounds[sound_count];
            if (read_channel(arguments[i], channel, s, &message) != CS_OK) return fail(arguments[i], &message);
            if (s->count) seconds += (double)s->count / s->rate_hz, sound_count++;
        }
    int64_t started = clock_steady_us();
    for (int i = 0; i < sound_count; i++)
        if (recognise(recogniser, &sounds[i], &units, &message) != CS_OK) return fail(arguments[1], &message);
    double clock = (double)(clock_steady_us() - started) / 1e6;
    printf("sha256 %s\nversion %s\n", recogniser_identity(recogniser)->sha256,
           recogniser_identity(recogniser)->version);
    recogniser_close(recogniser);
    struct rusage child;
    getrusage(RUSAGE_CHILDREN, &child);
    double processor = (double)child.ru_utime.tv_sec + (double)child.ru_stime.tv_sec +
                       (double)(child.ru_utime.tv_usec + child.ru_stime.tv_usec) / 1e6;
    printf("sound %.2f\nclock %.3f\nprocessor %.3f\nmemory %.1f\nunits %ld\n", seconds, clock, processor,
           (double)child.ru_maxrss / 1024, units);
    arena_free(arena);
    for (int i = 0; i < sound_count; i++) free(sounds[i].samples);
    return 0;
}
