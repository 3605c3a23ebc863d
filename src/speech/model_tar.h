/* model_tar.h - the members of a tar archive that comes as a stream: names, sizes, bytes.
 * Floor: speech. ustar, GNU's long names and pax's path and size. Nothing is written anywhere: who reads decides what to do with
 * a member, so that no path of an archive ever becomes a path of this machine.
 * Memory: a name lives until the next member. Threads: one.
 * Example: cs_tar tar = {.read = from_pipe, .context = &pipe};
 *          while (tar_next(&tar, &member, &m) == CS_OK && member.name) tar_read(&tar, bytes, sizeof bytes, &got, &m);
 */
#ifndef CS_SPEECH_MODEL_TAR_H
#define CS_SPEECH_MODEL_TAR_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { CS_TAR_NAME_BYTES = 1024, CS_MAX_TAR_MEMBERS = 100000 };

typedef struct cs_tar {
    ssize_t (*read)(void *context, void *bytes, size_t most); /* as read(2): 0 at the end, below 0 with errno */
    void *context;
    int64_t left, padding; /* of the member in hand: bytes not read yet, and those behind them */
    uint32_t members;
    char name[CS_TAR_NAME_BYTES];
} cs_tar;

typedef struct cs_tar_member {
    const char *name; /* as written there; NULL: the archive has ended */
    int64_t bytes;
    bool is_file; /* no folder, no link, no device */
} cs_tar_member;

/* CS_ERR_PARSE: it is no tar archive, or it is cut; CS_ERR_LIMIT: too many members or too long a name. */
cs_error tar_next(cs_tar *tar, cs_tar_member *out, cs_message *message);
/* got 0: the member has ended. */
cs_error tar_read(cs_tar *tar, void *bytes, size_t most, size_t *got, cs_message *message);

#endif
