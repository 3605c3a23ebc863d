/* alignment.h - two sequences laid beside each other with the fewest changes: what was misheard, missed, made up.
 * Floor: speech. Hirschberg's way (1975): the time is the product of the lengths, the memory only their sum.
 * Memory: the steps live in the arena. Threads: any.
 * Example: alignment_make(said, 5, heard, 4, arena, &steps, &count, &m); error_counts_add(&sum, steps, count);
 */
#ifndef CS_SPEECH_ALIGNMENT_H
#define CS_SPEECH_ALIGNMENT_H

#include "base/arena.h"
#include "base/error.h"

#include <stdint.h>

enum { CS_MAX_ALIGNED = 100000 }; /* units a side: eight hours of quick speech; seconds of work */

typedef enum cs_alignment_step { /* a byte each */
                                 CS_STEP_SAME, /* one of each, equal */
                                 CS_STEP_SUBSTITUTED, /* one of each, not equal */
                                 CS_STEP_DELETED, /* one of the reference alone */
                                 CS_STEP_INSERTED, /* one of the hypothesis alone */
} cs_alignment_step;

/* Steps from the beginning to the end; equal units are equal numbers. CS_ERR_LIMIT: a side has more than CS_MAX_ALIGNED. */
cs_error alignment_make(const uint32_t *reference, uint32_t reference_count, const uint32_t *hypothesis,
                        uint32_t hypothesis_count, cs_arena *arena, uint8_t **steps, uint32_t *count,
                        cs_message *message);

#endif
