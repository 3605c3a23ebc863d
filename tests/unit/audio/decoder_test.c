#include "audio/decoder.h"

#include "../store/folder.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

enum { SECONDS = 2, MOST_FRAMES = 6 * 48000 };

static cs_folder folder;
static char path[200];
static float samples[MOST_FRAMES * 2];

static const char *at(const char *name) {
    (void)snprintf(path, sizeof path, "%s/%s", folder.path, name);
    return path;
}

static int start(void **state) {
    (void)state;
    folder_make(&folder);
    return 0;
}

static int end(void **state) {
    (void)state;
    folder_remove(&folder);
    return 0;
}

/* Left 400 Hz at half of full scale, right 1000 Hz at a quarter. */
static float tone(int64_t frame, int channel, int rate) {
    return (float)((channel ? 0.25 : 0.5) * sin(2 * M_PI * (channel ? 1000 : 400) * (double)frame / rate));
}

static void write_tones(const char *name, int format, int rate, int channels) {
    SF_INFO info = {.format = format, .samplerate = rate, .channels = channels};
    SNDFILE *file = sf_open(at(name), SFM_WRITE, &info);
    if (!file) fail_msg("%s: %s", name, sf_strerror(NULL));
    for (int64_t i = 0; i < (int64_t)SECONDS * rate; i++) {
        float frame[64];
        for (int c = 0; c < channels; c++) frame[c] = tone(i, c, rate);
        assert_int_equal(sf_writef_float(file, frame, 1), 1);
    }
    sf_close(file);
}

static void write_bytes(const char *name, const void *bytes, size_t length) {
    FILE *file = fopen(at(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static size_t read_bytes(const char *name, unsigned char *out, size_t most) {
    FILE *file = fopen(at(name), "rb");
    assert_non_null(file);
    size_t got = fread(out, 1, most, file);
    (void)fclose(file);
    return got;
}

static cs_error open_file(const char *name, cs_audio_bytes *bytes, cs_decoder **decoder, cs_message *message) {
    *decoder = NULL;
    cs_error code = bytes_of_file(at(name), bytes, message);
    if (code != CS_OK) return code;
    code = decoder_open(bytes, decoder, message);
    if (code != CS_OK) bytes_close(bytes);
    return code;
}

static void close_file(cs_decoder *decoder, cs_audio_bytes *bytes) {
    decoder_close(decoder);
    bytes_close(bytes);
}

static cs_error read_all(cs_decoder *decoder, int64_t *frames, cs_message *message) {
    int channels = decoder_format(decoder)->channels;
    *frames = 0;
    for (;;) {
        uint32_t got = 0, ask = 1777;
        if (*frames + ask > MOST_FRAMES) fail_msg("more frames than were written");
        cs_error code = decoder_read(decoder, samples + *frames * channels, ask, &got, message);
        *frames += got;
        if (code != CS_OK || got == 0) return code;
    }
}

/* The part of a tone in one channel of samples, as the amplitude it has there. */
static double amplitude(int64_t frames, int channels, int channel, int rate, double hz) {
    double re = 0, im = 0;
    int64_t from = frames / 4, to = frames * 3 / 4;
    for (int64_t i = from; i < to; i++) {
        double s = samples[i * channels + channel], turn = 2 * M_PI * hz * (double)i / rate;
        re += s * cos(turn), im += s * sin(turn);
    }
    return 2 * hypot(re, im) / (double)(to - from);
}

typedef struct kind {
    const char *name;
    int format, rate, channels;
    const char *container, *encoding;
    double nearness; /* of a sample; 0: only level and length are compared */
    int extra_frames; /* what the codec's blocks may add at the end */
} kind;

static const kind KINDS[] = {
    {"u8.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 8000, 2, "wav", "pcm 8", 0.009, 0},
    {"16.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 2, "wav", "pcm 16", 0.0001, 0},
    {"24.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 44100, 2, "wav", "pcm 24", 0.000001, 0},
    {"32.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_32, 8000, 1, "wav", "pcm 32", 0.000001, 0},
    {"float.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 8000, 2, "wav", "float", 0.000001, 0},
    {"double.wav", SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 8000, 2, "wav", "double", 0.000001, 0},
    {"mulaw.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW, 8000, 2, "wav", "mu-law", 0.02, 0},
    {"alaw.wav", SF_FORMAT_WAV | SF_FORMAT_ALAW, 8000, 1, "wav", "a-law", 0.02, 0},
    {"gsm.wav", SF_FORMAT_WAV | SF_FORMAT_GSM610, 8000, 1, "wav", "gsm 6.10", 0, 320},
    {"ima.wav", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 8000, 2, "wav", "ima adpcm", 0, 600},
    {"ms.wav", SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM, 8000, 2, "wav", "ms adpcm", 0, 600},
    {"extensible.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 8000, 2, "wav", "pcm 16", 0.0001, 0},
    {"big.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG, 8000, 2, "wav", "pcm 16", 0.0001, 0},
    {"long.wav", SF_FORMAT_RF64 | SF_FORMAT_ULAW, 8000, 2, "wav", "mu-law", 0.02, 0},
    {"a.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16, 8000, 2, "w64", "pcm 16", 0.0001, 0},
    {"16.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 8000, 2, "aiff", "pcm 16", 0.0001, 0},
    {"ulaw.aifc", SF_FORMAT_AIFF | SF_FORMAT_ULAW, 8000, 2, "aiff", "mu-law", 0.02, 0},
    {"little.aifc", SF_FORMAT_AIFF | SF_FORMAT_PCM_16 | SF_ENDIAN_LITTLE, 8000, 2, "aiff", "pcm 16", 0.0001, 0},
    {"mulaw.au", SF_FORMAT_AU | SF_FORMAT_ULAW, 8000, 2, "au", "mu-law", 0.02, 0},
    {"16.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 8000, 2, "caf", "pcm 16", 0.0001, 0},
    {"alaw.caf", SF_FORMAT_CAF | SF_FORMAT_ALAW, 8000, 2, "caf", "a-law", 0.02, 0},
    {"16.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 2, "flac", "flac", 0.0001, 0},
    {"24.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 8000, 1, "flac", "flac", 0.000001, 0},
    {"a.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 16000, 2, "ogg", "opus", 0, 0},
    {"a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 16000, 2, "mp3", "mp3", 0, 1152 * 3},
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

static void compare(const kind *k, int64_t frames) {
    int64_t written = (int64_t)SECONDS * k->rate;
    if (frames < written || frames > written + k->extra_frames)
        fail_msg("%s: %lld frames of %lld", k->name, (long long)frames, (long long)written);
    for (int c = 0; c < k->channels; c++) {
        double own = amplitude(frames, k->channels, c, k->rate, c ? 1000 : 400);
        double other = amplitude(frames, k->channels, c, k->rate, c ? 400 : 1000);
        double level = 20 * log10(own / (c ? 0.25 : 0.5));
        /* GSM and ADPCM colour a pure tone; nothing may come over from the other side. */
        if (fabs(level) > (k->nearness == 0 ? 1.5 : 0.3) || other > 0.02)
            fail_msg("%s, channel %d: %.2f dB off, %.4f of the other's tone", k->name, c, level, other);
    }
    for (int64_t i = 0; k->nearness > 0 && i < written * k->channels; i++) {
        int channel = (int)(i % k->channels);
        double off = fabs((double)samples[i] - (double)tone(i / k->channels, channel, k->rate));
        if (off > k->nearness) fail_msg("%s: sample %lld is %.6f off", k->name, (long long)i, off);
    }
}

static void every_encoding_gives_the_signal_back(void **state) {
    (void)state;
    for (int i = 0; i < KIND_COUNT; i++) {
        const kind *k = &KINDS[i];
        cs_audio_bytes bytes;
        cs_decoder *d;
        cs_message m = {0};
        int64_t frames = 0;
        write_tones(k->name, k->format, k->rate, k->channels);
        if (open_file(k->name, &bytes, &d, &m) != CS_OK) fail_msg("%s: %s", k->name, m.reason);
        const cs_audio_format *format = decoder_format(d);
        assert_string_equal(format->container, k->container);
        assert_string_equal(format->encoding, k->encoding);
        assert_int_equal(format->rate_hz, k->rate);
        assert_int_equal(format->channels, k->channels);
        assert_int_equal(format->channels_in_file, k->channels);
        if (read_all(d, &frames, &m) != CS_OK) fail_msg("%s: %s", k->name, m.reason);
        assert_int_equal(format->frames, frames);
        compare(k, frames);
        close_file(d, &bytes);
    }
}

static void a_place_that_is_sought_is_the_same_as_when_read(void **state) {
    (void)state;
    for (int i = 0; i < KIND_COUNT; i++) {
        const kind *k = &KINDS[i];
        cs_audio_bytes bytes;
        cs_decoder *d;
        cs_message m = {0};
        int64_t frames = 0;
        unsigned seed = 7;
        assert_int_equal(open_file(k->name, &bytes, &d, &m), CS_OK);
        assert_int_equal(read_all(d, &frames, &m), CS_OK);
        for (int n = 0; n < 60; n++) {
            float block[300 * 2];
            uint32_t got = 0;
            seed = seed * 1664525U + 1013904223U;
            int64_t to = n == 0 ? 0 : n == 1 ? frames - 1 : n == 2 ? frames : (int64_t)(seed >> 4) % frames;
            uint32_t expected = frames - to < 300 ? (uint32_t)(frames - to) : 300;
            if (decoder_seek(d, to, &m) != CS_OK) fail_msg("%s at %lld: %s", k->name, (long long)to, m.reason);
            assert_int_equal(decoder_read(d, block, 300, &got, &m), CS_OK);
            if (got != expected) fail_msg("%s at %lld: %u frames", k->name, (long long)to, got);
            for (size_t s = 0; s < (size_t)got * (size_t)k->channels; s++)
                if (fabsf(block[s] - samples[to * k->channels + (int64_t)s]) > 1e-6F)
                    fail_msg("%s at %lld: another sample", k->name, (long long)to);
        }
        assert_int_equal(decoder_seek(d, -1, &m), CS_ERR_USAGE);
        assert_int_equal(decoder_seek(d, frames + 100000, &m), CS_ERR_USAGE);
        assert_int_equal(decoder_seek(d, 0, &m), CS_OK); /* still of use */
        close_file(d, &bytes);
    }
}

static void many_channels_are_mixed_into_one(void **state) {
    (void)state;
    cs_audio_bytes bytes;
    cs_decoder *d;
    cs_message m = {0};
    int64_t frames = 0;
    write_tones("six.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 8000, 6); /* 400 Hz once, 1000 Hz five times */
    assert_int_equal(open_file("six.wav", &bytes, &d, &m), CS_OK);
    assert_int_equal(decoder_format(d)->channels, 1);
    assert_int_equal(decoder_format(d)->channels_in_file, 6);
    assert_int_equal(read_all(d, &frames, &m), CS_OK);
    assert_int_equal(frames, 8000 * SECONDS);
    assert_float_equal(amplitude(frames, 1, 0, 8000, 400), 0.5 / 6, 0.001);
    assert_float_equal(amplitude(frames, 1, 0, 8000, 1000), 0.25 * 5 / 6, 0.001);
    close_file(d, &bytes);
}

static void samples_stay_within_bounds(void **state) {
    (void)state;
    static const float GIVEN[] = {NAN, INFINITY, -INFINITY, 1e30F, -7, 0.5F, -0.5F, 1, -1, 0};
    static const float EXPECTED[] = {0, 1, -1, 1, -1, 0.5F, -0.5F, 1, -1, 0};
    SF_INFO info = {.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT, .samplerate = 8000, .channels = 1};
    SNDFILE *file = sf_open(at("wild.wav"), SFM_WRITE, &info);
    assert_int_equal(sf_writef_float(file, GIVEN, 10), 10);
    sf_close(file);
    cs_audio_bytes bytes;
    cs_decoder *d;
    cs_message m = {0};
    float got[16];
    uint32_t count = 0;
    assert_int_equal(open_file("wild.wav", &bytes, &d, &m), CS_OK);
    assert_int_equal(decoder_read(d, got, 16, &count, &m), CS_OK);
    assert_int_equal(count, 10);
    for (int i = 0; i < 10; i++) assert_true(got[i] == EXPECTED[i]);
    close_file(d, &bytes);
}

/* Where the length of the sound stands in a file; 0: nowhere. */
static size_t data_length_at(const unsigned char *bytes, size_t length) {
    for (size_t i = 12; i + 8 < length; i++)
        if (memcmp(bytes + i, "data", 4) == 0) return i + 4;
    return 0;
}

static void what_a_killed_recorder_left_is_read(void **state) {
    (void)state;
    static unsigned char bytes[128 * 1024];
    static const unsigned char LENGTHS[][4] = {{0, 0, 0, 0}, {0xFF, 0xFF, 0xFF, 0xFF}, {0, 0, 0, 0x7F}};
    size_t length = read_bytes("mulaw.wav", bytes, sizeof bytes), place = data_length_at(bytes, length);
    assert_true(place > 0);
    for (size_t i = 0; i < sizeof LENGTHS / sizeof *LENGTHS; i++) {
        cs_audio_bytes file;
        cs_decoder *d;
        cs_message m = {0};
        int64_t frames = 0;
        memcpy(bytes + 4, LENGTHS[i], 4);
        memcpy(bytes + place, LENGTHS[i], 4);
        write_bytes("killed.wav", bytes, length);
        assert_int_equal(open_file("killed.wav", &file, &d, &m), CS_OK);
        assert_int_equal(decoder_format(d)->missing_ms, 0); /* it never said how long it would be */
        assert_int_equal(decoder_format(d)->frames, 8000 * SECONDS);
        assert_int_equal(read_all(d, &frames, &m), CS_OK);
        compare(&KINDS[6], frames);
        close_file(d, &file);
    }
}

static void an_empty_recording_has_no_samples(void **state) {
    (void)state;
    static unsigned char bytes[4096];
    size_t length = read_bytes("16.wav", bytes, sizeof bytes), place = data_length_at(bytes, length);
    memset(bytes + place, 0, 4);
    for (int with_list = 0; with_list < 2; with_list++) {
        cs_audio_bytes file;
        cs_decoder *d;
        cs_message m = {0};
        int64_t frames = 1;
        memcpy(bytes + place + 4, "LIST\4\0\0\0INFO", 12);
        write_bytes("empty.wav", bytes, place + 4 + (with_list ? 12 : 0));
        assert_int_equal(open_file("empty.wav", &file, &d, &m), CS_OK);
        assert_int_equal(read_all(d, &frames, &m), CS_OK);
        assert_int_equal(frames, 0);
        close_file(d, &file);
    }
}

static void put_wav(unsigned char out[64], unsigned tag, unsigned channels, unsigned rate, unsigned bits,
                    unsigned data) {
    static const unsigned char HEAD[44] = "RIFF\xFF\xFF\xFF\x7FWAVEfmt \x10\0\0\0";
    memset(out, 0, 64);
    memcpy(out, HEAD, 20);
    out[20] = (unsigned char)tag, out[21] = (unsigned char)(tag >> 8);
    out[22] = (unsigned char)channels, out[23] = (unsigned char)(channels >> 8);
    for (int i = 0; i < 4; i++) out[24 + i] = (unsigned char)(rate >> (8 * i));
    out[32] = (unsigned char)(channels * bits / 8), out[33] = (unsigned char)(channels * bits / 8 >> 8);
    out[34] = (unsigned char)bits;
    memcpy(out + 36, "data", 4);
    for (int i = 0; i < 4; i++) out[40 + i] = (unsigned char)(data >> (8 * i));
}

static void impossible_headers_are_refused(void **state) {
    (void)state;
    static const struct {
        unsigned tag, channels, rate, bits;
        cs_error code;
        const char *words;
    } HEADERS[] = {
        {1, 1, 1000000000, 16, CS_ERR_LIMIT, "1000000000 samples a second"},
        {1, 1, 3999, 16, CS_ERR_LIMIT, "3999 samples a second"},
        {1, 1, 0, 16, CS_ERR_PARSE, "no sampling rate"},
        {1, 65535, 8000, 16, CS_ERR_LIMIT, "65535 channels"},
        {1, 65, 8000, 16, CS_ERR_LIMIT, "65 channels"},
        {1, 0, 8000, 16, CS_ERR_PARSE, "no channel"},
        {0x55, 2, 8000, 0, CS_ERR_NOT_FOUND, "MP3: it needs the converter"},
        {0x133, 1, 8000, 0, CS_ERR_NOT_FOUND, "G.729: it needs the converter"},
        {0x31, 2, 8000, 0, CS_ERR_NOT_FOUND, "needs the converter"},
        {0x7777, 2, 8000, 16, CS_ERR_NOT_FOUND, "0x7777: it needs the converter"},
        {1, 2, 8000, 12, CS_ERR_NOT_FOUND, "needs the converter"},
    };
    for (size_t i = 0; i < sizeof HEADERS / sizeof *HEADERS; i++) {
        unsigned char bytes[64];
        cs_audio_bytes file;
        cs_decoder *d;
        cs_message m = {0};
        put_wav(bytes, HEADERS[i].tag, HEADERS[i].channels, HEADERS[i].rate, HEADERS[i].bits, 0xFFFFFFF0U);
        write_bytes("header.wav", bytes, sizeof bytes);
        cs_error code = open_file("header.wav", &file, &d, &m);
        if (code != HEADERS[i].code || !strstr(m.reason, HEADERS[i].words))
            fail_msg("%zu: %s, %s", i, error_name(code), m.reason);
    }
}

static void foreign_files_are_refused_in_words(void **state) {
    (void)state;
    cs_audio_bytes bytes;
    cs_decoder *d;
    cs_message m = {0};
    write_bytes("nothing.wav", "", 0);
    write_bytes("text.wav", "WEBVTT\n\n", 8);
    write_bytes("speech.amr", "#!AMR\n\x3C", 7);
    write_bytes("tagged.mp3", "ID3\4\0\0\0\0\0\0{\"json\": true}", 24);
    assert_int_equal(open_file("nothing.wav", &bytes, &d, &m), CS_ERR_PARSE);
    assert_int_equal(open_file("text.wav", &bytes, &d, &m), CS_ERR_PARSE);
    assert_non_null(strstr(m.reason, "no recording"));
    assert_int_equal(open_file("tagged.mp3", &bytes, &d, &m), CS_ERR_PARSE);
    assert_int_equal(open_file("speech.amr", &bytes, &d, &m), CS_ERR_NOT_FOUND);
    assert_non_null(strstr(m.reason, "amr"));
    assert_non_null(strstr(m.remedy, "ffmpeg"));
    assert_int_equal(open_file(".", &bytes, &d, &m), CS_ERR_IO);
    assert_non_null(strstr(m.reason, "is a folder"));
    assert_int_equal(open_file("not-there.wav", &bytes, &d, &m), CS_ERR_NOT_FOUND);
    assert_int_equal(bytes_of_file("/dev/null", &bytes, &m), CS_ERR_IO);
    assert_int_equal(mkfifo(at("pipe"), 0600), 0);
    assert_int_equal(open_file("pipe", &bytes, &d, &m), CS_ERR_IO);
    if (geteuid() == 0) return; /* who may read everything can't try what may not be read */
    assert_int_equal(chmod(at("text.wav"), 0), 0);
    assert_int_equal(open_file("text.wav", &bytes, &d, &m), CS_ERR_IO);
    assert_non_null(strstr(m.reason, "may not be read"));
}

static void a_cut_file_gives_what_is_there_or_an_error(void **state) {
    (void)state;
    static unsigned char whole[512 * 1024];
    for (int i = 0; i < KIND_COUNT; i++) {
        const kind *k = &KINDS[i];
        size_t length = read_bytes(k->name, whole, sizeof whole);
        for (size_t cut = 0; cut < length; cut += cut < 997 * 30 ? 997 : (size_t)997 * 30) {
            cs_audio_bytes bytes;
            cs_decoder *d;
            cs_message m = {0};
            int64_t frames = 0;
            write_bytes("cut", whole, cut);
            cs_error code = open_file("cut", &bytes, &d, &m);
            assert_true(code == CS_OK || code == CS_ERR_PARSE || code == CS_ERR_NOT_FOUND);
            if (code != CS_OK) continue;
            code = read_all(d, &frames, &m);
            assert_true(code == CS_OK || code == CS_ERR_PARSE);
            assert_true(code == CS_OK || (*m.place && *m.remedy));
            if (k->nearness > 0 && k->extra_frames == 0 && cut > 10000 && frames < k->rate / 40)
                fail_msg("%s cut at %zu: only %lld frames", k->name, cut, (long long)frames);
            close_file(d, &bytes);
        }
    }
}

static void damage_is_told_with_its_second(void **state) {
    (void)state;
    static unsigned char whole[512 * 1024];
    size_t length = read_bytes("16.flac", whole, sizeof whole);
    write_bytes("half.flac", whole, length / 2);
    cs_audio_bytes bytes;
    cs_decoder *d;
    cs_message m = {0};
    float block[64];
    uint32_t got = 0;
    int64_t frames = 0;
    assert_int_equal(open_file("half.flac", &bytes, &d, &m), CS_OK);
    assert_int_equal(read_all(d, &frames, &m), CS_ERR_PARSE);
    assert_true(frames > 44100 / 2 && frames < 44100 * 3 / 2);
    assert_non_null(strstr(m.place, "second "));
    assert_int_equal(decoder_read(d, block, 10, &got, &m), CS_ERR_PARSE); /* again, until another place is sought */
    assert_int_equal(decoder_seek(d, 1000, &m), CS_OK);
    assert_int_equal(decoder_read(d, block, 10, &got, &m), CS_OK);
    assert_int_equal(got, 10);
    assert_float_equal(block[0], tone(1000, 0, 44100), 0.0001);
    close_file(d, &bytes);
}

typedef struct failing {
    cs_audio_bytes inner;
    int64_t good;
} failing;

static int64_t failing_read(void *context, int64_t offset, void *out, int64_t most) {
    failing *f = context;
    return offset + most > f->good ? -1 : f->inner.read(f->inner.context, offset, out, most);
}

static void a_disk_that_fails_is_no_end(void **state) {
    (void)state;
    failing f = {.good = 100 * 1024};
    cs_message m = {0};
    cs_decoder *d = NULL;
    int64_t frames = 0;
    assert_int_equal(bytes_of_file(at("24.wav"), &f.inner, &m), CS_OK);
    cs_audio_bytes bytes = {.context = &f, .length = f.inner.length, .read = failing_read};
    assert_int_equal(decoder_open(&bytes, &d, &m), CS_OK);
    assert_int_equal(read_all(d, &frames, &m), CS_ERR_IO);
    assert_true(frames > 0);
    assert_non_null(strstr(m.place, "second "));
    decoder_close(d);
    f.good = 0;
    assert_int_equal(decoder_open(&bytes, &d, &m), CS_ERR_IO);
    bytes_close(&f.inner);
}

static void pictures_and_markers_are_passed_over(void **state) {
    (void)state;
    static unsigned char whole[512 * 1024], tagged[1024 * 1024];
    size_t length = read_bytes("a.mp3", whole, sizeof whole);
    memset(tagged, 0xFF, 200010); /* a tag of 200,000 bytes that look like frames */
    memcpy(tagged, "ID3\4\0\0\0\x0C\x1A\x40", 10);
    memcpy(tagged + 200010, whole, length);
    write_bytes("tagged.mp3", tagged, 200010 + length);
    cs_audio_bytes bytes;
    cs_decoder *d;
    cs_message m = {0};
    int64_t frames = 0;
    assert_int_equal(open_file("tagged.mp3", &bytes, &d, &m), CS_OK);
    assert_int_equal(read_all(d, &frames, &m), CS_OK);
    assert_true(frames >= 16000 * SECONDS);
    close_file(d, &bytes);

    length = read_bytes("16.wav", whole, sizeof whole);
    memcpy(tagged, whole, 12);
    for (int i = 0; i < 5000; i++) memcpy(tagged + 12 + i * 8, "junk\0\0\0\0", 8); /* more chunks than anyone writes */
    memcpy(tagged + 12 + 40000, whole + 12, length - 12);
    write_bytes("chunks.wav", tagged, length + 40000);
    assert_int_equal(open_file("chunks.wav", &bytes, &d, &m), CS_ERR_PARSE);
    assert_non_null(strstr(m.reason, "thousands of chunks"));
    memcpy(tagged + 12 + 8000, whole + 12, length - 12);
    write_bytes("chunks.wav", tagged, length + 8000);
    assert_int_equal(open_file("chunks.wav", &bytes, &d, &m), CS_OK);
    close_file(d, &bytes);
}

/* Made by the fuzzer: libsndfile 1.2.0 seeks in it without end, so the decoder must not let it. */
static void impossible_times_do_not_seek_for_ever(void **state) {
    (void)state;
    cs_audio_bytes bytes;
    cs_decoder *d;
    cs_message m = {0};
    float block[100 * 2];
    uint32_t got = 0;
    assert_int_equal(bytes_of_file(SOURCE "/tests/fuzz/corpus/decoder/endless-seek.opus", &bytes, &m), CS_OK);
    assert_int_equal(decoder_open(&bytes, &d, &m), CS_OK);
    for (int i = 0; i < 50; i++) {
        int64_t frames = decoder_format(d)->frames, to = i < 25 ? i * 100 : frames / 25 * (i - 25);
        cs_error code = decoder_seek(d, to, &m);
        assert_true(code == CS_OK || code == CS_ERR_USAGE || code == CS_ERR_PARSE);
        if (code == CS_OK) (void)decoder_read(d, block, 100, &got, &m);
    }
    close_file(d, &bytes);
}

static void recordings_appended_to_each_other_are_read_to_the_end(void **state) {
    (void)state;
    static unsigned char whole[512 * 1024];
    size_t length = read_bytes("a.mp3", whole, sizeof whole);
    int times = (int)(400 * 1024 / length) + 1;
    FILE *file = fopen(at("appended.mp3"), "wb");
    for (int i = 0; i < times; i++) assert_int_equal(fwrite(whole, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    cs_audio_bytes bytes;
    cs_decoder *d;
    cs_message m = {0};
    uint32_t got = 1;
    int64_t frames = 0;
    assert_int_equal(open_file("appended.mp3", &bytes, &d, &m), CS_OK);
    while (got > 0) {
        assert_int_equal(decoder_read(d, samples, 10000, &got, &m), CS_OK);
        frames += got;
    }
    assert_true(frames >= (int64_t)times * SECONDS * 16000);
    close_file(d, &bytes);
}

static size_t wound_mp3(char sort, int is_put_between, size_t at, size_t count, unsigned char *bytes, size_t length) {
    if (is_put_between) memmove(bytes + at + count, bytes + at, length - at);
    for (size_t i = at; i < at + count; i++) {
        bytes[i] = sort == 'r'            ? (unsigned char)(i * 2654435761U >> 13)
                   : sort == 's' && i % 2 ? 0xFB
                   : sort == 's'          ? 0xFF
                                          : 0;
    }
    if (sort == 't') memcpy(bytes + at, "ID3\4\0\0\0", 7);
    for (int i = 7; sort == 't' && i < 10; i++) bytes[at + (size_t)i] = (count - 10) >> 7 * (9 - i) & 0x7F;
    return length + (is_put_between ? count : 0);
}

/* The sound goes on behind it, in its place, and a place that is sought is the same as one that is read. */
static void foreign_bytes_in_an_mp3_are_passed(void **state) {
    (void)state;
    static unsigned char bytes[1024 * 1024];
    static float block[13][600];
    static const struct {
        char sort, is_put_between; /* syncs, random, zeros, tag */
        size_t count;
    } WOUNDS[] = {{'s', 0, 0},    {'s', 0, 400},  {'s', 1, 400},  {'s', 0, 3000},  {'r', 0, 1500},
                  {'r', 0, 4000}, {'z', 0, 2000}, {'t', 1, 5000}, {'t', 1, 200000}};
    enum { PIECES = 5, LENGTH = PIECES * SECONDS * 16000 };
    for (size_t i = 0; i < sizeof WOUNDS / sizeof *WOUNDS; i++) {
        size_t piece = read_bytes("a.mp3", bytes, sizeof bytes), count = WOUNDS[i].count;
        for (size_t n = 1; n < PIECES; n++) memcpy(bytes + n * piece, bytes, piece);
        count = wound_mp3(WOUNDS[i].sort, WOUNDS[i].is_put_between,
                          WOUNDS[i].sort == 't' ? 2 * piece : piece * 5 / 2 + 137, count, bytes, PIECES * piece);
        write_bytes("hurt.mp3", bytes, count);
        cs_audio_bytes file;
        cs_decoder *d;
        cs_message m = {0};
        uint32_t got = 0;
        int64_t frames = 0;
        assert_int_equal(open_file("hurt.mp3", &file, &d, &m), CS_OK);
        for (int n = 0; n < 13; n++) { /* first behind the place: before the library knows of it */
            assert_int_equal(decoder_seek(d, LENGTH / 13 * ((n * 5 + 10) % 13), &m), CS_OK);
            assert_int_equal(decoder_read(d, block[n], 300, &got, &m), CS_OK);
        }
        assert_int_equal(decoder_seek(d, 0, &m), CS_OK);
        if (read_all(d, &frames, &m) != CS_OK) fail_msg("%zu: %s", i, m.reason);
        if (frames < LENGTH - 3200 || frames > LENGTH + 3200 + PIECES * 2400) fail_msg("%zu: %ld", i, (long)frames);
        for (int n = 0; n < 13 * 600; n++) {
            int place = (n / 600 * 5 + 10) % 13;
            if (fabsf(block[n / 600][n % 600] - samples[LENGTH / 13 * place * 2 + n % 600]) > 1e-6F)
                fail_msg("%zu: another sample at %d of 13", i, place);
        }
        close_file(d, &file);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_encoding_gives_the_signal_back),
        cmocka_unit_test(a_place_that_is_sought_is_the_same_as_when_read),
        cmocka_unit_test(many_channels_are_mixed_into_one),
        cmocka_unit_test(samples_stay_within_bounds),
        cmocka_unit_test(what_a_killed_recorder_left_is_read),
        cmocka_unit_test(an_empty_recording_has_no_samples),
        cmocka_unit_test(impossible_headers_are_refused),
        cmocka_unit_test(foreign_files_are_refused_in_words),
        cmocka_unit_test(a_cut_file_gives_what_is_there_or_an_error),
        cmocka_unit_test(damage_is_told_with_its_second),
        cmocka_unit_test(a_disk_that_fails_is_no_end),
        cmocka_unit_test(impossible_times_do_not_seek_for_ever),
        cmocka_unit_test(recordings_appended_to_each_other_are_read_to_the_end),
        cmocka_unit_test(pictures_and_markers_are_passed_over),
        cmocka_unit_test(foreign_bytes_in_an_mp3_are_passed),
    };
    return cmocka_run_group_tests(tests, start, end);
}
