/* Which network a streaming encoder is, as its file says among its metadata at the end. Told so, the library does not load the file twice
 * to find out: half of the time that a recogniser takes to start. */
#include "speech/sherpa_kind.h"

#include <stdio.h>
#include <string.h>

enum { LOOKED_AT = 64 * 1024 };

/* The field is a pair of texts with their lengths (ONNX, StringStringEntryProto): the key is the first, the value the second. */
static bool is_type(const char *end, size_t bytes, const char *name) {
    static const char KEY[] = "\x0a\x0amodel_type\x12";
    const size_t key = sizeof KEY - 1, length = strlen(name);
    for (size_t at = 0; at + key + 1 + length <= bytes; at++)
        if (memcmp(end + at, KEY, key) == 0)
            return (unsigned char)end[at + key] == length && memcmp(end + at + key + 1, name, length) == 0;
    return false;
}

const char *sherpa_network(const char *encoder) {
    static const char *const NAMES[] = {"zipformer2", "zipformer", "conformer", "lstm"};
    static char end[LOOKED_AT];
    FILE *file = fopen(encoder, "rbe");
    if (!file) return NULL;
    if (fseek(file, -LOOKED_AT, SEEK_END) != 0) rewind(file);
    size_t bytes = fread(end, 1, sizeof end, file);
    (void)fclose(file);
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (is_type(end, bytes, NAMES[i])) return NAMES[i];
    return NULL;
}
