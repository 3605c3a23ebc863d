/* archive_findings.h - what the store keeps of one inspection: its findings, its scores and the sums behind them.
 * Floor: quality. Nothing is evaluated again: sums follow from the stored verdicts and findings.
 * Memory: the arena given. Threads: whoever owns the cs_db.
 * Example: archive_findings(db, stored, rules, arena, &kept, &m); for (uint32_t i = 0; i < kept.count; i++) …
 */
#ifndef CS_QUALITY_ARCHIVE_FINDINGS_H
#define CS_QUALITY_ARCHIVE_FINDINGS_H

#include "quality/archive.h"

typedef struct cs_kept_finding {
    int64_t number;
    const cs_rule *rule; /* NULL: the rule set holds no such rule */
    cs_verdict verdict;
    const char *reason, *agent, *evidence; /* agent NULL: nobody's; evidence: JSON */
    int64_t turn, at_ms; /* turn from 1, 0: none */
    uint32_t units;
} cs_kept_finding;

typedef struct cs_kept_inspection {
    int totals[CS_SCORE_COUNT]; /* as stored, CS_NO_SCORE */
    double decided_share; /* below 0: nothing applied */
    bool is_high_risk;
    int64_t hit, missed, undecided, noted;
    const char *tags; /* JSON */
    const cs_kept_finding *findings; /* by number */
    uint32_t count;
    bool has_scores; /* false: the stored verdicts are of another rule set than the one given */
    cs_scores scores; /* the sums; a line whose total is not the stored one was counted by another scorecard */
} cs_kept_inspection;

/* ruleset: the one of the stored inspection. */
cs_error archive_findings(cs_db *db, const cs_stored *stored, const cs_ruleset *ruleset, cs_arena *arena,
                          cs_kept_inspection *out, cs_message *message);

#endif
