/* error.h - the one table of error codes, and the message that goes with a failure.
 * Floor: base. A function that fails returns a code and leaves its outputs unchanged; words go to the caller's cs_message.
 * Memory: nothing is allocated. Threads: any; a cs_message belongs to its caller.
 * Example: return message_set(message, CS_ERR_PARSE, "line %d: the quote is not closed", line);
 */
#ifndef CS_BASE_ERROR_H
#define CS_BASE_ERROR_H

/* code, name in JSON, HTTP status, when it happens */
#define CS_ERROR_TABLE(X)                                                                                              \
    X(OK, "ok", 200, "nothing went wrong")                                                                             \
    X(ERR_MEMORY, "out_of_memory", 503, "memory could not be had")                                                     \
    X(ERR_IO, "io", 500, "the system refused to open, read or write a file or socket")                                 \
    X(ERR_PARSE, "malformed", 400, "input does not follow its format")                                                 \
    X(ERR_ENCODING, "encoding", 400, "text is not valid UTF-8")                                                        \
    X(ERR_LIMIT, "too_large", 413, "input exceeds a declared limit")                                                   \
    X(ERR_USAGE, "usage", 400, "a parameter is missing, unknown or out of range")                                      \
    X(ERR_NOT_FOUND, "not_found", 404, "no such thing")                                                                \
    X(ERR_CONFLICT, "conflict", 409, "it contradicts what is stored already")                                          \
    X(ERR_STORE, "store", 500, "the database refused")                                                                 \
    X(ERR_STOPPED, "stopped", 503, "the user or the system asked to stop")                                             \
    X(ERR_SIGN_IN, "sign_in", 401, "nobody is signed in, or the session has ended")                                    \
    X(ERR_FORBIDDEN, "forbidden", 403, "who asks may not do this")                                                     \
    X(ERR_TOO_OFTEN, "too_often", 429, "the same was tried too often in a short time")

typedef enum cs_error {
#define X(code, name, status, when) CS_##code,
    CS_ERROR_TABLE(X)
#undef X
} cs_error;

/* What went wrong in words: what, where, and what to do. place and remedy may be empty. */
typedef struct cs_message {
    char reason[384];
    char place[96]; /* "line 12", "turns[3].text", "byte 4096"; empty: the whole */
    char remedy[192]; /* what the reader can do about it */
} cs_message;

const char *error_name(cs_error code);
int error_http_status(cs_error code);
const char *error_remedy(cs_error code); /* what can be done when nobody knows better; "" when nothing can be said */

/* Fills message->reason (message may be NULL; place and remedy are cleared) and returns code. */
cs_error message_set(cs_message *message, cs_error code, const char *format, ...) __attribute__((format(printf, 3, 4)));
void message_place(cs_message *message, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Puts the outer place before the inner one: "line 12" before "turns[3].text". */
void message_within(cs_message *message, const char *format, ...) __attribute__((format(printf, 2, 3)));
void message_remedy(cs_message *message, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
