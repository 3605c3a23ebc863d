#include "quality/export_findings_book.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>
#include <zip.h>

/* A sheet of more bytes than this needs an extension of the zip format that Excel warns of. */
enum { MAX_SHEETS = 16, MOST_SHEET_BYTES = 1 << 30, COPY_BYTES = 1 << 16, NAME_CHARACTERS = 31, CELL_OVERHEAD = 64 };
static const double DAYS_TO_1970 = 25569, DAY_SECONDS = 86400;

typedef struct cs_book_sheet {
    lxw_worksheet *sheet;
    int64_t row, bytes;
    int part;
} cs_book_sheet;

struct cs_book {
    lxw_workbook *workbook;
    lxw_format *heading, *time, *span, *share;
    const cs_table_form *forms;
    size_t form_count;
    cs_book_sheet sheets[CS_MAX_TABLES];
    cs_book_sheet *current;
    lxw_worksheet *all[MAX_SHEETS];
    int sheet_count, fd;
    bool is_english;
    int64_t sheet_rows;
    char *folder;
    cs_error code;
    cs_message failure;
};

static cs_error refuse_disk(const cs_book *book, int error, cs_message *message) {
    (void)message_set(message, CS_ERR_IO, "the workbook can't be written: %s",
                      error ? strerror(error) : "the disk is full");
    message_place(message, "%s", book->folder);
    message_remedy(message, "make room there, or write CSV, which needs none");
    return CS_ERR_IO;
}

static void fail(cs_book *book, lxw_error error) {
    if (error == LXW_NO_ERROR || book->code != CS_OK) return;
    book->code = error == LXW_ERROR_MEMORY_MALLOC_FAILED
                     ? message_set(&book->failure, CS_ERR_MEMORY, "no memory for the workbook")
                     : message_set(&book->failure, CS_ERR_IO, "the workbook can't be written: %s", lxw_strerror(error));
}

/* ---- sheets ---- */

static void write_headings(cs_book *book, const cs_table_form *form, lxw_worksheet *sheet) {
    lxw_col_t column = 0;
    for (const cs_table_column *one = form->columns; one->zh; one++, column++) {
        fail(book, worksheet_set_column(sheet, column, column, one->width, NULL));
        fail(book, worksheet_write_string(sheet, 0, column, book->is_english ? one->en : one->zh, book->heading));
    }
    worksheet_freeze_panes(sheet, 1, 0);
}

/* Arrows in the heading, by which people narrow down what they see. */
static void end_sheet(cs_book *book, size_t form) {
    const cs_book_sheet *sheet = &book->sheets[form];
    lxw_col_t columns = 0;
    while (book->forms[form].columns[columns].zh) columns++;
    if (sheet->sheet && sheet->row > 0)
        fail(book, worksheet_autofilter(sheet->sheet, 0, 0, (lxw_row_t)sheet->row, (lxw_col_t)(columns - 1)));
}

static void add_sheet(cs_book *book, size_t form) {
    cs_book_sheet *sheet = &book->sheets[form];
    char name[NAME_CHARACTERS * 4];
    const char *title = book->is_english ? book->forms[form].en : book->forms[form].zh;
    if (book->sheet_count == MAX_SHEETS) {
        book->code = message_set(&book->failure, CS_ERR_LIMIT, "a workbook of more than %d full sheets is not written",
                                 MAX_SHEETS);
        message_remedy(&book->failure, "narrow the filter, or write CSV");
        return;
    }
    end_sheet(book, form);
    sheet->part++;
    if (sheet->part == 1)
        (void)snprintf(name, sizeof name, "%s", title);
    else
        (void)snprintf(name, sizeof name, "%s %d", title, sheet->part);
    sheet->sheet = workbook_add_worksheet(book->workbook, name);
    sheet->row = 0;
    sheet->bytes = 0;
    if (!sheet->sheet) {
        fail(book, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    book->all[book->sheet_count++] = sheet->sheet;
    write_headings(book, &book->forms[form], sheet->sheet);
}

void book_row(cs_book *book, size_t form) {
    cs_book_sheet *sheet = &book->sheets[form];
    book->current = sheet;
    if (book->code != CS_OK) return;
    if (sheet->row + 1 >= book->sheet_rows || sheet->bytes > MOST_SHEET_BYTES) add_sheet(book, form);
    if (book->code == CS_OK) sheet->row++;
}

/* ---- cells ---- */

static void count(cs_book *book, size_t bytes) {
    book->current->bytes += (int64_t)bytes + CELL_OVERHEAD;
}

static void write_double(cs_book *book, uint16_t column, double value, lxw_format *format) {
    if (book->code != CS_OK) return;
    count(book, 0);
    fail(book, worksheet_write_number(book->current->sheet, (lxw_row_t)book->current->row, column, value, format));
}

void book_text(cs_book *book, uint16_t column, const char *text) {
    if (book->code != CS_OK || !*text) return;
    count(book, strlen(text));
    fail(book, worksheet_write_string(book->current->sheet, (lxw_row_t)book->current->row, column, text, NULL));
}

void book_number(cs_book *book, uint16_t column, int64_t number) {
    write_double(book, column, (double)number, NULL);
}

void book_share(cs_book *book, uint16_t column, double share) {
    write_double(book, column, share, book->share);
}

/* A spreadsheet knows no zones: the clock on the wall of the conversation. */
void book_time(cs_book *book, uint16_t column, int64_t epoch_ms, int zone_minutes) {
    int64_t seconds = epoch_ms / 1000 + (int64_t)zone_minutes * 60;
    write_double(book, column, DAYS_TO_1970 + (double)seconds / DAY_SECONDS, book->time);
}

void book_span(cs_book *book, uint16_t column, int64_t ms) {
    int64_t seconds = ms / 1000;
    write_double(book, column, (double)seconds / DAY_SECONDS, book->span);
}

cs_error book_state(const cs_book *book, cs_message *message) {
    if (book->code != CS_OK && message) *message = book->failure;
    return book->code;
}

/* ---- opening ---- */

/* A file without a name: nobody else sees it, and it goes with the process. */
static int open_unnamed(const char *folder) {
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/.callscope-book-XXXXXX", folder);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) (void)unlink(path);
    return fd;
}

static lxw_format *add_format(cs_book *book, const char *shape) {
    lxw_format *format = workbook_add_format(book->workbook);
    if (format && shape) format_set_num_format(format, shape);
    return format;
}

static cs_error open_workbook(cs_book *book, cs_message *message) {
    char name[32];
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", book->fd);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = book->folder};
    book->workbook = workbook_new_opt(name, &options);
    if (book->workbook) {
        book->heading = add_format(book, NULL);
        book->time = add_format(book, "yyyy-mm-dd hh:mm:ss");
        book->span = add_format(book, "[h]:mm:ss");
        book->share = add_format(book, "0%");
    }
    if (!book->workbook || !book->heading || !book->time || !book->span || !book->share)
        return message_set(message, CS_ERR_MEMORY, "no memory for the workbook");
    format_set_bold(book->heading);
    for (size_t i = 0; i < book->form_count && book->code == CS_OK; i++) add_sheet(book, i);
    return book_state(book, message);
}

static void book_free(cs_book *book) {
    if (book->fd >= 0) (void)close(book->fd);
    free(book->folder);
    free(book);
}

cs_error book_open(const char *folder, const cs_table_form *forms, size_t form_count, bool is_english,
                   int64_t sheet_rows, cs_book **out, cs_message *message) {
    const char *usual = getenv("TMPDIR");
    cs_book *book = calloc(1, sizeof *book);
    if (!book) return message_set(message, CS_ERR_MEMORY, "no memory for the workbook");
    book->folder = strdup(folder ? folder : usual && *usual ? usual : "/tmp");
    book->forms = forms;
    book->form_count = form_count < CS_MAX_TABLES ? form_count : CS_MAX_TABLES;
    book->is_english = is_english;
    book->sheet_rows = sheet_rows > 1 && sheet_rows < CS_MAX_SHEET_ROWS ? sheet_rows : CS_MAX_SHEET_ROWS;
    book->fd = book->folder ? open_unnamed(book->folder) : -1;
    cs_error code = !book->folder ? message_set(message, CS_ERR_MEMORY, "no memory for the workbook") : CS_OK;
    if (code == CS_OK && book->fd < 0) code = refuse_disk(book, errno, message);
    if (code == CS_OK) code = open_workbook(book, message);
    if (code != CS_OK) {
        lxw_workbook_free(book->workbook);
        book_free(book);
        return code;
    }
    *out = book;
    return CS_OK;
}

/* ---- closing ---- */

/* The library does not look whether its rows reached the disk. */
static void check_rows(cs_book *book, cs_message *message) {
    for (int i = 0; i < book->sheet_count && book->code == CS_OK; i++) {
        FILE *rows = book->all[i]->optimize_tmpfile;
        if (rows && (fflush(rows) != 0 || ferror(rows))) {
            book->code = refuse_disk(book, errno, message);
            book->failure = *message;
        }
    }
}

static bool is_whole(zip_t *zip, zip_uint64_t index) {
    static const char end[] = "</worksheet>";
    const size_t length = sizeof end - 1;
    char *block = malloc(COPY_BYTES + sizeof end);
    char tail[sizeof end] = "";
    zip_file_t *file = block ? zip_fopen_index(zip, index, 0) : NULL;
    zip_int64_t got = -1;
    while (file && (got = zip_fread(file, block + length, COPY_BYTES)) > 0) {
        memcpy(block, tail, length);
        memcpy(tail, block + got, length);
    }
    if (file) (void)zip_fclose(file);
    free(block);
    return got == 0 && memcmp(tail, end, length) == 0;
}

/* Nor whether the parts it packed were whole: a disk that was full for a while would leave a workbook that no program opens. */
static cs_error check_sheets(const cs_book *book, cs_message *message) {
    int copy = dup(book->fd), error = 0;
    zip_t *zip = copy >= 0 ? zip_fdopen(copy, 0, &error) : NULL;
    if (!zip) {
        if (copy >= 0) (void)close(copy);
        return refuse_disk(book, 0, message);
    }
    int whole = 0;
    for (zip_int64_t i = 0; i < zip_get_num_entries(zip, 0); i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, 0);
        if (name && strncmp(name, "xl/worksheets/sheet", 19) == 0) whole += is_whole(zip, (zip_uint64_t)i);
    }
    zip_discard(zip);
    return whole == book->sheet_count ? CS_OK : refuse_disk(book, 0, message);
}

static cs_error copy_to(const cs_book *book, int fd, cs_message *message) {
    static const int64_t NO_END = INT64_MAX;
    char *block = malloc(COPY_BYTES);
    if (!block) return message_set(message, CS_ERR_MEMORY, "no memory for the workbook");
    cs_error code = CS_OK;
    for (int64_t offset = 0; offset < NO_END && code == CS_OK;) {
        ssize_t got = pread(book->fd, block, COPY_BYTES, offset);
        if (got == 0) break;
        if (got < 0 && errno != EINTR) code = refuse_disk(book, errno, message);
        if (got < 0) continue;
        code = table_out_write(fd, block, (size_t)got, message);
        offset += got;
    }
    free(block);
    return code;
}

cs_error book_close(cs_book *book, int fd, bool is_given_up, cs_message *message) {
    if (!is_given_up) check_rows(book, message);
    for (size_t i = 0; i < book->form_count && !is_given_up; i++) end_sheet(book, i);
    if (is_given_up || book->code != CS_OK)
        lxw_workbook_free(book->workbook);
    else
        fail(book, workbook_close(book->workbook));
    cs_error code = book_state(book, message);
    if (code == CS_OK && !is_given_up) code = check_sheets(book, message);
    if (code == CS_OK && !is_given_up) code = copy_to(book, fd, message);
    book_free(book);
    return code;
}
