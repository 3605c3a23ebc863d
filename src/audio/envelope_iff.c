/* AIFF, AIFF-C and Core Audio. Source: Apple's "Audio Interchange File Format" 1.3 and AIFF-C draft, Core Audio Format. */
#include "audio/envelope.h"

#include <stdio.h>
#include <string.h>

typedef struct aiff_parts {
    unsigned char common[22]; /* channels, frames, bits, rate; AIFF-C: and the codec */
    uint32_t common_length;
    int64_t sound_at;
    uint64_t sound_length;
} aiff_parts;

static bool is_one_of(const unsigned char *four, const char *names) {
    for (; *names; names += 4)
        if (memcmp(four, names, 4) == 0) return true;
    return false;
}

static void name_codec(const unsigned char *four, char out[16]) {
    bool is_plain = true;
    for (int i = 0; i < 4; i++) is_plain = is_plain && four[i] > ' ' && four[i] < 127;
    (void)snprintf(out, 16, is_plain ? "%.4s" : "an unusual codec", (const char *)four);
}

static cs_error write_aiff(cs_envelope *e, const aiff_parts *parts, bool is_compressed, cs_message *message) {
    char codec[16];
    uint32_t least = is_compressed ? 22 : 18;
    if (parts->common_length < least || parts->sound_at == 0)
        return envelope_broken(e, 12, "its format or its sound is missing", message);
    if (is_compressed && !is_one_of(parts->common + 18, "NONEsowtfl32FL32fl64FL64ulawULAWalawALAWin24in32ima4")) {
        name_codec(parts->common + 18, codec);
        return envelope_needs_converter("aiff", codec, message);
    }
    unsigned char offset[4];
    if (!envelope_bytes_at(e, parts->sound_at, offset, 4))
        return envelope_broken(e, parts->sound_at, "it is cut off", message);
    uint64_t skip = envelope_big(offset, 4), length = parts->sound_length;
    if (skip > (uint64_t)e->bytes->length)
        return envelope_broken(e, parts->sound_at, "the sound begins outside", message);
    length = length < 8 + skip ? 0 : length - 8 - skip;
    envelope_set_body(e, parts->sound_at + 8 + (int64_t)skip, length);
    if (e->body_length > (int64_t)UINT32_MAX - 1024) e->body_length = (int64_t)UINT32_MAX - 1024;
    uint32_t common = is_compressed ? 24 : 18;
    envelope_put(e, "FORM", 4);
    envelope_put_big(e, 4 + 8 + common + 16 + (uint64_t)e->body_length, 4);
    envelope_put(e, is_compressed ? "AIFC" : "AIFF", 4);
    envelope_put(e, "COMM", 4);
    envelope_put_big(e, common, 4);
    envelope_put(e, parts->common, least);
    if (is_compressed) envelope_put_big(e, 0, 2); /* the codec's name, empty */
    envelope_put(e, "SSND", 4);
    envelope_put_big(e, 8 + (uint64_t)e->body_length, 4);
    envelope_put_big(e, 0, 8);
    return CS_OK;
}

cs_error envelope_aiff(cs_envelope *envelope, cs_message *message) {
    unsigned char head[12];
    aiff_parts parts = {0};
    int64_t at = 12;
    if (!envelope_bytes_at(envelope, 0, head, 12)) return envelope_broken(envelope, 0, "it can't be read", message);
    bool is_compressed = memcmp(head + 8, "AIFC", 4) == 0;
    for (int i = 0; i < CS_ENVELOPE_MOST_CHUNKS && envelope_bytes_at(envelope, at, head, 8); i++) {
        uint64_t size = envelope_big(head + 4, 4);
        at += 8;
        if (memcmp(head, "COMM", 4) == 0 && parts.common_length == 0) {
            parts.common_length = size > sizeof parts.common ? sizeof parts.common : (uint32_t)size;
            if (!envelope_bytes_at(envelope, at, parts.common, parts.common_length))
                return envelope_broken(envelope, at, "the format is cut off", message);
        } else if (memcmp(head, "SSND", 4) == 0 && parts.sound_at == 0) {
            parts.sound_at = at;
            parts.sound_length = size;
        }
        if (parts.sound_at && parts.common_length) break;
        at += (int64_t)(size + (size & 1));
    }
    return write_aiff(envelope, &parts, is_compressed, message);
}

cs_error envelope_caf(cs_envelope *envelope, cs_message *message) {
    unsigned char head[12], description[32];
    char codec[16];
    int64_t at = 8;
    bool is_described = false;
    for (int i = 0; i < CS_ENVELOPE_MOST_CHUNKS && envelope_bytes_at(envelope, at, head, 12); i++) {
        uint64_t size = envelope_big(head + 4, 8);
        at += 12;
        if (memcmp(head, "desc", 4) == 0 && size == 32) {
            is_described = envelope_bytes_at(envelope, at, description, 32);
        } else if (memcmp(head, "data", 4) == 0 && is_described) {
            if (!is_one_of(description + 8, "lpcmulawalaw")) {
                name_codec(description + 8, codec);
                return envelope_needs_converter("caf", codec, message);
            }
            bool is_open = size == UINT64_MAX || size < 4; /* -1: to the end of the file */
            envelope_set_body(envelope, at + 4, is_open ? UINT64_MAX : size - 4); /* behind the count of edits */
            envelope_put(envelope, "caff\0\1\0\0desc", 12);
            envelope_put_big(envelope, 32, 8);
            envelope_put(envelope, description, 32);
            envelope_put(envelope, "data", 4);
            envelope_put_big(envelope, 4 + (uint64_t)envelope->body_length, 8);
            envelope_put_big(envelope, 0, 4);
            return CS_OK;
        }
        if (size > (uint64_t)envelope->bytes->length) break;
        at += (int64_t)size;
    }
    return envelope_broken(envelope, at, "its format or its sound is missing", message);
}
