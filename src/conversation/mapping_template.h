/* mapping_template.h - texts with named places: "{file}-{line}" makes an id, "{extension}_{number}_{time:yyyymmdd}" reads
 * a file's name. Floor: conversation, private to mappings.
 * A place is {folder} {file} {line}, a column's key ({number}), a field of the mapping's ({field.NAME}) or {*}; two braces
 * stand for one. Memory: the arena given. Threads: read-only, then any.
 * Example: template_parse("T-{conversation}", CS_TEMPLATE_ID, arena, &t, &m); template_write(t, value_of, context, &out);
 */
#ifndef CS_CONVERSATION_MAPPING_TEMPLATE_H
#define CS_CONVERSATION_MAPPING_TEMPLATE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "conversation/mapping_time.h"

enum { CS_TEMPLATE_PARTS = 32, CS_TEMPLATE_BYTES = 200 };

typedef enum cs_template_kind {
    CS_TEMPLATE_ID, /* of a conversation */
    CS_TEMPLATE_NAME /* of a recording's file */
} cs_template_kind;

typedef enum cs_template_part_kind {
    CS_PART_LITERAL,
    CS_PART_USE, /* a column's use */
    CS_PART_FIELD,
    CS_PART_ANY, /* {*}: something, of no meaning */
    CS_PART_FOLDER, /* the name of the file's folder */
    CS_PART_FILE, /* the file's name without its extension */
    CS_PART_LINE
} cs_template_part_kind;

typedef struct cs_template_part {
    cs_template_part_kind kind;
    const char *text; /* LITERAL, or the field's name */
    uint32_t use; /* cs_column_use */
    const cs_time_pattern *time; /* {time:yyyymmdd}; NULL: none given */
} cs_template_part;

typedef struct cs_template {
    const cs_template_part *parts;
    uint32_t count;
} cs_template;

cs_error template_parse(const char *text, cs_template_kind kind, cs_arena *arena, const cs_template **out,
                        cs_message *message);
bool template_has(const cs_template *templ, cs_template_part_kind kind);
bool template_has_use(const cs_template *templ, uint32_t use);
/* value_of gives the text of a part that is no literal; NULL reads as "". false: the buffer is full. */
bool template_write(const cs_template *templ, const char *(*value_of)(void *context, const cs_template_part *part),
                    void *context, cs_buffer *out);

#endif
