/* converter_child.h - the converter's child process: how it is walled in before it becomes ffmpeg.
 * Floor: audio, private to converter*.c. Between fork and exec only async-signal-safe calls are made: everything is prepared
 * before. Memory: the caller's. Threads: any. What walls it in: limits on memory, processor time, files and their size; no network
 * (a network namespace of its own, where the system allows it); no other file than the recording (Landlock, where the kernel
 * has it); an empty environment; death with the parent; no new privileges.
 * Example: cs_child_plan plan = {...}; pid_t pid = child_start(&plan);
 */
#ifndef CS_AUDIO_CONVERTER_CHILD_H
#define CS_AUDIO_CONVERTER_CHILD_H

#include <stdint.h>
#include <sys/types.h>

enum {
    CS_CHILD_INPUT = 3, /* the descriptor under which the child finds the recording */
    CS_CHILD_CAN_NOT_START = 127,
    CS_CHILD_FIRST_DESCRIPTOR =
        16, /* the plan's descriptors are at least this, so that none is overwritten on its way */
};

typedef struct cs_child_plan {
    const char *program; /* an absolute path */
    char *const *arguments;
    int input, null, output, errors; /* descriptors that become 3, 0, 1, 2 */
    int wall; /* Landlock rules; -1: the kernel has none */
    int64_t memory_bytes, processor_seconds;
    pid_t parent;
} cs_child_plan;

/* Landlock rules that leave the system's programs and libraries, the program and the input; -1 where there is no Landlock. */
int child_make_wall(const char *program, int input);
pid_t child_start(const cs_child_plan *plan); /* the leader of a process group of its own; -1: no process to be had */

#endif
