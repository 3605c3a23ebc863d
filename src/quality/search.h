/* search.h - conversations by what was said in them: docs/search.md is what a query means.
 * Floor: quality. The index proposes, the text decides: nothing is shown that does not hold. What an answer looks at is
 * bounded; what it did not get to is said, and the next page goes on there.
 * Memory: none kept. Threads: whoever owns the cs_db.
 * Example: search_list(db, rules, &filter, 50, NULL, out, &m);
 */
#ifndef CS_QUALITY_SEARCH_H
#define CS_QUALITY_SEARCH_H

#include "quality/archive.h"

/* The list and the neighbours of docs/api.md, for filters with a text. */
cs_error search_list(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, int limit, const char *after,
                     cs_json_writer *out, cs_message *message);
cs_error search_neighbours(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const char *id,
                           cs_json_writer *out, cs_message *message);

/* All that match, as " AND c.seq IN (1, 2)": for summaries and exports. CS_ERR_LIMIT: more than may be read for it. */
cs_error search_where(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_buffer *sql,
                      cs_message *message);

#endif
