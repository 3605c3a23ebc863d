/* search_index.h - which documents hold which terms: FTS5 without content on SQLite, tsvector and GIN on PostgreSQL.
 * Floor: store. It knows terms as they are given (text/search_terms.h), no words and no places: what it names is then held
 * against the text. A document is one version of a conversation, under a number that is never given again; its row in
 * conversation.search_document names it, and a document that no row names is nobody's.
 * Memory: none kept. Threads: whoever owns the cs_db; writing inside the transaction of what is indexed.
 * Example: search_index_put(db, "a退款 c退款", 0, &document, &m); ... search_index_flush(db, &m); db_commit(db, &m);
 */
#ifndef CS_STORE_SEARCH_INDEX_H
#define CS_STORE_SEARCH_INDEX_H

#include "base/buffer.h"
#include "store/db.h"

/* terms: with a space between. replaces: the document that this one takes the place of; 0: none. */
cs_error search_index_put(cs_db *db, const char *terms, int64_t replaces, int64_t *document, cs_message *message);
cs_error search_index_remove(cs_db *db, int64_t document, cs_message *message); /* 0: nothing to do */
/* What was put is found from then on. Before the commit, and outside of savepoints: FTS5 writes a segment at each. */
cs_error search_index_flush(cs_db *db, cs_message *message);
/* Forgets all documents. The numbers go on. */
cs_error search_index_empty(cs_db *db, cs_message *message);

/* ---- asking ---- */

/* How a question is written: open term close, open term close_beginning for all terms that begin so. */
typedef struct cs_search_words {
    const char *open, *close, *close_beginning, *and, * or, *and_not;
    /* FROM and WHERE of documents that answer :match, as s joined to conversation c: "SELECT c.seq FROM %s AND …" */
    const char *from;
    const char *documents; /* the numbers alone: "SELECT %s" */
} cs_search_words;
const cs_search_words *search_index_words(const cs_db *db);

/* Around the questions: PostgreSQL keeps terms apart from their rows, and thinks that reading every row costs little. */
cs_error search_index_lead(cs_db *db, bool leads, cs_message *message);

/* Whether any document holds the term. */
cs_error search_index_any(cs_db *db, const char *match, bool *has_any, cs_message *message);

#endif
