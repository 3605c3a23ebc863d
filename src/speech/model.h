/* model.h - models of speech: what there is to be had, what stands on this machine, and what each is good for.
 * Floor: speech. The manifest (models/manifest.json, part of the program) says of each model its purpose, licence, languages,
 * files with sha256, memory and measured speed; a model is used only when all its files are there and are those.
 * Memory: models live in the arena given. Threads: any.
 * Example: model_find("zh-zipformer-phonetic-3.3m", data, arena, &model, &m);
 */
#ifndef CS_SPEECH_MODEL_H
#define CS_SPEECH_MODEL_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* C name, word in the manifest, what it is for */
#define CS_MODEL_KIND_TABLE(X)                                                                                         \
    X(ONLINE_TRANSDUCER, "online-transducer", "recognition while it is spoken")                                        \
    X(OFFLINE_TRANSDUCER, "offline-transducer", "recognition")                                                         \
    X(SENSE_VOICE, "sense-voice", "recognition with language, emotion and events")                                     \
    X(PARAFORMER, "paraformer", "recognition")                                                                         \
    X(WHISPER, "whisper", "recognition")                                                                               \
    X(DOLPHIN, "dolphin", "recognition")                                                                               \
    X(WENET_CTC, "wenet-ctc", "recognition")                                                                           \
    X(FIRE_RED_CTC, "fire-red-ctc", "recognition")                                                                     \
    X(VOICE_ACTIVITY, "voice-activity", "where somebody speaks")                                                       \
    X(PUNCTUATION, "punctuation", "commas and full stops")                                                             \
    X(SPEAKERS, "speakers", "who of several speaks on one channel")                                                    \
    X(HTTP, "http", "recognition by an OpenAI-compatible address")                                                     \
    X(WEBSOCKET, "websocket", "recognition by FunASR's WebSocket server")
typedef enum cs_model_kind {
#define X(code, name, purpose) CS_MODEL_##code,
    CS_MODEL_KIND_TABLE(X)
#undef X
        CS_MODEL_KIND_COUNT
} cs_model_kind;

enum { CS_MAX_MODEL_FILES = 16 };

typedef struct cs_model_file {
    const char *role; /* "encoder", "decoder", "joiner", "tokens", "model", "bpe" */
    const char *path; /* absolute, of a model that was found */
    const char *sha256; /* 64 hexadecimal digits */
    int64_t bytes;
} cs_model_file;

typedef struct cs_speech_model {
    const char *name; /* in the manifest */
    cs_model_kind kind;
    bool is_phonetic; /* units are parts of Mandarin syllables, with tones */
    const char *languages; /* "zh", "zh en ja ko yue" */
    int rate_hz; /* that it was trained on */
    float blank_penalty; /* of transducers */
    int64_t memory_bytes; /* of a process that hosts it, as measured */
    cs_model_file files[CS_MAX_MODEL_FILES];
    uint32_t file_count;
    const char *address; /* HTTP, WEBSOCKET */
} cs_speech_model;

/* Whole and unchanged on this machine, by the manifest's name or the upstream one: every file is read and its sha256 compared.
 * CS_ERR_NOT_FOUND with what to do when it is not here; CS_ERR_CONFLICT: a file is another than the manifest's.
 * data: the folder of the store, may be NULL. Looked in, in this order: DATA/models, the folders in CALLSCOPE_MODELS (":"
 * between them), XDG_DATA_HOME/callscope/models. */
cs_error model_find(const char *name, const char *data, cs_arena *arena, cs_speech_model **out, cs_message *message);
/* The name of the first of this kind of which all files are here, by their sizes; NULL: there is none. */
cs_error model_of_kind(cs_model_kind kind, const char *data, cs_arena *arena, const char **name, cs_message *message);
const char *model_file(const cs_speech_model *model, const char *role); /* its path; NULL: it has none */
const char *model_kind_name(cs_model_kind kind);
const char *model_kind_purpose(cs_model_kind kind);
bool model_kind_recognises(cs_model_kind kind); /* it writes down what is said */

#endif
