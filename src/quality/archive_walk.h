/* archive_walk.h - the rows of a list: all of them where few match, else one after the other in the list's order.
 * Floor: quality. A walk looks at a bounded number of rows and says where it stopped: a page may hold fewer than were asked
 * for, but never leaves one out. Only archive*.c.
 * Memory: matches are released by walk_free. Threads: whoever owns the cs_db.
 * Example: walk_open(db, &where, sort, &walk, &m); walk_run(&walk, &from, &m);
 */
#ifndef CS_QUALITY_ARCHIVE_WALK_H
#define CS_QUALITY_ARCHIVE_WALK_H

#include "quality/archive_drive.h"
#include "quality/archive_place.h"

typedef enum cs_walk_end { WALK_ENOUGH, WALK_PAUSED, WALK_FINISHED } cs_walk_end;

typedef struct cs_walk {
    cs_db *db;
    const cs_where *where;
    const cs_sort *sort;
    cs_drive drive;
    cs_place *matches; /* all of them in the list's order, where the drive's rows are few; else NULL */
    size_t match_count;
    /* Set before each run: */
    bool is_backward;
    int64_t most_rows; /* 0: as many as most_us allows */
    int64_t most_us;
    bool (*on_match)(void *context, const cs_place *place); /* false: enough */
    void *context;
    /* What a run came to: */
    cs_walk_end end;
    cs_place last; /* the last row looked at; not set: none */
} cs_walk;

/* Counts what the filters' indices hold, up to a bound; where that is few, finds all that match. */
cs_error walk_open(cs_db *db, const cs_where *where, const cs_sort *sort, cs_walk *out, cs_message *message);
void walk_free(cs_walk *walk);
const char *walk_score(const cs_sort *sort); /* "c.risk" of a list by it; "0" of one by time */
/* Calls on_match for what matches behind the place (before it, when backward). */
cs_error walk_run(cs_walk *walk, const cs_place *from, cs_message *message);

#endif
