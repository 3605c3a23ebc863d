/* callscope doctor, speech: the library, the models that are here, and which one would suit this machine. */
#include "base/cores.h"
#include "cli/doctor.h"
#include "cli/models.h"
#include "speech/model_advice.h"
#include "speech/model_own.h"
#include "speech/recogniser.h"
#include "speech/recogniser_library.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_BYTES = 16 << 20 };

/* It is started as it would be for a recording: what is broken shows now. */
static bool try_model(const cs_speech_model *model) {
    char words[480];
    cs_message message;
    cs_recogniser_options options = {.model = model};
    cs_recogniser *recogniser = NULL;
    if (recogniser_open(&options, &recogniser, &message) != CS_OK) {
        (void)snprintf(words, sizeof words, "%s: %s", model->name, message.reason);
        doctor_line(CS_DOCTOR_BROKEN, "speech", words, message.remedy);
        return false;
    }
    const cs_recogniser_identity *who = recogniser_identity(recogniser);
    (void)snprintf(words, sizeof words, "%s recognises: %.40s%s, sherpa-onnx %s, %lld MB of memory a process",
                   model->name, model->languages, strlen(model->languages) > 40 ? "..." : "", who->version,
                   (long long)(who->memory_bytes / 1000000));
    doctor_line(CS_DOCTOR_GOOD, "speech", words, NULL);
    recogniser_close(recogniser);
    return true;
}

/* How many of them recognise. Those for something else are only compared. */
static unsigned try_models(const cs_manifest *manifest, const cs_model_folders *folders, bool has_library,
                           cs_arena *arena) {
    unsigned well = 0;
    for (uint32_t i = 0; i < manifest->count; i++) {
        const cs_model_entry *entry = &manifest->entries[i];
        cs_speech_model model;
        cs_message message;
        const char *path;
        char words[480];
        if (model_locate(entry, folders, arena, &path, &message) != CS_OK) continue;
        if (model_check(entry, path, NULL, arena, &model, NULL, &message) != CS_OK) {
            doctor_line(CS_DOCTOR_BROKEN, "speech", message.reason, message.remedy);
        } else if (has_library && model_kind_recognises(model.kind)) {
            well += try_model(&model);
        } else {
            (void)snprintf(words, sizeof words, "%s is here, whole: %s", model.name, model_kind_purpose(model.kind));
            doctor_line(CS_DOCTOR_GOOD, "speech", words, NULL);
        }
    }
    return well;
}

static void advise(const cs_manifest *manifest, const cs_model_folders *folders, const char *language, bool is_off,
                   cs_arena *arena) {
    char words[320], remedy[160];
    const char *path;
    cs_message message;
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    const int cores = (int)cores_usable(INT_MAX);
    int64_t memory = (int64_t)pages * page;
    const cs_model_entry *entry = model_advise(manifest, language, memory, cores);
    if (!entry) {
        (void)snprintf(words, sizeof words, "no model that is known here covers %.40s on this machine", language);
        doctor_line(CS_DOCTOR_OFF, "speech", words,
                    "callscope models lists them; docs/dialects.md says what covers what");
        return;
    }
    if (model_locate(entry, folders, arena, &path, &message) == CS_OK) return;
    (void)snprintf(words, sizeof words, "%s%s would suit %.40s on %d cores and %.0f GB: %lld MB, licence %.80s",
                   is_off ? "recordings without a transcript are inspected on their sound alone; " : "",
                   entry->model.name, language, cores, (double)memory / 1e9, (long long)(entry->bytes / 1000000),
                   entry->licence);
    (void)snprintf(remedy, sizeof remedy, "callscope models pull %s", entry->model.name);
    doctor_line(CS_DOCTOR_OFF, "speech", words, remedy);
}

static void on_trouble(void *context, const char *path, const cs_message *message) {
    char words[sizeof message->reason + 128];
    (void)context;
    (void)snprintf(words, sizeof words, "%.120s: %s", path, message->reason);
    doctor_line(CS_DOCTOR_BROKEN, "speech", words, message->remedy);
}

void doctor_check_speech(const cs_arguments *arguments) {
    char library[PATH_MAX];
    cs_message message;
    cs_manifest manifest;
    cs_model_folders folders;
    cs_arena *arena = arena_create(ARENA_BYTES);
    if (!arena) return;
    bool has_library = recogniser_library_find(NULL, library, &message) == CS_OK;
    if (!has_library) doctor_line(CS_DOCTOR_OFF, "speech", message.reason, message.remedy);
    cs_error code = model_folders(models_data(arguments), arena, &folders, &message);
    if (code == CS_OK) code = manifest_known(&folders, on_trouble, NULL, arena, &manifest, &message);
    if (code == CS_OK) {
        unsigned well = try_models(&manifest, &folders, has_library, arena);
        advise(&manifest, &folders, argument(arguments, "--language"), well == 0, arena);
    } else {
        doctor_line(CS_DOCTOR_BROKEN, "speech", message.reason, message.remedy);
    }
    arena_free(arena);
}
