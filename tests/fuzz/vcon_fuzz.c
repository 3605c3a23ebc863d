/* vCons from anywhere; what is read goes out as a vCon and as JSON, and must be the same conversation again. */
#include "conversation/json_export.h"
#include "conversation/vcon.h"
#include "reading_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct cs_again {
    cs_buffer bytes;
    int64_t given;
} cs_again;

static bool keep(void *context, cs_conversation *c, cs_arena *arena) {
    cs_again *again = context;
    again->given++;
    buffer_clear(&again->bytes);
    if (codec_encode(c, &again->bytes) != CS_OK) abort();
    arena_free(arena);
    return true;
}

static void read_again(const char *path, const cs_buffer *text, const cs_buffer *bytes) {
    cs_again again = {.given = 0};
    buffer_init(&again.bytes, (size_t)64 << 20);
    cs_reader_sink sink = {&again, keep, fuzz_refuse, NULL};
    cs_read_counts counts = {0};
    cs_reading reading = {path, NULL, &sink, &counts};
    cs_message message;
    if (json_text_read(&reading, buffer_string(text), text->length, &message) != CS_OK || again.given != 1) abort();
    if (again.bytes.length != bytes->length || memcmp(again.bytes.data, bytes->data, bytes->length) != 0) abort();
    buffer_free(&again.bytes);
}

static bool take(void *context, cs_conversation *c, cs_arena *arena) {
    cs_buffer bytes, json, vcon;
    cs_json_writer writer;
    cs_message message;
    ++*(int64_t *)context;
    buffer_init(&bytes, (size_t)64 << 20);
    buffer_init(&json, (size_t)64 << 20);
    buffer_init(&vcon, (size_t)64 << 20);
    if (codec_encode(c, &bytes) != CS_OK) abort();
    json_writer_init(&writer, &json);
    json_export_write(&writer, NULL, c);
    json_writer_init(&writer, &vcon);
    if (vcon_write(&writer, c, &(cs_vcon_more){.created_ms = 1771056000000}, &message) != CS_OK) abort();
    read_again("again.json", &json, &bytes);
    read_again("again.vcon", &vcon, &bytes);
    buffer_free(&bytes);
    buffer_free(&json);
    buffer_free(&vcon);
    arena_free(arena);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int64_t given = 0;
    cs_reader_sink sink = {&given, take, fuzz_refuse, NULL};
    cs_read_counts counts = {0};
    cs_reading reading = {"fuzz.vcon", NULL, &sink, &counts};
    cs_message message;
    if (!hash_start()) abort();
    fuzz_check(&counts, json_text_read(&reading, (const char *)data, size, &message), given);
    return 0;
}
