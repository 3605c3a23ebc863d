/* fold.h - text in the one shape in which phrases are compared.
 * Floor: text. Lower case; full-width forms become ASCII; typographic quotes become plain; invisible characters go; spaces
 * beside Chinese, Japanese or punctuation go (recognisers put them anywhere), other runs become one space.
 * Memory: the folded text and its map live in the arena. Threads: any.
 * Example: fold_text("Ｒｅｆｕｎｄ 退 款!", n, arena, &f) gives "refund退款!"; f.origin[6] is 7, where 退 stands.
 */
#ifndef CS_TEXT_FOLD_H
#define CS_TEXT_FOLD_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_folded {
    const char *text; /* NUL-terminated UTF-8 */
    uint32_t bytes;
    /* For each byte, the code point offset in the original text of the character it came from; origin[bytes] is the
     * original's length. The end of a match that ends before byte b is origin[b - 1] + 1. */
    const uint32_t *origin;
} cs_folded;

/* text is valid UTF-8. false: out of memory. */
bool fold_text(const char *text, size_t bytes, cs_arena *arena, cs_folded *out);
/* The same in two steps: most turns hold nothing, and then nobody asks where it stood. origin is NULL after the first. */
bool fold_text_only(const char *text, size_t bytes, cs_arena *arena, cs_folded *out);
bool fold_origin(const char *text, size_t bytes, cs_arena *arena, cs_folded *folded);

/* Whether a match of folded[from..to) stands on word boundaries: "refund" is not in "refunds", 12315 not in 8123150;
 * between Chinese and Latin there is always one. */
bool fold_is_whole_word(const cs_folded *folded, uint32_t from, uint32_t to);
bool fold_is_spaced_letter(uint32_t code_point); /* a letter or digit of a script that puts spaces between words */

#endif
