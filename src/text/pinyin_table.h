/* pinyin_table.h - readings of characters and phrases, as tools/pinyin/generate.mjs writes them into the build folder.
 * Floor: text; for pinyin.c alone. A sound is a uint16_t: 0x8000 + initial << 8 | 0xC0 + final; 0: no reading.
 * Memory: constant data, about 480 kB. Threads: any.
 * Example: 行 is pinyin_readings[0x884C - PINYIN_FIRST] alone; 银行 is an edge from pinyin_starts[银] over 行.
 */
#ifndef CS_TEXT_PINYIN_TABLE_H
#define CS_TEXT_PINYIN_TABLE_H

#include <stdint.h>

enum {
    PINYIN_FIRST = 0x3400, /* every character from here to PINYIN_LAST has a place, three bytes of UTF-8 each */
    PINYIN_LAST = 0x9FFF,
    PINYIN_LONGEST = 8, /* characters in a phrase */
    PINYIN_INITIALS = 24,
    PINYIN_FINALS = 39,
    PINYIN_SYLLABLE_BYTES = 7, /* "zhuang" and its NUL */
};

typedef struct cs_pinyin_other {
    uint32_t code_point;
    uint16_t sound;
} cs_pinyin_other;

/* From a node of the trie of phrases over a character to its child; child 0: an empty slot. phrase: where in
 * pinyin_phrases the sounds of the phrase that ends here begin; 0: none ends. */
typedef struct cs_pinyin_edge {
    uint16_t node, character, child, phrase;
} cs_pinyin_edge;

extern const uint16_t pinyin_readings[]; /* by code point - PINYIN_FIRST */
extern const uint16_t pinyin_starts[]; /* likewise: the node of the phrases that begin so; 0: none */
extern const cs_pinyin_other pinyin_others[]; /* outside the range, by code point */
extern const uint32_t pinyin_other_count;
extern const cs_pinyin_edge pinyin_edges[]; /* 1 << pinyin_edge_bits slots, never all full */
extern const unsigned pinyin_edge_bits;
extern const uint16_t pinyin_phrases[];
extern const char pinyin_syllables[PINYIN_INITIALS][PINYIN_FINALS][PINYIN_SYLLABLE_BYTES]; /* "": there is none */

#endif
