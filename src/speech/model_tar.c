#include "speech/model_tar.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512, MAX_EXTENDED = 64 << 10 };

/* POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar's types L and K. */
typedef struct header {
    char name[100], mode[8], owner[8], group[8], size[12], changed[12], sum[8], type, link[100], magic[8],
        owner_name[32], group_name[32], major[8], minor[8], prefix[155], rest[12];
} header;

_Static_assert(sizeof(header) == BLOCK, "a header is one block");

static cs_error cut(cs_message *message) {
    return message_set(message, CS_ERR_PARSE, "the archive is cut: it ends in the middle");
}

/* got below most: the archive has ended. */
static cs_error bytes_read(cs_tar *tar, void *bytes, size_t most, size_t *got, cs_message *message) {
    for (*got = 0; *got < most;) {
        ssize_t more = tar->read(tar->context, (char *)bytes + *got, most - *got);
        if (more == 0) return CS_OK;
        if (more < 0 && errno == EINTR) continue;
        if (more < 0) return message_set(message, CS_ERR_IO, "the archive can't be read: %s", strerror(errno));
        *got += (size_t)more;
    }
    return CS_OK;
}

cs_error tar_read(cs_tar *tar, void *bytes, size_t most, size_t *got, cs_message *message) {
    size_t wanted = tar->left < (int64_t)most ? (size_t)tar->left : most;
    cs_error code = bytes_read(tar, bytes, wanted, got, message);
    if (code != CS_OK) return code;
    tar->left -= (int64_t)*got;
    return *got < wanted ? cut(message) : CS_OK;
}

static cs_error member_skip(cs_tar *tar, cs_message *message) {
    char away[16 << 10];
    size_t got;
    tar->left += tar->padding;
    tar->padding = 0;
    while (tar->left > 0) {
        cs_error code = tar_read(tar, away, sizeof away, &got, message);
        if (code != CS_OK) return code;
    }
    return CS_OK;
}

/* Octal digits, or GNU's binary with the highest bit set. -1: neither. */
static int64_t size_of(const char field[12]) {
    const unsigned char *bytes = (const unsigned char *)field;
    int64_t size = 0;
    if (bytes[0] & 0x80) {
        for (int i = 4; i < 12; i++) size = (int64_t)(((uint64_t)size << 8) | bytes[i]);
        return bytes[4] & 0x80 || bytes[0] != 0x80 ? -1 : size;
    }
    int at = 0;
    while (at < 11 && field[at] == ' ') at++;
    for (; at < 12 && field[at] && field[at] != ' '; at++) {
        if (field[at] < '0' || field[at] > '7') return -1;
        size = size * 8 + (field[at] - '0');
    }
    return size;
}

static bool sum_is_right(const header *h) {
    const unsigned char *bytes = (const unsigned char *)h;
    unsigned sum = 0;
    char field[sizeof h->sum + 1] = {0};
    for (size_t i = 0; i < BLOCK; i++) {
        bool is_sum = i >= offsetof(header, sum) && i < offsetof(header, sum) + sizeof h->sum;
        sum += is_sum ? ' ' : bytes[i];
    }
    memcpy(field, h->sum, sizeof h->sum);
    return strtoul(field, NULL, 8) == sum;
}

static void plain_name(const header *h, char name[CS_TAR_NAME_BYTES]) {
    bool is_ustar = memcmp(h->magic, "ustar\0", 6) == 0 && h->prefix[0];
    size_t prefix = is_ustar ? strnlen(h->prefix, sizeof h->prefix) : 0, length = strnlen(h->name, sizeof h->name);
    memcpy(name, h->prefix, prefix);
    if (prefix) name[prefix++] = '/';
    memcpy(name + prefix, h->name, length);
    name[prefix + length] = 0;
}

/* "27 path=folder/name\n", one after another. The last path and size count. */
static bool pax_read(const char *text, size_t bytes, char name[CS_TAR_NAME_BYTES], int64_t *size) {
    for (size_t at = 0; at < bytes;) {
        char *end = NULL;
        unsigned long length = strtoul(text + at, &end, 10);
        size_t used = (size_t)(end - (text + at));
        if (used == 0 || *end != ' ' || length < used + 3 || length > bytes - at || text[at + length - 1] != '\n')
            return false;
        const char *key = end + 1;
        size_t left = length - used - 2; /* of key=value */
        if (left > 5 && memcmp(key, "path=", 5) == 0) {
            if (left - 5 >= CS_TAR_NAME_BYTES || memchr(key, 0, left)) return false;
            memcpy(name, key + 5, left - 5);
            name[left - 5] = 0;
        } else if (left > 5 && memcmp(key, "size=", 5) == 0) {
            char digits[21] = {0};
            if (left - 5 > 18) return false;
            memcpy(digits, key + 5, left - 5);
            *size = strspn(digits, "0123456789") == left - 5 ? strtoll(digits, NULL, 10) : -1;
            if (*size < 0) return false;
        }
        at += length;
    }
    return true;
}

/* What stands before a member and tells its name (L, x), the bytes of which are in hand. */
static cs_error extended_read(cs_tar *tar, char type, bool *has_name, int64_t *size, cs_message *message) {
    size_t got, bytes = (size_t)tar->left;
    if (tar->left > MAX_EXTENDED) return message_set(message, CS_ERR_LIMIT, "a name in the archive is too long");
    char *text = malloc(bytes + 1);
    if (!text) return message_set(message, CS_ERR_MEMORY, "no memory to read the archive");
    cs_error code = tar_read(tar, text, bytes, &got, message);
    text[code == CS_OK ? got : 0] = 0;
    if (code == CS_OK && type == 'L' && strlen(text) >= CS_TAR_NAME_BYTES)
        code = message_set(message, CS_ERR_LIMIT, "a name in the archive is too long");
    if (code == CS_OK && type == 'L') {
        memcpy(tar->name, text, strlen(text) + 1);
        *has_name = true;
    }
    if (code == CS_OK && type == 'x') {
        char name[CS_TAR_NAME_BYTES] = "";
        if (!pax_read(text, got, name, size))
            code = message_set(message, CS_ERR_PARSE, "a header of the archive is not well formed");
        else if (name[0]) {
            memcpy(tar->name, name, strlen(name) + 1);
            *has_name = true;
        }
    }
    free(text);
    return code;
}

static cs_error header_read(cs_tar *tar, header *h, bool *is_end, cs_message *message) {
    static const char zeros[BLOCK];
    size_t got;
    cs_error code = bytes_read(tar, h, BLOCK, &got, message);
    if (code != CS_OK) return code;
    *is_end = (got == 0 && tar->members > 0) || (got == BLOCK && memcmp(h, zeros, BLOCK) == 0);
    if (*is_end) return CS_OK;
    if (got < BLOCK) return cut(message);
    if (!sum_is_right(h)) return message_set(message, CS_ERR_PARSE, "this is no tar archive, or it is damaged");
    if (++tar->members > CS_MAX_TAR_MEMBERS)
        return message_set(message, CS_ERR_LIMIT, "the archive holds more than %d members", CS_MAX_TAR_MEMBERS);
    tar->left = size_of(h->size);
    if (tar->left < 0 || tar->left > (int64_t)1 << 42) {
        tar->left = 0;
        return message_set(message, CS_ERR_PARSE, "a size in the archive is no number");
    }
    return CS_OK;
}

cs_error tar_next(cs_tar *tar, cs_tar_member *out, cs_message *message) {
    bool has_name = false, is_end = false;
    int64_t size = -1;
    header h;
    for (;;) {
        cs_error code = member_skip(tar, message);
        if (code == CS_OK) code = header_read(tar, &h, &is_end, message);
        if (code != CS_OK) return code;
        if (is_end) {
            *out = (cs_tar_member){0};
            return CS_OK;
        }
        bool is_extended = h.type == 'L' || h.type == 'K' || h.type == 'x' || h.type == 'g';
        if (!is_extended && size >= 0) tar->left = size;
        tar->padding = (BLOCK - tar->left % BLOCK) % BLOCK;
        if (!is_extended) break;
        code = h.type == 'L' || h.type == 'x' ? extended_read(tar, h.type, &has_name, &size, message) : CS_OK;
        if (code != CS_OK) return code;
    }
    if (!has_name) plain_name(&h, tar->name);
    *out = (cs_tar_member){tar->name, tar->left, h.type == '0' || h.type == 0 || h.type == '7'};
    return CS_OK;
}
