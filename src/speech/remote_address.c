#include "speech/remote_address.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

static const char TRANSCRIPTIONS[] = "/audio/transcriptions";
static const char OPTIONS[] = "model, language, format, mode, key-file, ca-file, proxy and timeout";

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for the address of a recogniser");
}

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

bool remote_address_is(const char *name) {
    return begins(name, "http://") || begins(name, "https://") || begins(name, "ws://") || begins(name, "wss://");
}

/* ---- what follows "#" ---- */

static bool is_one_of(const char *value, const char *const *known) {
    for (; *known; known++)
        if (strcmp(value, *known) == 0) return true;
    return false;
}

static cs_error set_timeout(const char *value, cs_remote_address *a, cs_message *message) {
    char *end;
    long seconds = strtol(value, &end, 10);
    if (end == value || *end || seconds < 1 || seconds > CS_REMOTE_MAX_TIMEOUT_S)
        return message_set(message, CS_ERR_USAGE, "timeout is a number of seconds from 1 to %d, not \"%.40s\"",
                           (int)CS_REMOTE_MAX_TIMEOUT_S, value);
    a->timeout_s = (int)seconds;
    return CS_OK;
}

static cs_error set_option(const char *name, const char *value, cs_remote_address *a, cs_message *message) {
    static const char *const formats[] = {"verbose_json", "json", "text", NULL};
    static const char *const modes[] = {"offline", "2pass", "online", NULL};
    const struct {
        const char *name, **place;
    } texts[] = {{"model", &a->model},       {"language", &a->language}, {"format", &a->format}, {"mode", &a->mode},
                 {"key-file", &a->key_file}, {"ca-file", &a->ca_file},   {"proxy", &a->proxy}};
    if (!*value) return message_set(message, CS_ERR_USAGE, "%.40s in the address has no value", name);
    if (strcmp(name, "timeout") == 0) return set_timeout(value, a, message);
    if (strcmp(name, "format") == 0 && !is_one_of(value, formats))
        return message_set(message, CS_ERR_USAGE, "format is verbose_json, json or text, not \"%.40s\"", value);
    if (strcmp(name, "mode") == 0 && !is_one_of(value, modes))
        return message_set(message, CS_ERR_USAGE, "mode is offline, 2pass or online, not \"%.40s\"", value);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(name, texts[i].name) != 0) continue;
        *texts[i].place = value;
        return CS_OK;
    }
    message_set(message, CS_ERR_USAGE, "behind # of an address nothing is called \"%.40s\"", name);
    message_remedy(message, "there are %s", OPTIONS);
    return CS_ERR_USAGE;
}

static const char *unescaped(const char *text, size_t bytes, cs_arena *arena) {
    int length = 0;
    char *plain = curl_easy_unescape(NULL, text, (int)bytes, &length);
    const char *copy = plain && strlen(plain) == (size_t)length ? arena_string(arena, plain) : NULL;
    curl_free(plain);
    return copy;
}

static cs_error read_options(const char *text, cs_arena *arena, cs_remote_address *a, cs_message *message) {
    cs_error code = CS_OK;
    while (*text && code == CS_OK) {
        size_t bytes = strcspn(text, "&"), name = strcspn(text, "=");
        if (name >= bytes) {
            message_set(message, CS_ERR_USAGE, "behind # of an address stands NAME=VALUE, not \"%.40s\"", text);
            message_remedy(message, "there are %s", OPTIONS);
            return CS_ERR_USAGE;
        }
        const char *key = arena_copy(arena, text, name);
        const char *value = unescaped(text + name + 1, bytes - name - 1, arena);
        if (!key || !value)
            return message_set(message, CS_ERR_USAGE, "the address can't be read behind %.40s=", key ? key : "");
        code = set_option(key, value, a, message);
        text += bytes + (text[bytes] == '&');
    }
    return code;
}

/* ---- where it is ---- */

static const char *part_of(CURLU *url, CURLUPart part, unsigned flags, cs_arena *arena) {
    char *text = NULL;
    const char *copy = curl_url_get(url, part, &text, flags) == CURLUE_OK ? arena_string(arena, text) : NULL;
    curl_free(text);
    return copy;
}

/* ".../v1" and "" stand for the whole path of OpenAI's. */
static const char *path_of(const cs_remote_address *a, const char *path, const char *query, cs_arena *arena) {
    size_t bytes = strlen(path), whole = strlen(TRANSCRIPTIONS);
    const char *more = "";
    if (a->kind == CS_MODEL_HTTP) {
        while (bytes > 0 && path[bytes - 1] == '/') bytes--;
        bool is_whole = bytes >= whole && memcmp(path + bytes - whole, TRANSCRIPTIONS, whole) == 0;
        more = is_whole ? "" : bytes == 0 ? "/v1/audio/transcriptions" : TRANSCRIPTIONS;
    }
    return arena_printf(arena, "%.*s%s%s%s", (int)bytes, path, more, query ? "?" : "", query ? query : "");
}

static cs_error read_url(const char *text, cs_arena *arena, cs_remote_address *a, cs_message *message) {
    const unsigned flags = CURLU_NON_SUPPORT_SCHEME;
    CURLU *url = curl_url();
    if (!url) return no_memory(message);
    bool is_read = curl_url_set(url, CURLUPART_URL, text, flags) == CURLUE_OK;
    const char *scheme = part_of(url, CURLUPART_SCHEME, 0, arena);
    const char *path = part_of(url, CURLUPART_PATH, 0, arena), *query = part_of(url, CURLUPART_QUERY, 0, arena);
    const char *port = part_of(url, CURLUPART_PORT, 0, arena);
    bool has_user = part_of(url, CURLUPART_USER, 0, arena) || part_of(url, CURLUPART_PASSWORD, 0, arena);
    a->host = part_of(url, CURLUPART_HOST, 0, arena);
    curl_url_cleanup(url);
    if (!is_read || !scheme || !a->host || !*a->host)
        return message_set(message, CS_ERR_USAGE, "\"%.200s\" is no address of a recogniser", text);
    if (has_user) {
        message_set(message, CS_ERR_USAGE, "an address must hold no name and no password: it is kept and shown");
        message_remedy(message, "put the key into a file of its own and say #key-file=FILE");
        return CS_ERR_USAGE;
    }
    a->is_secure = strcmp(scheme, "https") == 0 || strcmp(scheme, "wss") == 0;
    a->kind = *scheme == 'h' ? CS_MODEL_HTTP : CS_MODEL_WEBSOCKET;
    a->port = port ? port : a->is_secure ? "443" : "80";
    a->path = path_of(a, path ? path : "/", query, arena);
    a->url = a->path ? arena_printf(arena, "%s://%s%s%s%s", scheme, a->host, port ? ":" : "", port ? port : "", a->path)
                     : NULL;
    return a->url ? CS_OK : no_memory(message);
}

static cs_error refuse_strangers(const cs_remote_address *a, cs_message *message) {
    if (a->kind == CS_MODEL_HTTP && a->mode)
        return message_set(message, CS_ERR_USAGE, "mode is of FunASR's addresses (ws://, wss://) alone");
    if (a->kind == CS_MODEL_WEBSOCKET && (a->model || a->proxy))
        return message_set(message, CS_ERR_USAGE, "an address of FunASR takes no model and no proxy");
    return CS_OK;
}

cs_error remote_address_read(const char *text, cs_arena *arena, cs_remote_address *out, cs_message *message) {
    cs_remote_address a = {.format = "verbose_json", .timeout_s = CS_REMOTE_TIMEOUT_S};
    size_t bytes = strnlen(text, CS_MAX_ADDRESS_BYTES + 1), url = strcspn(text, "#");
    if (bytes > CS_MAX_ADDRESS_BYTES)
        return message_set(message, CS_ERR_LIMIT, "an address has at most %d bytes", (int)CS_MAX_ADDRESS_BYTES);
    for (size_t i = 0; i < bytes; i++)
        if (text[i] >= 0 && (text[i] <= ' ' || text[i] == 127))
            return message_set(message, CS_ERR_USAGE, "an address holds no blanks: %%20 stands for one");
    if (!remote_address_is(text))
        return message_set(message, CS_ERR_USAGE,
                           "an address of a recogniser begins with http://, https://, ws:// or "
                           "wss://");
    const char *before = arena_copy(arena, text, url);
    if (!before) return no_memory(message);
    cs_error code = read_url(before, arena, &a, message);
    if (code == CS_OK && text[url]) code = read_options(text + url + 1, arena, &a, message);
    if (code == CS_OK) code = refuse_strangers(&a, message);
    if (code != CS_OK) return code;
    a.name = arena_printf(arena, "%s%s%s%s%s", a.url, a.model ? "#model=" : "", a.model ? a.model : "",
                          a.language ? (a.model ? "&language=" : "#language=") : "", a.language ? a.language : "");
    if (!a.name) return no_memory(message);
    *out = a;
    return CS_OK;
}
