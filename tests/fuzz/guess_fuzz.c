/* Files of anything: what is guessed must be a mapping that can be used, and its preview sound JSON. The first byte
 * chooses the extension. */
#include "conversation/guess.h"
#include "conversation/preview.h"
#include "reading_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const extensions[] = {"csv", "jsonl", "json", "txt"};
    static char folder[] = "/tmp/callscope-guess-fuzz-XXXXXX";
    static bool is_made = false;
    char path[128];
    cs_guess guess;
    cs_mapping *mapping = NULL;
    cs_message message = {0};
    cs_buffer out;
    cs_json *json = NULL;
    cs_json_writer writer;
    if (size == 0) return 0;
    if (!is_made && !mkdtemp(folder)) abort();
    is_made = true;
    snprintf(path, sizeof path, "%s/fuzz.%s", folder, extensions[data[0] % 4]);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data + 1, 1, size - 1, file) != size - 1 || fclose(file) != 0) abort();
    if (guess_file(path, &guess, &message) != CS_OK) {
        if (!*message.reason) abort();
    } else if (guess.mapping.length > 0 &&
               mapping_parse(guess.mapping.data, guess.mapping.length, &mapping, &message) != CS_OK) {
        fprintf(stderr, "[%s] %s\n%s\n", message.place, message.reason, guess.mapping.data);
        abort();
    }
    mapping_free(mapping);
    guess_free(&guess);
    buffer_init(&out, (size_t)64 << 20);
    json_writer_init(&writer, &out);
    if (preview_write(&(cs_preview){.path = path, .name = "fuzz"}, &writer, &message) != CS_OK) abort();
    if (json_parse(out.data, out.length, (size_t)64 << 20, &json, &message) != CS_OK) abort();
    json_free(json);
    buffer_free(&out);
    unlink(path);
    return 0;
}
