/* facts_book.h - the rows of the book and the index over their names. Private to rules/.
 * Floor: rules. All names of facts and subjects and all phrases of values stand in one sorted array behind a hash of their
 * first two characters, so a text is passed over at a few nanoseconds a character however long the book is.
 * Memory: the book's arena. Threads: one while it is built, any afterwards.
 * Example: book_names_at(book, &folded, at, found); if (found[CS_NAME_FACT].count) ...
 */
#ifndef CS_RULES_FACTS_BOOK_H
#define CS_RULES_FACTS_BOOK_H

#include "rules/facts.h"
#include "text/quantity.h"

#define CS_ANY_SUBJECT UINT32_MAX /* "*" */
#define CS_UNKNOWN_SUBJECT (UINT32_MAX - 1)

typedef struct cs_fact_value { /* one alternative */
    cs_quantity quantity;
    const char *phrase; /* folded; NULL: a quantity */
    bool is_wrong; /* written with ! : whoever says it contradicts the book */
} cs_fact_value;

typedef struct cs_fact_entry {
    const char *subject, *fact, *value, *source; /* as written; subject and fact their first name; source NULL: none */
    const char *const *subject_names, *const *fact_names; /* folded; no subject names: any */
    uint32_t subject_name_count, fact_name_count, value_count;
    const cs_fact_value *values;
    int32_t from_day, to_day;
    const char *file;
    uint32_t line, column; /* of the value */
    uint32_t fact_group, subject_group; /* the first entry that shares a name with it, directly or over others */
    unsigned kinds; /* on the first entry of a fact: 1 << kind of all quantities in its values */
    bool is_reported; /* it contradicts an earlier one, and that was said */
} cs_fact_entry;

typedef enum cs_name_kind { CS_NAME_FACT, CS_NAME_SUBJECT, CS_NAME_VALUE, CS_NAME_KINDS } cs_name_kind;

typedef struct cs_fact_name {
    const char *text; /* folded */
    uint32_t bytes;
    cs_name_kind kind;
    uint32_t id; /* the first entry of the fact or subject; for a value: of its fact */
} cs_fact_name;

typedef struct cs_name_bucket { /* names that begin with the same two characters */
    uint64_t key; /* 0: free */
    uint32_t first, count;
} cs_name_bucket;

typedef struct cs_fact_place { /* an entry in the order in which it is looked up */
    uint32_t fact, subject;
    int32_t from_day;
    uint32_t entry;
} cs_fact_place;

struct cs_facts {
    cs_arena *arena;
    cs_fact_entry *entries;
    uint32_t entry_count, entry_room;
    cs_fact_place *places; /* as many as entries */
    uint32_t place_room;
    cs_fact_name *names;
    uint32_t name_count, name_room;
    cs_name_bucket *buckets;
    uint32_t bucket_room; /* a power of two */
};

/* Makes the index over all entries anew. false: out of memory. */
bool book_build(cs_facts *book);

typedef struct cs_found_name {
    uint32_t to; /* byte behind it */
    uint32_t first, count; /* names[first..first + count): the same words; count 0: none */
} cs_found_name;

/* The longest name of each kind at this character. */
void book_names_at(const cs_facts *book, const cs_folded *text, uint32_t at, cs_found_name found[CS_NAME_KINDS]);

/* The places of a fact, or of a fact and subject: how many, from *first on. */
uint32_t book_fact_places(const cs_facts *book, uint32_t fact, uint32_t *first);
uint32_t book_subject_places(const cs_facts *book, uint32_t fact, uint32_t subject, uint32_t *first);

/* Whether two rows say the same: each right value of one has its equal among the other's. */
bool book_values_agree(const cs_fact_entry *a, const cs_fact_entry *b);
bool book_value_equal(const cs_fact_value *a, const cs_fact_value *b);

#endif
