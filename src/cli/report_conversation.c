/* One conversation as text: head, dialogue with pins, findings with their evidence, scores with their arithmetic. */
#include "cli/report.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "cli/report_words.h"

#include <stdio.h>
#include <string.h>

enum { FIELD_COLUMNS = 40 };

static const char *text_of(const cs_json *object, const char *key) {
    const char *text = json_string(json_get(object, key), NULL);
    return text ? text : "";
}

static void print_clock(const cs_json *ms) {
    int64_t value;
    if (!json_int64(ms, &value)) return;
    printf("%02lld:%02lld ", (long long)(value / 60000), (long long)(value / 1000 % 60));
}

static void print_head(const cs_json *c, cs_language language) {
    int64_t started, zone = 0;
    char when[32] = "";
    if (json_int64(json_get(c, "started_ms"), &started)) {
        (void)json_int64(json_get(c, "zone_minutes"), &zone);
        clock_format(started, (int)zone, when);
    }
    const char *title = text_of(c, "title"), *id = text_of(c, "external_id");
    if (!*title || strcmp(title, id) == 0)
        puts(*id ? id : text_of(c, "id"));
    else
        printf("%s  (%s)\n", title, id);
    const char *parts[] = {*text_of(c, "channel") ? report_channel(text_of(c, "channel"), language) : "",
                           text_of(c, "agent"),
                           text_of(c, "team"),
                           text_of(c, "queue"),
                           text_of(c, "customer"),
                           when};
    report_parts(parts, sizeof parts / sizeof *parts);
    if (!json_is_true(json_get(c, "is_timed")))
        puts(language == CS_CHINESE ? "没有时间信息:时间类规则待定" : "untimed: rules about time read undecided");
    puts("");
}

/* Numbers of the findings that point at this turn. */
static void print_pins(const cs_json *rules, int64_t turn) {
    for (size_t i = 0; i < json_length(rules); i++) {
        const cs_json *findings = json_get(json_at(rules, i), "findings");
        for (size_t k = 0; k < json_length(findings); k++) {
            const cs_json *finding = json_at(findings, k);
            int64_t at, number;
            if (!json_int64(json_get(finding, "number"), &number)) continue;
            if (json_int64(json_get(json_get(finding, "at"), "turn"), &at) && at == turn)
                printf("  [%lld]", (long long)number);
        }
    }
}

/* What was found out about the recording, in a line. */
static void print_recording(const cs_json *recording, cs_language language) {
    static const char *const words[][3] = {
        {"cut", "damaged: heard up to the damage", "文件损坏:只听到损坏处"},
        {"silent", "nobody speaks", "没有人说话"},
        {"swapped", "the channels are the other way round than registered", "左右声道与登记相反"},
        {"same", "the same signal on both channels", "两个声道是同一声音"},
        {"mono", "both sides on one channel", "双方在同一声道"},
        {"one_side", "one side only", "只有一方"},
        {"one_silent", "one channel is silent", "有一个声道始终无声"},
        {"role_undecided", "not known whose channel is whose", "不知道哪个声道是坐席"},
        {"echo", "one side is heard faintly on the other", "一方在另一声道有回声"},
        {"noisy", "noisy", "噪声大"},
        {"clipped", "clipped", "削波失真"},
        {"faint", "faint", "声音太小"},
        {"music", "hold music", "有保持音乐"},
        {"announcement", "announcements", "有录音播报"},
    };
    const cs_json *notes = json_get(recording, "notes");
    if (json_kind(recording) != CS_JSON_OBJECT) return;
    printf(language == CS_CHINESE ? "录音 " : "recording ");
    print_clock(json_get(recording, "duration_ms"));
    for (size_t i = 0; i < json_length(notes); i++)
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (strcmp(words[k][0], json_string(json_at(notes, i), NULL)) == 0)
                printf("%s %s", i ? "," : "·", words[k][language == CS_CHINESE ? 2 : 1]);
    puts("\n");
}

static void print_wordless(const cs_json *turn, cs_language language) {
    int64_t start = 0, end = 0;
    (void)json_int64(json_get(turn, "start_ms"), &start);
    (void)json_int64(json_get(turn, "end_ms"), &end);
    printf(language == CS_CHINESE ? "…(有声音,没有文字 %.1f 秒)" : "… (heard, not written down, %.1f s)",
           (double)(end - start) / 1000);
}

static void print_turns(const cs_json *c, cs_language language) {
    const cs_json *turns = json_get(c, "turns");
    for (size_t i = 0; i < json_length(turns); i++) {
        const cs_json *turn = json_at(turns, i);
        printf("%4zu ", i + 1);
        print_clock(json_get(turn, "start_ms"));
        report_cell(report_role(text_of(turn, "role"), language), 10);
        if (json_is_true(json_get(turn, "is_wordless")))
            print_wordless(turn, language);
        else
            printf("%s", text_of(turn, "text"));
        print_pins(json_get(c, "rules"), (int64_t)i + 1);
        puts("");
    }
}

static void print_evidence(const cs_json *e, cs_language language) {
    bool is_zh = language == CS_CHINESE;
    int64_t turn, to;
    const char *kind = report_evidence_kind(e, language), *before = *kind ? " " : "";
    printf("        %s", kind);
    if (json_int64(json_get(e, "turn"), &turn)) {
        printf(is_zh ? "%s第 %lld 句" : "%sturn %lld", before, (long long)turn);
        before = is_zh ? "," : ", ";
    }
    if (json_int64(json_get(e, "to_turn"), &to)) printf(is_zh ? " 到第 %lld 句" : " to %lld", (long long)to);
    if (*text_of(e, "matched")) printf(" “%s”", text_of(e, "matched"));
    if (*report_measured(e, language)) printf("%s%s", before, report_measured(e, language));
    if (*text_of(e, "step")) printf(" %s", text_of(e, "step"));
    if (*text_of(e, "why")) printf(is_zh ? ",%s" : ", %s", report_why(text_of(e, "why"), language));
    if (*text_of(e, "by")) printf(" “%s”", text_of(e, "by"));
    if (*text_of(e, "closed_by"))
        printf(is_zh ? ",止于%s" : ", closed by %s", report_closing(text_of(e, "closed_by"), language));
    puts("");
}

/* Undecided for want of words alone, and nowhere in particular: a wordless recording has dozens, told in one line. */
static bool lacks_words(const cs_json *rule) {
    const cs_json *findings = json_get(rule, "findings");
    int64_t place;
    if (strcmp(text_of(rule, "verdict"), "undecided") != 0 || json_length(findings) == 0) return false;
    for (size_t i = 0; i < json_length(findings); i++) {
        const cs_json *finding = json_at(findings, i), *at = json_get(finding, "at");
        if (strcmp(text_of(finding, "verdict"), "undecided") != 0) return false;
        if (strcmp(text_of(finding, "reason"), "no_words") != 0) return false;
        if (json_int64(json_get(at, "turn"), &place) || json_int64(json_get(at, "at_ms"), &place)) return false;
    }
    return true;
}

static void print_wordless_rules(const cs_json *c, cs_language language) {
    const cs_json *rules = json_get(c, "rules"), *turns = json_get(c, "turns");
    size_t count = 0, written = 0;
    for (size_t i = 0; i < json_length(rules); i++) count += lacks_words(json_at(rules, i));
    for (size_t i = 0; i < json_length(turns); i++)
        written += !json_is_true(json_get(json_at(turns, i), "is_wordless"));
    if (count == 0) return;
    if (language == CS_CHINESE)
        printf("  %zu 条规则要看文字，%s\n", count, written ? "有的话没有文字" : "这段录音没有文字");
    else
        printf("  %zu rule%s words; %s\n", count, count == 1 ? " needs" : "s need",
               written ? "not all was written down" : "nothing was written down");
}

static void print_finding(const cs_json *rule, const cs_json *finding, cs_language language) {
    const cs_json *evidence = json_get(finding, "evidence");
    int64_t number = 0;
    if (json_int64(json_get(finding, "number"), &number))
        printf("  [%lld] ", (long long)number);
    else
        printf("      ");
    printf("%s  %s  (%s)\n", report_verdict(text_of(finding, "verdict"), language), report_title(rule, language),
           report_reason(finding, language));
    for (size_t i = 0; i < json_length(evidence); i++) print_evidence(json_at(evidence, i), language);
}

static void print_findings(const cs_json *rules, bool is_numbered, cs_language language) {
    for (size_t i = 0; i < json_length(rules); i++) {
        const cs_json *rule = json_at(rules, i), *findings = json_get(rule, "findings");
        if (lacks_words(rule)) continue;
        for (size_t k = 0; k < json_length(findings); k++) {
            const cs_json *finding = json_at(findings, k);
            int64_t number;
            bool has_number = json_int64(json_get(finding, "number"), &number);
            if (has_number != is_numbered || (!has_number && strcmp(text_of(finding, "verdict"), "met") != 0)) continue;
            print_finding(rule, finding, language);
        }
    }
}

static const cs_json *rule_named(const cs_json *rules, const char *name) {
    for (size_t i = 0; i < json_length(rules); i++)
        if (strcmp(text_of(json_at(rules, i), "rule"), name) == 0) return json_at(rules, i);
    return NULL;
}

static void print_arithmetic(const cs_json *c, cs_language language) {
    static const char *const keys[] = {"compliance", "experience", "risk"};
    static const char *const zh[] = {"合规", "体验", "风险"};
    for (size_t i = 0; i < 3; i++) {
        const cs_json *line = json_get(json_get(c, "arithmetic"), keys[i]), *terms = json_get(line, "terms");
        int64_t total, share = (int64_t)(json_number(json_get(line, "decided_share"), -1) * 100 + 0.5);
        printf("  ");
        report_cell(language == CS_CHINESE ? zh[i] : keys[i], 12);
        printf("%lld", (long long)json_number(json_get(line, "start"), 0));
        for (size_t k = 0; k < json_length(terms); k++) {
            const cs_json *term = json_at(terms, k), *rule = rule_named(json_get(c, "rules"), text_of(term, "rule"));
            long long points = (long long)json_number(json_get(term, "points"), 0);
            printf(" %s %lld %s", points < 0 ? "−" : "+", points < 0 ? -points : points,
                   rule ? report_title(rule, language) : text_of(term, "rule"));
        }
        if (json_int64(json_get(line, "total"), &total))
            printf(" = %lld", (long long)total);
        else if (json_kind(json_get(line, "decided_share")) == CS_JSON_NULL)
            printf(language == CS_CHINESE ? " – 没有适用的规则" : " – nothing applied");
        else
            printf(language == CS_CHINESE ? " – 已判定权重不足 80 %%" : " – less than 80 %% of the weight is decided");
        if (share >= 0) printf(language == CS_CHINESE ? "(已判定 %lld %%)" : "  (%lld %% decided)", (long long)share);
        puts("");
    }
}

static unsigned columns_of(const char *text) {
    unsigned columns = 0, bytes;
    for (; *text; text += bytes) columns += utf8_width(utf8_decode(text, &bytes));
    return columns;
}

/* A name that is wider than the column stands whole, and its value after it. */
static void print_fields(const cs_json *c) {
    const cs_json *fields = json_get(c, "fields");
    unsigned column = 0;
    for (size_t i = 0; i < json_length(fields); i++) {
        unsigned columns = columns_of(text_of(json_at(fields, i), "name"));
        if (columns > column) column = columns < FIELD_COLUMNS ? columns : FIELD_COLUMNS;
    }
    for (size_t i = 0; i < json_length(fields); i++) {
        const cs_json *field = json_at(fields, i), *value = json_get(field, "value");
        unsigned columns = columns_of(text_of(field, "name"));
        printf("  %s%*s", text_of(field, "name"), (int)(columns < column ? column - columns : 0) + 2, "");
        if (json_string(value, NULL))
            printf("%s\n", json_string(value, NULL));
        else if (json_kind(value) == CS_JSON_BOOL)
            printf("%s\n", json_is_true(value) ? "true" : "false");
        else
            printf("%g\n", json_number(value, 0));
    }
}

void report_conversation(const cs_json *c, cs_language language) {
    bool is_zh = language == CS_CHINESE;
    print_head(c, language);
    print_recording(json_get(c, "recording"), language);
    print_turns(c, language);
    puts(is_zh ? "\n发现" : "\nFindings");
    print_findings(json_get(c, "rules"), true, language);
    print_wordless_rules(c, language);
    puts(is_zh ? "\n达成" : "\nMet");
    print_findings(json_get(c, "rules"), false, language);
    puts(is_zh ? "\n得分" : "\nScores");
    print_arithmetic(c, language);
    if (json_length(json_get(c, "fields"))) puts(is_zh ? "\n记录" : "\nRecord");
    print_fields(c);
}
