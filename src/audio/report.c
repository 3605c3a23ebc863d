#include "audio/listener_state.h"

#include <math.h>

static const float same_above = 0.97F;
enum { LEAST_VOICE_MS = 200 };

static float middle_level(const int64_t *counts) {
    int64_t all = 0, seen = 0;
    for (int i = 0; i < 256; i++) all += counts[i];
    for (int i = 0; i < 256; i++)
        if ((seen += counts[i]) * 2 >= all && all) return frame_level_db((uint8_t)i);
    return -96;
}

static void side_report(const cs_ear *ear, cs_side_report *out) {
    const cs_side_sum *sum = &ear->sum;
    const cs_echo *echo = &ear->echo;
    out->noise_db = middle_level(sum->noise);
    out->speech_db = -96;
    if (sum->speech_frames) {
        out->speech_db = fmaxf(-96, (float)(10 * log10(sum->speech_power / (double)sum->speech_frames + 1e-12)));
        out->clipped_percent = 100.0F * (float)sum->clipped_frames / (float)sum->speech_frames;
    }
    out->voiced_ms = sum->voiced_ms;
    if (sum->echo_ms) out->echo_percent = 100.0F * (float)sum->echo_ms / (float)(sum->echo_ms + sum->voiced_ms);
    if (sum->echo_ms && echo->weight > 0) {
        out->echo_lag_ms = (int)lround(echo->lag_sum / echo->weight * 1000 / SLOW_RATE_HZ);
        out->echo_loss_db = (float)(echo->loss_sum / echo->weight);
    }
}

static cs_channels relation_of(const cs_listener *listener, const cs_audio_report *report) {
    bool speaks[2] = {report->sides[0].voiced_ms >= LEAST_VOICE_MS, report->sides[1].voiced_ms >= LEAST_VOICE_MS};
    if (listener->channels == 1) return speaks[0] ? CS_CHANNELS_ONE : CS_CHANNELS_SILENT;
    if (report->likeness > same_above && (speaks[0] || speaks[1])) return CS_CHANNELS_SAME;
    if (speaks[0] && speaks[1]) return CS_CHANNELS_TWO;
    if (speaks[0]) return CS_CHANNELS_FIRST_ONLY;
    return speaks[1] ? CS_CHANNELS_SECOND_ONLY : CS_CHANNELS_SILENT;
}

void report_make(const cs_listener *listener, cs_audio_report *out) {
    *out = (cs_audio_report){.rate_hz = listener->rate_hz,
                             .channels = listener->channels,
                             .duration_ms = listener->samples * 1000 / listener->rate_hz};
    for (int c = 0; c < listener->channels; c++) side_report(&listener->ears[c], &out->sides[c]);
    if (listener->channels == 1) out->sides[1] = (cs_side_report){.noise_db = -96, .speech_db = -96};
    if (listener->channels == 2) out->likeness = relation_likeness(&listener->relation);
    out->relation = relation_of(listener, out);
}
