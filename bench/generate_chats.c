/* generate_chats COUNT SEED FILE - writes COUNT twelve-turn Chinese chats as JSON Lines, the same for the same seed, and
 * prints how many chats and texts differ. Lengths follow real shop chats: customers about 15 characters a turn, agents about 28,
 * every fourth or fifth turn a phrase that others write too. All names and numbers are invented.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TURNS = 12, TEXT_BYTES = 2048, MAX_DEPTH = 8, MAX_CHOICES = 24 };

typedef struct symbol {
    const char *name;
    const char *choices[MAX_CHOICES]; /* NULL at the end; {name} stands for another symbol */
} symbol;

/* {#n} stands for n digits. */
static const symbol grammar[] = {
    {"order", {"{letters}{#8}", "{letters}-{#6}", "JD{#10}"}},
    {"letters", {"LZ", "SH", "TX", "KF", "MD", "YJ", "QH", "BN"}},
    {"amount", {"{#2}元", "{#3}元", "{#2}.{#1}元", "{#3}块", "{#4}元"}},
    {"product",
     {"羽绒服", "电热水壶", "空调",     "冰箱",   "洗衣机", "蓝牙耳机", "运动鞋", "床垫",   "扫地机器人", "净水器",
      "油烟机", "平板电脑", "儿童书包", "保温杯", "羊毛衫", "台灯",     "投影仪", "吹风机", "空气炸锅",   "行李箱"}},
    {"model", {"{letters}-{#2}型", "{#3}款", "{color}", "{color}{#2}码", "{letters}{#3}"}},
    {"color", {"黑色", "白色", "藏青", "米色", "粉色", "深灰", "墨绿"}},
    {"day", {"昨天", "前天", "{month}月{date}号", "{month}月{date}日", "上周{weekday}", "这周{weekday}", "今天上午"}},
    {"month", {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}},
    {"date", {"2", "3", "5", "6", "8", "9", "11", "13", "14", "16", "17", "19", "20", "22", "24", "25", "27", "28"}},
    {"weekday", {"一", "二", "三", "四", "五", "六", "日"}},
    {"hour", {"9点", "10点", "11点半", "下午2点", "下午3点半", "下午5点", "晚上7点", "晚上8点"}},
    {"city", {"苏州", "合肥", "石家庄", "南宁", "昆明", "长春", "佛山", "烟台", "洛阳", "绵阳", "温州", "赣州"}},
    {"carrier", {"快递", "配送站", "物流", "快递员", "驿站"}},
    {"fault",
     {"开不了机", "一直漏水", "有异味", "掉色", "声音特别大", "充不进电", "少了一个配件", "外壳裂了", "尺码不对",
      "制冷不行", "按键失灵", "起球很厉害", "缝线开了", "屏幕有亮点"}},
    {"problem",
     {"我{day}买的{product}{fault}", "{day}下的单到现在还没发货", "订单{order}显示签收了但是我没收到",
      "{product}{fault}，想换一个", "退款{day}申请的，{amount}还没到账", "发票抬头开错了，能重开吗",
      "我想改一下收货地址，改到{city}", "{product}降价了能补差价吗", "优惠券{amount}用不了怎么回事",
      "{carrier}说送不了，让我自己去取", "{product}保修多久啊，{model}的那款", "安装师傅约了{day}没来",
      "收到的是{color}的，我买的是{color}的", "{model}的{product}什么时候有货"}},
    {"hello", {"你好，", "在吗？", "您好 ", "亲，", "人工客服，", "", "", "", "喂，", "客服你好，"}},
    {"greet",
     {"您好，很高兴为您服务。", "亲，您好，我是客服{#4}号，", "您好，请问有什么可以帮您？", "您好，这里是售后客服，",
      "亲亲在的呢，", "您好，"}},
    {"ask",
     {"提供一下订单号，我查一下{product}的情况。", "请问是订单{order}这一笔吗？", "方便说一下收货手机尾号吗？",
      "您说的{product}是{model}吗，麻烦拍一张照片给我看看。", "请您稍等，我核对一下{carrier}记录。",
      "麻烦报一下订单号后四位，我核实一下{amount}这笔。"}},
    {"reply",
     {"{order}", "订单号{order}", "是的", "对", "就是{day}那一单，{amount}的", "尾号{#4}", "图片发了，{model}的",
      "稍等我找找，{order}", "是{product}，{amount}买的", "对的，寄到{city}的那个"}},
    {"check",
     {"好的，正在为您查询，请稍等。", "亲，稍等呢，帮您核实一下{order}。",
      "感谢您的耐心等待，我看到这笔订单是{day}{hour}付款的。",
      "查到了，{product}在{day}由{city}仓发出，目前在{carrier}手里。",
      "我这边看到{amount}的款项在{day}{hour}已经提交给财务了。",
      "系统显示{day}{hour}{carrier}有一次派送，没有联系上您。"}},
    {"nudge",
     {"好的", "嗯", "快点", "多久能好", "我等了{#1}天了", "那现在怎么办", "每次都这么说", "嗯嗯，{product}急着用的",
      "好", "然后呢", "{day}就说在查了"}},
    {"finding",
     {"核实过了，{product}确实{fault}，可以换货或者退款。", "跟{carrier}确认了，{hour}前会重新派送，请保持电话畅通。",
      "财务回复退款{amount}已经原路退回，一般{#1}到{#2}个工作日到账。",
      "这款{model}的{product}目前缺货，预计{month}月{date}日补货。",
      "您的地址可以修改到{city}，{carrier}会晚一到两天。", "{product}拆封以后不支持七天无理由，要先检测。",
      "优惠券是{day}过期的，我帮您申请一张{amount}的补偿券。",
      "安装师傅那边改约到{day}{hour}，他会提前半小时给您打电话。"}},
    {"calm",
     {"好的，那就换货吧，要{color}的", "可以，{hour}以后我都在家", "那退款吧，{amount}退回原来的卡", "行，麻烦您了",
      "好的好的", "那我等{day}的通知", "嗯，地址是{city}的那个", "换{model}可以吗"}},
    {"upset",
     {"你们的服务太差了，{product}买了{#1}天就{fault}", "再不解决我就投诉你们", "我要投诉，{day}就这么说",
      "真是受不了，{carrier}也不管", "我会打12315的，{amount}也是钱", "太差了，以后再也不买了",
      "你们这是欺骗消费者吧，{model}明明写着有货", "等了{#2}天了，气死我了"}},
    {"sorry",
     {"非常抱歉给您带来不便，", "对不起，让您久等了，", "实在不好意思，", "很抱歉，{product}的问题让您费心了，",
      "理解您的心情，", "给您带来困扰深表歉意，"}},
    {"solve",
     {"我这边为您登记加急，{day}{hour}前一定有人联系您。", "已经为您提交换货申请，工单号{#8}，{carrier}会上门取件。",
      "这边为您申请{amount}的补偿，24小时内到账，您看可以吗？", "已经备注{city}的新地址，{carrier}会按新地址派送。",
      "退款流程已经走完了，{amount}最晚{month}月{date}日到您的账户。",
      "师傅{day}{hour}上门检测{product}，不收取任何费用。", "我把{order}转给专员处理，他会在{#2}小时内给您回电话。"}},
    {"brusque",
     {"这是您的个人问题，跟我们没关系。", "规定就是这样，{product}退不了。",
      "这个我们没有办法，您自己联系{carrier}吧。", "页面写得很清楚，您没看吗？",
      "过保修了，{model}只能自费修，{amount}起。"}},
    {"question",
     {"运费谁出啊", "取件要准备什么吗", "{carrier}几点来", "那{amount}的差价怎么算", "不用我自己寄吧？", "保修从哪天算",
      "可以开{amount}的发票吗", "要是再{fault}怎么办", "发票能一起改成{city}公司的吗", "大概几天能到{city}"}},
    {"answer",
     {"运费由我们承担，您不用付，{carrier}会直接上门。", "请您把{product}和配件、发票一起包好。",
      "一般{day}{hour}之前到，{carrier}会提前电话联系您。", "差价{amount}会和退款一起退回。",
      "保修从签收那天算起，{model}是整机一年、主要部件三年。", "可以的，电子发票{#1}个工作日内发到您预留的邮箱。",
      "如果再出现{fault}，您直接报{order}，我们优先处理。"}},
    {"thanks",
     {"好的谢谢", "好的", "谢谢", "嗯嗯", "行吧", "知道了，{hour}我在家", "那我等你们电话，尾号{#4}", "好，{day}再联系",
      "希望说到做到", "麻烦了，{product}早点到"}},
    {"grumble",
     {"算了", "随便吧", "行吧，{day}不到我就投诉", "记住了{#4}号客服", "希望这次别再骗人", "就这样吧，{amount}赶紧退"}},
    {"close",
     {"请问还有其他可以帮到您的吗？", "不客气，感谢您的咨询，祝您生活愉快。", "好的，{order}有进展我通知您。",
      "还有什么可以帮您的吗？没有的话再见。", "感谢您的理解，{product}的事我会跟到底，祝您{weekday_wish}。"}},
    {"more_c",
     {"，{day}我还打过电话问的", "，我手机尾号{#4}", "，{hour}之前给我个答复", "，{city}这边{product}都买不到",
      "，{day}{hour}下的单，{amount}", "，{carrier}的电话{#4}打不通", "，{model}那个", "，订单{order}",
      "，已经{#2}个小时了", "，拍了{#1}张图给你看{fault}的地方", "，朋友买的{product}就没事", "，{day}{fault}到现在"}},
    {"more_a",
     {"预计{month}月{date}日{hour}前有结果。", "本次服务编号{#8}。", "可以拨打400-{#3}-{#4}。",
      "{model}的{product}已备注。", "寄往{city}的件一般{#1}到{#2}天能到。", "{amount}可以在订单里核对。",
      "尾号{#4}会收到短信。", "{carrier}电话138****{#4}。", "单号{#6}已提交。", "前面还有{#2}位顾客。"}},
    {"weekday_wish", {"周末愉快", "工作顺利", "一切顺心", "购物愉快"}},
    {NULL, {NULL}},
};

/* ---- a small generator of numbers: splitmix64 ---- */

static uint64_t next_number(uint64_t *state) {
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static unsigned below(uint64_t *state, unsigned bound) {
    return (unsigned)(next_number(state) % bound);
}

/* ---- texts ---- */

typedef struct text {
    char bytes[TEXT_BYTES];
    size_t length;
} text;

static void put(text *out, char c) {
    if (out->length + 1 < sizeof out->bytes) out->bytes[out->length++] = c;
    out->bytes[out->length] = 0;
}

static const symbol *find_symbol(const char *name, size_t bytes) {
    for (const symbol *s = grammar; s->name; s++)
        if (strlen(s->name) == bytes && memcmp(s->name, name, bytes) == 0) return s;
    fprintf(stderr, "generate_chats: no symbol %.*s\n", (int)bytes, name);
    exit(2);
}

static void expand(const char *pattern, uint64_t *state, unsigned depth, text *out) {
    for (; *pattern; pattern++) {
        const char *end = *pattern == '{' ? strchr(pattern, '}') : NULL;
        if (!end || depth == MAX_DEPTH) {
            put(out, *pattern);
            continue;
        }
        if (pattern[1] == '#') {
            for (int n = atoi(pattern + 2), i = 0; i < n; i++)
                put(out, (char)('0' + (i ? below(state, 10) : 1 + below(state, 9))));
        } else {
            const symbol *s = find_symbol(pattern + 1, (size_t)(end - pattern - 1));
            unsigned count = 0;
            while (count < MAX_CHOICES && s->choices[count]) count++;
            expand(s->choices[below(state, count)], state, depth + 1, out);
        }
        pattern = end;
    }
}

/* What stands in each turn; even turns are the customer's. One customer in four is upset, one agent in six brusque on average. */
static const char *plan(unsigned turn, bool is_upset, bool is_brusque, uint64_t *state) {
    switch (turn) {
    case 0: return "{hello}{problem}";
    case 1: return "{greet}{ask}";
    case 2: return "{reply}";
    case 3: return "{check}";
    case 4: return "{nudge}";
    case 5: return "{finding}";
    case 6: return is_upset ? "{upset}" : "{calm}";
    case 7: return is_brusque ? "{brusque}" : is_upset && below(state, 10) < 7 ? "{sorry}{solve}" : "{solve}";
    case 8: return is_upset && below(state, 3) == 0 ? "{upset}" : "{question}";
    case 9: return is_upset && below(state, 2) == 0 ? "{sorry}{answer}" : "{answer}";
    case 10: return is_upset ? "{grumble}" : "{thanks}";
    default: return "{close}";
    }
}

static void write_turn(unsigned turn, bool is_upset, bool is_brusque, uint64_t *state, text *out) {
    static const unsigned more[2] = {60, 45}; /* per cent of turns that say one thing more: customers, agents */
    out->length = 0;
    expand(plan(turn, is_upset, is_brusque, state), state, 0, out);
    if (below(state, 100) < more[turn % 2]) expand(turn % 2 ? "{more_a}" : "{more_c}", state, 0, out);
}

/* ---- how many texts differ ---- */

typedef struct texts_seen {
    uint64_t *hashes; /* open addressing; 0 is free */
    uint64_t mask, distinct, turns, characters;
    uint64_t chat; /* hash of the texts of the chat so far */
} texts_seen;

static void see_hash(texts_seen *seen, uint64_t hash) {
    uint64_t at = hash & seen->mask;
    while (seen->hashes[at] && seen->hashes[at] != hash) at = (at + 1) & seen->mask;
    seen->distinct += !seen->hashes[at];
    seen->hashes[at] = hash ? hash : 1;
}

static void see(texts_seen *seen, const text *t) {
    uint64_t hash = UINT64_C(1469598103934665603);
    for (size_t i = 0; i < t->length; i++) {
        hash = (hash ^ (unsigned char)t->bytes[i]) * UINT64_C(1099511628211);
        seen->characters += ((unsigned char)t->bytes[i] & 0xC0) != 0x80;
    }
    seen->turns++;
    seen->chat = (seen->chat ^ hash) * UINT64_C(1099511628211);
    see_hash(seen, hash);
}

static bool open_seen(texts_seen *seen, uint64_t most) {
    uint64_t room = 1024;
    while (room < most * 2) room *= 2;
    *seen = (texts_seen){.hashes = calloc(room, sizeof *seen->hashes), .mask = room - 1};
    return seen->hashes != NULL;
}

/* ---- chats ---- */

/* A centre of 200 agents in 10 teams, 8 queues, 3 channels. Its days follow one another, as exports come: 180 of them from
 * 1 May 2026, weekends at half. */
enum { DAYS = 180, FIRST_DAY_S = 1777564800 /* 2026-05-01T00:00 +08:00 */, DAY_S = 86400, AGENTS = 200, A_TEAM = 20 };

/* Of half days: five whole days of the week have two, the other two have one. */
static unsigned day_of(uint64_t number, uint64_t count) {
    unsigned halves = 0, at = 0;
    for (unsigned day = 0; day < DAYS; day++)
        halves += day % 7 == 1 || day % 7 == 2 ? 1 : 2; /* 1 May 2026 is a Friday */
    unsigned wanted = (unsigned)((number - 1) * halves / count);
    for (unsigned day = 0; day < DAYS; day++)
        if ((at += day % 7 == 1 || day % 7 == 2 ? 1 : 2) > wanted) return day;
    return DAYS - 1;
}

static const char *channel_of(unsigned hundredth) {
    return hundredth < 70 ? "chat" : hundredth < 95 ? "call" : "email";
}

static void write_head(FILE *file, uint64_t number, uint64_t count, unsigned agent, uint64_t *state, text *scratch) {
    static const char *const queues[] = {"售前", "售后", "退换货", "物流", "投诉", "发票", "安装", "会员"};
    static const unsigned shares[] = {20, 45, 60, 75, 80, 86, 94, 100}; /* of a hundred, added up */
    static const char *const families[] = {"陈", "周", "李", "韩", "马", "孙", "郭", "方", "林", "何",
                                           "许", "邓", "曹", "彭", "曾", "萧", "田", "董", "袁", "潘"};
    static const char *const names[] = {"晓芸", "默", "倩", "磊", "丽娜", "雨桐", "涛", "佳宁", "思远", "文静"};
    unsigned queue = 0, hundredth = below(state, 100);
    while (shares[queue] <= hundredth) queue++;
    time_t at = FIRST_DAY_S + (time_t)day_of(number, count) * DAY_S + 8 * 3600 + below(state, 13 * 3600);
    time_t local = at + 8 * 3600;
    struct tm when;
    char started[32];
    (void)strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%S", gmtime_r(&local, &when));
    fprintf(file, "{\"id\":\"B-%08" PRIu64 "\",\"channel\":\"%s\",\"started\":\"%s+08:00\",", number,
            channel_of(below(state, 100)), started);
    fprintf(file, "\"queue\":\"%s\",\"customer\":\"K-%06u\",\"language\":\"zh\",\"participants\":[", queues[queue],
            below(state, 300000));
    fprintf(file,
            "{\"id\":\"a1\",\"role\":\"agent\",\"name\":\"%s%s\",\"team\":\"在线%u组\"},{\"id\":\"c1\",\"role\":"
            "\"customer\"}],",
            families[agent / 10], names[agent % 10], agent / A_TEAM + 1);
    scratch->length = 0;
    expand("{order}", state, 0, scratch);
    fprintf(file, "\"fields\":{\"order\":\"%s\",\"amount\":%u},\"turns\":[", scratch->bytes, 10 + below(state, 5000));
}

/* How often of a hundred an agent is brusque: 2 to 30, each their own way. */
static unsigned brusqueness(unsigned agent) {
    return 2 + agent * 37 % 29;
}

static void write_chat(FILE *file, uint64_t number, uint64_t count, uint64_t seed, texts_seen *seen,
                       texts_seen *chats) {
    uint64_t state = seed * UINT64_C(0x2545f4914f6cdd1d) + number;
    text t = {.length = 0};
    unsigned agent = below(&state, AGENTS);
    write_head(file, number, count, agent, &state, &t);
    bool is_upset = below(&state, 4) == 0, is_brusque = below(&state, 100) < brusqueness(agent);
    unsigned at_ms = 500 + below(&state, 2000);
    seen->chat = 1;
    for (unsigned i = 0; i < TURNS; i++) {
        write_turn(i, is_upset, is_brusque, &state, &t);
        see(seen, &t);
        fprintf(file, "%s{\"from\":\"%s\",\"start_ms\":%u,\"text\":\"%s\"}", i ? "," : "", i % 2 ? "a1" : "c1", at_ms,
                t.bytes);
        at_ms += 3000 + below(&state, 40000);
    }
    fprintf(file, "],\"events\":[{\"kind\":\"close\",\"at_ms\":%u,\"by\":\"a1\"}]}\n", at_ms);
    see_hash(chats, seen->chat);
}

int main(int argc, char **argv) {
    texts_seen seen, chats;
    if (argc != 4) {
        fprintf(stderr, "usage: generate_chats COUNT SEED FILE\n");
        return 2;
    }
    uint64_t count = strtoull(argv[1], NULL, 10), seed = strtoull(argv[2], NULL, 10);
    FILE *file = fopen(argv[3], "w");
    if (!file || !open_seen(&seen, count * TURNS) || !open_seen(&chats, count)) {
        perror(argv[3]);
        return 1;
    }
    for (uint64_t i = 1; i <= count; i++) write_chat(file, i, count, seed, &seen, &chats);
    long bytes = ftell(file);
    if (fclose(file) != 0) {
        perror(argv[3]);
        return 1;
    }
    printf("seed %" PRIu64 ", %" PRIu64 " chats of %d turns, %" PRIu64 " distinct chats, %" PRIu64
           " distinct texts of %" PRIu64 ", %.1f characters a turn, %.1f MB\n",
           seed, count, TURNS, chats.distinct, seen.distinct, seen.turns, (double)seen.characters / (double)seen.turns,
           (double)bytes / 1e6);
    free(seen.hashes);
    free(chats.hashes);
    return 0;
}
