/* E-mail: an .eml is one message and one conversation; an .mbox is many messages, and each thread in it a conversation. */
#include "base/file.h"
#include "conversation/captions.h"
#include "conversation/email_conversation.h"
#include "conversation/email_mbox.h"
#include "conversation/email_thread.h"
#include "conversation/reading.h"

#include <string.h>
#include <strings.h>

enum { PROGRESS_EVERY = 64 };
static const size_t THREADS_ARENA = (size_t)512 << 20, MAIL_ARENA = (size_t)64 << 20;

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for a conversation");
}

static cs_error set_id(cs_draft *draft, const char *id, cs_message *message) {
    draft->c->external_id = arena_string(draft->arena, id);
    return draft->c->external_id ? CS_OK : no_memory(message);
}

/* A mail saved out of an mbox may still have its From line; others have a byte order mark. */
static void skip_envelope(const char **bytes, size_t *count) {
    if (*count >= 3 && memcmp(*bytes, "\xef\xbb\xbf", 3) == 0) *bytes += 3, *count -= 3;
    if (*count < 5 || memcmp(*bytes, "From ", 5) != 0) return;
    const char *end = memchr(*bytes, '\n', *count);
    size_t skip = end ? (size_t)(end - *bytes) + 1 : *count;
    *bytes += skip;
    *count -= skip;
}

static cs_error fill_one(const cs_reading *reading, const char *bytes, size_t count, cs_draft *draft,
                         cs_message *message) {
    cs_email email = {.id = NULL};
    cs_error code = email_check(bytes, count, message);
    if (code == CS_OK) code = email_parse(bytes, count, draft->arena, &email, message);
    if (code != CS_OK && email.id) draft->c->external_id = email.id; /* names what is refused */
    if (code != CS_OK) return code;
    code = email.id ? set_id(draft, email.id, message)
                    : caption_id_of_path(draft, reading->path, &draft->c->external_id, message);
    if (code == CS_OK) code = email_conversation_fill(draft, &email, 1, reading->mapping, message);
    return code == CS_OK ? conversation_finish(draft->c, draft->arena, message) : code;
}

cs_error email_text_read(const cs_reading *reading, const char *bytes, size_t count, cs_message *message) {
    cs_draft draft;
    cs_message trouble = {0};
    skip_envelope(&bytes, &count);
    if (count == 0) {
        message_set(message, CS_ERR_PARSE, "the file is empty");
        message_remedy(message, "export it again");
        return CS_ERR_PARSE;
    }
    reading->counts->expected++;
    if (!draft_start(&draft)) return no_memory(message);
    cs_error code = fill_one(reading, bytes, count, &draft, &trouble);
    if (code == CS_OK) return reading_give(reading, draft.c, draft.arena, "");
    const char *id = draft.c->external_id;
    code = reading_refuse(reading, id && strlen(id) <= CS_MAX_NAME_BYTES ? id : NULL, code, &trouble);
    draft_drop(&draft);
    return code;
}

static cs_error eml_read(const cs_reading *reading, cs_message *message) {
    cs_buffer bytes;
    cs_error code = file_read(reading->path, CS_EMAIL_MAX_BYTES, &bytes, message);
    if (code == CS_ERR_LIMIT) message_remedy(message, "save it without its attachments; many mails are an .mbox");
    if (code != CS_OK) return code;
    code = email_text_read(reading, buffer_string(&bytes), bytes.length, message);
    buffer_free(&bytes);
    return code;
}

typedef struct mailbox {
    const cs_reading *reading;
    cs_mbox *mbox;
    cs_threads threads;
    cs_arena *arena; /* of the threads */
    cs_arena *scratch; /* of one message */
} mailbox;

static size_t head_length(const cs_mbox_mail *mail) {
    const char *lf = memmem(mail->bytes, mail->count, "\n\n", 2),
               *crlf = memmem(mail->bytes, mail->count, "\r\n\r\n", 4);
    const char *end = lf && crlf ? (lf < crlf ? lf : crlf) : lf ? lf : crlf;
    return end ? (size_t)(end - mail->bytes) + 1 : mail->count;
}

static cs_error refuse_mail(mailbox *b, const cs_mbox_mail *mail, cs_error code, cs_message *trouble) {
    message_within(trouble, "message at line %lld", (long long)mail->line);
    b->reading->counts->expected++;
    return reading_refuse(b->reading, NULL, code, trouble);
}

/* What the thread needs of one message: its head. */
static cs_error note_mail(mailbox *b, const cs_mbox_mail *mail, cs_message *message) {
    cs_message trouble = {0};
    cs_email email;
    cs_error code = CS_OK;
    if (mail->is_too_long) {
        code = message_set(&trouble, CS_ERR_LIMIT, "the message has more than %d MB", CS_EMAIL_MAX_BYTES >> 20);
        message_remedy(&trouble, "take it out of the mbox, or save it without its attachments");
    }
    arena_reset(b->scratch);
    if (code == CS_OK) code = email_check(mail->bytes, mail->count, &trouble);
    if (code == CS_OK) code = email_parse(mail->bytes, head_length(mail), b->scratch, &email, &trouble);
    if (code != CS_OK) return refuse_mail(b, mail, code, &trouble);
    if (email_threads_add(&b->threads, &email, mail->offset, mail->line, b->arena)) return CS_OK;
    message_set(message, CS_ERR_LIMIT, "the mbox has more messages than can be sorted into threads at once");
    message_place(message, "line %lld", (long long)mail->line);
    message_remedy(message, "split it, by year or by folder");
    return CS_ERR_LIMIT;
}

static cs_error note_all(mailbox *b, cs_message *message) {
    cs_mbox_mail mail;
    for (int64_t i = 0;; i++) {
        cs_error code = mbox_next(b->mbox, &mail, message);
        if (code == CS_OK && mail.is_end) return CS_OK;
        if (code == CS_OK) code = note_mail(b, &mail, message);
        if (code == CS_OK && i % PROGRESS_EVERY == 0) code = reading_progress(b->reading, mail.offset);
        if (code != CS_OK) return code;
    }
}

/* The thread's beginning names it, whether it is in the mbox or only referred to. */
static cs_error name_thread(mailbox *b, uint32_t first, cs_draft *draft, cs_message *message) {
    const cs_thread_mail *mails = b->threads.mails, *oldest = &mails[first];
    for (uint32_t i = mails[first].next; i != CS_INDEX_NONE; i = mails[i].next) {
        if (mails[i].date_ms == CS_NO_TIME) continue;
        if (oldest->date_ms == CS_NO_TIME || mails[i].date_ms < oldest->date_ms) oldest = &mails[i];
    }
    if (oldest->root) return set_id(draft, oldest->root, message);
    if (oldest->id) return set_id(draft, oldest->id, message);
    const char *stem = NULL;
    cs_error code = caption_id_of_path(draft, b->reading->path, &stem, message);
    if (code != CS_OK) return code;
    draft->c->external_id = arena_printf(draft->arena, "%s-%u", stem, first + 1);
    return draft->c->external_id ? CS_OK : no_memory(message);
}

static cs_error fill_thread(mailbox *b, uint32_t first, cs_draft *draft, cs_message *message) {
    const cs_thread_mail *mails = b->threads.mails;
    cs_email *emails = NULL;
    uint32_t count = 0, room = 0;
    cs_error code = name_thread(b, first, draft, message);
    for (uint32_t i = first; code == CS_OK && i != CS_INDEX_NONE; i = mails[i].next) {
        cs_mbox_mail mail;
        void *list = emails;
        if (!arena_room(draft->arena, &list, &room, count, sizeof *emails)) return no_memory(message);
        emails = list;
        code = mbox_seek(b->mbox, mails[i].offset, mails[i].line, message);
        if (code == CS_OK) code = mbox_next(b->mbox, &mail, message);
        if (code == CS_OK) code = email_check(mail.bytes, mail.count, message); /* the file may have changed since */
        if (code == CS_OK) code = email_parse(mail.bytes, mail.count, draft->arena, &emails[count++], message);
        if (code != CS_OK) message_within(message, "message at line %lld", (long long)mails[i].line);
    }
    if (code == CS_OK) code = email_conversation_fill(draft, emails, count, b->reading->mapping, message);
    return code == CS_OK ? conversation_finish(draft->c, draft->arena, message) : code;
}

static cs_error give_thread(mailbox *b, uint32_t first, cs_message *message) {
    cs_draft draft;
    cs_message trouble = {0};
    char place[48];
    cs_message words;
    if (!draft_start(&draft)) return no_memory(message);
    b->reading->counts->expected++;
    message_place(&words, "line %lld", (long long)b->threads.mails[first].line);
    memcpy(place, words.place, sizeof place);
    place[sizeof place - 1] = 0;
    cs_error code = fill_thread(b, first, &draft, &trouble);
    if (code == CS_OK) return reading_give(b->reading, draft.c, draft.arena, place);
    const char *id = draft.c->external_id;
    code = reading_refuse(b->reading, id && strlen(id) <= CS_MAX_NAME_BYTES ? id : NULL, code, &trouble);
    draft_drop(&draft);
    return code;
}

static cs_error read_mailbox(mailbox *b, cs_message *message) {
    cs_error code = note_all(b, message);
    if (code != CS_OK) return code;
    if (b->threads.count == 0 && b->reading->counts->expected == 0) {
        message_set(message, CS_ERR_PARSE, "the file is empty");
        message_remedy(message, "export it again");
        return CS_ERR_PARSE;
    }
    if (!email_threads_join(&b->threads, b->arena)) return no_memory(message);
    for (uint32_t i = 0; code == CS_OK && i < b->threads.count; i++) {
        if (b->threads.mails[i].thread == i) code = give_thread(b, i, message);
    }
    return code;
}

static cs_error mbox_read(const cs_reading *reading, cs_message *message) {
    mailbox b = {.reading = reading, .arena = arena_create(THREADS_ARENA), .scratch = arena_create(MAIL_ARENA)};
    cs_error code = b.arena && b.scratch ? mbox_open(reading->path, &b.mbox, message) : no_memory(message);
    if (code == CS_OK) code = read_mailbox(&b, message);
    mbox_close(b.mbox);
    arena_free(b.arena);
    arena_free(b.scratch);
    return code;
}

cs_error email_read(const cs_reading *reading, cs_message *message) {
    bool is_mbox = strcasecmp(file_extension(reading->path), ".mbox") == 0;
    return is_mbox ? mbox_read(reading, message) : eml_read(reading, message);
}
