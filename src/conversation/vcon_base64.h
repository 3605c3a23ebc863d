/* vcon_base64.h - base64 and base64url (RFC 4648), with or without padding, as vCons and signatures hold them.
 * Floor: conversation, private to vcon*.c. Memory: appends to the caller's buffer, which declares its maximum. Threads: any.
 * Example: if (!base64_decode(text, bytes, &out)) …; base64url_encode(hash, 64, &out);
 */
#ifndef CS_CONVERSATION_VCON_BASE64_H
#define CS_CONVERSATION_VCON_BASE64_H

#include "base/buffer.h"

/* Takes both alphabets. false: a character that is neither, a length that can't be, or out->is_failed. */
bool base64_decode(const char *text, size_t bytes, cs_buffer *out);
bool base64url_encode(const void *data, size_t bytes, cs_buffer *out); /* without padding */

#endif
