/* router.h - the table of addresses: each row drives matching, permission, parameters, and the 404, 405 and 400 answers.
 * Floor: http. Paths are matched as they were sent, segment by segment, and decoded afterwards: an id may hold a slash.
 * Memory: rows are static; what a match decodes is in the caller's arrays. Threads: any.
 * Example: route_match("GET", "/api/v1/conversations/D-1", &match); match.route->handle(&request, &out, &m);
 */
#ifndef CS_HTTP_ROUTER_H
#define CS_HTTP_ROUTER_H

#include "http/answer.h"
#include "quality/archive.h"
#include "quality/playback_shelf.h"

#include <stdbool.h>
#include <stddef.h>

enum { CS_MAX_PATH_ID = 1024, CS_MAX_QUERY = 32 };

/* There is no sign-in yet: the server answers this machine only. */
typedef enum cs_permission { CS_PERMISSION_OPEN } cs_permission;

typedef struct cs_parameter {
    const char *name, *words; /* what it takes, for people */
} cs_parameter;

typedef struct cs_query_pair {
    const char *name, *value;
} cs_query_pair;

/* What a handler may use: one state of the store for the whole answer. It answers with the JSON it writes, or fills
 * *stream, which outlives the request: nothing of the request may be in it. */
typedef struct cs_request {
    cs_db *db;
    cs_packer *packer;
    cs_ruleset *ruleset; /* the current one of the store */
    const char *id; /* of the path; NULL where the pattern has none */
    cs_query_pair query[CS_MAX_QUERY];
    size_t query_count;
    const char *data; /* folder of the store */
    const char *key_file; /* of its recordings; NULL: none was named */
    cs_playback_shelf *shelf;
    cs_stream *stream;
} cs_request;

typedef cs_error (*cs_handler)(const cs_request *request, cs_json_writer *out, cs_message *message);

typedef struct cs_route {
    const char *method, *pattern; /* "/api/v1/conversations/{id}" */
    cs_permission permission;
    const char *words; /* what it is for */
    const cs_parameter *const *parameters; /* lists of parameters, NULL at the end */
    cs_handler handle;
} cs_route;

extern const cs_route route_table[]; /* method NULL at the end */

typedef struct cs_match {
    const cs_route *route; /* NULL: no such address, or not with this method */
    bool is_known_path; /* some other method answers here */
    const char *allow; /* the methods that do: "GET, HEAD" */
    bool has_bad_encoding; /* the id's %-escapes are broken, or it is not valid UTF-8 */
    char id[CS_MAX_PATH_ID + 1];
} cs_match;

/* path: as sent, without the query. HEAD is answered where GET is. */
void route_match(const char *method, const char *path, cs_match *out);
bool route_takes(const cs_route *route, const char *parameter);
void route_parameters(const cs_route *route, char *out, size_t size); /* "from, to, channel", cut at size */

/* Decodes %-escapes of one path segment; false when they are broken, too long or give NUL or invalid UTF-8. */
bool segment_decode(const char *text, size_t length, char *out, size_t size);

/* The value of one parameter; NULL when it was not sent. */
const char *request_value(const cs_request *request, const char *name);
/* All filter and sort parameters of the request. */
cs_error request_filter(const cs_request *request, cs_filter *out, cs_message *message);

/* The handlers, one file per resource. */
cs_error conversations_list(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error conversations_one(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error conversations_neighbours(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error summary_show(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error facets_show(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error recordings_audio(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error recordings_waveform(const cs_request *request, cs_json_writer *out, cs_message *message);
cs_error status_show(const cs_request *request, cs_json_writer *out, cs_message *message);

#endif
