/* form_reader.h - from rule text to its JSON form, token by token. Private to rules/: form_read*.c.
 * Floor: rules. The text was parsed before, so what is written is known to be well formed; where a word could be read two
 * ways the order of the questions is that of parse_*.c.
 * Memory: tokens in the arena, JSON in the buffer. Threads: one. Example: form_read_expression(&reader)
 */
#ifndef CS_RULES_FORM_READER_H
#define CS_RULES_FORM_READER_H

#include "base/buffer.h"
#include "rules/source.h"
#include "rules/vocabulary.h"

enum { CS_MAX_FORM_DEPTH = 20, CS_FORM_TEXT_BYTES = 200 };

typedef struct cs_form_reader {
    cs_arena *arena;
    cs_buffer *out;
    const cs_token *t; /* the next token */
    uint32_t english, chinese; /* keywords seen of each language */
    unsigned depth;
    const char *trouble; /* why it can't be put into a form; NULL: it can */
    uint32_t trouble_line;
    /* comments of the statement */
    const char **notes; /* by line of the file, from 1; NULL: the line has none */
    uint32_t line; /* notes up to here are taken */
    cs_buffer *comments; /* members of the statement's "comments" */
} cs_form_reader;

bool form_refuse(cs_form_reader *reader, uint32_t line, const char *why); /* false */
const cs_token *form_next(cs_form_reader *reader); /* steps over it, but not over the end */
bool form_is(const cs_token *token, const char *word);
bool form_take(cs_form_reader *reader, const char *word); /* a keyword or mark, when it comes next */
bool form_take_next(cs_form_reader *reader, const char *word); /* also at the beginning of the next line */
bool form_need(cs_form_reader *reader, const char *word);
void form_skip_newlines(cs_form_reader *reader);
void form_count_language(cs_form_reader *reader, const char *written);

/* JSON, comma by comma: a comma is put where one is missing. */
void form_comma(cs_buffer *out);
void form_key(cs_buffer *out, const char *key);
void form_text(cs_buffer *out, const char *text);
void form_member(cs_buffer *out, const char *key, const char *text);
void form_flag(cs_buffer *out, const char *key);
void form_insert(cs_buffer *out, size_t at, const char *text);

/* 10秒 as 10s, 03 as 3. */
void form_number(const cs_token *token, char out[CS_FORM_TEXT_BYTES]);

bool form_read_expression(cs_form_reader *reader); /* a condition over the timeline, steps too */
bool form_read_fields(cs_form_reader *reader); /* for … where */
bool form_read_clause(cs_form_reader *reader, bool is_across); /* rule and flag: the next clause */
bool form_read_for(cs_form_reader *reader);
bool form_read_test(cs_form_reader *reader, const cs_statement *statement);
bool form_read_list(cs_form_reader *reader, const cs_statement *statement); /* words and pairs */
bool form_read_calendar(cs_form_reader *reader, const cs_statement *statement);
/* Comments up to the line `last`; what stands behind that line goes to behind. key: "when", "steps.2", "3". */
void form_take_notes(cs_form_reader *reader, const char *key, uint32_t last);

#endif
