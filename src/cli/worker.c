/* callscope worker: until it is interrupted. */
#include "base/clock.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/inspect_speech.h"
#include "quality/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SAY_SECONDS = 10, MOST_WORKERS = 64 };

bool workers_read(const cs_arguments *arguments, unsigned least, unsigned *out) {
    const char *text = argument(arguments, "--workers");
    char *end = NULL;
    *out = crew_cores();
    if (!text) return true;
    unsigned long count = strtoul(text, &end, 10);
    *out = (unsigned)count;
    if (end != text && !*end && *text != '-' && count >= least && count <= MOST_WORKERS) return true;
    fprintf(stderr, "callscope: --workers takes a number from %u to %d, not '%s'\n", least, MOST_WORKERS, text);
    return false;
}

/* What hangs can't be ended from within: whoever started this starts it again, and the work was given to others. */
static void on_stuck(void *context) {
    (void)context;
    fputs("callscope: a thread hangs: this worker ends, start it again\n", stderr);
    _exit(CS_EXIT_REFUSED);
}

/* Every ten seconds in which something was done. */
static void say(cs_crew *crew, cs_crew_counts *before) {
    cs_crew_counts now;
    crew_counts(crew, &now);
    if (now.done == before->done && now.failed == before->failed) return;
    printf("%lld done, %lld a minute, %lld refused or set aside, %lld in hand\n", (long long)now.done,
           (long long)(now.done - before->done) * 60 / SAY_SECONDS, (long long)now.failed, (long long)now.in_hand);
    fflush(stdout);
    *before = now;
}

static void work_until_signal(cs_crew *crew, const sigset_t *signals) {
    const struct timespec pause = {.tv_sec = SAY_SECONDS};
    cs_crew_counts before = {0};
    while (sigtimedwait(signals, NULL, &pause) < 0) say(crew, &before);
    say(crew, &before);
}

int run_worker(const cs_arguments *arguments) {
    unsigned workers = 0;
    cs_crew *crew = NULL;
    cs_message message;
    sigset_t signals; /* blocked before the threads start, so that only this one is woken */
    if (!workers_read(arguments, 1, &workers)) return CS_EXIT_USAGE;
    if (!speech_is_there(arguments) || !words_are_there(arguments)) return CS_EXIT_REFUSED;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    cs_crew_options options = {.data = argument(arguments, "--data"),
                               .key_file = key_file(arguments),
                               .speech = argument(arguments, "--speech"),
                               .by_silero = speech_by_silero(arguments),
                               .words = words_path(arguments),
                               .workers = workers,
                               .wake = wake_create(),
                               .on_stuck = on_stuck};
    cs_error code = options.wake ? wake_listen(options.wake, options.data, &message)
                                 : message_set(&message, CS_ERR_MEMORY, "no memory for the workers");
    if (code == CS_OK) code = crew_start(&options, &crew, &message);
    if (code == CS_OK) {
        printf("works on what waits in %s, with %u thread%s\n", options.data, workers, workers == 1 ? "" : "s");
        fflush(stdout);
        work_until_signal(crew, &signals);
    } else {
        trouble_print(NULL, &message);
    }
    crew_stop(crew);
    wake_free(options.wake);
    return code == CS_OK ? CS_EXIT_DONE : CS_EXIT_REFUSED;
}
