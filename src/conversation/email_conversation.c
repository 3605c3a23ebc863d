#include "conversation/email_conversation.h"

#include "conversation/mapping_columns.h"

#include <string.h>
#include <strings.h>

enum { MAX_FIELD_BYTES = 2000 };

typedef struct filler {
    cs_draft *draft;
    const cs_mapping *mapping;
    cs_message *message;
} filler;

static cs_error no_memory(const filler *f) {
    return message_set(f->message, CS_ERR_MEMORY, "the conversation takes more memory than there is");
}

/* "service@example.com", or "@example.com" for everybody there. */
static bool is_listed(const char *pattern, const char *address) {
    size_t length = strlen(address), tail = strlen(pattern);
    if (*pattern != '@') return strcasecmp(pattern, address) == 0;
    return length > tail && strcasecmp(address + length - tail, pattern) == 0;
}

static cs_role role_of(const filler *f, const char *address, bool is_automatic) {
    if (is_automatic) return CS_ROLE_SYSTEM;
    if (!f->mapping || f->mapping->format != CS_MAPPING_FORMAT_EMAIL) return CS_ROLE_UNDECIDED;
    for (uint32_t i = 0; i < f->mapping->speaker_count; i++) {
        if (is_listed(f->mapping->speakers[i].value, address)) return f->mapping->speakers[i].role;
    }
    return CS_ROLE_CUSTOMER;
}

/* One participant an address; what a machine sends in a person's name is its own. */
static cs_error find_person(const filler *f, const cs_email_address *who, bool is_automatic, uint32_t *out) {
    cs_conversation *c = f->draft->c;
    const char *address = who->address ? who->address : "unknown";
    cs_role role = who->address || is_automatic ? role_of(f, address, is_automatic) : CS_ROLE_UNDECIDED;
    const char *id = is_automatic ? arena_printf(f->draft->arena, "auto:%s", address) : address;
    if (!id) return no_memory(f);
    for (uint32_t i = 0; i < c->participant_count; i++) {
        if (strcmp(c->participants[i].id, id) != 0) continue;
        if (!c->participants[i].name) c->participants[i].name = who->name;
        *out = i;
        return CS_OK;
    }
    cs_participant *person = draft_participant(f->draft);
    if (!person) return draft_why(f->draft, f->message);
    *person = (cs_participant){.id = id, .name = who->name, .role = role};
    *out = c->participant_count - 1;
    return CS_OK;
}

/* A turn holds 64 kB: a longer mail is cut behind a line into several of the same moment. */
static size_t piece_length(const char *text, size_t bytes) {
    if (bytes <= CS_MAX_TURN_BYTES) return bytes;
    size_t length = CS_MAX_TURN_BYTES;
    const char *end = memrchr(text, '\n', length);
    if (end > text) return (size_t)(end - text) + 1;
    while (((unsigned char)text[length] & 0xc0) == 0x80) length--;
    return length;
}

static cs_error add_message(const filler *f, const cs_email *email) {
    cs_conversation *c = f->draft->c;
    uint32_t who = 0;
    cs_error code = find_person(f, &email->from, email->is_automatic, &who);
    if (code != CS_OK) return code;
    const char *text = email->text;
    size_t bytes = email->text_bytes;
    do {
        size_t length = piece_length(text, bytes);
        cs_turn *turn = draft_turn(f->draft);
        if (!turn) return draft_why(f->draft, f->message);
        turn->participant = who;
        turn->text = length == bytes ? text : arena_copy(f->draft->arena, text, length);
        if (!turn->text) return no_memory(f);
        turn->text_bytes = (uint32_t)length;
        if (email->date_ms != CS_NO_TIME) turn->start_ms = email->date_ms - c->started_ms;
        text += length;
        bytes -= length;
    } while (bytes > 0);
    return CS_OK;
}

static cs_error add_fields(const filler *f, const cs_email *emails, uint32_t count) {
    cs_buffer names;
    bool is_damaged = false;
    buffer_init(&names, MAX_FIELD_BYTES);
    for (uint32_t i = 0; i < count; i++) {
        const char *more = emails[i].attachments;
        is_damaged = is_damaged || emails[i].is_damaged;
        if (!more || names.length + strlen(more) + 2 > MAX_FIELD_BYTES) continue;
        buffer_printf(&names, "%s%s", names.length ? ", " : "", more);
    }
    cs_error code = CS_OK;
    if (names.length) code = draft_field(f->draft, "email.attachments", names.data, f->message);
    if (code == CS_OK && is_damaged) code = draft_field(f->draft, "email.damaged_text", "true", f->message);
    buffer_free(&names);
    return code;
}

/* The one customer who writes is the conversation's. */
static cs_error set_customer(const filler *f) {
    cs_conversation *c = f->draft->c;
    const char *customer = NULL;
    for (uint32_t i = 0; i < c->turn_count; i++) {
        const cs_participant *who = &c->participants[c->turns[i].participant];
        if (who->role != CS_ROLE_CUSTOMER || (customer && strcmp(customer, who->id) == 0)) continue;
        if (customer) return CS_OK; /* several: nobody knows whose it is */
        customer = who->id;
    }
    c->customer = customer;
    return customer ? draft_field(f->draft, "account", customer, f->message) : CS_OK;
}

cs_error email_conversation_fill(cs_draft *draft, const cs_email *emails, uint32_t count, const cs_mapping *mapping,
                                 cs_message *message) {
    filler f = {draft, mapping, message};
    cs_conversation *c = draft->c;
    const cs_email *first = NULL;
    c->channel = CS_CHANNEL_EMAIL;
    for (uint32_t i = 0; i < count; i++) {
        if (emails[i].date_ms != CS_NO_TIME && (!first || emails[i].date_ms < first->date_ms)) first = &emails[i];
    }
    if (first) {
        c->started_ms = first->date_ms;
        c->zone_minutes = first->zone_minutes;
    }
    const char *subject = count ? (first ? first : &emails[0])->subject : "";
    cs_error code = *subject ? draft_text(draft, &c->title, subject, message) : CS_OK;
    for (uint32_t i = 0; code == CS_OK && i < count; i++) code = add_message(&f, &emails[i]);
    for (uint32_t i = 0; code == CS_OK && i < count; i++) { /* who was written to, whether he answered or not */
        uint32_t ignored;
        for (uint32_t k = 0; code == CS_OK && k < emails[i].to_count && c->participant_count < CS_EMAIL_MAX_RECIPIENTS;
             k++)
            code = find_person(&f, &emails[i].to[k], false, &ignored);
    }
    if (code == CS_OK) code = add_fields(&f, emails, count);
    return code == CS_OK ? set_customer(&f) : code;
}
