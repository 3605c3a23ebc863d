#include "speech/model_digest.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 18 };

/* GnuTLS uses the processor's own instructions for it, where it has them. */
bool digest_begin(cs_digest *digest) {
    gnutls_hash_hd_t handle = NULL;
    digest->state = NULL;
    if (gnutls_hash_init(&handle, GNUTLS_DIG_SHA256) < 0) return false;
    digest->state = handle;
    return true;
}

bool digest_add(cs_digest *digest, const void *bytes, size_t length) {
    return length == 0 || gnutls_hash(digest->state, bytes, length) >= 0;
}

void digest_end(cs_digest *digest, char hex[CS_SHA256_CHARS + 1]) {
    static const char digits[] = "0123456789abcdef";
    unsigned char out[CS_SHA256_CHARS / 2];
    if (!digest->state) return;
    gnutls_hash_deinit(digest->state, out);
    digest->state = NULL;
    for (size_t i = 0; hex && i < sizeof out; i++) {
        hex[2 * i] = digits[out[i] >> 4];
        hex[2 * i + 1] = digits[out[i] & 15];
    }
    if (hex) hex[CS_SHA256_CHARS] = 0;
}

static cs_error digest_pieces(int file, const char *path, const volatile sig_atomic_t *is_stopped, cs_digest *digest,
                              int64_t *bytes, cs_message *message) {
    unsigned char *piece = malloc(PIECE_BYTES);
    if (!piece) return message_set(message, CS_ERR_MEMORY, "no memory to read %.200s", path);
    cs_error code = CS_OK;
    for (*bytes = 0; code == CS_OK;) {
        ssize_t got = read(file, piece, PIECE_BYTES);
        if (got == 0) break;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            code = message_set(message, CS_ERR_IO, "%.200s can't be read: %s", path, strerror(errno));
        else if (!digest_add(digest, piece, (size_t)got))
            code = message_set(message, CS_ERR_IO, "the sha256 of %.200s can't be computed", path);
        else if (is_stopped && *is_stopped)
            code = message_set(message, CS_ERR_STOPPED, "stopped");
        else
            *bytes += got;
    }
    free(piece);
    return code;
}

cs_error digest_file(const char *path, const volatile sig_atomic_t *is_stopped, char hex[CS_SHA256_CHARS + 1],
                     int64_t *bytes, cs_message *message) {
    struct stat about;
    cs_digest digest = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return message_set(message, errno == ENOENT ? CS_ERR_NOT_FOUND : CS_ERR_IO, "%.200s can't be opened: %s", path,
                           strerror(errno));
    cs_error code = CS_OK;
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode))
        code = message_set(message, CS_ERR_IO, "%.200s is no file", path);
    else if (!digest_begin(&digest))
        code = message_set(message, CS_ERR_MEMORY, "no memory to read %.200s", path);
    if (code == CS_OK) {
        code = digest_pieces(file, path, is_stopped, &digest, bytes, message);
        digest_end(&digest, code == CS_OK ? hex : NULL);
    }
    close(file);
    return code;
}
