/* evaluation_text.h - what was said and what was heard, as units that can be compared: characters or words, and syllables.
 * Floor: speech. Small and capital letters, full-width forms, punctuation and blanks make no difference; a Chinese character
 * is a unit, a word of letters is one. A number in digits counts as the other side says it (350: 三百五十, 三五零, "three hundred
 * and fifty"), so neither way of writing is an error. Memory: the arena. Threads: any, a pairing each.
 * Example: evaluation_units("退350", "退三百五", arena, &said, &heard, &m);
 */
#ifndef CS_SPEECH_EVALUATION_TEXT_H
#define CS_SPEECH_EVALUATION_TEXT_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { CS_MAX_EVALUATED_BYTES = 1 << 20 }; /* of one text */

typedef struct cs_evaluated_units {
    const char **texts; /* "退", "refund", "tui" */
    uint32_t count;
} cs_evaluated_units;

bool evaluation_is_chinese(const char *text); /* it has a Chinese character: characters are counted, not words */
/* Of both sides at once, because numbers are read as the other side says them. */
cs_error evaluation_units(const char *said, const char *heard, cs_arena *arena, cs_evaluated_units *said_units,
                          cs_evaluated_units *heard_units, cs_message *message);
/* Of pinyin, with tones (zhong1, zhōng) or without, lü as lv, lu: or lü. */
cs_error evaluation_syllables(const char *pinyin, cs_arena *arena, cs_evaluated_units *out, cs_message *message);
/* As this program reads the characters among the units: where a side gives no pinyin. Words of letters are left out. */
cs_error evaluation_reading(const cs_evaluated_units *units, cs_arena *arena, cs_evaluated_units *out,
                            cs_message *message);

#endif
