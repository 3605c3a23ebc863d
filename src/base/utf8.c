#include "base/utf8.h"

#include <string.h>
#include <utf8proc.h>

/* Length of the well-formed sequence at text (RFC 3629, table of section 4), 0 when there is none. */
static unsigned sequence_length(const unsigned char *text, size_t bytes) {
    unsigned char lead = text[0];
    if (lead < 0x80) return lead ? 1 : 0;
    if (lead < 0xc2) return 0;
    if (bytes < 2) return 0;
    if (lead < 0xe0) return (text[1] & 0xc0) == 0x80 ? 2 : 0;
    if (bytes < 3) return 0;
    if (lead < 0xf0) {
        unsigned char least = lead == 0xe0 ? 0xa0 : 0x80, most = lead == 0xed ? 0x9f : 0xbf;
        return text[1] >= least && text[1] <= most && (text[2] & 0xc0) == 0x80 ? 3 : 0;
    }
    if (bytes < 4 || lead > 0xf4) return 0;
    unsigned char least = lead == 0xf0 ? 0x90 : 0x80, most = lead == 0xf4 ? 0x8f : 0xbf;
    return text[1] >= least && text[1] <= most && (text[2] & 0xc0) == 0x80 && (text[3] & 0xc0) == 0x80 ? 4 : 0;
}

size_t utf8_invalid_at(const char *text, size_t bytes) {
    const unsigned char *at = (const unsigned char *)text;
    size_t i = 0;
    while (i < bytes) {
        uint64_t eight;
        if (bytes - i >= sizeof eight) { /* eight plain characters at once: no high bit, no zero byte */
            memcpy(&eight, at + i, sizeof eight);
            uint64_t has_zero = (eight - 0x0101010101010101u) & ~eight;
            if (!((eight | has_zero) & 0x8080808080808080u)) {
                i += sizeof eight;
                continue;
            }
        }
        unsigned length = sequence_length(at + i, bytes - i);
        if (!length) return i;
        i += length;
    }
    return bytes;
}

uint32_t utf8_decode(const char *text, unsigned *length) {
    const unsigned char *at = (const unsigned char *)text;
    if (at[0] < 0x80) {
        *length = 1;
        return at[0];
    }
    if (at[0] < 0xe0) {
        *length = 2;
        return (uint32_t)(at[0] & 0x1f) << 6 | (at[1] & 0x3f);
    }
    if (at[0] < 0xf0) {
        *length = 3;
        return (uint32_t)(at[0] & 0x0f) << 12 | (uint32_t)(at[1] & 0x3f) << 6 | (at[2] & 0x3f);
    }
    *length = 4;
    return (uint32_t)(at[0] & 0x07) << 18 | (uint32_t)(at[1] & 0x3f) << 12 | (uint32_t)(at[2] & 0x3f) << 6 |
           (at[3] & 0x3f);
}

unsigned utf8_encode(uint32_t code_point, char out[4]) {
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xc0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3f));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xe0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code_point & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | (code_point >> 18 & 0x07));
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code_point & 0x3f));
    return 4;
}

size_t utf8_count(const char *text, size_t bytes) {
    size_t count = 0;
    for (size_t i = 0; i < bytes; i++) count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

size_t utf8_offset(const char *text, size_t bytes, size_t code_points) {
    size_t i = 0;
    for (; i < bytes; i++) {
        if (((unsigned char)text[i] & 0xc0) == 0x80) continue;
        if (!code_points--) return i;
    }
    return bytes;
}

size_t utf8_hidden_at(const char *text, size_t bytes) {
    for (size_t at = 0; at < bytes;) {
        unsigned length = 0;
        switch (utf8proc_category((utf8proc_int32_t)utf8_decode(text + at, &length))) {
        case UTF8PROC_CATEGORY_CC:
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_ZL:
        case UTF8PROC_CATEGORY_ZP: return at;
        default: at += length;
        }
    }
    return bytes;
}

unsigned utf8_half(const char *text, size_t bytes) {
    unsigned char lead = bytes ? (unsigned char)text[0] : 0;
    unsigned wanted = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4, length = 1;
    while (length < wanted && length < bytes && ((unsigned char)text[length] & 0xc0) == 0x80) length++;
    return length < wanted ? length : 0;
}

unsigned utf8_width(uint32_t code_point) {
    int width = code_point <= 0x10ffff ? utf8proc_charwidth((utf8proc_int32_t)code_point) : 0;
    return width > 0 ? (unsigned)width : 0;
}
