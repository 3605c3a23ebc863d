/* printable.h - texts of others on their way to a terminal, without what a terminal obeys.
 * Floor: cli. Control characters, C1 too, and marks that turn the direction of writing would recolour, overwrite or reorder
 * what stands beside them: each becomes one harmless character of the same length.
 * Memory: in place. Threads: any.
 * Example: printable_json(&answer); json_parse(buffer_string(&answer), …); // then printf of any of its texts
 */
#ifndef CS_CLI_PRINTABLE_H
#define CS_CLI_PRINTABLE_H

#include "base/buffer.h"
#include "base/error.h"

void printable_json(const cs_buffer *json); /* the texts inside stay valid JSON; line ends and tabs stay */
void printable_text(char *text); /* one line: line ends and tabs become blanks */
/* Prints "refused: FILE, conversation ID, PLACE" with its reason and remedy on stderr. id may be NULL. */
void printable_refusal(const char *file, const char *id, const cs_message *message);

#endif
