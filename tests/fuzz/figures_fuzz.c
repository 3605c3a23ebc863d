/* Measures as packs bring them, and, after a first byte that says of which part it is, the packed cells of a day. */
#include "insight/measure.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void written(const cs_measure *list, uint32_t count, cs_buffer *out) {
    cs_json_writer writer;
    buffer_init(out, 16 << 20);
    json_writer_init(&writer, out);
    measures_write(list, count, &writer);
}

static void read_measures(const char *text, size_t size) {
    cs_message message = {0};
    uint32_t count = 0, again = 0;
    cs_arena *arena = arena_create(64 << 20);
    cs_measure *list = arena_array(arena, CS_MAX_MEASURES, sizeof *list);
    cs_error code = measures_parse(text, size, arena, list, &count, &message);
    if (code != CS_OK && (!*message.reason || count > 0)) abort();
    if (code == CS_OK) {
        cs_buffer first, second;
        written(list, count, &first);
        if (measures_parse(buffer_string(&first), first.length, arena, list, &again, &message) != CS_OK) abort();
        written(list, again, &second);
        if (strcmp(buffer_string(&first), buffer_string(&second)) != 0) abort();
        buffer_free(&first);
        buffer_free(&second);
    }
    arena_free(arena);
}

static void read_block(cs_figure_part part, const uint8_t *data, size_t size) {
    static cs_rule_count room[CS_MAX_RULES];
    cs_message message = {0};
    const cs_cell *cell = NULL;
    cs_block block;
    cs_basics sum = {0};
    cs_error code = CS_OK;
    block_open(&block, part, data, size, room, CS_MAX_RULES);
    while ((code = block_next(&block, &cell, &message)) == CS_OK && cell) {
        basics_add(&sum, &cell->basics);
        for (uint32_t i = 0; i < cell->rule_count; i++)
            if (cell->rules[i].rule >= CS_MAX_RULES) abort();
    }
    if (code != CS_OK && !*message.reason) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > 1 << 20) return 0;
    if (*data == '{' || *data == '[')
        read_measures((const char *)data, size);
    else
        read_block((cs_figure_part)(*data % CS_PART_COUNT), data + 1, size - 1);
    return 0;
}
