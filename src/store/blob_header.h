/* blob_header.h - the first 1,536 bytes of a blob: what it is, and its data key wrapped, in one of two slots.
 * Floor: store, private to blob*.c and keys_rotate.c. A sector of 512 bytes each for the head and the two slots, so that one is
 * written without touching another: wrapping again fills the free slot, syncs it, and then clears the other.
 * Memory: the caller's; a cs_blob_header holds a key: wipe it. Threads: any.
 * Example: blob_header_read(keys, file, path, name, &header, message); blob_chunk_open(&header, 0, true, …)
 */
#ifndef CS_STORE_BLOB_HEADER_H
#define CS_STORE_BLOB_HEADER_H

#include "store/blob.h"
#include "store/keys_ring.h"

#define CS_BLOB_PART ".part-" /* what an unfinished blob is called, and what a killed writer leaves */

enum {
    CS_BLOB_MAGIC_BYTES = 8,
    CS_BLOB_ID_BYTES = 16,
    CS_BLOB_NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    CS_BLOB_HEAD_BYTES = CS_BLOB_MAGIC_BYTES + CS_BLOB_ID_BYTES + CS_BLOB_NONCE_BYTES,
    CS_BLOB_SECTOR_BYTES = 512,
    CS_BLOB_HEADER_BYTES = 3 * CS_BLOB_SECTOR_BYTES,
    CS_BLOB_SEALED_BYTES = CS_BLOB_CHUNK_BYTES + CS_TAG_BYTES,
};

typedef struct cs_blob_header {
    unsigned char head[CS_BLOB_HEAD_BYTES]; /* magic, the file's random id, the nonces' random base */
    unsigned char data_key[CS_DATA_KEY_BYTES];
} cs_blob_header;

bool blob_name_is_valid(const char *name); /* 32 of 0-9a-f: nothing that leads to another folder */
/* FOLDER/ab/NAME, malloc; NULL when out of memory */
char *blob_path(const char *folder, const char *name);

void blob_header_make(cs_blob_header *out);
/* The whole header as bytes, wrapped by the newest key, for the blob of this name. */
void blob_header_write(const cs_keys *keys, const cs_blob_header *header, const char *name,
                       unsigned char out[CS_BLOB_HEADER_BYTES]);
cs_error blob_header_read(const cs_keys *keys, int file, const char *path, const char *name, cs_blob_header *out,
                          cs_message *message);
/* Wraps the data key by the newest key, and by it alone. *was_done: it was so already. Also mends a damaged spare slot. */
cs_error blob_header_rewrap(const cs_keys *keys, const char *path, const char *name, bool *was_done,
                            cs_message *message);

/* sealed has CS_TAG_BYTES more than plain; they may begin at the same byte. */
void blob_chunk_seal(const cs_blob_header *header, uint64_t index, bool is_last, const unsigned char *plain,
                     size_t length, unsigned char *sealed);
bool blob_chunk_open(const cs_blob_header *header, uint64_t index, bool is_last, const unsigned char *sealed,
                     size_t sealed_length, unsigned char *plain);

#endif
