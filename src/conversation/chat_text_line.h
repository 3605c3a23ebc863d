/* chat_text_line.h - how a message begins in the text a chat program exports: "[{time}] {speaker}: {text}".
 * Floor: conversation, private to chat_text.c. {time}, {speaker}, {text} (last) and {*}; \n before {text}: it stands below.
 * A line begins a message only when its time is one as the mapping writes times. Memory: the template's text outlives the line.
 * Threads: any. Example: chat_text_line_parse(mapping->line_template, &line, &m); if (chat_text_line_read(&line, mapping, text, &head)) …
 */
#ifndef CS_CONVERSATION_CHAT_TEXT_LINE_H
#define CS_CONVERSATION_CHAT_TEXT_LINE_H

#include "conversation/mapping_columns.h"

enum { CS_CHAT_PARTS = 12 };

typedef enum cs_chat_part_kind {
    CS_CHAT_LITERAL,
    CS_CHAT_TIME,
    CS_CHAT_SPEAKER,
    CS_CHAT_TEXT,
    CS_CHAT_ANY
} cs_chat_part_kind;

typedef struct cs_chat_part {
    cs_chat_part_kind kind;
    char literal[64]; /* LITERAL */
} cs_chat_part;

typedef struct cs_chat_line {
    cs_chat_part parts[CS_CHAT_PARTS];
    uint32_t count;
    bool has_time;
    bool is_text_below; /* in the lines that follow */
} cs_chat_line;

typedef struct cs_chat_head {
    int64_t time_ms; /* of the epoch; CS_NO_TIME: the template has none */
    int zone_minutes;
    char speaker[CS_MAX_NAME_BYTES + 1]; /* "": nobody, a notice of the program */
    const char *text; /* within the line given */
} cs_chat_head;

cs_error chat_text_line_parse(const char *line_template, cs_chat_line *out, cs_message *message);
/* Whether text, one line, begins a message. One that has a time where it belongs and nobody's name is a notice. */
bool chat_text_line_read(const cs_chat_line *line, const cs_mapping *mapping, const char *text, cs_chat_head *out);

#endif
