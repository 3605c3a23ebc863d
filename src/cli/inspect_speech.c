#include "cli/inspect_speech.h"

#include "quality/speech_choice.h"
#include "speech/remote_address.h"
#include "speech/word_file.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARENA_BYTES = 16 << 20, MOST_TOLD = 20 };
static const char WORDS_FILE[] = "words.txt";

cs_error speech_tell_address(const cs_speech_model *model, cs_arena *arena, cs_message *message) {
    const char *notice = NULL;
    if (!model->address) return CS_OK;
    cs_error code = remote_address_notice(model->address, arena, &notice, message);
    if (code == CS_OK) fprintf(stderr, "callscope: %s\n", notice);
    return code;
}

bool speech_by_silero(const cs_arguments *arguments) {
    const char *voices = argument(arguments, "--voices");
    return voices && strcmp(voices, "silero") == 0;
}

static cs_error find_voices(const cs_arguments *arguments, cs_arena *arena, cs_message *message) {
    const char *voices = argument(arguments, "--voices"), *name = NULL;
    if (!speech_by_silero(arguments)) {
        if (!voices || strcmp(voices, "listener") == 0) return CS_OK;
        message_set(message, CS_ERR_USAGE, "%.60s finds no voices", voices);
        message_remedy(message, "--voices listener or --voices silero");
        return CS_ERR_USAGE;
    }
    cs_error code = model_of_kind(CS_MODEL_VOICE_ACTIVITY, argument(arguments, "--data"), arena, &name, message);
    if (code != CS_OK || name) return code;
    message_set(message, CS_ERR_NOT_FOUND, "Silero's model is not on this machine");
    message_remedy(message, "callscope models pull silero-vad-6; without it the listener finds the voices");
    return CS_ERR_NOT_FOUND;
}

static bool voices_are_there(const cs_arguments *arguments) {
    cs_message message;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? find_voices(arguments, arena, &message)
                          : message_set(&message, CS_ERR_MEMORY, "no memory for the model");
    arena_free(arena);
    if (code != CS_OK) trouble_print("--voices", &message);
    return code == CS_OK;
}

bool speech_is_there(const cs_arguments *arguments) {
    const char *name = argument(arguments, "--speech");
    cs_speech_model *model = NULL;
    cs_message message;
    if (!voices_are_there(arguments)) return false;
    if (!name || strcmp(name, CS_SPEECH_OFF) == 0) return true;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? model_find(name, argument(arguments, "--data"), arena, &model, &message)
                          : message_set(&message, CS_ERR_MEMORY, "no memory for the model");
    if (code == CS_OK && !model_kind_recognises(model->kind)) {
        code = message_set(&message, CS_ERR_USAGE, "the model %.100s recognises no speech", name);
        message_remedy(&message, "callscope models says what each model is for");
    }
    if (code == CS_OK) code = speech_tell_address(model, arena, &message);
    arena_free(arena);
    if (code != CS_OK) trouble_print("--speech", &message);
    return code == CS_OK;
}

/* Of rules that are one file: beside it. */
static void write_beside(const char *rules, char path[PATH_MAX]) {
    struct stat status;
    const char *slash = strrchr(rules, '/');
    if (stat(rules, &status) == 0 && S_ISDIR(status.st_mode))
        (void)snprintf(path, PATH_MAX, "%s/%s", rules, WORDS_FILE);
    else
        (void)snprintf(path, PATH_MAX, "%.*s%s", slash ? (int)(slash + 1 - rules) : 0, rules, WORDS_FILE);
}

const char *words_path(const cs_arguments *arguments) {
    static char path[PATH_MAX];
    const char *given = argument(arguments, "--words"),
               *rules = argument(arguments, "--rules") ? rules_path(arguments) : NULL;
    if (given) return given;
    if (rules) write_beside(rules, path);
    if (rules && access(path, R_OK) == 0) return path;
    (void)snprintf(path, sizeof path, "%s/%s", argument(arguments, "--data"), WORDS_FILE);
    return path;
}

static void on_problem(void *context, const cs_word_problem *problem) {
    uint32_t *told = context;
    if (++*told > MOST_TOLD) return;
    fprintf(stderr, "callscope: %s:%u: %s\n  what to do: %s\n", problem->file, problem->line, problem->reason,
            problem->remedy);
}

bool words_are_there(const cs_arguments *arguments) {
    cs_user_word *words = NULL;
    cs_message message;
    uint32_t count = 0, told = 0;
    const char *path = words_path(arguments);
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code = arena ? word_file_load(path, on_problem, &told, arena, &words, &count, &message)
                          : message_set(&message, CS_ERR_MEMORY, "no memory for the words");
    arena_free(arena);
    if (told > MOST_TOLD) fprintf(stderr, "callscope: … and %u lines more\n", told - MOST_TOLD);
    if (code == CS_OK || (code == CS_ERR_NOT_FOUND && !argument_is_given(arguments, "--words"))) return true;
    trouble_print(path, &message);
    return false;
}

void speech_tell_off(const cs_inspect_counts *counts, const cs_arguments *arguments) {
    const char *name = argument(arguments, "--speech");
    if (counts->unrecognised == 0 || (name && strcmp(name, CS_SPEECH_OFF) == 0)) return;
    fprintf(
        stderr,
        "callscope: %lld recording%s heard and inspected without words, since no model of speech is here or chosen\n"
        "  what to do: callscope doctor names one for this machine; once it is here, callscope inspect --again\n",
        (long long)counts->unrecognised, counts->unrecognised == 1 ? " was" : "s were");
}
