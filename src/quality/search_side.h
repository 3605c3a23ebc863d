/* search_side.h - under which letter the words of a speaker stand in the search index.
 * Floor: quality. Whatever is neither agent nor customer stands together, and is told apart in the text.
 * Memory: none. Threads: any. Only search*.c.
 * Example: search_set_text(&set, search_side(participant->role), folded.text, folded.bytes);
 */
#ifndef CS_QUALITY_SEARCH_SIDE_H
#define CS_QUALITY_SEARCH_SIDE_H

#include "conversation/conversation.h"

enum {
    CS_SIDE_AGENT = 'a',
    CS_SIDE_CUSTOMER = 'c',
    CS_SIDE_OTHER = 'o',
    CS_SIDE_KNOWN = 'm', /* title, number, customer, agent */
    CS_SIDE_FILTER = 'x', /* what lists are filtered by */
    CS_SIDE_WHOLE = 'w', /* one term: the conversation has too many to hold, and is found by everything */
};
#define CS_WHOLE_TERM "whole"

static inline char search_side(cs_role role) {
    return role == CS_ROLE_AGENT ? CS_SIDE_AGENT : role == CS_ROLE_CUSTOMER ? CS_SIDE_CUSTOMER : CS_SIDE_OTHER;
}

#endif
