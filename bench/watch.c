/* watch FILE COMMAND... - runs the command and writes to FILE: seconds, peak memory in kB, processor seconds. Exits as it does. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_of(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv) {
    struct timespec from, to;
    struct rusage used;
    int status;
    if (argc < 3) {
        fprintf(stderr, "usage: watch FILE COMMAND...\n");
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &from);
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child) {
        perror("watch");
        return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    FILE *file = fopen(argv[1], "w");
    if (!file) {
        perror(argv[1]);
        return 1;
    }
    fprintf(file, "%.3f %ld %.2f\n", (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9,
            used.ru_maxrss, seconds_of(used.ru_utime) + seconds_of(used.ru_stime));
    fclose(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
