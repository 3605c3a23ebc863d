/* How people say that they don't mean it. Chinese and English cues side by side; distance is counted in code points
 * between cue and words, because a short 不会 denies only what it stands at, while 不是 reaches through its clause. */
#include "rules/assertion.h"

#include "base/utf8.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

typedef enum side { BEFORE, BEHIND } side;

typedef struct cue {
    const char *word;
    cs_why why;
    side side;
    unsigned distance; /* most code points between cue and words */
} cue;

static const cue cues[] = {
    {"是不是", CS_WHY_ASKED, BEFORE, 30},
    {"是否", CS_WHY_ASKED, BEFORE, 30},
    {"难道", CS_WHY_ASKED, BEFORE, 30},
    {"会不会", CS_WHY_ASKED, BEFORE, 30},
    {"有没有", CS_WHY_ASKED, BEFORE, 30},
    {"能不能", CS_WHY_ASKED, BEFORE, 30},
    {"吗", CS_WHY_ASKED, BEHIND, 200},
    {"么?", CS_WHY_ASKED, BEHIND, 200},
    {"?", CS_WHY_ASKED, BEHIND, 200},
    {"whether", CS_WHY_ASKED, BEFORE, 60},

    {"您说", CS_WHY_QUOTED, BEFORE, 30},
    {"你说", CS_WHY_QUOTED, BEFORE, 30},
    {"您刚才说", CS_WHY_QUOTED, BEFORE, 30},
    {"您刚说", CS_WHY_QUOTED, BEFORE, 30},
    {"您提到", CS_WHY_QUOTED, BEFORE, 30},
    {"您讲的", CS_WHY_QUOTED, BEFORE, 30},
    {"您的意思是", CS_WHY_QUOTED, BEFORE, 30},
    {"您是说", CS_WHY_QUOTED, BEFORE, 30},
    {"他说", CS_WHY_QUOTED, BEFORE, 30},
    {"她说", CS_WHY_QUOTED, BEFORE, 30},
    {"客户说", CS_WHY_QUOTED, BEFORE, 30},
    {"所谓", CS_WHY_QUOTED, BEFORE, 6},
    {"you said", CS_WHY_QUOTED, BEFORE, 80},
    {"you were told", CS_WHY_QUOTED, BEFORE, 80},
    {"you mentioned", CS_WHY_QUOTED, BEFORE, 80},
    {"you're saying", CS_WHY_QUOTED, BEFORE, 80},
    {"you are saying", CS_WHY_QUOTED, BEFORE, 80},
    {"he said", CS_WHY_QUOTED, BEFORE, 80},
    {"she said", CS_WHY_QUOTED, BEFORE, 80},
    {"they said", CS_WHY_QUOTED, BEFORE, 80},

    {"不是", CS_WHY_DENIED, BEFORE, 12},
    {"并非", CS_WHY_DENIED, BEFORE, 12},
    {"不属于", CS_WHY_DENIED, BEFORE, 12},
    {"不代表", CS_WHY_DENIED, BEFORE, 12},
    {"不算", CS_WHY_DENIED, BEFORE, 12},
    {"不等于", CS_WHY_DENIED, BEFORE, 12},
    {"没说", CS_WHY_DENIED, BEFORE, 12},
    {"没有说", CS_WHY_DENIED, BEFORE, 12},
    {"不承诺", CS_WHY_DENIED, BEFORE, 8},
    {"不支持", CS_WHY_DENIED, BEFORE, 6},
    {"不提供", CS_WHY_DENIED, BEFORE, 6},
    {"不包含", CS_WHY_DENIED, BEFORE, 6},
    {"不包括", CS_WHY_DENIED, BEFORE, 6},
    {"不享受", CS_WHY_DENIED, BEFORE, 6},
    {"不存在", CS_WHY_DENIED, BEFORE, 6},
    {"不可能", CS_WHY_DENIED, BEFORE, 6},
    {"不会", CS_WHY_DENIED, BEFORE, 4},
    {"不能", CS_WHY_DENIED, BEFORE, 4},
    {"没有", CS_WHY_DENIED, BEFORE, 4},
    {"无法", CS_WHY_DENIED, BEFORE, 4},
    {"绝不", CS_WHY_DENIED, BEFORE, 4},
    {"不敢", CS_WHY_DENIED, BEFORE, 4},
    {"是没有的", CS_WHY_DENIED, BEHIND, 2},
    {"是不可能", CS_WHY_DENIED, BEHIND, 2},
    {"不存在", CS_WHY_DENIED, BEHIND, 2},
    {"not", CS_WHY_DENIED, BEFORE, 24},
    {"isn't", CS_WHY_DENIED, BEFORE, 24},
    {"wasn't", CS_WHY_DENIED, BEFORE, 24},
    {"don't", CS_WHY_DENIED, BEFORE, 24},
    {"doesn't", CS_WHY_DENIED, BEFORE, 24},
    {"didn't", CS_WHY_DENIED, BEFORE, 24},
    {"can't", CS_WHY_DENIED, BEFORE, 24},
    {"cannot", CS_WHY_DENIED, BEFORE, 24},
    {"won't", CS_WHY_DENIED, BEFORE, 24},
    {"never", CS_WHY_DENIED, BEFORE, 24},
    {"no", CS_WHY_DENIED, BEFORE, 2},
    {"aren't", CS_WHY_DENIED, BEFORE, 24},
    {"不一定", CS_WHY_DENIED, BEFORE, 6},
    {"不认为", CS_WHY_DENIED, BEFORE, 12},
    {"不觉得", CS_WHY_DENIED, BEFORE, 12},
    {"怎么会", CS_WHY_ASKED, BEFORE, 12},
    {"谁说", CS_WHY_ASKED, BEFORE, 12},
    {"wouldn't", CS_WHY_DENIED, BEFORE, 24},
    {"couldn't", CS_WHY_DENIED, BEFORE, 24},
    {"nobody", CS_WHY_DENIED, BEFORE, 24},
    {"怎么可能", CS_WHY_ASKED, BEFORE, 12},
    {"哪里是", CS_WHY_ASKED, BEFORE, 12},
    {"没有人说", CS_WHY_DENIED, BEFORE, 12},
    {"未必", CS_WHY_DENIED, BEFORE, 6},
    {"不见得", CS_WHY_DENIED, BEFORE, 6},
    {"别信", CS_WHY_DENIED, BEFORE, 8},
    {"别以为", CS_WHY_DENIED, BEFORE, 8},
    {"不做", CS_WHY_DENIED, BEFORE, 2},
    {"您是问", CS_WHY_ASKED, BEFORE, 8},
    {"已经取消", CS_WHY_DENIED, BEHIND, 4},
    {"rather than", CS_WHY_DENIED, BEFORE, 12},
    {"如果", CS_WHY_ASKED, BEFORE, 12},
    {"要是", CS_WHY_ASKED, BEFORE, 12},
    {"if", CS_WHY_ASKED, BEFORE, 40},
    {"您问的", CS_WHY_QUOTED, BEFORE, 8},
    {"您看到的", CS_WHY_QUOTED, BEFORE, 8},
    {"外面说的", CS_WHY_QUOTED, BEFORE, 8},
    {"跟您说的", CS_WHY_QUOTED, BEFORE, 8},
};

/* What ends a clause. A colon and quotes don't: 您说:"…" is one. */
static const char *const clause_ends[] = {",",    ";",    "!",    "?",    "。",   "、",    "…",   "但",
                                          "而是", "可是", "不过", "所以", "其实", " but ", " so "};

/* What begins a clause's end, and which cues begin with these bytes: made once, so that most characters cost one look. */
enum { CHAINS = 1024, CUES = sizeof cues / sizeof *cues, NO_CUE = 255 };
_Static_assert(CUES < NO_CUE, "numbers of cues are bytes");
static bool may_end[CHAINS]; /* a clause */
static unsigned char first_cue[CHAINS], next_cue[CUES], cue_bytes[CUES];
static pthread_once_t tables_made = PTHREAD_ONCE_INIT;

/* Every cue has two bytes or is one mark; a text ends with a zero. */
static unsigned chain_of(const char *text) {
    unsigned char first = (unsigned char)text[0], second = first ? (unsigned char)text[1] : 0;
    if (first < 0x80) return first;
    return (first * 37u + second * 11u + (second ? (unsigned char)text[2] : 0u)) % (CHAINS - 128) + 128;
}

static void make_tables(void) {
    for (size_t i = 0; i < sizeof clause_ends / sizeof *clause_ends; i++) may_end[chain_of(clause_ends[i])] = true;
    may_end['.'] = true;
    memset(first_cue, NO_CUE, sizeof first_cue);
    for (unsigned i = CUES; i-- > 0;) {
        unsigned chain = chain_of(cues[i].word);
        cue_bytes[i] = (unsigned char)strlen(cues[i].word);
        next_cue[i] = first_cue[chain];
        first_cue[chain] = (unsigned char)i;
    }
}

/* Bytes of a clause's end that stands at text, 0: none. A full stop inside a number is none. */
static uint32_t ends_clause(const cs_folded *f, uint32_t at) {
    const char *text = f->text + at;
    if (!may_end[chain_of(text)]) return 0;
    if (*text == '.') return at == 0 || f->text[at - 1] < '0' || f->text[at - 1] > '9' ? 1 : 0;
    for (size_t i = 0; i < sizeof clause_ends / sizeof *clause_ends; i++) {
        size_t bytes = strlen(clause_ends[i]);
        if (strncmp(text, clause_ends[i], bytes) == 0) return (uint32_t)bytes;
    }
    return 0;
}

/* Clauses are looked at this far to both sides: farther than any cue reaches, and no farther in a turn without marks. */
enum { REACH = 400 };

static bool is_inside_character(const cs_folded *f, uint32_t at) {
    return ((unsigned char)f->text[at] & 0xC0) == 0x80;
}

static uint32_t clause_start(const cs_folded *f, uint32_t from) {
    uint32_t start = from > REACH ? from - REACH : 0;
    while (start < from && is_inside_character(f, start)) start++;
    for (uint32_t at = start; at < from; at++) {
        uint32_t bytes = is_inside_character(f, at) ? 0 : ends_clause(f, at);
        if (bytes && at + bytes <= from) start = at + bytes;
    }
    return start;
}

/* Behind the clause's end mark, so that a question mark belongs to it. */
static uint32_t clause_end(const cs_folded *f, uint32_t to) {
    uint32_t most = f->bytes - to > REACH ? to + REACH : f->bytes;
    for (uint32_t at = to; at < most; at++) {
        uint32_t bytes = is_inside_character(f, at) ? 0 : ends_clause(f, at);
        if (bytes) return at + bytes;
    }
    return most;
}

static bool ends_with(const cs_folded *f, uint32_t at, const char *word) {
    size_t bytes = strlen(word);
    return at >= bytes && strncmp(f->text + at - bytes, word, bytes) == 0;
}

static bool starts_with(const cs_folded *f, uint32_t at, const char *word) {
    return strncmp(f->text + at, word, strlen(word)) == 0;
}

typedef struct lookalike { /* what stands before or behind makes the cue none */
    const char *cue, *before, *behind;
} lookalike;

static const lookalike lookalikes[] = {
    {"您说", "跟", NULL},   {"您说", "和", NULL},   {"您说", "对", NULL},     {"您说", "给", NULL},
    {"您说", "向", NULL},   {"您说", "同", NULL},   {"你说", "跟", NULL},     {"你说", "和", NULL},
    {"你说", "对", NULL},   {"你说", "给", NULL},   {"您说", NULL, "的没错"}, {"您说", NULL, "的对"},
    {"您说", NULL, "得对"}, {"您说", NULL, "的是"}, {"你说", NULL, "的没错"}, {"你说", NULL, "得对"},
    {"不是", "是", NULL},   {"不是", "要", NULL},   {"不是", "可", NULL},     {"没有", "有", NULL},
    {"not", NULL, " only"}, {"?", "吧", NULL},      {"?", "呀", NULL},        {"?", "啊", NULL},
    {"?", "好不好", NULL},  {"?", "对不对", NULL},  {"?", "是不是", NULL},    {"?", "行不行", NULL},
    {"?", "知道", NULL},    {"您说", NULL, "什么"}, {"吗", "知道", NULL},     {"吗", "明白", NULL},
    {"吗", "清楚", NULL},   {"吗", "好", NULL},     {"吗", "行", NULL},       {"没有", "没有", NULL},
    {"有没有", "没", NULL}, {"能不能", NULL, "别"},
};

/* 跟您说 tells, 您说得对 agrees, 是不是 asks, …好不好? is a statement with a tag, "not" stands in no "cannot". */
static bool is_false_cue(const cs_folded *f, const cue *c, uint32_t at, uint32_t to, uint32_t words_end) {
    for (size_t i = 0; i < sizeof lookalikes / sizeof *lookalikes; i++) {
        const lookalike *l = &lookalikes[i];
        if (strcmp(l->cue, c->word) != 0) continue;
        if (l->before && c->side == BEHIND && at < words_end + strlen(l->before)) continue; /* part of the words */
        if (l->before ? ends_with(f, at, l->before) : starts_with(f, to, l->behind)) return true;
    }
    bool is_latin = (unsigned char)c->word[0] < 0x80 && c->word[0] != '?';
    return is_latin && !fold_is_whole_word(f, at, to);
}

static bool holds(const cs_folded *f, uint32_t from, uint32_t to, const char *word) {
    return to > from && memmem(f->text + from, to - from, word, strlen(word)) != NULL;
}

/* 不是 A 是 B: what stands behind the second 是 is meant; 不是说 A 是 B denies all of it. */
static bool is_reaffirmed(const cs_folded *f, const cue *c, uint32_t from, uint32_t to) {
    if (strcmp(c->word, "不是") != 0 && strcmp(c->word, "并非") != 0 && strcmp(c->word, "没有") != 0) return false;
    if (holds(f, from, to, "说") || holds(f, from, to, "认为") || holds(f, from, to, "觉得") ||
        holds(f, from, to, "意思"))
        return false;
    return holds(f, from, to, "是");
}

/* Whether the cue at this place reaches the words. */
static bool reaches(const cs_folded *f, const cue *c, uint32_t at, uint32_t bytes, uint32_t from, uint32_t to) {
    uint32_t gap_from = c->side == BEFORE ? at + bytes : to, gap_to = c->side == BEFORE ? from : at;
    if (is_false_cue(f, c, at, at + bytes, to) || utf8_count(f->text + gap_from, gap_to - gap_from) > c->distance)
        return false;
    return c->why != CS_WHY_DENIED || c->side != BEFORE || !is_reaffirmed(f, c, gap_from, gap_to);
}

/* The cues at one place, on one side of the words; of each kind the first of the table stays. */
static void take_cues(const cs_folded *f, uint32_t at, uint32_t stop, enum side where, uint32_t from, uint32_t to,
                      unsigned best[]) {
    for (unsigned i = first_cue[chain_of(f->text + at)]; i != NO_CUE; i = next_cue[i]) {
        const cue *c = &cues[i];
        if (c->side != where || i >= best[c->why] || cue_bytes[i] > stop - at) continue;
        if (memcmp(f->text + at, c->word, cue_bytes[i]) == 0 && reaches(f, c, at, cue_bytes[i], from, to))
            best[c->why] = i;
    }
}

cs_why assertion_excuse(const cs_folded *folded, uint32_t from, uint32_t to, const char **cue_word) {
    pthread_once(&tables_made, make_tables);
    uint32_t start = clause_start(folded, from), end = clause_end(folded, to);
    unsigned best[CS_WHY_COUNT];
    for (int i = 0; i < CS_WHY_COUNT; i++) best[i] = NO_CUE;
    for (uint32_t at = start; at < from; at++) take_cues(folded, at, from, BEFORE, from, to, best);
    for (uint32_t at = to; at < end; at++) take_cues(folded, at, end, BEHIND, from, to, best);
    const cue *denied = best[CS_WHY_DENIED] == NO_CUE ? NULL : &cues[best[CS_WHY_DENIED]];
    const cue *asked = best[CS_WHY_ASKED] == NO_CUE ? NULL : &cues[best[CS_WHY_ASKED]];
    const cue *quoted = best[CS_WHY_QUOTED] == NO_CUE ? NULL : &cues[best[CS_WHY_QUOTED]];
    /* 这不是您的个人问题吗? asserts it: a denied question is a statement. */
    if (denied && asked && strcmp(denied->word, "不是") == 0) return CS_WHY_NONE;
    const cue *found = asked ? asked : denied ? denied : quoted;
    if (!found) return CS_WHY_NONE;
    *cue_word = found->word;
    return found->why;
}
