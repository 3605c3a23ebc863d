/* Exports as centres have them, and what is guessed of each: its kind, the use of columns, and a mapping that can be used. */
#include "conversation/guess.h"

#include "base/hash.h"
#include "conversation/preview.h"
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

static char folder[] = "/tmp/callscope-guess-XXXXXX";

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

typedef struct example {
    const char *name, *text;
    cs_mapping_kind kind;
    const char *parts[12]; /* what must stand in the mapping */
} example;

static const example examples[] = {
    {"export.csv",
     "通话ID,开始时间,接通时间,结束时间,通话时长(秒),主叫号码,坐席工号,分机,技能组,呼叫类型,挂机方,录音文件\n"
     "C1,2026-02-14 10:32:00,2026-02-14 10:32:08,2026-02-14 10:35:00,172,13812345678,1001,8001,售后,呼入,坐席,a.wav\n"
     "C2,2026-02-14 10:40:00,,2026-02-14 10:40:20,0,13987654321,1002,8002,售后,呼出,客户,\n",
     CS_MAPPING_CALLS,
     {"\"kind\":\"calls\"", "\"conversation\":\"通话ID\"", "\"time\":\"开始时间\"", "\"answered\":\"接通时间\"",
      "\"ended\":\"结束时间\"", "\"duration\":\"通话时长(秒)\"", "\"caller\":\"主叫号码\"", "\"agent_id\":\"坐席工号\"",
      "\"hang_up\":\"挂机方\"", "\"坐席\":\"agent\"", "\"recording\":\"录音文件\"", "yyyy-mm-dd hh:mm:ss"}},
    {"cdr.csv",
     "calldate,src,dst,billsec,uniqueid,recordingfile\n"
     "2026-02-14 10:32:00,13812345678,8001,12,1771036320.17,x.wav\n",
     CS_MAPPING_CALLS,
     {"\"time\":\"calldate\"", "\"caller\":\"src\"", "\"duration\":\"billsec\"", "\"conversation\":\"uniqueid\"",
      "\"recording\":\"recordingfile\""}},
    {"chat.csv",
     "会话编号;发送时间;角色;内容;产品\n"
     "A;2026/2/14 9:05:00;客户;我的空调坏了怎么办;KF\n"
     "A;2026/2/14 9:05:30;机器人;请问是什么型号;KF\n"
     "A;2026/2/14 9:06:00;坐席;您好我来帮您处理;KF\n"
     "B;2026/2/14 9:10:00;客户;发票还没收到;\n",
     CS_MAPPING_CONVERSATIONS,
     {"\"delimiter\":\";\"", "\"conversation\":\"会话编号\"", "\"speaker\":\"角色\"", "\"text\":\"内容\"",
      "\"客户\":\"customer\"", "\"机器人\":\"bot\"", "\"坐席\":\"agent\"", "\"产品\":\"产品\"", "yyyy/m/d h:mm:ss"}},
    {"工单0214.csv",
     "工单号,操作,操作时间,处理人,状态,工单类型\nT1,创建,2026-02-14 10:00,张三,处理中,维修\n"
     "T1,办结,2026-02-15 11:00,李四,已办结,维修\n",
     CS_MAPPING_TICKETS,
     {"\"ticket\":\"工单号\"", "\"event\":\"操作\"", "\"time\":\"操作时间\"", "\"agent\":\"处理人\"",
      "\"status\":\"状态\"", "\"kind\":\"工单类型\""}},
    {"people.csv",
     "姓名,工号,分机,班组,入职日期,离职日期\n张三,1001,8001,售后一组,2025-01-01,\n李四,1002,8002,售后二组,2025-03-01,"
     "2026-01-31\n",
     CS_MAPPING_ROSTER,
     {"\"agent\":\"姓名\"", "\"agent_id\":\"工号\"", "\"extension\":\"分机\"", "\"team\":\"班组\"",
      "\"from\":\"入职日期\"", "\"to\":\"离职日期\"", "yyyy-mm-dd"}},
    {"scores.csv",
     "会话ID,满意度,评价内容,评价时间\nA,5,很好,2026-02-14 10:00:00\nB,1,没人回复,2026-02-14 11:00:00\n",
     CS_MAPPING_SATISFACTION,
     {"\"conversation\":\"会话ID\"", "\"score\":\"满意度\"", "\"comment\":\"评价内容\"", "\"time\":\"评价时间\""}},
    {"list.csv",
     "客户编号,客户姓名,手机号,openid,会员等级\nK1,王芳,13812345678,oX1,金\nK2,赵强,13987654321,oX2,银\n",
     CS_MAPPING_CUSTOMERS,
     {"\"customer\":\"客户编号\"", "\"customer_name\":\"客户姓名\"", "\"number\":\"手机号\"", "\"openid\":\"openid\"",
      "\"会员等级\":\"会员等级\""}},
    {"messages.csv",
     "留言编号,留言用户,留言主题,留言时间,留言详情,答复意见,答复时间\n"
     "7,U1,路灯不亮,2019/6/20 10:55:18,小区门口的路灯三个月不亮了,已安排人员维修,2019/6/24 10:36:19\n",
     CS_MAPPING_CONVERSATIONS,
     {"\"turns\":[{\"speaker\":\"customer\",\"text\":\"留言详情\",\"time\":\"留言时间\"}",
      "{\"speaker\":\"agent\",\"text\":\"答复意见\",\"time\":\"答复时间\"}", "\"title\":\"留言主题\""}},
    {"no-header.tsv",
     "a1\tcustomer\t你好我想问一下快递\na1\tagent\t您好请说\na1\tcustomer\t什么时候到\nb2\tcustomer\t发票怎么开\nb2\tag"
     "ent\t在订单里\n",
     CS_MAPPING_CONVERSATIONS,
     {"\"format\":\"tsv\"", "\"header\":false", "\"conversation\":1", "\"speaker\":2", "\"text\":3"}},
    {"title-above.csv",
     "通话清单 2026年2月,,,\n开始时间,客户号码,分机,通话时长\n2026-02-14 10:32:00,13812345678,8001,0:01:20\n",
     CS_MAPPING_CALLS,
     {"\"skip\":1", "\"time\":\"开始时间\"", "\"number\":\"客户号码\"", "\"duration\":\"通话时长\""}},
    {"months.csv",
     "sessionid,time,role,message\nA,2/3/2026 10:00,user,where is my parcel\nA,2/14/2026 10:01,agent,let me look it "
     "up\n",
     CS_MAPPING_CONVERSATIONS,
     {"\"time_format\":\"mm/dd/yyyy hh:mm:ss\""}},
    {"api.json",
     "{\"total\": 2, \"data\": {\"items\": [{\"id\": 1, \"sessionId\": \"S1\", \"customer\": {\"phone\": "
     "\"13812345678\"}, "
     "\"messages\": [{\"role\": \"user\", \"content\": \"hello there\", \"createdAt\": "
     "\"2026-02-14T10:00:00+08:00\"}]}]}}",
     CS_MAPPING_CONVERSATIONS,
     {"\"each\":\"data.items\"", "\"conversation\":\"sessionId\"", "\"number\":\"customer.phone\"",
      "\"turns\":{\"each\":\"messages\",\"speaker\":\"role\",\"text\":\"content\",\"time\":\"createdAt\"}",
      "\"user\":\"customer\"", "iso8601"}},
    {"rows.jsonl",
     "{\"call_id\": \"C1\", \"start_time\": 1771036320, \"duration\": 12, \"direction\": \"in\", \"caller\": "
     "\"13812345678\"}\n",
     CS_MAPPING_CALLS,
     {"\"format\":\"jsonl\"", "\"conversation\":\"call_id\"", "\"time\":\"start_time\"", "\"caller\":\"caller\"",
      "\"epoch_s\""}},
};

static void check_mapping(const char *path, const example *e, const cs_guess *guess) {
    cs_mapping *mapping = NULL;
    cs_table *table = NULL;
    cs_table_row row;
    cs_message message = {0};
    if (mapping_parse(guess->mapping.data, guess->mapping.length, &mapping, &message) != CS_OK)
        fail_msg("%s: [%s] %s\n%s", e->name, message.place, message.reason, guess->mapping.data);
    if (table_open(path, mapping, &table, &message) != CS_OK)
        fail_msg("%s: [%s] %s\n%s", e->name, message.place, message.reason, guess->mapping.data);
    int rows = 0;
    while (table_next(table, &row, &message) == CS_OK && !row.is_end) {
        int64_t ms;
        int zone;
        rows++;
        if (row.is_refused) fail_msg("%s: [%s] %s", e->name, row.trouble.place, row.trouble.reason);
        if (!table_time(table, CS_COLUMN_TIME, &ms, &zone, &message)) fail_msg("%s: %s", e->name, message.reason);
    }
    assert_true(rows > 0);
    table_close(table);
    mapping_free(mapping);
}

static void exports_are_told_apart(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        const example *e = &examples[i];
        const char *path = write_file(e->name, e->text);
        cs_guess guess;
        cs_message message = {0};
        if (guess_file(path, &guess, &message) != CS_OK) fail_msg("%s: %s", e->name, message.reason);
        const char *mapping = buffer_string(&guess.mapping);
        if (guess.kind != e->kind) fail_msg("%s is taken for %s\n%s", e->name, mapping_kind_name(guess.kind), mapping);
        for (size_t k = 0; k < 12 && e->parts[k]; k++) {
            if (!strstr(mapping, e->parts[k])) fail_msg("%s: no %s in\n%s", e->name, e->parts[k], mapping);
        }
        check_mapping(path, e, &guess);
        guess_free(&guess);
        unlink(path);
    }
}

static void a_file_of_nothing_known_has_columns_but_no_mapping(void **state) {
    (void)state;
    cs_guess guess;
    cs_message message = {0};
    const char *path = write_file("x.csv", "a,b\n1,2\n3,4\n");
    assert_int_equal(guess_file(path, &guess, &message), CS_OK);
    assert_int_equal(guess.mapping.length, 0);
    assert_int_equal(guess.column_count, 2);
    assert_string_equal(guess.columns[0].name, "a");
    assert_string_equal(guess.columns[1].samples[1], "4");
    assert_null(guess.columns[0].use);
    guess_free(&guess);
    path = write_file("x.csv", "");
    assert_int_not_equal(guess_file(path, &guess, &message), CS_OK);
    assert_string_not_equal(message.remedy, "");
    guess_free(&guess);
    unlink(path);
}

static char *preview(const cs_preview *what, cs_buffer *out) {
    cs_json_writer writer;
    cs_message message = {0};
    buffer_init(out, 16 << 20);
    json_writer_init(&writer, out);
    if (preview_write(what, &writer, &message) != CS_OK) fail_msg("%s", message.reason);
    cs_json *json = NULL;
    if (json_parse(out->data, out->length, 16 << 20, &json, &message) != CS_OK)
        fail_msg("%s\n%s", message.reason, out->data);
    json_free(json);
    return out->data;
}

#define HAS(text, part)                                                                                                \
    do {                                                                                                               \
        if (!strstr(text, part)) fail_msg("no %s in\n%s", part, text);                                                 \
    } while (0)

static void a_preview_shows_rows_as_they_will_be_read(void **state) {
    (void)state;
    cs_buffer out;
    const char *path = write_file("chat.csv", examples[2].text);
    const char *text = preview(&(cs_preview){.path = path, .name = "二月/chat.csv"}, &out);
    HAS(text,
        "\"file\":\"二月/chat.csv\",\"format\":\"csv\",\"needs_mapping\":true,\"encoding\":\"utf-8\",\"saved\":null");
    HAS(text, "{\"number\":1,\"name\":\"会话编号\",\"samples\":[\"A\",\"A\",\"A\"],\"use\":\"conversation\"");
    HAS(text, "\"use\":\"fields.产品\"");
    HAS(text, "{\"line\":2,\"cells\":{\"conversation\":\"A\",\"speaker\":\"customer\",\"text\":\"我的空调坏了怎么办\","
              "\"time\":"
              "\"2026-02-14T09:05:00+08:00\",\"fields.产品\":\"KF\"},\"problem\":null}");
    HAS(text,
        "\"turns\":[{\"role\":\"customer\",\"text\":\"我的空调坏了怎么办\",\"at\":\"2026-02-14T09:05:00+08:00\"}");
    HAS(text, "\"turn_count\":3");
    HAS(text, "\"problem\":null}");
    buffer_free(&out);
    unlink(path);
}

static void a_saved_mapping_that_fits_is_taken(void **state) {
    (void)state;
    cs_buffer out;
    const cs_preview_saved saved[] = {
        {"数字", "{\"format\":\"csv\",\"columns\":{\"conversation\":1,\"speaker\":2,\"text\":3},\"speakers\":{\"a\":"
                 "\"agent\"}}"},
        {"在线",
         "{\"format\":\"csv\",\"delimiter\":\";\",\"columns\":{\"conversation\":\"会话编号\",\"speaker\":\"角色\","
         "\"text\":\"内容\"},\"speakers\":{\"客户\":\"customer\"},\"other_speakers\":\"undecided\"}"}};
    const char *path = write_file("chat.csv", examples[2].text);
    const char *text = preview(&(cs_preview){.path = path, .name = "c.csv", .saved = saved, .saved_count = 2}, &out);
    HAS(text, "\"saved\":\"在线\"");
    HAS(text, "\"name\":\"产品\",\"samples\":[\"KF\",\"KF\",\"KF\"],\"use\":null");
    buffer_free(&out);
    unlink(path);
}

static void what_is_wrong_stands_in_the_preview(void **state) {
    (void)state;
    cs_buffer out;
    const char *path =
        write_file("a.csv", "id,who,text,when\nA,客户,好,2026-02-30 10:00:00\nA,主管,好,2026-02-14 10:00:00\nB,客户\n");
    const char *mapping =
        "{\"format\":\"csv\",\"columns\":{\"conversation\":\"id\",\"speaker\":\"who\",\"text\":\"text\",\"time\":"
        "\"when\"},\"speakers\":{\"客户\":\"customer\"},\"time_format\":\"yyyy-mm-dd hh:mm:ss\",\"zone\":\"Z\"}";
    const char *text = preview(&(cs_preview){.path = path, .name = "a.csv", .mapping = mapping}, &out);
    HAS(text, "\\\"2026-02-30 10:00:00\\\" is no time");
    HAS(text, "\"place\":\"line 2, column 4\"");
    HAS(text, "does not say who the speaker \\\"主管\\\" is");
    HAS(text, "the row has 2 columns, the first row has 4");
    HAS(text, "\"conversations\":[]");
    buffer_free(&out);
    text = preview(&(cs_preview){.path = path, .name = "a.csv", .mapping = "{\"format\":\"csv\"}"}, &out);
    HAS(text, "\"mapping\":{\"format\":\"csv\"}");
    HAS(text, "\"problem\":{\"reason\":\"\\\"columns\\\" is missing");
    buffer_free(&out);
    text = preview(&(cs_preview){.path = path, .name = "a.csv", .mapping = "{"}, &out);
    HAS(text, "\"mapping\":null");
    buffer_free(&out);
    unlink(path);
}

static void formats_of_their_own_need_no_mapping(void **state) {
    (void)state;
    cs_buffer out;
    const char *path = write_file(
        "a.json", "{\"id\":\"C-1\",\"participants\":[{\"id\":\"c\",\"role\":\"customer\"}],\"turns\":[{\"from\":\"c\","
                  "\"text\":\"您好\"}]}");
    const char *text = preview(&(cs_preview){.path = path, .name = "a.json"}, &out);
    HAS(text, "\"format\":\"json\",\"needs_mapping\":false,\"encoding\":\"utf-8\",\"saved\":null,\"mapping\":null,"
              "\"columns\":[],"
              "\"rows\":[],\"conversations\":[{\"id\":\"C-1\"");
    buffer_free(&out);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exports_are_told_apart),
        cmocka_unit_test(a_file_of_nothing_known_has_columns_but_no_mapping),
        cmocka_unit_test(a_preview_shows_rows_as_they_will_be_read),
        cmocka_unit_test(a_saved_mapping_that_fits_is_taken),
        cmocka_unit_test(what_is_wrong_stands_in_the_preview),
        cmocka_unit_test(formats_of_their_own_need_no_mapping),
    };
    return cmocka_run_group_tests(tests, start, end);
}
