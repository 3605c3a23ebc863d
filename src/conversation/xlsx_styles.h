/* xlsx_styles.h - what the number of a cell is by the format it is shown in: a number, a moment, a length of time.
 * Floor: conversation, private to xlsx*.c. Memory: in the caller's arena. Threads: read-only, then any.
 * Example: xlsx_styles_read("xl/styles.xml", xlsx_part_read, part, arena, &styles, &m); kind = xlsx_styles_kind(&styles, 4);
 */
#ifndef CS_CONVERSATION_XLSX_STYLES_H
#define CS_CONVERSATION_XLSX_STYLES_H

#include "base/arena.h"
#include "conversation/xlsx_xml.h"

typedef struct cs_number_kind {
    bool is_date, is_time; /* neither: a plain number; is_time alone: no day is shown */
    bool has_fraction; /* of a second */
} cs_number_kind;

typedef struct cs_xlsx_styles {
    cs_number_kind *kinds; /* by the cell's style */
    uint32_t count, room;
} cs_xlsx_styles;

cs_error xlsx_styles_read(const char *name, cs_xlsx_source source, void *source_context, cs_arena *arena,
                          cs_xlsx_styles *out, cs_message *message);
cs_number_kind xlsx_styles_kind(const cs_xlsx_styles *styles, uint32_t style); /* one there is not is plain */
cs_number_kind xlsx_format_kind(const char *code); /* of a format as Excel writes it: yyyy"年"m"月"d"日" */

#endif
