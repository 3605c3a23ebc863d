#include "text/mask.h"

#include "base/utf8.h"

#include <string.h>

enum {
    MOST_HAN = 4,
    MOST_HAN_WITH_POINT = 16,
    MOST_WORDS = 4,
    MOST_LETTERS = 40,
    TITLE_CHARACTERS = 40,
    LEAST_CUT_DIGITS = 4
};

/* ---- words that are no part of a name ---- */

static const char *const forms[] = {"先生", "女士", "小姐", "太太", "老师", "经理", "师傅", "阿姨",
                                    "大姐", "同学", "医生", "律师", "主任", "大哥", "老板"};
static const char *const nobody[] = {"匿名", "未知", "无名", "游客", "来电", "新客", "无"};
static const char *const nobody_ends[] = {"客户", "用户", "顾客", "访客", "买家", "会员", "公司",
                                          "中心", "集团", "银行", "商户", "酒店", "学校", "医院",
                                          "客人", "本人", "网友", "号码", "店",   "厂",   "部"};
static const char *const latin_forms[] = {"mr", "mrs", "ms", "miss", "dr", "sir", "madam", "prof"};
static const char *const latin_nobody[] = {"customer",  "guest", "anonymous", "unknown", "caller",
                                           "visitor",   "user",  "client",    "none",    "null",
                                           "undefined", "test",  "n/a",       "private", "withheld"};
static const char *const double_families[] = {"欧阳", "司马", "上官", "诸葛", "司徒", "东方", "独孤", "南宫", "夏侯",
                                              "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "轩辕", "端木"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static bool begins_with(const char *text, size_t bytes, const char *word) {
    return bytes >= strlen(word) && memcmp(text, word, strlen(word)) == 0;
}

static bool ends_with(const char *text, size_t bytes, const char *word) {
    size_t length = strlen(word);
    return bytes >= length && memcmp(text + bytes - length, word, length) == 0;
}

/* Bytes of the word it ends with; 0: none. */
static size_t ending_of(const char *text, size_t bytes, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (ends_with(text, bytes, words[i])) return strlen(words[i]);
    return 0;
}

static char small(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word_of(const char *text, size_t bytes, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        if (strlen(words[i]) != bytes) continue;
        while (at < bytes && small(text[at]) == words[i][at]) at++;
        if (at == bytes) return true;
    }
    return false;
}

/* ---- Chinese ---- */

static bool is_han(uint32_t c) {
    return (c >= 0x3400 && c <= 0x9fff) || (c >= 0x20000 && c <= 0x3ffff) || c == 0x3007;
}

static bool is_point(uint32_t c) {
    return c == 0xb7 || c == 0x2022 || c == 0x30fb;
}

/* How many bytes of it are the name that is to be covered, behind the family name; 0: it is no name. */
static size_t han_name(const char *text, size_t bytes, size_t *family) {
    size_t form = ending_of(text, bytes, forms, COUNT(forms)), length = bytes - form, han = 0;
    bool has_point = false;
    for (size_t at = 0; at < length;) {
        unsigned step;
        uint32_t c = utf8_decode(text + at, &step);
        has_point = has_point || is_point(c);
        if (is_han(c))
            han++;
        else if (!is_point(c) || han == 0)
            return 0;
        at += step;
    }
    if (han < (form ? 1U : 2U) || han > (has_point ? (size_t)MOST_HAN_WITH_POINT : (size_t)MOST_HAN)) return 0;
    for (size_t i = 0; i < COUNT(nobody); i++)
        if (begins_with(text, bytes, nobody[i])) return 0;
    if (!form && ending_of(text, bytes, nobody_ends, COUNT(nobody_ends))) return 0;
    *family = utf8_offset(text, bytes, 1);
    for (size_t i = 0; i < COUNT(double_families); i++)
        if (han > 2 && begins_with(text, length, double_families[i])) *family = strlen(double_families[i]);
    return length;
}

/* ---- letters ---- */

static bool is_latin(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0x24f && c != 0xd7 && c != 0xf7) ||
           (c >= 0x370 && c <= 0x52f);
}

/* Up to four words of letters, with blanks, points, apostrophes and hyphens. */
static bool is_latin_name(const char *text, size_t bytes) {
    size_t letters = 0, words = 0, in_word = 0;
    if (is_word_of(text, bytes, latin_nobody, COUNT(latin_nobody))) return false;
    for (size_t at = 0; at < bytes;) {
        unsigned step;
        uint32_t c = utf8_decode(text + at, &step);
        if (is_latin(c)) {
            words += in_word++ == 0;
            letters++;
        } else if (c == ' ' || c == '.') {
            in_word = 0;
        } else if (!(in_word && (c == '\'' || c == 0x2019 || c == '-'))) {
            return false;
        }
        at += step;
    }
    bool is_short_capital = words == 1 && letters <= 3 && bytes == letters && text[0] < 'a' && text[bytes - 1] < 'a';
    return letters >= 2 && letters <= MOST_LETTERS && words <= MOST_WORDS && !is_short_capital;
}

/* ---- writing ---- */

static size_t cover_han(const char *text, size_t bytes, size_t family, size_t name, char *out) {
    size_t length = family;
    memcpy(out, text, family);
    for (size_t at = family; at < name;) {
        unsigned step;
        uint32_t c = utf8_decode(text + at, &step);
        if (is_point(c)) {
            memcpy(out + length, text + at, step);
            length += step;
        } else {
            out[length++] = '*';
        }
        at += step;
    }
    memcpy(out + length, text + name, bytes - name);
    length += bytes - name;
    out[length] = 0;
    return length;
}

static size_t latin_word(const char *text, size_t bytes, size_t at) {
    size_t from = at;
    while (at < bytes && text[at] != ' ' && text[at] != '.') at++;
    return at - from;
}

static size_t cover_latin(const char *text, size_t bytes, char *out) {
    size_t length = 0;
    for (size_t at = 0; at < bytes;) {
        size_t word = latin_word(text, bytes, at);
        bool is_form = is_word_of(text + at, word, latin_forms, COUNT(latin_forms));
        for (size_t end = at + (word ? word : 1), first = at; at < end;) {
            unsigned step;
            uint32_t c = utf8_decode(text + at, &step);
            if (is_latin(c) && at > first && !is_form) {
                out[length++] = '*';
            } else {
                memcpy(out + length, text + at, step);
                length += step;
            }
            at += step;
        }
    }
    out[length] = 0;
    return length;
}

bool mask_is_name(const char *text, size_t bytes) {
    size_t family = 0;
    return bytes > 0 && utf8_invalid_at(text, bytes) == bytes &&
           (han_name(text, bytes, &family) || is_latin_name(text, bytes));
}

/* Where the letters end that a text begins with: 王小明 13812342071. */
static size_t name_part(const char *text, size_t bytes) {
    size_t at = 0;
    while (at < bytes) {
        unsigned step;
        uint32_t c = utf8_decode(text + at, &step);
        if (!is_han(c) && !is_point(c)) break;
        at += step;
    }
    return at;
}

size_t mask_name(const char *text, size_t bytes, char *out) {
    size_t family = 0;
    if (bytes == 0 || utf8_invalid_at(text, bytes) != bytes) return mask_text(text, bytes, out);
    size_t name = han_name(text, bytes, &family);
    if (name) return cover_han(text, bytes, family, name, out);
    if (is_latin_name(text, bytes)) return cover_latin(text, bytes, out);
    size_t part = name_part(text, bytes);
    if (part == 0 || !(name = han_name(text, part, &family))) return mask_text(text, bytes, out);
    size_t length = cover_han(text, part, family, name, out);
    return length + mask_text(text + part, bytes - part, out + length);
}

/* ---- titles ---- */

/* The last characters of a title that was cut at forty: what began as a number, and would be one with its rest. */
static size_t cover_cut(char *text, size_t bytes) {
    size_t from = bytes, digits = 0;
    if (utf8_count(text, bytes) < TITLE_CHARACTERS) return bytes;
    while (from > 0 &&
           ((text[from - 1] >= '0' && text[from - 1] <= '9') || text[from - 1] == ' ' || text[from - 1] == '-'))
        digits += text[--from] >= '0';
    if (digits < LEAST_CUT_DIGITS) return bytes;
    for (size_t seen = 0; from < bytes; from++)
        if (text[from] >= '0' && ++seen > 3) text[from] = '*';
    return bytes;
}

/* A family name or a first name alone may be any word. */
static bool is_whole_name(const char *name, size_t bytes) {
    size_t family = 0, covered = han_name(name, bytes, &family);
    if (covered) return covered > family;
    return is_latin_name(name, bytes) && memchr(name, ' ', bytes);
}

size_t mask_said(const char *text, size_t bytes, const char *customer, char *out) {
    size_t length = mask_text(text, bytes, out), name = customer ? strlen(customer) : 0;
    char covered[CS_MASK_NAME_BYTES];
    if (!name || name >= sizeof covered || utf8_invalid_at(customer, name) != name || !is_whole_name(customer, name))
        return length;
    size_t covered_bytes = mask_name(customer, name, covered);
    for (char *at = out; (at = memmem(at, length - (size_t)(at - out), customer, name)) != NULL;) {
        size_t behind = length - (size_t)(at - out) - name;
        memcpy(at, covered, covered_bytes);
        memmove(at + covered_bytes, at + name, behind + 1);
        length -= name - covered_bytes;
        at += covered_bytes;
    }
    return length;
}

size_t mask_title(const char *text, size_t bytes, const char *customer, char *out) {
    return cover_cut(out, mask_said(text, bytes, customer, out));
}
