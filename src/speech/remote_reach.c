/* How far sound goes that is sent to an address, and what is said about it. */
#include "speech/remote_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_NUMBERS = 64 }; /* behind one name */

static cs_remote_reach reach_of_4(uint32_t ip) {
    if (ip >> 24 == 127) return CS_REACH_MACHINE;
    bool is_private = ip >> 24 == 10 || ip >> 20 == 0xac1 || ip >> 16 == 0xc0a8 || ip >> 16 == 0xa9fe;
    return is_private ? CS_REACH_PRIVATE : CS_REACH_OUTSIDE;
}

static cs_remote_reach reach_of_6(const struct in6_addr *ip) {
    const uint8_t *b = ip->s6_addr;
    if (IN6_IS_ADDR_LOOPBACK(ip)) return CS_REACH_MACHINE;
    if (IN6_IS_ADDR_V4MAPPED(ip))
        return reach_of_4((uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 | b[15]);
    return (b[0] & 0xfe) == 0xfc || IN6_IS_ADDR_LINKLOCAL(ip) ? CS_REACH_PRIVATE : CS_REACH_OUTSIDE;
}

cs_error remote_address_reach(const cs_remote_address *address, cs_remote_reach *out, cs_message *message) {
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    cs_remote_reach farthest = CS_REACH_MACHINE;
    char host[256];
    size_t bytes = strlen(address->host);
    bool has_brackets = address->host[0] == '[' && bytes > 2;
    (void)snprintf(host, sizeof host, "%.*s", (int)(has_brackets ? bytes - 2 : bytes),
                   address->host + (has_brackets ? 1 : 0));
    int failed = getaddrinfo(host, NULL, &hints, &list);
    if (failed) {
        message_set(message, CS_ERR_NOT_FOUND, "the recogniser's host %.100s is not known here: %s", host,
                    gai_strerror(failed));
        message_remedy(message, "look for a slip in the name, or give its address in numbers");
        return CS_ERR_NOT_FOUND;
    }
    int count = 0;
    for (const struct addrinfo *one = list; one && count < MOST_NUMBERS; one = one->ai_next, count++) {
        cs_remote_reach reach = CS_REACH_OUTSIDE;
        if (one->ai_family == AF_INET)
            reach = reach_of_4(ntohl(((const struct sockaddr_in *)(const void *)one->ai_addr)->sin_addr.s_addr));
        if (one->ai_family == AF_INET6)
            reach = reach_of_6(&((const struct sockaddr_in6 *)(const void *)one->ai_addr)->sin6_addr);
        if (reach > farthest) farthest = reach;
    }
    freeaddrinfo(list);
    *out = count ? farthest : CS_REACH_OUTSIDE;
    return CS_OK;
}

/* ---- the key ---- */

static cs_error check_key(const cs_remote_address *address, char *key, size_t bytes, cs_message *message) {
    size_t from = strspn(key, " \t\r\n");
    while (bytes > from && strchr(" \t\r\n", key[bytes - 1])) bytes--;
    bool is_good = bytes > from;
    for (size_t i = from; i < bytes; i++) is_good = is_good && key[i] > ' ' && key[i] < 127;
    if (!is_good)
        return message_set(message, CS_ERR_PARSE, "the file %.150s holds no key: one line without blanks",
                           address->key_file);
    memmove(key, key + from, bytes - from);
    key[bytes - from] = 0;
    return CS_OK;
}

cs_error remote_key_read(const cs_remote_address *address, char out[CS_MAX_SPEECH_KEY_BYTES + 1], cs_message *message) {
    struct stat info;
    *out = 0;
    if (!address->key_file) return CS_OK;
    FILE *file = fopen(address->key_file, "rbe");
    if (!file)
        return message_set(message, CS_ERR_NOT_FOUND, "the recogniser's key %.150s can't be read: %s",
                           address->key_file, strerror(errno));
    bool is_open_to_all = fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode) || (info.st_mode & S_IRWXO);
    size_t bytes = is_open_to_all ? 0 : fread(out, 1, CS_MAX_SPEECH_KEY_BYTES + 1, file);
    (void)fclose(file);
    if (is_open_to_all) {
        message_set(message, CS_ERR_FORBIDDEN, "everybody on this machine can read the recogniser's key %.150s",
                    address->key_file);
        message_remedy(message, "chmod o= %.150s", address->key_file);
        return CS_ERR_FORBIDDEN;
    }
    if (bytes > CS_MAX_SPEECH_KEY_BYTES) {
        *out = 0;
        return message_set(message, CS_ERR_LIMIT, "a key has at most %d bytes", (int)CS_MAX_SPEECH_KEY_BYTES);
    }
    out[bytes] = 0;
    return check_key(address, out, bytes, message);
}

/* ---- as a model ---- */

cs_error model_of_address(const char *text, cs_arena *arena, cs_speech_model **out, cs_message *message) {
    char key[CS_MAX_SPEECH_KEY_BYTES + 1];
    cs_remote_address address;
    cs_remote_reach reach = CS_REACH_OUTSIDE;
    cs_error code = remote_address_read(text, arena, &address, message);
    if (code == CS_OK) code = remote_key_read(&address, key, message);
    explicit_bzero(key, sizeof key);
    if (code == CS_OK) code = remote_address_reach(&address, &reach, message);
    if (code == CS_OK && reach == CS_REACH_OUTSIDE && !address.is_secure) {
        code =
            message_set(message, CS_ERR_FORBIDDEN,
                        "recordings would go to %.150s without encryption, beyond the private network", address.host);
        message_remedy(message, "say https:// or wss://");
    }
    if (code != CS_OK) return code;
    cs_speech_model *model = arena_alloc(arena, sizeof *model);
    if (!model) return message_set(message, CS_ERR_MEMORY, "no memory for the address of a recogniser");
    *model = (cs_speech_model){.name = address.name,
                               .kind = address.kind,
                               .languages = address.language ? address.language : "",
                               .address = arena_string(arena, text)};
    if (!model->address) return message_set(message, CS_ERR_MEMORY, "no memory for the address of a recogniser");
    *out = model;
    return CS_OK;
}

cs_error remote_address_notice(const char *text, cs_arena *arena, const char **out, cs_message *message) {
    static const char *const words[] = {
        [CS_REACH_MACHINE] = "it is on this machine",
        [CS_REACH_PRIVATE] = "recordings leave this machine, within the private network",
        [CS_REACH_OUTSIDE] = ("RECORDINGS LEAVE THIS MACHINE AND THE PRIVATE NETWORK; whoever runs that address "
                              "hears what customers say"),
    };
    cs_remote_address address;
    cs_remote_reach reach = CS_REACH_OUTSIDE;
    cs_error code = remote_address_read(text, arena, &address, message);
    if (code == CS_OK) code = remote_address_reach(&address, &reach, message);
    if (code != CS_OK) return code;
    bool is_plain = !address.is_secure && reach != CS_REACH_MACHINE;
    *out = arena_printf(arena, "sound is sent to %s to be recognised: %s%s%s%s", address.name, words[reach],
                        is_plain ? ", without encryption" : "", address.proxy ? ", by way of the proxy " : "",
                        address.proxy ? address.proxy : "");
    return *out ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory for the address of a recogniser");
}
