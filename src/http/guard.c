#include "http/guard.h"

#include "access/accounts.h"
#include "access/pace.h"
#include "access/session_clock.h"
#include "base/clock.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* One address, beyond this machine: a page with its parts is some thirty requests, and many people may be behind one address. */
enum { MOST_AT_ONCE = 1000, A_SECOND = 200, FIRST_HASH_BYTES = 32, MAX_COOKIE_NAME = 48 };

struct cs_guard {
    bool is_secure, is_beyond, has_first;
    unsigned char first[FIRST_HASH_BYTES];
    char names[CS_MAX_NAMES + 1];
    char cookie[MAX_COOKIE_NAME]; /* its name: browsers don't tell ports apart */
    cs_pace *pace;
    cs_session_clock *clock;
};

/* ---- start and end ---- */

static void hash_first(const char *token, unsigned char out[FIRST_HASH_BYTES]) {
    (void)crypto_generichash(out, FIRST_HASH_BYTES, (const unsigned char *)token, strlen(token), NULL, 0);
}

cs_error guard_create(const cs_guard_options *options, cs_guard **out, cs_message *message) {
    cs_guard *guard = calloc(1, sizeof *guard);
    if (!guard || !(guard->pace = pace_create())) {
        free(guard);
        return message_set(message, CS_ERR_MEMORY, "no memory for the server");
    }
    guard->is_secure = options->is_secure;
    guard->is_beyond = options->is_beyond;
    guard->has_first = options->first_token != NULL;
    if (guard->has_first) hash_first(options->first_token, guard->first);
    (void)snprintf(guard->names, sizeof guard->names, "%s", options->names ? options->names : "");
    (void)snprintf(guard->cookie, sizeof guard->cookie, "%scallscope-%u", options->is_secure ? "__Host-" : "",
                   options->port);
    cs_error code = session_clock_start(options->data, &guard->clock, message);
    if (code != CS_OK) {
        guard_free(guard);
        return code;
    }
    *out = guard;
    return CS_OK;
}

void guard_free(cs_guard *guard) {
    if (!guard) return;
    session_clock_stop(guard->clock);
    pace_free(guard->pace);
    free(guard);
}

/* ---- what the request says ---- */

static void read_address(struct MHD_Connection *connection, cs_caller *out) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    if (address && address->sa_family == AF_INET) {
        struct sockaddr_in four;
        (void)memcpy(&four, address, sizeof four);
        (void)inet_ntop(AF_INET, &four.sin_addr, out->address, sizeof out->address);
        out->is_local = ntohl(four.sin_addr.s_addr) >> 24 == 127;
    } else if (address && address->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        (void)memcpy(&six, address, sizeof six);
        (void)inet_ntop(AF_INET6, &six.sin6_addr, out->address, sizeof out->address);
        out->is_local = IN6_IS_ADDR_LOOPBACK(&six.sin6_addr) ||
                        (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr) && six.sin6_addr.s6_addr[12] == 127);
    }
}

void guard_read_caller(struct MHD_Connection *connection, cs_caller *out) {
#define HEADER(name) MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name)
    *out = (cs_caller){.host = HEADER("Host"),
                       .origin = HEADER("Origin"),
                       .site = HEADER("Sec-Fetch-Site"),
                       .cookies = HEADER("Cookie"),
                       .authorization = HEADER("Authorization"),
                       .browser = HEADER("User-Agent"),
                       .content_type = HEADER("Content-Type")};
#undef HEADER
    read_address(connection, out);
}

static bool is_host(const char *host, const char *name, size_t length) {
    return length > 0 && strncasecmp(host, name, length) == 0 && (host[length] == 0 || host[length] == ':');
}

/* A page elsewhere may point a name of its own at our address; it can't make the browser send our name. */
bool guard_knows_host(const cs_guard *guard, const cs_caller *caller) {
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    if (!caller->host) return false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is_host(caller->host, names[i], strlen(names[i]))) return true;
    for (const char *at = guard->names; *at;) {
        size_t length = strcspn(at, ",");
        if (is_host(caller->host, at, length)) return true;
        at += length;
        at += strspn(at, ", ");
    }
    return false;
}

bool guard_is_our_page(const cs_guard *guard, const cs_caller *caller) {
    const char *scheme = guard->is_secure ? "https://" : "http://";
    if (caller->site && strcasecmp(caller->site, "cross-site") == 0) return false;
    if (!caller->origin) return true;
    return strncasecmp(caller->origin, scheme, strlen(scheme)) == 0 && caller->host &&
           strcasecmp(caller->origin + strlen(scheme), caller->host) == 0;
}

/* Whoever has an IPv6 address has 2^64 of them. */
static void name_address(const cs_caller *caller, char *out, size_t size) {
    struct in6_addr six;
    if (inet_pton(AF_INET6, caller->address, &six) == 1 && !IN6_IS_ADDR_V4MAPPED(&six))
        (void)snprintf(out, size, "six:%02x%02x%02x%02x%02x%02x%02x%02x", six.s6_addr[0], six.s6_addr[1],
                       six.s6_addr[2], six.s6_addr[3], six.s6_addr[4], six.s6_addr[5], six.s6_addr[6], six.s6_addr[7]);
    else
        (void)snprintf(out, size, "four:%s", caller->address);
}

unsigned guard_wait_s(cs_guard *guard, const cs_caller *caller) {
    char who[96] = "all:";
    if (!guard->is_beyond || caller->is_local) return 0;
    name_address(caller, who + 4, sizeof who - 4);
    int64_t wait = pace_take(guard->pace, who, MOST_AT_ONCE, A_SECOND, clock_steady_ms());
    return (unsigned)((wait + 999) / 1000);
}

/* ---- whose it is ---- */

static bool read_bearer(const cs_caller *caller, char *out, size_t size) {
    static const char word[] = "Bearer ";
    const char *at = caller->authorization;
    if (!at || strncasecmp(at, word, sizeof word - 1) != 0) return false;
    at += sizeof word - 1;
    at += strspn(at, " ");
    (void)snprintf(out, size, "%s", at);
    return true;
}

static bool read_cookie(const cs_guard *guard, const cs_caller *caller, char *out, size_t size) {
    size_t name = strlen(guard->cookie);
    for (const char *at = caller->cookies; at && *at;) {
        at += strspn(at, "; ");
        size_t length = strcspn(at, ";");
        if (length > name && strncmp(at, guard->cookie, name) == 0 && at[name] == '=') {
            (void)snprintf(out, size, "%.*s", (int)(length - name - 1 < size ? length - name - 1 : size - 1),
                           at + name + 1);
            return true;
        }
        at += length;
    }
    return false;
}

static cs_error find_session(cs_guard *guard, cs_db *db, const char *token, cs_session_kind kind, cs_visit *visit,
                             cs_account *account, cs_message *message) {
    cs_session session;
    int64_t now = clock_now_ms();
    cs_error code = session_find(db, token, kind, now, &session, message);
    if (code != CS_OK) return code;
    *account = session.account;
    visit->is_signed_in = visit->has_accounts = true;
    visit->session = session.number;
    visit->kind = kind;
    if (now - session.seen_ms >= CS_SESSION_SEEN_MS) session_clock_note(guard->clock, session.number, now);
    return CS_OK;
}

cs_error guard_identify(cs_guard *guard, cs_desk *desk, const cs_caller *caller, cs_visit *visit, cs_account *account,
                        cs_message *message) {
    char token[CS_SESSION_TOKEN_CHARS + 2]; /* one more than a token: what is longer is none */
    cs_db *db = NULL;
    *account = account_of_nobody;
    *visit = (cs_visit){.is_local = caller->is_local, .browser = caller->browser ? caller->browser : ""};
    (void)snprintf(visit->address, sizeof visit->address, "%s", caller->address);
    cs_error code = desk_open(desk, &db, message);
    if (code == CS_OK && read_bearer(caller, token, sizeof token))
        return find_session(guard, db, token, CS_SESSION_KEY, visit, account, message);
    if (code == CS_OK && read_cookie(guard, caller, token, sizeof token)) {
        code = find_session(guard, db, token, CS_SESSION_BROWSER, visit, account, message);
        if (code != CS_ERR_SIGN_IN) return code; /* one that has ended is none */
        code = CS_OK;
    }
    if (code == CS_OK) code = accounts_any(db, &visit->has_accounts, message);
    if (code != CS_OK && code != CS_ERR_NOT_FOUND) return code;
    if (!visit->has_accounts && !guard->is_beyond) *account = account_of_this_machine;
    return CS_OK;
}

/* ---- whether it may ---- */

static cs_error forbid(cs_message *message, const char *reason, const char *remedy) {
    (void)message_set(message, CS_ERR_FORBIDDEN, "%s", reason);
    message_remedy(message, "%s", remedy);
    return CS_ERR_FORBIDDEN;
}

/* What a browser sends by itself, its cookie, is no sign that its user wants it: our own page must have sent it. */
static cs_error check_page(const cs_route *route, const cs_caller *caller, cs_message *message) {
    static const char json[] = "application/json";
    bool says_so = caller->origin || (caller->site && strcasecmp(caller->site, "same-origin") == 0);
    if (!says_so) /* a wrong Origin was refused before */
        return forbid(message, "it can't be told which page sends this",
                      "send Origin as browsers do, or use a key instead of a cookie");
    if (route->body == CS_BODY_JSON && caller->content_type &&
        strncasecmp(caller->content_type, json, sizeof json - 1) != 0)
        return forbid(message, "what a page sends here must be JSON", "send Content-Type: application/json");
    return CS_OK;
}

cs_error guard_permit(const cs_route *route, const cs_caller *caller, const cs_visit *visit, const cs_account *account,
                      bool writes, cs_message *message) {
    static const cs_account_role least[] = {[CS_PERMISSION_SEE] = CS_ACCOUNT_AGENT,
                                            [CS_PERMISSION_REVIEW] = CS_ACCOUNT_REVIEWER,
                                            [CS_PERMISSION_MANAGE] = CS_ACCOUNT_MANAGER};
    static const char *const words[] = {[CS_PERMISSION_SEE] = "this is for whoever has an account",
                                        [CS_PERMISSION_REVIEW] = "this is for reviewers and managers",
                                        [CS_PERMISSION_MANAGE] = "this is for managers"};
    if (writes && visit->is_signed_in && visit->kind == CS_SESSION_BROWSER) {
        cs_error code = check_page(route, caller, message);
        if (code != CS_OK) return code;
    }
    if (route->permission == CS_PERMISSION_OPEN) return CS_OK;
    if (account->number == account_of_nobody.number) {
        (void)message_set(message, CS_ERR_SIGN_IN, "this is for people who are signed in");
        message_remedy(message, "sign in, or send a key: callscope accounts key makes one");
        return CS_ERR_SIGN_IN;
    }
    if (account_may(account, least[route->permission])) return CS_OK;
    return forbid(message, words[route->permission], "ask a manager, who may give you another role");
}

/* ---- for signing in ---- */

cs_pace *guard_pace(cs_guard *guard) {
    return guard->pace;
}

bool guard_is_secure(const cs_guard *guard) {
    return guard->is_secure;
}

bool guard_first_fits(const cs_guard *guard, const char *token) {
    unsigned char hash[FIRST_HASH_BYTES];
    hash_first(token, hash);
    return guard->has_first && sodium_memcmp(hash, guard->first, sizeof hash) == 0;
}

void guard_write_cookie(const cs_guard *guard, const char *token, char *out, size_t size) {
    (void)snprintf(out, size, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s", guard->cookie,
                   token ? token : "", token ? CS_SESSION_DAYS * 24 * 3600 : 0, guard->is_secure ? "; Secure" : "");
}
