/* backtest_tally.h - what a back-test counts: verdicts before and after, changes of the scores, who is touched, samples.
 * Floor: quality. Each worker has its own; added together they give the same however the work was shared out, since samples
 * are those with the smallest hash of their number. Private to backtest*.c.
 * Memory: tally_free releases all; what is given is copied. Threads: one at a time.
 * Example: tally_init(&t, plan->count, 5); tally_verdicts(&t, rule, before, after); tally_add(&sum, &t); tally_free(&t);
 */
#ifndef CS_QUALITY_BACKTEST_TALLY_H
#define CS_QUALITY_BACKTEST_TALLY_H

#include "base/arena.h"
#include "base/hash.h"
#include "quality/scorecard.h"

enum {
    CS_MAX_SAMPLES = 100,
    CS_MAX_PEOPLE = 1 << 16, /* agents, and teams, told apart */
    CS_SCORE_STEPS = 201 /* changes from -100 to +100 */
};

typedef enum cs_sample_kind { CS_SAMPLE_FOUND, CS_SAMPLE_UNDECIDED, CS_SAMPLE_GONE, CS_SAMPLE_COUNT } cs_sample_kind;

typedef struct cs_backtest_sample {
    uint64_t key; /* samples are the smallest */
    int64_t seq;
    char id[CS_ID_CHARS + 1];
    cs_verdict before, after;
    char *evidence; /* the JSON array of the finding; NULL: none */
} cs_backtest_sample;

typedef struct cs_backtest_samples {
    cs_backtest_sample *items; /* by key */
    uint32_t count;
} cs_backtest_samples;

typedef struct cs_rule_tally {
    int64_t verdicts[CS_VERDICT_COUNT][CS_VERDICT_COUNT]; /* before, after */
    cs_backtest_samples samples[CS_SAMPLE_COUNT];
} cs_rule_tally;

typedef struct cs_score_tally {
    int64_t changes[CS_SCORE_STEPS]; /* at change + 100; of conversations that show the score before and after */
    int64_t shown, hidden; /* newly */
} cs_score_tally;

typedef struct cs_touched { /* an agent or a team */
    const char *name, *team;
    int64_t conversations, sums[CS_SCORE_COUNT];
} cs_touched;

typedef struct cs_people {
    cs_touched *slots; /* open addressing, CS_MAX_PEOPLE * 2 of them once there is one */
    uint32_t count;
    int64_t beyond; /* conversations of people who found no room */
} cs_people;

typedef struct cs_backtest_tally {
    cs_arena *arena;
    cs_rule_tally *rules;
    uint32_t rule_count, sample_max;
    int64_t conversations, skipped, differing, rescored, high_risk, no_high_risk; /* the last two: newly */
    cs_score_tally scores[CS_SCORE_COUNT];
    cs_people agents, teams;
    cs_message skipped_message; /* of the first that was skipped */
} cs_backtest_tally;

cs_error tally_init(cs_backtest_tally *tally, uint32_t rules, uint32_t samples, cs_message *message);
void tally_free(cs_backtest_tally *tally);

void tally_verdicts(cs_backtest_tally *tally, uint32_t rule, cs_verdict before, cs_verdict after);
/* Whether a sample of this conversation would be kept now: only then is its evidence worth writing. */
bool tally_wants(const cs_backtest_tally *tally, uint32_t rule, cs_sample_kind kind, int64_t seq);
bool tally_sample(cs_backtest_tally *tally, uint32_t rule, cs_sample_kind kind, const cs_backtest_sample *sample);
/* Totals as shown; CS_NO_SCORE: not shown. */
void tally_score(cs_backtest_tally *tally, cs_score score, int before, int after);
/* changes: of the three scores, 0 where one is not shown. */
bool tally_touched(cs_backtest_tally *tally, const char *agent, const char *team, const int changes[CS_SCORE_COUNT]);
bool tally_add(cs_backtest_tally *sum, const cs_backtest_tally *one); /* false: out of memory */

bool verdict_is_charged(cs_verdict verdict); /* hit, missed, noted */
bool verdict_is_passed(cs_verdict verdict); /* met, clean, not noted */
/* false: the change is none of these kinds. */
bool sample_kind_of(cs_verdict before, cs_verdict after, cs_sample_kind *kind);
uint64_t sample_key(int64_t seq);

#endif
