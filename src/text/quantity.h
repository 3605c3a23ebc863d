/* quantity.h - durations, prices, percentages, counts and plain numbers in Chinese and English text.
 * Floor: text. Values are in a base unit, so that 12个月 is 一年 and 24小时 is 一天; what only looks like a quantity (一定,
 * 十分, 第三方, 3月15日, 3点半, kf-35, telephone numbers) is none.
 * Memory: the caller's array; units are static text. Threads: any.
 * Example: quantity_find(&f, q, 8) on "保修三年" gives {DURATION, "month", 36, from 6, to 12}.
 */
#ifndef CS_TEXT_QUANTITY_H
#define CS_TEXT_QUANTITY_H

#include "text/fold.h"

typedef enum cs_quantity_kind {
    CS_QUANTITY_DURATION,
    CS_QUANTITY_PRICE,
    CS_QUANTITY_PERCENT, /* 5%, 百分之五; a discount is what remains to pay: 八折 and "20% off" are 80 */
    CS_QUANTITY_COUNT,
    CS_QUANTITY_NUMBER, /* no unit */
} cs_quantity_kind;

typedef struct cs_quantity {
    cs_quantity_kind kind;
    bool is_forever; /* a duration without end; value is 0 */
    /* Duration: "month" (年, 季度, 月), "day" (周 to 秒) or "workday". Price: the currency's code, "CNY". Percent: "%".
     * Count: the classifier, one for those that mean the same (次, 回, times: "次"). Number: "". */
    const char *unit;
    double value, value_to; /* in that unit; the same unless it is a range: 3-5天 */
    uint32_t from, to; /* bytes of the folded text */
} cs_quantity;

/* Fills out in the order of the text, without overlap, the longest at each place; at most `most`. Returns how many. */
uint32_t quantity_find(const cs_folded *text, cs_quantity *out, uint32_t most);

/* 0 equal, 1 different, -1 not comparable (kinds, currencies, classifiers, workdays against days). Months against days
 * count 30 days a month, 365 a year. A plain number compares with a count by its value. */
int quantity_compare(const cs_quantity *a, const cs_quantity *b);
/* For comparable ones: whether all of inner lies in outer's range; whether the least of a is not below the least of b. */
bool quantity_is_within(const cs_quantity *inner, const cs_quantity *outer);
bool quantity_is_at_least(const cs_quantity *a, const cs_quantity *b);

#endif
