#include "cli/serve_door.h"

#include "access/accounts.h"
#include "base/file.h"
#include "http/server_socket.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { MAX_PEM_BYTES = 1 << 20 };

static cs_error refuse(cs_message *message, cs_error code, const char *reason, const char *remedy) {
    (void)message_set(message, code, "%s", reason);
    message_remedy(message, "%s", remedy);
    return code;
}

/* ---- what was given ---- */

static cs_error read_tls(const cs_arguments *arguments, cs_door *door, cs_message *message) {
    const char *certificate = argument(arguments, "--tls-certificate"), *key = argument(arguments, "--tls-key");
    if (!certificate && !key) return CS_OK;
    if (!certificate || !key)
        return refuse(message, CS_ERR_USAGE, "a certificate and its key belong together",
                      "give both --tls-certificate FILE and --tls-key FILE");
    cs_error code = file_read(certificate, MAX_PEM_BYTES, &door->certificate, message);
    if (code == CS_OK) code = file_read(key, MAX_PEM_BYTES, &door->key, message);
    if (code != CS_OK) return code;
    if (strstr(buffer_string(&door->certificate), "-----BEGIN CERTIFICATE-----") &&
        strstr(buffer_string(&door->key), "PRIVATE KEY-----"))
        return CS_OK;
    return refuse(message, CS_ERR_USAGE, "the certificate or its key is not written as PEM",
                  "PEM files begin with -----BEGIN; openssl can turn others into it");
}

static bool is_wildcard(const char *address) {
    return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

/* An address to which people go is a name, too. */
static cs_error read_names(const cs_arguments *arguments, cs_door *door, cs_message *message) {
    const char *given = argument(arguments, "--name");
    bool is_six = strchr(door->listen, ':') != NULL, has_address = !is_wildcard(door->listen);
    int length =
        snprintf(door->names, sizeof door->names, "%s%s%s%s%s", given ? given : "", given && has_address ? "," : "",
                 has_address && is_six ? "[" : "", has_address ? door->listen : "", has_address && is_six ? "]" : "");
    if (length < 0 || (size_t)length >= sizeof door->names)
        return refuse(message, CS_ERR_LIMIT, "the names are too long together", "give those that people use");
    if (door->names[0]) return CS_OK;
    return refuse(message, CS_ERR_USAGE, "it is not said under which names people come",
                  "add --name HOST with the name in the certificate; several with commas");
}

/* ---- who has an account ---- */

/* An older store has none before it is brought up to date; a database that is away may have some. */
static cs_error look_for_accounts(const char *data, bool *has_any, cs_message *message) {
    cs_db *db = NULL;
    *has_any = false;
    cs_error code = db_open(data, CS_DB_READ, &db, message);
    if (code == CS_ERR_STORE) code = db_open(data, CS_DB_WRITE, &db, message);
    if (code == CS_OK) code = accounts_any(db, has_any, message);
    db_close(db);
    return code == CS_ERR_NOT_FOUND ? CS_OK : code;
}

static cs_error prepare_accounts(const cs_arguments *arguments, bool is_beyond, cs_door *door, cs_message *message) {
    bool has_any = false;
    cs_error code = look_for_accounts(argument(arguments, "--data"), &has_any, message);
    if (is_beyond && code == CS_OK && !has_any)
        return refuse(message, CS_ERR_CONFLICT,
                      "nobody has an account yet, so anybody beyond this machine could come in",
                      "start it once without --listen and open the link it prints, or use callscope accounts add");
    if (code != CS_OK) return is_beyond ? code : CS_OK; /* here, it waits for its database like the rest */
    if (has_any) return CS_OK;
    unsigned char random[CS_FIRST_TOKEN_CHARS / 2];
    randombytes_buf(random, sizeof random);
    (void)sodium_bin2hex(door->first_token, sizeof door->first_token, random, sizeof random);
    door->has_first = true;
    return CS_OK;
}

/* ---- all of it ---- */

cs_error door_open(const cs_arguments *arguments, cs_door *out, cs_message *message) {
    bool is_local = true;
    *out = (cs_door){.listen = argument(arguments, "--listen")};
    cs_error code = socket_is_local(out->listen, &is_local, message);
    if (code == CS_OK) code = read_tls(arguments, out, message);
    if (code == CS_OK && !is_local && !out->certificate.length)
        code = refuse(message, CS_ERR_USAGE, "beyond this machine the server listens with TLS only",
                      "add --tls-certificate FILE and --tls-key FILE, or leave --listen out");
    if (code == CS_OK) code = read_names(arguments, out, message);
    if (code == CS_OK) code = prepare_accounts(arguments, !is_local, out, message);
    if (code != CS_OK) door_close(out);
    return code;
}

void door_print(const cs_door *door, unsigned port) {
    char address[CS_MAX_NAMES + 32];
    (void)snprintf(address, sizeof address, "%s://%.*s:%u/", door->certificate.length ? "https" : "http",
                   (int)strcspn(door->names, ","), door->names, port);
    puts(address);
    if (door->has_first)
        printf("nobody has an account yet: whoever is at this machine may do everything. The first manager's account "
               "is made "
               "here:\n%sfirst/%s\n",
               address, door->first_token);
    (void)fflush(stdout);
}

void door_close(cs_door *door) {
    if (door->key.data) sodium_memzero(door->key.data, door->key.length);
    buffer_free(&door->certificate);
    buffer_free(&door->key);
    sodium_memzero(door->first_token, sizeof door->first_token);
}
