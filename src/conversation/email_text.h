/* email_text.h - from the bytes of a part to words: charset, HTML, quoted history.
 * Floor: conversation, private to the readers of e-mail. Memory: the caller's buffers, whose maximum must hold the result.
 * Threads: any. Results are valid UTF-8 with \n for line breaks and no other control characters than tabs.
 * Example: email_text_decode(bytes, n, "gb2312", &text, &is_damaged); cut = email_text_cut(&text);
 */
#ifndef CS_CONVERSATION_EMAIL_TEXT_H
#define CS_CONVERSATION_EMAIL_TEXT_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* charset NULL, or one that nobody knows: found out (UTF-8, GB18030, Windows-1252). Appends. *is_damaged is set when bytes
 * belong to no character (they become �), and left alone otherwise. false: no memory. */
bool email_text_decode(const char *bytes, size_t count, const char *charset, cs_buffer *out, bool *is_damaged);
/* The words of HTML; what stands in a blockquote gets "> ". Appends. */
bool email_html_strip(const char *html, size_t bytes, cs_buffer *out);
/* Drops what is quoted from earlier messages, unless nothing else is there. In place; gives the bytes that are left, from
 * *from on. */
size_t email_quotes_cut(char *text, size_t bytes, size_t *from);
/* "Re: 回复：空调" → "空调"; *is_reply tells of Re and its kin (not of forwards). Points into subject. */
const char *email_subject_core(const char *subject, bool *is_reply);

#endif
