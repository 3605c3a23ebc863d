#include "speech/recogniser_child.h"

#include "base/child.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FAREWELL_MS = 200, /* one whose socket is closed has so long to say why */
    MOST_OTHERS = CS_MAX_MODEL_FILES + 8,
};

/* Address sanitisers reserve terabytes that count as data. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_DATA_LIMIT 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_DATA_LIMIT 0
#endif
#endif
#ifndef HAS_DATA_LIMIT
#define HAS_DATA_LIMIT 1
#endif

static void shut(int *file) {
    if (*file >= 0) close(*file);
    *file = -1;
}

static int move_high(int file) {
    if (file < 0) return -1;
    int high = fcntl(file, F_DUPFD_CLOEXEC, CS_CHILD_FIRST_DESCRIPTOR);
    close(file);
    return high;
}

static int make_wall(const cs_recogniser_child_plan *plan, const char *program, int socket) {
    char folder[4096];
    const char *others[MOST_OTHERS] = {"/proc/cpuinfo", "/sys/devices/system/cpu", folder};
    size_t count = 3;
    (void)snprintf(folder, sizeof folder, "%s", plan->library);
    char *slash = strrchr(folder, '/');
    if (slash) *slash = 0;
    for (uint32_t i = 0; i < plan->model->file_count && i < CS_MAX_MODEL_FILES; i++)
        others[count++] = plan->model->files[i].path;
    return child_make_wall(program, socket, others);
}

static void spawn(const cs_recogniser_child_plan *plan, cs_recogniser_child *child, int sockets[2], int errors[2]) {
    static const char *const ARGUMENTS[] = {"callscope", "speech", NULL};
    const char *program = plan->program ? plan->program : "/proc/self/exe";
    int input = move_high(sockets[1]);
    sockets[1] = -1;
    cs_child_plan made = {.program = program,
                          .arguments = (char *const *)ARGUMENTS,
                          .input = input,
                          .null = move_high(open("/dev/null", O_RDWR | O_CLOEXEC)),
                          .output = move_high(open("/dev/null", O_RDWR | O_CLOEXEC)),
                          .errors = move_high(errors[1]),
                          .wall = make_wall(plan, program, input),
                          .data_bytes = HAS_DATA_LIMIT ? plan->memory_bytes * 2 : 0,
                          .parent = getpid()};
    errors[1] = -1;
    if (made.input >= 0 && made.null >= 0 && made.output >= 0 && made.errors >= 0) child->pid = child_start(&made);
    int theirs[] = {made.input, made.null, made.output, made.errors, made.wall};
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++) shut(&theirs[i]);
}

cs_error recogniser_child_start(const cs_recogniser_child_plan *plan, cs_recogniser_child *out, cs_message *message) {
    int sockets[2] = {-1, -1}, errors[2] = {-1, -1};
    cs_recogniser_child child = {.socket = -1, .errors = -1, .memory = -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0 && pipe2(errors, O_CLOEXEC) == 0)
        spawn(plan, &child, sockets, errors);
    shut(&sockets[1]);
    shut(&errors[1]);
    child.socket = sockets[0];
    child.errors = errors[0];
    if (child.pid <= 0 || fcntl(child.socket, F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(child.errors, F_SETFL, O_NONBLOCK) != 0) {
        int reason = errno;
        recogniser_child_end(&child);
        message_set(message, CS_ERR_IO, "no process for the recogniser could be started: %s", strerror(reason));
        message_remedy(message, "see whether this machine has processes, open files and memory left");
        return CS_ERR_IO;
    }
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%ld/statm", (long)child.pid);
    child.memory = open(path, O_RDONLY | O_CLOEXEC);
    *out = child;
    return CS_OK;
}

int64_t recogniser_child_memory(const cs_recogniser_child *child) {
    char text[128];
    ssize_t got = child->memory >= 0 ? pread(child->memory, text, sizeof text - 1, 0) : 0;
    if (got <= 0) return 0;
    text[got] = 0;
    const char *resident = strchr(text, ' '); /* "total resident shared ...", in pages */
    return resident ? strtoll(resident, NULL, 10) * sysconf(_SC_PAGESIZE) : 0;
}

void recogniser_child_listen(cs_recogniser_child *child) {
    char block[1024];
    ssize_t got = child->errors >= 0 ? read(child->errors, block, sizeof block) : 0;
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) shut(&child->errors);
        return;
    }
    size_t length = (size_t)got;
    size_t kept = child->word_bytes + length > CS_KEPT_WORDS ? CS_KEPT_WORDS - length : child->word_bytes;
    memmove(child->words, child->words + child->word_bytes - kept, kept);
    memcpy(child->words + kept, block, length);
    child->word_bytes = kept + length;
    child->words[child->word_bytes] = 0;
}

static const char *last_line(cs_recogniser_child *child) {
    char *end = child->words + child->word_bytes;
    while (end > child->words && (end[-1] == '\n' || end[-1] == '\r' || end[-1] == ' ')) *--end = 0;
    char *line = end;
    while (line > child->words && line[-1] != '\n') line--;
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < ' ' || (unsigned char)*c > 126) *c = '?'; /* whatever it is, it is not ours to trust */
    return line;
}

static void tell_fate(cs_recogniser_child *child, int status) {
    const char *line = last_line(child);
    const char *colon = *line ? ": " : "";
    if (WIFSIGNALED(status))
        (void)snprintf(child->fate, sizeof child->fate, "was ended by signal %d (%s)%s%.160s", WTERMSIG(status),
                       strsignal(WTERMSIG(status)), colon, line);
    else
        (void)snprintf(child->fate, sizeof child->fate, "ended itself with code %d%s%.160s", WEXITSTATUS(status), colon,
                       line);
}

/* It stays a zombie until it is waited for, so that its group's number can't become another's. */
static bool is_gone(const cs_recogniser_child *child) {
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child->pid;
}

void recogniser_child_end(cs_recogniser_child *child) {
    shut(&child->socket);
    shut(&child->memory);
    if (child->pid > 0) {
        int status = 0;
        int64_t until = clock_steady_ms() + FAREWELL_MS;
        while (!is_gone(child) && clock_steady_ms() < until) (void)poll(NULL, 0, 2);
        (void)kill(-child->pid, SIGKILL);
        (void)kill(child->pid, SIGKILL); /* in case that it did not come as far as setsid */
        while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) continue;
        for (int i = 0; i < 16 && child->errors >= 0; i++) recogniser_child_listen(child);
        tell_fate(child, status);
    }
    shut(&child->errors);
    child->pid = 0;
}
