/* archive_ruleset.h - rule sets in the store that are not the current one: kept, and as their text.
 * Floor: quality. Numbers are those of table ruleset. Memory: buffers are initialised here and the caller's.
 * Threads: whoever owns the cs_db.
 * Example: archive_keep_ruleset(db, rules, &number, &m); archive_ruleset_source(db, number, &source, &m);
 */
#ifndef CS_QUALITY_ARCHIVE_RULESET_H
#define CS_QUALITY_ARCHIVE_RULESET_H

#include "quality/archive.h"

cs_error archive_keep_ruleset(cs_db *db, const cs_ruleset *ruleset, int64_t *number, cs_message *message);
/* As ruleset_source gave it. */
cs_error archive_ruleset_source(cs_db *db, int64_t number, cs_buffer *out, cs_message *message);

#endif
