/* Hostile recordings, ffmpeg's Ogg Opus among them: an error or samples within bounds, at any place that is sought. */
#include "audio/decoder.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1000, MOST_BLOCKS = 50 };

typedef struct input {
    const uint8_t *data;
    int64_t size;
} input;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t read_input(void *context, int64_t offset, void *out, int64_t most) {
    const input *from = context;
    if (offset < 0 || most < 0) abort();
    int64_t some = offset >= from->size ? 0 : from->size - offset < most ? from->size - offset : most;
    if (some > 0) memcpy(out, from->data + offset, (size_t)some);
    return some;
}

static bool read_block(cs_decoder *decoder, int channels) {
    static float samples[BLOCK * CS_MOST_CHANNELS];
    cs_message message = {0};
    uint32_t got = 0;
    cs_error code = decoder_read(decoder, samples, BLOCK, &got, &message);
    if (code != CS_OK && (code != CS_ERR_PARSE || !*message.reason || !*message.place)) abort();
    if (got > BLOCK) abort();
    for (size_t i = 0; i < (size_t)got * (size_t)channels; i++)
        if (!(fabsf(samples[i]) <= 1.0F)) abort();
    return code == CS_OK && got > 0;
}

/* Ogg's pages carry checksums, which chance does not hit: they are mended, so that what is inside is tried. */
static void mend_pages(uint8_t *bytes, size_t size) {
    for (size_t at = 0; at + 27 <= size; at++) {
        uint32_t sum = 0;
        if (memcmp(bytes + at, "OggS", 4) != 0 || at + 27 + bytes[at + 26] > size) continue;
        size_t length = 27 + (size_t)bytes[at + 26];
        for (size_t i = 27; i < 27 + (size_t)bytes[at + 26]; i++) length += bytes[at + i];
        if (at + length > size) continue;
        memset(bytes + at + 22, 0, 4);
        for (size_t i = 0; i < length; i++) {
            sum ^= (uint32_t)bytes[at + i] << 24;
            for (int bit = 0; bit < 8; bit++) sum = sum & 0x80000000U ? sum << 1 ^ 0x04C11DB7U : sum << 1;
        }
        for (int i = 0; i < 4; i++) bytes[at + 22 + (size_t)i] = (uint8_t)(sum >> (8 * i));
        at += length - 1;
    }
}

static void decode(const uint8_t *data, size_t size) {
    input from = {data, (int64_t)size};
    cs_audio_bytes bytes = {.context = &from, .length = (int64_t)size, .read = read_input};
    cs_decoder *decoder = NULL;
    cs_message message = {0};
    if (decoder_open(&bytes, &decoder, &message) != CS_OK) {
        if (!*message.reason) abort();
        return;
    }
    const cs_audio_format *format = decoder_format(decoder);
    if (format->channels < 1 || format->channels > CS_MOST_CHANNELS || format->frames < 0) abort();
    if (format->rate_hz < CS_LEAST_RATE_HZ || format->rate_hz > CS_MOST_RATE_HZ) abort();
    int64_t blocks = 0;
    while (blocks < MOST_BLOCKS && read_block(decoder, format->channels)) blocks++;
    uint32_t seed = size > 4 ? data[size / 2] * 2654435761U + data[size - 1] : 1;
    for (int i = 0; i < 6; i++) {
        int64_t most = i < 4 || format->frames == CS_NO_FRAMES ? blocks * BLOCK + 1 : format->frames;
        seed = seed * 1664525U + 1013904223U;
        if (most > 0 && decoder_seek(decoder, (int64_t)(seed % 0x7FFFFFFF) % most, &message) == CS_OK)
            (void)read_block(decoder, format->channels);
    }
    decoder_close(decoder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy) return 0;
    if (size) memcpy(copy, data, size);
    if (size > 4 && memcmp(copy, "OggS", 4) == 0) mend_pages(copy, size);
    decode(copy, size);
    free(copy);
    return 0;
}
