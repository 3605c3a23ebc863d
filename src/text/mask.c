#include "text/mask.h"

#include "base/utf8.h"
#include "text/mask_number.h"

#include <string.h>

enum { LEAST_DIGITS = 6, MOST_LOCAL = 64, MOST_DOMAIN = 253, READ_AGAIN = 24 };

/* ---- writing ---- */

typedef struct cs_cover {
    const char *text;
    size_t bytes, at, length; /* read and written so far */
    char *out; /* NULL: not begun, nothing was covered yet */
    cs_arena *arena;
    bool has_failed;
} cs_cover;

static void copy_until(cs_cover *cover, size_t to) {
    memcpy(cover->out + cover->length, cover->text + cover->at, to - cover->at);
    cover->length += to - cover->at;
    cover->at = to;
}

/* One character becomes a star. */
static void cover_one(cs_cover *cover, size_t from, size_t bytes) {
    if (!cover->out && !cover->has_failed) {
        cover->out = arena_alloc(cover->arena, cover->bytes + 1);
        cover->has_failed = !cover->out;
    }
    if (cover->has_failed || from < cover->at) return;
    copy_until(cover, from);
    cover->out[cover->length++] = '*';
    cover->at = from + bytes;
}

/* ---- e-mail ---- */

static bool is_local_part(unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("._%+-", c));
}

static bool is_label(unsigned char c) {
    return is_local_part(c) && !strchr("._%+", c);
}

/* Where the address whose @ is at this place begins and ends; false: it is none. */
static bool find_address(const char *text, size_t bytes, size_t at, size_t least, size_t *from, size_t *to,
                         size_t *last_dot) {
    *from = at;
    *last_dot = 0;
    while (*from > least && at - *from < MOST_LOCAL && is_local_part((unsigned char)text[*from - 1])) (*from)--;
    while (*from < at && strchr("._%+-", text[*from])) (*from)++;
    size_t end = at + 1;
    while (end < bytes && end - at < MOST_DOMAIN && (is_label((unsigned char)text[end]) || text[end] == '.')) {
        if (text[end] == '.') *last_dot = end;
        end++;
    }
    if (*last_dot && *last_dot + 1 == end) { /* the sentence's */
        end--;
        while (*last_dot > at && (*last_dot == end || text[*last_dot] != '.')) (*last_dot)--;
    }
    *to = end;
    if (*from == at || *last_dot <= at + 1 || end - *last_dot < 3) return false;
    for (size_t i = *last_dot + 1; i < end; i++)
        if (text[i] >= '0' && text[i] <= '9') return false;
    return true;
}

/* a***@***.com */
static size_t cover_address(cs_cover *cover, size_t at, size_t least) {
    size_t from, to, last_dot;
    if (!find_address(cover->text, cover->bytes, at, least, &from, &to, &last_dot)) return at + 1;
    if (at - from == 1) cover_one(cover, from, 1); /* nothing of it stays */
    for (size_t i = from + 1; i < last_dot; i++)
        if (i != at && cover->text[i] != '.') cover_one(cover, i, 1);
    return to;
}

/* Digits that begin an address are its own: 13812345678@qq.com. */
static bool is_in_address(const char *text, size_t bytes, size_t end) {
    size_t at = end, from, to, last_dot;
    while (at < bytes && at - end < MOST_LOCAL && is_local_part((unsigned char)text[at])) at++;
    return at < bytes && text[at] == '@' && find_address(text, bytes, at, 0, &from, &to, &last_dot);
}

/* ---- numbers ---- */

static void cover_number(cs_cover *cover, const cs_digit_run *run, const cs_number *number) {
    for (size_t i = number->from + number->head; i + number->tail < number->to; i++)
        cover_one(cover, run->at[i], run->bytes[i]);
}

/* Returns where to read on. */
static size_t cover_run(cs_cover *cover, size_t at) {
    cs_digit_run run;
    size_t end = digits_read(cover->text, cover->bytes, at, &run);
    if (run.count < LEAST_DIGITS) return end;
    for (size_t group = 0; group < run.group_count;) {
        cs_number number;
        if (run.is_cut && group > 0 && run.count - run.group_at[group] < READ_AGAIN) return run.at[run.group_at[group]];
        if (number_find(cover->text, cover->bytes, &run, group, &number) &&
            !is_in_address(cover->text, cover->bytes, run.at[number.to - 1] + run.bytes[number.to - 1])) {
            cover_number(cover, &run, &number);
            group += number.groups;
        } else {
            group++;
        }
    }
    if (!run.is_cut) return end;
    unsigned value, bytes; /* one group that is longer than any number */
    bool is_read_out;
    while (end < cover->bytes && (bytes = digit_at(cover->text, cover->bytes, end, &value, &is_read_out))) end += bytes;
    return end;
}

/* ---- the walk ---- */

enum { PLAIN, DIGIT, AT, LEAD };
static const unsigned char classes[256] = {
    ['0' ... '9'] = DIGIT,
    ['@'] = AT,
    [0xe3 ... 0xe9] = LEAD,
    [0xef] = LEAD,
};

static void walk(cs_cover *cover) {
    size_t at = 0, least = 0;
    unsigned value;
    bool is_read_out;
    while (at < cover->bytes) {
        unsigned char c = (unsigned char)cover->text[at];
        switch (classes[c]) {
        case DIGIT: at = cover_run(cover, at); break;
        case AT: least = at = cover_address(cover, at, least); break;
        case LEAD:
            at = digit_at(cover->text, cover->bytes, at, &value, &is_read_out) ? cover_run(cover, at) : at + 3;
            break;
        default: at++;
        }
    }
}

size_t mask_text(const char *text, size_t bytes, char *out) {
    cs_cover cover = {.text = text, .bytes = bytes, .out = out};
    walk(&cover);
    copy_until(&cover, bytes);
    out[cover.length] = 0;
    return cover.length;
}

const char *mask_copy(const char *text, size_t bytes, cs_arena *arena, size_t *masked_bytes) {
    cs_cover cover = {.text = text, .bytes = bytes, .arena = arena};
    walk(&cover);
    if (masked_bytes) *masked_bytes = bytes;
    if (cover.has_failed) return NULL;
    if (!cover.out) return text;
    copy_until(&cover, bytes);
    cover.out[cover.length] = 0;
    if (masked_bytes) *masked_bytes = cover.length;
    return cover.out;
}

size_t mask_phone(const char *text, size_t bytes, char *out) {
    enum { HEAD = 3, TAIL = 4, LEAST_PHONE = 5 };
    size_t length = mask_text(text, bytes, out), digits = 0, seen = 0;
    if (length != bytes || memcmp(text, out, bytes) != 0) return length;
    for (size_t i = 0; i < bytes; i++) digits += text[i] >= '0' && text[i] <= '9';
    size_t head = digits > HEAD + TAIL ? HEAD : digits > LEAST_PHONE ? 1 : 0, tail = digits > LEAST_PHONE ? TAIL : 1;
    for (size_t i = 0; digits >= LEAST_PHONE && i < bytes; i++) {
        if (text[i] < '0' || text[i] > '9') continue;
        if (seen >= head && seen + tail < digits) out[i] = '*';
        seen++;
    }
    return length;
}
