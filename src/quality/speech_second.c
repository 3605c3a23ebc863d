#include "quality/speech_second.h"

#include "base/log.h"
#include "quality/speech_desk_state.h"

#include <string.h>

enum { SEEK_BYTES = 16 << 20, STALL_SECONDS = 20 };

/* The first of its kind of which all files are here. */
static cs_error seek(cs_speech_shop *shop, cs_speech_second *second, cs_arena *arena, cs_message *message) {
    const char *name = NULL;
    cs_error code = model_of_kind(second->kind, shop->data, arena, &name, message);
    return code == CS_OK && name ? speech_shop_model(shop, name, &second->model, message) : code;
}

static bool knows(const cs_speech_model *model, const char *language) {
    size_t bytes = language ? strcspn(language, "-_") : 0;
    if (bytes == 0 || strcmp(model->languages, "any") == 0) return true;
    for (const char *at = model->languages; *at;) {
        size_t length = strcspn(at, " ");
        if (length == bytes && memcmp(at, language, bytes) == 0) return true;
        at += length + (at[length] == ' ');
    }
    return false;
}

cs_recogniser *second_take(cs_speech_shop *shop, cs_speech_second *second, const char *language) {
    cs_message message = {0};
    if (second->failures >= CS_SECOND_FAILURES) return NULL;
    if (!second->is_sought) {
        cs_arena *arena = arena_create(SEEK_BYTES);
        cs_error code = arena ? seek(shop, second, arena, &message) : CS_ERR_MEMORY;
        arena_free(arena);
        second->is_sought = true;
        if (code != CS_OK) second_failed(shop, second, &message);
    }
    if (!second->model || !knows(second->model, language)) return NULL;
    const cs_recogniser_options options = {
        .model = second->model, .is_stopped = shop->is_stopped, .stall_seconds = STALL_SECONDS};
    if (!second->recogniser && recogniser_open(&options, &second->recogniser, &message) != CS_OK) {
        second->recogniser = NULL;
        second_failed(shop, second, &message);
    }
    return second->recogniser;
}

void second_failed(cs_speech_shop *shop, cs_speech_second *second, const cs_message *why) {
    static const char *const missing[] = {"commas and full stops come from pauses", "voices are found by the listener"};
    bool is_told = atomic_fetch_or(&shop->seconds_told, 1 << second->kind) >> second->kind & 1;
    second->failures++;
    if (is_told || (shop->is_stopped && *shop->is_stopped)) return;
    log_line(CS_LOG_WARN, "speech: %s: %s; %s", second->model ? second->model->name : model_kind_name(second->kind),
             why->reason, missing[second->kind == CS_MODEL_VOICE_ACTIVITY]);
}

void second_close(cs_speech_second *second) {
    recogniser_close(second->recogniser);
    second->recogniser = NULL;
}
