#include "conversation/vcon_base64.h"

#include <stdint.h>

static int digit_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '-' || c == '+') return 62;
    return c == '_' || c == '/' ? 63 : -1;
}

bool base64_decode(const char *text, size_t bytes, cs_buffer *out) {
    while (bytes > 0 && text[bytes - 1] == '=') bytes--;
    if (bytes % 4 == 1) return false;
    uint32_t bits = 0;
    unsigned held = 0;
    char block[768];
    size_t used = 0;
    for (size_t i = 0; i < bytes; i++) {
        int value = digit_value(text[i]);
        if (value < 0) return false;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        block[used++] = (char)(bits >> held & 0xff);
        if (used < sizeof block) continue;
        if (!buffer_append(out, block, used)) return false;
        used = 0;
    }
    return buffer_append(out, block, used);
}

bool base64url_encode(const void *data, size_t bytes, cs_buffer *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const unsigned char *from = data;
    for (size_t i = 0; i < bytes; i += 3) {
        size_t taken = bytes - i < 3 ? bytes - i : 3;
        uint32_t bits = (uint32_t)from[i] << 16 | (taken > 1 ? (uint32_t)from[i + 1] << 8 : 0) |
                        (taken > 2 ? (uint32_t)from[i + 2] : 0);
        char four[4] = {digits[bits >> 18 & 63], digits[bits >> 12 & 63], digits[bits >> 6 & 63], digits[bits & 63]};
        if (!buffer_append(out, four, taken + 1)) return false;
    }
    return !out->is_failed;
}
