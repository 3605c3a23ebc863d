#include "conversation/xlsx_sheet.h"

#include "base/buffer.h"
#include "conversation/mapping_columns.h"
#include "conversation/xlsx_number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t MAX_ROW_BYTES = (size_t)1 << 20;

typedef enum cell_type { NUMBER, SHARED, INLINE, FORMULA_TEXT, BOOLEAN, ERROR, ISO_DATE } cell_type;

typedef struct cell {
    uint32_t column; /* from 1 */
    cell_type type;
    uint32_t style;
    bool has_formula;
} cell;

struct cs_xlsx_sheet {
    cs_xlsx_xml xml;
    cs_xlsx_sheet_source source;
    bool is_in_data, is_in_row, is_in_cell, is_in_value, is_ready;
    unsigned phonetic; /* see xlsx_strings.c */
    int64_t line; /* of the row at hand */
    cell cell;
    cs_buffer value; /* of the cell at hand, as stored */
    cs_buffer text; /* the row's cells, each with a closing NUL; an empty one at its start */
    size_t starts[CS_MAX_COLUMNS];
    const char *cells[CS_MAX_COLUMNS];
    uint32_t last; /* the row's last column with something in it */
    uint32_t width; /* of every row; 0 until the first one */
    bool has_uses, is_used[CS_MAX_COLUMNS + 1];
    char trouble[160];
    const char *remedy;
};

void xlsx_sheet_use_columns(cs_xlsx_sheet *sheet, const uint32_t *numbers, size_t count) {
    sheet->has_uses = true;
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] > 0 && numbers[i] <= CS_MAX_COLUMNS) sheet->is_used[numbers[i]] = true;
    }
}

static bool matters(const cs_xlsx_sheet *sheet, uint32_t column) {
    return !sheet->has_uses || (column <= CS_MAX_COLUMNS && sheet->is_used[column]);
}

/* 28 is AB. */
static void write_column(uint32_t column, char out[8]) {
    char letters[8];
    size_t count = 0;
    for (; column > 0 && count < sizeof letters - 1; column = (column - 1) / 26)
        letters[count++] = (char)('A' + (column - 1) % 26);
    for (size_t i = 0; i < count; i++) out[i] = letters[count - 1 - i];
    out[count] = 0;
}

/* The first trouble of a row stays. */
static void set_trouble(cs_xlsx_sheet *sheet, const char *words, const char *remedy) {
    char column[8];
    if (*sheet->trouble || !matters(sheet, sheet->cell.column)) return;
    write_column(sheet->cell.column, column);
    snprintf(sheet->trouble, sizeof sheet->trouble, "cell %s%lld %s", column, (long long)sheet->line, words);
    sheet->remedy = remedy;
}

/* "B7" is column 2; 0: it has none. */
static uint32_t read_column(const char *reference) {
    uint32_t column = 0;
    for (const char *at = reference; at && *at >= 'A' && *at <= 'Z'; at++) {
        if (column > CS_MAX_COLUMNS * 26) return 0;
        column = column * 26 + (uint32_t)(*at - 'A') + 1;
    }
    return column;
}

static cell_type read_type(const char *type) {
    static const struct {
        const char *name;
        cell_type type;
    } types[] = {{"s", SHARED},  {"inlineStr", INLINE}, {"str", FORMULA_TEXT},
                 {"b", BOOLEAN}, {"e", ERROR},          {"d", ISO_DATE}};
    for (size_t i = 0; type && i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(type, types[i].name) == 0) return types[i].type;
    }
    return NUMBER;
}

static void begin_row(cs_xlsx_sheet *sheet, const char **attributes) {
    const char *number = xlsx_xml_attribute(attributes, "r");
    long long given = number ? strtoll(number, NULL, 10) : 0;
    sheet->line = given > 0 && given < INT32_MAX ? given : sheet->line + 1;
    sheet->is_in_row = true;
    sheet->cell = (cell){0};
    sheet->last = 0;
    *sheet->trouble = 0;
    buffer_clear(&sheet->text);
    buffer_append(&sheet->text, "", 1);
    memset(sheet->starts, 0, sizeof sheet->starts);
}

static void begin_cell(cs_xlsx_sheet *sheet, const char **attributes) {
    const char *style = xlsx_xml_attribute(attributes, "s");
    uint32_t column = read_column(xlsx_xml_attribute(attributes, "r"));
    sheet->cell = (cell){.column = column ? column : sheet->cell.column + 1,
                         .type = read_type(xlsx_xml_attribute(attributes, "t")),
                         .style = style ? (uint32_t)strtoul(style, NULL, 10) : 0};
    sheet->is_in_cell = true;
    sheet->phonetic = 0;
    buffer_clear(&sheet->value);
}

static void on_start(void *context, const char *name, const char **attributes) {
    cs_xlsx_sheet *sheet = context;
    if (strcmp(name, "sheetData") == 0)
        sheet->is_in_data = true;
    else if (strcmp(name, "row") == 0 && sheet->is_in_data)
        begin_row(sheet, attributes);
    else if (strcmp(name, "c") == 0 && sheet->is_in_row)
        begin_cell(sheet, attributes);
    if (!sheet->is_in_cell) return;
    if (strcmp(name, "f") == 0) sheet->cell.has_formula = true;
    if (strcmp(name, "rPh") == 0) sheet->phonetic++;
    if (strcmp(name, "v") == 0) sheet->is_in_value = sheet->cell.type != INLINE;
    if (strcmp(name, "t") == 0) sheet->is_in_value = sheet->cell.type == INLINE && sheet->phonetic == 0;
}

static void put_text(cs_xlsx_sheet *sheet, const char *text, size_t bytes) {
    uint32_t column = sheet->cell.column;
    if (bytes == 0) return;
    if (column > CS_MAX_COLUMNS) {
        set_trouble(sheet, "lies beyond 1000 columns", "move the table to the left, or export fewer columns");
        return;
    }
    if (sheet->width && column > sheet->width) {
        set_trouble(sheet, "has no heading: the first row ends before it",
                    "give its column a heading, or clear the cell");
        return;
    }
    if (sheet->text.length + bytes > MAX_ROW_BYTES) {
        set_trouble(sheet, "makes the row longer than 1 MB", "shorten the row's texts");
        return;
    }
    sheet->starts[column - 1] = sheet->text.length;
    buffer_append(&sheet->text, text, bytes);
    buffer_append(&sheet->text, "", 1);
    if (column > sheet->last) sheet->last = column;
}

static void put_shared(cs_xlsx_sheet *sheet, const char *stored) {
    char *end = NULL;
    unsigned long index = strtoul(stored, &end, 10);
    const char *text = *end || index > UINT32_MAX ? NULL : xlsx_strings_get(sheet->source.strings, (uint32_t)index);
    if (text)
        put_text(sheet, text, strlen(text));
    else
        set_trouble(sheet, "points at a text the workbook does not have",
                    "open the workbook in Excel and save it again");
}

static void put_number(cs_xlsx_sheet *sheet, const char *stored) {
    static const char *const words[] = {
#define X(code, text) text,
        CS_XLSX_NUMBER_TABLE(X)
#undef X
    };
    char text[CS_XLSX_NUMBER_BYTES];
    cs_number_kind kind = xlsx_styles_kind(sheet->source.styles, sheet->cell.style);
    cs_xlsx_number what = xlsx_number_text(stored, kind, sheet->source.is_1904, text);
    if (what == CS_XLSX_NUMBER_INEXACT)
        set_trouble(sheet, words[what], "format the column as text before numbers go in, then export it again");
    else if (what == CS_XLSX_NUMBER_NONE)
        set_trouble(sheet, words[what], "open the workbook in Excel and save it again");
    if (what != CS_XLSX_NUMBER_NONE) put_text(sheet, text, strlen(text));
}

/* 2026-02-14T10:32:00 as dates of the other kind are written. */
static void put_iso_date(cs_xlsx_sheet *sheet, char *stored, size_t bytes) {
    if (bytes > 10 && stored[10] == 'T') stored[10] = ' ';
    put_text(sheet, stored, bytes);
}

static void put_error(cs_xlsx_sheet *sheet, const char *stored) {
    char words[80];
    snprintf(words, sizeof words, "holds the error %.20s", stored);
    set_trouble(sheet, words, "correct its formula or text, or clear the cell");
}

static void end_cell(cs_xlsx_sheet *sheet) {
    cs_buffer *value = &sheet->value;
    sheet->is_in_cell = sheet->is_in_value = false;
    if (value->is_failed) {
        set_trouble(sheet, "holds more than 1 MB of text", "shorten it");
        return;
    }
    if (value->length == 0) {
        if (sheet->cell.has_formula && sheet->cell.type != FORMULA_TEXT)
            set_trouble(sheet, "has a formula without its value",
                        "open the workbook in Excel, let it calculate, and save it");
        return;
    }
    switch (sheet->cell.type) {
    case SHARED: put_shared(sheet, value->data); break;
    case BOOLEAN: put_text(sheet, *value->data == '1' ? "TRUE" : "FALSE", *value->data == '1' ? 4 : 5); break;
    case ERROR: put_error(sheet, value->data); break;
    case ISO_DATE: put_iso_date(sheet, value->data, value->length); break;
    case NUMBER: put_number(sheet, value->data); break;
    default: put_text(sheet, value->data, xlsx_text_unescape(value->data, value->length)); break;
    }
}

static void end_row(cs_xlsx_sheet *sheet) {
    sheet->is_in_row = false;
    if (sheet->text.is_failed) {
        xlsx_xml_fail(&sheet->xml, CS_ERR_MEMORY, "no memory for a row", "");
        return;
    }
    if (sheet->line <= sheet->source.skip || (sheet->last == 0 && !*sheet->trouble)) return;
    sheet->is_ready = true;
    xlsx_xml_pause(&sheet->xml);
}

static void on_end(void *context, const char *name) {
    cs_xlsx_sheet *sheet = context;
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        sheet->is_in_value = false;
    else if (strcmp(name, "rPh") == 0 && sheet->phonetic > 0)
        sheet->phonetic--;
    else if (strcmp(name, "c") == 0 && sheet->is_in_cell)
        end_cell(sheet);
    else if (strcmp(name, "row") == 0 && sheet->is_in_row)
        end_row(sheet);
    else if (strcmp(name, "sheetData") == 0)
        sheet->is_in_data = false;
}

static void on_text(void *context, const char *text, size_t bytes) {
    cs_xlsx_sheet *sheet = context;
    if (sheet->is_in_value) buffer_append(&sheet->value, text, bytes);
}

cs_error xlsx_sheet_open(const cs_xlsx_sheet_source *source, cs_xlsx_sheet **out, cs_message *message) {
    static const cs_xlsx_events events = {on_start, on_end, on_text};
    cs_xlsx_sheet *sheet = calloc(1, sizeof *sheet);
    if (!sheet) return message_set(message, CS_ERR_MEMORY, "no memory to read the workbook");
    sheet->source = *source;
    buffer_init(&sheet->value, MAX_ROW_BYTES);
    buffer_init(&sheet->text, MAX_ROW_BYTES + CS_MAX_COLUMNS + 1);
    cs_error code = xlsx_xml_open(&sheet->xml, &events, sheet, source->name, source->read, source->context, message);
    if (code == CS_OK)
        *out = sheet;
    else
        xlsx_sheet_close(sheet);
    return code;
}

cs_error xlsx_sheet_next(cs_xlsx_sheet *sheet, cs_row *out, cs_message *message) {
    cs_row row = {.is_end = true, .line = sheet->line};
    sheet->is_ready = false;
    if (!sheet->xml.is_at_end || sheet->xml.is_paused || sheet->xml.failure != CS_OK) {
        cs_error code = xlsx_xml_go(&sheet->xml, message);
        if (code != CS_OK) return code;
    }
    if (sheet->is_ready) {
        row = (cs_row){.line = sheet->line};
        if (*sheet->trouble) {
            row.trouble = sheet->trouble;
            row.remedy = sheet->remedy;
        } else if (sheet->width == 0) {
            sheet->width = sheet->last;
        }
        for (uint32_t i = 0; i < sheet->width; i++) sheet->cells[i] = sheet->text.data + sheet->starts[i];
        row.cells = sheet->width ? sheet->cells : NULL;
        row.count = sheet->width;
    }
    *out = row;
    return CS_OK;
}

void xlsx_sheet_close(cs_xlsx_sheet *sheet) {
    if (!sheet) return;
    xlsx_xml_close(&sheet->xml);
    buffer_free(&sheet->value);
    buffer_free(&sheet->text);
    free(sheet);
}
