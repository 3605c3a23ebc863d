#include "base/child.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_DESCRIPTORS = 64 };

#define ALL_OF_VERSION_1 ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)
#define READ_AND_RUN (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE)

static void allow(int wall, int file, uint64_t access) {
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = file};
    if (file >= 0) (void)syscall(SYS_landlock_add_rule, wall, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

static void allow_path(int wall, const char *path, uint64_t access) {
    int file = open(path, O_PATH | O_CLOEXEC);
    struct stat status;
    /* The kernel refuses a folder's rights on a file. */
    if (file >= 0 && fstat(file, &status) == 0 && !S_ISDIR(status.st_mode)) access &= ~LANDLOCK_ACCESS_FS_READ_DIR;
    allow(wall, file, access);
    if (file >= 0) close(file);
}

int child_make_wall(const char *program, int input, const char *const *others) {
    /* Where programs and libraries live on the systems we know; none of them holds recordings. */
    static const char *const SYSTEM[] = {"/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc", "/opt", "/nix", "/snap"};
    struct landlock_ruleset_attr rules = {.handled_access_fs = ALL_OF_VERSION_1};
    int wall = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (wall < 0) return -1;
    for (size_t i = 0; i < sizeof SYSTEM / sizeof *SYSTEM; i++) allow_path(wall, SYSTEM[i], READ_AND_RUN);
    allow_path(wall, program, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE);
    allow_path(wall, "/dev/null", LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
    allow_path(wall, "/dev/urandom", LANDLOCK_ACCESS_FS_READ_FILE);
    allow(wall, input, LANDLOCK_ACCESS_FS_READ_FILE);
    for (size_t i = 0; others && others[i]; i++) allow_path(wall, others[i], READ_AND_RUN);
    int high = fcntl(wall, F_DUPFD_CLOEXEC, CS_CHILD_FIRST_DESCRIPTOR);
    close(wall);
    return high;
}

/* ---- from here to the end: in the child, async-signal-safe calls only ---- */

static void limit(__rlimit_resource_t what, int64_t soft, int64_t hard) {
    struct rlimit before, to = {.rlim_cur = (rlim_t)soft, .rlim_max = (rlim_t)hard};
    if (getrlimit(what, &before) != 0) return;
    if (to.rlim_max > before.rlim_max) to.rlim_max = before.rlim_max;
    if (to.rlim_cur > to.rlim_max) to.rlim_cur = to.rlim_max;
    if (setrlimit(what, &to) != 0) _exit(CS_CHILD_CAN_NOT_START);
}

static void forget_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < 32; number++) (void)signal(number, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A network namespace without a device. Its own when we may; otherwise together with a user namespace, where those are
 * allowed; otherwise the whitelist of protocols has to do. */
static void leave_network(void) {
    if (unshare(CLONE_NEWNET) != 0) (void)unshare(CLONE_NEWUSER | CLONE_NEWNET);
}

static void become(const cs_child_plan *plan) {
    static char *const NOTHING[] = {(char *)"LC_ALL=C", (char *)"PATH=/usr/local/bin:/usr/bin:/bin", NULL};
    forget_signals();
    if (setsid() < 0 || chdir("/") != 0) _exit(CS_CHILD_CAN_NOT_START);
    leave_network();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        _exit(CS_CHILD_CAN_NOT_START);
    if (getppid() != plan->parent) _exit(CS_CHILD_CAN_NOT_START); /* it died before prctl */
    if (plan->wall >= 0 && syscall(SYS_landlock_restrict_self, plan->wall, 0) != 0) _exit(CS_CHILD_CAN_NOT_START);
    if (dup2(plan->null, 0) < 0 || dup2(plan->output, 1) < 0 || dup2(plan->errors, 2) < 0 ||
        dup2(plan->input, CS_CHILD_INPUT) < 0)
        _exit(CS_CHILD_CAN_NOT_START);
    if (syscall(SYS_close_range, CS_CHILD_INPUT + 1, ~0U, 0) != 0)
        for (int file = CS_CHILD_INPUT + 1; file < 65536; file++) close(file); /* before Linux 5.9 */
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_FSIZE, 0, 0);
    limit(RLIMIT_NOFILE, MOST_DESCRIPTORS, MOST_DESCRIPTORS);
    if (plan->processor_seconds > 0) limit(RLIMIT_CPU, plan->processor_seconds, plan->processor_seconds + 1);
    if (plan->memory_bytes > 0) limit(RLIMIT_AS, plan->memory_bytes, plan->memory_bytes);
    if (plan->data_bytes > 0) limit(RLIMIT_DATA, plan->data_bytes, plan->data_bytes);
    execve(plan->program, plan->arguments, NOTHING);
    _exit(CS_CHILD_CAN_NOT_START);
}

pid_t child_start(const cs_child_plan *plan) {
    pid_t pid = fork();
    if (pid == 0) become(plan);
    return pid;
}
