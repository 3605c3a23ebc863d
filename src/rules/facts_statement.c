#include "rules/facts_statement.h"

#include "base/utf8.h"
#include "rules/assertion.h"

#include <string.h>

enum {
    MOST_MENTIONS = CS_MAX_FACT_STATEMENTS * 2,
    MOST_ITEMS = CS_MAX_FACT_STATEMENTS, /* names and values of one sentence */
    /* Distances are in columns of a terminal, a Chinese character two: words of both languages reach equally far. */
    FARTHEST = 48,
    CLAUSE_COST = 16,
    BEFORE_COST = 1, /* a value behind the name is a little nearer */
    UNCLEAR = 2, /* two values whose distances differ by no more: nobody can say which is meant */
    MATCHED = 1000, /* worth more than any distance: as many names as can be find a value */
};

typedef struct mention {
    uint32_t from, to, first, count; /* names[first..first + count) of the book */
} mention;

typedef struct mentions {
    mention items[MOST_MENTIONS];
    uint32_t count;
} mentions;

typedef struct item { /* a fact's name, or a value, of one sentence */
    uint32_t from, to;
    bool is_fact;
    uint32_t fact; /* is_fact */
    const mention *phrase; /* a value: NULL when it is a quantity */
    const cs_quantity *quantity;
    uint32_t partner; /* 1 + the item that belongs to it, 0: none */
} item;

typedef struct sentence {
    const cs_facts *book;
    const cs_folded *text;
    uint32_t from, to;
    item items[MOST_ITEMS];
    uint32_t count;
} sentence;

static bool starts(const cs_folded *text, uint32_t at, const char *word) {
    return strncmp(text->text + at, word, strlen(word)) == 0;
}

static bool follows(const cs_folded *text, uint32_t at, const char *word) {
    size_t bytes = strlen(word);
    return at >= bytes && strncmp(text->text + at - bytes, word, bytes) == 0;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

typedef const char *const words[];

#define ANY_STARTS(text, at, table) any_starts(text, at, table, sizeof(table) / sizeof *(table))
#define ANY_FOLLOWS(text, at, table) any_follows(text, at, table, sizeof(table) / sizeof *(table))

static bool any_starts(const cs_folded *text, uint32_t at, const char *const *table, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (starts(text, at, table[i])) return true;
    return false;
}

static bool any_follows(const cs_folded *text, uint32_t at, const char *const *table, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (follows(text, at, table[i])) return true;
    return false;
}

/* ---- what surrounds a name or a value ---- */

/* 过保修期, 不包邮: the name with these before it, or with those behind it, does not name the fact. */
static const words off_before = {"不",   "没",   "未",   "非",   "过",   "过了",
                                 "出了", "超过", "超出", "不在", "non-", "expired "};
static const words off_behind = {"期内", "期外", "期间",     "内",           "外",    "到期",  "到了", "过期",
                                 "已过", "过了", "期过",     "期到",         "期已",  "期还",  "还有", "还剩",
                                 "卡",   "单",   " expired", " has expired", " card", " claim"};

/* 买了三年, 还剩两个月, 三年前: time that went by or is left, not what is promised. */
static const words gone_before = {"买了",   "用了", "过了",      "过去",  "还有",    "还剩",      "剩下",
                                  "剩",     "已经", "不到",      "不满",  "未满",    "未到",      "超过",
                                  "超出",   "提前", "等了",      "才用",  "才买",    "以前",      "之前",
                                  "出发前", "不足", "the last ", "past ", "bought ", "used for ", "owned for "};
static const words gone_behind = {"了",   "前",    "以前", "之前",       "多",      "以来",
                                  " ago", " left", " old", " remaining", " earlier"};

static const words least_before = {"至少",   "最少",   "起码",   "不少于",    "不低于",        "至少是",       "至少有",
                                   "最少是", "起码是", "起码有", "at least ", "a minimum of ", "no less than "};
static const words least_behind = {"以上", "及以上", "或以上", " or more", " and up"};

/* 保修三年,是吗? */
static const words tags = {"是吗",     "对吗",       "是吧",     "对吧",          "是不是",          "对不对",
                           "没错吧",   "right?",     "correct?", "is that right", "is that correct", "is it?",
                           "isn't it", "doesn't it", "don't you"};

/* What may stand between a value and the end of its clause when it answers for a name in the clause before. */
static const words fillers = {"之内", "以内", "左右", "以上", "内", "的", "哦",    "呢",       "啊",
                              "呀",   "哈",   "吧",   "嘛",   "吗", "整", " only", " in total"};

/* Bytes of the mark that ends a sentence here, 0: none. A point inside a number is none. */
static uint32_t sentence_mark(const cs_folded *text, uint32_t at) {
    const char *c = text->text + at;
    if (*c == '!' || *c == '?' || *c == ';') return 1;
    if (*c == '.') return at > 0 && is_digit(c[-1]) && is_digit(c[1]) ? 0 : 1;
    return starts(text, at, "。") || starts(text, at, "…") ? 3 : 0;
}

static uint32_t clause_mark(const cs_folded *text, uint32_t at) {
    if (text->text[at] == ',') return 1;
    return starts(text, at, "、") ? 3 : 0;
}

static uint32_t next_character(const cs_folded *text, uint32_t at) {
    unsigned length;
    (void)utf8_decode(text->text + at, &length);
    return at + length;
}

/* Behind the sentence's end mark, or the text's end. */
static uint32_t sentence_end(const cs_folded *text, uint32_t at) {
    while (at < text->bytes) {
        uint32_t mark = sentence_mark(text, at);
        if (mark) return at + mark;
        at = next_character(text, at);
    }
    return text->bytes;
}

/* The clause that `at` stands in ends here. */
static uint32_t clause_end(const sentence *s, uint32_t at) {
    while (at < s->to && !clause_mark(s->text, at) && !sentence_mark(s->text, at)) at = next_character(s->text, at);
    return at;
}

static bool ends_clause(const sentence *s, const item *value) {
    uint32_t end = clause_end(s, value->to), at = value->to;
    for (bool is_moving = true; is_moving && at < end;) {
        is_moving = false;
        for (size_t i = 0; i < sizeof fillers / sizeof *fillers && !is_moving; i++)
            if ((is_moving = starts(s->text, at, fillers[i]))) at += (uint32_t)strlen(fillers[i]);
    }
    return at >= end;
}

/* ---- collecting ---- */

static void add_mention(mentions *all, uint32_t at, const cs_found_name *found) {
    if (found->count == 0 || all->count == MOST_MENTIONS) return;
    if (all->count > 0 && all->items[all->count - 1].to > at) return; /* inside a longer one */
    all->items[all->count++] = (mention){.from = at, .to = found->to, .first = found->first, .count = found->count};
}

static void collect(const cs_facts *book, const cs_folded *text, mentions of[CS_NAME_KINDS]) {
    for (int kind = 0; kind < CS_NAME_KINDS; kind++) of[kind].count = 0;
    for (uint32_t at = 0; at < text->bytes; at = next_character(text, at)) {
        cs_found_name found[CS_NAME_KINDS];
        book_names_at(book, text, at, found);
        for (int kind = 0; kind < CS_NAME_KINDS; kind++) add_mention(&of[kind], at, &found[kind]);
    }
}

static bool is_covered(const mentions *by, const mention *m) {
    for (uint32_t i = 0; i < by->count; i++)
        if (by->items[i].from <= m->from && by->items[i].to >= m->to) return true;
    return false;
}

/* 不用您承担, 不可以换开纸质发票: phrases are short, so any denial shortly before one in its clause unsays it. */
static bool is_denied_nearby(const sentence *s, uint32_t from) {
    static const words denials = {"不", "没", "未", "非", "无", "别"},
                       others = {"不过", "不管", "不论", "不仅", "不但"};
    uint32_t at = from;
    for (int characters = 0; characters < 6 && at > s->from; characters++) {
        do at--;
        while (at > s->from && ((unsigned char)s->text->text[at] & 0xC0) == 0x80);
        if (clause_mark(s->text, at)) return false;
        if (ANY_STARTS(s->text, at, denials) && !ANY_STARTS(s->text, at, others)) return true;
    }
    return false;
}

static bool add_item(sentence *s, item added) {
    if (s->count == MOST_ITEMS) return false;
    uint32_t at = s->count++;
    for (; at > 0 && s->items[at - 1].from > added.from; at--) s->items[at] = s->items[at - 1];
    s->items[at] = added;
    return true;
}

static bool takes_quantity(const cs_facts *book, uint32_t fact, const cs_quantity *q) {
    unsigned kinds = book->entries[fact].kinds;
    if (q->kind == CS_QUANTITY_COUNT && kinds & 1U << CS_QUANTITY_NUMBER) return true;
    return (kinds & 1U << q->kind) != 0;
}

static bool takes(const cs_facts *book, uint32_t fact, const item *value) {
    if (value->quantity) return takes_quantity(book, fact, value->quantity);
    for (uint32_t i = 0; i < value->phrase->count; i++)
        if (book->names[value->phrase->first + i].id == fact) return true;
    return false;
}

/* Time gone by, and what is denied, is no candidate; what is asked or quoted stays, so that its name takes no other. */
static bool is_candidate(const sentence *s, uint32_t from, uint32_t to, bool is_quantity) {
    const char *cue;
    if (is_quantity && (ANY_FOLLOWS(s->text, from, gone_before) || ANY_STARTS(s->text, to, gone_behind))) return false;
    if (!is_quantity && is_denied_nearby(s, from)) return false;
    return assertion_excuse(s->text, from, to, &cue) != CS_WHY_DENIED;
}

static void add_values(sentence *s, const mentions *facts, const mentions *phrases, const cs_quantity *quantities,
                       uint32_t quantity_count) {
    for (uint32_t i = 0; i < phrases->count; i++) {
        const mention *p = &phrases->items[i];
        if (p->from >= s->from && p->to <= s->to && is_candidate(s, p->from, p->to, false))
            (void)add_item(s, (item){.from = p->from, .to = p->to, .phrase = p});
    }
    for (uint32_t i = 0; i < quantity_count; i++) {
        const cs_quantity *q = &quantities[i];
        mention m = {.from = q->from, .to = q->to};
        if (q->from >= s->from && q->to <= s->to && !is_covered(facts, &m) && !is_covered(phrases, &m) &&
            is_candidate(s, q->from, q->to, true))
            (void)add_item(s, (item){.from = q->from, .to = q->to, .quantity = q});
    }
}

/* Values that no fact of the sentence could have would only stand between. */
static void drop_strangers(sentence *s) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        bool is_kept = s->items[i].is_fact;
        for (uint32_t f = 0; f < s->count && !is_kept; f++)
            is_kept = s->items[f].is_fact && takes(s->book, s->items[f].fact, &s->items[i]);
        if (is_kept) s->items[kept++] = s->items[i];
    }
    s->count = kept;
}

/* ---- which value belongs to which name ---- */

/* -1: too far, or over more than one clause mark. A value in another clause must end its clause: 保修的话,一共是三年. */
static int distance(const sentence *s, const item *fact, const item *value) {
    uint32_t from = fact->to < value->from ? fact->to : value->to,
             to = fact->to < value->from ? value->from : fact->from;
    if (fact->from < value->to && value->from < fact->to) return 0; /* 免运费 holds 运费 */
    unsigned columns = 0, marks = 0;
    for (uint32_t at = from; at < to && columns <= FARTHEST;) {
        unsigned length;
        columns += utf8_width(utf8_decode(s->text->text + at, &length));
        marks += clause_mark(s->text, at) != 0;
        at += length;
    }
    if (columns > FARTHEST || marks > 1 || (marks == 1 && !ends_clause(s, value))) return -1;
    return (int)(columns + marks * CLAUSE_COST) + (value->from < fact->from ? BEFORE_COST : 0);
}

/* The item before `at` that could belong to it: no other name, and no value that the name could have, lies between. */
static bool candidate_before(const sentence *s, uint32_t at, uint32_t *out) {
    const item *last = &s->items[at];
    for (uint32_t i = at; i-- > 0;) {
        const item *other = &s->items[i];
        *out = i;
        if (other->is_fact && last->is_fact) return false;
        if (other->is_fact) {
            for (uint32_t k = i + 1; k < at; k++)
                if (takes(s->book, other->fact, &s->items[k])) return false;
            return takes(s->book, other->fact, last);
        }
        if (last->is_fact && takes(s->book, last->fact, other)) return true;
    }
    return false;
}

/* As many pairs as possible, then the nearest, without crossing: 三年保修七天退货 is two statements. */
static void pair(sentence *s) {
    int best[MOST_ITEMS + 1] = {0};
    uint32_t with[MOST_ITEMS];
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t other;
        best[i + 1] = best[i];
        with[i] = UINT32_MAX;
        if (!candidate_before(s, i, &other)) continue;
        const item *a = &s->items[i], *b = &s->items[other];
        int cost = distance(s, a->is_fact ? a : b, a->is_fact ? b : a);
        if (cost < 0 || best[other] + MATCHED - cost < best[i + 1]) continue;
        best[i + 1] = best[other] + MATCHED - cost;
        with[i] = other;
    }
    for (uint32_t i = s->count; i-- > 0;) {
        if (with[i] == UINT32_MAX) continue;
        s->items[i].partner = with[i] + 1;
        s->items[with[i]].partner = i + 1;
        i = with[i]; /* what lies between belongs to nobody */
    }
}

static bool is_same_value(const item *a, const item *b) {
    if (a->quantity && b->quantity) return quantity_compare(a->quantity, b->quantity) == 0;
    return a->phrase && b->phrase && a->phrase->first == b->phrase->first;
}

/* 三年保修七天无理由: on both sides a value as near, and nothing says which is meant. */
static bool is_unclear(const sentence *s, const item *fact, const item *value) {
    int cost = distance(s, fact, value);
    for (uint32_t i = 0; i < s->count; i++) {
        const item *other = &s->items[i];
        if (other->is_fact || other->partner || !takes(s->book, fact->fact, other) || is_same_value(value, other))
            continue;
        int other_cost = distance(s, fact, other);
        if (other_cost >= 0 && other_cost <= cost + UNCLEAR) return true;
    }
    return false;
}

/* ---- a pair is a statement ---- */

static bool has_tag(const sentence *s, uint32_t at) {
    uint32_t end = clause_end(s, at), mark = end < s->to ? clause_mark(s->text, end) : 0;
    return mark && ANY_STARTS(s->text, end + mark, tags);
}

static bool is_stated(const sentence *s, const item *fact, const item *value) {
    const char *cue;
    if (assertion_excuse(s->text, value->from, value->to, &cue) != CS_WHY_NONE) return false;
    static const words opening = {"\"", "“", "「", "『"}; /* 把终身维修说成"终身保修" */
    uint32_t from = fact->from < value->from ? fact->from : value->from,
             to = fact->to > value->to ? fact->to : value->to;
    if (ANY_FOLLOWS(s->text, value->from, opening) || ANY_FOLLOWS(s->text, from, opening)) return false;
    if (has_tag(s, value->to) || is_unclear(s, fact, value)) return false;
    bool is_one_clause = clause_end(s, from) >= to;
    return !is_one_clause || assertion_excuse(s->text, from, to, &cue) == CS_WHY_NONE;
}

static uint32_t id_of(const cs_facts *book, const mention *m) {
    return book->names[m->first].id;
}

/* The last one named before the end of the statement, else the next in the sentence, else the only one of the text. */
static uint32_t subject_of(const sentence *s, const mentions *subjects, uint32_t end) {
    uint32_t before = CS_UNKNOWN_SUBJECT, behind = CS_UNKNOWN_SUBJECT, only = CS_UNKNOWN_SUBJECT;
    bool is_only = true;
    for (uint32_t i = 0; i < subjects->count; i++) {
        const mention *m = &subjects->items[i];
        uint32_t id = id_of(s->book, m);
        is_only = is_only && (i == 0 || id == only);
        only = id;
        if (m->from < s->from || m->to > s->to) continue;
        if (m->from < end)
            before = id;
        else if (behind == CS_UNKNOWN_SUBJECT)
            behind = id;
    }
    if (before != CS_UNKNOWN_SUBJECT) return before;
    if (behind != CS_UNKNOWN_SUBJECT) return behind;
    return is_only ? only : CS_UNKNOWN_SUBJECT;
}

static uint32_t state(const sentence *s, const mentions *subjects, cs_statement_of_fact *out, uint32_t most) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->count && count < most; i++) {
        const item *value = &s->items[i];
        if (value->is_fact || !value->partner) continue;
        const item *fact = &s->items[value->partner - 1];
        if (!is_stated(s, fact, value)) continue;
        out[count] = (cs_statement_of_fact){.fact = fact->fact, .from = value->from, .to = value->to};
        out[count].subject = subject_of(s, subjects, fact->to > value->to ? fact->to : value->to);
        if (value->phrase) out[count].phrase = s->book->names[value->phrase->first].text;
        if (value->quantity) out[count].quantity = *value->quantity;
        out[count].is_least = value->quantity && (ANY_FOLLOWS(s->text, value->from, least_before) ||
                                                  ANY_STARTS(s->text, value->to, least_behind));
        count++;
    }
    return count;
}

static bool is_off_before(const cs_folded *text, uint32_t from) {
    static const words linking = {"不过", "通过", "经过"}; /* 不过保修是三年 */
    return ANY_FOLLOWS(text, from, off_before) && !ANY_FOLLOWS(text, from, linking);
}

/* A name that a phrase covers is part of what is said of it: 不包邮. */
static bool names_fact(const cs_folded *text, const mention *m, const mentions *phrases) {
    return is_covered(phrases, m) || !(is_off_before(text, m->from) || ANY_STARTS(text, m->to, off_behind));
}

uint32_t statement_find(const cs_facts *book, const cs_folded *text, cs_statement_of_fact *out, uint32_t most) {
    mentions of[CS_NAME_KINDS];
    cs_quantity quantities[MOST_MENTIONS];
    uint32_t quantity_count = 0, count = 0, start = 0;
    bool is_read = false;
    collect(book, text, of);
    const mentions *facts = &of[CS_NAME_FACT];
    for (uint32_t i = 0; i < facts->count && count < most;) {
        uint32_t end = sentence_end(text, start);
        sentence s = {.book = book, .text = text, .from = start, .to = end};
        for (; i < facts->count && facts->items[i].from < end; i++) {
            const mention *m = &facts->items[i];
            if (names_fact(text, m, &of[CS_NAME_VALUE]))
                (void)add_item(&s, (item){.from = m->from, .to = m->to, .is_fact = true, .fact = id_of(book, m)});
        }
        start = end;
        if (s.count == 0) continue;
        if (!is_read) quantity_count = quantity_find(text, quantities, MOST_MENTIONS);
        is_read = true;
        add_values(&s, facts, &of[CS_NAME_VALUE], quantities, quantity_count);
        drop_strangers(&s);
        pair(&s);
        count += state(&s, &of[CS_NAME_SUBJECT], out + count, most - count);
    }
    return count;
}

uint32_t statement_subject(const cs_facts *book, const cs_folded *text) {
    uint32_t subject = CS_UNKNOWN_SUBJECT, end = 0;
    for (uint32_t at = 0; at < text->bytes; at = next_character(text, at)) {
        cs_found_name found[CS_NAME_KINDS];
        book_names_at(book, text, at, found);
        if (at < end || found[CS_NAME_SUBJECT].count == 0) continue;
        end = found[CS_NAME_SUBJECT].to;
        subject = book->names[found[CS_NAME_SUBJECT].first].id;
    }
    return subject;
}
