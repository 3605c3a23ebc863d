/* ruleset_words.h - the words that a rule set and its book are about, for whoever must know them beforehand: a recogniser.
 * Floor: rules. Phrases and word lists of all rules, folded, the same one as often as it is used; names of the book's subjects
 * and facts. Expressions are no words. Nothing of it changes what a rule means.
 * Memory: texts live as long as the rule set. Threads: any.
 * Example: ruleset_words(rules, on_word, context);
 */
#ifndef CS_RULES_RULESET_WORDS_H
#define CS_RULES_RULESET_WORDS_H

#include "rules/ruleset.h"

typedef enum cs_ruleset_word {
    CS_RULESET_PHRASE, /* 给您带来不便; folded */
    CS_RULESET_NAME, /* of a subject or fact in the book: KF-35, 保修; the first of a cell as written, the others folded */
} cs_ruleset_word;

/* false ends it. */
typedef bool (*cs_on_ruleset_word)(void *context, cs_ruleset_word kind, const char *text);

/* false: on_word ended it. */
bool ruleset_words(const cs_ruleset *ruleset, cs_on_ruleset_word on_word, void *context);

#endif
