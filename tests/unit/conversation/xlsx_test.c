/* Sheets are read as one sees them; what can't be read is told with its cell or its part, and what to do. */
#include "xlsx_stage.h"

#include "base/file.h"
#include "conversation/format.h"
#include "conversation/mapping_columns.h"
#include "conversation/xlsx.h"

static cs_rows *open_sheet(const char *sheet, uint32_t skip) {
    cs_rows *rows = NULL;
    cs_message message = {0};
    cs_rows_options options = {.path = stage_path, .sheet = sheet, .skip = skip};
    if (rows_open_as(&options, &rows, &message) != CS_OK) fail_msg("%s %s", message.place, message.reason);
    assert_true(rows_are_of_sheet(rows));
    return rows;
}

static cs_row next(cs_rows *rows) {
    cs_row row = {0};
    cs_message message = {0};
    if (rows_next(rows, &row, &message) != CS_OK) fail_msg("%s %s", message.place, message.reason);
    return row;
}

/* cells: joined by | */
static void expect(cs_rows *rows, int64_t line, const char *cells) {
    cs_row row = next(rows);
    char joined[1024] = "";
    if (row.trouble) fail_msg("%s", row.trouble);
    for (uint32_t i = 0; i < row.count; i++) {
        size_t used = strlen(joined);
        snprintf(joined + used, sizeof joined - used, "%s%s", i ? "|" : "", row.cells[i]);
    }
    assert_string_equal(joined, cells);
    assert_int_equal(row.line, line);
}

static void expect_trouble(cs_rows *rows, const char *trouble) {
    cs_row row = next(rows);
    assert_non_null(row.trouble);
    assert_string_equal(row.trouble, trouble);
    assert_true(*row.remedy != 0);
}

static void expect_end(cs_rows *rows) {
    assert_true(next(rows).is_end);
    assert_true(next(rows).is_end);
    rows_close(rows);
}

static void refuse(const char *sheet, cs_error code, const char *reason, const char *remedy) {
    cs_rows *rows = NULL;
    cs_message message = {0};
    cs_rows_options options = {.path = stage_path, .sheet = sheet};
    assert_int_equal(rows_open_as(&options, &rows, &message), code);
    if (!strstr(message.reason, reason)) fail_msg("\"%s\" does not say \"%s\"", message.reason, reason);
    if (!strstr(message.remedy, remedy)) fail_msg("\"%s\" does not say \"%s\"", message.remedy, remedy);
}

static void cells_are_what_one_sees(void **state) {
    (void)state;
    stage_book(
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c><c r=\"C1\" "
        "t=\"s\"><v>2</v></c></row>"
        "<row r=\"2\" hidden=\"1\"><c r=\"A2\" s=\"1\"><v>43524.475752314815</v></c><c r=\"B2\" s=\"2\"><v>1.5</v></c>"
        "<c r=\"C2\"><v>188006</v></c></row>"
        "<row r=\"3\"><c r=\"A3\" t=\"b\"><v>1</v></c><c r=\"B3\" t=\"b\"><v>0</v></c><c r=\"C3\" "
        "s=\"3\"><v>43524</v></c></row>"
        "<row r=\"7\"><c t=\"inlineStr\"><is><r><t>内</t></r><r><t>联</t></r><rPh><t>x</t></rPh></is></c>"
        "<c t=\"str\"><f>A1&amp;B1</f><v>a&lt;b</v></c><c><f>1+1</f><v>2</v></c></row>"
        "<row><c r=\"B8\" t=\"d\"><v>2026-02-14T10:32:00</v></c><c r=\"C8\" t=\"s\"><v>3</v></c></row>",
        NULL);
    cs_rows *rows = open_sheet(NULL, 0);
    expect(rows, 1, "时间|您好 |一\n二_x000D_三");
    expect(rows, 2, "2019-02-28 11:25:05|36:00:00|188006");
    expect(rows, 3, "TRUE|FALSE|2019-02-28 00:00:00");
    expect(rows, 7, "内联|a<b|2");
    expect(rows, 8, "|2026-02-14 10:32:00|");
    assert_true(rows_offset(rows) > 0);
    expect_end(rows);
}

static void empty_rows_and_cells_are_passed_over(void **state) {
    (void)state;
    stage_book(
        "<row r=\"1\"/><row r=\"2\"><c r=\"A2\" s=\"1\"/><c r=\"B2\"><v/></c></row>"
        "<row r=\"3\"><c r=\"B3\"><v>1</v></c><c r=\"D3\" s=\"1\"/></row><row r=\"4\"><c r=\"A4\"><v>2</v></c></row>"
        "<row r=\"5\" spans=\"1:3\"/><row r=\"1048576\"><c r=\"A1048576\" s=\"1\"/></row>",
        NULL);
    cs_rows *rows = open_sheet(NULL, 0);
    expect(rows, 3, "|1");
    expect(rows, 4, "2|");
    expect_end(rows);
}

static void a_cell_that_can_not_be_read_is_named(void **state) {
    (void)state;
    stage_book("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\"><v>2</v></c></row>"
               "<row r=\"2\"><c r=\"B2\"><f>VLOOKUP(A2,X!A:B,2)</f></c></row>"
               "<row r=\"3\"><c r=\"B3\"><f>1+1</f><v></v></c></row>"
               "<row r=\"4\"><c r=\"B4\" t=\"e\"><f>A1/0</f><v>#DIV/0!</v></c></row>"
               "<row r=\"5\"><c r=\"A5\" t=\"s\"><v>99</v></c></row>"
               "<row r=\"6\"><c r=\"A6\"><v>1.23456789012345678E+17</v></c></row>"
               "<row r=\"7\"><c r=\"A7\"><v>many</v></c></row>"
               "<row r=\"8\"><c r=\"AB8\"><v>1</v></c></row>"
               "<row r=\"9\"><c r=\"ZZZ9\"><v>1</v></c></row>"
               "<row r=\"10\"><c r=\"B10\" t=\"str\"><f>\"\"</f><v></v></c><c r=\"A10\"><v>1</v></c></row>",
               NULL);
    cs_rows *rows = open_sheet(NULL, 0);
    expect(rows, 1, "1|2");
    expect_trouble(rows, "cell B2 has a formula without its value");
    expect_trouble(rows, "cell B3 has a formula without its value");
    expect_trouble(rows, "cell B4 holds the error #DIV/0!");
    expect_trouble(rows, "cell A5 points at a text the workbook does not have");
    expect_trouble(rows, "cell A6 holds a number of more than 15 digits, of which Excel keeps no more");
    expect_trouble(rows, "cell A7 holds no number where one should be");
    expect_trouble(rows, "cell AB8 has no heading: the first row ends before it");
    expect_trouble(rows, "cell ZZZ9 lies beyond 1000 columns");
    expect(rows, 10, "1|");
    expect_end(rows);
}

static void what_no_mapping_names_troubles_nobody(void **state) {
    (void)state;
    stage_book("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B1\"><v>2</v></c></row>"
               "<row r=\"2\"><c r=\"A2\"><v>3</v></c><c r=\"B2\" t=\"e\"><v>#N/A</v></c><c r=\"Z2\"><v>9</v></c></row>"
               "<row r=\"3\"><c r=\"A3\" t=\"e\"><v>#N/A</v></c><c r=\"B3\"><v>4</v></c></row>",
               NULL);
    cs_rows *rows = open_sheet(NULL, 0);
    expect(rows, 1, "1|2");
    rows_use_columns(rows, (const uint32_t[]){0, 1}, 2);
    expect(rows, 2, "3|");
    expect_trouble(rows, "cell A3 holds the error #N/A");
    expect_end(rows);
}

static void rows_above_the_header_are_skipped(void **state) {
    (void)state;
    stage_book("<row r=\"1\"><c r=\"A1\" t=\"e\"><v>#REF!</v></c></row><row r=\"3\"><c r=\"A3\"><v>1</v></c><c "
               "r=\"B3\"><v>2</v></c>"
               "</row><row r=\"4\"><c r=\"B4\"><v>3</v></c></row>",
               NULL);
    cs_rows *rows = open_sheet("通话", 2);
    expect(rows, 3, "1|2");
    expect(rows, 4, "|3");
    expect_end(rows);
}

static void sheets_are_found_by_name(void **state) {
    (void)state;
    stage_book("<row><c><v>1</v></c></row>", NULL);
    cs_rows *rows = open_sheet("tickets", 0);
    expect(rows, 1, "T-1");
    expect_end(rows);
    rows = open_sheet("说明", 0); /* hidden, but asked for */
    expect(rows, 1, "T-1");
    expect_end(rows);
    rows = open_sheet(NULL, 0);
    expect(rows, 1, "1");
    expect_end(rows);
    refuse("工单", CS_ERR_USAGE, "the workbook has no sheet \"工单\"; it has: 说明, 通话, Tickets, Chart", "\"sheet\"");
    refuse("Chart", CS_ERR_USAGE, "is a chart", "another one");
}

static void days_may_count_from_1904(void **state) {
    (void)state;
    static const char workbook[] = "<x:workbook xmlns:x=\"m\" xmlns:r=\"r\"><x:workbookPr date1904=\"1\"/><x:sheets>"
                                   "<x:sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/></x:sheets></x:workbook>";
    stage_book("<row><c s=\"1\"><v>42062.475752314815</v></c></row>", &(stage_part){"xl/workbook.xml", workbook, 0});
    cs_rows *rows = open_sheet(NULL, 0);
    expect(rows, 1, "2019-02-28 11:25:05");
    expect_end(rows);
}

static void parts_that_may_be_missing_may_be_missing(void **state) {
    (void)state;
    stage_book("<row><c s=\"1\"><v>5</v></c></row>", &(stage_part){"xl/styles.xml", NULL, 0});
    cs_rows *rows = open_sheet(NULL, 0);
    expect(rows, 1, "5");
    expect_end(rows);
    stage_book("<row><c t=\"inlineStr\"><is><t>x</t></is></c></row>", &(stage_part){"xl/sharedStrings.xml", NULL, 0});
    rows = open_sheet(NULL, 0);
    expect(rows, 1, "x");
    expect_end(rows);
    stage_book("<row><c><v>5</v></c></row>", &(stage_part){"xl/worksheets/sheet1.xml", NULL, 0});
    refuse(NULL, CS_ERR_PARSE, "lacks its part xl/worksheets/sheet1.xml", "save it again");
}

static void write_bytes(const char *bytes, size_t count) {
    FILE *file = fopen(stage_path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

static void other_files_are_told_apart(void **state) {
    (void)state;
    static char ole[4096] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    ole[30] = 9;
    write_bytes(ole, sizeof ole);
    refuse(NULL, CS_ERR_PARSE, "(.xls)", "save it as .xlsx");
    memcpy(ole + 512, "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e", 31);
    write_bytes(ole, sizeof ole);
    refuse(NULL, CS_ERR_PARSE, "protected by a password", "without a password");
    stage_zip((const stage_part[]){{"mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0},
                                   {"content.xml", "<x/>", 0}},
              2);
    refuse(NULL, CS_ERR_PARSE, "OpenDocument", ".xlsx");
    stage_zip((const stage_part[]){{"a.csv", "1,2", 0}}, 1);
    refuse(NULL, CS_ERR_PARSE, "a zip, but no Excel workbook", "unpack it");
    stage_zip(
        (const stage_part[]){{"[Content_Types].xml", "x", 0}, {"_rels/.rels", "x", 0}, {"xl/workbook.bin", "x", 0}}, 3);
    refuse(NULL, CS_ERR_PARSE, ".xlsb", ".xlsx");
    stage_zip(
        (const stage_part[]){{"[Content_Types].xml", "x", 0}, {"_rels/.rels", "x", 0}, {"word/document.xml", "x", 0}},
        3);
    refuse(NULL, CS_ERR_PARSE, "text document", "export");
}

static void a_cut_workbook_is_told(void **state) {
    (void)state;
    stage_book("<row><c><v>1</v></c></row>", NULL);
    cs_buffer whole;
    cs_message message = {0};
    assert_int_equal(file_read(stage_path, 1 << 20, &whole, &message), CS_OK);
    for (size_t bytes = 4; bytes < whole.length; bytes += 37) {
        write_bytes(whole.data, bytes);
        refuse(NULL, CS_ERR_PARSE, "damaged or cut off", "again");
    }
    buffer_free(&whole);
}

/* Every byte of a small workbook changed once: it is read or refused, but nothing breaks. */
static void damage_is_survived(void **state) {
    (void)state;
    stage_book("<row><c t=\"s\"><v>1</v></c></row>", NULL);
    cs_buffer whole;
    cs_message message = {0};
    assert_int_equal(file_read(stage_path, 1 << 20, &whole, &message), CS_OK);
    int refused = 0;
    for (size_t i = 4; i < whole.length; i++) {
        char kept = whole.data[i];
        whole.data[i] = (char)(kept ^ 0x55);
        write_bytes(whole.data, whole.length);
        whole.data[i] = kept;
        cs_rows *rows = NULL;
        cs_row row = {0};
        cs_error code = rows_open_as(&(cs_rows_options){.path = stage_path}, &rows, &message);
        for (int n = 0; code == CS_OK && !row.is_end && n < 100; n++) code = rows_next(rows, &row, &message);
        if (code != CS_OK) assert_true(*message.reason != 0);
        refused += code != CS_OK;
        if (rows) rows_close(rows);
    }
    assert_true(refused > 100);
    buffer_free(&whole);
}

static void a_sheet_that_ends_in_the_middle_gives_what_it_has(void **state) {
    (void)state;
    static const char sheet[] = "<worksheet><sheetData><row r=\"1\"><c><v>1</v></c></row><row r=\"2\"><c><v>2</";
    stage_book("", &(stage_part){"xl/worksheets/sheet1.xml", sheet, 0});
    cs_rows *rows = open_sheet(NULL, 0);
    cs_row row;
    cs_message message = {0};
    expect(rows, 1, "1");
    assert_int_equal(rows_next(rows, &row, &message), CS_ERR_PARSE);
    assert_string_equal(message.reason,
                        "the workbook's part xl/worksheets/sheet1.xml can't be read: it ends in the middle");
    assert_int_equal(rows_next(rows, &row, &message), CS_ERR_PARSE);
    rows_close(rows);
}

static void entities_are_refused(void **state) {
    (void)state;
    static const char strings[] =
        "<!DOCTYPE sst [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]><sst><si><t>&b;</t></si></sst>";
    stage_book("", &(stage_part){"xl/sharedStrings.xml", strings, 0});
    refuse(NULL, CS_ERR_PARSE, "declares a document type or entities", "don't open");
    static const char outer[] = "<!DOCTYPE sst SYSTEM \"file:///etc/passwd\"><sst/>";
    stage_book("", &(stage_part){"xl/sharedStrings.xml", outer, 0});
    refuse(NULL, CS_ERR_PARSE, "declares a document type or entities", "don't open");
}

static void bombs_are_refused_before_they_are_unpacked(void **state) {
    (void)state;
    size_t bytes = (size_t)70 << 20;
    char *content = malloc(bytes);
    assert_non_null(content);
    memset(content, ' ', bytes);
    memcpy(content, "<sst>", 5);
    memcpy(content + bytes - 6, "</sst>", 6);
    stage_book("", &(stage_part){"xl/sharedStrings.xml", content, bytes});
    refuse(NULL, CS_ERR_LIMIT, "more than 200 times its size", "don't open");
    stage_book("", &(stage_part){"xl/workbook.xml", content, bytes});
    refuse(NULL, CS_ERR_LIMIT, "at most 16777216 are read", "don't open");
    free(content);
}

static void deep_and_huge_xml_is_refused(void **state) {
    (void)state;
    char *xml = malloc((size_t)4 << 20);
    assert_non_null(xml);
    size_t length = 0;
    for (int i = 0; i < 100; i++) length += (size_t)sprintf(xml + length, "<a>");
    stage_book("", &(stage_part){"xl/styles.xml", xml, 0});
    refuse(NULL, CS_ERR_LIMIT, "nested more than 64 deep", "save it again");
    memcpy(xml, "<a b=\"", 6);
    memset(xml + 6, 'x', (size_t)3 << 20);
    memcpy(xml + 6 + ((size_t)3 << 20), "\"/>", 4);
    stage_book("", &(stage_part){"xl/styles.xml", xml, 0});
    refuse(NULL, CS_ERR_LIMIT, "longer than 1 MB", "save it again");
    length = (size_t)sprintf(xml, "<sst><si><t>");
    memset(xml + length, 'x', 300000);
    memcpy(xml + length + 300000, "</t></si></sst>", 16);
    stage_book("", &(stage_part){"xl/sharedStrings.xml", xml, 0});
    refuse(NULL, CS_ERR_LIMIT, "longer than 256 kB", "no cell");
    free(xml);
}

static void a_row_is_bounded(void **state) {
    (void)state;
    size_t room = (size_t)1 << 20;
    char *strings = malloc(room), *rows_text = malloc(60000);
    assert_true(strings && rows_text);
    size_t length = (size_t)sprintf(strings, "<sst><si><t>");
    memset(strings + length, 'x', 200000);
    memcpy(strings + length + 200000, "</t></si></sst>", 16);
    size_t used = (size_t)sprintf(rows_text, "<row r=\"1\">");
    for (int i = 0; i < 1000; i++) used += (size_t)sprintf(rows_text + used, "<c t=\"s\"><v>0</v></c>");
    snprintf(rows_text + used, 60000 - used, "</row><row r=\"2\"><c><v>1</v></c></row>");
    stage_book(rows_text, &(stage_part){"xl/sharedStrings.xml", strings, 0});
    cs_rows *rows = open_sheet(NULL, 0);
    expect_trouble(rows, "cell F1 makes the row longer than 1 MB");
    expect(rows, 2, "1");
    expect_end(rows);
    free(strings);
    free(rows_text);
}

/* Counts the rows of a real sheet without the reader under test. */
static size_t count_in_part(const char *path, const char *name, const char *word) {
    int why = 0;
    zip_t *zip = zip_open(path, ZIP_RDONLY, &why);
    assert_non_null(zip);
    zip_stat_t status;
    assert_int_equal(zip_stat(zip, name, 0, &status), 0);
    char *bytes = malloc(status.size);
    zip_file_t *file = zip_fopen(zip, name, 0);
    assert_true(bytes && file);
    assert_int_equal(zip_fread(file, bytes, status.size), status.size);
    size_t count = 0;
    for (char *at = bytes; (at = memmem(at, (size_t)(bytes + status.size - at), word, strlen(word))); at++) count++;
    zip_fclose(file);
    zip_discard(zip);
    free(bytes);
    return count;
}

static void real_sheets_are_read_whole(void **state) {
    (void)state;
    static const char *const names[] = {"complaints", "replies"};
    for (size_t i = 0; i < 2; i++) {
        char path[512];
        snprintf(path, sizeof path, SOURCE "/../shared/data/corpora/eval-only/civic-complaints/%s.xlsx", names[i]);
        cs_file_info info;
        cs_message message;
        if (file_info(path, &info, &message) != CS_OK) {
            print_message("skipped: %s is not there\n", path);
            skip();
        }
        cs_rows *rows = NULL;
        assert_int_equal(rows_open_as(&(cs_rows_options){.path = path}, &rows, &message), CS_OK);
        size_t count = 0, troubles = 0;
        cs_row row = next(rows);
        assert_string_equal(row.cells[0], "留言编号");
        assert_string_equal(row.cells[3], "留言时间");
        for (; !row.is_end; row = next(rows)) {
            count++;
            troubles += row.trouble != NULL;
            if (count != 2 || i != 0) continue;
            assert_string_equal(row.cells[0], "188006");
            assert_string_equal(row.cells[1], "A000102948");
            assert_string_equal(row.cells[3], "2019/2/28 11:25:05");
        }
        rows_close(rows);
        print_message("%s.xlsx: %zu rows\n", names[i], count);
        assert_int_equal(troubles, 0);
        assert_int_equal(count, count_in_part(path, "xl/worksheets/sheet1.xml", "<row "));
    }
}

static bool note_given(void *context, cs_conversation *c, cs_arena *arena) {
    cs_buffer *said = context;
    buffer_printf(said, "%s %s: %u turns, \"%s\"\n", c->external_id, c->place, c->turn_count, c->turns[0].text);
    arena_free(arena);
    return true;
}

static bool note_refused(void *context, const char *id, cs_error code, const cs_message *message) {
    cs_buffer *said = context;
    assert_int_not_equal(code, CS_OK);
    buffer_printf(said, "%s refused, %s: %s\n", id ? id : "?", message->place, message->reason);
    return true;
}

/* As the command reads it: with a mapping, by the names of its headings. */
static void conversations_come_out_of_a_sheet(void **state) {
    (void)state;
    static const char words[] =
        "{\"format\": \"xlsx\", \"skip\": 1, \"columns\": {\"conversation\": \"id\", \"speaker\": \"who\", "
        "\"text\": \"said\", \"time\": \"at\"}, \"speakers\": {\"a\": \"agent\", \"c\": \"customer\"}, "
        "\"time_format\": \"yyyy-mm-dd hh:mm:ss\", \"zone\": \"+08:00\"}";
#define CELL(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define AT "<c s=\"1\"><v>43524.475752314815</v></c>"
    stage_book("<row r=\"1\">" CELL("export of today") "</row><row r=\"2\">" CELL("id") CELL("who") CELL("said")
                   CELL("at") CELL("x") "</row><row r=\"3\">" CELL("A") CELL("c") CELL("one") AT
               "<c t=\"e\"><v>#N/A</v></c></row><row r=\"4\">" CELL("A") CELL("a") CELL("two") AT
               "</row><row r=\"5\">" CELL("C") CELL("c") "<c t=\"e\"><v>#NAME?</v></c>" AT
                                                         "</row><row r=\"6\">" CELL("C") CELL("a") CELL("three") AT
               "</row><row r=\"7\">" CELL("D") CELL("a") CELL("four") AT "</row>",
               NULL);
    cs_mapping *mapping = NULL;
    cs_message message = {0};
    cs_buffer said;
    cs_read_counts counts;
    buffer_init(&said, 1 << 16);
    assert_int_equal(mapping_parse(words, sizeof words - 1, &mapping, &message), CS_OK);
    cs_reader_sink sink = {&said, note_given, note_refused, NULL};
    const cs_format *format = format_find("export.xlsx", mapping);
    assert_non_null(format);
    if (format_read(format, stage_path, mapping, &sink, &counts, &message) != CS_OK) fail_msg("%s", message.reason);
    assert_string_equal(buffer_string(&said),
                        "A row 3: 2 turns, \"one\"\nC refused, row 5: cell C5 holds the error #NAME?\n"
                        "D row 7: 1 turns, \"four\"\n");
    assert_int_equal(counts.expected, counts.given + counts.refused);
    buffer_free(&said);
    mapping_free(mapping);
}

static void a_file_that_is_no_workbook_is_no_xlsx(void **state) {
    (void)state;
    assert_string_equal(format_find("a.xlsx", NULL)->name, "xlsx");
    assert_string_equal(format_find("a.XLS", NULL)->name, "xlsx"); /* so that it is told what to do with it */
    write_bytes("id,text\n1,a\n", 12);
    assert_false(xlsx_claims(stage_path));
    assert_false(xlsx_claims("/nowhere"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_what_one_sees),
        cmocka_unit_test(empty_rows_and_cells_are_passed_over),
        cmocka_unit_test(a_cell_that_can_not_be_read_is_named),
        cmocka_unit_test(what_no_mapping_names_troubles_nobody),
        cmocka_unit_test(rows_above_the_header_are_skipped),
        cmocka_unit_test(sheets_are_found_by_name),
        cmocka_unit_test(days_may_count_from_1904),
        cmocka_unit_test(parts_that_may_be_missing_may_be_missing),
        cmocka_unit_test(other_files_are_told_apart),
        cmocka_unit_test(a_cut_workbook_is_told),
        cmocka_unit_test(damage_is_survived),
        cmocka_unit_test(a_sheet_that_ends_in_the_middle_gives_what_it_has),
        cmocka_unit_test(entities_are_refused),
        cmocka_unit_test(bombs_are_refused_before_they_are_unpacked),
        cmocka_unit_test(deep_and_huge_xml_is_refused),
        cmocka_unit_test(a_row_is_bounded),
        cmocka_unit_test(real_sheets_are_read_whole),
        cmocka_unit_test(conversations_come_out_of_a_sheet),
        cmocka_unit_test(a_file_that_is_no_workbook_is_no_xlsx),
    };
    return cmocka_run_group_tests(tests, stage_start, stage_end);
}
