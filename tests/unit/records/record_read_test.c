/* Rows as exports have them become records: lengths of calls as people write them, steps of a ticket that nobody has a word for. */
#include "records/record.h"

#include "conversation/mapping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MOST = 8 };

typedef struct rows {
    cs_arena *arena;
    cs_record *records[MOST]; /* NULL: refused */
    size_t count;
} rows;

static rows read_rows(const char *json, const char *csv) {
    rows out = {.arena = arena_create(1 << 20)};
    char path[] = "/tmp/callscope-record-XXXXXX";
    int file = mkstemp(path);
    cs_mapping *mapping = NULL;
    cs_table *table = NULL;
    cs_table_row row = {0};
    cs_message message;
    assert_true(file >= 0 && out.arena);
    assert_int_equal(write(file, csv, strlen(csv)), strlen(csv));
    close(file);
    assert_int_equal(mapping_parse(json, strlen(json), &mapping, &message), CS_OK);
    assert_int_equal(table_open(path, mapping, &table, &message), CS_OK);
    while (out.count < MOST && table_next(table, &row, &message) == CS_OK && !row.is_end) {
        cs_record *record = NULL;
        cs_error code = record_read(table, &row, mapping, path, out.arena, &record, &message);
        out.records[out.count++] = code == CS_OK ? record : NULL;
    }
    table_close(table);
    mapping_free(mapping);
    unlink(path);
    return out;
}

static void reads_lengths_of_calls(void **state) {
    (void)state;
    static const int seconds[] = {360, 125, 3725, 65, 3600, -1};
    rows all = read_rows(
        "{\"kind\": \"calls\", \"format\": \"csv\", \"columns\": {\"conversation\": \"id\", \"duration\": \"t\"}}",
        "id,t\nA,360\nB,0:02:05\nC,1小时2分5秒\nD,1分5秒\nE,1小时\nF,5分3\n");
    assert_int_equal(all.count, 6);
    for (size_t i = 0; i < all.count; i++) {
        if (seconds[i] < 0)
            assert_null(all.records[i]);
        else
            assert_int_equal(all.records[i]->times[CS_COLUMN_DURATION], seconds[i] * 1000);
    }
    arena_free(all.arena);
}

static void unknown_steps_are_steps(void **state) {
    (void)state;
    rows all =
        read_rows("{\"kind\": \"tickets\", \"format\": \"csv\", \"time_format\": \"yyyy-mm-dd hh:mm\", \"zone\": "
                  "\"+08:00\", \"columns\": {\"ticket\": \"id\", \"event\": \"step\", \"time\": \"at\"}}",
                  "id,step,at\nT1,新建工单,2026-02-14 09:10\nT1,质检抽查,2026-02-15 09:10\nT1,回访,2026-02-16 09:10\n");
    assert_int_equal(all.count, 3);
    for (size_t i = 0; i < all.count; i++) assert_non_null(all.records[i]);
    assert_string_equal(all.records[0]->cells[CS_COLUMN_EVENT], "ticket.opened");
    assert_null(all.records[1]->cells[CS_COLUMN_EVENT]);
    assert_string_not_equal(all.records[1]->key, all.records[2]->key);
    assert_string_not_equal(all.records[0]->key, all.records[1]->key);
    arena_free(all.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lengths_of_calls),
        cmocka_unit_test(unknown_steps_are_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
