#include "store/pack.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <zdict.h>
#include <zstd.h>

/* Level 3 packs at several hundred MB/s; level 9 saves 3 % more on trained dialogues at a third of the speed.
 * A dictionary is about a hundredth of what it is trained from; ids below 32768 are kept for zstd's own registry. */
enum {
    LEVEL = 3,
    MAX_DICTIONARIES = 64,
    DICTIONARY_BYTES = 64 * 1024,
    LEAST_SAMPLES = 100,
    LEAST_SAMPLE_BYTES = 4 * DICTIONARY_BYTES,
    FIRST_ID = 32768,
};

typedef struct cs_dictionary {
    unsigned id;
    ZSTD_DDict *unpacking;
} cs_dictionary;

struct cs_packer {
    cs_db *db;
    ZSTD_CCtx *packing;
    ZSTD_DCtx *unpacking;
    ZSTD_CDict *newest; /* NULL: none yet */
    cs_dictionary dictionaries[MAX_DICTIONARIES];
    size_t count;
    char *scratch;
    size_t scratch_bytes;
};

cs_error packer_open(cs_db *db, cs_packer **out, cs_message *message) {
    cs_packer *packer = calloc(1, sizeof *packer);
    if (!packer) return message_set(message, CS_ERR_MEMORY, "no memory for packing");
    packer->db = db;
    packer->packing = ZSTD_createCCtx();
    packer->unpacking = ZSTD_createDCtx();
    cs_error code = CS_OK;
    if (!packer->packing || !packer->unpacking ||
        ZSTD_isError(ZSTD_CCtx_setParameter(packer->packing, ZSTD_c_compressionLevel, LEVEL)) ||
        ZSTD_isError(ZSTD_CCtx_setParameter(packer->packing, ZSTD_c_checksumFlag, 1)))
        code = message_set(message, CS_ERR_MEMORY, "no memory for packing");
    if (code == CS_OK) code = packer_refresh(packer, message);
    if (code != CS_OK) {
        packer_close(packer);
        return code;
    }
    *out = packer;
    return CS_OK;
}

void packer_close(cs_packer *packer) {
    if (!packer) return;
    for (size_t i = 0; i < packer->count; i++) (void)ZSTD_freeDDict(packer->dictionaries[i].unpacking);
    (void)ZSTD_freeCDict(packer->newest);
    (void)ZSTD_freeCCtx(packer->packing);
    (void)ZSTD_freeDCtx(packer->unpacking);
    free(packer->scratch);
    free(packer);
}

bool packer_has_dictionary(const cs_packer *packer) {
    return packer->newest != NULL;
}

/* ---- dictionaries ---- */

static const ZSTD_DDict *find(const cs_packer *packer, unsigned id) {
    for (size_t i = 0; i < packer->count; i++)
        if (packer->dictionaries[i].id == id) return packer->dictionaries[i].unpacking;
    return NULL;
}

static cs_error take_in(cs_packer *packer, unsigned id, const void *body, size_t length, cs_message *message) {
    if (packer->count == MAX_DICTIONARIES)
        return message_set(message, CS_ERR_LIMIT, "the store holds more than %d dictionaries", MAX_DICTIONARIES);
    if (ZSTD_getDictID_fromDict(body, length) != id)
        return message_set(message, CS_ERR_STORE, "the dictionary %u of the store is damaged", id);
    ZSTD_DDict *unpacking = ZSTD_createDDict(body, length);
    ZSTD_CDict *packing = ZSTD_createCDict(body, length, LEVEL);
    if (!unpacking || !packing) {
        (void)ZSTD_freeDDict(unpacking);
        (void)ZSTD_freeCDict(packing);
        return message_set(message, CS_ERR_MEMORY, "no memory for the dictionary %u of the store", id);
    }
    packer->dictionaries[packer->count++] = (cs_dictionary){id, unpacking};
    (void)ZSTD_freeCDict(packer->newest);
    packer->newest = packing;
    return CS_OK;
}

cs_error packer_refresh(cs_packer *packer, cs_message *message) {
    cs_stmt *stmt = NULL;
    unsigned last = packer->count ? packer->dictionaries[packer->count - 1].id : 0;
    cs_error code =
        db_query(packer->db, "SELECT id, body FROM dictionary WHERE id > :last ORDER BY id", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_int64(stmt, "last", last);
    bool has_row = false;
    while ((code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        size_t length = 0;
        const void *body = db_bytes(stmt, 1, &length);
        code = take_in(packer, (unsigned)db_int64(stmt, 0), body, length, message);
        if (code != CS_OK) break;
    }
    db_done(stmt);
    return code;
}

static cs_error next_id(cs_db *db, unsigned *id, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code = db_query(db, "SELECT max(id) FROM dictionary", &stmt, message);
    if (code == CS_OK) code = db_step(stmt, &has_row, message);
    if (code == CS_OK) *id = has_row && !db_is_null(stmt, 0) ? (unsigned)db_int64(stmt, 0) + 1 : FIRST_ID;
    db_done(stmt);
    return code;
}

cs_error packer_train(cs_db *db, const void *samples, const size_t *lengths, size_t count, cs_message *message) {
    size_t total = 0;
    for (size_t i = 0; i < count; i++) total += lengths[i];
    if (count < LEAST_SAMPLES || count > UINT32_MAX || total < LEAST_SAMPLE_BYTES) return CS_OK;
    unsigned id = 0;
    cs_error code = next_id(db, &id, message);
    if (code != CS_OK) return code;
    if (id >= FIRST_ID + MAX_DICTIONARIES) return CS_OK;
    char *body = malloc(DICTIONARY_BYTES);
    if (!body) return message_set(message, CS_ERR_MEMORY, "no memory to train a dictionary");
    size_t length = ZDICT_trainFromBuffer(body, DICTIONARY_BYTES, samples, lengths, (unsigned)count);
    /* zstd draws a random id; ours are in the order of training. It stands after the magic number, little-endian
     * (RFC 8878, section 5). */
    if (!ZDICT_isError(length))
        for (unsigned i = 0; i < 4; i++) body[4 + i] = (char)(unsigned char)(id >> (8 * i));
    /* Samples that are all alike can't be trained from: then it goes without. */
    if (!ZDICT_isError(length)) {
        cs_stmt *stmt = NULL;
        code = db_query(db, "INSERT INTO dictionary (id, body, created_ms) VALUES (:id, :body, :now)", &stmt, message);
        if (code == CS_OK) {
            db_bind_int64(stmt, "id", id);
            db_bind_bytes(stmt, "body", body, length);
            db_bind_int64(stmt, "now", clock_now_ms());
            code = db_run(stmt, message);
        }
    }
    free(body);
    return code;
}

/* ---- frames ---- */

static bool reserve(cs_packer *packer, size_t bytes) {
    if (bytes <= packer->scratch_bytes) return true;
    char *more = realloc(packer->scratch, bytes);
    if (!more) return false;
    packer->scratch = more;
    packer->scratch_bytes = bytes;
    return true;
}

static cs_error give(cs_packer *packer, size_t length, cs_buffer *out, cs_message *message) {
    buffer_clear(out);
    if (buffer_append(out, packer->scratch, length)) return CS_OK;
    return message_set(message, length > out->max ? CS_ERR_LIMIT : CS_ERR_MEMORY, "%zu bytes do not fit in memory",
                       length);
}

cs_error packer_pack(cs_packer *packer, const void *bytes, size_t length, cs_buffer *out, cs_message *message) {
    if (!reserve(packer, ZSTD_compressBound(length)))
        return message_set(message, CS_ERR_MEMORY, "no memory to pack %zu bytes", length);
    size_t rc = ZSTD_CCtx_refCDict(packer->packing, packer->newest);
    if (!ZSTD_isError(rc)) rc = ZSTD_compress2(packer->packing, packer->scratch, packer->scratch_bytes, bytes, length);
    if (ZSTD_isError(rc)) return message_set(message, CS_ERR_STORE, "packing failed: %s", ZSTD_getErrorName(rc));
    return give(packer, rc, out, message);
}

static cs_error damaged(const char *how, cs_message *message) {
    (void)message_set(message, CS_ERR_STORE, "a stored body is damaged: %s", how);
    message_remedy(message, "bring the store back from a backup, or read the original file again into a new store");
    return CS_ERR_STORE;
}

cs_error packer_unpack(cs_packer *packer, const void *frame, size_t length, size_t max_bytes, cs_buffer *out,
                       cs_message *message) {
    unsigned long long wanted = ZSTD_getFrameContentSize(frame, length);
    if (wanted == ZSTD_CONTENTSIZE_ERROR || wanted == ZSTD_CONTENTSIZE_UNKNOWN)
        return damaged("it does not begin like a packed body", message);
    if (wanted > max_bytes)
        return message_set(message, CS_ERR_LIMIT, "a stored body says it holds %llu bytes; at most %zu are unpacked",
                           wanted, max_bytes);
    unsigned id = ZSTD_getDictID_fromFrame(frame, length);
    const ZSTD_DDict *dictionary = id ? find(packer, id) : NULL;
    if (id && !dictionary) {
        cs_error code = packer_refresh(packer, message);
        if (code != CS_OK) return code;
        if (!(dictionary = find(packer, id))) return damaged("its dictionary is not in the store", message);
    }
    /* One byte more: zstd refuses an empty destination. */
    if (!reserve(packer, (size_t)wanted + 1))
        return message_set(message, CS_ERR_MEMORY, "no memory to unpack %llu bytes", wanted);
    size_t rc = ZSTD_decompress_usingDDict(packer->unpacking, packer->scratch, packer->scratch_bytes, frame, length,
                                           dictionary);
    if (ZSTD_isError(rc)) return damaged(ZSTD_getErrorName(rc), message);
    if (rc != wanted) return damaged("its length is wrong", message);
    return give(packer, rc, out, message);
}
