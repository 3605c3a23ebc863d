/* format.h - rule text in its canonical form, in either language.
 * Floor: rules. It means the same, and formatting it again changes nothing; comments stay where they stand.
 * Memory: the caller owns out, which is initialised here. Threads: any.
 * Example: if (format_rules(text, n, "a.rules", CS_FORM_CHINESE, on_problem, NULL, &out, &m) == CS_OK) puts(out.data);
 */
#ifndef CS_RULES_FORMAT_H
#define CS_RULES_FORMAT_H

#include "rules/form.h"

/* CS_ERR_PARSE: the text is not well formed, every problem was told. CS_ERR_LIMIT: it nests deeper than a form. */
cs_error format_rules(const char *text, size_t bytes, const char *name, cs_form_language language,
                      cs_on_problem on_problem, void *context, cs_buffer *out, cs_message *message);

#endif
