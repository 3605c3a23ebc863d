/* model_pull.h - a model comes onto this machine: from its sources in the network, in their order, or from a folder or archive.
 * Floor: speech. It is made in a hidden folder beside and renamed when its last file is whole and the manifest's: kill -9 at any
 * moment leaves either no model or a whole one, and the next run goes on with what was fetched. One at a time: CS_ERR_CONFLICT.
 * Memory: the arena given. Threads: one.
 * Example: model_pull(entry, &folders, NULL, &watch, arena, &path, &m);
 */
#ifndef CS_SPEECH_MODEL_PULL_H
#define CS_SPEECH_MODEL_PULL_H

#include "speech/model_folder.h"
#include "speech/model_watch.h"

/* from: a folder, an archive, or an address of one; NULL: the entry's sources. path: the folder in which it stands now.
 * CS_ERR_IO: no source could be reached; the message is the last one's. */
cs_error model_pull(const cs_model_entry *entry, const cs_model_folders *folders, const char *from,
                    const cs_model_watch *watch, cs_arena *arena, const char **path, cs_message *message);

/* Only what was fetched: CS_ERR_FORBIDDEN: it stands in a folder that is not ours to change. */
cs_error model_remove(const cs_model_entry *entry, const cs_model_folders *folders, cs_arena *arena,
                      cs_message *message);

#endif
