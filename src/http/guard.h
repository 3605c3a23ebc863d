/* guard.h - who is at the door: whose browser or program asks, whether it may, and how often it may ask.
 * Floor: http. While the store has no account everybody at this machine may do everything; a server that listens beyond it never is so open.
 * Memory: guard_create gives one to release with guard_free. Threads: any; a caller belongs to its request.
 * Example: code = guard_identify(guard, desk, &caller, &visit, &account, &m); if (code == CS_OK) code = guard_permit(route, …);
 */
#ifndef CS_HTTP_GUARD_H
#define CS_HTTP_GUARD_H

#include "http/desk.h"

#include "access/pace.h"
#include "access/session.h"

enum { CS_FIRST_TOKEN_CHARS = 32, CS_MAX_NAMES = 512, CS_MAX_VISIT_ADDRESS = 63 };

typedef struct cs_guard cs_guard;

typedef struct cs_guard_options {
    const char *data;
    unsigned port;
    const char *names; /* by which the server is known beside localhost, with commas; NULL: none */
    const char *first_token; /* of the link that makes the first account; NULL: there is none */
    bool is_secure; /* TLS */
    bool is_beyond; /* it listens beyond this machine */
} cs_guard_options;

/* What a request says of whom it is from; the strings live as long as the request. */
typedef struct cs_caller {
    const char *host, *origin, *site, *cookies, *authorization, *browser, *content_type; /* headers; NULL: not sent */
    bool is_local; /* from this machine */
    char address[CS_MAX_VISIT_ADDRESS + 1];
} cs_caller;

/* Who it turned out to be. */
typedef struct cs_visit {
    bool has_accounts; /* the store */
    bool is_signed_in;
    bool is_local;
    int64_t session; /* 0: none */
    cs_session_kind kind;
    char address[CS_MAX_VISIT_ADDRESS + 1];
    const char *browser; /* never NULL */
} cs_visit;

cs_error guard_create(const cs_guard_options *options, cs_guard **out, cs_message *message);
void guard_free(cs_guard *guard); /* NULL is allowed */

void guard_read_caller(struct MHD_Connection *connection, cs_caller *out);
bool guard_knows_host(const cs_guard *guard, const cs_caller *caller);
/* Browsers say which page sends; programs don't. */
bool guard_is_our_page(const cs_guard *guard, const cs_caller *caller);
unsigned guard_wait_s(cs_guard *guard, const cs_caller *caller); /* it asks too often; 0: it doesn't */

/* Fills visit and account; who is not signed in is account_of_nobody. CS_ERR_SIGN_IN: a key that is none. */
cs_error guard_identify(cs_guard *guard, cs_desk *desk, const cs_caller *caller, cs_visit *visit, cs_account *account,
                        cs_message *message);
/* CS_ERR_SIGN_IN, CS_ERR_FORBIDDEN. writes: the method is none that reads. */
cs_error guard_permit(const cs_route *route, const cs_caller *caller, const cs_visit *visit, const cs_account *account,
                      bool writes, cs_message *message);

/* ---- for signing in ---- */

cs_pace *guard_pace(cs_guard *guard);
bool guard_is_secure(const cs_guard *guard);
bool guard_first_fits(const cs_guard *guard, const char *token);
/* Set-Cookie with this token; token NULL takes it away. */
void guard_write_cookie(const cs_guard *guard, const char *token, char *out, size_t size);

#endif
