#include "store/db_postgres_sql.h"

#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What reaches to its end as it is: text, quoted words, comments. A doubled quote ends one and begins the next. */
static const struct {
    const char *from, *to;
} spans[] = {{"'", "'"}, {"\"", "\""}, {"--", "\n"}, {"/*", "*/"}, {"$$", "$$"}, {"::", ""}};

static const char *const reading[] = {"SELECT", "VALUES", "WITH", "SHOW", "EXPLAIN"};
static const char *const writing[] = {"INSERT", "UPDATE", "DELETE"};
static const char *const returning[] = {"RETURNING"};

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_word(char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
}

static size_t word_bytes(const char *at) {
    size_t length = 0;
    while (is_word(at[length])) length++;
    return length;
}

/* The length of the span that begins here; 0: none does. */
static size_t span_bytes(const char *at) {
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        size_t from = strlen(spans[i].from);
        if (strncmp(at, spans[i].from, from) != 0) continue;
        const char *end = strstr(at + from, spans[i].to);
        return end ? (size_t)(end - at) + strlen(spans[i].to) : strlen(at);
    }
    return 0;
}

static bool is_among(const char *const *words, size_t count, const char *at, size_t length) {
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length && strncasecmp(words[i], at, length) == 0) return true;
    return false;
}

/* The number of a name, from 1; 0: there are too many, or it is too long. */
static int number_of(postgres_sql *sql, const char *name, size_t length) {
    if (length >= CS_MAX_PARAMETER_NAME) return 0;
    for (int i = 0; i < sql->count; i++)
        if (strlen(sql->names[i]) == length && memcmp(sql->names[i], name, length) == 0) return i + 1;
    if (sql->count == CS_MAX_PARAMETERS) return 0;
    memcpy(sql->names[sql->count], name, length);
    sql->names[sql->count][length] = 0;
    return ++sql->count;
}

static bool put_parameter(postgres_sql *sql, cs_buffer *text, const char *name, size_t length) {
    char number[16];
    int found = number_of(sql, name, length);
    (void)snprintf(number, sizeof number, "$%d", found);
    (void)buffer_text(text, number);
    return found > 0;
}

/* x'00ff', bytes as SQLite writes them; 0: none begin here. */
static size_t bytes_literal(const char *at, cs_buffer *text) {
    if ((at[0] != 'x' && at[0] != 'X') || at[1] != '\'') return 0;
    size_t digits = strspn(at + 2, "0123456789abcdefABCDEF");
    if (at[2 + digits] != '\'') return 0;
    (void)buffer_text(text, "'\\x");
    (void)buffer_append(text, at + 2, digits);
    (void)buffer_text(text, "'::bytea");
    return digits + 3;
}

static bool translate(const char *sql, postgres_sql *out, cs_buffer *text) {
    bool is_first = true, is_good = true;
    for (const char *at = sql; *at && is_good;) {
        size_t length = span_bytes(at);
        if (length > 0) {
            (void)buffer_append(text, at, length);
        } else if (*at == ':' && is_letter(at[1])) {
            length = 1 + word_bytes(at + 1);
            is_good = put_parameter(out, text, at + 1, length - 1);
        } else if ((length = bytes_literal(at, text)) > 0) {
            is_first = false;
        } else if ((length = word_bytes(at)) > 0) {
            if (is_first ? !is_among(reading, sizeof reading / sizeof reading[0], at, length)
                         : is_among(writing, sizeof writing / sizeof writing[0], at, length))
                out->is_writing = true;
            if (is_first ? !is_among(writing, sizeof writing / sizeof writing[0], at, length)
                         : is_among(returning, sizeof returning / sizeof returning[0], at, length))
                out->has_answer = true;
            is_first = false;
            (void)buffer_append(text, at, length);
        } else {
            length = 1;
            (void)buffer_append(text, at, 1);
        }
        at += length;
    }
    return is_good;
}

cs_error postgres_sql_read(const char *sql, postgres_sql *out, cs_message *message) {
    cs_buffer text;
    postgres_sql found = {.names = calloc(CS_MAX_PARAMETERS, sizeof *found.names)};
    buffer_init(&text, CS_MAX_QUERY_BYTES);
    cs_error code = CS_OK;
    if (!found.names)
        code = message_set(message, CS_ERR_MEMORY, "no memory for a query");
    else if (!translate(sql, &found, &text))
        code =
            message_set(message, CS_ERR_STORE, "a query has more than %d parameters, or a name of more than %d bytes",
                        CS_MAX_PARAMETERS, CS_MAX_PARAMETER_NAME - 1);
    else if (text.is_failed || !(found.text = strdup(buffer_string(&text))))
        code = message_set(message, CS_ERR_MEMORY, "no memory for a query");
    buffer_free(&text);
    if (code != CS_OK) {
        postgres_sql_free(&found);
        return code;
    }
    if (found.count > 0) { /* most queries have few */
        void *fewer = realloc(found.names, (size_t)found.count * sizeof *found.names);
        if (fewer) found.names = fewer;
    }
    *out = found;
    return CS_OK;
}

void postgres_sql_free(postgres_sql *sql) {
    free(sql->text);
    free(sql->names);
    *sql = (postgres_sql){0};
}
