/* scorecard.h - three scores from verdicts: compliance and experience start at 100 and lose, risk starts at 0 and gains.
 * Floor: quality. The total is a pure function of the verdicts and of SCORECARD_VERSION; nothing else enters.
 * Memory: terms in the caller's arena. Threads: any.
 * Example: scorecard_compute(rules, &verdicts, arena, &scores, &m); printf("%d", scores.lines[CS_SCORE_RISK].total);
 */
#ifndef CS_QUALITY_SCORECARD_H
#define CS_QUALITY_SCORECARD_H

#include "base/arena.h"
#include "rules/evaluation.h"

#define CS_SCORECARD_VERSION 1
#define CS_DECIDED_SHARE_NEEDED 0.8 /* below it no score is shown */
#define CS_NO_SCORE (-1)

typedef struct cs_score_term {
    uint32_t rule;
    int points; /* what was added, after caps */
    uint32_t count; /* how many findings it stands for */
    uint32_t finding; /* index of the first of them in the verdicts' findings */
    bool is_fatal;
} cs_score_term;

typedef struct cs_score_line {
    int start, total; /* 0-100; total CS_NO_SCORE when not shown */
    double decided_share; /* decided weight / applicable weight; below 0: nothing applied */
    const cs_score_term *terms;
    uint32_t term_count;
} cs_score_line;

typedef struct cs_scores {
    cs_score_line lines[CS_SCORE_COUNT];
    double decided_share; /* over all three; below 0: nothing applied */
    bool is_high_risk;
} cs_scores;

const char *score_name(cs_score score); /* "compliance" */
cs_error scorecard_compute(const cs_ruleset *ruleset, const cs_verdicts *verdicts, cs_arena *arena, cs_scores *out,
                           cs_message *message);

#endif
