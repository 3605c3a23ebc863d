/* codec.h - a conversation as compact bytes for the store, and back; the same bytes give the timeline's hash.
 * Floor: conversation. Little-endian variable-length integers behind a version byte; docs/formats.md has the layout.
 * Memory: encode appends to a buffer, decode allocates in the arena (text is copied). Threads: any.
 * Example: codec_encode(c, &bytes); cs_hash h = hash_bytes(bytes.data, bytes.length);
 */
#ifndef CS_CONVERSATION_CODEC_H
#define CS_CONVERSATION_CODEC_H

#include "base/arena.h"
#include "base/buffer.h"
#include "conversation/conversation.h"

/* source and place are left out: they are not part of what was said. The same conversation always gives the same bytes. */
cs_error codec_encode(const cs_conversation *conversation, cs_buffer *out);
/* Bytes may be hostile: every count and length is checked. CS_ERR_PARSE names the byte. */
cs_error codec_decode(const void *bytes, size_t length, cs_arena *arena, cs_conversation **out, cs_message *message);

#endif
