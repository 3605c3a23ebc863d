/* An archive of somebody's: it is read to its end or refused with words, in pieces of any size, and always ends. */
#include "speech/model_tar.h"

#include <stdlib.h>
#include <string.h>

typedef struct input {
    const uint8_t *data;
    size_t size, at, piece;
} input;

static ssize_t from_input(void *context, void *bytes, size_t most) {
    input *in = context;
    size_t left = in->size - in->at, take = most < in->piece ? most : in->piece;
    if (take > left) take = left;
    memcpy(bytes, in->data + in->at, take);
    in->at += take;
    return (ssize_t)take;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    input in = {data + 1, size - 1, 0, 1 + (size_t)data[0] * 7};
    cs_tar tar = {.read = from_input, .context = &in};
    cs_tar_member member;
    cs_message message = {0};
    char bytes[777];
    size_t got = 0;
    int64_t total = 0;
    cs_error code;
    while ((code = tar_next(&tar, &member, &message)) == CS_OK && member.name) {
        if (strlen(member.name) >= CS_TAR_NAME_BYTES || member.bytes < 0) abort();
        if (!member.is_file) continue;
        do {
            code = tar_read(&tar, bytes, sizeof bytes, &got, &message);
            total += (int64_t)got;
        } while (code == CS_OK && got > 0);
        if (code != CS_OK) break;
    }
    if (code != CS_OK && !message.reason[0]) abort();
    if (total > (int64_t)size) abort();
    return 0;
}
