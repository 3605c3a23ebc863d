#include "text/quantity.h"

#include "base/utf8.h"
#include "text/unit.h"

#include <math.h>
#include <string.h>

static const double AN_HOUR = 60.0 / 1440;

static const char *const forever[] = {"终身",     "终生",     "永久",      "一辈子",    "无限期",      "lifetime",
                                      "for life", "lifelong", "life-long", "permanent", "permanently", "forever"};

/* Signs and codes before the number. */
static const struct {
    const char *sign, *currency;
} signs[] = {{"¥", "CNY"}, {"￥", "CNY"}, {"us$", "USD"}, {"hk$", "HKD"}, {"$", "USD"},
             {"€", "EUR"}, {"£", "GBP"},  {"rmb", "CNY"}, {"cny", "CNY"}, {"usd", "USD"}};

/* Words that end in a numeral, or hold one: their numeral begins no number. */
static const char *const idioms[] = {"统一", "唯一", "单一", "之一", "万一",   "专一",   "逐一",    "合一",
                                     "归一", "同一", "不一", "千万", "双十一", "一块儿", "三三两两"};

static bool starts(const cs_folded *text, uint32_t at, const char *word) {
    return strncmp(text->text + at, word, strlen(word)) == 0;
}

static bool follows(const cs_folded *text, uint32_t at, const char *word) {
    size_t bytes = strlen(word);
    return at >= bytes && strncmp(text->text + at - bytes, word, bytes) == 0;
}

static bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* ---- what may follow a number with its unit ---- */

static void set_unit(cs_quantity *out, const cs_measure *m, double value, double value_to) {
    out->kind = m->unit->kind;
    out->unit = m->unit->base;
    out->value = (value + m->half) * m->unit->factor;
    out->value_to = (value_to + m->half) * m->unit->factor;
    out->to = m->to;
}

/* 一年半, 两块半; but 三年半价 is something else. */
static void add_half(const cs_folded *text, cs_quantity *out, const cs_measure *m) {
    if (!starts(text, out->to, "半") || text_is_one_of(text, out->to + 3, "价天个小年月载") || m->half > 0) return;
    if (out->kind != CS_QUANTITY_DURATION && m->unit->manner != CS_MANNER_MONEY) return;
    out->value += m->unit->factor / 2;
    out->value_to += m->unit->factor / 2;
    out->to += 3;
}

/* 3块5, 三块五毛, 3元5角2分, 300块钱. */
static void add_money(const cs_folded *text, cs_quantity *out, const cs_measure *m) {
    cs_number tail;
    cs_measure small;
    if (m->unit->manner == CS_MANNER_MONEY && number_at(text, out->to, &tail) && tail.digits >= 0 &&
        tail.value == tail.value_to) {
        bool has_unit = unit_at(text, out->to, &tail, &small);
        if (has_unit && small.unit->manner == CS_MANNER_TENTHS && tail.value < 10) {
            out->value += tail.value / 10;
            out->to = small.to;
            if (number_at(text, small.to, &tail) && tail.value < 10 && starts(text, tail.to, "分")) {
                out->value += tail.value / 100;
                out->to = tail.to + 3;
            }
        } else if (!has_unit && starts(text, out->to - 3, "块") && tail.numerals <= 2 && tail.value >= 1 &&
                   !text_is_one_of(text, tail.to, "点月日号")) {
            out->value += tail.value / (tail.numerals == 2 ? 100 : 10);
            out->to = tail.to;
        }
        out->value_to = out->value;
    }
    if (starts(text, out->to, "钱")) out->to += 3;
    if (starts(text, out->to, "人民币")) out->to += 9;
}

/* 八折, 八五折, 88折, 8.5折: tenths, or hundredths when there are two digits. */
static double discount(const cs_number *number) {
    return number->digits >= 10 ? number->digits : number->value * 10;
}

static bool has_tag(const cs_folded *text, uint32_t at, const char *tag) {
    return starts(text, at, tag) && !is_letter(text->text[at + strlen(tag)]);
}

static void add_tail(const cs_folded *text, cs_quantity *out, const cs_measure *m, const cs_number *number) {
    add_half(text, out, m);
    if (out->kind == CS_QUANTITY_PRICE && m->unit->manner != CS_MANNER_SPACED) add_money(text, out, m);
    if (m->unit->manner == CS_MANNER_DISCOUNT) out->value = out->value_to = discount(number);
    if (out->kind == CS_QUANTITY_PERCENT && (has_tag(text, out->to, " off") || has_tag(text, out->to, "off"))) {
        out->value = 100 - out->value;
        out->value_to = 100 - out->value_to;
        out->to += text->text[out->to] == ' ' ? 4 : 3;
    }
    if (out->kind == CS_QUANTITY_DURATION && has_tag(text, out->to, " and a half")) {
        out->value += m->unit->factor / 2;
        out->value_to = out->value;
        out->to += 11;
    }
}

/* 3-5, 三到五, 3 to 5: where the second number begins, 0: no range. */
static uint32_t range_at(const cs_folded *text, uint32_t at) {
    static const char *const between[] = {"-", "~", "–", "—", "到", "至", " to "};
    for (size_t i = 0; i < sizeof between / sizeof *between; i++)
        if (starts(text, at, between[i])) return at + (uint32_t)strlen(between[i]);
    return 0;
}

/* 3-5天, 3天到5天: the second number must be larger and have the unit. */
static bool add_range(const cs_folded *text, uint32_t from, uint32_t behind, const cs_number *first,
                      const cs_measure *unit, cs_quantity *out) {
    cs_number second;
    cs_measure m;
    uint32_t at = range_at(text, behind);
    if (!at || !number_at(text, at, &second) || !unit_at(text, at, &second, &m)) return false;
    if (second.value <= first->value || (unit && unit->unit != m.unit) || m.unit->manner == CS_MANNER_DISCOUNT)
        return false;
    out->from = from;
    set_unit(out, &m, first->value, second.value);
    if (starts(text, out->to, "钱")) out->to += 3;
    return true;
}

/* ---- numbers without a unit ---- */

/* Digits with letters, points, colons or more digits around them are codes, times, dates and telephone numbers. */
static uint32_t code_end(const cs_folded *text, uint32_t at) {
    for (char c = text->text[at]; c; c = text->text[++at]) {
        bool is_joint = c == '-' || c == '.' || c == ':' || c == '/' || c == '_';
        if (!is_digit(c) && !is_letter(c) && !(is_joint && (is_digit(text->text[at + 1])))) break;
    }
    return at;
}

static bool stands_alone(const cs_folded *text, uint32_t from, uint32_t to) {
    static const char *const marks[] = {"。", "、", "…", ":"};
    bool is_open = from == 0 || strchr(",;!?.:(\"", text->text[from - 1]) != NULL;
    bool is_closed = to == text->bytes || strchr(",;!?.)\"", text->text[to]) != NULL;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        is_open = is_open || follows(text, from, marks[i]);
        is_closed = is_closed || starts(text, to, marks[i]);
    }
    return is_open && is_closed;
}

/* A number that nothing makes a date, a floor, an hour or half of a word. *next: behind what is not to be read again. */
static bool read_plain(const cs_folded *text, uint32_t from, const cs_number *number, cs_quantity *out,
                       uint32_t *next) {
    *next = number->to;
    if (number->value != number->value_to) return false;
    if (!number->is_spoken) {
        uint32_t end = code_end(text, number->to);
        if (end != number->to || number->numerals > 8) {
            *next = end;
            return false;
        }
    }
    if (text_is_one_of(text, number->to, "月日号点时分年楼室栋弄路单级度代层幢座岁")) return false;
    bool is_sure =
        !number->is_spoken || (number->is_word ? number->value > 1 : number->numerals >= 2 && !number->is_pointed);
    if (number->is_spoken && !number->is_word && number->digits >= 0 && number->numerals < 3) is_sure = false;
    if (!is_sure && !stands_alone(text, from, number->to)) return false;
    *out = (cs_quantity){.kind = CS_QUANTITY_NUMBER, .unit = "", .from = from, .to = number->to};
    out->value = out->value_to = number->value;
    return true;
}

/* 2026年3月15日, 3月15日, 三月十五号, 3点半, 15点30分: where it ends, 0: none of these. */
static uint32_t date_end(const cs_folded *text, const cs_number *number) {
    cs_number next = *number;
    bool is_year = starts(text, next.to, "年") && next.digits >= 10 && next.digits < 2200;
    if (is_year && number->digits < 1900) { /* 26年3月; but 18年 alone, and 18年3个月, last */
        cs_number month;
        if (next.digits >= 100 || !number_at(text, next.to + 3, &month) || !starts(text, month.to, "月")) return 0;
    }
    uint32_t end = is_year ? next.to + 3 : 0;
    if (is_year && !number_at(text, end, &next)) return end;
    if (starts(text, next.to, "月") && next.value <= 12) {
        end = next.to + 3;
        if (!number_at(text, end, &next)) return end;
        return starts(text, next.to, "日") || starts(text, next.to, "号") ? next.to + 3 : end;
    }
    if (!is_year && starts(text, next.to, "点") && next.value <= 24) {
        end = next.to + 3;
        if (number_at(text, end, &next) && starts(text, next.to, "分")) end = next.to + 3;
        return end;
    }
    return end;
}

/* 这一次, 下一个: words that point at one thing count none. */
static bool is_pointing(const cs_folded *text, uint32_t from, const cs_number *number) {
    static const char *const pointers[] = {"这", "那", "每", "下", "上", "有", "另", "哪", "某", "任", "同", "唯"};
    if (!number->is_spoken || number->value != 1) return false;
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++)
        if (follows(text, from, pointers[i])) return true;
    return false;
}

static bool read_number(const cs_folded *text, uint32_t from, cs_quantity *out, uint32_t *next) {
    cs_number number;
    cs_measure m;
    bool is_number = number_at(text, from, &number);
    *next = number.to;
    if (!is_number) {
        if (is_digit(text->text[from])) *next = code_end(text, number.to);
        return false;
    }
    uint32_t end = date_end(text, &number);
    if (end) {
        *next = end;
        return false;
    }
    if (starts(text, number.to, " and a half ")) {
        number.value = number.value_to = number.value + 0.5;
        number.to += 11;
    }
    *out = (cs_quantity){.from = from};
    if (!unit_at(text, from, &number, &m))
        return add_range(text, from, number.to, &number, NULL, out) || read_plain(text, from, &number, out, next);
    if (m.unit->kind == CS_QUANTITY_COUNT && is_pointing(text, from, &number)) return false;
    if (add_range(text, from, m.to, &number, &m, out)) return true;
    set_unit(out, &m, number.value, number.value_to);
    add_tail(text, out, &m, &number);
    /* 一块 is "together" unless it is money. */
    return !(number.is_spoken && number.value == 1 && out->to == m.to && starts(text, number.to, "块"));
}

/* ---- what does not begin with a number ---- */

static bool read_forever(const cs_folded *text, uint32_t from, cs_quantity *out) {
    for (size_t i = 0; i < sizeof forever / sizeof *forever; i++) {
        uint32_t to = from + (uint32_t)strlen(forever[i]);
        if (!starts(text, from, forever[i]) || !fold_is_whole_word(text, from, to)) continue;
        *out = (cs_quantity){.kind = CS_QUANTITY_DURATION, .is_forever = true, .unit = "month", .from = from, .to = to};
        return true;
    }
    return false;
}

static bool read_signed_price(const cs_folded *text, uint32_t from, cs_quantity *out) {
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        cs_number number, second;
        uint32_t at = from + (uint32_t)strlen(signs[i].sign);
        if (!starts(text, from, signs[i].sign)) continue;
        if (text->text[at] == ' ') at++;
        if (!number_at(text, at, &number) || number.is_word) continue;
        *out = (cs_quantity){.kind = CS_QUANTITY_PRICE, .unit = signs[i].currency, .from = from, .to = number.to};
        out->value = out->value_to = number.value;
        uint32_t behind = range_at(text, number.to);
        if (behind && starts(text, behind, signs[i].sign)) behind += (uint32_t)strlen(signs[i].sign);
        if (behind && number_at(text, behind, &second) && second.value > number.value) {
            out->value_to = second.value;
            out->to = second.to;
        }
        if (starts(text, out->to, "元")) out->to += 3;
        return true;
    }
    return false;
}

/* 百分之五, 千分之三, 百分百. */
static bool read_parts(const cs_folded *text, uint32_t from, cs_quantity *out) {
    static const struct {
        const char *word;
        double parts;
    } table[] = {{"百分之", 100}, {"千分之", 1000}, {"万分之", 10000}};
    *out = (cs_quantity){.kind = CS_QUANTITY_PERCENT, .unit = "%", .from = from};
    out->value = out->value_to = 100;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cs_number number;
        uint32_t at = from + 9;
        if (!starts(text, from, table[i].word)) continue;
        if (starts(text, at, "百")) {
            out->to = at + 3;
            return true;
        }
        if (!number_at(text, at, &number)) return false;
        out->value = number.value * 100 / table[i].parts;
        out->value_to = number.value_to * 100 / table[i].parts;
        out->to = number.to;
        return true;
    }
    out->to = from + 9;
    return starts(text, from, "百分百");
}

static const struct {
    const char *word;
    double percent;
} halves[] = {{"半价", 50}, {"对折", 50}, {"half price", 50}, {"half off", 50}};

/* 半年, 半个月, half a year, an hour, 半价. */
static bool read_half(const cs_folded *text, uint32_t from, cs_quantity *out) {
    static const char *const openings[] = {"半", "half a ", "half an ", "half ", "half-", "an ", "a "};
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
        if (starts(text, from, halves[i].word)) {
            *out = (cs_quantity){.kind = CS_QUANTITY_PERCENT, .unit = "%", .from = from};
            out->value = out->value_to = halves[i].percent;
            out->to = from + (uint32_t)strlen(halves[i].word);
            return true;
        }
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        cs_measure m;
        bool is_one = *openings[i] == 'a', is_chinese = i == 0;
        cs_number number = {.value = is_one ? 1 : 0.5, .to = from + (uint32_t)strlen(openings[i]), .digits = -1};
        if (!starts(text, from, openings[i])) continue;
        if (is_chinese && text_is_one_of(text, from - (from >= 3 ? 3 : from), "大小多一")) return false;
        if (!unit_at(text, from, &number, &m) || m.unit->kind != CS_QUANTITY_DURATION || m.half > 0) continue;
        if (is_one && m.unit->factor < AN_HOUR) return false; /* wait a second */
        *out = (cs_quantity){.from = from};
        set_unit(out, &m, number.value, number.value);
        if (!is_chinese) add_tail(text, out, &m, &number);
        return true;
    }
    return false;
}

/* 第三方, 星期三, 几百块, 统一: behind what holds numerals and is no number, 0: nothing of the kind. */
static uint32_t idiom_end(const cs_folded *text, uint32_t at) {
    static const char *const openings[] = {"第", "星期", "礼拜", "周", "初", "几", "数", "上", "双", "成", "好几"};
    cs_number number;
    for (size_t i = 0; i < sizeof idioms / sizeof *idioms; i++)
        if (starts(text, at, idioms[i])) return at + (uint32_t)strlen(idioms[i]);
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        if (!starts(text, at, openings[i])) continue;
        uint32_t behind = at + (uint32_t)strlen(openings[i]);
        if (i >= 5 && i != 8 && !text_is_one_of(text, behind, "十百千万")) continue; /* 几十, 上百; but 次数3 */
        (void)number_at(text, behind, &number);
        if (number.to > behind) return number.to;
    }
    return 0;
}

static uint32_t next_character(const cs_folded *text, uint32_t at) {
    unsigned length;
    (void)utf8_decode(text->text + at, &length);
    return at + length;
}

/* Whether anything that read_at knows can begin with this character: most can't, and a turn is read in passing. */
static bool may_begin(uint32_t character) {
    if (character < 0x80) return character == '$' || is_digit((char)character) || is_letter((char)character);
    switch (character) {
    /* clang-format off */
    case L'零': case L'〇': case L'一': case L'二': case L'两': case L'兩': case L'三': case L'四': case L'五':
    case L'六': case L'七': case L'八': case L'九': case L'壹': case L'贰': case L'貳': case L'叁': case L'參':
    case L'肆': case L'伍': case L'陆': case L'陸': case L'柒': case L'捌': case L'玖': case L'廿': case L'卅':
    case L'十': case L'拾': case L'百': case L'佰': case L'千': case L'仟': case L'万': case L'萬': case L'亿':
    case L'億': case L'统': case L'唯': case L'之': case L'单': case L'专': case L'逐': case L'合': case L'归':
    case L'同': case L'不': case L'双': case L'第': case L'星': case L'礼': case L'周': case L'初': case L'几':
    case L'数': case L'上': case L'成': case L'好': case L'终': case L'永': case L'无': case L'¥': case L'￥':
    case L'€': case L'£': case L'半': case L'对':
        return true;
    /* clang-format on */
    default: return false;
    }
}

/* One quantity at this place; *next: where to look on when there is none. */
static bool read_at(const cs_folded *text, uint32_t at, cs_quantity *out, uint32_t *next) {
    char first = text->text[at];
    if (is_digit(first)) return read_number(text, at, out, next);
    if (read_signed_price(text, at, out)) return true;
    if (is_letter(first)) {
        if (read_forever(text, at, out) || read_half(text, at, out)) return true;
        bool is_read = read_number(text, at, out, next);
        if (!is_read && *next == at) *next = code_end(text, at);
        return is_read;
    }
    *next = next_character(text, at);
    if ((unsigned char)first < 0x80) return false;
    if (read_parts(text, at, out) || read_forever(text, at, out) || read_half(text, at, out)) return true;
    uint32_t end = idiom_end(text, at), behind = at;
    if (end) {
        *next = end;
        return false;
    }
    bool is_read = read_number(text, at, out, &behind);
    if (behind > at) *next = behind;
    return is_read;
}

/* 1年6个月, 一年零三个月, 2 years and 6 months: one duration while the base is the same and the unit gets smaller. */
static bool join(const cs_folded *text, cs_quantity *first, const cs_quantity *second) {
    static const char *const between[] = {"", "零", "又", "加", " ", " and ", ","};
    if (first->kind != CS_QUANTITY_DURATION || second->kind != CS_QUANTITY_DURATION) return false;
    if (first->is_forever || second->is_forever || strcmp(first->unit, second->unit) != 0) return false;
    double limit = strcmp(first->unit, "month") == 0 ? 12
                   : first->value >= 7               ? 7
                                                     : 1; /* days below a week, hours below a day */
    if (second->value_to >= limit || first->value < limit || first->value != first->value_to) return false;
    for (size_t i = 0; i < sizeof between / sizeof *between; i++) {
        size_t bytes = strlen(between[i]);
        if (second->from - first->to != bytes || !starts(text, first->to, between[i])) continue;
        if (*between[i] == ',') return false;
        first->value += second->value;
        first->value_to += second->value_to;
        first->to = second->to;
        return true;
    }
    return false;
}

uint32_t quantity_find(const cs_folded *text, cs_quantity *out, uint32_t most) {
    uint32_t count = 0;
    for (uint32_t at = 0; at < text->bytes;) {
        cs_quantity found;
        unsigned length;
        uint32_t next = at;
        if (!may_begin(utf8_decode(text->text + at, &length))) {
            at += length;
            continue;
        }
        if (!read_at(text, at, &found, &next)) {
            at = next > at ? next : next_character(text, at);
            continue;
        }
        at = found.to;
        if (count > 0 && join(text, &out[count - 1], &found)) continue;
        if (count == most) break;
        out[count++] = found;
    }
    return count;
}

/* ---- comparing ---- */

/* In days: 30 a month, 365 a year. */
static double days(const char *unit, double value) {
    if (strcmp(unit, "month") != 0) return value;
    double years = floor(value / 12);
    return years * 365 + (value - years * 12) * 30;
}

static bool is_same(double a, double b) {
    return fabs(a - b) <= 1e-9 * fmax(1, fmax(fabs(a), fabs(b)));
}

/* false: not comparable. */
static bool in_one_unit(const cs_quantity *a, const cs_quantity *b, double least[2], double most[2]) {
    bool is_time = a->kind == CS_QUANTITY_DURATION && b->kind == a->kind, is_unit = strcmp(a->unit, b->unit) == 0;
    bool is_plain = (a->kind == CS_QUANTITY_NUMBER && b->kind == CS_QUANTITY_COUNT) ||
                    (a->kind == CS_QUANTITY_COUNT && b->kind == CS_QUANTITY_NUMBER);
    if (is_time ? !is_unit && (strcmp(a->unit, "workday") == 0 || strcmp(b->unit, "workday") == 0)
                : !is_plain && (a->kind != b->kind || !is_unit))
        return false;
    bool is_mixed = is_time && !is_unit;
    least[0] = is_mixed ? days(a->unit, a->value) : a->value;
    most[0] = is_mixed ? days(a->unit, a->value_to) : a->value_to;
    least[1] = is_mixed ? days(b->unit, b->value) : b->value;
    most[1] = is_mixed ? days(b->unit, b->value_to) : b->value_to;
    return true;
}

int quantity_compare(const cs_quantity *a, const cs_quantity *b) {
    double least[2], most[2];
    if ((a->is_forever || b->is_forever) && a->kind == b->kind) return a->is_forever == b->is_forever ? 0 : 1;
    if (!in_one_unit(a, b, least, most)) return -1;
    return is_same(least[0], least[1]) && is_same(most[0], most[1]) ? 0 : 1;
}

bool quantity_is_within(const cs_quantity *inner, const cs_quantity *outer) {
    double least[2], most[2];
    if (quantity_compare(inner, outer) == 0) return true;
    if (inner->is_forever || outer->is_forever || !in_one_unit(inner, outer, least, most)) return false;
    return least[0] >= least[1] && most[0] <= most[1];
}

bool quantity_is_at_least(const cs_quantity *a, const cs_quantity *b) {
    double least[2], most[2];
    if (quantity_compare(a, b) == 0 || (a->is_forever && a->kind == b->kind)) return true;
    if (b->is_forever || !in_one_unit(a, b, least, most)) return false;
    return least[0] >= least[1] || is_same(least[0], least[1]);
}
