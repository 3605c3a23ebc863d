#include "text/mask_context.h"

#include <string.h>

enum { WINDOW = 60, MOST_FILLERS = 10 };

typedef struct cs_word {
    const char *text; /* letters small */
    size_t bytes;
} cs_word;
#define WORD(text)                                                                                                     \
    { text, sizeof text - 1 }

typedef struct cs_cue {
    cs_word word;
    cs_context says;
} cs_cue;

static const cs_cue cues[] = {
    {WORD("电话"), CS_CONTEXT_PHONE},
    {WORD("手机"), CS_CONTEXT_PHONE},
    {WORD("座机"), CS_CONTEXT_PHONE},
    {WORD("固话"), CS_CONTEXT_PHONE},
    {WORD("联系方式"), CS_CONTEXT_PHONE},
    {WORD("拨打"), CS_CONTEXT_PHONE},
    {WORD("回拨"), CS_CONTEXT_PHONE},
    {WORD("打给"), CS_CONTEXT_PHONE},
    {WORD("来电"), CS_CONTEXT_PHONE},
    {WORD("尾号"), CS_CONTEXT_NONE},
    {WORD("传真"), CS_CONTEXT_PHONE},
    {WORD("phone"), CS_CONTEXT_PHONE},
    {WORD("mobile"), CS_CONTEXT_PHONE},
    {WORD("tel"), CS_CONTEXT_PHONE},
    {WORD("cell"), CS_CONTEXT_PHONE},
    {WORD("call me"), CS_CONTEXT_PHONE},
    {WORD("reach me"), CS_CONTEXT_PHONE},
    {WORD("call back"), CS_CONTEXT_PHONE},
    {WORD("fax"), CS_CONTEXT_PHONE},
    {WORD("whatsapp"), CS_CONTEXT_PHONE},
    {WORD("身份证"), CS_CONTEXT_IDENTITY},
    {WORD("证件"), CS_CONTEXT_IDENTITY},
    {WORD("id card"), CS_CONTEXT_IDENTITY},
    {WORD("identity"), CS_CONTEXT_IDENTITY},
    {WORD("national id"), CS_CONTEXT_IDENTITY},
    {WORD("银行卡"), CS_CONTEXT_CARD},
    {WORD("信用卡"), CS_CONTEXT_CARD},
    {WORD("储蓄卡"), CS_CONTEXT_CARD},
    {WORD("借记卡"), CS_CONTEXT_CARD},
    {WORD("卡号"), CS_CONTEXT_CARD},
    {WORD("账号"), CS_CONTEXT_CARD},
    {WORD("帐号"), CS_CONTEXT_CARD},
    {WORD("账户"), CS_CONTEXT_CARD},
    {WORD("card"), CS_CONTEXT_CARD},
    {WORD("account"), CS_CONTEXT_CARD},
    {WORD("护照"), CS_CONTEXT_PASSPORT},
    {WORD("通行证"), CS_CONTEXT_PASSPORT},
    {WORD("台胞证"), CS_CONTEXT_PASSPORT},
    {WORD("回乡证"), CS_CONTEXT_PASSPORT},
    {WORD("passport"), CS_CONTEXT_PASSPORT},
};

/* Words for what has a number and is nobody's; they stand right before it, or with a filler between. */
static const cs_word things[] = {
    WORD("单"),           WORD("订单"),     WORD("编"),        WORD("型"),          WORD("货"),
    WORD("流水"),         WORD("序列"),     WORD("批"),        WORD("批次"),        WORD("合同"),
    WORD("发票"),         WORD("票"),       WORD("交易"),      WORD("追踪"),        WORD("物流"),
    WORD("快递"),         WORD("包裹"),     WORD("取件"),      WORD("取货"),        WORD("会员"),
    WORD("会员卡"),       WORD("礼品卡"),   WORD("充值卡"),    WORD("购物卡"),      WORD("券"),
    WORD("积分"),         WORD("设备"),     WORD("机器"),      WORD("条形"),        WORD("条"),
    WORD("商品"),         WORD("店铺"),     WORD("案件"),      WORD("案"),          WORD("凭证"),
    WORD("车架"),         WORD("资产"),     WORD("参考"),      WORD("验证"),        WORD("串"),
    WORD("机身"),         WORD("出厂"),     WORD("产品"),      WORD("规格"),        WORD("价格"),
    WORD("金额"),         WORD("余额"),     WORD("总价"),      WORD("房"),          WORD("版本"),
    WORD("核销"),         WORD("兑换"),     WORD("激活"),      WORD("工号"),        WORD("任务"),
    WORD("申请"),         WORD("商户"),     WORD("imei"),      WORD("sn"),          WORD("s/n"),
    WORD("sku"),          WORD("order"),    WORD("tracking"),  WORD("invoice"),     WORD("ticket"),
    WORD("case"),         WORD("ref"),      WORD("reference"), WORD("serial"),      WORD("model"),
    WORD("item"),         WORD("parcel"),   WORD("waybill"),   WORD("shipment"),    WORD("booking"),
    WORD("policy"),       WORD("contract"), WORD("receipt"),   WORD("transaction"), WORD("gift card"),
    WORD("loyalty card"), WORD("voucher"),  WORD("batch"),     WORD("part"),        WORD("version"),
    WORD("barcode"),      WORD("isbn"),     WORD("ean"),       WORD("upc"),         WORD("vin"),
    WORD("price"),        WORD("amount"),   WORD("balance"),   WORD("total"),       WORD("build"),
    WORD("asset"),        WORD("job"),      WORD("employee"),  WORD("package"),     WORD("confirmation"),
    WORD("flight"),       WORD("student"),
};
static const cs_word fillers[] = {
    WORD(" "),      WORD(":"),    WORD("："), WORD("#"),    WORD("＃"),  WORD("="),    WORD("\""),  WORD("“"),
    WORD("'"),      WORD("（"),   WORD("("),  WORD("【"),   WORD("["),   WORD("-"),    WORD("."),   WORD("是"),
    WORD("为"),     WORD("号"),   WORD("码"), WORD("的"),   WORD("叫"),  WORD("您"),   WORD("我"),  WORD("这个"),
    WORD("number"), WORD("no"),   WORD("id"), WORD("code"), WORD("num"), WORD("is"),   WORD("the"), WORD("was"),
    WORD("my"),     WORD("your"), WORD("nr"), WORD("of"),   WORD("卡"),  WORD("是："), WORD("\t"),
};

static char small(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c) {
    return small(c) >= 'a' && small(c) <= 'z';
}

/* Whether the text ends with the word before at; a word of letters stands alone. */
static bool ends_with_word(const char *text, size_t at, const cs_word *word) {
    size_t length = word->bytes;
    if (length > at || small(text[at - 1]) != word->text[length - 1]) return false; /* that is nearly always enough */
    for (size_t i = 0; i + 1 < length; i++)
        if (small(text[at - length + i]) != word->text[i]) return false;
    return !is_letter(word->text[0]) || at == length || !is_letter(text[at - length - 1]);
}

static bool ends_with(const char *text, size_t at, const char *word) {
    return ends_with_word(text, at, &(cs_word){word, strlen(word)});
}

static bool starts_with(const char *text, size_t bytes, size_t at, const char *word) {
    size_t length = strlen(word);
    return bytes - at >= length && memcmp(text + at, word, length) == 0;
}

static bool is_end_of_sentence(const char *text, size_t at) {
    if ((unsigned char)text[at - 1] < 0x80) return strchr("\n!?;", text[at - 1]) && text[at - 1];
    return ends_with(text, at, "。") || ends_with(text, at, "！") || ends_with(text, at, "？") ||
           ends_with(text, at, "；");
}

/* 号码 is a phone's unless an earlier word says whose: 护照号码. */
cs_context context_before(const char *text, size_t at) {
    size_t least = at > WINDOW ? at - WINDOW : 0;
    cs_context otherwise = CS_CONTEXT_NONE;
    for (; at > least; at--) {
        if (is_end_of_sentence(text, at)) break;
        if (ends_with(text, at, "号码")) {
            otherwise = CS_CONTEXT_PHONE;
            continue;
        }
        for (size_t i = 0; i < sizeof cues / sizeof *cues; i++)
            if (ends_with_word(text, at, &cues[i].word)) return cues[i].says;
    }
    return otherwise;
}

static size_t strip_filler(const char *text, size_t at) {
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
        if (ends_with_word(text, at, &fillers[i])) return at - fillers[i].bytes;
    return at;
}

/* A word for a number of a person; 号码 may be anything's, and some cards are no bank's. */
static bool is_cue(const char *text, size_t at) {
    static const char *const others[] = {"会员卡号", "礼品卡号", "购物卡号", "充值卡号", "gift card", "loyalty card"};
    if (ends_with(text, at, "号码")) return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (ends_with(text, at, others[i])) return false;
    for (size_t i = 0; i < sizeof cues / sizeof *cues; i++)
        if (cues[i].says != CS_CONTEXT_NONE && ends_with_word(text, at, &cues[i].word)) return true;
    return false;
}

static bool is_named_before(const char *text, size_t at) {
    if (ends_with(text, at, "#") || ends_with(text, at, "＃")) return true;
    for (int step = 0; step < MOST_FILLERS; step++) {
        if (is_cue(text, at)) return false;
        for (size_t i = 0; i < sizeof things / sizeof *things; i++)
            if (ends_with_word(text, at, &things[i])) return true;
        size_t before = strip_filler(text, at);
        if (before == at) return false;
        at = before;
    }
    return false;
}

static bool is_named_behind(const char *text, size_t bytes, size_t at) {
    static const char *const units[] = {"元", "块", "円",   "万",     "亿",     "%",   "美元",
                                        "件", "个", "积分", "号订单", "号工单", "号单"};
    static const char *const links[] = {" ", "，", ",", "这个", "这", "就", "我的", "您的", "你的", "我"};
    static const char *const verbs[] = {"是", "为", "（", "("};
    static const char *const named[] = {"订单", "单号", "运单", "快递单", "流水号", "order n", "工单", "合同号"};
    bool has_verb = false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (starts_with(text, bytes, at, units[i])) return true;
    for (int step = 0; step < MOST_FILLERS; step++) {
        size_t before = at;
        for (size_t i = 0; has_verb && i < sizeof named / sizeof *named; i++)
            if (starts_with(text, bytes, at, named[i])) return true;
        for (size_t i = 0; i < sizeof verbs / sizeof *verbs && at == before; i++)
            if (starts_with(text, bytes, at, verbs[i])) {
                at += strlen(verbs[i]);
                has_verb = true;
            }
        for (size_t i = 0; i < sizeof links / sizeof *links && at == before; i++)
            if (starts_with(text, bytes, at, links[i])) at += strlen(links[i]);
        if (at == before) break;
    }
    return false;
}

bool context_is_thing(const char *text, size_t bytes, size_t from, size_t to) {
    return is_named_before(text, from) || is_named_behind(text, bytes, to);
}

bool context_is_glued(const char *text, size_t at) {
    static const char *const words[] = {"tel",      "phone", "mobile", "mob", "cell", "call", "vx", "wx", "wechat",
                                        "whatsapp", "card",  "sfz",    "id",  "no",   "at",   "to", "is", "num",
                                        "number",   "dial",  "sim",    "and", "or",   "fax",  "t",  "m"};
    if (at > 1 && text[at - 1] == '-' && is_letter(text[at - 2])) at--; /* DW-138… */
    if (at == 0 || !(is_letter(text[at - 1]) || text[at - 1] == '_')) return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (ends_with(text, at, words[i])) return false;
    return true;
}
