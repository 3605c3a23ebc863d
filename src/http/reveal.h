/* reveal.h - numbers shown as they are: only to whoever says why, and only after that was written down.
 * Floor: http. An answer that reveals is a POST's, so nothing of it is in an address, and no browser keeps it.
 * Memory: the caller's. Threads: any.
 * Example: char reason[CS_REVEAL_REASON_BYTES]; cs_error code = reveal_reason(request, reason, message);
 */
#ifndef CS_HTTP_REVEAL_H
#define CS_HTTP_REVEAL_H

#include "http/router.h"

enum { CS_MOST_REVEAL_REASON = 200, CS_REVEAL_REASON_BYTES = CS_MOST_REVEAL_REASON * 4 + 1 }; /* characters; bytes */

/* Of the body {"reason": "…"}: 2 to 200 characters, numbers of people in it covered. CS_ERR_USAGE: none was given. */
cs_error reveal_reason(const cs_request *request, char out[CS_REVEAL_REASON_BYTES], cs_message *message);

#endif
