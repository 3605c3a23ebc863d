/* Pasted dialogues: refused with a place, or a conversation whose turns lie in order in the text. */
#include "quality/rule_try.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    cs_conversation *c = NULL;
    cs_message message;
    if (size > 16384) return 0;
    char *text = malloc(size + 1);
    cs_arena *arena = arena_create(32 << 20);
    if (text && arena) {
        if (size) memcpy(text, data, size);
        text[size] = 0;
        if (dialogue_read(text, arena, &c, &message) == CS_OK) {
            if (c->turn_count == 0) abort();
            for (uint32_t i = 0; i < c->turn_count; i++) {
                if (strlen(c->turns[i].text) != c->turns[i].text_bytes) abort();
                if (c->turns[i].participant >= c->participant_count) abort();
            }
        }
    }
    arena_free(arena);
    free(text);
    return 0;
}
