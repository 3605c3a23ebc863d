/* world.h - a complete conversation as the reference evaluator sees it: places in one order, speaking turns, and where each
 * atom of a rule set stands. Slow and simple on purpose; nothing of the engine is used but the parser and plain types.
 * Floor: tests. Memory: the arena given. Threads: one.
 * Example: ref_world_make(&world, rules, conversation, arena); for (i < world.atoms[a].count) show(&world.atoms[a].items[i]);
 */
#ifndef CS_REFERENCE_WORLD_H
#define CS_REFERENCE_WORLD_H

#include "reference.h"
#include "rules/syntax.h"
#include "text/fold.h"

#include <pcre2.h>

/* (start, turn, offset): offset 0 opens the turn, its n-th character (from 0) stands at n + 1. Behind the turns of a
 * millisecond come its events, then its deadlines, then the windows that end in it. Untimed: ms is 0 for all turns. */
#define REF_BEGIN ((ref_place){INT64_MIN, 0, 0})
#define REF_END ((ref_place){INT64_MAX, UINT32_MAX, UINT32_MAX})
enum { REF_MOST = 128 }; /* places of one condition in one conversation */

static inline int ref_compare(ref_place a, ref_place b) {
    if (a.ms != b.ms) return a.ms < b.ms ? -1 : 1;
    if (a.turn != b.turn) return a.turn < b.turn ? -1 : 1;
    return a.offset == b.offset ? 0 : a.offset < b.offset ? -1 : 1;
}
static inline ref_place ref_later(ref_place a, ref_place b) {
    return ref_compare(a, b) < 0 ? b : a;
}
static inline ref_place ref_earlier(ref_place a, ref_place b) {
    return ref_compare(a, b) < 0 ? a : b;
}

typedef struct ref_occurrence {
    ref_place at;
    uint32_t turn, from, to;
    int64_t start_ms, end_ms; /* of the words, of the silence; CS_NO_TIME: none */
    int64_t window_ms; /* what windows in time look at: the words' start, a deadline itself */
    bool is_possible, is_words, has_words; /* is_words: stands in a turn; has_words: there is something to show */
    uint16_t group;
    uint32_t demand; /* that it raises, from 1; 0: none */
    cs_reason reason;
    cs_why why;
} ref_occurrence;

typedef struct ref_list {
    ref_occurrence *items;
    uint32_t count, room;
} ref_list;

typedef struct ref_run { /* a speaking turn */
    cs_role role;
    uint32_t first, last;
    ref_place opens, closes; /* closes: where another side begins, or the end */
} ref_run;

typedef struct ref_spoken { /* somebody speaks: a voice where it was heard, else a turn */
    cs_role role;
    uint32_t participant, turn; /* turn: CS_NO_TURN none yet */
    int64_t start_ms, end_ms; /* end: CS_NO_TIME unknown; of a written message its start */
    ref_place at;
    bool is_voice;
} ref_spoken;

typedef struct ref_world {
    const ref_rules *rules;
    const cs_syntax *syntax;
    const cs_conversation *conversation;
    cs_arena *arena;
    cs_folded *folded; /* by turn */
    ref_run *runs;
    uint32_t run_count;
    ref_spoken *spoken; /* in order; of a timed conversation */
    uint32_t spoken_count;
    int64_t end_ms;
    bool is_timed, is_text;
    ref_list *atoms;
    ref_place *places; /* where something may become known, in order */
    uint32_t place_count, place_room;
} ref_world;

struct ref_rules {
    const cs_syntax *syntax;
    pcre2_code ***expressions; /* by atom: those of its phrases, then those of its excuses */
};

bool ref_world_make(ref_world *world, const ref_rules *rules, const cs_conversation *conversation, cs_arena *arena);
uint32_t ref_turn_of(const ref_world *world, uint32_t participant, int64_t by_ms);
void ref_note_place(ref_world *world, ref_place place); /* something may become known there */
void ref_add(ref_world *world, uint32_t atom, ref_occurrence occurrence);
cs_role ref_role(const ref_world *world, uint32_t turn);
ref_place ref_turn_place(const ref_world *world, uint32_t turn, uint32_t offset);
ref_place ref_event_place(const ref_world *world, uint32_t event);
uint32_t ref_turns_before_event(const ref_world *world, uint32_t event);
bool ref_is_unknown(const ref_world *world, const cs_node *atom, cs_reason *reason);
bool ref_compares(cs_compare compare, double value, double limit);
uint32_t ref_units(const cs_folded *folded); /* characters of Chinese, words of the rest */
const char *ref_operator_word(cs_operator operator);

void ref_read_words(ref_world *world, const cs_node *atom); /* words.c */
void ref_read_speech(ref_world *world, const cs_node *atom); /* speech.c: how people speak, annotations, repetition */
void ref_read_clock(ref_world *world, const cs_node *atom); /* clock.c: silence, response time, hold, events */

#endif
