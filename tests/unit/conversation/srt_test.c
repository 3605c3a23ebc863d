/* SRT: the cases in tests/cases/formats/srt, and what may stand before a text as its speaker. */
#include "foreign_stage.h"

#include "conversation/srt_text.h"

static void srt_cases(void **state) {
    (void)state;
    foreign_cases("srt", 8, 10);
}

static void check_prefix(const char *line, cs_role role, const char *name, const char *rest) {
    cs_srt_prefix got;
    if (!srt_prefix(line, strlen(line), &got)) fail_msg("%s: no speaker", line);
    assert_int_equal(got.role, role);
    assert_int_equal(got.name_bytes, strlen(name));
    assert_memory_equal(got.name, name, got.name_bytes);
    assert_string_equal(line + got.length, rest);
}

static void roles_and_names_stand_before_the_text(void **state) {
    (void)state;
    check_prefix("[坐席] 您好", CS_ROLE_AGENT, "", "您好");
    check_prefix("【客服 李晓芸】您好", CS_ROLE_AGENT, "李晓芸", "您好");
    check_prefix("客户：漏水了", CS_ROLE_CUSTOMER, "", "漏水了");
    check_prefix("AGENT: hello", CS_ROLE_AGENT, "", "hello");
    check_prefix("系统: 通话可能被录音", CS_ROLE_SYSTEM, "", "通话可能被录音");
    check_prefix("[SPEAKER_00]: hello", CS_ROLE_COUNT, "SPEAKER_00", "hello");
    check_prefix("Dr. Li: hello", CS_ROLE_COUNT, "Dr. Li", "hello");
    check_prefix("  机器人： 请按 1", CS_ROLE_BOT, "", "请按 1");
    check_prefix("[客户]", CS_ROLE_CUSTOMER, "", "");
}

static void texts_are_no_speakers(void **state) {
    (void)state;
    static const char *const lines[] = {"您好",
                                        "10:30 到",
                                        "well, he said: no",
                                        "我说，客服：不是",
                                        "",
                                        ":",
                                        "[",
                                        "[]",
                                        "[: x",
                                        "一二三四五六七八九十一二三四五六七八九十一二: 太长"};
    cs_srt_prefix got;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (srt_prefix(lines[i], strlen(lines[i]), &got)) fail_msg("\"%s\" has a speaker", lines[i]);
}

static void tags_and_breaks_go(void **state) {
    (void)state;
    static const struct {
        const char *text, *plain;
    } cases[] = {{"<i>hello</i>\nworld", "hello world"},
                 {"您好\n世界", "您好世界"},
                 {"<font color=\"red\">退</FONT>款", "退款"},
                 {"{\\an8}top", "top"},
                 {"a < b <x> c", "a < b <x> c"},
                 {"<i", "<i"},
                 {" \n ", ""}};
    cs_arena *arena = arena_create(1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length = 0;
        assert_string_equal(srt_text(cases[i].text, strlen(cases[i].text), arena, &length), cases[i].plain);
        assert_int_equal(length, strlen(cases[i].plain));
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(srt_cases),
        cmocka_unit_test(roles_and_names_stand_before_the_text),
        cmocka_unit_test(texts_are_no_speakers),
        cmocka_unit_test(tags_and_breaks_go),
    };
    return hash_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
