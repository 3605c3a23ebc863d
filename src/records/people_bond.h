/* people_bond.h - which identities hold together: links, shared ones, and numbering persons by it. Only people*.c.
 * Floor: records. A link joins when nobody undid it and neither end is shared: named together with more others of the
 * other end's kind than identity_limit allows. A person is what joining links hold together.
 * Memory: the caller's. Threads: whoever owns the cs_db; writing in the caller's transaction.
 * Example: bond_added(db, &a, &b, &m) after a link was written; bond_settle(db, ends, 2, &m) after one was undone.
 */
#ifndef CS_RECORDS_PEOPLE_BOND_H
#define CS_RECORDS_PEOPLE_BOND_H

#include "records/people.h"

typedef struct cs_bond {
    cs_identity_kind kind;
    char value[CS_IDENTITY_BYTES];
} cs_bond;

/* a stands before b in the store. */
int bond_compare(const cs_bond *a, const cs_bond *b);
cs_person_kind bond_whose(cs_identity_kind kind);
int bond_strength(
    cs_identity_kind kind); /* the strongest is 0: of a row's identities, it is the one the others are linked to */
void bond_read(cs_stmt *stmt, int column, cs_bond *out); /* kind and value from two columns */
void bond_bind(cs_stmt *stmt, const char *kind, const char *value, const cs_bond *bond);

bool bond_can_join(cs_identity_kind a, cs_identity_kind b); /* some kinds only tell where somebody was seen */

/* Others of one kind that it is named together with, undone ones too: at most the limit and two more. */
enum { CS_MAX_OTHERS = 32 };
typedef struct cs_others {
    cs_bond others[CS_MAX_OTHERS];
    bool is_undone[CS_MAX_OTHERS];
    int count;
    bool is_shared, is_just_shared; /* by exactly one too many: the others are all of them */
} cs_others;
cs_error bond_others(cs_db *db, const cs_bond *of, cs_identity_kind kind, cs_others *out, cs_message *message);
/* Whether it is shared among those of that kind. */
cs_error bond_is_shared(cs_db *db, const cs_bond *of, cs_identity_kind kind, bool *is_shared, cs_message *message);

/* Whether one that is new can become of the known one's person when they are linked. */
cs_error bond_takes(cs_db *db, const cs_bond *known, int64_t person, cs_identity_kind kind, bool *takes,
                    cs_message *message);
/* Person of an identity, 0: the identity is unknown. */
cs_error bond_person(cs_db *db, const cs_bond *of, int64_t *person, cs_message *message);
cs_error bond_new_person(cs_db *db, cs_person_kind kind, int64_t *person, cs_message *message);
/* The address of one whose identities all went to another leads there from now on. */
cs_error bond_merge(cs_db *db, int64_t from, int64_t into, cs_message *message);
/* After a new link was written, which may have been undone before. */
cs_error bond_added(cs_db *db, const cs_bond *a, const cs_bond *b, bool is_undone, cs_message *message);
/* Numbers anew whoever these identities belong to. Unknown ones are passed over. */
cs_error bond_settle(cs_db *db, const cs_bond *touched, size_t count, cs_message *message);

#endif
