#include "speech/model_advice.h"

#include <string.h>
#include <strings.h>

/* Words with what separates them between them. 0: it is none of them; else which one, from 1. */
static unsigned word_place(const char *words, const char *separators, const char *word, size_t bytes) {
    unsigned place = 1;
    for (const char *at = words; *at; place++) {
        size_t length = strcspn(at, separators);
        if (length == bytes && strncasecmp(at, word, bytes) == 0) return place;
        at += length;
        at += strspn(at, separators);
    }
    return 0;
}

/* A language by its code, or a dialect by its name. */
static unsigned place_of(const cs_model_entry *entry, const char *language) {
    unsigned place = word_place(entry->model.languages, " ", language, strcspn(language, "-_"));
    if (place == 0 && entry->dialects) place = word_place(entry->dialects, ", ", language, strlen(language));
    return place;
}

bool model_covers(const cs_model_entry *entry, const char *language) {
    return place_of(entry, language) > 0 || strcmp(entry->model.languages, "any") == 0;
}

int64_t model_memory_needed(const cs_model_entry *entry) {
    if (entry->model.memory_bytes > 0) return entry->model.memory_bytes;
    return 3 * entry->bytes + ((int64_t)100 << 20);
}

/* Published results on Chinese and English, and what a model gives besides: punctuation, times. 0: it is not advised. */
static int worth_of(const cs_model_entry *entry, const char *language) {
    static const int by_kind[CS_MODEL_KIND_COUNT] = {
        [CS_MODEL_SENSE_VOICE] = 60, [CS_MODEL_PARAFORMER] = 50,        [CS_MODEL_WHISPER] = 40,
        [CS_MODEL_WENET_CTC] = 30,   [CS_MODEL_ONLINE_TRANSDUCER] = 20, [CS_MODEL_OFFLINE_TRANSDUCER] = 10,
        [CS_MODEL_DOLPHIN] = 5, /* where there is none else */
    };
    int worth = by_kind[entry->model.kind];
    /* What stands first is what a model was made for. */
    return worth == 0 ? 0 : worth + (place_of(entry, language) == 1 ? 25 : 0);
}

const cs_model_entry *model_advise(const cs_manifest *manifest, const char *language, int64_t memory_bytes, int cores) {
    const cs_model_entry *best = NULL;
    for (uint32_t i = 0; i < manifest->count; i++) {
        const cs_model_entry *entry = &manifest->entries[i];
        if (!model_kind_recognises(entry->model.kind) || !entry->is_sized || !model_covers(entry, language)) continue;
        /* Of one dialect: for who asks for it by name. */
        if (entry->dialects && strcasecmp(language, "zh") == 0 && !strstr(entry->dialects, "Mandarin")) continue;
        if (model_memory_needed(entry) * (cores > 0 ? cores : 1) > memory_bytes / 2) continue;
        if (worth_of(entry, language) > (best ? worth_of(best, language) : 0) ||
            (best && worth_of(entry, language) == worth_of(best, language) && entry->bytes > best->bytes))
            best = entry;
    }
    return best;
}
