/* feed.h - occurrences of what is not found by its words: silence, overlap, pace, events, repetition, annotations. Private to
 * rules/. Turns, voices and events are fed in the order of the timeline; timers go off when the clock passes them. Who
 * speaks when is read from the voices where the conversation was heard, else from the turns.
 * Floor: rules. Memory: the timeline's arena; the table takes the occurrences. Threads: one.
 * Example: feed_until(&feed, turn->start_ms); feed_turn(&feed, index, folded); feed_until(&feed, watermark_ms);
 */
#ifndef CS_RULES_FEED_H
#define CS_RULES_FEED_H

#include "rules/occurrence.h"
#include "rules/syntax.h"
#include "rules/timeline.h"
#include "text/fold.h"
#include "text/likeness.h"

enum { CS_OWN_START_TURNS = 3, CS_REPEAT_REACH = 100 };

typedef struct cs_speaker { /* one participant's own start */
    uint32_t paced, louds, pitches; /* turns that were measured, at most CS_OWN_START_TURNS */
    double units, ms, loudness, pitch;
    double emotion; /* strength of the last annotated one, below 0: none */
    uint32_t last_turn, characters; /* and how many that had; CS_NO_TURN: silent so far */
} cs_speaker;

typedef struct cs_said { /* a turn that may be repeated */
    uint32_t turn;
    cs_likeness likeness;
} cs_said;

typedef struct cs_waiting { /* for the reply of one role */
    int64_t since_ms; /* the other side's last word; CS_NO_TIME: nobody waits */
    uint32_t turn;
    bool is_doubtful, has_replied;
    bool is_end_unknown; /* since when is only where those words began */
} cs_waiting;

typedef struct cs_spoken { /* somebody speaks: a voice, or a turn where nobody listened */
    cs_role role;
    uint32_t participant, turn; /* turn: the one it belongs to; CS_NO_TURN: none yet */
    int64_t start_ms, end_ms; /* end: CS_NO_TIME unknown; of a written message its start */
    cs_moment moment;
    uint32_t characters; /* of that turn */
    bool is_voice;
} cs_spoken;

typedef struct cs_feed { /* plain values: copied to look ahead, put back afterwards */
    const cs_syntax *syntax;
    cs_timeline *timeline;
    cs_table *table;
    cs_arena *arena, *scratch; /* scratch: for one sentence */
    bool is_out_of_memory;
    int64_t checked_ms; /* timers before it went off */
    /* who spoke last, and until when */
    int64_t spoken_ms, free_ms; /* free: without holds; CS_NO_TIME: nothing yet */
    bool is_spoken_unknown; /* the last turn of a call has no end */
    cs_role last_role;
    uint32_t last_turn, last_participant;
    int64_t role_end_ms[CS_ROLE_COUNT]; /* end of what each role spoke; CS_NO_TIME: nothing, or unknown */
    int64_t role_start_ms[CS_ROLE_COUNT]; /* and its start */
    bool is_role_end_unknown[CS_ROLE_COUNT];
    cs_waiting waiting[CS_ROLE_COUNT];
    int64_t held_ms; /* CS_NO_TIME: not on hold */
    uint32_t holder; /* participant */
    bool is_over;
    cs_speaker *speakers; /* by participant; NULL: not asked for */
    const char *subject; /* of the facts book, named last */
    cs_said *said; /* of all turns, for repeats */
    uint32_t said_count, said_room;
} cs_feed;

bool feed_init(cs_feed *feed, const cs_syntax *syntax, cs_timeline *timeline, cs_table *table,
               cs_arena *scratch); /* false: out of memory */
void feed_until(cs_feed *feed, int64_t time_ms); /* timers that go off before it */
void feed_turn(cs_feed *feed, uint32_t index, const cs_folded *folded);
void feed_voice(cs_feed *feed, uint32_t index);
void feed_event(cs_feed *feed, uint32_t index);

/* Whether the operator can't be told in this timeline at all: no times, no words, or no annotations of its kind. */
bool feed_is_unknown(const cs_timeline *timeline, const cs_syntax *syntax, const cs_node *atom, cs_reason *reason);

/* ---- shared by the feed_*.c files ---- */

/* Puts in an occurrence in a turn, unless it is of the wrong side; one whose role is undecided is possible. */
void feed_add(cs_feed *feed, const cs_node *atom, cs_occurrence occurrence);
cs_occurrence feed_occurrence(const cs_feed *feed, uint32_t turn, const char *how);
/* The same of what is spoken. */
void feed_add_spoken(cs_feed *feed, const cs_node *atom, const cs_spoken *spoken, cs_occurrence occurrence);
cs_occurrence feed_spoken_occurrence(const cs_spoken *spoken, const char *how);
uint32_t feed_last_turn(const cs_feed *feed); /* of who spoke last; CS_NO_TURN */
bool feed_compares(cs_compare compare, double value, double limit);
const char *feed_words(cs_feed *feed, const char *format, ...) __attribute__((format(printf, 2, 3)));
uint32_t feed_units(const char *text, size_t bytes); /* characters of Chinese, words of the rest */
bool feed_is_text(const cs_timeline *timeline); /* chat, e-mail, ticket: a message has no length in time */
void feed_silence_until(cs_feed *feed, const cs_node *atom, int64_t time_ms); /* feed_silence.c */
void feed_response_until(cs_feed *feed, const cs_node *atom, int64_t time_ms);
void feed_response_spoken(cs_feed *feed, const cs_node *atom, const cs_spoken *spoken);
void feed_overlap_spoken(cs_feed *feed, const cs_node *atom, const cs_spoken *spoken); /* feed_speech.c */
void feed_level_turn(cs_feed *feed, const cs_node *atom, uint32_t index);
void feed_speaker_turn(cs_feed *feed, uint32_t index, const cs_folded *folded);
void feed_annotation_turn(cs_feed *feed, const cs_node *atom, uint32_t index); /* feed_annotation.c */
void feed_similar_turn(cs_feed *feed, const cs_node *atom, uint32_t index,
                       const cs_folded *folded); /* feed_likeness.c */
void feed_repeats_turn(cs_feed *feed, const cs_node *atom, uint32_t index);
void feed_said_turn(cs_feed *feed, uint32_t index, const cs_folded *folded);
void feed_fact_turn(cs_feed *feed, const cs_node *atom, uint32_t index, const cs_folded *folded); /* feed_fact.c */
void feed_event_of(cs_feed *feed, const cs_node *atom, uint32_t index); /* feed_event.c */
void feed_hold_until(cs_feed *feed, const cs_node *atom, int64_t time_ms);

#endif
