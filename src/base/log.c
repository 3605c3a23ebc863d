#include "base/log.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 2048 };

static const char *const level_names[] = {"error", "warn", "info", "debug"};
static atomic_int shown_level = CS_LOG_INFO;

void log_set_level(cs_log_level most) {
    atomic_store(&shown_level, (int)most);
}

void log_line(cs_log_level level, const char *format, ...) {
    if ((int)level > atomic_load(&shown_level) || (int)level < 0 || level > CS_LOG_DEBUG) return;
    char time[32], line[LINE_BYTES];
    clock_format(clock_now_ms(), 0, time);
    int head = snprintf(line, sizeof line, "%s %-5s ", time, level_names[level]);
    if (head < 0) return;
    va_list values;
    va_start(values, format);
    int rest = vsnprintf(line + head, sizeof line - (size_t)head - 1, format, values);
    va_end(values);
    if (rest < 0) return;
    size_t length = strlen(line);
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)line[i] < 0x20) line[i] = ' '; /* one happening stays one line */
    }
    line[length++] = '\n';
    (void)fwrite(line, 1, length, stderr); /* nowhere left to report a failure to */
}
