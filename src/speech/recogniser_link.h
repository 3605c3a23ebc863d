/* recogniser_link.h - the talk with one child process: frames out, frames in, and a watch over it.
 * Floor: speech, private to recogniser*.c. What ends a child: its own end, a frame that is none, no sign for too long while it is
 * waited for, more memory than it may take, the user. Memory: buffers have declared maxima. Threads: one.
 * Example: link_open(&link, &plan, &m); wire_open(&link.out, ...); link_exchange(&link, 100, take, r, &m); link_close(&link);
 */
#ifndef CS_SPEECH_RECOGNISER_LINK_H
#define CS_SPEECH_RECOGNISER_LINK_H

#include "speech/recogniser_child.h"
#include "speech/wire.h"

#include <poll.h>
#include <signal.h>

typedef struct cs_recogniser_link {
    cs_recogniser_child child; /* child.pid 0: there is none */
    cs_buffer in, out;
    size_t sent; /* bytes of out */
    int64_t memory_bytes; /* more ends the child */
    int64_t stall_ms;
    int64_t sign_ms; /* the last sign of life, or when it was begun to wait */
    int64_t looked_ms; /* at its memory */
    const volatile sig_atomic_t *is_stopped;
} cs_recogniser_link;

typedef cs_error (*cs_link_take)(void *context, const cs_wire_frame *frame, cs_message *message);

void link_init(cs_recogniser_link *link, int64_t memory_bytes, int64_t stall_ms,
               const volatile sig_atomic_t *is_stopped);
cs_error link_start(cs_recogniser_link *link, const cs_recogniser_child_plan *plan, cs_message *message);
bool link_is_sent(const cs_recogniser_link *link);
void link_wait_begins(cs_recogniser_link *link); /* from now on a sign of life is expected */
struct pollfd link_awaited(const cs_recogniser_link *link); /* what to poll for before it has something to do */
/* Sends and receives once, waiting at most so long, and gives whole frames to take. CS_ERR_IO, CS_ERR_PARSE (a frame that is
 * none), or what take said: the child has to be ended; its own words are in message. CS_ERR_STOPPED: the user. */
cs_error link_exchange(cs_recogniser_link *link, int wait_ms, cs_link_take take, void *context, cs_message *message);
void link_end(cs_recogniser_link *link); /* ends the child and forgets what was on its way */
void link_free(cs_recogniser_link *link);

#endif
