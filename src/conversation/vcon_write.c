#include "conversation/codec.h"
#include "conversation/json_export.h"
#include "conversation/vcon.h"

#include <stdio.h>
#include <string.h>

enum { UUID_CHARS = 36, MAX_BODY_BYTES = 256 << 20 };

/* Version 8 (RFC 9562): 48 bits of time, then the hash of what was said, so that the same conversation keeps its uuid and
 * a changed one gets another. */
static cs_error make_uuid(const cs_conversation *c, char out[UUID_CHARS + 1], cs_message *message) {
    cs_buffer bytes;
    buffer_init(&bytes, MAX_BODY_BYTES);
    cs_error code = codec_encode(c, &bytes);
    cs_hash hash = hash_bytes(bytes.data, bytes.length);
    buffer_free(&bytes);
    if (code != CS_OK) return message_set(message, code, "no memory to write the conversation \"%s\"", c->external_id);
    unsigned char u[16];
    uint64_t time = c->started_ms == CS_NO_TIME ? 0 : (uint64_t)c->started_ms;
    for (int i = 0; i < 6; i++) u[i] = (unsigned char)(time >> (40 - 8 * i));
    memcpy(u + 6, hash.bytes, 10);
    u[6] = (unsigned char)((u[6] & 0x0f) | 0x80);
    u[8] = (unsigned char)((u[8] & 0x3f) | 0x80);
    (void)snprintf(out, UUID_CHARS + 1, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0],
                   u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
    return CS_OK;
}

static void write_known(cs_json_writer *out, const char *key, const char *text) {
    if (text && *text) json_write_string(out, key, text);
}

static bool is_spoken(const cs_conversation *c) {
    return c->channel == CS_CHANNEL_CALL || c->channel == CS_CHANNEL_VIDEO;
}

static void write_moment(cs_json_writer *out, const char *key, const cs_conversation *c, const cs_vcon_more *more,
                         int64_t offset_ms) {
    char text[40];
    bool is_known = c->started_ms != CS_NO_TIME;
    int64_t ms = is_known ? c->started_ms + (offset_ms == CS_NO_TIME ? 0 : offset_ms) : more->created_ms;
    time_format_exact(ms, is_known ? c->zone_minutes : 0, text);
    json_write_string(out, key, text);
}

static void write_seconds(cs_json_writer *out, const char *key, int64_t ms) {
    char text[32];
    (void)snprintf(text, sizeof text, ms % 1000 ? "%lld.%03d" : "%lld", (long long)(ms / 1000), (int)(ms % 1000));
    json_write_raw(out, key, text);
}

static void write_parties(cs_json_writer *out, const cs_conversation *c) {
    bool is_first = true;
    json_array_open(out, "parties");
    for (uint32_t i = 0; i < c->participant_count; i++) {
        const cs_participant *who = &c->participants[i];
        bool is_customer = who->role == CS_ROLE_CUSTOMER && is_first;
        json_object_open(out, NULL);
        write_known(out, "name", who->name ? who->name : who->id);
        json_write_string(out, "validation", "none");
        if (who->role != CS_ROLE_UNDECIDED) json_write_string(out, "role", role_name(who->role));
        write_known(out, "dept", who->team);
        if (is_customer) {
            const char *number = conversation_field(c, "number");
            write_known(out, "tel", number);
            is_first = false;
        }
        json_object_close(out);
    }
    json_array_close(out);
}

static void write_all_parties(cs_json_writer *out, const cs_conversation *c) {
    json_array_open(out, "parties");
    for (uint32_t i = 0; i < c->participant_count; i++) json_write_int(out, NULL, i);
    json_array_close(out);
}

/* The sound itself stays in the store: the dialog says that there was one, the transcript says what. */
static void write_call(cs_json_writer *out, const cs_conversation *c, const cs_vcon_more *more) {
    int64_t duration = conversation_duration_ms(c);
    json_object_open(out, NULL);
    json_write_string(out, "type", "recording");
    write_moment(out, "start", c, more, 0);
    if (duration != CS_NO_TIME) write_seconds(out, "duration", duration);
    write_all_parties(out, c);
    write_known(out, "interaction_type", c->channel == CS_CHANNEL_CALL ? "voice" : "video");
    json_object_close(out);
}

static void write_message(cs_json_writer *out, const cs_conversation *c, const cs_vcon_more *more,
                          const cs_turn *turn) {
    json_object_open(out, NULL);
    json_write_string(out, "type", "text");
    write_moment(out, "start", c, more, turn->start_ms);
    if (turn->start_ms != CS_NO_TIME && turn->end_ms != CS_NO_TIME && turn->end_ms > turn->start_ms)
        write_seconds(out, "duration", turn->end_ms - turn->start_ms);
    json_array_open(out, "parties");
    json_write_int(out, NULL, turn->participant);
    for (uint32_t i = 0; i < c->participant_count; i++)
        if (i != turn->participant) json_write_int(out, NULL, i);
    json_array_close(out);
    json_write_string(out, "mediatype", "text/plain");
    json_write_string(out, "encoding", "none");
    json_write_bytes(out, "body", turn->text, turn->text_bytes);
    if (c->channel != CS_CHANNEL_UNKNOWN) json_write_string(out, "interaction_type", channel_name(c->channel));
    json_object_close(out);
}

static uint32_t write_dialogs(cs_json_writer *out, const cs_conversation *c, const cs_vcon_more *more) {
    json_array_open(out, "dialog");
    if (is_spoken(c)) write_call(out, c, more);
    for (uint32_t i = 0; !is_spoken(c) && i < c->turn_count; i++) write_message(out, c, more, &c->turns[i]);
    json_array_close(out);
    return is_spoken(c) ? 1 : c->turn_count;
}

static void write_analysis(cs_json_writer *out, const char *type, const char *schema, uint32_t dialogs,
                           const char *body) {
    json_object_open(out, NULL);
    json_write_string(out, "type", type);
    json_array_open(out, "dialog");
    for (uint32_t i = 0; i < dialogs; i++) json_write_int(out, NULL, i);
    json_array_close(out);
    json_write_string(out, "mediatype", "application/json");
    json_write_string(out, "vendor", CS_VCON_VENDOR);
    json_write_string(out, "product", "callscope " CALLSCOPE_VERSION);
    json_write_string(out, "schema", schema);
    json_write_string(out, "encoding", "json");
    json_write_string(out, "body", body);
    json_object_close(out);
}

static cs_error write_analyses(cs_json_writer *out, const cs_conversation *c, const cs_vcon_more *more,
                               uint32_t dialogs, cs_message *message) {
    cs_buffer own;
    cs_json_writer inner;
    cs_conversation plain = *c;
    plain.recording_count = 0; /* where the files lie here is nobody's business there */
    buffer_init(&own, MAX_BODY_BYTES);
    json_writer_init(&inner, &own);
    json_export_write(&inner, NULL, &plain);
    bool is_failed = own.is_failed;
    json_array_open(out, "analysis");
    if (!is_failed) write_analysis(out, "transcript", CS_VCON_CONVERSATION_SCHEMA, dialogs, buffer_string(&own));
    if (more->inspection) write_analysis(out, "report", CS_VCON_INSPECTION_SCHEMA, dialogs, more->inspection);
    json_array_close(out);
    buffer_free(&own);
    if (!is_failed) return CS_OK;
    return message_set(message, CS_ERR_LIMIT, "the conversation \"%s\" is too large to be written as a vCon",
                       c->external_id);
}

cs_error vcon_write(cs_json_writer *out, const cs_conversation *c, const cs_vcon_more *more, cs_message *message) {
    char uuid[UUID_CHARS + 1], created[40];
    cs_error code = make_uuid(c, uuid, message);
    if (code != CS_OK) return code;
    time_format_exact(more->created_ms, 0, created);
    json_object_open(out, NULL);
    json_write_string(out, "vcon", "0.4.0");
    json_write_string(out, "uuid", uuid);
    json_array_open(out, "extensions");
    json_write_string(out, NULL, "CC");
    json_array_close(out);
    json_write_string(out, "created_at", created);
    write_known(out, "subject", c->title);
    write_parties(out, c);
    uint32_t dialogs = write_dialogs(out, c, more);
    code = write_analyses(out, c, more, dialogs, message);
    json_array_open(out, "attachments");
    json_array_close(out);
    json_object_close(out);
    if (code == CS_OK && out->out->is_failed)
        return message_set(message, CS_ERR_LIMIT, "the conversation \"%s\" is too large to be written as a vCon",
                           c->external_id);
    return code;
}
