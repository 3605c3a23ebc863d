#include "http/router.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

/* ---- the table ---- */

static const cs_parameter filters[] = {
    {"from", "start of the conversation, epoch milliseconds, inclusive"},
    {"to", "start of the conversation, epoch milliseconds, exclusive"},
    {"channel", "call, chat, email, ticket, survey, video, unknown; several with commas"},
    {"agent", "exact name"},
    {"team", "exact name"},
    {"queue", "exact name"},
    {"score", "compliance, experience or risk, with min and max"},
    {"min", "0-100, inclusive"},
    {"max", "0-100, inclusive"},
    {"rule", "a rule's name"},
    {"verdict", "hit, missed, undecided, noted, met, clean; with a rule also not_noted, not_applicable"},
    {"high_risk", "1"},
    {"q", "text in title, id, customer or agent"},
    {NULL, NULL},
};
static const cs_parameter sorting[] = {
    {"sort", "-started (default), started, compliance, -compliance, experience, -experience, risk, -risk"},
    {NULL, NULL},
};
static const cs_parameter paging[] = {
    {"limit", "1-200, default 50"},
    {"after", "the next of the page before"},
    {NULL, NULL},
};

static const cs_parameter side[] = {
    {"side", "both (default), 1, 2"},
    {NULL, NULL},
};
static const cs_parameter span[] = {
    {"from_ms", "start of the span, 0 or more"},
    {"to_ms", "its end, exclusive; absent, the recording's"},
    {"points", "1-4000, default 1200"},
    {NULL, NULL},
};

static const cs_parameter *const nothing[] = {NULL};
static const cs_parameter *const of_list[] = {filters, sorting, paging, NULL};
static const cs_parameter *const of_neighbours[] = {filters, sorting, NULL};
static const cs_parameter *const of_summary[] = {filters, NULL};
static const cs_parameter *const of_audio[] = {side, NULL};
static const cs_parameter *const of_waveform[] = {span, NULL};

#define OPEN CS_PERMISSION_OPEN
const cs_route route_table[] = {
    {"GET", "/api/v1/conversations", OPEN, "the list, by keyset paging", of_list, conversations_list},
    {"GET", "/api/v1/conversations/{id}", OPEN, "one conversation with its findings", nothing, conversations_one},
    {"GET", "/api/v1/conversations/{id}/neighbours", OPEN, "the conversations beside it in a list", of_neighbours,
     conversations_neighbours},
    {"GET", "/api/v1/conversations/{id}/audio", OPEN, "its recording as WAV, in ranges", of_audio, recordings_audio},
    {"GET", "/api/v1/conversations/{id}/waveform", OPEN, "its recording's levels", of_waveform, recordings_waveform},
    {"GET", "/api/v1/summary", OPEN, "scores and each rule's counts", of_summary, summary_show},
    {"GET", "/api/v1/facets", OPEN, "what can be filtered by", nothing, facets_show},
    {"GET", "/api/v1/status", OPEN, "version, rule set, what is out of date", nothing, status_show},
    {NULL, NULL, OPEN, NULL, NULL, NULL},
};

bool route_takes(const cs_route *route, const char *parameter) {
    for (const cs_parameter *const *list = route->parameters; *list; list++)
        for (const cs_parameter *one = *list; one->name; one++)
            if (strcmp(one->name, parameter) == 0) return true;
    return false;
}

void route_parameters(const cs_route *route, char *out, size_t size) {
    size_t used = 0;
    out[0] = 0;
    for (const cs_parameter *const *list = route->parameters; *list; list++)
        for (const cs_parameter *one = *list; one->name; one++) {
            int length = snprintf(out + used, size - used, "%s%s", used ? ", " : "", one->name);
            if (length < 0 || (size_t)length >= size - used) return;
            used += (size_t)length;
        }
}

/* ---- matching ---- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool segment_decode(const char *text, size_t length, char *out, size_t size) {
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (used + 1 >= size) return false;
        if (text[i] != '%') {
            out[used++] = text[i];
            continue;
        }
        int high = i + 2 < length ? hex_digit(text[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low < 0) return false;
        out[used++] = (char)(high << 4 | low);
        i += 2;
    }
    out[used] = 0;
    return used > 0 && utf8_invalid_at(out, used) == used; /* NUL counts as invalid */
}

static bool path_matches(const char *pattern, const char *path, const char **id, size_t *id_length) {
    while (*pattern && *path) {
        if (strncmp(pattern, "{id}", 4) == 0) {
            *id = path;
            *id_length = strcspn(path, "/");
            if (*id_length == 0) return false;
            pattern += 4;
            path += *id_length;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return !*pattern && !*path;
}

void route_match(const char *method, const char *path, cs_match *out) {
    *out = (cs_match){0};
    for (const cs_route *route = route_table; route->method; route++) {
        const char *id = NULL;
        size_t length = 0;
        if (!path_matches(route->pattern, path, &id, &length)) continue;
        out->is_known_path = true;
        out->allow = strcmp(route->method, "GET") == 0 ? "GET, HEAD" : route->method;
        bool is_head = strcmp(method, "HEAD") == 0 && strcmp(route->method, "GET") == 0;
        if (!is_head && strcmp(method, route->method) != 0) continue;
        if (id && !segment_decode(id, length, out->id, sizeof out->id)) out->has_bad_encoding = true;
        out->route = route;
        return;
    }
}

/* ---- what handlers read ---- */

const char *request_value(const cs_request *request, const char *name) {
    for (size_t i = 0; i < request->query_count; i++)
        if (strcmp(request->query[i].name, name) == 0) return request->query[i].value;
    return NULL;
}

cs_error request_filter(const cs_request *request, cs_filter *out, cs_message *message) {
    filter_init(out);
    for (size_t i = 0; i < request->query_count; i++) {
        cs_error code = filter_set(out, request->query[i].name, request->query[i].value, message);
        /* limit and after are no filters; that the route takes them is known here */
        if (code != CS_OK && code != CS_ERR_NOT_FOUND) return code;
    }
    return CS_OK;
}
