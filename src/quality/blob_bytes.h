/* blob_bytes.h - a blob of the store as a recording's bytes, for the decoder and the waveform.
 * Floor: quality (store and audio don't know each other). Memory: bytes_close closes the blob; the keys must live longer.
 * Threads: one reader at a time. A read that fails says only that; what was wrong is kept until the bytes are closed.
 * Example: bytes_of_blob(keys, folder, name, &b, &m); decoder_open(&b, &d, &m) != CS_OK && blob_bytes_trouble(&b, &m);
 */
#ifndef CS_QUALITY_BLOB_BYTES_H
#define CS_QUALITY_BLOB_BYTES_H

#include "audio/bytes.h"
#include "store/blob.h"

cs_error bytes_of_blob(const cs_keys *keys, const char *folder, const char *name, cs_audio_bytes *out,
                       cs_message *message);
/* Why a read of these bytes failed, CS_OK when none did. Bytes that are no blob's have no trouble. */
cs_error blob_bytes_trouble(const cs_audio_bytes *bytes, cs_message *message);

#endif
