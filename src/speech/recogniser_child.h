/* recogniser_child.h - the child process of a recogniser, seen from outside: started, watched, ended.
 * Floor: speech, private to recogniser*.c. What it may: read the model, the library and the system's libraries; talk over its
 * socket. Its memory is limited twice: what it may write to by the system, what it really takes by the one who watches.
 * Memory: the struct is the caller's. Threads: one.
 * Example: recogniser_child_start(&plan, &child, &m); ... recogniser_child_end(&child); puts(child.fate);
 */
#ifndef CS_SPEECH_RECOGNISER_CHILD_H
#define CS_SPEECH_RECOGNISER_CHILD_H

#include "base/error.h"
#include "speech/model.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { CS_KEPT_WORDS = 2048 };

typedef struct cs_recogniser_child_plan {
    const char *program; /* NULL: this one */
    const char *library;
    const cs_speech_model *model;
    int64_t memory_bytes;
} cs_recogniser_child_plan;

typedef struct cs_recogniser_child {
    pid_t pid; /* 0: there is none */
    int socket, errors, memory; /* descriptors; -1: closed */
    char words[CS_KEPT_WORDS + 1]; /* the end of its standard error */
    size_t word_bytes;
    char fate[256]; /* how it ended: "was ended by signal 11 (Segmentation fault): last words" */
} cs_recogniser_child;

cs_error recogniser_child_start(const cs_recogniser_child_plan *plan, cs_recogniser_child *out, cs_message *message);
int64_t recogniser_child_memory(const cs_recogniser_child *child); /* bytes it takes now; 0: unknown */
void recogniser_child_listen(cs_recogniser_child *child); /* takes what stands in its standard error */
/* Ends it if it still runs, waits for it, and tells its fate. Nothing happens where there is none. */
void recogniser_child_end(cs_recogniser_child *child);

#endif
