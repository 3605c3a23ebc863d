/* vocabulary.h - every word of the rule language: one row drives the parser, "did you mean", both languages, help, the page of
 * operators, the JSON schema, completion and forms. A row that waits belongs to a part of the product that does not exist yet.
 * Floor: rules. Memory: static. Threads: any. Example: vocabulary_nearest("exepct", FAMILY_CLAUSE) gives "expect".
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
    FAMILY_WORD, /* words inside the others */
    FAMILY_COUNT
} cs_family;

typedef enum cs_operator {
    OPERATOR_NONE,
    OPERATOR_SAYS,
    OPERATOR_ASSERTS,
    OPERATOR_SOUNDS,
    OPERATOR_PLAIN,
    OPERATOR_SIMILAR,
    OPERATOR_FACT,
    OPERATOR_ENTITY,
    OPERATOR_INTENT,
    OPERATOR_TOPIC,
    OPERATOR_EMOTION,
    OPERATOR_ANSWERS,
    OPERATOR_MODEL,
    OPERATOR_REPEATS,
    OPERATOR_ASKS,
    OPERATOR_SILENCE,
    OPERATOR_RESPONSE,
    OPERATOR_OVERLAP,
    OPERATOR_INTERRUPTS,
    OPERATOR_PACE,
    OPERATOR_LOUDNESS,
    OPERATOR_PITCH,
    OPERATOR_HOLD,
    OPERATOR_TRANSFER,
    OPERATOR_HANG_UP,
    OPERATOR_EVENT,
    OPERATOR_DURATION,
    OPERATOR_TURNS,
    OPERATOR_TALK,
    OPERATOR_FIELD,
    OPERATOR_COUNT
} cs_operator;

typedef struct cs_vocable {
    cs_family family;
    const char *word, *zh;
    /* How it is written. For rows with an operator this is the grammar itself, see parse_operator.c: small letters are
     * words, CAPITALS slots, [ ] may be left out, { | } is a choice. NULL: part of others. */
    const char *usage, *help;
    cs_operator operator;
    const char *waits_for; /* NULL: live */
} cs_vocable;

extern const cs_vocable vocabulary[]; /* word NULL at the end */

const cs_vocable *vocabulary_find(cs_family family, const char *word); /* NULL: none */
const cs_vocable *vocabulary_operator(cs_operator operator);
const char *vocabulary_nearest(const char *word, cs_family family); /* within 2 edits, in either language; NULL: none */
const char *vocabulary_english(const char *zh); /* "when" of "当"; NULL: no keyword */
const char *vocabulary_chinese(const char *word, cs_family family); /* FAMILY_COUNT: of any; the word itself: none */

#endif
