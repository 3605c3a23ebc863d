/* figure_set.h - cells while they are counted: conversations, or other cells, are added under their names.
 * Floor: insight. Memory: the set owns all of it, at most a declared number of cells and bytes. Threads: one.
 * Example: s = figure_set_create(); figure_set_count(s, names, &one, verdicts, n); figure_set_write(s, CS_PART_AGENT, &body, &m);
 */
#ifndef CS_INSIGHT_FIGURE_SET_H
#define CS_INSIGHT_FIGURE_SET_H

#include "insight/figure_block.h"

enum { CS_MAX_CELLS = 200000, CS_MAX_SET_BYTES = 1 << 30 };

typedef struct cs_figure_set cs_figure_set;

cs_figure_set *figure_set_create(void); /* NULL: no memory */
void figure_set_free(cs_figure_set *set); /* NULL is allowed */

/* One conversation; verdict bytes as in the store, 0 of them: not inspected under the rule set. */
cs_error figure_set_count(cs_figure_set *set, const cs_name names[CS_DIMENSION_COUNT], const cs_basics *one,
                          const unsigned char *verdicts, size_t verdict_count, cs_message *message);
cs_error figure_set_add(cs_figure_set *set, const cs_cell *cell, cs_message *message);

/* The cells summed by what the part is by, as a block behind what body holds. */
cs_error figure_set_write(const cs_figure_set *set, cs_figure_part part, cs_buffer *body, cs_message *message);
int64_t figure_set_conversations(const cs_figure_set *set);

#endif
