/* vcon.h - a conversation as a vCon (draft-ietf-vcon-vcon-core-04), for other programs. Reading one is a JSON dialect
 * (json_dialect.h, json_vcon). docs/formats/vcon.md says what stands where.
 * Floor: conversation. Memory: appends to the writer's buffer; failure shows in its is_failed. Threads: any.
 * Example: code = vcon_write(&writer, conversation, &(cs_vcon_more){.created_ms = clock_now_ms()}, &m);
 */
#ifndef CS_CONVERSATION_VCON_H
#define CS_CONVERSATION_VCON_H

#include "base/json.h"
#include "conversation/conversation.h"

#define CS_VCON_VENDOR "callscope"
#define CS_VCON_CONVERSATION_SCHEMA "callscope-conversation-1"
#define CS_VCON_INSPECTION_SCHEMA "callscope-inspection-1"

typedef struct cs_vcon_more {
    int64_t created_ms; /* when this vCon is made */
    const char *inspection; /* scores and findings, as JSON; NULL: none */
} cs_vcon_more;

/* For a finished conversation. What a vCon has no words for goes along as an analysis of vendor "callscope", so that
 * reading it gives the same conversation again. */
cs_error vcon_write(cs_json_writer *out, const cs_conversation *conversation, const cs_vcon_more *more,
                    cs_message *message);

#endif
