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

static const cs_parameter waiting[] = {
    {"wait", "0-30 seconds: answer with the import when it is done by then"},
    {NULL, NULL},
};

static const cs_parameter joins[] = {
    {"state", "matched, doubtful, unmatched; absent, the last two"},
    {"kind", "calls, tickets, satisfaction, roster"},
    {NULL, NULL},
};
static const cs_parameter exporting[] = {
    {"format", "csv (default), xlsx: findings; json, jsonl, vcon: conversations"},
    {"lang", "zh (default), en: of headings and words"},
    {NULL, NULL},
};

static const cs_parameter people[] = {
    {"kind", "customer (default), agent"},
    {"q", "part of a name, number or account"},
    {NULL, NULL},
};

static const cs_parameter *const nothing[] = {NULL};
static const cs_parameter *const of_people[] = {people, paging, NULL};
static const cs_parameter *const of_joins[] = {joins, paging, NULL};
static const cs_parameter *const of_pages[] = {paging, NULL};
static const cs_parameter *const of_export[] = {exporting, filters, NULL};
static const cs_parameter *const of_post[] = {waiting, NULL};
static const cs_parameter *const of_list[] = {filters, sorting, paging, NULL};
static const cs_parameter *const of_neighbours[] = {filters, sorting, NULL};
static const cs_parameter *const of_summary[] = {filters, NULL};
static const cs_parameter *const of_audio[] = {side, NULL};
static const cs_parameter *const of_waveform[] = {span, NULL};

#define OPEN CS_PERMISSION_OPEN
#define READ CS_NEED_RULES, CS_BODY_NONE, false /* what is inspected */
#define LIST CS_NEED_NOTHING, CS_BODY_NONE, false /* empty where there is no store yet */
#define ROW CS_NEED_STORE, CS_BODY_NONE, false
#define SLOW(body) CS_NEED_RULES, CS_BODY_##body, true
#define LOOK(body) CS_NEED_STORE, CS_BODY_##body, true
#define WRITE(body) CS_NEED_WRITING, CS_BODY_##body, false
const cs_route route_table[] = {
    {"GET", "/api/v1/conversations", OPEN, "the list, by keyset paging", of_list, conversations_list, READ},
    {"POST", "/api/v1/conversations", OPEN, "conversations come in", of_post, imports_post, WRITE(CONVERSATIONS)},
    {"GET", "/api/v1/conversations/{id}", OPEN, "one conversation with its findings", nothing, conversations_one, READ},
    {"GET", "/api/v1/conversations/{id}/neighbours", OPEN, "the conversations beside it in a list", of_neighbours,
     conversations_neighbours, READ},
    {"GET", "/api/v1/conversations/{id}/audio", OPEN, "its recording as WAV, in ranges", of_audio, recordings_audio,
     READ},
    {"GET", "/api/v1/conversations/{id}/waveform", OPEN, "its recording's levels", of_waveform, recordings_waveform,
     READ},
    {"GET", "/api/v1/summary", OPEN, "scores and each rule's counts", of_summary, summary_show, READ},
    {"GET", "/api/v1/facets", OPEN, "what can be filtered by", nothing, facets_show, READ},
    {"GET", "/api/v1/export", OPEN, "conversations or findings as a file", of_export, export_download, SLOW(NONE)},
    {"GET", "/api/v1/imports", OPEN, "what came in, newest first", of_pages, imports_list, LIST},
    {"POST", "/api/v1/imports", OPEN, "begin an import", nothing, imports_create, WRITE(JSON)},
    {"GET", "/api/v1/imports/{id}", OPEN, "one import, with its progress", nothing, imports_one, ROW},
    {"PUT", "/api/v1/imports/{id}/files/{path}", OPEN, "send a file of it", nothing, imports_put_file, WRITE(FILE)},
    {"DELETE", "/api/v1/imports/{id}/files/{path}", OPEN, "take a sent file back", nothing, imports_delete_file,
     WRITE(NONE)},
    {"POST", "/api/v1/imports/{id}/preview", OPEN, "a file of it as it will be read", nothing, imports_preview,
     LOOK(JSON)},
    {"POST", "/api/v1/imports/{id}/start", OPEN, "read the files that were sent", nothing, imports_start, WRITE(JSON)},
    {"POST", "/api/v1/imports/{id}/cancel", OPEN, "end it where it is", nothing, imports_cancel, WRITE(JSON)},
    {"POST", "/api/v1/imports/{id}/undo", OPEN, "take back what it brought", nothing, imports_undo, WRITE(JSON)},
    {"GET", "/api/v1/imports/{id}/refusals", OPEN, "what it refused, and why", of_pages, imports_refusals, ROW},
    {"GET", "/api/v1/mappings", OPEN, "saved mappings", nothing, mappings_list, LIST},
    {"GET", "/api/v1/mappings/{id}", OPEN, "one saved mapping", nothing, mappings_one, ROW},
    {"PUT", "/api/v1/mappings/{id}", OPEN, "save a mapping under a name", nothing, mappings_put, WRITE(JSON)},
    {"DELETE", "/api/v1/mappings/{id}", OPEN, "forget a saved mapping", nothing, mappings_delete, WRITE(NONE)},
    {"GET", "/api/v1/joins", OPEN, "which rows of lists belong to which conversation, and which to none", of_joins,
     joins_show, ROW},
    {"GET", "/api/v1/people", OPEN, "customers and agents", of_people, people_index, LIST},
    {"GET", "/api/v1/people/{id}", OPEN, "one person with the newest contacts", nothing, people_show, ROW},
    {"POST", "/api/v1/people/links/{id}/undo", OPEN, "two identities are not one person's", nothing, people_undo,
     WRITE(JSON)},
    {"POST", "/api/v1/people/links/{id}/redo", OPEN, "they are after all", nothing, people_redo, WRITE(JSON)},
    {"GET", "/api/v1/status", OPEN, "version, rule set, what is out of date", nothing, status_show, READ},
    {NULL, NULL, OPEN, NULL, NULL, NULL, READ},
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
