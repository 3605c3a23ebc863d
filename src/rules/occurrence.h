/* occurrence.h - where an atom stands in the timeline: its words, a silence, an event. Private to rules/.
 * Floor: rules. Memory: the evaluation's arena. Threads: one.
 * Example: if (moment_compare(o->moment, scope->hi) < 0 && o->why == CS_WHY_NONE) ...
 */
#ifndef CS_RULES_OCCURRENCE_H
#define CS_RULES_OCCURRENCE_H

#include "base/arena.h"
#include "rules/finding.h"

/* The confidence limit: words recognised below it are possible, not sure. */
#define CS_CONFIDENCE_LIMIT 0.5f

/* A place in the one order of the timeline: start of the turn, the turn, the character. A deadline stands behind all that
 * starts at its millisecond. In an untimed timeline at_ms is 0 for all turns. */
typedef struct cs_moment {
    int64_t at_ms;
    uint32_t turn, offset; /* offset 0: the turn opens; its n-th character (from 0) stands at n + 1 */
} cs_moment;

#define CS_MOMENT_BEGIN ((cs_moment){INT64_MIN, 0, 0})
#define CS_MOMENT_END ((cs_moment){INT64_MAX, UINT32_MAX, UINT32_MAX})

static inline int moment_compare(cs_moment a, cs_moment b) {
    if (a.at_ms != b.at_ms) return a.at_ms < b.at_ms ? -1 : 1;
    if (a.turn != b.turn) return a.turn < b.turn ? -1 : 1;
    return a.offset == b.offset ? 0 : a.offset < b.offset ? -1 : 1;
}
static inline cs_moment moment_later(cs_moment a, cs_moment b) {
    return moment_compare(a, b) < 0 ? b : a;
}
static inline cs_moment moment_earlier(cs_moment a, cs_moment b) {
    return moment_compare(a, b) < 0 ? a : b;
}

typedef struct cs_occurrence {
    cs_moment moment; /* of its first character; of a timer: the deadline */
    uint32_t turn, from, to; /* code points, to exclusive; 0, 0: the turn as a whole */
    int64_t start_ms, end_ms; /* of the words; CS_NO_TIME when untimed */
    bool is_interpolated;
    bool is_possible; /* not sure: reason says why */
    uint16_t group; /* which of the phrases; from CS_FIRST_TERM: which term of which pairs */
    uint16_t demand; /* that its words raise, from 1; 0: none */
    cs_reason reason;
    cs_why why; /* not NONE: it does not count, and by says what excuses it */
    const char *by, *matched, *how;
    const char *measured; /* "6.2 s", "248 a minute"; NULL: nothing was measured */
} cs_occurrence;

typedef struct cs_occurrences { /* of one atom, in order; words one a turn at most; those that don't count too */
    cs_occurrence *items;
    uint32_t count, capacity;
} cs_occurrences;

/* What is heard stands in no turn: behind those that open in its millisecond, before the events of it. */
#define CS_VOICE_TURN (UINT32_MAX - 2)

/* The occurrences of all atoms in one conversation; atoms that don't occur take two bytes. */
typedef struct cs_table {
    cs_arena *arena;
    uint16_t *slot_of; /* by atom: number of its list, from 1 */
    cs_occurrences *lists;
    uint32_t *atoms; /* by list */
    uint32_t count, list_room, atom_room;
} cs_table;

bool table_init(cs_table *table, uint32_t atom_count, cs_arena *arena); /* false: out of memory */
bool table_add(cs_table *table, uint32_t atom, const cs_occurrence *occurrence);
static inline const cs_occurrences *table_of(const cs_table *table, uint32_t atom) {
    static const cs_occurrences none;
    return table->slot_of[atom] ? &table->lists[table->slot_of[atom] - 1] : &none;
}

#endif
