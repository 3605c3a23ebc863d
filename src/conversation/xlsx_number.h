/* xlsx_number.h - the number of a cell as text: without float noise, dates and lengths of time as one reads them.
 * Floor: conversation, private to xlsx*.c. Memory: the caller's buffer. Threads: any.
 * Example: char out[CS_XLSX_NUMBER_BYTES]; xlsx_number_text("43524.4758", kind, false, out); // 2019-02-28 11:25:09
 */
#ifndef CS_CONVERSATION_XLSX_NUMBER_H
#define CS_CONVERSATION_XLSX_NUMBER_H

#include "conversation/xlsx_styles.h"

enum { CS_XLSX_NUMBER_BYTES = 48 };

#define CS_XLSX_NUMBER_TABLE(X)                                                                                        \
    X(SOUND, "")                                                                                                       \
    X(NONE, "holds no number where one should be") /* as stored it is no number */                                     \
    X(INEXACT, "holds a number of more than 15 digits, of which Excel keeps no more") /* whole, above 2^53 */
typedef enum cs_xlsx_number {
#define X(code, words) CS_XLSX_NUMBER_##code,
    CS_XLSX_NUMBER_TABLE(X)
#undef X
} cs_xlsx_number;

/* A moment is "yyyy-mm-dd hh:mm:ss" (with .mmm when the format shows it), a length or a time of day "hh:mm:ss". */
cs_xlsx_number xlsx_number_text(const char *stored, cs_number_kind kind, bool is_1904, char out[CS_XLSX_NUMBER_BYTES]);

#endif
