/* email_body.h - the text of a message's parts: plain before HTML, what is attached by its name.
 * Floor: conversation, private to the readers of e-mail. Memory: buffers that email_body_free releases. Threads: any.
 * Example: cs_email_body body; code = email_body_collect(part, &body, &message); … email_body_free(&body);
 */
#ifndef CS_CONVERSATION_EMAIL_BODY_H
#define CS_CONVERSATION_EMAIL_BODY_H

#include "base/buffer.h"
#include "base/error.h"

#include <gmime/gmime.h>

typedef struct cs_email_body {
    cs_buffer text, attachments;
    bool is_damaged, is_encrypted; /* encrypted: a part of it that nobody can read here */
} cs_email_body;

cs_error email_body_collect(GMimeObject *part, cs_email_body *out, cs_message *message);
void email_body_free(cs_email_body *body);

#endif
