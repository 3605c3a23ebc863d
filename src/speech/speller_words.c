#include "speech/speller_words.h"

#include "text/fold.h"
#include "text/pinyin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* As the lexicon writes it: pinyin.h has lve. */
static uint32_t lexicon_sound(const cs_lexicon *lexicon, const char *syllable) {
    if (strcmp(syllable, "lve") == 0) return lexicon_syllable(lexicon, "lue");
    if (strcmp(syllable, "nve") == 0) return lexicon_syllable(lexicon, "nue");
    return lexicon_syllable(lexicon, syllable);
}

/* What is written and not said: KF-35. */
static bool is_silent(char c) {
    return strchr("-_./", c) != NULL;
}

/* false: a part of it has no sound that could be heard. */
static bool sounds_read(const cs_folded *folded, const cs_sounds *sounds, const cs_lexicon *lexicon,
                        cs_user_sound *out) {
    for (uint32_t i = 0; i < sounds->length; i++) {
        unsigned char byte = (unsigned char)sounds->bytes[i];
        if (byte == ' ' || (byte == PINYIN_MARK && is_silent(folded->text[sounds->origin[i]]))) continue;
        if (out->count == SPELLER_MAX_USER_SYLLABLES) return false;
        if (byte >= 'a' && byte <= 'z') {
            out->sounds[out->count++] = (uint16_t)(SPELLER_LETTER | (byte - 'a' + 'A'));
            continue;
        }
        const char *syllable = byte >= 0x80 && i + 1 < sounds->length ? pinyin_syllable(sounds->bytes + i++) : NULL;
        uint32_t found = syllable ? lexicon_sound(lexicon, syllable) : LEXICON_NONE;
        if (found == LEXICON_NONE) return false;
        out->sounds[out->count++] = (uint16_t)found;
    }
    return out->count > 0;
}

/* ---- its text as words of the lexicon ---- */

typedef struct part { /* a word of the lexicon that ends at a place, on the best way to it */
    uint32_t word;
    float cost; /* of all up to it, natural logarithm */
    uint32_t first; /* the word that the way begins with */
    uint32_t back; /* the length of the part before */
} part;

typedef struct parts {
    part items[SPELLER_MAX_USER_SYLLABLES + 1]
              [LEXICON_LONGEST + 1]; /* by their end and length; word LEXICON_NONE: none */
} parts;

static float nats(uint32_t steps) {
    return (float)steps / LEXICON_SCALE;
}

/* The word of the lexicon that is written so and sounds so. */
static uint32_t word_at(const cs_lexicon *lexicon, const cs_user_sound *user, uint32_t from, uint32_t length) {
    uint32_t node = 0;
    for (uint32_t i = 0; i < length && node != LEXICON_NONE; i++)
        node = lexicon_child(lexicon, node, user->sounds[from + i]);
    if (node == LEXICON_NONE) return LEXICON_NONE;
    for (uint32_t word = lexicon->word[node]; word < lexicon->word[node + 1]; word++) {
        char text[LEXICON_LONGEST * 3 + 1];
        if (lexicon_text(lexicon, word, length, text) == (size_t)length * 3 &&
            memcmp(text, user->text + (size_t)from * 3, (size_t)length * 3) == 0)
            return word;
    }
    return LEXICON_NONE;
}

static void part_fill(const cs_lexicon *lexicon, const cs_user_sound *user, parts *all, uint32_t end, uint32_t length) {
    part *out = &all->items[end][length];
    uint32_t from = end - length;
    *out = (part){.word = word_at(lexicon, user, from, length), .cost = INFINITY};
    if (out->word == LEXICON_NONE) return;
    uint32_t main = lexicon_main(lexicon, out->word), alone = lexicon_cost(lexicon, main);
    float rarer = nats(lexicon_cost(lexicon, out->word)) - nats(alone);
    if (from == 0) {
        out->cost = nats(alone) + rarer;
        out->first = out->word;
    }
    for (uint32_t before = 1; from && before <= from && before <= LEXICON_LONGEST; before++) {
        const part *b = &all->items[from][before];
        if (b->word == LEXICON_NONE || b->cost == INFINITY) continue;
        float cost = b->cost + nats(lexicon_cost_behind(lexicon, lexicon_main(lexicon, b->word), main, alone)) + rarer;
        if (cost >= out->cost) continue;
        out->cost = cost;
        out->first = b->first;
        out->back = before;
    }
    if (out->cost == INFINITY) out->word = LEXICON_NONE;
}

static void parts_read(const cs_lexicon *lexicon, const parts *all, uint32_t length, cs_user_sound *user) {
    const part *last = &all->items[user->count][length];
    user->enters = lexicon_main(lexicon, last->first);
    user->follows = lexicon_main(lexicon, last->word);
    user->alone = lexicon_cost(lexicon, user->enters);
    user->inner = last->cost - nats(user->alone);
    for (uint32_t end = user->count; length;) {
        const part *p = &all->items[end][length];
        for (uint32_t i = 0; i < length; i++)
            user->tones[end - length + i] = (uint8_t)lexicon_tone(lexicon, p->word, i);
        end -= length;
        length = p->back;
    }
}

static void compose(const cs_lexicon *lexicon, cs_user_sound *user) {
    parts all;
    uint32_t best = 0;
    user->enters = user->follows = LEXICON_NONE;
    if (strlen(user->text) != (size_t)user->count * 3)
        return; /* a character of Chinese is three bytes, and a syllable */
    for (uint32_t end = 1; end <= user->count; end++)
        for (uint32_t length = 1; length <= end && length <= LEXICON_LONGEST; length++)
            part_fill(lexicon, user, &all, end, length);
    for (uint32_t length = 1; length <= user->count && length <= LEXICON_LONGEST; length++) {
        const part *p = &all.items[user->count][length];
        if (p->word != LEXICON_NONE && (!best || p->cost < all.items[user->count][best].cost)) best = length;
    }
    if (best) parts_read(lexicon, &all, best, user);
}

/* ---- all of them ---- */

static int by_sounds(const void *a, const void *b) {
    const cs_user_sound *x = a, *y = b;
    uint32_t count = x->count < y->count ? x->count : y->count;
    for (uint32_t i = 0; i < count; i++)
        if (x->sounds[i] != y->sounds[i]) return x->sounds[i] < y->sounds[i] ? -1 : 1;
    if (x->count != y->count) return x->count < y->count ? -1 : 1;
    return strcmp(x->text, y->text);
}

bool user_words_make(const cs_user_word *words, uint32_t count, const cs_lexicon *lexicon, cs_arena *arena,
                     cs_user_words *out) {
    *out = (cs_user_words){arena_array(arena, (size_t)count + 1, sizeof *out->items), 0};
    if (!out->items) return false;
    for (uint32_t i = 0; i < count; i++) {
        cs_folded folded;
        cs_sounds sounds;
        size_t bytes = strlen(words[i].text);
        if (!bytes || bytes > SPELLER_MAX_USER_SYLLABLES * 8) continue;
        if (!fold_text(words[i].text, bytes, arena, &folded) || !pinyin_sounds(&folded, arena, &sounds)) return false;
        cs_user_sound made = {
            .weight = words[i].weight, .is_name = words[i].is_name, .text = arena_string(arena, words[i].text)};
        if (!made.text) return false;
        if (!sounds_read(&folded, &sounds, lexicon, &made)) continue;
        compose(lexicon, &made);
        out->items[out->count++] = made;
    }
    qsort(out->items, out->count, sizeof *out->items, by_sounds);
    return true;
}

uint32_t user_words_at(const cs_user_words *words, uint32_t first, uint32_t end, uint32_t place, uint32_t sound) {
    while (first < end) {
        uint32_t middle = first + (end - first) / 2;
        if (words->items[middle].sounds[place] < sound)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}
