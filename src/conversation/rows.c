#include "conversation/rows.h"

#include "base/file.h"
#include "base/utf8.h"
#include "conversation/mapping_columns.h"
#include "conversation/xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t MAX_ROW_BYTES = (size_t)1 << 20;

typedef enum state { CELL_START, PLAIN, QUOTED, QUOTE_IN_QUOTED } state;

struct cs_rows {
    cs_xlsx *sheet; /* NULL: lines */
    cs_line_reader *lines;
    bool is_csv;
    char delimiter;
    uint32_t skip;
    cs_buffer text; /* the cells, each with a closing NUL */
    size_t starts[CS_MAX_COLUMNS];
    const char *cells[CS_MAX_COLUMNS];
    uint32_t count;
    char trouble[128];
};

cs_error rows_open_as(const cs_rows_options *options, cs_rows **out, cs_message *message) {
    cs_rows *rows = calloc(1, sizeof *rows);
    if (!rows) return message_set(message, CS_ERR_MEMORY, "no memory to read %s", options->path);
    rows->is_csv = options->is_csv;
    rows->delimiter = options->is_csv ? ',' : '\t';
    if (options->is_csv && options->delimiter) rows->delimiter = options->delimiter;
    rows->skip = options->skip;
    buffer_init(&rows->text, MAX_ROW_BYTES + CS_MAX_COLUMNS);
    cs_error code = CS_OK;
    if (xlsx_claims(options->path))
        code = xlsx_open(options->path, options->sheet, options->skip, &rows->sheet, message);
    else
        code = line_reader_open_as(options->path, options->encoding, MAX_ROW_BYTES, &rows->lines, message);
    if (code == CS_OK)
        *out = rows;
    else
        rows_close(rows);
    return code;
}

void rows_close(cs_rows *rows) {
    if (!rows) return;
    xlsx_close(rows->sheet);
    line_reader_close(rows->lines);
    buffer_free(&rows->text);
    free(rows);
}

bool rows_are_of_sheet(const cs_rows *rows) {
    return rows->sheet != NULL;
}

void rows_use_columns(cs_rows *rows, const uint32_t *numbers, size_t count) {
    if (rows->sheet) xlsx_use_columns(rows->sheet, numbers, count);
}

int64_t rows_offset(const cs_rows *rows) {
    return rows->sheet ? xlsx_offset(rows->sheet) : line_reader_offset(rows->lines);
}

static void set_trouble(cs_row *row, const char *trouble, const char *remedy) {
    row->trouble = trouble;
    row->remedy = remedy;
}

/* A line that is no text in what the file is written in. */
static void name_encoding(cs_rows *rows, const cs_line *line, cs_row *row) {
    cs_encoding of_file = line_reader_encoding(rows->lines);
    size_t mark = 0;
    const char *hint = "save the whole file as UTF-8";
    if (of_file != CS_ENCODING_UTF8)
        snprintf(rows->trouble, sizeof rows->trouble, "the row is not %s text, but the file is",
                 encoding_name(of_file));
    else if (encoding_detect(line->text, line->bytes, &mark) == CS_ENCODING_GB18030)
        snprintf(rows->trouble, sizeof rows->trouble,
                 "the row is not UTF-8 text like the file: it seems to be GB18030");
    else
        snprintf(rows->trouble, sizeof rows->trouble, "the row is not UTF-8 text, nor GB18030");
    set_trouble(row, rows->trouble, hint);
}

static bool check_line(cs_rows *rows, const cs_line *line, cs_row *row) {
    if (line->is_too_long) {
        set_trouble(row, "the row is longer than 1 MB", "is a line break missing?");
    } else if (line->is_undecodable) {
        name_encoding(rows, line, row);
    } else if (memchr(line->text, 0, line->bytes)) {
        set_trouble(row, "the row holds a zero byte",
                    "it is no text: was the file damaged on its way? Export it again");
    } else if (utf8_invalid_at(line->text, line->bytes) != line->bytes) {
        name_encoding(rows, line, row);
    }
    return !row->trouble;
}

/* Closes the cell that lies at the end of text; the next one begins behind it. */
static bool end_cell(cs_rows *rows, size_t *start, cs_row *row) {
    if (rows->count == CS_MAX_COLUMNS) {
        set_trouble(row, "the row has more than 1000 columns", "");
        return false;
    }
    rows->starts[rows->count++] = *start;
    buffer_append(&rows->text, "", 1);
    *start = rows->text.length;
    return true;
}

static void split_tabs(cs_rows *rows, const cs_line *line, cs_row *row) {
    const char *at = line->text, *end = line->text + line->bytes;
    size_t start = 0;
    for (;;) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        const char *stop = tab ? tab : end;
        buffer_append(&rows->text, at, (size_t)(stop - at));
        if (!end_cell(rows, &start, row) || !tab) return;
        at = tab + 1;
    }
}

/* One line of a CSV row; a quoted cell may go on in the next line, then the state stays QUOTED. */
static state split_commas(cs_rows *rows, const cs_line *line, state now, size_t *start, cs_row *row) {
    for (size_t i = 0; i < line->bytes && !row->trouble; i++) {
        char c = line->text[i];
        if (now == QUOTED) {
            if (c == '"')
                now = QUOTE_IN_QUOTED;
            else
                buffer_append(&rows->text, &c, 1);
        } else if (c == rows->delimiter) {
            end_cell(rows, start, row);
            now = CELL_START;
        } else if (c == '"' && now == CELL_START) {
            now = QUOTED;
        } else if (c == '"' && now == QUOTE_IN_QUOTED) {
            buffer_append(&rows->text, &c, 1);
            now = QUOTED;
        } else if (now == QUOTE_IN_QUOTED) {
            set_trouble(row, "text follows a closing quote without a comma", "write a quote inside quotes twice: \"\"");
        } else {
            buffer_append(&rows->text, &c, 1);
            now = PLAIN;
        }
    }
    return now;
}

static void lose_rest(cs_row *row) {
    set_trouble(row, "a quote opened in this row is not closed: the rest of the file can't be told apart",
                "close the quote, or write a quote inside quotes twice: \"\"");
    row->is_lost = true;
}

static cs_error read_csv_row(cs_rows *rows, cs_line line, cs_row *row, cs_message *message) {
    size_t start = 0;
    state now = split_commas(rows, &line, CELL_START, &start, row);
    while (now == QUOTED && !row->trouble) {
        buffer_append(&rows->text, "\n", 1);
        cs_error code = line_reader_next(rows->lines, &line, message);
        if (code != CS_OK) return code;
        if (!line.text || line.is_too_long || rows->text.length + line.bytes > MAX_ROW_BYTES)
            lose_rest(row);
        else if (check_line(rows, &line, row))
            now = split_commas(rows, &line, now, &start, row);
        else
            lose_rest(row); /* the quote may close in a line nobody can read */
    }
    if (!row->trouble) end_cell(rows, &start, row);
    return CS_OK;
}

static cs_error next_line_row(cs_rows *rows, cs_row *out, cs_message *message) {
    cs_row row = {0};
    cs_line line;
    do {
        cs_error code = line_reader_next(rows->lines, &line, message);
        if (code != CS_OK) return code;
    } while (line.text && (line.bytes == 0 || line.number <= rows->skip));
    buffer_clear(&rows->text);
    rows->count = 0;
    row.line = line.number;
    row.is_end = line.text == NULL;
    if (!row.is_end && check_line(rows, &line, &row)) {
        cs_error code = CS_OK;
        if (rows->is_csv)
            code = read_csv_row(rows, line, &row, message);
        else
            split_tabs(rows, &line, &row);
        if (code != CS_OK) return code;
        if (rows->text.is_failed) return message_set(message, CS_ERR_MEMORY, "no memory for a row");
    }
    if (!row.trouble) {
        for (uint32_t i = 0; i < rows->count; i++) rows->cells[i] = rows->text.data + rows->starts[i];
        row.cells = rows->cells;
        row.count = rows->count;
    }
    *out = row;
    return CS_OK;
}

cs_error rows_next(cs_rows *rows, cs_row *out, cs_message *message) {
    return rows->sheet ? xlsx_next(rows->sheet, out, message) : next_line_row(rows, out, message);
}
