/* form_layout.h - lines of at most 100 columns out of one long line that says where it may be broken. Private to rules/.
 * Floor: rules. A break is a blank that may become a line's end: CS_BREAK_EACH breaks with all of its level, CS_BREAK_FILL
 * only where the line is full; behind either stands its level, '1' the outermost. Outer levels break first.
 * Memory: appends to the caller's buffer. Threads: any.
 * Example: form_lay(out, "agent says \"a\"\2" "2| \"b\"", 9, 9)
 */
#ifndef CS_RULES_FORM_LAYOUT_H
#define CS_RULES_FORM_LAYOUT_H

#include "base/buffer.h"

#define CS_BREAK_EACH '\1'
#define CS_BREAK_FILL '\2'
enum { CS_LINE_COLUMNS = 100 };

/* column: where the first line stands already; body: where further lines begin, with | and or hanging before it. */
void form_lay(cs_buffer *out, const char *text, unsigned column, unsigned body);
unsigned form_columns(const char *text, size_t bytes); /* on a terminal; a break counts as a blank */
void form_pad(cs_buffer *out, unsigned columns);

#endif
