/* Four real collections come in by their mapping files alone (tests/cases/corpora). What is read is held against a count of
 * the source by other means: lines, quotes, tags. Skips, and says so, where the collections are not there. */
#include "base/file.h"
#include "base/hash.h"
#include "conversation/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include <cmocka.h>

#define CORPORA SOURCE "/../shared/data/corpora/"

typedef struct wanted {
    const char *id;
    uint32_t turn;
    const char *begins; /* the turn's text */
} wanted;

typedef struct tally {
    int64_t given, refused, turns, customers, agents, timed, started;
    const wanted *wanted;
    size_t wanted_count, found;
} tally;

static int start(void **state) {
    (void)state;
    return hash_start() ? 0 : 1;
}

static bool take(void *context, cs_conversation *c, cs_arena *arena) {
    tally *t = context;
    t->given++;
    t->turns += c->turn_count;
    t->timed += c->is_timed;
    t->started += c->started_ms != CS_NO_TIME;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        cs_role role = c->participants[c->turns[i].participant].role;
        t->customers += role == CS_ROLE_CUSTOMER;
        t->agents += role == CS_ROLE_AGENT;
    }
    for (size_t i = 0; i < t->wanted_count; i++) {
        const wanted *w = &t->wanted[i];
        if (strcmp(w->id, c->external_id) != 0) continue;
        assert_true(w->turn < c->turn_count);
        if (strncmp(c->turns[w->turn].text, w->begins, strlen(w->begins)) != 0)
            fail_msg("%s: turn %u is \"%.100s\"", w->id, w->turn, c->turns[w->turn].text);
        t->found++;
    }
    arena_free(arena);
    return true;
}

static bool refuse(void *context, const char *id, cs_error code, const cs_message *message) {
    tally *t = context;
    (void)code;
    t->refused++;
    print_message("%s [%s] %s\n", id ? id : "", message->place, message->reason);
    return true;
}

/* Reads the file with the mapping of its name; skips the test when the file is not there. */
static tally read_corpus(const char *name, const char *path, const wanted *some, size_t wanted_count) {
    tally t = {.wanted = some, .wanted_count = wanted_count};
    cs_mapping *mapping = NULL;
    cs_read_counts counts;
    cs_message message = {0};
    cs_file_info info;
    char mapping_path[1024];
    if (file_info(path, &info, &message) != CS_OK) {
        print_message("%s is not here: skipped\n", path);
        skip();
    }
    snprintf(mapping_path, sizeof mapping_path, "%s/corpora/%s.mapping.json", CASES, name);
    if (mapping_load(mapping_path, &mapping, &message) != CS_OK) fail_msg("%s %s", message.place, message.reason);
    cs_reader_sink sink = {&t, take, refuse, NULL};
    const cs_format *format = format_find(path, mapping);
    assert_non_null(format);
    int64_t began = clock_steady_ms();
    if (format_read(format, path, mapping, &sink, &counts, &message) != CS_OK)
        fail_msg("%s: [%s] %s", path, message.place, message.reason);
    print_message("%s: %lld conversations, %lld turns in %lld ms\n", name, (long long)t.given, (long long)t.turns,
                  (long long)(clock_steady_ms() - began));
    assert_int_equal(counts.expected, counts.given + counts.refused);
    assert_int_equal(counts.given, t.given);
    assert_int_equal(t.refused, 0);
    assert_int_equal(t.found, wanted_count);
    mapping_free(mapping);
    return t;
}

static char *load(const char *path, size_t *bytes) {
    cs_buffer text;
    cs_message message;
    if (file_read(path, (size_t)256 << 20, &text, &message) != CS_OK) fail_msg("%s", message.reason);
    *bytes = text.length;
    return text.data;
}

static int64_t count_text(const char *text, const char *what) {
    int64_t count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what)) count++;
    return count;
}

static void jddc(void **state) {
    (void)state;
    static const wanted some[] = {
        {"0000b82c62117aa4497508bb1bdfb53a", 2, "地址可以帮我修改下吗"},
        {"0000b82c62117aa4497508bb1bdfb53a", 9, "是的， 用新地址重新下单的"},
    };
    const char *path = CORPORA "eval-only/jddc/chat_dev.txt";
    tally t = read_corpus("jddc", path, some, 2);
    size_t bytes;
    char *text = load(path, &bytes), last[64] = "";
    int64_t sessions = 0, rows = 0, customers = 0;
    for (char *line = text, *next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next) *next++ = 0;
        rows++;
        customers += strchr(strchr(line, '\t') + 1, '\t')[1] == '0';
        *strchr(line, '\t') = 0;
        sessions += strcmp(line, last) != 0;
        snprintf(last, sizeof last, "%s", line);
    }
    assert_int_equal(t.given, sessions);
    assert_int_equal(t.turns, rows);
    assert_int_equal(t.customers, customers);
    assert_int_equal(t.agents, rows - customers);
    free(text);
}

static void crosswoz(void **state) {
    (void)state;
    static const wanted some[] = {
        {"11290", 0, "你好，我想找家人均消费在100-150元的餐馆吃驴杂汤这道菜"},
    };
    const char *path = CORPORA "open/crosswoz/val.json";
    tally t = read_corpus("crosswoz", path, some, 1);
    size_t bytes;
    char *text = load(path, &bytes);
    assert_int_equal(t.given, count_text(text, "\n        \"messages\": ["));
    assert_int_equal(t.turns, count_text(text, "\n                \"content\": \""));
    assert_int_equal(t.customers, count_text(text, "\"role\": \"usr\""));
    assert_int_equal(t.agents, count_text(text, "\"role\": \"sys\""));
    free(text);
}

/* The parts of one cell that hold more than blanks: a quote begins and ends a text, ||| cuts it. */
static int64_t count_parts(const char *at, const char *end) {
    int64_t parts = 0;
    for (at++; at < end; at++) {
        char quote = *at;
        if (quote != '\'' && quote != '"') continue;
        bool is_full = false;
        for (at++; at < end && *at != quote; at++) {
            if (strncmp(at, "|||", 3) == 0) {
                parts += is_full;
                is_full = false;
                at += 2;
                continue;
            }
            at += *at == '\\';
            is_full |= *at != ' ';
        }
        parts += is_full;
    }
    return parts;
}

static void uss_jddc(void **state) {
    (void)state;
    static const wanted some[] = {
        {"valid_jddc-1", 0, "麻烦你帮我看下能不能开具纸质发票"},
        {"valid_jddc-1", 1, "您好 请问您是咨询之前的问题还是有其他的问题需要处理呢?"},
        {"valid_jddc-1", 4, "麻烦你帮我看下能不能开具纸质发票"},
        {"valid_jddc-2", 5, "那个地区的"},
    };
    const char *path = CORPORA "eval-only/uss-jddc/valid_jddc.txt";
    tally t = read_corpus("uss-jddc", path, some, 4);
    size_t bytes;
    char *text = load(path, &bytes);
    int64_t rows = 0, parts = 0;
    for (char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        rows++;
        parts += count_parts(line, strchr(line, '\t'));
    }
    assert_int_equal(t.given, rows);
    assert_int_equal(t.turns, parts);
    free(text);
}

/* Rows of a workbook's sheet, by its tags. */
static int64_t count_rows(const char *path) {
    zip_t *book = zip_open(path, ZIP_RDONLY, NULL);
    assert_non_null(book);
    zip_stat_t status;
    assert_int_equal(zip_stat(book, "xl/worksheets/sheet1.xml", 0, &status), 0);
    char *text = malloc(status.size + 1);
    zip_file_t *sheet = zip_fopen(book, "xl/worksheets/sheet1.xml", 0);
    assert_non_null(sheet);
    assert_int_equal(zip_fread(sheet, text, status.size), status.size);
    text[status.size] = 0;
    int64_t rows = count_text(text, "<row ");
    free(text);
    zip_fclose(sheet);
    zip_discard(book);
    return rows;
}

static void complaints(void **state) {
    (void)state;
    static const wanted some[] = {
        {"188006", 0, "座落在A市A3区联丰路米兰春天G2栋320，一家名叫一米阳光婚纱艺术摄影的影楼"}};
    const char *path = CORPORA "eval-only/civic-complaints/complaints.xlsx";
    tally t = read_corpus("complaints", path, some, 1);
    assert_int_equal(t.given, count_rows(path) - 1);
    assert_int_equal(t.turns, t.given);
    assert_int_equal(t.customers, t.given);
    assert_int_equal(t.timed, t.given);
    assert_int_equal(t.started, t.given);
}

static void replies(void **state) {
    (void)state;
    static const wanted some[] = {{"2549", 0, "2019年4月以来，位于A市A2区桂花坪街道"},
                                  {"2549", 1, "现将网友在平台《问政西地省》栏目"}};
    const char *path = CORPORA "eval-only/civic-complaints/replies.xlsx";
    tally t = read_corpus("replies", path, some, 2);
    assert_int_equal(t.given, count_rows(path) - 1);
    assert_int_equal(t.customers, t.given);
    assert_int_equal(t.agents, t.given);
    assert_int_equal(t.timed, t.given - 1); /* one reply has a day and no hour */
    assert_int_equal(t.started, t.given);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jddc),       cmocka_unit_test(crosswoz), cmocka_unit_test(uss_jddc),
        cmocka_unit_test(complaints), cmocka_unit_test(replies),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
