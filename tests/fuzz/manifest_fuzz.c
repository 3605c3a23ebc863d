/* A model.json of somebody's: whatever it is, it is read or refused with words, and no path in it leaves its folder. */
#include "speech/model_own.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    cs_arena *arena = arena_create(8 << 20);
    const cs_model_entry *entry = NULL;
    cs_message message = {0};
    cs_error code = model_own_read((const char *)data, size, arena, &entry, &message);
    if (code != CS_OK && !message.reason[0]) abort();
    if (code == CS_OK) {
        if (entry->model.file_count < 1 || entry->model.file_count > CS_MAX_MODEL_FILES) abort();
        for (uint32_t i = 0; i < entry->model.file_count; i++)
            if (strchr(entry->model.files[i].path, '/') || entry->model.files[i].path[0] == '.') abort();
        if (strchr(entry->model.name, '/') || entry->model.name[0] == '.') abort();
    }
    arena_free(arena);
    return 0;
}
