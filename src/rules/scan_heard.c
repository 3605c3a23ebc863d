#include "rules/scan_state.h"

/* The first byte from at on whose character stands at place or behind it in the original. */
static uint32_t byte_at(const cs_folded *folded, uint32_t at, uint32_t place) {
    while (at < folded->bytes && folded->origin[at] < place) at++;
    return at;
}

/* The words that say how they sounded, in the folded turn. NULL: out of memory. */
static cs_heard_part *parts_of(cs_scanner *s, const cs_turn *turn, uint32_t *count) {
    cs_heard_part *parts = arena_array(s->fold_arena, turn->word_count, sizeof *parts);
    uint32_t at = 0;
    *count = 0;
    for (uint32_t i = 0; parts && i < turn->word_count; i++) {
        const cs_word *word = &turn->words[i];
        if (!word->sounds) continue;
        uint32_t from = byte_at(&s->folded, at, word->offset);
        uint32_t to = byte_at(&s->folded, from, word->offset + word->length);
        at = to;
        if (to > from) parts[(*count)++] = (cs_heard_part){from, to, word->sounds};
    }
    return parts;
}

static bool is_heard(const cs_turn *turn) {
    bool is_told = false;
    for (uint32_t i = 0; i < turn->word_count && !is_told; i++) is_told = turn->words[i].sounds != NULL;
    return is_told;
}

bool scan_sounds(cs_scanner *s, const cs_turn *turn, cs_sounds *out) {
    if (!is_heard(turn)) return pinyin_sounds(&s->folded, s->fold_arena, out);
    uint32_t count;
    if (!s->folded.origin && !fold_origin(turn->text, turn->text_bytes, s->fold_arena, &s->folded)) return false;
    const cs_heard_part *parts = parts_of(s, turn, &count);
    return parts && pinyin_sounds_heard(&s->folded, parts, count, s->fold_arena, out);
}
