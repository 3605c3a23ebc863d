/* scan.h - one turn at a time through the compiled patterns, giving each atom its occurrences. Private to rules/.
 * Floor: rules. A turn is scanned once; only atoms whose phrases stand in it are touched.
 * Memory: occurrences in the arena of scan_begin, valid until the next scan_begin. Threads: one scanner a thread.
 * Example: scan_begin(scanner, arena); scan_turn(scanner, turn, role, index, at_ms, &m); o = scan_occurrences(scanner, atom);
 */
#ifndef CS_RULES_SCAN_H
#define CS_RULES_SCAN_H

#include "rules/evaluation.h"
#include "rules/occurrence.h"
#include "rules/patterns.h"

void scan_begin(cs_scanner *scanner, cs_arena *arena);
/* at_ms: of the turn in the order of the timeline (0 when untimed). */
cs_error scan_turn(cs_scanner *scanner, const cs_turn *turn, cs_role role, uint32_t index, int64_t at_ms,
                   cs_message *message);
const cs_occurrences *scan_occurrences(const cs_scanner *scanner, uint32_t atom);
cs_ruleset *scan_ruleset(const cs_scanner *scanner);
/* For one rule, and for one obligation of it: whoever uses them resets them first. */
cs_arena *scan_scratch(cs_scanner *scanner);
cs_arena *scan_passing(cs_scanner *scanner);

/* ruleset.c */
const cs_patterns *ruleset_patterns(const cs_ruleset *ruleset);
const cs_syntax *ruleset_syntax(const cs_ruleset *ruleset);

#endif
