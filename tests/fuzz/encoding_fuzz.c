/* Bytes in any encoding or none: what is handed out is UTF-8 or said not to be, offsets never go back or beyond the file. */
#include "base/encoding.h"
#include "base/file.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_lines(const char *path, cs_encoding said, size_t max, size_t size) {
    cs_line_reader *reader = NULL;
    cs_message message = {0};
    cs_line line;
    if (line_reader_open_as(path, said, max, &reader, &message) != CS_OK) {
        if (!*message.reason) abort();
        return;
    }
    int64_t before = 0;
    while (line_reader_next(reader, &line, &message) == CS_OK && line.text) {
        if (line.offset < before || line.bytes > max) abort();
        before = line_reader_offset(reader);
        if (before <= line.offset || before > (int64_t)size) abort();
        bool is_plain = memchr(line.text, 0, line.bytes) == NULL && !line.is_too_long && !line.is_undecodable;
        if (line_reader_encoding(reader) != CS_ENCODING_UTF8 && is_plain &&
            utf8_invalid_at(line.text, line.bytes) != line.bytes)
            abort();
    }
    if (line_reader_offset(reader) != (int64_t)size) abort();
    line_reader_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    int file = memfd_create("fuzz", MFD_CLOEXEC);
    char path[64];
    if (file < 0) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (write(file, data + 1, size - 1) == (ssize_t)(size - 1)) {
        cs_encoding said = (cs_encoding)(data[0] % CS_ENCODING_UTF32);
        read_lines(path, said, data[0] & 0x80 ? 16 : 4096, size - 1);
        cs_buffer text;
        cs_message message = {0};
        if (file_read_text(path, 1 << 20, said, &text, NULL, &message) == CS_OK)
            buffer_free(&text);
        else if (!*message.reason)
            abort();
    }
    close(file);
    return 0;
}
