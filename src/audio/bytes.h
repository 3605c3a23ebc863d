/* bytes.h - where a recording's bytes come from: a file, or something above this floor (an encrypted file of the store).
 * Floor: audio. read gives fewer bytes than asked for only at the end. Memory: bytes_of_file owns a descriptor until
 * bytes_close; others close themselves. Threads: one reader at a time.
 * Example: cs_audio_bytes b; bytes_of_file("call.wav", &b, &m); decoder_open(&b, &d, &m); ... bytes_close(&b);
 */
#ifndef CS_AUDIO_BYTES_H
#define CS_AUDIO_BYTES_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

typedef struct cs_audio_bytes {
    void *context;
    int64_t length;
    int64_t (*read)(void *context, int64_t offset, void *out, int64_t most); /* bytes read, 0 at the end, -1 failed */
    void (*close)(void *context); /* NULL: nothing to close */
} cs_audio_bytes;

cs_error bytes_of_file(const char *path, cs_audio_bytes *out, cs_message *message);
void bytes_close(cs_audio_bytes *bytes);

#endif
