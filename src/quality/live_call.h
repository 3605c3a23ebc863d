/* live_call.h - a call that is inspected while it is spoken: what is heard becomes turns, turns become signals and verdicts.
 * Floor: quality. The evaluation is the one of history (rules/evaluation.h): the same turns give the same verdicts, and
 * live_call_finish holds it against a second judgement at once. Who is the agent is told by the caller, or found from the words of
 * service; the evaluation begins when it is known, or after a while without.
 * Memory: an arena that grows with the call, freed by live_call_close. Threads: that of its recogniser.
 * Example: live_call_open(&options, &sink, &c, &m); live_call_push(c, samples, 160, &m); live_call_finish(c, &end, &m);
 */
#ifndef CS_QUALITY_LIVE_CALL_H
#define CS_QUALITY_LIVE_CALL_H

#include "rules/evaluation.h"
#include "speech/live.h"

typedef struct cs_live_call_options {
    cs_live_options live;
    cs_scanner *scanner; /* its own; NULL: nothing is judged */
    const char *name; /* of the call, for its id */
    cs_role roles[2]; /* of the channels; CS_ROLE_UNDECIDED: to be found */
} cs_live_call_options;

typedef enum cs_live_kind {
    CS_LIVE_SIDES, /* who is on which channel became known */
    CS_LIVE_PARTIAL, /* turn: what is being said */
    CS_LIVE_FINAL, /* turn */
    CS_LIVE_LOST, /* side, from_ms, to_ms, why: nobody knows what was said there */
    CS_LIVE_SIGNAL, /* signal, change */
    CS_LIVE_VERDICT, /* finding */
} cs_live_kind;

typedef struct cs_live_event {
    cs_live_kind kind;
    int64_t now_ms; /* of sound taken in */
    uint32_t side;
    cs_role roles[2]; /* as known now */
    const cs_turn *turn;
    int64_t from_ms, to_ms;
    const cs_message *why;
    const cs_signal *signal;
    cs_signal_change change;
    const cs_finding *finding;
} cs_live_event;

typedef struct cs_live_call_sink {
    void *context;
    void (*on_event)(void *context, const cs_live_event *event); /* lives until it returns */
} cs_live_call_sink;

typedef struct cs_live_call_end {
    int64_t heard_ms, sent_ms, lost_ms; /* of sound taken in; sent to the recogniser, of both sides; lost */
    uint32_t turns, findings;
    bool is_same; /* as judged at once; true where nothing was judged */
} cs_live_call_end;

typedef struct cs_live_call cs_live_call;

cs_error live_call_open(const cs_live_call_options *options, const cs_live_call_sink *sink, cs_live_call **out,
                        cs_message *message);
/* Interleaved samples; what came of them is told before it returns. */
cs_error live_call_push(cs_live_call *call, const float *samples, uint32_t frames, cs_message *message);
cs_error live_call_skip(cs_live_call *call, int64_t frames, cs_message *message); /* see live_skip */
/* After recogniser_poll: what came meanwhile is judged. */
cs_error live_call_look(cs_live_call *call, cs_message *message);
void live_call_want_partials(cs_live_call *call, bool is_wanted);
int64_t live_call_now_ms(const cs_live_call *call);
int64_t live_call_behind_ms(const cs_live_call *call); /* see live_behind_ms */
cs_error live_call_finish(cs_live_call *call, cs_live_call_end *out, cs_message *message);
void live_call_close(cs_live_call *call); /* NULL is allowed */

#endif
