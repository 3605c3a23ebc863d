/* report_words.h - the words that show and explain print for the codes in their JSON, in both languages.
 * Floor: cli. One table a kind of code; a code without a word is printed as it stands. Memory: words are constants, or
 * the JSON's own text. Threads: main, for report_measured keeps its answer until it is called again.
 * Example: puts(report_reason(finding, report_language()));
 */
#ifndef CS_CLI_REPORT_WORDS_H
#define CS_CLI_REPORT_WORDS_H

#include "cli/report.h"

const char *report_reason(const cs_json *judged,
                          cs_language language); /* of a rule or finding: by reason and verdict */
/* Empty for what was measured and not said: an interruption, a transfer. */
const char *report_evidence_kind(const cs_json *evidence, cs_language language);
const char *report_measured(const cs_json *evidence, cs_language language); /* "7.5 s"; empty: nothing was measured */
const char *report_why(const char *why, cs_language language);
const char *report_how(const char *how, cs_language language);
const char *report_closing(const char *closed_by, cs_language language);
const char *report_channel(const char *channel, cs_language language);
const char *report_role(const char *role, cs_language language);

#endif
