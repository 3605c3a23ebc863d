#include <jansson.h>

#include "base/json.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

enum { MAX_DEPTH = 64 };
static const double LARGEST_EXACT = 9007199254740992.0; /* 2^53: above, a double skips whole numbers */

/* Where an opened bracket or quote stands, so that a cut text can say what was left open. */
typedef struct scan {
    int64_t line, open_line[MAX_DEPTH];
    char open[MAX_DEPTH];
    unsigned depth;
    bool is_in_string;
    int64_t string_line;
} scan;

static void place_at_byte(cs_message *message, const char *text, size_t at, int64_t first_line) {
    int64_t line = first_line;
    size_t line_start = 0;
    for (size_t i = 0; i < at; i++) {
        if (text[i] == '\n') {
            line++;
            line_start = i + 1;
        }
    }
    message_place(message, "line %lld, column %zu", (long long)line,
                  utf8_count(text + line_start, at - line_start) + 1);
}

/* Skips a quoted text; at stands behind the opening quote. Gives the place behind the closing one. */
static size_t skip_string(const char *text, size_t bytes, size_t at, scan *s) {
    s->is_in_string = true;
    s->string_line = s->line;
    while (at < bytes) {
        char c = text[at++];
        if (c == '\\') {
            at += at < bytes;
        } else if (c == '"') {
            s->is_in_string = false;
            return at;
        } else if (c == '\n') {
            s->line++;
        }
    }
    return bytes;
}

/* Bounds the nesting before the library sees it, and remembers what is open at the end. */
static cs_error check_depth(const char *text, size_t bytes, scan *s, cs_message *message, int64_t first_line) {
    for (size_t i = 0; i < bytes;) {
        char c = text[i++];
        if (c == '\n') {
            s->line++;
        } else if (c == '"') {
            i = skip_string(text, bytes, i, s);
        } else if (c == '{' || c == '[') {
            if (s->depth == MAX_DEPTH) {
                message_set(message, CS_ERR_LIMIT, "brackets stand more than %d deep inside each other", MAX_DEPTH);
                place_at_byte(message, text, i - 1, first_line);
                message_remedy(message,
                               "check whether it is the right file, or damaged: no format that is known goes so deep");
                return CS_ERR_LIMIT;
            }
            s->open[s->depth] = c;
            s->open_line[s->depth++] = s->line;
        } else if ((c == '}' || c == ']') && s->depth > 0) {
            s->depth--;
        }
    }
    return CS_OK;
}

static cs_error check_encoding(const char *text, size_t bytes, int64_t first_line, cs_message *message) {
    size_t bad = utf8_invalid_at(text, bytes);
    if (bad == bytes) return CS_OK;
    if (text[bad] == 0) {
        message_set(message, CS_ERR_ENCODING, "a zero byte stands in the text");
    } else {
        message_set(message, CS_ERR_ENCODING, "byte 0x%02X is not UTF-8 text", (unsigned)(unsigned char)text[bad]);
    }
    place_at_byte(message, text, bad, first_line);
    message_remedy(message, "save the file as UTF-8 (it may be GB18030 or UTF-16 now)");
    return CS_ERR_ENCODING;
}

static void explain_cut(const scan *s, cs_message *message) {
    if (s->is_in_string) {
        message_set(message, CS_ERR_PARSE, "the text ends in the middle: a quote opened in line %lld is not closed",
                    (long long)s->string_line);
    } else if (s->depth > 0) {
        message_set(message, CS_ERR_PARSE, "the text ends in the middle: the %c opened in line %lld is not closed",
                    s->open[s->depth - 1], (long long)s->open_line[s->depth - 1]);
    } else {
        message_set(message, CS_ERR_PARSE, "the text ends in the middle");
    }
    message_place(message, "line %lld", (long long)s->line);
    message_remedy(message, "it was probably cut off while it was written or copied: export it again");
}

/* The library's words for a slip, and ours. */
static const struct {
    const char *library, *words, *remedy;
} slips[] = {
    {"']' expected", "a comma or ] is missing", "put a comma between the items"},
    {"'}' expected", "a comma or } is missing", "put a comma between the members"},
    {"string or '}' expected", "a key in double quotes is expected", "look for a comma too many or a missing quote"},
    {"string expected", "a key in double quotes is expected", "look for a comma too many or a missing quote"},
    {"':' expected", "a colon is missing after the key", ""},
    {"unexpected token", "a value is expected", "look for a comma too many"},
    {"invalid token", "this is not a JSON value", "text needs double quotes; true, false and null are written small"},
    {"unexpected newline", "a quoted text runs over the line's end", "close the quote, or write \\n for a line break"},
    {"control character", "an unseen control character stands in a quoted text", "write it as \\u00XX or remove it"},
    {"invalid escape", "a backslash in a quoted text is followed by the wrong character", "write \\\\ for a backslash"},
    {"invalid Unicode", "a \\u escape is half of a character", "write the character itself"},
    {"\\u0000", "a zero character (\\u0000) stands in a text", "remove it"},
    {"NUL", "a zero character (\\u0000) stands in a text", "remove it"},
    {"duplicate object key", "a key stands twice in one object", "keep one of the two"},
    {"end of file expected", "more text follows after the end",
     "several conversations: a list in [ ], or one a line as JSON Lines"},
    {"too big", "a number is too large", ""},
    {"real number overflow", "a number is too large", ""},
};

static void explain_slip(const json_error_t *error, int64_t first_line, cs_message *message) {
    const char *near = strstr(error->text, " near ");
    size_t found = 0, count = sizeof slips / sizeof slips[0];
    while (found < count && strncmp(error->text, slips[found].library, strlen(slips[found].library)) != 0) found++;
    if (found == count) {
        message_set(message, CS_ERR_PARSE, "not valid JSON: %s", error->text);
    } else {
        message_set(message, CS_ERR_PARSE, "%s%s", slips[found].words, near ? near : "");
        message_remedy(message, "%s", slips[found].remedy);
    }
    if (error->line > 0)
        message_place(message, "line %lld, column %d", (long long)(first_line + error->line - 1), error->column);
}

cs_error json_parse_part(const char *text, size_t bytes, size_t max_bytes, int64_t first_line, cs_json **out,
                         cs_message *message) {
    if (bytes > max_bytes)
        return message_set(message, CS_ERR_LIMIT, "it has %zu bytes; at most %zu are read", bytes, max_bytes);
    if (bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        bytes -= 3;
    }
    size_t blank = 0;
    while (blank < bytes && strchr(" \t\r\n", text[blank]) && text[blank]) blank++;
    if (blank == bytes) return message_set(message, CS_ERR_PARSE, "it is empty");
    scan s = {.line = first_line};
    cs_error code = check_encoding(text, bytes, first_line, message);
    if (code == CS_OK) code = check_depth(text, bytes, &s, message, first_line);
    if (code != CS_OK) return code;
    json_error_t error;
    json_t *json = json_loadb(text, bytes, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (json) {
        *out = json;
        return CS_OK;
    }
    if (json_error_code(&error) == json_error_out_of_memory)
        return message_set(message, CS_ERR_MEMORY, "no memory to read it");
    if (json_error_code(&error) == json_error_premature_end_of_input) {
        explain_cut(&s, message);
    } else {
        explain_slip(&error, first_line, message);
    }
    return CS_ERR_PARSE;
}

cs_error json_parse(const char *text, size_t bytes, size_t max_bytes, cs_json **out, cs_message *message) {
    return json_parse_part(text, bytes, max_bytes, 1, out, message);
}

void json_free(cs_json *json) {
    json_decref(json);
}

cs_json_kind json_kind(const cs_json *json) {
    if (!json) return CS_JSON_NULL;
    switch (json_typeof(json)) {
    case JSON_OBJECT: return CS_JSON_OBJECT;
    case JSON_ARRAY: return CS_JSON_ARRAY;
    case JSON_STRING: return CS_JSON_STRING;
    case JSON_INTEGER:
    case JSON_REAL: return CS_JSON_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE: return CS_JSON_BOOL;
    default: return CS_JSON_NULL;
    }
}

const cs_json *json_get(const cs_json *object, const char *key) {
    return object ? json_object_get(object, key) : NULL;
}

size_t json_length(const cs_json *array_or_object) {
    if (!array_or_object) return 0;
    return json_is_array(array_or_object) ? json_array_size(array_or_object) : json_object_size(array_or_object);
}

const cs_json *json_at(const cs_json *array, size_t index) {
    return array ? json_array_get(array, index) : NULL;
}

const char *json_string(const cs_json *json, size_t *bytes) {
    if (!json || json_typeof(json) != JSON_STRING) return NULL;
    if (bytes) *bytes = json_string_length(json);
    return json_string_value(json);
}

double json_number(const cs_json *json, double otherwise) {
    return json && json_is_number(json) ? json_number_value(json) : otherwise;
}

bool json_int64(const cs_json *json, int64_t *out) {
    if (!json) return false;
    if (json_typeof(json) == JSON_INTEGER) {
        *out = json_integer_value(json);
        return true;
    }
    if (json_typeof(json) != JSON_REAL) return false;
    double value = json_real_value(json); /* some exports write 1200.0 for 1200 */
    if (!(fabs(value) <= LARGEST_EXACT) || value != floor(value)) return false;
    *out = (int64_t)value;
    return true;
}

bool json_is_true(const cs_json *json) {
    return json && json_typeof(json) == JSON_TRUE;
}

void json_each(const cs_json *object, bool (*visit)(void *context, const char *key, const cs_json *value),
               void *context) {
    if (!object || json_typeof(object) != JSON_OBJECT) return;
    json_t *members = (json_t *)object; /* the library's iterator takes no const; nothing is changed */
    for (void *at = json_object_iter(members); at; at = json_object_iter_next(members, at)) {
        if (!visit(context, json_object_iter_key(at), json_object_iter_value(at))) return;
    }
}
