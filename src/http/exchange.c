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
    cs_exchange *x = context;
    cs_request *request = &x->request;
    char known[192];
    if (utf8_invalid_at(name, name_size) != name_size || (value && utf8_invalid_at(value, value_size) != value_size)) {
        x->code = message_set(&x->message, CS_ERR_ENCODING, "a parameter is not valid UTF-8");
        message_remedy(&x->message, "write it in UTF-8 with %%-escapes");
    } else if (!route_takes(x->match.route, name)) {
        route_parameters(x->match.route, known, sizeof known);
        x->code = message_set(&x->message, CS_ERR_USAGE, "the parameter \"%.60s\" is not known here", name);
        message_remedy(&x->message, "%s%s", *known ? "known are: " : "this address takes none", known);
    } else if (request_value(request, name)) {
        x->code = message_set(&x->message, CS_ERR_USAGE, "the parameter %s is given twice", name);
    } else if (request->query_count == CS_MAX_QUERY) {
        x->code = message_set(&x->message, CS_ERR_LIMIT, "there are more than %d parameters", CS_MAX_QUERY);
    } else {
        request->query[request->query_count++] = (cs_query_pair){name, value ? value : ""};
    }
    return x->code == CS_OK ? MHD_YES : MHD_NO;
}

static void fill_request(cs_exchange *x) {
    cs_request *request = &x->request;
    *request = (cs_request){.id = x->match.id[0] ? x->match.id : NULL,
                            .path = x->match.path[0] ? x->match.path : NULL,
                            .data = x->house->data,
                            .key_file = x->house->key_file,
                            .shelf = x->house->shelf,
                            .runner = x->house->runner,
                            .is_ending = &x->house->is_ending,
                            .idempotency_key = header(x, "Idempotency-Key"),
                            .content_type = header(x, "Content-Type"),
                            .answer = &x->answer,
                            .hold = &x->hold,
                            .stream = &x->answer.stream};
    (void)MHD_get_connection_values_n(x->connection, MHD_GET_ARGUMENT_KIND, read_parameter, x);
}

static int64_t announced_bytes(const cs_exchange *x) {
    const char *length = header(x, "Content-Length");
    return length ? strtoll(length, NULL, 10) : -1; /* the HTTP library has checked it */
}

/* A file is refused before it is sent: too large, no room, a name that can't be, an import that isn't open. */
static void begin_upload(cs_exchange *x) {
    int64_t most = x->match.route->body == CS_BODY_FILE ? CS_MAX_UPLOAD_FILE : CS_MAX_UPLOAD_CONVERSATIONS;
    if (x->request.path) x->code = upload_check_path(x->request.path, &x->message);
    if (x->code == CS_OK) x->code = upload_begin(x->house->data, announced_bytes(x), most, &x->upload, &x->message);
    x->request.upload = x->upload;
}

static void begin_body(cs_exchange *x) {
    cs_body_kind kind = x->match.route->body;
    int64_t bytes = announced_bytes(x);
    if (kind >= CS_BODY_FILE)
        begin_upload(x);
    else if (bytes > CS_MAX_JSON_BODY) {
        x->code = message_set(&x->message, CS_ERR_LIMIT, "the body is larger than 1 MB");
        message_remedy(&x->message, "files are sent to /api/v1/imports/{id}/files/{path}");
    }
}

static void begin_api(cs_exchange *x) {
    char remedy[80];
    route_match(x->method, x->address, &x->match);
    if (!x->match.is_known_path) {
        say(x, 404, "not_found", "there is no such address in the API", "docs/api.md lists them");
    } else if (!x->match.route) {
        x->answer.allow = x->match.allow;
        (void)snprintf(remedy, sizeof remedy, "use %s", x->match.allow);
        say(x, 405, "method_not_allowed", "this address does not take that method", remedy);
    } else if (x->match.has_bad_encoding) {
        say(x, 400, "encoding", "the id in the address is not valid", "write it in UTF-8 with %-escapes");
    } else if (!is_reading(x->method) && !is_our_page(x)) {
        say(x, 403, "forbidden", "a page of another site may not change anything here",
            "use callscope's own page, or a program that sends no Origin");
    } else {
        fill_request(x);
        if (x->code == CS_OK) begin_body(x);
        if (x->code != CS_OK) say_failure(x, x->code, &x->message);
    }
}

static void begin_page(cs_exchange *x) {
    if (!is_reading(x->method)) {
        x->answer.allow = "GET, HEAD";
        say(x, 405, "method_not_allowed", "pages are only read", "use GET");
        return;
    }
    cs_asked asked = {.takes_gzip = pages_accept_gzip(header(x, "Accept-Encoding")),
                      .if_none_match = header(x, "If-None-Match")};
    pages_answer(x->address, &asked, &x->answer);
    atomic_store(&x->is_answered, true);
}

void exchange_begin(cs_exchange *x, const cs_house *house, struct MHD_Connection *connection, const char *method) {
    x->is_begun = true;
    x->house = house;
    x->connection = connection;
    x->method = method;
    if (strlen(x->address) > MAX_ADDRESS_BYTES) {
        say(x, 414, error_name(CS_ERR_LIMIT), "the address is too long", "ask for less at once");
    } else if (!is_our_host(header(x, "Host"))) {
        say(x, 403, "forbidden", "this server answers only on this machine",
            "open it as http://localhost or http://127.0.0.1");
    } else {
        x->address[strcspn(x->address, "?")] = 0;
        if (strcmp(x->address, "/api") == 0 || strncmp(x->address, "/api/", 5) == 0)
            begin_api(x);
        else
            begin_page(x);
    }
}

/* ---- the body ---- */

/* After a failure the rest is swallowed, so that the client hears why; not without bound. */
bool exchange_take(cs_exchange *x, const char *bytes, size_t length) {
    if (!x->match.route || atomic_load(&x->is_answered)) return true; /* answered already: it is not listened to */
    if (x->upload) {
        if (x->code == CS_OK) x->code = upload_write(x->upload, bytes, length, &x->message);
        if (x->code != CS_OK) x->swallowed += length;
        return x->swallowed < MOST_SWALLOWED;
    }
    if (x->match.route->body != CS_BODY_JSON) {
        x->code = message_set(&x->message, CS_ERR_USAGE, "this address takes no body");
        x->swallowed += length;
        return x->swallowed < MOST_SWALLOWED;
    }
    if (x->code == CS_OK && !buffer_append(&x->body, bytes, length)) {
        bool is_large = x->body.length + length > CS_MAX_JSON_BODY;
        x->code = is_large ? message_set(&x->message, CS_ERR_LIMIT, "the body is larger than 1 MB")
                           : message_set(&x->message, CS_ERR_MEMORY, "no memory for the body");
    }
    if (x->code != CS_OK) x->swallowed += length;
    return x->swallowed < MOST_SWALLOWED;
}

/* ---- answering ---- */

static void choose_range(cs_exchange *x) {
    cs_wish wish = {.if_range = header(x, "If-Range"), .if_none_match = header(x, "If-None-Match")};
    if (strcmp(x->method, "GET") == 0) wish.range = header(x, "Range"); /* ranges are defined for nothing else */
    answer_choose_range(&x->answer, &wish);
}

static cs_error finish_body(cs_exchange *x) {
    if (x->code == CS_OK && x->upload) x->code = upload_finish(x->upload, &x->message);
    if (x->upload) return x->code;
    x->request.body = buffer_string(&x->body);
    x->request.body_bytes = x->body.length;
    return x->code;
}

void exchange_answer(cs_exchange *x, cs_desk *desk) {
    cs_error code = finish_body(x);
    if (code == CS_OK) code = desk_answer(desk, x->match.route, &x->request, &x->answer, &x->message);
    if (code != CS_OK) {
        x->hold = (cs_hold){0};
        say_failure(x, code, &x->message);
        return;
    }
    if (x->answer.stream.read) choose_range(x);
    if (x->match.route->need == CS_NEED_WRITING) runner_notice(x->house->runner);
    atomic_store(&x->is_answered, true);
}

static cs_error write_import(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_import_live live;
    runner_live(request->runner, &live);
    return import_write(request->db, request->hold->import, &live, NULL, out, message);
}

void exchange_answer_held(cs_exchange *x, cs_desk *desk, bool is_done) {
    static const cs_route held = {.method = "POST", .pattern = "", .handle = write_import, .need = CS_NEED_STORE};
    cs_message message = {0};
    buffer_clear(&x->answer.body);
    cs_error code = desk_answer(desk, &held, &x->request, &x->answer, &message);
    if (code != CS_OK)
        say_failure(x, code, &message);
    else if (is_done)
        x->answer.status = 200;
}

void exchange_refuse(cs_exchange *x) {
    say(x, 503, error_name(CS_ERR_STOPPED), "the server is ending", "try again when it is started again");
}

enum MHD_Result exchange_send(cs_exchange *x) {
    return answer_send(&x->answer, x->connection);
}
