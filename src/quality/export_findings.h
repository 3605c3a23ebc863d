/* export_findings.h - what was found, as tables for people: CSV, or a workbook of Excel with a sheet of findings and one of
 * conversations.
 * Floor: quality. Streams, in the order in which conversations were stored; memory does not grow with their number. docs/formats/tables-out.md has the columns.
 * Memory: options live until it returns. Threads: whoever owns the cs_db, best one for reading.
 * Example: export_findings(db, packer, rules, &(cs_export_findings){.filter = &filter, .is_xlsx = true, .fd = 1}, &counts, &m);
 */
#ifndef CS_QUALITY_EXPORT_FINDINGS_H
#define CS_QUALITY_EXPORT_FINDINGS_H

#include "quality/archive.h"

typedef struct cs_export_findings {
    const cs_filter *filter; /* which conversations; all of their findings are told */
    const char *language; /* "en": English; anything else, NULL too: Chinese */
    bool is_revealed; /* numbers and names of customers as they are; else covered */
    bool is_xlsx;
    int fd; /* where it goes, from its place on; may be a pipe or a socket */
    const char *folder; /* for a workbook's rows until it is put together; NULL: the system's */
    int64_t sheet_rows; /* after which a sheet goes on in another one; 0: what a sheet holds, 1,048,576 */
    bool (*is_stopped)(void *context); /* asked before each conversation; NULL: never */
    void *context;
} cs_export_findings;

typedef struct cs_export_counts {
    int64_t conversations, findings;
} cs_export_counts;

/* counts may be NULL. CS_ERR_IO: it can't be written there; CS_ERR_LIMIT: more than a workbook holds; CS_ERR_STOPPED. */
cs_error export_findings(cs_db *db, cs_packer *packer, cs_ruleset *ruleset, const cs_export_findings *options,
                         cs_export_counts *counts, cs_message *message);

#endif
