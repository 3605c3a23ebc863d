/* The JSON form: every operator, window and clause in both languages goes there and comes back byte by byte; every rule file
 * of the house does; what is wrong in a form is refused with its path. */
#include "rules/form.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "rules/form_slot.h"
#include "rules/format.h"
#include "rules/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static unsigned files, failures;

static void on_problem(void *context, const cs_rule_problem *p) {
    (void)context;
    print_error("%s:%u:%u: %s\n", p->file, p->line, p->column, p->reason);
}

static bool is_same(const cs_buffer *a, const cs_buffer *b) {
    return a->length == b->length && memcmp(buffer_string(a), buffer_string(b), a->length) == 0;
}

/* text -> form -> text is what format gives, in all three languages; and zh -> en -> zh changes nothing. */
static bool comes_back(const char *text, size_t bytes, const char *name) {
    cs_buffer json, formatted[3], written, crossed;
    cs_message message = {0};
    bool is_good = form_read(text, bytes, name, on_problem, NULL, &json, &message) == CS_OK;
    for (int l = 0; l < 3; l++) {
        bool is_formatted =
            format_rules(text, bytes, name, (cs_form_language)l, on_problem, NULL, &formatted[l], &message) == CS_OK;
        bool is_written =
            form_write(buffer_string(&json), json.length, (cs_form_language)l, &written, &message) == CS_OK;
        is_good = is_good && is_formatted && is_written && is_same(&formatted[l], &written);
        buffer_free(&written);
    }
    for (int l = 1; l < 3; l++) {
        const cs_buffer *other = &formatted[3 - l];
        bool is_crossed = format_rules(buffer_string(other), other->length, name, (cs_form_language)l, on_problem, NULL,
                                       &crossed, &message) == CS_OK;
        is_good = is_good && is_crossed && is_same(&formatted[l], &crossed);
        buffer_free(&crossed);
    }
    if (!is_good) print_error("%s: %s %s\n", name, message.reason, message.place);
    for (int l = 0; l < 3; l++) buffer_free(&formatted[l]);
    buffer_free(&json);
    return is_good;
}

static bool on_file(void *context, const char *path, const cs_file_info *info) {
    cs_buffer text;
    cs_message message;
    (void)context;
    (void)info;
    if (!strstr(path, ".rules")) return true;
    files++;
    failures += file_read(path, CS_MAX_RULES_BYTES, &text, &message) != CS_OK ||
                !comes_back(buffer_string(&text), text.length, path);
    buffer_free(&text);
    return true;
}

static bool on_trouble(void *context, const char *path, cs_error code, const cs_message *message) {
    (void)context;
    (void)code;
    print_error("%s: %s\n", path, message->reason);
    failures++;
    return true;
}

static void every_file_comes_back(void **state) {
    static const char *const folders[] = {SOURCE "/packs", SOURCE "/demo", CASES "/rules", CASES "/format"};
    (void)state;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        (void)file_walk(folders[i], on_file, on_trouble, NULL);
    assert_true(files > 40);
    assert_int_equal(failures, 0);
}

/* ---- a case of everything, made from the table ---- */

static const char *sample(const char *slot) {
    static const char *const table[][2] = {
        {"PHRASES", "[\"抱歉\",{\"list\":\"sorry\"},{\"expression\":\"a/b\"}]"},
        {"EXCUSES", "[\"a \\\"b\\\" \\\\ c\"]"},
        {"QUORUM", "\"at least 2\""},
        {"COUNT", "3"},
        {"CHARACTERS", "5"},
        {"NUMBER", "-12.5"},
        {"PERCENT", "\"80%\""},
        {"DURATION", "\"1.5m\""},
        {"COMPARE", "\">=\""},
        {"ROLE", "\"customer\""},
        {"VALUE", "{\"field\":\"amount\"}"},
        {"CONDITION", "{\"operator\":\"says\",\"role\":\"bot\",\"phrases\":[\"x\"]}"},
        {"PAIRS", "\"jargon\""}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i][0], slot) == 0) return table[i][1];
    return "\"repair\""; /* NAME */
}

/* The operator with the groups whose bits are set; of a choice the alternative `choice`. */
static void put_operator(cs_buffer *out, const cs_form_usage *usage, uint32_t groups, unsigned choice) {
    buffer_printf(out, "{\"operator\":\"%s\"", usage->row->word);
    if (usage->needs_role || (usage->has_role && groups & 1)) buffer_text(out, ",\"role\":\"agent\"");
    unsigned alternative = 0;
    for (uint32_t i = 0; i < usage->count; i++) {
        const cs_form_part *part = &usage->parts[i];
        if (!*part->key || (part->group && !(groups & 1u << part->group))) continue;
        if (part->choice && alternative++ != choice) continue;
        buffer_printf(out, ",\"%s\":%s", part->key, part->kind == FORM_SLOT ? sample(part->text) : "true");
    }
    buffer_text(out, "}");
}

static void put_rule(cs_buffer *out, unsigned number, const char *clause, const char *condition) {
    buffer_printf(out, "{\"kind\":\"rule\",\"name\":\"r%u\",\"%s\":{\"condition\":%s}%s}", number, clause, condition,
                  strcmp(clause, "when") == 0 ? ",\"expect\":{\"condition\":{\"name\":\"up\"}}" : "");
}

/* The form means a text that comes back; a rule alone, so that a failure names it. */
static bool form_comes_back(const char *statement) {
    cs_buffer json, text;
    cs_message message = {0};
    bool is_good = true;
    for (int zh = 0; zh < 2; zh++) {
        buffer_init(&json, 1 << 20);
        buffer_printf(&json, "{\"statements\":[%s]}", statement);
        cs_form_language language = zh ? CS_FORM_CHINESE : CS_FORM_ENGLISH;
        bool is_written = form_write(buffer_string(&json), json.length, language, &text, &message) == CS_OK;
        if (!is_written) print_error("%s\n %s: %s\n", statement, message.place, message.reason);
        bool is_back = is_written && comes_back(buffer_string(&text), text.length, "made");
        if (is_written && !is_back) print_error("%s\n%s\n", statement, buffer_string(&text));
        is_good = is_good && is_back;
        buffer_free(&text);
        buffer_free(&json);
    }
    return is_good;
}

static void every_operator_comes_back(void **state) {
    unsigned cases = 0, broken = 0;
    cs_buffer condition, statement;
    (void)state;
    buffer_init(&condition, 1 << 16);
    buffer_init(&statement, 1 << 16);
    for (const cs_vocable *row = vocabulary; row->word; row++) {
        cs_form_usage usage;
        uint32_t groups = 0;
        if (row->operator== OPERATOR_NONE) continue;
        form_usage(row, &usage);
        for (uint32_t i = 0; i < usage.count; i++)
            if (usage.parts[i].group > groups) groups = usage.parts[i].group;
        for (uint32_t bits = 0; bits < 1u << (groups + 1); bits++)
            for (unsigned choice = 0; choice < 2; choice++) {
                buffer_clear(&condition);
                buffer_clear(&statement);
                put_operator(&condition, &usage, bits, choice);
                put_rule(&statement, ++cases, bits % 2 ? "never" : "when", buffer_string(&condition));
                broken += !form_comes_back(buffer_string(&statement));
            }
    }
    buffer_free(&condition);
    buffer_free(&statement);
    assert_true(cases > 200);
    assert_int_equal(broken, 0);
}

#define A "{\"operator\":\"says\",\"role\":\"agent\",\"phrases\":[\"a\"]}"
#define B "{\"role\":\"first agent\",\"phrases\":[{\"list\":\"b\"}]}"

static void every_window_comes_back(void **state) {
    static const char *const windows[] = {"{\"within\":\"2 agent turns after\"}",
                                          "{\"within\":\"30s before\"}",
                                          "{\"within\":\"3 turns around\"}",
                                          "{\"within\":\"2 workdays after\"}",
                                          "{\"before\":" A "}",
                                          "{\"after\":" A "}",
                                          "{\"until\":" A "}",
                                          "{\"between\":[" A "," B "]}",
                                          "{\"first\":\"2 agent turns\"}",
                                          "{\"first\":\"20%\"}",
                                          "{\"last\":\"30s\"}",
                                          "{\"last\":\"5 customer turns\"}",
                                          "{\"by\":\"2m\"}",
                                          "{\"by\":\"end of day 3 after\"}",
                                          "{\"by\":\"end of workday 0 after\"}",
                                          "{\"anywhere\":true}"};
    enum { COUNT = sizeof windows / sizeof *windows };
    char statement[2000];
    unsigned broken = 0;
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(statement, sizeof statement,
                 "{\"kind\":\"rule\",\"name\":\"r\",\"when\":{\"condition\":" A ",\"once\":\"per demand\"},\"expect\":{"
                 "\"condition\":{\"of\":{\"of\":" B ",\"window\":%s},\"window\":%s},\"strict\":true}}",
                 windows[i], windows[(i + 1) % COUNT]);
        broken += !form_comes_back(statement);
    }
    assert_int_equal(broken, 0);
}

static void every_clause_and_combination_comes_back(void **state) {
    static const char *const conditions[] = {
        "{\"and\":[" A ",{\"or\":[" B "," A "]},{\"not\":{\"and\":[" A "," B "]}}]}",
        "{\"or\":[{\"and\":[" A "," B "]},{\"or\":[" A "," B "]}]}",
        "{\"of\":{\"or\":[" A "," B "]},\"window\":{\"first\":\"20%\"}}",
        "{\"not\":{\"of\":" A ",\"window\":{\"anywhere\":true}}}",
        "{\"of\":{\"not\":" A "},\"window\":{\"anywhere\":true}}",
        "{\"of\":" A ",\"window\":{\"before\":{\"or\":[" A "," B "]}}}",
        "{\"count\":{\"or\":[" A "," B "]},\"compare\":\">=\",\"number\":3}",
        "{\"nth\":" A ",\"number\":2}",
        "{\"in_order\":[" A "," B ",{\"of\":" A ",\"window\":{\"anywhere\":true}}]}",
        "{\"of\":" A ",\"in_reply_to\":" B "}",
        "{\"name\":\"solved\"}",
        "{\"and\":[" A "," B "],\"brackets\":true}",
        "{\"steps\":[{\"name\":\"remote\",\"what\":" A "},{\"name\":\"visit\",\"what\":" B ",\"if\":{\"of\":" A
        ",\"window\":{\"after\":{\"name\":\"remote\"}}}}]}",
    };
    char statement[3000];
    unsigned broken = 0;
    (void)state;
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        snprintf(statement, sizeof statement, "{\"kind\":\"rule\",\"name\":\"r\",\"expect\":{\"condition\":%s}}",
                 conditions[i]);
        broken += !form_comes_back(statement);
        snprintf(statement, sizeof statement, "{\"kind\":\"let\",\"name\":\"l\",\"condition\":%s}", conditions[i]);
        broken += !form_comes_back(statement);
    }
    broken += !form_comes_back(
        "{\"kind\":\"rule\",\"name\":\"r\",\"title\":{\"zh\":\"题\",\"en\":\"T\"},\"for\":{\"channels\":[\"call\","
        "\"chat\"],"
        "\"where\":{\"or\":[{\"field\":\"queue\",\"in\":[\"售后\",\"a "
        "b\"]},{\"not\":{\"field\":\"vip\",\"compare\":\"!=\","
        "\"value\":\"field\"}}]}},\"when\":{\"condition\":" A ",\"once\":true},\"expect\":{\"condition\":" B
        "},\"waived_by\":{\"condition\":" A
        "},\"prompt\":{\"at\":\"10s\",\"text\":\"\\\"请\\\"\"},\"else\":[{\"effect\":"
        "\"compliance\",\"points\":-10,\"each\":true,\"max\":30},{\"effect\":\"experience\",\"fatal\":true},{"
        "\"effect\":"
        "\"risk\",\"points\":5,\"each\":true,\"max\":9},{\"effect\":\"mark\",\"words\":\"high-risk\"},{\"effect\":"
        "\"tag\","
        "\"words\":\"a, "
        "b\"},{\"effect\":\"alert\",\"words\":\"supervisor\"},{\"effect\":\"list\",\"words\":\"call-first\"},"
        "{\"effect\":\"open\",\"words\":\"work-order team due "
        "1d\"}],\"comments\":{\"head\":{\"behind\":\"c\"},\"when\":{"
        "\"above\":[\"x\",\"\"],\"behind\":\"#y\"},\"end\":{\"above\":[\"z\"]}}}");
    broken += !form_comes_back("{\"kind\":\"flag\",\"name\":\"f\",\"when\":{\"condition\":" A
                               "},\"then\":[{\"effect\":\"tag\",\"words\":\"t\"}]}");
    assert_int_equal(broken, 0);
}

/* ---- what is refused ---- */

static void refuses(const char *json, const char *place, const char *reason) {
    cs_buffer text;
    cs_message message = {0};
    assert_int_not_equal(form_write(json, strlen(json), CS_FORM_AS_WRITTEN, &text, &message), CS_OK);
    assert_int_equal(text.length, 0);
    buffer_free(&text);
    if (strcmp(message.place, place) != 0 || !strstr(message.reason, reason))
        print_error("%s\n gave %s: %s\n", json, message.place, message.reason);
    assert_string_equal(message.place, place);
    assert_non_null(strstr(message.reason, reason));
}

#define ONE(statement) "{\"statements\":[" statement "]}"
#define RULE(condition) ONE("{\"kind\":\"rule\",\"name\":\"r\",\"expect\":{\"condition\":" condition "}}")

static void faults_are_told_with_their_path(void **state) {
    (void)state;
    refuses("{\"statments\":[]}", "statments", "did you mean 'statements'");
    refuses(ONE("{\"kind\":\"rul\"}"), "statements[0].kind", "did you mean rule");
    refuses(ONE("{\"kind\":\"rule\",\"name\":\"a b\"}"), "statements[0]", "expected a name");
    refuses(ONE("{\"kind\":\"rule\",\"name\":\"r\",\"exepct\":{}}"), "statements[0].exepct", "did you mean 'expect'");
    refuses(RULE("{\"operator\":\"silense\"}"), "statements[0].expect.condition.operator", "did you mean silence");
    refuses(RULE("{\"operator\":\"silence\",\"compare\":\">\"}"), "statements[0].expect.condition",
            "'duration' is missing");
    refuses(RULE("{\"operator\":\"silence\",\"compare\":\">\",\"duration\":\"4x\"}"),
            "statements[0].expect.condition.duration", "expected a time");
    refuses(RULE("{\"operator\":\"silence\",\"compare\":\">\",\"duration\":\"4s\",\"owed\":\"agent\"}"),
            "statements[0].expect.condition.owed", "no such member");
    refuses(RULE("{\"operator\":\"says\",\"role\":\"agnet\",\"phrases\":[\"a\"]}"),
            "statements[0].expect.condition.role", "did you mean agent");
    refuses(RULE("{\"and\":[" A ",{\"operator\":\"says\",\"role\":\"agent\",\"phrases\":[\"a\",7]}]}"),
            "statements[0].expect.condition.and[1].phrases[1]", "expected an object");
    refuses(RULE("{\"and\":[" A "]}"), "statements[0].expect.condition.and", "expected a list of 2");
    refuses(RULE("{\"of\":" A ",\"window\":{\"witin\":\"2s after\"}}"), "statements[0].expect.condition.window.witin",
            "did you mean 'within'");
    refuses(RULE("{\"of\":" A ",\"window\":{\"within\":\"2 agent turn afer\"}}"),
            "statements[0].expect.condition.window.within", "did you mean after");
    refuses(RULE("{\"operator\":\"says\",\"role\":\"agent\",\"phrases\":[\"a\\nrule x\"]}"),
            "statements[0].expect.condition.phrases[0]", "one line");
    refuses(RULE("{\"operator\":\"fact\",\"role\":\"agent\",\"phrases\":[\"a\"]}"), "statements[0].expect.condition",
            "is missing");
    refuses(RULE("{\"name\":\"x or y\"}"), "statements[0].expect.condition", "expected a name");
    refuses(RULE("{\"steps\":1}"), "statements[0].expect.condition.steps", "expected a list");
    refuses(ONE("{\"kind\":\"words\",\"name\":\"w\",\"lines\":[[\"a | b\"]]}"), "statements[0].lines[0]", "in quotes");
    refuses(ONE("{\"kind\":\"words\",\"name\":\"w\",\"lines\":[[\"a\"]],\"comments\":{\"7\":{\"behind\":\"c\"}}}"),
            "statements[0]", "belongs to no line");
    refuses(ONE("{\"kind\":\"rule\",\"name\":\"r\",\"expect\":{\"condition\":" A
                "},\"else\":[{\"effect\":\"risk\",\"points\":-4}]}"),
            "statements[0].else[0].points", "whole number from 1");
    refuses(ONE("{\"kind\":\"rule\",\"name\":\"r\"}"), "statements[0]", "expects and forbids nothing");
    refuses(
        ONE("{\"kind\":\"rule\",\"name\":\"r\",\"expect\":{\"condition\":" A "}},{\"kind\":\"flag\",\"name\":\"f\"}"),
        "statements[1]", "has no when");
}

static void deep_and_huge_forms_are_refused(void **state) {
    cs_buffer json, text;
    cs_message message;
    (void)state;
    buffer_init(&json, 1 << 20);
    buffer_text(&json, "{\"statements\":[{\"kind\":\"let\",\"name\":\"l\",\"condition\":");
    for (int i = 0; i < 5000; i++) buffer_text(&json, "{\"not\":");
    assert_int_not_equal(form_write(buffer_string(&json), json.length, CS_FORM_ENGLISH, &text, &message), CS_OK);
    buffer_free(&text);
    buffer_clear(&json);
    buffer_text(&json, "let l = ");
    for (int i = 0; i < 39; i++) buffer_text(&json, "not ");
    buffer_text(&json, "up\n");
    cs_buffer form;
    assert_int_equal(form_read(buffer_string(&json), json.length, "deep", NULL, NULL, &form, &message), CS_ERR_LIMIT);
    assert_non_null(strstr(message.reason, "nest too deep"));
    buffer_free(&form);
    buffer_free(&json);
    assert_int_equal(form_write("{}", (size_t)CS_MAX_FORM_BYTES + 1, CS_FORM_ENGLISH, &text, &message), CS_ERR_LIMIT);
    buffer_free(&text);
}

/* ---- what is made from the table ---- */

static void the_page_of_operators_is_up_to_date(void **state) {
    cs_buffer page, made;
    cs_message message;
    (void)state;
    assert_int_equal(file_read(SOURCE "/docs/operators.md", 1 << 20, &page, &message), CS_OK);
    assert_true(schema_operators_markdown(&made, false));
    assert_string_equal(buffer_string(&page), buffer_string(&made)); /* callscope rules operators --markdown */
    buffer_free(&page);
    buffer_free(&made);
}

static void the_schema_knows_every_operator(void **state) {
    cs_buffer out;
    cs_json *json = NULL;
    cs_message message;
    (void)state;
    assert_true(schema_write(&out));
    assert_int_equal(json_parse(buffer_string(&out), out.length, 1 << 22, &json, &message), CS_OK);
    const cs_json *conditions = json_get(json_get(json_get(json, "$defs"), "condition"), "oneOf");
    size_t known = 0, rows = 0;
    for (const cs_vocable *row = vocabulary; row->word; row++) {
        if (row->operator== OPERATOR_NONE) continue;
        rows++;
        for (size_t i = 0; i < json_length(conditions); i++) {
            const cs_json *operator= json_get(json_get(json_at(conditions, i), "properties"), "operator");
            const char *word = json_string(json_get(operator, "const"), NULL);
            known += word && strcmp(word, row->word) == 0;
        }
    }
    assert_int_equal(known, rows);
    json_free(json);
    buffer_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_comes_back),
        cmocka_unit_test(every_operator_comes_back),
        cmocka_unit_test(every_window_comes_back),
        cmocka_unit_test(every_clause_and_combination_comes_back),
        cmocka_unit_test(faults_are_told_with_their_path),
        cmocka_unit_test(deep_and_huge_forms_are_refused),
        cmocka_unit_test(the_page_of_operators_is_up_to_date),
        cmocka_unit_test(the_schema_knows_every_operator),
    };
    if (!hash_start()) return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
