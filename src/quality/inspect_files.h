/* inspect_files.h - which files there are to inspect, how each is read, and which can be skipped. Private to inspect*.c.
 * Floor: quality. Memory: inspect_files_free. Threads: the reader's.
 * Example: inspect_files_find(&options, on_refused, NULL, &counts, &files, &m);
 */
#ifndef CS_QUALITY_INSPECT_FILES_H
#define CS_QUALITY_INSPECT_FILES_H

#include "base/index.h"
#include "conversation/format.h"
#include "quality/inspect.h"
#include "store/db.h"

#include <stdatomic.h>

typedef struct cs_inspect_file {
    char *path, *real_path;
    const cs_format *format;
    const cs_mapping *mapping; /* given for it, or found beside it; NULL: none */
    int64_t bytes, modified_ns;
    cs_hash mapping_hash;
    int64_t conversations; /* read from it, once it was read whole without a refusal */
    bool is_complete; /* read to its end without a refusal */
    atomic_bool is_skipped; /* unchanged since it was read whole; the writer asks */
    bool has_conflict; /* a conversation of it was refused later on, by the store */
    bool is_recording;
    bool is_records; /* rows about conversations: a call list, tickets, a roster … */
    bool is_companion; /* a recording that belongs to another file: no conversation of its own */
    struct cs_inspect_file *companions[2]; /* its recordings; of a recording in two files both */
    uint32_t companion_count;
} cs_inspect_file;

typedef struct cs_inspect_files {
    cs_inspect_file *items;
    size_t count, room;
    cs_mapping_set **sets; /* of mappings, one a folder that has some */
    size_t set_count;
    cs_index recordings; /* by real path: which item */
    cs_arena *arena; /* of the index */
    int64_t import; /* that reads them */
} cs_inspect_files;

typedef void (*cs_file_refused)(void *context, const char *path, const cs_message *message);

/* Walks the paths. What can't be entered or has no known format (when it was named itself) is refused and the rest goes on. */
cs_error inspect_files_find(const cs_inspect_options *options, cs_file_refused on_refused, void *context,
                            cs_inspect_counts *counts, cs_inspect_files *out, cs_message *message);
/* CS_ERR_CONFLICT when it was written to since it was found: what was read of it may be a part, or a mixture. */
cs_error inspect_file_check_unchanged(const cs_inspect_file *file, cs_message *message);
/* Whether real_path was skipped in this run. */
bool inspect_files_skipped(const cs_inspect_files *files, const char *real_path);
void inspect_files_free(cs_inspect_files *files);

#endif
