/* callscope replay FILE: what a supervisor and an agent would have seen while it ran. */
#include "quality/replay.h"
#include "cli/command.h"
#include "cli/report.h"
#include "conversation/format.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ARENA_BYTES = 512 << 20 };

typedef struct showing {
    const cs_arguments *arguments;
    cs_ruleset *rules;
    cs_scanner *scanner;
    const cs_conversation *conversation;
    cs_language language;
    double speed; /* 0: as fast as it goes */
    int64_t last_ms;
    cs_replay_options options;
    uint64_t raised, withdrawn, verdicts, conversations, different;
    int exit;
} showing;

static bool wait(void *context, int64_t now_ms) {
    showing *s = context;
    double seconds = s->speed > 0 ? (double)(now_ms - s->last_ms) / 1000 / s->speed : 0;
    s->last_ms = now_ms;
    if (seconds <= 0) return true;
    struct timespec time = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    fflush(stdout);
    return nanosleep(&time, NULL) == 0;
}

static void print_time(int64_t ms) {
    if (ms == CS_NO_TIME)
        printf("  --:--.-  ");
    else
        printf("%4lld:%02lld.%lld  ", (long long)(ms / 60000), (long long)(ms / 1000 % 60), (long long)(ms / 100 % 10));
}

static const char *title_of(const showing *s, uint32_t rule) {
    const cs_rule *r = ruleset_rule(s->rules, rule);
    return s->language == CS_CHINESE ? r->title_zh : r->title_en;
}

static void on_turn(void *context, int64_t now_ms, const cs_turn *turn) {
    showing *s = context;
    print_time(s->conversation->is_timed ? now_ms : CS_NO_TIME);
    printf("%-9s %.*s\n", role_name(s->conversation->participants[turn->participant].role), (int)turn->text_bytes,
           turn->text);
}

static void on_signal(void *context, int64_t now_ms, const cs_signal *signal, cs_signal_change change) {
    static const char *const en[] = {"raised", "withdrawn", "confirmed"}, *const zh[] = {"发出", "撤回", "确认"};
    showing *s = context;
    bool is_zh = s->language == CS_CHINESE, is_prompt = signal->kind == CS_SIGNAL_PROMPT;
    s->raised += change == CS_SIGNAL_RAISED;
    s->withdrawn += change == CS_SIGNAL_WITHDRAWN;
    print_time(s->conversation->is_timed ? now_ms : CS_NO_TIME);
    printf("  %s %s  %s  %s\n", is_prompt ? (is_zh ? "提示" : "prompt") : (is_zh ? "告警" : "alert"),
           (is_zh ? zh : en)[change], title_of(s, signal->rule), signal->words);
}

static void on_verdict(void *context, int64_t now_ms, const cs_finding *finding) {
    showing *s = context;
    if (!verdict_needs_eye(finding->verdict)) return;
    s->verdicts++;
    print_time(s->conversation->is_timed ? now_ms : CS_NO_TIME);
    printf("  %s %s  %s", s->language == CS_CHINESE ? "判定" : "verdict",
           report_verdict(verdict_name(finding->verdict), s->language), title_of(s, finding->rule));
    if (finding->turn != CS_NO_TURN) printf("  (%u)", finding->turn + 1);
    putchar('\n');
}

static cs_error replay_one(showing *s, const cs_conversation *c, cs_arena *arena, cs_message *message) {
    cs_replay_listener listener = {s, wait, on_turn, on_signal, on_verdict};
    cs_verdicts live, batch;
    s->conversation = c;
    s->last_ms = 0;
    s->conversations++;
    printf("%s  %s\n", c->external_id, c->title ? c->title : "");
    cs_error code = replay_run(s->scanner, c, arena, &s->options, &listener, &live, message);
    if (code == CS_OK) code = evaluation_run(s->scanner, c, arena, &batch, message);
    if (code == CS_OK && !replay_is_same(&live, &batch)) s->different++;
    putchar('\n');
    return code;
}

static bool on_conversation(void *context, cs_conversation *c, cs_arena *read_arena) {
    showing *s = context;
    cs_message message;
    cs_arena *arena = arena_create(ARENA_BYTES);
    cs_error code =
        arena ? replay_one(s, c, arena, &message) : message_set(&message, CS_ERR_MEMORY, "out of memory for a replay");
    arena_free(arena);
    arena_free(read_arena);
    if (code == CS_OK) return true;
    if (code != CS_ERR_STOPPED) trouble_print(s->arguments->paths[0], &message);
    s->exit = CS_EXIT_REFUSED;
    return code != CS_ERR_STOPPED;
}

static bool on_refused(void *context, const char *id, cs_error code, const cs_message *message) {
    showing *s = context;
    (void)code;
    trouble_print(id ? id : s->arguments->paths[0], message);
    s->exit = CS_EXIT_REFUSED;
    return true;
}

static cs_error read_file(showing *s, cs_message *message) {
    const char *path = s->arguments->paths[0], *mapping_path = argument(s->arguments, "--mapping");
    cs_mapping *mapping = NULL;
    cs_reader_sink sink = {.context = s, .on_conversation = on_conversation, .on_refused = on_refused};
    cs_read_counts counts = {0};
    cs_error code = mapping_path ? mapping_load(mapping_path, &mapping, message) : CS_OK;
    const cs_format *format = code == CS_OK ? format_find(path, mapping) : NULL;
    if (code == CS_OK && !format) {
        code = message_set(message, CS_ERR_USAGE, "nothing reads this kind of file");
        message_remedy(message, "give a .json, .jsonl or .vtt file; a table with --mapping FILE");
    }
    if (code == CS_OK) code = format_read(format, path, mapping, &sink, &counts, message);
    mapping_free(mapping);
    return code;
}

int run_replay(const cs_arguments *arguments) {
    const char *rules = rules_path(arguments), *arrival = argument(arguments, "--arrival");
    const char *speed = argument(arguments, "--speed"), *seed = argument(arguments, "--seed");
    showing s = {.arguments = arguments, .language = report_language(), .exit = CS_EXIT_DONE};
    cs_message message;
    char *end = NULL;
    s.speed = speed ? strtod(speed, &end) : 0;
    bool is_speed = !speed || (end != speed && !*end && s.speed > 0 && s.speed <= 1e6);
    errno = 0;
    s.options.seed = seed ? strtoull(seed, &end, 10) : 1;
    bool is_seed = !seed || (seed[0] >= '0' && seed[0] <= '9' && !*end && errno == 0);
    s.options.is_random = arrival && strcmp(arrival, "random") == 0;
    if ((arrival && !s.options.is_random && strcmp(arrival, "ordered") != 0) || !is_speed || !is_seed) {
        fprintf(stderr, "callscope replay: --arrival is ordered or random, --speed a number above 0 and up to 1000000, "
                        "--seed a whole number\n");
        return CS_EXIT_USAGE;
    }
    cs_error code = ruleset_load_cached(cache_folder(), &rules, 1, rule_problem_print, NULL, &s.rules, &message);
    if (code == CS_OK) code = scanner_create(s.rules, &s.scanner, &message);
    if (code == CS_OK) code = read_file(&s, &message);
    if (code != CS_OK && code != CS_ERR_STOPPED) {
        trouble_print(arguments->paths[0], &message);
        s.exit = CS_EXIT_REFUSED;
    }
    if (s.conversations) {
        bool is_zh = s.language == CS_CHINESE;
        printf(is_zh ? "信号 %llu 个(撤回 %llu 个),判定 %llu 个;%s\n"
                     : "%llu signals (%llu withdrawn), %llu verdicts; %s\n",
               (unsigned long long)s.raised, (unsigned long long)s.withdrawn, (unsigned long long)s.verdicts,
               s.different ? (is_zh ? "与一次性判定不一致" : "NOT the same as judged at once")
                           : (is_zh ? "与一次性判定一致" : "the same as judged at once"));
        if (s.different) s.exit = CS_EXIT_REFUSED;
    }
    scanner_free(s.scanner);
    ruleset_release(s.rules);
    return s.exit;
}
