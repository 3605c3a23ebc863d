/* JSON and JSON Lines from anywhere. */
#include "reading_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int64_t given = 0;
    cs_reader_sink sink = {&given, fuzz_take, fuzz_refuse, NULL};
    cs_read_counts counts = {0};
    cs_reading reading = {"fuzz.json", NULL, &sink, &counts};
    cs_message message;
    fuzz_check(&counts, json_text_read(&reading, (const char *)data, size, &message), given);
    fuzz_file("fuzz.jsonl", NULL, data, size);
    return 0;
}
