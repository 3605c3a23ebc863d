/* callscope serve: until it is interrupted. */
#include "cli/command.h"
#include "conversation/mapping.h"
#include "http/server.h"
#include "imports/watch.h"
#include "quality/deferred_clock.h"

#include "base/error.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct serving {
    cs_runner *runner;
    cs_server *server;
    cs_watch *watch;
    cs_deferred_clock *clock;
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

static cs_error start(const cs_arguments *arguments, unsigned port, serving *s, cs_message *message) {
    const char *data = argument(arguments, "--data");
    const cs_runner_options imports = {
        .data = data, .key_file = key_file(arguments), .rules_path = rules_path(arguments)};
    cs_error code = runner_start(&imports, &s->runner, message);
    const cs_server_options options = {
        .data = data, .key_file = key_file(arguments), .port = port, .runner = s->runner};
    if (code == CS_OK) code = server_start(&options, &s->server, message);
    return code == CS_OK ? start_watch(arguments, s, message) : code;
}

static void stop(serving *s) {
    deferred_clock_stop(s->clock);
    watch_stop(s->watch);
    server_stop(s->server);
    runner_stop(s->runner);
}

int run_serve(const cs_arguments *arguments) {
    const char *port_text = argument(arguments, "--port");
    char *end;
    unsigned long port = strtoul(port_text, &end, 10);
    if (*end || end == port_text || port > 65535) {
        fprintf(stderr, "callscope: --port takes a number from 0 to 65535, not '%s'\n", port_text);
        return CS_EXIT_USAGE;
    }
    if (argument(arguments, "--watch-mapping") && !argument(arguments, "--watch")) {
        fprintf(stderr, "callscope: --watch-mapping goes with --watch DIR\n");
        return CS_EXIT_USAGE;
    }
    sigset_t signals; /* blocked before the threads start, so that only this one is woken */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    serving s = {0};
    cs_message message;
    if (start(arguments, (unsigned)port, &s, &message) != CS_OK) {
        trouble_print(NULL, &message);
        stop(&s);
        return CS_EXIT_REFUSED;
    }
    if (deferred_clock_start(argument(arguments, "--data"), CS_MINUTE_MS, &s.clock, &message) != CS_OK)
        trouble_print(NULL, &message); /* the rest can be served all the same */
    printf("http://127.0.0.1:%u/\n", server_port(s.server));
    fflush(stdout);
    int which;
    sigwait(&signals, &which);
    stop(&s);
    return CS_EXIT_DONE;
}
