/* scan.h - one turn at a time through the compiled patterns, giving each atom its occurrences. Private to rules/.
 * Floor: rules. A turn is scanned once; only atoms whose phrases stand in it are touched.
 * Memory: occurrences in the table's arena. Threads: one scanner a thread, for any number of conversations in turn.
 * Example: scan_turn(scanner, &table, turn, role, false, index, at_ms, &folded, &m); o = table_of(&table, atom);
 */
#ifndef CS_RULES_SCAN_H
#define CS_RULES_SCAN_H

#include "rules/evaluation.h"
#include "rules/occurrence.h"
#include "rules/patterns.h"
#include "text/fold.h"

/* at_ms: of the turn in the order of the timeline (0 when untimed); is_first: whether the agent who speaks is the first one.
 * Occurrences go into the table. folded: the turn as it was read, until the next call. */
cs_error scan_turn(cs_scanner *scanner, cs_table *table, const cs_turn *turn, cs_role role, bool is_first,
                   uint32_t index, int64_t at_ms, const cs_folded **folded, cs_message *message);
cs_ruleset *scan_ruleset(const cs_scanner *scanner);
/* For one rule, and for one obligation of it: whoever uses them resets them first. */
cs_arena *scan_scratch(cs_scanner *scanner);
cs_arena *scan_passing(cs_scanner *scanner);
/* What each rule says when nothing of it stands anywhere, by channel and by who spoke (bit per role); NULL: not made yet. */
typedef struct cs_quiet {
    const cs_verdict *verdicts;
    const cs_reason *reasons;
} cs_quiet;
cs_quiet *scan_quiet(cs_scanner *scanner, cs_channel channel, uint32_t spoke);
cs_arena *scan_ahead(cs_scanner *scanner); /* for one look ahead */
cs_arena *scan_kept(cs_scanner *scanner); /* lives as long as the scanner */

/* ruleset.c */
const cs_patterns *ruleset_patterns(const cs_ruleset *ruleset);
const cs_syntax *ruleset_syntax(const cs_ruleset *ruleset);

#endif
