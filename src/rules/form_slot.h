/* form_slot.h - what the JSON form calls the parts of an operator, drawn from its usage. Private to rules/.
 * Floor: rules. "ROLE silence COMPARE DURATION [owed by ROLE] [not on hold]" gives role, compare, duration, owed_by,
 * not_on_hold: a slot is named by its group's leading words, else by itself; a group of words alone is true or absent.
 * Memory: a cs_form_usage is a plain value. Threads: any.
 * Example: cs_form_usage usage; form_usage(vocabulary_operator(OPERATOR_SILENCE), &usage); puts(usage.parts[1].key);
 */
#ifndef CS_RULES_FORM_SLOT_H
#define CS_RULES_FORM_SLOT_H

#include "rules/vocabulary.h"

#include <stddef.h>
#include <stdint.h>

enum { CS_MAX_FORM_PARTS = 40, CS_FORM_KEY_BYTES = 48 };

typedef enum cs_form_part_kind {
    FORM_WORD, /* a keyword to be written */
    FORM_SLOT, /* to be filled in; text is the slot: "DURATION" */
    FORM_CHOICE, /* one alternative of a choice; text is its words */
} cs_form_part_kind;

typedef struct cs_form_part {
    cs_form_part_kind kind;
    char text[CS_FORM_KEY_BYTES];
    char key[CS_FORM_KEY_BYTES]; /* "" for words that say nothing of their own */
    uint8_t group; /* from 1; 0: must be there */
    uint8_t choice; /* parts with the same number exclude each other; 0: none */
} cs_form_part;

typedef struct cs_form_usage {
    const cs_vocable *row;
    cs_form_part parts[CS_MAX_FORM_PARTS];
    uint32_t count;
    bool has_role, needs_role; /* it begins with one; parts leave it out */
} cs_form_usage;

void form_usage(const cs_vocable *row, cs_form_usage *out);
/* Without its operator's word: "agent \"sorry\"", which is said in expect and asserted in never. */
void form_usage_bare(cs_form_usage *out);

#endif
