/* callscope explain ID [RULE]: replays a stored inspection and says why each verdict came out as it did. */
#include "cli/command.h"

#include "base/clock.h"
#include "cli/printable.h"
#include "cli/report.h"
#include "cli/report_words.h"
#include "quality/backtest_explanation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPLANATION_BYTES = 1 << 30, PAGE_BYTES = 256 << 20 };

static const char *text_of(const cs_json *object, const char *key) {
    const char *text = json_string(json_get(object, key), NULL);
    return text ? text : "";
}

static long long whole(const cs_json *object, const char *key) {
    int64_t value = 0;
    (void)json_int64(json_get(object, key), &value);
    return (long long)value;
}

/* ---- the head ---- */

static void print_clock(const char *before, const cs_json *ms) {
    int64_t value;
    if (!json_int64(ms, &value)) return;
    printf("%s%02lld:%02lld.%lld", before, (long long)(value / 60000), (long long)(value / 1000 % 60),
           (long long)(value / 100 % 10));
}

static void print_date(int64_t ms, int zone_minutes) {
    char when[32];
    clock_format(ms, zone_minutes, when);
    printf("%s", when);
}

static void print_difference(const cs_json *page, cs_language language) {
    bool is_zh = language == CS_CHINESE;
    const cs_json *inspection = json_get(page, "inspection"), *differences = json_get(page, "differences");
    if (json_is_true(json_get(page, "reproduces"))) {
        printf(is_zh ? "重放一致:%lld 条结论全部相同\n" : "REPRODUCES: all %lld verdicts come out the same\n",
               whole(page, "verdicts_now"));
        return;
    }
    printf(is_zh ? "重放不一致:检查时引擎 %s,评分 %lld;现在引擎 %s,评分 %lld\n"
                 : "DIFFERS: it was made by engine %s, scorecard %lld; this program has engine %s, scorecard %lld\n",
           text_of(inspection, "engine"), whole(inspection, "scorecard"), text_of(json_get(page, "program"), "engine"),
           whole(json_get(page, "program"), "scorecard"));
    if (whole(page, "verdicts_stored") != whole(page, "verdicts_now"))
        printf(is_zh ? "  存有 %lld 条结论,规则集有 %lld 条规则\n"
                     : "  %lld verdicts are stored, the rule set has %lld rules\n",
               whole(page, "verdicts_stored"), whole(page, "verdicts_now"));
    for (size_t i = 0; i < json_length(differences); i++) {
        const cs_json *one = json_at(differences, i);
        printf(is_zh ? "  %s:当时 %s,现在 %s\n" : "  %s: was %s, is %s\n", text_of(one, "rule"),
               report_verdict(text_of(one, "stored"), language), report_verdict(text_of(one, "now"), language));
    }
}

/* An untitled one is called by its number outside, or by the store's. */
static void print_name(const cs_json *page) {
    const char *title = text_of(page, "title"), *outside = text_of(page, "external_id"), *id = text_of(page, "id");
    if (*title && *outside)
        printf("%s  (%s, %s)\n", title, outside, id);
    else if (*title || *outside)
        printf("%s  (%s)\n", *title ? title : outside, id);
    else
        puts(id);
}

static void print_head(const cs_json *page, cs_language language) {
    bool is_zh = language == CS_CHINESE;
    const cs_json *inspection = json_get(page, "inspection");
    int zone = (int)whole(page, "zone_minutes");
    int64_t started;
    char when[32] = "";
    print_name(page);
    const char *parts[] = {*text_of(page, "channel") ? report_channel(text_of(page, "channel"), language) : "",
                           text_of(page, "agent"), when};
    if (json_int64(json_get(page, "started_ms"), &started)) clock_format(started, zone, when);
    report_parts(parts, sizeof parts / sizeof *parts);
    printf(is_zh ? "检查 %lld(最新 %lld),做于 " : "inspection %lld (newest %lld), made ", whole(inspection, "number"),
           whole(inspection, "newest"));
    print_date(whole(inspection, "inspected_ms"), zone);
    printf(is_zh ? "\n规则集 %s,引擎 %s,评分 %lld\n时间线第 %lld 版,%s,%s\n"
                 : "\nrule set %s, engine %s, scorecard %lld\ntimeline version %lld, %s, %s\n",
           text_of(inspection, "ruleset"), text_of(inspection, "engine"), whole(inspection, "scorecard"),
           whole(inspection, "timeline_version"), text_of(inspection, "timeline_hash"),
           json_is_true(json_get(inspection, "timeline_is_intact"))
               ? (is_zh ? "与存入时相同" : "unchanged since it was stored")
               : (is_zh ? "已被改动" : "CHANGED since it was stored"));
    print_difference(page, language);
}

/* ---- one rule ---- */

static void print_turn(const cs_json *e, const char *key, cs_language language) {
    int64_t turn;
    if (!json_int64(json_get(e, key), &turn)) return;
    if (strcmp(key, "to_turn") == 0)
        printf(language == CS_CHINESE ? " 到第 %lld 句" : " to %lld", (long long)turn);
    else
        printf(language == CS_CHINESE ? "第 %lld 句" : "turn %lld", (long long)turn);
}

static void print_window(const cs_json *e, cs_language language) {
    bool is_zh = language == CS_CHINESE;
    print_turn(e, "turn", language);
    print_turn(e, "to_turn", language);
    print_clock(is_zh ? "," : ", ", json_get(e, "from_ms"));
    print_clock(is_zh ? " 到 " : " to ", json_get(e, "to_ms"));
    printf(is_zh ? ",共 %lld 轮" : ", %lld speaking turns", whole(e, "turns_searched"));
    if (*text_of(e, "closed_by"))
        printf(is_zh ? ",止于%s" : ", closed by %s", report_closing(text_of(e, "closed_by"), language));
}

static void print_words(const cs_json *e, cs_language language) {
    bool is_zh = language == CS_CHINESE;
    int64_t from, to;
    print_turn(e, "turn", language);
    if (json_int64(json_get(e, "from"), &from) && json_int64(json_get(e, "to"), &to))
        printf(is_zh ? ",第 %lld–%lld 字" : ", characters %lld–%lld", (long long)from + 1, (long long)to);
    print_clock(is_zh ? "," : ", ", json_get(e, "at_ms"));
    if (json_is_true(json_get(e, "interpolated"))) printf(is_zh ? "(推算)" : " (interpolated)");
    if (*text_of(e, "step")) printf(" %s", text_of(e, "step"));
    if (*text_of(e, "matched")) printf(is_zh ? ",“%s”" : ", “%s”", text_of(e, "matched"));
    if (*text_of(e, "how")) printf(" %s", report_how(text_of(e, "how"), language));
    if (*report_measured(e, language)) printf(" (%s)", report_measured(e, language));
    if (*text_of(e, "why")) printf(is_zh ? ":%s" : ": %s", report_why(text_of(e, "why"), language));
    if (*text_of(e, "by")) printf(" “%s”", text_of(e, "by"));
}

static void print_evidence(const cs_json *e, cs_language language) {
    printf("      ");
    report_cell(report_evidence_kind(e, language), 16);
    if (strcmp(text_of(e, "kind"), "window") == 0)
        print_window(e, language);
    else
        print_words(e, language);
    puts("");
}

static void print_finding(const cs_json *finding, cs_language language) {
    const cs_json *evidence = json_get(finding, "evidence");
    printf("    %lld. %s: %s\n", whole(finding, "ordinal"), report_verdict(text_of(finding, "verdict"), language),
           report_reason(finding, language));
    for (size_t i = 0; i < json_length(evidence); i++) print_evidence(json_at(evidence, i), language);
}

static void print_indented(const char *text) {
    while (*text) {
        size_t bytes = strcspn(text, "\n");
        printf("    | %.*s\n", (int)bytes, text);
        text += bytes + (text[bytes] == '\n');
    }
}

static void print_rule(const cs_json *rule, cs_language language) {
    const cs_json *findings = json_get(rule, "findings");
    printf("\n%s  %s\n  %s: %s\n", text_of(rule, "rule"), report_title(rule, language),
           report_verdict(text_of(rule, "verdict"), language), report_reason(rule, language));
    print_indented(text_of(rule, "text"));
    for (size_t i = 0; i < json_length(findings); i++) print_finding(json_at(findings, i), language);
}

/* ---- all rules, and the scores ---- */

static bool is_shown(const cs_json *page, const cs_json *rule) {
    const char *asked = text_of(page, "asked"), *verdict = text_of(rule, "verdict");
    if (*asked) return strcmp(asked, text_of(rule, "rule")) == 0;
    return strcmp(verdict, "met") == 0 || verdict_needs_eye(verdict_parse(verdict));
}

static void print_others(const cs_json *page, cs_language language) {
    const cs_json *rules = json_get(page, "rules");
    if (*text_of(page, "asked")) return;
    puts(language == CS_CHINESE ? "\n其余规则" : "\nThe other rules");
    for (size_t i = 0; i < json_length(rules); i++) {
        const cs_json *rule = json_at(rules, i);
        if (is_shown(page, rule)) continue;
        printf("  ");
        report_cell(text_of(rule, "rule"), 24);
        report_cell(report_verdict(text_of(rule, "verdict"), language), 16);
        puts(report_reason(rule, language));
    }
}

static void print_score(const cs_json *page, const char *key, const char *name, cs_language language) {
    const cs_json *line = json_get(json_get(page, "arithmetic"), key), *terms = json_get(line, "terms");
    bool is_zh = language == CS_CHINESE;
    int64_t total;
    printf("  ");
    report_cell(name, 12);
    printf("%lld", whole(line, "start"));
    for (size_t i = 0; i < json_length(terms); i++) {
        const cs_json *term = json_at(terms, i);
        long long points = whole(term, "points"), times = whole(term, "count");
        printf(" %s %lld %s", points < 0 ? "−" : "+", points < 0 ? -points : points, text_of(term, "rule"));
        if (times > 1) printf("(×%lld)", times);
        if (json_is_true(json_get(term, "fatal"))) printf(is_zh ? "(否决)" : " (fatal)");
    }
    if (json_int64(json_get(line, "total"), &total))
        printf(" = %lld", (long long)total);
    else if (json_kind(json_get(line, "decided_share")) == CS_JSON_NULL)
        printf(is_zh ? " – 没有适用的规则" : " – nothing applied");
    else
        printf(is_zh ? " – 已判定不足 80 %%,不出分" : " – not shown, less than 80 %% is decided");
    if (json_kind(json_get(line, "decided_share")) == CS_JSON_NUMBER)
        printf(is_zh ? "(已判定 %.0f %%)" : "  (%.0f %% decided)",
               100 * json_number(json_get(line, "decided_share"), 0));
    if (json_int64(json_get(json_get(page, "stored_scores"), key), &total))
        printf(is_zh ? ",存有 %lld" : "  stored %lld", (long long)total);
    puts("");
}

static void print_page(const cs_json *page, cs_language language) {
    bool is_zh = language == CS_CHINESE;
    const cs_json *rules = json_get(page, "rules");
    print_head(page, language);
    for (size_t i = 0; i < json_length(rules); i++)
        if (is_shown(page, json_at(rules, i))) print_rule(json_at(rules, i), language);
    print_others(page, language);
    puts(is_zh ? "\n得分" : "\nScores");
    print_score(page, "compliance", is_zh ? "合规" : "compliance", language);
    print_score(page, "experience", is_zh ? "体验" : "experience", language);
    print_score(page, "risk", is_zh ? "风险" : "risk", language);
}

/* ---- the command ---- */

typedef struct asked {
    const char *id, *rule; /* rule NULL: all */
    int64_t number;
    bool is_same;
} asked;

static cs_error explain(cs_db *db, asked *a, cs_buffer *page, cs_message *message) {
    cs_packer *packer = NULL;
    cs_explanation explanation = {0};
    cs_json_writer writer;
    cs_arena *arena = arena_create(EXPLANATION_BYTES);
    json_writer_init(&writer, page);
    cs_error code = arena ? packer_open(db, &packer, message) : message_set(message, CS_ERR_MEMORY, "out of memory");
    if (code == CS_OK) code = explanation_make(db, packer, a->id, a->number, arena, &explanation, message);
    if (code == CS_OK && a->rule && !ruleset_find(explanation.rules, a->rule)) {
        code =
            message_set(message, CS_ERR_NOT_FOUND, "there is no rule '%s' in the rule set of this inspection", a->rule);
        message_remedy(message, "leave it out: then all rules are named");
    }
    if (code == CS_OK) {
        explanation_write(&explanation, a->rule, &writer);
        a->is_same = explanation_is_same(&explanation);
        if (page->is_failed) code = message_set(message, CS_ERR_LIMIT, "the explanation is too large");
    }
    explanation_close(&explanation);
    packer_close(packer);
    arena_free(arena);
    return code;
}

static bool take_number(const cs_arguments *arguments, int64_t *out) {
    const char *text = argument(arguments, "--inspection");
    char *end;
    *out = text ? strtoll(text, &end, 10) : 0;
    if (!text || (*end == 0 && end != text && *out > 0)) return true;
    fprintf(stderr, "callscope: --inspection takes a number from 1, not '%s'\n", text);
    return false;
}

int run_explain(const cs_arguments *arguments) {
    asked a = {.id = arguments->paths[0], .rule = arguments->path_count > 1 ? arguments->paths[1] : NULL};
    cs_db *db = NULL;
    cs_buffer page;
    cs_json *json = NULL;
    cs_message message;
    if (!take_number(arguments, &a.number)) return CS_EXIT_USAGE;
    buffer_init(&page, PAGE_BYTES);
    cs_error code = db_open(argument(arguments, "--data"), CS_DB_READ, &db, &message);
    if (code == CS_OK) code = explain(db, &a, &page, &message);
    if (code == CS_OK && argument_is_given(arguments, "--json"))
        puts(buffer_string(&page));
    else if (code == CS_OK) {
        printable_json(&page);
        code = json_parse(buffer_string(&page), page.length, PAGE_BYTES, &json, &message);
    }
    if (json) print_page(json, report_language());
    json_free(json);
    buffer_free(&page);
    db_close(db);
    if (code != CS_OK) trouble_print(a.id, &message);
    return code == CS_OK && a.is_same ? CS_EXIT_DONE : CS_EXIT_REFUSED;
}
