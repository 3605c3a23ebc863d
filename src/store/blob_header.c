#include "store/blob_header.h"

#include "store/blob_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A slot: the wrapped key and an unkeyed check that tells a damaged slot from one that another key wraps. */
enum { SLOTS = 2, CHECK_BYTES = 16, SLOT_BYTES = CS_WRAPPED_BYTES + CHECK_BYTES, MOST_ROTATIONS = 16 };
static const char magic[CS_BLOB_MAGIC_BYTES + 1] = "csblob1\n";
enum { MAGIC_NAME = 6, BOUND_BYTES = CS_BLOB_HEAD_BYTES + CS_BLOB_NAME_CHARS };

_Static_assert((int)CS_BLOB_SECTOR_BYTES >= (int)SLOT_BYTES && (int)CS_BLOB_SECTOR_BYTES >= (int)CS_BLOB_HEAD_BYTES,
               "each fits a sector");

/* ---- names ---- */

bool blob_name_is_valid(const char *name) {
    return strnlen(name, CS_BLOB_NAME_CHARS + 1) == CS_BLOB_NAME_CHARS &&
           strspn(name, "0123456789abcdef") == CS_BLOB_NAME_CHARS;
}

char *blob_path(const char *folder, const char *name) {
    size_t length = strlen(folder);
    char *path = malloc(length + CS_BLOB_NAME_CHARS + 5);
    if (!path) return NULL;
    memcpy(path, folder, length);
    path[length] = '/';
    path[length + 1] = name[0];
    path[length + 2] = name[1];
    path[length + 3] = '/';
    memcpy(path + length + 4, name, CS_BLOB_NAME_CHARS + 1);
    return path;
}

/* ---- chunks ---- */

typedef struct cs_chunk_place {
    unsigned char nonce[CS_BLOB_NONCE_BYTES];
    unsigned char bound[CS_BLOB_MAGIC_BYTES + CS_BLOB_ID_BYTES + 9]; /* the file, the index, is it the last */
} cs_chunk_place;

static void place_chunk(const cs_blob_header *header, uint64_t index, bool is_last, cs_chunk_place *out) {
    const unsigned char *base = header->head + CS_BLOB_MAGIC_BYTES + CS_BLOB_ID_BYTES;
    unsigned char *tail = out->bound + CS_BLOB_MAGIC_BYTES + CS_BLOB_ID_BYTES;
    memcpy(out->bound, header->head, CS_BLOB_MAGIC_BYTES + CS_BLOB_ID_BYTES);
    memcpy(out->nonce, base, CS_BLOB_NONCE_BYTES);
    unsigned carry = 0;
    for (unsigned i = 0; i < 8; i++) { /* base + index over the first 8 bytes, the lowest first */
        tail[i] = (unsigned char)(index >> (8 * i));
        carry += (unsigned)out->nonce[i] + tail[i];
        out->nonce[i] = (unsigned char)carry;
        carry >>= 8;
    }
    tail[8] = is_last;
}

void blob_chunk_seal(const cs_blob_header *header, uint64_t index, bool is_last, const unsigned char *plain,
                     size_t length, unsigned char *sealed) {
    cs_chunk_place place;
    place_chunk(header, index, is_last, &place);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, plain, length, place.bound, sizeof place.bound, NULL,
                                                     place.nonce, header->data_key); /* can't fail */
}

bool blob_chunk_open(const cs_blob_header *header, uint64_t index, bool is_last, const unsigned char *sealed,
                     size_t sealed_length, unsigned char *plain) {
    cs_chunk_place place;
    place_chunk(header, index, is_last, &place);
    return crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, sealed, sealed_length, place.bound,
                                                      sizeof place.bound, place.nonce, header->data_key) == 0;
}

/* ---- the header ---- */

void blob_header_make(cs_blob_header *out) {
    memcpy(out->head, magic, CS_BLOB_MAGIC_BYTES);
    randombytes_buf(out->head + CS_BLOB_MAGIC_BYTES, CS_BLOB_HEAD_BYTES - CS_BLOB_MAGIC_BYTES);
    crypto_aead_xchacha20poly1305_ietf_keygen(out->data_key);
}

/* The name is bound too: a blob put in another one's place does not open. */
static void bind(const unsigned char *head, const char *name, unsigned char out[BOUND_BYTES]) {
    memcpy(out, head, CS_BLOB_HEAD_BYTES);
    memcpy(out + CS_BLOB_HEAD_BYTES, name, CS_BLOB_NAME_CHARS);
}

static void check_of(const unsigned char bound[BOUND_BYTES], const unsigned char *slot,
                     unsigned char out[CHECK_BYTES]) {
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, CHECK_BYTES);
    (void)crypto_generichash_update(&state, bound, BOUND_BYTES);
    (void)crypto_generichash_update(&state, slot, CS_WRAPPED_BYTES);
    (void)crypto_generichash_final(&state, out, CHECK_BYTES);
}

static void fill_slot(const cs_keys *keys, const unsigned char bound[BOUND_BYTES],
                      const unsigned char data_key[CS_DATA_KEY_BYTES], unsigned char sector[CS_BLOB_SECTOR_BYTES]) {
    memset(sector, 0, CS_BLOB_SECTOR_BYTES);
    keys_wrap(keys, bound, BOUND_BYTES, data_key, sector);
    check_of(bound, sector, sector + CS_WRAPPED_BYTES);
}

void blob_header_write(const cs_keys *keys, const cs_blob_header *header, const char *name,
                       unsigned char out[CS_BLOB_HEADER_BYTES]) {
    unsigned char bound[BOUND_BYTES];
    memset(out, 0, CS_BLOB_HEADER_BYTES);
    memcpy(out, header->head, CS_BLOB_HEAD_BYTES);
    bind(header->head, name, bound);
    fill_slot(keys, bound, header->data_key, out + CS_BLOB_SECTOR_BYTES);
}

typedef enum cs_slot_state { SLOT_FREE, SLOT_OPEN, SLOT_UNKNOWN, SLOT_DAMAGED } cs_slot_state;

typedef struct cs_header_view {
    unsigned char bytes[CS_BLOB_HEADER_BYTES], bound[BOUND_BYTES];
    cs_slot_state states[SLOTS];
    int good; /* a slot that opens, by the newest key where there is one; -1: none */
} cs_header_view;

static unsigned char *slot_at(cs_header_view *view, int slot) {
    return view->bytes + (size_t)(slot + 1) * CS_BLOB_SECTOR_BYTES;
}

static cs_slot_state slot_state(const cs_keys *keys, const unsigned char bound[BOUND_BYTES],
                                const unsigned char *sector, unsigned char data_key[CS_DATA_KEY_BYTES]) {
    unsigned char check[CHECK_BYTES];
    if (sodium_is_zero(sector, CS_BLOB_SECTOR_BYTES)) return SLOT_FREE;
    check_of(bound, sector, check);
    if (memcmp(check, sector + CS_WRAPPED_BYTES, CHECK_BYTES) != 0 ||
        !sodium_is_zero(sector + SLOT_BYTES, CS_BLOB_SECTOR_BYTES - SLOT_BYTES))
        return SLOT_DAMAGED;
    switch (keys_unwrap(keys, bound, BOUND_BYTES, sector, data_key)) {
    case CS_UNWRAPPED: return SLOT_OPEN;
    case CS_UNWRAP_UNKNOWN: return SLOT_UNKNOWN;
    case CS_UNWRAP_FORGED: break;
    }
    return SLOT_DAMAGED;
}

static cs_error changed(cs_message *message, const char *path, const char *how) {
    message_set(message, CS_ERR_STORE, "the recording %s %s", path, how);
    message_remedy(message, "put it back from your backup");
    return CS_ERR_STORE;
}

static cs_error read_header(int file, const char *path, cs_header_view *view, cs_message *message) {
    size_t got = 0;
    cs_error code = disk_read(file, path, 0, view->bytes, CS_BLOB_HEADER_BYTES, &got, message);
    if (code != CS_OK) return code;
    if (got < CS_BLOB_HEADER_BYTES) return changed(message, path, "is cut short: its header is not complete");
    if (memcmp(view->bytes, magic, MAGIC_NAME) != 0) return changed(message, path, "does not begin like one");
    if (memcmp(view->bytes, magic, CS_BLOB_MAGIC_BYTES) != 0) {
        message_set(message, CS_ERR_STORE, "the recording %s is of a version that this callscope does not know", path);
        message_remedy(message, "install the newer callscope that wrote it; if none did, put it back from your backup");
        return CS_ERR_STORE;
    }
    if (!sodium_is_zero(view->bytes + CS_BLOB_HEAD_BYTES, CS_BLOB_SECTOR_BYTES - CS_BLOB_HEAD_BYTES))
        return changed(message, path, "was changed in its header");
    return CS_OK;
}

/* Opens what slots it can. data_key is filled where view->good >= 0. */
static void open_slots(const cs_keys *keys, const char *name, cs_header_view *view,
                       unsigned char data_key[CS_DATA_KEY_BYTES]) {
    unsigned char found[CS_DATA_KEY_BYTES];
    view->good = -1;
    bind(view->bytes, name, view->bound);
    for (int i = 0; i < SLOTS; i++) {
        const unsigned char *slot = slot_at(view, i);
        view->states[i] = slot_state(keys, view->bound, slot, found);
        if (view->states[i] != SLOT_OPEN || (view->good >= 0 && !keys_is_newest(keys, slot))) continue;
        view->good = i;
        memcpy(data_key, found, sizeof found);
    }
    sodium_memzero(found, sizeof found);
}

static cs_error no_slot_opens(const cs_header_view *view, const char *path, cs_message *message) {
    if (view->states[0] != SLOT_UNKNOWN && view->states[1] != SLOT_UNKNOWN)
        return changed(message, path, "was changed in its header, or has another one's name");
    message_set(message, CS_ERR_STORE, "no key of the key file opens the recording %s", path);
    message_remedy(message, "put back the key file it was recorded under, or the recording from a backup made after "
                            "the last rotation");
    return CS_ERR_STORE;
}

/* A rotation may be between its two slots: it holds the other kind of this lock then. Where there are no locks, one reads as
 * well as one can. */
static cs_error read_locked(int file, const char *path, cs_header_view *view, cs_message *message) {
    bool is_locked = flock(file, LOCK_SH) == 0;
    cs_error code = read_header(file, path, view, message);
    if (is_locked) (void)flock(file, LOCK_UN);
    return code;
}

static bool is_unknown(const cs_header_view *view) {
    return view->good < 0 && (view->states[0] == SLOT_UNKNOWN || view->states[1] == SLOT_UNKNOWN);
}

/* Keys are forgotten only after every header was wrapped anew: one whose key is not there any more has changed since it was
 * read. One that has not is of a key that nobody has. */
static cs_error read_and_open(const cs_keys *keys, int file, const char *path, const char *name, cs_header_view *view,
                              unsigned char data_key[CS_DATA_KEY_BYTES], cs_message *message) {
    unsigned char before[CS_BLOB_HEADER_BYTES];
    cs_error code = read_locked(file, path, view, message);
    if (code != CS_OK) return code;
    open_slots(keys, name, view, data_key);
    for (int i = 0; i < MOST_ROTATIONS && is_unknown(view); i++) {
        code = keys_refresh(keys, message);
        if (code == CS_ERR_NOT_FOUND) return CS_ERR_STORE; /* it is the key file that is not there, not the blob */
        memcpy(before, view->bytes, sizeof before);
        if (code == CS_OK && i > 0) code = read_locked(file, path, view, message);
        if (code != CS_OK) return code;
        open_slots(keys, name, view, data_key);
        if (i > 0 && memcmp(before, view->bytes, sizeof before) == 0) break;
    }
    return CS_OK;
}

cs_error blob_header_read(const cs_keys *keys, int file, const char *path, const char *name, cs_blob_header *out,
                          cs_message *message) {
    cs_header_view view;
    cs_error code = read_and_open(keys, file, path, name, &view, out->data_key, message);
    if (code != CS_OK) return code;
    if (view.good < 0) return no_slot_opens(&view, path, message);
    if (view.states[1 - view.good] == SLOT_DAMAGED) {
        sodium_memzero(out->data_key, sizeof out->data_key);
        message_set(message, CS_ERR_STORE, "the recording %s was changed in the spare slot of its header", path);
        message_remedy(message, "callscope keys rotate mends it when the rest of it is whole");
        return CS_ERR_STORE;
    }
    memcpy(out->head, view.bytes, CS_BLOB_HEAD_BYTES);
    return CS_OK;
}

/* ---- wrapping again ---- */

static cs_error put_sector(int file, const char *path, int slot, const unsigned char *sector, cs_message *message) {
    return disk_write(file, path, (int64_t)(slot + 1) * CS_BLOB_SECTOR_BYTES, sector, CS_BLOB_SECTOR_BYTES, message);
}

/* At every moment one slot on the disk opens: the other one is touched only when this is certain. */
static cs_error move_slot(const cs_keys *keys, int file, const char *path, cs_header_view *view,
                          const unsigned char data_key[CS_DATA_KEY_BYTES], bool *was_done, cs_message *message) {
    static const unsigned char nought[CS_BLOB_SECTOR_BYTES];
    int keeps = view->good;
    cs_error code = CS_OK;
    bool is_newest = keys_is_newest(keys, slot_at(view, keeps));
    if (is_newest && view->states[1 - keeps] == SLOT_FREE) {
        *was_done = true;
        return CS_OK;
    }
    if (!is_newest) {
        keeps = 1 - keeps;
        fill_slot(keys, view->bound, data_key, slot_at(view, keeps));
        code = put_sector(file, path, keeps, slot_at(view, keeps), message);
    }
    if (code == CS_OK && fdatasync(file) != 0) code = disk_trouble(message, path, "written", errno);
    if (code == CS_OK) code = put_sector(file, path, 1 - keeps, nought, message);
    *was_done = false;
    return code;
}

cs_error blob_header_rewrap(const cs_keys *keys, const char *path, const char *name, bool *was_done,
                            cs_message *message) {
    cs_header_view view;
    struct stat status;
    unsigned char data_key[CS_DATA_KEY_BYTES];
    int file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
    if (file < 0 || fstat(file, &status) != 0) {
        cs_error code = disk_trouble(message, path, file < 0 ? "opened for writing" : "read", errno);
        if (file >= 0) close(file);
        return code;
    }
    if (!S_ISREG(status.st_mode)) {
        close(file);
        return changed(message, path, "is not a regular file");
    }
    (void)flock(file, LOCK_EX);
    cs_error code = read_header(file, path, &view, message);
    if (code == CS_OK) {
        open_slots(keys, name, &view, data_key);
        code = view.good < 0 ? no_slot_opens(&view, path, message)
                             : move_slot(keys, file, path, &view, data_key, was_done, message);
    }
    sodium_memzero(data_key, sizeof data_key);
    close(file);
    return code;
}
