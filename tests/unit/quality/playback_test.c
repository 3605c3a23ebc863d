/* Playback: whatever a recording came as, it is one WAV file, the same from any byte on. */
#include "quality/playback.h"

#include "../store/folder.h"
#include "base/hash.h"
#include "quality/blob_bytes.h"
#include "quality/playback_shelf.h"

#include <math.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RATE = 8000, FRAMES = 30011 /* some blocks, the last one cut */, CHANGED_BLOB_FRAMES = 200000 };

static cs_folder folder;
static cs_message message;
static cs_keys *keys;

static int start(void **state) {
    (void)state;
    char path[192];
    folder_make(&folder);
    (void)snprintf(path, sizeof path, "%s/recordings.key", folder.path);
    return hash_start() && keys_open(path, CS_KEYS_MAKE, &keys, &message) == CS_OK ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    keys_close(keys);
    folder_remove(&folder);
    return 0;
}

/* ---- recordings ---- */

/* A tone that rises, another on each channel: each place differs from all others. */
static int16_t sample_at(int64_t frame, int channel) {
    double seconds = (double)frame / RATE;
    return (int16_t)lrint(12000 * sin(6.2831853 * seconds * (200 + 300 * channel + 100 * seconds)));
}

static void write_recording(const char *path, int format, int channels, int64_t frames, int first_channel) {
    SF_INFO info = {.samplerate = RATE, .channels = channels, .format = format};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    assert_non_null(file);
    for (int64_t i = 0; i < frames; i++) {
        short samples[2] = {sample_at(i, first_channel), sample_at(i, first_channel + 1)};
        assert_int_equal(sf_writef_short(file, samples, 1), 1);
    }
    assert_int_equal(sf_close(file), 0);
}

static cs_audio_bytes recording(const char *name, int format, int channels, int64_t frames, int first_channel) {
    char path[192];
    cs_audio_bytes bytes;
    (void)snprintf(path, sizeof path, "%s/%s", folder.path, name);
    write_recording(path, format, channels, frames, first_channel);
    assert_int_equal(bytes_of_file(path, &bytes, &message), CS_OK);
    return bytes;
}

static cs_playback *open_playback(cs_playback_source source, cs_playback_side side) {
    cs_playback *playback = NULL;
    cs_error code = playback_open(&source, side, &playback, &message);
    if (code != CS_OK) print_message("%s\n", message.reason);
    assert_int_equal(code, CS_OK);
    return playback;
}

/* All of it, in one read. */
static uint8_t *read_whole(cs_playback *playback) {
    size_t length = (size_t)playback_length(playback), got = 0;
    uint8_t *whole = malloc(length + 1);
    assert_non_null(whole);
    assert_int_equal(playback_read(playback, 0, whole, length + 1, &got, &message), CS_OK);
    assert_int_equal(got, length);
    return whole;
}

static uint32_t number_at(const uint8_t *bytes, int count) {
    uint32_t value = 0;
    for (int i = 0; i < count; i++) value |= (uint32_t)bytes[i] << (8 * i);
    return value;
}

static int16_t sample_in(const uint8_t *whole, int channels, int64_t frame, int channel) {
    return (int16_t)number_at(whole + CS_WAV_HEADER_BYTES + 2 * (frame * channels + channel), 2);
}

static void assert_header(const uint8_t *whole, int channels, int64_t frames) {
    uint32_t bytes = (uint32_t)(frames * channels * 2);
    assert_memory_equal(whole, "RIFF", 4);
    assert_int_equal(number_at(whole + 4, 4), bytes + 36);
    assert_memory_equal(whole + 8, "WAVEfmt ", 8);
    assert_int_equal(number_at(whole + 16, 4), 16);
    assert_int_equal(number_at(whole + 20, 2), 1);
    assert_int_equal(number_at(whole + 22, 2), channels);
    assert_int_equal(number_at(whole + 24, 4), RATE);
    assert_int_equal(number_at(whole + 28, 4), RATE * channels * 2);
    assert_int_equal(number_at(whole + 32, 2), channels * 2);
    assert_int_equal(number_at(whole + 34, 2), 16);
    assert_memory_equal(whole + 36, "data", 4);
    assert_int_equal(number_at(whole + 40, 4), bytes);
}

/* Every sample as it was; channel 0 of the playback is first_channel of the signal. */
static void assert_samples(const uint8_t *whole, int channels, int64_t frames, int first_channel) {
    for (int64_t i = 0; i < frames; i++)
        for (int c = 0; c < channels; c++)
            assert_int_equal(sample_in(whole, channels, i, c), sample_at(i, first_channel + c));
}

static const int PCM = SF_FORMAT_WAV | SF_FORMAT_PCM_16;

/* ---- what must hold ---- */

static void the_whole_is_the_original(void **state) {
    (void)state;
    for (int channels = 1; channels <= 2; channels++) {
        cs_playback *playback = open_playback(
            (cs_playback_source){{recording("a.wav", PCM, channels, FRAMES, 0)}, 1, RATE, {FRAMES}}, CS_PLAYBACK_BOTH);
        uint8_t *whole = read_whole(playback);
        assert_header(whole, channels, FRAMES);
        assert_samples(whole, channels, FRAMES, 0);
        free(whole);
        playback_close(playback);
    }
}

static void each_side_is_heard_alone(void **state) {
    (void)state;
    for (int side = 1; side <= 2; side++) {
        cs_playback *playback = open_playback(
            (cs_playback_source){{recording("a.wav", PCM, 2, FRAMES, 0)}, 1, RATE, {FRAMES}}, (cs_playback_side)side);
        uint8_t *whole = read_whole(playback);
        assert_header(whole, 1, FRAMES);
        assert_samples(whole, 1, FRAMES, side - 1);
        free(whole);
        playback_close(playback);
    }
    cs_playback *playback = open_playback(
        (cs_playback_source){{recording("a.wav", PCM, 1, FRAMES, 0)}, 1, RATE, {FRAMES}}, CS_PLAYBACK_FIRST);
    playback_close(playback);
}

static cs_playback_source two_parts(int64_t second) {
    return (cs_playback_source){
        {recording("a.wav", PCM, 1, FRAMES, 0), recording("b.wav", PCM, 1, second, 1)}, 2, RATE, {FRAMES, second}};
}

static void two_files_are_left_and_right(void **state) {
    (void)state;
    int64_t second = FRAMES - 7000; /* silence from there on */
    cs_playback *playback = open_playback(two_parts(second), CS_PLAYBACK_BOTH);
    uint8_t *whole = read_whole(playback);
    assert_header(whole, 2, FRAMES);
    assert_samples(whole, 2, second, 0);
    for (int64_t i = second; i < FRAMES; i++) {
        assert_int_equal(sample_in(whole, 2, i, 0), sample_at(i, 0));
        assert_int_equal(sample_in(whole, 2, i, 1), 0);
    }
    free(whole);
    playback_close(playback);
    for (int side = 1; side <= 2; side++) { /* each lasts as long as both together */
        playback = open_playback(two_parts(second), (cs_playback_side)side);
        whole = read_whole(playback);
        assert_header(whole, 1, FRAMES);
        assert_samples(whole, 1, side == 1 ? FRAMES : second, side - 1);
        if (side == 2) assert_int_equal(sample_in(whole, 1, FRAMES - 1, 0), 0);
        free(whole);
        playback_close(playback);
    }
}

static void the_length_promised_is_kept(void **state) {
    (void)state;
    static const int64_t promised[] = {0, 1, 4096, FRAMES - 1, FRAMES + 1, FRAMES + 9000};
    for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++) {
        cs_playback *playback = open_playback(
            (cs_playback_source){{recording("a.wav", PCM, 1, FRAMES, 0)}, 1, RATE, {promised[i]}}, CS_PLAYBACK_BOTH);
        uint8_t *whole = read_whole(playback);
        assert_header(whole, 1, promised[i]);
        assert_samples(whole, 1, promised[i] < FRAMES ? promised[i] : FRAMES, 0);
        for (int64_t k = FRAMES; k < promised[i]; k++) assert_int_equal(sample_in(whole, 1, k, 0), 0);
        free(whole);
        playback_close(playback);
    }
}

/* Reads slices from all over and holds them against the whole; most: how far a sample may be off. */
static void assert_slices(cs_playback *playback, int most) {
    uint8_t *whole = read_whole(playback), slice[20000];
    int64_t length = playback_length(playback), from = 0;
    uint32_t random = 12345;
    for (int i = 0; i < 400; i++) {
        size_t got = 0, asked;
        random = random * 1664525 + 1013904223;
        asked = 1 + (random >> 8) % sizeof slice;
        if (i % 3) from = (random >> 4) % length; /* else where the last one ended */
        if (i < 50) from = i; /* around the header's end */
        if (i >= 50 && i < 60) from = length - (i - 50);
        assert_int_equal(playback_read(playback, from, slice, asked, &got, &message), CS_OK);
        assert_int_equal(got, (int64_t)asked < length - from ? (int64_t)asked : length - from);
        if (most == 0) {
            assert_memory_equal(slice, whole + from, got);
        } else {
            size_t k = from < CS_WAV_HEADER_BYTES ? CS_WAV_HEADER_BYTES - (size_t)from : (size_t)(from & 1);
            for (; k + 1 < got; k += 2) {
                int is = (int16_t)number_at(slice + k, 2), was = (int16_t)number_at(whole + from + k, 2);
                assert_in_range(abs(is - was), 0, most);
            }
        }
        from += (int64_t)got;
    }
    free(whole);
}

static void any_byte_can_be_read_first(void **state) {
    (void)state;
    cs_playback *playback = open_playback(two_parts(FRAMES - 7000), CS_PLAYBACK_BOTH);
    assert_slices(playback, 0);
    size_t got = 1;
    uint8_t byte;
    assert_int_equal(playback_read(playback, playback_length(playback), &byte, 1, &got, &message), CS_OK);
    assert_int_equal(got, 0);
    assert_int_equal(playback_read(playback, INT64_MAX, &byte, 1, &got, &message), CS_OK);
    assert_int_equal(got, 0);
    assert_int_equal(playback_read(playback, -1, &byte, 1, &got, &message), CS_ERR_USAGE);
    playback_close(playback);
}

/* Where the encoding leans on what came before, the last bit may be rounded another way. */
static void every_encoding_can_be_read_from_anywhere(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int format, most;
    } cases[] = {
        {"mu-law", SF_FORMAT_WAV | SF_FORMAT_ULAW, 0},     {"A-law", SF_FORMAT_WAV | SF_FORMAT_ALAW, 0},
        {"ADPCM", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 0}, {"flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 0},
        {"Opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 1},       {"mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("%s\n", cases[i].name);
        cs_playback *playback = open_playback(
            (cs_playback_source){{recording("a", cases[i].format, 2, 3 * FRAMES, 0)}, 1, RATE, {3 * FRAMES}},
            CS_PLAYBACK_BOTH);
        assert_slices(playback, cases[i].most);
        playback_close(playback);
    }
}

/* ---- what can't be played ---- */

static void assert_refused(cs_playback_source source, cs_playback_side side, cs_error expected) {
    cs_playback *playback = NULL;
    assert_int_equal(playback_open(&source, side, &playback, &message), expected);
    assert_null(playback);
    assert_true(message.reason[0] != 0);
}

static void what_can_not_be_played_is_named(void **state) {
    (void)state;
    assert_refused((cs_playback_source){{recording("a.wav", PCM, 1, 10, 0)}, 1, RATE, {10}}, CS_PLAYBACK_SECOND,
                   CS_ERR_USAGE);
    assert_refused((cs_playback_source){{recording("a.wav", PCM, 1, 10, 0)}, 1, 16000, {10}}, CS_PLAYBACK_BOTH,
                   CS_ERR_STORE);
    assert_refused((cs_playback_source){{recording("a.wav", PCM, 2, 10, 0)}, 1, RATE, {(int64_t)1 << 30}},
                   CS_PLAYBACK_BOTH, CS_ERR_LIMIT);
    assert_non_null(strstr(message.remedy, "side=1"));
    assert_refused((cs_playback_source){{recording("a.wav", PCM, 1, 10, 0)}, 1, RATE, {(int64_t)1 << 31}},
                   CS_PLAYBACK_BOTH, CS_ERR_LIMIT);
    cs_playback *playback = open_playback(
        (cs_playback_source){{recording("a.wav", PCM, 2, 10, 0)}, 1, RATE, {(int64_t)1 << 30}}, CS_PLAYBACK_FIRST);
    playback_close(playback);
    char path[192];
    cs_audio_bytes rubbish;
    (void)snprintf(path, sizeof path, "%s/recordings.key", folder.path); /* no recording */
    assert_int_equal(bytes_of_file(path, &rubbish, &message), CS_OK);
    assert_refused((cs_playback_source){{rubbish}, 1, RATE, {10}}, CS_PLAYBACK_BOTH, CS_ERR_STORE);
}

static void a_recording_that_breaks_off_ends_in_silence(void **state) {
    (void)state;
    cs_audio_bytes bytes = recording("a.wav", PCM, 1, FRAMES, 0);
    char path[192];
    (void)snprintf(path, sizeof path, "%s/a.wav", folder.path);
    bytes_close(&bytes);
    assert_int_equal(truncate(path, 44 + 2 * 10000), 0);
    assert_int_equal(bytes_of_file(path, &bytes, &message), CS_OK);
    cs_playback *playback = open_playback((cs_playback_source){{bytes}, 1, RATE, {FRAMES}}, CS_PLAYBACK_BOTH);
    uint8_t *whole = read_whole(playback);
    assert_samples(whole, 1, 10000, 0);
    for (int64_t i = 10000; i < FRAMES; i++) assert_int_equal(sample_in(whole, 1, i, 0), 0);
    free(whole);
    assert_slices(playback, 0);
    playback_close(playback);
}

/* ---- out of the store ---- */

static void store_recording(char name[CS_BLOB_NAME_CHARS + 1]) {
    char path[192], block[4096];
    size_t got;
    cs_blob_writer *writer = NULL;
    (void)snprintf(path, sizeof path, "%s/c.wav", folder.path);
    write_recording(path, PCM, 1, CHANGED_BLOB_FRAMES, 0);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(blob_begin(keys, folder.path, &writer, &message), CS_OK);
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        assert_int_equal(blob_append(writer, block, got, &message), CS_OK);
    (void)fclose(file);
    assert_int_equal(blob_finish(writer, name, &message), CS_OK);
}

static void flip_byte(const char *name, long place) {
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%.2s/%s", folder.path, name, name);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, place, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, place, SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ 1, file), byte ^ 1);
    assert_int_equal(fclose(file), 0);
}

/* A changed chunk is no silence: what was stored is not what is there. */
static void a_changed_blob_is_not_played(void **state) {
    (void)state;
    char name[CS_BLOB_NAME_CHARS + 1];
    store_recording(name);
    cs_audio_bytes bytes;
    assert_int_equal(bytes_of_blob(keys, folder.path, name, &bytes, &message), CS_OK);
    cs_playback *playback =
        open_playback((cs_playback_source){{bytes}, 1, RATE, {CHANGED_BLOB_FRAMES}}, CS_PLAYBACK_BOTH);
    uint8_t *whole = read_whole(playback);
    assert_samples(whole, 1, CHANGED_BLOB_FRAMES, 0);
    free(whole);
    playback_close(playback);

    flip_byte(name, 200000);
    uint8_t some[4096];
    size_t got;
    assert_int_equal(bytes_of_blob(keys, folder.path, name, &bytes, &message), CS_OK);
    playback = open_playback((cs_playback_source){{bytes}, 1, RATE, {CHANGED_BLOB_FRAMES}}, CS_PLAYBACK_BOTH);
    assert_int_equal(playback_read(playback, 44, some, sizeof some, &got, &message), CS_OK);
    assert_int_equal(playback_read(playback, 200000, some, sizeof some, &got, &message), CS_ERR_STORE);
    playback_close(playback);

    flip_byte(name, 200000);
    flip_byte(name, 10000); /* in the first chunk, behind the blob's header */
    assert_int_equal(bytes_of_blob(keys, folder.path, name, &bytes, &message), CS_OK);
    assert_refused((cs_playback_source){{bytes}, 1, RATE, {CHANGED_BLOB_FRAMES}}, CS_PLAYBACK_BOTH, CS_ERR_STORE);
}

/* ---- kept open ---- */

static void the_shelf_gives_back_what_was_put(void **state) {
    (void)state;
    cs_playback_shelf *shelf = NULL;
    cs_playback *playbacks[CS_SHELF_PLACES + 1];
    char name[CS_SHELF_NAME_CHARS + 2];
    assert_int_equal(playback_shelf_create(&shelf, &message), CS_OK);
    assert_null(playback_shelf_take(shelf, "0"));
    for (int i = 0; i <= CS_SHELF_PLACES; i++) { /* one too many: some one of them is closed */
        playbacks[i] = open_playback(two_parts(FRAMES), CS_PLAYBACK_BOTH);
        (void)snprintf(name, sizeof name, "%d", i);
        playback_shelf_put(shelf, name, playbacks[i]);
    }
    int found = 0;
    for (int i = 0; i <= CS_SHELF_PLACES; i++) {
        (void)snprintf(name, sizeof name, "%d", i);
        cs_playback *playback = playback_shelf_take(shelf, name);
        if (!playback) continue;
        found++;
        assert_ptr_equal(playback, playbacks[i]);
        assert_null(playback_shelf_take(shelf, name)); /* who has it has it alone */
        assert_slices(playback, 0); /* and it reads as ever */
        playback_close(playback);
    }
    assert_int_equal(found, CS_SHELF_PLACES);
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = 0;
    playback_shelf_put(shelf, name, open_playback(two_parts(FRAMES), CS_PLAYBACK_BOTH));
    assert_null(playback_shelf_take(shelf, name));
    playback_shelf_put(shelf, "left", open_playback(two_parts(FRAMES), CS_PLAYBACK_BOTH)); /* freed with the shelf */
    playback_shelf_free(shelf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_is_the_original),
        cmocka_unit_test(each_side_is_heard_alone),
        cmocka_unit_test(two_files_are_left_and_right),
        cmocka_unit_test(the_length_promised_is_kept),
        cmocka_unit_test(any_byte_can_be_read_first),
        cmocka_unit_test(every_encoding_can_be_read_from_anywhere),
        cmocka_unit_test(what_can_not_be_played_is_named),
        cmocka_unit_test(a_recording_that_breaks_off_ends_in_silence),
        cmocka_unit_test(a_changed_blob_is_not_played),
        cmocka_unit_test(the_shelf_gives_back_what_was_put),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
