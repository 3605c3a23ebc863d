/* xlsx_book.h - what a workbook consists of: its sheets in their order, and where its other parts lie.
 * Floor: conversation, private to xlsx*.c. Memory: in the caller's arena. Threads: one at a time.
 * Example: xlsx_book_read(package, arena, &book, &m); const cs_xlsx_tab *tab; xlsx_book_find(&book, "工单", &tab, &m);
 */
#ifndef CS_CONVERSATION_XLSX_BOOK_H
#define CS_CONVERSATION_XLSX_BOOK_H

#include "base/arena.h"
#include "conversation/xlsx_package.h"
#include "conversation/xlsx_xml.h"

typedef struct cs_xlsx_tab {
    const char *name, *relation; /* of the sheet; its id among the relations */
    const char *part; /* NULL: a chart, which has no cells */
    bool is_hidden;
} cs_xlsx_tab;

typedef struct cs_xlsx_book {
    cs_xlsx_tab *tabs;
    uint32_t tab_count;
    const char *strings, *styles; /* parts; NULL: none */
    bool is_1904; /* days count from 1904 */
} cs_xlsx_book;

cs_error xlsx_book_read(cs_xlsx_package *package, cs_arena *arena, cs_xlsx_book *out, cs_message *message);
/* name NULL: the first one that is not hidden. CS_ERR_USAGE names the sheets there are. */
cs_error xlsx_book_find(const cs_xlsx_book *book, const char *name, const cs_xlsx_tab **out, cs_message *message);

#endif
