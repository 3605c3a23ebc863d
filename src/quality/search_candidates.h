/* search_candidates.h - the conversations that may answer a query, in the order of the list. Only search*.c.
 * Floor: quality. Three ways, by what there is: few that the index names are all looked up and sorted; where it names many,
 * the list is walked and each row looked up among them; where most rows answer, the list is just walked.
 * Memory: search_close releases all. Threads: whoever owns the cs_db.
 * Example: search_open(db, rules, &filter, &s, &m); search_run(&s, &from, &m); search_close(&s);
 */
#ifndef CS_QUALITY_SEARCH_CANDIDATES_H
#define CS_QUALITY_SEARCH_CANDIDATES_H

#include "quality/archive_walk.h"
#include "quality/search_match.h"

enum { SEARCH_FEW = 5000, SEARCH_MANY = 50000, SEARCH_CHUNK = 32 };

typedef struct cs_search {
    cs_db *db;
    cs_packer *packer;
    cs_filter filter; /* without the text */
    cs_where where;
    cs_walk walk; /* of the filter alone */
    const cs_sort *sort;
    cs_search_query *query;
    cs_arena *arena, *scratch; /* of the query; of one conversation */
    cs_buffer match; /* the question to the index */
    bool is_exact; /* the index knows, and no conversation waits for it: candidates need not be read to be counted */
    bool is_wide, is_few, has_numbers;
    cs_place *candidates; /* is_few: all of them, in order */
    size_t count;
    size_t few, many; /* candidates that are looked up and sorted; documents that are kept */
    int64_t *numbers; /* has_numbers: documents, rising */
    size_t number_count;
    int64_t at_least; /* that many match for sure, however few were read */
    int64_t waiting; /* conversations that the index does not hold yet: up to SEARCH_WAITING */
    /* Set before each run: */
    bool is_backward;
    int64_t most_us, most_read;
    bool (*on_match)(void *context, const cs_place *place, const cs_conversation *conversation,
                     const cs_search_found *found); /* false: enough. The conversation lives until it returns */
    void *context;
    /* What a run came to: */
    cs_walk_end end;
    cs_place last; /* the last candidate that was decided; not set: none */
    int64_t read; /* conversations that were read */
} cs_search;

enum { SEARCH_WAITING = 100000, SEARCH_WAITING_READ = 500 };

cs_error search_open(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_search *out,
                     cs_message *message);
void search_close(cs_search *search);
/* Calls on_match for what holds behind the place (before it, when backward), until enough was read. */
cs_error search_run(cs_search *search, const cs_place *from, cs_message *message);
/* Whether the conversation at the place holds. */
cs_error search_holds_one(cs_search *search, const cs_place *place, bool *holds, cs_message *message);
bool search_is_complete(const cs_search *search); /* no conversation is left out for not being in the index yet */

#endif
