/* mask_number.h - whether digits are a person's number, and which of them stay to be seen.
 * Floor: text; only mask*.c.
 * Memory: none. Threads: any.
 * Example: cs_number found; if (number_find(text, bytes, &run, 0, &found)) … // digits found.from to found.to
 */
#ifndef CS_TEXT_MASK_NUMBER_H
#define CS_TEXT_MASK_NUMBER_H

#include "text/mask_digits.h"

typedef struct cs_number {
    size_t from, to; /* digits of the run, to exclusive */
    size_t head, tail; /* how many stay at its beginning and its end */
    size_t groups; /* how many it takes */
} cs_number;

/* Beginning with this group, and never with a part of one. */
bool number_find(const char *text, size_t bytes, const cs_digit_run *run, size_t group, cs_number *out);

#endif
