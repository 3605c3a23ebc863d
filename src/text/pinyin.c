#include "text/pinyin.h"

#include "base/utf8.h"
#include "text/pinyin_table.h"

#include <string.h>

typedef struct cs_sound_writer {
    char *bytes;
    uint32_t *origin;
    uint32_t length;
} cs_sound_writer;

static void put_byte(cs_sound_writer *writer, char byte, uint32_t origin) {
    writer->bytes[writer->length] = byte;
    writer->origin[writer->length++] = origin;
}

static void put_mark(cs_sound_writer *writer, uint32_t origin) {
    if (writer->length == 0 || writer->bytes[writer->length - 1] != PINYIN_MARK) put_byte(writer, PINYIN_MARK, origin);
}

static void put_sound(cs_sound_writer *writer, uint16_t sound, uint32_t origin) {
    put_byte(writer, (char)(sound >> 8), origin);
    put_byte(writer, (char)(sound & 0xFF), origin);
}

static bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}

static void put_ascii(cs_sound_writer *writer, const cs_folded *folded, uint32_t at) {
    static const uint16_t numerals[] = {0x96F6, 0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D};
    char c = folded->text[at];
    if (c >= '0' && c <= '9')
        put_sound(writer, pinyin_readings[numerals[c - '0'] - PINYIN_FIRST], at);
    else if (is_letter(c))
        put_byte(writer, c, at);
    else if (c != ' ')
        put_mark(writer, at);
    else if (at > 0 && is_letter(folded->text[at - 1]) && is_letter(folded->text[at + 1]))
        put_byte(writer, c, at); /* elsewhere a blank is not heard: 138 0013 */
}

/* The character of the range at this place; 0: another one, or the end. */
static uint16_t character_at(const cs_folded *folded, uint32_t at) {
    const unsigned char *c = (const unsigned char *)folded->text + at;
    if (folded->bytes - at < 3 || c[0] < 0xE3 || c[0] > 0xE9) return 0;
    unsigned code = (c[0] & 0x0FU) << 12 | (c[1] & 0x3FU) << 6 | (c[2] & 0x3FU);
    return code >= PINYIN_FIRST && code <= PINYIN_LAST ? (uint16_t)code : 0;
}

/* NULL: no phrase goes on so. The hash is the one of makeSlots() in tools/pinyin/generate.mjs. */
static const cs_pinyin_edge *find_edge(uint16_t node, uint16_t character) {
    uint32_t hash = ((uint32_t)node << 16 | character) * 0x9E3779B1U;
    uint32_t last = (1U << pinyin_edge_bits) - 1;
    for (uint32_t slot = hash >> (32 - pinyin_edge_bits);; slot = (slot + 1) & last) {
        const cs_pinyin_edge *edge = &pinyin_edges[slot];
        if (edge->child == 0) return NULL;
        if (edge->node == node && edge->character == character) return edge;
    }
}

/* Writes the longest phrase that begins at this place, else the character's own reading. Returns the place behind. */
static uint32_t put_phrase(cs_sound_writer *writer, const cs_folded *folded, uint32_t at, uint16_t character) {
    const uint16_t *sounds = &pinyin_readings[character - PINYIN_FIRST];
    uint32_t count = 1, next = at;
    uint16_t node = pinyin_starts[character - PINYIN_FIRST];
    for (uint32_t seen = 2; node && seen <= PINYIN_LONGEST; seen++) {
        next += 3;
        character = character_at(folded, next);
        const cs_pinyin_edge *edge = character ? find_edge(node, character) : NULL;
        if (!edge) break;
        node = edge->child;
        if (!edge->phrase) continue;
        sounds = &pinyin_phrases[edge->phrase];
        count = seen;
    }
    for (uint32_t i = 0; i < count; i++, at += 3)
        if (sounds[i])
            put_sound(writer, sounds[i], at);
        else
            put_mark(writer, at);
    return at;
}

static int compare_other(uint32_t code_point, const cs_pinyin_other *other) {
    return code_point < other->code_point ? -1 : code_point > other->code_point;
}

/* Characters outside the range: 〇, compatibility forms, rare names; 0: no reading, as for kana, é or an emoji. */
static uint16_t other_sound(uint32_t code_point) {
    uint32_t from = 0, to = pinyin_other_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order = compare_other(code_point, &pinyin_others[middle]);
        if (order == 0) return pinyin_others[middle].sound;
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return 0;
}

static uint32_t put_other(cs_sound_writer *writer, const cs_folded *folded, uint32_t at) {
    unsigned step;
    uint16_t sound = other_sound(utf8_decode(folded->text + at, &step));
    if (sound)
        put_sound(writer, sound, at);
    else
        put_mark(writer, at);
    return at + step;
}

/* Nothing grows but digits: a character of three or four bytes becomes two. */
static size_t most_sound_bytes(const cs_folded *folded) {
    size_t most = folded->bytes;
    for (uint32_t i = 0; i < folded->bytes; i++) most += folded->text[i] >= '0' && folded->text[i] <= '9';
    return most;
}

/* The two bytes of a syllable: "zhong", "lue" or "lve"; 0: none. */
static uint16_t sound_named(const char *name, size_t length) {
    char wanted[PINYIN_SYLLABLE_BYTES] = {0};
    if (length == 0 || length >= sizeof wanted) return 0;
    memcpy(wanted, name, length);
    if ((strcmp(wanted, "lue") == 0 || strcmp(wanted, "nue") == 0)) wanted[1] = 'v';
    for (unsigned initial = 0; initial < PINYIN_INITIALS; initial++)
        for (unsigned final = 0; final < PINYIN_FINALS; final++) {
            const char *syllable = pinyin_syllables[initial][final];
            if (syllable[0] == wanted[0] && strcmp(syllable, wanted) == 0)
                return (uint16_t)((0x80 + initial) << 8 | (0xC0 + final));
        }
    return 0;
}

static void put_named(cs_sound_writer *writer, const char *name, size_t length, uint32_t origin) {
    bool is_spelt = length == 1 && name[0] >= 'A' && name[0] <= 'Z';
    if (length > 1 && name[length - 1] >= '0' && name[length - 1] <= '9') length--; /* the tone */
    uint16_t sound = is_spelt ? 0 : sound_named(name, length);
    if (is_spelt)
        put_byte(writer, (char)(name[0] - 'A' + 'a'), origin);
    else if (sound)
        put_sound(writer, sound, origin);
    else
        put_mark(writer, origin);
}

static bool begins_character(const cs_folded *folded, uint32_t at) {
    return ((unsigned char)folded->text[at] & 0xC0) != 0x80;
}

static uint32_t count_sounds(const char *sounds) {
    uint32_t count = 0;
    for (const char *at = sounds; *at; at += strcspn(at, " "), count++)
        if (!*(at += strspn(at, " "))) break;
    return count;
}

static void put_heard(cs_sound_writer *writer, const cs_folded *folded, const cs_heard_part *part) {
    uint32_t characters = 0, count = count_sounds(part->sounds), said = 0, character = 0, origin = part->from;
    for (uint32_t at = part->from; at < part->to; at++) characters += begins_character(folded, at);
    for (const char *at = part->sounds + strspn(part->sounds, " "); *at && count; said++) {
        size_t length = strcspn(at, " ");
        while (character < (uint64_t)said * characters / count) { /* on to the character that it belongs to */
            do origin++;
            while (!begins_character(folded, origin));
            character++;
        }
        put_named(writer, at, length, origin);
        at += length;
        at += strspn(at, " ");
    }
}

/* The characters up to a place, read as they are. */
static void put_text(cs_sound_writer *writer, const cs_folded *folded, uint32_t from, uint32_t to) {
    cs_folded part = {folded->text, to, folded->origin}; /* no phrase goes beyond it */
    for (uint32_t at = from; at < to;) {
        uint16_t character;
        if ((unsigned char)folded->text[at] < 0x80)
            put_ascii(writer, folded, at++);
        else if ((character = character_at(&part, at)) != 0)
            at = put_phrase(writer, &part, at, character);
        else
            at = put_other(writer, folded, at);
    }
}

bool pinyin_sounds_heard(const cs_folded *folded, const cs_heard_part *parts, uint32_t part_count, cs_arena *arena,
                         cs_sounds *out) {
    size_t most = most_sound_bytes(folded);
    for (uint32_t i = 0; i < part_count; i++) most += strlen(parts[i].sounds) + 2; /* "a" becomes two bytes */
    if (most >= UINT32_MAX) return false;
    char *bytes = arena_alloc(arena, most + 1);
    uint32_t *origin = arena_array(arena, most + 1, sizeof *origin);
    if (!bytes || !origin) return false;

    cs_sound_writer writer = {.bytes = bytes, .origin = origin};
    uint32_t at = 0;
    for (uint32_t i = 0; i < part_count; i++) {
        put_text(&writer, folded, at, parts[i].from);
        put_heard(&writer, folded, &parts[i]);
        at = parts[i].to;
    }
    put_text(&writer, folded, at, folded->bytes);
    bytes[writer.length] = 0;
    origin[writer.length] = folded->bytes;
    *out = (cs_sounds){.bytes = bytes, .length = writer.length, .origin = origin};
    return true;
}

bool pinyin_sounds(const cs_folded *folded, cs_arena *arena, cs_sounds *out) {
    return pinyin_sounds_heard(folded, NULL, 0, arena, out);
}

const char *pinyin_syllable(const char sound[2]) {
    unsigned initial = (unsigned char)sound[0] - 0x80U, final = (unsigned char)sound[1] - 0xC0U;
    if (initial >= PINYIN_INITIALS || final >= PINYIN_FINALS || !*pinyin_syllables[initial][final]) return NULL;
    return pinyin_syllables[initial][final];
}
