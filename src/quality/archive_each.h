/* archive_each.h - every conversation that a filter keeps, one after another, in the order they were stored.
 * Floor: quality. What is stored or removed meanwhile is seen or not, but never twice; memory stays that of the largest one.
 * Memory: a conversation lives in the arena during its visit. Threads: whoever owns the cs_db.
 * Example: archive_each(db, packer, rules, &filter, write_one, &file, &m);
 */
#ifndef CS_QUALITY_ARCHIVE_EACH_H
#define CS_QUALITY_ARCHIVE_EACH_H

#include "quality/archive.h"

/* Anything but CS_OK ends the walk and is returned. */
typedef cs_error (*cs_stored_visit)(void *context, const cs_stored *stored, cs_arena *arena, cs_message *message);

/* The filter's sort is not asked. */
cs_error archive_each(cs_db *db, cs_packer *packer, const cs_ruleset *ruleset, const cs_filter *filter,
                      cs_stored_visit visit, void *context, cs_message *message);

#endif
