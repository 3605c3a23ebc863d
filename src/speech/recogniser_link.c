#include "speech/recogniser_link.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LOOK_MS = 100, /* so often its memory is looked at */
    MAX_IN = CS_WIRE_MAX_PAYLOAD + CS_WIRE_HEADER + 65536,
    MAX_OUT =
        64 << 20, /* of live sound that the recogniser does not keep up with: a minute and a half of twenty calls */
};

void link_init(cs_recogniser_link *link, int64_t memory_bytes, int64_t stall_ms,
               const volatile sig_atomic_t *is_stopped) {
    *link = (cs_recogniser_link){.child = {.socket = -1, .errors = -1, .memory = -1},
                                 .memory_bytes = memory_bytes,
                                 .stall_ms = stall_ms,
                                 .is_stopped = is_stopped};
    buffer_init(&link->in, MAX_IN);
    buffer_init(&link->out, MAX_OUT);
}

cs_error link_start(cs_recogniser_link *link, const cs_recogniser_child_plan *plan, cs_message *message) {
    link_end(link);
    link_wait_begins(link);
    return recogniser_child_start(plan, &link->child, message);
}

bool link_is_sent(const cs_recogniser_link *link) {
    return link->sent == link->out.length;
}

void link_wait_begins(cs_recogniser_link *link) {
    link->sign_ms = clock_steady_ms();
}

static cs_error check(cs_recogniser_link *link, cs_message *message) {
    int64_t now = clock_steady_ms();
    if (link->is_stopped && *link->is_stopped)
        return message_set(message, CS_ERR_STOPPED, "the recognition was stopped");
    if (now - link->sign_ms >= link->stall_ms) {
        message_set(message, CS_ERR_IO, "the recogniser hung: no sign of life for %lld seconds",
                    (long long)(link->stall_ms / 1000));
        message_remedy(message, "it is started again for the next recording; if that repeats, take another model");
        return CS_ERR_IO;
    }
    if (now - link->looked_ms < LOOK_MS) return CS_OK;
    link->looked_ms = now;
    int64_t memory = recogniser_child_memory(&link->child);
    if (memory <= link->memory_bytes) return CS_OK;
    message_set(message, CS_ERR_IO, "the recogniser took %lld MB of memory, more than the %lld MB it may have",
                (long long)(memory >> 20), (long long)(link->memory_bytes >> 20));
    message_remedy(message, "take a smaller model; what it needs stands in callscope models");
    return CS_ERR_IO;
}

static cs_error lose(cs_recogniser_link *link, cs_message *message) {
    recogniser_child_end(&link->child);
    message_set(message, CS_ERR_IO, "the recogniser %s", link->child.fate);
    message_remedy(message, "it is started again for the next recording; if that repeats, take another model");
    return CS_ERR_IO;
}

static cs_error send_some(cs_recogniser_link *link, cs_message *message) {
    while (!link_is_sent(link)) {
        ssize_t wrote =
            send(link->child.socket, link->out.data + link->sent, link->out.length - link->sent, MSG_NOSIGNAL);
        if (wrote < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return CS_OK;
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return CS_OK; /* it is gone: reading tells, with what it said before */
        link->sent += (size_t)wrote;
        link_wait_begins(link);
    }
    (void)message;
    buffer_clear(&link->out);
    link->sent = 0;
    return CS_OK;
}

static cs_error take_frames(cs_recogniser_link *link, cs_link_take take, void *context, cs_message *message) {
    size_t at = 0, used = 0;
    cs_error code = CS_OK;
    do {
        cs_wire_frame frame = {0};
        code = wire_next((const unsigned char *)link->in.data + at, link->in.length - at, &frame, &used, message);
        if (code == CS_OK && used > 0) code = take(context, &frame, message);
        at += used;
    } while (code == CS_OK && used > 0 && link->child.pid > 0);
    if (at <= link->in.length) {
        memmove(link->in.data, link->in.data + at, link->in.length - at);
        link->in.length -= at;
    }
    return code;
}

static cs_error receive(cs_recogniser_link *link, cs_link_take take, void *context, cs_message *message) {
    char block[65536];
    for (;;) {
        ssize_t got = recv(link->child.socket, block, sizeof block, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return CS_OK;
        if (got <= 0) return lose(link, message);
        link_wait_begins(link);
        if (!buffer_append(&link->in, block, (size_t)got))
            return message_set(message, CS_ERR_MEMORY, "there is no memory for what the recogniser says");
        cs_error code = take_frames(link, take, context, message);
        if (code != CS_OK || (size_t)got < sizeof block) return code;
    }
}

struct pollfd link_awaited(const cs_recogniser_link *link) {
    short events = (short)(link_is_sent(link) ? POLLIN : POLLIN | POLLOUT);
    return (struct pollfd){.fd = link->child.socket, .events = events};
}

cs_error link_exchange(cs_recogniser_link *link, int wait_ms, cs_link_take take, void *context, cs_message *message) {
    bool was_full = !link_is_sent(link);
    cs_error code = send_some(link, message);
    if (code != CS_OK) return code;
    if (was_full && link_is_sent(link)) wait_ms = 0; /* there is room: whoever waited for it has more to send */
    struct pollfd files[2] = {link_awaited(link), {.fd = link->child.errors, .events = POLLIN}};
    int ready = poll(files, 2, wait_ms < LOOK_MS ? wait_ms : LOOK_MS);
    if (ready < 0 && errno != EINTR) return message_set(message, CS_ERR_IO, "the recogniser can't be attended");
    if (ready > 0 && files[1].revents) recogniser_child_listen(&link->child);
    if (ready > 0 && (files[0].revents & ~POLLOUT)) code = receive(link, take, context, message);
    return code == CS_OK ? check(link, message) : code;
}

void link_end(cs_recogniser_link *link) {
    recogniser_child_end(&link->child);
    buffer_clear(&link->in);
    buffer_clear(&link->out);
    link->sent = 0;
}

void link_free(cs_recogniser_link *link) {
    link_end(link);
    buffer_free(&link->in);
    buffer_free(&link->out);
}
