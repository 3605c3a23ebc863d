/* export_findings_words.h - findings, deductions and scores in words, for tables that people read. Only export_findings*.c.
 * Floor: quality. Chinese, or English with is_english. What is stored is told, nothing is judged anew.
 * Memory: words are constants, or appended to the caller's buffer. Threads: any.
 * Example: words_of_score(&text, CS_SCORE_COMPLIANCE, rules, &line, 85, false); // 合规分 85 = 100 − 15（未致歉）
 */
#ifndef CS_QUALITY_EXPORT_FINDINGS_WORDS_H
#define CS_QUALITY_EXPORT_FINDINGS_WORDS_H

#include "base/buffer.h"
#include "quality/scorecard.h"

const char *word_of_score(cs_score score, bool is_english); /* 合规 */
const char *word_of_verdict(cs_verdict verdict, bool is_english);
const char *word_of_channel(const char *channel, bool is_english);
const char *word_of_role(cs_role role, bool is_english);
const char *word_of_title(const cs_rule *rule, bool is_english);

/* What one finding moved, and why that much. points: of each score, 0 where it moved nothing. */
typedef struct cs_moved {
    const cs_rule *rule;
    cs_verdict verdict;
    int points[CS_SCORE_COUNT];
    bool is_counted[CS_SCORE_COUNT]; /* the rule has an effect there */
    bool is_fatal, is_repeated; /* repeated: the rule counts once, and another finding of it did */
    bool is_capped; /* each counts, up to what was reached */
} cs_moved;
void words_of_moved(cs_buffer *out, const cs_moved *moved, bool is_english);
/* total: as stored, CS_NO_SCORE where there is none. */
void words_of_score(cs_buffer *out, cs_score score, const cs_ruleset *ruleset, const cs_score_line *line, int total,
                    bool is_english);
/* The evidence of a finding, as it is stored: the JSON of the API. */
void words_of_evidence(cs_buffer *out, const char *json, bool is_english);

#endif
