#include "speech/transcript_side.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    TURN_PAUSE_MS = 800, /* a longer one ends a turn */
    BREATH_MS = 200, /* the other side may take over in a shorter pause, but not in none */
    OVERHANG_MS = 150, /* so much too early somebody may take over */
    MOST_BACKCHANNEL_WORDS = 3,
    MOST_BACKCHANNEL_MS = 1500,
    MOST_PIECE_WORDS = 1000, /* a turn has at most 64 kB, and nobody reads a longer paragraph */
};

/* ---- gathering ---- */

typedef struct phrase_order {
    int64_t start_ms;
    uint32_t index;
} phrase_order;

static int compare(const void *left, const void *right) {
    const phrase_order *a = left, *b = right;
    if (a->start_ms != b->start_ms) return a->start_ms < b->start_ms ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

/* Phrases of one side follow each other; where two overlap, which happens at the seams of pieces that were recognised apart,
 * the words of the later one begin when the earlier one is done. */
static void copy_words(cs_said_side *out, const cs_phrase *phrase) {
    for (uint32_t i = 0; i < phrase->word_count; i++) {
        cs_heard_word *word = &out->words[out->word_count];
        int64_t least = out->word_count ? word[-1].start_ms : 0;
        *word = phrase->words[i];
        if (!word->text || !*word->text) continue;
        if (word->start_ms == CS_NO_TIME) word->start_ms = phrase->start_ms;
        if (word->start_ms < least) word->start_ms = least;
        if (word->end_ms == CS_NO_TIME || word->end_ms < word->start_ms) word->end_ms = word->start_ms;
        if (i == 0) word->is_joined = false;
        out->word_count++;
    }
}

static bool says_only(const cs_heard_word *word, const char *const *list) {
    for (size_t i = 0; list[i]; i++)
        if (strcasecmp(word->text, list[i]) == 0) return true;
    return false;
}

static bool is_backchannel(const cs_said_side *s, const cs_said_piece *p) {
    static const char *const known[] = {
        "嗯",     "嗯嗯", "恩", "唔",   "对",   "对对", "对的",  "对啊", "哦",   "噢", "喔",   "啊", "呃",  "额",
        "哎",     "诶",   "好", "好的", "好吧", "好好", "是",    "是的", "是啊", "行", "可以", "mm", "mhm", "hmm",
        "uh-huh", "uh",   "um", "yeah", "yes",  "yep",  "right", "okay", "ok",   "oh", "sure", "ah", "的",  NULL};
    if (p->end - p->first > MOST_BACKCHANNEL_WORDS || p->end_ms - p->start_ms > MOST_BACKCHANNEL_MS) return false;
    for (uint32_t i = p->first; i < p->end; i++)
        if (!says_only(&s->words[i], known)) return false;
    return true;
}

static bool push_piece(cs_said_side *s, uint32_t *room, uint32_t first, uint32_t end, cs_arena *arena) {
    if (!arena_room(arena, (void **)&s->pieces, room, s->piece_count, sizeof *s->pieces)) return false;
    cs_said_piece *p = &s->pieces[s->piece_count++];
    *p = (cs_said_piece){.first = first, .end = end, .start_ms = s->words[first].start_ms};
    for (uint32_t i = first; i < end; i++)
        if (s->words[i].end_ms > p->end_ms) p->end_ms = s->words[i].end_ms;
    p->is_backchannel = is_backchannel(s, p);
    return true;
}

bool transcript_side_gather(const cs_phrase *phrases, uint32_t count, uint32_t which, cs_arena *arena,
                            cs_said_side *out) {
    size_t words = 0;
    uint32_t own = 0, room = 0, first = 0;
    *out = (cs_said_side){0};
    phrase_order *order = arena_array(arena, (size_t)count + 1, sizeof *order);
    for (uint32_t i = 0; order && i < count; i++) {
        if (phrases[i].side != which) continue;
        order[own++] = (phrase_order){phrases[i].start_ms, i};
        words += phrases[i].word_count;
    }
    out->words = arena_array(arena, words + 1, sizeof *out->words);
    if (!order || !out->words) return false;
    qsort(order, own, sizeof *order, compare);
    for (uint32_t i = 0; i < own; i++) copy_words(out, &phrases[order[i].index]);
    for (uint32_t i = 1; i <= out->word_count; i++) {
        bool is_end = i == out->word_count || i - first == MOST_PIECE_WORDS ||
                      out->words[i].start_ms - out->words[i - 1].end_ms > TURN_PAUSE_MS;
        if (!is_end) continue;
        if (!push_piece(out, &room, first, i, arena)) return false;
        first = i;
    }
    return true;
}

/* ---- taking over ---- */

/* Whether the other side begins to say something of weight between the two times. pieces are in the order of their starts;
 * *at only moves on. */
static bool takes_over(const cs_said_side *other, uint32_t *at, int64_t from_ms, int64_t to_ms) {
    while (*at < other->piece_count && other->pieces[*at].start_ms < from_ms - OVERHANG_MS) ++*at;
    for (uint32_t i = *at; i < other->piece_count && other->pieces[i].start_ms < to_ms; i++)
        if (!other->pieces[i].is_backchannel) return true;
    return false;
}

bool transcript_side_cut(cs_said_side *side, const cs_said_side *other, cs_arena *arena) {
    cs_said_side cut = *side;
    uint32_t room = 0, at = 0;
    cut.pieces = NULL;
    cut.piece_count = 0;
    for (uint32_t k = 0; k < side->piece_count; k++) {
        uint32_t first = side->pieces[k].first;
        for (uint32_t i = first + 1; i < side->pieces[k].end; i++) {
            int64_t from = side->words[i - 1].end_ms, to = side->words[i].start_ms;
            if (to - from < BREATH_MS || !takes_over(other, &at, from, to)) continue;
            if (!push_piece(&cut, &room, first, i, arena)) return false;
            first = i;
        }
        if (!push_piece(&cut, &room, first, side->pieces[k].end, arena)) return false;
    }
    *side = cut;
    return true;
}
