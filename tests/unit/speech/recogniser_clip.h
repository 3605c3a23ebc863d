/* The phonetic model and real clips for tests, where they are: beside the repository, in ../shared/data. */
#ifndef CS_TESTS_RECOGNISER_CLIP_H
#define CS_TESTS_RECOGNISER_CLIP_H

#include "speech/recogniser.h"

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLIP_DATA SOURCE "/../shared/data"
#define CLIP_MODEL CLIP_DATA "/models/zh-zipformer-phonetic-3.3m/"

static const cs_speech_model clip_model = {
    .name = "zh-zipformer-phonetic-3.3m",
    .kind = CS_MODEL_ONLINE_TRANSDUCER,
    .is_phonetic = true,
    .languages = "zh",
    .rate_hz = 16000,
    .blank_penalty = 1,
    .files = {{.role = "encoder", .path = CLIP_MODEL "encoder-epoch-12-avg-2-chunk-16-left-64.int8.onnx"},
              {.role = "decoder", .path = CLIP_MODEL "decoder-epoch-12-avg-2-chunk-16-left-64.onnx"},
              {.role = "joiner", .path = CLIP_MODEL "joiner-epoch-12-avg-2-chunk-16-left-64.int8.onnx"},
              {.role = "tokens", .path = CLIP_MODEL "tokens.txt"}},
    .file_count = 4,
};

static inline bool clip_model_is_there(void) {
    return access(clip_model.files[0].path, R_OK) == 0;
}

/* The samples of a mono file; free them. NULL: there is none. */
static inline float *clip_read(const char *path, uint32_t *count, int *rate_hz) {
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file || info.channels != 1) return NULL;
    float *samples = malloc((size_t)info.frames * sizeof *samples);
    *count = samples ? (uint32_t)sf_readf_float(file, samples, info.frames) : 0;
    *rate_hz = info.samplerate;
    sf_close(file);
    return samples;
}

#endif
