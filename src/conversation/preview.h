/* preview.h - a file as it will be read in: its columns with samples, its first rows under a mapping, its first conversations.
 * Floor: conversation. Nothing is stored. Memory: none kept. Threads: any; it reads only the beginning of a file, but all of
 * a JSON file (at most 256 MB).
 * Example: preview_write(&(cs_preview){.path = path, .name = "a.csv"}, &writer, &message);
 */
#ifndef CS_CONVERSATION_PREVIEW_H
#define CS_CONVERSATION_PREVIEW_H

#include "base/json.h"
#include "conversation/mapping.h"

enum { CS_PREVIEW_ROWS = 20, CS_PREVIEW_TURNS = 5 };

typedef struct cs_preview_saved {
    const char *name, *json;
} cs_preview_saved;

typedef struct cs_preview {
    const char *path; /* where it lies */
    const char *name; /* what it is called to the user: "a/b.csv" */
    const char *mapping; /* JSON text; NULL: one beside it, else the first of saved that fits it, else a guess */
    const cs_preview_saved *saved;
    size_t saved_count;
} cs_preview;

/* One object, as docs/api.md shows it; what is wrong with file or mapping stands in its "problem". Fails for want of memory. */
cs_error preview_write(const cs_preview *preview, cs_json_writer *out, cs_message *message);

#endif
