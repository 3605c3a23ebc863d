/* mutation_site.h - every place where a rule, or a list or let that it names, can be broken by one small change.
 * Floor: rules. Private to mutation*.c. Changes are made in the text, so a mutant is what a slip of the pen would be.
 * Memory: the arena. Threads: one.
 * Example: mutation_sites(writing, wanted, arena, &sites, &count); sites[0].was, sites[0].now
 */
#ifndef CS_RULES_MUTATION_SITE_H
#define CS_RULES_MUTATION_SITE_H

#include "rules/mutation_writing.h"

enum { CS_MAX_SITES = 20000 }; /* of one rule; what goes beyond is not looked at */

typedef struct cs_mutation_site {
    cs_edit edit;
    const char *file, *was, *now; /* now NULL: left out */
    uint32_t line;
    bool is_phrase; /* one of many phrases, else a part of the rule's frame */
} cs_mutation_site;

/* Of the marked rules, lists and lets, in the order of the source. false: out of memory. */
bool mutation_sites(const cs_writing *writing, const bool *wanted, cs_arena *arena, cs_mutation_site **out,
                    uint32_t *count);

#endif
