/* sherpa_kind.h - streams inside the child, and what each kind of model does with them.
 * Floor: speech, private to sherpa*.c. sherpa.c keeps the streams; a kind loads its model and recognises.
 * A kind gets sound of CS_SHERPA_RATE, whatever came: the library's own converter lets through mirror images above the old rate's half,
 * and models mishear by them (docs/decisions/0032-rates-are-converted-here.md).
 * Memory: the arena of cs_sherpa is emptied before each utterance. Threads: one.
 * Example: static const cs_sherpa_kind ONLINE = {.load = load, .begin = begin, ...};
 */
#ifndef CS_SPEECH_SHERPA_KIND_H
#define CS_SPEECH_SHERPA_KIND_H

#include "speech/loudness.h"
#include "speech/recogniser.h"
#include "speech/resampler.h"
#include "speech/sherpa.h"
#include "speech/sherpa_library.h"

enum { CS_SHERPA_RATE = 16000 }; /* of every model that the library runs */

typedef struct cs_sherpa_stream {
    bool is_used, is_ended;
    uint32_t number;
    int64_t start_ms; /* of its first sample, from the start of the recording */
    cs_resampler *resampler;
    int64_t samples; /* given to the kind so far */
    int64_t told_samples; /* up to where final utterances reach */
    const SherpaOnnxOnlineStream *online;
    cs_loudness loudness;
    const SherpaOnnxVoiceActivityDetector *voices; /* of models that find voices */
    cs_buffer waiting; /* floats, of models that take a piece as a whole */
    bool is_tail_given;
    uint32_t partial_units; /* of the last partial that was told */
    uint32_t chunks; /* decoded since the last final utterance */
} cs_sherpa_stream;

typedef struct cs_sherpa_kind {
    bool is_streaming;
    cs_error (*load)(cs_sherpa *sherpa, const cs_wire_setup *setup, cs_message *message);
    bool (*begin)(cs_sherpa *sherpa, cs_sherpa_stream *stream); /* false: no memory */
    bool (*push)(cs_sherpa *sherpa, cs_sherpa_stream *stream, const float *samples, uint32_t count);
    bool (*step)(cs_sherpa *sherpa); /* false: nothing to do */
    void (*free)(cs_sherpa *sherpa, cs_sherpa_stream *stream);
} cs_sherpa_kind;

struct cs_sherpa {
    cs_sherpa_library library;
    const cs_sherpa_kind *kind;
    cs_sherpa_sink sink;
    bool is_live;
    const SherpaOnnxOnlineRecognizer *online; /* what a kind has loaded; the others are NULL */
    const SherpaOnnxOfflineRecognizer *offline;
    const SherpaOnnxOfflinePunctuation *punctuation;
    char *voice_model; /* its file: each stream loads it, which is 2 MB */
    char *hot_words; /* as the library wants them; NULL: there are none */
    cs_arena *arena;
    cs_sherpa_stream streams[CS_MAX_STREAMS];
    size_t first; /* of the streams that is looked at next */
};

enum { CS_SHERPA_PATHS = 4 }; /* followed at once when there are hot words */
#define CS_SHERPA_HOT_SCORE 1.5F /* the library's own default */

extern const cs_sherpa_kind sherpa_online, sherpa_offline, sherpa_punctuation, sherpa_voices; /* a file each */

typedef struct sherpa_raw_units { /* as the library gives them; lists may be NULL */
    const char *const *texts;
    const float *seconds, *logs;
    size_t count;
} sherpa_raw_units;

const char *sherpa_file(const cs_wire_setup *setup, const char *role); /* NULL: the model has none */
const char *sherpa_network(const char *encoder); /* "zipformer2"; NULL: it does not say, and the library finds out */
/* The stream's place in the recording after so many of its samples. */
int64_t sherpa_place_ms(const cs_sherpa_stream *stream, int64_t samples);
/* Units out of a result's JSON: tokens, timestamps in seconds from lead_ms before start_ms on, natural logarithms. None is told
 * earlier than start_ms. CS_ERR_LIMIT: too many. */
cs_error sherpa_units(const char *json, int64_t start_ms, int lead_ms, cs_arena *arena, cs_utterance *out,
                      cs_message *message);
/* The same out of lists. Bytes that are no UTF-8 of their own are joined with the ones behind them. false: no memory. */
bool sherpa_units_of(const sherpa_raw_units *raw, int64_t start_ms, cs_arena *arena, cs_utterance *out);
/* Those hot words that the model's tokens can write, as one text, joined by "/", into sherpa->hot_words; transducers that write
 * characters alone can use them. */
cs_error sherpa_hot_words(cs_sherpa *sherpa, const cs_wire_setup *setup, cs_message *message);
void sherpa_finish_stream(cs_sherpa *sherpa, cs_sherpa_stream *stream); /* frees it and says on_end */

#endif
