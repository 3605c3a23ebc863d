#include "speech/http_client.h"

#include "base/clock.h"

#include <curl/curl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_S = 10, LONGEST_PAUSE_MS = 30000, LOOK_MS = 100, TOO_MANY = 429, OF_THE_SERVER = 500 };

struct cs_http_client {
    cs_http_options options;
    CURL *curl;
    struct curl_slist *headers;
    cs_buffer *answer; /* of the post in hand */
    char words[CURL_ERROR_SIZE];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_library(void) {
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

void http_library_start(void) {
    (void)pthread_once(&once, start_library);
}

static bool is_stopped(const cs_http_client *client) {
    return client->options.is_stopped && *client->options.is_stopped;
}

static size_t take(char *bytes, size_t size, size_t count, void *context) {
    cs_http_client *client = context;
    return buffer_append(client->answer, bytes, size * count) ? size * count : 0;
}

static int look(void *context, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up) {
    (void)down_all, (void)down, (void)up_all, (void)up;
    return is_stopped(context);
}

static bool add_header(cs_http_client *client, const char *text) {
    struct curl_slist *longer = curl_slist_append(client->headers, text);
    if (longer) client->headers = longer;
    return longer != NULL;
}

static bool add_key(cs_http_client *client, const char *key) {
    if (!key || !*key) return true;
    size_t bytes = strlen(key) + sizeof "Authorization: Bearer ";
    char *text = malloc(bytes);
    if (!text) return false;
    (void)snprintf(text, bytes, "Authorization: Bearer %s", key);
    bool is_added = add_header(client, text);
    explicit_bzero(text, bytes);
    free(text);
    return is_added;
}

static bool set_protocols(CURL *curl) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
#else
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS)) == CURLE_OK;
#endif
}

static bool prepare(cs_http_client *client) {
    CURL *curl = client->curl;
    const cs_http_options *o = &client->options;
    bool is_set = set_protocols(curl) && curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_PROXY, o->proxy ? o->proxy : "") == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)o->timeout_s) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, client->headers) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_USERAGENT, "callscope/" CALLSCOPE_VERSION) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->words) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_WRITEDATA, client) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, client) == CURLE_OK &&
                  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
    return is_set && (!o->ca_file || curl_easy_setopt(curl, CURLOPT_CAINFO, o->ca_file) == CURLE_OK);
}

cs_error http_client_open(const cs_http_options *options, cs_http_client **out, cs_message *message) {
    cs_http_client *client = calloc(1, sizeof *client);
    http_library_start();
    if (client) {
        client->options = *options;
        client->options.key = NULL; /* it stands in the headers */
        client->curl = curl_easy_init();
    }
    /* "Expect:" none: servers that know no 100-continue would cost a second each time. */
    if (!client || !client->curl || !add_header(client, "Expect:") || !add_key(client, options->key) ||
        !prepare(client)) {
        http_client_close(client);
        return message_set(message, CS_ERR_MEMORY, "no memory for a connection");
    }
    *out = client;
    return CS_OK;
}

void http_client_close(cs_http_client *client) {
    if (!client) return;
    curl_easy_cleanup(client->curl);
    for (struct curl_slist *one = client->headers; one; one = one->next) explicit_bzero(one->data, strlen(one->data));
    curl_slist_free_all(client->headers);
    free(client);
}

static bool add_part(curl_mime *form, const cs_form_part *part) {
    curl_mimepart *one = curl_mime_addpart(form);
    return one && curl_mime_name(one, part->name) == CURLE_OK &&
           curl_mime_data(one, part->bytes, part->length) == CURLE_OK &&
           (!part->file_name || curl_mime_filename(one, part->file_name) == CURLE_OK) &&
           (!part->type || curl_mime_type(one, part->type) == CURLE_OK);
}

/* One try. */
static CURLcode post(cs_http_client *client, const char *url, const cs_form_part *parts, size_t count, long *status) {
    curl_mime *form = curl_mime_init(client->curl);
    CURLcode result = form ? CURLE_OK : CURLE_OUT_OF_MEMORY;
    for (size_t i = 0; i < count && result == CURLE_OK; i++)
        if (!add_part(form, &parts[i])) result = CURLE_OUT_OF_MEMORY;
    *client->words = 0;
    *status = 0;
    buffer_clear(client->answer);
    if (result == CURLE_OK) result = curl_easy_setopt(client->curl, CURLOPT_URL, url);
    if (result == CURLE_OK) result = curl_easy_setopt(client->curl, CURLOPT_MIMEPOST, form);
    if (result == CURLE_OK) result = curl_easy_perform(client->curl);
    if (result == CURLE_OK) (void)curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, status);
    curl_mime_free(form);
    return result;
}

static bool is_lost(CURLcode result) {
    return result == CURLE_COULDNT_CONNECT || result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR ||
           result == CURLE_GOT_NOTHING || result == CURLE_PARTIAL_FILE || result == CURLE_HTTP2 ||
           result == CURLE_HTTP2_STREAM;
}

static bool is_worth_again(CURLcode result, long status) {
    return result == CURLE_OK ? status == TOO_MANY || status >= OF_THE_SERVER : is_lost(result);
}

static cs_error stopped(cs_message *message) {
    return message_set(message, CS_ERR_STOPPED, "the recognition was stopped");
}

static cs_error wait_pause(cs_http_client *client, CURLcode result, int tries, cs_message *message) {
    curl_off_t asked_s = 0;
    int64_t pause = (int64_t)client->options.pause_ms << tries, end;
    if (result == CURLE_OK) (void)curl_easy_getinfo(client->curl, CURLINFO_RETRY_AFTER, &asked_s);
    if (asked_s > LONGEST_PAUSE_MS / 1000) asked_s = LONGEST_PAUSE_MS / 1000;
    if (asked_s * 1000 > pause) pause = asked_s * 1000;
    end = clock_steady_ms() + pause;
    for (int64_t left; (left = end - clock_steady_ms()) > 0 && !is_stopped(client);)
        (void)poll(NULL, 0, left < LOOK_MS ? (int)left : LOOK_MS);
    return is_stopped(client) ? stopped(message) : CS_OK;
}

static cs_error refuse(const cs_http_client *client, const char *url, CURLcode result, cs_message *message) {
    if (result == CURLE_ABORTED_BY_CALLBACK) return stopped(message);
    if (result == CURLE_OUT_OF_MEMORY) return message_set(message, CS_ERR_MEMORY, "no memory to send sound");
    if (result == CURLE_WRITE_ERROR && client->answer->is_failed)
        return message_set(message, CS_ERR_LIMIT, "%.150s answers with more than %zu bytes", url, client->answer->max);
    if (result == CURLE_OPERATION_TIMEDOUT) {
        message_set(message, CS_ERR_IO, "%.150s gives no answer within %d seconds", url, client->options.timeout_s);
        message_remedy(message, "look whether it is overloaded; timeout=SECONDS behind # of the address allows more");
        return CS_ERR_IO;
    }
    message_set(message, CS_ERR_IO, "%.150s can't be asked: %.180s", url,
                *client->words ? client->words : curl_easy_strerror(result));
    if (result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CACERT_BADFILE)
        message_remedy(message, "its certificate must be known to this machine, or be of ca-file=FILE behind #");
    else if (is_lost(result))
        message_remedy(message, "look whether it runs, and whether a firewall stands between");
    return CS_ERR_IO;
}

cs_error http_client_post(cs_http_client *client, const char *url, const cs_form_part *parts, size_t count,
                          cs_buffer *answer, long *status, cs_message *message) {
    CURLcode result = CURLE_OK;
    client->answer = answer;
    for (int tries = 0; tries <= CS_HTTP_RETRIES; tries++) {
        result = post(client, url, parts, count, status);
        if (!is_worth_again(result, *status) || tries == CS_HTTP_RETRIES) break;
        cs_error code = wait_pause(client, result, tries, message);
        if (code != CS_OK) return code;
    }
    return result == CURLE_OK ? CS_OK : refuse(client, url, result, message);
}
