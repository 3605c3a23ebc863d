#include "insight/figure_block.h"

#include <string.h>

enum { VARINT_BYTES = 10, MAX_NAME_BYTES = 1 << 20 };

/* A name is one number: like the cell's before, unknown, or its length and bytes. */
enum { NAME_AGAIN, NAME_NONE, NAME_BYTES };

void basics_add(cs_basics *to, const cs_basics *from) {
    to->conversations += from->conversations;
    to->scored += from->scored;
    to->high_risk += from->high_risk;
    to->judged += from->judged;
    for (int score = 0; score < CS_SCORE_COUNT; score++) {
        to->sums[score] += from->sums[score];
        to->counts[score] += from->counts[score];
    }
}

bool part_has(cs_figure_part part, cs_dimension dimension) {
    return part == CS_PART_WHOLE || (int)part == (int)dimension + 1;
}

const char *dimension_name(cs_dimension dimension) {
    static const char *const names[CS_DIMENSION_COUNT] = {"agent", "team", "queue", "channel"};
    return dimension < CS_DIMENSION_COUNT ? names[dimension] : "";
}

/* ---- writing ---- */

static void put(cs_buffer *out, int64_t number) {
    unsigned char bytes[VARINT_BYTES];
    uint64_t rest = number > 0 ? (uint64_t)number : 0;
    size_t length = 0;
    while (rest >= 0x80) {
        bytes[length++] = (unsigned char)(rest | 0x80);
        rest >>= 7;
    }
    bytes[length++] = (unsigned char)rest;
    (void)buffer_append(out, bytes, length);
}

static bool is_same_name(const cs_name *a, const cs_name *b) {
    if (!a->text || !b->text) return !a->text && !b->text;
    return a->bytes == b->bytes && memcmp(a->text, b->text, a->bytes) == 0;
}

static void put_name(cs_buffer *out, const cs_name *name) {
    if (!name->text) {
        put(out, NAME_NONE);
        return;
    }
    put(out, (int64_t)name->bytes + NAME_BYTES);
    (void)buffer_append(out, name->text, name->bytes);
}

static void put_values(cs_buffer *out, const cs_cell *cell) {
    put(out, cell->basics.conversations);
    put(out, cell->basics.scored);
    put(out, cell->basics.high_risk);
    put(out, cell->basics.judged);
    for (int score = 0; score < CS_SCORE_COUNT; score++) {
        put(out, cell->basics.sums[score]);
        put(out, cell->basics.counts[score]);
    }
    put(out, cell->rule_count);
    uint32_t next = 0;
    for (uint32_t i = 0; i < cell->rule_count; i++) {
        const cs_rule_count *rule = &cell->rules[i];
        put(out, (int64_t)(rule->rule - next) << 1 | (rule->undecided > 0));
        put(out, rule->met);
        put(out, rule->missed);
        if (rule->undecided > 0) put(out, rule->undecided);
        next = rule->rule + 1;
    }
}

void block_writer_init(cs_block_writer *writer, cs_figure_part part, cs_buffer *out) {
    *writer = (cs_block_writer){.out = out, .part = part};
    buffer_init(&writer->payload, CS_MAX_BLOCK_BYTES);
}

void block_write(cs_block_writer *writer, const cs_cell *cell) {
    for (cs_dimension d = 0; d < CS_DIMENSION_COUNT; d++) {
        if (!part_has(writer->part, d)) continue;
        if (writer->has_last && is_same_name(&writer->last.names[d], &cell->names[d]))
            put(writer->out, NAME_AGAIN);
        else
            put_name(writer->out, &cell->names[d]);
    }
    buffer_clear(&writer->payload);
    put_values(&writer->payload, cell);
    put(writer->out, (int64_t)writer->payload.length);
    if (writer->payload.is_failed || !buffer_append(writer->out, writer->payload.data, writer->payload.length))
        writer->out->is_failed = true;
    writer->last = *cell;
    writer->has_last = true;
}

bool block_writer_end(cs_block_writer *writer) {
    buffer_free(&writer->payload);
    return !writer->out->is_failed;
}

/* ---- reading ---- */

/* What is more than anybody can have counted is damage; and sums of the rest stay in their type. */
static const uint64_t MOST = UINT64_C(1) << 38;

static bool take(const unsigned char **at, const unsigned char *end, int64_t *out) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 63 && *at < end; shift += 7) {
        unsigned char byte = *(*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = (int64_t)value;
            return value <= MOST;
        }
    }
    return false;
}

static bool take_name(cs_block *block, cs_name *name) {
    int64_t number = 0;
    if (!take(&block->at, block->end, &number)) return false;
    if (number == NAME_AGAIN) return true;
    if (number == NAME_NONE) {
        *name = (cs_name){0};
        return true;
    }
    number -= NAME_BYTES;
    if (number > MAX_NAME_BYTES || number > block->end - block->at) return false;
    *name = (cs_name){(const char *)block->at, (uint32_t)number};
    block->at += number;
    return true;
}

static bool take_rules(cs_block *block, const unsigned char **at, const unsigned char *end) {
    int64_t count = 0, next = 0;
    if (!take(at, end, &count) || count > block->rule_count) return false;
    for (int64_t i = 0; i < count; i++) {
        cs_rule_count *rule = &block->room[i];
        int64_t step = 0;
        if (!take(at, end, &step)) return false;
        next += step >> 1;
        if (next >= block->rule_count) return false;
        *rule = (cs_rule_count){.rule = (uint32_t)next++};
        if (!take(at, end, &rule->met) || !take(at, end, &rule->missed)) return false;
        if (step & 1 && !take(at, end, &rule->undecided)) return false;
    }
    block->cell.rules = block->room;
    block->cell.rule_count = (uint32_t)count;
    return *at == end;
}

static bool take_values(cs_block *block, const unsigned char *at, const unsigned char *end) {
    cs_basics *basics = &block->cell.basics;
    if (!take(&at, end, &basics->conversations) || !take(&at, end, &basics->scored) ||
        !take(&at, end, &basics->high_risk) || !take(&at, end, &basics->judged))
        return false;
    for (int score = 0; score < CS_SCORE_COUNT; score++)
        if (!take(&at, end, &basics->sums[score]) || !take(&at, end, &basics->counts[score])) return false;
    return take_rules(block, &at, end);
}

void block_open(cs_block *block, cs_figure_part part, const void *body, size_t bytes, cs_rule_count *room,
                uint32_t rule_count) {
    *block = (cs_block){.at = body, .end = (const unsigned char *)body, .part = part, .room = room};
    if (bytes > 0) block->end += bytes;
    block->rule_count = rule_count;
}

cs_error block_next(cs_block *block, const cs_cell **out, cs_message *message) {
    *out = NULL;
    while (block->at < block->end) {
        bool is_whole = true;
        int64_t length = 0;
        for (cs_dimension d = 0; d < CS_DIMENSION_COUNT && is_whole; d++)
            if (part_has(block->part, d)) is_whole = take_name(block, &block->names[d]);
        is_whole = is_whole && take(&block->at, block->end, &length) && length <= block->end - block->at;
        const unsigned char *at = block->at;
        if (is_whole) block->at += length;
        if (is_whole && block->wants && !block->wants(block->context, block->names)) continue;
        if (!is_whole || !take_values(block, at, block->at)) {
            (void)message_set(message, CS_ERR_STORE, "the figures of a day are damaged in the store");
            message_remedy(message, "callscope figures --recount counts all days anew");
            return CS_ERR_STORE;
        }
        memcpy(block->cell.names, block->names, sizeof block->names);
        *out = &block->cell;
        return CS_OK;
    }
    return CS_OK;
}
