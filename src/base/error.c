#include "base/error.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int http_status;
} errors[] = {
#define X(code, name, status, when) {name, status},
    CS_ERROR_TABLE(X)
#undef X
};
enum { ERROR_COUNT = sizeof errors / sizeof errors[0] };

const char *error_name(cs_error code) {
    return (unsigned)code < ERROR_COUNT ? errors[code].name : "unknown";
}

const char *error_remedy(cs_error code) {
    switch (code) {
    case CS_ERR_MEMORY: return "close other programs or give the machine more memory, then do the same again";
    case CS_ERR_IO: return "check that the file is there and may be read, then do the same again";
    case CS_ERR_PARSE:
    case CS_ERR_USAGE: return "correct it at that place, or where the file is made, then do the same again";
    case CS_ERR_ENCODING: return "save the file as UTF-8, then do the same again";
    case CS_ERR_LIMIT: return "split it, or leave out what is not needed";
    case CS_ERR_STORE: return "do the same again; if it stays, callscope doctor tells what it sees";
    case CS_ERR_STOPPED: return "do the same again: it goes on where it was";
    case CS_ERR_SIGN_IN: return "sign in, then do the same again";
    case CS_ERR_FORBIDDEN: return "ask a manager, who may give you another role";
    case CS_ERR_TOO_OFTEN: return "wait a little, then do the same again";
    case CS_OK:
    case CS_ERR_NOT_FOUND:
    case CS_ERR_CONFLICT: break;
    }
    return "";
}

int error_http_status(cs_error code) {
    return (unsigned)code < ERROR_COUNT ? errors[code].http_status : 500;
}

/* Messages quote input and go to terminals, logs and JSON: no control characters, valid UTF-8, no cut character. */
static void make_printable(char *text, size_t size, size_t wanted) {
    size_t length = strlen(text);
    size_t start = 0;
    for (;;) {
        size_t bad = start + utf8_invalid_at(text + start, length - start);
        if (bad >= length) break;
        if (wanted >= size && bad + 4 > length) { /* the limit fell inside a character */
            text[bad] = 0;
            length = bad;
            break;
        }
        unsigned half = utf8_half(text + bad, length - bad); /* "%.60s" counts bytes */
        if (half) {
            length -= half;
            (void)memmove(text + bad, text + bad + half, length - bad + 1);
        } else {
            text[bad] = '?';
        }
        start = half ? bad : bad + 1;
    }
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) text[i] = ' ';
    }
}

__attribute__((format(printf, 3, 0))) static void print(char *out, size_t size, const char *format, va_list values) {
    int wanted = vsnprintf(out, size, format, values);
    if (wanted < 0) {
        out[0] = 0;
        return;
    }
    make_printable(out, size, (size_t)wanted);
}

cs_error message_set(cs_message *message, cs_error code, const char *format, ...) {
    if (!message) return code;
    va_list values;
    va_start(values, format);
    print(message->reason, sizeof message->reason, format, values);
    va_end(values);
    message->place[0] = 0;
    message->remedy[0] = 0;
    return code;
}

void message_place(cs_message *message, const char *format, ...) {
    if (!message) return;
    va_list values;
    va_start(values, format);
    print(message->place, sizeof message->place, format, values);
    va_end(values);
}

void message_within(cs_message *message, const char *format, ...) {
    if (!message) return;
    char inner[sizeof message->place];
    memcpy(inner, message->place, sizeof inner);
    va_list values;
    va_start(values, format);
    print(message->place, sizeof message->place, format, values);
    va_end(values);
    size_t used = strlen(message->place);
    if (!inner[0]) return;
    int wanted = snprintf(message->place + used, sizeof message->place - used, ", %s", inner);
    make_printable(message->place, sizeof message->place, used + (wanted > 0 ? (size_t)wanted : 0));
}

void message_remedy(cs_message *message, const char *format, ...) {
    if (!message) return;
    va_list values;
    va_start(values, format);
    print(message->remedy, sizeof message->remedy, format, values);
    va_end(values);
}
