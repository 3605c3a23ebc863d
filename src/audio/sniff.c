#include "audio/sniff.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct head {
    const unsigned char *bytes;
    size_t length;
} head;

static bool has(const head *h, size_t offset, const char *magic, size_t length) {
    return h->length >= offset + length && memcmp(h->bytes + offset, magic, length) == 0;
}

static uint32_t big32(const unsigned char *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Kinds that one row of bytes tells; where two rows are given both must fit. */
typedef struct magic_row {
    const char *name;
    cs_audio_kind kind;
    uint8_t first_bytes, second_at, second_bytes;
    const char *first, *second;
} magic_row;

static const magic_row MAGIC[] = {
    {"wav", CS_AUDIO_NATIVE, 4, 8, 4, "RIFF", "WAVE"},
    {"wav", CS_AUDIO_NATIVE, 4, 8, 4, "RIFX", "WAVE"},
    {"wav", CS_AUDIO_NATIVE, 4, 8, 4, "RF64", "WAVE"},
    {"wav", CS_AUDIO_NATIVE, 4, 8, 4, "BW64", "WAVE"},
    {"w64", CS_AUDIO_NATIVE, 16, 24, 4, "riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00", "wave"},
    {"aiff", CS_AUDIO_NATIVE, 4, 8, 4, "FORM", "AIFF"},
    {"aiff", CS_AUDIO_NATIVE, 4, 8, 4, "FORM", "AIFC"},
    {"au", CS_AUDIO_NATIVE, 4, 4, 1, ".snd", "\0"},
    {"flac", CS_AUDIO_NATIVE, 4, 4, 4, "fLaC", "\0\0\0\x22"}, /* the first block is STREAMINFO, 34 bytes (RFC 9639) */
    {"flac", CS_AUDIO_NATIVE, 4, 4, 4, "fLaC", "\x80\0\0\x22"},
    {"caf", CS_AUDIO_NATIVE, 8, 8, 4, "caff\0\1\0\0", "desc"},
    {"amr", CS_AUDIO_CONVERTED, 6, 0, 0, "#!AMR\n", ""},
    {"amr", CS_AUDIO_CONVERTED, 9, 0, 0, "#!AMR-WB\n", ""},
    {"avi", CS_AUDIO_CONVERTED, 4, 8, 4, "RIFF", "AVI "},
    {"flv", CS_AUDIO_CONVERTED, 4, 5, 4, "FLV\1", "\0\0\0\x09"},
    {"wma", CS_AUDIO_CONVERTED, 16, 0, 0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C", ""},
    {"mpeg", CS_AUDIO_CONVERTED, 4, 0, 0, "\0\0\1\xBA", ""},
};

/* Length in bytes of the MPEG audio frame that starts here, 0 when none does (ISO 11172-3, 13818-3). */
static size_t mpeg_frame_bytes(uint32_t header) {
    static const uint16_t RATES[3] = {44100, 48000, 32000};
    static const uint16_t KBITS[5][15] = {
        {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448}, /* version 1, layer I */
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384}, /* 1, II */
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}, /* 1, III */
        {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256}, /* 2, I */
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}, /* 2, II and III */
    };
    unsigned version = header >> 19 & 3, layer = 4 - (header >> 17 & 3), bits = header >> 12 & 15;
    unsigned rate_index = header >> 10 & 3, padding = header >> 9 & 1;
    if (header >> 21 != 0x7FF || version == 1 || layer == 4 || rate_index == 3) return 0;
    if (bits == 0 || bits == 15 || (header & 3) == 2) return 0;
    size_t row = version == 3 ? layer - 1 : layer == 1 ? 3 : 4;
    size_t rate = (size_t)RATES[rate_index] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
    size_t bit_rate = KBITS[row][bits] * (size_t)1000;
    if (layer == 1) return (12 * bit_rate / rate + padding) * 4;
    return (layer == 3 && version != 3 ? 72 : 144) * bit_rate / rate + padding;
}

/* A synchronising pattern alone is found in any noise: the next frame must stand where the first says, of the same kind. */
static bool is_mpeg_audio(const head *h) {
    enum { SAME = 0xFFFE0C00 }; /* sync, version, layer, rate */
    size_t at = 0;
    for (int frame = 0; frame < 2; frame++) {
        if (h->length < at + 4) return false;
        uint32_t header = big32(h->bytes + at);
        size_t bytes = mpeg_frame_bytes(header);
        if (bytes < 8 || (frame > 0 && (header & (uint32_t)SAME) != (big32(h->bytes) & (uint32_t)SAME))) return false;
        at += bytes;
    }
    return true;
}

static bool is_adts(const head *h) {
    size_t at = 0;
    for (int frame = 0; frame < 2; frame++) {
        if (h->length < at + 7) return false;
        const unsigned char *p = h->bytes + at;
        size_t bytes = (size_t)(p[3] & 3) << 11 | (size_t)p[4] << 3 | p[5] >> 5;
        if (p[0] != 0xFF || (p[1] & 0xF6) != 0xF0 || (p[2] >> 2 & 15) > 12 || bytes < 9) return false;
        if (frame > 0 && ((p[1] ^ h->bytes[1]) & 0xFE || (p[2] ^ h->bytes[2]) & 0xFC)) return false;
        at += bytes;
    }
    return true;
}

/* ID3v2.2 to 2.4; its size stands in four groups of seven bits. */
static bool is_id3(const head *h) {
    const unsigned char *p = h->bytes;
    return has(h, 0, "ID3", 3) && h->length >= 10 && p[3] >= 2 && p[3] <= 4 && p[4] == 0 && !(p[5] & 0x0F) &&
           !((p[6] | p[7] | p[8] | p[9]) & 0x80);
}

static bool is_transport_stream(const head *h, size_t stride, size_t first) {
    size_t packets = 0;
    for (size_t at = first; at + 4 <= h->length && packets < 8; at += stride, packets++)
        if (h->bytes[at] != 0x47 || h->bytes[at + 1] & 0x80 || !(h->bytes[at + 3] & 0x30)) return false;
    return packets >= 5;
}

/* The first box of an ISO base media file. Pictures use the same boxes and are told by their brand. */
static const char *iso_media_name(const head *h) {
    static const char PICTURES[][5] = {"avif", "avis", "heic", "heix", "heim", "heis", "hevc", "mif1", "msf1", "crx "};
    if (h->length < 16) return NULL;
    uint32_t size = big32(h->bytes);
    if (has(h, 4, "moov", 4) && has(h, 12, "mvhd", 4)) return "mov";
    if (has(h, 4, "wide", 4) && size == 8 && has(h, 12, "mdat", 4)) return "mov";
    if (!has(h, 4, "ftyp", 4) || size < 16 || size > 1024 || size % 4 != 0) return NULL;
    for (size_t i = 0; i < sizeof PICTURES / sizeof *PICTURES; i++)
        if (has(h, 8, PICTURES[i], 4)) return NULL;
    if (has(h, 8, "M4A", 3) || has(h, 8, "M4B", 3)) return "m4a";
    if (has(h, 8, "3g", 2)) return "3gp";
    return has(h, 8, "qt", 2) ? "mov" : "mp4";
}

/* EBML's header names the document's type in the element 0x4282. */
static const char *matroska_name(const head *h) {
    if (!has(h, 0, "\x1A\x45\xDF\xA3", 4)) return NULL;
    for (size_t at = 4; at < 64; at++) {
        if (has(h, at, "\x42\x82\x88matroska", 11)) return "mkv";
        if (has(h, at, "\x42\x82\x84webm", 7)) return "webm";
    }
    return NULL;
}

/* Ogg names its codec in the first packet, behind the table of segments; the decoder knows Opus. */
static cs_audio_kind ogg_kind(const head *h) {
    if (!has(h, 0, "OggS\0", 5) || h->length < 28) return CS_AUDIO_NONE;
    return has(h, 27 + (size_t)h->bytes[26], "OpusHead", 8) ? CS_AUDIO_NATIVE : CS_AUDIO_CONVERTED;
}

cs_audio_kind sniff_audio(const void *bytes, size_t length, const char **name) {
    head h = {bytes, length < CS_SNIFF_BYTES ? length : CS_SNIFF_BYTES};
    *name = NULL;
    for (size_t i = 0; i < sizeof MAGIC / sizeof *MAGIC; i++) {
        const magic_row *row = &MAGIC[i];
        if (!has(&h, 0, row->first, row->first_bytes) || !has(&h, row->second_at, row->second, row->second_bytes))
            continue;
        *name = row->name;
        return row->kind;
    }
    cs_audio_kind ogg = ogg_kind(&h);
    if (ogg != CS_AUDIO_NONE) {
        *name = "ogg";
        return ogg;
    }
    if (is_id3(&h) || is_mpeg_audio(&h)) {
        *name = "mp3";
        return CS_AUDIO_NATIVE;
    }
    *name = iso_media_name(&h);
    if (!*name) *name = matroska_name(&h);
    if (!*name && is_adts(&h)) *name = "aac";
    if (!*name && (is_transport_stream(&h, 188, 0) || is_transport_stream(&h, 192, 4))) *name = "mpegts";
    return *name ? CS_AUDIO_CONVERTED : CS_AUDIO_NONE;
}
