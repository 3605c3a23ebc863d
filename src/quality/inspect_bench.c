#include "quality/inspect_bench.h"

#include "conversation/codec.h"
#include "quality/search_match.h"
#include "quality/speech_keep.h"
#include "records/join.h"
#include "store/blob.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cs_bench {
    cs_bench_shop *shop;
    cs_db *db;
    cs_packer *packer;
    cs_scanner *scanner;
    cs_speech_desk *desk;
    int dictionaries; /* that the packer knows of */
    cs_search_set terms; /* of the conversation that is worked on */
    bool has_recordings; /* in the store */
    bool (*on_progress)(void *context);
    void *context;
};

/* ---- recordings ---- */

/* The first recording makes the key. Where there are recordings already the key must open them: a missing or another one is an
 * error. */
static cs_error open_keys(cs_bench *b, const char *folder, cs_arena *arena, cs_keys **out, cs_message *message) {
    const char *path = b->shop->key_file, *stored;
    cs_blob *blob = NULL;
    cs_error code = recording_any(b->db, arena, &stored, message);
    if (code != CS_OK) return code;
    code = keys_open(path, stored ? CS_KEYS_FIND : CS_KEYS_MAKE, out, message);
    if (code == CS_ERR_NOT_FOUND)
        message_remedy(message, "bring it back, or name it with --key-file: the recordings in the store need it");
    if (code != CS_OK || !stored) return code;
    code = blob_open(*out, folder, stored, &blob, message);
    blob_close(blob);
    if (code == CS_ERR_NOT_FOUND) return CS_OK; /* it is gone: nothing to try the key on */
    if (code == CS_OK) return CS_OK;
    keys_close(*out);
    *out = NULL;
    message_remedy(message, "name the key file of this store with --key-file, or CALLSCOPE_KEY_FILE");
    return code;
}

/* Without it nothing can be kept. */
static cs_error hold_keys(cs_bench *b, cs_intake *intake, cs_arena *arena, cs_message *message) {
    cs_bench_shop *shop = b->shop;
    cs_error code = CS_OK;
    (void)pthread_mutex_lock(&shop->lock);
    if (!shop->keys) code = open_keys(b, intake->folder, arena, &shop->keys, message);
    intake->keys = shop->keys;
    (void)pthread_mutex_unlock(&shop->lock);
    return code == CS_ERR_NOT_FOUND ? CS_ERR_STORE : code;
}

static void take_row(cs_piece *piece, bool is_heard) {
    piece->inspected.recording = &piece->recording;
    piece->is_heard = is_heard;
}

/* Heard, and its words could not be had: as if it were lost, so that it is tried again. */
static void tell_unspoken(cs_piece *piece) {
    if (!piece->spoken.is_lost) return;
    piece->is_lost = true;
    piece->trouble = piece->spoken.trouble;
    message_within(&piece->trouble, "%s", piece->recording.parts[0].path);
}

/* Nobody recognised it now: words that it has already stay. */
static cs_error keep_words(cs_bench *b, cs_piece *piece, cs_message *message) {
    bool is_kept = false;
    if (!piece->conversation->is_wordless || !(piece->spoken.is_off || piece->spoken.is_lost)) return CS_OK;
    cs_error code = speech_keep_words(b->db, b->packer, piece->conversation, &piece->recording, NULL, piece->arena,
                                      &is_kept, message);
    if (is_kept) piece->spoken.is_off = false;
    return code;
}

typedef struct knowing {
    cs_bench *bench;
    cs_arena *arena;
} knowing;

/* Recognised before by the model that would recognise it now: by another import of the same file, after a kill. */
static cs_error know_words(void *context, cs_conversation *conversation, const cs_recording_row *row, bool *are_known,
                           cs_message *message) {
    const knowing *k = context;
    const char *model = NULL;
    *are_known = false;
    cs_error code = speech_desk_choose(k->bench->desk, conversation, k->bench->db, k->arena, &model, message);
    if (code != CS_OK || !model) return code;
    return speech_keep_words(k->bench->db, k->bench->packer, conversation, row, model, k->arena, are_known, message);
}

/* Its file was moved away, or can't be read any more: what the store keeps of it still counts. */
static cs_error hear_stored(cs_bench *b, cs_piece *piece, cs_intake *intake, cs_message *message) {
    cs_recording_row *stored;
    cs_taken taken;
    cs_error code = recording_find_of(b->db, piece->conversation->external_id, piece->arena, &stored, message);
    if (code == CS_ERR_NOT_FOUND) return CS_OK;
    if (code == CS_OK) code = hold_keys(b, intake, piece->arena, message);
    if (code == CS_OK)
        code = recording_hear_stored(intake, stored, piece->conversation, piece->arena, &piece->recording, &taken,
                                     message);
    if (code == CS_OK) take_row(piece, false);
    if (code == CS_OK) tell_unspoken(piece);
    return code == CS_OK ? keep_words(b, piece, message) : code;
}

/* Whether the store holds recordings at all: one of chats alone is asked no more than that. */
static cs_error look_for_any(cs_bench *b, cs_arena *arena, cs_message *message) {
    const char *blob = NULL;
    if (b->has_recordings) return CS_OK;
    cs_error code = recording_any(b->db, arena, &blob, message);
    b->has_recordings = blob != NULL;
    return code;
}

/* Words of ours by another model, or none yet; those that were given stay. A recording that is gone leaves them, too. */
static cs_error recognise_again(cs_bench *b, cs_piece *piece, cs_intake *intake, cs_message *message) {
    const cs_conversation *c = piece->conversation;
    const char *model = piece->again_model;
    cs_recording_row *stored = NULL;
    cs_error code = CS_OK;
    if (!c->is_wordless && !c->recognition) return CS_OK;
    if (!model) code = speech_desk_choose(b->desk, c, b->db, piece->arena, &model, message);
    if (code != CS_OK || !model) return code;
    if (!piece->again_model && c->recognition && strcmp(c->recognition->model, model) == 0) return CS_OK;
    code = recording_find(b->db, piece->again_seq, piece->arena, &stored, message);
    if (code == CS_ERR_NOT_FOUND) return CS_OK;
    if (code == CS_OK) code = hold_keys(b, intake, piece->arena, message);
    if (code == CS_OK) {
        piece->recording = *stored;
        code = recording_recognise_stored(intake, stored, piece->conversation, piece->arena, message);
        bool is_its_own = code == CS_ERR_NOT_FOUND || code == CS_ERR_PARSE || code == CS_ERR_IO || code == CS_ERR_LIMIT;
        if (is_its_own) { /* its blob */
            piece->is_lost = piece->spoken.is_lost = true;
            piece->trouble = piece->spoken.trouble = *message;
            return CS_OK;
        }
    }
    if (code == CS_OK) tell_unspoken(piece);
    return code;
}

/* A recording that can't be heard is named, and its conversation inspected by its words. One of which nothing else is known
 * is refused. */
static cs_error hear(cs_bench *b, cs_piece *piece, cs_message *message) {
    cs_taken taken;
    char folder[4096];
    if (piece->seq) return CS_OK;
    cs_error code = look_for_any(b, piece->arena, message);
    if (code != CS_OK || (piece->conversation->recording_count == 0 && !b->has_recordings)) return code;
    (void)snprintf(folder, sizeof folder, "%s/recordings", b->shop->data);
    knowing known = {b, piece->arena};
    cs_intake intake = {.folder = folder,
                        .agent_channel = piece->agent_channel,
                        .is_stopped = b->shop->is_stopped,
                        .on_progress = b->on_progress,
                        .context = b->context,
                        .desk = b->desk,
                        .db = b->db,
                        .model = piece->again_model,
                        .know_words = know_words,
                        .knowing = &known,
                        .spoken = &piece->spoken};
    if (piece->is_again) return recognise_again(b, piece, &intake, message);
    if (piece->conversation->recording_count == 0) return hear_stored(b, piece, &intake, message);
    code = hold_keys(b, &intake, piece->arena, message);
    if (code != CS_OK) return code;
    code = recording_take_in(&intake, piece->conversation, piece->arena, &piece->recording, &taken, message);
    if (code == CS_OK) {
        b->has_recordings = true;
        piece->is_cut = taken == CS_TAKEN_CUT; /* told once: when it is mended its file is another */
        if (piece->is_cut) piece->trouble = *message;
        take_row(piece, taken == CS_TAKEN_WHOLE);
        tell_unspoken(piece);
        return keep_words(b, piece, message);
    }
    bool is_its_own = code != CS_ERR_STORE && code != CS_ERR_STOPPED && code != CS_ERR_MEMORY;
    if (!is_its_own) return code;
    if (piece->is_recording) return CS_ERR_LIMIT; /* nothing is left to inspect: it is refused */
    piece->is_lost = true;
    piece->trouble = *message;
    return hear_stored(b, piece, &intake, message);
}

/* ---- the rest ---- */

/* *is_known: stored already with this timeline under these rules. */
static cs_error encode(cs_bench *b, cs_piece *piece, bool *is_known, cs_message *message) {
    cs_inspected *in = &piece->inspected;
    *is_known = false;
    if (piece->seq) return CS_OK;
    if (in->recording) piece->given_frame = NULL; /* what was heard is part of it now */
    if (!piece->given_frame) {
        cs_error code = codec_encode(piece->conversation, &piece->body);
        if (code != CS_OK) return message_set(message, code, "the conversation is too large to keep");
        in->timeline_hash = hash_bytes(piece->body.data, piece->body.length);
    }
    return archive_is_current(b->db, piece->conversation->external_id, in->timeline_hash, in->ruleset, is_known,
                              message);
}

/* What the records say about it, on top of what was read. */
static cs_error join(cs_bench *b, cs_piece *piece, cs_message *message) {
    bool has_changed = false, must_inspect;
    cs_inspected *in = &piece->inspected;
    in->is_joined = true;
    in->read_hash = in->timeline_hash;
    cs_error code = join_due(b->db, piece->seq, &in->join_marks, &must_inspect, message); /* before anything is read */
    if (code == CS_OK) code = codec_encode(piece->conversation, &piece->body);
    if (code == CS_OK) code = join_apply(b->db, piece->seq, piece->conversation, piece->arena, &has_changed, message);
    if (code != CS_OK || !has_changed) return code;
    code = packer_pack(b->packer, piece->body.data, piece->body.length, &piece->read_frame, message);
    in->read_frame = piece->read_frame.data;
    in->read_frame_bytes = piece->read_frame.length;
    buffer_clear(&piece->body);
    if (code == CS_OK) code = codec_encode(piece->conversation, &piece->body);
    in->timeline_hash = hash_bytes(piece->body.data, piece->body.length);
    return code;
}

static cs_error pack(cs_bench *b, cs_piece *piece, cs_message *message) {
    cs_inspected *in = &piece->inspected;
    if (piece->seq && !piece->is_join) return CS_OK;
    if (piece->given_frame) {
        in->frame = piece->given_frame;
        in->frame_bytes = piece->given_frame_bytes;
        return CS_OK;
    }
    cs_error code = sampler_pack(b->shop->sampler, b->packer, &b->dictionaries, &piece->body, &piece->frame, message);
    in->frame = piece->frame.data;
    in->frame_bytes = piece->frame.length;
    return code;
}

/* What it can be found by. */
static cs_error list_terms(cs_bench *b, cs_piece *piece, cs_message *message) {
    if (piece->seq && !piece->is_join) return CS_OK; /* as it was */
    piece->inspected.search_terms = search_terms_text(piece->conversation, piece->arena, &b->terms);
    return piece->inspected.search_terms ? CS_OK
                                         : message_set(message, CS_ERR_MEMORY, "no memory for the search index");
}

cs_error bench_work(cs_bench *b, cs_piece *piece, cs_message *message) {
    bool is_known;
    cs_inspected *in = &piece->inspected;
    in->conversation = piece->conversation;
    in->seq = piece->seq;
    in->ruleset = ruleset_id(b->shop->ruleset);
    in->is_again = piece->is_again;
    cs_error code = hear(b, piece, message);
    if (code == CS_OK && piece->is_join) code = join(b, piece, message);
    if (code == CS_OK) code = encode(b, piece, &is_known, message);
    if (code != CS_OK || is_known) return code; /* the save then only marks it as seen, so that a twin is refused */
    in->verdicts = &piece->verdicts;
    in->scores = &piece->scores;
    code = evaluation_run(b->scanner, piece->conversation, piece->arena, &piece->verdicts, message);
    if (code == CS_OK)
        code = scorecard_compute(b->shop->ruleset, &piece->verdicts, piece->arena, &piece->scores, message);
    if (code == CS_OK) code = list_terms(b, piece, message);
    return code == CS_OK ? pack(b, piece, message) : code;
}

/* ---- making and releasing ---- */

void shop_init(cs_bench_shop *shop, const char *data, const char *key_file, const char *speech, const char *words,
               cs_ruleset *ruleset, cs_sampler *sampler) {
    *shop = (cs_bench_shop){.data = data, .key_file = key_file, .ruleset = ruleset, .sampler = sampler};
    (void)pthread_mutex_init(&shop->lock, NULL);
    speech_shop_init(&shop->speech, data, speech, ruleset, words);
}

void shop_set_work(cs_bench_shop *shop, const volatile sig_atomic_t *is_stopped, cs_writer *writer) {
    shop->is_stopped = shop->speech.is_stopped = is_stopped;
    shop->speech.writer = writer;
}

void shop_free(cs_bench_shop *shop) {
    keys_close(shop->keys);
    speech_shop_free(&shop->speech);
    (void)pthread_mutex_destroy(&shop->lock);
}

cs_error bench_open(cs_bench_shop *shop, cs_bench **out, cs_message *message) {
    cs_bench *b = calloc(1, sizeof *b);
    if (!b) return message_set(message, CS_ERR_MEMORY, "out of memory for the workers");
    b->shop = shop;
    search_set_init(&b->terms, CS_MAX_SEARCH_TERMS_BYTES);
    cs_error code = db_open(shop->data, CS_DB_READ, &b->db, message);
    if (code == CS_OK) code = packer_open(b->db, &b->packer, message);
    if (code == CS_OK) code = scanner_create(shop->ruleset, &b->scanner, message);
    if (code == CS_OK) code = speech_desk_open(&shop->speech, &b->desk, message);
    if (code == CS_OK)
        *out = b;
    else
        bench_close(b);
    return code;
}

void bench_close(cs_bench *bench) {
    if (!bench) return;
    speech_desk_close(bench->desk);
    scanner_free(bench->scanner);
    packer_close(bench->packer);
    search_set_free(&bench->terms);
    db_close(bench->db);
    free(bench);
}

cs_db *bench_db(cs_bench *bench) {
    return bench->db;
}

cs_packer *bench_packer(cs_bench *bench) {
    return bench->packer;
}

void bench_on_progress(cs_bench *bench, bool (*on_progress)(void *context), void *context) {
    bench->on_progress = on_progress;
    bench->context = context;
}

cs_piece *piece_create(cs_conversation *conversation, cs_arena *arena) {
    cs_piece *piece = calloc(1, sizeof *piece);
    if (!piece) {
        arena_free(arena);
        return NULL;
    }
    piece->conversation = conversation;
    piece->arena = arena;
    buffer_init(&piece->body, CS_MAX_BODY_BYTES);
    buffer_init(&piece->frame, CS_MAX_BODY_BYTES);
    buffer_init(&piece->read_frame, CS_MAX_BODY_BYTES);
    return piece;
}

void piece_free(cs_piece *piece) {
    if (!piece) return;
    buffer_free(&piece->body);
    buffer_free(&piece->frame);
    buffer_free(&piece->read_frame);
    arena_free(piece->arena);
    free(piece);
}
