/* model_folder.h - where models stand on this machine, and whether one is whole and unchanged.
 * Floor: speech. A model is a folder under its own name or the upstream one, with its files as upstream names them, in one of
 * the folders that model_folders lists. What was fetched keeps beside its files what their sha256 was (pulled.json), for models
 * whose manifest doesn't know it beforehand.
 * Memory: the arena given. Threads: any.
 * Example: model_folders(data, arena, &folders, &m); model_locate(entry, &folders, arena, &path, &m);
 */
#ifndef CS_SPEECH_MODEL_FOLDER_H
#define CS_SPEECH_MODEL_FOLDER_H

#include "speech/model_manifest.h"

#include <signal.h>

enum { CS_MAX_MODEL_FOLDERS = 16 };
#define CS_PULLED_FILE "pulled.json"

typedef struct cs_model_folders {
    const char *paths[CS_MAX_MODEL_FOLDERS]; /* in the order in which they are looked in */
    uint32_t count;
    const char *own; /* the one that models are fetched into; NULL: neither a store nor a home is known */
} cs_model_folders;

cs_error model_folders(const char *data, cs_arena *arena, cs_model_folders *out, cs_message *message);

/* The folder that holds all files of the entry, by their sizes as far as they are known. CS_ERR_NOT_FOUND says which file is
 * missing where a folder has its name. */
cs_error model_locate(const cs_model_entry *entry, const cs_model_folders *folders, cs_arena *arena, const char **path,
                      cs_message *message);

/* Reads every file in that folder. out->files come with absolute paths, their bytes and sha256 as read. CS_ERR_CONFLICT: one is
 * another than the manifest says, or than it was when it was fetched. is_known (may be NULL): every file was compared. */
cs_error model_check(const cs_model_entry *entry, const char *path, const volatile sig_atomic_t *is_stopped,
                     cs_arena *arena, cs_speech_model *out, bool *is_known, cs_message *message);

#endif
