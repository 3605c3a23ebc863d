/* watch_files.h - what a watched folder held at the last look, and which of it is complete and not read in yet.
 * Floor: imports, private to watch*.c. Memory: watch_files_free. Threads: one.
 * Example: watch_files_look(files, folder, &paths, &count, &m); if (count) { ...; watch_files_taken(files); }
 */
#ifndef CS_IMPORTS_WATCH_FILES_H
#define CS_IMPORTS_WATCH_FILES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct cs_watch_files cs_watch_files;

cs_watch_files *watch_files_create(void); /* NULL: out of memory */
void watch_files_free(cs_watch_files *files); /* NULL is allowed */
/* paths, in the order of names: what is complete and was not taken as it is now, and what belongs to it by its name. They live
 * until the next look. What can't be read is logged, once. CS_ERR_LIMIT: more files than are watched. */
cs_error watch_files_look(cs_watch_files *files, const char *folder, const char *const **paths, size_t *count,
                          cs_message *message);
void watch_files_taken(cs_watch_files *files); /* what the last look gave is on its way */
bool watch_name_is_unfinished(const char *path);

#endif
