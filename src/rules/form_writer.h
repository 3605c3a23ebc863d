/* form_writer.h - from the JSON form to rule text, member by member. Private to rules/: form_write*.c.
 * Floor: rules. What is missing, unknown or of the wrong kind is refused with the path of the field.
 * Memory: the caller's buffers. Threads: one. Example: form_write_expression(&writer, json_get(clause, "condition"))
 */
#ifndef CS_RULES_FORM_WRITER_H
#define CS_RULES_FORM_WRITER_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/json.h"
#include "rules/vocabulary.h"

enum { CS_FORM_PATH_BYTES = 400, CS_MAX_WRITING_DEPTH = 60 };

typedef struct cs_form_writer {
    cs_buffer *out; /* the text */
    cs_buffer line; /* what stands behind a keyword, on one line, with breaks (form_layout.h) */
    cs_arena *arena; /* reset at each statement */
    cs_message *message;
    cs_error code; /* of the refusal; CS_OK: none */
    bool is_zh;
    unsigned depth, level; /* level: of the breaks being put */
    const cs_json *comments; /* of the statement */
    size_t comment_count; /* of them written */
    char path[CS_FORM_PATH_BYTES];
} cs_form_writer;

/* ---- members ---- */

bool form_fail(cs_form_writer *writer, const char *format, ...) __attribute__((format(printf, 2, 3))); /* false */
size_t form_enter(cs_form_writer *writer, const char *key); /* into the path; gives what form_leave wants */
size_t form_enter_at(cs_form_writer *writer, size_t index);
void form_leave(cs_form_writer *writer, size_t before);
bool form_is_object(cs_form_writer *writer, const cs_json *json);
bool form_is_array(cs_form_writer *writer, const cs_json *json, size_t least, size_t most);
/* Keys beside these are refused; NULL at the end. */
bool form_only(cs_form_writer *writer, const cs_json *object, const char *const *keys);
const char *form_string(cs_form_writer *writer, const cs_json *json); /* one line of text; NULL: refused */
const char *form_string_of(cs_form_writer *writer, const cs_json *object, const char *key); /* must be there */
bool form_flag_of(cs_form_writer *writer, const cs_json *object, const char *key, bool *out); /* absent: false */
bool form_whole(cs_form_writer *writer, const cs_json *json, int64_t least, int64_t most, int64_t *out);
const char *form_choice_of(cs_form_writer *writer, const cs_json *object, const char *key, const char *const *choices);

/* ---- words of the line ---- */

const char *form_word(const cs_form_writer *writer, const char *english); /* in the text's language */
const char *form_word_of(const cs_form_writer *writer, const char *english, cs_family family);
void form_put(cs_form_writer *writer, const char *text); /* behind a blank, where one belongs */
void form_put_word(cs_form_writer *writer, const char *english);
void form_put_tight(cs_form_writer *writer, const char *text); /* , and ) */
void form_put_quoted(cs_form_writer *writer, const char *text);
bool form_put_value(cs_form_writer *writer, const char *text); /* in quotes only where it needs them */
bool form_put_name(cs_form_writer *writer, const char *text); /* one word, or refused */
bool form_put_duration(cs_form_writer *writer, const char *text); /* "10s" */
bool form_put_words(cs_form_writer *writer, const char *text, const char *const *allowed); /* "2 agent turns after" */
void form_break(cs_form_writer *writer, char kind, unsigned further);

/* ---- parts ---- */

bool form_write_expression(cs_form_writer *writer, const cs_json *json); /* into line; no steps */
bool form_write_fields(cs_form_writer *writer, const cs_json *json);
bool form_write_for(cs_form_writer *writer, const cs_json *json);
bool form_write_rule(cs_form_writer *writer, const cs_json *json, const char *kind);
bool form_write_steps(cs_form_writer *writer, const cs_json *json, unsigned body);
bool form_write_list(cs_form_writer *writer, const cs_json *json, const char *kind);
bool form_write_let(cs_form_writer *writer, const cs_json *json, unsigned name_columns);
bool form_write_calendar(cs_form_writer *writer, const cs_json *json);
bool form_write_test(cs_form_writer *writer, const cs_json *json);
/* Comments above a line, and what stands behind it with the line's end. */
void form_write_above(cs_form_writer *writer, const char *key, unsigned indent);
void form_end_line(cs_form_writer *writer, const char *key);
void form_write_comment(cs_buffer *out, const char *text);

#endif
