/* MP3: where its sound ends, and what the library is to believe of it. Source: ISO 11172-3; the tables of Xing and LAME. */
#include "audio/envelope.h"

#include <string.h>

/* Where an mp3's sound ends: tags of the old kind stand behind it (ID3v1 128 bytes, APE with its length in a foot of 32). */
static int64_t end_of_mp3(const cs_envelope *envelope) {
    unsigned char foot[32];
    int64_t end = envelope->bytes->length;
    for (int i = 0; i < CS_ENVELOPE_MOST_TAGS; i++) {
        if (envelope_bytes_at(envelope, end - 128, foot, 3) && memcmp(foot, "TAG", 3) == 0) {
            end -= 128;
        } else if (envelope_bytes_at(envelope, end - 32, foot, 32) && memcmp(foot, "APETAGEX", 8) == 0) {
            int64_t length = (int64_t)envelope_little(foot + 12, 4) + (foot[23] & 0x80 ? 32 : 0);
            end -= length >= 32 && length < end ? length : 32;
        } else {
            break;
        }
    }
    return end;
}

/* The first frame may hold a table that says how many frames and bytes there are, and how many samples are padding. */
static size_t find_mp3_table(const unsigned char *frame) {
    bool is_first_version = (frame[1] >> 3 & 3) == 3, is_mono = frame[3] >> 6 == 3;
    size_t table = 4 + (size_t)(is_first_version ? (is_mono ? 17 : 32) : (is_mono ? 9 : 17));
    bool is_there = memcmp(frame + table, "Xing", 4) == 0 || memcmp(frame + table, "Info", 4) == 0;
    return is_there && (frame[table + 7] & 1) ? table : 0; /* bit 0: it counts the frames */
}

/* The library ends where it believes the last sample to be. Without a table it judges by the first frame's bit rate, and would
 * leave out the end of what was recorded at a varying rate: so it is told a length that no true one can exceed (320 kbit/s
 * against 8). With a table it ends where that says: but of recordings appended to each other the table knows the first alone,
 * so its name is wiped out. */
static cs_error open_mp3(cs_envelope *envelope, bool is_table_believed, cs_message *message) {
    enum { MOST_TIMES = 320 / 8, SPARE = 64 * 1024 };
    unsigned char frame[4 + 32 + 16];
    int64_t start = envelope->body_offset;
    envelope->body_length = end_of_mp3(envelope) - start;
    if (envelope->body_length < (int64_t)sizeof frame || !envelope_bytes_at(envelope, start, frame, sizeof frame))
        return envelope_broken(envelope, start, "it ends too early", message);
    size_t table = find_mp3_table(frame);
    uint64_t bytes = table && (frame[table + 7] & 2) ? envelope_big(frame + table + 12, 4) : 0;
    if (table && is_table_believed && (uint64_t)envelope->body_length <= bytes + SPARE) return CS_OK;
    if (table) {
        memset(frame + table, 0, 4);
        envelope_put(envelope, frame, table + 4);
        envelope->body_offset += (int64_t)table + 4;
        envelope->body_length -= (int64_t)table + 4;
    }
    envelope->told_length = envelope_length(envelope) * MOST_TIMES + SPARE;
    return CS_OK;
}

cs_error envelope_mp3(cs_envelope *envelope, cs_message *message) {
    return open_mp3(envelope, true, message);
}

/* ---- behind damage ---- */

typedef struct mp3_frame {
    unsigned char head[4];
    int64_t bytes, samples;
} mp3_frame;

/* False: no frame begins so. Of a free bit rate there is no length to be known. */
static bool read_frame(const unsigned char head[4], mp3_frame *out) {
    static const short RATES[5][15] = {
        {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448}, /* version 1, layers 1, 2, 3 */
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256}, /* versions 2 and 2.5, layer 1; 2 and 3 */
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
    };
    static const int HERTZ[3] = {44100, 48000, 32000};
    int version = head[1] >> 3 & 3, layer = 4 - (head[1] >> 1 & 3), rate = head[2] >> 4, hertz = head[2] >> 2 & 3;
    if (head[0] != 0xFF || (head[1] & 0xE0) != 0xE0 || version == 1 || layer == 4 || hertz == 3) return false;
    if (rate == 0 || rate == 15 || (head[3] & 3) == 2) return false;
    bool is_first = version == 3;
    int bits = 1000 * RATES[is_first ? layer - 1 : layer == 1 ? 3 : 4][rate], padding = head[2] >> 1 & 1;
    int samples_a_second = HERTZ[hertz] >> (is_first ? 0 : version == 2 ? 1 : 2);
    out->samples = layer == 1 ? 384 : layer == 2 || is_first ? 1152 : 576;
    out->bytes = layer == 1 ? (12 * bits / samples_a_second + padding) * 4
                            : out->samples / 8 * bits / samples_a_second + padding;
    memcpy(out->head, head, 4);
    return out->bytes > 4;
}

/* Of one version, layer, rate and number of channels? */
static bool is_alike(const mp3_frame *one, const mp3_frame *other) {
    return ((one->head[1] ^ other->head[1]) & 0xFE) == 0 && ((one->head[2] ^ other->head[2]) & 0x0C) == 0 &&
           (one->head[3] >> 6 == 3) == (other->head[3] >> 6 == 3);
}

typedef struct window {
    const cs_envelope *envelope;
    int64_t at, length;
    unsigned char bytes[16 * 1024];
} window;

static bool frame_at(window *w, int64_t offset, mp3_frame *out) {
    if (offset < w->at || offset + 4 > w->at + w->length) {
        const cs_audio_bytes *bytes = w->envelope->bytes;
        w->at = offset;
        w->length = bytes->read(bytes->context, offset, w->bytes, sizeof w->bytes);
        if (w->length < 4) w->length = 0;
    }
    return w->length > 0 && read_frame(w->bytes + (offset - w->at), out);
}

/* The first place from offset on, before end, where a frame is followed by another that is alike; -1: none. */
static int64_t find_frames(window *w, int64_t offset, int64_t end, const mp3_frame *like) {
    mp3_frame first, second;
    for (int64_t at = offset; at + 4 <= end; at++) {
        if (!frame_at(w, at, &first) || (like && !is_alike(&first, like))) continue;
        if (at + first.bytes + 4 <= end && frame_at(w, at + first.bytes, &second) && is_alike(&first, &second))
            return at;
    }
    return -1;
}

/* Where the last whole frame before offset ends, and how much sound the frames near it have in how many bytes. -1: none near. */
static int64_t last_end_before(window *w, int64_t offset, int64_t start, const mp3_frame *like, mp3_frame *near) {
    enum { NEAR = 8 * 1024 };
    int64_t at = offset - start > NEAR ? offset - NEAR : start, end = -1;
    mp3_frame frame;
    for (at = find_frames(w, at, offset, like); at >= 0 && at < offset;) {
        if (frame_at(w, at, &frame) && is_alike(&frame, like) && at + frame.bytes <= offset) {
            near->bytes += frame.bytes;
            near->samples += frame.samples;
            at = end = at + frame.bytes;
        } else {
            at = find_frames(w, at + 1, offset, like);
        }
    }
    return end;
}

static int64_t tags_length(const cs_envelope *envelope, int64_t offset) {
    int64_t at = offset;
    for (int i = 0; i < CS_ENVELOPE_MOST_TAGS; i++) {
        unsigned char tag[10];
        if (!envelope_bytes_at(envelope, at, tag, sizeof tag)) break;
        if (memcmp(tag, "TAG", 3) == 0)
            at += 128;
        else if (memcmp(tag, "ID3", 3) == 0)
            at +=
                10 + ((int64_t)(tag[6] & 0x7F) << 21 | (tag[7] & 0x7F) << 14 | (tag[8] & 0x7F) << 7 | (tag[9] & 0x7F));
        else
            break;
    }
    return at - offset;
}

bool envelope_mp3_from(const cs_envelope *whole, int64_t offset, cs_envelope *out, cs_mp3_seam *seam,
                       bool *is_foreign) {
    window w = {.envelope = whole};
    mp3_frame first, near = {.bytes = 0};
    cs_message unused = {0};
    cs_envelope part = {.bytes = whole->bytes, .container = whole->container};
    int64_t end = whole->body_offset + whole->body_length, start = whole->body_offset - whole->head_length;
    *is_foreign = false;
    if (!frame_at(&w, start, &first)) return false;
    part.body_offset = find_frames(&w, offset, end, &first);
    if (part.body_offset < 0) *is_foreign = find_frames(&w, offset, end, NULL) >= 0;
    if (part.body_offset < 0 || open_mp3(&part, false, &unused) != CS_OK) return false;
    *out = part;
    *seam = (cs_mp3_seam){.offset = part.body_offset - part.head_length};
    int64_t before = last_end_before(&w, offset, start, &first, &near);
    int64_t lost = before < 0 ? 0 : seam->offset - before;
    if (lost > 0) lost -= tags_length(whole, before);
    if (lost > 0) seam->lost_frames = (int64_t)((double)lost / (double)near.bytes * (double)near.samples);
    return true;
}
