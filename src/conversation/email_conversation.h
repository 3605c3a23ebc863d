/* email_conversation.h - a thread's messages become a conversation: who wrote, when, what.
 * Floor: conversation, private to the readers of e-mail. Who belongs to the centre is told by a mapping of format "email";
 * without one roles stay undecided, but for machines.
 * Memory: the draft's arena, in which the emails must live. Threads: one at a time.
 * Example: code = email_conversation_fill(&draft, emails, 3, mapping, &message); then conversation_finish
 */
#ifndef CS_CONVERSATION_EMAIL_CONVERSATION_H
#define CS_CONVERSATION_EMAIL_CONVERSATION_H

#include "conversation/draft.h"
#include "conversation/email_message.h"
#include "conversation/mapping.h"

/* All but the id. mapping may be NULL. */
cs_error email_conversation_fill(cs_draft *draft, const cs_email *emails, uint32_t count, const cs_mapping *mapping,
                                 cs_message *message);

#endif
