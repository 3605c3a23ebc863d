/* The server over real sockets: who is answered, with which headers, and what it says while there is no store. */
#include "http/server.h"

#include "../store/folder.h"
#include "base/hash.h"
#include "store/db.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static cs_folder folder;
static cs_server *server;
static cs_message message;
static char answer[1 << 16];

static int start(void **state) {
    (void)state;
    folder_make(&folder);
    if (!hash_start()) return -1;
    return server_start(&(cs_server_options){.data = folder.path}, &server, &message) == CS_OK ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    server_stop(server);
    folder_remove(&folder);
    return 0;
}

/* Sends the request as it is and reads until the server closes. */
static void exchange(const char *request) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)server_port(server))};
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(connection, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(connection, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    size_t used = 0;
    ssize_t got;
    while (used + 1 < sizeof answer && (got = recv(connection, answer + used, sizeof answer - used - 1, 0)) > 0)
        used += (size_t)got;
    answer[used] = 0;
    (void)close(connection);
}

static void ask(const char *method, const char *path, const char *host) {
    char request[16384];
    (void)snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", method, path,
                   host);
    exchange(request);
}

static void assert_status(int status) {
    char line[32];
    (void)snprintf(line, sizeof line, "HTTP/1.1 %d ", status);
    if (strncmp(answer, line, strlen(line)) != 0) print_message("%s\n", answer);
    assert_memory_equal(answer, line, strlen(line));
}

static void without_a_store_the_api_says_what_to_do(void **state) {
    (void)state;
    ask("GET", "/api/v1/status", "localhost");
    assert_status(404);
    assert_non_null(strstr(answer, "callscope inspect"));
    assert_non_null(strstr(answer, "application/json"));
    assert_non_null(strstr(answer, "no-store"));

    cs_db *db = NULL; /* a store that comes later is noticed; it holds nothing yet */
    assert_int_equal(db_open(folder.path, CS_DB_WRITE, &db, &message), CS_OK);
    db_close(db);
    ask("GET", "/api/v1/status", "localhost");
    assert_status(404);
    assert_non_null(strstr(answer, "nothing has been inspected"));
}

static void pages_answer_with_guarding_headers(void **state) {
    (void)state;
    static const char *const paths[] = {"/", "/conversations/D-1?agent=x", "/index.html"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        ask("GET", paths[i], "127.0.0.1:8377");
        assert_status(200);
        assert_non_null(strstr(answer, "text/html"));
        assert_non_null(strstr(answer, "Content-Security-Policy: default-src 'self'"));
        assert_non_null(strstr(answer, "X-Content-Type-Options: nosniff"));
        assert_non_null(strstr(answer, "Referrer-Policy: no-referrer"));
        assert_non_null(strstr(answer, "callscope"));
    }
    ask("HEAD", "/", "localhost");
    assert_status(200);
    assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
    ask("GET", "/assets/gone.js", "localhost");
    assert_status(404);
}

static void foreign_names_are_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "",
                                      "10.0.0.1"};
    static const char *const good[] = {"localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8377"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ask("GET", "/", bad[i]);
        assert_true(strncmp(answer, "HTTP/1.1 403", 12) == 0 || strncmp(answer, "HTTP/1.1 400", 12) == 0);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ask("GET", "/", good[i]);
        assert_status(200);
    }
}

static void methods_and_addresses_are_told_apart(void **state) {
    (void)state;
    ask("POST", "/api/v1/status", "localhost");
    assert_status(405);
    assert_non_null(strstr(answer, "Allow: GET, HEAD"));
    ask("DELETE", "/", "localhost");
    assert_status(405);
    ask("GET", "/api/v1/nothing", "localhost");
    assert_status(404);
    assert_non_null(strstr(answer, "not_found"));
}

static void bad_parameters_are_named(void **state) {
    (void)state;
    ask("GET", "/api/v1/conversations?colour=red", "localhost");
    assert_status(400);
    assert_non_null(strstr(answer, "colour"));
    assert_non_null(strstr(answer, "known are: from, to"));
    ask("GET", "/api/v1/conversations?q=%ff", "localhost");
    assert_status(400);
    assert_non_null(strstr(answer, "UTF-8"));
    ask("GET", "/api/v1/conversations?q=a%00b", "localhost");
    assert_status(400);
    ask("GET", "/api/v1/conversations?agent=a&agent=b", "localhost");
    assert_status(400);
    assert_non_null(strstr(answer, "twice"));
    ask("GET", "/api/v1/conversations/%zz", "localhost");
    assert_status(400);
}

static void long_addresses_and_rubbish_do_no_harm(void **state) {
    (void)state;
    static char path[9000];
    memset(path, 'a', sizeof path - 1);
    path[0] = '/';
    ask("GET", path, "localhost");
    assert_status(414);
    exchange("\r\n\r\n\x01\x02 GET\r\nHost\r\n\r\n");
    exchange("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n");
    ask("GET", "/", "localhost");
    assert_status(200);
}

static void a_taken_port_is_said(void **state) {
    (void)state;
    cs_server *second = NULL;
    assert_int_equal(
        server_start(&(cs_server_options){.data = folder.path, .port = server_port(server)}, &second, &message),
        CS_ERR_IO);
    assert_null(second);
    assert_non_null(strstr(message.remedy, "--port"));
    assert_int_equal(server_start(&(cs_server_options){.data = folder.path, .port = 70000}, &second, &message),
                     CS_ERR_IO);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(without_a_store_the_api_says_what_to_do),
        T(pages_answer_with_guarding_headers),
        T(foreign_names_are_refused),
        T(methods_and_addresses_are_told_apart),
        T(bad_parameters_are_named),
        T(long_addresses_and_rubbish_do_no_harm),
        T(a_taken_port_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
