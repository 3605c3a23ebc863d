/* copy_progress.h - how far a long copy is, for who waits at a terminal; nothing where standard error is none.
 * Floor: cli. Memory: none. Threads: one.
 * Example: cs_copy_progress p = copy_progress_begin("copying"); copy_run(from, to, copy_progress_show, &p, ...);
 *          copy_progress_end(&p);
 * A line that is written over, a few times a second.
 */
#ifndef CS_CLI_COPY_PROGRESS_H
#define CS_CLI_COPY_PROGRESS_H

#include "store/copy.h"

typedef struct cs_copy_progress {
    const char *deed;
    int64_t shown_ms;
    bool is_shown, is_terminal;
} cs_copy_progress;

cs_copy_progress copy_progress_begin(const char *deed);
bool copy_progress_show(void *progress, const cs_copy_state *state);
void copy_progress_end(cs_copy_progress *progress);

#endif
