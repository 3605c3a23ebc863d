/* archive_summary.h - the summary's JSON from counts, whoever counted them.
 * Floor: quality. Memory: the counts are the caller's. Threads: whoever owns the cs_db.
 * Example: summary_write(db, rules, &filter, &counts, out, &m);
 */
#ifndef CS_QUALITY_ARCHIVE_SUMMARY_H
#define CS_QUALITY_ARCHIVE_SUMMARY_H

#include "quality/archive.h"

/* Conversations by a rule's verdict; of a never-rule clean counts as met and hit as missed, of a flag not noted as met and
 * noted as missed. */
typedef struct cs_summary_rule {
    int64_t met, missed, undecided, not_applicable;
} cs_summary_rule;

typedef struct cs_summary_counts {
    int64_t conversations, scored, high_risk;
    int64_t sums[CS_SCORE_COUNT], counts[CS_SCORE_COUNT];
    cs_summary_rule *rules; /* by rule */
} cs_summary_counts;

/* What the filter keeps, counted by the caller; the worst conversations are looked for here. */
cs_error summary_write(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, const cs_summary_counts *counts,
                       cs_json_writer *out, cs_message *message);

/* "worst": at most five. Those a director opens first: high risk, then the highest risk, then the lowest compliance; none that did
 * nothing. */
/* kept: how many conversations the filter keeps. */
cs_error worst_write(cs_db *db, const cs_ruleset *ruleset, const cs_filter *filter, int64_t kept, cs_json_writer *out,
                     cs_message *message);

#endif
