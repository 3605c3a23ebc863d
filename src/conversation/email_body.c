#include "conversation/email_body.h"

#include "conversation/email_message.h"
#include "conversation/email_text.h"

#include <string.h>
#include <strings.h>

enum { MAX_ATTACHMENT_BYTES = 1900 }; /* a field's value has at most 2000 */
static const size_t MAX_TEXT_BYTES =
    (size_t)CS_EMAIL_MAX_BYTES * 4; /* a byte of Latin becomes two, a quote's mark two more */

typedef struct collector {
    cs_email_body *body;
    cs_message *message;
} collector;

static cs_error collect(collector *c, GMimeObject *part, cs_buffer *text, int depth);

static cs_error no_memory(collector *c) {
    return message_set(c->message, CS_ERR_MEMORY, "no memory for the text of the message");
}

static bool is_type(GMimeObject *part, const char *type, const char *subtype) {
    GMimeContentType *content = g_mime_object_get_content_type(part);
    return content && g_mime_content_type_is_type(content, type, subtype);
}

static bool has_words(const cs_buffer *text) {
    const char *at = buffer_string(text);
    return at[strspn(at, " \t\n")] != 0;
}

static void name_attachment(collector *c, const char *name) {
    cs_buffer *list = &c->body->attachments, clean;
    buffer_init(&clean, (size_t)16 << 10);
    bool ignored = false;
    bool is_named = name && *name && strlen(name) < 1000 &&
                    email_text_decode(name, strlen(name), NULL, &clean, &ignored) && has_words(&clean);
    const char *shown = is_named ? buffer_string(&clean) : "?";
    if (list->length + strlen(shown) + 2 <= MAX_ATTACHMENT_BYTES)
        buffer_printf(list, "%s%s", list->length ? ", " : "", shown);
    else if (list->length && list->data[list->length - 1] != '.')
        buffer_text(list, ", ...");
    for (char *at = list->data; at && *at; at++) {
        if (*at == '\n' || *at == '\t') *at = ' ';
    }
    buffer_free(&clean);
}

/* The bytes of the part, its transfer encoding undone. */
static bool load(GMimePart *part, cs_buffer *out) {
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (!content) return true;
    GMimeStream *stream = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, stream);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    bool is_done = bytes && (bytes->len == 0 || buffer_append(out, bytes->data, bytes->len));
    g_object_unref(stream);
    return is_done;
}

static cs_error collect_text(collector *c, GMimePart *part, cs_buffer *text) {
    cs_buffer bytes, words;
    buffer_init(&bytes, CS_EMAIL_MAX_BYTES);
    buffer_init(&words, MAX_TEXT_BYTES);
    const char *charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
    bool is_done = load(part, &bytes) &&
                   email_text_decode(buffer_string(&bytes), bytes.length, charset, &words, &c->body->is_damaged);
    if (is_done && text->length && text->data[text->length - 1] != '\n') buffer_append(text, "\n", 1);
    if (is_done && is_type(GMIME_OBJECT(part), "text", "html"))
        is_done = email_html_strip(buffer_string(&words), words.length, text);
    else if (is_done)
        is_done = buffer_append(text, buffer_string(&words), words.length);
    buffer_free(&bytes);
    buffer_free(&words);
    return is_done ? CS_OK : no_memory(c);
}

static cs_error collect_part(collector *c, GMimePart *part, cs_buffer *text) {
    GMimeObject *object = GMIME_OBJECT(part);
    const char *name = g_mime_part_get_filename(part), *disposition = g_mime_object_get_disposition(object);
    bool is_attached = disposition && strcasecmp(disposition, "attachment") == 0;
    bool is_text = is_type(object, "text", "plain") || is_type(object, "text", "html");
    if (is_type(object, "application", "pkcs7-mime") || is_type(object, "application", "x-pkcs7-mime")) {
        c->body->is_encrypted = true;
        return CS_OK;
    }
    if (is_text && !is_attached && !name) return collect_text(c, part, text);
    bool is_picture_in_text = is_type(object, "image", "*") && !is_attached && g_mime_object_get_content_id(object);
    if (!is_picture_in_text && (is_attached || name)) name_attachment(c, name);
    return CS_OK;
}

/* Plain text says what HTML says, but for programs that leave it empty. */
static cs_error collect_alternative(collector *c, GMimeMultipart *parts, cs_buffer *text, int depth) {
    int count = g_mime_multipart_get_count(parts);
    cs_error code = CS_OK;
    bool is_found = false;
    for (int pass = 0; code == CS_OK && pass < 2 && !is_found; pass++) {
        for (int i = 0; code == CS_OK && i < count && !is_found; i++) {
            GMimeObject *part = g_mime_multipart_get_part(parts, i);
            if (is_type(part, "text", "plain") != (pass == 0)) continue;
            cs_buffer one;
            buffer_init(&one, MAX_TEXT_BYTES);
            code = collect(c, part, &one, depth);
            is_found = has_words(&one);
            if (code == CS_OK && is_found && !buffer_append(text, one.data, one.length)) code = no_memory(c);
            buffer_free(&one);
        }
    }
    return code;
}

static cs_error collect_multipart(collector *c, GMimeMultipart *parts, cs_buffer *text, int depth) {
    GMimeObject *object = GMIME_OBJECT(parts);
    int count = g_mime_multipart_get_count(parts);
    if (is_type(object, "multipart", "alternative")) return collect_alternative(c, parts, text, depth);
    if (GMIME_IS_MULTIPART_ENCRYPTED(parts)) {
        c->body->is_encrypted = true;
        return CS_OK;
    }
    /* The second part of these is a signature, or a report for machines. */
    if ((is_type(object, "multipart", "signed") || is_type(object, "multipart", "report")) && count > 1) count = 1;
    cs_error code = CS_OK;
    for (int i = 0; code == CS_OK && i < count; i++)
        code = collect(c, g_mime_multipart_get_part(parts, i), text, depth);
    return code;
}

static cs_error collect(collector *c, GMimeObject *part, cs_buffer *text, int depth) {
    if (!part) return CS_OK;
    if (depth == CS_EMAIL_MAX_DEPTH) {
        message_set(c->message, CS_ERR_LIMIT, "its parts stand more than %d deep inside each other",
                    CS_EMAIL_MAX_DEPTH);
        message_remedy(c->message, "no mail program writes that: look at it before you trust it");
        return CS_ERR_LIMIT;
    }
    if (GMIME_IS_MULTIPART(part)) return collect_multipart(c, GMIME_MULTIPART(part), text, depth + 1);
    if (GMIME_IS_PART(part)) return collect_part(c, GMIME_PART(part), text);
    if (GMIME_IS_MESSAGE_PART(part)) { /* a mail inside the mail stays closed */
        GMimeMessage *inside = g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
        name_attachment(c, inside ? g_mime_message_get_subject(inside) : NULL);
    }
    return CS_OK;
}

cs_error email_body_collect(GMimeObject *part, cs_email_body *out, cs_message *message) {
    *out = (cs_email_body){.is_damaged = false};
    buffer_init(&out->text, MAX_TEXT_BYTES);
    buffer_init(&out->attachments, MAX_ATTACHMENT_BYTES + 100);
    collector c = {out, message};
    cs_error code = collect(&c, part, &out->text, 0);
    if (code != CS_OK) email_body_free(out);
    return code;
}

void email_body_free(cs_email_body *body) {
    buffer_free(&body->text);
    buffer_free(&body->attachments);
}
