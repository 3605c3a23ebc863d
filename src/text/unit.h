/* unit.h - the units that may stand behind a number, one table. Private to text/.
 * Floor: text. A unit gives what is measured, in which base and how many of the base it is; words that only begin like a
 * unit (年级, 天津, 元旦) are none.
 * Memory: the table is static. Threads: any.
 * Example: unit_at(&f, 0, &three, &m) on "三个半小时" gives the hour with m.half 0.5 and m.to 15.
 */
#ifndef CS_TEXT_UNIT_H
#define CS_TEXT_UNIT_H

#include "text/number.h"
#include "text/quantity.h"

typedef enum cs_manner { /* what is particular about a unit */
                         CS_MANNER_PLAIN,
                         CS_MANNER_SPACED, /* an English word, apart from the next one */
                         CS_MANNER_YEAR, /* of the calendar: 2026年 */
                         CS_MANNER_MONTH_DAY, /* 3月 */
                         CS_MANNER_DAY_OF_MONTH, /* 15日 */
                         CS_MANNER_AND_HALF, /* 个半月 */
                         CS_MANNER_MONEY, /* tenths may follow: 3块5 */
                         CS_MANNER_TENTHS, /* 毛 */
                         CS_MANNER_DISCOUNT, /* 八五折 */
} cs_manner;

typedef struct cs_unit {
    const char *word, *base;
    cs_quantity_kind kind;
    double factor;
    cs_manner manner;
    const char *not_before; /* characters that make another word of it */
} cs_unit;

typedef struct cs_measure {
    const cs_unit *unit;
    double half; /* 0.5: one half of the unit more */
    uint32_t to;
} cs_measure;

/* The unit behind the number, which began at from. */
bool unit_at(const cs_folded *text, uint32_t from, const cs_number *number, cs_measure *out);

/* One of the characters of list stands here. */
bool text_is_one_of(const cs_folded *text, uint32_t at, const char *list);

#endif
