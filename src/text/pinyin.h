/* pinyin.h - how text sounds: toneless pinyin, in which a recogniser's homophones are equal (致谦 and 致歉).
 * Floor: text. Characters with several readings are read by their phrase: 银行 yin hang, 行走 xing zou.
 * Memory: the sounds live in the arena; readings are constant data. Threads: any.
 * Example: fold_text(text, n, arena, &f) && pinyin_sounds(&f, arena, &s); memmem(s.bytes, s.length, phrase.bytes, phrase.length);
 */
#ifndef CS_TEXT_PINYIN_H
#define CS_TEXT_PINYIN_H

#include "base/arena.h"
#include "text/fold.h"

#include <stdbool.h>
#include <stdint.h>

/* What stands for a sentence mark and for everything that has no sound here; marks in a row become one. */
enum { PINYIN_MARK = 0x01 };

/* A syllable is two bytes: its initial (0x80-0xBF), its final (0xC0-0xFF). So bytes that are equal are syllables that are
 * equal, wherever a search begins. Digits are the syllables of 零一二三四五六七八九; a-z stay, a blank only between them; ü is v. */
typedef struct cs_sounds {
    const char *bytes; /* NUL-terminated */
    uint32_t length;
    /* For each byte, the byte offset in folded.text of the character it came from; origin[length] is folded.bytes.
     * In code points of the original, a match of sounds [from, to) is
     * folded.origin[origin[from]] to folded.origin[origin[to - 1]] + 1. */
    const uint32_t *origin;
} cs_sounds;

/* false: out of memory. */
bool pinyin_sounds(const cs_folded *folded, cs_arena *arena, cs_sounds *out);

/* The same where it is known how a part sounded: what a recogniser heard stands for what the characters would be read as. */
typedef struct cs_heard_part {
    uint32_t from, to; /* bytes of folded.text */
    const char
        *sounds; /* "tui4 kuan3 A": spread evenly over the part's characters; what is no syllable or letter is a mark */
} cs_heard_part;
/* parts in order, apart from each other. */
bool pinyin_sounds_heard(const cs_folded *folded, const cs_heard_part *parts, uint32_t part_count, cs_arena *arena,
                         cs_sounds *out);

/* "zhi"; NULL: these two bytes are no syllable. */
const char *pinyin_syllable(const char sound[2]);

#endif
