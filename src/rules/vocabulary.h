/* vocabulary.h - every word of the rule language: one row drives the parser, "did you mean", help and documentation.
 * Floor: rules. A row that is not live is part of the language whose part of the product does not exist yet.
 * Memory: static. Threads: any. Example: vocabulary_nearest("exepct", FAMILY_CLAUSE) gives "expect".
 */
#ifndef CS_RULES_VOCABULARY_H
#define CS_RULES_VOCABULARY_H

#include <stdbool.h>

typedef enum cs_family {
    FAMILY_STATEMENT,
    FAMILY_CLAUSE,
    FAMILY_ROLE,
    FAMILY_OPERATOR,
    FAMILY_WINDOW,
    FAMILY_EFFECT,
    FAMILY_COUNT
} cs_family;

typedef struct cs_vocable {
    cs_family family;
    const char *word, *usage, *help;
    bool is_live;
} cs_vocable;

extern const cs_vocable vocabulary[]; /* word NULL at the end */

const cs_vocable *vocabulary_find(cs_family family, const char *word); /* NULL: none */
const char *vocabulary_nearest(const char *word, cs_family family); /* within 2 edits; NULL: none */

#endif
