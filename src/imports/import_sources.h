/* import_sources.h - which files an import reads, and under which mappings.
 * Floor: imports. Uploads lie in DATA/uploads/NUMBER; a watched folder's are named in the note "paths", and stay where they are.
 * Memory: import_sources_close. Threads: whoever owns the cs_db.
 * Example: import_sources_open(db, data, &row, &sources, &m); inspect(sources.paths, sources.path_count, sources.mappings);
 */
#ifndef CS_IMPORTS_IMPORT_SOURCES_H
#define CS_IMPORTS_IMPORT_SOURCES_H

#include "conversation/mapping_set.h"
#include "imports/import.h"

typedef struct cs_import_sources {
    const char **paths;
    size_t path_count;
    char *folder; /* as given in paths, for uploads; NULL: the files lie elsewhere */
    cs_mapping_set *mappings; /* NULL: none for all of them */
    cs_json *note;
} cs_import_sources;

cs_error import_sources_open(cs_db *db, const char *data, const cs_import_row *row, cs_import_sources *out,
                             cs_message *message); /* out is to be closed in any case */
void import_sources_close(cs_import_sources *sources);

/* The files of a watched folder that an import is about, with the mapping file for all of them (may be NULL). */
cs_error import_sources_note(const char *data, int64_t number, const char *const *paths, size_t count,
                             const char *mapping, cs_message *message);
/* After the end: what was read from the upload folder is named as the user named it, and forgotten as a file, since it is gone. */
cs_error import_sources_settle(cs_db *db, const char *data, int64_t number, cs_message *message);

#endif
