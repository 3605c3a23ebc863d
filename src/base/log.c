#include "base/log.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 2048, WORDS_BYTES = 1536 };

static const char *const level_names[] = {"error", "warn", "info", "debug"};
static atomic_int shown_level = CS_LOG_INFO;
static atomic_bool is_json;

/* A line that is cut where it is full; its last two bytes are kept for what ends it. */
typedef struct line {
    char bytes[LINE_BYTES];
    size_t length;
} line;

void log_set_level(cs_log_level most) {
    atomic_store(&shown_level, (int)most);
}

static bool take_word(const char *word, size_t bytes) {
    for (int i = 0; i <= CS_LOG_DEBUG; i++)
        if (strlen(level_names[i]) == bytes && memcmp(word, level_names[i], bytes) == 0) {
            log_set_level((cs_log_level)i);
            return true;
        }
    bool says_json = bytes == 4 && memcmp(word, "json", 4) == 0;
    if (!says_json && !(bytes == 4 && memcmp(word, "text", 4) == 0)) return false;
    atomic_store(&is_json, says_json);
    return true;
}

cs_error log_configure(const char *words, cs_message *message) {
    for (const char *at = words ? words : ""; *at; at += *at == ',') {
        size_t bytes = strcspn(at, ",");
        if (!take_word(at, bytes)) {
            (void)message_set(message, CS_ERR_USAGE, "\"%.*s\" says nothing about the log", (int)bytes, at);
            message_remedy(message, "write text or json, and error, warn, info or debug, with a comma between");
            return CS_ERR_USAGE;
        }
        at += bytes;
    }
    return CS_OK;
}

static void add(line *l, const char *text, size_t bytes) {
    size_t room = sizeof l->bytes - 2 - l->length;
    if (bytes > room) bytes = room;
    memcpy(l->bytes + l->length, text, bytes);
    l->length += bytes;
}

static void add_text(line *l, const char *text) {
    add(l, text, strlen(text));
}

/* One event stays one line: control characters become blanks, what is no UTF-8 a question mark. In JSON and within quotes,
 * quotes and backslashes are escaped; a value that does not fit is cut between two characters. */
static void add_value(line *l, const char *text, bool is_quoted) {
    enum { KEPT = 4 }; /* for the quote and the brace that follow */
    size_t left = strlen(text);
    while (left > 0 && l->length + KEPT + 6 < sizeof l->bytes) {
        size_t good = utf8_invalid_at(text, left < 4 ? left : 4);
        size_t bytes = (unsigned char)*text < 0x80    ? 1
                       : (unsigned char)*text >= 0xf0 ? 4
                       : (unsigned char)*text >= 0xe0 ? 3
                                                      : 2;
        if (bytes > left || good < bytes) {
            add(l, "?", 1);
            bytes = 1;
        } else if (bytes == 1 && ((unsigned char)*text < 0x20 || *text == 0x7f)) {
            add(l, " ", 1);
        } else {
            if (is_quoted && (*text == '"' || *text == '\\')) add(l, "\\", 1);
            add(l, text, bytes);
        }
        text += bytes;
        left -= bytes;
    }
}

static void add_number(line *l, const cs_log_field *field) {
    char number[48];
    int64_t unit = field->decimals == 3 ? 1000 : 1;
    int written = unit == 1 ? snprintf(number, sizeof number, "%lld", (long long)field->number)
                            : snprintf(number, sizeof number, "%lld.%03lld", (long long)(field->number / unit),
                                       (long long)(field->number % unit));
    if (written > 0) add(l, number, (size_t)written);
}

static void add_field(line *l, const cs_log_field *field, bool in_json) {
    if (!field->name || l->length + strlen(field->name) + 64 > sizeof l->bytes) return;
    add_text(l, in_json ? ",\"" : " ");
    add_text(l, field->name);
    add_text(l, in_json ? "\":" : "=");
    if (!field->text) {
        add_number(l, field);
        return;
    }
    bool is_quoted = in_json || !*field->text || strpbrk(field->text, " \"=\t\n");
    if (is_quoted) add_text(l, "\"");
    add_value(l, field->text, is_quoted);
    if (is_quoted) add_text(l, "\"");
}

void log_event(cs_log_level level, const char *what, const cs_log_field *fields, size_t count) {
    if ((int)level > atomic_load(&shown_level) || (int)level < 0 || level > CS_LOG_DEBUG) return;
    bool in_json = atomic_load(&is_json);
    line l = {.length = 0};
    char time[32], head[96];
    clock_format(clock_now_ms(), 0, time);
    (void)snprintf(head, sizeof head, in_json ? "{\"time\":\"%s\",\"level\":\"%s\",\"message\":\"" : "%s %-5s ", time,
                   level_names[level]);
    add_text(&l, head);
    add_value(&l, what, in_json);
    if (in_json) add_text(&l, "\"");
    for (size_t i = 0; i < count; i++) add_field(&l, &fields[i], in_json);
    if (in_json) l.bytes[l.length++] = '}';
    l.bytes[l.length++] = '\n';
    (void)fwrite(l.bytes, 1, l.length, stderr); /* nowhere left to report a failure to */
}

void log_line(cs_log_level level, const char *format, ...) {
    char words[WORDS_BYTES];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(words, sizeof words, format, values);
    va_end(values);
    if (length >= 0) log_event(level, words, NULL, 0);
}
