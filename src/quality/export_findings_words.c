#include "quality/export_findings_words.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_EVIDENCE_BYTES = 4 << 20 };

typedef struct cs_twin {
    const char *name, *en, *zh; /* en NULL: the name */
} cs_twin;

static const cs_twin whys[] = {{"wrong_side", "said by the other side", "是对方说的"},
                               {"too_early", "too early", "太早"},
                               {"too_late", "too late", "太晚"},
                               {"low_confidence", "below the confidence limit", "识别把握不够"},
                               {"excused", "excused by", "例外"},
                               {"denied", "denied by", "被否认"},
                               {"asked", "asked by", "是在问"},
                               {"quoted", "quoted by", "是在转述"},
                               {"incomplete", "not all of it", "不完整"}};
static const cs_twin kinds[] = {
    {"trigger", "opened by", "起因"},    {"match", "said", "原话"}, {"near_miss", "nearest", "最接近"},
    {"window", "searched", "查看"},      {"step", "step", "步骤"},  {"waiver", "waived by", "豁免"},
    {"excuse", "does not count", "不算"}};
static const cs_twin closings[] = {{"turns", "the number of turns", "轮数"},
                                   {"time", "the time limit", "时限"},
                                   {"until", "what ends it", "截止条件"},
                                   {"end", "the end", "会话结束"}};
static const cs_twin measures[] = {{"answer", NULL, "接通"},   {"hold", NULL, "保持"},    {"resume", NULL, "恢复通话"},
                                   {"transfer", NULL, "转接"}, {"hang-up", NULL, "挂断"}, {"close", NULL, "会话关闭"}};
static const cs_twin channels[] = {
#define X(code, name, zh) {name, NULL, zh},
    CS_CHANNEL_TABLE(X)
#undef X
};
static const cs_twin roles[] = {
#define X(code, name, zh) {name, NULL, zh},
    CS_ROLE_TABLE(X)
#undef X
};
#define WORD(table, name, is_english) word_of(table, sizeof(table) / sizeof *(table), name, is_english)

static const char *word_of(const cs_twin *table, size_t count, const char *name, bool is_english) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].name, name) == 0)
            return !is_english ? table[i].zh : table[i].en ? table[i].en : table[i].name;
    return name;
}

const char *word_of_score(cs_score score, bool is_english) {
    static const char *const en[] = {"compliance", "experience", "risk"}, *const zh[] = {"合规", "体验", "风险"};
    return score >= CS_SCORE_COUNT ? "" : is_english ? en[score] : zh[score];
}

const char *word_of_verdict(cs_verdict verdict, bool is_english) {
    static const cs_twin verdicts[] = {
        {"hit", NULL, "命中"}, {"missed", NULL, "未达"}, {"undecided", NULL, "待定"}, {"noted", NULL, "提示"}};
    return WORD(verdicts, verdict_name(verdict), is_english);
}

const char *word_of_channel(const char *channel, bool is_english) {
    return WORD(channels, channel, is_english);
}

const char *word_of_role(cs_role role, bool is_english) {
    return WORD(roles, role_name(role), is_english);
}

const char *word_of_title(const cs_rule *rule, bool is_english) {
    return is_english ? rule->title_en : rule->title_zh;
}

/* ---- deductions ---- */

void words_of_moved(cs_buffer *out, const cs_moved *moved, bool is_english) {
    const char *between = "";
    for (cs_score score = 0; score < CS_SCORE_COUNT; score++) {
        if (!moved->points[score]) continue;
        (void)buffer_printf(out, "%s%s %+d", between, word_of_score(score, is_english), moved->points[score]);
        between = is_english ? ", " : "，";
    }
    bool is_costly = *between != 0;
    if (!is_costly) {
        bool has_effect = false;
        for (int score = 0; score < CS_SCORE_COUNT; score++) has_effect = has_effect || moved->is_counted[score];
        (void)buffer_text(out, !has_effect  ? (is_english ? "no points" : "不扣分")
                               : is_english ? "no more points"
                                            : "不另扣分");
    }
    (void)buffer_printf(out, is_english ? ": %s (%s" : "：%s（%s", word_of_title(moved->rule, is_english),
                        word_of_verdict(moved->verdict, is_english));
    if (moved->is_fatal) (void)buffer_text(out, is_english ? ", fatal" : "，一票否决");
    if (moved->is_repeated) (void)buffer_text(out, is_english ? ", counted once already" : "，本规则只计一次");
    if (moved->is_capped) (void)buffer_text(out, is_english ? ", up to the limit" : "，已到上限");
    (void)buffer_text(out, is_english ? ")" : "）");
}

static void term_words(cs_buffer *out, const cs_ruleset *ruleset, const cs_score_term *term, bool is_first,
                       bool is_english) {
    const char *title = word_of_title(ruleset_rule(ruleset, term->rule), is_english);
    (void)buffer_printf(out, "%s%s %d", is_first || is_english ? " " : "", term->points < 0 ? "−" : "+",
                        abs(term->points));
    (void)buffer_printf(out, is_english ? " (%s" : "（%s", title);
    if (term->count > 1) (void)buffer_printf(out, is_english ? ", %u times" : "，%u 次", term->count);
    if (term->is_fatal) (void)buffer_text(out, is_english ? ", fatal" : "，一票否决");
    (void)buffer_text(out, is_english ? ")" : "）");
}

/* Why the sum is not the total; and which it is when the points go beyond the ends. */
static void bounds_words(cs_buffer *out, const cs_score_line *line, bool is_english) {
    int64_t sum = line->start;
    bool is_fatal = false;
    for (uint32_t i = 0; i < line->term_count; i++) {
        sum += line->terms[i].points;
        is_fatal = is_fatal || line->terms[i].is_fatal;
    }
    if (is_fatal || sum == line->total) return;
    if (sum < 0) (void)buffer_text(out, is_english ? " (not below 0)" : "（最低 0）");
    if (sum > 100) (void)buffer_text(out, is_english ? " (not above 100)" : "（最高 100）");
}

void words_of_score(cs_buffer *out, cs_score score, const cs_ruleset *ruleset, const cs_score_line *line, int total,
                    bool is_english) {
    (void)buffer_printf(out, is_english ? "%s" : "%s分", word_of_score(score, is_english));
    if (total == CS_NO_SCORE) {
        if (!line || line->decided_share < 0)
            (void)buffer_text(out, is_english ? ": none, no rule applied" : "：无，没有适用的规则");
        else
            (void)buffer_printf(out,
                                is_english ? ": none, %d %% of the weight is decided, 80 %% are needed"
                                           : "：无，已判定权重 %d %%，需要 80 %%",
                                (int)(line->decided_share * 100));
        return;
    }
    (void)buffer_printf(out, " %d", total);
    if (!line || line->total != total || line->term_count == 0)
        return; /* another scorecard counted it, or nothing moved */
    (void)buffer_printf(out, " = %d", line->start);
    for (uint32_t i = 0; i < line->term_count; i++) term_words(out, ruleset, &line->terms[i], i == 0, is_english);
    bounds_words(out, line, is_english);
}

/* ---- evidence ---- */

static const char *text_of(const cs_json *object, const char *key) {
    const char *text = json_string(json_get(object, key), NULL);
    return text ? text : "";
}

/* "7.5 s" is read by people of either language; only its unit differs. */
static void measured_words(cs_buffer *out, const cs_json *evidence, bool is_english) {
    const char *measured = text_of(evidence, "measured");
    size_t length = strlen(measured);
    if (!is_english && length > 2 && strcmp(measured + length - 2, " s") == 0)
        (void)buffer_printf(out, " %.*s 秒", (int)length - 2, measured);
    else if (length)
        (void)buffer_printf(out, " %s", WORD(measures, measured, is_english));
}

static void place_words(cs_buffer *out, const cs_json *evidence, bool is_english) {
    int64_t turn, to;
    if (json_int64(json_get(evidence, "turn"), &turn))
        (void)buffer_printf(out, is_english ? " turn %lld" : " 第 %lld 句", (long long)turn);
    if (json_int64(json_get(evidence, "to_turn"), &to))
        (void)buffer_printf(out, is_english ? " to %lld" : " 到第 %lld 句", (long long)to);
}

static void one_evidence(cs_buffer *out, const cs_json *evidence, bool is_english) {
    bool is_step = strcmp(text_of(evidence, "kind"), "step") == 0;
    int64_t turn;
    (void)buffer_text(out, WORD(kinds, text_of(evidence, "kind"), is_english));
    place_words(out, evidence, is_english);
    if (*text_of(evidence, "matched"))
        (void)buffer_printf(out, is_english ? " \"%s\"" : "“%s”", text_of(evidence, "matched"));
    measured_words(out, evidence, is_english);
    if (*text_of(evidence, "step")) (void)buffer_printf(out, " %s", text_of(evidence, "step"));
    if (is_step && !json_int64(json_get(evidence, "turn"), &turn))
        (void)buffer_text(out, is_english ? " missing" : " 缺少");
    if (*text_of(evidence, "why"))
        (void)buffer_printf(out, is_english ? ", %s" : "，%s", WORD(whys, text_of(evidence, "why"), is_english));
    if (*text_of(evidence, "by")) (void)buffer_printf(out, is_english ? " \"%s\"" : "“%s”", text_of(evidence, "by"));
    if (*text_of(evidence, "closed_by"))
        (void)buffer_printf(out, is_english ? ", closed by %s" : "，止于%s",
                            WORD(closings, text_of(evidence, "closed_by"), is_english));
}

void words_of_evidence(cs_buffer *out, const char *json, bool is_english) {
    cs_json *list = NULL;
    if (json_parse(json, strlen(json), MAX_EVIDENCE_BYTES, &list, NULL) != CS_OK) return;
    for (size_t i = 0; i < json_length(list); i++) {
        if (i) (void)buffer_text(out, is_english ? "; " : "；");
        one_evidence(out, json_at(list, i), is_english);
    }
    json_free(list);
}
