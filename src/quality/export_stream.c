#include "quality/export_stream.h"

#include "conversation/conversation_mask.h"
#include "conversation/json_export.h"
#include "conversation/vcon.h"
#include "quality/archive_each.h"
#include "quality/export_findings.h"
#include "quality/export_inspection.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { MAX_TEXT_BYTES = 768 << 20, MAX_INSPECTION_BYTES = 256 << 20 };

static const struct {
    const char *name, *ending, *media;
} formats[] = {
#define X(code, name, ending, media) {name, ending, media},
    CS_EXPORT_TABLE(X)
#undef X
};

cs_export_format export_format_parse(const char *name) {
    cs_export_format format = CS_EXPORT_JSON;
    while (format < CS_EXPORT_FORMATS && strcmp(formats[format].name, name) != 0) format++;
    return format;
}

const char *export_format_ending(cs_export_format format) {
    return formats[format].ending;
}

const char *export_format_media(cs_export_format format) {
    return formats[format].media;
}

bool export_format_is_conversations(cs_export_format format) {
    return format == CS_EXPORT_JSON || format == CS_EXPORT_JSONL || format == CS_EXPORT_VCON;
}

/* ---- one after another ---- */

typedef struct walk {
    const cs_export *export;
    cs_export_visit visit;
    void *context;
    cs_export_inspector *inspector; /* only for vCons */
    cs_buffer text, inspection;
} walk;

static cs_error write_vcon(walk *w, const cs_stored *stored, const cs_conversation *shown, cs_arena *arena,
                           cs_message *message) {
    cs_json_writer out;
    buffer_clear(&w->inspection);
    json_writer_init(&out, &w->inspection);
    out.is_revealed = w->export->is_revealed;
    cs_error code = export_inspection_write(w->inspector, stored, shown, arena, &out, message);
    if (code != CS_OK) return code;
    cs_vcon_more more = {.created_ms = clock_now_ms(), .inspection = buffer_string(&w->inspection)};
    json_writer_init(&out, &w->text);
    return vcon_write(&out, shown, &more, message);
}

static cs_error visit_stored(void *context, const cs_stored *stored, cs_arena *arena, cs_message *message) {
    walk *w = context;
    cs_json_writer out;
    cs_error code = CS_OK;
    cs_masked_conversation masked = {.conversation = stored->conversation};
    if (w->export->is_stopped && w->export->is_stopped(w->export->context))
        return message_set(message, CS_ERR_STOPPED, "the export was stopped");
    buffer_clear(&w->text);
    if (!w->export->is_revealed && !conversation_mask(stored->conversation, arena, &masked))
        return message_set(message, CS_ERR_MEMORY, "no memory to cover the numbers of a conversation");
    if (w->export->format == CS_EXPORT_VCON) {
        code = write_vcon(w, stored, masked.conversation, arena, message);
    } else {
        json_writer_init(&out, &w->text);
        json_export_write(&out, NULL, masked.conversation);
    }
    if (code == CS_OK && (w->text.is_failed || w->inspection.is_failed))
        code = message_set(message, CS_ERR_LIMIT, "the conversation is too large to be written");
    if (code == CS_OK) return w->visit(w->context, stored, w->text.data, w->text.length, message);
    if (!*message->place) message_place(message, "conversation %.80s", stored->conversation->external_id);
    return code;
}

cs_error export_each(const cs_export *export, cs_export_visit visit, void *context, cs_message *message) {
    walk w = {.export = export, .visit = visit, .context = context};
    cs_error code = CS_OK;
    if (!export_format_is_conversations(export->format))
        return message_set(message, CS_ERR_USAGE, "%s holds findings, not conversations", formats[export->format].name);
    buffer_init(&w.text, MAX_TEXT_BYTES);
    buffer_init(&w.inspection, MAX_INSPECTION_BYTES);
    if (export->format == CS_EXPORT_VCON)
        code = export_inspector_open(export->db, export->ruleset, &w.inspector, message);
    if (code == CS_OK)
        code = archive_each(export->db, export->packer, export->ruleset, export->filter, visit_stored, &w, message);
    export_inspector_close(w.inspector);
    buffer_free(&w.text);
    buffer_free(&w.inspection);
    return code;
}

/* ---- into a file ---- */

typedef struct target {
    int descriptor;
    int64_t count;
    bool is_list;
} target;

static cs_error put(int descriptor, const char *bytes, size_t length, cs_message *message) {
    while (length > 0) {
        ssize_t wrote = write(descriptor, bytes, length);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) {
            int why = wrote < 0 ? errno : ENOSPC;
            if (why == EPIPE) return message_set(message, CS_ERR_STOPPED, "nobody reads the export any more");
            (void)message_set(message, CS_ERR_IO, "the export can't be written: %s", strerror(why));
            message_remedy(message, why == ENOSPC || why == EDQUOT ? "make room there, or write to another disk"
                                                                   : "see whether the place can be written to");
            return CS_ERR_IO;
        }
        bytes += wrote;
        length -= (size_t)wrote;
    }
    return CS_OK;
}

static cs_error put_conversation(void *context, const cs_stored *stored, const char *text, size_t bytes,
                                 cs_message *message) {
    target *t = context;
    (void)stored;
    cs_error code = CS_OK;
    if (t->is_list) code = put(t->descriptor, t->count ? ",\n" : "[\n", 2, message);
    if (code == CS_OK) code = put(t->descriptor, text, bytes, message);
    if (code == CS_OK && !t->is_list) code = put(t->descriptor, "\n", 1, message);
    if (code == CS_OK) t->count++;
    return code;
}

static cs_error put_findings(const cs_export *export, int descriptor, int64_t *count, cs_message *message) {
    cs_export_counts counts = {0};
    cs_export_findings options = {.filter = export->filter,
                                  .language = export->language,
                                  .is_revealed = export->is_revealed,
                                  .is_xlsx = export->format == CS_EXPORT_XLSX,
                                  .fd = descriptor,
                                  .folder = export->folder,
                                  .is_stopped = export->is_stopped,
                                  .context = export->context};
    cs_error code = export_findings(export->db, export->packer, export->ruleset, &options, &counts, message);
    *count = counts.findings;
    return code;
}

cs_error export_to_file(const cs_export *export, int descriptor, int64_t *count, cs_message *message) {
    if (!export_format_is_conversations(export->format)) return put_findings(export, descriptor, count, message);
    target t = {.descriptor = descriptor, .is_list = export->format == CS_EXPORT_JSON};
    cs_error code = export_each(export, put_conversation, &t, message);
    if (code == CS_OK && t.is_list)
        code = t.count ? put(descriptor, "\n]\n", 3, message) : put(descriptor, "[]\n", 3, message);
    *count = t.count;
    return code;
}
