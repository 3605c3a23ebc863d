/* callscope listen: calls are recognised and inspected while they are spoken. */
#include "cli/command.h"

#include "audio/decoder.h"
#include "base/clock.h"
#include "base/cores.h"
#include "cli/inspect_speech.h"
#include "cli/listen_report.h"
#include "quality/speech_choice.h"
#include "quality/speech_words.h"
#include "speech/calibration.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA_BYTES = 64 << 20,
    MOST_CALLS = CS_MAX_STREAMS / 4, /* a side has a stream, and one whose last text is still to come */
    FRAME_MS = 20, /* as a telephone sends them */
    MOST_FRAME = CS_MOST_RATE_HZ / 1000 * FRAME_MS,
    CATCH_UP_FRAMES = 10, /* of one call, before it is another one's turn */
    STALL_SECONDS = 5, /* a recogniser that gives no sign so long is begun anew: callers don't wait */
    QUIET_LAG_MS = 300, /* behind so much, what is being said is told no more */
    TOLD_LAG_MS = 1000, /* behind so much, it is told, and again whenever it has doubled */
    MOST_LAG_MS = 30000, /* behind so much, sound is left out */
};

typedef struct line { /* a call */
    struct listening *owner;
    const char *path;
    cs_audio_bytes bytes;
    cs_decoder *decoder;
    cs_scanner *scanner;
    cs_live_call *call;
    int64_t frames; /* of 20 ms taken in */
    int64_t told_lag_ms;
    bool is_open, is_over;
} line;

typedef struct listening {
    const cs_arguments *arguments;
    cs_listen_report report;
    cs_arena *arena;
    cs_ruleset *rules;
    cs_speech_model *model;
    cs_recogniser *recognisers[MOST_CALLS]; /* each on a core */
    uint32_t recogniser_count;
    cs_speech_words *words;
    cs_calibration calibration;
    cs_live_options live;
    double speed; /* 0: as fast as it goes */
    cs_role roles[2];
    line *lines;
    size_t count;
    int64_t begun_ms;
    int exit;
} listening;

static void on_event(void *context, const cs_live_event *event) {
    const line *l = context;
    listen_report_event(&l->owner->report, l->path, event);
}

/* ---- what it is done with ---- */

static cs_error no_model(cs_message *message) {
    message_set(message, CS_ERR_NOT_FOUND, "no model that recognises speech is on this machine");
    message_remedy(message, "fetch one: callscope models pull NAME; callscope models lists them");
    return CS_ERR_NOT_FOUND;
}

/* Of the store only where there is one: nothing is kept of a call that is listened to. */
static cs_error gather_words(listening *s, cs_message *message) {
    cs_db *db = NULL;
    cs_message none;
    (void)db_open(argument(s->arguments, "--data"), CS_DB_READ, &db, &none);
    const cs_words_sources sources = {.ruleset = s->rules, .db = db, .file = words_path(s->arguments)};
    cs_error code = words_gather(&sources, &s->words, message);
    db_close(db);
    return code;
}

static cs_error open_model(listening *s, cs_message *message) {
    const char *name = argument(s->arguments, "--model"), *data = argument(s->arguments, "--data");
    cs_error code = name ? CS_OK : choice_best(NULL, data, s->arena, &name, message);
    if (code == CS_OK && !name) code = no_model(message);
    if (code == CS_OK) code = model_find(name, data, s->arena, &s->model, message);
    if (code == CS_OK) code = speech_tell_address(s->model, s->arena, message);
    if (code != CS_OK) return code;
    const cs_speller *speller = NULL;
    code = gather_words(s, message);
    if (code != CS_OK) return code;
    bool is_hot = words_suit(s->model);
    cs_recogniser_options options = {.model = s->model,
                                     .is_live = true,
                                     .stall_seconds = STALL_SECONDS,
                                     .hot_words = is_hot ? s->words->hot_words : NULL,
                                     .hot_word_count = is_hot ? s->words->hot_count : 0};
    for (uint32_t i = 0; i < s->recogniser_count && code == CS_OK; i++)
        code = recogniser_open(&options, &s->recognisers[i], message);
    if (code == CS_OK && s->model->is_phonetic) code = words_speller(s->words, &speller, message);
    if (code != CS_OK) return code;
    cs_message none;
    bool has_calibration = calibration_of_model(name, &s->calibration, &none) == CS_OK;
    s->live.making = (cs_phrase_making){.is_phonetic = s->model->is_phonetic,
                                        .speller = speller,
                                        .ties = &s->words->ties,
                                        .calibration = has_calibration ? &s->calibration : NULL};
    return CS_OK;
}

static cs_error open_line(listening *s, line *l, cs_message *message) {
    cs_live_call_options options = {.live = s->live, .name = l->path, .roles = {s->roles[0], s->roles[1]}};
    cs_live_call_sink sink = {l, on_event};
    cs_error code = bytes_of_file(l->path, &l->bytes, message);
    if (code != CS_OK) return code;
    l->is_open = true;
    code = decoder_open(&l->bytes, &l->decoder, message);
    if (code == CS_OK && s->rules) code = scanner_create(s->rules, &l->scanner, message);
    if (code != CS_OK) return code;
    const cs_audio_format *format = decoder_format(l->decoder);
    options.scanner = l->scanner;
    options.live.recogniser = s->recognisers[(size_t)(l - s->lines) % s->recogniser_count];
    options.live.is_patient = s->speed == 0;
    options.live.rate_hz = format->rate_hz;
    options.live.channels = format->channels;
    return live_call_open(&options, &sink, &l->call, message);
}

static void close_line(line *l) {
    live_call_close(l->call);
    scanner_free(l->scanner);
    decoder_close(l->decoder);
    if (l->is_open) bytes_close(&l->bytes);
    *l = (line){.owner = l->owner, .path = l->path, .is_over = true};
}

static void refuse(listening *s, line *l, const cs_message *message) {
    trouble_print(l->path, message);
    s->exit = CS_EXIT_REFUSED;
    close_line(l);
}

/* ---- while it runs ---- */

static cs_error end_line(listening *s, line *l, cs_message *message) {
    cs_live_call_end end;
    cs_error code = live_call_finish(l->call, &end, message);
    if (code != CS_OK) return code;
    listen_report_end(&s->report, l->path, &end);
    if (!end.is_same) s->exit = CS_EXIT_REFUSED;
    close_line(l);
    return CS_OK;
}

static cs_error take_frame(listening *s, line *l, cs_message *message) {
    static float block[MOST_FRAME * CS_MOST_CHANNELS];
    const int64_t rate = decoder_format(l->decoder)->rate_hz;
    uint32_t want = (uint32_t)((l->frames + 1) * FRAME_MS * rate / 1000 - l->frames * FRAME_MS * rate / 1000), got = 0;
    cs_error code = decoder_read(l->decoder, block, want, &got, message);
    l->frames++;
    if (code == CS_OK && got > 0) code = live_call_push(l->call, block, got, message);
    return code == CS_OK && got < want ? end_line(s, l, message) : code;
}

static int64_t time_of_calls(const listening *s) {
    return s->speed > 0 ? (int64_t)((double)(clock_steady_ms() - s->begun_ms) * s->speed) : INT64_MAX;
}

/* Behind: first without partial text, then it is told, and what can't be made up for is left out. */
static cs_error watch_lag(listening *s, line *l, int64_t now_ms, cs_message *message) {
    int64_t late_ms = s->speed > 0 ? now_ms - l->frames * FRAME_MS : 0;
    int64_t lag_ms = s->speed > 0 ? late_ms + live_call_behind_ms(l->call) : 0;
    cs_error code = CS_OK;
    live_call_want_partials(l->call, lag_ms < QUIET_LAG_MS);
    if (lag_ms >= TOLD_LAG_MS && lag_ms >= 2 * l->told_lag_ms) {
        listen_report_lag(&s->report, l->path, live_call_now_ms(l->call), lag_ms);
        l->told_lag_ms = lag_ms;
    }
    if (l->told_lag_ms && lag_ms < QUIET_LAG_MS) {
        listen_report_lag(&s->report, l->path, live_call_now_ms(l->call), 0);
        l->told_lag_ms = 0;
    }
    if (late_ms < MOST_LAG_MS) return CS_OK;
    const int64_t rate = decoder_format(l->decoder)->rate_hz, frames = (late_ms - TOLD_LAG_MS) / FRAME_MS;
    code = decoder_seek(l->decoder, (l->frames + frames) * FRAME_MS * rate / 1000, message);
    if (code == CS_OK) code = live_call_skip(l->call, frames * FRAME_MS * rate / 1000, message);
    l->frames += frames;
    return code == CS_ERR_USAGE ? end_line(s, l, message) : code; /* it ends within what is left out */
}

static void run_line(listening *s, line *l) {
    cs_message message = {0};
    cs_error code = CS_OK;
    int64_t now_ms = time_of_calls(s);
    for (int i = 0; i < CATCH_UP_FRAMES && code == CS_OK && !l->is_over && l->frames * FRAME_MS < now_ms; i++)
        code = take_frame(s, l, &message);
    if (code == CS_OK && !l->is_over) code = live_call_look(l->call, &message);
    if (code == CS_OK && !l->is_over) code = watch_lag(s, l, time_of_calls(s), &message);
    if (code != CS_OK) refuse(s, l, &message);
}

/* Until the next frame is due; what the recognisers tell meanwhile is taken. */
static void wait_next(listening *s, int64_t due_ms) {
    cs_message lost;
    int64_t left = s->speed > 0 ? (int64_t)((double)(due_ms - time_of_calls(s)) / s->speed) : 0;
    if (left < 0) left = 0;
    if (left > FRAME_MS) left = FRAME_MS;
    recognisers_wait(s->recognisers, s->recogniser_count, (int)left);
    for (uint32_t i = 0; i < s->recogniser_count; i++) (void)recogniser_poll(s->recognisers[i], 0, &lost);
}

static void run_all(listening *s) {
    bool is_running = true;
    for (size_t i = 0; i < s->count; i++) {
        if (s->lines[i].is_over) continue;
        const cs_audio_format *format = decoder_format(s->lines[i].decoder);
        listen_report_begin(&s->report, s->lines[i].path, format->rate_hz, format->channels, s->model->name, s->words);
    }
    s->begun_ms = clock_steady_ms();
    while (is_running) {
        int64_t due_ms = INT64_MAX;
        is_running = false;
        for (size_t i = 0; i < s->count; i++) {
            line *l = &s->lines[i];
            if (!l->is_over) run_line(s, l);
            if (l->is_over) continue;
            is_running = true;
            if (l->frames * FRAME_MS < due_ms) due_ms = l->frames * FRAME_MS;
        }
        if (is_running) wait_next(s, due_ms);
    }
}

/* ---- the command ---- */

static bool read_options(listening *s) {
    const char *speed = argument(s->arguments, "--speed"), *agent = argument(s->arguments, "--agent-channel");
    char *end = NULL;
    s->speed = strtod(speed, &end);
    bool is_speed = end != speed && !*end && s->speed >= 0 && s->speed <= 1000;
    const char *wanted = argument(s->arguments, "--recognisers");
    bool is_agent = !agent || ((*agent == '1' || *agent == '2') && !agent[1]);
    const char *wav = argument(s->arguments, "--wav");
    size_t count = s->arguments->path_count + (wav ? 1 : 0);
    if (!is_speed || !is_agent || count == 0 || count > MOST_CALLS) {
        (void)fprintf(stderr,
                      "callscope listen: give 1 to %d recordings; --speed is a number from 0 (as fast as it goes) to "
                      "1000, --agent-channel 1 or 2\n",
                      (int)MOST_CALLS);
        return false;
    }
    long cores = wanted ? strtol(wanted, NULL, 10) : (long)cores_usable(MOST_CALLS);
    s->recogniser_count = cores < 1 ? 1 : cores > (long)count ? (uint32_t)count : (uint32_t)cores;
    if (agent) {
        s->roles[*agent == '2'] = CS_ROLE_AGENT;
        s->roles[*agent == '1'] = CS_ROLE_CUSTOMER;
    }
    s->lines = calloc(count, sizeof *s->lines);
    if (!s->lines) return false;
    if (wav) s->lines[s->count++] = (line){.owner = s, .path = wav};
    for (size_t i = 0; i < s->arguments->path_count; i++)
        s->lines[s->count++] = (line){.owner = s, .path = s->arguments->paths[i]};
    return true;
}

static cs_error set_up(listening *s, cs_message *message) {
    const char *rules = rules_path(s->arguments);
    s->arena = arena_create(ARENA_BYTES);
    if (!s->arena) return message_set(message, CS_ERR_MEMORY, "there is no memory to listen");
    cs_error code = ruleset_load_cached(cache_folder(), &rules, 1, rule_problem_print, NULL, &s->rules, message);
    return code == CS_OK ? open_model(s, message) : code;
}

int run_listen(const cs_arguments *arguments) {
    listening s = {.arguments = arguments, .exit = CS_EXIT_DONE};
    cs_message message = {0};
    if (!read_options(&s)) {
        free(s.lines);
        return CS_EXIT_USAGE;
    }
    if (!words_are_there(arguments)) {
        free(s.lines);
        return CS_EXIT_REFUSED;
    }
    cs_error code = set_up(&s, &message);
    if (code != CS_OK) {
        trouble_print("listen", &message);
        s.exit = CS_EXIT_REFUSED;
    } else {
        listen_report_init(&s.report, s.rules, argument_is_given(arguments, "--json"), s.count);
        for (size_t i = 0; i < s.count; i++)
            if (open_line(&s, &s.lines[i], &message) != CS_OK) refuse(&s, &s.lines[i], &message);
        run_all(&s);
        listen_report_free(&s.report);
    }
    for (uint32_t i = 0; i < s.recogniser_count; i++) recogniser_close(s.recognisers[i]);
    words_release(s.words);
    ruleset_release(s.rules);
    arena_free(s.arena);
    free(s.lines);
    return s.exit;
}
