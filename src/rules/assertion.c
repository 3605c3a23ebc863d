/* How people say that they don't mean it. Chinese and English cues side by side; distance is counted in code points
 * between cue and words, because a short 不会 denies only what it stands at, while 不是 reaches through its clause. */
#include "rules/assertion.h"

#include "base/utf8.h"

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
    {"吗", CS_WHY_ASKED, BEHIND, 12},
    {"么?", CS_WHY_ASKED, BEHIND, 12},
    {"?", CS_WHY_ASKED, BEHIND, 12},
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
    {"no", CS_WHY_DENIED, BEFORE, 10},
    {"aren't", CS_WHY_DENIED, BEFORE, 24},
};

/* What ends a clause. A colon and quotes don't: 您说:"…" is one. */
static const char *const clause_ends[] = {",",    ";",    "!",    "?",    "。",   "、",    "…",   "但",
                                          "而是", "可是", "不过", "所以", "其实", " but ", " so "};

/* Bytes of a clause's end that stands at text, 0: none. A full stop inside a number is none. */
static uint32_t ends_clause(const cs_folded *f, uint32_t at) {
    const char *text = f->text + at;
    if (*text == '.') return at == 0 || f->text[at - 1] < '0' || f->text[at - 1] > '9' ? 1 : 0;
    for (size_t i = 0; i < sizeof clause_ends / sizeof *clause_ends; i++) {
        size_t bytes = strlen(clause_ends[i]);
        if (strncmp(text, clause_ends[i], bytes) == 0) return (uint32_t)bytes;
    }
    return 0;
}

static uint32_t clause_start(const cs_folded *f, uint32_t from) {
    uint32_t start = 0;
    for (uint32_t at = 0; at < from; at++) {
        uint32_t bytes = ((unsigned char)f->text[at] & 0xC0) == 0x80 ? 0 : ends_clause(f, at);
        if (bytes && at + bytes <= from) start = at + bytes;
    }
    return start;
}

/* Behind the clause's end mark, so that a question mark belongs to it. */
static uint32_t clause_end(const cs_folded *f, uint32_t to) {
    for (uint32_t at = to; at < f->bytes; at++) {
        uint32_t bytes = ((unsigned char)f->text[at] & 0xC0) == 0x80 ? 0 : ends_clause(f, at);
        if (bytes) return at + bytes;
    }
    return f->bytes;
}

static bool ends_with(const cs_folded *f, uint32_t at, const char *word) {
    size_t bytes = strlen(word);
    return at >= bytes && strncmp(f->text + at - bytes, word, bytes) == 0;
}

/* Cues that look like one and are none: 跟您说 (I tell you), 是不是 for 不是, 好不好?, …吧? */
static bool is_false_cue(const cs_folded *f, const cue *c, uint32_t at, uint32_t to) {
    if (c->why == CS_WHY_QUOTED && (strcmp(c->word, "您说") == 0 || strcmp(c->word, "你说") == 0)) {
        static const char *const tells[] = {"跟", "和", "对", "给", "向", "同", "与"};
        for (size_t i = 0; i < sizeof tells / sizeof *tells; i++)
            if (ends_with(f, at, tells[i])) return true;
    }
    if (strcmp(c->word, "不是") == 0 && (ends_with(f, at, "是") || ends_with(f, at, "要"))) return true;
    if (strcmp(c->word, "?") == 0 && (ends_with(f, at, "吧") || ends_with(f, at, "呀") || ends_with(f, at, "啊")))
        return true;
    if (strcmp(c->word, "没有") == 0 && ends_with(f, at, "有")) return true; /* 有没有 asks */
    bool is_latin = (unsigned char)c->word[0] < 0x80 && c->word[0] != '?';
    return is_latin && !fold_is_whole_word(f, at, to);
}

/* 不是 A 是 B: what stands behind the second 是 is meant. */
static bool is_reaffirmed(const cs_folded *f, uint32_t from, uint32_t to) {
    for (uint32_t at = from; at + 3 <= to; at++)
        if (strncmp(f->text + at, "是", 3) == 0) return true;
    return false;
}

/* The nearest cue of this kind in the clause, NULL: none. */
static const cue *find_cue(const cs_folded *f, cs_why why, uint32_t start, uint32_t from, uint32_t to, uint32_t end) {
    for (size_t i = 0; i < sizeof cues / sizeof *cues; i++) {
        const cue *c = &cues[i];
        uint32_t bytes = (uint32_t)strlen(c->word);
        if (c->why != why) continue;
        uint32_t low = c->side == BEFORE ? start : to, high = c->side == BEFORE ? from : end;
        for (uint32_t at = low; at + bytes <= high; at++) {
            if (strncmp(f->text + at, c->word, bytes) != 0 || is_false_cue(f, c, at, at + bytes)) continue;
            uint32_t gap_from = c->side == BEFORE ? at + bytes : to, gap_to = c->side == BEFORE ? from : at;
            if (utf8_count(f->text + gap_from, gap_to - gap_from) > c->distance) continue;
            if (why == CS_WHY_DENIED && c->side == BEFORE && is_reaffirmed(f, gap_from, gap_to)) continue;
            return c;
        }
    }
    return NULL;
}

cs_why assertion_excuse(const cs_folded *folded, uint32_t from, uint32_t to, const char **cue_word) {
    uint32_t start = clause_start(folded, from), end = clause_end(folded, to);
    const cue *denied = find_cue(folded, CS_WHY_DENIED, start, from, to, end);
    const cue *asked = find_cue(folded, CS_WHY_ASKED, start, from, to, end);
    const cue *quoted = find_cue(folded, CS_WHY_QUOTED, start, from, to, end);
    /* 这不是您的个人问题吗? asserts it: a denied question is a statement. */
    if (denied && asked && strcmp(denied->word, "不是") == 0) return CS_WHY_NONE;
    const cue *found = asked ? asked : denied ? denied : quoted;
    if (!found) return CS_WHY_NONE;
    *cue_word = found->word;
    return found->why;
}
