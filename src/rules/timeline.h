/* timeline.h - the final part of a timeline: turns in order, speaking turns, events, and how far it is known. Private to
 * rules/. Floor: rules. Same-side messages in a row are one speaking turn; the system's lines don't break one.
 * Memory: the arena given. Threads: one. Example: timeline_add_turn(t, &turn, &m)
 */
#ifndef CS_RULES_TIMELINE_H
#define CS_RULES_TIMELINE_H

#include "base/arena.h"
#include "conversation/conversation.h"
#include "rules/occurrence.h"

typedef struct cs_run { /* a speaking turn */
    cs_role role;
    uint32_t first, last; /* turns */
    bool is_closed; /* another side spoke after it, or the conversation ended */
    cs_moment closed_at;
} cs_run;

typedef struct cs_timeline {
    const cs_conversation *head;
    cs_arena *arena;
    const cs_turn **turns;
    const cs_event **events;
    const cs_voice **voices;
    cs_run *runs;
    uint32_t turn_count, event_count, voice_count, run_count, turn_room, event_room, voice_room, run_room;
    bool is_timed, is_ended;
    int64_t watermark_ms; /* nothing that starts before it follows */
    uint32_t first_agent; /* participant; CS_NO_PARTICIPANT: no agent spoke yet */
    int64_t end_ms; /* when ended: last turn's end or last event; CS_NO_TIME when untimed */
} cs_timeline;

void timeline_init(cs_timeline *timeline, const cs_conversation *head, cs_arena *arena);
bool timeline_add_turn(cs_timeline *timeline, const cs_turn *turn); /* final and next in order; false: out of memory */
bool timeline_add_event(cs_timeline *timeline, const cs_event *event);
bool timeline_add_voice(cs_timeline *timeline, const cs_voice *voice);
void timeline_end(cs_timeline *timeline);

cs_role timeline_role(const cs_timeline *timeline, uint32_t turn);
cs_role timeline_role_of(const cs_timeline *timeline, uint32_t participant);
cs_moment timeline_moment(const cs_timeline *timeline, uint32_t turn, uint32_t offset);
/* Speaking turns of role (or CS_ROLE_COUNT: anyone) that begin behind turn (CS_NO_TURN: from the beginning); the n-th from
 * 1, or NULL. */
const cs_run *timeline_run_after(const cs_timeline *timeline, cs_role role, uint32_t turn, uint32_t n);
cs_moment timeline_run_start(const cs_timeline *timeline, uint32_t turn); /* where its speaking turn opens */
const cs_run *timeline_run_before(const cs_timeline *timeline, cs_role role, uint32_t turn, uint32_t n);
bool timeline_is_first_agent(const cs_timeline *timeline, uint32_t turn); /* whether its speaker is the first agent */
/* Speaking turns so far of role, those that are closed: how many must be for the conversation's share. */
uint32_t timeline_run_count(const cs_timeline *timeline, cs_role role);
uint32_t timeline_who_hung_up(const cs_timeline *timeline, cs_role role); /* CS_NO_PARTICIPANT: nobody of it */
uint32_t timeline_first_at(const cs_timeline *timeline, cs_moment moment); /* first turn that opens at or behind it */

#endif
