/* exchange.h - one request from its first byte to its answer.
 * Floor: http. What can be said at once is said at once; the others wait, suspended, for a thread that may take its time:
 * one that writes, one for what takes seconds, one that holds answers back until an import is done. No thread that serves
 * connections ever waits for the disk's or the store's sake longer than for a write of a few kB.
 * Memory: an exchange lives from exchange_open to exchange_close. Threads: one at a time: the connection's until it is
 * suspended, then the errand's, then the connection's again.
 * Example: exchange_begin(x, server, connection, "PUT"); exchange_take(x, bytes, n); exchange_end(x);
 */
#ifndef CS_HTTP_EXCHANGE_H
#define CS_HTTP_EXCHANGE_H

#include "http/guard.h"

#include <stdatomic.h>

/* What every request of a server may use. */
typedef struct cs_house {
    const char *data, *key_file;
    const char *speech; /* the model that its workers use whatever was chosen, or "off"; NULL: as chosen */
    cs_playback_shelf *shelf;
    cs_runner *runner; /* NULL: none */
    cs_rule_shelf rules;
    atomic_bool is_ending;
    cs_metrics *metrics;
    cs_guard *guard;
} cs_house;

typedef struct cs_exchange {
    char *
        address; /* as it was sent: the path is decoded by us, segment by segment; cut at the query in exchange_begin */
    const char *method;
    const cs_house *house;
    struct MHD_Connection *connection;
    bool is_begun;
    atomic_bool is_answered;
    cs_match match;
    cs_caller caller;
    cs_visit visit;
    cs_account account;
    cs_request request;
    cs_answer answer;
    cs_hold hold;
    cs_buffer body;
    cs_upload *upload;
    int64_t started_us; /* steady: when the request had come, with its body */
    size_t swallowed; /* bytes of the body that nobody wants */
    cs_error code; /* of receiving the body */
    cs_message message;
} cs_exchange;

cs_exchange *exchange_open(const char *address); /* NULL: no memory */
void exchange_close(cs_exchange *exchange); /* NULL is allowed */

/* Whether method, address, host, origin and whoever asks are to be answered at all; afterwards is_answered tells whether it is
 * said already, else match.route is what answers. Who asks is looked up at this desk. */
void exchange_begin(cs_exchange *exchange, const cs_house *house, cs_desk *desk, struct MHD_Connection *connection,
                    const char *method);
/* The whole request has come: what it takes is counted from here on. */
void exchange_complete(cs_exchange *exchange);
/* A piece of the body. false: far more came than is ever taken, the connection is to be cut. */
bool exchange_take(cs_exchange *exchange, const char *bytes, size_t length);
/* Calls the handler, at this desk, and makes its answer. */
void exchange_answer(cs_exchange *exchange, cs_desk *desk);
/* A held answer: the import as it is now, with 200 when is_done. */
void exchange_answer_held(cs_exchange *exchange, cs_desk *desk, bool is_done);
/* The server ends: nothing more is done. */
void exchange_refuse(cs_exchange *exchange);
/* Sends the answer, counts it and writes its line of the log. */
enum MHD_Result exchange_send(cs_exchange *exchange);

#endif
