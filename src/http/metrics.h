/* metrics.h - what the running server counts, and the page that Prometheus reads: text format 0.0.4.
 * Floor: http. A route's label is its pattern, never an address as it was sent: so there are as many rows as routes, and nothing
 * of a person in them. Figures of the store are asked when the page is read.
 * Memory: metrics_create gives counters to release with metrics_free. Threads: any; counting takes no lock.
 * Example: metrics_count(metrics, match.route, 200, 1250);
 */
#ifndef CS_HTTP_METRICS_H
#define CS_HTTP_METRICS_H

#include "http/desk.h"

/* Jobs done and failed since the server's first look: the store forgets its minutes, a counter must not go back. */
typedef struct cs_metrics_work {
    pthread_mutex_t lock;
    int64_t minute; /* the last one that was looked at */
    int64_t done_then, failed_then; /* what it held then */
    int64_t done, failed;
} cs_metrics_work;

cs_metrics *metrics_create(void); /* NULL: no memory */
void metrics_free(cs_metrics *metrics);
/* route NULL: a page of the interface, or an address that is none. metrics NULL: nothing is counted. */
void metrics_count(cs_metrics *metrics, const cs_route *route, unsigned status, int64_t took_us);

/* The heading of a family, then a row of it; labels "state=\"open\"", NULL: none. */
void metric_head(cs_buffer *out, const char *name, const char *type, const char *words);
void metric_int(cs_buffer *out, const char *name, const char *labels, int64_t value);
/* http/metrics_store.c: the families about the store, its disk and its imports. */
void metrics_write_store(cs_buffer *out, cs_desk *desk, cs_metrics_work *work);
void metrics_write_speech(cs_buffer *out, cs_db *db); /* metrics_speech.c */

#endif
