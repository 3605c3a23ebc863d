/* Hostile texts to be covered: the same number of characters comes out, never more bytes, nothing but stars differs. */
#include "base/utf8.h"
#include "text/mask.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Character by character: the same, or a star. */
static void compare(const char *text, size_t bytes, const char *out, size_t length) {
    if (length > bytes || out[length] != 0) abort();
    size_t at = 0, seen = 0;
    while (at < bytes && seen < length) {
        unsigned step, shown;
        uint32_t c = utf8_decode(text + at, &step), d = utf8_decode(out + seen, &shown);
        if (c != d && d != '*') abort();
        at += step;
        seen += shown;
    }
    if (at != bytes || seen != length) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t customer = size ? data[0] % 24 : 0;
    char name[32];
    if (size <= customer + 1 || size > MAX_BYTES) return 0;
    const char *text = (const char *)data + 1 + customer;
    size_t bytes = size - 1 - customer;
    if (utf8_invalid_at(text, bytes) != bytes) return 0;
    if (utf8_invalid_at((const char *)data + 1, customer) != customer) customer = 0;
    memcpy(name, data + 1, customer);
    name[customer] = 0;
    char *copy = malloc(bytes ? bytes : 1), *out = malloc(bytes + 1); /* so that a byte too far is noticed */
    if (!copy || !out) abort();
    memcpy(copy, text, bytes);
    compare(copy, bytes, out, mask_text(copy, bytes, out));
    compare(copy, bytes, out, mask_name(copy, bytes, out));
    compare(copy, bytes, out, mask_phone(copy, bytes, out));
    compare(copy, bytes, out, mask_title(copy, bytes, name, out));
    free(copy);
    free(out);
    return 0;
}
