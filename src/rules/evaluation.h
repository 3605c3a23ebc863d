/* evaluation.h - a rule set held against a timeline: the same code for history and for a running call.
 * Floor: rules. Turns and events are pushed in any order of arrival; the watermark promises that nothing earlier follows
 * and makes what stands before it final. Verdicts come in the order (deciding position, rule, obligation) and never
 * change; the same timeline gives the same verdicts under any arrival.
 * Memory: findings live in the arena given to evaluation_begin. Threads: one evaluation and its scanner belong to one
 * thread; the rule set is shared. A scanner is reused from conversation to conversation.
 * Example: scanner_create(rules, &s); evaluation_run(s, conversation, arena, &result, &m);
 */
#ifndef CS_RULES_EVALUATION_H
#define CS_RULES_EVALUATION_H

#include "base/arena.h"
#include "conversation/conversation.h"
#include "rules/finding.h"
#include "rules/ruleset.h"

typedef struct cs_scanner cs_scanner;
cs_error scanner_create(cs_ruleset *ruleset, cs_scanner **out, cs_message *message); /* holds the rule set */
void scanner_free(cs_scanner *scanner);

typedef struct cs_verdicts {
    const cs_verdict *verdicts; /* one per rule: the highest of its findings */
    const cs_reason *reasons; /* one per rule: of that finding */
    const cs_finding *findings; /* all that were decided, met and clean ones too, in order of decision */
    uint32_t rule_count, finding_count;
} cs_verdicts;

/* Batch: pushes everything and ends. */
cs_error evaluation_run(cs_scanner *scanner, const cs_conversation *conversation, cs_arena *arena, cs_verdicts *out,
                        cs_message *message);

/* Live. The head gives channel, participants and what is known of fields; its turns and events are ignored. */
typedef struct cs_evaluation cs_evaluation;
cs_error evaluation_begin(cs_scanner *scanner, const cs_conversation *head, cs_arena *arena, cs_evaluation **out,
                          cs_message *message);
cs_error evaluation_push_turn(cs_evaluation *evaluation, const cs_turn *turn, cs_message *message); /* final text */
/* Where the head says that it is heard: somebody spoke. Voices stand behind the turns that start in their millisecond. */
cs_error evaluation_push_voice(cs_evaluation *evaluation, const cs_voice *voice, cs_message *message);
cs_error evaluation_push_event(cs_evaluation *evaluation, const cs_event *event, cs_message *message);
/* Each call looks at every rule that something woke and that is not finished. Nothing that starts before watermark_ms
 * follows. What became decided is appended to the findings. */
cs_error evaluation_advance(cs_evaluation *evaluation, int64_t watermark_ms, cs_message *message);
/* Signals are immediate and provisional: they are made from what is being said and may be withdrawn. Verdicts alone score. */
typedef enum cs_signal_kind {
    CS_SIGNAL_ALERT, /* a prohibition is being broken, a flag raised, something missed */
    CS_SIGNAL_PROMPT, /* an obligation is open, and its prompt is due */
} cs_signal_kind;
typedef enum cs_signal_change { CS_SIGNAL_RAISED, CS_SIGNAL_WITHDRAWN, CS_SIGNAL_CONFIRMED } cs_signal_change;
typedef struct cs_signal {
    uint32_t rule;
    cs_signal_kind kind;
    cs_verdict verdict; /* of an alert: what it would be */
    int64_t place_ms; /* start of the turn it is about; CS_NO_TIME: the conversation */
    const char *words; /* the prompt, or the words found; lives as long as the evaluation */
    bool is_standing; /* used inside */
} cs_signal;
typedef void (*cs_on_signal)(void *context, const cs_signal *signal, cs_signal_change change);
/* Looks ahead: at what was pushed and is not final yet, and at turns that are still being spoken (their text so far), as if
 * nothing more were said until now_ms. Tells what changed since the last call. Verdicts and the watermark stay as they are. */
cs_error evaluation_signals(cs_evaluation *evaluation, const cs_turn *partial, uint32_t partial_count, int64_t now_ms,
                            cs_on_signal on_signal, void *listener, cs_message *message);
/* The conversation is over; fields are read from end. Its end is its last turn or event: an end before the watermark is
 * refused (CS_ERR_CONFLICT), for verdicts would have been given about time that it did not have. */
cs_error evaluation_end(cs_evaluation *evaluation, const cs_conversation *end, cs_message *message);
/* Those that need an eye and those that were met, as they were decided; near-misses are added at the end. */
uint32_t evaluation_finding_count(const cs_evaluation *evaluation);
const cs_finding *evaluation_finding(const cs_evaluation *evaluation, uint32_t index);
void evaluation_result(cs_evaluation *evaluation, cs_verdicts *out);

#endif
