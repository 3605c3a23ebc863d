/* archive_filter.h - a filter as SQL: what the list, the neighbours and the summary share. Only archive*.c.
 * Floor: quality. A where is made for one request; its text stands after "WHERE 1 = 1" with the conversation as c.
 * Memory: where_free releases it; the filter and the rule set must outlive it. Threads: one.
 * Example: where_make(db, rules, filter, &where, &m); db_query(db, sql, &stmt, &m); where_bind(&where, stmt);
 */
#ifndef CS_QUALITY_ARCHIVE_FILTER_H
#define CS_QUALITY_ARCHIVE_FILTER_H

#include "quality/archive.h"

typedef struct cs_sort {
    const char *name; /* "-started": from the highest */
    const char *column; /* "started_ms" or a score's */
    bool is_descending;
} cs_sort;

typedef struct cs_where {
    const cs_filter *filter;
    cs_buffer sql; /* " AND c.agent = :agent AND …": all of it, for whoever asks for every row that matches */
    cs_buffer plain; /* the same without rule and verdict of a rule */
    cs_buffer probe; /* rule and verdict as a test of one row, whatever their number in the store */
    bool is_none; /* nothing can match: the rule has no such verdict */
    bool by_bytes; /* a verdict that is no finding: looked up in the verdict bytes of the current rule set */
    int64_t current;
    uint32_t rule; /* its place in the verdict bytes */
    cs_verdict verdict; /* CS_VERDICT_COUNT: not asked */
} cs_where;

/* CS_ERR_USAGE when parameters contradict each other; where is then empty. */
cs_error where_make(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, cs_where *where,
                    cs_message *message);
void where_bind(const cs_where *where, cs_stmt *stmt); /* of sql, or of plain and probe together */
bool where_has_finding(const cs_where *where); /* a rule's verdict that has findings */
void where_free(cs_where *where);

unsigned sort_index(const char *name); /* NULL: the default's; sort_count(): no such sorting */
unsigned sort_count(void);
const cs_sort *sort_at(unsigned index);

#endif
