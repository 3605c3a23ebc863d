/* WAV in its four forms (RIFF, RIFX, RF64, BW64) and Wave64. Source: the WAVE formats of 1991 and 1994, EBU Tech 3306. */
#include "audio/envelope.h"

#include <stdio.h>
#include <string.h>

enum { MOST_FORMAT_BYTES = 256, WAVE64_HEAD = 24 };

typedef struct wave_format {
    unsigned char bytes[MOST_FORMAT_BYTES];
    uint32_t length;
    bool is_big; /* RIFX */
} wave_format;

static uint64_t number(const wave_format *f, int offset, int count) {
    return f->is_big ? envelope_big(f->bytes + offset, count) : envelope_little(f->bytes + offset, count);
}

/* What stands behind the tags of WAVE format registrations that contact centres are known to use. */
static const char *codec_name(uint64_t tag, char unknown[32]) {
    switch (tag) {
    case 0x22: return "TrueSpeech";
    case 0x31: return "GSM 6.10 with several channels";
    case 0x40:
    case 0x45:
    case 0x64: return "G.726";
    case 0x42:
    case 0x111: return "G.723.1";
    case 0x50: return "MPEG layer II";
    case 0x55: return "MP3";
    case 0x83:
    case 0x133: return "G.729";
    case 0x57: return "AMR";
    case 0xFF: return "AAC";
    case 0x160:
    case 0x161:
    case 0x162: return "WMA";
    case 0xA109: return "Speex";
    default: (void)snprintf(unknown, 32, "encoding 0x%04x", (unsigned)tag & 0xFFFF); return unknown;
    }
}

static bool is_native(const wave_format *f, uint64_t tag, uint64_t channels, uint64_t bits) {
    switch (tag) {
    case 1: return bits == 8 || bits == 16 || bits == 24 || bits == 32;
    case 3: return bits == 32 || bits == 64;
    case 2:
    case 0x11: return channels <= 2 && f->length >= 18;
    case 6:
    case 7: return bits == 8 || bits == 0;
    case 0x31: return channels == 1;
    default: return false;
    }
}

static cs_error check_format(const cs_envelope *e, const wave_format *f, cs_message *message) {
    static const unsigned char GUID_END[14] = {0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71};
    char unknown[32];
    uint64_t tag = number(f, 0, 2), channels = number(f, 2, 2), rate = number(f, 4, 4), bits = number(f, 14, 2);
    if (tag == 0xFFFE && f->length >= 40 && !f->is_big && memcmp(f->bytes + 26, GUID_END, sizeof GUID_END) == 0)
        tag = number(f, 24, 2);
    if (channels == 0 || rate == 0) return envelope_broken(e, 12, "it has no channel or no sampling rate", message);
    cs_error code = envelope_check_size(channels, rate, message);
    if (code != CS_OK) return code;
    if (is_native(f, tag, channels, bits)) return CS_OK;
    return envelope_needs_converter(e->container, codec_name(tag, unknown), message);
}

/* The new header: format and data, nothing else. Above 4 GB it is RF64. */
static void write_head(cs_envelope *e, const wave_format *f) {
    void (*put)(cs_envelope *, uint64_t, int) = f->is_big ? envelope_put_big : envelope_put_little;
    uint32_t format_length = f->length + (f->length & 1);
    uint64_t data = (uint64_t)e->body_length, riff = 4 + 8 + format_length + 8 + data;
    bool is_long = riff > UINT32_MAX - 64;
    if (is_long && f->is_big) { /* RIFX knows no longer form; nobody has such a file */
        e->body_length = (int64_t)(data = UINT32_MAX - 1024);
        riff = 4 + 8 + format_length + 8 + data;
        is_long = false;
    }
    envelope_put(e, is_long ? "RF64" : f->is_big ? "RIFX" : "RIFF", 4);
    put(e, is_long ? UINT32_MAX : riff, 4);
    envelope_put(e, "WAVE", 4);
    if (is_long) {
        envelope_put(e, "ds64", 4);
        put(e, 28, 4);
        put(e, riff + 36, 8);
        put(e, data, 8);
        put(e, 0, 8); /* samples: the decoder counts them itself */
        put(e, 0, 4); /* no further sizes */
    }
    envelope_put(e, "fmt ", 4);
    put(e, format_length, 4);
    envelope_put(e, f->bytes, format_length); /* the byte behind an odd length is nought */
    envelope_put(e, "data", 4);
    put(e, is_long ? UINT32_MAX : data, 4);
}

static cs_error read_format(const cs_envelope *e, int64_t at, uint64_t size, wave_format *f, cs_message *message) {
    f->length = size > MOST_FORMAT_BYTES - 2 ? MOST_FORMAT_BYTES - 2 : (uint32_t)size;
    if (size < 16 || !envelope_bytes_at(e, at, f->bytes, f->length))
        return envelope_broken(e, at, "the format is cut off", message);
    return CS_OK;
}

static cs_error finish(cs_envelope *e, const wave_format *f, int64_t at, uint64_t size, cs_message *message) {
    if (f->length == 0) return envelope_broken(e, at, "the sound comes before its format", message);
    cs_error code = check_format(e, f, message);
    if (code != CS_OK) return code;
    envelope_set_body(e, at, size);
    write_head(e, f);
    return CS_OK;
}

cs_error envelope_riff(cs_envelope *envelope, cs_message *message) {
    unsigned char head[8];
    wave_format f = {0};
    uint64_t long_size = 0; /* of the data, from ds64 */
    int64_t at = 12;
    if (!envelope_bytes_at(envelope, 0, head, 4)) return envelope_broken(envelope, 0, "it can't be read", message);
    f.is_big = memcmp(head, "RIFX", 4) == 0;
    for (int i = 0; i < CS_ENVELOPE_MOST_CHUNKS; i++) {
        if (!envelope_bytes_at(envelope, at, head, 8))
            return envelope_broken(envelope, at, "it ends before any sound", message);
        uint64_t size = f.is_big ? envelope_big(head + 4, 4) : envelope_little(head + 4, 4);
        at += 8;
        if (memcmp(head, "fmt ", 4) == 0 && f.length == 0) {
            cs_error code = read_format(envelope, at, size, &f, message);
            if (code != CS_OK) return code;
        } else if (memcmp(head, "ds64", 4) == 0) {
            unsigned char sizes[16];
            if (envelope_bytes_at(envelope, at, sizes, 16)) long_size = envelope_little(sizes + 8, 8);
        } else if (memcmp(head, "data", 4) == 0) {
            return finish(envelope, &f, at, size == UINT32_MAX && long_size ? long_size : size, message);
        }
        at += (int64_t)(size + (size & 1));
    }
    return envelope_broken(envelope, at, "it has thousands of chunks and no sound", message);
}

cs_error envelope_wave64(cs_envelope *envelope, cs_message *message) {
    static const unsigned char GUID_END[12] = {0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A};
    unsigned char head[WAVE64_HEAD];
    wave_format f = {0};
    int64_t at = 40;
    for (int i = 0; i < CS_ENVELOPE_MOST_CHUNKS; i++) {
        if (!envelope_bytes_at(envelope, at, head, WAVE64_HEAD))
            return envelope_broken(envelope, at, "it ends before any sound", message);
        uint64_t size = envelope_little(head + 16, 8); /* counts its own head */
        bool is_data = memcmp(head, "data", 4) == 0 && memcmp(head + 4, GUID_END, sizeof GUID_END) == 0;
        if (is_data) size = size < WAVE64_HEAD ? WAVE64_HEAD : size; /* never closed */
        if (size < WAVE64_HEAD || (!is_data && size > (uint64_t)envelope->bytes->length))
            return envelope_broken(envelope, at, "a chunk's length is impossible", message);
        if (is_data) return finish(envelope, &f, at + WAVE64_HEAD, size - WAVE64_HEAD, message);
        if (memcmp(head, "fmt ", 4) == 0 && f.length == 0) {
            cs_error code = read_format(envelope, at + WAVE64_HEAD, size - WAVE64_HEAD, &f, message);
            if (code != CS_OK) return code;
        }
        at += (int64_t)((size + 7) & ~(uint64_t)7);
    }
    return envelope_broken(envelope, at, "it has thousands of chunks and no sound", message);
}
