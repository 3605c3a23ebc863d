/* number.h - one number as people write and say it: 1,299.50, 两千三, 一万二, 3千, 廿五, twenty-four. Private to text/.
 * Floor: text. Reads folded text from one place on; what stands around the number is the caller's matter.
 * Memory: none. Threads: any.
 * Example: number_at(&f, 0, &n) on "两千三" gives 2300 and n.to = 9; on "三五天" the range 3 to 5.
 */
#ifndef CS_TEXT_NUMBER_H
#define CS_TEXT_NUMBER_H

#include "text/fold.h"

typedef struct cs_number {
    double value, value_to; /* the same unless it is a range of neighbours: 两三(天), 三四百 */
    uint32_t to; /* byte behind it; when nothing could be read, behind the numerals that make no number */
    uint32_t numerals; /* digits, Chinese numerals or English words */
    double digits; /* read digit by digit (八五: 85, 88: 88); -1 when it has places (八十五) or a point */
    bool is_spoken; /* begins with Chinese numerals or English words */
    bool is_pointed; /* has a decimal part */
    bool is_word; /* English */
} cs_number;

/* from stands at a character. false: no number begins here, or one that is only about (十几, 三十多, 一百来). */
bool number_at(const cs_folded *text, uint32_t from, cs_number *out);

#endif
