/* export_findings_book.h - a workbook that is written row by row and never held. Only export_findings*.c.
 * Floor: quality. Sheets go on in another one when they are full; what could not be written is noticed before it is handed on.
 * Memory: one row; the rows lie in unnamed files in the folder given until book_close. Threads: one.
 * Example: book_open(NULL, forms, 2, false, 0, &b, &m); book_row(b, 0); book_text(b, 0, "C-1"); book_close(b, fd, &m);
 */
#ifndef CS_QUALITY_EXPORT_FINDINGS_BOOK_H
#define CS_QUALITY_EXPORT_FINDINGS_BOOK_H

#include "quality/export_findings_table.h"

typedef struct cs_book cs_book;

cs_error book_open(const char *folder, const cs_table_form *forms, size_t form_count, bool is_english,
                   int64_t sheet_rows, cs_book **out, cs_message *message);
void book_row(cs_book *book, size_t form);
void book_text(cs_book *book, uint16_t column,
               const char *text); /* at most CS_MAX_CELL_CHARACTERS, no control characters */
void book_number(cs_book *book, uint16_t column, int64_t number);
void book_share(cs_book *book, uint16_t column, double share);
void book_time(cs_book *book, uint16_t column, int64_t epoch_ms, int zone_minutes);
void book_span(cs_book *book, uint16_t column, int64_t ms);
cs_error book_state(const cs_book *book, cs_message *message);
/* Puts it together and copies it to fd, unless it is given up or something failed before. */
cs_error book_close(cs_book *book, int fd, bool is_given_up, cs_message *message);

#endif
