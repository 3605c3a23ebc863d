/* serve_door.h - where callscope serve listens and who may come in: address, certificate, the link of the first run.
 * Floor: cli. Beyond this machine nothing is served without TLS, without an account, or under names that nobody gave.
 * Memory: door_close. Threads: the main one.
 * Example: door_open(arguments, &door, &m); server_start(&(cs_server_options){.listen = door.listen, …}); door_print(&door, port);
 */
#ifndef CS_CLI_SERVE_DOOR_H
#define CS_CLI_SERVE_DOOR_H

#include "base/buffer.h"
#include "base/error.h"
#include "cli/command.h"
#include "http/guard.h"

typedef struct cs_door {
    const char *listen;
    char names[CS_MAX_NAMES + 1];
    cs_buffer certificate, key; /* empty: plain HTTP */
    bool has_first;
    char first_token[CS_FIRST_TOKEN_CHARS + 1]; /* of the first run; nobody has an account yet */
} cs_door;

cs_error door_open(const cs_arguments *arguments, cs_door *out, cs_message *message);
void door_print(const cs_door *door, unsigned port); /* the address; of a first run its link, too */
void door_close(cs_door *door);

#endif
