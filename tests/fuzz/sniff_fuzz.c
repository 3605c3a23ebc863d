/* Hostile first bytes: a kind and its name go together, and no more is read than there is. */
#include "audio/sniff.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *name = "";
    cs_audio_kind kind = sniff_audio(data, size, &name);
    if ((kind == CS_AUDIO_NONE) != (name == NULL)) abort();
    return 0;
}
