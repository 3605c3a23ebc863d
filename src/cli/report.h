/* report.h - what commands print for people: the summary and one conversation, as text.
 * Floor: cli. Takes the JSON of docs/api.md, so that terminal and browser say the same. Memory: none kept. Threads: main.
 * Example: report_summary(json, report_language());
 */
#ifndef CS_CLI_REPORT_H
#define CS_CLI_REPORT_H

#include "base/json.h"

typedef enum cs_language { CS_ENGLISH, CS_CHINESE } cs_language;

cs_language report_language(void); /* from LC_ALL, LC_MESSAGES, LANG: zh… is Chinese */
void report_summary(const cs_json *summary, cs_language language);
void report_conversation(const cs_json *conversation, cs_language language);
/* Prints text padded or cut to columns; wide characters take two. */
void report_cell(const char *text, unsigned columns);
/* "a · b · c" and a line's end; empty ones are left out. */
void report_parts(const char *const *parts, size_t count);
const char *report_title(const cs_json *rule, cs_language language);
const char *report_verdict(const char *verdict, cs_language language);

#endif
