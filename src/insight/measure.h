/* measure.h - the catalogue of measures: what a share is of, which rules it counts, what is aimed at.
 * Floor: insight. Packs bring measures.json files beside their rules; high risk, the three scores and every rule by itself are
 * measures too. A share leaves out what was not applicable; undecided ones are counted apart.
 * Memory: a catalogue lives in the arena it was made in. Threads: read-only once made.
 * Example: measures_open(db, rules, arena, &c, &m); const cs_measure *one = measures_find(c, "script-compliance");
 */
#ifndef CS_INSIGHT_MEASURE_H
#define CS_INSIGHT_MEASURE_H

#include "base/arena.h"
#include "base/json.h"
#include "insight/figure_change.h"
#include "insight/figure_sum.h"

enum {
    CS_MAX_MEASURES = 500, /* of all packs */
    CS_MAX_MEASURE_WORDS = 100, /* rules, tags or packs that one names */
    CS_MAX_MEASURE_FILE_BYTES = 1 << 20,
    CS_MAX_MEASURES_BYTES = 4 << 20,
    CS_USUAL_ORDER = 100, /* of a measure that names none */
};

typedef struct cs_words { /* in both languages */
    const char *zh, *en;
} cs_words;

typedef struct cs_word_list {
    const char **words;
    uint32_t count;
} cs_word_list;

typedef enum cs_measure_kind { CS_MEASURE_OF_RULES, CS_MEASURE_HIGH_RISK, CS_MEASURE_SCORE } cs_measure_kind;

typedef struct cs_measure {
    const char *id; /* "script-compliance"; of a rule by itself "rule:NAME" */
    cs_words title, formula, numerator, denominator;
    cs_measure_kind kind;
    int order; /* in the list: lower ones first, then as they were read */
    bool is_rule; /* a rule by itself */
    bool counts_missed; /* the numerator: missed, else met */
    bool is_up; /* more is better */
    bool has_target, has_own_target; /* own: set here, not by the pack */
    double target, pack_target; /* a share 0-1, points 0-100 */
    cs_score score;
    cs_word_list rules, tags, packs; /* as the file names them */
    uint32_t *places; /* rules of the current rule set that they mean */
    uint32_t place_count;
} cs_measure;

/* One file; measures are added behind *count, at most CS_MAX_MEASURES. place: "measures[2].title.zh". */
cs_error measures_parse(const char *text, size_t bytes, cs_arena *arena, cs_measure *list, uint32_t *count,
                        cs_message *message);
void measures_write(const cs_measure *list, uint32_t count, cs_json_writer *out); /* as such a file */

/* All measures.json under path, which may be a file of rules: then there are none. */
cs_error measures_read(const char *path, cs_arena *arena, cs_measure *list, uint32_t *count, cs_message *message);
/* Into the store, from where every process takes them, like its rules; writes only where they differ. replaces false: a store
 * that has measures keeps its own. */
cs_error measures_keep(const char *data, const char *path, bool replaces, cs_message *message);

typedef struct cs_measures {
    const cs_ruleset *ruleset;
    cs_measure *list; /* of packs, high risk, scores, then each rule */
    uint32_t count;
    uint32_t named; /* those before the rules by themselves */
} cs_measures;

cs_error measures_open(cs_db *db, const cs_ruleset *ruleset, cs_arena *arena, cs_measures *out, cs_message *message);
const cs_measure *measures_find(const cs_measures *catalogue, const char *id); /* NULL: none */
/* In the caller's transaction; has_target false: the pack's again. CS_ERR_USAGE: out of range. */
cs_error measure_aim(cs_db *db, const cs_measure *measure, bool has_target, double target, cs_message *message);

/* What a measure comes to. */
typedef struct cs_measured {
    int64_t met, missed, undecided, not_applicable;
    bool has_value;
    double value; /* the share, or the mean of a score */
} cs_measured;

cs_measured measure_of(const cs_measure *measure, const cs_sum *sum);
/* Numerator and denominator of its share, or sum and count of its score. */
cs_ratio measure_ratio(const cs_measure *measure, const cs_sum *sum);
/* What a rule of the measure has to do with it. */
cs_ratio measure_ratio_of_rule(const cs_measure *measure, const cs_sum *sum, uint32_t place);
bool measure_is_reached(const cs_measure *measure, double value);
const char *measure_unit(const cs_measure *measure); /* "share", "points" */
/* The verdict of a rule that counts as missed: missed, hit, noted; with is_met: met, clean, not_noted. */
const char *rule_verdict_word(const cs_rule *rule, bool is_met);

#endif
