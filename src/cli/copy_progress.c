#include "cli/copy_progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

enum { SHOW_EVERY_MS = 200 };

cs_copy_progress copy_progress_begin(const char *deed) {
    return (cs_copy_progress){.deed = deed, .is_terminal = isatty(STDERR_FILENO) == 1};
}

bool copy_progress_show(void *context, const cs_copy_state *state) {
    cs_copy_progress *progress = context;
    int64_t now = clock_steady_ms();
    if (!progress->is_terminal || now - progress->shown_ms < SHOW_EVERY_MS) return true;
    progress->shown_ms = now;
    progress->is_shown = true;
    fprintf(stderr, "\r%s: table %u of %u, %s, %lld rows\033[K", state->is_verifying ? "comparing" : progress->deed,
            state->number, state->count, state->table, (long long)state->rows);
    return true;
}

void copy_progress_end(cs_copy_progress *progress) {
    if (progress->is_shown) fputs("\r\033[K", stderr);
    progress->is_shown = false;
}
