/* What PostgreSQL refuses, by its SQLSTATE, in our words. */
#include "store/db_postgres.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { STATE_CHARS = 5 };

/* The first row whose state begins so. gone: the connection goes with it. */
static const struct {
    const char *state;
    cs_error code;
    bool is_gone, is_contended;
    const char *remedy;
} refusals[] = {
    {"08", CS_ERR_STORE, true, false, ""},
    {"57P01", CS_ERR_STORE, true, false, ""}, /* an administrator ended it */
    {"57P02", CS_ERR_STORE, true, false, ""}, /* another process of it crashed */
    {"57P03", CS_ERR_STORE, true, false, ""}, /* starting up, or shutting down */
    {"57P05", CS_ERR_STORE, true, false, ""}, /* idle for too long */
    {"25P03", CS_ERR_STORE, true, false, ""}, /* likewise, in a transaction */
    {"57014", CS_ERR_STORE, false, false, "it took too long or was cancelled; ask for less at once, or try again"},
    {"23", CS_ERR_CONFLICT, false, false, ""},
    {"40", CS_ERR_STORE, false, true, "another program wrote to the same rows; try again"},
    {"55P03", CS_ERR_STORE, false, false, "another program is writing to it for long; try again when it has finished"},
    {"22021", CS_ERR_ENCODING, false, false, ""},
    {"22", CS_ERR_LIMIT, false, false, ""}, /* a value that it can't take */
    {"53100", CS_ERR_STORE, false, false,
     "free some space on the disk of the database server; what was acknowledged before is safe"},
    {"53200", CS_ERR_MEMORY, false, false, "the database server lacks memory: give it more"},
    {"53300", CS_ERR_STORE, false, false,
     "the database server has no connection left: raise max_connections, or run fewer programs"},
    {"54", CS_ERR_LIMIT, false, false, ""},
    {"28", CS_ERR_STORE, false, false, "check the user and the password in the address, and pg_hba.conf of the server"},
    {"3D000", CS_ERR_STORE, false, false, "make it with: createdb -T template0 -E UTF8 NAME"},
    {"3F000", CS_ERR_STORE, false, false, "make the schema, or name another one in search_path"},
    {"42501", CS_ERR_STORE, false, false,
     "the user lacks that right: let it own the database (ALTER DATABASE ... OWNER TO ...), or GRANT CREATE ON SCHEMA"},
    {"25006", CS_ERR_STORE, false, false, "the server only reads (a standby?): name the one that writes"},
    {"58", CS_ERR_STORE, false, false, "check the disk and the log of the database server"},
    {"XX", CS_ERR_STORE, false, false, "check the disk and the log of the database server"},
};
enum { REFUSALS = sizeof refusals / sizeof refusals[0] };

static size_t refusal_of(const char *state) {
    size_t i = 0;
    while (i < REFUSALS && strncmp(state, refusals[i].state, strlen(refusals[i].state)) != 0) i++;
    return i;
}

static cs_error say_gone(const char *doing, const char *place, cs_message *message) {
    (void)message_set(message, CS_ERR_STORE, "the database server went away while %s", doing);
    message_place(message, "%s", place ? place : "");
    message_remedy(message, "what was acknowledged is kept; it is tried again by itself");
    return CS_ERR_STORE;
}

cs_error postgres_failure(postgres_db *db, PGresult *result, const char *doing, cs_message *message) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    size_t i = refusal_of(state ? state : "");
    cs_error code = CS_ERR_STORE;
    db->is_contended = i < REFUSALS && refusals[i].is_contended;
    if (PQstatus(db->raw) != CONNECTION_OK || (i < REFUSALS && refusals[i].is_gone)) {
        code = say_gone(doing, db->place, message);
    } else {
        if (i < REFUSALS) code = refusals[i].code;
        (void)message_set(message, code, "the database refused while %s: %s", doing,
                          words ? words : PQerrorMessage(db->raw));
        message_place(message, "%s", db->place ? db->place : "");
        message_remedy(message, "%s", i < REFUSALS ? refusals[i].remedy : "");
    }
    PQclear(result);
    return code;
}

/* libpq tells the state of a refused connection in words only: "FATAL:  28P01: password ...", and FATAL in any language. */
static const char *state_within(const char *words) {
    for (const char *at = words; (at = strstr(at, ":  ")) != NULL; at += 3) {
        size_t length = 0;
        while (isdigit((unsigned char)at[3 + length]) || isupper((unsigned char)at[3 + length])) length++;
        if (length == STATE_CHARS && at[3 + length] == ':') return at + 3;
    }
    return NULL;
}

cs_error postgres_unreachable(postgres_db *db, cs_message *message) {
    const char *all = PQerrorMessage(db->raw), *state = state_within(all);
    const char *words = state ? state + STATE_CHARS + 1 + strspn(state + STATE_CHARS + 1, " ") : all;
    int length = (int)strcspn(words, "\n");
    size_t i = refusal_of(state ? state : "");
    cs_error code = i < REFUSALS ? refusals[i].code : CS_ERR_STORE;
    const char *remedy = i < REFUSALS ? refusals[i].remedy : "";
    if (PQconnectionNeedsPassword(db->raw))
        remedy = "it asks for a password: put it into the address, or into ~/.pgpass";
    else if (!*remedy)
        remedy = "check that the server runs and that the address is right; callscope serve and worker try again by "
                 "themselves";
    (void)message_set(message, code, "the database can't be reached: %.*s", length, words);
    message_remedy(message, "%s", remedy);
    return code;
}
