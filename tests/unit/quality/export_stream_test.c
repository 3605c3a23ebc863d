/* What export_stream.h promises: everything that a filter keeps, once, in each format, and a clear word when it can't be. */
#include "quality/export_stream.h"

#include "archive_stage.h"

#include "base/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { MANY = 600 }; /* more than are listed at once */

static cs_filter everything(void) {
    cs_filter filter;
    filter_init(&filter);
    return filter;
}

static cs_error export_as(cs_export_format format, const cs_filter *filter, cs_buffer *out, int64_t *count) {
    char path[300];
    (void)snprintf(path, sizeof path, "%s/out", folder.path);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(file >= 0);
    cs_export export = {
        .db = db, .packer = packer, .ruleset = rules, .filter = filter, .format = format, .language = "zh"};
    cs_error code = export_to_file(&export, file, count, &message);
    assert_int_equal(close(file), 0);
    cs_message trouble;
    assert_int_equal(file_read(path, 64 << 20, out, &trouble), CS_OK);
    return code;
}

static void save_many(void) {
    char ids[MANY][16];
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "C-%03d", i);
        cs_sample one = sample(ids[i]);
        one.started_ms += (int64_t)i * 60000;
        one.channel = i % 3 ? CS_CHANNEL_CHAT : CS_CHANNEL_CALL;
        (void)save(&one);
    }
}

static void all_come_once(void **state) {
    (void)state;
    save_many();
    cs_filter filter = everything();
    const cs_export_format formats[] = {CS_EXPORT_JSONL, CS_EXPORT_VCON};
    for (size_t f = 0; f < 2; f++) {
        cs_buffer text;
        int64_t count = 0;
        bool seen[MANY] = {false};
        char *rest = NULL;
        int lines = 0;
        assert_int_equal(export_as(formats[f], &filter, &text, &count), CS_OK);
        assert_int_equal(count, MANY);
        for (char *line = strtok_r(text.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest), lines++) {
            const char *at = strstr(line, f ? "{\\\"id\\\":\\\"C-" : "{\"id\":\"C-");
            assert_non_null(at);
            long i = strtol(strchr(at, '-') + 1, NULL, 10);
            assert_in_range(i, 0, MANY - 1);
            assert_false(seen[i]);
            seen[i] = true;
        }
        assert_int_equal(lines, MANY);
        buffer_free(&text);
    }
}

static void a_list_is_json_also_when_empty(void **state) {
    (void)state;
    cs_filter filter = everything();
    cs_buffer text;
    int64_t count = -1;
    assert_int_equal(export_as(CS_EXPORT_JSON, &filter, &text, &count), CS_OK);
    assert_int_equal(count, 0);
    assert_string_equal(buffer_string(&text), "[]\n");
    buffer_free(&text);
    cs_sample one = sample("A"), two = sample("B");
    (void)save(&one);
    (void)save(&two);
    assert_int_equal(export_as(CS_EXPORT_JSON, &filter, &text, &count), CS_OK);
    assert_int_equal(json_parse(text.data, text.length, text.length, &json, &message), CS_OK);
    assert_int_equal(json_length(json), 2);
    assert_string_equal(json_string(json_get(json_at(json, 1), "id"), NULL), "B");
    buffer_free(&text);
}

static void filters_are_kept(void **state) {
    (void)state;
    save_many();
    cs_filter filter = everything();
    cs_buffer text;
    int64_t count = 0;
    assert_int_equal(filter_set(&filter, "channel", "call", &message), CS_OK);
    filter.to_ms = 1771036320000 + 30 * 60000;
    assert_int_equal(export_as(CS_EXPORT_JSONL, &filter, &text, &count), CS_OK);
    assert_int_equal(count, 10);
    buffer_free(&text);
}

static void a_vcon_carries_what_was_found(void **state) {
    (void)state;
    cs_sample one = sample("A");
    one.text = "这是您的个人问题"; /* what the rule no-blame forbids */
    (void)save(&one);
    cs_filter filter = everything();
    cs_buffer text;
    int64_t count = 0;
    assert_int_equal(export_as(CS_EXPORT_VCON, &filter, &text, &count), CS_OK);
    assert_int_equal(json_parse(text.data, text.length, text.length, &json, &message), CS_OK);
    const cs_json *report = json_at(json_get(json, "analysis"), 1);
    assert_string_equal(json_string(json_get(report, "vendor"), NULL), "callscope");
    assert_string_equal(json_string(json_get(report, "schema"), NULL), "callscope-inspection-1");
    const char *body = json_string(json_get(report, "body"), NULL);
    cs_json *inspection = NULL;
    assert_int_equal(json_parse(body, strlen(body), strlen(body), &inspection, &message), CS_OK);
    const cs_json *finding = json_at(json_get(inspection, "findings"), 0);
    assert_string_equal(json_string(json_get(finding, "rule"), NULL), "no-blame");
    assert_true(json_is_true(json_get(inspection, "high_risk")));
    json_free(inspection);
    buffer_free(&text);
}

static void findings_come_as_tables(void **state) {
    (void)state;
    cs_sample one = sample("A");
    one.verdicts[RULE_APOLOGISE] = CS_VERDICT_MISSED;
    one.scores[CS_SCORE_EXPERIENCE] = 90;
    (void)save(&one);
    cs_filter filter = everything();
    cs_buffer text;
    int64_t count = 0;
    assert_int_equal(export_as(CS_EXPORT_CSV, &filter, &text, &count), CS_OK);
    assert_int_equal(count, 1);
    assert_non_null(strstr(buffer_string(&text), "客户不满时致歉"));
    buffer_free(&text);
    assert_int_equal(export_as(CS_EXPORT_XLSX, &filter, &text, &count), CS_OK);
    assert_int_equal(count, 1);
    assert_memory_equal(text.data, "PK", 2);
    buffer_free(&text);
}

static bool say_yes(void *context) {
    (void)context;
    return true;
}

static void it_stops_when_told(void **state) {
    (void)state;
    cs_sample one = sample("A");
    (void)save(&one);
    cs_filter filter = everything();
    cs_export export = {.db = db,
                        .packer = packer,
                        .ruleset = rules,
                        .filter = &filter,
                        .format = CS_EXPORT_JSONL,
                        .is_stopped = say_yes};
    int64_t count = 0;
    int nowhere = open("/dev/null", O_WRONLY);
    assert_int_equal(export_to_file(&export, nowhere, &count, &message), CS_ERR_STOPPED);
    assert_int_equal(close(nowhere), 0);
}

static void a_full_disk_is_told(void **state) {
    (void)state;
    cs_sample one = sample("A");
    (void)save(&one);
    cs_filter filter = everything();
    cs_export export = {.db = db, .packer = packer, .ruleset = rules, .filter = &filter, .format = CS_EXPORT_JSONL};
    int64_t count = 0;
    int full = open("/dev/full", O_WRONLY);
    assert_int_equal(export_to_file(&export, full, &count, &message), CS_ERR_IO);
    assert_non_null(strstr(message.remedy, "make room"));
    assert_int_equal(count, 0);
    assert_int_equal(close(full), 0);
}

static void names_are_known(void **state) {
    (void)state;
    assert_int_equal(export_format_parse("vcon"), CS_EXPORT_VCON);
    assert_int_equal(export_format_parse("xls"), CS_EXPORT_FORMATS);
    assert_string_equal(export_format_ending(CS_EXPORT_VCON), ".vcon.jsonl");
    assert_string_equal(export_format_media(CS_EXPORT_JSON), "application/json");
    assert_false(export_format_is_conversations(CS_EXPORT_CSV));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_come_once, start, stop),
        cmocka_unit_test_setup_teardown(a_list_is_json_also_when_empty, start, stop),
        cmocka_unit_test_setup_teardown(filters_are_kept, start, stop),
        cmocka_unit_test_setup_teardown(a_vcon_carries_what_was_found, start, stop),
        cmocka_unit_test_setup_teardown(findings_come_as_tables, start, stop),
        cmocka_unit_test_setup_teardown(it_stops_when_told, start, stop),
        cmocka_unit_test_setup_teardown(a_full_disk_is_told, start, stop),
        cmocka_unit_test(names_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
