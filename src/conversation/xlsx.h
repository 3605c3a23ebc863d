/* xlsx.h - one sheet of an Excel workbook (Office Open XML, ECMA-376), row by row, its cells as the sheet shows them.
 * Floor: conversation, private to rows.c. Bombs, entities, encrypted and other kinds of files are refused with a remedy.
 * Memory: the workbook's texts are held, at most 512 MB; of the sheet one row. Threads: one at a time.
 * Example: if (xlsx_claims(path)) code = xlsx_open(path, NULL, 0, &x, &m); while (xlsx_next(x, &row, &m) == CS_OK && !row.is_end) …
 */
#ifndef CS_CONVERSATION_XLSX_H
#define CS_CONVERSATION_XLSX_H

#include "conversation/rows.h"

typedef struct cs_xlsx cs_xlsx;

/* By its first bytes: a zip, or what Excel wrote before 2007 or writes with a password. No text begins like them. */
bool xlsx_claims(const char *path);
/* sheet NULL: the first one that is not hidden; skip: rows up to this one are passed over. */
cs_error xlsx_open(const char *path, const char *sheet, uint32_t skip, cs_xlsx **out, cs_message *message);
cs_error xlsx_next(cs_xlsx *xlsx, cs_row *out, cs_message *message); /* empty rows are passed over */
void xlsx_use_columns(cs_xlsx *xlsx, const uint32_t *numbers, size_t count);
int64_t xlsx_offset(const cs_xlsx *xlsx);
void xlsx_close(cs_xlsx *xlsx);

#endif
