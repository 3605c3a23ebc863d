#include "quality/waveform.h"

#include "base/buffer.h"
#include "quality/blob_bytes.h"

#include <stdlib.h>
#include <string.h>

enum {
    FRAMES_A_SECOND = 1000 / CS_FRAME_MS,
    MOST_CHANNELS = 2,
    TAIL_BYTES = 24,
    BLOCK_BYTES = 16 * 1024,
    COARSE_FROM_MS = 2000, /* so that at most some 800,000 frames are read for one answer */
};
static const char MAGIC[8] = "CSWAVE1";

_Static_assert(sizeof(cs_audio_frame) == 2, "frames are written as they lie in memory");

/* ---- writing ---- */

struct cs_waveform_writer {
    cs_blob_writer *blob;
    int channels;
    int64_t frames;
    uint8_t highest[MOST_CHANNELS]; /* of the second under way */
    cs_buffer seconds; /* of the ones before */
};

cs_error waveform_begin(const cs_keys *keys, const char *folder, int channels, cs_waveform_writer **out,
                        cs_message *message) {
    if (channels < 1 || channels > MOST_CHANNELS)
        return message_set(message, CS_ERR_USAGE, "a waveform has one or two channels, not %d", channels);
    cs_waveform_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return message_set(message, CS_ERR_MEMORY, "no memory for the waveform");
    writer->channels = channels;
    buffer_init(&writer->seconds, (size_t)MOST_CHANNELS * CS_MOST_WAVEFORM_SECONDS);
    cs_error code = blob_begin(keys, folder, &writer->blob, message);
    if (code != CS_OK) {
        waveform_abort(writer);
        return code;
    }
    *out = writer;
    return CS_OK;
}

static void end_second(cs_waveform_writer *writer) {
    (void)buffer_append(&writer->seconds, writer->highest, (size_t)writer->channels);
    memset(writer->highest, 0, sizeof writer->highest);
}

static cs_error too_long(cs_message *message) {
    (void)message_set(message, CS_ERR_LIMIT, "the recording is longer than %d hours", CS_MOST_WAVEFORM_SECONDS / 3600);
    message_remedy(message, "cut it into pieces");
    return CS_ERR_LIMIT;
}

cs_error waveform_push(cs_waveform_writer *writer, const cs_audio_frame *frames, uint32_t count, cs_message *message) {
    size_t channels = (size_t)writer->channels;
    if (writer->frames + count > (int64_t)CS_MOST_WAVEFORM_SECONDS * FRAMES_A_SECOND) return too_long(message);
    for (uint32_t i = 0; i < count; i++) {
        for (size_t c = 0; c < channels; c++) {
            uint8_t level = frames[i * channels + c].level;
            if (level > writer->highest[c]) writer->highest[c] = level;
        }
        if (++writer->frames % FRAMES_A_SECOND == 0) end_second(writer);
    }
    if (writer->seconds.is_failed) return message_set(message, CS_ERR_MEMORY, "no memory for the waveform");
    return blob_append(writer->blob, frames, count * channels * sizeof *frames, message);
}

static void write_number(uint8_t *out, uint64_t value) {
    for (size_t i = 0; i < 8; i++) out[i] = (uint8_t)(value >> (8 * i));
}

cs_error waveform_finish(cs_waveform_writer *writer, char name[CS_BLOB_NAME_CHARS + 1], cs_message *message) {
    uint8_t tail[TAIL_BYTES];
    if (writer->frames % FRAMES_A_SECOND) end_second(writer);
    memcpy(tail, MAGIC, sizeof MAGIC);
    write_number(tail + 8, (uint64_t)writer->channels);
    write_number(tail + 16, (uint64_t)writer->frames);
    cs_error code = CS_OK;
    if (writer->seconds.is_failed) code = message_set(message, CS_ERR_MEMORY, "no memory for the waveform");
    if (code == CS_OK && writer->seconds.length)
        code = blob_append(writer->blob, writer->seconds.data, writer->seconds.length, message);
    if (code == CS_OK) code = blob_append(writer->blob, tail, sizeof tail, message);
    if (code == CS_OK) {
        code = blob_finish(writer->blob, name, message);
        writer->blob = NULL;
    }
    waveform_abort(writer);
    return code;
}

void waveform_abort(cs_waveform_writer *writer) {
    if (!writer) return;
    blob_abort(writer->blob);
    buffer_free(&writer->seconds);
    free(writer);
}

/* ---- reading ---- */

static uint64_t read_number(const uint8_t *bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < 8; i++) value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static cs_error read_exactly(const cs_audio_bytes *bytes, int64_t offset, void *out, int64_t length,
                             cs_message *message) {
    if (bytes->read(bytes->context, offset, out, length) == length) return CS_OK;
    cs_error code = blob_bytes_trouble(bytes, message);
    return code != CS_OK ? code : message_set(message, CS_ERR_STORE, "the waveform can't be read to its end");
}

static int64_t seconds_of(int64_t frames) {
    return (frames + FRAMES_A_SECOND - 1) / FRAMES_A_SECOND;
}

cs_error waveform_open(const cs_audio_bytes *bytes, cs_waveform *out, cs_message *message) {
    uint8_t tail[TAIL_BYTES];
    uint64_t channels = 0, frames = 0;
    if (bytes->length >= TAIL_BYTES) {
        cs_error code = read_exactly(bytes, bytes->length - TAIL_BYTES, tail, TAIL_BYTES, message);
        if (code != CS_OK) return code;
        if (memcmp(tail, MAGIC, sizeof MAGIC) == 0) {
            channels = read_number(tail + 8);
            frames = read_number(tail + 16);
        }
    }
    bool is_sound =
        channels >= 1 && channels <= MOST_CHANNELS && frames <= (uint64_t)CS_MOST_WAVEFORM_SECONDS * FRAMES_A_SECOND &&
        bytes->length - TAIL_BYTES == (int64_t)channels * (2 * (int64_t)frames + seconds_of((int64_t)frames));
    if (!is_sound) {
        (void)message_set(message, CS_ERR_STORE, "the stored waveform has another form than this program writes");
        message_remedy(message, "inspect the recording again");
        return CS_ERR_STORE;
    }
    *out = (cs_waveform){bytes, (int)channels, (int64_t)frames};
    return CS_OK;
}

/* Cells of equal size, read in their order, a block at a time. */
typedef struct cs_cells {
    const cs_audio_bytes *bytes;
    int64_t start; /* of cell 0 */
    int64_t count;
    int64_t cell_ms;
    int64_t cell_bytes;
    int64_t first, held; /* what block holds */
    uint8_t block[BLOCK_BYTES];
} cs_cells;

static cs_error cell_at(cs_cells *cells, int64_t index, const uint8_t **out, cs_message *message) {
    if (index < cells->first || index >= cells->first + cells->held) {
        int64_t held = BLOCK_BYTES / cells->cell_bytes;
        if (held > cells->count - index) held = cells->count - index;
        cells->held = 0;
        cs_error code = read_exactly(cells->bytes, cells->start + index * cells->cell_bytes, cells->block,
                                     held * cells->cell_bytes, message);
        if (code != CS_OK) return code;
        cells->first = index;
        cells->held = held;
    }
    *out = cells->block + (index - cells->first) * cells->cell_bytes;
    return CS_OK;
}

static void cells_init(cs_cells *cells, const cs_waveform *waveform, bool is_coarse) {
    int64_t frame_bytes = waveform->channels * (int64_t)sizeof(cs_audio_frame);
    cells->bytes = waveform->bytes;
    cells->start = is_coarse ? waveform->frames * frame_bytes : 0;
    cells->count = is_coarse ? seconds_of(waveform->frames) : waveform->frames;
    cells->cell_ms = is_coarse ? 1000 : CS_FRAME_MS;
    cells->cell_bytes = is_coarse ? waveform->channels : frame_bytes;
    cells->first = cells->held = 0;
}

cs_error waveform_levels(const cs_waveform *waveform, int64_t from_ms, int64_t to_ms, int points, uint8_t *out,
                         cs_message *message) {
    if (from_ms < 0 || to_ms <= from_ms || to_ms > INT64_MAX / CS_MOST_WAVEFORM_POINTS || points < 1 ||
        points > CS_MOST_WAVEFORM_POINTS)
        return message_set(message, CS_ERR_USAGE, "a waveform shows 1 to %d points of a span that is not empty",
                           CS_MOST_WAVEFORM_POINTS);
    int64_t span = to_ms - from_ms, channels = waveform->channels;
    cs_cells cells;
    cells_init(&cells, waveform, span / points >= COARSE_FROM_MS);
    int64_t step = cells.cell_bytes / channels; /* the level is the first byte of a channel's part */
    memset(out, 0, (size_t)(channels * points));
    for (int point = 0; point < points; point++) {
        int64_t start = from_ms + span * point / points, end = from_ms + span * (point + 1) / points;
        int64_t last = (end + cells.cell_ms - 1) / cells.cell_ms;
        for (int64_t i = start / cells.cell_ms; i < cells.count && (i < last || i == start / cells.cell_ms); i++) {
            const uint8_t *cell = NULL;
            cs_error code = cell_at(&cells, i, &cell, message);
            if (code != CS_OK) return code;
            for (int64_t c = 0; c < channels; c++) {
                uint8_t *highest = &out[c * points + point];
                if (cell[c * step] > *highest) *highest = cell[c * step];
            }
        }
    }
    return CS_OK;
}
