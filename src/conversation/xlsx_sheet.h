/* xlsx_sheet.h - the rows of one sheet out of its XML, one at a time.
 * Floor: conversation, private to xlsx*.c. What a row's cells hold is text as the sheet shows it; hidden rows are read too.
 * Memory: a row's cells live until the next call; strings and styles outlive the sheet. Threads: one at a time.
 * Example: xlsx_sheet_open(&(cs_xlsx_sheet_source){…}, &sheet, &m); xlsx_sheet_next(sheet, &row, &m);
 */
#ifndef CS_CONVERSATION_XLSX_SHEET_H
#define CS_CONVERSATION_XLSX_SHEET_H

#include "conversation/rows.h"
#include "conversation/xlsx_strings.h"
#include "conversation/xlsx_styles.h"

typedef struct cs_xlsx_sheet cs_xlsx_sheet;

typedef struct cs_xlsx_sheet_source {
    const char *name; /* of the part */
    cs_xlsx_source read;
    void *context;
    const cs_xlsx_strings *strings;
    const cs_xlsx_styles *styles;
    bool is_1904;
    uint32_t skip; /* rows up to this one are passed over */
} cs_xlsx_sheet_source;

cs_error xlsx_sheet_open(const cs_xlsx_sheet_source *source, cs_xlsx_sheet **out, cs_message *message);
/* Rows without anything in them are passed over. Every row has as many cells as the first one given. */
cs_error xlsx_sheet_next(cs_xlsx_sheet *sheet, cs_row *out, cs_message *message);
void xlsx_sheet_use_columns(cs_xlsx_sheet *sheet, const uint32_t *numbers, size_t count);
void xlsx_sheet_close(cs_xlsx_sheet *sheet);

#endif
