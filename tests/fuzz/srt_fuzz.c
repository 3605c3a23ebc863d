/* SRT captions from anywhere. */
#include "reading_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int64_t given = 0;
    cs_reader_sink sink = {&given, fuzz_take, fuzz_refuse, NULL};
    cs_read_counts counts = {0};
    cs_reading reading = {"fuzz.srt", NULL, &sink, &counts};
    cs_message message;
    char *text = malloc(size + 1); /* the reader unifies line breaks in place */
    if (!text) return 0;
    if (size) memcpy(text, data, size);
    text[size] = 0;
    fuzz_check(&counts, srt_text_read(&reading, text, size, &message), given);
    free(text);
    return 0;
}
