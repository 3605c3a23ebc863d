/* Chats as text: the first line is the mapping's "line" (\ followed by n is a line break), its middle byte decides whether
 * pauses part conversations; the rest is the file. */
#include "conversation/chat_text_line.h"
#include "reading_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static cs_mapping *load(bool has_pauses) {
    static const char text[] =
        "{\"format\": \"text\", \"line\": \"{speaker} {text}\", \"time_format\": [\"iso8601\", \"yyyy-m-d h:mm:ss\", "
        "\"dd.mm.yy, hh:mm\"], \"zone\": \"+08:00\", \"speakers\": {\"a\": \"agent\"}, \"other_speakers\": "
        "\"undecided\"}";
    cs_mapping *mapping = NULL;
    cs_message message = {0};
    if (mapping_parse(text, sizeof text - 1, &mapping, &message) != CS_OK) abort();
    mapping->new_after_ms = has_pauses ? 60000 : 0;
    return mapping;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char line[256];
    size_t length = 0, at = 0;
    for (; at < size && data[at] != '\n' && length + 1 < sizeof line; at++) {
        bool is_break = data[at] == '\\' && at + 1 < size && data[at + 1] == 'n';
        line[length++] = is_break ? '\n' : (char)data[at];
        at += is_break;
    }
    line[length] = 0;
    if (at >= size || strlen(line) != length) return 0;
    cs_mapping *mapping = load(length > 1 && line[length / 2] & 1);
    mapping->line_template = line;
    fuzz_file("fuzz.txt", mapping, data + at + 1, size - at - 1);
    mapping_free(mapping);
    return 0;
}
