/* child.h - a child process that is walled in before it becomes another program: a converter, a recogniser.
 * Floor: base. Between fork and exec only async-signal-safe calls are made: everything is prepared before. Memory: the caller's.
 * Threads: any; the child dies when the thread ends that started it. What walls it in: limits on memory, processor time, files and
 * their size; no network (a network namespace of its own, where the system allows it); no other files than those named
 * (Landlock, where the kernel has it); an empty environment; death with the parent; no new privileges.
 * Example: cs_child_plan plan = {...}; pid_t pid = child_start(&plan);
 */
#ifndef CS_BASE_CHILD_H
#define CS_BASE_CHILD_H

#include <stdint.h>
#include <sys/types.h>

enum {
    CS_CHILD_INPUT = 3, /* the descriptor under which the child finds what it is given: a recording, a socket */
    CS_CHILD_CAN_NOT_START = 127,
    CS_CHILD_FIRST_DESCRIPTOR =
        16, /* the plan's descriptors are at least this, so that none is overwritten on its way */
};

typedef struct cs_child_plan {
    const char *program; /* an absolute path */
    char *const *arguments;
    int input, null, output, errors; /* descriptors that become 3, 0, 1, 2 */
    int wall; /* Landlock rules; -1: the kernel has none */
    int64_t memory_bytes; /* of address space; 0: no limit */
    int64_t data_bytes; /* of memory it may write to, mapped or not; 0: no limit */
    int64_t processor_seconds; /* 0: no limit */
    pid_t parent;
} cs_child_plan;

/* Landlock rules that leave the system's programs and libraries, the program, the input and the files and folders named (to
 * read and to load; NULL at the end; NULL: none); -1 where there is no Landlock. */
int child_make_wall(const char *program, int input, const char *const *others);
pid_t child_start(const cs_child_plan *plan); /* the leader of a process group of its own; -1: no process to be had */

#endif
