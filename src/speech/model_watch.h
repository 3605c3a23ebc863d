/* model_watch.h - whoever waits for a model: told how far it is, and able to stop it.
 * Floor: speech. Memory: the caller's. Threads: the one that fetches.
 * Nothing is shown by the library itself.
 * Both may be NULL.
 * Example: cs_model_watch watch = {.on_progress = show, .context = &terminal, .is_stopped = &stopped};
 */
#ifndef CS_SPEECH_MODEL_WATCH_H
#define CS_SPEECH_MODEL_WATCH_H

#include <signal.h>
#include <stdint.h>

typedef struct cs_model_watch {
    /* deed: "fetching", "unpacking"; all 0: not known how much it will be */
    void (*on_progress)(void *context, const char *deed, const char *what, int64_t done, int64_t all);
    void *context;
    const volatile sig_atomic_t *is_stopped;
} cs_model_watch;

#endif
