/* converter.h - amr, m4a, aac, wma and video become Ogg Opus, by an ffmpeg child process with limits.
 * Floor: audio. The child gets no network, no other files, limited memory, processor time and clock; whatever it does - hang,
 * eat memory, crash, write rubbish - costs one try of one file. Memory: one small block. Threads: any, a child each.
 * Example: converter_run("call.amr", NULL, write_some, blob, &is_stopped, &m);
 */
#ifndef CS_AUDIO_CONVERTER_H
#define CS_AUDIO_CONVERTER_H

#include "base/error.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_converter_limits {
    const char *program; /* NULL: "ffmpeg" in PATH */
    int64_t memory_bytes; /* 0: 512 MB */
    int64_t processor_seconds; /* 0: 30 minutes */
    int64_t idle_seconds; /* without a byte of output; 0: 60 */
    int64_t output_bytes; /* 0: 1 GB */
    bool *is_damaged; /* NULL: not asked; see converter_run */
} cs_converter_limits;

bool converter_is_installed(void);
/* on_bytes: the Ogg Opus stream as it comes; false stops it. CS_ERR_NOT_FOUND: ffmpeg is not installed (remedy says how);
 * CS_ERR_PARSE: it can't read the file; CS_ERR_LIMIT: a limit was passed, which one stands in the message.
 * CS_OK with *limits->is_damaged: it was converted, but ffmpeg complained of errors in it: parts may be missing or noise. The
 * message then holds its last words and a remedy, although CS_OK is returned. Pauses between the recording's packets, and a late
 * beginning, become silence, so that every second keeps its place. */
cs_error converter_run(const char *path, const cs_converter_limits *limits,
                       bool (*on_bytes)(void *context, const void *bytes, size_t length), void *context,
                       const volatile sig_atomic_t *is_stopped, cs_message *message);

#endif
