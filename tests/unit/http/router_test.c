/* Addresses as they are sent: which row of the table answers, and what it says no to. */
#include "http/routes.h"

#include "http/pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static cs_match match_of(const char *method, const char *path) {
    cs_match match;
    route_match(method, path, &match);
    return match;
}

static void each_address_finds_its_row(void **state) {
    (void)state;
    cs_match match = match_of("GET", "/api/v1/conversations");
    assert_non_null(match.route);
    assert_true(match.route->handle == conversations_list);
    match = match_of("HEAD", "/api/v1/status");
    assert_true(match.route && match.route->handle == status_show);
    match = match_of("GET", "/api/v1/conversations/D-AC-1/neighbours");
    assert_true(match.route && match.route->handle == conversations_neighbours);
    assert_string_equal(match.id, "D-AC-1");
    match = match_of("HEAD", "/api/v1/conversations/D-AC-1/audio");
    assert_true(match.route && match.route->handle == recordings_audio);
    match = match_of("GET", "/api/v1/conversations/D-AC-1/waveform");
    assert_true(match.route && match.route->handle == recordings_waveform);
    assert_true(route_takes(match.route, "points"));
}

static void ids_are_decoded_after_the_path_is_split(void **state) {
    (void)state;
    cs_match match = match_of("GET", "/api/v1/conversations/a%2Fb%20%E5%AE%A2");
    assert_true(match.route && match.route->handle == conversations_one);
    assert_string_equal(match.id, "a/b 客");
    assert_false(match.has_bad_encoding);
    static const char *const bad[] = {"%", "%4", "%zz", "%00", "%ff", "a%e5%ae", "x%C0%80"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "/api/v1/conversations/%s", bad[i]);
        match = match_of("GET", path);
        assert_true(match.has_bad_encoding);
    }
}

static void a_long_id_is_no_id(void **state) {
    (void)state;
    char path[4096] = "/api/v1/conversations/";
    memset(path + strlen(path), 'a', CS_MAX_PATH_ID + 1);
    assert_true(match_of("GET", path).has_bad_encoding);
}

static void other_addresses_and_methods_are_told_apart(void **state) {
    (void)state;
    static const char *const unknown[] = {
        "/api",        "/api/v1",          "/api/v1/conversations/", "/api/v1/conversations/a/b",
        "/api/v1/sum", "/api/v1/summaryx", "/api/v2/status",         "/api/v1/conversations/a/neighbours/"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        assert_false(match_of("GET", unknown[i]).is_known_path);
    cs_match match = match_of("POST", "/api/v1/summary");
    assert_true(match.is_known_path);
    assert_null(match.route);
    assert_string_equal(match.allow, "GET, HEAD");
}

static void parameters_are_the_ones_of_the_row(void **state) {
    (void)state;
    char known[256], little[8];
    cs_match list = match_of("GET", "/api/v1/conversations"), one = match_of("GET", "/api/v1/conversations/x");
    assert_true(route_takes(list.route, "after"));
    assert_false(route_takes(list.route, "colour"));
    assert_false(route_takes(one.route, "from"));
    assert_false(route_takes(match_of("GET", "/api/v1/summary").route, "sort"));
    route_parameters(list.route, known, sizeof known);
    assert_non_null(strstr(known, "from, to, channel"));
    assert_non_null(strstr(known, "limit, after"));
    route_parameters(list.route, little, sizeof little);
    assert_true(strlen(little) < sizeof little);
    route_parameters(one.route, known, sizeof known);
    assert_string_equal(known, "");
}

/* Of lists of conversations, beside limit and after: filters and sorting. */
static bool takes_filters(const cs_route *route) {
    return route->handle == conversations_list || route->handle == conversations_neighbours ||
           route->handle == summary_show;
}

static void every_row_is_complete(void **state) {
    (void)state;
    cs_filter filter;
    cs_message message;
    filter_init(&filter);
    for (const cs_route *route = route_table; route->method; route++) {
        assert_true(route->pattern[0] == '/' && route->words[0] && route->handle);
        assert_true(route->need == CS_NEED_WRITING || route->need == CS_NEED_SIGNING ||
                    route->need == CS_NEED_NO_STORE || strcmp(route->method, "GET") == 0 || route->is_slow);
        for (const cs_parameter *const *list = route->parameters; *list; list++)
            for (const cs_parameter *one = *list; one->name; one++) {
                assert_true(one->words[0]);
                if (!takes_filters(route) || strcmp(one->name, "limit") == 0 || strcmp(one->name, "after") == 0)
                    continue;
                assert_int_equal(filter_set(&filter, one->name, "", &message), CS_OK); /* the filter knows it too */
            }
    }
}

static void several_methods_share_an_address(void **state) {
    (void)state;
    cs_match match = match_of("POST", "/api/v1/imports");
    assert_true(match.route && match.route->handle == imports_create);
    match = match_of("PATCH", "/api/v1/imports");
    assert_true(match.is_known_path && !match.route);
    assert_string_equal(match.allow, "GET, HEAD, POST");
    assert_string_equal(match_of("GET", "/api/v1/imports/7/files/a").allow, "PUT, DELETE");
}

static void a_path_may_hold_slashes(void **state) {
    (void)state;
    cs_match match = match_of("PUT", "/api/v1/imports/12/files/%E4%BA%8C%E6%9C%88%2Fcalls.csv");
    assert_true(match.route && match.route->handle == imports_put_file);
    assert_string_equal(match.id, "12");
    assert_string_equal(match.path, "二月/calls.csv");
    assert_string_equal(match_of("PUT", "/api/v1/imports/12/files/a/b/c.csv").path, "a/b/c.csv");
    assert_true(match_of("PUT", "/api/v1/imports/12/files/a%00").has_bad_encoding);
    assert_true(match_of("PUT", "/api/v1/imports/%ff/files/a").has_bad_encoding);
    assert_false(match_of("PUT", "/api/v1/imports/12/files/").is_known_path);
}

static void gzip_is_sent_only_to_who_takes_it(void **state) {
    (void)state;
    assert_true(pages_accept_gzip("gzip"));
    assert_true(pages_accept_gzip("br, gzip;q=0.5, deflate"));
    assert_true(pages_accept_gzip("deflate,GZIP"));
    assert_false(pages_accept_gzip(NULL));
    assert_false(pages_accept_gzip(""));
    assert_false(pages_accept_gzip("br, gzipped"));
    assert_false(pages_accept_gzip("gzip;q=0, br"));
    assert_false(pages_accept_gzip("gzip;q=0.00"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_address_finds_its_row),
        cmocka_unit_test(ids_are_decoded_after_the_path_is_split),
        cmocka_unit_test(a_long_id_is_no_id),
        cmocka_unit_test(other_addresses_and_methods_are_told_apart),
        cmocka_unit_test(parameters_are_the_ones_of_the_row),
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(several_methods_share_an_address),
        cmocka_unit_test(a_path_may_hold_slashes),
        cmocka_unit_test(gzip_is_sent_only_to_who_takes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
