/* reading_fuzz.h - a sink that uses all of what a reader hands over, and checks that the counts add up. */
#ifndef CS_FUZZ_READING_FUZZ_H
#define CS_FUZZ_READING_FUZZ_H

#include "base/hash.h"
#include "conversation/codec.h"
#include "conversation/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static inline bool fuzz_take(void *context, cs_conversation *conversation, cs_arena *arena) {
    cs_buffer bytes;
    cs_conversation *back = NULL;
    cs_message message;
    ++*(int64_t *)context;
    buffer_init(&bytes, (size_t)64 << 20);
    if (codec_encode(conversation, &bytes) != CS_OK) abort();
    if (codec_decode(bytes.data, bytes.length, arena, &back, &message) != CS_OK) abort();
    buffer_free(&bytes);
    arena_free(arena);
    return true;
}

static inline bool fuzz_refuse(void *context, const char *id, cs_error code, const cs_message *message) {
    (void)context;
    if (code == CS_OK || !*message->reason) abort();
    if (id && strlen(id) > ((size_t)2 << 20)) abort();
    return true;
}

static inline void fuzz_check(const cs_read_counts *counts, cs_error code, int64_t given) {
    if (counts->given != given) abort();
    if (code == CS_OK && counts->expected != counts->given + counts->refused) abort();
}

/* Reads bytes through a file in memory with a public format. */
static inline void fuzz_file(const char *format_path, const cs_mapping *mapping, const void *data, size_t size) {
    int file = memfd_create("fuzz", MFD_CLOEXEC);
    if (file < 0) abort();
    int64_t given = 0;
    if (write(file, data, size) == (ssize_t)size) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
        cs_reader_sink sink = {&given, fuzz_take, fuzz_refuse, NULL};
        cs_read_counts counts;
        cs_message message;
        cs_error code = format_read(format_find(format_path, mapping), path, mapping, &sink, &counts, &message);
        if (code == CS_OK) fuzz_check(&counts, code, given);
    }
    close(file);
}

#endif
