/* reference.h - the second opinion: what a rule set says of a complete conversation, written straight from the meaning of the
 * language (docs/rules.md) as a search over all positions. It proves the engine in tests/unit/rules/reference_test.c.
 * Floor: tests. Shares the parser and plain types with src/rules, nothing else. Memory: the arena given. Threads: one.
 * Example: ref_rules *r = reference_create(syntax); reference_run(r, conversation, arena, &result);
 */
#ifndef CS_REFERENCE_REFERENCE_H
#define CS_REFERENCE_REFERENCE_H

#include "base/arena.h"
#include "conversation/conversation.h"
#include "rules/finding.h"

typedef struct ref_place {
    int64_t ms;
    uint32_t turn, offset;
} ref_place;

typedef struct ref_span {
    uint32_t turn, from, to;
} ref_span;

enum { REF_MOST_MATCHES = 8 };
typedef struct ref_finding {
    uint32_t rule, ordinal, participant, turn, units, match_count;
    cs_verdict verdict;
    cs_reason reason;
    bool is_place_told, has_trigger, are_matches_told; /* what the language says nothing about is not compared */
    ref_span trigger, matches[REF_MOST_MATCHES];
    ref_place decided;
} ref_finding;

typedef struct ref_result {
    const cs_verdict *verdicts;
    const cs_reason *reasons;
    const ref_finding *findings; /* in order of decision; those that say no more than the rule's verdict are left out */
    uint32_t finding_count;
} ref_result;

struct cs_syntax;
typedef struct ref_rules ref_rules;
ref_rules *reference_create(const struct cs_syntax *syntax); /* NULL: out of memory or a faulty expression */
void reference_free(ref_rules *rules);
bool reference_run(const ref_rules *rules, const cs_conversation *conversation, cs_arena *arena, ref_result *out);

#endif
