#include "http/range.h"

#include <string.h>
#include <strings.h>

/* Digits; false when there are none. What is too large for any file becomes the largest number. */
static bool read_digits(const char **text, int64_t *out) {
    const char *from = *text;
    int64_t value = 0;
    for (; **text >= '0' && **text <= '9'; (*text)++) {
        int digit = **text - '0';
        value = value > (INT64_MAX - digit) / 10 ? INT64_MAX : value * 10 + digit;
    }
    *out = value;
    return *text > from;
}

static void skip_blanks(const char **text) {
    *text += strspn(*text, " \t");
}

cs_range_kind range_read(const char *header, int64_t length, cs_range *out) {
    *out = (cs_range){0, length};
    if (!header || strncasecmp(header, "bytes=", 6) != 0) return CS_RANGE_WHOLE;
    const char *text = header + 6;
    int64_t first = 0, last = 0;
    skip_blanks(&text);
    bool has_first = read_digits(&text, &first);
    if (*text++ != '-') return CS_RANGE_WHOLE;
    bool has_last = read_digits(&text, &last);
    skip_blanks(&text);
    if (*text || (!has_first && !has_last) || (has_first && has_last && last < first)) return CS_RANGE_WHOLE;
    if (!has_first) { /* the last so many bytes */
        if (last == 0) return CS_RANGE_BEYOND;
        first = last < length ? length - last : 0;
        last = length - 1;
    } else if (!has_last || last >= length) {
        last = length - 1;
    }
    if (first >= length) return CS_RANGE_BEYOND;
    *out = (cs_range){first, last - first + 1};
    return CS_RANGE_PART;
}
