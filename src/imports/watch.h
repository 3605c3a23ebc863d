/* watch.h - a folder that others fill: what is new or changed in it becomes an import.
 * Floor: imports. Every two seconds it looks; a file that has kept its size and its time for two looks is complete, unless its
 * name says otherwise (.part, .tmp, .crdownload, ~). Files stay where they are and are only read. A transcript and its
 * recordings come in together, also when one of them changes later. What can't be read is told once, until it can.
 * Memory: watch_start gives a watch to release with watch_stop; some 200 bytes a file. Threads: its own one.
 * Example: watch_start(&(cs_watch_options){.data = data, .folder = "/srv/calls", .runner = runner}, &watch, &m);
 */
#ifndef CS_IMPORTS_WATCH_H
#define CS_IMPORTS_WATCH_H

#include "imports/runner.h"

enum { CS_WATCH_LOOK_MS = 2000, CS_MAX_WATCHED = 500000 };

typedef struct cs_watch_options {
    const char *data, *folder;
    const char *mapping; /* a file, for all that needs one; NULL: a mapping.json beside them */
    cs_runner *runner;
    int look_ms; /* 0: CS_WATCH_LOOK_MS */
} cs_watch_options;

typedef struct cs_watch cs_watch;

/* CS_ERR_NOT_FOUND: the folder is not there. That it vanishes or comes back later is told in the log. */
cs_error watch_start(const cs_watch_options *options, cs_watch **out, cs_message *message);
void watch_stop(cs_watch *watch); /* NULL is allowed */

#endif
