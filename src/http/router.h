/* router.h - the table of addresses: each row drives matching, permission, parameters, and the 404, 405 and 400 answers.
 * Floor: http. Paths are matched as they were sent, segment by segment, and decoded afterwards: an id may hold a slash. {id}
 * is one segment, {path} all that follows.
 * Memory: rows are static; what a match decodes is in the caller's arrays. Threads: any.
 * Example: route_match("GET", "/api/v1/conversations/D-1", &match); match.route->handle(&request, &out, &m);
 */
#ifndef CS_HTTP_ROUTER_H
#define CS_HTTP_ROUTER_H

#include "access/account.h"
#include "http/answer.h"
#include "imports/runner.h"
#include "imports/upload.h"
#include "quality/archive.h"
#include "quality/playback_shelf.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { CS_MAX_PATH_ID = 1024, CS_MAX_QUERY = 32 };

typedef struct cs_metrics cs_metrics; /* http/metrics.h */
struct cs_desk; /* http/desk.h */
struct cs_guard; /* http/guard.h */
struct cs_visit;

/* Who may ask. What an agent sees is narrowed to own conversations by the handlers (request_filter, request_sees). */
typedef enum cs_permission {
    CS_PERMISSION_OPEN, /* whoever reaches the server */
    CS_PERMISSION_SEE, /* whoever is signed in */
    CS_PERMISSION_REVIEW, /* reviewers and managers */
    CS_PERMISSION_MANAGE, /* managers */
} cs_permission;

/* What there must be before a handler is called. */
typedef enum cs_need {
    CS_NEED_RULES, /* a store with a rule set */
    CS_NEED_STORE, /* a store; ruleset is NULL when it has none yet */
    CS_NEED_NOTHING, /* db is NULL when there is no store yet */
    CS_NEED_NO_STORE, /* it is not opened; the handler may look by itself, at request->desk */
    CS_NEED_SIGNING, /* nothing is opened; the handler opens its own transactions at request->desk, a desk for writing. Such
                        requests run one after another, on a thread of their own: passwords take their time */
    CS_NEED_WRITING, /* a store, made when there is none; what the handler writes is committed before it is answered. Such
                        requests run one after another, on a thread of their own */
} cs_need;

/* What may stand behind the head of a request. */
typedef enum cs_body_kind {
    CS_BODY_NONE,
    CS_BODY_JSON, /* at most CS_MAX_JSON_BODY, in memory */
    CS_BODY_FILE, /* at most CS_MAX_UPLOAD_FILE, on the disk before the handler is called */
    CS_BODY_CONVERSATIONS, /* the same, at most CS_MAX_UPLOAD_CONVERSATIONS */
} cs_body_kind;

enum { CS_MAX_JSON_BODY = 1 << 20 };

typedef struct cs_parameter {
    const char *name, *words; /* what it takes, for people */
} cs_parameter;

typedef struct cs_query_pair {
    const char *name, *value;
} cs_query_pair;

/* A handler may have its answer held until an import is done: then that import is the answer, with 200. */
typedef struct cs_hold {
    int64_t import, ms; /* at most; 0: not held */
} cs_hold;

/* What a handler may use: one state of the store for the whole answer. It answers with the JSON it writes, or fills
 * *stream, which outlives the request: nothing of the request may be in it. */
typedef struct cs_request {
    cs_db *db;
    cs_packer *packer;
    cs_ruleset *ruleset; /* the current one of the store */
    const char *id, *path; /* of the address: {id}, {path}; NULL where the pattern has none */
    cs_query_pair query[CS_MAX_QUERY];
    size_t query_count;
    const cs_account *account; /* who asks; never NULL */
    const struct cs_visit *visit; /* how he came */
    struct cs_guard *guard;
    const char *data; /* folder of the store */
    const char *key_file; /* of its recordings; NULL: none was named */
    const char *speech; /* the model that this server's workers use whatever was chosen, or "off"; NULL: as chosen */
    cs_playback_shelf *shelf;
    cs_runner *runner; /* of imports; NULL: this server runs none */
    const char *idempotency_key, *content_type; /* headers; NULL: not sent */
    const char *body; /* of CS_BODY_JSON; "" when there is none */
    size_t body_bytes;
    cs_upload *upload; /* of CS_BODY_FILE and CS_BODY_CONVERSATIONS; removed afterwards unless it was taken */
    const atomic_bool *is_ending; /* the server: long work stops */
    cs_answer *answer; /* for a status other than 200, location, disposition */
    cs_hold *hold;
    cs_stream *stream;
    cs_metrics *metrics; /* of the server; NULL: nothing is counted */
    struct cs_desk *desk; /* that answers */
} cs_request;

typedef cs_error (*cs_handler)(const cs_request *request, cs_json_writer *out, cs_message *message);

typedef struct cs_route {
    const char *method, *pattern; /* "/api/v1/conversations/{id}" */
    cs_permission permission;
    const char *words; /* what it is for */
    const cs_parameter *const *parameters; /* lists of parameters, NULL at the end */
    cs_handler handle;
    cs_need need;
    cs_body_kind body;
    bool is_slow; /* it may take seconds: a thread of its own answers */
} cs_route;

typedef struct cs_match {
    const cs_route *route; /* NULL: no such address, or not with this method */
    bool is_known_path; /* some other method answers here */
    char allow[48]; /* the methods that do: "GET, HEAD" */
    bool has_bad_encoding; /* the %-escapes of {id} or {path} are broken, or it is not valid UTF-8 */
    char id[CS_MAX_PATH_ID + 1], path[CS_MAX_PATH_ID + 1];
} cs_match;

/* path: as sent, without the query. HEAD is answered where GET is. */
void route_match(const char *method, const char *path, cs_match *out);
bool route_takes(const cs_route *route, const char *parameter);
void route_parameters(const cs_route *route, char *out, size_t size); /* "from, to, channel", cut at size */

/* Decodes %-escapes of one path segment; false when they are broken, too long or give NUL or invalid UTF-8. */
bool segment_decode(const char *text, size_t length, char *out, size_t size);

/* The value of one parameter; NULL when it was not sent. */
const char *request_value(const cs_request *request, const char *name);
/* All filter and sort parameters of the request; an agent's is narrowed to own conversations. */
cs_error request_filter(const cs_request *request, cs_filter *out, cs_message *message);
/* The name that narrows what is read to what who asks may see; NULL: nothing is narrowed. */
const char *request_agent(const cs_request *request);
/* Whether who asks may see what is this agent's (NULL: nobody's): agents see their own, everybody else all. */
bool request_sees(const cs_request *request, const char *agent);
/* The same of one conversation, ours or the centre's id: CS_ERR_NOT_FOUND also when it is not to be seen. */
cs_error request_sees_conversation(const cs_request *request, const char *id, cs_message *message);
/* The parameter limit, 1-200, 50 when absent. */
cs_error request_limit(const cs_request *request, int *limit, cs_message *message);
/* A whole number from least to most; absent or empty leaves *out. */
cs_error request_number(const cs_request *request, const char *name, int64_t least, int64_t most, int64_t *out,
                        cs_message *message);
/* {id} as the number of a row; CS_ERR_NOT_FOUND "there is no WHAT …" when it is none. */
cs_error request_row(const cs_request *request, const char *what, int64_t *out, cs_message *message);
/* The JSON body; *out NULL when there is none. */
cs_error request_json(const cs_request *request, cs_json **out, cs_message *message);

#endif
