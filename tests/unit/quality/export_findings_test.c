/* What export_findings.h promises: rows whose points add up, tables that Excel opens and nothing in them that it would run. */
#include "quality/export_findings.h"

#include "archive_stage.h"
#include "quality/archive_each.h"
#include "quality/archive_findings.h"
#include "quality/export_findings_table.h"
#include "quality/export_findings_words.h"
#include "quality/inspect.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <zip.h>

enum { MAX_TABLE_BYTES = 8 << 20 };

static char *table; /* what was written */
static size_t table_bytes;

static void check(cs_error code) {
    if (code != CS_OK) print_message("%s (%s)\n", message.reason, message.place);
    assert_int_equal(code, CS_OK);
}

static int open_target(void) {
    char path[256];
    (void)snprintf(path, sizeof path, "%s/target", folder.path);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

static void read_back(int fd) {
    free(table);
    table = calloc(1, MAX_TABLE_BYTES);
    assert_non_null(table);
    ssize_t got = pread(fd, table, MAX_TABLE_BYTES - 1, 0);
    assert_true(got >= 0);
    table_bytes = (size_t)got;
    (void)close(fd);
}

static cs_error export_as(bool is_xlsx, const char *language, int64_t sheet_rows, cs_export_counts *counts) {
    cs_filter filter;
    filter_init(&filter);
    int fd = open_target();
    cs_export_findings options = {.filter = &filter,
                                  .language = language,
                                  .is_xlsx = is_xlsx,
                                  .fd = fd,
                                  .folder = folder.path,
                                  .sheet_rows = sheet_rows};
    cs_error code = export_findings(db, packer, rules, &options, counts, &message);
    read_back(fd);
    return code;
}

/* A part of the workbook that lies in table, as text. */
static char *part_of(const char *name) {
    zip_error_t error;
    zip_source_t *source = zip_source_buffer_create(table, table_bytes, 0, &error);
    assert_non_null(source);
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    assert_non_null(zip);
    zip_file_t *file = zip_fopen(zip, name, 0);
    assert_non_null(file);
    char *text = arena_alloc(arena, MAX_TABLE_BYTES);
    assert_non_null(text);
    assert_true(zip_fread(file, text, MAX_TABLE_BYTES - 1) > 0);
    (void)zip_fclose(file);
    zip_discard(zip);
    return text;
}

static size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part)) count++;
    return count;
}

static void save_two(void) {
    cs_sample one = sample("C-1"), other = sample("C-2");
    one.verdicts[RULE_APOLOGISE] = CS_VERDICT_MISSED;
    one.verdicts[RULE_NO_BLAME] = CS_VERDICT_HIT;
    one.scores[CS_SCORE_EXPERIENCE] = 90;
    one.scores[CS_SCORE_RISK] = 40;
    one.is_high_risk = true;
    other.started_ms -= 1000;
    other.verdicts[RULE_SILENT] = CS_VERDICT_NOTED;
    other.scores[CS_SCORE_RISK] = 15;
    (void)save(&one);
    (void)save(&other);
}

/* ---- rows ---- */

static void a_row_says_what_a_finding_cost(void **state) {
    (void)state;
    cs_export_counts counts = {0};
    save_two();
    check(export_as(false, NULL, 0, &counts));
    assert_int_equal(counts.conversations, 2);
    assert_int_equal(counts.findings, 3);
    assert_memory_equal(table, "\xef\xbb\xbf", 3);
    assert_non_null(strstr(table, "会话编号,开始时间,渠道,坐席,班组,队列,客户,合规分,体验分,风险分,规则,判定,"));
    assert_non_null(
        strstr(table, "\r\nC-1,2026-02-14 10:32:00,电话,李晓芸,售后二组,售后,K_1%,100,90,40,客户不满时致歉,未达,,-10,,"
                      "体验 -10：客户不满时致歉（未达）,0:00:00,1,坐席：您好,原话 第 1 句“您好”,apologise\r\n"));
    assert_non_null(strstr(table, ",,,40,风险 +40：no-blame（命中）,"));
    assert_non_null(strstr(table, "\r\nC-2,2026-02-14 10:31:59,"));
    assert_non_null(strstr(table, "风险 +15：silent（提示）"));
    assert_int_equal(count_of(table, "\r\n"), 4);
    check(export_as(false, "en", 0, &counts));
    assert_non_null(strstr(table, ",experience -10: Apologise (missed),"));
    assert_non_null(strstr(table, "agent: 您好"));
}

/* ---- the workbook ---- */

static void a_workbook_has_both_sheets(void **state) {
    (void)state;
    save_two();
    check(export_as(true, "zh", 0, NULL));
    const char *book = part_of("xl/workbook.xml"), *findings = part_of("xl/worksheets/sheet1.xml"),
               *conversations = part_of("xl/worksheets/sheet2.xml");
    assert_non_null(strstr(book, "name=\"发现\""));
    assert_non_null(strstr(book, "name=\"会话\""));
    assert_int_equal(count_of(findings, "<row "), 4);
    assert_int_equal(count_of(conversations, "<row "), 3);
    assert_non_null(strstr(findings, "体验 -10：客户不满时致歉（未达）"));
    assert_non_null(strstr(conversations, "体验分 90 = 100 − 10（客户不满时致歉）"));
    assert_non_null(strstr(conversations, "风险分 40 = 0 + 40（no-blame）"));
    assert_non_null(strstr(conversations, ">合规分 100<"));
    assert_null(strstr(findings, "<f>"));
    check(export_as(true, "en", 0, NULL));
    assert_non_null(strstr(part_of("xl/worksheets/sheet2.xml"), "experience 90 = 100 − 10 (Apologise)"));
}

static void a_full_sheet_goes_on_in_another(void **state) {
    (void)state;
    save_two();
    check(export_as(true, NULL, 2, NULL)); /* a heading and one row */
    const char *book = part_of("xl/workbook.xml");
    assert_non_null(strstr(book, "name=\"发现 2\""));
    assert_non_null(strstr(book, "name=\"发现 3\""));
    assert_null(strstr(book, "name=\"发现 4\""));
    assert_non_null(strstr(book, "name=\"会话 2\""));
    for (int i = 1; i <= 5; i++)
        assert_int_equal(count_of(part_of(arena_printf(arena, "xl/worksheets/sheet%d.xml", i)), "<row "), 2);
    for (int i = 0; i < 20; i++) {
        cs_sample one = sample(arena_printf(arena, "D-%d", i));
        (void)save(&one);
    }
    assert_int_equal(export_as(true, NULL, 2, NULL), CS_ERR_LIMIT);
    assert_true(message.remedy[0]);
    assert_int_equal(table_bytes, 0); /* half a workbook is none */
}

/* ---- what stands in cells ---- */

static const cs_table_column columns[] = {{"一", "one", 10}, {"二, \"三\"", "two", 10}, {NULL, NULL, 0}};
static const cs_table_form form = {"表", "table", columns};

static void write_cells(bool is_xlsx, const char *const *cells, size_t count) {
    int fd = open_target();
    cs_table_options options = {.is_xlsx = is_xlsx, .fd = fd, .folder = folder.path};
    cs_table_out *out = NULL;
    check(table_out_open(&options, &form, 1, &out, &message));
    for (size_t i = 0; i < count; i++) {
        table_out_row(out, 0);
        table_out_text(out, cells[i]);
        table_out_number(out, -3);
    }
    check(table_out_close(out, &message));
    read_back(fd);
}

static void no_cell_is_a_formula(void **state) {
    (void)state;
    const char *const cells[] = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "a=1", "1-1"};
    write_cells(false, cells, sizeof cells / sizeof cells[0]);
    assert_string_equal(
        table, "\xef\xbb\xbf一,\"二, \"\"三\"\"\"\r\n'=1+1,-3\r\n'+1,-3\r\n'-1,-3\r\n'@SUM(A1),-3\r\n'\t=1,-3\r\n"
               "\"'\n=1\",-3\r\n\"'\n=1\",-3\r\n'＝1+1,-3\r\na=1,-3\r\n1-1,-3\r\n");
    write_cells(true, cells, sizeof cells / sizeof cells[0]);
    const char *sheet = part_of("xl/worksheets/sheet1.xml");
    assert_null(strstr(sheet, "<f>"));
    assert_non_null(strstr(sheet, ">=1+1<")); /* a text cell of a workbook is never computed */
}

static void odd_characters_do_no_harm(void **state) {
    (void)state;
    const char *const cells[] = {"a\"b,c", "两\r\n行", "bell\x07", "\xef\xbf\xbe", "a\xff", " 首尾 ", "<&>", NULL};
    write_cells(false, cells, 8);
    assert_string_equal(strstr(table, "\r\n") + 2,
                        "\"a\"\"b,c\",-3\r\n\"两\n行\",-3\r\nbell\ufffd,-3\r\n\ufffd,-3\r\na,-3\r\n\" 首尾 \",-3\r\n"
                        "<&>,-3\r\n,-3\r\n");
    write_cells(true, cells, 8);
    assert_non_null(strstr(part_of("xl/worksheets/sheet1.xml"), "&lt;&amp;&gt;"));
}

static void long_texts_are_cut(void **state) {
    (void)state;
    enum { LONG = CS_MAX_CELL_CHARACTERS };
    char *plain = arena_alloc(arena, LONG + 3), *wide = arena_alloc(arena, (size_t)LONG * 4);
    memset(plain, 'a', LONG);
    const char *const fits[] = {plain};
    write_cells(false, fits, 1);
    assert_null(strstr(table, "…"));
    plain[LONG] = 'a';
    write_cells(false, fits, 1);
    const char *cut = strstr(table, "…");
    assert_non_null(cut);
    assert_int_equal(cut - strchr(table, 'a'), LONG - 1);
    for (int i = 0; i < LONG / 2 + 1; i++) memcpy(wide + 4 * (size_t)i, "😀", 4); /* two units each */
    const char *const wides[] = {wide};
    write_cells(true, wides, 1);
    assert_int_equal(count_of(part_of("xl/worksheets/sheet1.xml"), "😀"), LONG / 2);
}

/* ---- over real conversations ---- */

static void pass_progress(void *context, const cs_inspect_counts *counts) {
    (void)context, (void)counts;
}

static void tell_refused(void *context, const char *file, const char *id, const cs_message *why) {
    (void)context;
    print_message("%s %s: %s\n", file, id ? id : "", why->reason);
    fail();
}

static void inspect(const char *path) {
    packer_close(packer);
    db_close(db);
    packer = NULL;
    db = NULL;
    cs_inspect_options options = {.data = folder.path,
                                  .paths = &path,
                                  .path_count = 1,
                                  .ruleset = rules,
                                  .workers = 1,
                                  .on_progress = pass_progress,
                                  .on_refused = tell_refused};
    cs_inspect_counts counts;
    check(inspect_run(&options, &counts, &message));
    check(db_open(folder.path, CS_DB_WRITE, &db, &message));
    check(packer_open(db, &packer, &message));
}

static void inspect_demo(void) {
    const char *packs = SOURCE "/packs", *demo = SOURCE "/demo";
    cs_ruleset *real = NULL;
    check(ruleset_load(&packs, 1, NULL, NULL, &real, &message));
    ruleset_release(rules);
    rules = real;
    inspect(demo);
}

static cs_error compare_sums(void *context, const cs_stored *stored, cs_arena *own, cs_message *why) {
    cs_kept_inspection kept;
    check(archive_findings(db, stored, rules, own, &kept, why));
    assert_true(kept.has_scores);
    for (int i = 0; i < CS_SCORE_COUNT; i++) {
        if (kept.scores.lines[i].total != kept.totals[i]) print_message("%s\n", stored->conversation->external_id);
        assert_int_equal(kept.scores.lines[i].total, kept.totals[i]);
    }
    ++*(int *)context;
    return CS_OK;
}

static void stored_findings_give_the_stored_scores(void **state) {
    (void)state;
    int seen = 0;
    cs_filter filter;
    cs_export_counts counts = {0};
    inspect_demo();
    filter_init(&filter);
    check(archive_each(db, packer, rules, &filter, compare_sums, &seen, &message));
    assert_true(seen >= 60);
    check(export_as(true, NULL, 0, &counts));
    assert_int_equal(counts.conversations, seen);
    assert_true(counts.findings > 100);
    assert_int_equal(count_of(part_of("xl/worksheets/sheet1.xml"), "<row "), counts.findings + 1);
    check(export_as(false, NULL, 0, &counts));
    assert_null(strstr(table, "%!"));
}

/* Points of a term go to its findings one after another, until the limit of the rule is reached. */
static void points_add_up_to_the_term(void **state) {
    (void)state;
    ruleset_release(rules);
    rules = NULL;
    rules = load_rules("rule calm\n  never agent says \"不行\"\n  else  experience -5 each, max -12\n"
                       "rule fatal\n  never agent says \"滚\"\n  else  compliance fatal\n"
                       "rule in-turn\n  when customer says \"算了\"\n  expect steps\n    one : agent says \"甲\"\n"
                       "    two : agent says \"乙\"\n  else risk +3 each\n"
                       "flag note\n  when customer says \"算了\"\n  then tag 提醒\n");
    check(archive_save_ruleset(db, rules, &message));
    char path[256];
    (void)snprintf(path, sizeof path, "%s/chat.json", folder.path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(
        "{\"id\":\"C-1\",\"channel\":\"chat\",\"participants\":[{\"id\":\"a\",\"role\":\"agent\"},{\"id\":\"c\","
        "\"role\":\"customer\"}],\"turns\":[{\"from\":\"a\",\"text\":\"不行\"},{\"from\":\"c\",\"text\":\"算了\"},"
        "{\"from\":\"a\",\"text\":\"不行\"},{\"from\":\"a\",\"text\":\"不行，滚，乙\"},{\"from\":\"a\",\"text\":\"滚\"}"
        "]}",
        file);
    (void)fclose(file);
    inspect(path);
    check(export_as(false, "en", 0, NULL));
    assert_int_equal(count_of(table, "experience -5: calm (hit)"), 2);
    assert_int_equal(count_of(table, "\"experience -2: calm (hit, up to the limit)\""), 1);
    assert_int_equal(count_of(table, "\"compliance -100: fatal (hit, fatal)\""), 1);
    assert_int_equal(count_of(table, "\"no more points: fatal (hit, fatal, counted once already)\""), 1);
    assert_int_equal(count_of(table, "no points: note (noted)"), 1);
    assert_int_equal(count_of(table, "risk +6: in-turn (missed)"), 1);
    check(export_as(true, NULL, 0, NULL));
    const char *sheet = part_of("xl/worksheets/sheet2.xml");
    assert_non_null(strstr(sheet, "体验分 88 = 100 − 12（calm，3 次）"));
    assert_non_null(strstr(sheet, "合规分 0 = 100 − 100（fatal"));
    assert_non_null(strstr(sheet, "风险分 6 = 0 + 6（in-turn，2 次）")); /* one is missing, two came before it */
    assert_non_null(strstr(sheet, "提醒"));
}

/* ---- trouble ---- */

static void a_table_that_can_not_be_written_is_told(void **state) {
    (void)state;
    cs_filter filter;
    filter_init(&filter);
    save_two();
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (full < 0) skip();
    for (int is_xlsx = 0; is_xlsx < 2; is_xlsx++) {
        cs_export_findings options = {.filter = &filter, .is_xlsx = is_xlsx, .fd = full, .folder = folder.path};
        assert_int_equal(export_findings(db, packer, rules, &options, NULL, &message), CS_ERR_IO);
        assert_true(message.remedy[0]);
    }
    cs_export_findings nowhere = {.filter = &filter, .is_xlsx = true, .fd = full, .folder = "/nowhere/at/all"};
    assert_int_equal(export_findings(db, packer, rules, &nowhere, NULL, &message), CS_ERR_IO);
    assert_string_equal(message.place, "/nowhere/at/all");
    (void)close(full);
}

/* The library that writes workbooks does not look whether its rows reached the disk. */
static void a_full_disk_leaves_no_broken_workbook(void **state) {
    (void)state;
    enum { ROWS = 4000, MOST_BYTES = 200000 };
    struct rlimit before, small;
    char text[200];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = 0;
    cs_table_out *out = NULL;
    int fd = open_target();
    cs_table_options options = {.is_xlsx = true, .fd = fd, .folder = folder.path};
    check(table_out_open(&options, &form, 1, &out, &message));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = MOST_BYTES;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < ROWS; i++) {
        table_out_row(out, 0);
        table_out_text(out, text);
    }
    cs_error code = table_out_close(out, &message);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
    assert_int_equal(code, CS_ERR_IO);
    assert_true(message.remedy[0]);
    read_back(fd);
    assert_int_equal(table_bytes, 0);
}

static bool stop_now(void *context) {
    return ++*(int *)context > 1; /* before the second conversation */
}

static void an_export_can_be_stopped(void **state) {
    (void)state;
    cs_filter filter;
    filter_init(&filter);
    save_two();
    for (int is_xlsx = 0; is_xlsx < 2; is_xlsx++) {
        int fd = open_target(), asked = 0;
        cs_export_findings options = {.filter = &filter,
                                      .is_xlsx = is_xlsx,
                                      .fd = fd,
                                      .folder = folder.path,
                                      .is_stopped = stop_now,
                                      .context = &asked};
        assert_int_equal(export_findings(db, packer, rules, &options, NULL, &message), CS_ERR_STOPPED);
        (void)close(fd);
    }
    assert_false(db_in_transaction(db));
}

static void the_filter_holds(void **state) {
    (void)state;
    cs_filter filter;
    filter_init(&filter);
    save_two();
    assert_int_equal(filter_set(&filter, "high_risk", "1", &message), CS_OK);
    int fd = open_target();
    cs_export_findings options = {.filter = &filter, .fd = fd};
    check(export_findings(db, packer, rules, &options, NULL, &message));
    read_back(fd);
    assert_non_null(strstr(table, "C-1"));
    assert_null(strstr(table, "C-2"));
    check(filter_set(&filter, "min", "3", &message)); /* of which score? */
    options.fd = open_target();
    assert_int_equal(export_findings(db, packer, rules, &options, NULL, &message), CS_ERR_USAGE);
    (void)close(options.fd);
}

static int stop_all(void **state) {
    free(table);
    table = NULL;
    return stop(state);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop_all)
    const struct CMUnitTest tests[] = {
        T(a_row_says_what_a_finding_cost),
        T(a_workbook_has_both_sheets),
        T(a_full_sheet_goes_on_in_another),
        T(no_cell_is_a_formula),
        T(odd_characters_do_no_harm),
        T(long_texts_are_cut),
        T(stored_findings_give_the_stored_scores),
        T(points_add_up_to_the_term),
        T(a_table_that_can_not_be_written_is_told),
        T(a_full_disk_leaves_no_broken_workbook),
        T(an_export_can_be_stopped),
        T(the_filter_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
