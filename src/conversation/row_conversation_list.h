/* row_conversation_list.h - the texts of a list written into a cell, as JSON or as Python writes it: ['a', "it's", None].
 * Floor: conversation, private to the reader of rows. Memory: texts live in the arena given. Threads: one at a time.
 * What is no text (numbers, None, null) is passed over; a list inside the list is broken.
 * Escapes of both: \n \t \' \" \\ \xNN \uNNNN.
 * Example: text_list_begin(&list, cell, arena); while (text_list_next(&list, &text)) puts(text); if (list.is_broken) …
 */
#ifndef CS_CONVERSATION_ROW_CONVERSATION_LIST_H
#define CS_CONVERSATION_ROW_CONVERSATION_LIST_H

#include "base/arena.h"

typedef struct cs_text_list {
    const char *at;
    cs_arena *arena;
    bool is_broken; /* once text_list_next gave false: it is no such list, or memory is out */
} cs_text_list;

void text_list_begin(cs_text_list *list, const char *cell, cs_arena *arena);
bool text_list_next(cs_text_list *list, const char **text); /* false: the end */

#endif
