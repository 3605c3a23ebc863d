#include "conversation/xlsx.h"

#include "conversation/xlsx_book.h"
#include "conversation/xlsx_sheet.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint64_t MAX_SHEET_BYTES = (uint64_t)4 << 30, MAX_STRINGS_BYTES = (uint64_t)1 << 30;
static const uint64_t MAX_STYLES_BYTES = (uint64_t)64 << 20;
static const size_t BOOK_ARENA = (size_t)16 << 20;

struct cs_xlsx {
    cs_arena *arena; /* of the book and the styles */
    cs_xlsx_package *package;
    cs_xlsx_book book;
    cs_xlsx_strings strings;
    cs_xlsx_styles styles;
    cs_xlsx_part *part; /* of the sheet */
    cs_xlsx_sheet *sheet;
};

bool xlsx_claims(const char *path) {
    char head[8];
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) return false;
    ssize_t got = pread(file, head, sizeof head, 0);
    close(file);
    if (got >= 4 && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0)) return true;
    return got == 8 && memcmp(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0;
}

static cs_error read_strings(cs_xlsx *xlsx, cs_message *message) {
    const char *name = xlsx->book.strings;
    cs_xlsx_part *part = NULL;
    if (!name || !xlsx_package_has(xlsx->package, name)) return CS_OK; /* all its texts stand in the cells */
    cs_error code = xlsx_part_open(xlsx->package, name, MAX_STRINGS_BYTES, &part, message);
    if (code == CS_OK) code = xlsx_strings_read(name, xlsx_part_read, part, &xlsx->strings, message);
    xlsx_part_close(part);
    return code;
}

static cs_error read_styles(cs_xlsx *xlsx, cs_message *message) {
    const char *name = xlsx->book.styles;
    cs_xlsx_part *part = NULL;
    if (!name || !xlsx_package_has(xlsx->package, name)) return CS_OK;
    cs_error code = xlsx_part_open(xlsx->package, name, MAX_STYLES_BYTES, &part, message);
    if (code == CS_OK) code = xlsx_styles_read(name, xlsx_part_read, part, xlsx->arena, &xlsx->styles, message);
    xlsx_part_close(part);
    return code;
}

static cs_error open_sheet(cs_xlsx *xlsx, const char *wanted, uint32_t skip, cs_message *message) {
    const cs_xlsx_tab *tab = NULL;
    cs_error code = xlsx_book_find(&xlsx->book, wanted, &tab, message);
    if (code == CS_OK) code = xlsx_part_open(xlsx->package, tab->part, MAX_SHEET_BYTES, &xlsx->part, message);
    if (code != CS_OK) return code;
    cs_xlsx_sheet_source source = {.name = tab->part,
                                   .read = xlsx_part_read,
                                   .context = xlsx->part,
                                   .strings = &xlsx->strings,
                                   .styles = &xlsx->styles,
                                   .is_1904 = xlsx->book.is_1904,
                                   .skip = skip};
    return xlsx_sheet_open(&source, &xlsx->sheet, message);
}

cs_error xlsx_open(const char *path, const char *sheet, uint32_t skip, cs_xlsx **out, cs_message *message) {
    cs_xlsx *xlsx = calloc(1, sizeof *xlsx);
    if (xlsx) xlsx->arena = arena_create(BOOK_ARENA);
    if (!xlsx || !xlsx->arena) {
        free(xlsx);
        return message_set(message, CS_ERR_MEMORY, "no memory to read %s", path);
    }
    cs_error code = xlsx_package_open(path, &xlsx->package, message);
    if (code == CS_OK) code = xlsx_book_read(xlsx->package, xlsx->arena, &xlsx->book, message);
    if (code == CS_OK) code = read_strings(xlsx, message);
    if (code == CS_OK) code = read_styles(xlsx, message);
    if (code == CS_OK) code = open_sheet(xlsx, sheet, skip, message);
    if (code == CS_OK)
        *out = xlsx;
    else
        xlsx_close(xlsx);
    return code;
}

cs_error xlsx_next(cs_xlsx *xlsx, cs_row *out, cs_message *message) {
    return xlsx_sheet_next(xlsx->sheet, out, message);
}

void xlsx_use_columns(cs_xlsx *xlsx, const uint32_t *numbers, size_t count) {
    xlsx_sheet_use_columns(xlsx->sheet, numbers, count);
}

int64_t xlsx_offset(const cs_xlsx *xlsx) {
    return (int64_t)((double)xlsx_package_bytes(xlsx->package) * xlsx_part_done(xlsx->part));
}

void xlsx_close(cs_xlsx *xlsx) {
    if (!xlsx) return;
    xlsx_sheet_close(xlsx->sheet);
    xlsx_part_close(xlsx->part);
    xlsx_package_close(xlsx->package);
    xlsx_strings_free(&xlsx->strings);
    arena_free(xlsx->arena);
    free(xlsx);
}
