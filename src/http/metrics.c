#include "http/metrics.h"
#include "http/routes.h"

#include "base/clock.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The last row of routes is for what is none of them, the last code for those that are not in the table. */
enum { MAX_ROUTES = 192, BUCKETS = 12, CODES = 25, LABEL_BYTES = 256 };

static const unsigned codes[CODES] = {200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 405, 409, 410,
                                      411, 412, 413, 414, 415, 416, 429, 500, 501, 503, 507, 0};
static const int64_t bounds_us[BUCKETS] = {1000,   5000,   10000,   25000,   50000,   100000,
                                           250000, 500000, 1000000, 2500000, 5000000, 10000000};

typedef struct route_counts {
    atomic_uint_fast64_t answered[CODES];
    atomic_uint_fast64_t within[BUCKETS + 1]; /* took no longer than that and longer than the bound before */
    atomic_uint_fast64_t took_us;
} route_counts;

struct cs_metrics {
    int64_t started_ms;
    cs_metrics_work work;
    route_counts routes[MAX_ROUTES];
};

cs_metrics *metrics_create(void) {
    cs_metrics *metrics = calloc(1, sizeof *metrics);
    if (!metrics) return NULL;
    metrics->started_ms = clock_now_ms();
    if (pthread_mutex_init(&metrics->work.lock, NULL) == 0) return metrics;
    free(metrics);
    return NULL;
}

void metrics_free(cs_metrics *metrics) {
    if (!metrics) return;
    (void)pthread_mutex_destroy(&metrics->work.lock);
    free(metrics);
}

void metrics_count(cs_metrics *metrics, const cs_route *route, unsigned status, int64_t took_us) {
    if (!metrics) return;
    size_t index = route ? (size_t)(route - route_table) : MAX_ROUTES - 1, code = 0, bucket = 0;
    route_counts *counts = &metrics->routes[index < MAX_ROUTES ? index : MAX_ROUTES - 1];
    while (code < CODES - 1 && codes[code] != status) code++;
    while (bucket < BUCKETS && took_us > bounds_us[bucket]) bucket++;
    (void)atomic_fetch_add(&counts->answered[code], 1);
    (void)atomic_fetch_add(&counts->within[bucket], 1);
    (void)atomic_fetch_add(&counts->took_us, took_us > 0 ? (uint64_t)took_us : 0);
}

/* ---- writing ---- */

void metric_head(cs_buffer *out, const char *name, const char *type, const char *words) {
    (void)buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, words, name, type);
}

void metric_int(cs_buffer *out, const char *name, const char *labels, int64_t value) {
    (void)buffer_printf(out, labels ? "%s{%s} %lld\n" : "%s%s %lld\n", name, labels ? labels : "", (long long)value);
}

static void metric_seconds(cs_buffer *out, const char *name, const char *labels, int64_t us) {
    (void)buffer_printf(out, labels ? "%s{%s} %lld.%06lld\n" : "%s%s %lld.%06lld\n", name, labels ? labels : "",
                        (long long)(us / 1000000), (long long)(us % 1000000));
}

static void label_route(size_t index, char out[LABEL_BYTES]) {
    const cs_route *route = index < MAX_ROUTES - 1 ? &route_table[index] : NULL;
    (void)snprintf(out, LABEL_BYTES, "method=\"%s\",route=\"%s\"", route ? route->method : "any",
                   route ? route->pattern : "other");
}

static bool is_used(route_counts *counts) {
    for (size_t bucket = 0; bucket <= BUCKETS; bucket++)
        if (atomic_load(&counts->within[bucket])) return true;
    return false;
}

static void write_answers(cs_buffer *out, cs_metrics *metrics) {
    char route[LABEL_BYTES], labels[LABEL_BYTES + 24];
    metric_head(out, "callscope_http_requests_total", "counter", "Requests answered, by route and status.");
    for (size_t i = 0; i < MAX_ROUTES; i++) {
        if (!is_used(&metrics->routes[i])) continue; /* so rows beyond the table are never read */
        label_route(i, route);
        for (size_t code = 0; code < CODES; code++) {
            uint64_t count = atomic_load(&metrics->routes[i].answered[code]);
            if (count == 0) continue;
            (void)snprintf(labels, sizeof labels, "%s,code=\"%u\"", route, codes[code]);
            metric_int(out, "callscope_http_requests_total", labels, (int64_t)count);
        }
    }
}

static void write_histogram(cs_buffer *out, route_counts *counts, const char *route) {
    char labels[LABEL_BYTES + 32];
    uint64_t sum = 0;
    for (size_t bucket = 0; bucket <= BUCKETS; bucket++) {
        sum += atomic_load(&counts->within[bucket]);
        if (bucket < BUCKETS)
            (void)snprintf(labels, sizeof labels, "%s,le=\"%g\"", route, (double)bounds_us[bucket] / 1e6);
        else
            (void)snprintf(labels, sizeof labels, "%s,le=\"+Inf\"", route);
        metric_int(out, "callscope_http_request_duration_seconds_bucket", labels, (int64_t)sum);
    }
    metric_seconds(out, "callscope_http_request_duration_seconds_sum", route, (int64_t)atomic_load(&counts->took_us));
    metric_int(out, "callscope_http_request_duration_seconds_count", route, (int64_t)sum);
}

static void write_durations(cs_buffer *out, cs_metrics *metrics) {
    char route[LABEL_BYTES];
    metric_head(out, "callscope_http_request_duration_seconds", "histogram",
                "From the whole request to its answer, on the server.");
    for (size_t i = 0; i < MAX_ROUTES; i++) {
        if (!is_used(&metrics->routes[i])) continue;
        label_route(i, route);
        write_histogram(out, &metrics->routes[i], route);
    }
}

/* ---- the process ---- */

static int64_t resident_bytes(void) {
    char line[128] = {0};
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file) return 0;
    if (!fgets(line, sizeof line, file)) line[0] = 0;
    (void)fclose(file);
    const char *second = line + strcspn(line, " "); /* pages: all, resident, … */
    return (int64_t)strtoll(second, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static int64_t open_files(void) {
    int64_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder) return 0;
    for (const struct dirent *entry; (entry = readdir(folder));) count += entry->d_name[0] != '.';
    (void)closedir(folder);
    return count > 0 ? count - 1 : 0; /* without the one that counts */
}

static int64_t spent_us(void) {
    struct rusage use;
    if (getrusage(RUSAGE_SELF, &use) != 0) return 0;
    return ((int64_t)use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000 + use.ru_utime.tv_usec + use.ru_stime.tv_usec;
}

static void write_process(cs_buffer *out, const cs_metrics *metrics) {
    metric_head(out, "callscope_build_info", "gauge", "The version of the program; always 1.");
    metric_int(out, "callscope_build_info", "version=\"" CALLSCOPE_VERSION "\"", 1);
    metric_head(out, "process_start_time_seconds", "gauge", "When the server was started, since the epoch.");
    metric_seconds(out, "process_start_time_seconds", NULL, metrics->started_ms * 1000);
    metric_head(out, "process_cpu_seconds_total", "counter", "Time of processors that it used.");
    metric_seconds(out, "process_cpu_seconds_total", NULL, spent_us());
    metric_head(out, "process_resident_memory_bytes", "gauge", "Memory that it occupies.");
    metric_int(out, "process_resident_memory_bytes", NULL, resident_bytes());
    metric_head(out, "process_open_fds", "gauge", "Files and connections that it has open.");
    metric_int(out, "process_open_fds", NULL, open_files());
}

/* GET /metrics */
cs_error metrics_show(const cs_request *request, cs_json_writer *out, cs_message *message) {
    cs_buffer *body = out->out;
    (void)message;
    write_process(body, request->metrics);
    write_answers(body, request->metrics);
    write_durations(body, request->metrics);
    metrics_write_store(body, request->desk, &request->metrics->work);
    request->answer->type = "text/plain; version=0.0.4; charset=utf-8";
    return CS_OK;
}
