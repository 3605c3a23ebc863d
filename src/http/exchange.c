#include "http/exchange.h"

#include "base/log.h"
#include "base/utf8.h"
#include "http/pages.h"

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

/* A full disk is no fault of the request, and may be mended. */
static void say_failure(cs_exchange *exchange, cs_error code, const cs_message *message) {
    bool is_of_body = exchange->match.route && exchange->match.route->body >= CS_BODY_FILE;
    if (error_http_status(code) >= 500)
        log_line(CS_LOG_ERROR, "%s %s: %s %s", exchange->method,
                 exchange->match.route ? exchange->match.route->pattern : "", message->reason, message->place);
    if (code == CS_ERR_STOPPED && is_of_body)
        answer_error(&exchange->answer, 507, "disk_full", message->reason, message->remedy);
    else
        answer_message(&exchange->answer, code, message);
    exchange->answer.location[0] = 0;
    atomic_store(&exchange->is_answered, true);
}

/* ---- who may ask ---- */

/* A page elsewhere may point a name of its own at 127.0.0.1; it can't make the browser send our name. */
static bool is_our_host(const char *host) {
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    if (!host) return false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t length = strlen(names[i]);
        if (strncasecmp(host, names[i], length) == 0 && (host[length] == 0 || host[length] == ':')) return true;
    }
    return false;
}

/* Browsers say which page sends; programs don't. */
static bool is_our_page(const cs_exchange *exchange) {
    const char *origin = header(exchange, "Origin"), *site = header(exchange, "Sec-Fetch-Site");
    const char *host = header(exchange, "Host");
    if (site && strcasecmp(site, "cross-site") == 0) return false;
    if (!origin) return true;
    return strncasecmp(origin, "http://", 7) == 0 && strcasecmp(origin + 7, host) == 0;
}

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
                            .data = exchange->house->data,
                            .key_file = exchange->house->key_file,
                            .shelf = exchange->house->shelf,
                            .runner = exchange->house->runner,
                            .is_ending = &exchange->house->is_ending,
                            .idempotency_key = header(exchange, "Idempotency-Key"),
                            .content_type = header(exchange, "Content-Type"),
                            .answer = &exchange->answer,
                            .hold = &exchange->hold,
                            .stream = &exchange->answer.stream};
    (void)MHD_get_connection_values_n(exchange->connection, MHD_GET_ARGUMENT_KIND, read_parameter, exchange);
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

static void begin_api(cs_exchange *exchange) {
    char remedy[80];
    route_match(exchange->method, exchange->address, &exchange->match);
    if (!exchange->match.is_known_path) {
        say(exchange, 404, "not_found", "there is no such address in the API", "docs/api.md lists them");
    } else if (!exchange->match.route) {
        exchange->answer.allow = exchange->match.allow;
        (void)snprintf(remedy, sizeof remedy, "use %s", exchange->match.allow);
        say(exchange, 405, "method_not_allowed", "this address does not take that method", remedy);
    } else if (exchange->match.has_bad_encoding) {
        say(exchange, 400, "encoding", "the id in the address is not valid", "write it in UTF-8 with %-escapes");
    } else if (!is_reading(exchange->method) && !is_our_page(exchange)) {
        say(exchange, 403, "forbidden", "a page of another site may not change anything here",
            "use callscope's own page, or a program that sends no Origin");
    } else {
        fill_request(exchange);
        if (exchange->code == CS_OK) begin_body(exchange);
        if (exchange->code != CS_OK) say_failure(exchange, exchange->code, &exchange->message);
    }
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

void exchange_begin(cs_exchange *exchange, const cs_house *house, struct MHD_Connection *connection,
                    const char *method) {
    exchange->is_begun = true;
    exchange->house = house;
    exchange->connection = connection;
    exchange->method = method;
    if (strlen(exchange->address) > MAX_ADDRESS_BYTES) {
        say(exchange, 414, error_name(CS_ERR_LIMIT), "the address is too long", "ask for less at once");
    } else if (!is_our_host(header(exchange, "Host"))) {
        say(exchange, 403, "forbidden", "this server answers only on this machine",
            "open it as http://localhost or http://127.0.0.1");
    } else {
        exchange->address[strcspn(exchange->address, "?")] = 0;
        if (strcmp(exchange->address, "/api") == 0 || strncmp(exchange->address, "/api/", 5) == 0)
            begin_api(exchange);
        else
            begin_page(exchange);
    }
}

/* ---- the body ---- */

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
        say_failure(exchange, code, &exchange->message);
        return;
    }
    if (exchange->answer.stream.read) choose_range(exchange);
    if (exchange->match.route->need == CS_NEED_WRITING) runner_notice(exchange->house->runner);
    atomic_store(&exchange->is_answered, true);
}

static cs_error write_import(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_import_live live;
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

enum MHD_Result exchange_send(cs_exchange *exchange) {
    return answer_send(&exchange->answer, exchange->connection);
}
