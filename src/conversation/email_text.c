#include "conversation/email_text.h"

#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

static const char replacement[] = "\xef\xbf\xbd";

/* Control characters go, line breaks become \n; iconv lets through what UTF-8 must not hold, so that is checked, too. */
static bool append_clean(const char *text, size_t bytes, cs_buffer *out, bool *is_damaged) {
    size_t at = 0;
    while (at < bytes) {
        size_t valid = utf8_invalid_at(text + at, bytes - at), end = at + valid;
        for (size_t from = at; at <= end; at++) {
            unsigned char c = at < end ? (unsigned char)text[at] : 0;
            if (at < end && (c >= 0x20 || c == '\n' || c == '\t') && c != 0x7f) continue;
            buffer_append(out, text + from, at - from);
            if (c == '\r' && (at + 1 == bytes || text[at + 1] != '\n')) buffer_append(out, "\n", 1);
            from = at + 1;
        }
        if (end < bytes && text[end]) {
            buffer_text(out, replacement);
            *is_damaged = true;
        }
        at = end + 1;
    }
    return !out->is_failed;
}

static bool convert(iconv_t converter, const char *bytes, size_t count, cs_buffer *out, bool *is_damaged) {
    char chunk[8192];
    char *from = (char *)(uintptr_t)bytes; /* iconv does not write there */
    cs_buffer text;
    buffer_init(&text, count * 4 + 64);
    while (count > 0 && !text.is_failed) {
        char *to = chunk;
        size_t room = sizeof chunk;
        size_t done = iconv(converter, &from, &count, &to, &room);
        int why = done == (size_t)-1 ? errno : 0;
        buffer_append(&text, chunk, sizeof chunk - room);
        if (why == 0 || why == E2BIG) continue;
        buffer_text(&text, replacement);
        *is_damaged = true;
        from++;
        count--;
        iconv(converter, NULL, NULL, NULL, NULL);
    }
    bool is_done = !text.is_failed && append_clean(buffer_string(&text), text.length, out, is_damaged);
    buffer_free(&text);
    return is_done;
}

static bool is_ascii(const char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if ((unsigned char)bytes[i] >= 0x80) return false;
    }
    return true;
}

static bool fits(const char *bytes, size_t count, const char *charset) {
    iconv_t converter = iconv_open("UTF-8", charset);
    if (converter == (iconv_t)-1) return false;
    char chunk[8192];
    char *from = (char *)(uintptr_t)bytes;
    bool is_fit = true;
    while (count > 0 && is_fit) {
        char *to = chunk;
        size_t room = sizeof chunk;
        is_fit = iconv(converter, &from, &count, &to, &room) != (size_t)-1 || errno == E2BIG;
    }
    iconv_close(converter);
    return is_fit;
}

/* What the charset means in practice: GB2312 and GBK are written as their superset, ASCII and Latin-1 as Windows' one. */
static const char *charset_in_practice(const char *charset, const char *bytes, size_t count) {
    static const char *const supersets[][2] = {
        {"gb2312", "GB18030"},    {"gbk", "GB18030"},        {"gb_2312-80", "GB18030"}, {"cp936", "GB18030"},
        {"x-gbk", "GB18030"},     {"euc-cn", "GB18030"},     {"gb18030", "GB18030"},    {"utf8", "UTF-8"},
        {"iso-8859-1", "CP1252"}, {"latin1", "CP1252"},      {"big5", "BIG5-HKSCS"},    {"ks_c_5601-1987", "CP949"},
        {"shift_jis", "CP932"},   {"windows-1252", "CP1252"}};
    for (size_t i = 0; charset && i < sizeof supersets / sizeof supersets[0]; i++) {
        if (strcasecmp(charset, supersets[i][0]) == 0) return supersets[i][1];
    }
    bool is_told = charset && *charset && strcasecmp(charset, "us-ascii") != 0;
    if (is_told) {
        iconv_t known = iconv_open("UTF-8", charset);
        if (known != (iconv_t)-1) {
            iconv_close(known);
            return charset;
        }
    }
    if (utf8_invalid_at(bytes, count) == count || is_ascii(bytes, count)) return "UTF-8";
    return fits(bytes, count, "GB18030") ? "GB18030" : "CP1252";
}

bool email_text_decode(const char *bytes, size_t count, const char *charset, cs_buffer *out, bool *is_damaged) {
    if (count >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        count -= 3;
    }
    const char *name = charset_in_practice(charset, bytes, count);
    if (strcasecmp(name, "UTF-8") == 0) return append_clean(bytes, count, out, is_damaged);
    iconv_t converter = iconv_open("UTF-8", name);
    if (converter == (iconv_t)-1) return append_clean(bytes, count, out, is_damaged);
    bool is_done = convert(converter, bytes, count, out, is_damaged);
    iconv_close(converter);
    return is_done;
}
