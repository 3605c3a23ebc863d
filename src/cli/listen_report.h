/* listen_report.h - what is heard of calls that run, as lines for people or one JSON object an event.
 * Floor: cli. On a terminal what is being said stands in a line a side that is rewritten; elsewhere lines only.
 * Memory: none kept but the buffer. Threads: main. Example: listen_report_init(&r, rules, true); listen_report_event(&r, "a.wav", &event);
 */
#ifndef CS_CLI_LISTEN_REPORT_H
#define CS_CLI_LISTEN_REPORT_H

#include "base/buffer.h"
#include "cli/report.h"
#include "quality/live_call.h"
#include "quality/speech_words.h"

typedef struct cs_listen_report {
    cs_ruleset *rules; /* NULL: nothing is judged */
    bool is_json, is_rewritten; /* lines of what is being said */
    cs_language language;
    cs_buffer line;
    char said[2][512]; /* of each side, on a terminal */
    unsigned shown; /* lines that stand there now */
} cs_listen_report;

void listen_report_init(cs_listen_report *report, cs_ruleset *rules, bool is_json, size_t calls);
void listen_report_free(cs_listen_report *report);
/* words: of this centre that recognition was given. */
void listen_report_begin(cs_listen_report *report, const char *call, int rate_hz, int channels, const char *model,
                         const cs_speech_words *words);
void listen_report_event(cs_listen_report *report, const char *call, const cs_live_event *event);
/* lag_ms: so much of the sound is not taken in yet; 0: it was made up for. */
void listen_report_lag(cs_listen_report *report, const char *call, int64_t now_ms, int64_t lag_ms);
void listen_report_end(cs_listen_report *report, const char *call, const cs_live_call_end *end);

#endif
