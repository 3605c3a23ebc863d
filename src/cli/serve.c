/* callscope serve: until it is interrupted. */
#include "cli/command.h"
#include "cli/inspect_speech.h"
#include "cli/serve_door.h"
#include "conversation/mapping.h"
#include "http/server.h"
#include "imports/watch.h"
#include "insight/figures_clock.h"
#include "quality/crew.h"
#include "quality/deferred_clock.h"
#include "quality/rule_trial.h"
#include "quality/search_clock.h"

#include "base/error.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct serving {
    cs_wake *wake;
    cs_crew *crew;
    cs_runner *runner;
    cs_server *server;
    cs_watch *watch;
    cs_deferred_clock *clock;
    cs_search_clock *search;
    cs_figures_clock *figures;
    cs_trials *trials;
    cs_door door;
} serving;

static cs_error start_watch(const cs_arguments *arguments, serving *s, cs_message *message) {
    const cs_watch_options options = {.data = argument(arguments, "--data"),
                                      .folder = argument(arguments, "--watch"),
                                      .mapping = argument(arguments, "--watch-mapping"),
                                      .runner = s->runner};
    cs_mapping *mapping = NULL;
    if (!options.folder) return CS_OK;
    cs_error code =
        options.mapping ? mapping_load(options.mapping, &mapping, message) : CS_OK; /* said now, not later */
    mapping_free(mapping);
    return code == CS_OK ? watch_start(&options, &s->watch, message) : code;
}

/* The queue's workers of this process: none with --workers 0. */
static cs_error start_crew(const cs_arguments *arguments, unsigned workers, serving *s, cs_message *message) {
    const cs_crew_options options = {.data = argument(arguments, "--data"),
                                     .key_file = key_file(arguments),
                                     .speech = argument(arguments, "--speech"),
                                     .by_silero = speech_by_silero(arguments),
                                     .words = words_path(arguments),
                                     .workers = workers,
                                     .wake = s->wake};
    if (!s->wake) return message_set(message, CS_ERR_MEMORY, "no memory for the workers");
    cs_error code = wake_listen(s->wake, options.data, message);
    return code == CS_OK && workers ? crew_start(&options, &s->crew, message) : code;
}

static cs_error start(const cs_arguments *arguments, unsigned port, unsigned workers, serving *s, cs_message *message) {
    const char *data = argument(arguments, "--data");
    s->wake = wake_create();
    const cs_runner_options imports = {
        .data = data, .key_file = key_file(arguments), .rules_path = rules_path(arguments), .wake = s->wake};
    cs_error code = door_open(arguments, &s->door, message);
    if (code == CS_OK) code = start_crew(arguments, workers, s, message);
    if (code == CS_OK) code = runner_start(&imports, &s->runner, message);
    bool is_secure = s->door.certificate.length > 0;
    const cs_server_options options = {.data = data,
                                       .key_file = key_file(arguments),
                                       .speech = argument(arguments, "--speech"),
                                       .port = port,
                                       .listen = s->door.listen,
                                       .names = s->door.names,
                                       .certificate = is_secure ? buffer_string(&s->door.certificate) : NULL,
                                       .key = is_secure ? buffer_string(&s->door.key) : NULL,
                                       .first_token = s->door.has_first ? s->door.first_token : NULL,
                                       .runner = s->runner};
    if (code == CS_OK) code = server_start(&options, &s->server, message);
    return code == CS_OK ? start_watch(arguments, s, message) : code;
}

static void stop(serving *s) {
    trials_stop(s->trials);
    figures_clock_stop(s->figures);
    search_clock_stop(s->search);
    deferred_clock_stop(s->clock);
    watch_stop(s->watch);
    server_stop(s->server);
    runner_stop(s->runner);
    crew_stop(s->crew);
    wake_free(s->wake);
    door_close(&s->door);
}

int run_serve(const cs_arguments *arguments) {
    const char *port_text = argument(arguments, "--port");
    char *end;
    unsigned long port = strtoul(port_text, &end, 10);
    if (*end || end == port_text || port > 65535) {
        fprintf(stderr, "callscope: --port takes a number from 0 to 65535, not '%s'\n", port_text);
        return CS_EXIT_USAGE;
    }
    unsigned workers = 0;
    if (!workers_read(arguments, 0, &workers)) return CS_EXIT_USAGE;
    if (argument(arguments, "--watch-mapping") && !argument(arguments, "--watch")) {
        fprintf(stderr, "callscope: --watch-mapping goes with --watch DIR\n");
        return CS_EXIT_USAGE;
    }
    if (!speech_is_there(arguments) || !words_are_there(arguments)) return CS_EXIT_REFUSED;
    sigset_t signals; /* blocked before the threads start, so that only this one is woken */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    serving s = {0};
    cs_message message;
    if (start(arguments, (unsigned)port, workers, &s, &message) != CS_OK) {
        trouble_print(NULL, &message);
        stop(&s);
        return CS_EXIT_REFUSED;
    }
    if (deferred_clock_start(argument(arguments, "--data"), CS_MINUTE_MS, &s.clock, &message) != CS_OK)
        trouble_print(NULL, &message); /* the rest can be served all the same */
    if (search_clock_start(argument(arguments, "--data"), &s.search, &message) != CS_OK) trouble_print(NULL, &message);
    if (trials_start(argument(arguments, "--data"), &s.trials, &message) != CS_OK) trouble_print(NULL, &message);
    if (figures_clock_start(argument(arguments, "--data"), rules_path(arguments), &s.figures, &message) != CS_OK)
        trouble_print(NULL, &message);
    door_print(&s.door, server_port(s.server));
    int which;
    sigwait(&signals, &which);
    stop(&s);
    return CS_EXIT_DONE;
}
