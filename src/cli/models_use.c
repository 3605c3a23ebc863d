/* callscope models use, models again: which model recognises what comes in, and recognising what is in the store by the queue. */
#include "cli/models.h"

#include "access/account.h"
#include "access/audit.h"
#include "base/clock.h"
#include "cli/command.h"
#include "cli/printable.h"
#include "quality/recording_speech.h"
#include "quality/speech_again.h"
#include "quality/speech_choice.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_BYTES = 32 << 20, WORDS_BYTES = 600, REPORT_BYTES = 1 << 20, LOOK_MS = 500, DAY_CHARS = 10 };

static const char OTHERWISE[] = "otherwise"; /* as if nothing had been chosen */

static volatile sig_atomic_t is_stopped;
static void on_signal(int number) {
    (void)number;
    is_stopped = 1;
}

static const char *option_or(const cs_arguments *arguments, const char *name, const char *otherwise) {
    const char *text = argument(arguments, name);
    return text ? text : otherwise;
}

/* ---- use ---- */

static const cs_speech_choice *standing(const cs_speech_choice *all, uint32_t count, const cs_speech_choice *wanted) {
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(all[i].queue, wanted->queue) == 0 && strcmp(all[i].language, wanted->language) == 0) return &all[i];
    return NULL;
}

/* What stands there is read in the same transaction: nobody comes between. */
static cs_error put(cs_db *db, cs_speech_choice *choice, cs_arena *arena, cs_message *message) {
    cs_speech_choice *all = NULL;
    uint32_t count = 0;
    char words[WORDS_BYTES];
    cs_error code = choices_list(db, arena, &all, &count, message);
    const cs_speech_choice *before = code == CS_OK ? standing(all, count, choice) : NULL;
    choice->changes = before ? before->changes : 0;
    if (code == CS_OK) code = choices_put(db, choice, 0, clock_now_ms(), message);
    (void)snprintf(words, sizeof words, "model %.120s, language %.16s", *choice->model ? choice->model : "as otherwise",
                   *choice->language ? choice->language : "any");
    return code == CS_OK ? audit_add(db, &account_of_this_machine, "speech.choose",
                                     *choice->queue ? choice->queue : "any queue", words, message)
                         : code;
}

static void print_choices(cs_db *db, const char *data, cs_arena *arena) {
    cs_speech_choice *all = NULL;
    uint32_t count = 0;
    cs_message message;
    const char *best = NULL;
    if (choices_list(db, arena, &all, &count, &message) != CS_OK) return;
    for (uint32_t i = 0; i < count; i++) {
        bool is_name = *all[i].model && strcmp(all[i].model, CS_SPEECH_OFF) != 0;
        if (!*all[i].model) continue;
        printf("%-20s %-6s %s%s\n", *all[i].queue ? all[i].queue : "any queue",
               *all[i].language ? all[i].language : "any", all[i].model,
               is_name && !speech_model_is_here(all[i].model, data) ? "  (not on this machine)" : "");
    }
    if (choice_best(NULL, data, arena, &best, &message) == CS_OK)
        printf("%-20s %-6s %s\n", "otherwise", "", best ? best : "none: no model is here");
}

int run_models_use(const cs_arguments *arguments) {
    const char *data = argument(arguments, "--data"), *name = arguments->paths[0];
    cs_speech_choice choice = {.queue = option_or(arguments, "--queue", ""),
                               .language = option_or(arguments, "--language", ""),
                               .model = strcmp(name, OTHERWISE) == 0 ? "" : name,
                               .changed_name = ""};
    cs_db *db = NULL;
    cs_message message;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code =
        arena ? db_open(data, CS_DB_WRITE, &db, &message) : message_set(&message, CS_ERR_MEMORY, "no memory");
    if (code == CS_OK) code = db_begin(db, &message);
    if (code == CS_OK) {
        code = put(db, &choice, arena, &message);
        if (code == CS_OK)
            code = db_commit(db, &message);
        else
            db_rollback(db);
    }
    if (code == CS_OK) print_choices(db, data, arena);
    if (code == CS_OK && *choice.model && strcmp(choice.model, CS_SPEECH_OFF) != 0 &&
        !speech_model_is_here(choice.model, data))
        fprintf(stderr, "callscope: %s is not on this machine\n  what to do: callscope models pull %s\n", choice.model,
                choice.model);
    if (code != CS_OK) trouble_print(NULL, &message);
    db_close(db);
    arena_free(arena);
    return code == CS_OK ? CS_EXIT_DONE : CS_EXIT_REFUSED;
}

/* ---- again ---- */

static bool read_day(const cs_arguments *arguments, const char *name, int64_t *out) {
    char moment[40];
    const char *text = argument(arguments, name);
    *out = CS_NO_TIME;
    if (!text) return true;
    (void)snprintf(moment, sizeof moment, "%.10s 00:00:00", text);
    if (strlen(text) == DAY_CHARS && clock_parse_local(moment, 8 * 60, out)) return true;
    fprintf(stderr, "callscope: %s takes a day such as 2026-02-14, not '%s'\n", name, text);
    return false;
}

static bool read_filter(const cs_arguments *arguments, cs_speech_again_filter *filter) {
    *filter = (cs_speech_again_filter){.queue = argument(arguments, "--queue"),
                                       .language = argument(arguments, "--language"),
                                       .by = argument(arguments, "--by"),
                                       .model = argument(arguments, "--model"),
                                       .is_wordless_only = argument_is_given(arguments, "--wordless")};
    return read_day(arguments, "--from", &filter->from_ms) && read_day(arguments, "--to", &filter->to_ms) &&
           read_day(arguments, "--before", &filter->before_ms);
}

static cs_error in_transaction(cs_db *db, const cs_speech_again_filter *filter, int64_t stopped, int64_t *number,
                               cs_message *message) {
    const cs_speech_again_who who = {0, ""};
    char text[24];
    cs_error code = db_begin(db, message);
    if (code != CS_OK) return code;
    code = filter ? speech_again_begin(db, filter, &who, clock_now_ms(), number, message)
                  : speech_again_stop(db, stopped, &who, clock_now_ms(), message);
    (void)snprintf(text, sizeof text, "%lld", (long long)(filter ? *number : stopped));
    if (code == CS_OK)
        code = audit_add(db, &account_of_this_machine, filter ? "speech.again" : "speech.stop", text, "", message);
    if (code == CS_OK) return db_commit(db, message);
    db_rollback(db);
    return code;
}

/* The newest run; NULL: there is none, or it could not be read. */
static cs_json *read_run(cs_db *db, cs_message *message) {
    cs_buffer text;
    cs_json_writer out;
    cs_json *json = NULL;
    buffer_init(&text, REPORT_BYTES);
    json_writer_init(&out, &text);
    out.is_revealed = true;
    json_object_open(&out, NULL);
    cs_error code = speech_again_write(db, "again", &out, message);
    json_object_close(&out);
    if (code == CS_OK) (void)json_parse(buffer_string(&text), text.length, REPORT_BYTES, &json, message);
    buffer_free(&text);
    return json;
}

static long long number_of(const cs_json *run, const char *key) {
    int64_t value = 0;
    (void)json_int64(json_get(run, key), &value);
    return (long long)value;
}

static void print_run(const cs_json *run, bool is_bar) {
    const char *state = json_string(json_get(run, "state"), NULL);
    long long ended = number_of(run, "done") + number_of(run, "failed") + number_of(run, "passed");
    if (is_bar) fputs("\r\033[K", stderr);
    fprintf(is_bar ? stderr : stdout, "%s: %lld of %lld recordings%s, %lld failed, %lld running", state ? state : "",
            ended, number_of(run, "found"), json_is_true(json_get(run, "is_listed")) ? "" : " (more are being listed)",
            number_of(run, "failed"), number_of(run, "running"));
    if (json_kind(json_get(run, "speed")) == CS_JSON_NUMBER)
        fprintf(is_bar ? stderr : stdout, ", %.0f times as fast as spoken, %lld:%02lld left",
                json_number(json_get(run, "speed"), 0), number_of(run, "left_ms") / 60000,
                number_of(run, "left_ms") / 1000 % 60);
    if (!is_bar) puts("");
}

/* Until it has ended; interrupting ends the looking, not the run. */
static int follow(cs_db *db, cs_message *message) {
    const bool is_bar = isatty(STDERR_FILENO) == 1;
    const struct timespec pause = {.tv_nsec = (long)LOOK_MS * 1000000};
    int code = CS_EXIT_DONE;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    for (bool is_open = true; is_open; nanosleep(&pause, NULL)) {
        cs_json *all = read_run(db, message);
        const cs_json *run = json_get(all, "again");
        const char *state = json_string(json_get(run, "state"), NULL);
        is_open = state && strcmp(state, "running") == 0 && !is_stopped;
        if (state && (is_bar && is_open)) print_run(run, true);
        if (state && !is_open) {
            if (is_bar) fputs("\r\033[K", stderr);
            print_run(run, false);
            code = number_of(run, "failed") ? CS_EXIT_REFUSED : CS_EXIT_DONE;
        }
        json_free(all);
        if (!is_open) break;
    }
    return code;
}

static int count_only(cs_db *db, const cs_speech_again_filter *filter, const char *data, cs_message *message) {
    cs_speech_again_count count;
    cs_error code = speech_again_count(db, filter, data, &count, message);
    if (code != CS_OK) {
        trouble_print(NULL, message);
        return CS_EXIT_REFUSED;
    }
    printf("%lld recordings, %.1f hours; %lld of them have no words\n", (long long)count.recordings,
           (double)count.duration_ms / 3600000, (long long)count.wordless);
    return CS_EXIT_DONE;
}

static cs_error stop_newest(cs_db *db, cs_message *message) {
    cs_json *all = read_run(db, message);
    int64_t number = number_of(json_get(all, "again"), "number");
    json_free(all);
    return in_transaction(db, NULL, number, &number, message);
}

int run_models_again(const cs_arguments *arguments) {
    const char *data = argument(arguments, "--data");
    const bool is_counting = argument_is_given(arguments, "--count"),
               is_showing = argument_is_given(arguments, "--show");
    cs_speech_again_filter filter;
    cs_db *db = NULL;
    cs_message message = {0};
    int64_t number = 0;
    if (!read_filter(arguments, &filter)) return CS_EXIT_USAGE;
    cs_error code = db_open(data, is_counting || is_showing ? CS_DB_READ : CS_DB_WRITE, &db, &message);
    if (code == CS_OK && filter.model) code = speech_model_check(filter.model, data, &message);
    if (code == CS_OK && is_counting) {
        int exit_code = count_only(db, &filter, data, &message);
        db_close(db);
        return exit_code;
    }
    if (code == CS_OK && argument_is_given(arguments, "--stop"))
        code = stop_newest(db, &message);
    else if (code == CS_OK && !is_showing)
        code = in_transaction(db, &filter, 0, &number, &message);
    int exit_code = CS_EXIT_REFUSED;
    if (code != CS_OK)
        trouble_print(NULL, &message);
    else
        exit_code = follow(db, &message);
    db_close(db);
    return exit_code;
}
