#include "store/database_address.h"

#include "base/buffer.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_ADDRESS_BYTES = 4096 };
static const char blanks[] = " \t\r\n";
static const char example[] = "write it as postgres://user@host:5432/name, or as libpq's host=... dbname=... user=...";

/* libpq's own words about a bad address repeat it, password and all: they are not shown. */
static bool is_postgres(const char *text) {
    PQconninfoOption *options = PQconninfoParse(text, NULL);
    bool is_good = options != NULL;
    PQconninfoFree(options);
    return is_good;
}

cs_error database_address_read(const char *text, const char *from, cs_database_address *out, cs_message *message) {
    size_t start = strspn(text, blanks), length = strlen(text + start);
    while (length > 0 && strchr(blanks, text[start + length - 1])) length--;
    char *copy = length <= MAX_ADDRESS_BYTES ? strndup(text + start, length) : NULL;
    cs_database_address found = {.kind = CS_DB_POSTGRES, .text = copy, .from = from};
    cs_error code = CS_OK;
    if (length > MAX_ADDRESS_BYTES) {
        code = message_set(message, CS_ERR_LIMIT, "the address of the database is longer than %d bytes",
                           MAX_ADDRESS_BYTES);
    } else if (!copy) {
        code = message_set(message, CS_ERR_MEMORY, "no memory for the address of the database");
    } else if (strcmp(copy, "sqlite") == 0) {
        database_address_free(&found);
        found = (cs_database_address){.kind = CS_DB_SQLITE, .from = from};
    } else if (strpbrk(copy, "\r\n")) {
        code = message_set(message, CS_ERR_PARSE, "the address of the database has more than one line");
    } else if (!strchr(copy, '=') && strncmp(copy, "postgres://", 11) != 0 && strncmp(copy, "postgresql://", 13) != 0) {
        code = message_set(message, CS_ERR_PARSE, "that is no address of a PostgreSQL database");
    } else if (!is_postgres(copy)) {
        code = message_set(message, CS_ERR_PARSE, "the address of the database can't be read");
    }
    if (code == CS_OK) {
        *out = found;
        return CS_OK;
    }
    message_place(message, "%s", from);
    if (code == CS_ERR_PARSE)
        message_remedy(message, "%s; signs like @ : / in a password are written %%40 %%3A %%2F", example);
    database_address_free(&found);
    return code;
}

static cs_error refuse(cs_message *message, const char *path, const char *why, const char *remedy) {
    (void)message_set(message, CS_ERR_IO, "the file %s %s", path, why);
    message_remedy(message, "%s", remedy);
    return CS_ERR_IO;
}

/* A password may stand in it: the same is demanded of it as of a key file. */
static cs_error read_file(const char *path, char *text, bool *is_there, cs_message *message) {
    struct stat info;
    *is_there = false;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0 && (errno == ENOENT || errno == ENOTDIR)) return CS_OK;
    if (file < 0) return refuse(message, path, "can't be opened", "check its permissions and those of its folder");
    cs_error code = CS_OK;
    ssize_t got = -1;
    if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
        code = refuse(message, path, "is no plain file", "put the address of the database into a plain file");
    } else if (info.st_uid != geteuid() && geteuid() != 0) {
        code = refuse(message, path, "belongs to another user", "chown it to the user that callscope runs as");
    } else if (info.st_mode & 077) {
        code = refuse(message, path, "can be read by others", "chmod 600 it: a password may stand in it");
    } else if ((got = read(file, text, MAX_ADDRESS_BYTES + 1)) < 0) {
        code = refuse(message, path, "can't be read", "check the disk and the log of the system");
    } else if (got > MAX_ADDRESS_BYTES || memchr(text, 0, (size_t)got)) {
        code = refuse(message, path, "holds something else than an address", example);
    } else {
        text[got] = 0;
        *is_there = true;
    }
    close(file);
    return code;
}

cs_error database_address_find(const char *data, cs_database_address *out, cs_message *message) {
    const char *said = getenv(CS_DATABASE_VARIABLE);
    if (said && *said) return database_address_read(said, "the variable " CS_DATABASE_VARIABLE, out, message);
    char *path = file_join(data, CS_DATABASE_FILE), *text = malloc(MAX_ADDRESS_BYTES + 2);
    bool is_there = false;
    cs_error code = path && text ? read_file(path, text, &is_there, message)
                                 : message_set(message, CS_ERR_MEMORY, "no memory for the address of the database");
    if (code == CS_OK && is_there)
        code = database_address_read(text, "the file " CS_DATABASE_FILE " of the store", out, message);
    else if (code == CS_OK)
        *out = (cs_database_address){.kind = CS_DB_SQLITE, .from = "the folder of the store"};
    if (text) explicit_bzero(text, MAX_ADDRESS_BYTES + 2);
    free(text);
    free(path);
    return code;
}

void database_address_free(cs_database_address *address) {
    if (address->text) explicit_bzero(address->text, strlen(address->text));
    free(address->text);
    address->text = NULL;
}
