/* xlsx_strings.h - the texts a workbook keeps once and its cells point at.
 * Floor: conversation, private to xlsx*.c. Nothing is cut: more than 512 MB of texts, or one above 256 kB, is refused.
 * Memory: released with xlsx_strings_free. Threads: read-only, then any.
 * Example: xlsx_strings_read("xl/sharedStrings.xml", xlsx_part_read, part, &strings, &m); puts(xlsx_strings_get(&strings, 7));
 */
#ifndef CS_CONVERSATION_XLSX_STRINGS_H
#define CS_CONVERSATION_XLSX_STRINGS_H

#include "base/buffer.h"
#include "conversation/xlsx_xml.h"

typedef struct cs_xlsx_strings {
    cs_buffer bytes; /* each with a closing NUL */
    uint32_t *starts;
    uint32_t count, room;
} cs_xlsx_strings;

cs_error xlsx_strings_read(const char *name, cs_xlsx_source source, void *source_context, cs_xlsx_strings *out,
                           cs_message *message);
const char *xlsx_strings_get(const cs_xlsx_strings *strings, uint32_t index); /* NULL: there is no such */
void xlsx_strings_free(cs_xlsx_strings *strings);

/* Puts the characters for _x000D_ and its like, in place; returns the new length. Line breaks become \n; what no text holds goes. */
size_t xlsx_text_unescape(char *text, size_t bytes);

#endif
