/* callscope serve: until it is interrupted. */
#include "cli/command.h"
#include "http/server.h"
#include "quality/deferred_clock.h"

#include "base/error.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

int run_serve(const cs_arguments *arguments) {
    const char *port_text = argument(arguments, "--port");
    char *end;
    unsigned long port = strtoul(port_text, &end, 10);
    if (*end || end == port_text || port > 65535) {
        fprintf(stderr, "callscope: --port takes a number from 0 to 65535, not '%s'\n", port_text);
        return CS_EXIT_USAGE;
    }
    sigset_t signals; /* blocked before the server's threads start, so that only this one is woken */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    cs_server *server = NULL;
    cs_deferred_clock *clock = NULL;
    cs_message message;
    if (server_start(argument(arguments, "--data"), key_file(arguments), (unsigned)port, &server, &message) != CS_OK) {
        trouble_print(NULL, &message);
        return CS_EXIT_REFUSED;
    }
    if (deferred_clock_start(argument(arguments, "--data"), CS_MINUTE_MS, &clock, &message) != CS_OK)
        trouble_print(NULL, &message); /* the rest can be served all the same */
    printf("http://127.0.0.1:%u/\n", server_port(server));
    fflush(stdout);
    int which;
    sigwait(&signals, &which);
    deferred_clock_stop(clock);
    server_stop(server);
    return CS_EXIT_DONE;
}
