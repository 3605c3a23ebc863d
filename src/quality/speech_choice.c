#include "quality/speech_choice.h"

#include "speech/model_advice.h"
#include "speech/model_folder.h"

#include <string.h>

/* ---- what is here ---- */

/* What goes over the network is only used where somebody said so. */
static bool is_of_this_machine(cs_model_kind kind) {
    return model_kind_recognises(kind) && kind != CS_MODEL_HTTP && kind != CS_MODEL_WEBSOCKET;
}

/* "zh-CN" is "zh". */
static size_t primary(const char *language) {
    return strcspn(language, "-_");
}

/* The more it is worth, the better: whole words before sounds, more languages before one where none is known. */
static int worth_of(const cs_model_entry *entry, const char *language) {
    const cs_speech_model *model = &entry->model;
    static const int by_kind[CS_MODEL_KIND_COUNT] = {
        [CS_MODEL_SENSE_VOICE] = 50, [CS_MODEL_PARAFORMER] = 40,        [CS_MODEL_OFFLINE_TRANSDUCER] = 40,
        [CS_MODEL_WENET_CTC] = 35,   [CS_MODEL_ONLINE_TRANSDUCER] = 30, [CS_MODEL_WHISPER] = 20};
    int worth = by_kind[model->kind] - (model->is_phonetic ? 2 : 0);
    if (!language && model_covers(entry, "zh")) worth += 100; /* said nowhere: the centre's is Mandarin */
    return worth;
}

cs_error choice_best(const char *language, const char *data, cs_arena *arena, const char **model, cs_message *message) {
    const char *text, *path;
    size_t bytes;
    cs_manifest manifest;
    cs_model_folders folders;
    int most = 0;
    *model = NULL;
    manifest_embedded(&text, &bytes);
    cs_error code = model_manifest_read(text, bytes, arena, &manifest, message);
    if (code == CS_OK) code = model_folders(data, arena, &folders, message);
    for (uint32_t i = 0; code == CS_OK && i < manifest.count; i++) {
        cs_message missing;
        const cs_speech_model *one = &manifest.entries[i].model;
        if (!is_of_this_machine(one->kind) || (language && !model_covers(&manifest.entries[i], language))) continue;
        int worth = worth_of(&manifest.entries[i], language);
        if (worth <= most || model_locate(&manifest.entries[i], &folders, arena, &path, &missing) != CS_OK) continue;
        most = worth;
        *model = one->name;
    }
    return code;
}

/* ---- what somebody said ---- */

cs_error choice_find(cs_db *db, const char *queue, const char *language, const char *data, cs_arena *arena,
                     const char **model, bool *is_off, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    *model = NULL;
    *is_off = false;
    const char *tongue = language ? arena_copy(arena, language, primary(language)) : "";
    if (!tongue) return message_set(message, CS_ERR_MEMORY, "no memory for the model");
    cs_error code = db_query(db,
                             "SELECT model FROM speech_choice WHERE queue IN ('', :queue) AND language IN ('', "
                             ":language) AND model <> '' ORDER BY queue DESC, language DESC LIMIT 1",
                             &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "queue", queue ? queue : "");
    db_bind_text(stmt, "language", tongue);
    code = db_step(stmt, &has_row, message);
    if (code == CS_OK && has_row) {
        *is_off = strcmp(db_text(stmt, 0), CS_SPEECH_OFF) == 0;
        if (!*is_off) *model = arena_string(arena, db_text(stmt, 0));
    }
    db_done(stmt);
    if (code != CS_OK || has_row) return code;
    return choice_best(*tongue ? tongue : NULL, data, arena, model, message);
}

cs_error choices_list(cs_db *db, cs_arena *arena, cs_speech_choice **out, uint32_t *count, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = true;
    *count = 0;
    *out = arena_array(arena, CS_MAX_CHOICES, sizeof **out);
    if (!*out) return message_set(message, CS_ERR_MEMORY, "no memory for the models");
    cs_error code = db_query(db,
                             "SELECT queue, language, model, changes, changed_ms, changed_name FROM speech_choice "
                             "ORDER BY queue, language LIMIT 500",
                             &stmt, message);
    if (code != CS_OK) return code;
    while (*count < CS_MAX_CHOICES && (code = db_step(stmt, &has_row, message)) == CS_OK && has_row) {
        cs_speech_choice *c = &(*out)[(*count)++];
        *c = (cs_speech_choice){arena_string(arena, db_text(stmt, 0)),
                                arena_string(arena, db_text(stmt, 1)),
                                arena_string(arena, db_text(stmt, 2)),
                                db_int64(stmt, 3),
                                db_int64(stmt, 4),
                                arena_string(arena, db_text(stmt, 5))};
        if (!c->queue || !c->language || !c->model || !c->changed_name)
            code = message_set(message, CS_ERR_MEMORY, "no memory for the models");
        if (code != CS_OK) break;
    }
    db_done(stmt);
    return code;
}

static cs_error check_model(const char *name, cs_message *message) {
    const cs_model_entry *entry = NULL;
    cs_arena *arena = arena_create(8 << 20);
    if (!arena) return message_set(message, CS_ERR_MEMORY, "no memory for the models");
    cs_error code = manifest_find(name, arena, &entry, message);
    if (code == CS_ERR_NOT_FOUND) code = CS_ERR_USAGE;
    if (code == CS_OK && !model_kind_recognises(entry->model.kind)) {
        code = message_set(message, CS_ERR_USAGE, "the model %.100s recognises no speech", name);
        message_remedy(message, "callscope models list says what each model is for");
    }
    arena_free(arena);
    return code;
}

static cs_error read_changes(cs_db *db, const cs_speech_choice *choice, int64_t *changes, cs_message *message) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    cs_error code =
        db_query(db, "SELECT changes FROM speech_choice WHERE queue = :queue AND language = :language", &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "queue", choice->queue);
    db_bind_text(stmt, "language", choice->language);
    code = db_step(stmt, &has_row, message);
    *changes = code == CS_OK && has_row ? db_int64(stmt, 0) : 0;
    db_done(stmt);
    return code;
}

cs_error choices_put(cs_db *db, const cs_speech_choice *choice, int64_t account, int64_t now_ms, cs_message *message) {
    static const char put[] =
        "INSERT INTO speech_choice (queue, language, model, changes, changed_ms, changed_by, changed_name) VALUES "
        "(:queue, :language, :model, :changes, :now, :account, :name) ON CONFLICT (queue, language) DO UPDATE SET "
        "model = excluded.model, changes = excluded.changes, changed_ms = excluded.changed_ms, changed_by = "
        "excluded.changed_by, changed_name = excluded.changed_name";
    cs_stmt *stmt = NULL;
    int64_t changes = 0;
    bool is_model = *choice->model && strcmp(choice->model, CS_SPEECH_OFF) != 0;
    cs_error code = is_model ? check_model(choice->model, message) : CS_OK;
    if (code == CS_OK) code = read_changes(db, choice, &changes, message);
    if (code == CS_OK && changes != choice->changes) {
        code = message_set(message, CS_ERR_CONFLICT, "somebody else has chosen a model there meanwhile");
        message_remedy(message, "look at what stands there now, and choose again");
    }
    if (code == CS_OK) code = db_query(db, put, &stmt, message);
    if (code != CS_OK) return code;
    db_bind_text(stmt, "queue", choice->queue);
    db_bind_text(stmt, "language", choice->language);
    db_bind_text(stmt, "model", choice->model);
    db_bind_int64(stmt, "changes", changes + 1);
    db_bind_int64(stmt, "now", now_ms);
    db_bind_int64(stmt, "account", account);
    db_bind_text(stmt, "name", choice->changed_name ? choice->changed_name : "");
    return db_run(stmt, message);
}
