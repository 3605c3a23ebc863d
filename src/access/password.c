#include "access/password.h"

#include "base/utf8.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

_Static_assert((int)crypto_pwhash_STRBYTES <= (int)CS_PASSWORD_HASH_CHARS + 1, "a hash must have room");

/* The first that are tried, of ten characters and more. */
static const char *const obvious[] = {
    "1234567890",    "12345678900",  "0123456789",   "0987654321",  "9876543210",  "123456789a", "a123456789",
    "1q2w3e4r5t",    "q1w2e3r4t5",   "1qaz2wsx3edc", "qwertyuiop",  "asdfghjkl;",  "qazwsxedcr", "password12",
    "password123",   "password1234", "passw0rd123",  "p@ssw0rd123", "p@ssword123", "admin12345", "admin123456",
    "administrator", "callscope1",   "callscope123", "letmein123",  "welcome123",  "iloveyou12", "woaini1314",
    "woaini1314520", "5201314520",   "1314520520",   "qq123456789", "abcd123456",  "abc1234567", "changeme123"};

/* "aaaaaaaaaa", "abababababab", "123123123123": a piece of up to three characters again and again. */
static bool is_repeated(const char *text, size_t bytes) {
    for (size_t piece = 1; piece <= 3; piece++) {
        size_t i = piece;
        while (i < bytes && text[i] == text[i - piece]) i++;
        if (i == bytes) return true;
    }
    size_t length = 0; /* of the first character, for those of several bytes */
    do length++;
    while (length < bytes && ((unsigned char)text[length] & 0xC0) == 0x80);
    size_t i = length;
    while (i < bytes && text[i] == text[i - length]) i++;
    return i == bytes;
}

static bool is_obvious(const char *name, const char *password, size_t bytes) {
    for (size_t i = 0; i < sizeof obvious / sizeof obvious[0]; i++)
        if (strcasecmp(password, obvious[i]) == 0) return true;
    size_t length = strlen(name);
    if (length == 0 || bytes < length || strncasecmp(password, name, length) != 0) return false;
    for (size_t i = length; i < bytes; i++) /* the name, and digits behind it */
        if (!isdigit((unsigned char)password[i]))
            return bytes == 2 * length && strcasecmp(password + length, name) == 0;
    return true;
}

cs_error password_check(const char *name, const char *password, cs_message *message) {
    size_t bytes = strlen(password);
    cs_error code = CS_OK;
    if (utf8_invalid_at(password, bytes) != bytes)
        code = message_set(message, CS_ERR_USAGE, "the password is not valid UTF-8");
    else if (utf8_count(password, bytes) < CS_MIN_PASSWORD)
        code = message_set(message, CS_ERR_USAGE, "the password is shorter than %d characters", CS_MIN_PASSWORD);
    else if (bytes > CS_MAX_PASSWORD)
        code = message_set(message, CS_ERR_USAGE, "the password is longer than %d bytes", CS_MAX_PASSWORD);
    else if (is_repeated(password, bytes) || is_obvious(name, password, bytes))
        code = message_set(message, CS_ERR_USAGE, "this password is one of the first that somebody would try");
    if (code == CS_OK) return CS_OK;
    message_place(message, "password");
    message_remedy(message, "take 10 characters or more that nobody guesses: a few words that don't belong together");
    return code;
}

cs_error password_hash(const char *password, char out[CS_PASSWORD_HASH_CHARS + 1], cs_message *message) {
    if (crypto_pwhash_str_alg(out, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) == 0)
        return CS_OK;
    (void)message_set(message, CS_ERR_MEMORY, "there is no memory for the password's hash");
    message_remedy(message, "it takes 64 MB for a moment: close other programs, then do the same again");
    return CS_ERR_MEMORY;
}

bool password_fits(const char *hash, const char *password) {
    /* argon2id of random bytes that were thrown away, with the same limits */
    static const char nobodys[] =
        "$argon2id$v=19$m=65536,t=2,p=1$6sLkFuprAPfnMAbmPgp7TQ$C8S3yv0OJ7kVIWfTMnj4eAbSxR4x9ACDoR8mgGyqYo8";
    bool fits = crypto_pwhash_str_verify(hash ? hash : nobodys, password, strlen(password)) == 0;
    return fits && hash;
}
