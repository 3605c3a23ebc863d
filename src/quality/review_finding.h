/* review_finding.h - a random draw out of the findings of all rules. Only review*.c.
 * Floor: quality. Hits, missed and noted ones; the same draw for the same seed on the same store.
 * Memory: the caller's array. Threads: whoever owns the cs_db.
 * Example: review_findings_draw(db, 7, 20, findings, &count, &population, &m);
 */
#ifndef CS_QUALITY_REVIEW_FINDING_H
#define CS_QUALITY_REVIEW_FINDING_H

#include "base/hash.h"
#include "rules/evaluation.h"
#include "store/db.h"

typedef struct cs_review_finding {
    uint64_t key; /* the smallest are taken */
    int64_t seq, number;
} cs_review_finding;

typedef struct cs_review_place {
    char id[CS_ID_CHARS + 1], rule[256];
    int64_t turn; /* 0: none */
    cs_verdict verdict;
} cs_review_place;

/* findings: room for take + 1 */
cs_error review_findings_draw(cs_db *db, uint64_t seed, uint32_t take, cs_review_finding *findings, uint32_t *count,
                              int64_t *population, cs_message *message);
cs_error review_finding_place(cs_db *db, const cs_review_finding *finding, cs_review_place *out, cs_message *message);

#endif
