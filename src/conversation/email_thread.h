/* email_thread.h - which messages of an mbox belong together: by References and In-Reply-To, then by subject and people.
 * Floor: conversation, private to the readers of e-mail. Only what threads need is kept of a message, not its text.
 * Memory: all in the arena given to email_threads_add. Threads: one at a time.
 * Example: email_threads_add(&t, &email, offset, line, arena); email_threads_join(&t, arena); first = t.mails[i].thread;
 */
#ifndef CS_CONVERSATION_EMAIL_THREAD_H
#define CS_CONVERSATION_EMAIL_THREAD_H

#include "base/index.h"
#include "conversation/email_message.h"

typedef struct cs_thread_mail {
    int64_t offset, line; /* in the mbox */
    const char *id; /* NULL: none */
    const char *root; /* the oldest message it refers to; NULL: none */
    int64_t date_ms;
    const char *subject, *from; /* without Re: and its kin; NULL: none */
    const char **to; /* only of a reply that names no message: whom it may answer */
    uint32_t to_count;
    uint32_t node; /* of its own id */
    uint32_t thread; /* after email_threads_join: index of the thread's first message */
    uint32_t next; /* message of the same thread that follows in the file; CS_INDEX_NONE: it is the last */
} cs_thread_mail;

typedef struct cs_thread_node { /* a message, or an id that was only mentioned */
    uint32_t parent; /* itself: it stands for all that are joined with it */
    uint32_t mail; /* CS_INDEX_NONE: only mentioned */
} cs_thread_node;

typedef struct cs_threads { /* zeroed: empty */
    cs_thread_mail *mails;
    uint32_t count, room;
    cs_thread_node *nodes;
    uint32_t node_count, node_room;
    cs_index ids, subjects; /* subjects: by subject and writer, see last */
    uint32_t *last; /* for each of them its last message so far */
    uint32_t last_count, last_room;
    int64_t copies; /* messages whose id was there already: they are left out */
} cs_threads;

/* false: the arena's maximum or the memory is exhausted. */
bool email_threads_add(cs_threads *threads, const cs_email *email, int64_t offset, int64_t line, cs_arena *arena);
bool email_threads_join(cs_threads *threads, cs_arena *arena);

#endif
