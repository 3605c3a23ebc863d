/* patterns.h - all phrases of a rule set in one Hyperscan database, its expressions in PCRE2 behind a second one that says
 * where they could match. Private to rules/.
 * Floor: rules. Memory: patterns_free releases what the libraries hold; tables live in the arena. Threads: read-only.
 * Example: patterns_compile(&syntax, arena, on_problem, NULL, &patterns, &m); ... patterns_free(&patterns);
 */
#ifndef CS_RULES_PATTERNS_H
#define CS_RULES_PATTERNS_H

#include "rules/syntax.h"

#include <hs.h>
#include <pcre2.h>

typedef struct cs_use { /* who waits for a pattern */
    uint32_t atom;
    uint16_t group;
    bool is_excuse;
} cs_use;

typedef struct cs_pattern {
    const char *text;
    uint32_t bytes, use_from, use_count; /* into uses */
    pcre2_code *code; /* expressions only */
    bool is_always; /* expressions that Hyperscan can't foresee: tried on each turn */
} cs_pattern;

typedef struct cs_patterns {
    hs_database_t *literal_database, *filter_database, *sound_database; /* NULL: none */
    cs_pattern *literals, *expressions, *sounds; /* sounds: literals of operators that listen, as syllables */
    cs_use *uses;
    uint32_t literal_count, expression_count, sound_count, always_count;
} cs_patterns;

/* cache: a folder for compiled databases, NULL: none. Faulty expressions are reported with the place of their condition; then CS_ERR_PARSE. */
cs_error patterns_compile(const cs_syntax *syntax, const char *cache, cs_arena *arena, cs_on_problem on_problem,
                          void *context, cs_patterns *out, cs_message *message);
/* The sounds of all phrases, for words that were hardly recognised: only sounds and uses are filled. */
cs_error patterns_compile_doubts(const cs_syntax *syntax, cs_arena *arena, cs_patterns *out, cs_message *message);
void patterns_free(cs_patterns *patterns);

#endif
