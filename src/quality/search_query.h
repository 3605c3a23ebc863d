/* search_query.h - what somebody types into the search box, understood.
 * Floor: quality. docs/search.md is the language. A query is clauses that must all hold; a clause is alternatives of which
 * one must hold; an alternative is one piece of text, or several of which each is near the one before.
 * Memory: all of it lives in the arena. Threads: any.
 * Example: search_query_parse("客服:退款 -\"原路 退回\"", arena, &query, &m);
 */
#ifndef CS_QUALITY_SEARCH_QUERY_H
#define CS_QUALITY_SEARCH_QUERY_H

#include "base/arena.h"
#include "base/buffer.h"
#include "conversation/conversation.h"
#include "store/search_index.h"

enum { CS_MAX_SEARCH_BYTES = 400, CS_MAX_SEARCH_PIECES = 48, CS_MAX_SEARCH_DISTANCE = 99 };

typedef struct cs_search_piece {
    const char *text; /* folded */
    uint32_t bytes;
    bool is_beginning; /* of a word: refun* */
    cs_role role; /* CS_ROLE_COUNT: anybody, and what is known of the conversation */
    uint32_t clause, alternative; /* which it belongs to; alternatives are counted through all clauses */
    int within; /* turns from the piece before, in the same alternative; -1: it is the first */
    bool is_near; /* one of several: only turns count */
    bool is_excluded; /* its clause must not hold */
} cs_search_piece;

typedef struct cs_search_query {
    cs_search_piece pieces[CS_MAX_SEARCH_PIECES];
    uint32_t count, clauses, alternatives;
    const char *id; /* the query is one of our ids, and finds it as well; NULL: no */
} cs_search_query;

/* CS_ERR_USAGE names the character at which the query is not understood. */
cs_error search_query_parse(const char *text, cs_arena *arena, cs_search_query **out, cs_message *message);

/* The question to the index. *is_exact: what it answers holds, and need not be held against the text to be counted.
 * *is_wide: it asks for the beginnings of terms, of which there may be very many. */
void search_query_match(const cs_search_query *query, const cs_search_words *words, cs_buffer *out, bool *is_exact,
                        bool *is_wide);

#endif
