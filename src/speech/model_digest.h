/* model_digest.h - the sha256 of bytes that come in pieces, and of a file.
 * Floor: speech. Models are told apart by it, as upstream publishes it. Memory: none is kept. Threads: any.
 * Example: char hex[CS_SHA256_CHARS + 1];
 *          cs_error code = digest_file("encoder.onnx", NULL, hex, &bytes, &m);
 * Pieces: digest_begin, digest_add for each, digest_end.
 */
#ifndef CS_SPEECH_MODEL_DIGEST_H
#define CS_SPEECH_MODEL_DIGEST_H

#include "base/error.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CS_SHA256_CHARS = 64 };

typedef struct cs_digest {
    void *state;
} cs_digest;

bool digest_begin(cs_digest *digest);
bool digest_add(cs_digest *digest, const void *bytes, size_t length);
/* Frees it, too; hex may be NULL: it is given up. */
void digest_end(cs_digest *digest, char hex[CS_SHA256_CHARS + 1]);

/* is_stopped may be NULL. */
cs_error digest_file(const char *path, const volatile sig_atomic_t *is_stopped, char hex[CS_SHA256_CHARS + 1],
                     int64_t *bytes, cs_message *message);

#endif
