/* Workbooks: the first byte Z gives the rest as a zip from anywhere; any other, the rest as five parts (workbook, relations,
 * sheet, texts, styles) with a byte 01 between them, in a sound zip, so that what is inside is reached. */
#include "base/utf8.h"
#include "conversation/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PARTS = 7, ROOM = 1 << 20 };

typedef struct zip_writer {
    uint8_t bytes[ROOM];
    size_t length;
    uint8_t directory[4096];
    size_t directory_length;
    unsigned entries;
} zip_writer;

static uint32_t checksum(const uint8_t *bytes, size_t count) {
    uint32_t crc = ~0u;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void put(uint8_t *to, size_t *at, uint32_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) to[(*at)++] = (uint8_t)(value >> 8 * i);
}

/* One entry, stored as it is (APPNOTE 4.3.7 and 4.3.12). */
static void add_part(zip_writer *zip, const char *name, const uint8_t *content, size_t count) {
    uint32_t crc = checksum(content, count), name_bytes = (uint32_t)strlen(name), offset = (uint32_t)zip->length;
    const uint32_t common[][2] = {
        {20, 2},         {0, 2}, {0, 2}, {0, 2}, {33, 2}, {crc, 4}, {(uint32_t)count, 4}, {(uint32_t)count, 4},
        {name_bytes, 2}, {0, 2}};
    put(zip->bytes, &zip->length, 0x04034b50, 4);
    put(zip->directory, &zip->directory_length, 0x02014b50, 4);
    put(zip->directory, &zip->directory_length, 20, 2);
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
        put(zip->bytes, &zip->length, common[i][0], common[i][1]);
        put(zip->directory, &zip->directory_length, common[i][0], common[i][1]);
    }
    put(zip->directory, &zip->directory_length, 0, 2); /* comment */
    put(zip->directory, &zip->directory_length, 0, 4);
    put(zip->directory, &zip->directory_length, 0, 4);
    put(zip->directory, &zip->directory_length, offset, 4);
    memcpy(zip->bytes + zip->length, name, name_bytes);
    zip->length += name_bytes;
    memcpy(zip->directory + zip->directory_length, name, name_bytes);
    zip->directory_length += name_bytes;
    memcpy(zip->bytes + zip->length, content, count);
    zip->length += count;
    zip->entries++;
}

static void finish_zip(zip_writer *zip) {
    uint32_t offset = (uint32_t)zip->length;
    memcpy(zip->bytes + zip->length, zip->directory, zip->directory_length);
    zip->length += zip->directory_length;
    put(zip->bytes, &zip->length, 0x06054b50, 4);
    put(zip->bytes, &zip->length, 0, 4);
    put(zip->bytes, &zip->length, zip->entries, 2);
    put(zip->bytes, &zip->length, zip->entries, 2);
    put(zip->bytes, &zip->length, (uint32_t)zip->directory_length, 4);
    put(zip->bytes, &zip->length, offset, 4);
    put(zip->bytes, &zip->length, 0, 2);
}

static void build(zip_writer *zip, const uint8_t *data, size_t size) {
    static const char *const names[] = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml",
                                        "xl/sharedStrings.xml", "xl/styles.xml"};
    static const char root[] = "<R><Relationship Id=\"r\" Type=\"/officeDocument\" Target=\"xl/workbook.xml\"/></R>";
    zip->length = zip->directory_length = 0;
    zip->entries = 0;
    add_part(zip, "[Content_Types].xml", (const uint8_t *)"<T/>", 4);
    add_part(zip, "_rels/.rels", (const uint8_t *)root, sizeof root - 1);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const uint8_t *end = size ? memchr(data, 1, size) : NULL;
        size_t count = end ? (size_t)(end - data) : size;
        add_part(zip, names[i], data, count);
        data += count + (end != NULL);
        size -= count + (end != NULL);
    }
    finish_zip(zip);
}

static void check_row(const cs_row *row, uint32_t width) {
    if (row->trouble) {
        if (!*row->trouble || !row->remedy) abort();
        if (!row->cells) return;
    }
    if (width && row->count != width) abort();
    for (uint32_t i = 0; i < row->count; i++) {
        if (utf8_invalid_at(row->cells[i], strlen(row->cells[i])) != strlen(row->cells[i])) abort();
    }
}

static void read_rows(const char *path, bool uses_columns) {
    cs_rows *rows = NULL;
    cs_row row = {0};
    cs_message message = {0};
    uint32_t width = 0;
    cs_error code = rows_open_as(&(cs_rows_options){.path = path}, &rows, &message);
    while (code == CS_OK && !row.is_end) {
        code = rows_next(rows, &row, &message);
        if (code != CS_OK || row.is_end) break;
        check_row(&row, rows_are_of_sheet(rows) ? width : 0);
        if (!row.trouble && width == 0) width = row.count;
        if (uses_columns) rows_use_columns(rows, (const uint32_t[]){1, 3}, 2);
    }
    if (code != CS_OK && !*message.reason) abort();
    rows_close(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static zip_writer zip;
    if (size < 1 || size > ROOM / 2) return 0;
    const uint8_t *bytes = data + 1;
    size_t count = size - 1;
    if (data[0] != 'Z') {
        build(&zip, bytes, count);
        bytes = zip.bytes;
        count = zip.length;
    }
    int file = memfd_create("fuzz", MFD_CLOEXEC);
    char path[64];
    if (file < 0) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (write(file, bytes, count) == (ssize_t)count) read_rows(path, data[0] & 1);
    close(file);
    return 0;
}
