/* facts_statement.h - which value a text gives to which fact. Private to rules/.
 * Floor: rules. A statement is a fact's name and the value that belongs to it in the same sentence; what is denied, asked,
 * quoted, gone by (买了三年) or not the fact itself (保修期内) states nothing.
 * Memory: the caller's array; names lie in the book. Threads: any.
 * Example: n = statement_find(book, &folded, statements, CS_MAX_FACT_STATEMENTS);
 */
#ifndef CS_RULES_FACTS_STATEMENT_H
#define CS_RULES_FACTS_STATEMENT_H

#include "rules/facts_book.h"

typedef struct cs_statement_of_fact {
    uint32_t fact; /* the first entry of its group */
    uint32_t subject; /* likewise; CS_UNKNOWN_SUBJECT: the text names none, or several outside this sentence */
    uint32_t from, to; /* bytes of the value */
    const char *phrase; /* NULL: a quantity */
    cs_quantity quantity;
    bool is_least; /* at least that: 至少三年, 三年以上 */
} cs_statement_of_fact;

/* In the order of the text; at most `most`. */
uint32_t statement_find(const cs_facts *book, const cs_folded *text, cs_statement_of_fact *out, uint32_t most);

/* The subject named last, CS_UNKNOWN_SUBJECT: none. */
uint32_t statement_subject(const cs_facts *book, const cs_folded *text);

#endif
