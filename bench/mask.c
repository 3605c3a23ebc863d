/* bench_mask FILE... - how fast texts are covered: MB a second of one thread over the lines of all files, repeated to 20 MB;
 * the best of five runs. Of a .json only what stands behind "text"; of a case ("text => shown") what stands before the arrow. */
#include "text/mask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LEAST_BYTES = 20 << 20, RUNS = 5, MAX_LINE = 1 << 16 };

typedef struct texts {
    char *bytes;
    size_t length, room;
} texts;

static void add(texts *all, const char *line, size_t length) {
    if (all->length + length + 1 > all->room) {
        all->room = (all->room + length + 1) * 2;
        all->bytes = realloc(all->bytes, all->room);
        if (!all->bytes) exit(1);
    }
    memcpy(all->bytes + all->length, line, length);
    all->bytes[all->length + length] = '\n';
    all->length += length + 1;
}

static int read_file(texts *all, const char *path) {
    static char line[MAX_LINE];
    bool is_json = strlen(path) > 5 && strcmp(path + strlen(path) - 5, ".json") == 0;
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        return 1;
    }
    while (fgets(line, sizeof line, file)) {
        char *arrow = strstr(line, " => "), *said = is_json ? strstr(line, "\"text\": \"") : line;
        if (!said || (line[0] == '#' && line[1] == ' ')) continue;
        if (is_json) said += sizeof "\"text\": \"" - 1;
        size_t length = arrow ? (size_t)(arrow - said) : strcspn(said, is_json ? "\"\n" : "\n");
        if (length) add(all, said, length);
    }
    return fclose(file);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    texts all = {0};
    double best = 0;
    for (int i = 1; i < argc; i++)
        if (read_file(&all, argv[i]) != 0) return 1;
    if (all.length == 0) {
        fprintf(stderr, "usage: bench_mask FILE...\n");
        return 2;
    }
    for (size_t once = all.length, at = 0; all.length < LEAST_BYTES; at = (at + 1) % once) {
        char *behind = memchr(all.bytes + at, '\n', once - at);
        size_t length = (size_t)(behind - all.bytes) - at;
        char *line = strndup(all.bytes + at, length); /* the texts move while they grow */
        if (!line) return 1;
        add(&all, line, length);
        free(line);
        at += length;
    }
    char *out = malloc(all.length + 1);
    if (!out) return 1;
    for (int run = 0; run < RUNS; run++) {
        double from = seconds();
        (void)mask_text(all.bytes, all.length, out);
        double speed = (double)all.length / (seconds() - from) / 1e6;
        if (speed > best) best = speed;
    }
    printf("%.1f\n", best);
    free(out);
    free(all.bytes);
    return 0;
}
