/* Mail from anywhere: a message, and the same bytes as an mbox. */
#include "reading_fuzz.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_mbox(const uint8_t *data, size_t size) {
    char path[] = "/tmp/callscope-fuzz-XXXXXX.mbox";
    int file = mkstemps(path, 5);
    if (file < 0) abort();
    int64_t given = 0;
    cs_reader_sink sink = {&given, fuzz_take, fuzz_refuse, NULL};
    cs_read_counts counts = {0};
    cs_message message;
    if (write(file, data, size) == (ssize_t)size) {
        cs_error code = format_read(format_find(path, NULL), path, NULL, &sink, &counts, &message);
        if (code == CS_OK) fuzz_check(&counts, code, given);
    }
    close(file);
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int64_t given = 0;
    cs_reader_sink sink = {&given, fuzz_take, fuzz_refuse, NULL};
    cs_read_counts counts = {0};
    cs_reading reading = {"fuzz.eml", NULL, &sink, &counts};
    cs_message message;
    hash_start();
    if (size > 5 && memcmp(data, "From ", 5) == 0) {
        read_mbox(data, size);
    } else {
        cs_error code = email_text_read(&reading, (const char *)data, size, &message);
        if (code == CS_OK) fuzz_check(&counts, code, given);
    }
    return 0;
}
