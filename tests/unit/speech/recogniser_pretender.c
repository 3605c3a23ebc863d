/* A library that pretends to be sherpa-onnx, of its functions, and misbehaves on demand: the name of the tokens' file says how.
 * NAME-load-exit, -load-abort, -load-hang, -load-null: while the model is loaded. NAME-exit, -abort, -hang, -eat, -babble,
 * -endless: when sound above 0.9 is recognised. Else it "hears" one unit a second. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <sherpa-onnx/c-api/c-api.h>
#pragma GCC diagnostic pop

enum { HEARD_HZ = 16000 }; /* whatever the sound has: it is converted before */

struct SherpaOnnxOnlineRecognizer {
    char way[64];
};

struct SherpaOnnxOfflineRecognizer {
    int none;
};

struct SherpaOnnxOfflineStream {
    int64_t samples, rate;
    char words[256];
};

struct SherpaOnnxOnlineStream {
    int64_t samples, recognised, rate;
    int is_armed;
};

static SherpaOnnxOnlineRecognizer the_recogniser;

static int goes(const char *way) {
    size_t length = strlen(the_recogniser.way), wanted = strlen(way);
    return length >= wanted && strcmp(the_recogniser.way + length - wanted, way) == 0;
}

const char *SherpaOnnxGetVersionStr() {
    return PRETENDED_VERSION;
}

static void hang(void) {
    for (;;) (void)pause();
}

static void eat(void) {
    for (int i = 0; i < 4096; i++) {
        char *block = malloc(8 << 20);
        if (!block) abort();
        memset(block, i, 8 << 20);
        __asm__ volatile("" : : "r"(block) : "memory");
        (void)usleep(5000);
    }
}

const SherpaOnnxOnlineRecognizer *SherpaOnnxCreateOnlineRecognizer(const SherpaOnnxOnlineRecognizerConfig *config) {
    (void)snprintf(the_recogniser.way, sizeof the_recogniser.way, "%s", strrchr(config->model_config.tokens, '/') + 1);
    if (goes("-load-exit")) {
        (void)fputs("noise\nthe tokens are in disorder\n", stderr);
        _exit(255); /* as exit(-1), which the library does; a sanitiser would look for leaks first */
    }
    if (goes("-load-abort")) abort();
    if (goes("-load-hang")) hang();
    return goes("-load-null") ? NULL : &the_recogniser;
}

const SherpaOnnxOnlineStream *SherpaOnnxCreateOnlineStream(const SherpaOnnxOnlineRecognizer *recogniser) {
    (void)recogniser;
    return calloc(1, sizeof(SherpaOnnxOnlineStream));
}

const SherpaOnnxOnlineStream *SherpaOnnxCreateOnlineStreamWithHotwords(const SherpaOnnxOnlineRecognizer *recogniser,
                                                                       const char *words) {
    (void)words;
    return SherpaOnnxCreateOnlineStream(recogniser);
}

void SherpaOnnxDestroyOnlineStream(const SherpaOnnxOnlineStream *stream) {
    free((void *)(uintptr_t)stream);
}

static SherpaOnnxOnlineStream *writable(const SherpaOnnxOnlineStream *stream) {
    return (SherpaOnnxOnlineStream *)(uintptr_t)stream;
}

void SherpaOnnxOnlineStreamAcceptWaveform(const SherpaOnnxOnlineStream *stream, int32_t rate, const float *samples,
                                          int32_t count) {
    if (rate != HEARD_HZ) abort();
    for (int32_t i = 0; i < count; i++)
        if (samples[i] > 0.9F) writable(stream)->is_armed = 1;
    writable(stream)->samples += count;
    writable(stream)->rate = rate;
}

void SherpaOnnxOnlineStreamInputFinished(const SherpaOnnxOnlineStream *stream) {
    (void)stream;
}

int32_t SherpaOnnxIsOnlineStreamReady(const SherpaOnnxOnlineRecognizer *recogniser,
                                      const SherpaOnnxOnlineStream *stream) {
    (void)recogniser;
    return stream->is_armed || (stream->rate > 0 && stream->samples - stream->recognised >= stream->rate / 4);
}

static void misbehave(void) {
    static const uint32_t RUBBISH[] = {77, 0x7fffffff, 1, 2};
    if (goes("-exit")) {
        (void)fputs("\nno memory for \x1b[31m feelings\n", stderr);
        _exit(3);
    }
    if (goes("-abort")) abort();
    if (goes("-hang")) hang();
    if (goes("-eat")) eat();
    if (goes("-babble") && write(3, RUBBISH, sizeof RUBBISH) > 0) hang();
}

void SherpaOnnxDecodeOnlineStream(const SherpaOnnxOnlineRecognizer *recogniser, const SherpaOnnxOnlineStream *stream) {
    (void)recogniser;
    if (stream->is_armed) misbehave();
    writable(stream)->is_armed = goes("-endless") && stream->is_armed;
    writable(stream)->recognised += stream->rate / 4;
    if (stream->recognised > stream->samples) writable(stream)->recognised = stream->samples;
}

int32_t SherpaOnnxOnlineStreamIsEndpoint(const SherpaOnnxOnlineRecognizer *recogniser,
                                         const SherpaOnnxOnlineStream *stream) {
    (void)recogniser, (void)stream;
    return 0;
}

void SherpaOnnxOnlineStreamReset(const SherpaOnnxOnlineRecognizer *recogniser, const SherpaOnnxOnlineStream *stream) {
    (void)recogniser, (void)stream;
}

const char *SherpaOnnxGetOnlineStreamResultAsJson(const SherpaOnnxOnlineRecognizer *recogniser,
                                                  const SherpaOnnxOnlineStream *stream) {
    (void)recogniser;
    char *json = malloc(65536);
    size_t used = 0, units = (size_t)(stream->recognised / (stream->rate ? stream->rate : 1));
    if (units > 1000) units = 1000;
    used += (size_t)sprintf(json, "{\"text\":\"\",\"tokens\":[");
    for (size_t i = 0; i < units; i++) used += (size_t)sprintf(json + used, "%s\"a\"", i ? "," : "");
    used += (size_t)sprintf(json + used, "],\"timestamps\":[");
    for (size_t i = 0; i < units; i++) used += (size_t)sprintf(json + used, "%s%zu.5", i ? "," : "", i);
    used += (size_t)sprintf(json + used, "],\"ys_probs\":[");
    for (size_t i = 0; i < units; i++) used += (size_t)sprintf(json + used, "%s-0.25", i ? "," : "");
    (void)sprintf(json + used, "]}");
    return json;
}

void SherpaOnnxDestroyOnlineStreamResultJson(const char *json) {
    free((void *)(uintptr_t)json);
}

/* ---- models that take a piece as a whole: one unit a second, and the language, emotion and event of SenseVoice ---- */

static SherpaOnnxOfflineRecognizer the_offline_recogniser;

const SherpaOnnxOfflineRecognizer *SherpaOnnxCreateOfflineRecognizer(const SherpaOnnxOfflineRecognizerConfig *config) {
    (void)snprintf(the_recogniser.way, sizeof the_recogniser.way, "%s", strrchr(config->model_config.tokens, '/') + 1);
    return &the_offline_recogniser;
}

const SherpaOnnxOfflineStream *SherpaOnnxCreateOfflineStream(const SherpaOnnxOfflineRecognizer *recogniser) {
    (void)recogniser;
    return calloc(1, sizeof(SherpaOnnxOfflineStream));
}

const SherpaOnnxOfflineStream *SherpaOnnxCreateOfflineStreamWithHotwords(const SherpaOnnxOfflineRecognizer *recogniser,
                                                                         const char *words) {
    SherpaOnnxOfflineStream *stream = (SherpaOnnxOfflineStream *)(uintptr_t)SherpaOnnxCreateOfflineStream(recogniser);
    (void)snprintf(stream->words, sizeof stream->words, "%s", words);
    return stream;
}

void SherpaOnnxDestroyOfflineStream(const SherpaOnnxOfflineStream *stream) {
    free((void *)(uintptr_t)stream);
}

void SherpaOnnxAcceptWaveformOffline(const SherpaOnnxOfflineStream *stream, int32_t rate, const float *samples,
                                     int32_t count) {
    if (rate != HEARD_HZ) abort();
    for (int32_t i = 0; i < count; i++)
        if (samples[i] * 32768.0F != (float)(int32_t)(samples[i] * 32768.0F)) abort(); /* models learn from 16 bits */
    ((SherpaOnnxOfflineStream *)(uintptr_t)stream)->samples += count;
    ((SherpaOnnxOfflineStream *)(uintptr_t)stream)->rate = rate;
}

void SherpaOnnxDecodeOfflineStream(const SherpaOnnxOfflineRecognizer *recogniser,
                                   const SherpaOnnxOfflineStream *stream) {
    (void)recogniser, (void)stream;
}

const SherpaOnnxOfflineRecognizerResult *SherpaOnnxGetOfflineStreamResult(const SherpaOnnxOfflineStream *stream) {
    /* A character in two parts, then its neighbours. */
    static const char *const TOKENS[] = {"\xe9\x80", "\x80", "款", "a", "b", "c"};
    static float times[] = {0, 0.5F, 1, 2, 3, 4}, logs[] = {-0.5F, -0.5F, -0.25F, -1, -1, -1};
    SherpaOnnxOfflineRecognizerResult *result = calloc(1, sizeof *result);
    int seconds = (int)((stream->samples + stream->rate / 2) / stream->rate);
    result->count = seconds < 4 ? seconds + 2 : 6;
    result->tokens_arr = TOKENS;
    result->timestamps = times;
    result->ys_log_probs = logs;
    result->text = stream->words;
    result->lang = "<|zh|>";
    result->emotion = goes("-angry") ? "<|ANGRY|>" : "<|EMO_UNKNOWN|>";
    result->event = goes("-angry") ? "<|Applause|>" : "<|Speech|>";
    return result;
}

void SherpaOnnxDestroyOfflineRecognizerResult(const SherpaOnnxOfflineRecognizerResult *result) {
    free((void *)(uintptr_t)result);
}

/* ---- punctuation: a full stop behind everything; -middle: a semicolon behind the first character, too; -always-abort ---- */

struct SherpaOnnxOfflinePunctuation {
    int none;
};

const SherpaOnnxOfflinePunctuation *
SherpaOnnxCreateOfflinePunctuation(const SherpaOnnxOfflinePunctuationConfig *config) {
    static SherpaOnnxOfflinePunctuation the_punctuation;
    (void)snprintf(the_recogniser.way, sizeof the_recogniser.way, "%s", strrchr(config->model.ct_transformer, '/') + 1);
    return &the_punctuation;
}

const char *SherpaOfflinePunctuationAddPunct(const SherpaOnnxOfflinePunctuation *punctuation, const char *text) {
    (void)punctuation;
    int is_trial = strncmp(text, "\xe4\xbd\xa0\xe5\xa5\xbd", 6) == 0; /* what a model is tried with begins so */
    if (strcmp(text, "!") == 0 || (goes("-always-abort") && !is_trial)) misbehave();
    char *out = malloc(strlen(text) + 8);
    size_t first = goes("-middle") && strlen(text) > 3 ? 3 : 0;
    (void)sprintf(out, "%.*s%s%s\xe3\x80\x82", (int)first, text, first ? "\xef\xbc\x9b" : "", text + first);
    return out;
}

void SherpaOfflinePunctuationFreeText(const char *text) {
    free((void *)(uintptr_t)text);
}

/* ---- voices: where it is louder than 0.5, in windows of 10 ms ---- */

enum { VOICE_WINDOW = 160, MOST_VOICES = 64 };

struct SherpaOnnxVoiceActivityDetector {
    int64_t samples, begun; /* begun: -1 nobody speaks */
    float loudest; /* of the window in hand */
    SherpaOnnxSpeechSegment found[MOST_VOICES];
    int first, count;
};

const SherpaOnnxVoiceActivityDetector *SherpaOnnxCreateVoiceActivityDetector(const SherpaOnnxVadModelConfig *config,
                                                                             float buffered_seconds) {
    SherpaOnnxVoiceActivityDetector *made = calloc(1, sizeof *made);
    (void)buffered_seconds;
    if (config->silero_vad.model[0] != '/') abort(); /* it is no path any more */
    (void)snprintf(the_recogniser.way, sizeof the_recogniser.way, "%s", strrchr(config->silero_vad.model, '/') + 1);
    if (made) made->begun = -1;
    if (goes("-load-null")) {
        free(made);
        return NULL;
    }
    return made;
}

void SherpaOnnxDestroyVoiceActivityDetector(const SherpaOnnxVoiceActivityDetector *detector) {
    free((void *)(uintptr_t)detector);
}

static void end_voice(SherpaOnnxVoiceActivityDetector *d, int64_t end) {
    if (d->begun < 0 || d->count == MOST_VOICES) return;
    d->found[d->count++] = (SherpaOnnxSpeechSegment){.start = (int32_t)d->begun, .n = (int32_t)(end - d->begun)};
    d->begun = -1;
}

void SherpaOnnxVoiceActivityDetectorAcceptWaveform(const SherpaOnnxVoiceActivityDetector *detector,
                                                   const float *samples, int32_t count) {
    SherpaOnnxVoiceActivityDetector *d = (SherpaOnnxVoiceActivityDetector *)(uintptr_t)detector;
    for (int32_t i = 0; i < count; i++) {
        if (samples[i] > 0.99F) misbehave();
        if (samples[i] > d->loudest) d->loudest = samples[i];
        if ((d->samples + 1) % VOICE_WINDOW == 0) {
            if (d->loudest > 0.5F && d->begun < 0) d->begun = d->samples + 1 - VOICE_WINDOW;
            if (d->loudest <= 0.5F) end_voice(d, d->samples + 1 - VOICE_WINDOW);
            d->loudest = 0;
        }
        d->samples++;
    }
}

int32_t SherpaOnnxVoiceActivityDetectorEmpty(const SherpaOnnxVoiceActivityDetector *detector) {
    return detector->first == detector->count;
}

const SherpaOnnxSpeechSegment *SherpaOnnxVoiceActivityDetectorFront(const SherpaOnnxVoiceActivityDetector *detector) {
    return &detector->found[detector->first];
}

void SherpaOnnxDestroySpeechSegment(const SherpaOnnxSpeechSegment *segment) {
    (void)segment;
}

void SherpaOnnxVoiceActivityDetectorPop(const SherpaOnnxVoiceActivityDetector *detector) {
    ((SherpaOnnxVoiceActivityDetector *)(uintptr_t)detector)->first++;
}

void SherpaOnnxVoiceActivityDetectorFlush(const SherpaOnnxVoiceActivityDetector *detector) {
    end_voice((SherpaOnnxVoiceActivityDetector *)(uintptr_t)detector, detector->samples);
}
