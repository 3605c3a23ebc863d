/* Where somebody speaks, by Silero's model: an utterance without units for each voice. */
#include "speech/sherpa_kind.h"

#include <string.h>

enum {
    WINDOW = 512,
    LONGEST_SECONDS = 30, /* a longer voice is cut at its next faint place */
    BUFFERED_SECONDS = 60,
};
static const float THRESHOLD = 0.5F; /* its makers' */
static const float SHORTEST_PAUSE = 0.25F, SHORTEST_VOICE = 0.1F; /* seconds */

static const SherpaOnnxVoiceActivityDetector *create(const cs_sherpa *sherpa) {
    SherpaOnnxVadModelConfig config = {.silero_vad = {.model = sherpa->voice_model,
                                                      .threshold = THRESHOLD,
                                                      .min_silence_duration = SHORTEST_PAUSE,
                                                      .min_speech_duration = SHORTEST_VOICE,
                                                      .window_size = WINDOW,
                                                      .max_speech_duration = LONGEST_SECONDS},
                                       .sample_rate = CS_SHERPA_RATE,
                                       .num_threads = 1,
                                       .provider = "cpu"};
    return sherpa->library.CreateVoiceActivityDetector(&config, BUFFERED_SECONDS);
}

static cs_error load(cs_sherpa *sherpa, const cs_wire_setup *setup, cs_message *message) {
    const char *file = sherpa_file(setup, "model"); /* in the frame, which goes */
    if (!file) return message_set(message, CS_ERR_PARSE, "the model lacks its file");
    sherpa->voice_model = strdup(file);
    if (!sherpa->voice_model) return message_set(message, CS_ERR_MEMORY, "there is no memory for the model");
    const SherpaOnnxVoiceActivityDetector *tried = create(sherpa);
    if (!tried) return message_set(message, CS_ERR_PARSE, "the library does not take the model's file");
    sherpa->library.DestroyVoiceActivityDetector(tried);
    return CS_OK;
}

static void release(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    if (stream->voices) sherpa->library.DestroyVoiceActivityDetector(stream->voices);
    stream->voices = NULL;
}

static bool begin(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    stream->voices = create(sherpa);
    return stream->voices != NULL;
}

static bool push(cs_sherpa *sherpa, cs_sherpa_stream *stream, const float *samples, uint32_t count) {
    if (count) sherpa->library.VoiceActivityDetectorAcceptWaveform(stream->voices, samples, (int32_t)count);
    return true;
}

static bool tell(cs_sherpa *sherpa, cs_sherpa_stream *stream) {
    const SherpaOnnxVoiceActivityDetector *detector = stream->voices;
    const int64_t end_ms = sherpa_place_ms(stream, stream->samples);
    if (sherpa->library.VoiceActivityDetectorEmpty(detector)) return false;
    const SherpaOnnxSpeechSegment *found = sherpa->library.VoiceActivityDetectorFront(detector);
    if (found) {
        cs_utterance voice = {.start_ms = stream->start_ms + (int64_t)found->start * 1000 / CS_SHERPA_RATE,
                              .is_final = true};
        voice.end_ms = voice.start_ms + (int64_t)found->n * 1000 / CS_SHERPA_RATE;
        if (voice.end_ms > end_ms) voice.end_ms = end_ms;
        if (voice.start_ms < voice.end_ms) sherpa->sink.on_utterance(sherpa->sink.context, stream->number, &voice);
        sherpa->library.DestroySpeechSegment(found);
    }
    sherpa->library.VoiceActivityDetectorPop(detector);
    return true;
}

static bool step(cs_sherpa *sherpa) {
    for (size_t i = 0; i < CS_MAX_STREAMS; i++) {
        cs_sherpa_stream *stream = &sherpa->streams[i];
        if (!stream->is_used) continue;
        if (tell(sherpa, stream)) return true;
        if (!stream->is_ended) continue;
        sherpa->library.VoiceActivityDetectorFlush(stream->voices);
        for (int told = 0; told < CS_MAX_UNITS && tell(sherpa, stream); told++) continue;
        sherpa_finish_stream(sherpa, stream);
        return true;
    }
    return false;
}

const cs_sherpa_kind sherpa_voices = {.load = load, .begin = begin, .push = push, .step = step, .free = release};
