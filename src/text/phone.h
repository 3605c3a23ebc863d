/* phone.h - telephone numbers in one shape, so that 0138-1234 5678, +86 138 1234 5678 and 13812345678 are the same.
 * Floor: text. Memory: the caller's buffer. Threads: any.
 * Example: char out[CS_PHONE_BYTES]; if (phone_normalise("+86 138-1234-5678", out)) puts(out); // 13812345678
 */
#ifndef CS_TEXT_PHONE_H
#define CS_TEXT_PHONE_H

#include <stdbool.h>

enum { CS_PHONE_BYTES = 24 };

/* false: it is no telephone number (fewer than 5 or more than 20 digits, or other characters than digits, blanks and
 * + - ( ) . /). A Chinese number loses +86, 0086, 86 and the 0 or 9-prefix-0 before a mobile; 010-1234 5678 keeps its 0. A number of
 * another country keeps "+" and its code. */
bool phone_normalise(const char *text, char out[CS_PHONE_BYTES]);

#endif
