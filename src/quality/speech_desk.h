/* speech_desk.h - where a worker's recordings are recognised: its recogniser, kept from one recording to the next.
 * Floor: quality. A desk has one child process at most, of the model that the last recording wanted. When the recogniser fails,
 * what is left of the recording is tried once more with a new child; pieces that were finished are not recognised again, not even
 * when this process is killed (speech_part.h).
 * Memory: the shop outlives its desks. Threads: a desk belongs to one; the shop is shared.
 * Example: speech_shop_init(&shop, data, NULL); speech_desk_open(&shop, &desk, &m); speech_desk_recognise(desk, &work, &outcome, &m);
 */
#ifndef CS_QUALITY_SPEECH_DESK_H
#define CS_QUALITY_SPEECH_DESK_H

#include "quality/speech_feed.h"
#include "quality/speech_part.h"
#include "quality/speech_words_slot.h"
#include "speech/recogniser.h"
#include "store/writer.h"

#include <pthread.h>
#include <stdatomic.h>

enum { CS_SHOP_MODELS = 8, CS_SHOP_BYTES = 64 << 20 };

typedef struct cs_speech_shop {
    const char *data;
    const char *wanted; /* a model, or "off", whatever the store says; NULL: as the store says */
    const volatile sig_atomic_t *is_stopped; /* may be NULL */
    cs_writer *writer; /* finished pieces are kept with it; NULL: they are not */
    pthread_mutex_t lock;
    cs_arena *arena; /* models, by their names */
    const cs_speech_model *models[CS_SHOP_MODELS];
    const char *names[CS_SHOP_MODELS]; /* beside them: as they were asked for */
    uint32_t model_count;
    cs_words_slot words; /* of this centre, for spellers and models that take hot words */
    bool by_silero; /* a model finds the voices, where one is here; else the listener's are taken */
    atomic_int seconds_told; /* kinds of models, as bits, of which it was said that they fail */
    atomic_int_fast64_t heard_ms; /* of voices that went through a recogniser of this shop, pieces in hand too */
} cs_speech_shop;

typedef struct cs_speech_work { /* a recording that was listened to */
    const cs_speech_sound *sound;
    const cs_heard *heard;
    uint32_t participants[2]; /* who stands on each channel */
    cs_hash recording; /* speech_recording_hash */
    cs_conversation *conversation;
    cs_arena *arena; /* the conversation's */
    cs_db *db; /* for reading */
    const char *model; /* that recognises it, unless it is off here; NULL: the one that is chosen */
    bool may_replace; /* a transcript that was given */
    /* Called now and then; false ends it with CS_ERR_STOPPED. May be NULL. */
    bool (*on_progress)(void *context);
    void *context;
} cs_speech_work;

typedef struct cs_speech_outcome {
    bool is_done; /* it was recognised, whether words were said in it or not */
    bool is_off; /* somebody said so, or no model is here */
    bool is_none; /* is_off, and nobody said so: no model is here */
    bool
        is_lost; /* the recogniser failed twice, or could not be had: trouble says why, the conversation is as it was */
    cs_message trouble;
    const char *model; /* its name; NULL where is_off */
    int64_t voice_ms; /* of all pieces */
    int64_t kept_ms; /* of them known from before */
    int64_t pushed_ms; /* sent to the recogniser, what it failed at too */
    int64_t spent_ms;
    int failures; /* of the recogniser */
    cs_hash recording;
    bool has_parts; /* rows are kept that the save removes: speech_parts_drop */
} cs_speech_outcome;

/* rules: NULL: none; they and words, a words.txt that need not be there, outlive the shop. */
void speech_shop_init(cs_speech_shop *shop, const char *data, const char *wanted, const cs_ruleset *rules,
                      const char *words);
void speech_shop_free(cs_speech_shop *shop);

typedef struct cs_speech_desk cs_speech_desk;
cs_error speech_desk_open(cs_speech_shop *shop, cs_speech_desk **out, cs_message *message);
void speech_desk_close(cs_speech_desk *desk); /* ends its child; NULL is allowed */
/* Which model the conversation gets: its name; NULL: none. */
cs_error speech_desk_choose(cs_speech_desk *desk, const cs_conversation *conversation, cs_db *db, cs_arena *arena,
                            const char **model, cs_message *message);
/* CS_ERR_STOPPED, CS_ERR_MEMORY, and what is the recording's or the store's own; that a recogniser fails is an outcome. */
cs_error speech_desk_recognise(cs_speech_desk *desk, const cs_speech_work *work, cs_speech_outcome *outcome,
                               cs_message *message);

#endif
