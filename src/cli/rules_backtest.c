/* callscope rules backtest OLD NEW: what changed rules would have found in everything that is stored. */
#include "cli/command.h"

#include "base/clock.h"
#include "cli/report.h"
#include "quality/archive.h"
#include "quality/backtest.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REPORT_BYTES = 256 << 20, PEOPLE_SHOWN = 10, TITLE_WIDTH = 46 };

static volatile sig_atomic_t is_stopped;
static void on_signal(int signal_number) {
    (void)signal_number;
    is_stopped = 1;
}

/* ---- what is printed ---- */

static const char *text_of(const cs_json *object, const char *key) {
    const char *text = json_string(json_get(object, key), NULL);
    return text ? text : "";
}

static long long whole(const cs_json *object, const char *key) {
    int64_t value = 0;
    (void)json_int64(json_get(object, key), &value);
    return (long long)value;
}

static void print_head(const cs_json *test, bool is_zh) {
    const cs_json *rules = json_get(test, "rules");
    printf(is_zh ? "规则集 %.12s → %.12s:%lld 条相同,%lld 条改动,%lld 条新增,%lld 条删除\n"
                 : "rule set %.12s → %.12s: %lld rules the same, %lld changed, %lld added, %lld removed\n",
           text_of(rules, "old"), text_of(rules, "new"), whole(rules, "same"), whole(rules, "changed"),
           whole(rules, "added"), whole(rules, "removed"));
    if (json_length(json_get(test, "changes")) == 0) {
        puts(is_zh ? "规则没有差别,没有可比较的" : "no rule differs: there is nothing to compare");
        return;
    }
    if (json_is_true(json_get(test, "partial")))
        printf(is_zh ? "部分结果:中途停止,只看了 %2$lld 条中的 %1$lld 条\n"
                     : "PARTIAL: stopped after %lld of %lld conversations\n",
               whole(test, "conversations"), whole(test, "of"));
    printf(is_zh ? "%lld 条会话,%lld 条有差别(%.1f 秒)\n" : "%lld conversations, %lld of them differ (%.1f s)\n",
           whole(test, "conversations"), whole(test, "differing"), (double)whole(test, "elapsed_ms") / 1000.0);
    if (whole(test, "skipped")) {
        const cs_json *first = json_get(test, "first_skipped");
        printf(is_zh ? "%lld 条没能判定,第一条:%s:%s\n" : "%lld could not be judged, the first: %s: %s\n",
               whole(test, "skipped"), text_of(first, "place"), text_of(first, "reason"));
    }
}

static void print_sample(const cs_json *sample, cs_language language) {
    const cs_json *evidence = json_get(sample, "evidence");
    bool has_words = false;
    printf("      %s  ", text_of(sample, "id"));
    for (size_t i = 0; i < json_length(evidence) && i < 4; i++) {
        const cs_json *e = json_at(evidence, i);
        int64_t turn;
        if (!*text_of(e, "matched") && !*text_of(e, "step")) continue;
        printf("%s", has_words ? "; " : "");
        if (json_int64(json_get(e, "turn"), &turn))
            printf(language == CS_CHINESE ? "第 %lld 句 " : "turn %lld ", (long long)turn);
        printf("“%s”", *text_of(e, "matched") ? text_of(e, "matched") : text_of(e, "step"));
        if (*text_of(e, "why")) printf(" (%s)", text_of(e, "why"));
        has_words = true;
    }
    if (!has_words)
        printf("%s → %s", report_verdict(text_of(sample, "old"), language),
               report_verdict(text_of(sample, "new"), language));
    puts("");
}

static void print_samples(const cs_json *change, const char *key, const char *words, cs_language language) {
    const cs_json *samples = json_get(json_get(change, "samples"), key);
    if (json_length(samples) == 0) return;
    printf("    %s\n", words);
    for (size_t i = 0; i < json_length(samples); i++) print_sample(json_at(samples, i), language);
}

/* "12 % (11.8–12.2 of 20000)": three digits, since a rare thing has its own */
static void print_rate(const cs_json *side, bool is_zh) {
    long long decided = whole(side, "found") + whole(side, "passed");
    if (decided == 0) {
        printf("–");
        return;
    }
    printf(is_zh ? "%.3g %%(%.3g–%.3g,共 %lld 条)" : "%.3g %% (%.3g–%.3g of %lld)",
           100 * json_number(json_get(side, "rate"), 0), 100 * json_number(json_get(side, "low"), 0),
           100 * json_number(json_get(side, "high"), 0), decided);
}

static void print_count(const cs_json *change, const char *key, const char *words, bool *has_any) {
    if (whole(change, key) == 0) return;
    printf("%s%s %lld", *has_any ? ", " : "", words, whole(change, key));
    *has_any = true;
}

static void print_change(const cs_json *change, cs_language language) {
    static const char *const zh[][2] = {{"changed", "改动"}, {"added", "新增"}, {"removed", "删除"}};
    bool is_zh = language == CS_CHINESE, has_any = false;
    const char *what = text_of(change, "change");
    for (size_t i = 0; is_zh && i < 3; i++)
        if (strcmp(zh[i][0], what) == 0) what = zh[i][1];
    printf("\n%s  %s  (%s, %s:%lld)\n    ", text_of(change, "rule"), report_title(change, language), what,
           text_of(change, "file"), whole(change, "line"));
    print_count(change, "newly_hit", is_zh ? "新命中" : "newly hit", &has_any);
    print_count(change, "newly_missed", is_zh ? "新未达" : "newly missed", &has_any);
    print_count(change, "newly_noted", is_zh ? "新提示" : "newly noted", &has_any);
    print_count(change, "newly_undecided", is_zh ? "新待定" : "newly undecided", &has_any);
    print_count(change, "no_longer", is_zh ? "不再" : "no longer", &has_any);
    if (!has_any) printf(is_zh ? "没有会话的结论不同" : "no conversation is found anew or lost");
    const char *kind = text_of(change, "kind");
    const char *verdict = strcmp(kind, "never") == 0 ? "hit" : strcmp(kind, "flag") == 0 ? "noted" : "missed";
    printf(is_zh ? "\n    %s,占已判定:" : "\n    %s, of those decided: ", report_verdict(verdict, language));
    print_rate(json_get(change, "old"), is_zh);
    printf(" → ");
    print_rate(json_get(change, "new"), is_zh);
    puts("");
    print_samples(change, "found", is_zh ? "新命中的例子" : "found anew", language);
    print_samples(change, "undecided", is_zh ? "新待定的例子" : "undecided now", language);
    print_samples(change, "no_longer", is_zh ? "不再命中的例子" : "no longer", language);
}

static void print_score(const cs_json *scores, const char *key, const char *word, bool is_zh) {
    const cs_json *score = json_get(scores, key), *distribution = json_get(score, "distribution");
    printf("  ");
    report_cell(word, 12);
    if (whole(score, "changed") == 0 && whole(score, "newly_shown") + whole(score, "newly_hidden") == 0) {
        puts(is_zh ? "不变" : "unchanged");
        return;
    }
    printf(is_zh ? "%lld 条变化,全体平均 %+.2f" : "%lld change, mean over all %+.2f", whole(score, "changed"),
           json_number(json_get(score, "mean_change"), 0));
    if (whole(score, "changed"))
        printf(is_zh ? ",变化者平均 %+.1f(%+lld 到 %+lld)" : ", of those that change %+.1f (%+lld to %+lld)",
               json_number(json_get(score, "mean_of_changed"), 0), whole(score, "least"), whole(score, "most"));
    if (whole(score, "newly_shown") + whole(score, "newly_hidden"))
        printf(is_zh ? ";新出分 %lld,不再出分 %lld" : "; newly shown %lld, no longer shown %lld",
               whole(score, "newly_shown"), whole(score, "newly_hidden"));
    puts("");
    if (json_length(distribution) == 0) return;
    printf("              ");
    for (size_t i = 0; i < json_length(distribution); i++) {
        const cs_json *step = json_at(distribution, i);
        if (i > 0 && i % 8 == 0) printf("\n              ");
        printf("%+lld: %lld   ", whole(step, "change"), whole(step, "conversations"));
    }
    puts("");
}

static void print_people(const cs_json *people, const char *key, const char *words, bool is_zh) {
    const cs_json *most = json_get(people, "most");
    if (json_length(most) == 0) return;
    printf(is_zh ? "\n%s:%lld\n" : "\n%s: %lld\n", words, whole(people, "touched"));
    for (size_t i = 0; i < json_length(most) && i < PEOPLE_SHOWN; i++) {
        const cs_json *one = json_at(most, i);
        printf("  ");
        report_cell(text_of(one, key), 20);
        if (strcmp(key, "agent") == 0) report_cell(text_of(one, "team"), 18);
        printf(is_zh ? "%6lld 条   合规 %+lld   体验 %+lld   风险 %+lld\n"
                     : "%6lld   compliance %+lld   experience %+lld   risk %+lld\n",
               whole(one, "conversations"), whole(one, "compliance"), whole(one, "experience"), whole(one, "risk"));
    }
}

static void print_report(const cs_json *test, cs_language language) {
    bool is_zh = language == CS_CHINESE;
    const cs_json *changes = json_get(test, "changes"), *scores = json_get(test, "scores");
    print_head(test, is_zh);
    if (json_length(changes) == 0) return;
    for (size_t i = 0; i < json_length(changes); i++) print_change(json_at(changes, i), language);
    printf(is_zh ? "\n得分:%lld 条会话变化;新的高风险 %lld 条,不再高风险 %lld 条\n"
                 : "\nScores: %lld conversations change; newly of high risk %lld, no longer %lld\n",
           whole(test, "rescored"), whole(test, "newly_high_risk"), whole(test, "no_longer_high_risk"));
    print_score(scores, "compliance", is_zh ? "合规" : "compliance", is_zh);
    print_score(scores, "experience", is_zh ? "体验" : "experience", is_zh);
    print_score(scores, "risk", is_zh ? "风险" : "risk", is_zh);
    print_people(json_get(test, "agents"), "agent", is_zh ? "涉及的坐席" : "Agents touched", is_zh);
    print_people(json_get(test, "teams"), "team", is_zh ? "涉及的班组" : "Teams touched", is_zh);
}

/* ---- progress ---- */

typedef struct showing {
    bool has_bar;
    int64_t started_ms, shown_ms;
} showing;

static void on_progress(void *context, int64_t done, int64_t all) {
    enum { WIDTH = 24 };
    showing *s = context;
    int64_t now = clock_steady_ms(), elapsed = now - s->started_ms;
    if (!s->has_bar || now - s->shown_ms < 150) return;
    s->shown_ms = now;
    char bar[WIDTH + 1];
    int filled = all > 0 && done < all ? (int)(done * WIDTH / all) : WIDTH;
    for (int i = 0; i < WIDTH; i++) bar[i] = i < filled ? '#' : '.';
    bar[WIDTH] = 0;
    int64_t left_s = done > 0 && all > done ? elapsed * (all - done) / done / 1000 : 0;
    fprintf(stderr, "\r\033[K[%s] %lld / %lld  %lld:%02lld left", bar, (long long)done, (long long)all,
            (long long)(left_s / 60), (long long)(left_s % 60));
}

/* ---- the run ---- */

static bool take_number(const cs_arguments *arguments, const char *option, int64_t most, int64_t *out) {
    const char *text = argument(arguments, option);
    char *end;
    long long value = text ? strtoll(text, &end, 10) : 0;
    if (text && (*end || end == text || value < 0 || value > most)) {
        fprintf(stderr, "callscope: %s takes a number from 0 to %lld, not '%s'\n", option, (long long)most, text);
        return false;
    }
    *out = value;
    return true;
}

/* A folder of rules, or the word stored: the rule set that the store judges by. */
static cs_error load_rules(const char *path, const char *data, cs_ruleset **out, cs_message *message) {
    if (strcmp(path, "stored") != 0) return ruleset_load(&path, 1, rule_problem_print, NULL, out, message);
    cs_db *db = NULL;
    cs_hash current;
    cs_error code = db_open(data, CS_DB_READ, &db, message);
    if (code == CS_OK) code = archive_current_ruleset(db, &current, message);
    if (code == CS_OK) code = archive_load_ruleset(db, current, out, message);
    db_close(db);
    return code;
}

static cs_error print_test(const cs_backtest *test, bool is_json, cs_message *message) {
    cs_buffer out;
    cs_json_writer writer;
    cs_json *json = NULL;
    buffer_init(&out, REPORT_BYTES);
    json_writer_init(&writer, &out);
    backtest_write(test, &writer);
    cs_error code = out.is_failed ? message_set(message, CS_ERR_LIMIT, "the report is too large") : CS_OK;
    if (code == CS_OK && is_json)
        puts(buffer_string(&out));
    else if (code == CS_OK)
        code = json_parse(buffer_string(&out), out.length, REPORT_BYTES, &json, message);
    if (json) print_report(json, report_language());
    json_free(json);
    buffer_free(&out);
    return code;
}

static cs_error run(const cs_arguments *arguments, cs_backtest_options *options, bool *is_complete,
                    cs_message *message) {
    cs_backtest *test = NULL;
    showing s = {.has_bar = isatty(STDERR_FILENO), .started_ms = clock_steady_ms()};
    options->is_stopped = &is_stopped;
    options->context = &s;
    options->on_progress = on_progress;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    cs_error code = backtest_run(options, &test, message);
    if (s.has_bar) fputs("\r\033[K", stderr);
    if (code == CS_OK) code = print_test(test, argument_is_given(arguments, "--json"), message);
    if (code == CS_OK) *is_complete = !backtest_is_partial(test) && backtest_skipped(test) == 0;
    backtest_free(test);
    return code;
}

int run_rules_backtest(const cs_arguments *arguments) {
    cs_message message;
    bool is_complete = false;
    int64_t limit, samples;
    if (!take_number(arguments, "--limit", INT64_MAX, &limit) || !take_number(arguments, "--samples", 100, &samples))
        return CS_EXIT_USAGE;
    cs_backtest_options options = {.data = argument(arguments, "--data"), .limit = limit, .samples = (uint32_t)samples};
    const char *what = arguments->paths[0];
    cs_error code = load_rules(what, options.data, &options.old_rules, &message);
    if (code == CS_OK) {
        what = arguments->paths[1];
        code = load_rules(what, options.data, &options.new_rules, &message);
    }
    if (code == CS_OK) {
        what = NULL;
        code = run(arguments, &options, &is_complete, &message);
    }
    ruleset_release(options.old_rules);
    ruleset_release(options.new_rules);
    if (code != CS_OK) trouble_print(what, &message);
    return code == CS_OK && is_complete ? CS_EXIT_DONE : CS_EXIT_REFUSED;
}
