#include "rules/vocabulary_help.h"

#include <stddef.h>
#include <string.h>

static const struct {
    cs_family family;
    const char *word, *help;
} helps[] = {
    {FAMILY_STATEMENT, "words", "一组词句,起个名字,可以在多处使用"},
    {FAMILY_STATEMENT, "pairs", "行业术语和它的通俗说法"},
    {FAMILY_STATEMENT, "let", "给一个条件起名字"},
    {FAMILY_STATEMENT, "rule", "一条要求或禁令"},
    {FAMILY_STATEMENT, "flag", "值得留意的情况,不追究任何人"},
    {FAMILY_STATEMENT, "test", "一段对话,以及规则必须给出的结论"},
    {FAMILY_STATEMENT, "calendar", "中心的时区、工作日和节假日"},
    {FAMILY_CLAUSE, "title", "给人看的名称"},
    {FAMILY_CLAUSE, "for", "适用于哪些会话"},
    {FAMILY_CLAUSE, "when", "什么时候开始要求"},
    {FAMILY_CLAUSE, "expect", "必须做到什么"},
    {FAMILY_CLAUSE, "never", "不能出现什么"},
    {FAMILY_CLAUSE, "waived", "什么情况下不再要求"},
    {FAMILY_CLAUSE, "prompt", "还没做到时给客服的提示"},
    {FAMILY_CLAUSE, "else", "没做到或违规时怎么算分"},
    {FAMILY_CLAUSE, "then", "标记命中时怎么处理"},
    {FAMILY_ROLE, "agent", "人工客服;机器人不算。“第一位客服”是最先说话的那位"},
    {FAMILY_ROLE, "customer", "客户"},
    {FAMILY_ROLE, "bot", "中心的机器人"},
    {FAMILY_ROLE, "system", "提示音和系统消息"},
    {FAMILY_ROLE, "anyone", "不论谁说"},
    {FAMILY_OPERATOR, "says", "说了这些词;数量:任一、全部、皆无、至少 2"},
    {FAMILY_OPERATOR, "asserts", "说了,而且不是否认、反问或转述"},
    {FAMILY_OPERATOR, "sounds", "说了这些词,或者听起来相近的词"},
    {FAMILY_OPERATOR, "plain", "用通俗说法解释了触发要求的那个术语"},
    {FAMILY_OPERATOR, "similar", "字面相近的句子"},
    {FAMILY_OPERATOR, "fact", "说的内容与当天的事实手册对照"},
    {FAMILY_OPERATOR, "entity", "识别出的人名、电话、地址、订单、金额、日期等"},
    {FAMILY_OPERATOR, "intent", "想要什么:同名词表,或训练好的类别"},
    {FAMILY_OPERATOR, "topic", "训练好的类别"},
    {FAMILY_OPERATOR, "emotion", "训练好的类别"},
    {FAMILY_OPERATOR, "answers", "回复与该问题的知识条目一致"},
    {FAMILY_OPERATOR, "model", "向已配置的语言模型提问"},
    {FAMILY_OPERATOR, "repeats", "把差不多的话又说了一遍"},
    {FAMILY_OPERATOR, "asks", "追问已经告知过的内容;不写“已告知”时指号码"},
    {FAMILY_OPERATOR, "silence", "没有人说话:有录音按听到的算,否则按轮次时间算"},
    {FAMILY_OPERATOR, "response", "从对方说完到开口的时间"},
    {FAMILY_OPERATOR, "overlap", "双方同时说话;角色是后开口的一方"},
    {FAMILY_OPERATOR, "interrupts", "对方还没说完就开口"},
    {FAMILY_OPERATOR, "pace", "每分钟多少字"},
    {FAMILY_OPERATOR, "loudness", "分贝,来自录音或标注"},
    {FAMILY_OPERATOR, "pitch", "赫兹,来自录音或标注"},
    {FAMILY_OPERATOR, "hold", "通话被保持"},
    {FAMILY_OPERATOR, "transfer", "通话被转接"},
    {FAMILY_OPERATOR, "hang-up", "由谁挂断"},
    {FAMILY_OPERATOR, "event", "按名称指定的坐席、工单或话务事件,以及识别模型在某一轮听到的声音"},
    {FAMILY_OPERATOR, "duration", "整通会话的时长"},
    {FAMILY_OPERATOR, "turns", "整通会话或某一方的说话轮数"},
    {FAMILY_OPERATOR, "talk", "占说话时间的比例;没有时间时按字数"},
    {FAMILY_OPERATOR, "field", "字段与一个值或另一个字段比较"},
    {FAMILY_OPERATOR, "count", "出现了多少次"},
    {FAMILY_OPERATOR, "nth", "第几次出现"},
    {FAMILY_OPERATOR, "order", "一个接一个,后面的更晚"},
    {FAMILY_OPERATOR, "reply", "在回答它的那一轮里"},
    {FAMILY_OPERATOR, "steps", "每一步都要求前一步已完成"},
    {FAMILY_OPERATOR, "and", "两者都成立"},
    {FAMILY_OPERATOR, "or", "其中之一成立"},
    {FAMILY_OPERATOR, "not", "相反"},
    {FAMILY_WINDOW, "within", "从触发处算起"},
    {FAMILY_WINDOW, "before", "早于它第一次出现;它必须出现"},
    {FAMILY_WINDOW, "after", "晚于它第一次出现"},
    {FAMILY_WINDOW, "until", "到它第一次出现为止,没有就到结束"},
    {FAMILY_WINDOW, "between", "从一个 A 到下一个 B"},
    {FAMILY_WINDOW, "first", "会话的开头"},
    {FAMILY_WINDOW, "last", "会话的结尾"},
    {FAMILY_WINDOW, "by", "会话开始后多久以内,或日历上的某一天为止"},
    {FAMILY_WINDOW, "anywhere", "触发之前也算"},
    {FAMILY_EFFECT, "compliance", "合规分"},
    {FAMILY_EFFECT, "experience", "体验分"},
    {FAMILY_EFFECT, "risk", "风险分"},
    {FAMILY_EFFECT, "mark", "把会话列为高风险"},
    {FAMILY_EFFECT, "tag", "给会话打一个标签"},
    {FAMILY_EFFECT, "alert", "通话进行中发出告警"},
    {FAMILY_EFFECT, "list", "列入名单"},
    {FAMILY_EFFECT, "open", "开立工单"},
};

/* What CAPITALS stand for. */
static const char *const slots[][2] = {
    {"ROLE", "角色"},    {"QUORUM", "数量"},     {"PHRASES", "词句"},   {"PHRASE", "词句"},   {"EXPRESSION", "正则"},
    {"EXCUSES", "例外"}, {"CHARACTERS", "字数"}, {"PERCENT", "百分比"}, {"DURATION", "时长"}, {"COMPARE", "比较"},
    {"NUMBER", "数"},    {"COUNT", "次数"},      {"NAME", "名称"},      {"VALUE", "值"},      {"CONDITION", "条件"},
    {"PAIRS", "对照表"}, {"TERM", "术语"},       {"PLAIN", "说法"},     {"EFFECT", "结果"},   {"WORD", "词"},
};

const char *vocabulary_help_chinese(const cs_vocable *row) {
    for (size_t i = 0; i < sizeof helps / sizeof *helps; i++)
        if (helps[i].family == row->family && strcmp(helps[i].word, row->word) == 0) return helps[i].help;
    return row->help;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const char *in_chinese(const cs_vocable *row, const char *word) {
    if (word[0] >= 'A' && word[0] <= 'Z') {
        for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
            if (strcmp(slots[i][0], word) == 0) return slots[i][1];
        return word;
    }
    return strcmp(word, row->word) == 0 ? row->zh : vocabulary_chinese(word, FAMILY_COUNT);
}

bool vocabulary_usage_chinese(const cs_vocable *row, cs_buffer *out) {
    char word[40];
    for (const char *at = row->usage; *at;) {
        size_t bytes = 0;
        while (is_letter(at[bytes]) || (bytes && at[bytes] == '-')) bytes++;
        bool is_unit = at > row->usage && at[-1] >= '0' && at[-1] <= '9'; /* 30s */
        if (bytes == 0 || bytes >= sizeof word || is_unit) {
            bytes = bytes ? bytes : 1;
            if (!buffer_append(out, at, bytes)) return false;
        } else {
            (void)memcpy(word, at, bytes);
            word[bytes] = 0;

            if (!buffer_text(out, in_chinese(row, word))) return false;
        }
        at += bytes;
    }
    return true;
}
