/* mask.h - numbers and names of people covered in a text: phones, identity cards, bank cards, e-mail addresses, passports.
 * Floor: text. A covered character becomes '*' and nothing else changes, so offsets in code points stay true: 13812342071
 * is 138****2071. Digits may be wide or read out (一三八…). Order numbers, prices, dates and service numbers stay.
 * Memory: the caller's buffer or arena; never more bytes than the text has. Threads: any.
 * Example: char out[64]; mask_text("call 13812342071", 16, out); // call 138****2071. In JSON: text/mask_json.h.
 */
#ifndef CS_TEXT_MASK_H
#define CS_TEXT_MASK_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum { CS_MASK_NAME_BYTES = 256 }; /* longer ones are no names */

/* text is valid UTF-8; out has room for bytes + 1 and gets a closing NUL. Bytes written. */
size_t mask_text(const char *text, size_t bytes, char *out);
/* The text itself where nothing is to be covered. *masked_bytes may be NULL. NULL: no memory. */
const char *mask_copy(const char *text, size_t bytes, cs_arena *arena, size_t *masked_bytes);

/* A whole text that is a phone number, whatever it looks like: its first three and last four digits stay. */
size_t mask_phone(const char *text, size_t bytes, char *out);
/* A whole text that names a customer: 王小明 is 王**, 王女士 stays, John Smith is J*** S****; numbers as above; what is no
 * name (an id, a company, 匿名) stays. out has room for the text's bytes + 1. */
size_t mask_name(const char *text, size_t bytes, char *out);
/* Whether mask_name would cover letters: it is a person's name. */
bool mask_is_name(const char *text, size_t bytes);
/* What somebody said in a conversation whose customer is known: numbers, and the whole name of the customer. out as above. */
size_t mask_said(const char *text, size_t bytes, const char *customer, char *out);
/* A title or a file name: the same. customer may be NULL: not known. A number that the
 * title's end cuts off is covered, too. out as above. */
size_t mask_title(const char *text, size_t bytes, const char *customer, char *out);

#endif
