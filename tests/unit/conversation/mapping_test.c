/* What a mapping says once it is read: times, words, files, names of recordings; and which mapping a file finds. */
#include "base/file.h"
#include "base/hash.h"
#include "conversation/mapping_set.h"
#include "conversation/name_pattern.h"
#include "conversation/row_conversation_list.h"
#include "conversation/table.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/callscope-mapping-XXXXXX";

static int start(void **state) {
    (void)state;
    return mkdtemp(folder) && hash_start() ? 0 : 1;
}

static int end(void **state) {
    (void)state;
    return rmdir(folder);
}

static const char *write_file(const char *name, const char *text) {
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    fclose(file);
    return path;
}

static cs_mapping *parse(const char *text) {
    cs_mapping *mapping = NULL;
    cs_message message = {0};
    if (mapping_parse(text, strlen(text), &mapping, &message) != CS_OK)
        fail_msg("[%s] %s\n%s", message.place, message.reason, text);
    return mapping;
}

/* NULL: it is no such time. */
static const char *read_time(const char *format, const char *text) {
    static char iso[32];
    char json[600];
    int64_t ms;
    int zone;
    snprintf(
        json, sizeof json,
        "{\"format\":\"csv\",\"columns\":{\"conversation\":1,\"speaker\":2,\"text\":3,\"time\":4},\"speakers\":{\"0\":"
        "\"agent\"},\"zone\":\"+08:00\",\"time_format\":%s}",
        format);
    cs_mapping *mapping = parse(json);
    bool is_read = mapping_time(mapping, text, &ms, &zone);
    if (is_read) clock_format(ms, zone, iso);
    mapping_free(mapping);
    return is_read ? iso : NULL;
}

static void times_are_read_in_many_shapes(void **state) {
    (void)state;
    static const struct {
        const char *format, *text, *expected;
    } times[] = {
        {"\"yyyy-mm-dd hh:mm:ss\"", "2026-02-14 10:32:05", "2026-02-14T10:32:05+08:00"},
        {"\"yyyy-mm-dd hh:mm:ss\"", "2026-02-14T10:32", "2026-02-14T10:32:00+08:00"},
        {"\"YYYY-MM-DD HH:mm:ss\"", "2026-02-14 10:32:05.750", "2026-02-14T10:32:05+08:00"},
        {"\"yyyy/m/d h:mm:ss\"", "2026/2/4 9:05:07", "2026-02-04T09:05:07+08:00"},
        {"\"yyyymmddhhmmss\"", "20260214103205", "2026-02-14T10:32:05+08:00"},
        {"\"yyyymmdd\"", "20260214", "2026-02-14T00:00:00+08:00"},
        {"\"yyyy年m月d日 h:mm\"", "2026年2月14日 10:32", "2026-02-14T10:32:00+08:00"},
        {"\"yyyy年m月d日 amh:mm\"", "2026年2月14日 下午3:05", "2026-02-14T15:05:00+08:00"},
        {"\"dd.mm.yyyy hh:mm\"", "14.02.2026 10:32", "2026-02-14T10:32:00+08:00"},
        {"\"dd.mm.yy, hh:mm\"", "14.02.26, 10:32", "2026-02-14T10:32:00+08:00"},
        {"\"mm/dd/yyyy h:mm am\"", "2/14/2026 12:05 am", "2026-02-14T00:05:00+08:00"},
        {"\"mm/dd/yyyy h:mm am\"", "2/14/2026 12:05 PM", "2026-02-14T12:05:00+08:00"},
        {"\"d mmm yyyy hh:mm\"", "14 February 2026 10:32", "2026-02-14T10:32:00+08:00"},
        {"\"yyyy-mm-dd hh:mm:ss zone\"", "2026-02-14 10:32:05 -0500", "2026-02-14T10:32:05-05:00"},
        {"\"iso8601\"", "2026-02-14T02:32:05Z", "2026-02-14T02:32:05+00:00"},
        {"\"epoch_ms\"", "1771036325000", "2026-02-14T10:32:05+08:00"},
        {"\"epoch_s\"", "1771036325.25", "2026-02-14T10:32:05+08:00"},
        {"\"excel\"", "46067.43894675926", "2026-02-14T10:32:05+08:00"},
        {"\"excel\"", "46067", "2026-02-14T00:00:00+08:00"},
        {"[\"iso8601\", \"yyyy-mm-dd\", \"yyyy/m/d h:mm\"]", "2026/2/14 10:32", "2026-02-14T10:32:00+08:00"},
        {"\"yyyy-mm-dd hh:mm:ss\"", "2024-02-29 00:00:00", "2024-02-29T00:00:00+08:00"},
        {"\"yyyy-mm-dd hh:mm:ss\"", "2026-02-30 10:00:00", NULL},
        {"\"yyyy-mm-dd hh:mm:ss\"", "2026-02-29 10:00:00", NULL},
        {"\"yyyy-mm-dd hh:mm:ss\"", "2026-13-01 10:00:00", NULL},
        {"\"yyyy-mm-dd hh:mm:ss\"", "2026-02-14 24:00:00", NULL},
        {"\"yyyy-mm-dd hh:mm:ss\"", "2026-02-14 10:32:05 x", NULL},
        {"\"yyyy-mm-dd hh:mm:ss\"", "2026-02-14", NULL},
        {"\"mm/dd/yyyy h:mm am\"", "2/14/2026 13:05 pm", NULL},
        {"\"mm/dd/yyyy h:mm am\"", "2/14/2026 0:05 am", NULL},
        {"\"yyyymmddhhmmss\"", "2026021410320", NULL},
        {"\"excel\"", "-3", NULL},
        {"\"excel\"", "1.5", NULL},
        {"\"epoch_s\"", "99999999999", NULL},
    };
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        const char *got = read_time(times[i].format, times[i].text);
        bool is_same = times[i].expected ? got && strcmp(got, times[i].expected) == 0 : !got;
        if (!is_same) fail_msg("%s of %s is %s", times[i].text, times[i].format, got ? got : "no time");
    }
}

static void words_have_meanings(void **state) {
    (void)state;
    cs_mapping *m =
        parse("{\"kind\":\"tickets\",\"format\":\"csv\",\"columns\":{\"ticket\":1},\"directions\":{\"外拨\":\"out\"},"
              "\"events\":{\"归档\":\"ticket.closed\",\"关闭\":\"ticket.archived\"},\"number_prefix\":\"9\"}");
    assert_int_equal(mapping_kind(m), CS_MAPPING_TICKETS);
    assert_int_equal(m->tolerance_s, 120);
    assert_string_equal(mapping_direction(m, "外拨"), "out");
    assert_string_equal(mapping_direction(m, "Inbound"), "in");
    assert_string_equal(mapping_direction(m, ""), "");
    assert_null(mapping_direction(m, "转接"));
    assert_string_equal(mapping_event(m, "归档"), "ticket.closed");
    assert_string_equal(mapping_event(m, "关闭"), "ticket.archived"); /* the mapping's own word wins */
    assert_string_equal(mapping_event(m, "结单"), "ticket.closed");
    assert_null(mapping_event(m, "喝茶"));
    assert_string_equal(mapping_number(m, "913812345678"), "13812345678");
    assert_string_equal(mapping_number(m, "9001"), "9001");
    assert_string_equal(mapping_number(m, "13812345678"), "13812345678");
    mapping_free(m);
}

static void a_mapping_is_for_files(void **state) {
    (void)state;
#define ROSTER "\"kind\":\"roster\",\"columns\":{\"agent\":1}"
    cs_mapping *csv = parse("{\"format\":\"csv\"," ROSTER "}");
    cs_mapping *named = parse("{\"format\":\"csv\",\"files\":[\"2026*/staff_?.dat\",\"*.LST\"]," ROSTER "}");
    assert_true(mapping_suits(csv, "a/b.CSV"));
    assert_true(mapping_suits(csv, "b.xlsx"));
    assert_false(mapping_suits(csv, "b.json"));
    assert_true(mapping_suits(named, "in/202602/staff_1.dat"));
    assert_true(mapping_suits(named, "x/y.lst"));
    assert_false(mapping_suits(named, "in/staff_1.dat"));
    assert_false(mapping_suits(named, "202602/more/staff_1.dat"));
    assert_false(mapping_suits(named, "a.csv"));
    mapping_free(csv);
    mapping_free(named);
}

static cs_conversation *read_name(const char *json, const char *path, cs_draft *draft) {
    cs_mapping *mapping = parse(json);
    cs_message message = {0};
    assert_true(draft_start(draft));
    draft->c->external_id = "stem";
    assert_int_equal(name_pattern_read(mapping, path, draft, &message), CS_OK);
    mapping_free(mapping);
    return draft->c;
}

static void names_of_recordings_are_read(void **state) {
    (void)state;
    cs_draft d;
    cs_conversation *c =
        read_name("{\"format\":\"recording\",\"name\":\"{extension}_{number}_{time:yyyymmddhhmmss}.wav\","
                  "\"zone\":\"+08:00\",\"queue\":\"售后\"}",
                  "a/1001_13812345678_20260214103205.wav", &d);
    assert_string_equal(conversation_field(c, "extension"), "1001");
    assert_string_equal(conversation_field(c, "number"), "13812345678");
    assert_string_equal(c->customer, "13812345678");
    assert_string_equal(c->queue, "售后");
    assert_string_equal(c->external_id, "stem");
    assert_true(c->started_ms == INT64_C(1771036325000) && c->zone_minutes == 480);
    draft_drop(&d);

    c = read_name(
        "{\"format\":\"recording\",\"name\":\"{extension}_{number}_{time:yyyymmdd}.wav\",\"zone\":\"+08:00\"}",
        "1001_138****5678_20260214-agent.mp3", &d);
    assert_string_equal(conversation_field(c, "day"), "2026-02-14");
    assert_string_equal(conversation_field(c, "number"), "138****5678");
    assert_true(c->started_ms == CS_NO_TIME);
    draft_drop(&d);

    c = read_name(
        "{\"format\":\"recording\",\"name\":\"{team}/{agent}-{customer_name}({direction})_{*}_{field.line}\",\"id\":\""
        "{folder}:{file}:{agent}\"}",
        "/data/售后一组/张三-王芳(呼入)_x_y_7.wav", &d);
    assert_string_equal(c->external_id, "售后一组:张三-王芳(呼入)_x_y_7:张三");
    assert_int_equal(c->participant_count, 2);
    assert_string_equal(c->participants[0].name, "张三");
    assert_string_equal(c->participants[0].team, "售后一组");
    assert_string_equal(c->participants[1].name, "王芳");
    assert_string_equal(conversation_field(c, "direction"), "in");
    assert_string_equal(conversation_field(c, "line"), "y_7");
    draft_drop(&d);

    static const char *const unread[] = {"1001_1381234567a_20260214.wav", "1001_13812345678.wav",
                                         "1001_13812345678_20260230.wav", "x1001_13812345678_20260214_9.wav"};
    for (size_t i = 0; i < sizeof unread / sizeof unread[0]; i++) {
        c = read_name(
            "{\"format\":\"recording\",\"name\":\"{extension}_{number}_{time:yyyymmdd}.wav\",\"zone\":\"+08:00\"}",
            unread[i], &d);
        if (!conversation_field(c, "recording.name_unread") || conversation_field(c, "number"))
            fail_msg("%s", unread[i]);
        draft_drop(&d);
    }
}

static int skip_of(const cs_mapping_set *set, const char *path) {
    const cs_mapping *mapping = mapping_set_find(set, path);
    return mapping ? (int)mapping->skip_rows : -1;
}

static void a_file_finds_its_mapping(void **state) {
    (void)state;
    cs_mapping_set *set = NULL;
    cs_message message = {0};
    char names[3][PATH_MAX];
    snprintf(names[0], PATH_MAX, "%s", write_file("mapping.json", "{\"format\":\"csv\",\"note\":\"all\"," ROSTER "}"));
    snprintf(names[1], PATH_MAX, "%s", write_file("a.mapping.json", "{\"format\":\"csv\",\"skip\":1," ROSTER "}"));
    snprintf(names[2], PATH_MAX, "%s",
             write_file("z.mapping.json", "{\"format\":\"csv\",\"skip\":2,\"files\":\"*b.csv\"," ROSTER "}"));
    if (mapping_set_load(folder, &set, &message) != CS_OK) fail_msg("[%s] %s", message.place, message.reason);
    assert_int_equal(mapping_set_count(set), 3);
    assert_int_equal(skip_of(set, "x/a.csv"), 1);
    assert_int_equal(skip_of(set, "x/bb.csv"), 2);
    assert_int_equal(skip_of(set, "c.csv"), 0);
    assert_null(mapping_set_find(set, "c.json"));
    assert_null(mapping_set_find(set, "a.mapping.json"));
    static const char own[] = "{\"format\":\"csv\",\"skip\":3,\"files\":\"never\"," ROSTER "}";
    assert_int_equal(mapping_set_add_text(set, "x/a.csv", own, strlen(own), &message), CS_OK);
    assert_int_equal(skip_of(set, "in/x/a.csv"), 3);
    assert_int_equal(skip_of(set, "in/yx/a.csv"), 1);
    mapping_set_free(set);

    assert_int_equal(mapping_set_load(names[1], &set, &message), CS_OK); /* one file is for all */
    assert_int_equal(skip_of(set, "c.csv"), 1);
    mapping_set_free(set);
    write_file("a.mapping.json", "{\"format\":\"cvs\"," ROSTER "}");
    assert_int_not_equal(mapping_set_load(folder, &set, &message), CS_OK);
    assert_non_null(strstr(message.place, "a.mapping.json"));
    for (int i = 0; i < 3; i++) unlink(names[i]);
    assert_int_not_equal(mapping_set_load(folder, &set, &message), CS_OK);
    assert_non_null(strstr(message.remedy, "NAME.mapping.json"));
}

static void a_table_gives_cells_by_their_use(void **state) {
    (void)state;
    cs_mapping *m = parse("{\"kind\":\"calls\",\"format\":\"csv\",\"columns\":{\"time\":\"开始\",\"duration\":\"时长\","
                          "\"number\":\"号码\","
                          "\"fields\":{\"备注\":\"备注\"}},\"time_format\":\"yyyy/m/d h:mm:ss\",\"zone\":\"+08:00\"}");
    cs_table *table = NULL;
    cs_table_row row;
    cs_message message = {0};
    double seconds;
    int64_t ms;
    int zone;
    const char *path =
        write_file("calls.csv", " 号码 ,开始,时长,备注\n\" 138 \",2026/2/14 10:32:05,0:01:23,\n139,x,1分5秒\n"
                                "=\"0139\",,7.5, 多 字\t\n137,2026/2/30 1:00:00,long,\n");
    assert_int_equal(table_open(path, m, &table, &message), CS_OK);
    assert_int_equal(table_next(table, &row, &message), CS_OK);
    assert_true(row.line == 2 && !row.is_refused && !row.is_end);
    assert_string_equal(table_cell(table, CS_COLUMN_NUMBER), "138");
    assert_string_equal(table_cell(table, CS_COLUMN_AGENT), "");
    assert_true(table_time(table, CS_COLUMN_TIME, &ms, &zone, &message) && ms == INT64_C(1771036325000) && zone == 480);
    assert_true(table_seconds(table, CS_COLUMN_DURATION, &seconds, &message));
    assert_true(seconds > 82.9 && seconds < 83.1);
    assert_int_equal(table_next(table, &row, &message), CS_OK);
    assert_true(row.is_refused);
    assert_string_equal(row.trouble.place, "line 3");
    assert_string_equal(table_cell(table, CS_COLUMN_NUMBER), "139"); /* what can be told */
    assert_int_equal(table_next(table, &row, &message), CS_OK);
    assert_string_equal(table_cell(table, CS_COLUMN_NUMBER), "0139");
    assert_string_equal(table_field(table, 0), "多 字");
    assert_true(table_time(table, CS_COLUMN_TIME, &ms, &zone, &message) && ms == CS_NO_TIME);
    assert_true(table_seconds(table, CS_COLUMN_DURATION, &seconds, &message) && seconds > 7.4 && seconds < 7.6);
    assert_int_equal(table_next(table, &row, &message), CS_OK);
    assert_false(table_time(table, CS_COLUMN_TIME, &ms, &zone, &message));
    assert_string_equal(message.place, "line 5, column 2");
    assert_non_null(strstr(message.remedy, "2026/02/14 10:32:00"));
    assert_false(table_seconds(table, CS_COLUMN_DURATION, &seconds, &message));
    assert_int_equal(table_next(table, &row, &message), CS_OK);
    assert_true(row.is_end);
    table_close(table);
    mapping_free(m);
    unlink(path);
}

static void lists_inside_cells_are_read(void **state) {
    (void)state;
    static const struct {
        const char *cell, *expected; /* texts with | behind each; NULL: broken */
    } lists[] = {
        {"['a', \"it's\", 'b\\'c']", "a|it's|b'c|"},
        {"[\"\\u4f60\\n\", 'x\\x41', \"\\ud83d\\ude00\"]", "你\n|xA|😀|"},
        {"[None, 3, 'a', null]", "a|"},
        {"[ ]  ", ""},
        {"['a',]", "a|"},
        {"['a'", NULL},
        {"['a' 'b']", NULL},
        {"['a\\u12']", NULL},
        {"['a'] more", NULL},
        {"[['a']]", NULL},
        {"['\\ud83d']", NULL},
        {"['\\", NULL},
        {"plain", NULL},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        cs_arena *arena = arena_create(1 << 20);
        cs_text_list list;
        char got[200] = "";
        const char *text;
        text_list_begin(&list, lists[i].cell, arena);
        while (text_list_next(&list, &text)) {
            strncat(got, text, 60);
            strcat(got, "|");
        }
        if (list.is_broken != !lists[i].expected || (lists[i].expected && strcmp(got, lists[i].expected) != 0))
            fail_msg("%s gives %s%s", lists[i].cell, got, list.is_broken ? ", broken" : "");
        arena_free(arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read_in_many_shapes), cmocka_unit_test(words_have_meanings),
        cmocka_unit_test(a_mapping_is_for_files),        cmocka_unit_test(names_of_recordings_are_read),
        cmocka_unit_test(a_file_finds_its_mapping),      cmocka_unit_test(a_table_gives_cells_by_their_use),
        cmocka_unit_test(lists_inside_cells_are_read),
    };
    return cmocka_run_group_tests(tests, start, end);
}
