/* Codes to words. English words for reasons are the rules' own; channels and roles have their table in conversation. */
#include "cli/report_words.h"

#include "conversation/conversation.h"
#include "rules/finding.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const cs_json *object, const char *key) {
    const char *text = json_string(json_get(object, key), NULL);
    return text ? text : "";
}

typedef struct word {
    const char *name, *en, *zh; /* en NULL: from the table of reasons */
} word;

static const word reasons[] = {{"absent", NULL, "在应看的范围里没有出现"},
                               {"present", NULL, "说了"},
                               {"step", NULL, "有一步缺少,或先后不对"},
                               {"no_chance", NULL, "应当说话的一方在这段里没有说话"},
                               {"waived", NULL, "已豁免"},
                               {"no_times", NULL, "规则要看时间,而会话没有时间"},
                               {"low_confidence", NULL, "识别的把握低于限度"},
                               {"role_unknown", NULL, "不知道是谁说的"},
                               {"field_unknown", NULL, "规则要看的字段没有"},
                               {"channel", NULL, "规则不管这个渠道"},
                               {"condition", NULL, "规则的适用条件不成立"},
                               {"not_triggered", NULL, "规则等待的情形没有出现"},
                               {"limit", NULL, "表达式超过限度"},
                               {"across", NULL, "要跨会话判断"},
                               {"waiting", NULL, "缺少这段内容所需的处理"},
                               {"no_entry", NULL, "当天的事实库没有这一条"},
                               {"no_words", NULL, "有声音,没有文字"}};
static const word whys[] = {{"wrong_side", "said by the other side", "是对方说的"},
                            {"too_early", "too early", "太早"},
                            {"too_late", "too late", "太晚"},
                            {"low_confidence", "below the confidence limit", "识别把握不够"},
                            {"excused", "excused by", "例外"},
                            {"denied", "denied by", "被否认"},
                            {"asked", "asked by", "是在问"},
                            {"quoted", "quoted by", "是在转述"},
                            {"incomplete", "not all of it", "不完整"}};
static const word hows[] = {{"text", "by its text", "按文字"},        {"expression", "by an expression", "按表达式"},
                            {"sound", "by its sound", "按读音"},      {"likeness", "by likeness", "按相似"},
                            {"time", "by its times", "按时间"},       {"event", "by an event", "按事件"},
                            {"annotation", "as annotated", "按标注"}, {"fact", "by the facts book", "按事实库"}};
static const word kinds[] = {
    {"trigger", "opened by", "起因"},    {"match", "said", "原话"}, {"near_miss", "nearest", "最接近"},
    {"window", "searched", "查看"},      {"step", "step", "步骤"},  {"waiver", "waived by", "豁免"},
    {"excuse", "does not count", "不算"}};
static const word closings[] = {{"turns", "the number of turns", "轮数"},
                                {"time", "the time limit", "时限"},
                                {"until", "what ends it", "截止条件"},
                                {"end", "the end", "会话结束"}};
static const word events[] = {{"answer", "answer", "接通"},     {"hold", "hold", "保持"},
                              {"resume", "resume", "恢复通话"}, {"transfer", "transfer", "转接"},
                              {"hang-up", "hang-up", "挂断"},   {"close", "close", "会话关闭"}};
static const word channels[] = {
#define X(code, name, zh) {name, name, zh},
    CS_CHANNEL_TABLE(X)
#undef X
};
static const word roles[] = {
#define X(code, name, zh) {name, name, zh},
    CS_ROLE_TABLE(X)
#undef X
};
#define WORD(table, name, language) word_of(table, sizeof(table) / sizeof *(table), name, language)

static const char *word_of(const word *words, size_t count, const char *name, cs_language language) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i].name, name) == 0)
            return language == CS_CHINESE ? words[i].zh : words[i].en ? words[i].en : name;
    return name;
}

static bool is_unspoken(const cs_json *evidence) {
    const char *how = text_of(evidence, "how");
    bool is_measured = strcmp(how, "time") == 0 || strcmp(how, "event") == 0;
    return is_measured && strcmp(text_of(evidence, "kind"), "match") == 0 && *text_of(evidence, "measured");
}

/* What is present was measured, not said. */
static bool has_unspoken(const cs_json *judged) {
    const cs_json *findings = json_get(judged, "findings"), *evidence = json_get(judged, "evidence");
    if (json_length(findings)) evidence = json_get(json_at(findings, 0), "evidence");
    for (size_t i = 0; i < json_length(evidence); i++)
        if (is_unspoken(json_at(evidence, i))) return true;
    return false;
}

const char *report_reason(const cs_json *judged, cs_language language) {
    const char *name = text_of(judged, "reason"), *verdict = text_of(judged, "verdict");
    bool is_quiet = strcmp(verdict, "clean") == 0 || strcmp(verdict, "not_noted") == 0;
    if (is_quiet && strcmp(name, "absent") == 0) return language == CS_CHINESE ? "没有说" : "it was not said";
    if (strcmp(name, "present") == 0 && has_unspoken(judged)) return language == CS_CHINESE ? "发生了" : "it happened";
    if (language == CS_CHINESE) return WORD(reasons, name, language);
    for (int i = 0; i < CS_REASON_COUNT; i++)
        if (strcmp(reason_name((cs_reason)i), name) == 0) return reason_words((cs_reason)i);
    return name;
}

const char *report_evidence_kind(const cs_json *evidence, cs_language language) {
    return is_unspoken(evidence) ? "" : WORD(kinds, text_of(evidence, "kind"), language);
}

const char *report_measured(const cs_json *evidence, cs_language language) {
    static char seconds[64];
    const char *measured = text_of(evidence, "measured"), *how = text_of(evidence, "how");
    size_t length = strlen(measured);
    if (strcmp(how, "event") == 0) return WORD(events, measured, language);
    if (language != CS_CHINESE || length < 3 || length > 40 || strcmp(measured + length - 2, " s") != 0)
        return measured;
    (void)snprintf(seconds, sizeof seconds, "%.*s 秒", (int)length - 2, measured);
    return seconds;
}

const char *report_why(const char *why, cs_language language) {
    return WORD(whys, why, language);
}

const char *report_how(const char *how, cs_language language) {
    return WORD(hows, how, language);
}

const char *report_closing(const char *closed_by, cs_language language) {
    return WORD(closings, closed_by, language);
}

const char *report_channel(const char *channel, cs_language language) {
    return WORD(channels, channel, language);
}

const char *report_role(const char *role, cs_language language) {
    return WORD(roles, role, language);
}
