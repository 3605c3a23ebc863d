#include "base/json.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

enum { MAX_DEPTH = sizeof((cs_json_writer *)0)->needs_comma };

void json_writer_init(cs_json_writer *writer, cs_buffer *out) {
    *writer = (cs_json_writer){.out = out};
}

/* One text without quotes, escaped as RFC 8259 section 7 asks. */
static void write_escaped(cs_buffer *out, const char *text, size_t bytes) {
    size_t plain = 0;
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buffer_append(out, text + plain, i - plain);
        plain = i + 1;
        switch (c) {
        case '"': buffer_text(out, "\\\""); break;
        case '\\': buffer_text(out, "\\\\"); break;
        case '\n': buffer_text(out, "\\n"); break;
        case '\r': buffer_text(out, "\\r"); break;
        case '\t': buffer_text(out, "\\t"); break;
        default: buffer_printf(out, "\\u%04x", (unsigned)c); break;
        }
    }
    buffer_append(out, text + plain, bytes - plain);
}

/* Names of files may hold bytes that are no UTF-8: each becomes U+FFFD, so that the JSON stays valid. */
static void write_quoted(cs_buffer *out, const char *text, size_t bytes) {
    buffer_append(out, "\"", 1);
    while (bytes > 0) {
        size_t valid = utf8_invalid_at(text, bytes);
        write_escaped(out, text, valid);
        if (valid < bytes) buffer_text(out, text[valid] ? "\xef\xbf\xbd" : "\\u0000");
        size_t taken = valid < bytes ? valid + 1 : bytes;
        text += taken;
        bytes -= taken;
    }
    buffer_append(out, "\"", 1);
}

static void begin(cs_json_writer *writer, const char *key) {
    if (writer->needs_comma[writer->depth]) buffer_append(writer->out, ",", 1);
    writer->needs_comma[writer->depth] = true;
    if (!key) return;
    write_quoted(writer->out, key, strlen(key));
    buffer_append(writer->out, ":", 1);
}

static void open_level(cs_json_writer *writer, const char *key, const char *bracket) {
    begin(writer, key);
    buffer_text(writer->out, bracket);
    if (writer->depth + 1 >= MAX_DEPTH) {
        writer->out->is_failed = true;
        return;
    }
    writer->needs_comma[++writer->depth] = false;
}

static void close_level(cs_json_writer *writer, const char *bracket) {
    if (writer->depth == 0) {
        writer->out->is_failed = true;
        return;
    }
    writer->depth--;
    buffer_text(writer->out, bracket);
}

void json_object_open(cs_json_writer *writer, const char *key) {
    open_level(writer, key, "{");
}

void json_object_close(cs_json_writer *writer) {
    close_level(writer, "}");
}

void json_array_open(cs_json_writer *writer, const char *key) {
    open_level(writer, key, "[");
}

void json_array_close(cs_json_writer *writer) {
    close_level(writer, "]");
}

void json_write_bytes(cs_json_writer *writer, const char *key, const char *text, size_t bytes) {
    begin(writer, key);
    write_quoted(writer->out, text, bytes);
}

void json_write_string(cs_json_writer *writer, const char *key, const char *text) {
    if (text) {
        json_write_bytes(writer, key, text, strlen(text));
    } else {
        json_write_null(writer, key);
    }
}

void json_write_int(cs_json_writer *writer, const char *key, int64_t value) {
    begin(writer, key);
    buffer_printf(writer->out, "%lld", (long long)value);
}

void json_write_double(cs_json_writer *writer, const char *key, double value, int decimals) {
    if (!isfinite(value)) {
        json_write_null(writer, key);
        return;
    }
    begin(writer, key);
    buffer_printf(writer->out, "%.*f", decimals, value);
}

void json_write_bool(cs_json_writer *writer, const char *key, bool value) {
    begin(writer, key);
    buffer_text(writer->out, value ? "true" : "false");
}

void json_write_null(cs_json_writer *writer, const char *key) {
    begin(writer, key);
    buffer_text(writer->out, "null");
}

void json_write_raw(cs_json_writer *writer, const char *key, const char *json) {
    begin(writer, key);
    buffer_text(writer->out, json);
}
