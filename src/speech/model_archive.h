/* model_archive.h - a model's files out of the archive in which they come: .tar.bz2, .tar.gz, .tar, .whl (a zip).
 * Floor: speech. Only the files of the manifest are taken, by the last part of their name, each with its own bounds, and
 * written under the manifest's name; nothing else of an archive reaches the disk. bzip2 and gzip run as walled-in children.
 * Memory: none is kept. Threads: one.
 * Example: archive_unpack("model.tar.bz2", entry, "/data/models/.m/files", &watch, &m);
 */
#ifndef CS_SPEECH_MODEL_ARCHIVE_H
#define CS_SPEECH_MODEL_ARCHIVE_H

#include "speech/model_manifest.h"
#include "speech/model_watch.h"

bool archive_is(const char *path); /* by its name */

/* CS_ERR_NOT_FOUND: a file is not in it; CS_ERR_CONFLICT: it is another than the manifest's; CS_ERR_PARSE: it is no archive. */
cs_error archive_unpack(const char *path, const cs_model_entry *entry, const char *folder, const cs_model_watch *watch,
                        cs_message *message);

#endif
