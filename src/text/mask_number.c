#include "text/mask_number.h"

#include "text/mask_context.h"

#include <string.h>

enum {
    LEAST = 7,
    MOST = 21, /* 00 86 and an identity card is more than there is */
    MOBILE = 11,
    MAX_EXTENSION = 5,
    MOST_SHAPE = 8,
};

/* Some groups of a run, looked at as one number. */
typedef struct cs_span {
    const char *text;
    size_t bytes;
    const cs_digit_run *run;
    size_t group, groups, from, count;
    char digits[MOST + 1]; /* an X stays X */
    uint8_t gaps; /* all that stands between its groups */
    bool has_plus, is_read_out, is_thing;
    cs_context context;
} cs_span;

/* ---- its form ---- */

static size_t group_size(const cs_span *s, size_t i) {
    return (size_t)(s->run->group_at[s->group + i + 1] - s->run->group_at[s->group + i]);
}

/* "3 4 4", after skip digits that are a group or two of their own or stand at the beginning of the first. */
static bool has_shape(const cs_span *s, size_t skip, const char *shape) {
    size_t at = 0, left = skip;
    while (at < s->groups && left >= group_size(s, at)) left -= group_size(s, at++);
    for (; *shape; shape++) {
        if (*shape == ' ') continue;
        if (at >= s->groups || group_size(s, at++) - left != (size_t)(*shape - '0')) return false;
        left = 0;
    }
    return at == s->groups;
}

static bool has_one_of(const cs_span *s, size_t skip, const char *const *shapes, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (has_shape(s, skip, shapes[i])) return true;
    return false;
}

static bool is_one_group(const cs_span *s, size_t skip) {
    size_t at = 0, left = skip;
    while (at < s->groups && left >= group_size(s, at)) left -= group_size(s, at++);
    return at + 1 >= s->groups;
}

/* Each digit by itself: 1 3 8 …; or pauses wherever one breathes in, when it is read out. */
static bool is_spelt(const cs_span *s) {
    if (s->is_read_out) return true;
    return s->groups == s->count && (s->gaps & (CS_GAP_DOT | CS_GAP_PAREN)) == 0;
}

/* ---- phones ---- */

static bool is_mobile(const char *digits) {
    return digits[0] == '1' && digits[1] >= '3' && digits[1] <= '9';
}

static bool is_mobile_form(const cs_span *s, size_t skip) {
    static const char *const shapes[] = {"344", "38",    "74",   "443",   "335",    "434",  "56",
                                         "353", "32222", "3332", "12222", "122222", "3422", "3224"};
    return is_one_group(s, skip) || is_spelt(s) || has_one_of(s, skip, shapes, sizeof shapes / sizeof *shapes);
}

/* Digits of a Chinese area code with its 0: 010, 02x, 0755. 0: it is none. */
static size_t area_digits(const char *digits) {
    if (digits[0] != '0') return 0;
    if (digits[1] == '1') return digits[2] == '0' ? 3 : 0;
    if (digits[1] == '2') return 3;
    return digits[1] >= '3' ? 4 : 0;
}

/* 010 and eight, 0755 and seven or eight; the local part begins with 2 to 9. */
static bool is_landline(const cs_span *s, size_t skip) {
    const char *digits = s->digits + skip;
    size_t area = area_digits(digits), local = strlen(digits) - area;
    if (!area || local < 7 || local > 8 || (area == 3 && local == 7 && s->context != CS_CONTEXT_PHONE)) return false;
    if (digits[area] < '2') return false;
    if (skip || is_one_group(s, skip) || is_spelt(s)) return true;
    static const char *const shapes[] = {"38", "344", "48", "47", "444", "434", "443", "335", "56", "353"};
    return has_one_of(s, skip, shapes, sizeof shapes / sizeof *shapes);
}

/* 10 1234 5678 behind +86: the area without its 0. */
static bool is_landline_abroad(const char *digits) {
    size_t length = strlen(digits);
    if (digits[0] == '1') return digits[1] == '0' && length == 10;
    if (digits[0] == '2') return length == 10;
    return digits[0] >= '3' && length >= 10 && length <= 11;
}

static void keep(cs_number *out, size_t head, size_t tail) {
    out->head = head;
    out->tail = tail;
}

static bool is_chinese_abroad(const cs_span *s, cs_number *out) {
    size_t code = strncmp(s->digits, "0086", 4) == 0 ? 4 : strncmp(s->digits, "86", 2) == 0 ? 2 : 0;
    const char *rest = s->digits + code;
    if (!code) return false;
    if (strlen(rest) == MOBILE && is_mobile(rest) && is_mobile_form(s, code)) {
        keep(out, code + 3, 4);
        return true;
    }
    if (!s->has_plus && code == 2) return false;
    keep(out, code + 2 + (*rest == '0'), 4);
    return (*rest == '0' && is_landline(s, code)) || (*rest != '0' && is_landline_abroad(rest));
}

/* +44 7700 900123; 0044 … needs blanks or a word. */
static bool is_foreign(const cs_span *s, cs_number *out) {
    size_t code = s->has_plus ? 0 : 2;
    if (!s->has_plus && (strncmp(s->digits, "00", 2) != 0 || s->digits[2] == '0')) return false;
    if (!s->has_plus && s->context != CS_CONTEXT_PHONE && (s->groups == 1 || (s->gaps & CS_GAP_DOT))) return false;
    size_t length = s->count - code;
    if (s->digits[code] == '0' || length < 8 || length > 15 || (!s->has_plus && length < 10)) return false;
    keep(out, code + (length >= 10 ? 3 : 2), length >= 10 ? 4 : 3);
    return true;
}

static bool is_toll_free(const char *digits) {
    return digits[0] == '8' && (digits[1] == digits[2] || memcmp(digits, "800", 3) == 0) && digits[1] != '1';
}

static bool is_american(const cs_span *s, cs_number *out) {
    size_t code = s->count == 11 && s->digits[0] == '1' ? 1 : 0;
    const char *digits = s->digits + code;
    if (s->count - code != 10 || digits[0] < '2' || digits[3] < '2' || is_toll_free(digits)) return false;
    if (strncmp(digits, "400", 3) == 0) return false;
    if (s->groups == 1 && s->context != CS_CONTEXT_PHONE) return false;
    if (s->groups > 1 && !is_spelt(s) && !has_shape(s, code, "334") && !(code && has_shape(s, 0, "1334"))) return false;
    if (s->groups > 1 && (s->gaps & CS_GAP_SPACE) == s->gaps && s->context != CS_CONTEXT_PHONE && is_spelt(s))
        return false;
    keep(out, code + 3, 4);
    return true;
}

/* 07700 900123, 0161 496 0000 */
static bool is_british(const cs_span *s, cs_number *out) {
    if (s->count != MOBILE || s->digits[0] != '0' || s->digits[1] == '0' || s->digits[2] == '0') return false;
    if (s->digits[1] != '7' && s->digits[1] != '1') return false;
    if (s->groups == 1 && s->digits[1] != '7' && s->context != CS_CONTEXT_PHONE) return false;
    static const char *const shapes[] = {"56", "434", "344", "533", "5222", "47"};
    if (s->groups > 1 && !is_spelt(s) && !has_one_of(s, 0, shapes, sizeof shapes / sizeof *shapes)) return false;
    keep(out, 4, 4);
    return true;
}

static bool is_date(const char *digits) {
    int year = (digits[0] - '0') * 10 + digits[1] - '0', month = (digits[4] - '0') * 10 + digits[5] - '0',
        day = (digits[6] - '0') * 10 + digits[7] - '0';
    return (year == 19 || year == 20) && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* Seven or eight digits are a phone only where somebody says so. */
static bool is_local(const cs_span *s, cs_number *out) {
    static const char *const shapes[] = {"44", "34", "2222", "322"};
    if (s->context != CS_CONTEXT_PHONE || s->count < 7 || s->count > 8 || s->digits[0] < '2') return false;
    if (s->groups > 1 && !is_spelt(s) && !has_one_of(s, 0, shapes, sizeof shapes / sizeof *shapes)) return false;
    if (s->count == 8 && is_date(s->digits)) return false;
    keep(out, 0, 4);
    return true;
}

static bool is_phone(const cs_span *s, cs_number *out) {
    if (s->is_thing || strchr(s->digits, 'X')) return false;
    if (s->groups == 2 && (s->gaps & CS_GAP_DOT)) return false; /* 0.138… */
    if (is_chinese_abroad(s, out)) return true;
    if ((s->has_plus || strncmp(s->digits, "00", 2) == 0) && is_foreign(s, out)) return true;
    if (s->has_plus) return false;
    if (s->count == MOBILE && is_mobile(s->digits) && is_mobile_form(s, 0)) {
        keep(out, 3, 4);
        return true;
    }
    if (s->count == MOBILE + 1 && s->digits[0] == '0' && is_mobile(s->digits + 1) && is_mobile_form(s, 1)) {
        keep(out, 4, 4);
        return true;
    }
    if (is_landline(s, 0)) {
        keep(out, area_digits(s->digits), 4);
        return true;
    }
    return is_american(s, out) || is_british(s, out) || is_local(s, out);
}

/* ---- identity cards ---- */

static bool is_province(const char *digits) {
    static const char known[] =
        "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 "
        "81 82 83 91 ";
    const char want[] = {digits[0], digits[1], ' ', 0};
    return strstr(known, want) != NULL;
}

static bool is_month_and_day(const char *digits) {
    int month = (digits[0] - '0') * 10 + digits[1] - '0', day = (digits[2] - '0') * 10 + digits[3] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* GB 11643: weights 2^(17-i) mod 11. */
static bool has_identity_sum(const char *digits) {
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < 17; i++) sum += (digits[i] - '0') * weights[i];
    return digits[17] == "10X98765432"[sum % 11];
}

static bool is_identity_form(const cs_span *s) {
    static const char *const shapes[] = {"684",   "6444",  "666",   "3384",   "6822", "663",
                                         "64422", "68211", "33444", "4444 2", "3348"};
    return s->groups == 1 || is_spelt(s) || has_one_of(s, 0, shapes, sizeof shapes / sizeof *shapes);
}

static bool is_identity(const cs_span *s, cs_number *out) {
    const char *digits = s->digits;
    bool is_asked = s->context == CS_CONTEXT_IDENTITY;
    if ((s->count != 18 && s->count != 15) || !is_identity_form(s)) return false;
    const char *cross = strchr(digits, 'X');
    if (cross && cross != digits + 17) return false;
    keep(out, 3, 4);
    if (s->count == 18) {
        bool is_born = (strncmp(digits + 6, "19", 2) == 0 || strncmp(digits + 6, "20", 2) == 0 ||
                        strncmp(digits + 6, "18", 2) == 0) &&
                       is_month_and_day(digits + 10);
        if (is_province(digits) && is_born && has_identity_sum(digits)) return true;
        return is_asked && !s->is_thing && digits[0] != '0';
    }
    if (!is_province(digits) || !is_month_and_day(digits + 8)) return false;
    return is_asked || (!s->is_thing && digits[6] >= '2');
}

/* ---- bank cards ---- */

static bool has_luhn(const char *digits, size_t count) {
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned value = (unsigned)(digits[count - 1 - i] - '0') << (i % 2);
        sum += value > 9 ? value - 9 : value;
    }
    return sum % 10 == 0;
}

static int beginning(const char *digits, int count) {
    int value = 0;
    for (int i = 0; i < count; i++) value = value * 10 + digits[i] - '0';
    return value;
}

/* Who issues cards with this beginning and length: UnionPay, Visa, Mastercard, American Express, JCB, Discover, and the old
 * ones of Chinese banks. */
static bool is_issued(const char *digits, size_t count) {
    int two = beginning(digits, 2), four = beginning(digits, 4);
    if (two == 62 || two == 81) return count >= 16 && count <= 19;
    if (digits[0] == '4') return count == 16 || count == 19;
    if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return count == 16;
    if (two == 34 || two == 37) return count == 15;
    if (four >= 3528 && four <= 3589) return count == 16;
    if (two == 60 || two == 64 || two == 65) return count == 16 || count == 19;
    return (four == 9558 || four == 9559 || four == 9553) && count >= 16;
}

static bool is_card_form(const cs_span *s) {
    static const char *const shapes[] = {"4444",  "44443", "465", "464", "466",  "4442", "44441",
                                         "44442", "664",   "88",  "883", "6463", "4663"};
    if (has_shape(s, 6, "93")) return true;
    return s->groups == 1 || is_spelt(s) || has_one_of(s, 0, shapes, sizeof shapes / sizeof *shapes) ||
           (s->groups == 2 && group_size(s, 0) == 6);
}

static bool is_card(const cs_span *s, cs_number *out) {
    bool is_asked = s->context == CS_CONTEXT_CARD;
    if (s->count < 13 || s->count > 19 || s->is_thing || strchr(s->digits, 'X') || !is_card_form(s)) return false;
    if (s->gaps & (CS_GAP_DOT | CS_GAP_PAREN)) return false;
    keep(out, 4, 4);
    if (has_luhn(s->digits, s->count) && (is_issued(s->digits, s->count) || is_asked)) return s->digits[0] != '0';
    return is_asked && (s->count == 16 || s->count == 19) && is_issued(s->digits, s->count);
}

/* ---- passports ---- */

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* E12345678, EA1234567, H12345678: one or two letters right before it. */
static bool is_passport(const cs_span *s, cs_number *out) {
    size_t at = s->run->at[s->from], letters = 0;
    if (s->groups != 1 || s->count < 6 || s->count > 10 || strchr(s->digits, 'X')) return false;
    while (letters < 3 && at > letters && is_letter(s->text[at - letters - 1])) letters++;
    if (letters > 2 || (letters == 0 && s->count != 9) || context_before(s->text, at - letters) != CS_CONTEXT_PASSPORT)
        return false;
    keep(out, 0, 2);
    return true;
}

/* ---- the span ---- */

static bool has_plus(const char *text, size_t at) {
    if (at > 0 && text[at - 1] == '+') return true;
    return at >= 3 && memcmp(text + at - 3, "＋", 3) == 0;
}

/* A dash or a dot without a blank ties it to digits that don't belong to it: 2024-0138…; an extension may follow. */
static bool is_tied(const cs_digit_run *run, size_t group, size_t groups) {
    const uint8_t ties = CS_GAP_DASH | CS_GAP_DOT;
    uint8_t before = group ? run->gap[group] : 0;
    uint8_t behind = group + groups < run->group_count ? run->gap[group + groups] : 0;
    if ((before & ties) && !(before & CS_GAP_SPACE)) return true;
    if (!(behind & ties) || (behind & CS_GAP_SPACE)) return false;
    size_t extension = (size_t)(run->group_at[group + groups + 1] - run->group_at[group + groups]);
    return behind != CS_GAP_DASH || extension > MAX_EXTENSION || group + groups + 1 < run->group_count;
}

static bool take_groups(cs_span *s, size_t groups) {
    const cs_digit_run *run = s->run;
    s->groups = groups;
    s->from = run->group_at[s->group];
    s->count = run->group_at[s->group + groups] - s->from;
    if (s->count > MOST) return false;
    size_t read_out = 0;
    for (size_t i = 0; i < s->count; i++) {
        unsigned value = run->value[s->from + i];
        s->digits[i] = value == CS_DIGIT_X ? 'X' : (char)('0' + value);
        read_out += run->is_read_out[s->from + i];
    }
    s->digits[s->count] = 0;
    s->is_read_out = read_out * 2 > s->count;
    s->gaps = 0;
    for (size_t i = 1; i < groups; i++) s->gaps |= run->gap[s->group + i];
    return true;
}

static bool is_followed_by_letter(const cs_span *s) {
    size_t last = s->from + s->count - 1, end = s->run->at[last] + s->run->bytes[last];
    return end < s->bytes && (is_letter(s->text[end]) || s->text[end] == '_') && s->run->value[last] != CS_DIGIT_X;
}

static bool is_personal(cs_span *s, cs_number *out) {
    size_t from = s->run->at[s->from], last = s->from + s->count - 1, to = s->run->at[last] + s->run->bytes[last];
    if (is_passport(s, out)) return true;
    if (context_is_glued(s->text, from) || is_followed_by_letter(s) || is_tied(s->run, s->group, s->groups))
        return false;
    s->is_thing = context_is_thing(s->text, s->bytes, from - (s->has_plus ? 1 : 0), to);
    return is_identity(s, out) || is_card(s, out) || is_phone(s, out);
}

bool number_find(const char *text, size_t bytes, const cs_digit_run *run, size_t group, cs_number *out) {
    cs_span s = {.text = text, .bytes = bytes, .run = run, .group = group};
    size_t most = run->group_count - group, from = run->group_at[group];
    bool is_looked_up = false;
    if ((size_t)(run->group_at[run->group_count] - from) < LEAST - 1) return false;
    while (most > 1 && (size_t)(run->group_at[group + most] - from) > MOST) most--;
    for (size_t groups = most; groups > 0; groups--) { /* the longest that is one */
        if (!take_groups(&s, groups) || s.count < LEAST - 1) break;
        if (!is_looked_up) {
            s.has_plus = has_plus(text, run->at[from]);
            s.context = context_before(text, run->at[from]);
            is_looked_up = true;
        }
        if (!is_personal(&s, out)) continue;
        out->from = s.from;
        out->to = s.from + s.count;
        out->groups = groups;
        return true;
    }
    return false;
}
