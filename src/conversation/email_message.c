#include "conversation/email_message.h"

#include "base/clock.h"
#include "base/hash.h"
#include "conversation/email_body.h"
#include "conversation/email_text.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>

enum { LONGEST_NAME = 200, LONGEST_SUBJECT = 1000 };
static const int64_t LAST_MOMENT_MS = INT64_C(230) * 366 * 86400 * 1000; /* about the year 2200 */

static pthread_once_t gmime_once = PTHREAD_ONCE_INIT;
static GMimeParserOptions *options;

static void start_gmime(void) {
    static const char *charsets[] = {"utf-8", "gb18030", "iso-8859-1", NULL};
    g_mime_init();
    options = g_mime_parser_options_new();
    g_mime_parser_options_set_fallback_charsets(options, charsets);
}

static cs_error refuse(cs_message *message, int64_t line, const char *reason) {
    message_set(message, CS_ERR_LIMIT, "%s", reason);
    message_place(message, "line %lld", (long long)line);
    message_remedy(message, "no mail program writes that: look at it before you trust it");
    return CS_ERR_LIMIT;
}

static bool is_header(const char *line, size_t bytes) {
    size_t name = 0;
    while (name < bytes && line[name] > 0x20 && line[name] != ':' && line[name] != 0x7f) name++;
    return name > 0 && name < bytes && line[name] == ':';
}

cs_error email_check(const char *bytes, size_t count, cs_message *message) {
    if (count > CS_EMAIL_MAX_BYTES) {
        message_set(message, CS_ERR_LIMIT, "the message has %zu bytes; at most %d are read", count, CS_EMAIL_MAX_BYTES);
        message_remedy(message, "save it without its attachments");
        return CS_ERR_LIMIT;
    }
    size_t headers = 0, parts = 0;
    bool is_head = true; /* at the top, and below each line that may part two parts */
    int64_t number = 1;
    for (size_t at = 0; at < count; number++) {
        const char *line = bytes + at, *end = memchr(line, '\n', count - at);
        size_t length = end ? (size_t)(end - line) : count - at;
        at += length + 1;
        if (length > 0 && line[length - 1] == '\r') length--;
        if (number == 1 && !is_header(line, length)) {
            message_set(message, CS_ERR_PARSE, "the message does not begin with headers such as From: and Date:");
            message_place(message, "line 1");
            message_remedy(message, "save it from the mail program as .eml (RFC 5322)");
            return CS_ERR_PARSE;
        }
        if (length == 0) {
            is_head = false;
        } else if (length > 2 && line[0] == '-' && line[1] == '-') {
            if (++parts > CS_EMAIL_MAX_PARTS) return refuse(message, number, "the message has more than 20,000 parts");
            is_head = true;
            headers = 0;
        } else if (is_head && is_header(line, length) && ++headers > CS_EMAIL_MAX_HEADERS) {
            return refuse(message, number, "there are more than 2,000 headers in one block");
        }
    }
    return CS_OK;
}

typedef struct parser {
    cs_arena *arena;
    cs_email *email;
    cs_message *message;
} parser;

static cs_error no_memory(const parser *p) {
    return message_set(p->message, CS_ERR_MEMORY, "no memory for the message");
}

/* One line of valid UTF-8, at most so many bytes. NULL: no memory. */
static const char *clean_line(const parser *p, const char *text, size_t most) {
    cs_buffer out;
    bool ignored = false;
    size_t bytes = strnlen(text, most * 4);
    buffer_init(&out, most * 16 + 64);
    const char *copy = NULL;
    if (email_text_decode(text, bytes, NULL, &out, &ignored)) {
        size_t length = out.length;
        while (length > most || (length < out.length && ((unsigned char)out.data[length] & 0xc0) == 0x80)) length--;
        char *line = arena_copy(p->arena, buffer_string(&out), length);
        for (char *at = line; at && *at; at++) {
            if (*at == '\n' || *at == '\t') *at = ' ';
        }
        for (; line && length > 0 && line[length - 1] == ' '; length--) line[length - 1] = 0;
        copy = line ? line + strspn(line, " ") : NULL;
    }
    buffer_free(&out);
    return copy;
}

/* GB2312 is declared and GBK written: the superset reads both. */
static char *decode_words(const char *raw) {
    GString *text = g_string_new(raw);
    static const char *const written[] = {"=?gb2312?", "=?gbk?", "=?x-gbk?", "=?cp936?"};
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        size_t length = strlen(written[i]);
        for (char *at = text->str; (at = strcasestr(at, written[i])) != NULL;) {
            gssize from = at - text->str;
            g_string_erase(text, from, (gssize)length);
            g_string_insert(text, from, "=?gb18030?");
            at = text->str + from + strlen("=?gb18030?");
        }
    }
    char *decoded = g_mime_utils_header_decode_text(options, text->str);
    g_string_free(text, TRUE);
    return decoded;
}

static cs_error read_subject(const parser *p, GMimeMessage *mail) {
    GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(mail));
    GMimeHeader *subject = g_mime_header_list_get_header(headers, "Subject");
    const char *raw = subject ? g_mime_header_get_raw_value(subject) : NULL;
    char *decoded = raw ? decode_words(raw) : NULL;
    p->email->subject = clean_line(p, decoded ? decoded : "", LONGEST_SUBJECT);
    g_free(decoded);
    return p->email->subject ? CS_OK : no_memory(p);
}

static const char *small_letters(const parser *p, const char *text) {
    char *copy = text ? arena_string(p->arena, text) : NULL;
    for (char *at = copy; at && *at; at++) *at = *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at;
    return copy;
}

/* Without an address it stays empty; a name that only repeats the address is none. */
static cs_error read_address(const parser *p, InternetAddress *from, cs_email_address *out) {
    const char *address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(from));
    const char *name = internet_address_get_name(from);
    *out = (cs_email_address){0};
    if (!address || !*address) return CS_OK;
    const char *small = small_letters(p, clean_line(p, address, LONGEST_NAME));
    if (!small) return no_memory(p);
    out->address = *small ? small : NULL;
    if (!name || !*name || strcmp(name, address) == 0) return CS_OK;
    char *decoded = decode_words(name);
    out->name = clean_line(p, decoded ? decoded : name, LONGEST_NAME);
    g_free(decoded);
    if (!out->name) return no_memory(p);
    if (!*out->name) out->name = NULL;
    return CS_OK;
}

static cs_error read_people(const parser *p, GMimeMessage *mail) {
    cs_email *email = p->email;
    InternetAddressList *from = g_mime_message_get_from(mail), *to = g_mime_message_get_to(mail);
    for (int i = 0; from && i < internet_address_list_length(from) && !email->from.address; i++) {
        InternetAddress *one = internet_address_list_get_address(from, i);
        if (!INTERNET_ADDRESS_IS_MAILBOX(one)) continue;
        cs_error code = read_address(p, one, &email->from);
        if (code != CS_OK) return code;
    }
    int count = to ? internet_address_list_length(to) : 0;
    if (count > CS_EMAIL_MAX_RECIPIENTS) count = CS_EMAIL_MAX_RECIPIENTS;
    email->to = arena_array(p->arena, (size_t)count, sizeof *email->to);
    if (!email->to) return no_memory(p);
    for (int i = 0; i < count; i++) {
        InternetAddress *one = internet_address_list_get_address(to, i);
        if (!INTERNET_ADDRESS_IS_MAILBOX(one)) continue;
        cs_error code = read_address(p, one, &email->to[email->to_count]);
        if (code != CS_OK) return code;
        email->to_count += email->to[email->to_count].address != NULL;
    }
    return CS_OK;
}

/* An id longer than a conversation's may be keeps its beginning and gets the hash of the whole. */
static const char *clean_id(const parser *p, const char *id) {
    size_t bytes = strlen(id);
    if (bytes <= LONGEST_NAME) return clean_line(p, id, LONGEST_NAME);
    char hash[CS_HASH_CHARS + 1];
    hash_hex(hash_bytes(id, bytes), hash);
    const char *start = clean_line(p, id, LONGEST_NAME - CS_HASH_CHARS - 1);
    return start ? arena_printf(p->arena, "%s-%s", start, hash) : NULL;
}

static cs_error add_reference(const parser *p, const char *id) {
    cs_email *email = p->email;
    if (!id || !*id || email->reference_count == CS_EMAIL_MAX_REFERENCES) return CS_OK;
    const char *clean = clean_id(p, id);
    if (!clean) return no_memory(p);
    if (*clean) email->references[email->reference_count++] = clean;
    return CS_OK;
}

/* The first one is the thread's beginning; of very many the last ones are kept besides. */
static cs_error read_references(const parser *p, GMimeMessage *mail) {
    static const char *const headers[] = {"References", "In-Reply-To"};
    cs_error code = CS_OK;
    p->email->references = arena_array(p->arena, CS_EMAIL_MAX_REFERENCES, sizeof *p->email->references);
    if (!p->email->references) return no_memory(p);
    for (size_t i = 0; code == CS_OK && i < 2; i++) {
        const char *text = g_mime_object_get_header(GMIME_OBJECT(mail), headers[i]);
        GMimeReferences *list = text ? g_mime_references_parse(options, text) : NULL;
        int count = list ? g_mime_references_length(list) : 0, most = CS_EMAIL_MAX_REFERENCES / 2;
        for (int k = 0; code == CS_OK && k < count; k++) {
            if (k > 0 && k < count - most + 1) continue;
            code = add_reference(p, g_mime_references_get_message_id(list, k));
        }
        if (list) g_mime_references_free(list);
    }
    return code;
}

static void read_date(const parser *p, GMimeMessage *mail) {
    GDateTime *date = g_mime_message_get_date(mail);
    p->email->date_ms = CS_NO_TIME;
    if (!date) return;
    int64_t ms = g_date_time_to_unix(date) * 1000;
    int zone = (int)(g_date_time_get_utc_offset(date) / G_TIME_SPAN_MINUTE);
    if (ms < 0 || ms > LAST_MOMENT_MS || zone < -15 * 60 || zone > 15 * 60) return;
    p->email->date_ms = ms;
    p->email->zone_minutes = zone;
}

/* Auto-Submitted (RFC 3834), and the senders that only machines have. */
static bool is_automatic(GMimeMessage *mail, const char *address) {
    static const char *const machines[] = {"mailer-daemon@", "postmaster@", "no-reply@",    "noreply@",
                                           "no_reply@",      "donotreply@", "do-not-reply@"};
    const char *submitted = g_mime_object_get_header(GMIME_OBJECT(mail), "Auto-Submitted");
    if (submitted && strncasecmp(submitted + strspn(submitted, " \t"), "no", 2) != 0) return true;
    for (size_t i = 0; address && i < sizeof machines / sizeof machines[0]; i++) {
        if (strncmp(address, machines[i], strlen(machines[i])) == 0) return true;
    }
    return false;
}

static cs_error read_body(const parser *p, GMimeMessage *mail) {
    cs_email_body body;
    cs_email *email = p->email;
    cs_error code = email_body_collect(g_mime_message_get_mime_part(mail), &body, p->message);
    if (code != CS_OK) return code;
    size_t from = 0, bytes = email_quotes_cut(body.text.data, body.text.length, &from);
    if (bytes == 0 && body.is_encrypted) {
        code = message_set(p->message, CS_ERR_PARSE, "the message is encrypted");
        message_remedy(p->message, "let the mail program that can read it save it decrypted");
    } else {
        email->text = arena_copy(p->arena, buffer_string(&body.text) + from, bytes);
        email->text_bytes = bytes;
        email->is_damaged = body.is_damaged;
        if (body.attachments.length)
            email->attachments = arena_copy(p->arena, body.attachments.data, body.attachments.length);
        if (!email->text || (body.attachments.length && !email->attachments)) code = no_memory(p);
    }
    email_body_free(&body);
    return code;
}

static cs_error read_all(const parser *p, GMimeMessage *mail) {
    const char *id = g_mime_message_get_message_id(mail);
    if (id && *id && !(p->email->id = clean_id(p, id))) return no_memory(p);
    if (p->email->id && !*p->email->id) p->email->id = NULL;
    read_date(p, mail);
    cs_error code = read_subject(p, mail);
    if (code == CS_OK) code = read_people(p, mail);
    if (code == CS_OK) code = read_references(p, mail);
    p->email->is_automatic = is_automatic(mail, p->email->from.address);
    return code == CS_OK ? read_body(p, mail) : code;
}

cs_error email_parse(const char *bytes, size_t count, cs_arena *arena, cs_email *out, cs_message *message) {
    pthread_once(&gmime_once, start_gmime);
    *out = (cs_email){.date_ms = CS_NO_TIME, .text = "", .subject = ""};
    parser p = {arena, out, message};
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, count);
    GMimeParser *gmime = g_mime_parser_new_with_stream(stream);
    GMimeMessage *mail = g_mime_parser_construct_message(gmime, options);
    cs_error code;
    if (mail) {
        code = read_all(&p, mail);
        g_object_unref(mail);
    } else {
        code = message_set(message, CS_ERR_PARSE, "the message can't be read as a mail");
        message_remedy(message, "save it from the mail program as .eml (RFC 5322)");
    }
    g_object_unref(gmime);
    g_object_unref(stream);
    return code;
}
