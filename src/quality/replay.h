/* replay.h - a stored conversation as it would have come live: partial text, late arrivals, signals and verdicts.
 * Floor: quality. The clock is the conversation's; wait is asked before each step, so that a caller may let time pass.
 * Memory: the arena. Threads: the caller's.
 * Example: replay_run(scanner, conversation, arena, &options, &listener, &verdicts, &m)
 */
#ifndef CS_QUALITY_REPLAY_H
#define CS_QUALITY_REPLAY_H

#include "rules/evaluation.h"

typedef struct cs_replay_options {
    bool is_random; /* arrival: final turns come late and out of order, partial text at random moments */
    uint64_t seed;
} cs_replay_options;

typedef struct cs_replay_listener {
    void *context;
    bool (*wait)(void *context, int64_t now_ms); /* false stops; NULL: don't wait */
    void (*on_turn)(void *context, int64_t now_ms, const cs_turn *turn); /* it became final */
    void (*on_signal)(void *context, int64_t now_ms, const cs_signal *signal, cs_signal_change change);
    void (*on_verdict)(void *context, int64_t now_ms, const cs_finding *finding);
} cs_replay_listener;

/* CS_ERR_STOPPED when the listener asked to stop. */
cs_error replay_run(cs_scanner *scanner, const cs_conversation *conversation, cs_arena *arena,
                    const cs_replay_options *options, const cs_replay_listener *listener, cs_verdicts *out,
                    cs_message *message);
/* Whether two runs say the same: verdicts, reasons, and the findings in their order. */
bool replay_is_same(const cs_verdicts *a, const cs_verdicts *b);

#endif
