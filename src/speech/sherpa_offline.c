/* Models that take a piece of sound as a whole: it is collected, cut where it is quietest before it gets too long, recognised. */
#include "base/clock.h"
#include "base/utf8.h"
#include "speech/heard_sign.h"
#include "speech/sherpa_kind.h"

#include <math.h>
#include <string.h>

enum {
    FEATURE_RATE = 16000,
    FEATURES = 80,
    LONGEST_MS = 30 * 1000, /* what Whisper takes at most; the others need more memory the longer a piece is */
    SHORTEST_CUT_MS = 20 * 1000, /* between these two the quietest place is looked for */
    WINDOW_MS = 40,
    SHORTEST_MS = 500, /* shorter pieces are filled with silence: some models break on a few frames */
    MAX_WAITING_SECONDS = LONGEST_MS / 1000 + 32, /* what one reading of the socket may bring in addition */
};

static void place_transducer(SherpaOnnxOfflineRecognizerConfig *config, const cs_wire_setup *setup) {
    config->model_config.transducer.encoder = sherpa_file(setup, "encoder");
    config->model_config.transducer.decoder = sherpa_file(setup, "decoder");
    config->model_config.transducer.joiner = sherpa_file(setup, "joiner");
    config->blank_penalty = setup->blank_penalty;
}

/* false: a file that this kind needs is not named. */
static bool place_files(SherpaOnnxOfflineRecognizerConfig *config, const cs_wire_setup *setup) {
    SherpaOnnxOfflineModelConfig *to = &config->model_config;
    const char *model = sherpa_file(setup, "model"), *encoder = sherpa_file(setup, "encoder");
    const char *decoder = sherpa_file(setup, "decoder");
    to->tokens = sherpa_file(setup, "tokens");
    if (!to->tokens) return false;
    switch (setup->kind) {
    case CS_MODEL_OFFLINE_TRANSDUCER:
        place_transducer(config, setup);
        return encoder && decoder && sherpa_file(setup, "joiner");
    case CS_MODEL_WHISPER:
        to->whisper = (SherpaOnnxOfflineWhisperModelConfig){
            .encoder = encoder, .decoder = decoder, .language = "", .task = "transcribe", .tail_paddings = -1};
        return encoder && decoder;
    case CS_MODEL_SENSE_VOICE:
        to->sense_voice = (SherpaOnnxOfflineSenseVoiceModelConfig){.model = model, .language = "auto"};
        return model;
    case CS_MODEL_PARAFORMER: to->paraformer.model = model; return model;
    case CS_MODEL_FIRE_RED_CTC: to->fire_red_asr_ctc.model = model; return model;
    case CS_MODEL_DOLPHIN: to->dolphin.model = model; return model;
    case CS_MODEL_WENET_CTC: to->wenet_ctc.model = model; return model;
    default: return false;
    }
}

static cs_error load(cs_sherpa *sherpa, const cs_wire_setup *setup, cs_message *message) {
    SherpaOnnxOfflineRecognizerConfig config = {.feat_config = {.sample_rate = FEATURE_RATE, .feature_dim = FEATURES},
                                                .model_config = {.num_threads = 1, .provider = "cpu"},
                                                .decoding_method = "greedy_search"};
    if (!place_files(&config, setup)) return message_set(message, CS_ERR_PARSE, "the model lacks a file of its kind");
    cs_error code = sherpa_hot_words(sherpa, setup, message);
    if (code != CS_OK) return code;
    if (sherpa->hot_words) {
        config.decoding_method = "modified_beam_search";
        config.max_active_paths = CS_SHERPA_PATHS;
        config.hotwords_score = CS_SHERPA_HOT_SCORE;
        config.model_config.bpe_vocab = sherpa_file(setup, "bpe");
        config.model_config.modeling_unit = config.model_config.bpe_vocab ? "cjkchar+bpe" : "cjkchar";
    }
    sherpa->offline = sherpa->library.CreateOfflineRecognizer(&config);
    return sherpa->offline ? CS_OK : message_set(message, CS_ERR_PARSE, "the library does not take the model's files");
}

static bool begin(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    (void)sherpa;
    buffer_init(&stream->waiting, (size_t)CS_SHERPA_RATE * MAX_WAITING_SECONDS * sizeof(float));
    return true;
}

static bool push(cs_sherpa *sherpa, cs_sherpa_stream *stream, const float *samples, uint32_t count) {
    (void)sherpa;
    return buffer_append(&stream->waiting, samples, count * sizeof *samples);
}

static void release(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    (void)sherpa;
    buffer_free(&stream->waiting);
}

/* The middle of the quietest window between the two, in samples. */
static size_t quietest(const float *samples, size_t from, size_t to, size_t window) {
    size_t best = to;
    double least = INFINITY, sum = 0;
    for (size_t i = from; i < to; i++) {
        sum += (double)samples[i] * samples[i];
        if (i < from + window) continue;
        sum -= (double)samples[i - window] * samples[i - window];
        if (sum > least) continue;
        least = sum;
        best = i - window / 2;
    }
    return best;
}

/* "<|zh|>" is "zh"; of Whisper "zh" as it is. */
static const char *language(const char *text, cs_arena *arena) {
    if (!text) return NULL;
    if (strncmp(text, "<|", 2) == 0) text += 2;
    char *out = arena_copy(arena, text, strcspn(text, "|>"));
    for (char *c = out; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c + ('a' - 'A'));
    bool is_none = !out || !*out || strcmp(out, "nospeech") == 0 || strcmp(out, "unk") == 0;
    return !is_none && utf8_invalid_at(out, strlen(out)) == strlen(out) ? out : NULL;
}

static void tell(cs_sherpa *sherpa, cs_sherpa_stream *stream, const SherpaOnnxOfflineRecognizerResult *result,
                 size_t taken) {
    cs_utterance utterance = {.start_ms = sherpa_place_ms(stream, stream->told_samples),
                              .end_ms = sherpa_place_ms(stream, stream->told_samples + (int64_t)taken),
                              .is_final = true};
    sherpa_raw_units raw = {.texts = result->tokens_arr,
                            .seconds = result->timestamps,
                            .logs = result->ys_log_probs,
                            .count = result->count > 0 && result->tokens_arr ? (size_t)result->count : 0};
    const char *text = result->text ? result->text : "";
    if (!sherpa_units_of(&raw, utterance.start_ms, sherpa->arena, &utterance)) return;
    if (utf8_invalid_at(text, strlen(text)) == strlen(text)) utterance.text = arena_string(sherpa->arena, text);
    utterance.language = language(result->lang, sherpa->arena);
    utterance.emotion = sign_emotion(result->emotion);
    utterance.event = sign_event(result->event);
    if (utterance.unit_count == 0 && !(utterance.text && *utterance.text) && !sign_is_event(utterance.event)) return;
    sherpa->sink.on_utterance(sherpa->sink.context, stream->number, &utterance);
}

static void recognise(cs_sherpa *sherpa, cs_sherpa_stream *stream, size_t taken) {
    size_t shortest = (size_t)CS_SHERPA_RATE * SHORTEST_MS / 1000, given = taken;
    static const float SILENCE[CS_SHERPA_RATE / 1000 * SHORTEST_MS];
    if (taken < shortest && buffer_append(&stream->waiting, SILENCE, (shortest - taken) * sizeof *SILENCE))
        given = shortest;
    const float *samples = (const float *)(const void *)stream->waiting.data;
    sherpa->sink.on_progress(sherpa->sink.context);
    arena_reset(sherpa->arena);
    const SherpaOnnxOfflineStream *offline =
        sherpa->hot_words ? sherpa->library.CreateOfflineStreamWithHotwords(sherpa->offline, sherpa->hot_words)
                          : sherpa->library.CreateOfflineStream(sherpa->offline);
    sherpa->library.AcceptWaveformOffline(offline, CS_SHERPA_RATE, samples, (int32_t)given);
    sherpa->library.DecodeOfflineStream(sherpa->offline, offline);
    const SherpaOnnxOfflineRecognizerResult *result = sherpa->library.GetOfflineStreamResult(offline);
    if (result) {
        tell(sherpa, stream, result, taken);
        sherpa->library.DestroyOfflineRecognizerResult(result);
    }
    sherpa->library.DestroyOfflineStream(offline);
    stream->told_samples += (int64_t)taken;
    size_t left = stream->waiting.length - given * sizeof(float);
    memmove(stream->waiting.data, stream->waiting.data + given * sizeof(float), left);
    stream->waiting.length = left;
}

static bool step(cs_sherpa *sherpa) {
    for (size_t i = 0; i < CS_MAX_STREAMS; i++) {
        cs_sherpa_stream *stream = &sherpa->streams[i];
        if (!stream->is_used) continue;
        size_t waiting = stream->waiting.length / sizeof(float), rate = CS_SHERPA_RATE;
        size_t longest = rate * (LONGEST_MS / 1000);
        if (waiting >= longest) {
            const float *samples = (const float *)(const void *)stream->waiting.data;
            recognise(sherpa, stream,
                      quietest(samples, rate * (SHORTEST_CUT_MS / 1000), longest, rate * WINDOW_MS / 1000));
            return true;
        }
        if (!stream->is_ended) continue;
        if (waiting > 0) recognise(sherpa, stream, waiting);
        sherpa_finish_stream(sherpa, stream);
        return true;
    }
    return false;
}

const cs_sherpa_kind sherpa_offline = {.load = load, .begin = begin, .push = push, .step = step, .free = release};
