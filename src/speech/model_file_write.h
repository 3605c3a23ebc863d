/* model_file_write.h - one file of a model is written, while its sha256 is computed: whole and the manifest's, or not at all.
 * Floor: speech. Written under another name and renamed when its last byte is on the disk. Memory: none is kept. Threads: one.
 * What it is read from is a function, so that archives, folders and pipes go the same way.
 * CS_ERR_CONFLICT: it is another than the manifest says, or longer than any file of a model may be.
 * Example: model_file_write(&file, "/data/models/.m/files", from_member, &member, &watch, &m);
 */
#ifndef CS_SPEECH_MODEL_FILE_WRITE_H
#define CS_SPEECH_MODEL_FILE_WRITE_H

#include "speech/model.h"
#include "speech/model_watch.h"

#include <stddef.h>

#define CS_MAX_MODEL_FILE_BYTES ((int64_t)8 << 30)

/* got 0: the end. */
typedef cs_error (*cs_model_read)(void *context, void *bytes, size_t most, size_t *got, cs_message *message);

cs_error model_file_write(const cs_model_file *file, const char *folder, cs_model_read read, void *context,
                          const cs_model_watch *watch, cs_message *message);
/* The same from a file. */
cs_error model_file_copy(const cs_model_file *file, const char *folder, const char *from, const cs_model_watch *watch,
                         cs_message *message);

#endif
