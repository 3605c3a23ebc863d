/* xlsx_stage.h - workbooks for tests: parts as text, zipped into a file of the test's own. */
#ifndef CS_TEST_XLSX_STAGE_H
#define CS_TEST_XLSX_STAGE_H

#include "conversation/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include <cmocka.h>

typedef struct stage_part {
    const char *name, *content;
    size_t bytes; /* 0: the content's length */
} stage_part;

enum { STAGE_PARTS = 12 };
static char stage_path[] = "/tmp/callscope-xlsx-XXXXXX";

#define STAGE_TYPE "urn:stage:relationships/"
#define STAGE_MAIN "xmlns=\"urn:stage:main\""
#define STAGE_RELS "<Relationships xmlns=\"urn:stage:package\">"

static const char stage_root[] = STAGE_RELS "<Relationship Id=\"rId1\" Type=\"" STAGE_TYPE
                                            "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char stage_workbook[] =
    "<workbook " STAGE_MAIN " xmlns:r=\"urn:stage:relationships\">"
    "<workbookPr/><sheets><sheet name=\"说明\" sheetId=\"3\" state=\"hidden\" r:id=\"rId9\"/>"
    "<sheet name=\"通话\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"Tickets\" sheetId=\"2\" r:id=\"rId2\"/>"
    "<sheet name=\"Chart\" sheetId=\"4\" r:id=\"rId5\"/></sheets></workbook>";
static const char stage_relations[] =
    STAGE_RELS "<Relationship Id=\"rId1\" Type=\"" STAGE_TYPE "worksheet\" Target=\"worksheets/sheet1.xml\"/>"
               "<Relationship Id=\"rId2\" Type=\"" STAGE_TYPE "worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>"
               "<Relationship Id=\"rId9\" Type=\"" STAGE_TYPE "worksheet\" Target=\"../xl/worksheets/sheet3.xml\"/>"
               "<Relationship Id=\"rId3\" Type=\"" STAGE_TYPE "sharedStrings\" Target=\"sharedStrings.xml\"/>"
               "<Relationship Id=\"rId4\" Type=\"" STAGE_TYPE "styles\" Target=\"styles.xml\"/>"
               "<Relationship Id=\"rId5\" Type=\"" STAGE_TYPE "chartsheet\" Target=\"chartsheets/sheet1.xml\"/>"
               "</Relationships>";
/* Styles: 0 plain, 1 moment, 2 length, 3 a date of the built-in formats */
static const char stage_styles[] =
    "<styleSheet " STAGE_MAIN "><numFmts><numFmt numFmtId=\"176\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm:ss\"/>"
    "<numFmt numFmtId=\"177\" formatCode=\"[h]:mm:ss\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"176\"/><xf numFmtId=\"177\"/><xf "
    "numFmtId=\"14\"/></cellXfs></styleSheet>";
static const char stage_strings[] =
    "<sst " STAGE_MAIN "><si><t>时间</t></si><si><r><t>您</t></r><r><rPr/><t xml:space=\"preserve\">好 </t></r>"
    "<rPh sb=\"0\" eb=\"1\"><t>nin</t></rPh></si><si><t>一_x000D_\n二_x005F_x000D_三</t></si><si/></sst>";
static const char stage_sheet_2[] =
    "<worksheet " STAGE_MAIN "><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>T-1</t>"
    "</is></c></row></sheetData></worksheet>";
static const char stage_types[] = "<Types xmlns=\"urn:stage:types\"/>";

static inline void stage_zip(const stage_part *parts, size_t count) {
    int why = 0;
    zip_t *zip = zip_open(stage_path, ZIP_CREATE | ZIP_TRUNCATE, &why);
    assert_non_null(zip);
    for (size_t i = 0; i < count && parts[i].name; i++) {
        size_t bytes = parts[i].bytes ? parts[i].bytes : strlen(parts[i].content);
        zip_source_t *source = zip_source_buffer(zip, parts[i].content, bytes, 0);
        assert_non_null(source);
        assert_true(zip_file_add(zip, parts[i].name, source, ZIP_FL_ENC_UTF_8) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
}

/* A whole workbook around rows of its first sheet. instead replaces a part by name; content NULL leaves it out. */
static inline void stage_book(const char *rows, const stage_part *instead) {
    static char sheet[1 << 16];
    snprintf(sheet, sizeof sheet,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<worksheet " STAGE_MAIN "><dimension ref=\"A1:C9\"/>"
             "<sheetData>%s</sheetData><pageMargins/></worksheet>",
             rows);
    stage_part parts[STAGE_PARTS] = {{"[Content_Types].xml", stage_types, 0},
                                     {"_rels/.rels", stage_root, 0},
                                     {"xl/workbook.xml", stage_workbook, 0},
                                     {"xl/_rels/workbook.xml.rels", stage_relations, 0},
                                     {"xl/styles.xml", stage_styles, 0},
                                     {"xl/sharedStrings.xml", stage_strings, 0},
                                     {"xl/worksheets/sheet1.xml", sheet, 0},
                                     {"xl/worksheets/sheet2.xml", stage_sheet_2, 0},
                                     {"xl/worksheets/sheet3.xml", stage_sheet_2, 0}};
    stage_part kept[STAGE_PARTS] = {{0}};
    size_t count = 0;
    for (size_t i = 0; parts[i].name; i++) {
        bool is_it = instead && strcmp(parts[i].name, instead->name) == 0;
        if (is_it && !instead->content) continue;
        kept[count++] = is_it ? *instead : parts[i];
    }
    stage_zip(kept, count);
}

static inline int stage_start(void **state) {
    (void)state;
    int file = mkstemp(stage_path);
    return file < 0 ? -1 : close(file);
}

static inline int stage_end(void **state) {
    (void)state;
    return unlink(stage_path);
}

#endif
