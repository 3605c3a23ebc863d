/* random.h - random rules and random timelines over one small vocabulary, with repeatable seeds.
 * Floor: tests. Memory: a drawn rule owns its nodes in a fixed pool; a timeline is one struct. Threads: one.
 * Example: random_seed(7); random_rule(&rule); random_write_rule(&rule, 0, text, sizeof text); random_timeline(&timeline);
 */
#ifndef CS_REFERENCE_RANDOM_H
#define CS_REFERENCE_RANDOM_H

#include "conversation/conversation.h"

#include <stddef.h>

void random_seed(uint64_t seed);
uint32_t roll(uint32_t below);

/* ---- rules: a small tree that is written as text, and made smaller part by part ---- */

typedef enum drawn_kind {
    DRAWN_ATOM,
    DRAWN_AND,
    DRAWN_OR,
    DRAWN_NOT,
    DRAWN_COUNT,
    DRAWN_NTH,
    DRAWN_ORDER,
    DRAWN_REPLY,
    DRAWN_WINDOW
} drawn_kind;

typedef struct drawn {
    drawn_kind kind;
    int parts[3]; /* indexes into the rule's nodes; -1: none. Windows: what is bounded, then the marks */
    char text[160]; /* atoms: all of it; others: their own words */
} drawn;

enum { DRAWN_MOST = 48, DRAWN_STEPS = 3 };
typedef struct drawn_rule {
    drawn nodes[DRAWN_MOST];
    int count;
    bool is_flag, is_never, is_once, is_per_demand, is_strict;
    int when, expect, waiver; /* -1: none */
    int steps[DRAWN_STEPS], conditions[DRAWN_STEPS]; /* instead of expect */
    int step_count;
    char head[80]; /* for … */
} drawn_rule;

void random_rule(drawn_rule *rule);
const char *random_lists(void); /* the lists that all rules share */
void random_write_rule(const drawn_rule *rule, unsigned number, char *out, size_t room);
/* The rule with its n-th possible simplification; false: there are no more. */
bool random_simpler_rule(const drawn_rule *rule, unsigned n, drawn_rule *out);

/* ---- timelines ---- */

enum {
    TIMELINE_TURNS = 14,
    TIMELINE_EVENTS = 5,
    TIMELINE_FIELDS = 4,
    TIMELINE_PARTICIPANTS = 6,
    TIMELINE_PIECES = 3,
    TIMELINE_VOICES = 12
};
typedef struct timeline {
    cs_conversation conversation;
    cs_participant participants[TIMELINE_PARTICIPANTS];
    cs_turn turns[TIMELINE_TURNS];
    cs_event events[TIMELINE_EVENTS];
    cs_field fields[TIMELINE_FIELDS];
    cs_annotation annotations[TIMELINE_TURNS][2];
    cs_word words[TIMELINE_TURNS][2];
    const char *pieces[TIMELINE_TURNS][TIMELINE_PIECES];
    char texts[TIMELINE_TURNS][96];
    const char *annotated[16];
    cs_voice voices[TIMELINE_VOICES];
    bool is_wordless;
} timeline;

void random_timeline(timeline *t);
bool timeline_simpler(const timeline *t, unsigned n, timeline *out); /* false: there are no more simplifications */
bool timeline_finish(timeline *t, cs_arena *arena); /* pointers and order, as conversation_finish wants it */
void timeline_print(const timeline *t);

#endif
