/* Streaming transducers: sound is recognised while it comes, of many streams in turn. */
#include "base/clock.h"
#include "speech/sherpa_kind.h"

#include <string.h>

enum {
    FEATURES = 80,
    /* Silence before a piece of history, longer than a zipformer's first chunk (45 frames): that one has nothing before it, and the
     * first syllables suffer. Which length is best differs from clip to clip, also by where the chunks fall (docs/benchmarks.md). */
    LEAD_MS = 500,
    /* Silence after the sound, so that the last syllables come out of the model's look-ahead. 800 ms hears no more (docs/benchmarks.md). */
    TAIL_MS = 500,
    LAST_UNIT_MS = 400, /* a unit is told by its beginning; an utterance that goes on ends so long after its last one */
    LONG_CHUNKS = 375, /* a longer piece of history, two minutes of a zipformer, is told at its next pause */
    LONGEST_LIVE_S = 60,
    LONGEST_S = 180, /* what has no pause is told in any case */
    LONGEST_UNITS = CS_MAX_UNITS / 2,
};

static cs_error load(cs_sherpa *sherpa, const cs_wire_setup *setup, cs_message *message) {
    SherpaOnnxOnlineRecognizerConfig config = {
        .feat_config = {.sample_rate = CS_SHERPA_RATE, .feature_dim = FEATURES},
        .model_config = {.transducer = {.encoder = sherpa_file(setup, "encoder"),
                                        .decoder = sherpa_file(setup, "decoder"),
                                        .joiner = sherpa_file(setup, "joiner")},
                         .tokens = sherpa_file(setup, "tokens"),
                         .num_threads = 1,
                         .provider = "cpu"},
        .decoding_method = "greedy_search",
        .enable_endpoint = 1,
        .rule1_min_trailing_silence = 2.4F,
        .rule2_min_trailing_silence = 0.8F,
        .rule3_min_utterance_length = setup->is_live ? LONGEST_LIVE_S : LONGEST_S,
        .blank_penalty = setup->blank_penalty,
    };
    const SherpaOnnxOnlineTransducerModelConfig *files = &config.model_config.transducer;
    if (!files->encoder || !files->decoder || !files->joiner || !config.model_config.tokens)
        return message_set(message, CS_ERR_PARSE, "the model lacks an encoder, decoder, joiner or tokens");
    config.model_config.model_type = sherpa_network(files->encoder);
    cs_error code = sherpa_hot_words(sherpa, setup, message);
    if (code != CS_OK) return code;
    if (sherpa->hot_words) {
        config.decoding_method = "modified_beam_search";
        config.max_active_paths = CS_SHERPA_PATHS;
        config.hotwords_score = CS_SHERPA_HOT_SCORE;
        config.model_config.bpe_vocab = sherpa_file(setup, "bpe");
        config.model_config.modeling_unit = config.model_config.bpe_vocab ? "cjkchar+bpe" : "cjkchar";
    }
    sherpa->online = sherpa->library.CreateOnlineRecognizer(&config);
    return sherpa->online ? CS_OK : message_set(message, CS_ERR_PARSE, "the library does not take the model's files");
}

static const float SILENCE[CS_SHERPA_RATE / 1000 * TAIL_MS];

static void give_silence(cs_sherpa *sherpa, cs_sherpa_stream *stream, int ms) {
    sherpa->library.OnlineStreamAcceptWaveform(stream->online, CS_SHERPA_RATE, SILENCE, CS_SHERPA_RATE * ms / 1000);
}

static bool begin(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    stream->online = sherpa->hot_words
                         ? sherpa->library.CreateOnlineStreamWithHotwords(sherpa->online, sherpa->hot_words)
                         : sherpa->library.CreateOnlineStream(sherpa->online);
    loudness_begin(&stream->loudness, CS_SHERPA_RATE);
    if (stream->online && !sherpa->is_live) give_silence(sherpa, stream, LEAD_MS);
    return stream->online != NULL;
}

/* What is faint is raised: these models hear it worse as it is. */
static bool push(cs_sherpa *sherpa, cs_sherpa_stream *stream, const float *samples, uint32_t count) {
    static float raised[CS_WIRE_MAX_SAMPLES]; /* one thread */
    for (uint32_t at = 0; at < count; at += CS_WIRE_MAX_SAMPLES) {
        uint32_t some = count - at < CS_WIRE_MAX_SAMPLES ? count - at : CS_WIRE_MAX_SAMPLES;
        memcpy(raised, samples + at, some * sizeof *raised);
        loudness_raise(&stream->loudness, raised, some);
        sherpa->library.OnlineStreamAcceptWaveform(stream->online, CS_SHERPA_RATE, raised, (int32_t)some);
    }
    return true;
}

static void release(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    sherpa->library.DestroyOnlineStream(stream->online);
    stream->online = NULL;
}

static void give_tail(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    give_silence(sherpa, stream, TAIL_MS);
    sherpa->library.OnlineStreamInputFinished(stream->online);
    stream->is_tail_given = true;
}

/* What was recognised since the last final utterance. Empty: there is nothing to tell. */
static bool read_result(cs_sherpa *sherpa, const cs_sherpa_stream *stream, cs_utterance *out) {
    arena_reset(sherpa->arena);
    const char *json = sherpa->library.GetOnlineStreamResultAsJson(sherpa->online, stream->online);
    if (!json) return false;
    cs_message message;
    *out = (cs_utterance){0};
    cs_error code = sherpa_units(json, stream->start_ms, sherpa->is_live ? 0 : LEAD_MS, sherpa->arena, out, &message);
    sherpa->library.DestroyOnlineStreamResultJson(json);
    return code == CS_OK && out->unit_count > 0;
}

static void tell(cs_sherpa *sherpa, cs_sherpa_stream *stream, cs_utterance *utterance, bool is_final) {
    int64_t heard = sherpa_place_ms(stream, stream->samples),
            last = utterance->units[utterance->unit_count - 1].start_ms;
    int64_t first = utterance->units[0].start_ms;
    utterance->start_ms = sherpa_place_ms(stream, stream->told_samples);
    if (sherpa->is_live && first != CS_NO_TIME && first - LAST_UNIT_MS > utterance->start_ms)
        utterance->start_ms = first - LAST_UNIT_MS; /* nobody spoke before */
    utterance->end_ms = heard;
    if (!stream->is_ended && last != CS_NO_TIME && last + LAST_UNIT_MS < heard) utterance->end_ms = last + LAST_UNIT_MS;
    if (utterance->end_ms < utterance->start_ms) utterance->end_ms = utterance->start_ms;
    utterance->is_final = is_final;
    if (is_final) stream->told_samples = (utterance->end_ms - stream->start_ms) * CS_SHERPA_RATE / 1000;
    sherpa->sink.on_utterance(sherpa->sink.context, stream->number, utterance);
}

static void finish(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    cs_utterance utterance;
    if (read_result(sherpa, stream, &utterance)) tell(sherpa, stream, &utterance, true);
    sherpa_finish_stream(sherpa, stream);
}

static void look(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    /* Not by the sound that came: how much of it waits is another number each time, and the same sound is heard alike. */
    if (++stream->chunks < LONG_CHUNKS && !sherpa->is_live) return;
    cs_utterance utterance;
    bool is_end = sherpa->library.OnlineStreamIsEndpoint(sherpa->online, stream->online) != 0;
    if (!is_end && !sherpa->is_live) return;
    bool is_something = read_result(sherpa, stream, &utterance);
    if (is_something && utterance.unit_count > LONGEST_UNITS) is_end = true;
    if (is_something && (is_end || utterance.unit_count != stream->partial_units))
        tell(sherpa, stream, &utterance, is_end);
    stream->partial_units = is_something && !is_end ? utterance.unit_count : 0;
    if (!is_end) return;
    sherpa->library.OnlineStreamReset(sherpa->online, stream->online);
    stream->chunks = 0;
}

static bool step_stream(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    if (stream->is_ended && !stream->is_tail_given) give_tail(sherpa, stream);
    if (sherpa->library.IsOnlineStreamReady(sherpa->online, stream->online)) {
        sherpa->library.DecodeOnlineStream(sherpa->online, stream->online);
        look(sherpa, stream);
        return true;
    }
    if (stream->is_ended) finish(sherpa, stream);
    return stream->is_ended;
}

/* The stream begun first of those that are over: somebody waits for its text. */
static cs_sherpa_stream *first_ended(cs_sherpa *sherpa) {
    cs_sherpa_stream *first = NULL;
    for (size_t i = 0; i < CS_MAX_STREAMS; i++) {
        cs_sherpa_stream *stream = &sherpa->streams[i];
        if (stream->is_used && stream->is_ended && (!first || stream->number < first->number)) first = stream;
    }
    return first;
}

/* One chunk: of what is over, or of one stream, and another one's next. The library decodes several in a batch, but models are exported
 * for a batch of one (the phonetic model is), and then it aborts; on one core a batch gains little. */
static bool step(cs_sherpa *sherpa) {
    cs_sherpa_stream *ended = first_ended(sherpa);
    if (ended) return step_stream(sherpa, ended);
    for (size_t i = 0; i < CS_MAX_STREAMS; i++) {
        size_t place = (sherpa->first + i) % CS_MAX_STREAMS;
        cs_sherpa_stream *stream = &sherpa->streams[place];
        if (!stream->is_used || !step_stream(sherpa, stream)) continue;
        sherpa->first = place + 1;
        return true;
    }
    return false;
}

const cs_sherpa_kind sherpa_online = {
    .is_streaming = true, .load = load, .begin = begin, .push = push, .step = step, .free = release};
