/* callscope inspect PATH…: the whole pipeline, with progress, what was refused, and a summary. */
#include "quality/inspect.h"
#include "cli/printable.h"

#include "base/clock.h"
#include "cli/command.h"
#include "cli/inspect_speech.h"
#include "cli/report.h"
#include "imports/import_command.h"
#include "insight/figures.h"
#include "insight/figures_refresh.h"
#include "quality/speech_words.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REFUSALS_SHOWN = 200, REPORT_BYTES = 64 << 20 };

static volatile sig_atomic_t is_stopped;
static void on_signal(int signal_number) {
    (void)signal_number;
    is_stopped = 1;
}

typedef struct showing {
    bool has_bar, is_json;
    int64_t started_ms, shown_ms;
    int64_t refused;
    cs_buffer refusals; /* JSON */
    cs_json_writer writer;
    cs_import_command *import;
    int64_t number; /* of the import; 0: it left none */
} showing;

/* ---- progress ---- */

static void clear_bar(const showing *s) {
    if (s->has_bar) fputs("\r\033[K", stderr);
}

static int64_t done_of(const cs_inspect_counts *c) {
    return inspect_read(c) - c->refused + c->reinspected;
}

static void draw_bar(const cs_inspect_counts *c, int64_t elapsed_ms) {
    enum { WIDTH = 24 };
    int64_t done = c->stale ? c->reinspected : c->bytes_done, all = c->stale ? c->stale : c->bytes;
    int filled = all > 0 ? (int)(done * WIDTH / all) : 0;
    int64_t conversations = done_of(c);
    char bar[WIDTH + 1];
    filled = filled > WIDTH ? WIDTH : filled;
    for (int i = 0; i < WIDTH; i++) bar[i] = i < filled ? '#' : '.';
    bar[WIDTH] = 0;
    int64_t left_s = done > 0 && all > done ? elapsed_ms * (all - done) / done / 1000 : 0;
    fprintf(stderr, "\r\033[K[%s] %3d %%  %lld conversations  %lld/s  %lld:%02lld left  %lld refused", bar,
            all > 0 ? (int)(done * 100 / all) : 0, (long long)conversations,
            (long long)(elapsed_ms > 0 ? conversations * 1000 / elapsed_ms : 0), (long long)(left_s / 60),
            (long long)(left_s % 60), (long long)c->refused);
    if (c->speech_ms)
        fprintf(stderr, "  %.1f min of voices, %lldx", (double)c->speech_ms / 60000,
                (long long)(elapsed_ms > 0 ? c->speech_ms / elapsed_ms : 0));
}

/* A bar on a terminal; in a log one line every ten seconds. */
static void on_progress(void *context, const cs_inspect_counts *counts) {
    showing *s = context;
    int64_t now = clock_steady_ms(), elapsed = now - s->started_ms;
    if (now - s->shown_ms < (s->has_bar ? 150 : 10000)) return;
    s->shown_ms = now;
    if (s->has_bar) {
        draw_bar(counts, elapsed);
        return;
    }
    int64_t done = done_of(counts), rate = elapsed > 0 ? done * 1000 / elapsed : 0;
    fprintf(stderr, "%lld conversations, %lld/s, %lld refused", (long long)done, (long long)rate,
            (long long)counts->refused);
    if (counts->speech_ms) fprintf(stderr, ", %.1f minutes of voices recognised", (double)counts->speech_ms / 60000);
    fputc('\n', stderr);
}

static void on_refused(void *context, const char *file, const char *id, const cs_message *message) {
    showing *s = context;
    import_command_refuse(s->import, file, id, message);
    if (++s->refused > REFUSALS_SHOWN) return;
    if (s->is_json) {
        json_object_open(&s->writer, NULL);
        json_write_string(&s->writer, "file", file);
        json_write_string(&s->writer, "id", id);
        json_write_string(&s->writer, "place", message->place);
        json_write_string(&s->writer, "reason", message->reason);
        json_write_string(&s->writer, "remedy", message->remedy);
        json_object_close(&s->writer);
        return;
    }
    clear_bar(s);
    printable_refusal(file, id, message);
}

/* ---- afterwards ---- */

/* The summary is true without it: what is due is told by serve or the next run. */
static void count_figures(const char *data, const char *rules_folder) {
    cs_figures_work work;
    cs_message message = {0};
    cs_error code = figures_refresh(data, true, NULL, &work, &message);
    if (code == CS_OK) code = measures_keep(data, rules_folder, true, &message);
    if (code != CS_OK) trouble_print("the figures are not up to date", &message);
}

static cs_error write_summary(const char *data, const cs_ruleset *rules, cs_json_writer *out, cs_message *message) {
    cs_db *db = NULL;
    cs_filter filter;
    filter_init(&filter);
    cs_error code = db_open(data, CS_DB_READ, &db, message);
    if (code == CS_OK) code = figures_summary(db, rules, &filter, out, message);
    db_close(db);
    return code;
}

static void print_counts(const cs_inspect_counts *c, int64_t import, double seconds) {
    printf("read %lld = expected %lld: %lld inspected, %lld unchanged, %lld duplicates, %lld refused",
           (long long)inspect_read(c), (long long)c->expected, (long long)c->inspected, (long long)c->unchanged,
           (long long)c->duplicates, (long long)c->refused);
    if (c->reinspected) printf("; %lld inspected again", (long long)c->reinspected);
    if (c->left_stale) printf(", %lld could not be", (long long)c->left_stale);
    if (c->recordings || c->recordings_failed) printf("; %lld recordings heard", (long long)c->recordings);
    if (c->recordings_failed) printf(", %lld could not be, or not whole", (long long)c->recordings_failed);
    if (c->recognised)
        printf("; %lld recognised, %.1f minutes of voices, %.0f times as fast as they were spoken",
               (long long)c->recognised, (double)c->speech_ms / 60000,
               seconds > 0 ? (double)c->speech_ms / 1000 / seconds : 0);
    if (c->words[0] + c->words[1] + c->words[2] + c->words[3])
        printf("; recognition knew %lld words of your own, %lld of the book, %lld people, %lld phrases of rules",
               (long long)c->words[0], (long long)c->words[1], (long long)c->words[2], (long long)c->words[3]);
    if (inspect_records(&c->records))
        printf("; %lld rows of lists: %lld new, %lld changed, %lld unchanged, %lld refused",
               (long long)inspect_records(&c->records), (long long)c->records.added, (long long)c->records.changed,
               (long long)c->records.unchanged, (long long)c->records.refused);
    if (c->records.retired) printf(", %lld stand there no more", (long long)c->records.retired);
    if (c->joined) printf("; %lld inspected again with what was joined to them", (long long)c->joined);
    if (c->files_passed) printf("; %lld files of other kinds passed over", (long long)c->files_passed);
    if (import) printf("; import %lld", (long long)import);
    printf(" (%.1f s)\n", seconds);
}

static void write_counts(cs_json_writer *w, const cs_inspect_counts *c) {
    json_object_open(w, "counts");
    json_write_int(w, "files", c->files);
    json_write_int(w, "files_skipped", c->files_skipped);
    json_write_int(w, "expected", c->expected);
    json_write_int(w, "read", inspect_read(c));
    json_write_int(w, "inspected", c->inspected);
    json_write_int(w, "unchanged", c->unchanged);
    json_write_int(w, "duplicates", c->duplicates);
    json_write_int(w, "refused", c->refused);
    json_write_int(w, "reinspected", c->reinspected);
    json_write_int(w, "joined", c->joined);
    json_object_open(w, "records");
    json_write_int(w, "read", inspect_records(&c->records));
    json_write_int(w, "new", c->records.added);
    json_write_int(w, "changed", c->records.changed);
    json_write_int(w, "unchanged", c->records.unchanged);
    json_write_int(w, "refused", c->records.refused);
    json_write_int(w, "retired", c->records.retired);
    json_object_close(w);
    json_write_int(w, "left_stale", c->left_stale);
    json_write_int(w, "recordings", c->recordings);
    json_write_int(w, "recordings_failed", c->recordings_failed);
    json_write_int(w, "recognised", c->recognised);
    json_write_int(w, "unrecognised", c->unrecognised);
    json_write_int(w, "speech_ms", c->speech_ms);
    json_write_int(w, "speech_kept_ms", c->speech_kept_ms);
    json_object_open(w, "words");
    for (int i = 0; i < CS_WORDS_SOURCES; i++) json_write_int(w, words_source_name((cs_words_of)i), c->words[i]);
    json_object_close(w);
    json_write_int(w, "stored", c->stored);
    json_object_close(w);
}

static cs_error report(const char *data, const cs_ruleset *rules, const cs_inspect_counts *counts, showing *s,
                       cs_message *message) {
    cs_buffer out;
    cs_json_writer w;
    cs_json *summary = NULL;
    buffer_init(&out, REPORT_BYTES);
    json_writer_init(&w, &out);
    if (s->is_json) {
        json_array_close(&s->writer);
        json_object_open(&w, NULL);
        if (s->number)
            json_write_int(&w, "import", s->number);
        else
            json_write_null(&w, "import");
        write_counts(&w, counts);
        json_write_raw(&w, "refused", buffer_string(&s->refusals));
        buffer_text(&out, ",\"summary\":");
        cs_json_writer inner;
        json_writer_init(&inner, &out);
        cs_error code = write_summary(data, rules, &inner, message);
        json_object_close(&w);
        if (code == CS_OK) puts(buffer_string(&out));
        buffer_free(&out);
        return code;
    }
    cs_error code = write_summary(data, rules, &w, message);
    if (code == CS_OK) printable_json(&out);
    if (code == CS_OK) code = json_parse(buffer_string(&out), out.length, REPORT_BYTES, &summary, message);
    if (code == CS_OK && counts->stored > 0) report_summary(summary, report_language());
    json_free(summary);
    buffer_free(&out);
    return code;
}

/* 0: not given; -1: no such channel. */
static int read_agent_channel(const cs_arguments *arguments) {
    const char *text = argument(arguments, "--agent-channel");
    if (!text) return 0;
    return strcmp(text, "1") == 0 ? 1 : strcmp(text, "2") == 0 ? 2 : -1;
}

/* The run as an import of its own: what it brought can be listed and taken back. */
static cs_error run_import(const cs_inspect_options *options, showing *s, cs_inspect_counts *counts,
                           cs_message *message) {
    const char *name = options->path_count ? options->paths[0] : "recognised again";
    const char *slash = strrchr(name, '/');
    cs_message late;
    *counts = (cs_inspect_counts){0};
    cs_error code = import_command_begin(options->data, slash && slash[1] ? slash + 1 : name, &s->import, message);
    if (code != CS_OK) return code;
    cs_inspect_options own = *options;
    own.import = import_command_number(s->import);
    code = inspect_run(&own, counts, message);
    bool is_kept = false;
    cs_error ended = import_command_end(s->import, code, counts, message, &is_kept, &late);
    s->number = ended == CS_OK && is_kept ? own.import : 0;
    if (code == CS_OK && ended != CS_OK) {
        *message = late;
        code = ended;
    }
    return code;
}

static int run(const cs_arguments *arguments, cs_ruleset *rules, const cs_mapping_set *mappings, int agent_channel) {
    const char *data = argument(arguments, "--data");
    showing s = {.is_json = argument_is_given(arguments, "--json"), .started_ms = clock_steady_ms()};
    s.has_bar = isatty(STDERR_FILENO);
    s.shown_ms = s.started_ms;
    buffer_init(&s.refusals, REPORT_BYTES);
    json_writer_init(&s.writer, &s.refusals);
    json_array_open(&s.writer, NULL);
    cs_inspect_counts counts;
    cs_message message;
    cs_inspect_options options = {.data = data,
                                  .paths = arguments->paths,
                                  .path_count = arguments->path_count,
                                  .ruleset = rules,
                                  .mappings = mappings,
                                  .key_file = key_file(arguments),
                                  .speech = argument(arguments, "--speech"),
                                  .by_silero = speech_by_silero(arguments),
                                  .words = words_path(arguments),
                                  .agent_channel = agent_channel,
                                  .is_again = argument_is_given(arguments, "--again"),
                                  .is_stopped = &is_stopped,
                                  .context = &s,
                                  .on_progress = on_progress,
                                  .on_refused = on_refused};
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    cs_error code = run_import(&options, &s, &counts, &message);
    double seconds = (double)(clock_steady_ms() - s.started_ms) / 1000.0;
    clear_bar(&s);
    if (s.refused > REFUSALS_SHOWN)
        fprintf(stderr, "… and %lld more refused\n", (long long)(s.refused - REFUSALS_SHOWN));
    if (code == CS_OK) count_figures(data, rules_path(arguments));
    if (code == CS_OK && !s.is_json) print_counts(&counts, s.number, seconds);
    if (code == CS_OK) speech_tell_off(&counts, arguments);
    if (code == CS_OK) code = report(data, rules, &counts, &s, &message);
    buffer_free(&s.refusals);
    if (code != CS_OK) {
        trouble_print(NULL, &message);
        if (counts.inspected) fprintf(stderr, "  stored in this run: %lld\n", (long long)counts.inspected);
        return CS_EXIT_REFUSED;
    }
    bool is_nothing = counts.expected == 0 && inspect_records(&counts.records) == 0 && counts.files_skipped == 0 &&
                      !argument_is_given(arguments, "--again");
    if (is_nothing)
        fprintf(stderr, "callscope: there is no conversation under these paths\n  what to do: give .json, .jsonl, "
                        ".vtt, .srt, .eml, recordings, or .csv, .xlsx and .txt with --mapping FILE\n");
    return counts.refused || counts.records.refused || counts.left_stale || counts.recordings_failed || is_nothing
               ? CS_EXIT_REFUSED
               : CS_EXIT_DONE;
}

int run_inspect(const cs_arguments *arguments) {
    const char *rules_folder = rules_path(arguments), *mapping_path = argument(arguments, "--mapping");
    cs_ruleset *rules = NULL;
    cs_mapping_set *mappings = NULL;
    cs_message message;
    int exit_code = CS_EXIT_REFUSED;
    int agent_channel = read_agent_channel(arguments);
    if (arguments->path_count == 0 && !argument_is_given(arguments, "--again")) {
        fputs("callscope: PATH… is missing\n  see: callscope inspect --help\n", stderr);
        return CS_EXIT_USAGE;
    }
    if (!speech_is_there(arguments) || !words_are_there(arguments)) return CS_EXIT_REFUSED;
    if (agent_channel < 0) {
        fprintf(stderr, "callscope: --agent-channel is 1 (left) or 2 (right)\n");
        return CS_EXIT_USAGE;
    }
    if (ruleset_load_cached(cache_folder(), &rules_folder, 1, rule_problem_print, NULL, &rules, &message) != CS_OK) {
        if (!message.remedy[0]) message_remedy(&message, "mend them, or name another folder with --rules DIR");
        trouble_print(NULL, &message);
    } else if (!rules_lay_book(argument(arguments, "--data"), rules_folder, &rules)) {
        exit_code = CS_EXIT_REFUSED;
    } else if (mapping_path && mapping_set_load(mapping_path, &mappings, &message) != CS_OK)
        trouble_print(mapping_path, &message);
    else
        exit_code = run(arguments, rules, mappings, agent_channel);
    mapping_set_free(mappings);
    ruleset_release(rules);
    return exit_code;
}
