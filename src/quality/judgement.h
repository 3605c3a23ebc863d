/* judgement.h - what people say about what the machine said: agree, wrong, missed. One stands for each conversation, rule and
 * turn; those it replaced and those that were taken back stay as history.
 * Floor: quality. Kept by the centre's id of the conversation: it outlives inspections, imports and changes of rules.
 * Memory: none but the writer's. Threads: whoever owns the cs_db; writing ones inside the caller's transaction.
 * Example: judgement_put(db, rules, seq, account, &(cs_judgement){.rule = "apologise", .turn = 3, ...}, &m);
 */
#ifndef CS_QUALITY_JUDGEMENT_H
#define CS_QUALITY_JUDGEMENT_H

#include "access/account.h"
#include "base/json.h"
#include "quality/interval.h"
#include "rules/evaluation.h"
#include "store/db.h"

enum { CS_MAX_JUDGEMENT_NOTE = 2000 }; /* bytes */

#define CS_ANSWER_TABLE(X)                                                                                             \
    X(AGREE, "agree") /* the machine is right */                                                                       \
    X(WRONG, "wrong") /* it found what is not there */                                                                 \
    X(MISSED, "missed") /* it did not find what is there */
typedef enum cs_answer_word {
#define X(code, name) CS_ANSWER_##code,
    CS_ANSWER_TABLE(X)
#undef X
        CS_ANSWER_COUNT
} cs_answer_word;

const char *answer_word(cs_answer_word answer);
cs_answer_word answer_parse(const char *word); /* CS_ANSWER_COUNT: no such word */
/* The reasons a person chooses from, in their order: the first is key 1. NULL behind the last. */
const char *judgement_reason(cs_answer_word answer, unsigned index);

/* A random draw from which somebody judges: how it was drawn, and how many there were of each stratum. */
typedef struct cs_review_origin {
    const char *rule; /* "": findings of all rules */
    int64_t seed, take;
    int64_t populations[4]; /* by cs_review_stratum (rule_stats.h) */
} cs_review_origin;

typedef struct cs_judgement {
    const char *rule;
    int64_t turn; /* from 1; 0: the whole conversation */
    cs_answer_word answer;
    const char *reason, *note; /* NULL: none; wrong and missed need one of them */
    int64_t replaces; /* number of the one that stood when this was said; 0: none stood */
    const cs_review_origin *drawn; /* NULL: judged by choice */
} cs_judgement;

/* CS_ERR_CONFLICT: another person's different word stands there, and it is not the one that this replaces. CS_ERR_USAGE: what is
 * said can't be said there. Saying the same again changes nothing. */
cs_error judgement_put(cs_db *db, const cs_ruleset *ruleset, int64_t seq, const cs_account *account,
                       const cs_judgement *said, cs_message *message);
/* Takes it back: what it had replaced stands again. CS_ERR_NOT_FOUND: no such one in this conversation. CS_ERR_CONFLICT: it
 * stands no more, or is another person's and the account no manager. */
cs_error judgement_withdraw(cs_db *db, int64_t seq, int64_t number, const cs_account *account, cs_message *message);

/* "judgements": those that stand, each with the ones before it. */
cs_error judgements_write(cs_db *db, const cs_ruleset *ruleset, int64_t seq, cs_json_writer *out, cs_message *message);

/* ---- counted (judgement_count.c) ---- */

/* Judged by choice says what people stumbled over; only a random draw says how good a rule is. The two are kept apart. */
typedef struct cs_judgement_side {
    int64_t agreed, wrong, missed; /* agreed: with something that was found */
    int64_t passed; /* agreed that there is nothing */
    cs_interval precision; /* agreed of agreed and wrong */
    cs_interval recall; /* of a draw alone */
} cs_judgement_side;

typedef struct cs_judgement_count {
    cs_judgement_side chosen, drawn; /* of the rule as it is written now */
    int64_t older; /* said about earlier texts of the rule */
    int64_t since_ms, last_ms; /* the first and last of those that count; CS_NO_TIME: none */
} cs_judgement_count;

cs_error judgement_count(cs_db *db, const cs_rule *rule, cs_judgement_count *out, cs_message *message);
/* {"chosen": {"agreed", "wrong", "missed", "passed", "precision"}, "drawn": {… "recall"}, "older", "since_ms", "last_ms"} */
void judgement_count_write(cs_json_writer *out, const char *key, const cs_judgement_count *count);
void judgement_interval_write(cs_json_writer *out, const char *key, const cs_interval *interval); /* null: not known */

#endif
