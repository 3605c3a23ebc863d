#include "audio/listener.h"

#include "audio/lanes.h"
#include "audio/listener_state.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_RATE_HZ = 4000, MOST_RATE_HZ = 192000, FRAMES_AT_ONCE = 10, RELATED_FRAMES = 2, AFTER_THE_END = 100 };
/* Fainter than that nothing is looked at closely. */
static const float silence_db = -66;

cs_error listener_create(int rate_hz, int channels, const cs_listener_sink *sink, cs_listener **out,
                         cs_message *message) {
    if (rate_hz < LEAST_RATE_HZ || rate_hz > MOST_RATE_HZ || channels < 1 || channels > 2) {
        message_set(message, CS_ERR_USAGE, "%d channels of %d Hz can't be listened to", channels, rate_hz);
        message_remedy(message, "one or two channels, from %d to %d Hz", LEAST_RATE_HZ, MOST_RATE_HZ);
        return CS_ERR_USAGE;
    }
    cs_listener *listener = calloc(1, sizeof *listener + (size_t)channels * sizeof *listener->ears);
    if (!listener) return message_set(message, CS_ERR_MEMORY, "no memory for listening to a recording");
    listener->rate_hz = rate_hz;
    listener->channels = channels;
    listener->sink = *sink;
    listener->now = -1;
    waves_init(&listener->waves);
    for (int c = 0; c < channels; c++) {
        cs_ear *ear = &listener->ears[c];
        announcement_init(&ear->announcement);
        ear->echo.lag_samples = -SLOW_RATE_HZ;
        if (rate_open(&ear->rate, rate_hz)) continue;
        listener_free(listener);
        return message_set(message, CS_ERR_MEMORY, "no memory for listening at %d Hz", rate_hz);
    }
    *out = listener;
    return CS_OK;
}

void listener_free(cs_listener *listener) {
    if (!listener) return;
    for (int c = 0; c < listener->channels; c++) rate_close(&listener->ears[c].rate);
    free(listener);
}

/* The newest 64 ms at half the rate: spectra for tones, music and announcements. */
static void hear_spectrum(cs_listener *listener, cs_ear *ear) {
    int64_t frame = listener->now - SPECTRUM_BEHIND;
    if (frame < 0) return;
    float samples[SPECTRUM_SAMPLES], power[SPECTRUM_BINS];
    bool is_loud = false;
    for (int64_t k = frame - 1; k <= frame + 2; k++)
        if (k >= 0 && ear_frame(ear, k)->voice_db > silence_db) is_loud = true;
    if (is_loud) {
        int64_t first = (listener->now + 1) * SLOW_SAMPLES - SPECTRUM_SAMPLES;
        for (int i = 0; i < SPECTRUM_SAMPLES; i++)
            samples[i] = first + i < 0 ? 0 : ear->slow[(first + i) & (SLOW_RING - 1)];
        spectrum_of(&listener->waves, samples, power);
    }
    tone_hear(ear, is_loud ? power : NULL, frame);
    music_hear(ear, is_loud ? power : NULL, frame);
    announcement_hear(ear, &listener->waves, is_loud ? power : NULL, frame);
}

static void hear_channel(cs_listener *listener, cs_ear *ear, const float *input, int count) {
    int64_t now = listener->now;
    float samples[FRAME_SAMPLES], slow[SLOW_SAMPLES], soft[SLOW_SAMPLES];
    bool is_clipped = false;
    cs_heard heard = {.level_db = level_hear(&ear->level, input, count, &is_clipped)};
    if (is_clipped) heard.marks = MARK_CLIPPED;
    rate_hear(&ear->rate, input, count, samples);
    float power = band_hear(&ear->band, samples, slow, soft);
    heard.voice_db = power_db(power);
    float low = lanes_dot(soft, soft, SLOW_SAMPLES) / SLOW_SAMPLES;
    heard.low = low < power ? (uint8_t)(255 * low / (power + 1e-12F)) : 255;
    *ear_frame(ear, now) = heard;
    for (int i = 0; i < SLOW_SAMPLES; i++) ear->slow[(now * SLOW_SAMPLES + i) & (SLOW_RING - 1)] = slow[i];
    memmove(ear->pitch_samples, ear->pitch_samples + SLOW_SAMPLES,
            (PITCH_BUFFER - SLOW_SAMPLES) * sizeof *ear->pitch_samples);
    memcpy(ear->pitch_samples + PITCH_BUFFER - SLOW_SAMPLES, soft, sizeof soft);
    floor_hear(&ear->floor, now, power, listener->is_over);
    pitch_hear(ear, now);
    voice_mark(ear, now);
    if (now % SPECTRUM_FRAMES == 0) hear_spectrum(listener, ear);
}

static void emit_frames(cs_listener *listener, int64_t to) {
    cs_audio_frame frames[2 * FRAMES_AT_ONCE];
    while (listener->emitted < to && !listener->is_stopped) {
        uint32_t count = 0;
        for (; count < FRAMES_AT_ONCE && listener->emitted + count < to; count++)
            for (int c = 0; c < listener->channels; c++) {
                const cs_heard *heard = ear_frame(&listener->ears[c], listener->emitted + count);
                float level = (heard->level_db + 96) * (255.0F / 96.0F) + 0.5F;
                frames[count * (uint32_t)listener->channels + (uint32_t)c] =
                    (cs_audio_frame){.level = level < 0     ? 0
                                              : level > 255 ? 255
                                                            : (uint8_t)level,
                                     .pitch = heard->pitch};
            }
        listener->emitted += count;
        if (listener->sink.on_frames && !listener->sink.on_frames(listener->sink.context, frames, count))
            listener->is_stopped = true;
    }
}

/* The frame in listener->input is whole. */
static void hear_frame(cs_listener *listener, int count) {
    listener->now++;
    for (int c = 0; c < listener->channels; c++) hear_channel(listener, &listener->ears[c], listener->input[c], count);
    if (listener->channels == 2 && !listener->is_over && listener->now % RELATED_FRAMES == 0)
        relation_hear(&listener->relation, listener->ears, listener->now);
    for (int c = 0; c < listener->channels; c++) {
        const cs_music *music = &listener->ears[c].music;
        int behind = music->is_on || music->may_be ? MUSIC_BEHIND : DECIDE_BEHIND;
        span_follow(listener, c, listener->now + 1 - behind);
    }
    int64_t sure = listener->now + 1 - PITCH_SURE;
    if (!listener->is_over && sure - listener->emitted >= FRAMES_AT_ONCE) emit_frames(listener, sure);
}

static int64_t frame_start(const cs_listener *listener, int64_t frame) {
    return frame * listener->rate_hz / 100;
}

static int frame_length(const cs_listener *listener) {
    return (int)(frame_start(listener, listener->now + 2) - frame_start(listener, listener->now + 1));
}

cs_error listener_push(cs_listener *listener, const float *samples, uint32_t frames, cs_message *message) {
    uint32_t channels = (uint32_t)listener->channels;
    while (frames > 0 && !listener->is_stopped) {
        int whole = frame_length(listener), missing = whole - listener->waiting;
        int count = (int64_t)frames < missing ? (int)frames : missing;
        for (uint32_t c = 0; c < channels; c++)
            for (int i = 0; i < count; i++)
                listener->input[c][listener->waiting + i] = samples[(uint32_t)i * channels + c];
        samples += (uint32_t)count * channels;
        frames -= (uint32_t)count;
        listener->samples += count;
        listener->waiting += count;
        if (listener->waiting < whole) break;
        listener->waiting = 0;
        hear_frame(listener, whole);
    }
    return listener->is_stopped ? message_set(message, CS_ERR_STOPPED, "listening was stopped") : CS_OK;
}

static void hear_silence(cs_listener *listener) {
    int count = frame_length(listener);
    for (int c = 0; c < listener->channels; c++)
        memset(listener->input[c] + listener->waiting, 0,
               (size_t)(count - listener->waiting) * sizeof *listener->input[c]);
    listener->waiting = 0;
    hear_frame(listener, count);
}

cs_error listener_finish(cs_listener *listener, cs_audio_report *out, cs_message *message) {
    if (listener->waiting) hear_silence(listener);
    int64_t last = listener->now + 1;
    listener->is_over = true;
    for (int i = 0; i < AFTER_THE_END && !listener->is_stopped; i++) {
        hear_silence(listener);
        if (i + 1 == PITCH_SURE) emit_frames(listener, last);
    }
    for (int c = 0; c < listener->channels; c++) span_finish(listener, c);
    if (listener->is_stopped) return message_set(message, CS_ERR_STOPPED, "listening was stopped");
    report_make(listener, out);
    return CS_OK;
}
