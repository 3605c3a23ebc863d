#include "quality/blob_bytes.h"

#include <stdlib.h>

typedef struct cs_blob_source {
    cs_blob *blob;
    cs_error trouble; /* of the first read that failed */
    cs_message message;
} cs_blob_source;

static int64_t read_blob(void *context, int64_t offset, void *out, int64_t most) {
    cs_blob_source *source = context;
    cs_message message;
    size_t got = 0;
    if (most <= 0) return 0;
    cs_error code = blob_read(source->blob, offset, out, (size_t)most, &got, &message);
    if (code == CS_OK) return (int64_t)got;
    if (source->trouble == CS_OK) {
        source->trouble = code;
        source->message = message;
    }
    return -1;
}

static void close_blob(void *context) {
    cs_blob_source *source = context;
    blob_close(source->blob);
    free(source);
}

cs_error bytes_of_blob(const cs_keys *keys, const char *folder, const char *name, cs_audio_bytes *out,
                       cs_message *message) {
    cs_blob_source *source = calloc(1, sizeof *source);
    if (!source) return message_set(message, CS_ERR_MEMORY, "no memory for the recording");
    cs_error code = blob_open(keys, folder, name, &source->blob, message);
    if (code != CS_OK) {
        free(source);
        return code;
    }
    *out = (cs_audio_bytes){source, blob_length(source->blob), read_blob, close_blob};
    return CS_OK;
}

cs_error blob_bytes_trouble(const cs_audio_bytes *bytes, cs_message *message) {
    if (bytes->read != read_blob) return CS_OK;
    const cs_blob_source *source = bytes->context;
    if (source->trouble != CS_OK && message) *message = source->message;
    return source->trouble;
}
