/* callscope evaluate speech REFERENCES: how much of what was said a recogniser heard. */
#include "cli/command.h"

#include "cli/evaluate_calibrate.h"
#include "cli/evaluate_report.h"
#include "cli/inspect_speech.h"
#include "speech/evaluation_hear.h"
#include "speech/speller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { ARENA_BYTES = 1 << 30, REPORT_BYTES = 1 << 30 };

typedef struct evaluating {
    cs_arena *arena;
    cs_evaluation_lines said, heard;
    const char *reading; /* the file whose lines are read */
    cs_evaluated_file *files;
    uint32_t count, refused;
    const char *folder; /* that the references stand in: theirs are relative to it */
    cs_speller *speller;
    cs_phrase_making making;
    cs_evaluation_ear ear; /* without a recogniser: hypotheses were given */
    cs_evaluated_recogniser recogniser;
    cs_calibrating calibrating; /* without an arena: not asked for */
} evaluating;

static void refuse(evaluating *e, const char *what, const cs_message *message) {
    trouble_print(what, message);
    e->refused++;
}

static void on_line(void *context, int64_t line, const cs_message *message) {
    (void)line;
    evaluating *e = context;
    refuse(e, e->reading, message);
}

static cs_error read_lines(evaluating *e, const char *path, cs_evaluation_lines *out) {
    cs_message message = {0};
    cs_evaluation_sink sink = {.context = e, .on_trouble = on_line};
    e->reading = path;
    cs_error code = evaluation_lines_read(path, &sink, e->arena, out, &message);
    if (code == CS_OK && !out->count) {
        code = message_set(&message, CS_ERR_USAGE, "there is nothing in it to evaluate");
        message_remedy(&message, "a line a recording: file, tab, text, and perhaps a tab and the pinyin");
    }
    if (code != CS_OK) trouble_print(path, &message);
    return code;
}

/* What was heard of it comes from elsewhere. */
static cs_error take_hypothesis(evaluating *e, const cs_evaluation_line *said, cs_evaluated_file *file,
                                cs_message *message) {
    file->heard = evaluation_lines_find(&e->heard, said->file);
    if (file->heard) return CS_OK;
    message_set(message, CS_ERR_NOT_FOUND, "what was heard of it is missing");
    message_remedy(message, "give it a line in the file of hypotheses, with an empty text when nothing was heard");
    return CS_ERR_NOT_FOUND;
}

static cs_error hear(evaluating *e, const cs_evaluation_line *said, cs_evaluated_file *file, cs_message *message) {
    cs_evaluation_heard heard;
    const char *path = *said->file == '/' ? said->file : arena_printf(e->arena, "%s/%s", e->folder, said->file);
    cs_evaluation_line *line = arena_alloc(e->arena, sizeof *line);
    if (!path || !line) return message_set(message, CS_ERR_MEMORY, "no memory for what was heard");
    cs_error code = evaluation_hear(&e->ear, path, e->arena, &heard, message);
    if (code == CS_OK && e->calibrating.arena) code = calibrating_judge(&e->calibrating, said->text, message);
    if (code != CS_OK) return code;
    *line = heard.line;
    file->heard = line;
    file->audio_ms = heard.audio_ms;
    file->spent_us = heard.spent_us;
    return CS_OK;
}

static void evaluate_all(evaluating *e) {
    for (uint32_t i = 0; i < e->said.count; i++) {
        cs_message message = {0};
        cs_evaluated_file file = {.said = &e->said.items[i]};
        cs_error code =
            e->ear.recogniser ? hear(e, file.said, &file, &message) : take_hypothesis(e, file.said, &file, &message);
        cs_arena *arena = arena_create(ARENA_BYTES);
        if (code == CS_OK && !arena) code = message_set(&message, CS_ERR_MEMORY, "no memory to compare the texts");
        if (code == CS_OK) code = evaluation_compare(file.said, file.heard, arena, &file.evaluation, &message);
        arena_free(arena);
        if (code == CS_OK)
            e->files[e->count++] = file;
        else
            refuse(e, file.said->file, &message);
    }
}

/* ---- the recogniser ---- */

static bool read_degrading(const cs_arguments *arguments, evaluating *e) {
    const char *rate = argument(arguments, "--rate"), *codec = argument(arguments, "--codec");
    char *end = NULL;
    long rate_hz = rate ? strtol(rate, &end, 10) : 0;
    bool is_mu = codec && strcmp(codec, "mulaw") == 0, is_a = codec && strcmp(codec, "alaw") == 0;
    if (rate && (*end || rate_hz < CS_MIN_SPEECH_RATE || rate_hz > CS_MAX_SPEECH_RATE)) {
        fprintf(stderr, "callscope: --rate is a number of Hz from %d to %d, not %s\n", CS_MIN_SPEECH_RATE,
                CS_MAX_SPEECH_RATE, rate);
        return false;
    }
    if (codec && !is_mu && !is_a) {
        fprintf(stderr, "callscope: --codec is mulaw or alaw, not %s\n", codec);
        return false;
    }
    e->ear.degrading = (cs_degrading){.rate_hz = (int)rate_hz};
    if (is_mu) e->ear.degrading.companding = CS_COMPANDING_MU_LAW;
    if (is_a) e->ear.degrading.companding = CS_COMPANDING_A_LAW;
    e->recogniser.rate_hz = (int)rate_hz;
    e->recogniser.codec = codec;
    return true;
}

static cs_error open_ear(const cs_arguments *arguments, evaluating *e) {
    cs_message message = {0};
    cs_speech_model *model;
    const char *name = argument(arguments, "--model");
    cs_error code = model_find(name, argument(arguments, "--data"), e->arena, &model, &message);
    if (code == CS_OK) code = speech_tell_address(model, e->arena, &message);
    if (code == CS_OK) {
        cs_recogniser_options options = {.model = model};
        code = recogniser_open(&options, &e->ear.recogniser, &message);
    }
    if (code == CS_OK && model->is_phonetic) code = speller_open(NULL, NULL, 0, &e->speller, &message);
    if (code != CS_OK) {
        trouble_print(name, &message);
        return code;
    }
    e->making = (cs_phrase_making){.is_phonetic = model->is_phonetic, .speller = e->speller};
    e->ear.making = &e->making;
    if (!argument(arguments, "--calibrate")) return CS_OK;
    e->calibrating.arena = e->arena;
    e->ear.on_word = calibrating_hear;
    e->ear.context = &e->calibrating;
    return CS_OK;
}

/* Keeps what is said of the recogniser, which is gone afterwards: then its child's time and memory are known. */
static void close_ear(evaluating *e) {
    if (!e->ear.recogniser) return;
    struct rusage own, children;
    const cs_recogniser_identity *identity = recogniser_identity(e->ear.recogniser);
    e->recogniser.model = arena_string(e->arena, identity->model);
    e->recogniser.version = arena_string(e->arena, identity->version ? identity->version : "");
    e->recogniser.sha256 = arena_string(e->arena, identity->sha256);
    recogniser_close(e->ear.recogniser);
    speller_close(e->speller);
    if (getrusage(RUSAGE_SELF, &own) || getrusage(RUSAGE_CHILDREN, &children)) return;
    const struct timeval times[] = {own.ru_utime, own.ru_stime, children.ru_utime, children.ru_stime};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        e->recogniser.processor_seconds += (double)times[i].tv_sec + (double)times[i].tv_usec / 1e6;
    e->recogniser.memory_bytes = (int64_t)children.ru_maxrss * 1024;
}

static const char *folder_of(const char *path, cs_arena *arena) {
    const char *slash = strrchr(path, '/');
    return slash ? arena_copy(arena, path, (size_t)(slash - path) + (slash == path)) : ".";
}

/* ---- what comes of it ---- */

static int print_report(const evaluating *e, bool is_json) {
    cs_evaluated_report report = {
        .files = e->files, .count = e->count, .refused = e->refused, .recogniser = e->recogniser};
    cs_buffer buffer;
    cs_json_writer writer;
    if (!is_json) {
        evaluate_print(&report, report_language());
        return CS_EXIT_DONE;
    }
    buffer_init(&buffer, REPORT_BYTES);
    json_writer_init(&writer, &buffer);
    evaluate_write(&report, &writer);
    if (!buffer.is_failed) puts(buffer_string(&buffer));
    bool is_failed = buffer.is_failed;
    buffer_free(&buffer);
    return is_failed ? CS_EXIT_REFUSED : CS_EXIT_DONE;
}

int run_evaluate_speech(const cs_arguments *arguments) {
    evaluating e = {.arena = arena_create(ARENA_BYTES)};
    const char *hypotheses = argument(arguments, "--hypotheses");
    int exit = CS_EXIT_REFUSED;
    if (!read_degrading(arguments, &e)) {
        arena_free(e.arena);
        return CS_EXIT_USAGE;
    }
    bool is_ready = e.arena && read_lines(&e, arguments->paths[0], &e.said) == CS_OK;
    if (is_ready)
        is_ready = hypotheses ? read_lines(&e, hypotheses, &e.heard) == CS_OK : open_ear(arguments, &e) == CS_OK;
    if (is_ready) {
        e.folder = folder_of(arguments->paths[0], e.arena);
        e.files = arena_array(e.arena, e.said.count, sizeof *e.files);
    }
    if (e.files && e.folder) {
        evaluate_all(&e);
        close_ear(&e);
        bool is_json = argument_is_given(arguments, "--json");
        exit = print_report(&e, is_json);
        const char *calibration = argument(arguments, "--calibrate"); /* its figures don't go between JSON */
        if (e.calibrating.arena && !calibrating_end(&e.calibrating, e.recogniser.model, calibration,
                                                    is_json ? stderr : stdout, report_language()))
            exit = CS_EXIT_REFUSED;
        if (e.refused) exit = CS_EXIT_REFUSED;
    }
    arena_free(e.arena);
    return exit;
}
