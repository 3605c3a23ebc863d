/* comment_cover.h - a comment that its author writes again, while its numbers stood before him covered.
 * Floor: quality. What comes back with 138****2071 means the number that stood there: it is put back, never kept as stars.
 * Memory: the buffer is the caller's. Threads: any.
 * Example: comment_uncover("call 13812342071", "call back 138****2071", &out, &m); // call back 13812342071
 */
#ifndef CS_QUALITY_COMMENT_COVER_H
#define CS_QUALITY_COMMENT_COVER_H

#include "base/buffer.h"
#include "base/error.h"

/* before: as it stands in the store; given: as it was sent. out holds given with the numbers of before.
 * CS_ERR_USAGE: a covered number was changed, so that nobody knows which one is meant. */
cs_error comment_uncover(const char *before, const char *given, cs_buffer *out, cs_message *message);

#endif
