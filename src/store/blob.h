/* blob.h - large bytes beside the database, encrypted: recordings and what was prepared from them.
 * Floor: store. A blob is a file FOLDER/ab/NAME, NAME the keyed hash of its content: the same content is kept once, and the
 * name tells nothing. Its bytes lie in 64 kB chunks of XChaCha20-Poly1305 under a key of its own, which is wrapped by the key
 * file's; each chunk is bound to its file, its place and to whether it is the last, so none can be moved, dropped or added
 * unnoticed. Reading can start anywhere. Memory: one chunk each. Threads: one a handle; keys are shared.
 * Example: blob_begin(keys, folder, &w, &m); blob_append(w, bytes, n, &m); blob_finish(w, name, &m);
 */
#ifndef CS_STORE_BLOB_H
#define CS_STORE_BLOB_H

#include "base/error.h"
#include "store/keys.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CS_BLOB_CHUNK_BYTES = 64 * 1024, CS_BLOB_NAME_CHARS = 32 };

typedef struct cs_blob_writer cs_blob_writer;
cs_error blob_begin(const cs_keys *keys, const char *folder, cs_blob_writer **out, cs_message *message);
cs_error blob_append(cs_blob_writer *writer, const void *bytes, size_t length, cs_message *message);
/* On the disk (fsync of file and folder) under its name before it returns; a blob that is there already stays. Frees the writer,
 * also when it fails; a failed or killed write leaves no blob, and what it leaves is swept by blob_sweep. */
cs_error blob_finish(cs_blob_writer *writer, char name[CS_BLOB_NAME_CHARS + 1], cs_message *message);
void blob_abort(cs_blob_writer *writer); /* NULL is allowed */

typedef struct cs_blob cs_blob;
/* CS_ERR_NOT_FOUND: no such blob; CS_ERR_STORE: no key of the file unwraps it, or it was changed. */
cs_error blob_open(const cs_keys *keys, const char *folder, const char *name, cs_blob **out, cs_message *message);
int64_t blob_length(const cs_blob *blob); /* of the content; checked against the last chunk at opening */
/* *got less than length only at the end. CS_ERR_STORE with the chunk's place when it was changed. */
cs_error blob_read(cs_blob *blob, int64_t offset, void *out, size_t length, size_t *got, cs_message *message);
void blob_close(cs_blob *blob); /* NULL is allowed */

cs_error blob_remove(const char *folder, const char *name, cs_message *message); /* its absence is no failure */
/* Removes what killed writers left, when it was not touched for so long. */
void blob_sweep(const char *folder, int64_t older_than_ms);

#endif
