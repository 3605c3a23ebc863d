/* errand.h - threads for requests that may take their time: the connection is suspended until one of them has its answer.
 * Floor: http. Five of them: one writes, one signs people in, one looks into files, one makes exports, one holds answers until an import is done;
 * each with a desk of its own, each taking one request after another.
 * Memory: errands_start gives them, errands_stop ends them and answers what waits. Threads: submit from any.
 * Example: if (errand_submit(errands, exchange)) return MHD_YES; the library calls again when it is answered
 */
#ifndef CS_HTTP_ERRAND_H
#define CS_HTTP_ERRAND_H

#include "http/exchange.h"

typedef struct cs_errands cs_errands;

cs_error errands_start(const cs_house *house, cs_rule_shelf *rules, cs_errands **out, cs_message *message);
bool errand_is_needed(const cs_route *route); /* false: it is answered at once */
/* Suspends the exchange's connection. false: too many wait, or the server ends: it is answered so. */
bool errand_submit(cs_errands *errands, cs_exchange *exchange);
void errands_stop(cs_errands *errands); /* NULL is allowed */

#endif
