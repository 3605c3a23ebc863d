/* English numbers: "twenty five", "two hundred and fifty", "three point five", "oh two one", "nineteen ninety eight". One to
 * nine alone stay words, and so does what only holds number words ("one by one", "second hand"). */
#include "speech/written_edits.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_WORD = 24, MOST_DIGITS = 40 };

typedef struct english_word {
    uint32_t from, to; /* bytes */
    char text[LONGEST_WORD]; /* small letters; "": too long to matter */
} english_word;

typedef struct english {
    english_word *words;
    uint32_t count;
    const char *text;
    cs_written_edits *edits;
} english;

typedef struct named {
    const char *name;
    int64_t value;
} named;

static const named ONES[] = {{"zero", 0}, {"oh", 0},  {"one", 1},   {"two", 2},   {"three", 3}, {"four", 4},
                             {"five", 5}, {"six", 6}, {"seven", 7}, {"eight", 8}, {"nine", 9},  {NULL, 0}};
static const named TEENS[] = {{"ten", 10},      {"eleven", 11},   {"twelve", 12},  {"thirteen", 13},
                              {"fourteen", 14}, {"fifteen", 15},  {"sixteen", 16}, {"seventeen", 17},
                              {"eighteen", 18}, {"nineteen", 19}, {NULL, 0}};
static const named TENS[] = {{"twenty", 20},  {"thirty", 30}, {"forty", 40},  {"fifty", 50}, {"sixty", 60},
                             {"seventy", 70}, {"eighty", 80}, {"ninety", 90}, {NULL, 0}};
static const named PLACES[] = {{"thousand", 1000}, {"million", 1000000}, {"billion", 1000000000}, {NULL, 0}};
static const named ORDINALS[] = {{"first", 1},        {"second", 2},      {"third", 3},       {"fourth", 4},
                                 {"fifth", 5},        {"sixth", 6},       {"seventh", 7},     {"eighth", 8},
                                 {"ninth", 9},        {"tenth", 10},      {"eleventh", 11},   {"twelfth", 12},
                                 {"thirteenth", 13},  {"fourteenth", 14}, {"fifteenth", 15},  {"sixteenth", 16},
                                 {"seventeenth", 17}, {"eighteenth", 18}, {"nineteenth", 19}, {"twentieth", 20},
                                 {"thirtieth", 30},   {NULL, 0}};
static const char *const MONTHS[] = {"january", "february",  "march",   "april",    "may",      "june", "july",
                                     "august",  "september", "october", "november", "december", NULL};

static int64_t find(const named *list, const char *word) {
    for (; list->name; list++)
        if (strcmp(list->name, word) == 0) return list->value;
    return -1;
}

static const char *word(const english *t, uint32_t i) {
    return i < t->count ? t->words[i].text : "";
}

static bool is_any(const char *text, const char *const *list) {
    for (; *list; list++)
        if (strcmp(*list, text) == 0) return true;
    return false;
}

/* Only blanks between two words: a comma ends a number. */
static bool follows(const english *t, uint32_t i) {
    if (i == 0 || i >= t->count) return false;
    for (uint32_t at = t->words[i - 1].to; at < t->words[i].from; at++)
        if (t->text[at] != ' ' && t->text[at] != '-') return false;
    return true;
}

static const char *next(const english *t, uint32_t i) {
    return follows(t, i) ? word(t, i) : "";
}

/* ---- digits one by one ---- */

/* "one three eight double oh": appended to out; gives how many words they are. */
static uint32_t read_digits(const english *t, uint32_t i, char *out, uint32_t *digits) {
    uint32_t from = i;
    size_t length = strlen(out);
    for (*digits = 0; i < t->count && (i == from || follows(t, i)) && length + 3 < MOST_DIGITS; i++) {
        int times = strcmp(word(t, i), "double") == 0 ? 2 : strcmp(word(t, i), "triple") == 0 ? 3 : 1;
        int64_t value = find(ONES, times > 1 ? next(t, i + 1) : word(t, i));
        if (value < 0) break;
        for (int k = 0; k < times; k++) out[length++] = (char)('0' + value), ++*digits;
        i += times > 1;
    }
    out[length] = 0;
    return i - from;
}

/* ---- by places ---- */

/* 1-99; 0 words: none. */
static uint32_t read_small(const english *t, uint32_t i, int64_t *value) {
    int64_t tens = find(TENS, word(t, i)), ones = find(ONES, next(t, i + 1));
    *value = find(TEENS, word(t, i));
    if (*value >= 0) return 1;
    if (tens > 0) {
        *value = tens + (ones > 0 ? ones : 0);
        return ones > 0 ? 2 : 1;
    }
    *value = find(ONES, word(t, i));
    return *value > 0 && strcmp(word(t, i), "oh") != 0 ? 1 : 0;
}

/* A section below a thousand: "two hundred and fifty". */
static uint32_t read_hundreds(const english *t, uint32_t i, int64_t *value) {
    uint32_t used = read_small(t, i, value);
    if (!used || strcmp(next(t, i + used), "hundred") != 0) return used;
    *value *= 100;
    used++;
    uint32_t joint = strcmp(next(t, i + used), "and") == 0;
    int64_t rest;
    uint32_t more = follows(t, i + used + joint) ? read_small(t, i + used + joint, &rest) : 0;
    if (!more) return used;
    *value += rest;
    return used + joint + more;
}

static uint32_t read_value(const english *t, uint32_t i, int64_t *value) {
    int64_t total = 0, section, last = INT64_MAX;
    uint32_t used = 0;
    while (used == 0 || follows(t, i + used)) {
        uint32_t joint = used && strcmp(next(t, i + used), "and") == 0;
        uint32_t more = used && joint && !follows(t, i + used + 1) ? 0 : read_hundreds(t, i + used + joint, &section);
        if (!more) break;
        int64_t place = find(PLACES, next(t, i + used + joint + more));
        if (place < 0) {
            total += section;
            used += joint + more;
            break;
        }
        if (place >= last) break;
        total += section * place;
        used += joint + more + 1;
        last = place;
    }
    *value = total;
    return used;
}

/* ---- what stands behind ---- */

static void push(english *t, uint32_t first, uint32_t words, const char *text) {
    written_push(t->edits, t->words[first].from, t->words[first + words - 1].to, text);
}

static const char *write_value(int64_t value, cs_arena *arena) {
    if (value >= 1000000000 && value % 1000000000 == 0)
        return arena_printf(arena, "%lld billion", (long long)(value / 1000000000));
    if (value >= 1000000 && value % 1000000 == 0)
        return arena_printf(arena, "%lld million", (long long)(value / 1000000));
    if (value >= 1000000)
        return arena_printf(arena, "%lld,%03lld,%03lld", (long long)(value / 1000000), (long long)(value / 1000 % 1000),
                            (long long)(value % 1000));
    if (value >= 10000) return arena_printf(arena, "%lld,%03lld", (long long)(value / 1000), (long long)(value % 1000));
    return arena_printf(arena, "%lld", (long long)value);
}

/* "25" with its unit: 25%, $25, $25.50; *used: how many words more are taken. */
static const char *write_unit(const english *t, uint32_t behind, int64_t value, const char *number, uint32_t *used) {
    const char *unit = next(t, behind);
    bool is_dollar = strcmp(unit, "dollars") == 0 || (strcmp(unit, "dollar") == 0 && value == 1);
    bool is_pound = strcmp(unit, "pounds") == 0 && strcmp(next(t, behind + 1), "of") != 0;
    bool is_percent = strcmp(unit, "percent") == 0;
    *used = is_dollar || is_pound || is_percent;
    if (is_percent) return arena_printf(t->edits->arena, "%s%%", number);
    if (!*used) return number;
    int64_t cents = 0;
    uint32_t joint = strcmp(next(t, behind + 1), "and") == 0;
    uint32_t more = follows(t, behind + 1 + joint) ? read_small(t, behind + 1 + joint, &cents) : 0;
    bool has_cents = more && strcmp(next(t, behind + 1 + joint + more), is_dollar ? "cents" : "pence") == 0;
    const char *sign = is_dollar ? "$" : "£";
    if (!has_cents) return arena_printf(t->edits->arena, "%s%s", sign, number);
    *used += joint + more + 1;
    return arena_printf(t->edits->arena, "%s%s.%02lld", sign, number, (long long)cents);
}

/* ---- times and years ---- */

static bool is_time_before(const english *t, uint32_t i) {
    static const char *const words[] = {"at", "by", "until", "till", "before", "after", "around", "about", NULL};
    return follows(t, i) && is_any(word(t, i - 1), words);
}

/* "three thirty pm" is 3:30 pm, "ten o'clock" 10 o'clock; 0: no time. */
static uint32_t time_at(english *t, uint32_t i) {
    static const char *const halves[] = {"am", "pm", "a.m", "p.m", "a.m.", "p.m.", NULL};
    int64_t hour = find(ONES, word(t, i)), minutes = -1;
    char text[32];
    uint32_t used = 1;
    if (hour < 0) hour = find(TEENS, word(t, i));
    if (hour < 1 || hour > 12 || strcmp(word(t, i), "oh") == 0) return 0;
    if (strcmp(next(t, i + 1), "oh") == 0 && find(ONES, next(t, i + 2)) > 0) {
        minutes = find(ONES, word(t, i + 2));
        used = 3;
    } else if (follows(t, i + 1)) {
        uint32_t more = read_small(t, i + 1, &minutes);
        if (more && minutes >= 10 && minutes < 60)
            used += more;
        else
            minutes = -1;
    }
    const char *behind = next(t, i + used);
    bool has_half = is_any(behind, halves) || (strcmp(behind, "in") == 0 && strcmp(next(t, i + used + 1), "the") == 0);
    if (minutes < 0 && !is_any(behind, halves)) return 0;
    if (minutes >= 0 && !has_half && !is_time_before(t, i)) return 0;
    if (minutes >= 0)
        (void)snprintf(text, sizeof text, "%lld:%02lld", (long long)hour, (long long)minutes);
    else
        (void)snprintf(text, sizeof text, "%lld", (long long)hour);
    push(t, i, used, text);
    return used;
}

/* "nineteen ninety eight", "twenty twenty four", "twenty oh five"; 0: none. */
static uint32_t year_at(english *t, uint32_t i) {
    int64_t century = find(TEENS, word(t, i)), rest;
    char text[32];
    if (century < 0 && strcmp(word(t, i), "twenty") == 0) century = 20;
    if (century != 18 && century != 19 && century != 20) return 0;
    if (strcmp(next(t, i + 1), "oh") == 0 && find(ONES, next(t, i + 2)) > 0) {
        (void)snprintf(text, sizeof text, "%lld%02lld", (long long)century, (long long)find(ONES, word(t, i + 2)));
        push(t, i, 3, text);
        return 3;
    }
    uint32_t used = follows(t, i + 1) ? read_small(t, i + 1, &rest) : 0;
    if (!used || rest < 10) return 0;
    if (century == 20 && strcmp(word(t, i + 1), "twenty") != 0 && find(TEENS, word(t, i + 1)) < 0) return 0;
    (void)snprintf(text, sizeof text, "%lld%02lld", (long long)century, (long long)rest);
    push(t, i, 1 + used, text);
    return 1 + used;
}

/* "may fifth" and "twenty first"; 0: none. */
static uint32_t ordinal_at(english *t, uint32_t i) {
    int64_t tens = find(TENS, word(t, i)), ones = find(ORDINALS, tens > 0 ? next(t, i + 1) : word(t, i));
    bool has_month = follows(t, i) && is_any(word(t, i - 1), MONTHS);
    if (ones < 0 || (tens > 0 && ones > 9) || (tens < 0 && !has_month)) return 0;
    int64_t value = ones + (tens > 0 ? tens : 0);
    int64_t last = value % 10;
    bool is_teen = value % 100 / 10 == 1;
    const char *end = is_teen || last == 0 || last > 3 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : "rd";
    char text[32];
    (void)snprintf(text, sizeof text, "%lld%s", (long long)value, end);
    push(t, i, tens > 0 ? 2 : 1, text);
    return tens > 0 ? 2 : 1;
}

/* ---- all of it ---- */

static uint32_t amount_at(english *t, uint32_t i) {
    int64_t value;
    char tail[MOST_DIGITS] = "";
    uint32_t used = read_value(t, i, &value), digits = 0, more = 0, unit = 0;
    if (!used && strcmp(word(t, i), "zero") == 0) used = 1, value = 0;
    if (!used) return 0;
    const char *text = write_value(value, t->edits->arena);
    if (strcmp(next(t, i + used), "point") == 0 && follows(t, i + used + 1))
        more = read_digits(t, i + used + 1, tail, &digits);
    if (text && more) text = arena_printf(t->edits->arena, "%s.%s", text, tail);
    if (more) used += 1 + more;
    int64_t place = more ? find(PLACES, next(t, i + used)) : -1; /* 2.5 million */
    if (text) text = write_unit(t, i + used, value, text, &unit);
    if (!text) {
        t->edits->has_failed = true;
        return used;
    }
    if (value < 10 && !more && !unit) return 0;
    push(t, i, used + unit, text);
    return used + unit + (place > 0);
}

static uint32_t number_at(english *t, uint32_t i) {
    char text[MOST_DIGITS] = "";
    uint32_t digits = 0;
    if (strcmp(word(t, i), "twenty") == 0 && strcmp(next(t, i + 1), "four") == 0 &&
        strcmp(next(t, i + 2), "seven") == 0) {
        push(t, i, 3, "24/7");
        return 3;
    }
    uint32_t used = read_digits(t, i, text, &digits);
    bool may_be_time = digits == 3 && used == 3 && is_time_before(t, i); /* before nine oh five */
    uint32_t time = may_be_time ? time_at(t, i) : 0;
    if (time) return time;
    if (digits >= 3) {
        push(t, i, used, text);
        return used;
    }
    used = time_at(t, i);
    if (!used) used = year_at(t, i);
    if (!used) used = ordinal_at(t, i);
    return used ? used : amount_at(t, i);
}

static bool split(english *t, uint32_t bytes, cs_arena *arena) {
    uint32_t room = 0;
    for (uint32_t at = 0; at < bytes;) {
        unsigned char c = (unsigned char)t->text[at];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter) {
            at++;
            continue;
        }
        uint32_t from = at;
        for (; at < bytes; at++) {
            c = (unsigned char)t->text[at];
            bool goes_on = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'' || (c >= '0' && c <= '9') ||
                           (c == '.' && at + 1 < bytes && t->text[at + 1] != ' ');
            if (!goes_on) break;
        }
        if (!arena_room(arena, (void **)&t->words, &room, t->count, sizeof *t->words)) return false;
        english_word *w = &t->words[t->count++];
        *w = (english_word){.from = from, .to = at};
        for (uint32_t k = 0; at - from < LONGEST_WORD && k < at - from; k++) {
            char one = t->text[from + k];
            w->text[k] = one >= 'A' && one <= 'Z' ? (char)(one + 32) : one;
        }
    }
    return true;
}

void written_english(const char *text, uint32_t bytes, cs_written_edits *edits) {
    english t = {.text = text, .edits = edits};
    if (!split(&t, bytes, edits->arena)) {
        edits->has_failed = true;
        return;
    }
    for (uint32_t i = 0; i < t.count;) {
        uint32_t used = number_at(&t, i);
        i += used ? used : 1;
    }
}
