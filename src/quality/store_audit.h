/* store_audit.h - whether a store is whole: every text can be unpacked, everything that names something finds it, every
 * recording is there and opens.
 * Floor: quality. It only reads; what is wrong is told one by one, and does not end it.
 * Memory: one conversation at a time. Threads: whoever owns the cs_db, inside a transaction.
 * Example: store_audit(db, &(cs_audit_options){.recordings = folder, .keys = keys, .trouble = on_trouble}, &counts, &m);
 */
#ifndef CS_QUALITY_STORE_AUDIT_H
#define CS_QUALITY_STORE_AUDIT_H

#include "store/db.h"
#include "store/keys.h"

typedef struct cs_audit_options {
    const char *recordings; /* the folder of blobs */
    const cs_keys *keys; /* NULL: only that the files are there */
    void (*trouble)(void *context, const char *what, const cs_message *message);
    bool (*watch)(void *context, const char *what, int64_t done); /* false: stop; may be NULL */
    void *context;
} cs_audit_options;

typedef struct cs_audit {
    int64_t texts, references, recordings; /* looked at: packed texts, kinds of reference, files */
    int64_t troubles;
} cs_audit;

cs_error store_audit(cs_db *db, const cs_audit_options *options, cs_audit *out, cs_message *message);

#endif
