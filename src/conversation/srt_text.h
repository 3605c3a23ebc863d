/* srt_text.h - the text of one SRT cue: who speaks ("[坐席] …", "客服：…", "Tom: …"), without tags.
 * Floor: conversation, private to the SRT reader. SRT has no place for speakers; programs write them before the text.
 * Memory: names and texts in the arena. Threads: any.
 * Example: if (srt_prefix(text, bytes, &prefix) && prefix.role != CS_ROLE_COUNT) puts("a role");
 */
#ifndef CS_CONVERSATION_SRT_TEXT_H
#define CS_CONVERSATION_SRT_TEXT_H

#include "conversation/conversation.h"

typedef struct cs_srt_prefix {
    cs_role role; /* CS_ROLE_COUNT: the prefix names no role */
    const char *name; /* inside the line; name_bytes 0: none */
    size_t name_bytes;
    size_t length; /* of the whole prefix, with colon, brackets and blanks behind */
} cs_srt_prefix;

/* Whether a line begins with what may be a speaker. Only a role is sure; a name may be anything before a colon. */
bool srt_prefix(const char *line, size_t bytes, cs_srt_prefix *out);
/* The text of line breaks, blanks and tags (<i>, <b>, <u>, <s>, <font …>, {\an8}) freed; in the arena. NULL: no memory. */
const char *srt_text(const char *text, size_t bytes, cs_arena *arena, size_t *length);

#endif
