/* bench_reading FILE [MAPPING] - how fast a file is read, and in how much memory: read three times, the best counts. Nothing is
 * inspected or stored. Prints name and value: conversations, turns, refused, seconds of the best, MB a second, MB of memory. */
#include "conversation/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

enum { TIMES = 3 };

static double seconds_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool on_conversation(void *context, cs_conversation *conversation, cs_arena *arena) {
    *(long long *)context += conversation->turn_count;
    arena_free(arena);
    return true;
}

static bool on_refused(void *context, const char *id, cs_error code, const cs_message *message) {
    (void)context;
    (void)code;
    fprintf(stderr, "refused %s: %s, %s\n", id ? id : "", message->place, message->reason);
    return true;
}

static int read_once(const char *path, const cs_mapping *mapping, double *best, long long *turns,
                     cs_read_counts *counts) {
    cs_message message = {0};
    const cs_format *format = format_find(path, mapping);
    const cs_reader_sink sink = {turns, on_conversation, on_refused, NULL};
    if (!format) return fprintf(stderr, "%s has no format\n", path), 1;
    *turns = 0;
    *counts = (cs_read_counts){0};
    double from = seconds_now();
    if (format_read(format, path, mapping, &sink, counts, &message) != CS_OK)
        return fprintf(stderr, "%s: %s\n", message.place, message.reason), 1;
    double took = seconds_now() - from;
    if (*best == 0 || took < *best) *best = took;
    return 0;
}

int main(int count, char **words) {
    cs_mapping *mapping = NULL;
    cs_message message = {0};
    cs_read_counts counts = {0};
    struct stat file;
    struct rusage use;
    double best = 0;
    long long turns = 0;
    if (count < 2 || stat(words[1], &file) != 0) return fprintf(stderr, "bench_reading FILE [MAPPING]\n"), 2;
    if (count > 2 && mapping_load(words[2], &mapping, &message) != CS_OK)
        return fprintf(stderr, "%s: %s\n", message.place, message.reason), 1;
    int failed = 0;
    for (int i = 0; i < TIMES && !failed; i++) failed = read_once(words[1], mapping, &best, &turns, &counts);
    mapping_free(mapping);
    if (failed || getrusage(RUSAGE_SELF, &use) != 0) return 1;
    printf("conversations %lld\nturns %lld\nrefused %lld\nseconds %.3f\nrate %.0f\nmegabytes %.0f\nmemory %.0f\n",
           (long long)counts.given, turns, (long long)counts.refused, best, (double)counts.given / best,
           (double)file.st_size / 1e6 / best, (double)use.ru_maxrss / 1024);
    return 0;
}
