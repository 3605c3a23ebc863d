/* archive_drive.h - what leads a list to its rows: an index that a filter names, or the list's own order. Only archive*.c.
 * Floor: quality. Planners guess badly where filters are rare together, so it is counted, up to a bound, and told to them:
 * the drive's condition stands in the WHERE, every other one in a CASE, which no index serves.
 * Memory: none. Threads: whoever owns the cs_db.
 * Example: drive_choose(db, &where, &drive, &m); drive.is_few says whether all its rows may be looked at.
 */
#ifndef CS_QUALITY_ARCHIVE_DRIVE_H
#define CS_QUALITY_ARCHIVE_DRIVE_H

#include "quality/archive_filter.h"

/* From what is rare in most centres to what is frequent. */
typedef enum cs_drive_kind {
    DRIVE_AGENT,
    DRIVE_FINDING,
    DRIVE_HIGH_RISK,
    DRIVE_VERDICT,
    DRIVE_QUEUE,
    DRIVE_TEAM,
    DRIVE_SCORE,
    DRIVE_CHANNEL,
    DRIVE_TIME,
    DRIVE_KIND_COUNT,
    DRIVE_ORDER = DRIVE_KIND_COUNT /* none: rows in the order of the list */
} cs_drive_kind;

enum { DRIVE_FEW = 10000 }; /* no drive counts further */

typedef struct cs_drive {
    cs_drive_kind kind;
    bool is_few; /* all of them can be looked at in some ten milliseconds */
    bool is_none; /* no row */
    bool is_of_time; /* its rows come in the order of their time */
    cs_verdict verdict; /* of the findings; CS_VERDICT_COUNT: of several */
} cs_drive;

/* The first filter that few rows pass; else the first that can lead a list by time; else the order itself. */
cs_error drive_choose(cs_db *db, const cs_where *where, cs_drive *out, cs_message *message);
/* How many rows pass the filter, up to most + 1. CS_ERR_NOT_FOUND: no drive covers all of it. */
cs_error drive_count(cs_db *db, const cs_where *where, int64_t most, int64_t *out, cs_message *message);

/* " FROM … WHERE …" with the conversation as c; f stands for the finding where it is its drive. */
void drive_from(const cs_drive *drive, const cs_where *where, cs_buffer *sql);
/* " AND …": what the drive doesn't see to; parameters of both are those of where_bind. */
void drive_tests(const cs_drive *drive, const cs_where *where, cs_buffer *sql);

#endif
