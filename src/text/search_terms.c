#include "text/search_terms.h"

#include "base/utf8.h"
#include "text/fold.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 1024 };

typedef enum shape { SHAPE_BREAK, SHAPE_WORD, SHAPE_CHARACTER } shape;

/* Signs of what is written without spaces, pictures too; their punctuation parts. */
static shape shape_of(uint32_t c) {
    if (fold_is_spaced_letter(c)) return SHAPE_WORD;
    if (c < 0x2E80) return SHAPE_BREAK;
    if (c >= 0x3000 && c <= 0x303F) return c == 0x3005 || c == 0x3007 ? SHAPE_CHARACTER : SHAPE_BREAK;
    if (c >= 0xFE00 && c <= 0xFE6F) return SHAPE_BREAK;
    if (c >= 0xFF00 && c <= 0xFFFF) return c >= 0xFF66 && c <= 0xFF9F ? SHAPE_CHARACTER : SHAPE_BREAK;
    return SHAPE_CHARACTER;
}

static shape shape_at(const cs_term_walk *walk, uint32_t at, unsigned *length) {
    unsigned char lead = (unsigned char)walk->text[at];
    if (lead >= 0xE4 && lead <= 0xE9) { /* U+4000 to U+9FFF: nearly all of Chinese */
        *length = 3;
        return SHAPE_CHARACTER;
    }
    return shape_of(utf8_decode(walk->text + at, length));
}

static void take_word(cs_term_walk *walk, unsigned first, cs_term *out) {
    unsigned length = first;
    *out = (cs_term){.kind = CS_TERM_WORD, .from = walk->at};
    do {
        if (!out->is_cut && out->bytes + length <= CS_MAX_TERM_BYTES)
            out->bytes += length;
        else
            out->is_cut = true;
        walk->at += length;
    } while (walk->at < walk->bytes && shape_at(walk, walk->at, &length) == SHAPE_WORD);
}

bool term_next(cs_term_walk *walk, cs_term *out) {
    while (walk->at < walk->bytes) {
        unsigned length, second;
        shape here = shape_at(walk, walk->at, &length);
        if (here == SHAPE_WORD) {
            walk->is_inside = false;
            take_word(walk, length, out);
            return true;
        }
        if (here == SHAPE_BREAK) {
            walk->is_inside = false;
            walk->at += length;
            continue;
        }
        uint32_t next = walk->at + length;
        bool has_second = next < walk->bytes && shape_at(walk, next, &second) == SHAPE_CHARACTER;
        *out = (cs_term){.kind = has_second ? CS_TERM_PAIR : CS_TERM_LAST,
                         .from = walk->at,
                         .bytes = has_second ? length + second : length,
                         .is_alone = !has_second && !walk->is_inside};
        walk->is_inside = true;
        walk->at = next;
        return true;
    }
    return false;
}

/* ---- sets ---- */

void search_set_init(cs_search_set *set, size_t max_bytes) {
    *set = (cs_search_set){.room = 0};
    buffer_init(&set->text, max_bytes);
}

void search_set_free(cs_search_set *set) {
    buffer_free(&set->text);
    free(set->places);
    set->places = NULL;
    set->room = set->count = 0;
}

void search_set_clear(cs_search_set *set) {
    buffer_clear(&set->text);
    if (set->places) memset(set->places, 0, set->room * sizeof *set->places);
    set->count = 0;
    set->is_full = false;
}

static uint32_t hash_term(const char *term, size_t bytes) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < bytes; i++) hash = (hash ^ (unsigned char)term[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static uint32_t find(const cs_search_set *set, const char *term, size_t bytes) {
    uint32_t at = hash_term(term, bytes) & (set->room - 1);
    for (; set->places[at]; at = (at + 1) & (set->room - 1)) {
        uint32_t from = set->places[at] - 1;
        if (set->text.length - from <= bytes) continue;
        const char *held = set->text.data + from;
        if (memcmp(held, term, bytes) == 0 && held[bytes] == ' ') break;
    }
    return at;
}

static bool grow(cs_search_set *set) {
    cs_search_set larger = *set;
    larger.room = set->room ? set->room * 2 : FIRST_ROOM;
    larger.places = calloc(larger.room, sizeof *larger.places);
    if (!larger.places) return false;
    for (uint32_t i = 0; i < set->room; i++) {
        if (!set->places[i]) continue;
        const char *held = set->text.data + set->places[i] - 1;
        larger.places[find(&larger, held, strcspn(held, " "))] = set->places[i];
    }
    uint32_t *smaller = set->places;
    set->places = larger.places;
    set->room = larger.room;
    free(smaller);
    return true;
}

bool search_set_add(cs_search_set *set, char side, const char *term, size_t bytes) {
    char sided[CS_MAX_TERM_BYTES + 2];
    if (set->is_full || bytes > CS_MAX_TERM_BYTES) return false;
    if (set->count >= set->room / 2 && !grow(set)) return false;
    sided[0] = side;
    memcpy(sided + 1, term, bytes);
    sided[bytes + 1] = ' ';
    uint32_t at = find(set, sided, bytes + 1);
    if (set->places[at]) return true;
    size_t from = set->text.length;
    if (from + bytes + 2 > set->text.max || !buffer_append(&set->text, sided, bytes + 2)) {
        set->is_full = true;
        return false;
    }
    set->places[at] = (uint32_t)from + 1;
    set->count++;
    return true;
}

bool search_set_text(cs_search_set *set, char side, const char *folded, uint32_t bytes) {
    cs_term_walk walk = {.text = folded, .bytes = bytes};
    cs_term term;
    bool is_whole = true;
    while (is_whole && term_next(&walk, &term)) is_whole = search_set_add(set, side, folded + term.from, term.bytes);
    return is_whole;
}
