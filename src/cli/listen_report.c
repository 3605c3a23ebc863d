#include "cli/listen_report.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 1 << 20, SAID_COLUMNS = 64 };

void listen_report_init(cs_listen_report *r, cs_ruleset *rules, bool is_json, size_t calls) {
    *r = (cs_listen_report){.rules = rules, .is_json = is_json, .language = report_language()};
    r->is_rewritten = !is_json && calls == 1 && isatty(STDOUT_FILENO);
    buffer_init(&r->line, LINE_BYTES);
}

void listen_report_free(cs_listen_report *r) {
    buffer_free(&r->line);
}

/* ---- JSON ---- */

static void open_line(cs_listen_report *r, cs_json_writer *w, const char *event, const char *call, int64_t now_ms) {
    buffer_clear(&r->line);
    json_writer_init(w, &r->line);
    json_object_open(w, NULL);
    json_write_string(w, "event", event);
    json_write_string(w, "call", call);
    json_write_double(w, "seconds", (double)now_ms / 1000, 3);
}

static void close_line(cs_listen_report *r, cs_json_writer *w) {
    json_object_close(w);
    puts(buffer_string(&r->line));
    (void)fflush(stdout);
}

static void write_span(cs_json_writer *w, int64_t from_ms, int64_t to_ms) {
    json_write_double(w, "from", (double)from_ms / 1000, 3);
    json_write_double(w, "to", (double)to_ms / 1000, 3);
}

static void write_turn(cs_json_writer *w, const cs_live_event *e) {
    json_write_int(w, "channel", e->side + 1);
    json_write_string(w, "role", role_name(e->roles[e->side]));
    write_span(w, e->turn->start_ms, e->turn->end_ms);
    json_write_bytes(w, "text", e->turn->text, e->turn->text_bytes);
    if (e->kind == CS_LIVE_FINAL && e->turn->confidence >= 0)
        json_write_double(w, "confidence", (double)e->turn->confidence, 3);
}

static const char *change_name(cs_signal_change change) {
    static const char *const names[] = {"raised", "withdrawn", "confirmed"};
    return names[change];
}

static void write_signal(cs_listen_report *r, cs_json_writer *w, const cs_live_event *e) {
    const cs_signal *signal = e->signal;
    json_write_string(w, "kind", signal->kind == CS_SIGNAL_PROMPT ? "prompt" : "alert");
    json_write_string(w, "change", change_name(e->change));
    json_write_string(w, "rule", ruleset_rule(r->rules, signal->rule)->name);
    if (signal->place_ms != CS_NO_TIME) json_write_double(w, "at", (double)signal->place_ms / 1000, 3);
    json_write_string(w, "words", signal->words);
}

static void write_verdict(cs_listen_report *r, cs_json_writer *w, const cs_finding *f) {
    json_write_string(w, "rule", ruleset_rule(r->rules, f->rule)->name);
    json_write_string(w, "verdict", verdict_name(f->verdict));
    json_write_string(w, "reason", reason_name(f->reason));
    if (f->at_ms != CS_NO_TIME) json_write_double(w, "at", (double)f->at_ms / 1000, 3);
    if (f->turn != CS_NO_TURN) json_write_int(w, "turn", f->turn + 1);
}

static void write_event(cs_listen_report *r, const char *call, const cs_live_event *e) {
    static const char *const names[] = {"sides", "partial", "final", "lost", "signal", "verdict"};
    cs_json_writer w;
    open_line(r, &w, names[e->kind], call, e->now_ms);
    switch (e->kind) {
    case CS_LIVE_SIDES:
        json_array_open(&w, "roles");
        for (int k = 0; k < 2; k++) json_write_string(&w, NULL, role_name(e->roles[k]));
        json_array_close(&w);
        break;
    case CS_LIVE_PARTIAL:
    case CS_LIVE_FINAL: write_turn(&w, e); break;
    case CS_LIVE_LOST:
        json_write_int(&w, "channel", e->side + 1);
        write_span(&w, e->from_ms, e->to_ms);
        json_write_string(&w, "why", e->why->reason);
        break;
    case CS_LIVE_SIGNAL: write_signal(r, &w, e); break;
    case CS_LIVE_VERDICT: write_verdict(r, &w, e->finding); break;
    }
    close_line(r, &w);
}

/* ---- people ---- */

static void clear_said(cs_listen_report *r) {
    for (; r->shown > 0; r->shown--) (void)fputs("\033[1A\033[2K", stdout);
}

static void show_said(cs_listen_report *r) {
    for (int k = 0; r->is_rewritten && k < 2; k++) {
        if (!*r->said[k]) continue;
        (void)fputs("          … ", stdout);
        report_cell(r->said[k], SAID_COLUMNS);
        (void)putchar('\n');
        r->shown++;
    }
    (void)fflush(stdout);
}

static void print_time(int64_t ms) {
    printf("%4lld:%02lld.%lld  ", (long long)(ms / 60000), (long long)(ms / 1000 % 60), (long long)(ms / 100 % 10));
}

static const char *title_of(const cs_listen_report *r, uint32_t rule) {
    const cs_rule *found = ruleset_rule(r->rules, rule);
    return r->language == CS_CHINESE ? found->title_zh : found->title_en;
}

static const char *role_word(const cs_listen_report *r, cs_role role) {
    static const char *const zh[] = {
#define X(code, name, chinese) chinese,
        CS_ROLE_TABLE(X)
#undef X
    };
    return r->language == CS_CHINESE ? zh[role] : role_name(role);
}

static void say_side(const cs_listen_report *r, const cs_live_event *e) {
    if (e->roles[e->side] == CS_ROLE_UNDECIDED)
        printf(r->language == CS_CHINESE ? "声道 %u  " : "channel %u  ", e->side + 1);
    else
        printf("%-9s ", role_word(r, e->roles[e->side]));
}

static void print_event(cs_listen_report *r, const cs_live_event *e) {
    static const char *const zh[] = {"发出", "撤回", "确认"};
    bool is_zh = r->language == CS_CHINESE;
    switch (e->kind) {
    case CS_LIVE_PARTIAL: return;
    case CS_LIVE_SIDES:
        printf(is_zh ? "  声道 1:%s,声道 2:%s" : "  channel 1: %s, channel 2: %s", role_word(r, e->roles[0]),
               role_word(r, e->roles[1]));
        break;
    case CS_LIVE_FINAL:
        say_side(r, e);
        printf("%.*s", (int)e->turn->text_bytes, e->turn->text);
        break;
    case CS_LIVE_LOST:
        say_side(r, e);
        printf(is_zh ? "丢失 %.1f 秒:%s" : "%.1f seconds lost: %s", (double)(e->to_ms - e->from_ms) / 1000,
               e->why->reason);
        break;
    case CS_LIVE_SIGNAL:
        printf("  %s %s  %s  %s",
               e->signal->kind == CS_SIGNAL_PROMPT ? (is_zh ? "提示" : "prompt") : (is_zh ? "告警" : "alert"),
               is_zh ? zh[e->change] : change_name(e->change), title_of(r, e->signal->rule), e->signal->words);
        break;
    case CS_LIVE_VERDICT:
        printf("  %s %s  %s", is_zh ? "判定" : "verdict",
               report_verdict(verdict_name(e->finding->verdict), r->language), title_of(r, e->finding->rule));
        if (e->finding->turn != CS_NO_TURN) printf("  (%u)", e->finding->turn + 1);
        break;
    }
    (void)putchar('\n');
}

static void keep_said(cs_listen_report *r, const cs_live_event *e) {
    if (e->kind == CS_LIVE_PARTIAL)
        (void)snprintf(r->said[e->side], sizeof r->said[e->side], "%.*s", (int)e->turn->text_bytes, e->turn->text);
    else if (e->kind == CS_LIVE_FINAL || e->kind == CS_LIVE_LOST)
        *r->said[e->side] = 0;
}

/* ---- both ---- */

void listen_report_begin(cs_listen_report *r, const char *call, int rate_hz, int channels, const char *model,
                         const cs_speech_words *words) {
    cs_json_writer w;
    if (!r->is_json) {
        printf(r->language == CS_CHINESE ? "%s  %d Hz  %s  识别词 %u\n" : "%s  %d Hz  %s  %u words known\n", call,
               rate_hz, model, words->count);
        return;
    }
    open_line(r, &w, "begin", call, 0);
    json_write_int(&w, "rate_hz", rate_hz);
    json_write_int(&w, "channels", channels);
    json_write_string(&w, "model", model);
    json_object_open(&w, "words");
    for (int i = 0; i < CS_WORDS_SOURCES; i++) json_write_int(&w, words_source_name((cs_words_of)i), words->counts[i]);
    json_object_close(&w);
    json_write_int(&w, "begun_ms", clock_now_ms());
    close_line(r, &w);
}

void listen_report_event(cs_listen_report *r, const char *call, const cs_live_event *e) {
    if (e->kind == CS_LIVE_VERDICT && !verdict_needs_eye(e->finding->verdict)) return;
    if (r->is_json) {
        write_event(r, call, e);
        return;
    }
    keep_said(r, e);
    if (e->kind == CS_LIVE_PARTIAL && !r->is_rewritten) return;
    clear_said(r);
    if (e->kind != CS_LIVE_PARTIAL) {
        print_time(e->now_ms);
        print_event(r, e);
    }
    show_said(r);
}

void listen_report_lag(cs_listen_report *r, const char *call, int64_t now_ms, int64_t lag_ms) {
    cs_json_writer w;
    if (r->is_json) {
        open_line(r, &w, "lag", call, now_ms);
        json_write_double(&w, "lag", (double)lag_ms / 1000, 3);
        close_line(r, &w);
        return;
    }
    clear_said(r);
    print_time(now_ms);
    printf(r->language == CS_CHINESE ? "  落后 %.1f 秒\n" : "  %.1f seconds behind\n", (double)lag_ms / 1000);
    show_said(r);
}

void listen_report_end(cs_listen_report *r, const char *call, const cs_live_call_end *end) {
    cs_json_writer w;
    bool is_zh = r->language == CS_CHINESE;
    if (r->is_json) {
        open_line(r, &w, "end", call, end->heard_ms);
        json_write_double(&w, "recognised", (double)end->sent_ms / 1000, 3);
        json_write_double(&w, "lost", (double)end->lost_ms / 1000, 3);
        json_write_int(&w, "turns", end->turns);
        json_write_int(&w, "findings", end->findings);
        json_write_bool(&w, "same_as_at_once", end->is_same);
        close_line(r, &w);
        return;
    }
    clear_said(r);
    printf(is_zh ? "%s  %.1f 秒,送识别 %.1f 秒,丢失 %.1f 秒,%u 句"
                 : "%s  %.1f s, recognised %.1f s, lost %.1f s, %u turns",
           call, (double)end->heard_ms / 1000, (double)end->sent_ms / 1000, (double)end->lost_ms / 1000, end->turns);
    if (r->rules)
        printf("; %s", end->is_same ? (is_zh ? "与一次性判定一致" : "the same as judged at once")
                                    : (is_zh ? "与一次性判定不一致" : "NOT the same as judged at once"));
    (void)putchar('\n');
    (void)fflush(stdout);
}
