/* callscope events PATH…: what happened to tickets and customers, into the log; callscope obligations: what came of it. */
#include "base/clock.h"
#include "cli/command.h"
#include "cli/printable.h"
#include "cli/report.h"
#include "quality/archive.h"
#include "quality/deferred.h"
#include "quality/event_log_files.h"
#include "quality/event_log_line.h"
#include "quality/rulebook.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFUSALS_SHOWN = 200, REPORT_BYTES = 64 << 20, LINE_BYTES = 4 << 20 };
static const int64_t MAX_GRACE_MS = (int64_t)92 * 86400000;

/* ---- options ---- */

/* "90m", "26h", "3d" */
static bool parse_grace(const char *text, int64_t *ms) {
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    char *end;
    if (*text < '0' || *text > '9') return false;
    long long number = strtoll(text, &end, 10);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(end, units[i].unit) != 0 || number > MAX_GRACE_MS / units[i].ms) continue;
        *ms = number * units[i].ms;
        return true;
    }
    return false;
}

static int wrong(const char *option, const char *takes, const char *given) {
    fprintf(stderr, "callscope: %s takes %s, not '%s'\n", option, takes, given);
    return CS_EXIT_USAGE;
}

/* ---- rules ---- */

static cs_error save_rules(cs_db *db, const cs_ruleset *rules, cs_message *message) {
    cs_error code = db_begin(db, message);
    if (code == CS_OK) code = archive_save_ruleset(db, rules, message);
    if (code == CS_OK) return db_commit(db, message);
    db_rollback(db);
    return code;
}

static cs_error load_path(const cs_arguments *arguments, cs_ruleset **out, cs_message *message) {
    const char *path = rules_path(arguments);
    cs_error code = ruleset_load(&path, 1, rule_problem_print, NULL, out, message);
    if (code != CS_OK && !message->remedy[0])
        message_remedy(message, "mend them, or name another folder with --rules DIR");
    return code;
}

/* The store's rules, since its conversations are inspected under them; a new store takes the ones that are named. */
static cs_error find_rules(const cs_arguments *arguments, cs_db *db, cs_ruleset **out, cs_message *message) {
    cs_hash id;
    cs_error code = archive_current_ruleset(db, &id, message);
    if (code == CS_ERR_NOT_FOUND) {
        code = load_path(arguments, out, message);
        return code == CS_OK ? save_rules(db, *out, message) : code;
    }
    if (code != CS_OK || !argument_is_given(arguments, "--rules"))
        return code == CS_OK ? archive_load_ruleset(db, id, out, message) : code;
    uint32_t pages = 0;
    code = load_path(arguments, out, message);
    if (code == CS_OK) code = rulebook_over(argument(arguments, "--data"), false, out, &pages, message);
    if (code != CS_OK || hash_equal(ruleset_id(*out), id)) return code;
    (void)message_set(message, CS_ERR_CONFLICT, "the store is inspected under other rules than these");
    message_remedy(message, "bring them in with callscope inspect --rules DIR, or leave --rules out here");
    return CS_ERR_CONFLICT;
}

/* ---- events ---- */

typedef struct telling {
    bool is_json;
    int64_t refused;
    cs_buffer refusals; /* JSON */
    cs_json_writer writer;
} telling;

static void on_refused(void *context, const char *file, const cs_message *message) {
    telling *t = context;
    if (++t->refused > REFUSALS_SHOWN) return;
    if (t->is_json) {
        json_object_open(&t->writer, NULL);
        json_write_string(&t->writer, "file", file);
        json_write_string(&t->writer, "place", message->place);
        json_write_string(&t->writer, "reason", message->reason);
        json_write_string(&t->writer, "remedy", message->remedy);
        json_object_close(&t->writer);
        return;
    }
    printable_refusal(file, NULL, message);
}

static void print_json(telling *t, const cs_event_counts *events, const cs_deferred_counts *deferred) {
    cs_buffer out;
    cs_json_writer w;
    buffer_init(&out, REPORT_BYTES);
    json_writer_init(&w, &out);
    json_array_close(&t->writer);
    json_object_open(&w, NULL);
    json_write_int(&w, "files", events->files);
    json_write_int(&w, "lines", events->lines);
    json_write_int(&w, "added", events->added);
    json_write_int(&w, "known", events->known);
    json_write_int(&w, "refused", events->refused);
    json_write_raw(&w, "refusals", buffer_string(&t->refusals));
    json_write_int(&w, "opened", deferred->opened);
    json_write_int(&w, "decided", deferred->decided);
    json_write_int(&w, "superseded", deferred->superseded);
    json_write_int(&w, "timers", deferred->timers);
    json_object_close(&w);
    puts(buffer_string(&out));
    buffer_free(&out);
}

static void print_counts(const cs_event_counts *e, const cs_deferred_counts *d) {
    printf("read %" PRId64 ": %" PRId64 " new, %" PRId64 " known, %" PRId64 " refused\n", e->lines, e->added, e->known,
           e->refused);
    printf("obligations: %" PRId64 " opened, %" PRId64 " decided, %" PRId64 " superseded\n", d->opened, d->decided,
           d->superseded);
}

static cs_error take_in(const cs_arguments *arguments, cs_db *db, const cs_ruleset *rules, int64_t now_ms, telling *t,
                        cs_event_counts *events, cs_deferred_counts *deferred, cs_message *message) {
    const cs_calendar *calendar = across_calendar(rules);
    const char *kind;
    cs_event_import import = {.paths = arguments->paths,
                              .path_count = arguments->path_count,
                              .zone_minutes = calendar ? calendar_zone(calendar) : CS_ZONE_UNKNOWN,
                              .now_ms = now_ms,
                              .context = t,
                              .on_refused = on_refused};
    cs_error code = event_log_import(db, &import, events, message);
    if (code == CS_OK) code = deferred_run(db, rules, now_ms, deferred, message);
    if (code == CS_OK && !t->is_json && across_kinds(rules, &kind, 1) == 0)
        fprintf(stderr, "callscope: no rule of this store waits for events; docs/across.md shows how one is written\n");
    return code;
}

int run_events(const cs_arguments *arguments) {
    int64_t now_ms = clock_now_ms(), grace_ms = -1;
    const char *now = argument(arguments, "--now"), *grace = argument(arguments, "--grace");
    int zone;
    if (now && !clock_parse(now, &now_ms, &zone))
        return wrong("--now", "a time such as 2026-03-02T17:40:00+08:00", now);
    if (grace && !parse_grace(grace, &grace_ms)) return wrong("--grace", "a time up to 92d such as 90m or 26h", grace);
    telling t = {.is_json = argument_is_given(arguments, "--json")};
    buffer_init(&t.refusals, REPORT_BYTES);
    json_writer_init(&t.writer, &t.refusals);
    json_array_open(&t.writer, NULL);
    cs_db *db = NULL;
    cs_ruleset *rules = NULL;
    cs_event_counts events = {0};
    cs_deferred_counts deferred = {0};
    cs_message message = {0};
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_WRITE, &db, &message);
    if (code == CS_OK) code = find_rules(arguments, db, &rules, &message);
    if (code == CS_OK && grace) code = deferred_set_grace(db, grace_ms, &message);
    if (code == CS_OK) code = take_in(arguments, db, rules, now_ms, &t, &events, &deferred, &message);
    ruleset_release(rules);
    db_close(db);
    if (t.refused > REFUSALS_SHOWN) fprintf(stderr, "… and %" PRId64 " more refused\n", t.refused - REFUSALS_SHOWN);
    if (code == CS_OK && t.is_json)
        print_json(&t, &events, &deferred);
    else if (code == CS_OK)
        print_counts(&events, &deferred);
    else
        trouble_print(NULL, &message);
    buffer_free(&t.refusals);
    return code != CS_OK || events.refused ? CS_EXIT_REFUSED : CS_EXIT_DONE;
}

/* ---- obligations ---- */

typedef struct listing {
    const cs_ruleset *rules; /* NULL: none stored */
    cs_language language;
    bool is_json;
    int zone;
    int64_t count;
    cs_buffer line;
} listing;

static const char *state_word(const char *state, cs_language language) {
    static const char *const chinese[] = {
#define X(code, name, expect, never, zh) zh,
        CS_DEFERRED_TABLE(X)
#undef X
    };
    cs_deferred_state parsed = deferred_state_parse(state);
    return language == CS_CHINESE && parsed != CS_DEFERRED_COUNT ? chinese[parsed] : state;
}

/* To the minute, on the centre's clock. */
static const char *minute_of(const cs_json *json, const char *key, int zone, char out[32]) {
    int64_t ms = CS_NO_TIME;
    (void)json_int64(json_get(json, key), &ms);
    clock_format(ms, zone, out);
    if (strlen(out) > 16) out[10] = ' ', out[16] = 0;
    return out;
}

static const char *text_of(const cs_json *json, const char *key) {
    const char *text = json_string(json_get(json, key), NULL);
    return text ? text : "";
}

static void print_event(const listing *l, const char *what, const cs_json *event) {
    char at[32];
    printf("    %-9s %s %s", what, minute_of(event, "at_ms", l->zone, at), text_of(event, "event"));
    static const char *const keys[] = {"conversation", "by", "direction"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (*text_of(event, keys[i])) printf(", %s %s", keys[i], text_of(event, keys[i]));
    if (*text_of(event, "why")) printf(" (%s)", text_of(event, "why"));
    puts("");
}

static void print_events(const listing *l, const char *what, const cs_json *events) {
    for (size_t i = 0; i < json_length(events); i++) print_event(l, what, json_at(events, i));
}

static void print_obligation(const listing *l, const cs_json *o) {
    char from[32], to[32];
    const cs_json *evidence = json_get(o, "evidence"), *window = json_get(evidence, "window");
    const char *ticket = text_of(o, "ticket"), *customer = text_of(o, "customer");
    report_cell(state_word(text_of(o, "state"), l->language), 10);
    printf("%s  %s", text_of(o, "rule"), report_title(o, l->language));
    if (*ticket) printf("  ticket %s", ticket);
    if (*customer) printf("  customer %s", customer);
    puts(json_is_true(json_get(o, "is_current")) ? "" : "  (superseded)");
    printf("    %-9s %s, %s\n", "due", minute_of(o, "due_ms", l->zone, to), text_of(o, "reason"));
    print_event(l, "opened", json_get(evidence, "opened"));
    if (json_get(evidence, "match")) print_event(l, "by", json_get(evidence, "match"));
    if (json_get(evidence, "waiver")) print_event(l, "waived", json_get(evidence, "waiver"));
    if (strcmp(text_of(o, "state"), "missed") == 0 && !json_get(evidence, "match"))
        printf("    %-9s %s – %s\n", "searched", minute_of(window, "from_ms", l->zone, from),
               minute_of(window, "to_ms", l->zone, to));
    print_events(l, "perhaps", json_get(evidence, "possible"));
    print_events(l, "perhaps", json_get(evidence, "possible_waivers"));
    print_events(l, "near", json_get(evidence, "near"));
}

static bool on_obligation(void *context, const cs_obligation *row) {
    listing *l = context;
    cs_json_writer w;
    cs_message message;
    cs_json *json = NULL;
    buffer_clear(&l->line);
    json_writer_init(&w, &l->line);
    obligation_write(&w, row, l->rules ? ruleset_find(l->rules, row->rule) : NULL);
    if (l->is_json) {
        printf("%s%s", l->count++ ? ",\n" : "", buffer_string(&l->line));
        return true;
    }
    l->count++;
    printable_json(&l->line);
    if (json_parse(buffer_string(&l->line), l->line.length, LINE_BYTES, &json, &message) == CS_OK)
        print_obligation(l, json);
    json_free(json);
    return true;
}

static cs_error print_list(const cs_arguments *arguments, cs_db *db, const cs_obligation_filter *filter,
                           cs_message *message) {
    cs_ruleset *rules = NULL;
    cs_hash id;
    cs_error code = archive_current_ruleset(db, &id, message);
    if (code == CS_OK) code = archive_load_ruleset(db, id, &rules, message);
    if (code != CS_OK && code != CS_ERR_NOT_FOUND) return code;
    listing l = {.rules = rules,
                 .language = report_language(),
                 .is_json = argument_is_given(arguments, "--json"),
                 .zone = calendar_zone(rules ? across_calendar(rules) : NULL)};
    buffer_init(&l.line, LINE_BYTES);
    if (l.is_json) printf("{\"obligations\":[");
    code = deferred_list(db, filter, on_obligation, &l, message);
    if (l.is_json)
        printf("],\"count\":%" PRId64 "}\n", l.count);
    else if (code == CS_OK)
        printf("%" PRId64 " obligations\n", l.count);
    buffer_free(&l.line);
    ruleset_release(rules);
    return code;
}

int run_obligations(const cs_arguments *arguments) {
    const char *state = argument(arguments, "--state");
    cs_obligation_filter filter = {.state = state ? deferred_state_parse(state) : CS_DEFERRED_COUNT,
                                   .rule = argument(arguments, "--rule"),
                                   .has_history = argument_is_given(arguments, "--all")};
    if (state && filter.state == CS_DEFERRED_COUNT)
        return wrong("--state", "pending, met, missed, waived or undecided", state);
    cs_db *db = NULL;
    cs_message message = {0};
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_READ, &db, &message);
    if (code == CS_OK) code = print_list(arguments, db, &filter, &message);
    db_close(db);
    if (code == CS_OK) return CS_EXIT_DONE;
    trouble_print(NULL, &message);
    return CS_EXIT_REFUSED;
}
