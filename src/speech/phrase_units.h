/* phrase_units.h - the pieces of a model's words put together: "▁re" "fund", "re@@" "fund", 退 款. Private to phrase*.c.
 * Floor: speech. Memory: the arena given. Threads: any. Example: unit_text_make(utterance, arena, &text);
 */
#ifndef CS_SPEECH_PHRASE_UNITS_H
#define CS_SPEECH_PHRASE_UNITS_H

#include "speech/phrase.h"

/* What was said as one text, and which bytes of it each unit wrote. */
typedef struct cs_unit_text {
    const char *text; /* valid UTF-8 */
    uint32_t bytes;
    const uint32_t *from, *to; /* of each unit; the same: the text holds nothing of it */
} cs_unit_text;

/* As the model wrote it where it did, else from its units. false: no memory. */
bool unit_text_make(const cs_utterance *utterance, cs_arena *arena, cs_unit_text *out);

/* The next word, its marks left out: a run of letters and digits, or one Chinese character. *at moves behind the word;
 * false: there is none any more. */
bool word_next(const cs_unit_text *text, uint32_t *at, uint32_t *from, uint32_t *to);
bool is_wide_script(uint32_t code_point); /* written without blanks: Chinese, Japanese, Thai are; Korean is not */
bool is_word_character(uint32_t code_point);

#endif
