/* amend.h - what was published in the rule book, laid over the text of rule files.
 * Floor: rules. A page holds the statements of one rule. What it states replaces statements of the same kind and name in the
 * files, its tests replace those that first expect something of its rule; a page without text takes the rule away. The files
 * themselves stay as they are: pages stand in files of their own, beside the file that held the rule, so packs stay packs.
 * Memory: the caller owns out. Threads: any. Example: amend(source, n, pages, 2, &out, &m); ruleset_restore(out.data, out.length, ...)
 */
#ifndef CS_RULES_AMEND_H
#define CS_RULES_AMEND_H

#include "base/arena.h"
#include "base/buffer.h"
#include "rules/ruleset.h"

typedef struct cs_amended_page {
    const char *rule; /* its name */
    const char *text; /* as it was written; "" or NULL: none */
    const char *kept; /* lists and lets of earlier versions that others may still name; "" or NULL: none */
    bool is_retired; /* the rule and its tests are taken away */
} cs_amended_page;

enum { CS_MAX_AMENDED_BYTES = CS_MAX_SOURCE_BYTES + (CS_MAX_SOURCE_BYTES >> 1) };

/* pages: the newest first; where two state the same, the first one's stands. out is initialised here and holds a source as
 * ruleset_source gives it. The first line of a page's text is the first of its file: places in it stay true. */
cs_error amend(const char *source, size_t bytes, const cs_amended_page *pages, uint32_t count, cs_buffer *out,
               cs_message *message);

/* The file in which amend puts a page: name in the arena; NULL: out of memory. */
const char *amend_file(const char *source, size_t bytes, const char *rule, cs_arena *arena);

#endif
