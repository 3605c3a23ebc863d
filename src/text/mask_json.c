#include "text/mask_json.h"

#include "text/mask.h"

#include <stdlib.h>
#include <string.h>

/* Most texts are short. */
enum { ON_STACK = 2048 };

typedef size_t (*cs_masking)(const char *text, size_t bytes, const char *customer, char *out);

static void write_with(cs_json_writer *out, const char *key, const char *text, size_t bytes, const char *customer,
                       cs_masking mask) {
    char stack[ON_STACK], *room = bytes < ON_STACK ? stack : malloc(bytes + 1);
    if (!room) {
        out->out->is_failed = true;
        return;
    }
    size_t length = mask(text, bytes, customer, room);
    json_write_bytes(out, key, room, length);
    if (room != stack) free(room);
}

static size_t as_text(const char *text, size_t bytes, const char *customer, char *out) {
    (void)customer;
    return mask_text(text, bytes, out);
}

static size_t as_phone(const char *text, size_t bytes, const char *customer, char *out) {
    (void)customer;
    return mask_phone(text, bytes, out);
}

static size_t as_name(const char *text, size_t bytes, const char *customer, char *out) {
    (void)customer;
    return mask_name(text, bytes, out);
}

void json_write_masked_bytes(cs_json_writer *out, const char *key, const char *text, size_t bytes) {
    if (out->is_revealed)
        json_write_bytes(out, key, text, bytes);
    else
        write_with(out, key, text, bytes, NULL, as_text);
}

void json_write_masked(cs_json_writer *out, const char *key, const char *text) {
    if (!text || out->is_revealed)
        json_write_string(out, key, text);
    else
        write_with(out, key, text, strlen(text), NULL, as_text);
}

void json_write_masked_said(cs_json_writer *out, const char *key, const char *text, size_t bytes,
                            const char *customer) {
    if (out->is_revealed)
        json_write_bytes(out, key, text, bytes);
    else
        write_with(out, key, text, bytes, customer, mask_said);
}

void json_write_masked_phone(cs_json_writer *out, const char *key, const char *number) {
    if (!number || out->is_revealed)
        json_write_string(out, key, number);
    else
        write_with(out, key, number, strlen(number), NULL, as_phone);
}

void json_write_masked_name(cs_json_writer *out, const char *key, const char *name) {
    if (!name || out->is_revealed)
        json_write_string(out, key, name);
    else
        write_with(out, key, name, strlen(name), NULL, as_name);
}

void json_write_masked_title(cs_json_writer *out, const char *key, const char *title, const char *customer) {
    if (!title || out->is_revealed)
        json_write_string(out, key, title);
    else
        write_with(out, key, title, strlen(title), customer, mask_title);
}
