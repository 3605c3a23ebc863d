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
