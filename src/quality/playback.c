#include "quality/playback.h"

#include "audio/decoder.h"
#include "quality/blob_bytes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An mp3 frame may borrow 511 bytes of earlier ones: at the lowest rates 6 frames of 1,152 samples. Decoded from LEAD_FRAMES
 * earlier, what follows a seek is what a reader from the beginning hears (measured: without it most seeks begin with noise). */
enum { BLOCK_FRAMES = 4096, LEAD_FRAMES = 3 * BLOCK_FRAMES, SAMPLE_BYTES = 2 };

typedef struct cs_part {
    cs_audio_bytes bytes;
    cs_decoder *decoder;
    int channels;
    int64_t frames;
    bool is_over; /* nothing more comes until a seek */
} cs_part;

struct cs_playback {
    cs_part parts[CS_MOST_PARTS];
    int part_count;
    int channels, rate_hz;
    int chosen; /* of a part with two channels the one that is heard; -1: both */
    int64_t frames;
    uint8_t header[CS_WAV_HEADER_BYTES];
    int64_t first, held; /* the frames in block */
    uint8_t block[BLOCK_FRAMES * CS_MOST_CHANNELS * SAMPLE_BYTES];
    float decoded[BLOCK_FRAMES * CS_MOST_CHANNELS];
};

/* ---- opening ---- */

/* What the decoder says of bytes that could not be read is not the reason. */
static cs_error with_reason(const cs_part *part, cs_error code, cs_message *message) {
    cs_error trouble = code == CS_OK ? CS_OK : blob_bytes_trouble(&part->bytes, message);
    return trouble != CS_OK ? trouble : code;
}

static cs_error open_part(cs_part *part, int rate_hz, cs_message *message) {
    cs_error code = with_reason(part, decoder_open(&part->bytes, &part->decoder, message), message);
    if (code == CS_ERR_PARSE || code == CS_ERR_LIMIT) code = CS_ERR_STORE; /* it was a recording when it came */
    if (code != CS_OK) return code;
    const cs_audio_format *format = decoder_format(part->decoder);
    part->channels = format->channels;
    if (format->rate_hz == rate_hz) return CS_OK;
    (void)message_set(message, CS_ERR_STORE, "the recording has %d samples a second, %d when it was taken in",
                      format->rate_hz, rate_hz);
    message_remedy(message, "inspect the recording again");
    return CS_ERR_STORE;
}

/* Which parts and channels a side is. */
static cs_error choose(cs_playback *playback, cs_playback_side side, cs_message *message) {
    bool is_two_parts = playback->part_count == 2;
    int available = is_two_parts ? 2 : playback->parts[0].channels;
    playback->channels = side == CS_PLAYBACK_BOTH ? available : 1;
    playback->chosen = side == CS_PLAYBACK_BOTH || is_two_parts || available == 1 ? -1 : (int)side - 1;
    if (side == CS_PLAYBACK_SECOND && available == 1) {
        (void)message_set(message, CS_ERR_USAGE, "the recording has no second side: both speak on one channel");
        message_remedy(message, "ask for side=both");
        return CS_ERR_USAGE;
    }
    return CS_OK;
}

/* Two parts of which one is heard become a recording of one part. */
static void drop_part(cs_playback *playback, int index) {
    bytes_close(&playback->parts[index].bytes);
    if (index == 0) playback->parts[0] = playback->parts[1];
    playback->parts[1] = (cs_part){0};
    playback->part_count = 1;
}

static void write_number(uint8_t *out, uint32_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) out[i] = (uint8_t)(value >> (8 * i));
}

/* The canonical header: RIFF, WAVE, a "fmt " chunk of 16 bytes for PCM, and "data". */
static void write_header(cs_playback *playback) {
    uint32_t block = (uint32_t)(playback->channels * SAMPLE_BYTES), rate = (uint32_t)playback->rate_hz;
    uint32_t bytes = (uint32_t)(playback->frames * block);
    uint8_t *header = playback->header;
    memcpy(header, "RIFF....WAVEfmt ", 16);
    write_number(header + 4, bytes + CS_WAV_HEADER_BYTES - 8, 4);
    write_number(header + 16, 16, 4);
    write_number(header + 20, 1, 2);
    write_number(header + 22, (uint32_t)playback->channels, 2);
    write_number(header + 24, rate, 4);
    write_number(header + 28, rate * block, 4);
    write_number(header + 32, block, 2);
    write_number(header + 34, 8 * SAMPLE_BYTES, 2);
    memcpy(header + 36, "data", 4);
    write_number(header + 40, bytes, 4);
}

static cs_error check_length(const cs_playback *playback, cs_message *message) {
    int64_t most = (int64_t)(UINT32_MAX - CS_WAV_HEADER_BYTES) / SAMPLE_BYTES / (playback->channels == 2 ? 2 : 1);
    if (playback->frames >= 0 && playback->frames <= most) return CS_OK;
    (void)message_set(message, CS_ERR_LIMIT, "the recording is longer than the %lld seconds a WAV file can hold",
                      (long long)(most / (playback->rate_hz > 0 ? playback->rate_hz : 1)));
    message_remedy(message, "%s",
                   playback->channels == 2 ? "ask for one side: side=1 or side=2" : "listen to the original file");
    return CS_ERR_LIMIT;
}

cs_error playback_open(const cs_playback_source *source, cs_playback_side side, cs_playback **out,
                       cs_message *message) {
    cs_playback *playback = calloc(1, sizeof *playback);
    if (!playback) {
        for (int i = 0; i < source->part_count; i++) {
            cs_audio_bytes bytes = source->parts[i];
            bytes_close(&bytes);
        }
        return message_set(message, CS_ERR_MEMORY, "no memory for the recording");
    }
    playback->part_count = source->part_count;
    playback->rate_hz = source->rate_hz;
    for (int i = 0; i < source->part_count; i++) {
        playback->parts[i] = (cs_part){.bytes = source->parts[i], .frames = source->frames[i]};
        if (source->frames[i] > playback->frames) playback->frames = source->frames[i];
    }
    bool is_one_of_two = source->part_count == 2 && side != CS_PLAYBACK_BOTH;
    if (is_one_of_two) drop_part(playback, side == CS_PLAYBACK_FIRST ? 1 : 0);
    cs_error code = CS_OK;
    for (int i = 0; code == CS_OK && i < playback->part_count; i++)
        code = open_part(&playback->parts[i], playback->rate_hz, message);
    if (code == CS_OK) {
        playback->chosen = -1;
        playback->channels = 1;
        if (!is_one_of_two) code = choose(playback, side, message);
    }
    if (code == CS_OK) code = check_length(playback, message);
    if (code != CS_OK) {
        playback_close(playback);
        return code;
    }
    write_header(playback);
    *out = playback;
    return CS_OK;
}

void playback_close(cs_playback *playback) {
    if (!playback) return;
    for (int i = 0; i < playback->part_count; i++) {
        decoder_close(playback->parts[i].decoder);
        bytes_close(&playback->parts[i].bytes);
    }
    free(playback);
}

/* ---- reading ---- */

int64_t playback_length(const cs_playback *playback) {
    return CS_WAV_HEADER_BYTES + playback->frames * playback->channels * SAMPLE_BYTES;
}

/* 16-bit sources come out bit by bit as they went in: the decoder divides by 32768. */
static uint16_t sample_of(float value) {
    float scaled = value * 32768.0F;
    if (scaled > 32767.0F) scaled = 32767.0F;
    if (scaled < -32768.0F) scaled = -32768.0F;
    return (uint16_t)(int16_t)lrintf(scaled);
}

/* One output channel of what the part decoded. A part that stands for one side and has two channels: their mean, unless
 * one was asked for. */
static float heard(const cs_playback *playback, const cs_part *part, int64_t frame, int channel) {
    const float *samples = playback->decoded + frame * part->channels;
    if (part->channels == 1) return samples[0];
    if (playback->chosen >= 0) return samples[playback->chosen];
    if (playback->part_count == 1 && playback->channels == 2) return samples[channel];
    return (samples[0] + samples[1]) / 2;
}

static void put_samples(cs_playback *playback, int index, uint32_t got) {
    const cs_part *part = &playback->parts[index];
    int first = playback->part_count == 2 ? index : 0;
    int last = playback->part_count == 2 ? index : playback->channels - 1;
    for (int channel = first; channel <= last; channel++)
        for (int64_t frame = 0; frame < got; frame++)
            write_number(playback->block + (frame * playback->channels + channel) * SAMPLE_BYTES,
                         sample_of(heard(playback, part, frame, channel)), SAMPLE_BYTES);
}

static cs_error seek_part(cs_playback *playback, const cs_part *part, int64_t frame, cs_message *message) {
    int64_t from = frame > LEAD_FRAMES ? frame - LEAD_FRAMES : 0;
    cs_error code = decoder_seek(part->decoder, from, message);
    while (code == CS_OK && from < frame) {
        uint32_t got = 0, some = frame - from < BLOCK_FRAMES ? (uint32_t)(frame - from) : BLOCK_FRAMES;
        code = decoder_read(part->decoder, playback->decoded, some, &got, message);
        if (code == CS_OK && got == 0) code = message_set(message, CS_ERR_PARSE, "the recording ends earlier");
        from += got;
    }
    return code;
}

/* Damage in the recording itself is silence from there on; bytes that can't be had are a failure. */
static cs_error read_part(cs_playback *playback, int index, int64_t frame, bool is_next, uint32_t frames,
                          cs_message *message) {
    cs_part *part = &playback->parts[index];
    cs_error code = CS_OK;
    uint32_t got = 0;
    if (!is_next) {
        part->is_over = frame >= part->frames; /* looking for it would mean reading the whole */
        if (!part->is_over) code = seek_part(playback, part, frame, message);
    }
    if (code == CS_OK && !part->is_over) code = decoder_read(part->decoder, playback->decoded, frames, &got, message);
    if (code != CS_OK || got < frames) part->is_over = true;
    cs_error trouble = blob_bytes_trouble(&part->bytes, message);
    if (trouble != CS_OK) return trouble;
    if (code == CS_ERR_MEMORY || code == CS_ERR_IO || code == CS_ERR_STORE) return code;
    put_samples(playback, index, got);
    return CS_OK;
}

static cs_error fill_block(cs_playback *playback, int64_t frame, cs_message *message) {
    bool is_next = frame == playback->first + playback->held;
    int64_t left = playback->frames - frame;
    uint32_t frames = left < BLOCK_FRAMES ? (uint32_t)left : BLOCK_FRAMES;
    memset(playback->block, 0, sizeof playback->block);
    cs_error code = CS_OK;
    for (int i = 0; code == CS_OK && i < playback->part_count; i++)
        code = read_part(playback, i, frame, is_next, frames, message);
    playback->first = code == CS_OK ? frame : -1; /* after a failure nothing follows on: seek */
    playback->held = code == CS_OK ? frames : 0;
    return code;
}

static size_t lesser(int64_t available, size_t most) {
    return available < (int64_t)most ? (size_t)available : most;
}

cs_error playback_read(cs_playback *playback, int64_t offset, void *out, size_t most, size_t *got,
                       cs_message *message) {
    int64_t frame_bytes = (int64_t)playback->channels * SAMPLE_BYTES, length = playback_length(playback);
    uint8_t *to = out;
    size_t done = 0;
    if (offset < 0) return message_set(message, CS_ERR_USAGE, "a place before the beginning");
    while (done < most && offset < length) {
        size_t part;
        if (offset < CS_WAV_HEADER_BYTES) {
            part = lesser(CS_WAV_HEADER_BYTES - offset, most - done);
            memcpy(to + done, playback->header + offset, part);
        } else {
            int64_t at = offset - CS_WAV_HEADER_BYTES, frame = at / frame_bytes;
            if (frame < playback->first || frame >= playback->first + playback->held) {
                cs_error code = fill_block(playback, frame, message);
                if (code != CS_OK) return code;
            }
            int64_t inside = at - playback->first * frame_bytes;
            part = lesser(playback->held * frame_bytes - inside, most - done);
            memcpy(to + done, playback->block + inside, part);
        }
        done += part;
        offset += (int64_t)part;
    }
    *got = done;
    return CS_OK;
}
