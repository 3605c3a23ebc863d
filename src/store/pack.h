/* pack.h - zstd with trained dictionaries for many small bodies.
 * Floor: store. A frame names its dictionary by id, so old bodies stay readable when a newer one is trained; it carries a
 * checksum, so damage is noticed.
 * Memory: contexts are inside cs_packer, which keeps db for as long as it lives; out is initialised by the caller and
 * overwritten. Threads: one packer a thread, on the thread of its db; dictionaries are loaded from the store.
 * Example: packer_pack(p, bytes, n, &frame, &m); packer_unpack(p, frame.data, frame.length, max, &bytes, &m);
 */
#ifndef CS_STORE_PACK_H
#define CS_STORE_PACK_H

#include "base/buffer.h"
#include "base/error.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cs_packer cs_packer;

cs_error packer_open(cs_db *db, cs_packer **out, cs_message *message); /* loads the dictionaries of table dictionary */
void packer_close(cs_packer *packer);
cs_error packer_pack(cs_packer *packer, const void *bytes, size_t length, cs_buffer *out, cs_message *message);
/* Frames of a dictionary that was trained after packer_open are understood too. CS_ERR_STORE: the frame is damaged or its
 * dictionary is lost; CS_ERR_LIMIT: it would unpack to more than max_bytes. */
cs_error packer_unpack(cs_packer *packer, const void *frame, size_t length, size_t max_bytes, cs_buffer *out,
                       cs_message *message);
/* Trains a dictionary from samples (laid end to end) and stores it with db, in the caller's transaction. Does nothing when
 * there are too few. No packer uses it before packer_refresh: a frame must never name a dictionary that was rolled back. */
cs_error packer_train(cs_db *db, const void *samples, const size_t *lengths, size_t count, cs_message *message);
cs_error packer_refresh(cs_packer *packer, cs_message *message); /* takes in what was trained and committed since */
bool packer_has_dictionary(const cs_packer *packer);

#endif
