#include "rules/vocabulary.h"

#include "base/spelling.h"

#include <stddef.h>
#include <string.h>

const cs_vocable vocabulary[] = {
    {FAMILY_STATEMENT, "words", "词表", "words NAME = PHRASE | \"PHRASE\" | /EXPRESSION/", "a list of phrases",
     OPERATOR_NONE, NULL},
    {FAMILY_STATEMENT, "pairs", "对照", "pairs NAME = TERM : PLAIN, PLAIN | TERM : PLAIN",
     "terms of the trade with their plain forms", OPERATOR_NONE, NULL},
    {FAMILY_STATEMENT, "let", "定义", "let NAME = CONDITION", "a name for a condition", OPERATOR_NONE, NULL},
    {FAMILY_STATEMENT, "rule", "规则", "rule NAME", "an obligation or a prohibition", OPERATOR_NONE, NULL},
    {FAMILY_STATEMENT, "flag", "标记", "flag NAME", "something worth noting that accuses nobody", OPERATOR_NONE, NULL},
    {FAMILY_STATEMENT, "test", "测试", "test \"…\"", "a dialogue and the verdicts it must give", OPERATOR_NONE, NULL},
    {FAMILY_STATEMENT, "calendar", "日历", "calendar", "the centre's zone, workdays and holidays", OPERATOR_NONE, NULL},

    {FAMILY_CLAUSE, "title", "标题", "title \"中文\" | \"English\"", "what people read", OPERATOR_NONE, NULL},
    {FAMILY_CLAUSE, "for", "适用", "for call, chat where queue in (a, b)", "which conversations", OPERATOR_NONE, NULL},
    {FAMILY_CLAUSE, "when", "当", "when CONDITION [, once | , once per demand]", "what opens the obligation",
     OPERATOR_NONE, NULL},
    {FAMILY_CLAUSE, "expect", "应当", "expect CONDITION [, strict]", "what must happen", OPERATOR_NONE, NULL},
    {FAMILY_CLAUSE, "never", "不得", "never CONDITION", "what must not happen", OPERATOR_NONE, NULL},
    {FAMILY_CLAUSE, "waived", "豁免", "waived by CONDITION", "what ends the obligation early", OPERATOR_NONE, NULL},
    {FAMILY_CLAUSE, "prompt", "提示", "prompt at 10s \"…\"", "what the agent is shown while it is open", OPERATOR_NONE,
     NULL},
    {FAMILY_CLAUSE, "else", "否则", "else EFFECT, EFFECT", "what a missed or hit rule costs", OPERATOR_NONE, NULL},
    {FAMILY_CLAUSE, "then", "则", "then EFFECT, EFFECT", "what a noted flag does", OPERATOR_NONE, NULL},

    {FAMILY_ROLE, "agent", "客服", "agent says …",
     "a person of the centre; a bot never counts; `first agent`: the one who spoke first", OPERATOR_NONE, NULL},
    {FAMILY_ROLE, "customer", "客户", "customer says …", "the customer", OPERATOR_NONE, NULL},
    {FAMILY_ROLE, "bot", "机器人", "bot says …", "the centre's bot", OPERATOR_NONE, NULL},
    {FAMILY_ROLE, "system", "系统", "system says …", "announcements and system messages", OPERATOR_NONE, NULL},
    {FAMILY_ROLE, "anyone", "任何人", "anyone says …", "whoever speaks", OPERATOR_NONE, NULL},

    {FAMILY_OPERATOR, "says", "说", "ROLE says [QUORUM of] PHRASES [near CHARACTERS characters] [unless in EXCUSES]",
     "the words are there; QUORUM: any, all, none, at least 2", OPERATOR_SAYS, NULL},
    {FAMILY_OPERATOR, "asserts", "断言",
     "ROLE asserts [QUORUM of] PHRASES [near CHARACTERS characters] [unless in EXCUSES]",
     "says, but not denied, asked or quoted", OPERATOR_ASSERTS, NULL},
    {FAMILY_OPERATOR, "sounds", "听起来",
     "ROLE sounds like [QUORUM of] PHRASES [near CHARACTERS characters] [unless in EXCUSES]",
     "the same words, or others that sound like them", OPERATOR_SOUNDS, NULL},
    {FAMILY_OPERATOR, "plain", "通俗", "ROLE plain PAIRS", "the plain form of the term that opened the obligation",
     OPERATOR_PLAIN, NULL},
    {FAMILY_OPERATOR, "similar", "相似", "ROLE similar to PHRASES [likeness PERCENT]",
     "a sentence whose characters are alike", OPERATOR_SIMILAR, NULL},
    {FAMILY_OPERATOR, "fact", "事实", "ROLE fact PHRASES {differs|agrees}",
     "what is said held against the facts book on that day", OPERATOR_FACT, NULL},
    {FAMILY_OPERATOR, "entity", "实体", "ROLE entity NAME [COMPARE VALUE]",
     "a recognised person, phone, address, order, amount, date …", OPERATOR_ENTITY, "entity recognition"},
    {FAMILY_OPERATOR, "intent", "意图", "ROLE intent NAME",
     "what is wanted: a list of words of that name, else a trained class", OPERATOR_INTENT,
     "trained classes (a list of words of that name is live)"},
    {FAMILY_OPERATOR, "topic", "话题", "ROLE topic NAME", "a trained class", OPERATOR_TOPIC, "trained classes"},
    {FAMILY_OPERATOR, "emotion", "情绪", "ROLE emotion NAME [{improving|worsening}]", "a trained class",
     OPERATOR_EMOTION, "trained classes"},
    {FAMILY_OPERATOR, "answers", "答到", "ROLE answers [article NAME]",
     "the reply matches the article for the question", OPERATOR_ANSWERS, "the knowledge base"},
    {FAMILY_OPERATOR, "model", "模型", "ROLE model PHRASES", "a question to a configured language model",
     OPERATOR_MODEL, "a configured language model"},
    {FAMILY_OPERATOR, "repeats", "重复",
     "ROLE repeats COUNT times [in a row] [likeness PERCENT] [of at least CHARACTERS characters] [unless in EXCUSES] "
     "[unless CONDITION between]",
     "much the same said again", OPERATOR_REPEATS, NULL},
    {FAMILY_OPERATOR, "asks", "追问", "ROLE asks again PHRASES [given EXCUSES] [or field NAME]",
     "asks for what was given already; without given: a number", OPERATOR_ASKS, NULL},
    {FAMILY_OPERATOR, "silence", "沉默", "silence COMPARE DURATION [owed by ROLE] [not on hold] [excused by PHRASES]",
     "nobody speaks: as it was heard, else by the times of the turns", OPERATOR_SILENCE, NULL},
    {FAMILY_OPERATOR, "response", "响应", "ROLE response time COMPARE DURATION [for first reply]",
     "from the other side's last word", OPERATOR_RESPONSE, NULL},
    {FAMILY_OPERATOR, "overlap", "重叠", "[ROLE] overlap COMPARE DURATION", "both speak; ROLE began later",
     OPERATOR_OVERLAP, NULL},
    {FAMILY_OPERATOR, "interrupts", "打断", "ROLE interrupts [COMPARE DURATION] [of at least CHARACTERS characters]",
     "begins while the other side still speaks", OPERATOR_INTERRUPTS, NULL},
    {FAMILY_OPERATOR, "pace", "语速", "ROLE pace COMPARE NUMBER [{average|over own start}]",
     "characters or words a minute", OPERATOR_PACE, NULL},
    {FAMILY_OPERATOR, "loudness", "音量", "ROLE loudness COMPARE NUMBER [{average|over own start}]",
     "decibels, from the recording or annotations", OPERATOR_LOUDNESS, NULL},
    {FAMILY_OPERATOR, "pitch", "音高", "ROLE pitch COMPARE NUMBER [{average|over own start}]",
     "hertz, from the recording or annotations", OPERATOR_PITCH, NULL},
    {FAMILY_OPERATOR, "hold", "保持", "hold [by ROLE] [COMPARE DURATION]", "a held call", OPERATOR_HOLD, NULL},
    {FAMILY_OPERATOR, "transfer", "转接", "transfer [by ROLE]", "a transferred call", OPERATOR_TRANSFER, NULL},
    {FAMILY_OPERATOR, "hang-up", "挂断", "hang-up [by ROLE] [COMPARE DURATION after last word]", "who ended the call",
     OPERATOR_HANG_UP, NULL},
    {FAMILY_OPERATOR, "event", "事件", "event NAME [by ROLE]",
     "any desk, ticket or telephony event by its name; a sound that a recogniser heard on a turn, too", OPERATOR_EVENT,
     NULL},
    {FAMILY_OPERATOR, "duration", "总时长", "duration COMPARE DURATION", "of the conversation", OPERATOR_DURATION,
     NULL},
    {FAMILY_OPERATOR, "turns", "轮", "[ROLE] turns COMPARE COUNT", "speaking turns of the conversation or a side",
     OPERATOR_TURNS, NULL},
    {FAMILY_OPERATOR, "talk", "说话", "ROLE talk share COMPARE PERCENT",
     "of the time spoken; of the characters in an untimed one", OPERATOR_TALK, NULL},
    {FAMILY_OPERATOR, "field", "字段", "field NAME COMPARE VALUE", "a record field against a value or another field",
     OPERATOR_FIELD, NULL},
    {FAMILY_OPERATOR, "count", "次数", "count(CONDITION) >= 3", "how many times it occurs", OPERATOR_NONE, NULL},
    {FAMILY_OPERATOR, "nth", "第几次", "nth(CONDITION, 2)", "the second time it occurs", OPERATOR_NONE, NULL},
    {FAMILY_OPERATOR, "order", "顺序", "in order (A, B, C)", "each later than the one before", OPERATOR_NONE, NULL},
    {FAMILY_OPERATOR, "reply", "回复", "CONDITION in reply to CONDITION", "in the turn that answers one with it",
     OPERATOR_NONE, NULL},
    {FAMILY_OPERATOR, "steps", "步骤", "steps, then lines NAME : CONDITION [if CONDITION]", "each needs the one before",
     OPERATOR_NONE, NULL},
    {FAMILY_OPERATOR, "and", "且", "A and B", "both", OPERATOR_NONE, NULL},
    {FAMILY_OPERATOR, "or", "或", "A or B", "one of them", OPERATOR_NONE, NULL},
    {FAMILY_OPERATOR, "not", "非", "not A", "the opposite", OPERATOR_NONE, NULL},

    {FAMILY_WINDOW, "within", "限",
     "within 2 agent turns after | within 30s before | within 3 turns around | within 2 workdays after",
     "from the trigger", OPERATOR_NONE, NULL},
    {FAMILY_WINDOW, "before", "之前", "before CONDITION", "earlier than its first time; it must happen", OPERATOR_NONE,
     NULL},
    {FAMILY_WINDOW, "after", "之后", "after CONDITION", "later than its first time", OPERATOR_NONE, NULL},
    {FAMILY_WINDOW, "until", "直到", "until CONDITION", "up to its first time, or the end", OPERATOR_NONE, NULL},
    {FAMILY_WINDOW, "between", "介于", "between A and B", "from an A to the next B", OPERATOR_NONE, NULL},
    {FAMILY_WINDOW, "first", "最初", "first 2 agent turns | first 30s | first 20%", "of the conversation",
     OPERATOR_NONE, NULL},
    {FAMILY_WINDOW, "last", "最后", "last 2 agent turns | last 30s | last 20%", "of the conversation", OPERATOR_NONE,
     NULL},
    {FAMILY_WINDOW, "by", "截至", "by 2m | by end of day 3 after | by end of workday 2 after",
     "after the conversation's start, or a day of the calendar", OPERATOR_NONE, NULL},
    {FAMILY_WINDOW, "anywhere", "任意处", "anywhere", "before the trigger too", OPERATOR_NONE, NULL},

    {FAMILY_EFFECT, "compliance", "合规", "compliance -10 [each [, max -30]] | compliance fatal", "compliance score",
     OPERATOR_NONE, NULL},
    {FAMILY_EFFECT, "experience", "体验", "experience -10", "experience score", OPERATOR_NONE, NULL},
    {FAMILY_EFFECT, "risk", "风险", "risk +40", "risk score", OPERATOR_NONE, NULL},
    {FAMILY_EFFECT, "mark", "标为", "mark high-risk", "puts the conversation among the high risks", OPERATOR_NONE,
     NULL},
    {FAMILY_EFFECT, "tag", "标签", "tag WORD", "a word on the conversation", OPERATOR_NONE, NULL},
    {FAMILY_EFFECT, "alert", "告警", "alert supervisor", "raised as a signal while the call runs", OPERATOR_NONE, NULL},
    {FAMILY_EFFECT, "list", "列入", "list call-first", "shown; a list once there are lists", OPERATOR_NONE, NULL},
    {FAMILY_EFFECT, "open", "开立", "open work-order team due 1d", "shown; opened once there are work orders",
     OPERATOR_NONE, NULL},

    {FAMILY_WORD, "by", "由", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "in", "在", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "unless", "除非", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "of", "之", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "near", "相距", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "characters", "字", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "any", "任一", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "all", "全部", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "none", "皆无", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "least", "至少", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "like", "像", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "to", "对", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "likeness", "相似度", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "differs", "不符", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "agrees", "相符", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "improving", "好转", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "worsening", "恶化", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "article", "条目", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "times", "次", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "a", "一", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "row", "连续", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "again", "再次", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "given", "已告知", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "owed", "欠", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "on", "处于", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "excused", "免于", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "time", "时间", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "average", "平均", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "over", "高于", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "own", "自身", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "start", "开头", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "word", "话", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "share", "占比", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "if", "如果", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "once", "一次", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "per", "每", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "demand", "诉求", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "each", "每次", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "max", "最多", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "strict", "严格", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "fatal", "否决", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "high-risk", "高风险", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "at", "于", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "where", "其中", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "around", "前后", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "turn", "轮次", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "day", "日", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "workday", "个工作日", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "workdays", "工作日", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "end", "末", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "call", "电话", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "chat", "在线", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "email", "邮件", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "ticket", "工单", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "survey", "问卷", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "video", "视频", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "undecided", "未定", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "met", "达成", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "missed", "未达", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "hit", "命中", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "clean", "无违规", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "noted", "已提示", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "not-noted", "无提示", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "undecided", "待定", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "not-applicable", "不适用", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "about", "关于", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "this", "此", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "answered", "接通", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "offered", "呼入", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "from", "来自", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "annotation", "标注", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "supervisor", "主管", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "zone", "时区", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "hours", "工作时间", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "holiday", "节假日", NULL, NULL, OPERATOR_NONE, NULL},
    {FAMILY_WORD, "workday", "调休", NULL, NULL, OPERATOR_NONE, NULL},

    {FAMILY_COUNT, NULL, NULL, NULL, NULL, OPERATOR_NONE, NULL},
};

const cs_vocable *vocabulary_find(cs_family family, const char *word) {
    for (const cs_vocable *row = vocabulary; row->word; row++)
        if (row->family == family && strcmp(row->word, word) == 0) return row;
    return NULL;
}

const cs_vocable *vocabulary_operator(cs_operator operator) {
    for (const cs_vocable *row = vocabulary; row->word; row++)
        if (row->operator== operator) return row;
    return NULL;
}

const char *vocabulary_nearest(const char *word, cs_family family) {
    const char *nearest = NULL;
    unsigned least = 3;
    for (const cs_vocable *row = vocabulary; row->word; row++) {
        if (row->family != family) continue;
        unsigned distance = spelling_distance(word, row->word);
        if (distance < least) {
            least = distance;
            nearest = row->word;
        }
    }
    return nearest;
}

const char *vocabulary_english(const char *zh) {
    if ((unsigned char)zh[0] < 0x80) return NULL; /* no keyword of the other language begins with a Latin letter */
    for (const cs_vocable *row = vocabulary; row->word; row++)
        if (strcmp(row->zh, zh) == 0) return row->word;
    return NULL;
}

const char *vocabulary_chinese(const char *word, cs_family family) {
    for (const cs_vocable *row = vocabulary; row->word; row++)
        if ((family == FAMILY_COUNT || row->family == family) && strcmp(row->word, word) == 0) return row->zh;
    return word;
}
