/* Somebody's words.txt: words are valid, whole and within their bounds, whatever the bytes are. */
#include "base/utf8.h"
#include "speech/word_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_problem(void *context, const cs_word_problem *problem) {
    (void)context;
    if (problem->line == 0 || !*problem->reason || !*problem->remedy) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    cs_arena *arena = arena_create(64 << 20);
    cs_user_word *words;
    uint32_t count;
    if (word_file_read((const char *)data, size, "words.txt", on_problem, NULL, arena, &words, &count))
        for (uint32_t i = 0; i < count; i++) {
            size_t bytes = strlen(words[i].text);
            if (utf8_invalid_at(words[i].text, bytes) != bytes) abort();
            if (utf8_count(words[i].text, bytes) < 2 || utf8_count(words[i].text, bytes) > WORD_FILE_MAX_WORD) abort();
            if (!(words[i].weight >= 0 && words[i].weight <= 10)) abort();
        }
    arena_free(arena);
    return 0;
}
