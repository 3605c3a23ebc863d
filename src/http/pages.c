#include "http/pages.h"

#include "base/hash.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char WITHOUT_INTERFACE[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>callscope</title>"
    "<body style=\"font:16px/1.6 sans-serif;max-width:40em;margin:4em auto;padding:0 1em\">"
    "<h1>callscope</h1><p>This program was built without its web interface. The API answers under "
    "<a href=\"/api/v1/status\">/api/v1</a>.</p><p>To get the interface, run <code>make build</code> in the source "
    "folder and start <code>callscope serve</code> again.</p>"
    "<p lang=\"zh\">这个程序编译时没有包含网页界面。请在源码目录执行 <code>make build</code>,"
    "然后重新运行 <code>callscope serve</code>。</p></body></html>\n";

static const cs_embedded_file *find(const char *path) {
    for (const cs_embedded_file *file = embedded_files; file->path; file++)
        if (strcmp(file->path, path) == 0) return file;
    return NULL;
}

/* True unless gzip is absent or refused ("gzip;q=0"). */
bool pages_accept_gzip(const char *accept_encoding) {
    if (!accept_encoding) return false;
    for (const char *at = accept_encoding; *at; at += *at == ',') {
        at += strspn(at, " \t");
        size_t length = strcspn(at, ",");
        if (strncasecmp(at, "gzip", 4) == 0 && (length == 4 || strchr("; \t", at[4]))) {
            const char *weight = memchr(at, '=', length);
            if (!weight || strspn(weight + 1, "0. ") != length - (size_t)(weight + 1 - at)) return true;
        }
        at += length;
    }
    return false;
}

static void without_interface(cs_answer *answer) {
    answer->type = "text/html; charset=utf-8";
    answer->cache = "no-cache";
    answer->lent = WITHOUT_INTERFACE;
    answer->lent_bytes = sizeof WITHOUT_INTERFACE - 1;
}

static void send_file(const cs_embedded_file *file, const cs_asked *asked, cs_answer *answer) {
    bool is_packed = file->packed && asked->takes_gzip;
    answer->type = file->type;
    answer->lent = is_packed ? file->packed : file->bytes;
    answer->lent_bytes = is_packed ? file->packed_length : file->length;
    answer->encoding = is_packed ? "gzip" : NULL;
    answer->varies = file->packed != NULL;
    answer->cache = file->is_immutable ? "public, max-age=31536000, immutable" : "no-cache";
    if (file->is_immutable) return;
    char hex[CS_HASH_CHARS + 1];
    hash_hex(hash_bytes(file->bytes, file->length), hex);
    (void)snprintf(answer->etag, sizeof answer->etag, "\"%s%s\"", hex, is_packed ? "-gz" : "");
    if (asked->if_none_match && strstr(asked->if_none_match, answer->etag)) {
        answer->status = 304;
        answer->lent = "";
        answer->lent_bytes = 0;
        answer->encoding = NULL;
    }
}

void pages_answer(const char *path, const cs_asked *asked, cs_answer *answer) {
    const cs_embedded_file *file = find(path);
    if (!file && strncmp(path, "/assets/", 8) == 0) { /* an old page asks for a script that is gone */
        answer_error(answer, 404, "not_found", "there is no such file", "reload the page");
        return;
    }
    if (!file) file = find("/index.html");
    if (file)
        send_file(file, asked, answer);
    else
        without_interface(answer);
}
