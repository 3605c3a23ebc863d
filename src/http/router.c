#include "http/routes.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

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

typedef struct cs_place { /* of a placeholder in the path; from NULL: the pattern has none */
    const char *from;
    size_t bytes;
} cs_place;

static bool path_matches(const char *pattern, const char *path, cs_place *id, cs_place *rest) {
    while (*pattern && *path) {
        bool is_id = strncmp(pattern, "{id}", 4) == 0;
        if (is_id || strcmp(pattern, "{path}") == 0) {
            cs_place *place = is_id ? id : rest;
            *place = (cs_place){path, is_id ? strcspn(path, "/") : strlen(path)};
            if (place->bytes == 0) return false;
            pattern += is_id ? 4 : 6;
            path += place->bytes;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return !*pattern && !*path;
}

static void add_allowed(cs_match *match, const char *method) {
    size_t used = strlen(match->allow);
    (void)snprintf(match->allow + used, sizeof match->allow - used, "%s%s", used ? ", " : "",
                   strcmp(method, "GET") == 0 ? "GET, HEAD" : method);
}

void route_match(const char *method, const char *path, cs_match *out) {
    *out = (cs_match){0};
    for (const cs_route *route = route_table; route->method; route++) {
        cs_place id = {0}, rest = {0};
        if (!path_matches(route->pattern, path, &id, &rest)) continue;
        out->is_known_path = true;
        add_allowed(out, route->method);
        bool is_head = strcmp(method, "HEAD") == 0 && strcmp(route->method, "GET") == 0;
        if (!is_head && strcmp(method, route->method) != 0) continue;
        if (id.from && !segment_decode(id.from, id.bytes, out->id, sizeof out->id)) out->has_bad_encoding = true;
        if (rest.from && !segment_decode(rest.from, rest.bytes, out->path, sizeof out->path))
            out->has_bad_encoding = true;
        out->route = route;
    }
}
