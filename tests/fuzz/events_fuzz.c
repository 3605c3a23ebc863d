/* Lines of event files: whatever stands in one, it is refused with words, or it is an event that the log can keep and give
 * back, and that every kind of pattern can be held against. */
#include "quality/event_log.h"
#include "quality/event_log_line.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t most) {
    if (text && (!*text || strlen(text) > most)) abort();
}

static void check_event(const cs_log_event *e) {
    if (!e->id || !e->kind || strlen(e->id) + 3 > CS_MAX_EVENT_ID_BYTES) abort();
    if (strcmp(e->kind, CS_EVENT_DUE) == 0 || strcmp(e->kind, CS_EVENT_CORRECTED) == 0) abort();
    const char *const texts[] = {e->id, e->kind, e->ticket, e->customer, e->conversation, e->by, e->direction};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check_text(texts[i], CS_MAX_NAME_BYTES);
    if (e->field_count > CS_MAX_EVENT_FIELDS) abort();
    for (uint32_t i = 0; i < e->field_count; i++) check_text(e->fields[i].value, 2000);
}

/* The same said once more in the log's own words is the same event. */
static void check_round_trip(const cs_log_event *e, cs_arena *arena) {
    cs_buffer line;
    cs_json_writer w;
    char at[32];
    cs_log_event again;
    cs_message message;
    buffer_init(&line, CS_MAX_EVENT_LINE_BYTES);
    json_writer_init(&w, &line);
    clock_format(e->at_ms - e->at_ms % 1000, 0, at);
    json_object_open(&w, NULL);
    json_write_string(&w, "event", e->kind);
    json_write_string(&w, "at", at);
    json_write_string(&w, "id", e->id);
    json_write_string(&w, "ticket", e->ticket);
    json_write_string(&w, "customer", e->customer);
    json_write_string(&w, "conversation", e->conversation);
    json_write_string(&w, "by", e->by);
    json_write_string(&w, "direction", e->direction);
    event_fields_write(&w, "fields", e);
    json_object_close(&w);
    if (!line.is_failed) {
        if (event_line_read(line.data, line.length, CS_ZONE_UNKNOWN, arena, &again, &message) != CS_OK) abort();
        again.at_ms = e->at_ms;
        if (!hash_equal(event_content(e), event_content(&again)) || strcmp(e->id, again.id) != 0) abort();
    }
    buffer_free(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const cs_event_pattern call = {.kinds = {"call.answered"}, .direction = CS_DIRECTION_OUT, .by_person = true};
    static int is_started;
    cs_log_event event;
    cs_message message = {0};
    const char *why = "";
    if (!is_started) is_started = hash_start();
    cs_arena *arena = arena_create(16 << 20);
    if (!arena) return 0;
    cs_error code =
        event_line_read((const char *)data, size, size % 2 ? 480 : CS_ZONE_UNKNOWN, arena, &event, &message);
    if (code == CS_OK) {
        check_event(&event);
        check_round_trip(&event, arena);
        if (across_fits(&call, &event, &why) != CS_FIT_YES && !*why) abort();
    } else if (!*message.reason) {
        abort();
    }
    arena_free(arena);
    return 0;
}
