/* keys_ring.h - what blobs ask of the keys: names from content, and data keys wrapped and unwrapped.
 * Floor: store, private to keys*.c and blob*.c. A wrapped key is KEY ID 16 | NONCE 24 | KEY 32 | TAG 16, bound to the bytes
 * it is wrapped with: it opens nothing else. Memory: none is kept. Threads: any; a ring is shared and guards itself.
 * Example: keys_wrap(keys, bound, n, data_key, slot); keys_unwrap(keys, bound, n, slot, data_key) == CS_UNWRAPPED
 */
#ifndef CS_STORE_KEYS_RING_H
#define CS_STORE_KEYS_RING_H

#include "store/keys.h"
#include "store/keys_file.h"

#include <sodium.h>

enum {
    CS_DATA_KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    CS_WRAP_NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    CS_TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    CS_WRAPPED_BYTES = CS_KEY_ID_BYTES + CS_WRAP_NONCE_BYTES + CS_DATA_KEY_BYTES + CS_TAG_BYTES,
};

/* UNKNOWN: by a key that is not in the ring; FORGED: its key is there and it does not open: it was changed. */
typedef enum cs_unwrapping { CS_UNWRAPPED, CS_UNWRAP_UNKNOWN, CS_UNWRAP_FORGED } cs_unwrapping;

void keys_hash_start(const cs_keys *keys, crypto_generichash_state *state, size_t hash_bytes);
void keys_wrap(const cs_keys *keys, const unsigned char *bound, size_t bound_bytes,
               const unsigned char data_key[CS_DATA_KEY_BYTES], unsigned char out[CS_WRAPPED_BYTES]);
cs_unwrapping keys_unwrap(const cs_keys *keys, const unsigned char *bound, size_t bound_bytes,
                          const unsigned char wrapped[CS_WRAPPED_BYTES], unsigned char data_key[CS_DATA_KEY_BYTES]);
bool keys_is_newest(const cs_keys *keys, const unsigned char id[CS_KEY_ID_BYTES]);
/* Reads the file again when it was replaced since: a rotation of another process. CS_ERR_STORE: it is another store's now. */
cs_error keys_refresh(const cs_keys *keys, cs_message *message);
/* Rotation: takes over what was written to the file. */
void keys_adopt(const cs_keys *keys, const cs_key_set *set);
void keys_copy(const cs_keys *keys, cs_key_set *out);

#endif
