/* log.h - one line an event, on standard error: time, level, words, and named values behind them.
 * Floor: base. For servers and long runs; libraries return errors instead of logging them. As text for people, or as a JSON
 * object a line for programs that collect logs. What people said, and what they searched for, never goes in.
 * Memory: none. Threads: any; a line is written in one call.
 * Example: log_line(CS_LOG_WARN, "store: %s", message.reason);
 */
#ifndef CS_BASE_LOG_H
#define CS_BASE_LOG_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

typedef enum cs_log_level { CS_LOG_ERROR, CS_LOG_WARN, CS_LOG_INFO, CS_LOG_DEBUG } cs_log_level;

/* A value of an event: text, or where text is NULL a number with so many decimals (thousandths with 3). */
typedef struct cs_log_field {
    const char *name, *text;
    int64_t number;
    int decimals;
} cs_log_field;

void log_set_level(cs_log_level most);
/* Words with commas: text or json, and error, warn, info or debug. CS_ERR_USAGE names the word that is none; NULL and "" change
 * nothing. Called before there are threads. */
cs_error log_configure(const char *words, cs_message *message);
void log_line(cs_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* what: a few words that are always the same for this kind of event. A field without text and name is left out. */
void log_event(cs_log_level level, const char *what, const cs_log_field *fields, size_t count);

#endif
