/* finding.h - what an inspection says: verdicts, why, and the evidence for it. Plain values.
 * Floor: rules. Turns are indexes from 0 into the conversation; offsets count code points of the turn's own text; times
 * are milliseconds from the conversation's start, CS_NO_TIME where the timeline is untimed.
 * Memory: in the arena of the evaluation. Threads: any once made.
 * Example: for (uint32_t i = 0; i < f->evidence_count; i++) show(&f->evidence[i]);
 */
#ifndef CS_RULES_FINDING_H
#define CS_RULES_FINDING_H

#include <stdbool.h>
#include <stdint.h>

/* code, word in JSON, rank: the higher one is the rule's verdict for the conversation */
#define CS_VERDICT_TABLE(X)                                                                                            \
    X(NOT_APPLICABLE, "not_applicable", 0)                                                                             \
    X(NOT_NOTED, "not_noted", 1)                                                                                       \
    X(CLEAN, "clean", 2)                                                                                               \
    X(MET, "met", 3)                                                                                                   \
    X(UNDECIDED, "undecided", 4)                                                                                       \
    X(NOTED, "noted", 5)                                                                                               \
    X(MISSED, "missed", 6)                                                                                             \
    X(HIT, "hit", 7)
typedef enum cs_verdict {
#define X(code, name, rank) CS_VERDICT_##code = rank,
    CS_VERDICT_TABLE(X)
#undef X
        CS_VERDICT_COUNT
} cs_verdict;

/* code, word in JSON, what it says */
#define CS_REASON_TABLE(X)                                                                                             \
    X(ABSENT, "absent", "nothing of what is expected stands in the window")                                            \
    X(PRESENT, "present", "it was said")                                                                               \
    X(STEP, "step", "a step is missing or came before its time")                                                       \
    X(NO_CHANCE, "no_chance", "the expected side did not speak in the window")                                         \
    X(WAIVED, "waived", "a waiver ended the obligation")                                                               \
    X(NO_TIMES, "no_times", "the rule asks for times and the timeline has none")                                       \
    X(LOW_CONFIDENCE, "low_confidence", "the words were recognised below the confidence limit")                        \
    X(ROLE_UNKNOWN, "role_unknown", "it is not known who said it")                                                     \
    X(FIELD_UNKNOWN, "field_unknown", "a field that the rule's condition reads is absent")                             \
    X(CHANNEL, "channel", "the rule is for another channel")                                                           \
    X(CONDITION, "condition", "the rule's condition is false")                                                         \
    X(NOT_TRIGGERED, "not_triggered", "what the rule waits for did not happen")                                        \
    X(LIMIT, "limit", "a regular expression exceeded its limit")                                                       \
    X(ACROSS, "across", "it is judged over the customer's contacts, not in one conversation")                          \
    X(WAITING, "waiting", "it needs a part that this timeline has not been through")                                   \
    X(NO_ENTRY, "no_entry", "the facts book has no entry for it on that day")                                          \
    X(NO_WORDS, "no_words", "it was heard, and nobody has written down what was said")
typedef enum cs_reason {
#define X(code, name, words) CS_REASON_##code,
    CS_REASON_TABLE(X)
#undef X
        CS_REASON_COUNT
} cs_reason;

#define CS_EVIDENCE_TABLE(X)                                                                                           \
    X(TRIGGER, "trigger")                                                                                              \
    X(MATCH, "match")                                                                                                  \
    X(NEAR_MISS, "near_miss")                                                                                          \
    X(WINDOW, "window")                                                                                                \
    X(STEP, "step")                                                                                                    \
    X(WAIVER, "waiver")                                                                                                \
    X(EXCUSE, "excuse")
typedef enum cs_evidence_kind {
#define X(code, name) CS_EVIDENCE_##code,
    CS_EVIDENCE_TABLE(X)
#undef X
        CS_EVIDENCE_COUNT
} cs_evidence_kind;

/* Why a near-miss does not count. */
#define CS_WHY_TABLE(X)                                                                                                \
    X(NONE, "")                                                                                                        \
    X(WRONG_SIDE, "wrong_side")                                                                                        \
    X(TOO_EARLY, "too_early")                                                                                          \
    X(TOO_LATE, "too_late")                                                                                            \
    X(LOW_CONFIDENCE, "low_confidence")                                                                                \
    X(EXCUSED, "excused")                                                                                              \
    X(DENIED, "denied")                                                                                                \
    X(ASKED, "asked")                                                                                                  \
    X(QUOTED, "quoted")                                                                                                \
    X(INCOMPLETE, "incomplete")
typedef enum cs_why {
#define X(code, name) CS_WHY_##code,
    CS_WHY_TABLE(X)
#undef X
        CS_WHY_COUNT
} cs_why;

#define CS_NO_TURN UINT32_MAX

typedef struct cs_evidence {
    cs_evidence_kind kind;
    uint32_t turn; /* CS_NO_TURN: none (the conversation's beginning or end) */
    uint32_t from, to; /* code points, to exclusive; 0,0 for windows */
    int64_t at_ms;
    bool is_interpolated; /* at_ms was interpolated inside the turn */
    const char *matched; /* the words as they stand in the turn; NULL when there are none */
    const char *how; /* "text", "expression", "sound", "likeness", "time", "event", "annotation", "fact" */
    const char *measured; /* "6.2 s", "248 a minute", "book: 6 years"; NULL: nothing was measured */
    cs_why why; /* near-misses and excuses */
    const char *by; /* the longer phrase or the cue that excuses; of a step the one it needed first, or "if" */
    const char *step; /* steps only: its name. Without a turn it is missing; with why it came before its time */
    /* windows only */
    uint32_t to_turn; /* CS_NO_TURN: to the end */
    int64_t from_ms, to_ms;
    uint32_t turns_searched; /* speaking turns of the expected side */
    const char *closed_by; /* "turns", "time", "until", "end" */
} cs_evidence;

typedef struct cs_finding {
    uint32_t rule; /* index in the rule set */
    uint32_t ordinal; /* of the obligation within the rule, from 1 */
    cs_verdict verdict;
    cs_reason reason;
    uint32_t participant; /* responsible, index; UINT32_MAX: nobody */
    uint32_t turn; /* where to open it; CS_NO_TURN: the conversation as a whole */
    int64_t at_ms;
    uint32_t units; /* how often it counts with `each`: missing steps, else 1 */
    const cs_evidence *evidence;
    uint32_t evidence_count;
} cs_finding;

const char *verdict_name(cs_verdict verdict);
cs_verdict verdict_parse(const char *name); /* CS_VERDICT_COUNT: no such verdict */
bool verdict_needs_eye(cs_verdict verdict); /* hit, missed, undecided, noted: stored as findings */
const char *reason_name(cs_reason reason);
const char *reason_words(cs_reason reason);
const char *evidence_kind_name(cs_evidence_kind kind);
const char *why_name(cs_why why);

#endif
