/* models.h - the list of models as a table and as JSON, and the folder of the store whose models are meant.
 * Floor: cli. models.c does what is asked, models_list.c prints.
 * Memory: the arena given. Threads: the main one.
 * doctor says by them which model suits this machine.
 * Example: models_print(&manifest, &folders, arena);
 */
#ifndef CS_CLI_MODELS_H
#define CS_CLI_MODELS_H

#include "cli/command.h"
#include "speech/model_folder.h"

/* --data as given; else its default where that folder exists; else NULL: models of this account. */
const char *models_data(const cs_arguments *arguments);
void models_print(const cs_manifest *manifest, const cs_model_folders *folders, cs_arena *arena);
void models_print_json(const cs_manifest *manifest, const cs_model_folders *folders, cs_arena *arena);

#endif
