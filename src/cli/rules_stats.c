/* callscope rules stats: how often each rule finds something, and how right it is by people's review. */
#include "cli/command.h"

#include "base/file.h"
#include "base/utf8.h"
#include "cli/report.h"
#include "quality/archive.h"
#include "quality/rule_stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPORT_BYTES = 64 << 20 };

static const char *text_of(const cs_json *object, const char *key) {
    const char *text = json_string(json_get(object, key), NULL);
    return text ? text : "";
}

static long long whole(const cs_json *object, const char *key) {
    int64_t value = 0;
    (void)json_int64(json_get(object, key), &value);
    return (long long)value;
}

/* ---- counts ---- */

static void print_right(const char *text, int columns) {
    for (const char *at = text; *at;) {
        unsigned bytes;
        columns -= (int)utf8_width(utf8_decode(at, &bytes));
        at += bytes;
    }
    printf("%*s%s", columns > 0 ? columns : 0, "", text);
}

static void print_rule(const cs_json *rule, cs_language language) {
    const char *kind = text_of(rule, "kind");
    const char *verdict = strcmp(kind, "never") == 0 ? "hit" : strcmp(kind, "flag") == 0 ? "noted" : "missed";
    char rate[80] = "–";
    if (json_kind(json_get(rule, "rate")) == CS_JSON_NUMBER)
        snprintf(rate, sizeof rate, "%.3g %% (%.3g–%.3g)", 100 * json_number(json_get(rule, "rate"), 0),
                 100 * json_number(json_get(rule, "low"), 0), 100 * json_number(json_get(rule, "high"), 0));
    printf("  ");
    report_cell(text_of(rule, "rule"), 24);
    printf("%10lld %9lld ", whole(rule, "judged"), whole(rule, "found"));
    report_cell(report_verdict(verdict, language), 8);
    report_cell(rate, 26);
    printf("%10lld%16lld\n", whole(rule, "undecided"), whole(rule, "not_applicable"));
}

static void print_counts(const cs_json *stats, cs_language language) {
    bool is_zh = language == CS_CHINESE;
    const cs_json *rules = json_get(stats, "rules");
    printf(is_zh ? "规则集 %.12s 下的 %lld 条会话" : "%2$lld conversations under rule set %1$.12s",
           text_of(stats, "ruleset"), whole(stats, "conversations"));
    if (whole(stats, "left_out"))
        printf(is_zh ? ";另有 %lld 条在旧规则下检查,不计" : "; %lld inspected under older rules are left out",
               whole(stats, "left_out"));
    printf("\n\n  ");
    report_cell(is_zh ? "规则" : "rule", 24);
    print_right(is_zh ? "已判断" : "judged", 10);
    print_right(is_zh ? "发现" : "found", 10);
    printf(" ");
    report_cell("", 8);
    report_cell(is_zh ? "占已判定(95 %)" : "of decided (95 %)", 26);
    print_right(is_zh ? "待定" : "undecided", 10);
    print_right(is_zh ? "不适用" : "not applicable", 16);
    puts("");
    for (size_t i = 0; i < json_length(rules); i++) print_rule(json_at(rules, i), language);
}

static cs_error count(cs_db *db, cs_ruleset *rules, cs_buffer *out, cs_message *message) {
    cs_rule_stats *stats = NULL;
    cs_json_writer writer;
    json_writer_init(&writer, out);
    cs_error code = rule_stats_count(db, rules, &stats, message);
    if (code != CS_OK) return code;
    rule_stats_write(stats, &writer);
    rule_stats_free(stats);
    return out->is_failed ? message_set(message, CS_ERR_LIMIT, "the report is too large") : CS_OK;
}

/* ---- a review ---- */

static void print_interval(const cs_json *review, const char *key, const char *word, const char *unknown) {
    const cs_json *interval = json_get(review, key);
    printf("  ");
    report_cell(word, 12);
    if (json_kind(interval) != CS_JSON_OBJECT)
        puts(unknown);
    else
        printf("%.1f %% (%.1f–%.1f)\n", 100 * json_number(json_get(interval, "share"), 0),
               100 * json_number(json_get(interval, "low"), 0), 100 * json_number(json_get(interval, "high"), 0));
}

static void print_review(const cs_json *review, cs_language language) {
    bool is_zh = language == CS_CHINESE;
    const cs_json *strata = json_get(review, "strata");
    printf(is_zh ? "规则 %s:%lld 行,%lld 行没有回答\n\n" : "rule %s: %lld lines, %lld without an answer\n\n",
           text_of(review, "rule"), whole(review, "rows"), whole(review, "unanswered"));
    for (size_t i = 0; i < json_length(strata); i++) {
        const cs_json *s = json_at(strata, i);
        printf("  ");
        report_cell(text_of(s, "stratum"), 16);
        printf(is_zh ? "%lld 条会话,看了 %lld 条,其中 %lld 条是\n"
                     : "%lld conversations, %lld looked at, %lld of them yes\n",
               whole(s, "conversations"), whole(s, "answered"), whole(s, "yes"));
    }
    puts("");
    const char *unknown = is_zh ? "未知:有一层还没有人看" : "unknown: a stratum was not looked at yet";
    print_interval(review, "precision", is_zh ? "准确率" : "precision", unknown);
    print_interval(review, "recall", is_zh ? "召回率" : "recall", unknown);
}

static cs_error read_review(const char *path, cs_buffer *out, cs_message *message) {
    cs_buffer text;
    cs_json_writer writer;
    json_writer_init(&writer, out);
    cs_error code = file_read(path, CS_MAX_REVIEW_BYTES, &text, message);
    if (code == CS_OK) code = review_read(buffer_string(&text), text.length, &writer, message);
    buffer_free(&text);
    return code;
}

static cs_error draw(cs_db *db, const cs_ruleset *rules, const char *name, uint64_t seed, uint32_t take, cs_buffer *out,
                     cs_message *message) {
    const cs_rule *rule = ruleset_find(rules, name);
    if (rule) return review_draw(db, rule, seed, take, out, message);
    (void)message_set(message, CS_ERR_NOT_FOUND, "the store's rule set has no rule '%s'", name);
    message_remedy(message, "see: callscope rules stats");
    return CS_ERR_NOT_FOUND;
}

/* ---- the command ---- */

static bool take_number(const cs_arguments *arguments, const char *option, unsigned long long least,
                        unsigned long long most, unsigned long long *out) {
    const char *text = argument(arguments, option);
    char *end;
    *out = strtoull(text, &end, 10);
    if (*end == 0 && end != text && *text != '-' && *out >= least && *out <= most) return true;
    fprintf(stderr, "callscope: %s takes a number from %llu to %llu, not '%s'\n", option, least, most, text);
    return false;
}

static cs_error from_store(const cs_arguments *arguments, uint64_t seed, uint32_t take, cs_buffer *out,
                           cs_message *message) {
    const char *sampled = argument(arguments, "--sample");
    cs_db *db = NULL;
    cs_ruleset *rules = NULL;
    cs_hash current;
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_READ, &db, message);
    if (code == CS_OK) code = archive_current_ruleset(db, &current, message);
    if (code == CS_OK) code = archive_load_ruleset(db, current, &rules, message);
    if (code == CS_OK)
        code = sampled ? draw(db, rules, sampled, seed, take, out, message) : count(db, rules, out, message);
    ruleset_release(rules);
    db_close(db);
    return code;
}

static cs_error print(const cs_buffer *out, void (*print_json)(const cs_json *, cs_language), cs_message *message) {
    cs_json *json = NULL;
    cs_error code = json_parse(buffer_string(out), out->length, REPORT_BYTES, &json, message);
    if (code == CS_OK) print_json(json, report_language());
    json_free(json);
    return code;
}

int run_rules_stats(const cs_arguments *arguments) {
    const char *reviewed = argument(arguments, "--reviewed");
    bool is_sampling = argument_is_given(arguments, "--sample");
    unsigned long long seed, take;
    cs_buffer out;
    cs_message message;
    if (!take_number(arguments, "--seed", 0, UINT64_MAX, &seed) ||
        !take_number(arguments, "--take", 1, CS_MAX_REVIEW, &take))
        return CS_EXIT_USAGE;
    if (reviewed && is_sampling) {
        fputs("callscope: --sample draws a list, --reviewed reads one: give one of them\n", stderr);
        return CS_EXIT_USAGE;
    }
    buffer_init(&out, REPORT_BYTES);
    cs_error code =
        reviewed ? read_review(reviewed, &out, &message) : from_store(arguments, seed, (uint32_t)take, &out, &message);
    if (code == CS_OK && (is_sampling || argument_is_given(arguments, "--json")))
        printf("%s%s", buffer_string(&out), is_sampling ? "" : "\n");
    else if (code == CS_OK)
        code = print(&out, reviewed ? print_review : print_counts, &message);
    buffer_free(&out);
    if (code != CS_OK) trouble_print(reviewed, &message);
    return code == CS_OK ? CS_EXIT_DONE : CS_EXIT_REFUSED;
}
