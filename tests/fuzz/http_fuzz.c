/* What comes over HTTP and is read by us: addresses, names of files, ranges, JSON bodies. The first line is the address, the
 * rest a body. */
#include "base/hash.h"
#include "http/range.h"
#include "http/routes.h"
#include "imports/start_mappings.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A name that is taken stays inside its folder. */
static void check_name(const char *path) {
    cs_message message;
    if (upload_check_path(path, &message) != CS_OK) {
        if (!message.reason[0] || !message.remedy[0]) abort();
        return;
    }
    if (path[0] == '/' || strstr(path, "..") == path || strstr(path, "/.") || strstr(path, "//") || strchr(path, '\\'))
        abort();
}

static void read_address(const char *address) {
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", ""};
    char path[9000];
    (void)snprintf(path, sizeof path, "/api/v1/imports/7/files/%s", address);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        cs_match match;
        route_match(methods[i], address, &match);
        if (match.route && !match.is_known_path) abort();
        route_match(methods[i], path, &match);
        if (match.route && !match.has_bad_encoding) check_name(match.path);
    }
    check_name(address);
}

static void read_range(const char *header) {
    static const int64_t lengths[] = {0, 1, 1000, INT64_MAX};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        cs_range range;
        if (range_read(header, lengths[i], &range) != CS_RANGE_PART) continue;
        if (range.first < 0 || range.length <= 0 || range.first > lengths[i] - range.length) abort();
    }
}

/* Copied twice it is the same text: what is kept of a mapping is what was sent. */
static void read_body(const char *text, size_t bytes) {
    cs_json *first = NULL, *second = NULL;
    cs_message message;
    cs_buffer one, two;
    cs_json_writer out;
    if (json_parse(text, bytes, CS_MAX_JSON_BODY, &first, &message) != CS_OK) return;
    buffer_init(&one, 16 << 20);
    buffer_init(&two, 16 << 20);
    json_writer_init(&out, &one);
    json_copy(&out, NULL, first);
    if (!one.is_failed && json_parse(buffer_string(&one), one.length, 16 << 20, &second, &message) == CS_OK) {
        json_writer_init(&out, &two);
        json_copy(&out, NULL, second);
        if (strcmp(buffer_string(&one), buffer_string(&two)) != 0) abort();
    }
    json_free(first);
    json_free(second);
    buffer_free(&one);
    buffer_free(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static bool is_started;
    if (!is_started && !(is_started = hash_start())) abort();
    char *text = malloc(size + 1);
    if (!text || size > (1 << 16)) {
        free(text);
        return 0;
    }
    memcpy(text, data, size);
    text[size] = 0;
    char *line = strchr(text, '\n');
    size_t head = line ? (size_t)(line - text) : size;
    if (line) *line = 0;
    read_address(text);
    read_range(text);
    if (line) read_body(line + 1, size - head - 1);
    free(text);
    return 0;
}
