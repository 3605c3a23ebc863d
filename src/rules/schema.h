/* schema.h - the JSON Schema (2020-12) of the form, and the list of operators, both made from the vocabulary.
 * Floor: rules. What the parser reads by the table is described by the same table, so they can't differ.
 * Memory: callers own the buffers, which are initialised here. Threads: any.
 * Example: cs_buffer out; if (schema_write(&out)) puts(out.data); buffer_free(&out);
 */
#ifndef CS_RULES_SCHEMA_H
#define CS_RULES_SCHEMA_H

#include "base/buffer.h"

/* All of them: false, out of memory. */
bool schema_write(cs_buffer *out);
bool schema_operators_text(cs_buffer *out, bool is_zh);
bool schema_operators_json(cs_buffer *out);
bool schema_operators_markdown(cs_buffer *out, bool is_zh);
bool schema_words(cs_buffer *out); /* every word in both languages, one a line, for editors */

#endif
