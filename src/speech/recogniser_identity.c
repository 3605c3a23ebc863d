#include "speech/recogniser_identity.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 65536 };

static cs_error hash_file(const char *path, char out[65], cs_message *message) {
    unsigned char block[BLOCK], digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    FILE *file = fopen(path, "rbe");
    if (!file) {
        message_set(message, CS_ERR_NOT_FOUND, "the model's file %.200s can't be opened: %s", path, strerror(errno));
        message_remedy(message, "fetch the model again: callscope models");
        return CS_ERR_NOT_FOUND;
    }
    (void)crypto_hash_sha256_init(&state);
    for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;)
        (void)crypto_hash_sha256_update(&state, block, got);
    bool is_read = !ferror(file);
    (void)fclose(file);
    (void)crypto_hash_sha256_final(&state, digest);
    (void)sodium_bin2hex(out, 65, digest, sizeof digest);
    return is_read ? CS_OK : message_set(message, CS_ERR_IO, "the model's file %.200s can't be read", path);
}

cs_error recogniser_identify(const cs_speech_model *model, char out[65], cs_message *message) {
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    (void)crypto_hash_sha256_init(&state);
    for (uint32_t i = 0; i < model->file_count && i < CS_MAX_MODEL_FILES; i++) {
        char text[65];
        const char *given = model->files[i].sha256;
        if (given && strlen(given) == 64) {
            memcpy(text, given, sizeof text);
        } else {
            cs_error code = hash_file(model->files[i].path, text, message);
            if (code != CS_OK) return code;
        }
        (void)crypto_hash_sha256_update(&state, (const unsigned char *)text, 64);
    }
    (void)crypto_hash_sha256_final(&state, digest);
    (void)sodium_bin2hex(out, 65, digest, sizeof digest);
    return CS_OK;
}
