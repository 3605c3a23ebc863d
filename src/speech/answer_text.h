/* answer_text.h - the text of an answer that came over the network, made fit to be shown.
 * Floor: speech, private to openai_answer.c and funasr_answer.c. Memory: the arena given. Threads: any.
 * What an address answers is outside input: controls in it would reach terminals and pages.
 * A text that holds nothing but blanks is none: servers answer silence with one.
 * Example: char *own = answer_text_clean(text, bytes, arena); if (own && answer_text_is_blank(own)) return CS_OK;
 */
#ifndef CS_SPEECH_ANSWER_TEXT_H
#define CS_SPEECH_ANSWER_TEXT_H

#include "base/arena.h"

#include <stdbool.h>

char *answer_text_clean(const char *text, size_t bytes, cs_arena *arena); /* controls become blanks; NULL: no memory */
bool answer_text_is_blank(const char *text);

#endif
