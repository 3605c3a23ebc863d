#include "store/keys.h"

#include "store/keys_ring.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The ring behind a handle is what a rotation of another process changes. */
typedef struct cs_key_ring {
    pthread_mutex_t mutex;
    cs_key_set *set;
    cs_key_stamp stamp;
} cs_key_ring;

struct cs_keys {
    char *path;
    cs_key_ring *ring;
};

void keys_close(cs_keys *keys) {
    if (!keys) return;
    if (keys->ring) {
        (void)pthread_mutex_destroy(&keys->ring->mutex);
        key_set_free(keys->ring->set);
        if (keys->ring->stamp.file >= 0) close(keys->ring->stamp.file);
    }
    free(keys->ring);
    free(keys->path);
    free(keys);
}

cs_error keys_open(const char *path, cs_keys_mode mode, cs_keys **out, cs_message *message) {
    if (!*path) return message_set(message, CS_ERR_USAGE, "the name of the key file is empty");
    cs_keys *keys = calloc(1, sizeof *keys);
    if (keys) keys->path = strdup(path);
    if (keys) keys->ring = calloc(1, sizeof *keys->ring);
    if (!keys || !keys->path || !keys->ring || pthread_mutex_init(&keys->ring->mutex, NULL) != 0) {
        if (keys) free(keys->ring), free(keys->path);
        free(keys);
        return message_set(message, CS_ERR_MEMORY, "no memory for the keys");
    }
    cs_error code = CS_OK;
    keys->ring->stamp.file = -1;
    keys->ring->set = key_set_new();
    if (!keys->ring->set)
        code = message_set(message, CS_ERR_MEMORY, "no memory for the keys");
    else
        code = keys_file_read(path, keys->ring->set, &keys->ring->stamp, message);
    if (code == CS_ERR_NOT_FOUND && mode == CS_KEYS_MAKE) {
        code = keys_file_make(path, message);
        if (code == CS_OK) code = keys_file_read(path, keys->ring->set, &keys->ring->stamp, message);
    }
    if (code != CS_OK) {
        keys_close(keys);
        return code;
    }
    *out = keys;
    return CS_OK;
}

/* The ring's lock is held. */
static cs_error read_again(const char *path, cs_key_ring *ring, cs_message *message) {
    cs_key_stamp stamp;
    cs_key_set *set = key_set_new();
    if (!set) return message_set(message, CS_ERR_MEMORY, "no memory for the keys");
    cs_error code = keys_file_read(path, set, &stamp, message);
    if (code == CS_OK && memcmp(set->naming.id, ring->set->naming.id, CS_KEY_ID_BYTES) != 0) {
        close(stamp.file);
        code = message_set(message, CS_ERR_STORE, "the key file %s is another one than at the start", path);
        message_remedy(message, "put the copy of the first one back, or start callscope again to use the other");
    }
    if (code != CS_OK) {
        key_set_free(set);
        return code;
    }
    key_set_free(ring->set);
    close(ring->stamp.file);
    ring->set = set;
    ring->stamp = stamp;
    return CS_OK;
}

cs_error keys_refresh(const cs_keys *keys, cs_message *message) {
    cs_key_ring *ring = keys->ring;
    bool is_same = false;
    (void)pthread_mutex_lock(&ring->mutex);
    cs_error code = keys_file_is_same(keys->path, &ring->stamp, &is_same, message);
    if (code == CS_OK && !is_same) code = read_again(keys->path, ring, message);
    (void)pthread_mutex_unlock(&ring->mutex);
    return code;
}

void keys_adopt(const cs_keys *keys, const cs_key_set *set) {
    (void)pthread_mutex_lock(&keys->ring->mutex);
    *keys->ring->set = *set;
    (void)pthread_mutex_unlock(&keys->ring->mutex);
}

void keys_copy(const cs_keys *keys, cs_key_set *out) {
    (void)pthread_mutex_lock(&keys->ring->mutex);
    *out = *keys->ring->set;
    (void)pthread_mutex_unlock(&keys->ring->mutex);
}

void keys_hash_start(const cs_keys *keys, crypto_generichash_state *state, size_t hash_bytes) {
    (void)pthread_mutex_lock(&keys->ring->mutex);
    (void)crypto_generichash_init(state, keys->ring->set->naming.bytes, CS_KEY_BYTES, hash_bytes);
    (void)pthread_mutex_unlock(&keys->ring->mutex);
}

bool keys_is_newest(const cs_keys *keys, const unsigned char id[CS_KEY_ID_BYTES]) {
    (void)pthread_mutex_lock(&keys->ring->mutex);
    bool is_newest = memcmp(keys->ring->set->wrapping[0].id, id, CS_KEY_ID_BYTES) == 0;
    (void)pthread_mutex_unlock(&keys->ring->mutex);
    return is_newest;
}

void keys_wrap(const cs_keys *keys, const unsigned char *bound, size_t bound_bytes,
               const unsigned char data_key[CS_DATA_KEY_BYTES], unsigned char out[CS_WRAPPED_BYTES]) {
    unsigned char *nonce = out + CS_KEY_ID_BYTES, *sealed = nonce + CS_WRAP_NONCE_BYTES;
    randombytes_buf(nonce, CS_WRAP_NONCE_BYTES);
    (void)pthread_mutex_lock(&keys->ring->mutex);
    const cs_key *key = &keys->ring->set->wrapping[0];
    memcpy(out, key->id, CS_KEY_ID_BYTES);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, data_key, CS_DATA_KEY_BYTES, bound, bound_bytes,
                                                     NULL, nonce, key->bytes); /* can't fail */
    (void)pthread_mutex_unlock(&keys->ring->mutex);
}

cs_unwrapping keys_unwrap(const cs_keys *keys, const unsigned char *bound, size_t bound_bytes,
                          const unsigned char wrapped[CS_WRAPPED_BYTES], unsigned char data_key[CS_DATA_KEY_BYTES]) {
    const unsigned char *nonce = wrapped + CS_KEY_ID_BYTES, *sealed = nonce + CS_WRAP_NONCE_BYTES;
    cs_unwrapping result = CS_UNWRAP_UNKNOWN;
    (void)pthread_mutex_lock(&keys->ring->mutex);
    const cs_key_set *set = keys->ring->set;
    for (uint32_t i = 0; i < set->count && result == CS_UNWRAP_UNKNOWN; i++) {
        if (memcmp(set->wrapping[i].id, wrapped, CS_KEY_ID_BYTES) != 0) continue;
        bool is_good =
            crypto_aead_xchacha20poly1305_ietf_decrypt(data_key, NULL, NULL, sealed, CS_DATA_KEY_BYTES + CS_TAG_BYTES,
                                                       bound, bound_bytes, nonce, set->wrapping[i].bytes) == 0;
        result = is_good ? CS_UNWRAPPED : CS_UNWRAP_FORGED;
    }
    (void)pthread_mutex_unlock(&keys->ring->mutex);
    return result;
}
