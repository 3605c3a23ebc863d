/* range.h - which bytes of a body are asked for: one range of bytes (RFC 9110, section 14).
 * Floor: http. Several ranges at once are answered with the whole, which the RFC allows: players never ask for them.
 * Memory: none. Threads: any.
 * Example: range_read("bytes=100-199", 1000, &range) == CS_RANGE_PART gives first 100, length 100
 */
#ifndef CS_HTTP_RANGE_H
#define CS_HTTP_RANGE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum cs_range_kind {
    CS_RANGE_WHOLE, /* none is asked for, or one that is not understood */
    CS_RANGE_PART,
    CS_RANGE_BEYOND, /* it begins behind the end: 416 */
} cs_range_kind;

typedef struct cs_range {
    int64_t first, length;
} cs_range;

/* header: the value of Range, NULL: not sent. out is filled for the whole and for a part. */
cs_range_kind range_read(const char *header, int64_t length, cs_range *out);

#endif
