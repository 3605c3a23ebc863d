/* json_export.h - a conversation as the JSON of docs/formats.md: what is written here, json_conversation_read gives back.
 * Floor: conversation. The same conversation always gives the same bytes, and read back and written again the same ones.
 * Memory: appends to the writer's buffer; failure shows in its is_failed. Threads: any.
 * Example: json_writer_init(&w, &buffer); json_export_write(&w, NULL, conversation);
 */
#ifndef CS_CONVERSATION_JSON_EXPORT_H
#define CS_CONVERSATION_JSON_EXPORT_H

#include "base/json.h"
#include "conversation/conversation.h"

/* For a finished conversation. source and place are left out: they say where it lay, not what was said. */
void json_export_write(cs_json_writer *out, const char *key, const cs_conversation *conversation);

/* As clock_format, with the milliseconds when there are any: 2026-02-14T10:32:00.250+08:00 */
void time_format_exact(int64_t epoch_ms, int zone_minutes, char out[40]);

#endif
