#include "quality/speech_desk.h"

#include "base/clock.h"
#include "quality/speech_choice.h"
#include "quality/speech_desk_state.h"

#include <stdlib.h>
#include <string.h>

enum { TRIES = 2, MANIFEST_BYTES = 8 << 20 };

/* ---- the shop ---- */

void speech_shop_init(cs_speech_shop *shop, const char *data, const char *wanted, const cs_ruleset *rules,
                      const char *words) {
    *shop = (cs_speech_shop){.data = data, .wanted = wanted};
    (void)pthread_mutex_init(&shop->lock, NULL);
    words_slot_init(&shop->words, rules, words);
}

void speech_shop_free(cs_speech_shop *shop) {
    words_slot_free(&shop->words);
    arena_free(shop->arena);
    (void)pthread_mutex_destroy(&shop->lock);
}

/* Its files are read and compared once, not for each worker. */
static cs_error find_model(cs_speech_shop *shop, const char *name, const cs_speech_model **out, cs_message *message) {
    cs_speech_model *model = NULL;
    for (uint32_t i = 0; i < shop->model_count; i++) {
        if (strcmp(shop->names[i], name) != 0) continue;
        *out = shop->models[i];
        return CS_OK;
    }
    if (!shop->arena) shop->arena = arena_create(CS_SHOP_BYTES);
    if (!shop->arena) return message_set(message, CS_ERR_MEMORY, "no memory for the model");
    if (shop->model_count == CS_SHOP_MODELS)
        return message_set(message, CS_ERR_LIMIT, "more than %d models are in use at once", (int)CS_SHOP_MODELS);
    const char *asked = arena_string(shop->arena, name);
    if (!asked) return message_set(message, CS_ERR_MEMORY, "no memory for the model");
    cs_error code = model_find(name, shop->data, shop->arena, &model, message);
    if (code != CS_OK) return code;
    shop->names[shop->model_count] = asked;
    *out = shop->models[shop->model_count++] = model;
    return CS_OK;
}

cs_error speech_shop_model(cs_speech_shop *shop, const char *name, const cs_speech_model **out, cs_message *message) {
    (void)pthread_mutex_lock(&shop->lock);
    cs_error code = find_model(shop, name, out, message);
    (void)pthread_mutex_unlock(&shop->lock);
    return code;
}

/* ---- the desk ---- */

cs_error speech_desk_open(cs_speech_shop *shop, cs_speech_desk **out, cs_message *message) {
    cs_speech_desk *desk = calloc(1, sizeof *desk);
    if (!desk) return message_set(message, CS_ERR_MEMORY, "no memory for the workers");
    desk->shop = shop;
    desk->marks.kind = CS_MODEL_PUNCTUATION;
    desk->voices.kind = CS_MODEL_VOICE_ACTIVITY;
    *out = desk;
    return CS_OK;
}

void speech_desk_close(cs_speech_desk *desk) {
    if (!desk) return;
    second_close(&desk->marks);
    second_close(&desk->voices);
    recogniser_close(desk->recogniser);
    words_release(desk->hot);
    words_release(desk->words);
    free(desk);
}

/* named: the model somebody wants for this one; NULL: the one that is chosen. *is_off: somebody said so. */
static cs_error choose(cs_speech_desk *desk, const cs_conversation *c, cs_db *db, cs_arena *arena, const char *named,
                       const char **model, bool *is_off, cs_message *message) {
    const char *wanted = desk->shop->wanted;
    *model = NULL;
    *is_off = wanted && strcmp(wanted, CS_SPEECH_OFF) == 0;
    if (*is_off) return CS_OK;
    *model = named ? named : wanted;
    return *model ? CS_OK : choice_find(db, c->queue, c->language, desk->shop->data, arena, model, is_off, message);
}

cs_error speech_desk_choose(cs_speech_desk *desk, const cs_conversation *c, cs_db *db, cs_arena *arena,
                            const char **model, cs_message *message) {
    bool is_off;
    return choose(desk, c, db, arena, NULL, model, &is_off, message);
}

/* Those in force now, and the speller of a model of sounds: it stays as long as the words. */
static cs_error take_words(cs_speech_desk *desk, const cs_speech_model *model, cs_db *db, cs_message *message) {
    cs_speech_words *words = NULL;
    cs_error code = words_slot_take(&desk->shop->words, db, &words, message);
    if (code != CS_OK) return code;
    words_release(desk->words);
    desk->words = words;
    desk->speller = NULL;
    return model->is_phonetic ? words_speller(words, &desk->speller, message) : CS_OK;
}

static bool has_recogniser(const cs_speech_desk *desk, const cs_speech_model *model, const char *hot_digest) {
    return desk->recogniser && desk->model == model && strcmp(desk->hot ? desk->hot->hot_digest : "", hot_digest) == 0;
}

/* The child of another model, or with other hot words, ends first: never two at one desk. */
static cs_error take_recogniser(cs_speech_desk *desk, const char *name, cs_db *db, cs_message *message) {
    const cs_speech_model *model = NULL;
    cs_error code = speech_shop_model(desk->shop, name, &model, message);
    if (code == CS_OK) code = take_words(desk, model, db, message);
    if (code != CS_OK) return code;
    bool is_hot = words_suit(model) && desk->words->hot_count;
    if (has_recogniser(desk, model, is_hot ? desk->words->hot_digest : "")) return CS_OK;
    recogniser_close(desk->recogniser);
    words_release(desk->hot);
    desk->recogniser = NULL;
    desk->hot = NULL;
    cs_recogniser_options options = {.model = model, .is_stopped = desk->shop->is_stopped};
    if (is_hot) {
        words_hold(desk->words);
        desk->hot = desk->words;
        options.hot_words = desk->hot->hot_words;
        options.hot_word_count = desk->hot->hot_count;
    }
    code = recogniser_open(&options, &desk->recogniser, message);
    desk->model = code == CS_OK ? model : NULL;
    return code;
}

/* ---- a recording ---- */

static bool is_stop(cs_error code) {
    return code == CS_ERR_STOPPED || code == CS_ERR_MEMORY;
}

static void lose(cs_speech_outcome *outcome, const cs_message *why) {
    outcome->is_lost = true;
    outcome->trouble = *why;
    if (!*outcome->trouble.remedy)
        message_remedy(&outcome->trouble, "inspect it again: its voices are known, only its words are missing");
}

static cs_error recognise(cs_speech_desk *desk, cs_speech_run *run, cs_speech_outcome *outcome, cs_message *message) {
    const cs_speech_work *work = run->work;
    const char *name = NULL;
    bool is_off = false;
    cs_error code = choose(desk, work->conversation, work->db, work->arena, work->model, &name, &is_off, message);
    if (code != CS_OK) return code;
    outcome->model = name;
    outcome->is_off = name == NULL;
    outcome->is_none = outcome->is_off && !is_off;
    if (!name) return CS_OK;
    code = take_recogniser(desk, name, work->db, message);
    if (code != CS_OK) {
        if (!is_stop(code)) lose(outcome, message);
        return is_stop(code) ? code : CS_OK;
    }
    code = run_prepare(run, message);
    for (int i = 0; i < TRIES && code == CS_OK; i++) {
        code = run_feed(run, message);
        if (code != CS_OK || !run->has_failed) break;
        outcome->failures++;
    }
    if (code != CS_OK) return code;
    if (run->has_failed) {
        lose(outcome, &run->trouble);
        return CS_OK;
    }
    code = run_apply(run, message);
    outcome->is_done = code == CS_OK;
    return code;
}

cs_error speech_desk_recognise(cs_speech_desk *desk, const cs_speech_work *work, cs_speech_outcome *outcome,
                               cs_message *message) {
    int64_t begun = clock_steady_ms();
    cs_speech_run *run = calloc(1, sizeof *run);
    *outcome = (cs_speech_outcome){.recording = work->recording};
    if (!run) return message_set(message, CS_ERR_MEMORY, "no memory to recognise");
    run->desk = desk;
    run->work = work;
    run->outcome = outcome;
    cs_error code = recognise(desk, run, outcome, message);
    free(run);
    outcome->spent_ms = clock_steady_ms() - begun;
    return code;
}
