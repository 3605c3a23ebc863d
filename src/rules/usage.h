/* usage.h - the grammar of one operator, as its row of the vocabulary writes it, piece by piece. Private to rules/.
 * Parser, forms, schema and completion walk the same pieces: "ROLE silence COMPARE DURATION [owed by ROLE]".
 * Floor: rules. Memory: pieces point into the usage. Threads: any.
 * Example: for (const char *at = row->usage; usage_next(&at, &piece);) ...
 */
#ifndef CS_RULES_USAGE_H
#define CS_RULES_USAGE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum cs_piece_kind {
    PIECE_WORD, /* a keyword to be written */
    PIECE_SLOT, /* CAPITALS: something to be filled in */
    PIECE_OPEN,
    PIECE_CLOSE, /* [ ]: what is between may be left out */
    PIECE_CHOICE, /* { }: one of the alternatives; text is what stands between the braces */
} cs_piece_kind;

typedef struct cs_piece {
    cs_piece_kind kind;
    char text[80];
} cs_piece;

/* The next piece; false at the end. */
bool usage_next(const char **at, cs_piece *piece);
/* The n-th alternative of a choice, from 0, into out; false: there are no more. */
bool usage_alternative(const cs_piece *choice, unsigned n, char *out, size_t room);

#endif
