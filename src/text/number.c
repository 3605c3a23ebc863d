#include "text/number.h"

#include "base/utf8.h"

#include <string.h>

enum { MOST_TOKENS = 40, MOST_DIGITS = 12 };
static const double WAN = 1e4, YI = 1e8;

typedef enum kind { NOTHING, DIGIT, TENS, LITERAL, PLACE, BIG } kind;

typedef struct token {
    kind kind;
    double value;
    uint32_t to;
    uint32_t digits;
    bool is_pointed;
} token;

static const struct {
    const char *word;
    kind kind;
    double value;
} numerals[] = {
    {"零", DIGIT, 0},   {"〇", DIGIT, 0},    {"一", DIGIT, 1},    {"二", DIGIT, 2},  {"两", DIGIT, 2},
    {"兩", DIGIT, 2},   {"三", DIGIT, 3},    {"四", DIGIT, 4},    {"五", DIGIT, 5},  {"六", DIGIT, 6},
    {"七", DIGIT, 7},   {"八", DIGIT, 8},    {"九", DIGIT, 9},    {"壹", DIGIT, 1},  {"贰", DIGIT, 2},
    {"貳", DIGIT, 2},   {"叁", DIGIT, 3},    {"參", DIGIT, 3},    {"肆", DIGIT, 4},  {"伍", DIGIT, 5},
    {"陆", DIGIT, 6},   {"陸", DIGIT, 6},    {"柒", DIGIT, 7},    {"捌", DIGIT, 8},  {"玖", DIGIT, 9},
    {"廿", TENS, 20},   {"卅", TENS, 30},    {"十", PLACE, 10},   {"拾", PLACE, 10}, {"百", PLACE, 100},
    {"佰", PLACE, 100}, {"千", PLACE, 1000}, {"仟", PLACE, 1000}, {"万", BIG, 1e4},  {"萬", BIG, 1e4},
    {"亿", BIG, 1e8},   {"億", BIG, 1e8},
};

static bool starts(const cs_folded *text, uint32_t at, const char *word) {
    return strncmp(text->text + at, word, strlen(word)) == 0;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* 1,299.50: thousands in threes, one point with digits behind it. Leading zeros are of codes, not of numbers. */
static token literal_at(const cs_folded *text, uint32_t from) {
    const char *start = text->text + from, *at = start;
    token read = {.kind = NOTHING, .to = from};
    if (*at == '0' && is_digit(at[1])) return read;
    double value = 0, scale = 1;
    uint32_t digits = 0;
    for (; is_digit(*at) && digits <= MOST_DIGITS; at++, digits++) value = value * 10 + (*at - '0');
    if (digits <= 3)
        for (; *at == ',' && is_digit(at[1]) && is_digit(at[2]) && is_digit(at[3]) && !is_digit(at[4]) &&
               digits <= MOST_DIGITS;
             at += 4, digits += 3)
            value = value * 1000 + (at[1] - '0') * 100 + (at[2] - '0') * 10 + (at[3] - '0');
    if (digits == 0 || digits > MOST_DIGITS) return read;
    if (*at == '.' && is_digit(at[1])) {
        for (at++; is_digit(*at) && digits <= MOST_DIGITS; at++, digits++) {
            value = value * 10 + (*at - '0');
            scale *= 10;
        }
        if (is_digit(*at)) return read;
        read.is_pointed = true;
    }
    read.kind = LITERAL;
    read.value = value / scale;
    read.to = from + (uint32_t)(at - start);
    read.digits = digits;
    return read;
}

static token token_at(const cs_folded *text, uint32_t from) {
    token none = {.kind = NOTHING, .to = from};
    unsigned char first = (unsigned char)text->text[from];
    if (first < 0x80) return is_digit((char)first) ? literal_at(text, from) : none;
    for (size_t i = 0; i < sizeof numerals / sizeof *numerals; i++)
        if (starts(text, from, numerals[i].word))
            return (token){.kind = numerals[i].kind, .value = numerals[i].value, .to = from + 3, .digits = 1};
    return none;
}

/* Behind numerals that make no number, so that their tail is not read as one of its own. */
static uint32_t numerals_end(const cs_folded *text, uint32_t at) {
    for (token next = token_at(text, at); next.kind != NOTHING; next = token_at(text, at)) at = next.to;
    while (is_digit(text->text[at])) at++;
    return at;
}

/* ---- 二零二六, 八五, 三五(天), 两三百 ---- */

/* A run of Chinese digits; count says how many, 0 when the first is none. */
static uint32_t digit_run(const cs_folded *text, uint32_t from, double *value, double pair[2], uint32_t *count) {
    uint32_t at = from;
    *value = 0;
    *count = 0;
    for (token next = token_at(text, at); next.kind == DIGIT && *count <= MOST_DIGITS; next = token_at(text, at)) {
        if (*count < 2) pair[*count] = next.value;
        *value = *value * 10 + next.value;
        at = next.to;
        ++*count;
    }
    return at;
}

static bool read_run(const cs_folded *text, uint32_t from, cs_number *out) {
    double value, pair[2] = {0, 0};
    uint32_t count, to = digit_run(text, from, &value, pair, &count);
    bool is_neighbours = count == 2 && pair[0] > 0 && (pair[1] == pair[0] + 1 || (pair[0] == 3 && pair[1] == 5));
    *out = (cs_number){.to = to, .numerals = count, .is_spoken = true, .value = value, .value_to = value};
    out->digits = value;
    if (is_neighbours) {
        out->value = pair[0];
        out->value_to = pair[1];
    }
    double last = 1e9;
    for (token next = token_at(text, to); next.kind != NOTHING; next = token_at(text, to)) {
        bool is_place = next.kind == PLACE && next.value < last, is_big = next.kind == BIG;
        if (!is_neighbours || (!is_place && !is_big) || out->numerals > 4) return false;
        out->value *= next.value;
        out->value_to *= next.value;
        out->numerals++;
        out->digits = -1;
        out->to = to = next.to;
        last = next.value;
    }
    return count <= MOST_DIGITS && (pair[0] > 0 || count < 3); /* 零七二一 is a code */
}

/* ---- numbers with places ---- */

typedef struct reading {
    double total, section; /* whole 万 and 亿; below them */
    double pending; /* a digit that waits for its place */
    bool has_pending, is_single, is_chinese, is_after_zero;
    double small, big, last; /* the places still allowed lie below; the last one read, 0: none */
} reading;

static bool take_digit(reading *r, const token *next) {
    if (r->has_pending) return false;
    if (next->kind == DIGIT && next->value == 0) { /* 一千零五十; alone it is the number zero */
        if (r->last > 0) {
            r->is_after_zero = true;
            return true;
        }
    }
    if (next->kind == TENS) { /* 廿五 */
        if (r->small <= 10) return false;
        r->section += next->value;
        r->small = r->last = 10;
        return true;
    }
    r->pending = next->value;
    r->has_pending = true;
    r->is_chinese = next->kind == DIGIT;
    r->is_single = next->kind == DIGIT || (next->digits == 1 && !next->is_pointed);
    return true;
}

static bool take_place(reading *r, const token *next) {
    if (next->kind == PLACE) {
        if (next->value >= r->small) return false;
        if (!r->has_pending && next->value != 10) return false;
        r->section += (r->has_pending ? r->pending : 1) * next->value;
        r->small = next->value;
    } else {
        double held = r->section + (r->has_pending ? r->pending : 0);
        if (next->value >= r->big || held <= 0) return false;
        r->total += held * next->value;
        r->section = 0;
        r->small = WAN;
        r->big = next->value;
    }
    r->last = next->value;
    r->has_pending = r->is_after_zero = false;
    return true;
}

/* What waits at the end: 二十五, 一百零五; 两千三 and 一万二 leave the next lower place unsaid. */
static bool take_rest(reading *r) {
    if (!r->has_pending) return true;
    if (r->last == 0 || r->is_after_zero || r->last == 10 || !r->is_single) {
        if (r->last > 0 && r->pending >= r->last) return false;
        r->section += r->pending;
    } else {
        r->section += r->pending * r->last / 10;
    }
    return true;
}

/* 三点五, 一点二万: digits behind 点 that are not the minutes of a clock. */
static void read_point(const cs_folded *text, cs_number *out) {
    double value, pair[2], scale = 1;
    uint32_t count;
    if (!starts(text, out->to, "点")) return;
    uint32_t to = digit_run(text, out->to + 3, &value, pair, &count);
    static const char *const clock[] = {"十", "分", "刻", "半", "钟"};
    for (size_t i = 0; i < sizeof clock / sizeof *clock; i++)
        if (starts(text, to, clock[i])) return;
    if (count == 0 || count > 6) return;
    for (uint32_t i = 0; i < count; i++) scale *= 10;
    out->value += value / scale;
    out->numerals += count;
    out->to = to;
    out->is_pointed = true;
    out->digits = -1;
    token next = token_at(text, to);
    if (next.kind == PLACE || next.kind == BIG) {
        out->value *= next.value;
        out->to = next.to;
        out->numerals++;
    }
    out->value_to = out->value;
}

static bool read_places(const cs_folded *text, uint32_t from, cs_number *out) {
    reading r = {.small = WAN, .big = YI * 10};
    token next = token_at(text, from);
    bool is_spoken = next.kind != LITERAL;
    *out = (cs_number){.to = from, .is_spoken = is_spoken, .digits = -1};
    for (int i = 0; next.kind != NOTHING; i++, next = token_at(text, out->to)) {
        if (r.has_pending && !r.is_chinese && next.kind == DIGIT) break; /* 300一台 */
        bool is_taken = next.kind == PLACE || next.kind == BIG ? take_place(&r, &next) : take_digit(&r, &next);
        if (!is_taken || i == MOST_TOKENS) return false;
        if (i == 0 && next.kind == LITERAL && !next.is_pointed) out->digits = next.value;
        if (i > 0) out->digits = -1;
        if (i == 0 && next.kind == DIGIT) out->digits = next.value;
        out->is_pointed |= next.is_pointed;
        out->numerals += next.digits;
        out->to = next.to;
    }
    if (out->numerals == 0 || !take_rest(&r)) return false;
    out->value = out->value_to = r.total + r.section;
    if (is_spoken && !out->is_pointed) read_point(text, out);
    return true;
}

/* ---- English words ---- */

static const struct {
    const char *word;
    unsigned value;
} words[] = {
    {"one", 1},       {"two", 2},       {"three", 3},    {"four", 4},      {"five", 5},        {"six", 6},
    {"seven", 7},     {"eight", 8},     {"nine", 9},     {"ten", 10},      {"eleven", 11},     {"twelve", 12},
    {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15}, {"sixteen", 16},  {"seventeen", 17},  {"eighteen", 18},
    {"nineteen", 19}, {"twenty", 20},   {"thirty", 30},  {"forty", 40},    {"fifty", 50},      {"sixty", 60},
    {"seventy", 70},  {"eighty", 80},   {"ninety", 90},  {"hundred", 100}, {"thousand", 1000},
};

/* The number word at this place, 0: none. */
static unsigned word_at(const cs_folded *text, uint32_t at, uint32_t *to) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        uint32_t end = at + (uint32_t)strlen(words[i].word);
        if (!starts(text, at, words[i].word) || !fold_is_whole_word(text, at, end)) continue;
        *to = end;
        return words[i].value;
    }
    return 0;
}

static bool read_words(const cs_folded *text, uint32_t from, cs_number *out) {
    uint32_t at = from, to = from;
    double total = 0, section = 0;
    unsigned last = 0;
    *out = (cs_number){.to = from, .is_spoken = true, .is_word = true, .digits = -1};
    if (starts(text, from, "a hundred") || starts(text, from, "a thousand")) {
        section = 1;
        last = 1;
        at += 2;
    }
    for (int i = 0; i < MOST_TOKENS; i++) {
        unsigned value = word_at(text, at, &to);
        bool is_place = value >= 100, is_below = last == 0 || last >= 100 || (last >= 20 && value < 10);
        if (value == 0 || (is_place ? section <= 0 || last == value || (value == 100 && section >= 10) : !is_below))
            break;
        if (value == 1000) {
            total += section * 1000;
            section = 0;
        } else {
            section = is_place ? section * value : section + value;
        }
        last = value;
        out->numerals++;
        out->to = at = to;
        if (starts(text, at, " and ") && last >= 100)
            at += 5;
        else if (text->text[at] == ' ' || text->text[at] == '-')
            at++;
        else
            break;
    }
    out->value = out->value_to = total + section;
    return out->numerals > 0;
}

/* ---- */

/* 十几, 三十多, 一百来, 十余: about, and no value to hold against another. */
static bool is_about(const cs_folded *text, uint32_t *to) {
    static const char *const about[] = {"多", "几", "来", "余"};
    for (size_t i = 0; i < sizeof about / sizeof *about; i++) {
        if (!starts(text, *to, about[i])) continue;
        *to += 3;
        *to = numerals_end(text, *to);
        return true;
    }
    return false;
}

bool number_at(const cs_folded *text, uint32_t from, cs_number *out) {
    if (text->text[from] >= 'a' && text->text[from] <= 'z') return read_words(text, from, out);
    double value, pair[2];
    uint32_t count;
    token first = token_at(text, from);
    *out = (cs_number){.to = from};
    if (first.kind == NOTHING) {
        while (is_digit(text->text[out->to])) out->to++; /* a code */
        return false;
    }
    (void)digit_run(text, from, &value, pair, &count);
    bool is_read = count >= 2 ? read_run(text, from, out) : read_places(text, from, out);
    if (!is_read) {
        out->to = numerals_end(text, from);
        if (out->to == from) out->to = first.to;
        return false;
    }
    return !is_about(text, &out->to);
}
