#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static cs_json *parse(const char *text) {
    cs_json *json = NULL;
    cs_message message = {0};
    cs_error code = json_parse(text, strlen(text), 1 << 20, &json, &message);
    if (code != CS_OK) print_error("%s: %s\n", text, message.reason);
    assert_int_equal(code, CS_OK);
    return json;
}

static void refuse(const char *text, cs_error expected, const char *place, const char *reason) {
    cs_json *json = NULL;
    cs_message message = {0};
    assert_int_equal(json_parse(text, strlen(text), 1 << 20, &json, &message), expected);
    assert_null(json);
    if (!strstr(message.reason, reason) || strcmp(message.place, place) != 0)
        fail_msg("%s\n  gave [%s] %s\n  want [%s] %s", text, message.place, message.reason, place, reason);
}

static void reads_values(void **state) {
    (void)state;
    cs_json *json = parse("\xef\xbb\xbf{\"a\": [1, 2.5, \"\xe6\xbc\x8f\", true, null, 1200.0], \"b\": -7}");
    const cs_json *list = json_get(json, "a");
    size_t bytes = 0;
    int64_t whole = 0;
    assert_int_equal(json_kind(list), CS_JSON_ARRAY);
    assert_int_equal(json_length(list), 6);
    assert_true(json_int64(json_at(list, 0), &whole) && whole == 1);
    assert_false(json_int64(json_at(list, 1), &whole));
    assert_true(json_int64(json_at(list, 5), &whole) && whole == 1200);
    assert_true(fabs(json_number(json_at(list, 1), 0) - 2.5) < 1e-9);
    assert_string_equal(json_string(json_at(list, 2), &bytes), "\xe6\xbc\x8f");
    assert_int_equal(bytes, 3);
    assert_true(json_is_true(json_at(list, 3)));
    assert_int_equal(json_kind(json_at(list, 4)), CS_JSON_NULL);
    assert_null(json_at(list, 6));
    assert_null(json_get(json, "c"));
    assert_int_equal(json_kind(NULL), CS_JSON_NULL);
    assert_null(json_string(json_at(list, 0), NULL));
    json_free(json);
}

static void refuses_with_place_and_plain_words(void **state) {
    (void)state;
    refuse("", CS_ERR_PARSE, "", "empty");
    refuse(" \n ", CS_ERR_PARSE, "", "empty");
    refuse("{\"a\": 1,\n \"a\": 2}", CS_ERR_PARSE, "line 2, column 4", "twice");
    refuse("{\"a\": [1,\n2", CS_ERR_PARSE, "line 2", "the [ opened in line 1 is not closed");
    refuse("{\"a\":\n\"abc", CS_ERR_PARSE, "line 2", "a quote opened in line 2 is not closed");
    refuse("{\"a\": 1 \"b\": 2}", CS_ERR_PARSE, "line 1, column 11", "a comma or } is missing");
    refuse("{\"a\": 1,}", CS_ERR_PARSE, "line 1, column 9", "a key in double quotes is expected");
    refuse("{'a': 1}", CS_ERR_PARSE, "line 1, column 2", "a key in double quotes is expected");
    refuse("[1,]", CS_ERR_PARSE, "line 1, column 4", "a value is expected");
    refuse("{\"a\": True}", CS_ERR_PARSE, "line 1, column 10", "not a JSON value");
    refuse("{\"a\": \"x\ny\"}", CS_ERR_PARSE, "line 1, column 8", "runs over the line's end");
    refuse("{\"a\": 1} {}", CS_ERR_PARSE, "line 1, column 10", "more text follows");
    refuse("{\"a\": \"\\ud800\"}", CS_ERR_PARSE, "line 1, column 14", "half of a character");
    refuse("{\"a\": \"\\u0000\"}", CS_ERR_PARSE, "line 1, column 14", "zero character");
    refuse("{\"\xe6\xbc\x8f\": \"\xff\"}", CS_ERR_ENCODING, "line 1, column 8", "not UTF-8");
    refuse("{\"a\": 99999999999999999999}", CS_ERR_PARSE, "line 1, column 26", "too large");
}

static void bounds_size_and_depth(void **state) {
    (void)state;
    cs_json *json = NULL;
    cs_message message;
    assert_int_equal(json_parse("[1,2,3]", 7, 6, &json, &message), CS_ERR_LIMIT);
    char deep[201];
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    deep[200] = 0;
    refuse(deep, CS_ERR_LIMIT, "line 1, column 65", "64 deep");
    refuse("[\"a\0b\"]", CS_ERR_PARSE, "line 1", "not closed"); /* strlen stops at the zero byte */
    assert_int_equal(json_parse("[\"a\0b\"]", 7, 100, &json, &message), CS_ERR_ENCODING);
}

static void a_part_names_lines_of_the_whole(void **state) {
    (void)state;
    cs_json *json = NULL;
    cs_message message;
    assert_int_equal(json_parse_part("{\n x}", 5, 100, 40, &json, &message), CS_ERR_PARSE);
    assert_string_equal(message.place, "line 41, column 2");
}

static void writes_what_it_can_read(void **state) {
    (void)state;
    cs_buffer out;
    cs_json_writer w;
    buffer_init(&out, 1000);
    json_writer_init(&w, &out);
    json_object_open(&w, NULL);
    json_write_string(&w, "a\"b", "\\ \n \x01 \xe6\xbc\x8f");
    json_array_open(&w, "list");
    json_write_int(&w, NULL, -5);
    json_write_double(&w, NULL, 2.345, 2);
    json_write_double(&w, NULL, NAN, 2);
    json_write_bool(&w, NULL, false);
    json_write_null(&w, NULL);
    json_write_string(&w, NULL, NULL);
    json_write_bytes(&w, NULL, "x\xff\0y", 4);
    json_array_close(&w);
    json_write_raw(&w, "raw", "{}");
    json_object_close(&w);
    assert_string_equal(out.data,
                        "{\"a\\\"b\":\"\\\\ \\n \\u0001 \xe6\xbc\x8f\",\"list\":[-5,2.35,null,false,null,null,"
                        "\"x\xef\xbf\xbd\\u0000y\"],\"raw\":{}}");
    buffer_free(&out);
}

static void writing_too_deep_fails(void **state) {
    (void)state;
    cs_buffer out;
    cs_json_writer w;
    buffer_init(&out, 1000);
    json_writer_init(&w, &out);
    for (int i = 0; i < 63; i++) json_array_open(&w, NULL);
    assert_false(out.is_failed);
    json_array_open(&w, NULL);
    assert_true(out.is_failed);
    buffer_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_values),
        cmocka_unit_test(refuses_with_place_and_plain_words),
        cmocka_unit_test(bounds_size_and_depth),
        cmocka_unit_test(a_part_names_lines_of_the_whole),
        cmocka_unit_test(writes_what_it_can_read),
        cmocka_unit_test(writing_too_deep_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
