/* Every allocation of the readers fails once in turn. Nothing may crash, leak, or come in with less than without the failure
 * while saying that all is well. The libraries for mail and JSON are left out: the one ends
 * the program by its own decision, the other frees what it does not own when its own allocations fail. */
#include "base/file.h"
#include "base/hash.h"
#include "conversation/format.h"
#include "conversation/json_export.h"
#include "conversation/mapping_columns.h"
#include "conversation/mapping_set.h"
#include "conversation/vcon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xlsx_stage.h"
#include <cmocka.h>
#include <expat.h>

enum { MOST_ALLOCATIONS = 20000, MOST_OUTPUT = 8 << 20 };

/* ---- allocations that fail; the linker puts these in place (CMakeLists.txt) ---- */

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t most);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t most);
XML_Parser __wrap_XML_ParserCreate(const XML_Char *encoding);

static bool is_counting;
static int faults;
static int64_t allocations, failing; /* failing 0: none */

static bool fails(void) {
    return is_counting && ++allocations == failing;
}

void *__wrap_malloc(size_t bytes) {
    return fails() ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes) {
    return fails() ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes) {
    return fails() ? NULL : __real_realloc(old, bytes);
}

char *__wrap_strdup(const char *text) {
    return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t most) {
    return fails() ? NULL : __real_strndup(text, most);
}

XML_Parser __wrap_XML_ParserCreate(const XML_Char *encoding) {
    static const XML_Memory_Handling_Suite ours = {__wrap_malloc, __wrap_realloc, free};
    return XML_ParserCreate_MM(encoding, &ours, NULL);
}

/* ---- one run ---- */

typedef struct outcome {
    cs_buffer text; /* what came in, as JSON and as vCon */
    int refused;
    bool is_unsaid; /* a refusal without a word */
    bool is_export_lost; /* came in, but could not be written, which was told */
} outcome;

static bool on_conversation(void *context, cs_conversation *conversation, cs_arena *arena) {
    outcome *o = context;
    cs_buffer text;
    cs_json_writer writer;
    cs_message message = {0};
    buffer_init(&text, MOST_OUTPUT);
    json_writer_init(&writer, &text);
    json_export_write(&writer, NULL, conversation);
    bool is_counted = is_counting; /* what the test keeps does not fail */
    o->is_export_lost |= text.is_failed;
    is_counting = false;
    if (!text.is_failed) buffer_append(&o->text, buffer_string(&text), text.length);
    is_counting = is_counted;
    buffer_clear(&text);
    json_writer_init(&writer, &text);
    cs_vcon_more more = {.created_ms = 1770000000000};
    cs_error code = vcon_write(&writer, conversation, &more, &message);
    if (code != CS_OK && !*message.reason) o->is_unsaid = true;
    o->is_export_lost |= code != CS_OK || text.is_failed;
    is_counting = false;
    if (code == CS_OK && !text.is_failed) buffer_append(&o->text, buffer_string(&text), text.length);
    is_counting = is_counted;
    buffer_free(&text);
    arena_free(arena);
    return true;
}

static bool on_refused(void *context, const char *id, cs_error code, const cs_message *message) {
    outcome *o = context;
    (void)id;
    o->refused++;
    o->is_unsaid |= code == CS_OK || !*message->reason || !*message->remedy;
    return true;
}

/* fail: which allocation; 0: none. Gives the number of allocations. */
static int64_t read_file(const cs_format *format, const char *path, const cs_mapping *mapping, int64_t fail,
                         outcome *out, cs_error *code) {
    cs_reader_sink sink = {out, on_conversation, on_refused, NULL};
    cs_read_counts counts;
    cs_message message = {0};
    *out = (outcome){0};
    buffer_init(&out->text, MOST_OUTPUT);
    allocations = 0;
    failing = fail;
    is_counting = true;
    *code = format_read(format, path, mapping, &sink, &counts, &message);
    is_counting = false;
    if (*code != CS_OK && (!*message.reason || !*message.remedy)) out->is_unsaid = true;
    return allocations;
}

static void fail_each(const cs_format *format, const char *path, const cs_mapping *mapping, int64_t *tried) {
    outcome whole, now;
    cs_error sound, code;
    int64_t count = read_file(format, path, mapping, 0, &whole, &sound);
    assert_int_equal(sound, CS_OK);
    assert_true(count < MOST_ALLOCATIONS);
    for (int64_t i = 1; i <= count; i++) {
        read_file(format, path, mapping, i, &now, &code);
        bool is_told = code != CS_OK || now.refused > whole.refused || now.is_export_lost;
        bool is_same = now.text.length == whole.text.length &&
                       memcmp(buffer_string(&now.text), buffer_string(&whole.text), whole.text.length) == 0;
        if ((!is_told && !is_same) || now.is_unsaid) {
            print_message("%s: allocation %lld of %lld: %s\n", path, (long long)i, (long long)count,
                          now.is_unsaid ? "a failure without a word" : "less came in, and nobody was told");
            faults++;
        }
        buffer_free(&now.text);
    }
    buffer_free(&whole.text);
    *tried += count;
}

/* ---- the files ---- */

typedef struct walk {
    cs_mapping_set *set;
    int64_t tried, files;
} walk;

static bool on_file(void *context, const char *path, const cs_file_info *info) {
    walk *w = context;
    const cs_mapping *mapping = mapping_set_find(w->set, path);
    const cs_format *format = format_find(path, mapping);
    cs_error code;
    outcome whole;
    if (!format || info->bytes > 100000 || strcmp(format->name, "email") == 0) return true;
    (void)read_file(format, path, mapping, 0, &whole, &code);
    buffer_free(&whole.text);
    if (code != CS_OK) return true; /* a mapping of records, or a companion of another file */
    fail_each(format, path, mapping, &w->tried);
    w->files++;
    return true;
}

static bool on_trouble(void *context, const char *path, cs_error code, const cs_message *message) {
    (void)context, (void)code;
    fail_msg("%s: %s", path, message->reason);
    return true;
}

static void each_allocation_of_each_reader_fails(void **state) {
    static const char *const folders[] = {"json", "jsonl", "webvtt", "srt",        "csv",
                                          "tsv",  "text",  "vcon",   "recognisers"};
    cs_message message;
    (void)state;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        walk w = {0};
        char path[512];
        snprintf(path, sizeof path, "%s/formats/%s/good/", CASES, folders[i]);
        assert_int_equal(mapping_set_create(&w.set, &message), CS_OK);
        assert_int_equal(mapping_set_add_folder(w.set, path, NULL, NULL, &message), CS_OK);
        assert_int_equal(file_walk(path, on_file, on_trouble, &w), CS_OK);
        print_message("%s: %lld files, %lld allocations\n", folders[i], (long long)w.files, (long long)w.tried);
        assert_true(w.files > 0);
        mapping_set_free(w.set);
    }
    assert_int_equal(faults, 0);
}

static void each_allocation_of_a_workbook_fails(void **state) {
    static const char text[] = "{\"format\": \"xlsx\", \"header\": true, \"columns\": {\"conversation\": \"id\", "
                               "\"speaker\": \"who\", \"text\": \"text\", \"time\": \"时间\"}, \"speakers\": {\"A\": "
                               "\"agent\"}, \"time_format\": \"excel\", \"zone\": \"+08:00\"}";
    static const char rows[] =
        "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>id</t></is></c><c r=\"B1\" "
        "t=\"inlineStr\"><is><t>who</t></is></c>"
        "<c r=\"C1\" t=\"inlineStr\"><is><t>text</t></is></c><c r=\"D1\" t=\"s\"><v>0</v></c></row>"
        "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" t=\"str\"><f>x</f><v>A</v></c><c r=\"C2\" "
        "t=\"s\"><v>1</v></c>"
        "<c r=\"D2\" s=\"1\"><v>46067.5</v></c></row>"
        "<row r=\"3\"><c r=\"A3\"><v>2</v></c><c r=\"B3\" t=\"str\"><f>x</f><v>A</v></c><c r=\"C3\" "
        "t=\"s\"><v>2</v></c>"
        "<c r=\"D3\" s=\"1\"><v>46068.25</v></c></row>";
    cs_mapping *mapping = NULL;
    cs_message message = {0};
    int64_t tried = 0;
    (void)state;
    if (mapping_parse(text, sizeof text - 1, &mapping, &message) != CS_OK) fail_msg("%s", message.reason);
    stage_book(rows, NULL);
    fail_each(format_find("calls.xlsx", mapping), stage_path, mapping, &tried);
    print_message("workbook: %lld allocations\n", (long long)tried);
    assert_int_equal(faults, 0);
    assert_true(tried > 50);
    mapping_free(mapping);
}

static bool on_mapping(void *context, const char *path, const cs_file_info *info) {
    walk *w = context;
    cs_mapping *mapping = NULL;
    cs_message message = {0};
    (void)info;
    if (!strstr(path, ".json")) return true;
    if (mapping_load(path, &mapping, &message) != CS_OK) return true;
    cs_hash whole = mapping_hash(mapping);
    mapping_free(mapping);
    cs_error code = CS_ERR_MEMORY;
    for (int64_t i = 1; i < MOST_ALLOCATIONS; i++) {
        mapping = NULL;
        message = (cs_message){0};
        allocations = 0;
        failing = i;
        is_counting = true;
        code = mapping_load(path, &mapping, &message);
        is_counting = false;
        bool is_over = allocations < failing;
        if (code == CS_OK && !hash_equal(mapping_hash(mapping), whole))
            fail_msg("%s: allocation %lld", path, (long long)i);
        if (code != CS_OK && !*message.reason) fail_msg("%s: allocation %lld: not a word", path, (long long)i);
        mapping_free(mapping);
        w->tried++;
        if (is_over) break;
    }
    assert_int_equal(code, CS_OK);
    w->files++;
    return true;
}

static void each_allocation_of_a_mapping_fails(void **state) {
    walk w = {0};
    (void)state;
    assert_int_equal(file_walk(CASES "/formats/mapping/good", on_mapping, on_trouble, &w), CS_OK);
    assert_int_equal(file_walk(CASES "/formats/csv/good", on_mapping, on_trouble, &w), CS_OK);
    print_message("mappings: %lld files, %lld allocations\n", (long long)w.files, (long long)w.tried);
    assert_true(w.files > 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_of_each_reader_fails),
        cmocka_unit_test_setup_teardown(each_allocation_of_a_workbook_fails, stage_start, stage_end),
        cmocka_unit_test(each_allocation_of_a_mapping_fails),
    };
    if (!hash_start()) return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
