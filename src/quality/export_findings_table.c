#include "quality/export_findings_table.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "quality/export_findings_book.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A cell of the longest text is below 128 kB; a row has a few dozen. */
enum { MAX_LINE_BYTES = 8 << 20, MAX_CELL_BYTES = 4 * CS_MAX_CELL_CHARACTERS + 8, FLUSH_BYTES = 1 << 16 };

struct cs_table_out {
    cs_table_options options;
    cs_book *book; /* NULL: CSV */
    cs_buffer lines, cell; /* of CSV; a cell as it is written */
    size_t form;
    uint16_t column;
    bool is_begun, is_passed;
    cs_error code;
    cs_message failure;
};

/* ---- bytes ---- */

cs_error table_out_write(int fd, const void *bytes, size_t length, cs_message *message) {
    const char *at = bytes;
    while (length > 0) {
        ssize_t written = write(fd, at, length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            int why = errno;
            (void)message_set(message, CS_ERR_IO, "the table can't be written: %s", strerror(why));
            message_remedy(message, why == ENOSPC || why == EDQUOT ? "make room there, and write it again"
                                                                   : "see whether the place can be written to");
            return CS_ERR_IO;
        }
        at += written;
        length -= (size_t)written;
    }
    return CS_OK;
}

static void flush_lines(cs_table_out *table) {
    if (table->code == CS_OK && table->lines.is_failed)
        table->code = message_set(&table->failure, CS_ERR_MEMORY, "no memory for a row of the table");
    if (table->code == CS_OK && table->lines.length)
        table->code = table_out_write(table->options.fd, table->lines.data, table->lines.length, &table->failure);
    buffer_clear(&table->lines);
}

/* ---- one cell ---- */

/* What XML and spreadsheets can't hold becomes a replacement character; line ends become one kind. */
static void append_character(cs_buffer *out, uint32_t c, const char *text, unsigned length) {
    if (c == '\r') {
        if (text[1] != '\n') (void)buffer_text(out, "\n");
    } else if ((c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c <= 0x9f) || (c & 0xfffe) == 0xfffe) {
        (void)buffer_text(out, "\ufffd");
    } else {
        (void)buffer_append(out, text, length);
    }
}

/* Cut so that the mark of the cut fits in as well. Invalid bytes end the text: nothing behind them is told. */
static void make_cell(cs_table_out *table, const char *text, int most) {
    size_t bytes = utf8_invalid_at(text, strlen(text)), kept = 0;
    int units = 0;
    buffer_clear(&table->cell);
    for (size_t i = 0; i < bytes;) {
        unsigned length = 1;
        uint32_t c = utf8_decode(text + i, &length);
        units += c > 0xffff ? 2 : 1;
        if (units > most) {
            table->cell.length = kept;
            table->cell.data[kept] = 0;
            (void)buffer_text(&table->cell, "…");
            return;
        }
        append_character(&table->cell, c, text + i, length);
        if (units < most) kept = table->cell.length;
        i += length;
    }
}

/* Signs that make a spreadsheet compute what stands behind them, also the wide ones. */
static bool is_formula(const char *text) {
    static const char *const wide[] = {"＝", "＋", "－", "＠"};
    if (*text && strchr("=+-@\t\n\r", *text)) return true;
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        if (strncmp(text, wide[i], strlen(wide[i])) == 0) return true;
    return false;
}

/* RFC 4180. guard: what stands before the text, inside its quotes. */
static void append_quoted(cs_buffer *out, const char *guard, const char *text) {
    bool needs_quotes = strpbrk(text, ",\"\r\n") != NULL || *text == ' ' || (*text && text[strlen(text) - 1] == ' ');
    if (needs_quotes) (void)buffer_text(out, "\"");
    (void)buffer_text(out, guard);
    for (const char *at = text; *at;) {
        size_t plain = strcspn(at, "\"");
        (void)buffer_append(out, at, plain);
        at += plain;
        if (*at == '"') (void)buffer_text(out, "\"\""), at++;
    }
    if (needs_quotes) (void)buffer_text(out, "\"");
}

/* ---- rows ---- */

static void end_line(cs_table_out *table) {
    if (table->is_begun && !table->is_passed && !table->book) (void)buffer_text(&table->lines, "\r\n");
    table->is_begun = false;
    if (table->lines.length >= FLUSH_BYTES || table->lines.is_failed) flush_lines(table);
}

void table_out_row(cs_table_out *table, size_t form) {
    end_line(table);
    table->form = form;
    table->column = 0;
    table->is_begun = true;
    table->is_passed = !table->book && form != 0;
    if (table->book) book_row(table->book, form);
}

/* Steps to the next cell of a row; false: nothing is written there. */
static bool next_cell(cs_table_out *table, uint16_t *column) {
    if (table->is_passed || table->code != CS_OK) return false;
    *column = table->column++;
    if (!table->book && *column) (void)buffer_text(&table->lines, ",");
    return true;
}

void table_out_text(cs_table_out *table, const char *text) {
    uint16_t column = 0;
    if (!next_cell(table, &column) || !text) return;
    bool is_guarded = !table->book && is_formula(text);
    make_cell(table, text, CS_MAX_CELL_CHARACTERS - is_guarded);
    if (table->cell.is_failed) {
        table->code = message_set(&table->failure, CS_ERR_MEMORY, "no memory for a cell of the table");
        return;
    }
    if (table->book) {
        book_text(table->book, column, buffer_string(&table->cell));
        return;
    }
    append_quoted(&table->lines, is_guarded ? "'" : "", buffer_string(&table->cell));
}

void table_out_number(cs_table_out *table, int64_t number) {
    uint16_t column = 0;
    if (!next_cell(table, &column)) return;
    if (table->book)
        book_number(table->book, column, number);
    else
        (void)buffer_printf(&table->lines, "%lld", (long long)number);
}

void table_out_share(cs_table_out *table, double share) {
    uint16_t column = 0;
    if (!next_cell(table, &column) || share < 0) return;
    if (table->book)
        book_share(table->book, column, share);
    else
        (void)buffer_printf(&table->lines, "%.0f%%", share * 100);
}

void table_out_time(cs_table_out *table, int64_t epoch_ms, int zone_minutes) {
    char text[32];
    uint16_t column = 0;
    if (!next_cell(table, &column) || epoch_ms == CS_NO_TIME || epoch_ms < 0) return;
    if (table->book) {
        book_time(table->book, column, epoch_ms, zone_minutes);
        return;
    }
    clock_format(epoch_ms, zone_minutes, text); /* 2026-02-14T10:32:00+08:00 */
    if (strlen(text) < 19) return;
    text[10] = ' ';
    text[19] = 0;
    (void)buffer_text(&table->lines, text);
}

void table_out_span(cs_table_out *table, int64_t ms) {
    uint16_t column = 0;
    if (!next_cell(table, &column) || ms == CS_NO_TIME || ms < 0) return;
    if (table->book)
        book_span(table->book, column, ms);
    else
        (void)buffer_printf(&table->lines, "%lld:%02lld:%02lld", (long long)(ms / 3600000),
                            (long long)(ms / 60000 % 60), (long long)(ms / 1000 % 60));
}

cs_error table_out_state(const cs_table_out *table, cs_message *message) {
    if (table->code != CS_OK) {
        if (message) *message = table->failure;
        return table->code;
    }
    return table->book ? book_state(table->book, message) : CS_OK;
}

/* ---- opening and closing ---- */

/* Without the mark at its beginning Excel takes the file for one in the system's old encoding. */
static void begin_csv(cs_table_out *table, const cs_table_form *form) {
    (void)buffer_text(&table->lines, "\ufeff");
    for (const cs_table_column *column = form->columns; column->zh; column++) {
        if (column != form->columns) (void)buffer_text(&table->lines, ",");
        append_quoted(&table->lines, "", table->options.is_english ? column->en : column->zh);
    }
    (void)buffer_text(&table->lines, "\r\n");
}

cs_error table_out_open(const cs_table_options *options, const cs_table_form *forms, size_t form_count,
                        cs_table_out **out, cs_message *message) {
    cs_table_out *table = calloc(1, sizeof *table);
    if (!table) return message_set(message, CS_ERR_MEMORY, "no memory for the table");
    table->options = *options;
    buffer_init(&table->lines, MAX_LINE_BYTES);
    buffer_init(&table->cell, MAX_CELL_BYTES);
    cs_error code = CS_OK;
    if (options->is_xlsx)
        code = book_open(options->folder, forms, form_count, options->is_english, options->sheet_rows, &table->book,
                         message);
    else
        begin_csv(table, &forms[0]);
    if (code != CS_OK) {
        free(table);
        return code;
    }
    *out = table;
    return CS_OK;
}

void table_out_abandon(cs_table_out *table) {
    if (table->code == CS_OK) table->code = message_set(&table->failure, CS_ERR_STOPPED, "the table was given up");
}

cs_error table_out_close(cs_table_out *table, cs_message *message) {
    end_line(table);
    flush_lines(table);
    cs_error code = table->code;
    if (table->book) {
        cs_error closed = book_close(table->book, table->options.fd, code != CS_OK, message);
        if (code == CS_OK) code = closed;
    }
    if (table->code != CS_OK && message) *message = table->failure;
    buffer_free(&table->lines);
    buffer_free(&table->cell);
    free(table);
    return code;
}
