/* log.h - one line a happening, on standard error: time, level, words.
 * Floor: base. For servers and long runs; libraries return errors instead of logging them.
 * Memory: none. Threads: any; a line is written in one call.
 * Example: log_line(CS_LOG_WARN, "store: %s", message.reason);
 */
#ifndef CS_BASE_LOG_H
#define CS_BASE_LOG_H

typedef enum cs_log_level { CS_LOG_ERROR, CS_LOG_WARN, CS_LOG_INFO, CS_LOG_DEBUG } cs_log_level;

void log_set_level(cs_log_level most);
void log_line(cs_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
