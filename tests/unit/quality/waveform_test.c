/* Waveforms: what was pushed in comes back as the highest level of each point, however it was pushed and however long it is. */
#include "quality/waveform.h"

#include "../store/folder.h"
#include "base/hash.h"
#include "quality/blob_bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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

/* Levels that differ at every frame and channel, quiet but for a peak every 997 frames. */
static uint8_t level_of(int64_t frame, int channel) {
    if (frame % 997 == 500 + channel) return 255;
    return (uint8_t)((frame * 7 + channel * 31) % 100);
}

static void write_waveform(int channels, int64_t frames, uint32_t block, char name[CS_BLOB_NAME_CHARS + 1]) {
    cs_waveform_writer *writer = NULL;
    cs_audio_frame *some = calloc((size_t)block * 2, sizeof *some);
    assert_non_null(some);
    assert_int_equal(waveform_begin(keys, folder.path, channels, &writer, &message), CS_OK);
    for (int64_t done = 0; done < frames;) {
        uint32_t count = frames - done < block ? (uint32_t)(frames - done) : block;
        for (uint32_t i = 0; i < count; i++)
            for (int c = 0; c < channels; c++)
                some[i * (uint32_t)channels + (uint32_t)c] = (cs_audio_frame){level_of(done + i, c), 9};
        assert_int_equal(waveform_push(writer, some, count, &message), CS_OK);
        done += count;
    }
    assert_int_equal(waveform_finish(writer, name, &message), CS_OK);
    free(some);
}

static cs_audio_bytes bytes;
static cs_waveform waveform;

static void open_waveform(int channels, int64_t frames) {
    char name[CS_BLOB_NAME_CHARS + 1];
    write_waveform(channels, frames, 333, name);
    assert_int_equal(bytes_of_blob(keys, folder.path, name, &bytes, &message), CS_OK);
    assert_int_equal(waveform_open(&bytes, &waveform, &message), CS_OK);
    assert_int_equal(waveform.channels, channels);
    assert_int_equal(waveform.frames, frames);
}

/* The same answer, made the slow way. */
static uint8_t expected(int64_t from_ms, int64_t to_ms, int points, int point, int channel) {
    int64_t start = from_ms + (to_ms - from_ms) * point / points,
            end = from_ms + (to_ms - from_ms) * (point + 1) / points;
    int64_t cell = (to_ms - from_ms) / points >= 2000 ? 1000 : CS_FRAME_MS;
    start = start / cell * (cell / CS_FRAME_MS);
    end = (end + cell - 1) / cell * (cell / CS_FRAME_MS);
    if (end <= start) end = start + 1;
    uint8_t highest = 0;
    for (int64_t i = start; i < end && i < waveform.frames; i++)
        if (level_of(i, channel) > highest) highest = level_of(i, channel);
    return highest;
}

static void assert_levels(int64_t from_ms, int64_t to_ms, int points) {
    static uint8_t levels[2 * CS_MOST_WAVEFORM_POINTS];
    assert_int_equal(waveform_levels(&waveform, from_ms, to_ms, points, levels, &message), CS_OK);
    for (int c = 0; c < waveform.channels; c++)
        for (int p = 0; p < points; p++)
            assert_int_equal(levels[c * points + p], expected(from_ms, to_ms, points, p, c));
}

static void each_point_holds_its_highest_level(void **state) {
    (void)state;
    for (int channels = 1; channels <= 2; channels++) {
        open_waveform(channels, 123456); /* 20.6 minutes, the last second cut */
        static const struct {
            int64_t from_ms, to_ms;
            int points;
        } cases[] = {{0, 1234560, 1},
                     {0, 1234560, 1200},
                     {0, 1234560, 4000},
                     {0, 1234560, 617},
                     {0, 1234560, 618},
                     {0, 10, 1},
                     {0, 10, 4000},
                     {5, 7, 3},
                     {60000, 61000, 7},
                     {999, 1001, 2},
                     {1234000, 1300000, 12},
                     {1234560, 1234570, 4},
                     {9999999, 10000000, 5},
                     {500, 1234499, 100},
                     {0, (int64_t)1 << 40, 1200}};
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
            assert_levels(cases[i].from_ms, cases[i].to_ms, cases[i].points);
        bytes_close(&bytes);
    }
}

static void the_size_of_blocks_changes_nothing(void **state) {
    (void)state;
    char one[CS_BLOB_NAME_CHARS + 1], many[CS_BLOB_NAME_CHARS + 1];
    write_waveform(2, 5050, 1, one);
    write_waveform(2, 5050, 5050, many);
    assert_string_equal(one, many); /* the same content has the same name */
}

static void an_empty_recording_has_an_empty_waveform(void **state) {
    (void)state;
    open_waveform(2, 0);
    assert_levels(0, 1000, 10);
    bytes_close(&bytes);
}

static void what_makes_no_sense_is_refused(void **state) {
    (void)state;
    cs_waveform_writer *writer = NULL;
    uint8_t level[2];
    assert_int_equal(waveform_begin(keys, folder.path, 3, &writer, &message), CS_ERR_USAGE);
    open_waveform(1, 100);
    assert_int_equal(waveform_levels(&waveform, -1, 1, 1, level, &message), CS_ERR_USAGE);
    assert_int_equal(waveform_levels(&waveform, 1, 1, 1, level, &message), CS_ERR_USAGE);
    assert_int_equal(waveform_levels(&waveform, 0, 1, 0, level, &message), CS_ERR_USAGE);
    assert_int_equal(waveform_levels(&waveform, 0, 1, CS_MOST_WAVEFORM_POINTS + 1, level, &message), CS_ERR_USAGE);
    assert_int_equal(waveform_levels(&waveform, 0, INT64_MAX, 1, level, &message), CS_ERR_USAGE);
    bytes_close(&bytes);
}

/* ---- bytes that are no waveform ---- */

static uint8_t rubbish[256];

static int64_t read_rubbish(void *context, int64_t offset, void *out, int64_t most) {
    int64_t length = *(int64_t *)context - offset;
    if (length > most) length = most;
    memcpy(out, rubbish + offset, (size_t)length);
    return length;
}

static void other_bytes_are_no_waveform(void **state) {
    (void)state;
    int64_t length = 0;
    cs_audio_bytes some = {&length, 0, read_rubbish, NULL};
    cs_waveform out;
    for (length = 0; length < (int64_t)sizeof rubbish; length++) {
        some.length = length;
        assert_int_equal(waveform_open(&some, &out, &message), CS_ERR_STORE);
    }
    length = some.length = 24;
    memcpy(rubbish, "CSWAVE1", 8);
    rubbish[8] = 1;
    assert_int_equal(waveform_open(&some, &out, &message), CS_OK); /* nothing of one channel */
    for (int i = 8; i < 24; i++) {
        uint8_t was = rubbish[i];
        rubbish[i] = i == 8 ? 3 : 255;
        assert_int_equal(waveform_open(&some, &out, &message), CS_ERR_STORE);
        rubbish[i] = was;
    }
    assert_true(strlen(message.remedy) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_point_holds_its_highest_level),
        cmocka_unit_test(the_size_of_blocks_changes_nothing),
        cmocka_unit_test(an_empty_recording_has_an_empty_waveform),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(other_bytes_are_no_waveform),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
