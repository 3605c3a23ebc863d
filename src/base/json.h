/* json.h - reading and writing JSON. The reader hides the library, so that it can be swapped.
 * Floor: base. The input's size is bounded before it is parsed; depth by the library (2048) and by json_parse (64).
 * Memory: json_parse gives a tree to release with json_free; values borrowed from it live as long. The writer appends
 * to a buffer. Threads: a tree or writer belongs to one thread.
 * Example: json_object_open(&w, NULL); json_write_int(&w, "turn", 3); json_object_close(&w);
 */
#ifndef CS_BASE_JSON_H
#define CS_BASE_JSON_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The library exports these two names itself; ours get their own at link time. */
#undef json_is_true
#define json_string cs_json_string
#define json_is_true cs_json_is_true

typedef struct json_t cs_json; /* jansson's own type, never touched outside json.c */

typedef enum cs_json_kind {
    CS_JSON_NULL,
    CS_JSON_BOOL,
    CS_JSON_NUMBER,
    CS_JSON_STRING,
    CS_JSON_ARRAY,
    CS_JSON_OBJECT
} cs_json_kind;

/* Duplicate keys, NUL in strings, invalid UTF-8 and trailing text are refused; message->place is "line L, column C". */
cs_error json_parse(const char *text, size_t bytes, size_t max_bytes, cs_json **out, cs_message *message);
/* The same for a part of a larger text, so that places name lines of the whole: first_line counts from 1. */
cs_error json_parse_part(const char *text, size_t bytes, size_t max_bytes, int64_t first_line, cs_json **out,
                         cs_message *message);
void json_free(cs_json *json);

cs_json_kind json_kind(const cs_json *json); /* NULL reads as CS_JSON_NULL */
const cs_json *json_get(const cs_json *object, const char *key); /* NULL when absent */
size_t json_length(const cs_json *array_or_object);
const cs_json *json_at(const cs_json *array, size_t index);
const char *json_string(const cs_json *json, size_t *bytes); /* NULL when it is no string; bytes may be NULL */
double json_number(const cs_json *json, double otherwise);
bool json_int64(const cs_json *json, int64_t *out); /* false when it is no integer */
bool json_is_true(const cs_json *json);
/* Calls visit for each member until it returns false. */
void json_each(const cs_json *object, bool (*visit)(void *context, const char *key, const cs_json *value),
               void *context);

typedef struct cs_json_writer {
    cs_buffer *out;
    unsigned depth;
    bool needs_comma[64];
    bool is_revealed; /* texts of people leave as they are; else text/mask_json.h covers numbers and names */
} cs_json_writer;

void json_writer_init(cs_json_writer *writer, cs_buffer *out);
/* key is NULL inside arrays and at the top. Failure shows in writer->out->is_failed. */
void json_object_open(cs_json_writer *writer, const char *key);
void json_object_close(cs_json_writer *writer);
void json_array_open(cs_json_writer *writer, const char *key);
void json_array_close(cs_json_writer *writer);
void json_write_string(cs_json_writer *writer, const char *key, const char *text); /* NULL writes null */
void json_write_bytes(cs_json_writer *writer, const char *key, const char *text, size_t bytes);
void json_write_int(cs_json_writer *writer, const char *key, int64_t value);
void json_write_double(cs_json_writer *writer, const char *key, double value, int decimals);
void json_write_bool(cs_json_writer *writer, const char *key, bool value);
void json_write_null(cs_json_writer *writer, const char *key);
void json_write_raw(cs_json_writer *writer, const char *key, const char *json); /* ready JSON text */

#endif
