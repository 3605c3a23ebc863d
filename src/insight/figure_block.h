/* figure_block.h - what is counted, in cells, and the packed form in which a day's or month's cells are kept.
 * Floor: insight. A block is cells in the order of their keys, one after another, all numbers as varints; a cell that nobody asks
 * for is passed over by its length. Inspections of another rule set are in conversations and scores, and in no rule.
 * Memory: a cell that is read points into the block and into the reader's room. Threads: any.
 * Example: block_open(&b, body, n, room, rules); while (block_next(&b, &cell, &m) == CS_OK && cell) sum_add(&sum, cell);
 */
#ifndef CS_INSIGHT_FIGURE_BLOCK_H
#define CS_INSIGHT_FIGURE_BLOCK_H

#include "base/buffer.h"
#include "base/error.h"
#include "rules/ruleset.h"

#include <stdint.h>

typedef enum cs_dimension { CS_BY_AGENT, CS_BY_TEAM, CS_BY_QUEUE, CS_BY_CHANNEL, CS_DIMENSION_COUNT } cs_dimension;

/* The blocks of a day: all in one cell, by one of the dimensions, by all four. The numbers stand in the store. */
typedef enum cs_figure_part {
    CS_PART_ALL,
    CS_PART_AGENT,
    CS_PART_TEAM,
    CS_PART_QUEUE,
    CS_PART_CHANNEL,
    CS_PART_WHOLE,
    CS_PART_COUNT
} cs_figure_part;

enum { CS_MAX_BLOCK_BYTES = 256 << 20 };

typedef struct cs_name { /* of an agent, a team …; text NULL: unknown, and in a block that is not by it */
    const char *text;
    uint32_t bytes;
} cs_name;

typedef struct cs_basics {
    int64_t conversations, scored, high_risk;
    int64_t judged; /* inspected under the rule set; the others are stale */
    int64_t sums[CS_SCORE_COUNT], counts[CS_SCORE_COUNT];
} cs_basics;

/* Conversations by a rule's verdict: clean and not noted count as met, hit and noted as missed. */
typedef struct cs_rule_count {
    uint32_t rule;
    int64_t met, missed, undecided;
} cs_rule_count;

typedef struct cs_cell {
    cs_name names[CS_DIMENSION_COUNT];
    cs_basics basics;
    const cs_rule_count *rules; /* those that judged something, ascending */
    uint32_t rule_count;
} cs_cell;

void basics_add(cs_basics *to, const cs_basics *from);
bool part_has(cs_figure_part part, cs_dimension dimension);
const char *dimension_name(cs_dimension dimension); /* "agent" */

/* ---- writing ---- */

typedef struct cs_block_writer {
    cs_buffer *out;
    cs_figure_part part;
    cs_cell last;
    bool has_last;
    cs_buffer payload;
} cs_block_writer;

void block_writer_init(cs_block_writer *writer, cs_figure_part part, cs_buffer *out);
void block_write(cs_block_writer *writer, const cs_cell *cell); /* its names must live until the next one is written */
bool block_writer_end(cs_block_writer *writer); /* false: out of memory, or too large */

/* ---- reading ---- */

typedef struct cs_block {
    const unsigned char *at, *end;
    cs_figure_part part;
    cs_name names[CS_DIMENSION_COUNT];
    cs_rule_count *room;
    uint32_t rule_count; /* of room; rules beyond are damage */
    cs_cell cell;
    bool (*wants)(const void *context, const cs_name *names); /* NULL: all */
    const void *context;
} cs_block;

void block_open(cs_block *block, cs_figure_part part, const void *body, size_t bytes, cs_rule_count *room,
                uint32_t rule_count);
/* *out NULL at the end; valid until the next. CS_ERR_STORE: the block is damaged. */
cs_error block_next(cs_block *block, const cs_cell **out, cs_message *message);

#endif
