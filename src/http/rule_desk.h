/* rule_desk.h - what the handlers of the rule book share: one rule as JSON, bodies, and writing after thinking.
 * Floor: http. What takes its time (checking, testing, compiling) is done while only reading; then a handle for writing is
 * opened for a short transaction.
 * Memory: the arena given. Threads: any. Example: rule_item_write(&shelf, rule, out, NULL, &m);
 */
#ifndef CS_HTTP_RULE_DESK_H
#define CS_HTTP_RULE_DESK_H

#include "http/routes.h"
#include "insight/figure_sum.h"
#include "quality/rule_draft.h"

/* What is known of all rules: made once a request. */
typedef struct cs_rule_view {
    const cs_request *request;
    cs_arena *arena;
    cs_book book;
    cs_rule_draft *drafts;
    uint32_t draft_count;
    cs_sum sum;
    bool has_sum, is_whole; /* is_whole: the caller writes the draft itself */
} cs_rule_view;

cs_error rule_view_open(const cs_request *request, cs_rule_view *out, cs_message *message);
void rule_view_close(cs_rule_view *view);
const cs_rule_draft *rule_view_draft(const cs_rule_view *view, const char *rule); /* NULL: none */
/* The members of one rule, without the braces. rule: of the store's rule set; NULL: retired, or only a draft. */
cs_error rule_members_write(cs_rule_view *view, const char *name, const cs_rule *rule, cs_json_writer *out,
                            cs_message *message);
/* CS_ERR_NOT_FOUND when the store knows nothing of this name. */
cs_error rule_view_find(const cs_rule_view *view, const char *name, const cs_rule **rule, cs_message *message);

void rule_form_write(const char *text, cs_json_writer *out, const char *key); /* null: it is not well formed */
/* The answer of GET /api/v1/rules/{id}. */
cs_error rule_write_one(const cs_request *request, const char *name, cs_json_writer *out, cs_message *message);

/* The body as an object with these members; CS_ERR_USAGE names what is missing. */
cs_error rule_body(const cs_request *request, cs_json **out, cs_message *message);
cs_error rule_body_text(const cs_json *body, const char *key, const char **out, cs_message *message);

/* A part of a body as text again; false: out is full. */
bool rule_json_copy(const cs_json *json, cs_buffer *out);

/* A transaction of its own. *db is to be closed with rule_write_end, which commits when code is CS_OK. */
cs_error rule_write_begin(const cs_request *request, cs_db **db, cs_message *message);
/* The handle stays open for reading what was written; db_close afterwards. */
cs_error rule_write_end(cs_db *db, cs_error code, cs_message *message);

typedef cs_error (*cs_rule_handler)(const cs_request *request, const cs_json *body, cs_arena *arena,
                                    cs_json_writer *out, cs_message *message);
/* With the body of the request, and an arena of at most so many bytes that ends with it. */
cs_error rule_with_body(const cs_request *request, size_t most, cs_rule_handler handle, cs_json_writer *out,
                        cs_message *message);

#endif
