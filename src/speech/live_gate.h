/* live_gate.h - whether somebody speaks on one side right now: when a piece of live sound begins and ends for the recogniser.
 * Floor: speech. Every 10 ms a level; the quietest of the last seconds is the line's own noise. A piece begins a little before its
 * first sound, so that a faint syllable is whole, and ends after a pause; the longer somebody speaks the shorter a pause will do.
 * What is much fainter than the other side at that moment is that side's echo. Memory: the struct. Threads: one.
 * Example: live_gate_init(&g); switch (live_gate_push(&g, -31.5F, -70.0F)) { case CS_GATE_BEGINS: ... }
 */
#ifndef CS_SPEECH_LIVE_GATE_H
#define CS_SPEECH_LIVE_GATE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CS_GATE_FRAME_MS = 10,
    CS_GATE_BEFORE_MS = 300, /* of sound in front of the first that is heard; what a caller keeps for it */
    CS_GATE_PAUSE_MS = 400, /* ends a piece */
    CS_GATE_LONGEST_MS = 30000, /* of a piece, breath or none */
    CS_GATE_MINIMA = 8,
};

typedef enum cs_gate_change { CS_GATE_QUIET, CS_GATE_BEGINS, CS_GATE_GOES_ON, CS_GATE_ENDS } cs_gate_change;

typedef struct cs_live_gate {
    int64_t frames; /* pushed */
    int64_t begin_ms; /* of the piece, with what stands before; no piece overlaps the one before */
    int64_t voice_ms, heard_ms; /* its first sound, and the end of its last */
    bool is_open;
    float smooth_db, peak_db, minima[CS_GATE_MINIMA]; /* of half a second each */
    int minimum_count, score;
    int64_t ended_ms; /* the last piece */
} cs_live_gate;

void live_gate_init(cs_live_gate *gate);
/* One frame's level and the other side's, dBFS; -96: silence. */
cs_gate_change live_gate_push(cs_live_gate *gate, float level_db, float other_db);
/* Sound left out: the gate stands at the end of it, closed. */
void live_gate_skip(cs_live_gate *gate, int64_t frames);
/* No piece that is told from now on begins earlier. */
int64_t live_gate_settled_ms(const cs_live_gate *gate);

#endif
