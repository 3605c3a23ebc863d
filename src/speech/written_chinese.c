/* Chinese numbers: a run of numerals is read as digits one by one (一三八) or by places (一千二百), and is written in figures
 * where what stands around it says that it is a number. */
#include "base/utf8.h"
#include "speech/written_edits.h"

#include <stdio.h>
#include <string.h>

enum { MOST_DIGITS = 64, TEN_THOUSAND = 10000, HUNDRED_MILLION = 100000000 };

/* The text as characters; what is read ahead never runs over the end: a zero stands there. */
typedef struct chinese {
    const uint32_t *c, *at; /* code points and their bytes; at[count] is the text's length */
    uint32_t count;
    uint32_t time_end; /* behind the last time of day that was written: 三点到五点 */
    cs_written_edits *edits;
} chinese;

static int digit_of(uint32_t c) {
    switch (c) {
    case U'零':
    case U'〇': return 0;
    case U'一':
    case U'幺': return 1;
    case U'二':
    case U'两': return 2;
    case U'三': return 3;
    case U'四': return 4;
    case U'五': return 5;
    case U'六': return 6;
    case U'七': return 7;
    case U'八': return 8;
    case U'九': return 9;
    default: return -1;
    }
}

static int64_t place_of(uint32_t c) {
    return c == U'十'   ? 10
           : c == U'百' ? 100
           : c == U'千' ? 1000
           : c == U'万' ? TEN_THOUSAND
           : c == U'亿' ? HUNDRED_MILLION
                        : 0;
}

static uint32_t at(const chinese *t, uint32_t i) {
    return i < t->count ? t->c[i] : 0;
}

/* How many characters of the words stand at i; 0: they don't. */
static uint32_t stands(const chinese *t, uint32_t i, const char *words) {
    uint32_t length = 0;
    unsigned bytes;
    for (; *words; words += bytes, length++)
        if (utf8_decode(words, &bytes) != at(t, i + length)) return 0;
    return length;
}

static uint32_t stands_one(const chinese *t, uint32_t i, const char *const *list) {
    for (uint32_t k = 0; list[k]; k++) {
        uint32_t length = stands(t, i, list[k]);
        if (length) return length;
    }
    return 0;
}

static bool stands_before(const chinese *t, uint32_t i, const char *const *list) {
    for (uint32_t k = 0; list[k]; k++) {
        uint32_t length = (uint32_t)utf8_count(list[k], strlen(list[k]));
        if (i >= length && stands(t, i - length, list[k])) return true;
    }
    return false;
}

/* ---- a run of numerals ---- */

typedef struct run {
    uint32_t from, to; /* characters */
    bool has_places, has_liang, has_zero, has_yao;
    int64_t value; /* by places; -1: it is no such number (二三十) */
} run;

static bool is_numeral(uint32_t c) {
    return digit_of(c) >= 0 || place_of(c) > 0;
}

/* 三百五 is 350: a digit behind a place counts tenths of it, unless 零 stands between. */
static int64_t value_of(const chinese *t, uint32_t from, uint32_t to) {
    int64_t total = 0, section = 0, last = 1, big = INT64_MAX;
    int digit = -1;
    bool zero = false;
    for (uint32_t i = from; i < to; i++) {
        int64_t place = place_of(t->c[i]);
        int d = digit_of(t->c[i]);
        if (d == 0) {
            if (digit >= 0 || last == 1) return -1;
            zero = true;
        } else if (d > 0) {
            if (digit >= 0) return -1;
            digit = d;
        } else if (place >= TEN_THOUSAND) {
            if (digit > 0) section += digit;
            if (section == 0 || place >= big) return -1;
            total = place == TEN_THOUSAND ? total + section * place : (total + section) * place;
            section = 0, digit = -1, last = big = place, zero = false;
        } else {
            if (digit < 0 && (place != 10 || section > 0)) return -1;
            if (last < TEN_THOUSAND && last > 1 && place >= last) return -1;
            section += (digit < 0 ? 1 : digit) * place;
            digit = -1, last = place, zero = false;
        }
    }
    if (zero && digit < 0) return -1;
    if (digit >= 0) section += !zero && last >= 100 ? digit * (last / 10) : digit;
    return total + section;
}

static run run_at(const chinese *t, uint32_t from) {
    run r = {.from = from, .to = from, .value = -1};
    for (; is_numeral(at(t, r.to)) && r.to - from < MOST_DIGITS; r.to++) {
        uint32_t c = t->c[r.to];
        r.has_places = r.has_places || place_of(c) > 0;
        r.has_liang = r.has_liang || c == U'两';
        r.has_zero = r.has_zero || digit_of(c) == 0;
        r.has_yao = r.has_yao || c == U'幺';
    }
    if (r.has_places)
        r.value = value_of(t, from, r.to);
    else if (r.to - from == 1)
        r.value = digit_of(t->c[from]);
    return r;
}

/* ---- writing ---- */

static void write_digits(const chinese *t, uint32_t from, uint32_t to, char *out) {
    size_t length = strlen(out);
    for (uint32_t i = from; i < to; i++) out[length++] = (char)('0' + digit_of(t->c[i]));
    out[length] = 0;
}

static void write_value(int64_t value, char *out, size_t room) {
    size_t length = strlen(out);
    if (value >= HUNDRED_MILLION && value % HUNDRED_MILLION == 0)
        (void)snprintf(out + length, room - length, "%lld亿", (long long)(value / HUNDRED_MILLION));
    else if (value >= HUNDRED_MILLION && value % (HUNDRED_MILLION / 10) == 0)
        (void)snprintf(out + length, room - length, "%lld.%lld亿", (long long)(value / HUNDRED_MILLION),
                       (long long)(value % HUNDRED_MILLION / (HUNDRED_MILLION / 10)));
    else if (value >= TEN_THOUSAND && value % TEN_THOUSAND == 0)
        (void)snprintf(out + length, room - length, "%lld万", (long long)(value / TEN_THOUSAND));
    else
        (void)snprintf(out + length, room - length, "%lld", (long long)value);
}

static uint32_t push(chinese *t, uint32_t from, uint32_t to, const char *text) {
    written_push(t->edits, t->at[from], t->at[to], text);
    return to;
}

static uint32_t push_run(chinese *t, const run *r) {
    char text[MOST_DIGITS + 32] = "";
    if (r->has_places)
        write_value(r->value, text, sizeof text);
    else
        write_digits(t, r->from, r->to, text);
    return push(t, r->from, r->to, text);
}

/* ---- percent ---- */

static void append(char *text, size_t room, const char *more) {
    size_t used = strlen(text);
    (void)snprintf(text + used, room - used, "%s", more);
}

/* 三十, 三点五 (decimals), 零点五: appended to out; 0: no number stands there. Else the character behind it. */
static uint32_t read_amount(const chinese *t, uint32_t from, char *out, size_t room) {
    run r = run_at(t, from);
    if (r.to == from || r.value < 0) return 0;
    write_value(r.value, out, room);
    if (at(t, r.to) != U'点') return r.to;
    run tail = run_at(t, r.to + 1);
    if (tail.to == tail.from || tail.has_places || tail.to - tail.from > 6) return r.to;
    append(out, room, ".");
    write_digits(t, tail.from, tail.to, out);
    return tail.to;
}

static uint32_t percent_at(chinese *t, uint32_t i) {
    char text[MOST_DIGITS + 64] = "";
    const char *sign = stands(t, i, "百分之") ? "%" : stands(t, i, "千分之") ? "‰" : NULL;
    if (!sign) return 0;
    uint32_t end = read_amount(t, i + 3, text, sizeof text - 8);
    if (!end && at(t, i + 3) == U'百' && *sign == '%') append(text, sizeof text, "100"), end = i + 4;
    if (!end) return 0;
    append(text, sizeof text, sign);
    (void)push(t, i, end, text);
    if ((at(t, end) != U'到' && at(t, end) != U'至') || stands(t, end + 1, "百分之") || stands(t, end + 1, "千分之"))
        return end;
    char more[MOST_DIGITS + 64] = ""; /* 百分之三十到五十 */
    uint32_t second = read_amount(t, end + 1, more, sizeof more - 8);
    if (!second || at(t, second) == U'个' || at(t, second) == U'天') return end;
    append(more, sizeof more, sign);
    return push(t, end + 1, second, more);
}

/* ---- times and decimals: what a 点 stands behind ---- */

static bool is_time_before(const chinese *t, uint32_t i) {
    static const char *const words[] = {"上午", "下午", "早上", "晚上", "中午", "凌晨", "傍晚", "夜里", "今天", "明天",
                                        "后天", "今晚", "明晚", "昨晚", "明早", "今早", "早晨", "半夜", "日",   "号",
                                        "周一", "周二", "周三", "周四", "周五", "周六", "周日", NULL};
    return stands_before(t, i, words) ||
           (t->time_end && i == t->time_end + 1 && (t->c[i - 1] == U'到' || t->c[i - 1] == U'至'));
}

/* Behind 点: what says that it is an hour. 一 and 两 are also a little (一点) and two things (两点): fewer words say it there. */
static bool is_time_after(const chinese *t, uint32_t i, int64_t hour) {
    static const char *const sure[] = {"半", "钟", "整", "一刻", "三刻", NULL};
    static const char *const likely[] = {"前", "之前", "以前", "左右", "到", "至",
                                         "多", "开始", "以后", "之后", "后", NULL};
    return stands_one(t, i, sure) || (hour > 2 && stands_one(t, i, likely));
}

static const char *const measures[] = {"元",   "块", "万",   "亿", "倍", "米", "公", "斤",   "折",   "个",
                                       "小时", "度", "分钟", "平", "吨", "升", "寸", "英寸", "厘米", "毫",
                                       "兆",   "级", "秒",   "天", "年", "月", "克", "版",   NULL};

/* 三点五 is 3.5 and 三点二十 is 3点20; 有三点要求 is neither. 0: nothing to write. */
static uint32_t point_at(chinese *t, const run *r) {
    char text[MOST_DIGITS + 64] = "";
    run tail = run_at(t, r->to + 1);
    uint32_t length = tail.to - tail.from;
    bool is_hour = r->value >= 0 && r->value <= 24;
    bool is_minutes = length > 0 && tail.value >= 0 && tail.value < 60 && (tail.has_places || at(t, tail.to) == U'分');
    bool has_zero_minutes = length == 2 && tail.has_zero && !tail.has_places && digit_of(t->c[tail.from]) == 0;
    bool is_time = is_hour && (is_time_before(t, r->from) || (r->has_places && r->value >= 10 && length == 0) ||
                               is_time_after(t, r->to + 1, r->value));
    if (is_hour && (is_minutes || (has_zero_minutes && (is_time || at(t, tail.to) == U'分')))) {
        write_value(r->value, text, sizeof text);
        append(text, sizeof text, "点");
        if (tail.has_places)
            write_value(tail.value, text, sizeof text);
        else
            write_digits(t, tail.from, tail.to, text);
        return t->time_end = push(t, r->from, tail.to, text);
    }
    if (is_time && (length == 0 || stands_one(t, tail.from, (const char *const[]){"一刻", "三刻", NULL}))) {
        (void)push_run(t, r);
        return t->time_end = r->to + 1;
    }
    bool has_measure = stands_one(t, tail.to, measures) > 0;
    bool is_decimal = length > 0 && !tail.has_places && !tail.has_liang && r->value >= 0 &&
                      (has_measure || r->value == 0 || length > 1 || r->value > 2) && !(is_time && !has_measure);
    if (!is_decimal || length > 8) return 0;
    write_value(r->value, text, sizeof text);
    append(text, sizeof text, ".");
    write_digits(t, tail.from, tail.to, text);
    return push(t, r->from, tail.to, text);
}

/* ---- by places ---- */

static bool is_counted(const chinese *t, uint32_t i, bool is_ten) {
    static const char *const known[] = {
        "个",   "位", "名", "台",   "件", "次", "天", "年",   "月", "日",   "号",   "块", "元", "毛", "分钟",
        "小时", "秒", "岁", "斤",   "公", "米", "平", "楼",   "层", "度",   "条",   "张", "页", "倍", "种",
        "家",   "户", "辆", "部",   "套", "箱", "包", "瓶",   "盒", "双",   "只",   "人", "级", "路", "款",
        "项",   "兆", "栋", "室",   "房", "座", "排", "单元", "届", "集",   "章",   "周", "份", "笔", "通",
        "轮",   "吨", "寸", "英寸", "封", "节", "句", "遍",   "趟", "批",   "线",   "道", "题", "组", "班",
        "床",   "桶", "罐", "支",   "根", "本", "时", "厘",   "毫", "美元", "欧元", "克", "升", "期", NULL};
    static const char *const behind[] = {"多", "余", "来", "字", "里", "折", NULL};
    if (stands(t, i, "期间") || stands(t, i, "月经") || stands(t, i, "人民")) return false;
    return stands_one(t, i, known) || (!is_ten && stands_one(t, i, behind));
}

static uint32_t places_at(chinese *t, const run *r) {
    static const char *const about[] = {"几", "数", NULL}; /* 几十块 */
    static const char *const counting[] = {"第", "月", "满", "减", "加", "共", "到", "至", "于", "过", NULL};
    uint32_t length = r->to - r->from;
    bool is_ten = t->c[r->from] == U'十';
    if (r->value < 0 || stands(t, r->to, "分之") || at(t, r->to) == U'几') return 0;
    if (stands_before(t, r->from, about)) return 0;
    bool is_sure = length >= 3 || (length == 2 && !is_ten); /* 二十, 三百, 两万 */
    bool has_counted = is_counted(t, r->to, length == 1);
    if (length == 1 && stands(t, r->to, "月") && r->from > 0 && t->c[r->from - 1] == U'个') return 0;
    if (is_sure || has_counted || (length == 2 && stands_before(t, r->from, counting))) return push_run(t, r);
    return 0;
}

/* ---- digits one by one ---- */

static bool is_latin(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* 三五天, 七八个: about so many. */
static bool is_about(const chinese *t, uint32_t from) {
    int a = digit_of(t->c[from]), b = digit_of(t->c[from + 1]);
    return b == a + 1 || (a == 3 && b == 5);
}

static bool is_small_written(const chinese *t, const run *r) {
    uint32_t before = r->from ? t->c[r->from - 1] : 0, after = at(t, r->to), next = at(t, r->to + 1);
    int digit = digit_of(t->c[r->from]);
    if (digit == 0 || r->has_yao) return is_latin(before);
    if (is_latin(before)) return true;
    if (before == U'块' && digit != 2) /* 三块五, but 一块一块 and 一块三明治 */
        return r->from >= 2 && digit_of(t->c[r->from - 2]) >= 0 && after != U'块' &&
               (!after || after == U'毛' || after == U'的' || after == U'一' || after > 0x2fff) &&
               !stands(t, r->to, "明治") && next != U'块';
    if (after == U'月') return before != U'个' && before != U'每' && next != U'光';
    if (after == U'号') return true;
    if (after == U'日') return before == U'月';
    if (after == U'元') return digit != 1 ? t->c[r->from] != U'二' && next != U'素' : next != U'化' && next != U'次';
    if (after == U'块')
        return digit > 2 || next == U'钱' || (digit_of(next) >= 0 && digit_of(next) != 2 && at(t, r->to + 2) != U'块');
    if (after == U'毛') return next == U'钱';
    return false;
}

static uint32_t digits_at(chinese *t, const run *r) {
    static const char *const numbered[] = {"号", "码", "尾", NULL};
    uint32_t length = r->to - r->from, after = at(t, r->to);
    bool is_written;
    if (length == 1)
        is_written = is_small_written(t, r);
    else if (r->from > 0 && is_latin(t->c[r->from - 1]))
        is_written = true;
    else if (r->has_liang)
        is_written = false;
    else if (length == 2)
        is_written = r->has_zero || r->has_yao || after == U'折' || (after == U'年' && !is_about(t, r->from)) ||
                     stands_before(t, r->from, numbered);
    else
        is_written = true;
    return is_written ? push_run(t, r) : 0;
}

/* 零幺零杠八八: the stroke between figures. */
static void stroke_at(chinese *t, uint32_t end) {
    static const char *const strokes[] = {"杠", "横杠", NULL};
    uint32_t length = stands_one(t, end, strokes);
    if (length && digit_of(at(t, end + length)) >= 0 && run_at(t, end + length).to - end - length > 1)
        (void)push(t, end, end + length, "-");
}

/* ---- all of it ---- */

/* What holds numerals and is no number. */
static const char *const fixed[] = {"一五一十",   "三六九等", "七七八八", "五五六六",     "不管三七二十一", "三三两两",
                                    "十全十美",   "十万火急", "一清二楚", "五十步笑百步", "三百六十行",     "一一二二",
                                    "三十而立",   "四十不惑", "十有八九", "八九不离十",   "十拿九稳",       "三番五次",
                                    "一百八十度", "二八二八", "千千万万", "成千上万",     "百八十",         "十之八九",
                                    "零零散散",   "零零碎碎", "零零星星", "一万个不",     "一千个不",       NULL};

static uint32_t number_at(chinese *t, uint32_t i) {
    uint32_t end = percent_at(t, i);
    if (end) return end;
    end = stands_one(t, i, fixed);
    if (end) return i + end;
    if (stands(t, i, "万一") || stands(t, i, "千万")) return i + 2;
    run r = run_at(t, i);
    bool is_idiom = stands(t, i, "二百五") && r.to == i + 3 && !is_counted(t, r.to, false);
    if (is_idiom || (!r.has_places && stands(t, r.to, "分之"))) return r.to;
    end = at(t, r.to) == U'点' ? point_at(t, &r) : 0;
    if (!end && at(t, r.to) == U'点' && !r.has_places && r.to - r.from < 3) return r.to + 1; /* 一点, 两点建议 */
    if (!end) end = r.has_places ? places_at(t, &r) : digits_at(t, &r);
    if (end && !r.has_places) stroke_at(t, end);
    return end ? end : r.to;
}

void written_chinese(const char *text, uint32_t bytes, cs_written_edits *edits) {
    uint32_t *c = arena_array(edits->arena, (size_t)bytes + 1, sizeof *c);
    uint32_t *byte = arena_array(edits->arena, (size_t)bytes + 2, sizeof *byte);
    chinese t = {.c = c, .at = byte, .edits = edits};
    if (!c || !byte) {
        edits->has_failed = true;
        return;
    }
    for (uint32_t i = 0; i < bytes;) {
        unsigned length;
        byte[t.count] = i;
        c[t.count++] = utf8_decode(text + i, &length);
        i += length;
    }
    byte[t.count] = bytes;
    for (uint32_t i = 0; i < t.count;) {
        uint32_t skip = c[i] == U'不' ? stands_one(&t, i, fixed) : 0;
        i = skip ? i + skip : is_numeral(c[i]) ? number_at(&t, i) : i + 1;
    }
}
