#include "speech/transcript_signs.h"

#include "speech/heard_sign.h"

#include <stdlib.h>
#include <string.h>

static const char EMOTION[] = "emotion", EVENT[] = "event";

typedef struct sign_list { /* phrases of one side that tell something, in the order of their starts */
    const cs_phrase **items;
    uint32_t count;
} sign_list;

static bool has_sign(const cs_phrase *p) {
    return sign_is_emotion(p->emotion) || sign_is_event(p->event);
}

static int compare(const void *left, const void *right) {
    const cs_phrase *a = *(const cs_phrase *const *)left, *b = *(const cs_phrase *const *)right;
    return a->start_ms < b->start_ms ? -1 : a->start_ms > b->start_ms;
}

static bool gather(const cs_phrase *phrases, uint32_t count, uint32_t side, cs_arena *arena, sign_list *out) {
    *out = (sign_list){.items = arena_array(arena, (size_t)count + 1, sizeof(const cs_phrase *))};
    if (!out->items) return false;
    for (uint32_t i = 0; i < count; i++)
        if (phrases[i].side == side && has_sign(&phrases[i])) out->items[out->count++] = &phrases[i];
    if (out->count) qsort(out->items, out->count, sizeof *out->items, compare);
    return true;
}

static bool add(cs_turn *turn, const cs_annotation *one, cs_arena *arena) {
    if (turn->annotation_count == CS_MAX_ANNOTATIONS) return true;
    cs_annotation *all = arena_array(arena, (size_t)turn->annotation_count + 1, sizeof *all);
    if (!all) return false;
    if (turn->annotation_count) memcpy(all, turn->annotations, turn->annotation_count * sizeof *all);
    all[turn->annotation_count++] = *one;
    turn->annotations = all;
    return true;
}

static bool add_span(cs_turn *turn, const char *kind, const char *label, uint32_t first, uint32_t last,
                     cs_arena *arena) {
    cs_annotation one = {.kind = kind, .label = arena_string(arena, label), .confidence = -1};
    if (!one.label) return false;
    bool is_whole = first == 0 && last + 1 == turn->word_count;
    if (!is_whole) {
        one.from = turn->words[first].offset;
        one.to = turn->words[last].offset + turn->words[last].length;
    }
    return add(turn, &one, arena);
}

/* The phrase that the word is of, if it tells something; *at only moves on. */
static const cs_phrase *phrase_of(const sign_list *list, uint32_t *at, const cs_word *word) {
    while (*at < list->count && list->items[*at]->end_ms <= word->start_ms) ++*at;
    return *at < list->count && list->items[*at]->start_ms <= word->start_ms ? list->items[*at] : NULL;
}

static const char *label_of(const cs_phrase *p, bool is_event) {
    if (!p) return NULL;
    if (is_event) return sign_is_event(p->event) ? p->event : NULL;
    return sign_is_emotion(p->emotion) ? p->emotion : NULL;
}

static bool is_same(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Neighbouring words of one label are one annotation. */
static bool annotate_words(const sign_list *list, uint32_t at, cs_turn *turn, bool is_event, cs_arena *arena) {
    const char *kind = is_event ? EVENT : EMOTION, *open = NULL;
    uint32_t first = 0;
    for (uint32_t i = 0; i <= turn->word_count; i++) {
        const cs_phrase *p = i < turn->word_count ? phrase_of(list, &at, &turn->words[i]) : NULL;
        const char *label = label_of(p, is_event);
        if (is_same(label, open)) continue;
        if (open && !add_span(turn, kind, open, first, i - 1, arena)) return false;
        open = label;
        first = i;
    }
    return true;
}

/* ---- sounds without words ---- */

static int64_t distance(const cs_turn *turn, const cs_phrase *p) {
    if (p->end_ms < turn->start_ms) return turn->start_ms - p->end_ms;
    return p->start_ms > turn->end_ms ? p->start_ms - turn->end_ms : 0;
}

static bool has_event(const cs_turn *turn, const char *label) {
    for (uint32_t i = 0; i < turn->annotation_count; i++)
        if (strcmp(turn->annotations[i].kind, EVENT) == 0 && strcmp(turn->annotations[i].label, label) == 0)
            return true;
    return false;
}

/* own: the side's turns. *at: the first of them that may be near this one; the next one is not nearer to what stands before. */
static bool annotate_nearest(const cs_phrase *p, cs_turn **own, uint32_t count, uint32_t *at, cs_arena *arena) {
    cs_turn *best = NULL;
    int64_t least = CS_SIGN_NEAR_MS + 1;
    while (*at < count && own[*at]->end_ms + CS_SIGN_NEAR_MS < p->start_ms) ++*at;
    for (uint32_t i = *at; i < count && own[i]->start_ms <= p->end_ms + CS_SIGN_NEAR_MS; i++) {
        int64_t far = distance(own[i], p);
        if (far >= least) continue;
        least = far;
        best = own[i];
    }
    if (!best || has_event(best, p->event)) return true;
    cs_annotation one = {.kind = EVENT, .label = arena_string(arena, p->event), .confidence = -1};
    return one.label && add(best, &one, arena);
}

static bool annotate_side(const sign_list *list, uint32_t side, cs_turn *turns, const uint8_t *sides,
                          uint32_t turn_count, cs_arena *arena) {
    uint32_t count = 0, at = 0;
    cs_turn **own = arena_array(arena, (size_t)turn_count + 1, sizeof *own);
    if (!own) return false;
    for (uint32_t i = 0; i < turn_count; i++)
        if (sides[i] == side) own[count++] = &turns[i];
    for (uint32_t i = 0; i < count; i++) {
        while (at < list->count && list->items[at]->end_ms <= own[i]->start_ms) at++;
        if (!annotate_words(list, at, own[i], false, arena) || !annotate_words(list, at, own[i], true, arena))
            return false;
    }
    at = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const cs_phrase *p = list->items[i];
        bool is_alone = p->word_count == 0 && sign_is_event(p->event);
        if (is_alone && !annotate_nearest(p, own, count, &at, arena)) return false;
    }
    return true;
}

bool transcript_signs_annotate(const cs_phrase *phrases, uint32_t count, cs_turn *turns, const uint8_t *sides,
                               uint32_t turn_count, cs_arena *arena) {
    for (uint32_t side = 0; side < 2; side++) {
        sign_list list;
        if (!gather(phrases, count, side, arena, &list)) return false;
        if (list.count && !annotate_side(&list, side, turns, sides, turn_count, arena)) return false;
    }
    return true;
}

/* ---- what was looked for ---- */

bool transcript_signs_list(const cs_phrase *phrases, uint32_t count, cs_conversation *c, cs_arena *arena) {
    bool has_emotion = false, has_event = false;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        has_emotion = has_emotion || phrases[i].emotion;
        has_event = has_event || phrases[i].event;
    }
    const char **kinds = arena_array(arena, (size_t)c->annotated_count + 2, sizeof *kinds);
    if (!kinds) return false;
    for (uint32_t i = 0; i < c->annotated_count; i++) {
        const char *kind = c->annotated[i];
        if (strcmp(kind, EMOTION) != 0 && strcmp(kind, EVENT) != 0) kinds[kept++] = kind;
    }
    if (has_emotion && kept < CS_MAX_ANNOTATED) kinds[kept++] = EMOTION;
    if (has_event && kept < CS_MAX_ANNOTATED) kinds[kept++] = EVENT;
    c->annotated = kinds;
    c->annotated_count = kept;
    return true;
}
