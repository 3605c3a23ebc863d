/* facts.h - the product and policy book: what a text states is held against what was in force on that day.
 * Floor: rules. Read from NAME.facts (lines of subject | fact | value | valid from | valid to | source) and NAME.facts.csv.
 * Memory: the book lives in the arena of its first facts_read, which must be the arena of all of them; checks in theirs.
 * Threads: one while it is read, any afterwards.
 * Example: facts_read(&book, "a.facts", text, n, false, arena, on_problem, NULL, &problems);
 *          n = facts_check(book, &folded, NULL, 0, "KF-35", day, arena, checks, 8);
 */
#ifndef CS_RULES_FACTS_H
#define CS_RULES_FACTS_H

#include "base/arena.h"
#include "rules/ruleset.h"
#include "text/fold.h"

enum {
    CS_MAX_FACTS_BYTES = 8 << 20, /* one file */
    CS_MAX_FACT_ROWS = 100000, /* all files of a book */
    CS_MAX_FACT_CELL_BYTES = 1000,
    CS_MAX_FACT_NAMES = 32, /* aliases of a cell, and alternatives of a value */
    CS_MAX_FACT_STATEMENTS = 64, /* found in one text */
};

#define CS_NO_DAY INT32_MIN /* day unknown; valid from: without a beginning */
#define CS_LAST_DAY INT32_MAX /* valid to: without an end */

typedef struct cs_facts cs_facts;

/* Adds a file to the book; *book is NULL before the first. Every problem is reported and counted in *problems, and its
 * row left out. false: out of memory, the book is not to be used. */
bool facts_read(cs_facts **book, const char *file, const char *text, size_t bytes, bool is_csv, cs_arena *arena,
                cs_on_problem on_problem, void *context, uint32_t *problems);

uint32_t facts_row_count(const cs_facts *book);
/* Whether the book has a fact of this name or alias. */
bool facts_has(const cs_facts *book, const char *fact);

typedef enum cs_fact_answer {
    CS_FACT_NO_STATEMENT, /* never among the checks: what a caller holds who got none */
    CS_FACT_AGREES,
    CS_FACT_DIFFERS,
    CS_FACT_NO_ENTRY, /* the book does not decide: no row for the day or subject, several that differ, 3天 for 3个工作日 */
} cs_fact_answer;

typedef struct cs_fact_check {
    cs_fact_answer answer;
    uint32_t from, to; /* bytes of the folded text: the value as said */
    const char *said; /* as it stands in the folded text */
    const char *book_value, *source; /* as written; NULL: no one row is in force. source also when the row names none */
    const char *subject, *fact; /* the book's first name of them; subject NULL: unknown to the book */
    int32_t valid_from_day, valid_to_day; /* days since 1970-01-01, both included; CS_NO_DAY and CS_LAST_DAY: open */
} cs_fact_check;

/* What the text states about the facts named (NULL: all of the book), in its order; at most `most`. subject: what the
 * conversation is about when the sentence names none; may be NULL, and may hold more words than the name. day: days since
 * 1970-01-01 in the centre's zone, CS_NO_DAY when unknown (then all is NO_ENTRY). Returns how many. */
uint32_t facts_check(const cs_facts *book, const cs_folded *text, const char *const *facts, uint32_t fact_count,
                     const char *subject, int32_t day, cs_arena *arena, cs_fact_check *out, uint32_t most);

/* The subject that the text names last, by its first name in the book; NULL: none. */
const char *facts_subject(const cs_facts *book, const cs_folded *text);

#endif
