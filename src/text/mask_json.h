/* mask_json.h - texts of people on their way out as JSON, covered unless the writer reveals.
 * Floor: text. Whatever somebody said, or is called by, is written with these and not with json_write_string. The writer's
 * is_revealed decides: false unless somebody asked for the numbers, and that was logged.
 * Memory: what the writer appends to. Threads: one a writer.
 * Example: json_write_masked(out, "sentence", turn->text); json_write_masked_name(out, "customer", row.customer);
 */
#ifndef CS_TEXT_MASK_JSON_H
#define CS_TEXT_MASK_JSON_H

#include "base/json.h"

/* NULL writes null; a text that is too long for the memory at hand fails the writer. */
void json_write_masked(cs_json_writer *out, const char *key, const char *text);
void json_write_masked_bytes(cs_json_writer *out, const char *key, const char *text, size_t bytes);
/* What somebody said where the customer is known by name: that is covered, too. customer may be NULL. */
void json_write_masked_said(cs_json_writer *out, const char *key, const char *text, size_t bytes, const char *customer);
void json_write_masked_phone(cs_json_writer *out, const char *key, const char *number); /* known to be one */
void json_write_masked_name(cs_json_writer *out, const char *key, const char *name); /* a customer's */
/* A title, a file's name or path: customer may be NULL. */
void json_write_masked_title(cs_json_writer *out, const char *key, const char *title, const char *customer);

#endif
