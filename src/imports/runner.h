/* runner.h - threads that take waiting imports in order, read them into the queue, and take imports back.
 * Floor: imports. Some are read in at the same time, so that a small one does not wait for a large one; one that is taken back
 * has the store to itself. What it runs is in the store: a killed server's import goes on at the next start. It looks for work when it is
 * told to and every two seconds, so what another program puts into the store is found, too.
 * Memory: runner_start gives a runner to release with runner_stop. Threads: all functions from any.
 * Example: runner_start(&(cs_runner_options){.data = data, .rules_path = "packs"}, &runner, &m); runner_notice(runner);
 */
#ifndef CS_IMPORTS_RUNNER_H
#define CS_IMPORTS_RUNNER_H

#include "imports/import.h"

typedef struct cs_runner_options {
    const char *data;
    const char *key_file; /* of recordings */
    const char *rules_path; /* for a store that has no rules yet */
    cs_wake *wake; /* of the queue */
} cs_runner_options;

typedef struct cs_runner cs_runner;

cs_error runner_start(const cs_runner_options *options, cs_runner **out, cs_message *message);
void runner_notice(cs_runner *runner); /* there is something to do. NULL is allowed */
/* Asks for the end of an import that it is running; false: it isn't running that one. What is stored stays. */
bool runner_cancel(cs_runner *runner, int64_t number);
void runner_live(cs_runner *runner, cs_import_lives *out); /* those that are running */
/* Ends what is running where it is: it goes on at the next start. NULL is allowed. */
void runner_stop(cs_runner *runner);

#endif
