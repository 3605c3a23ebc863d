#include "text/phone.h"

#include <stddef.h>
#include <string.h>

enum { LEAST_DIGITS = 5, MOST_DIGITS = 20, MOBILE_DIGITS = 11, SHORTEST_AREA_AND_NUMBER = 9 };

/* One character between digits that means nothing: bytes it takes, 0 when it is another. Phones copied from web pages and
 * spreadsheets hold wide blanks, hyphens and brackets, and marks of writing direction. */
static size_t filler_bytes(const char *at) {
    static const char *const wide[] = {"\u00a0", "\u2009", "\u200b", "\u200e", "\u200f", "\u2010", "\u2011",
                                       "\u2012", "\u2013", "\u2014", "\u2212", "\u202a", "\u202c", "\u202d",
                                       "\u3000", "\ufeff", "（",     "）",     "－"};
    if (strchr(" \t\r\n-().", *at) || *at == '/') return 1;
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        size_t length = strlen(wide[i]);
        if (strncmp(at, wide[i], length) == 0) return length;
    }
    return 0;
}

/* 0-9, or the wide ０-９ and ＋ (EF BC 90…99, 8B); bytes it takes, 0: neither. */
static size_t read_sign(const char *at, char *out) {
    if ((*at >= '0' && *at <= '9') || *at == '+') {
        *out = *at;
        return 1;
    }
    if (strncmp(at, "\xef\xbc", 2) != 0) return 0;
    unsigned char last = (unsigned char)at[2];
    if (last == 0x8b)
        *out = '+';
    else if (last >= 0x90 && last <= 0x99)
        *out = (char)('0' + last - 0x90);
    else
        return 0;
    return 3;
}

/* Digits alone, and whether + stood before them. */
static bool read_digits(const char *text, char digits[MOST_DIGITS + 1], bool *has_plus) {
    size_t count = 0;
    *has_plus = false;
    while (*text) {
        char sign = 0;
        size_t bytes = read_sign(text, &sign);
        if (!bytes && !(bytes = filler_bytes(text))) return false;
        text += bytes;
        if (!sign) continue;
        if (sign == '+') {
            if (count || *has_plus) return false;
            *has_plus = true;
            continue;
        }
        if (count == MOST_DIGITS) return false;
        digits[count++] = sign;
    }
    digits[count] = 0;
    return count >= LEAST_DIGITS;
}

/* 13x to 19x and eight more. */
static bool is_mobile(const char *digits) {
    return digits[0] == '1' && digits[1] >= '3' && digits[1] <= '9' && strlen(digits) == MOBILE_DIGITS;
}

/* A number of China behind its country code: a mobile, or an area without its 0 and a number (10 1234 5678). */
static bool is_chinese(const char *digits) {
    size_t length = strlen(digits);
    return is_mobile(digits) || (digits[0] != '0' && length >= SHORTEST_AREA_AND_NUMBER && length <= MOBILE_DIGITS);
}

/* 400 and 800 numbers have no area, so no 0 before them. */
static bool is_service(const char *digits) {
    return strlen(digits) == 10 && (strncmp(digits, "400", 3) == 0 || strncmp(digits, "800", 3) == 0);
}

static void write_chinese(const char *digits, char out[CS_PHONE_BYTES]) {
    size_t at = 0;
    if (*digits != '0' && !is_mobile(digits) && !is_service(digits)) out[at++] = '0';
    memcpy(out + at, digits, strlen(digits) + 1);
}

bool phone_normalise(const char *text, char out[CS_PHONE_BYTES]) {
    char digits[MOST_DIGITS + 1];
    bool has_plus;
    if (!read_digits(text, digits, &has_plus)) return false;
    const char *rest = digits;
    bool is_foreign = has_plus;
    if (!has_plus && strncmp(rest, "00", 2) == 0) {
        rest += 2;
        is_foreign = true;
    }
    if (strncmp(rest, "86", 2) == 0 && (is_foreign || is_mobile(rest + 2))) {
        const char *behind = rest + 2 + (rest[2] == '0'); /* +86 (0)10 … */
        if (is_chinese(behind)) {
            write_chinese(behind, out);
            return true;
        }
    }
    if (is_foreign) {
        if (strlen(rest) < LEAST_DIGITS || *rest == '0') return false;
        out[0] = '+';
        memcpy(out + 1, rest, strlen(rest) + 1);
        return true;
    }
    if (rest[0] == '9' && rest[1] == '0' && is_mobile(rest + 2)) rest += 2; /* 9: an outside line */
    if (rest[0] == '0' && is_mobile(rest + 1)) rest++;
    memcpy(out, rest, strlen(rest) + 1);
    return true;
}
