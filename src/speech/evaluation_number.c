#include "speech/evaluation_number.h"

#include <string.h>

/* More digits than these are said one by one. */
enum { MOST_PLACES = 16, MOST_WORDS = 96 };

typedef struct speaking {
    cs_arena *arena;
    const char *words[MOST_WORDS];
    uint32_t count;
} speaking;

static void say(speaking *s, const char *word) {
    if (s->count < MOST_WORDS) s->words[s->count++] = word;
}

static bool take(speaking *s, cs_evaluated_units *way) {
    way->texts = arena_array(s->arena, s->count + 1, sizeof *way->texts);
    if (!way->texts) return false;
    memcpy(way->texts, s->words, s->count * sizeof *s->words);
    way->count = s->count;
    s->count = 0;
    return true;
}

/* ---- Chinese ---- */

static const char *const chinese_digits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};

/* Four digits: 3050 三千零五十; whether a 零 is owed before goes from group to group. */
static void say_chinese_group(speaking *s, unsigned group, bool *owes_zero) {
    static const char *const places[] = {"千", "百", "十", NULL};
    unsigned divisor = 1000;
    for (int i = 0; i < 4; i++, divisor /= 10) {
        unsigned digit = group / divisor % 10;
        if (!digit) {
            *owes_zero = true;
            continue;
        }
        if (*owes_zero && s->count) say(s, "零");
        *owes_zero = false;
        bool is_bare_ten = !s->count && i == 2 && digit == 1; /* 十五, not 一十五 */
        if (!is_bare_ten) say(s, chinese_digits[digit]);
        if (places[i]) say(s, places[i]);
    }
}

static void say_chinese(speaking *s, uint64_t value) {
    static const char *const groups[] = {"兆", "亿", "万", NULL};
    uint64_t divisor = 1000000000000;
    bool owes_zero = false;
    if (!value) say(s, "零");
    for (int i = 0; i < 4; i++, divisor /= 10000) {
        unsigned group = (unsigned)(value / divisor % 10000);
        if (!group) {
            owes_zero = s->count > 0;
            continue;
        }
        say_chinese_group(s, group, &owes_zero);
        if (groups[i]) say(s, groups[i]), owes_zero = false;
    }
}

/* 二百 is as good as 两百, 二个 as 两个. */
static void say_two(speaking *s) {
    for (uint32_t i = 0; i < s->count; i++) {
        bool is_before_ten = i + 1 < s->count && strcmp(s->words[i + 1], "十") == 0;
        bool is_behind_ten = i > 0 && strcmp(s->words[i - 1], "十") == 0;
        bool is_last_of_many = i > 0 && i + 1 == s->count;
        if (strcmp(s->words[i], "二") == 0 && !is_before_ten && !is_behind_ten && !is_last_of_many) s->words[i] = "两";
    }
}

/* ---- English ---- */

static const char *const english_small[] = {
    "zero", "one",    "two",    "three",    "four",     "five",    "six",     "seven",     "eight",    "nine",
    "ten",  "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};

static void say_english_group(speaking *s, unsigned group, bool has_and) {
    static const char *const tens[] = {"",      "",      "twenty",  "thirty", "forty",
                                       "fifty", "sixty", "seventy", "eighty", "ninety"};
    unsigned hundreds = group / 100 % 10, rest = group % 100;
    if (hundreds) say(s, english_small[hundreds]), say(s, "hundred");
    if (has_and && hundreds && rest) say(s, "and");
    if (rest >= 20) {
        say(s, tens[rest / 10]);
        if (rest % 10) say(s, english_small[rest % 10]);
    } else if (rest) {
        say(s, english_small[rest]);
    }
}

static void say_english(speaking *s, uint64_t value, bool has_and) {
    static const char *const groups[] = {"trillion", "billion", "million", "thousand", NULL};
    uint64_t divisor = 1000000000000;
    if (!value) say(s, "zero");
    for (int i = 0; i < 5; i++, divisor /= 1000) {
        unsigned group = (unsigned)(value / divisor % 1000);
        say_english_group(s, group, has_and);
        if (group && groups[i]) say(s, groups[i]);
    }
}

/* 1998: nineteen ninety eight; 2512: twenty five twelve. */
static bool say_english_pairs(speaking *s, const char *digits) {
    if (strspn(digits, "0123456789") != 4 || digits[4] || digits[0] == '0' || digits[2] == '0') return false;
    say_english_group(s, (unsigned)(digits[0] - '0') * 10 + (unsigned)(digits[1] - '0'), false);
    say_english_group(s, (unsigned)(digits[2] - '0') * 10 + (unsigned)(digits[3] - '0'), false);
    return true;
}

/* ---- both ---- */

static void say_digits(speaking *s, const char *digits, bool is_chinese) {
    for (; *digits; digits++) {
        if (*digits == '.')
            say(s, is_chinese ? "点" : "point");
        else
            say(s, is_chinese ? chinese_digits[*digits - '0'] : english_small[*digits - '0']);
    }
}

static void say_places(speaking *s, const char *digits, bool is_chinese, bool has_variant) {
    uint64_t value = 0;
    const char *at = digits;
    for (; *at && *at != '.'; at++) value = value * 10 + (uint64_t)(*at - '0');
    if (is_chinese) {
        say_chinese(s, value);
        if (has_variant) say_two(s);
    } else {
        say_english(s, value, has_variant);
    }
    say_digits(s, at, is_chinese);
}

bool evaluation_spoken(const char *digits, bool is_chinese, cs_arena *arena, cs_evaluated_units *ways,
                       uint32_t *count) {
    speaking s = {.arena = arena};
    size_t whole = strcspn(digits, ".");
    uint32_t made = 0;
    bool is_ok = true, has_places = whole <= MOST_PLACES && (whole == 1 || digits[0] != '0');
    if (has_places && whole <= 4) say_places(&s, digits, is_chinese, false), is_ok = take(&s, &ways[made++]);
    if (is_ok) {
        /* Longer than what is held, its rest is left out: nobody says a hundred digits. */
        say_digits(&s, digits, is_chinese);
        is_ok = take(&s, &ways[made++]);
    }
    if (is_ok && has_places) {
        say_places(&s, digits, is_chinese, whole <= 4);
        is_ok = take(&s, &ways[made++]);
    }
    if (is_ok && !is_chinese && say_english_pairs(&s, digits)) is_ok = take(&s, &ways[made++]);
    *count = made;
    return is_ok;
}
