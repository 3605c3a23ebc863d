#include "speech/speller.h"

#include "speech/lattice.h"
#include "speech/lexicon.h"
#include "speech/speller_words.h"
#include "speech/syllable_near.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORDS_OF_A_SPAN = 24, /* the likeliest that cover the same syllables */
    SPELLER_BYTES = 256 << 20,
    USER_COST = 9 * LEXICON_SCALE, /* of a user's word that nobody would write so, at most */
    USER_NEW = 2 * LEXICON_SCALE, /* so much rarer than the best other spelling of its sounds */
    SOUND_COST = 255, /* of a sound that no character has */
};
static const float DEAREST_WORD = 7; /* all near sounds of a word together */
static const float USER_NATURAL =
    3; /* so much rarer than the best spelling of its sounds, a name is still one that people write */

typedef struct near_list {
    cs_near items[NEAR_MOST];
    uint32_t count;
} near_list;

struct cs_speller {
    cs_lexicon lexicon;
    cs_arena *arena;
    cs_user_words users;
    near_list *near; /* of each syllable of the lexicon */
};

/* What one place may be; near NULL: nothing that is known. */
typedef struct place {
    const near_list *near;
    float wrong; /* what everything costs but the first */
    uint16_t letter; /* SPELLER_LETTER | 'A'; 0: a syllable */
} place;

typedef struct span_words {
    cs_lattice_arc items[WORDS_OF_A_SPAN];
    uint32_t count;
} span_words;

typedef struct spelling {
    const cs_speller *speller;
    const cs_syllable *heard;
    const place *places;
    uint32_t count;
    cs_lattice lattice;
    span_words spans[LEXICON_LONGEST + 1]; /* of the start in hand, by length */
} spelling;

static float arc_cost(const cs_lattice_arc *arc) {
    return arc->heard + (float)arc->alone / LEXICON_SCALE;
}

static void span_keep(span_words *span, const cs_lattice_arc *arc) {
    float cost = arc_cost(arc);
    if (span->count == WORDS_OF_A_SPAN && arc_cost(&span->items[WORDS_OF_A_SPAN - 1]) <= cost) return;
    for (uint32_t i = 0; i < span->count; i++) /* the same word, by a dearer way to hear it */
        if (span->items[i].word == arc->word) {
            if (arc_cost(&span->items[i]) <= cost) return;
            memmove(&span->items[i], &span->items[i + 1], sizeof *arc * (--span->count - i));
            break;
        }
    uint32_t at = span->count < WORDS_OF_A_SPAN ? span->count++ : WORDS_OF_A_SPAN - 1;
    for (; at > 0 && arc_cost(&span->items[at - 1]) > cost; at--) span->items[at] = span->items[at - 1];
    span->items[at] = *arc;
}

static float tones_price(const spelling *s, uint32_t start, uint32_t word, uint32_t length) {
    const cs_lexicon *lexicon = &s->speller->lexicon;
    float price = 0;
    for (uint32_t i = 0; i < length; i++)
        price += near_tone(&s->heard[start + i], lexicon_tone(lexicon, word, i),
                           i + 1 < length ? lexicon_tone(lexicon, word, i + 1) : 0);
    return price;
}

/* Words from a start on: down the tree by every sound that a place may be. */
static void words_from(spelling *s, uint32_t start, uint32_t length, uint32_t node, float price) {
    const cs_lexicon *lexicon = &s->speller->lexicon;
    for (uint32_t word = length ? lexicon->word[node] : 0; length && word < lexicon->word[node + 1]; word++) {
        uint32_t main = lexicon_main(lexicon, word); /* another reading costs more behind whatever word */
        float rarer = (float)(lexicon_cost(lexicon, word) - lexicon_cost(lexicon, main)) / LEXICON_SCALE;
        cs_lattice_arc arc = {.from = (uint16_t)start,
                              .to = (uint16_t)(start + length),
                              .word = word,
                              .enters = main,
                              .follows = main,
                              .alone = lexicon_cost(lexicon, main),
                              .heard = price + tones_price(s, start, word, length) + (word == main ? 0 : rarer)};
        span_keep(&s->spans[length], &arc);
    }
    if (length == LEXICON_LONGEST || start + length == s->count) return;
    const place *here = &s->places[start + length];
    for (uint32_t i = 0; here->near && i < here->near->count; i++) {
        float next = price + here->near->items[i].price + (i ? here->wrong : 0);
        if (next > DEAREST_WORD) break;
        uint32_t child = lexicon_child(lexicon, node, here->near->items[i].syllable);
        if (child != LEXICON_NONE) words_from(s, start, length + 1, child, next);
    }
}

static bool user_word_add(spelling *s, uint32_t start, const cs_user_sound *user, float price) {
    for (uint32_t i = 0; i < user->count; i++)
        if (user->tones[i])
            price += near_tone(&s->heard[start + i], user->tones[i], i + 1 < user->count ? user->tones[i + 1] : 0);
    const cs_lattice_arc arc = {.from = (uint16_t)start,
                                .to = (uint16_t)(start + user->count),
                                .word = LEXICON_NONE,
                                .enters = user->enters,
                                .follows = user->follows,
                                .alone = user->alone,
                                .heard = price + user->inner,
                                .wish = user->weight,
                                .text = user->text};
    return lattice_add(&s->lattice, &arc);
}

/* The user's words from a start on: items[first, end) begin with the sounds that were taken so far. */
static bool user_words_from(spelling *s, uint32_t start, uint32_t length, uint32_t first, uint32_t end, float price) {
    const cs_user_words *users = &s->speller->users;
    for (; first < end && users->items[first].count == length; first++)
        if (!user_word_add(s, start, &users->items[first], price)) return false;
    if (first == end || start + length == s->count) return true;
    const place *here = &s->places[start + length];
    uint32_t count = here->letter ? 1 : here->near ? here->near->count : 0;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t sound = here->letter ? here->letter : here->near->items[i].syllable;
        float next = here->letter ? price : price + here->near->items[i].price + (i ? here->wrong : 0);
        if (next > DEAREST_WORD) break;
        uint32_t from = user_words_at(users, first, end, length, sound);
        uint32_t to = user_words_at(users, from, end, length, (uint32_t)sound + 1);
        if (from < to && !user_words_from(s, start, length + 1, from, to, next)) return false;
    }
    return true;
}

static bool start_fill(spelling *s, uint32_t start) {
    for (uint32_t length = 1; length <= LEXICON_LONGEST; length++) s->spans[length].count = 0;
    words_from(s, start, 0, 0, 0);
    for (uint32_t length = 1; length <= LEXICON_LONGEST; length++)
        for (uint32_t i = 0; i < s->spans[length].count; i++)
            if (!lattice_add(&s->lattice, &s->spans[length].items[i])) return false;
    if (!user_words_from(s, start, 0, 0, s->speller->users.count, 0)) return false;
    if (s->spans[1].count) return true;
    cs_lattice_arc sound = {.from = (uint16_t)start,
                            .to = (uint16_t)(start + 1),
                            .word = LEXICON_NONE,
                            .enters = LEXICON_NONE,
                            .follows = LEXICON_NONE,
                            .alone = s->heard[start].is_letter ? 0 : SOUND_COST,
                            .text = s->heard[start].sound};
    return lattice_add(&s->lattice, &sound);
}

static bool places_make(const cs_speller *speller, const cs_syllable *heard, uint32_t count, cs_arena *arena,
                        place **out) {
    place *places = arena_array(arena, count + 1, sizeof *places);
    if (!places) return false;
    for (uint32_t i = 0; i < count; i++) {
        places[i].wrong = near_wrong(&heard[i]);
        if (heard[i].is_letter) {
            places[i].letter = (uint16_t)(SPELLER_LETTER | (unsigned char)heard[i].sound[0]);
            continue;
        }
        uint32_t syllable = lexicon_syllable(&speller->lexicon, heard[i].sound);
        if (syllable != LEXICON_NONE) {
            places[i].near = &speller->near[syllable];
            continue;
        }
        near_list *list = arena_alloc(arena, sizeof *list);
        if (!list) return false;
        list->count = near_of(&speller->lexicon, heard[i].sound, list->items);
        places[i].wrong = 0; /* it was heard to be unfinished */
        places[i].near = list;
    }
    *out = places;
    return true;
}

/* Of a word of the lexicon its own sounds; else what was heard. */
static const char *reading_of(const spelling *s, const cs_lattice_arc *arc, cs_arena *arena) {
    const cs_lexicon *lexicon = &s->speller->lexicon;
    uint16_t sounds[LEXICON_LONGEST];
    uint32_t known = arc->word != LEXICON_NONE ? lexicon_reading(lexicon, arc->word, sounds) : 0;
    const char *reading = "";
    for (uint32_t i = 0; reading && i < (uint32_t)arc->to - arc->from; i++)
        reading = arena_printf(arena, "%s%s%s", reading, i ? " " : "",
                               i < known ? lexicon->names[sounds[i]] : s->heard[arc->from + i].sound);
    return reading;
}

static bool word_write(const spelling *s, const cs_lattice_step *step, uint32_t before, cs_arena *arena,
                       cs_spelt_word *out) {
    const cs_lattice_arc *arc = &s->lattice.arcs[step->arc];
    uint32_t length = (uint32_t)arc->to - arc->from;
    char text[LEXICON_LONGEST * 3 + 1];
    bool is_own = arc->word == LEXICON_NONE && arc->text != s->heard[arc->from].sound;
    if (arc->word != LEXICON_NONE) lexicon_text(&s->speller->lexicon, arc->word, length, text);
    *out = (cs_spelt_word){.text = arena_string(arena, arc->word == LEXICON_NONE ? arc->text : text),
                           .reading = reading_of(s, arc, arena),
                           .first = before + arc->from,
                           .count = length,
                           .log_probability = -step->cost,
                           .margin = step->margin,
                           .is_letters = arc->word == LEXICON_NONE && !is_own && s->heard[arc->from].is_letter,
                           .is_user_word = is_own,
                           .is_sound = arc->word == LEXICON_NONE && !is_own && !s->heard[arc->from].is_letter};
    return out->text && out->reading;
}

typedef struct spelt {
    cs_spelt_word *items;
    uint32_t count, room;
} spelt;

/* Letters that follow each other are one word. */
static bool letters_join(spelt *words, cs_arena *arena) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < words->count; i++) {
        cs_spelt_word *last = kept ? &words->items[kept - 1] : NULL;
        if (!last || !last->is_letters || !words->items[i].is_letters) {
            words->items[kept++] = words->items[i];
            continue;
        }
        last->text = arena_printf(arena, "%s%s", last->text, words->items[i].text);
        last->reading = arena_printf(arena, "%s %s", last->reading, words->items[i].reading);
        last->count += words->items[i].count;
        last->log_probability += words->items[i].log_probability;
        if (!last->text || !last->reading) return false;
    }
    words->count = kept;
    return true;
}

/* At most LATTICE_MAX_SYLLABLES of them. */
static bool part_spell(const cs_speller *speller, const cs_syllable *heard, uint32_t count, uint32_t before,
                       cs_arena *arena, spelt *out) {
    place *places;
    cs_lattice_step *steps;
    uint32_t step_count;
    spelling *s = arena_alloc(arena, sizeof *s);
    if (!s || !places_make(speller, heard, count, arena, &places)) return false;
    s->speller = speller;
    s->heard = heard;
    s->places = places;
    s->count = count;
    if (!lattice_begin(&s->lattice, &speller->lexicon, count, arena)) return false;
    for (uint32_t start = 0; start < count; start++)
        if (!start_fill(s, start)) return false;
    if (!lattice_solve(&s->lattice, &steps, &step_count)) return false;
    for (uint32_t i = 0; i < step_count; i++) {
        if (!arena_room(arena, (void **)&out->items, &out->room, out->count, sizeof *out->items)) return false;
        if (!word_write(s, &steps[i], before, arena, &out->items[out->count++])) return false;
    }
    return true;
}

cs_error speller_spell(const cs_speller *speller, const cs_syllable *syllables, uint32_t count, cs_arena *arena,
                       cs_spelt_word **out, uint32_t *out_count, cs_message *message) {
    spelt words = {0};
    bool is_done = arena_room(arena, (void **)&words.items, &words.room, 0, sizeof *words.items);
    for (uint32_t from = 0; from < count && is_done; from += LATTICE_MAX_SYLLABLES) {
        uint32_t part = count - from < LATTICE_MAX_SYLLABLES ? count - from : LATTICE_MAX_SYLLABLES;
        is_done = part_spell(speller, syllables + from, part, from, arena, &words);
    }
    if (!is_done || !letters_join(&words, arena))
        return message_set(message, CS_ERR_MEMORY, "no memory to spell %u syllables", count);
    *out = words.items;
    *out_count = words.count;
    return CS_OK;
}

/* What a user's word costs without his wish: what its words in the lexicon cost, behind and before others; a name that nobody would
 * write so, a little more than what the lexicon makes of its sounds. */
static bool user_word_weigh(const cs_speller *speller, cs_user_sound *user, cs_arena *arena) {
    cs_syllable sounds[SPELLER_MAX_USER_SYLLABLES] = {0};
    cs_spelt_word *words = NULL;
    uint32_t count = 0;
    bool has_letters = false;
    float cost = INFINITY, own = user->inner + (float)user->alone / LEXICON_SCALE;
    for (uint32_t i = 0; i < user->count && !has_letters; i++) {
        has_letters = (user->sounds[i] & SPELLER_LETTER) != 0;
        if (!has_letters) memcpy(sounds[i].sound, speller->lexicon.names[user->sounds[i]], sizeof sounds[i].sound);
    }
    if (user->enters != LEXICON_NONE && !user->is_name) return true;
    if (!has_letters) {
        if (speller_spell(speller, sounds, user->count, arena, &words, &count, NULL)) return false;
        cost = 0;
        for (uint32_t i = 0; i < count; i++) cost -= words[i].log_probability;
    }
    if (user->enters != LEXICON_NONE && own <= cost + USER_NATURAL) return true;
    bool is_figure = strpbrk(user->text, "0123456789") != NULL; /* only written otherwise */
    float steps = cost * LEXICON_SCALE + (is_figure ? 0 : USER_NEW);
    user->alone = steps < USER_COST ? (uint32_t)steps : USER_COST;
    user->inner = 0;
    user->enters = user->follows = LEXICON_NONE;
    return true;
}

static bool speller_prepare(cs_speller *s, const cs_user_word *words, uint32_t word_count) {
    s->arena = arena_create(SPELLER_BYTES);
    s->near = s->arena ? arena_array(s->arena, s->lexicon.syllable_count, sizeof *s->near) : NULL;
    if (!s->near) return false;
    for (uint32_t i = 0; i < s->lexicon.syllable_count; i++)
        s->near[i].count = near_of(&s->lexicon, s->lexicon.names[i], s->near[i].items);
    cs_user_words made;
    cs_arena *passing = arena_create(SPELLER_BYTES);
    bool is_done = passing && user_words_make(words, word_count, &s->lexicon, s->arena, &made);
    for (uint32_t i = 0; is_done && i < made.count; i++) {
        is_done = user_word_weigh(s, &made.items[i], passing);
        arena_reset(passing);
    }
    arena_free(passing);
    if (is_done) s->users = made;
    return is_done;
}

cs_error speller_open(const char *lexicon, const cs_user_word *words, uint32_t word_count, cs_speller **out,
                      cs_message *message) {
    if (word_count > SPELLER_MAX_USER_WORDS)
        return message_set(message, CS_ERR_LIMIT, "%u words of your own: %d at most", word_count,
                           SPELLER_MAX_USER_WORDS);
    cs_speller *speller = calloc(1, sizeof *speller);
    if (!speller) return message_set(message, CS_ERR_MEMORY, "no memory for the speller");
    cs_error error = lexicon_open(lexicon, &speller->lexicon, message);
    if (!error && !speller_prepare(speller, words, word_count))
        error = message_set(message, CS_ERR_MEMORY, "no memory for %u words", word_count);
    if (error) {
        speller_close(speller);
        return error;
    }
    *out = speller;
    return CS_OK;
}

void speller_close(cs_speller *speller) {
    if (!speller) return;
    lexicon_close(&speller->lexicon);
    arena_free(speller->arena);
    free(speller);
}
