/* inspect_origin.h - where a conversation in the queue came from, as JSON in its job: what its text alone does not say.
 * Floor: quality. Memory: what is read lives in the arena. Threads: any.
 * Example: origin_write(&origin, &text); origin_read(job->origin, data, arena, &origin, &m);
 */
#ifndef CS_QUALITY_INSPECT_ORIGIN_H
#define CS_QUALITY_INSPECT_ORIGIN_H

#include "base/buffer.h"
#include "base/hash.h"
#include "conversation/conversation.h"

typedef struct cs_origin {
    const char *file; /* as named to the user */
    const char *source, *place; /* the file, and the place in it */
    const char *data; /* the folder of the store, as the reader knows it: uploads lie in it */
    const cs_recording *recordings;
    uint32_t recording_count;
    bool is_recording; /* the file is one: without it nothing is left to inspect */
    bool is_whole; /* the file is this conversation alone: what was read is noted with it */
    int64_t bytes, modified_ns; /* of the file */
    cs_hash mapping;
    int agent_channel;
    const char *stands_in; /* a file that was passed over, in which a conversation of this id stands; NULL: none */
} cs_origin;

void origin_write(const cs_origin *origin, cs_buffer *out);
/* Paths below the reader's data folder become paths below this one. */
cs_error origin_read(const char *json, const char *data, cs_arena *arena, cs_origin *out, cs_message *message);

#endif
