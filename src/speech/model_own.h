/* model_own.h - models that the manifest doesn't know: a folder among the models with a model.json of its own, written like an
 * entry of the manifest (docs/models.md). For a centre's own training, and for other conversions.
 * Floor: speech. What is not well formed is told and left out. A name of the manifest is always the manifest's.
 * Memory: the arena given. Threads: any.
 * Example: manifest_known(&folders, on_trouble, NULL, arena, &manifest, &m);
 */
#ifndef CS_SPEECH_MODEL_OWN_H
#define CS_SPEECH_MODEL_OWN_H

#include "speech/model_folder.h"

#define CS_OWN_MODEL_FILE "model.json"

typedef void (*cs_model_trouble)(void *context, const char *path, const cs_message *message);

/* The embedded manifest, and behind it the models of these folders. on_trouble may be NULL. */
cs_error manifest_known(const cs_model_folders *folders, cs_model_trouble on_trouble, void *context, cs_arena *arena,
                        cs_manifest *out, cs_message *message);
/* One of them; CS_ERR_NOT_FOUND with the nearest name. */
cs_error manifest_choose(const cs_manifest *manifest, const char *name, const cs_model_entry **out,
                         cs_message *message);
/* One object like those in the manifest's list. */
cs_error model_own_read(const char *text, size_t bytes, cs_arena *arena, const cs_model_entry **out,
                        cs_message *message);

#endif
