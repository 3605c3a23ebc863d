/* scan_state.h - what the scan_*.c files share. Private to them.
 * Floor: rules. Memory: the scanner's. Threads: one.
 * Example: scan_matches(s, &folded, &m); scan_settle(s, atom, &turn);
 */
#ifndef CS_RULES_SCAN_STATE_H
#define CS_RULES_SCAN_STATE_H

#include "rules/scan.h"
#include "text/pinyin.h"

enum {
    MAX_MATCHES = 1 << 18, /* of one turn; 64 kB of one phrase over and over stays below */
    SCRATCH_BYTES = 64 << 20,
    MAX_EXPRESSION_MATCHES = 256, /* of one expression in one turn */
    MATCH_LIMIT = 100000, /* steps of one PCRE2 call; beyond it the turn is undecided for the rule */
    NO_MATCH = -1,
    QUIET_KINDS = CS_CHANNEL_COUNT << CS_ROLE_COUNT,
};

typedef struct cs_match {
    uint32_t from, to; /* bytes of the folded turn */
    int32_t next; /* of the same atom */
    uint16_t group;
    bool is_excuse, is_expression, is_sound, is_over_limit;
    bool is_doubt; /* by sound alone: counts, as possible, only where the words were hardly recognised */
} cs_match;

typedef struct cs_hit { /* what Hyperscan reports: pattern and the end of its match */
    uint32_t pattern, to;
} cs_hit;

typedef struct cs_sorted { /* qsort gets no context: what is sorted carries its keys */
    uint32_t match, from, to;
    bool is_excuse;
} cs_sorted;

struct cs_scanner {
    cs_ruleset *ruleset;
    const cs_patterns *patterns;
    const cs_syntax *syntax;
    cs_patterns doubts; /* made when the first turn comes that was hardly recognised */
    bool has_doubts;
    hs_scratch_t *scratch;
    pcre2_match_data *match_data;
    pcre2_match_context *match_context;
    cs_arena *scratch_arena, *passing_arena, *fold_arena, *ahead_arena, *kept_arena;
    cs_quiet quiet[QUIET_KINDS];

    /* of the turn being scanned */
    cs_table *table;
    cs_folded folded;
    int32_t *first_match; /* by atom; those in touched are not NO_MATCH */
    uint32_t *touched, touched_count;
    cs_match *matches;
    cs_hit *hits;
    uint32_t *order; /* of the atom being settled: indexes of matches */
    cs_sorted *keys;
    uint32_t order_capacity;
    bool has_excuse_over_limit; /* of the atom being settled: whether it is excused is not known */
    bool is_cut; /* more matches in this turn than are kept */
    uint32_t match_count, match_capacity, hit_count, hit_capacity;
    bool is_out_of_memory;
};

typedef struct cs_turn_scan {
    const cs_turn *turn;
    const cs_folded *folded;
    cs_role role;
    bool is_first;
    uint32_t index;
    int64_t at_ms;
} cs_turn_scan;

/* How a turn sounds: as it was heard where its words say so, else as its characters are read. scan_heard.c; false: out of
 * memory. */
bool scan_sounds(cs_scanner *scanner, const cs_turn *turn, cs_sounds *out);
void scan_matches(cs_scanner *scanner, const cs_turn *turn, const cs_folded *folded); /* scan_match.c */
bool scan_settle(cs_scanner *scanner, uint32_t atom,
                 const cs_turn_scan *turn); /* scan_settle.c; false: out of memory */

#endif
