#include "text/unit.h"

#include "base/utf8.h"

#include <string.h>

#define MINUTES (1.0 / 1440)
#define SECONDS (1.0 / 86400)
#define TIME(word, base, factor, other)                                                                                \
    { word, base, CS_QUANTITY_DURATION, factor, CS_MANNER_PLAIN, other }
#define WORD_TIME(word, base, factor)                                                                                  \
    { word, base, CS_QUANTITY_DURATION, factor, CS_MANNER_SPACED, "" }
#define WORD_MONEY(word, base, factor)                                                                                 \
    { word, base, CS_QUANTITY_PRICE, factor, CS_MANNER_SPACED, "" }
#define COUNT(word, base, other)                                                                                       \
    { word, base, CS_QUANTITY_COUNT, 1, CS_MANNER_PLAIN, other }

/* 个 before a unit of time is taken by unit_at. */
static const cs_unit units[] = {
    {"年", "month", CS_QUANTITY_DURATION, 12, CS_MANNER_YEAR, "级代度底初终货轻龄纪会味"},
    TIME("周年", "month", 12, ""),
    TIME("个月", "month", 1, ""),
    {"个半月", "month", CS_QUANTITY_DURATION, 1, CS_MANNER_AND_HALF, ""},
    {"月", "month", CS_QUANTITY_DURATION, 1, CS_MANNER_MONTH_DAY, "份底初末中饼亮"},
    TIME("季度", "month", 3, ""),
    TIME("天", "day", 1, "然气津猫空花才线"),
    TIME("自然日", "day", 1, ""),
    {"日", "day", CS_QUANTITY_DURATION, 1, CS_MANNER_DAY_OF_MONTH, "期本常"},
    TIME("周", "day", 7, "边围末"),
    TIME("星期", "day", 7, ""),
    TIME("礼拜", "day", 7, ""),
    TIME("小时", "day", 60 * MINUTES, ""),
    TIME("钟头", "day", 60 * MINUTES, ""),
    TIME("刻钟", "day", 15 * MINUTES, ""),
    TIME("分钟", "day", MINUTES, ""),
    TIME("秒", "day", SECONDS, "杀"),
    TIME("秒钟", "day", SECONDS, ""),
    TIME("工作日", "workday", 1, ""),
    WORD_TIME("year", "month", 12),
    WORD_TIME("years", "month", 12),
    WORD_TIME("yr", "month", 12),
    WORD_TIME("yrs", "month", 12),
    WORD_TIME("month", "month", 1),
    WORD_TIME("months", "month", 1),
    WORD_TIME("week", "day", 7),
    WORD_TIME("weeks", "day", 7),
    WORD_TIME("day", "day", 1),
    WORD_TIME("days", "day", 1),
    WORD_TIME("calendar days", "day", 1),
    WORD_TIME("hour", "day", 60 * MINUTES),
    WORD_TIME("hours", "day", 60 * MINUTES),
    WORD_TIME("hr", "day", 60 * MINUTES),
    WORD_TIME("hrs", "day", 60 * MINUTES),
    WORD_TIME("h", "day", 60 * MINUTES),
    WORD_TIME("minute", "day", MINUTES),
    WORD_TIME("minutes", "day", MINUTES),
    WORD_TIME("min", "day", MINUTES),
    WORD_TIME("mins", "day", MINUTES),
    WORD_TIME("second", "day", SECONDS),
    WORD_TIME("seconds", "day", SECONDS),
    WORD_TIME("working day", "workday", 1),
    WORD_TIME("working days", "workday", 1),
    WORD_TIME("business day", "workday", 1),
    WORD_TIME("business days", "workday", 1),

    {"元", "CNY", CS_QUANTITY_PRICE, 1, CS_MANNER_MONEY, "旦件素宵月宇"},
    {"块", "CNY", CS_QUANTITY_PRICE, 1, CS_MANNER_MONEY, "屏板电主表玻砖硬肉儿地"},
    {"圆", "CNY", CS_QUANTITY_PRICE, 1, CS_MANNER_MONEY, "形桌满"},
    {"角", "CNY", CS_QUANTITY_PRICE, 0.1, CS_MANNER_TENTHS, "度落色膜形"},
    {"毛", "CNY", CS_QUANTITY_PRICE, 0.1, CS_MANNER_TENTHS, "病巾衣发重利不"},
    {"分钱", "CNY", CS_QUANTITY_PRICE, 0.01, CS_MANNER_PLAIN, ""},
    {"人民币", "CNY", CS_QUANTITY_PRICE, 1, CS_MANNER_PLAIN, ""},
    {"美元", "USD", CS_QUANTITY_PRICE, 1, CS_MANNER_PLAIN, ""},
    {"美金", "USD", CS_QUANTITY_PRICE, 1, CS_MANNER_PLAIN, ""},
    {"欧元", "EUR", CS_QUANTITY_PRICE, 1, CS_MANNER_PLAIN, ""},
    {"英镑", "GBP", CS_QUANTITY_PRICE, 1, CS_MANNER_PLAIN, ""},
    {"港币", "HKD", CS_QUANTITY_PRICE, 1, CS_MANNER_PLAIN, ""},
    {"港元", "HKD", CS_QUANTITY_PRICE, 1, CS_MANNER_PLAIN, ""},
    {"日元", "JPY", CS_QUANTITY_PRICE, 1, CS_MANNER_PLAIN, ""},
    WORD_MONEY("rmb", "CNY", 1),
    WORD_MONEY("cny", "CNY", 1),
    WORD_MONEY("yuan", "CNY", 1),
    WORD_MONEY("usd", "USD", 1),
    WORD_MONEY("dollar", "USD", 1),
    WORD_MONEY("dollars", "USD", 1),
    WORD_MONEY("bucks", "USD", 1),
    WORD_MONEY("cents", "USD", 0.01),
    WORD_MONEY("eur", "EUR", 1),
    WORD_MONEY("euro", "EUR", 1),
    WORD_MONEY("euros", "EUR", 1),
    WORD_MONEY("gbp", "GBP", 1),

    {"%", "%", CS_QUANTITY_PERCENT, 1, CS_MANNER_PLAIN, ""},
    {"‰", "%", CS_QUANTITY_PERCENT, 0.1, CS_MANNER_PLAIN, ""},
    {"percent", "%", CS_QUANTITY_PERCENT, 1, CS_MANNER_SPACED, ""},
    {"per cent", "%", CS_QUANTITY_PERCENT, 1, CS_MANNER_SPACED, ""},
    {"成", "%", CS_QUANTITY_PERCENT, 10, CS_MANNER_PLAIN, "功为本交立果就员人年长不品绩分"},
    {"折", "%", CS_QUANTITY_PERCENT, 1, CS_MANNER_DISCOUNT, "腾叠磨旧断算价合返射"},

    COUNT("次", "次", "性元品序要"),
    COUNT("回", "次", "事复头答来去家电访应馈收购款"),
    COUNT("趟", "次", ""),
    COUNT("遍", "次", "布地"),
    COUNT("台", "台", "阶词上湾风"),
    COUNT("件", "件", ""),
    COUNT("个", "个", "性别体月"),
    COUNT("只", "只", "要有是能会好想"),
    COUNT("部", "部", "分门件队"),
    COUNT("套", "套", "路"),
    COUNT("张", "张", ""),
    COUNT("份", "份", "额"),
    COUNT("条", "条", "件款例"),
    COUNT("辆", "辆", ""),
    COUNT("位", "位", "置于数"),
    COUNT("名", "名", "字称额单义"),
    COUNT("人", "人", "工员民为家生品类"),
    COUNT("户", "户", "口型主外"),
    COUNT("笔", "笔", "记者"),
    COUNT("瓶", "瓶", ""),
    COUNT("盒", "盒", ""),
    COUNT("箱", "箱", ""),
    COUNT("袋", "袋", ""),
    COUNT("支", "支", "持付出援撑"),
    COUNT("双", "双", "方"),
    COUNT("期", "期", "间限望待内末货盼"),
    COUNT("倍", "倍", "感受加"),
    COUNT("斤", "斤", ""),
    COUNT("公斤", "公斤", ""),
    COUNT("千克", "公斤", ""),
    COUNT("升", "升", "级"),
    COUNT("米", "米", "饭粉"),
    COUNT("公里", "公里", ""),
    COUNT("平米", "平方米", ""),
    COUNT("平方米", "平方米", ""),
    COUNT("积分", "积分", ""),
    {"time", "次", CS_QUANTITY_COUNT, 1, CS_MANNER_SPACED, ""},
    {"times", "次", CS_QUANTITY_COUNT, 1, CS_MANNER_SPACED, ""},
    {"pieces", "件", CS_QUANTITY_COUNT, 1, CS_MANNER_SPACED, ""},
    {"items", "件", CS_QUANTITY_COUNT, 1, CS_MANNER_SPACED, ""},
    {"visits", "次", CS_QUANTITY_COUNT, 1, CS_MANNER_SPACED, ""},
    {"points", "积分", CS_QUANTITY_COUNT, 1, CS_MANNER_SPACED, ""},
};

enum { UNITS = sizeof units / sizeof *units };

static bool starts(const cs_folded *text, uint32_t at, const char *word) {
    return strncmp(text->text + at, word, strlen(word)) == 0;
}

bool text_is_one_of(const cs_folded *text, uint32_t at, const char *list) {
    unsigned length;
    for (const char *c = list; *c; c += length) {
        (void)utf8_decode(c, &length);
        if (strncmp(text->text + at, c, length) == 0) return true;
    }
    return false;
}

/* A calendar's words: 2026年, 三月, 15日 are dates. 7日 is a duration where a limit follows, or where nothing else stands. */
static bool is_date(const cs_folded *text, const cs_unit *unit, uint32_t from, uint32_t to, const cs_number *number) {
    static const char *const limits[] = {"内", "之内", "以内", "无理由", "后", "之后", "以后"};
    bool is_read_out = number->is_spoken && number->digits >= 10 && number->value == number->value_to; /* 二二年 */
    if (unit->manner == CS_MANNER_YEAR) return is_read_out || (number->digits >= 1900 && number->digits < 2200);
    if (unit->manner == CS_MANNER_MONTH_DAY) return number->value <= 12;
    if (unit->manner != CS_MANNER_DAY_OF_MONTH || number->value > 31 || (from == 0 && to == text->bytes)) return false;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (starts(text, to, limits[i])) return false;
    return true;
}

/* The longest unit at this place. */
static bool longest_at(const cs_folded *text, uint32_t at, cs_measure *out) {
    uint32_t longest = 0;
    bool is_apart = text->text[at] == ' ' || text->text[at] == '-';
    for (size_t i = 0; i < UNITS; i++) {
        const cs_unit *u = &units[i];
        bool is_spaced = u->manner == CS_MANNER_SPACED;
        uint32_t start = at + (is_spaced && is_apart), bytes = (uint32_t)strlen(u->word);
        if (bytes <= longest || !starts(text, start, u->word) || text_is_one_of(text, start + bytes, u->not_before))
            continue;
        if (is_spaced && text->text[start + bytes] >= 'a' && text->text[start + bytes] <= 'z') continue;
        longest = bytes;
        *out = (cs_measure){.unit = u, .half = u->manner == CS_MANNER_AND_HALF ? 0.5 : 0, .to = start + bytes};
    }
    return longest > 0;
}

/* 个小时, 个半小时, 个工作日; 个月 stands in the table. */
static bool counted_time_at(const cs_folded *text, uint32_t at, cs_measure *out) {
    if (!starts(text, at, "个") || starts(text, at + 3, "月") || starts(text, at + 3, "半月")) return false;
    uint32_t behind = at + 3;
    bool has_half = starts(text, behind, "半");
    if (has_half) behind += 3;
    if (!longest_at(text, behind, out) || out->unit->kind != CS_QUANTITY_DURATION) return false;
    if (has_half) out->half = 0.5;
    return out->unit->manner == CS_MANNER_PLAIN;
}

bool unit_at(const cs_folded *text, uint32_t from, const cs_number *number, cs_measure *out) {
    uint32_t at = number->to;
    return counted_time_at(text, at, out) ||
           (longest_at(text, at, out) && !is_date(text, out->unit, from, out->to, number));
}
