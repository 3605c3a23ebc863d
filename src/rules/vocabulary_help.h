/* vocabulary_help.h - what the words of the language mean, said in Chinese, and how they are written with Chinese words.
 * Floor: rules. The English of both stands in the vocabulary itself. Memory: static, or the buffer given. Threads: any.
 * Example: puts(vocabulary_help_chinese(vocabulary_find(FAMILY_CLAUSE, "when")));
 */
#ifndef CS_RULES_VOCABULARY_HELP_H
#define CS_RULES_VOCABULARY_HELP_H

#include "base/buffer.h"
#include "rules/vocabulary.h"

const char *vocabulary_help_chinese(const cs_vocable *row); /* NULL: it has no help */
/* The usage with its words in Chinese: CAPITALS as what is to be filled in there. false: out of memory. */
bool vocabulary_usage_chinese(const cs_vocable *row, cs_buffer *out);

#endif
