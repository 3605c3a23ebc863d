#include "base/hash.h"

#include <sodium.h>
#include <string.h>

_Static_assert(CS_HASH_BYTES >= crypto_generichash_BYTES_MIN, "BLAKE2b gives at least this many bytes");

enum { ID_TIME_BYTES = 6, ID_BYTES = 16 };
static const char id_digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford: no I, L, O, U */

bool hash_start(void) {
    return sodium_init() >= 0;
}

cs_hash hash_bytes(const void *bytes, size_t length) {
    cs_hash hash = {{0}};
    crypto_generichash(hash.bytes, sizeof hash.bytes, bytes, length, NULL, 0); /* can't fail at a legal length */
    return hash;
}

cs_hash hash_pair(cs_hash first, cs_hash second) {
    unsigned char both[2 * CS_HASH_BYTES];
    memcpy(both, first.bytes, CS_HASH_BYTES);
    memcpy(both + CS_HASH_BYTES, second.bytes, CS_HASH_BYTES);
    return hash_bytes(both, sizeof both);
}

bool hash_equal(cs_hash a, cs_hash b) {
    return memcmp(a.bytes, b.bytes, CS_HASH_BYTES) == 0;
}

void hash_hex(cs_hash hash, char out[CS_HASH_CHARS + 1]) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < CS_HASH_BYTES; i++) {
        out[2 * i] = digits[hash.bytes[i] >> 4];
        out[2 * i + 1] = digits[hash.bytes[i] & 15];
    }
    out[CS_HASH_CHARS] = 0;
}

void id_make(int64_t time_ms, const char *name, size_t bytes, char out[CS_ID_CHARS + 1]) {
    unsigned char id[ID_BYTES];
    uint64_t time = time_ms > 0 ? (uint64_t)time_ms : 0;
    if (time >> 48) time = (UINT64_C(1) << 48) - 1;
    for (size_t i = 0; i < ID_TIME_BYTES; i++) id[i] = (unsigned char)(time >> (8 * (ID_TIME_BYTES - 1 - i)));
    cs_hash hash = hash_bytes(name, bytes);
    memcpy(id + ID_TIME_BYTES, hash.bytes, ID_BYTES - ID_TIME_BYTES);
    /* 128 bits in 26 digits of 5 bits: two zero bits stand in front. */
    unsigned bits = 0, held = 2;
    size_t at = 0;
    for (size_t i = 0; i < CS_ID_CHARS; i++) {
        if (held < 5) {
            bits = (bits << 8 | id[at++]) & 0xffff;
            held += 8;
        }
        held -= 5;
        out[i] = id_digits[bits >> held & 31];
    }
    out[CS_ID_CHARS] = 0;
}

bool id_is_valid(const char *text) {
    if (!text || strnlen(text, CS_ID_CHARS + 1) != CS_ID_CHARS || text[0] > '7') return false;
    for (size_t i = 0; i < CS_ID_CHARS; i++) {
        if (!strchr(id_digits, text[i])) return false;
    }
    return true;
}
