/* vCon (draft-ietf-vcon-vcon-core-04, and the versions before it): one conversation with its parties, dialogs and analyses. */
#include "conversation/json_dialect.h"
#include "conversation/vcon_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* ---- what every part says ---- */

cs_error vcon_refuse(const cs_vcon_reader *r, const cs_json_place *place, const char *key, const char *remedy,
                     const char *format, ...) {
    char reason[sizeof r->message->reason];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(reason, sizeof reason, format, values);
    va_end(values);
    (void)message_set(r->message, CS_ERR_PARSE, "%s", reason);
    json_place_set(r->message, place, key);
    message_remedy(r->message, "%s", remedy);
    return CS_ERR_PARSE;
}

cs_error vcon_no_memory(const cs_vcon_reader *r) {
    return message_set(r->message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
}

void vcon_leave_out(cs_vcon_reader *r, const cs_json_place *place, const char *key, const char *remedy,
                    const char *format, ...) {
    char reason[sizeof r->left_out.reason];
    va_list values;
    if (*r->left_out.reason) return;
    va_start(values, format);
    (void)vsnprintf(reason, sizeof reason, format, values);
    va_end(values);
    (void)message_set(&r->left_out, CS_ERR_PARSE, "%s", reason);
    json_place_set(&r->left_out, place, key);
    message_remedy(&r->left_out, "%s", remedy);
}

cs_error vcon_field(cs_vcon_reader *r, const char *name, const char *value, cs_field_kind kind) {
    if (!value || !*value) return CS_OK;
    cs_error code = draft_field(r->draft, name, value, r->message);
    if (code != CS_OK) return code;
    cs_conversation *c = r->draft->c;
    for (uint32_t i = 0; i < c->field_count; i++)
        if (strcmp(c->fields[i].name, name) == 0) c->fields[i].kind = kind;
    return CS_OK;
}

/* ---- recognising ---- */

static bool has(const cs_json *object, const char *key) {
    return json_kind(json_get(object, key)) != CS_JSON_NULL;
}

static bool is_signed(const cs_json *tree) {
    return has(tree, "payload") && (has(tree, "signatures") || has(tree, "signature"));
}

static bool is_encrypted(const cs_json *tree) {
    return has(tree, "ciphertext") && (has(tree, "recipients") || has(tree, "encrypted_key") || has(tree, "iv"));
}

static bool is_plain(const cs_json *tree) {
    if (json_kind(json_get(tree, "vcon")) == CS_JSON_STRING) return true;
    return has(tree, "uuid") && (has(tree, "parties") || has(tree, "dialog") || has(tree, "analysis"));
}

static bool claims(const cs_json *tree) {
    return json_kind(tree) == CS_JSON_OBJECT && (is_plain(tree) || is_signed(tree) || is_encrypted(tree));
}

/* ---- the head ---- */

static cs_error check_version(const cs_vcon_reader *r) {
    static const char *const known[] = {"0.4.0", "0.3.0", "0.0.2", "0.0.1"};
    const char *version = json_string(json_get(r->tree, "vcon"), NULL);
    if (!version) return CS_OK; /* the last draft does without it */
    for (size_t i = 0; i < COUNT(known); i++)
        if (strcmp(known[i], version) == 0) return CS_OK;
    return vcon_refuse(r, NULL, "vcon", "export it as vCon 0.4.0",
                       "vCon version \"%.40s\" is not known; 0.0.1, 0.0.2, 0.3.0 and 0.4.0 are read", version);
}

/* What the sender says must be understood. 0.3.0 called it must_support. */
static cs_error check_critical(const cs_vcon_reader *r, const char *key) {
    static const char *const known[] = {"CC", "wtf_transcription"};
    const cs_json *list = json_get(r->tree, key);
    for (size_t i = 0; i < json_length(list); i++) {
        const char *name = json_string(json_at(list, i), NULL);
        bool is_known = false;
        for (size_t k = 0; name && k < COUNT(known); k++) is_known = is_known || strcasecmp(known[k], name) == 0;
        cs_json_place place = {key, (int64_t)i, NULL};
        if (!is_known)
            return vcon_refuse(r, &place, NULL, "ask the sender for a vCon without it",
                               "it may only be read by who understands the extension \"%.60s\"", name ? name : "");
    }
    return CS_OK;
}

static cs_error read_id(cs_vcon_reader *r) {
    const char *uuid = json_string(json_get(r->tree, "uuid"), NULL);
    cs_error code = draft_text(r->draft, &r->draft->c->external_id, uuid, r->message);
    return code == CS_OK ? draft_text(r->draft, &r->draft->c->external_id, r->from->stem, r->message) : code;
}

static cs_error note_reference(cs_vcon_reader *r, const char *key, const char *name) {
    const cs_json *other = json_get(r->tree, key);
    if (json_kind(other) != CS_JSON_OBJECT || json_length(other) == 0) return CS_OK;
    const char *uuid = json_string(json_get(other, "uuid"), NULL);
    return vcon_field(r, name, uuid && *uuid ? uuid : "true", CS_FIELD_TEXT);
}

/* What it was made from stays visible: blackened, added to, one of a group. */
static cs_error read_history(cs_vcon_reader *r) {
    cs_error code = note_reference(r, "redacted", "vcon.redacted");
    if (code == CS_OK) code = note_reference(r, "amended", "vcon.amended");
    if (code == CS_OK) code = note_reference(r, "appended", "vcon.amended");
    size_t group = json_length(json_get(r->tree, "group"));
    char count[24];
    (void)snprintf(count, sizeof count, "%zu", group);
    if (code == CS_OK && group > 0) code = vcon_field(r, "vcon.group", count, CS_FIELD_NUMBER);
    if (code == CS_OK && group > 0)
        vcon_leave_out(r, NULL, NULL, "import the vCons of the group themselves", "it only groups other vCons");
    return code;
}

static cs_channel channel_of(const cs_vcon_reader *r) {
    static const struct {
        const char *word;
        cs_channel channel;
    } words[] = {{"voice", CS_CHANNEL_CALL},     {"phone", CS_CHANNEL_CALL}, {"telephone", CS_CHANNEL_CALL},
                 {"audio", CS_CHANNEL_CALL},     {"sms", CS_CHANNEL_CHAT},   {"text", CS_CHANNEL_CHAT},
                 {"messaging", CS_CHANNEL_CHAT}, {"web", CS_CHANNEL_CHAT},   {"webchat", CS_CHANNEL_CHAT}};
    for (size_t i = 0; r->interaction && i < COUNT(words); i++)
        if (strcasecmp(words[i].word, r->interaction) == 0) return words[i].channel;
    for (cs_channel channel = CS_CHANNEL_CALL; r->interaction && channel < CS_CHANNEL_COUNT; channel++)
        if (strcasecmp(channel_name(channel), r->interaction) == 0) return channel;
    if (r->recording_count > 0) return r->is_video ? CS_CHANNEL_VIDEO : CS_CHANNEL_CALL;
    if (r->text_count > 0) return r->is_mail ? CS_CHANNEL_EMAIL : CS_CHANNEL_CHAT;
    return r->draft->c->event_count > 0 ? CS_CHANNEL_CALL : CS_CHANNEL_UNKNOWN;
}

/* ---- all of it ---- */

/* A vCon of which nothing can be inspected is not taken in as an empty conversation. */
static cs_error check_content(const cs_vcon_reader *r) {
    const cs_conversation *c = r->draft->c;
    if (c->turn_count > 0 || c->recording_count > 0) return CS_OK;
    if (*r->left_out.reason) {
        *r->message = r->left_out;
        return CS_ERR_PARSE;
    }
    if (c->event_count > 0 && r->recording_count == 0) return CS_OK;
    if (r->is_redacted)
        return vcon_refuse(r, NULL, NULL, "import the vCon it was made from",
                           "its dialogs were blackened: nothing is left to inspect");
    return vcon_refuse(r, NULL, NULL, "export it again with its dialogs", "the vCon holds no conversation");
}

static cs_error read_parts(cs_vcon_reader *r) {
    bool is_own = false;
    cs_error code = vcon_own_read(r, &is_own);
    if (code == CS_OK && is_own) return vcon_recordings_read(r);
    if (code == CS_OK) code = read_id(r);
    if (code == CS_OK) code = vcon_parties_read(r);
    if (code == CS_OK) code = vcon_base_find(r);
    if (code == CS_OK) code = vcon_dialog_read(r);
    if (code == CS_OK) code = vcon_analysis_read(r);
    if (code == CS_OK) code = vcon_recordings_read(r);
    if (code == CS_OK)
        code = draft_text(r->draft, &r->draft->c->title, json_string(json_get(r->tree, "subject"), NULL), r->message);
    if (code == CS_OK) code = read_history(r);
    if (code == CS_OK && r->is_redacted && !conversation_field(r->draft->c, "vcon.redacted"))
        code = vcon_field(r, "vcon.redacted", "true", CS_FIELD_TEXT);
    r->draft->c->channel = channel_of(r);
    return code == CS_OK ? check_content(r) : code;
}

static cs_error read_plain(const cs_json *tree, const cs_json_source *from, cs_draft *draft, cs_message *message) {
    cs_vcon_reader r = {.tree = tree, .from = from, .draft = draft, .message = message, .base_ms = CS_NO_TIME};
    cs_error code = check_version(&r);
    if (code == CS_OK) code = check_critical(&r, "critical");
    if (code == CS_OK) code = check_critical(&r, "must_support");
    return code == CS_OK ? read_parts(&r) : code;
}

static cs_error read_signed(const cs_json *tree, const cs_json_source *from, cs_draft *draft, cs_message *message) {
    cs_vcon_seal seal = {0};
    cs_json *payload = NULL;
    cs_error code = vcon_signed_open(tree, &payload, &seal, message);
    if (code != CS_OK) return code;
    if (json_kind(payload) == CS_JSON_OBJECT && is_plain(payload)) {
        code = read_plain(payload, from, draft, message);
    } else {
        code = message_set(message, CS_ERR_PARSE, "what was signed is no vCon");
        message_remedy(message, "sign the plain vCon; one that was encrypted first can't be read");
    }
    if (code != CS_OK) message_within(message, "payload");
    json_free(payload);
    cs_vcon_reader r = {.draft = draft, .message = message};
    if (code == CS_OK) code = vcon_field(&r, "vcon.signed", seal.state, CS_FIELD_TEXT);
    if (code == CS_OK) code = vcon_field(&r, "vcon.signer", seal.signer, CS_FIELD_TEXT);
    /* No authority is asked yet whether the signer is who the certificate says. */
    return code == CS_OK ? vcon_field(&r, "vcon.signer_trust", "unknown", CS_FIELD_TEXT) : code;
}

static cs_error read_vcon(const cs_json *tree, const cs_json_source *from, cs_draft *draft, cs_message *message) {
    if (is_signed(tree)) return read_signed(tree, from, draft, message);
    if (is_encrypted(tree)) {
        (void)message_set(message, CS_ERR_PARSE, "the vCon is encrypted");
        message_place(message, "ciphertext");
        message_remedy(message, "decrypt it first, then import what comes out");
        return CS_ERR_PARSE;
    }
    return read_plain(tree, from, draft, message);
}

const cs_json_dialect json_vcon = {"vcon", "vCon", "vCon", claims, read_vcon};
