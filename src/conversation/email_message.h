/* email_message.h - one message of RFC 5322 and MIME, as far as a conversation needs it.
 * Floor: conversation, private to the readers of e-mail. GMime parses; what it is given is checked first, so that hostile
 * mail stays within memory and depth.
 * Memory: all in the arena; the bytes may go afterwards. Threads: any.
 * Example: code = email_check(bytes, n, &m); if (code == CS_OK) code = email_parse(bytes, n, arena, &email, &m);
 */
#ifndef CS_CONVERSATION_EMAIL_MESSAGE_H
#define CS_CONVERSATION_EMAIL_MESSAGE_H

#include "base/arena.h"
#include "base/error.h"

enum {
    CS_EMAIL_MAX_BYTES = 64 << 20, /* a message with its attachments */
    CS_EMAIL_MAX_HEADERS = 2000, /* lines in one block of headers */
    CS_EMAIL_MAX_PARTS = 20000, /* lines that begin with --, each of which may end a part */
    CS_EMAIL_MAX_DEPTH = 20, /* parts inside parts */
    CS_EMAIL_MAX_REFERENCES = 100,
    CS_EMAIL_MAX_RECIPIENTS = 50
};

typedef struct cs_email_address {
    const char *address, *name; /* address in small letters; name may be NULL */
} cs_email_address;

typedef struct cs_email {
    const char *id; /* Message-ID without < >; NULL: none */
    const char **references; /* References, oldest first, then In-Reply-To */
    uint32_t reference_count;
    const char *subject; /* "" when there is none */
    cs_email_address from; /* address NULL: none */
    cs_email_address *to;
    uint32_t to_count;
    int64_t date_ms; /* CS_NO_TIME: none that can be read */
    int zone_minutes;
    bool is_automatic; /* an answer by a machine, a notice of non-delivery */
    const char *text; /* what was newly written; the quoted history where there is nothing else */
    size_t text_bytes;
    const char *attachments; /* "rechnung.pdf, foto.jpg"; NULL: none */
    bool is_damaged; /* some bytes of its text belong to no character and read � now */
} cs_email;

/* Whether it keeps the limits above. The place is a line of the message. */
cs_error email_check(const char *bytes, size_t count, cs_message *message);
/* Also of headers alone: then there is no text. */
cs_error email_parse(const char *bytes, size_t count, cs_arena *arena, cs_email *out, cs_message *message);

#endif
