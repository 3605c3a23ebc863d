#include "text/mask_digits.h"

#include <string.h>

enum { LONGEST_GAP = 3, IDENTITY_DIGITS = 17 }; /* characters between groups; digits before an X */

/* ---- digits ---- */

/* Read out, with what is said over the radio: 洞 0, 拐 7, 勾 9; 10: no digit. */
static unsigned read_out(uint32_t code_point) {
    switch (code_point) {
    case 0x96f6: /* 零 */
    case 0x3007: /* 〇 */
    case 0x6d1e: /* 洞 */ return 0;
    case 0x4e00: /* 一 */
    case 0x5e7a: /* 幺 */ return 1;
    case 0x4e8c: /* 二 */
    case 0x4e24: /* 两 */ return 2;
    case 0x4e09: /* 三 */ return 3;
    case 0x56db: /* 四 */ return 4;
    case 0x4e94: /* 五 */ return 5;
    case 0x516d: /* 六 */ return 6;
    case 0x4e03: /* 七 */
    case 0x62d0: /* 拐 */ return 7;
    case 0x516b: /* 八 */ return 8;
    case 0x4e5d: /* 九 */
    case 0x52fe: /* 勾 */ return 9;
    default: return 10;
    }
}

unsigned digit_at(const char *text, size_t bytes, size_t at, unsigned *value, bool *is_read_out) {
    unsigned char c = (unsigned char)text[at];
    *is_read_out = false;
    if (c >= '0' && c <= '9') {
        *value = c - '0';
        return 1;
    }
    if (c < 0xe3 || c > 0xef || bytes - at < 3) return 0;
    uint32_t code_point =
        (c & 0xfU) << 12 | ((unsigned char)text[at + 1] & 0x3fU) << 6 | ((unsigned char)text[at + 2] & 0x3fU);
    if (code_point >= 0xff10 && code_point <= 0xff19) { /* wide */
        *value = code_point - 0xff10;
        return 3;
    }
    *value = read_out(code_point);
    *is_read_out = *value < 10;
    return *is_read_out ? 3 : 0;
}

/* ---- gaps ---- */

/* Beyond ASCII. Marks of direction and other invisible characters part nothing. */
static const struct {
    const char *word;
    uint8_t kind;
    bool is_spoken; /* only between digits that are read out */
} gaps[] = {
    {"\u00a0", CS_GAP_SPACE, false},
    {"\u2009", CS_GAP_SPACE, false},
    {"\u200b", 0, false},
    {"\u200c", 0, false},
    {"\u200d", 0, false},
    {"\u200e", 0, false},
    {"\u200f", 0, false},
    {"\u2010", CS_GAP_DASH, false},
    {"\u2011", CS_GAP_DASH, false},
    {"\u2012", CS_GAP_DASH, false},
    {"\u2013", CS_GAP_DASH, false},
    {"\u2014", CS_GAP_DASH, false},
    {"\u2212", CS_GAP_DASH, false},
    {"\u202a", 0, false},
    {"\u202c", 0, false},
    {"\u202d", 0, false},
    {"\u2060", 0, false},
    {"\u2066", 0, false},
    {"\u2069", 0, false},
    {"\ufeff", 0, false},
    {"\u3000", CS_GAP_SPACE, false},
    {"（", CS_GAP_PAREN, false},
    {"）", CS_GAP_PAREN, false},
    {"－", CS_GAP_DASH, false},
    {"，", CS_GAP_SPOKEN, true},
    {"、", CS_GAP_SPOKEN, true},
    {"杠", CS_GAP_DASH, true},
    {"嗯", CS_GAP_SPOKEN, true},
    {"呃", CS_GAP_SPOKEN, true},
    {"额", CS_GAP_SPOKEN, true},
    {"啊", CS_GAP_SPOKEN, true},
};

/* 0: parts nothing that belongs together. */
static uint8_t plain_gap(char c, bool may_be_spoken) {
    switch (c) {
    case ' ': return CS_GAP_SPACE;
    case '-': return CS_GAP_DASH;
    case '.': return CS_GAP_DOT;
    case '(':
    case ')': return CS_GAP_PAREN;
    case ',': return may_be_spoken ? CS_GAP_SPOKEN : 0;
    default: return 0;
    }
}

/* Bytes of one character that may stand between digits; 0: another. */
static unsigned gap_at(const char *text, size_t bytes, size_t at, bool may_be_spoken, uint8_t *kind) {
    if ((unsigned char)text[at] < 0x80) {
        uint8_t plain = plain_gap(text[at], may_be_spoken);
        *kind |= plain;
        return plain ? 1 : 0;
    }
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
        const char *word = gaps[i].word;
        unsigned length = (unsigned char)*word < 0xe0 ? 2 : 3;
        if (text[at] != *word || length > bytes - at || memcmp(text + at, word, length) != 0) continue;
        if (gaps[i].is_spoken && !may_be_spoken) return 0;
        *kind |= gaps[i].kind;
        return length;
    }
    return 0;
}

/* Where the next digit stands behind what may stand between; SIZE_MAX: the run ends here. */
static size_t next_digit(const char *text, size_t bytes, size_t at, bool may_be_spoken, uint8_t *kind) {
    unsigned value;
    bool is_read_out;
    *kind = 0;
    for (int i = 0; i <= LONGEST_GAP && at < bytes; i++) {
        if (digit_at(text, bytes, at, &value, &is_read_out)) return at;
        unsigned length = gap_at(text, bytes, at, may_be_spoken, kind);
        if (!length) break;
        at += length;
    }
    return SIZE_MAX;
}

/* ---- a run ---- */

static bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* x, X, Ｘ or 叉 behind the digits of an identity card. */
static unsigned closing_x(const char *text, size_t bytes, size_t at) {
    if (at < bytes && (text[at] == 'x' || text[at] == 'X'))
        return at + 1 < bytes && is_letter_or_digit(text[at + 1]) ? 0 : 1;
    if (bytes - at >= 3 && (memcmp(text + at, "Ｘ", 3) == 0 || memcmp(text + at, "叉", 3) == 0)) return 3;
    return 0;
}

static void push(cs_digit_run *run, size_t at, unsigned bytes, unsigned value, bool is_read_out) {
    run->at[run->count] = at;
    run->bytes[run->count] = (uint8_t)bytes;
    run->value[run->count] = (uint8_t)value;
    run->is_read_out[run->count++] = is_read_out;
    run->end = at + bytes;
}

static void begin_group(cs_digit_run *run, uint8_t gap) {
    run->gap[run->group_count] = gap;
    run->group_at[run->group_count++] = (uint8_t)run->count;
}

size_t digits_read(const char *text, size_t bytes, size_t at, cs_digit_run *run) {
    unsigned value = 0;
    bool is_read_out = false;
    uint8_t gap = 0;
    run->count = run->group_count = 0;
    run->is_cut = false;
    run->end = at;
    unsigned length = digit_at(text, bytes, at, &value, &is_read_out);
    if (length) begin_group(run, 0);
    while (length) {
        if (run->count == CS_MOST_DIGITS) {
            run->is_cut = true;
            break;
        }
        if (gap || (run->count && is_read_out != run->is_read_out[run->count - 1]))
            begin_group(run, gap ? gap : CS_GAP_KIND);
        push(run, at, length, value, is_read_out);
        at = next_digit(text, bytes, at + length, is_read_out, &gap);
        if (at == SIZE_MAX) break;
        length = digit_at(text, bytes, at, &value, &is_read_out);
    }
    unsigned cross =
        run->count >= IDENTITY_DIGITS && run->count < CS_MOST_DIGITS ? closing_x(text, bytes, run->end) : 0;
    if (cross) push(run, run->end, cross, CS_DIGIT_X, false);
    run->group_at[run->group_count] = (uint8_t)run->count;
    run->gap[run->group_count] = 0;
    return run->end;
}
