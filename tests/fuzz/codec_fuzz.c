/* Hostile stored bytes: they are refused, or read into something that is stored and read the same way again. */
#include "base/hash.h"
#include "conversation/codec.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    cs_arena *arena = arena_create((size_t)16 << 20);
    cs_buffer first, second;
    cs_conversation *c = NULL, *again = NULL;
    cs_message message;
    buffer_init(&first, (size_t)16 << 20);
    buffer_init(&second, (size_t)16 << 20);
    if (arena && codec_decode(data, size, arena, &c, &message) == CS_OK) {
        if (codec_encode(c, &first) != CS_OK) abort();
        if (codec_decode(first.data, first.length, arena, &again, &message) == CS_OK) {
            if (codec_encode(again, &second) != CS_OK) abort();
            if (first.length != second.length || memcmp(first.data, second.data, first.length) != 0) abort();
        } else if (!strstr(message.reason, "memory")) {
            abort();
        }
    }
    buffer_free(&first);
    buffer_free(&second);
    arena_free(arena);
    return 0;
}
