/* sherpa_library.h - the functions of libsherpa-onnx-c-api.so that are used, found at run time.
 * Floor: speech, private to sherpa*.c. Its structs change between versions: the library must be of the version whose header this
 * was compiled with. Memory: stays loaded until the process ends. Threads: any, once loaded.
 * Example: sherpa_library_load("/usr/lib/callscope/libsherpa-onnx-c-api.so", &library, &m); library.GetVersionStr();
 */
#ifndef CS_SPEECH_SHERPA_LIBRARY_H
#define CS_SPEECH_SHERPA_LIBRARY_H

#include "base/error.h"

/* The header says `f()` where it means `f(void)`. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <sherpa-onnx/c-api/c-api.h>
#pragma GCC diagnostic pop

#define CS_SHERPA_FUNCTIONS(X)                                                                                         \
    X(GetVersionStr)                                                                                                   \
    X(CreateOnlineRecognizer)                                                                                          \
    X(CreateOnlineStream)                                                                                              \
    X(CreateOnlineStreamWithHotwords)                                                                                  \
    X(DestroyOnlineStream)                                                                                             \
    X(OnlineStreamAcceptWaveform)                                                                                      \
    X(OnlineStreamInputFinished)                                                                                       \
    X(IsOnlineStreamReady)                                                                                             \
    X(DecodeOnlineStream)                                                                                              \
    X(OnlineStreamIsEndpoint)                                                                                          \
    X(OnlineStreamReset)                                                                                               \
    X(GetOnlineStreamResultAsJson)                                                                                     \
    X(DestroyOnlineStreamResultJson)                                                                                   \
    X(CreateOfflineRecognizer)                                                                                         \
    X(CreateOfflineStream)                                                                                             \
    X(CreateOfflineStreamWithHotwords)                                                                                 \
    X(DestroyOfflineStream)                                                                                            \
    X(AcceptWaveformOffline)                                                                                           \
    X(DecodeOfflineStream)                                                                                             \
    X(GetOfflineStreamResult)                                                                                          \
    X(DestroyOfflineRecognizerResult)                                                                                  \
    X(CreateOfflinePunctuation)                                                                                        \
    X(CreateVoiceActivityDetector)                                                                                     \
    X(DestroyVoiceActivityDetector)                                                                                    \
    X(VoiceActivityDetectorAcceptWaveform)                                                                             \
    X(VoiceActivityDetectorEmpty)                                                                                      \
    X(VoiceActivityDetectorFront)                                                                                      \
    X(VoiceActivityDetectorPop)                                                                                        \
    X(VoiceActivityDetectorFlush)                                                                                      \
    X(DestroySpeechSegment)

typedef struct cs_sherpa_library {
#define X(name) __typeof__(&SherpaOnnx##name) name;
    CS_SHERPA_FUNCTIONS(X)
#undef X
    /* Two whose names follow another rule. */
    __typeof__(&SherpaOfflinePunctuationAddPunct) punctuate;
    __typeof__(&SherpaOfflinePunctuationFreeText) punctuated_free;
} cs_sherpa_library;

/* CS_ERR_NOT_FOUND: there is none at this path, or something it needs is missing; CS_ERR_CONFLICT: of another version. */
cs_error sherpa_library_load(const char *path, cs_sherpa_library *out, cs_message *message);

#endif
