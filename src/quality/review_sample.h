/* review_sample.h - a stratified random sample of conversations for people to look at: the same one for the same seed.
 * Floor: quality. Reads the verdicts of all conversations that were inspected under the store's current rules, in pages.
 * Memory: review_sample_free. Threads: whoever owns the cs_db.
 * Example: review_sample_draw(db, rule, 7, (cs_review_take){.total = 20}, &sample, &m); review_sample_free(&sample);
 */
#ifndef CS_QUALITY_REVIEW_SAMPLE_H
#define CS_QUALITY_REVIEW_SAMPLE_H

#include "quality/judgement_place.h"
#include "quality/rule_stats.h"

enum { CS_REVIEW_ID_BYTES = 40 };

typedef struct cs_review_item {
    uint64_t key; /* the smallest are taken */
    cs_review_stratum stratum;
    cs_verdict verdict; /* of the rule in the whole conversation */
    char id[CS_REVIEW_ID_BYTES];
} cs_review_item;

/* So many of what was found and so many of all the rest, each stratum of it in proportion but none left out; or a total, half
 * of it found, where there is as much. */
typedef struct cs_review_take {
    uint32_t found, rest, total;
} cs_review_take;

typedef struct cs_review_sample {
    int64_t populations[CS_REVIEW_COUNT];
    uint32_t takes[CS_REVIEW_COUNT];
    cs_review_item *items; /* in random order */
    uint32_t count;
} cs_review_sample;

cs_error review_sample_draw(cs_db *db, const cs_rule *rule, uint64_t seed, cs_review_take take, cs_review_sample *out,
                            cs_message *message);
void review_sample_free(cs_review_sample *sample);
uint64_t review_mixed(uint64_t x); /* an order that has nothing to do with what x counts */

#endif
