#include "http/exchange.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "http/metrics.h"
#include "http/pages.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_ADDRESS_BYTES = 8192, MOST_SWALLOWED = 64 << 20 };

cs_exchange *exchange_open(const char *address) {
    cs_exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange || !(exchange->address = strdup(address))) {
        free(exchange);
        return NULL;
    }
    answer_init(&exchange->answer);
    buffer_init(&exchange->body, CS_MAX_JSON_BODY);
    return exchange;
}

void exchange_close(cs_exchange *exchange) {
    if (!exchange) return;
    upload_free(exchange->upload);
    buffer_free(&exchange->body);
    answer_free(&exchange->answer);
    free(exchange->address);
    free(exchange);
}

static const char *header(const cs_exchange *exchange, const char *name) {
    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

static void say(cs_exchange *exchange, unsigned status, const char *code, const char *reason, const char *remedy) {
    answer_error(&exchange->answer, status, code, reason, remedy);
    atomic_store(&exchange->is_answered, true);
}

static const char *pattern_of(const cs_exchange *exchange) {
    return exchange->match.route ? exchange->match.route->pattern : "-";
}

static void log_failure(const cs_exchange *exchange, const cs_message *message) {
    const cs_log_field fields[] = {
        {.name = "request", .text = exchange->answer.request_id},
        {.name = "method", .text = exchange->method},
        {.name = "route", .text = pattern_of(exchange)},
        {.name = "reason", .text = message->reason},
        {.name = "place", .text = message->place},
        {.name = "remedy", .text = message->remedy},
    };
    log_event(CS_LOG_ERROR, "a request failed", fields, sizeof fields / sizeof fields[0]);
}

enum { AWAY_SECONDS = 3 };

/* Pages and programs ask again by themselves. */
static void say_away(cs_exchange *exchange, const cs_message *message) {
    log_failure(exchange, message);
    exchange->answer.retry_after_s = AWAY_SECONDS;
    say(exchange, 503, error_name(CS_ERR_STORE), message->reason, message->remedy);
    exchange->answer.location[0] = 0;
}

/* A full disk is no fault of the request, and may be mended. */
static void say_failure(cs_exchange *exchange, cs_error code, const cs_message *message) {
    bool is_of_body = exchange->match.route && exchange->match.route->body >= CS_BODY_FILE;
    if (error_http_status(code) >= 500) log_failure(exchange, message);
    if (exchange->answer.retry_after_s)
        answer_error(&exchange->answer, 503, "busy", message->reason, message->remedy);
    else if (code == CS_ERR_STOPPED && is_of_body)
        answer_error(&exchange->answer, 507, "disk_full", message->reason, message->remedy);
    else
        answer_message(&exchange->answer, code, message);
    exchange->answer.location[0] = 0;
    atomic_store(&exchange->is_answered, true);
}

/* ---- who may ask ---- */

static bool is_reading(const char *method) {
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

/* ---- beginning ---- */

static enum MHD_Result read_parameter(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                      const char *value, size_t value_size) {
    (void)kind;
    cs_exchange *exchange = context;
    cs_request *request = &exchange->request;
    char known[192];
    if (utf8_invalid_at(name, name_size) != name_size || (value && utf8_invalid_at(value, value_size) != value_size)) {
        exchange->code = message_set(&exchange->message, CS_ERR_ENCODING, "a parameter is not valid UTF-8");
        message_remedy(&exchange->message, "write it in UTF-8 with %%-escapes");
    } else if (!route_takes(exchange->match.route, name)) {
        route_parameters(exchange->match.route, known, sizeof known);
        exchange->code =
            message_set(&exchange->message, CS_ERR_USAGE, "the parameter \"%.60s\" is not known here", name);
        message_remedy(&exchange->message, "%s%s", *known ? "known are: " : "this address takes none", known);
    } else if (request_value(request, name)) {
        exchange->code = message_set(&exchange->message, CS_ERR_USAGE, "the parameter %s is given twice", name);
    } else if (request->query_count == CS_MAX_QUERY) {
        exchange->code =
            message_set(&exchange->message, CS_ERR_LIMIT, "there are more than %d parameters", CS_MAX_QUERY);
    } else {
        request->query[request->query_count++] = (cs_query_pair){name, value ? value : ""};
    }
    return exchange->code == CS_OK ? MHD_YES : MHD_NO;
}

static void fill_request(cs_exchange *exchange) {
    cs_request *request = &exchange->request;
    *request = (cs_request){.id = exchange->match.id[0] ? exchange->match.id : NULL,
                            .path = exchange->match.path[0] ? exchange->match.path : NULL,
                            .account = &exchange->account,
                            .visit = &exchange->visit,
                            .guard = exchange->house->guard,
                            .data = exchange->house->data,
                            .key_file = exchange->house->key_file,
                            .speech = exchange->house->speech,
                            .shelf = exchange->house->shelf,
                            .runner = exchange->house->runner,
                            .is_ending = &exchange->house->is_ending,
                            .idempotency_key = header(exchange, "Idempotency-Key"),
                            .content_type = header(exchange, "Content-Type"),
                            .answer = &exchange->answer,
                            .hold = &exchange->hold,
                            .stream = &exchange->answer.stream,
                            .metrics = exchange->house->metrics};
    (void)MHD_get_connection_values_n(exchange->connection, MHD_GET_ARGUMENT_KIND, read_parameter, exchange);
}

/* Who asks, and whether he may: before anything else of the request is read. */
static cs_error admit(cs_exchange *exchange, cs_desk *desk) {
    const cs_route *route = exchange->match.route;
    bool is_metrics = strcmp(route->pattern, "/metrics") == 0, is_api = strncmp(route->pattern, "/api/", 5) == 0;
    cs_message *message = &exchange->message;
    exchange->account = account_of_nobody;
    exchange->visit = (cs_visit){.browser = ""};
    if (!is_api && (!is_metrics || exchange->caller.is_local)) return CS_OK;
    cs_error code =
        guard_identify(exchange->house->guard, desk, &exchange->caller, &exchange->visit, &exchange->account, message);
    if (code == CS_OK && is_metrics && !exchange->visit.is_signed_in) {
        code = message_set(message, CS_ERR_SIGN_IN, "beyond this machine, figures of the program need a key");
        message_remedy(message, "send a key as Authorization: Bearer; callscope accounts key makes one");
    }
    if (code == CS_OK)
        code = guard_permit(route, &exchange->caller, &exchange->visit, &exchange->account,
                            !is_reading(exchange->method), message);
    return code;
}

static int64_t announced_bytes(const cs_exchange *exchange) {
    const char *length = header(exchange, "Content-Length");
    return length ? strtoll(length, NULL, 10) : -1; /* the HTTP library has checked it */
}

/* A file is refused before it is sent: too large, no room, a name that can't be, an import that isn't open. */
static void begin_upload(cs_exchange *exchange) {
    int64_t most = exchange->match.route->body == CS_BODY_FILE ? CS_MAX_UPLOAD_FILE : CS_MAX_UPLOAD_CONVERSATIONS;
    if (exchange->request.path) exchange->code = upload_check_path(exchange->request.path, &exchange->message);
    if (exchange->code == CS_OK)
        exchange->code =
            upload_begin(exchange->house->data, announced_bytes(exchange), most, &exchange->upload, &exchange->message);
    exchange->request.upload = exchange->upload;
}

static cs_error refuse_large(cs_exchange *exchange) {
    (void)message_set(&exchange->message, CS_ERR_LIMIT, "the body is larger than 1 MB");
    message_remedy(&exchange->message, "files are sent to /api/v1/imports/{id}/files/{path}");
    return CS_ERR_LIMIT;
}

static void begin_body(cs_exchange *exchange) {
    cs_body_kind kind = exchange->match.route->body;
    int64_t bytes = announced_bytes(exchange);
    /* A client that waits for leave to send hears it at once; one that sends anyway is listened to as far as it is swallowed,
     * for else the connection would break before the answer is read. */
    bool is_hopeless = bytes > (header(exchange, "Expect") ? CS_MAX_JSON_BODY : CS_MAX_JSON_BODY + MOST_SWALLOWED);
    if (kind >= CS_BODY_FILE)
        begin_upload(exchange);
    else if (is_hopeless)
        exchange->code = refuse_large(exchange);
}

static void begin_admitted(cs_exchange *exchange) {
    fill_request(exchange);
    if (exchange->code == CS_OK) begin_body(exchange);
    if (exchange->code != CS_OK) say_failure(exchange, exchange->code, &exchange->message);
}

static void begin_api(cs_exchange *exchange, cs_desk *desk) {
    char remedy[80];
    if (!exchange->match.is_known_path) {
        say(exchange, 404, "not_found", "there is no such address in the API", "docs/api.md lists them");
    } else if (!exchange->match.route) {
        exchange->answer.allow = exchange->match.allow;
        (void)snprintf(remedy, sizeof remedy, "use %s", exchange->match.allow);
        say(exchange, 405, "method_not_allowed", "this address does not take that method", remedy);
    } else if (exchange->match.has_bad_encoding) {
        say(exchange, 400, "encoding", "the id in the address is not valid", "write it in UTF-8 with %-escapes");
    } else if (!is_reading(exchange->method) && !guard_is_our_page(exchange->house->guard, &exchange->caller)) {
        say(exchange, 403, "forbidden", "a page of another site may not change anything here",
            "use callscope's own page, or a program that sends no Origin");
    } else if ((exchange->code = admit(exchange, desk)) == CS_OK) {
        begin_admitted(exchange);
    } else if (exchange->code == CS_ERR_STORE && desk_is_away(desk)) {
        say_away(exchange, &exchange->message);
    } else {
        say_failure(exchange, exchange->code, &exchange->message);
    }
}

static void say_too_often(cs_exchange *exchange, unsigned seconds) {
    char remedy[80];
    (void)snprintf(remedy, sizeof remedy, "ask again in %u seconds", seconds);
    say(exchange, 429, error_name(CS_ERR_TOO_OFTEN), "this address asks too often", remedy);
    exchange->answer.wait_s = seconds;
}

static void begin_page(cs_exchange *exchange) {
    if (!is_reading(exchange->method)) {
        exchange->answer.allow = "GET, HEAD";
        say(exchange, 405, "method_not_allowed", "pages are only read", "use GET");
        return;
    }
    cs_asked asked = {.takes_gzip = pages_accept_gzip(header(exchange, "Accept-Encoding")),
                      .if_none_match = header(exchange, "If-None-Match")};
    pages_answer(exchange->address, &asked, &exchange->answer);
    atomic_store(&exchange->is_answered, true);
}

/* The client's own, where it is one that may stand in a log; else a new one. */
static void name_request(cs_exchange *exchange) {
    static const char taken[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    enum { LEAST = 8, RANDOM = 8 };
    const char *given = header(exchange, "X-Request-Id");
    size_t bytes = given ? strlen(given) : 0;
    unsigned char random[RANDOM];
    char *id = exchange->answer.request_id;
    if (bytes >= LEAST && bytes <= CS_MAX_REQUEST_ID && strspn(given, taken) == bytes) {
        (void)memcpy(id, given, bytes + 1);
        return;
    }
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(id, CS_MAX_REQUEST_ID + 1, random, sizeof random);
}

void exchange_begin(cs_exchange *exchange, const cs_house *house, cs_desk *desk, struct MHD_Connection *connection,
                    const char *method) {
    unsigned seconds = 0;
    exchange->is_begun = true;
    exchange->started_us = clock_steady_us();
    exchange->house = house;
    exchange->connection = connection;
    exchange->method = method;
    exchange->answer.is_secure = guard_is_secure(house->guard);
    name_request(exchange);
    guard_read_caller(connection, &exchange->caller);
    if (strlen(exchange->address) > MAX_ADDRESS_BYTES) {
        say(exchange, 414, error_name(CS_ERR_LIMIT), "the address is too long", "ask for less at once");
    } else if (!guard_knows_host(house->guard, &exchange->caller)) {
        say(exchange, 403, "forbidden", "this server answers only under its own names",
            "start it with --name and the name you use; on this machine open http://localhost or http://127.0.0.1");
    } else if ((seconds = guard_wait_s(house->guard, &exchange->caller)) > 0) {
        say_too_often(exchange, seconds);
    } else {
        exchange->address[strcspn(exchange->address, "?")] = 0;
        route_match(method, exchange->address, &exchange->match);
        if (exchange->match.is_known_path || strcmp(exchange->address, "/api") == 0 ||
            strncmp(exchange->address, "/api/", 5) == 0)
            begin_api(exchange, desk);
        else
            begin_page(exchange);
    }
}

/* ---- the body ---- */

void exchange_complete(cs_exchange *exchange) {
    exchange->started_us = clock_steady_us();
}

/* After a failure the rest is swallowed, so that the client hears why; not without bound. */
bool exchange_take(cs_exchange *exchange, const char *bytes, size_t length) {
    if (!exchange->match.route || atomic_load(&exchange->is_answered))
        return true; /* answered already: it is not listened to */
    if (exchange->upload) {
        if (exchange->code == CS_OK) exchange->code = upload_write(exchange->upload, bytes, length, &exchange->message);
        if (exchange->code != CS_OK) exchange->swallowed += length;
        return exchange->swallowed < MOST_SWALLOWED;
    }
    if (exchange->match.route->body != CS_BODY_JSON) {
        exchange->code = message_set(&exchange->message, CS_ERR_USAGE, "this address takes no body");
        exchange->swallowed += length;
        return exchange->swallowed < MOST_SWALLOWED;
    }
    if (exchange->code == CS_OK && !buffer_append(&exchange->body, bytes, length)) {
        bool is_large = exchange->body.length + length > CS_MAX_JSON_BODY;
        exchange->code = is_large ? refuse_large(exchange)
                                  : message_set(&exchange->message, CS_ERR_MEMORY, "no memory for the body");
    }
    if (exchange->code != CS_OK) exchange->swallowed += length;
    return exchange->swallowed < MOST_SWALLOWED;
}

/* ---- answering ---- */

static void choose_range(cs_exchange *exchange) {
    cs_wish wish = {.if_range = header(exchange, "If-Range"), .if_none_match = header(exchange, "If-None-Match")};
    if (strcmp(exchange->method, "GET") == 0)
        wish.range = header(exchange, "Range"); /* ranges are defined for nothing else */
    answer_choose_range(&exchange->answer, &wish);
}

static cs_error finish_body(cs_exchange *exchange) {
    if (exchange->code == CS_OK && exchange->upload)
        exchange->code = upload_finish(exchange->upload, &exchange->message);
    if (exchange->upload) return exchange->code;
    exchange->request.body = buffer_string(&exchange->body);
    exchange->request.body_bytes = exchange->body.length;
    return exchange->code;
}

void exchange_answer(cs_exchange *exchange, cs_desk *desk) {
    cs_error code = finish_body(exchange);
    if (code == CS_OK)
        code = desk_answer(desk, exchange->match.route, &exchange->request, &exchange->answer, &exchange->message);
    if (code != CS_OK) {
        exchange->hold = (cs_hold){0};
        if (code == CS_ERR_STORE && desk_is_away(desk))
            say_away(exchange, &exchange->message);
        else
            say_failure(exchange, code, &exchange->message);
        return;
    }
    if (exchange->answer.stream.read) choose_range(exchange);
    if (exchange->match.route->need == CS_NEED_WRITING) runner_notice(exchange->house->runner);
    atomic_store(&exchange->is_answered, true);
}

static cs_error write_import(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_import_lives live;
    runner_live(request->runner, &live);
    return import_write(request->db, request->hold->import, &live, NULL, out, message);
}

void exchange_answer_held(cs_exchange *exchange, cs_desk *desk, bool is_done) {
    static const cs_route held = {.method = "POST", .pattern = "", .handle = write_import, .need = CS_NEED_STORE};
    cs_message message = {0};
    buffer_clear(&exchange->answer.body);
    cs_error code = desk_answer(desk, &held, &exchange->request, &exchange->answer, &message);
    if (code != CS_OK)
        say_failure(exchange, code, &message);
    else if (is_done)
        exchange->answer.status = 200;
}

void exchange_refuse(cs_exchange *exchange) {
    say(exchange, 503, error_name(CS_ERR_STOPPED), "the server is ending", "try again when it is started again");
}

/* Of the request: no query, no id, no body. */
static void log_answer(const cs_exchange *exchange) {
    const cs_answer *answer = &exchange->answer;
    bool is_routine = !exchange->match.route || exchange->match.route->need == CS_NEED_NO_STORE;
    const cs_log_field fields[] = {
        {.name = "request", .text = answer->request_id},          {.name = "method", .text = exchange->method},
        {.name = "route", .text = pattern_of(exchange)},          {.name = "status", .number = answer->status},
        {.name = "ms", .number = answer->took_us, .decimals = 3}, {.name = "bytes", .number = answer_bytes(answer)},
    };
    log_event(is_routine && answer->status < 400 ? CS_LOG_DEBUG : CS_LOG_INFO, "answered", fields,
              sizeof fields / sizeof fields[0]);
}

enum MHD_Result exchange_send(cs_exchange *exchange) {
    exchange->answer.took_us = clock_steady_us() - exchange->started_us;
    metrics_count(exchange->house->metrics, exchange->match.route, exchange->answer.status, exchange->answer.took_us);
    log_answer(exchange);
    return answer_send(&exchange->answer, exchange->connection);
}
