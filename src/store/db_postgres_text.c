#include "store/db_postgres_text.h"

#include "base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* U+10FF00 to U+10FFFF are F4 8F BC 80 to F4 8F BF BF; bytes below 0x80 are never wrapped. */
enum { FIRST = 0x10ff00, WRAPPED_BYTES = 4 };
static const char mark[] = "\xf4\x8f";

static bool is_private(const char *at) {
    return memcmp(at, mark, 2) == 0 && (unsigned char)at[2] >= 0xbc;
}

bool postgres_text_is_plain(const char *text, size_t length) {
    return utf8_invalid_at(text, length) == length && !postgres_text_is_wrapped(text);
}

static char *put_byte(char *out, char byte) {
    return out + utf8_encode(FIRST + (uint32_t)(unsigned char)byte, out);
}

char *postgres_text_wrap(const char *text, size_t length) {
    char *wrapped = malloc(length * WRAPPED_BYTES + 1), *out = wrapped;
    if (!wrapped) return NULL;
    for (size_t at = 0; at < length;) {
        size_t good = utf8_invalid_at(text + at, length - at);
        for (size_t end = at + good; at < end;) {
            unsigned bytes = 0;
            (void)utf8_decode(text + at, &bytes);
            if (bytes == WRAPPED_BYTES && is_private(text + at)) {
                for (unsigned i = 0; i < bytes; i++) out = put_byte(out, text[at + i]);
            } else {
                memcpy(out, text + at, bytes);
                out += bytes;
            }
            at += bytes;
        }
        if (at < length) out = put_byte(out, text[at++]);
    }
    *out = 0;
    return wrapped;
}

bool postgres_text_is_wrapped(const char *text) {
    for (const char *at = text; (at = strchr(at, mark[0])) != NULL; at++)
        if (at[1] == mark[1] && (unsigned char)at[2] >= 0xbc) return true;
    return false;
}

size_t postgres_text_unwrap(const char *text, char *out) {
    char *start = out;
    while (*text) {
        if (text[0] == mark[0] && text[1] == mark[1] && (unsigned char)text[2] >= 0xbc && text[3]) {
            unsigned length = 0;
            *out++ = (char)(utf8_decode(text, &length) - FIRST);
            text += WRAPPED_BYTES;
        } else {
            *out++ = *text++;
        }
    }
    *out = 0;
    return (size_t)(out - start);
}
