#include "rules_text.h"

#include "conversation/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TURN_BYTES = 4096, HOUR_MS = 3600 * 1000, HOUR_TURNS = 1200 };

/* ---- phrases and rules ---- */

static const char *const service_words[] = {
    "退款", "投诉", "保修", "维修", "换货", "发票", "赔偿", "上门", "安装", "快递", "地址", "电话", "经理",
    "主管", "回复", "处理", "承诺", "保证", "绝对", "马上", "明天", "今天", "之前", "一定", "不能", "没有",
    "无法", "拒绝", "规定", "政策", "系统", "核实", "登记", "反馈", "升级", "加急", "催促", "等待", "太慢",
    "太差", "生气", "骗人", "虚假", "宣传", "价格", "优惠", "差价", "运费", "质量", "检测", "故障", "漏水",
    "噪音", "异味", "配件", "主板", "电池", "屏幕", "遥控", "师傅", "工单", "专员", "客服", "平台", "商家",
    "仓库", "签收", "丢失", "破损", "错发", "少发", "补发", "取消", "修改", "查询", "验证", "身份", "账户",
    "银行", "信用", "合同", "协议", "条款", "隐私", "信息", "泄露", "录音", "评价", "满意", "解决", "方案",
    "补偿", "道歉", "误会", "理解", "配合", "需要", "可以", "必须", "只能"};

void phrases_make(char phrases[PHRASES][PHRASE_BYTES]) {
    enum { WORDS = sizeof service_words / sizeof service_words[0] };
    _Static_assert(WORDS == 100, "every pair of a hundred words gives ten thousand phrases");
    for (unsigned i = 0; i < PHRASES; i++) {
        unsigned at = (i * 7919u) % PHRASES; /* each pair once, in an order that mixes the rules */
        const char *third = i % 5 == 0 ? service_words[(i * 31u) % WORDS] : "";
        snprintf(phrases[i], PHRASE_BYTES, "%s%s%s", service_words[at / WORDS], service_words[at % WORDS], third);
    }
}

static void write_phrases(FILE *file, char phrases[][PHRASE_BYTES], unsigned count) {
    for (unsigned i = 0; i < count; i++) fprintf(file, "%s\"%s\"", i ? " | " : "", phrases[i]);
}

/* Of ten rules four forbid, four owe something after a trigger, two note; one in a hundred is owed in every conversation. */
static void write_rule(FILE *file, unsigned number, char phrases[][PHRASE_BYTES]) {
    unsigned kind = number % 10;
    bool is_always = number % 100 == 0, is_flag = kind >= 8;
    fprintf(file, "%s bench-%u\n", is_flag ? "flag" : "rule", number);
    if (is_always) {
        fprintf(file, "  expect agent says ");
        write_phrases(file, phrases, 10);
        fprintf(file, " by 2m");
    } else if (kind < 4) {
        fprintf(file, "  never agent asserts ");
        write_phrases(file, phrases, 10);
    } else if (kind < 8) {
        fprintf(file, "  when customer says ");
        write_phrases(file, phrases, 5);
        fprintf(file, "\n  expect agent says ");
        write_phrases(file, phrases + 5, 5);
        fprintf(file, " within 2 agent turns after");
    } else {
        fprintf(file, "  when customer says ");
        write_phrases(file, phrases, 10);
        fprintf(file, "\n  then tag bench\n");
        return;
    }
    fprintf(file, "\n  else compliance -1\n");
}

/* Words that no chat holds: letters between the words of a phrase. */
bool rules_write_unrelated(const char *path, char phrases[PHRASES][PHRASE_BYTES], unsigned own, unsigned others) {
    static char foreign[PHRASES_A_RULE][PHRASE_BYTES];
    FILE *file = fopen(path, "w");
    if (!file) return false;
    for (unsigned i = 0; i < own; i++) write_rule(file, i, phrases + i * PHRASES_A_RULE);
    for (unsigned i = 0, number = own; i < others; i++) {
        if (++number % 100 == 0) number++; /* none that is owed in every conversation */
        for (unsigned k = 0; k < PHRASES_A_RULE; k++)
            snprintf(foreign[k], PHRASE_BYTES, "鑫%.12s囍", phrases[(own + i) * PHRASES_A_RULE + k]);
        write_rule(file, number, foreign);
    }
    return fclose(file) == 0;
}

bool rules_write(const char *path, char phrases[PHRASES][PHRASE_BYTES]) {
    FILE *file = fopen(path, "w");
    if (!file) return false;
    for (unsigned i = 0; i < RULES; i++) write_rule(file, i, phrases + i * PHRASES_A_RULE);
    return fclose(file) == 0;
}

/* ---- chats ---- */

typedef struct taking {
    cs_texts *texts;
    size_t most;
} taking;

static bool on_conversation(void *context, cs_conversation *conversation, cs_arena *arena) {
    taking *t = context;
    cs_texts *out = t->texts;
    if (out->count == t->most) {
        arena_free(arena);
        return false;
    }
    out->arenas[out->count] = arena;
    out->chats[out->count++] = conversation;
    out->turns += conversation->turn_count;
    for (uint32_t i = 0; i < conversation->turn_count; i++) out->bytes += conversation->turns[i].text_bytes;
    return true;
}

static bool on_refused(void *context, const char *id, cs_error code, const cs_message *message) {
    (void)context, (void)code;
    fprintf(stderr, "bench_rules: %s: %s\n", id ? id : message->place, message->reason);
    return true;
}

bool texts_read(const char *path, size_t most, cs_texts *out) {
    cs_message message = {0};
    cs_read_counts counts = {0};
    *out = (cs_texts){.arenas = calloc(most, sizeof(cs_arena *)), .chats = calloc(most, sizeof(cs_conversation *))};
    taking t = {out, most};
    cs_reader_sink sink = {.context = &t, .on_conversation = on_conversation, .on_refused = on_refused};
    const cs_format *format = format_find(path, NULL);
    cs_error code = format && out->arenas && out->chats ? format_read(format, path, NULL, &sink, &counts, &message)
                                                        : CS_ERR_NOT_FOUND;
    if (out->count > 0 && (code == CS_OK || code == CS_ERR_STOPPED)) return true;
    fprintf(stderr, "bench_rules: no chats in %s: %s\n", path, message.reason);
    return false;
}

bool texts_thicken(cs_texts *texts, char phrases[PHRASES][PHRASE_BYTES]) {
    unsigned next = 17;
    texts->bytes = 0;
    for (size_t c = 0; c < texts->count; c++) {
        cs_conversation *chat = texts->chats[c];
        for (uint32_t i = 0; i < chat->turn_count; i++) {
            char text[TURN_BYTES];
            int used = snprintf(text, sizeof text, "%s", chat->turns[i].text);
            for (uint32_t k = 0; k <= (i + c) % 3 && used > 0 && (size_t)used < sizeof text; k++) {
                used += snprintf(text + used, sizeof text - (size_t)used, "，%s", phrases[next]);
                next = (next + 3571) % PHRASES;
            }
            chat->turns[i].text = arena_string(texts->arenas[c], text);
            if (!chat->turns[i].text) return false;
            chat->turns[i].text_bytes = (uint32_t)strlen(text);
            texts->bytes += chat->turns[i].text_bytes;
        }
    }
    return true;
}

cs_conversation *texts_hour(const cs_texts *texts, cs_arena *arena) {
    cs_conversation *hour = arena_alloc(arena, sizeof *hour);
    cs_turn *turns = arena_array(arena, HOUR_TURNS, sizeof *turns);
    if (!hour || !turns) return NULL;
    *hour = *texts->chats[0];
    hour->channel = CS_CHANNEL_CALL;
    hour->turns = turns;
    hour->turn_count = 0;
    hour->event_count = 0;
    for (size_t c = 0; c < texts->count; c++) {
        const cs_conversation *chat = texts->chats[c];
        for (uint32_t i = 0; i < chat->turn_count && hour->turn_count < HOUR_TURNS; i++) {
            cs_turn *turn = &turns[hour->turn_count];
            *turn = chat->turns[i];
            turn->start_ms = (int64_t)hour->turn_count * HOUR_MS / HOUR_TURNS;
            turn->end_ms = turn->start_ms + HOUR_MS / HOUR_TURNS - 200;
            hour->turn_count++;
        }
    }
    hour->is_timed = true;
    return hour->turn_count == HOUR_TURNS ? hour : NULL;
}

void texts_free(cs_texts *texts) {
    for (size_t i = 0; i < texts->count; i++) arena_free(texts->arenas[i]);
    free(texts->arenas);
    free(texts->chats);
    *texts = (cs_texts){0};
}
