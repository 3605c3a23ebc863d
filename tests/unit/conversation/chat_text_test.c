/* Texts that chat programs export: the cases in tests/cases/formats/text, and how a message's beginning is told. */
#include "foreign_stage.h"

#include "conversation/chat_text_line.h"

static void text_cases(void **state) {
    (void)state;
    foreign_cases("text", 6, 9);
}

static cs_mapping *mapping_of(const char *line, const char *time_format) {
    char text[512];
    cs_mapping *mapping = NULL;
    cs_message message = {0};
    snprintf(text, sizeof text,
             "{\"format\": \"text\", \"line\": \"%s\", \"time_format\": \"%s\", \"zone\": \"Z\", \"speakers\": {\"a\": "
             "\"agent\"}}",
             line, time_format);
    if (mapping_parse(text, strlen(text), &mapping, &message) != CS_OK)
        fail_msg("%s %s", message.place, message.reason);
    return mapping;
}

/* speaker NULL: the line begins no message. */
static void expect(const char *line, const char *time_format, const char *text, const char *speaker, const char *said) {
    cs_mapping *mapping = mapping_of(line, time_format);
    cs_chat_line parsed;
    cs_chat_head head;
    cs_message message = {0};
    assert_int_equal(chat_text_line_parse(mapping->line_template, &parsed, &message), CS_OK);
    bool is_head = chat_text_line_read(&parsed, mapping, text, &head);
    assert_int_equal(is_head, speaker != NULL);
    if (is_head) {
        assert_string_equal(head.speaker, speaker);
        assert_string_equal(head.text, said);
    }
    mapping_free(mapping);
}

static void a_beginning_needs_a_time_that_is_one(void **state) {
    (void)state;
    const char *line = "{time} {speaker}: {text}", *time = "yyyy-mm-dd hh:mm:ss";
    expect(line, time, "2026-02-14 10:32:05 Wang Fang: hello: you", "Wang Fang", "hello: you");
    expect(line, time, "2026-02-30 10:32:05 Wang Fang: hello", NULL, NULL);
    expect(line, time, "tomorrow 10:32:05 Wang Fang: hello", NULL, NULL);
    expect(line, time, "2026-02-14 10:32:05\xc2\xa0Wang: x", NULL, NULL);
    expect(line, time, "2026-02-14 10:32:05 Wang joined", "", "Wang joined");
    expect(line, time, "2026-02-14 10:32:05 : x", "", ": x"); /* nobody's name */
    expect(line, time, "2026-02-14 10:32:05", NULL, NULL);
    expect(line, time, "", NULL, NULL);
    expect("{*}|{time}|{speaker}|{text}", time, "17|2026-02-14 10:32:05|a|b|c", "a", "b|c");
    expect("{*}|{time}|{speaker}|{text}", time, "17|2026-02-14 10:32:05|", NULL, NULL);
    expect("{{{speaker}}} {text}", "iso8601", "{a} b", "a", "b");
    expect("{speaker}（{time}）{text}", time, "王芳（经理）（2026-02-14 10:32:05）好", "王芳（经理）", "好");
}

static void text_may_stand_below(void **state) {
    (void)state;
    const char *time = "yyyy-mm-dd h:mm:ss";
    expect("{time} {speaker}\\n{text}", time, "2026-02-14 9:32:05 王 芳(1)", "王 芳(1)", "");
    expect("{speaker} {time}\\n{text}", time, "王 芳 2026-02-14 9:32:05", "王 芳", "");
    expect("{speaker} {time}\\n{text}", time, "王 芳 2026-02-14 9:32:05 x", NULL, NULL);
    expect("{time} {speaker}:\\n{text}", time, "2026-02-14 9:32:05 a:", "a", "");
}

static void a_long_line_takes_no_long_time(void **state) {
    (void)state;
    size_t bytes = 1 << 20;
    char *text = malloc(bytes + 1);
    assert_non_null(text);
    memset(text, ' ', bytes);
    text[bytes] = 0;
    for (int i = 0; i < 200; i++) expect("{*} {time} {*} {speaker} {text}", "iso8601", text, NULL, NULL);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_cases),
        cmocka_unit_test(a_beginning_needs_a_time_that_is_one),
        cmocka_unit_test(text_may_stand_below),
        cmocka_unit_test(a_long_line_takes_no_long_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
