/* email_mbox.h - the messages of an mbox one after the other, each with the place where it begins.
 * Floor: conversation, private to the readers of e-mail. "From " behind an empty line begins a message; ">From " is undone.
 * Memory: the message stands in the mbox's own buffer until the next call. Threads: one at a time.
 * Example: while (mbox_next(m, &mail, &msg) == CS_OK && !mail.is_end) email_check(mail.bytes, mail.count, &msg);
 */
#ifndef CS_CONVERSATION_EMAIL_MBOX_H
#define CS_CONVERSATION_EMAIL_MBOX_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_mbox cs_mbox;

typedef struct cs_mbox_mail {
    const char *bytes;
    size_t count; /* with is_too_long: not all of it */
    int64_t offset, line; /* of its "From " line; for mbox_seek */
    bool is_end, is_too_long;
} cs_mbox_mail;

cs_error mbox_open(const char *path, cs_mbox **out, cs_message *message);
/* CS_ERR_PARSE when the file does not begin with a "From " line. */
cs_error mbox_next(cs_mbox *mbox, cs_mbox_mail *out, cs_message *message);
cs_error mbox_seek(cs_mbox *mbox, int64_t offset, int64_t line, cs_message *message);
void mbox_close(cs_mbox *mbox);

#endif
