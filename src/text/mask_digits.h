/* mask_digits.h - digits that may be one number: in groups with blanks or dashes between, wide, or read out in Chinese.
 * Floor: text; only mask*.c.
 * Memory: the caller's. Threads: any.
 * Example: cs_digit_run run; size_t end = digits_read(text, bytes, at, &run); // run.count digits in run.group_count groups
 */
#ifndef CS_TEXT_MASK_DIGITS_H
#define CS_TEXT_MASK_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CS_MOST_DIGITS = 72, /* of a run; a longer one is read on from a group inside */
    CS_DIGIT_X = 10, /* closes an identity card */
    CS_GAP_SPACE = 1,
    CS_GAP_DASH = 2,
    CS_GAP_DOT = 4,
    CS_GAP_PAREN = 8,
    CS_GAP_SPOKEN = 16, /* a comma or a pause between digits read out */
    CS_GAP_KIND = 32, /* nothing, but the writing changes: 一13800138000 */
};

typedef struct cs_digit_run {
    size_t at[CS_MOST_DIGITS]; /* byte offsets of the digits */
    uint8_t bytes[CS_MOST_DIGITS], value[CS_MOST_DIGITS];
    bool is_read_out[CS_MOST_DIGITS];
    uint8_t group_at[CS_MOST_DIGITS + 1]; /* index of each group's first digit; then count */
    uint8_t gap[CS_MOST_DIGITS + 1]; /* before each group; 0 at the ends of the run */
    size_t count, group_count, end;
    bool is_cut; /* more digits follow */
} cs_digit_run;

/* A digit at this place: its bytes, 0: none. */
unsigned digit_at(const char *text, size_t bytes, size_t at, unsigned *value, bool *is_read_out);
/* From a digit on; returns where the run ends. */
size_t digits_read(const char *text, size_t bytes, size_t at, cs_digit_run *run);

#endif
