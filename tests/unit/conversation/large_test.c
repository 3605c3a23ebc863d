/* What is too large for a case file: made here in a temporary folder. And a real corpus of 700 chats, when it is there. */
#include "base/file.h"
#include "base/hash.h"
#include "conversation/codec.h"
#include "conversation/format.h"

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

static char folder[] = "/tmp/callscope-large-XXXXXX";
static char path[PATH_MAX];

static const char one[] =
    "{\"id\": \"%d\", \"participants\": [{\"id\": \"c\"}], \"turns\": [{\"from\": \"c\", \"text\": \"%s\"}]}";

typedef struct tally {
    int64_t given, refused, turns, round_trips;
    cs_message last;
    bool changes_file;
} tally;

static int start(void **state) {
    (void)state;
    return mkdtemp(folder) && hash_start() ? 0 : 1;
}

static int end(void **state) {
    (void)state;
    if (*path) unlink(path);
    return rmdir(folder);
}

static FILE *create(const char *name) {
    if (*path) unlink(path);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    return file;
}

static void check_round_trip(tally *t, const cs_conversation *c) {
    cs_buffer first, second;
    cs_conversation *back = NULL;
    cs_message message;
    cs_arena *arena = arena_create(64 << 20);
    buffer_init(&first, 64 << 20);
    buffer_init(&second, 64 << 20);
    assert_int_equal(codec_encode(c, &first), CS_OK);
    assert_int_equal(codec_decode(first.data, first.length, arena, &back, &message), CS_OK);
    assert_int_equal(codec_encode(back, &second), CS_OK);
    assert_int_equal(first.length, second.length);
    assert_memory_equal(first.data, second.data, first.length);
    t->round_trips++;
    buffer_free(&first);
    buffer_free(&second);
    arena_free(arena);
}

static bool take(void *context, cs_conversation *conversation, cs_arena *arena) {
    tally *t = context;
    t->given++;
    t->turns += conversation->turn_count;
    if (conversation->turn_count < 10000) check_round_trip(t, conversation);
    arena_free(arena);
    if (t->changes_file && t->given == 10) assert_int_equal(truncate(path, 300), 0);
    return true;
}

static bool refuse(void *context, const char *id, cs_error code, const cs_message *message) {
    tally *t = context;
    (void)id;
    assert_int_not_equal(code, CS_OK);
    t->refused++;
    t->last = *message;
    return true;
}

static cs_error read_path(const char *file, const char *mapping_path, tally *t, cs_message *message) {
    cs_reader_sink sink = {t, take, refuse, NULL};
    cs_read_counts counts;
    cs_mapping *mapping = NULL;
    if (mapping_path) assert_int_equal(mapping_load(mapping_path, &mapping, message), CS_OK);
    cs_error code = format_read(format_find(file, mapping), file, mapping, &sink, &counts, message);
    assert_int_equal(counts.expected, counts.given + counts.refused);
    assert_int_equal(counts.given, t->given);
    mapping_free(mapping);
    return code;
}

static void write_many(FILE *file, size_t bytes, char c) {
    char block[65536];
    memset(block, c, sizeof block);
    for (size_t wrote = 0; wrote < bytes; wrote += sizeof block)
        assert_int_equal(fwrite(block, 1, sizeof block, file), sizeof block);
}

static void a_line_of_64_mb_is_refused_and_the_rest_read(void **state) {
    (void)state;
    FILE *file = create("long.jsonl");
    fprintf(file, one, 1, "a");
    fputc('\n', file);
    write_many(file, (size_t)64 << 20, 'x');
    fputc('\n', file);
    fprintf(file, one, 3, "c");
    assert_int_equal(fclose(file), 0);
    tally t = {0};
    cs_message message;
    assert_int_equal(read_path(path, NULL, &t, &message), CS_OK);
    assert_int_equal(t.given, 2);
    assert_int_equal(t.refused, 1);
    assert_string_equal(t.last.place, "line 2");
}

static void a_json_file_above_64_mb_is_refused_with_the_way_out(void **state) {
    (void)state;
    FILE *file = create("large.json");
    write_many(file, ((size_t)64 << 20) + 1, ' ');
    assert_int_equal(fclose(file), 0);
    tally t = {0};
    cs_message message;
    assert_int_equal(read_path(path, NULL, &t, &message), CS_ERR_LIMIT);
    assert_non_null(strstr(message.remedy, "JSON Lines"));
}

static void deep_nesting_is_refused(void **state) {
    (void)state;
    FILE *file = create("deep.json");
    fputs("{\"id\": ", file);
    write_many(file, 1 << 20, '[');
    assert_int_equal(fclose(file), 0);
    tally t = {0};
    cs_message message;
    assert_int_equal(read_path(path, NULL, &t, &message), CS_OK);
    assert_int_equal(t.refused, 1);
    assert_non_null(strstr(t.last.reason, "64 deep"));
}

static void too_many_turns_are_refused_before_they_cost_memory(void **state) {
    (void)state;
    FILE *file = create("turns.json");
    fputs("{\"id\": \"A\", \"participants\": [{\"id\": \"c\"}], \"turns\": [", file);
    for (int i = 0; i <= CS_MAX_TURNS; i++) fprintf(file, "%s{\"from\": \"c\", \"text\": \"\"}", i ? "," : "");
    fputs("]}", file);
    assert_int_equal(fclose(file), 0);
    tally t = {0};
    cs_message message;
    assert_int_equal(read_path(path, NULL, &t, &message), CS_OK);
    assert_int_equal(t.refused, 1);
    assert_string_equal(t.last.place, "turns");
}

static void a_file_that_shrinks_while_it_is_read_loses_no_count(void **state) {
    (void)state;
    FILE *file = create("shrinks.jsonl");
    for (int i = 0; i < 20000; i++) {
        fprintf(file, one, i, "a text that takes some room so that the file has several blocks");
        fputc('\n', file);
    }
    assert_int_equal(fclose(file), 0);
    tally t = {.changes_file = true};
    cs_message message;
    assert_int_equal(read_path(path, NULL, &t, &message), CS_OK);
    assert_true(t.given >= 10 && t.given < 20000);
}

static void a_row_of_2_mb_spoils_its_neighbours_only(void **state) {
    (void)state;
    FILE *file = create("long.tsv");
    fputs("A\tu\t0\t0\t0\tn\tfirst\nB\tu\t0\t0\t0\tn\t", file);
    write_many(file, 2 << 20, 'x');
    fputs("\nC\tu\t1\t0\t0\tn\tthird\nD\tu\t1\t0\t0\tn\tfourth\n", file);
    assert_int_equal(fclose(file), 0);
    tally t = {0};
    cs_message message;
    assert_int_equal(read_path(path, CASES "/formats/jddc.mapping.json", &t, &message), CS_OK);
    assert_int_equal(t.given, 1);
    assert_int_equal(t.refused, 2);
    assert_string_equal(t.last.place, "line 2");
}

static void many_conversations_in_one_file(void **state) {
    (void)state;
    FILE *file = create("many.tsv");
    for (int i = 0; i < 20000; i++) fprintf(file, "C%d\tu\t0\t0\t0\tn\tquestion\nC%d\tu\t1\t0\t0\tn\tanswer\n", i, i);
    fputs("C7\tu\t1\t0\t0\tn\tlate\n", file);
    assert_int_equal(fclose(file), 0);
    tally t = {0};
    cs_message message;
    assert_int_equal(read_path(path, CASES "/formats/jddc.mapping.json", &t, &message), CS_OK);
    assert_int_equal(t.given, 20000);
    assert_int_equal(t.refused, 0);
    assert_int_equal(t.turns, 40001); /* the late row went to its conversation */
}

static void the_jddc_development_chats(void **state) {
    (void)state;
    static const char corpus[] = SOURCE "/../shared/data/corpora/eval-only/jddc/chat_dev.txt";
    if (access(corpus, R_OK) != 0) {
        print_message("SKIP %s is not here\n", corpus);
        skip();
    }
    tally t = {0};
    cs_message message;
    assert_int_equal(read_path(corpus, CASES "/formats/jddc.mapping.json", &t, &message), CS_OK);
    assert_int_equal(t.given, 700);
    assert_int_equal(t.refused, 0);
    assert_int_equal(t.turns, 8632);
    assert_int_equal(t.round_trips, 700);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_64_mb_is_refused_and_the_rest_read),
        cmocka_unit_test(a_json_file_above_64_mb_is_refused_with_the_way_out),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(too_many_turns_are_refused_before_they_cost_memory),
        cmocka_unit_test(a_file_that_shrinks_while_it_is_read_loses_no_count),
        cmocka_unit_test(a_row_of_2_mb_spoils_its_neighbours_only),
        cmocka_unit_test(many_conversations_in_one_file),
        cmocka_unit_test(the_jddc_development_chats),
    };
    return cmocka_run_group_tests(tests, start, end);
}
