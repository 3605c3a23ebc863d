/* remote_address.h - a recogniser in the network as a person names it: where it is, and behind "#" how it is spoken to.
 * Floor: speech. http:// and https:// are OpenAI-compatible, ws:// and wss:// FunASR's server. What follows "#" stays here, it is
 * never sent: model, language, format, mode, key-file, ca-file, proxy, timeout, each NAME=VALUE with "&" between them.
 * Memory: the arena given. Threads: any.
 * Example: remote_address_read("http://10.0.0.5:8000/v1#model=large-v3&language=zh", arena, &address, &m);
 */
#ifndef CS_SPEECH_REMOTE_ADDRESS_H
#define CS_SPEECH_REMOTE_ADDRESS_H

#include "speech/model.h"

enum {
    CS_MAX_ADDRESS_BYTES = 2000,
    CS_MAX_SPEECH_KEY_BYTES = 4096,
    CS_REMOTE_TIMEOUT_S = 120, /* for one piece of sound, its answer included */
    CS_REMOTE_MAX_TIMEOUT_S = 3600,
};

/* How far the sound goes. */
typedef enum cs_remote_reach { CS_REACH_MACHINE, CS_REACH_PRIVATE, CS_REACH_OUTSIDE } cs_remote_reach;

typedef struct cs_remote_address {
    cs_model_kind kind; /* CS_MODEL_HTTP or CS_MODEL_WEBSOCKET */
    const char *url; /* whole, without what follows "#" */
    const char *name; /* kept with transcripts: the url, the model and the language, never a file's path */
    const char *host, *port;
    const char *path; /* with its query */
    bool is_secure;
    const char *model, *language; /* NULL: the server's own */
    const char *format; /* "verbose_json", "json", "text" */
    const char *mode; /* "offline", "2pass", "online"; NULL: as fits */
    const char *key_file, *ca_file, *proxy; /* NULL: none */
    int timeout_s;
} cs_remote_address;

bool remote_address_is(const char *name); /* it is an address, not the name of a model */
/* CS_ERR_USAGE with what is wrong. Nothing is looked up. */
cs_error remote_address_read(const char *text, cs_arena *arena, cs_remote_address *out, cs_message *message);
/* By the numbers behind its name; of several, by the farthest. CS_ERR_NOT_FOUND: nobody knows the name. */
cs_error remote_address_reach(const cs_remote_address *address, cs_remote_reach *out, cs_message *message);
/* The model that stands for an address, name and all. Without encryption sound goes no farther than a private network; the key
 * must be there, and not readable by everybody. */
cs_error model_of_address(const char *text, cs_arena *arena, cs_speech_model **out, cs_message *message);
/* For whoever starts callscope: which address gets the sound, and whether it leaves the machine. */
cs_error remote_address_notice(const char *text, cs_arena *arena, const char **out, cs_message *message);
/* The key alone, without blanks around; empty without a key file. */
cs_error remote_key_read(const cs_remote_address *address, char out[CS_MAX_SPEECH_KEY_BYTES + 1], cs_message *message);

#endif
