/* upload.h - files that are sent in: on the disk under DATA/uploads before they are acknowledged, and gone when they are read.
 * Floor: imports. A file is written as uploads/.incoming/X first, and put in its place uploads/NUMBER/PATH when all of it is on
 * the disk; one that was not finished leaves nothing. Folders have mode 0700, files 0600.
 * Memory: upload_begin gives an upload to release with upload_free. Threads: one at a time for each.
 * Example: upload_begin(data, 1 << 30, &u, &m); upload_write(u, bytes, n, &m); upload_finish(u, &m); upload_take(u, 12, "a.csv", &m);
 */
#ifndef CS_IMPORTS_UPLOAD_H
#define CS_IMPORTS_UPLOAD_H

#include "base/error.h"
#include "base/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CS_MAX_UPLOAD_CONVERSATIONS = 256 << 20,
    CS_MAX_UPLOAD_NAME = 255, /* bytes of one name in a path, as file systems have it */
    CS_MAX_UPLOAD_PATH = 900,
    CS_MAX_UPLOAD_DEPTH = 20,
    CS_MAX_UPLOAD_FILES = 100000, /* of one import */
};
#define CS_MAX_UPLOAD_FILE ((int64_t)8 << 30)

typedef struct cs_upload cs_upload;

/* bytes: as announced, -1 when not. CS_ERR_LIMIT above most; CS_ERR_STOPPED, here and below: the disk is full. */
cs_error upload_begin(const char *data, int64_t bytes, int64_t most, cs_upload **out, cs_message *message);
/* After a failure it says the same again, and what was written is removed. */
cs_error upload_write(cs_upload *upload, const void *bytes, size_t length, cs_message *message);
cs_error upload_finish(cs_upload *upload, cs_message *message); /* on the disk when it returns */
int64_t upload_bytes(const cs_upload *upload);
/* Of its content, in blocks of 64 kB. After upload_finish. */
cs_error upload_hash(const cs_upload *upload, cs_hash *out, cs_message *message);
/* The first byte that is no white space; 0: there is none. After upload_finish. */
char upload_first_byte(const cs_upload *upload);
/* Puts it in its place, over an older one of this name; on the disk when it returns. */
cs_error upload_take(cs_upload *upload, int64_t import, const char *path, cs_message *message);
void upload_free(cs_upload *upload); /* and removes it unless it was taken; NULL is allowed */

/* ---- the folder of an import ---- */

/* A path that stays inside the folder and is read: no "..", no empty or hidden names, no control characters. */
cs_error upload_check_path(const char *path, cs_message *message);
/* "DATA/uploads/NUMBER", without a slash at its end. */
cs_error upload_folder(const char *data, int64_t import, char *out, size_t size, cs_message *message);
cs_error upload_remove_file(const char *data, int64_t import, const char *path, cs_message *message);
/* In the order of names; false from visit ends it. No folder: no files. */
cs_error upload_each_file(const char *data, int64_t import,
                          bool (*visit)(void *context, const char *path, int64_t bytes), void *context,
                          cs_message *message);
/* A file made here, in its place when it returns: over an older one, whole, on the disk. place: inside DATA/uploads. */
cs_error upload_keep_at(const char *data, const char *place, const char *text, size_t bytes, cs_message *message);
/* A small file about the import beside its files, which is not read as one: "mappings", "paths". On the disk when it returns. */
cs_error upload_keep_note(const char *data, int64_t import, const char *name, const char *text, size_t bytes,
                          cs_message *message);
/* "DATA/uploads/NUMBER/.NAME.json" */
cs_error upload_note_path(const char *data, int64_t import, const char *name, char *out, size_t size,
                          cs_message *message);
void upload_remove_all(const char *data, int64_t import); /* with the folder; what can't be removed stays */
/* Each import that has a folder here; false from visit ends it. age_ms: since the folder was changed. */
void upload_each_import(const char *data, bool (*visit)(void *context, int64_t import, int64_t age_ms), void *context);
/* What killed servers left in .incoming, when it was not touched for so long. */
void upload_sweep(const char *data, int64_t older_than_ms);

#endif
