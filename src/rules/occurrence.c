#include "rules/occurrence.h"

#include <string.h>

bool table_init(cs_table *table, uint32_t atom_count, cs_arena *arena) {
    *table = (cs_table){.arena = arena, .slot_of = arena_array(arena, atom_count + 1, sizeof *table->slot_of)};
    return table->slot_of != NULL;
}

bool table_add(cs_table *t, uint32_t atom, const cs_occurrence *occurrence) {
    if (!t->slot_of[atom]) {
        if (!arena_room(t->arena, (void **)&t->lists, &t->list_room, t->count, sizeof *t->lists) ||
            !arena_room(t->arena, (void **)&t->atoms, &t->atom_room, t->count, sizeof *t->atoms))
            return false;
        t->lists[t->count] = (cs_occurrences){0};
        t->atoms[t->count++] = atom;
        t->slot_of[atom] = (uint16_t)t->count;
    }
    cs_occurrences *list = &t->lists[t->slot_of[atom] - 1];
    if (list->count == list->capacity) {
        uint32_t larger = list->capacity ? list->capacity * 2 : 2;
        cs_occurrence *grown = arena_array(t->arena, larger, sizeof *grown);
        if (!grown) return false;
        if (list->count) memcpy(grown, list->items, list->count * sizeof *grown);
        list->items = grown;
        list->capacity = larger;
    }
    list->items[list->count++] = *occurrence;
    return true;
}

bool table_mark(const cs_table *table, cs_arena *passing, cs_table_mark *out) {
    *out = (cs_table_mark){.table = *table, .lists = arena_array(passing, table->count + 1, sizeof *out->lists)};
    if (!out->lists) return false;
    if (table->count) memcpy(out->lists, table->lists, table->count * sizeof *out->lists);
    return true;
}

void table_rewind(cs_table *table, const cs_table_mark *mark) {
    for (uint32_t i = mark->table.count; i < table->count; i++) table->slot_of[table->atoms[i]] = 0;
    *table = mark->table;
    if (table->count) memcpy(table->lists, mark->lists, table->count * sizeof *table->lists);
}
