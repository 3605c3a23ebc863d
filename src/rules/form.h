/* form.h - rule text as a JSON form and back: what a form in a browser edits is what a file holds.
 * Floor: rules. Words are English keywords in the form, whatever language the text is in; keys of operators come from their
 * usage in the vocabulary. form_write gives canonical text, so text -> form -> text is what `rules format` gives.
 * Memory: callers own the buffers, which are initialised here. Threads: any.
 * Example: if (form_read(text, n, "a.rules", on_problem, NULL, &json, &m) == CS_OK) puts(json.data); buffer_free(&json);
 */
#ifndef CS_RULES_FORM_H
#define CS_RULES_FORM_H

#include "base/buffer.h"
#include "rules/ruleset.h"

enum { CS_MAX_FORM_BYTES = 16 << 20 };

typedef enum cs_form_language { CS_FORM_AS_WRITTEN, CS_FORM_ENGLISH, CS_FORM_CHINESE } cs_form_language;

/* One file alone: names that it does not define are taken on trust. CS_ERR_PARSE: every problem was told. */
cs_error form_read(const char *text, size_t bytes, const char *name, cs_on_problem on_problem, void *context,
                   cs_buffer *json, cs_message *message);
/* The text that the form means. message->place is the field: "statements[2].expect.condition.phrases[0]". */
cs_error form_write(const char *json, size_t bytes, cs_form_language language, cs_buffer *text, cs_message *message);

#endif
