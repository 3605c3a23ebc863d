/* search_match.h - whether a conversation holds what a query asks for, and where.
 * Floor: quality. The text decides, as it is stored; the index only proposes. A piece is found where its folded text stands,
 * not inside a longer word or number; Chinese stands anywhere.
 * Memory: in the arena given. Threads: any.
 * Example: if (search_match(query, c, arena, &found) && found.holds) matches_write(out, query, c, &found, arena);
 */
#ifndef CS_QUALITY_SEARCH_MATCH_H
#define CS_QUALITY_SEARCH_MATCH_H

#include "base/json.h"
#include "quality/search_query.h"
#include "text/search_terms.h"

enum { CS_MAX_SHOWN_TURNS = 3 };

typedef struct cs_search_found {
    bool holds;
    uint32_t turns[CS_MAX_SHOWN_TURNS]; /* those with the most of what is looked for, in their order */
    uint32_t turn_count;
} cs_search_found;

/* false: no memory. */
bool search_match(const cs_search_query *query, const cs_conversation *conversation, cs_arena *arena,
                  cs_search_found *found);
/* "matches": [{"turn": 3, "role": "agent", "parts": [{"text": "…", "is_match": true}]}] */
bool matches_write(cs_json_writer *out, const cs_search_query *query, const cs_conversation *conversation,
                   const cs_search_found *found, cs_arena *arena);

enum { CS_MAX_SEARCH_TERMS_BYTES = 512 << 10 }; /* PostgreSQL takes 1 MB of a document */
/* What the index must hold of a conversation, lists' filters too, with a space between. The set is only worked with. NULL:
 * no memory. */
const char *search_terms_text(const cs_conversation *conversation, cs_arena *arena, cs_search_set *set);
/* The term of a filter: what: 't' team, 'q' queue, 'c' channel, 'a' agent. */
void search_filter_term(char what, const char *value, char out[20]);

#endif
