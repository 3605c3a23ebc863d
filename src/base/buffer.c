#include "base/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buffer_init(cs_buffer *buffer, size_t max_bytes) {
    *buffer = (cs_buffer){.max = max_bytes < SIZE_MAX ? max_bytes : SIZE_MAX - 1};
}

void buffer_free(cs_buffer *buffer) {
    free(buffer->data);
    *buffer = (cs_buffer){.max = buffer->max};
}

void buffer_clear(cs_buffer *buffer) {
    buffer->length = 0;
    buffer->is_failed = false;
    if (buffer->data) buffer->data[0] = 0;
}

/* Makes room for length more bytes and the closing NUL. */
static bool reserve(cs_buffer *buffer, size_t length) {
    if (buffer->is_failed) return false;
    if (length > buffer->max - buffer->length) return !(buffer->is_failed = true);
    size_t needed = buffer->length + length + 1;
    if (needed <= buffer->capacity) return true;
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    while (capacity < needed) capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    if (capacity - 1 > buffer->max) capacity = buffer->max + 1;
    char *grown = realloc(buffer->data, capacity);
    if (!grown) return !(buffer->is_failed = true);
    buffer->data = grown;
    buffer->capacity = capacity;
    return true;
}

bool buffer_append(cs_buffer *buffer, const void *bytes, size_t length) {
    if (!reserve(buffer, length)) return false;
    if (length) memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = 0;
    return true;
}

bool buffer_text(cs_buffer *buffer, const char *text) {
    return buffer_append(buffer, text, strlen(text));
}

bool buffer_printf(cs_buffer *buffer, const char *format, ...) {
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    size_t room = buffer->capacity > buffer->length ? buffer->capacity - buffer->length : 0;
    int length = buffer->is_failed ? -1 : vsnprintf(room ? buffer->data + buffer->length : NULL, room, format, values);
    va_end(values);
    bool is_done = length >= 0;
    if (is_done && (size_t)length >= room) {
        is_done = reserve(buffer, (size_t)length);
        if (is_done) vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
    }
    va_end(again);
    if (is_done) {
        buffer->length += (size_t)length;
    } else {
        buffer->is_failed = true;
        if (buffer->data) buffer->data[buffer->length] = 0;
    }
    return is_done;
}

const char *buffer_string(const cs_buffer *buffer) {
    return buffer->data ? buffer->data : "";
}
