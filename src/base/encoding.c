#include "base/encoding.h"

#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CHUNK_BYTES = 8192 };
/* Shares in percent. Chinese text in GB18030 lies almost wholly in the area of GB2312; UTF-8, Big5 and Latin taken for it
 * reach about 60. */
enum { GB_COMMON = 80, UTF16_PLAIN = 80, STRAY_ZEROS = 10 };

struct cs_encoding_converter {
    cs_encoding from;
    iconv_t iconv; /* of GB18030 */
};

static const struct {
    const char *name;
    cs_encoding encoding;
} names[] = {
    {"utf-8", CS_ENCODING_UTF8},       {"utf8", CS_ENCODING_UTF8},       {"gb18030", CS_ENCODING_GB18030},
    {"gbk", CS_ENCODING_GB18030},      {"gb2312", CS_ENCODING_GB18030},  {"cp936", CS_ENCODING_GB18030},
    {"utf-16", CS_ENCODING_UTF16LE},   {"utf16", CS_ENCODING_UTF16LE},   {"utf-16le", CS_ENCODING_UTF16LE},
    {"utf-16be", CS_ENCODING_UTF16BE}, {"unicode", CS_ENCODING_UTF16LE},
};

static const struct {
    const char *bytes;
    size_t count;
    cs_encoding encoding;
} marks[] = {
    {"\xef\xbb\xbf", 3, CS_ENCODING_UTF8},  {"\xff\xfe\0\0", 4, CS_ENCODING_UTF32},
    {"\0\0\xfe\xff", 4, CS_ENCODING_UTF32}, {"\xff\xfe", 2, CS_ENCODING_UTF16LE},
    {"\xfe\xff", 2, CS_ENCODING_UTF16BE},   {"\x84\x31\x95\x33", 4, CS_ENCODING_GB18030},
};

const char *encoding_name(cs_encoding encoding) {
    static const char *const list[] = {
#define X(code, name) name,
        CS_ENCODING_TABLE(X)
#undef X
    };
    return (size_t)encoding < CS_ENCODINGS ? list[encoding] : "";
}

bool encoding_parse(const char *name, cs_encoding *out) {
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(names[i].name, name) != 0) continue;
        *out = names[i].encoding;
        return true;
    }
    return false;
}

static bool find_mark(const char *bytes, size_t count, cs_encoding *out, size_t *mark) {
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (count < marks[i].count || memcmp(bytes, marks[i].bytes, marks[i].count) != 0) continue;
        *out = marks[i].encoding;
        *mark = marks[i].count;
        return true;
    }
    *mark = 0;
    return false;
}

/* Whether it is UTF-8 but for a character cut off at its end. */
static bool is_utf8(const char *bytes, size_t count) {
    size_t bad = utf8_invalid_at(bytes, count);
    if (bad == count) return true;
    size_t left = count - bad;
    unsigned char lead = (unsigned char)bytes[bad];
    size_t needs = lead >= 0xf0 && lead <= 0xf4  ? 4
                   : lead >= 0xe0 && lead < 0xf0 ? 3
                   : lead >= 0xc2 && lead < 0xe0 ? 2
                                                 : 0;
    if (left >= needs) return false;
    for (size_t i = 1; i < left; i++) {
        if (((unsigned char)bytes[bad + i] & 0xc0) != 0x80) return false;
    }
    return true;
}

static unsigned read_unit(const char *bytes, bool is_big) {
    unsigned first = (unsigned char)bytes[0], second = (unsigned char)bytes[1];
    return is_big ? first << 8 | second : second << 8 | first;
}

static bool is_plain(unsigned unit) {
    return (unit >= 0x20 && unit <= 0x7e) || unit == '\n' || unit == '\r' || unit == '\t' ||
           (unit >= 0x4e00 && unit <= 0x9fff) || (unit >= 0x2010 && unit <= 0x2027) ||
           (unit >= 0x3000 && unit <= 0x303f) || (unit >= 0xff00 && unit <= 0xffef);
}

/* A pair of surrogates is as telling as a plain character. */
static size_t count_plain(const char *bytes, size_t count, bool is_big) {
    size_t plain = 0;
    bool is_after_high = false;
    for (size_t i = 0; i + 1 < count; i += 2) {
        unsigned unit = read_unit(bytes + i, is_big);
        bool is_low = unit >= 0xdc00 && unit <= 0xdfff;
        plain += is_plain(unit) ? 1 : is_low && is_after_high ? 2 : 0;
        is_after_high = unit >= 0xd800 && unit <= 0xdbff;
    }
    return plain;
}

/* UTF-16 without a mark is known by what it makes of the bytes in either order; CS_ENCODING_ANY: it is none. U+4E00 alone shows
 * that the place of zero bytes does not tell. */
static cs_encoding find_utf16(const char *bytes, size_t count) {
    size_t zeros = 0, units = count / 2;
    for (size_t i = 0; i < count; i++) zeros += bytes[i] == 0;
    if (zeros == 0 || units == 0) return CS_ENCODING_ANY;
    if (zeros * 100 < count * STRAY_ZEROS) { /* few zeros: is it UTF-8 between them? Then they are damage */
        size_t sound = 0;
        for (size_t from = 0; from < count;) {
            const char *zero = memchr(bytes + from, 0, count - from);
            size_t end = zero ? (size_t)(zero - bytes) : count;
            if (is_utf8(bytes + from, end - from)) sound += end - from;
            from = end + 1;
        }
        if (sound * 100 >= (count - zeros) * UTF16_PLAIN) return CS_ENCODING_ANY;
    }
    size_t little = count_plain(bytes, count, false), big = count_plain(bytes, count, true);
    if (little * 100 < units * UTF16_PLAIN && big * 100 < units * UTF16_PLAIN) return CS_ENCODING_ANY;
    return little >= big ? CS_ENCODING_UTF16LE : CS_ENCODING_UTF16BE;
}

typedef struct gb_count {
    size_t pairs, common; /* characters of two bytes; those of GB2312 */
} gb_count;

static bool is_between(char byte, unsigned first, unsigned last) {
    return (unsigned char)byte >= first && (unsigned char)byte <= last;
}

/* Whether it has the shape of GB18030, but for a character cut off at its end. */
static bool has_gb_shape(const char *bytes, size_t count, gb_count *out) {
    size_t i = 0;
    while (i < count) {
        if (is_between(bytes[i], 1, 0x7f)) {
            i++;
            continue;
        }
        if (!is_between(bytes[i], 0x81, 0xfe)) return false;
        if (i + 1 >= count) return true;
        if (is_between(bytes[i + 1], 0x30, 0x39)) {
            if (i + 2 < count && !is_between(bytes[i + 2], 0x81, 0xfe)) return false;
            if (i + 3 < count && !is_between(bytes[i + 3], 0x30, 0x39)) return false;
            i += 4;
            continue;
        }
        if (!is_between(bytes[i + 1], 0x40, 0xfe) || bytes[i + 1] == 0x7f) return false;
        out->pairs++;
        out->common += is_between(bytes[i + 1], 0xa1, 0xfe) &&
                       (is_between(bytes[i], 0xb0, 0xf7) || is_between(bytes[i], 0xa1, 0xa9));
        i += 2;
    }
    return true;
}

/* Line by line, so that a few lines of another encoding are found to be just that: as many bytes beyond ASCII decide. */
static cs_encoding weigh_lines(const char *bytes, size_t count) {
    size_t utf8 = 0, gb = 0;
    gb_count all = {0};
    for (size_t from = 0; from < count;) {
        const char *line = bytes + from, *found = memchr(line, '\n', count - from);
        size_t length = found ? (size_t)(found - line) : count - from, high = 0;
        for (size_t i = 0; i < length; i++) high += (unsigned char)line[i] >= 0x80;
        gb_count here = {0};
        if (high && is_utf8(line, length)) {
            utf8 += high;
        } else if (high && has_gb_shape(line, length, &here)) {
            gb += high;
            all.pairs += here.pairs;
            all.common += here.common;
        }
        from += length + 1;
    }
    return gb > utf8 && all.common * 100 >= all.pairs * GB_COMMON ? CS_ENCODING_GB18030 : CS_ENCODING_UTF8;
}

cs_encoding encoding_detect(const char *bytes, size_t count, size_t *mark) {
    cs_encoding found;
    if (find_mark(bytes, count, &found, mark)) return found;
    if (is_utf8(bytes, count)) return CS_ENCODING_UTF8;
    found = find_utf16(bytes, count);
    return found != CS_ENCODING_ANY ? found : weigh_lines(bytes, count);
}

cs_error encoding_settle(cs_encoding said, const char *bytes, size_t count, cs_encoding *out, size_t *mark,
                         cs_message *message) {
    cs_encoding found = said;
    size_t skipped = 0;
    if (said == CS_ENCODING_ANY)
        found = encoding_detect(bytes, count, &skipped);
    else
        (void)find_mark(bytes, count, &found, &skipped);
    if (found == CS_ENCODING_UTF32) {
        message_set(message, CS_ERR_ENCODING, "the file is written in UTF-32, which is not read");
        message_remedy(message, "save it as UTF-8");
        return CS_ERR_ENCODING;
    }
    *out = found;
    *mark = skipped;
    return CS_OK;
}

cs_error encoding_open(cs_encoding from, cs_encoding_converter **out, cs_message *message) {
    cs_encoding_converter *converter = calloc(1, sizeof *converter);
    if (!converter) return message_set(message, CS_ERR_MEMORY, "no memory to convert a text");
    converter->from = from;
    if (from == CS_ENCODING_GB18030) {
        converter->iconv = iconv_open("UTF-8", "GB18030");
        if (converter->iconv == (iconv_t)-1) {
            free(converter);
            message_set(message, CS_ERR_IO, "this system can't convert GB18030");
            message_remedy(message,
                           "install glibc's conversions (gconv-modules-extra, glibc-gconv-extra), or save as UTF-8");
            return CS_ERR_IO;
        }
    }
    *out = converter;
    return CS_OK;
}

void encoding_close(cs_encoding_converter *converter) {
    if (!converter) return;
    if (converter->from == CS_ENCODING_GB18030) iconv_close(converter->iconv);
    free(converter);
}

static size_t convert_gb(cs_encoding_converter *converter, const char *bytes, size_t count, cs_buffer *out) {
    char chunk[CHUNK_BYTES];
    char *from = (char *)(uintptr_t)bytes; /* iconv does not write there, but says it might */
    size_t left = count;
    iconv(converter->iconv, NULL, NULL, NULL, NULL);
    while (left > 0) {
        char *to = chunk;
        size_t room = sizeof chunk;
        size_t result = iconv(converter->iconv, &from, &left, &to, &room);
        int why = errno;
        if (!buffer_append(out, chunk, sizeof chunk - room)) break;
        if (result == (size_t)-1 && why != E2BIG) break;
    }
    return count - left;
}

static size_t convert_utf16(const char *bytes, size_t count, bool is_big, cs_buffer *out) {
    char chunk[CHUNK_BYTES];
    size_t held = 0, i = 0;
    while (i + 1 < count) {
        uint32_t unit = read_unit(bytes + i, is_big);
        size_t taken = 2;
        if (unit >= 0xd800 && unit <= 0xdbff && i + 3 < count) {
            uint32_t low = read_unit(bytes + i + 2, is_big);
            if (low < 0xdc00 || low > 0xdfff) break;
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            taken = 4;
        } else if (unit >= 0xd800 && unit <= 0xdfff) {
            break;
        }
        held += utf8_encode(unit, chunk + held);
        i += taken;
        if (held + 4 <= sizeof chunk) continue;
        if (!buffer_append(out, chunk, held)) return i;
        held = 0;
    }
    if (held > 0) buffer_append(out, chunk, held);
    return i;
}

size_t encoding_convert(cs_encoding_converter *converter, const char *bytes, size_t count, cs_buffer *out) {
    switch (converter->from) {
    case CS_ENCODING_GB18030: return convert_gb(converter, bytes, count, out);
    case CS_ENCODING_UTF16LE: return convert_utf16(bytes, count, false, out);
    case CS_ENCODING_UTF16BE: return convert_utf16(bytes, count, true, out);
    default: {
        size_t sound = utf8_invalid_at(bytes, count);
        buffer_append(out, bytes, sound);
        return sound;
    }
    }
}
