/* hash.h - content hashes (BLAKE2b by libsodium) and the sortable 128-bit ids of the product.
 * Floor: base. Memory: none. Threads: any, after hash_start() was called once by main.
 * An id is 48 bits of time (epoch ms, 0 when unknown) and 80 bits of a hash of the name it was made from, written as 26
 * characters of Crockford's base 32: the same import gives the same id on every machine, and ids sort by time.
 * Example: char id[CS_ID_CHARS + 1]; id_make(started_ms, "D-AC-0206-01", 12, id);
 */
#ifndef CS_BASE_HASH_H
#define CS_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CS_HASH_BYTES = 16, CS_HASH_CHARS = 32, CS_ID_CHARS = 26 };

typedef struct cs_hash {
    unsigned char bytes[CS_HASH_BYTES];
} cs_hash;

bool hash_start(void); /* false: the crypto library can't start */
cs_hash hash_bytes(const void *bytes, size_t length);
cs_hash hash_pair(cs_hash first, cs_hash second);
bool hash_equal(cs_hash a, cs_hash b);
void hash_hex(cs_hash hash, char out[CS_HASH_CHARS + 1]);

void id_make(int64_t time_ms, const char *name, size_t bytes, char out[CS_ID_CHARS + 1]);
bool id_is_valid(const char *text);

#endif
