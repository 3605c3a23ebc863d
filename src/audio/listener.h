/* listener.h - what can be heard in a recording, without a word being understood: level, pitch and voice every 10 ms; voices,
 * echo, music, tones and announcements as spans; noise and clipping; what the two channels are to each other.
 * Floor: audio. One code for history and for live calls: samples are pushed in blocks of any size, spans are told soon after
 * they end (at most CS_LISTENER_LAG_MS), and the blocks' sizes change nothing. Memory: fixed, however long the call is.
 * Threads: one a listener. Example: listener_create(8000, 2, &sink, &l, &m); listener_push(l, samples, 160, &m); listener_finish(l, &report, &m);
 */
#ifndef CS_AUDIO_LISTENER_H
#define CS_AUDIO_LISTENER_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    CS_FRAME_MS = 10,
    /* A span is told at most so long after its end; a voice within 500 ms, but where there is or may be music. */
    CS_LISTENER_LAG_MS = 3000,
    CS_LONGEST_VOICE_MS = 30000, /* a longer sound of any kind is told in pieces that touch */
};

/* One channel's 10 ms. level: 0 is -96 dBFS or less, 255 is 0 dBFS, linear in dB. pitch: 0 none; p is 50 Hz * 2^((p-1)/64). */
typedef struct cs_audio_frame {
    uint8_t level, pitch;
} cs_audio_frame;
float frame_level_db(uint8_t level); /* dBFS, -96 to 0 */
float frame_pitch_hz(uint8_t pitch); /* 0: none */

typedef enum cs_sound_kind {
    CS_SOUND_VOICE, /* a person speaks */
    CS_SOUND_ECHO, /* the other channel's voice, heard faintly */
    CS_SOUND_MUSIC, /* hold music, with what is said on it; known after 4 s, 6 s if it is a drum's */
    CS_SOUND_TONE, /* ringing, busy, keys, fax: each burst, or keys closer than 300 ms together */
    /* The same recorded words again, 2.5 s of them within ten minutes. The first time they were told as a voice. */
    CS_SOUND_ANNOUNCEMENT,
} cs_sound_kind;

typedef struct cs_sound {
    cs_sound_kind kind;
    int channel; /* 0 or 1 */
    int64_t start_ms, end_ms;
    float level_db; /* of its voiced frames, dBFS; of others the mean */
    float pitch_hz; /* median of its voiced frames; 0: none */
} cs_sound;

typedef enum cs_channels {
    CS_CHANNELS_ONE, /* one channel: whoever speaks is on it */
    CS_CHANNELS_TWO, /* a side each */
    CS_CHANNELS_SAME, /* the same signal on both, maybe fainter or up to 5 ms later on one */
    CS_CHANNELS_FIRST_ONLY, /* nobody speaks on the second: silence, noise, music, or the first's echo */
    CS_CHANNELS_SECOND_ONLY,
    CS_CHANNELS_SILENT, /* nobody speaks at all */
} cs_channels;

typedef struct cs_side_report {
    float noise_db, speech_db; /* dBFS; noise between the sounds, speech inside the voices (-96: none) */
    float clipped_percent; /* of the voiced frames those with samples cut off at the limit */
    int64_t voiced_ms; /* echo not counted */
    float echo_percent; /* of this channel's active time that is the other's echo */
    int echo_lag_ms; /* and how late it comes */
    float echo_loss_db; /* how much fainter than the original */
} cs_side_report;

typedef struct cs_audio_report {
    int rate_hz, channels;
    int64_t duration_ms;
    cs_channels relation;
    float likeness; /* of two channels, 0-1: 1 the same signal */
    cs_side_report sides[2];
} cs_audio_report;

typedef struct cs_listener_sink {
    void *context;
    /* count frames of each channel, interleaved; may be NULL. false stops. */
    bool (*on_frames)(void *context, const cs_audio_frame *frames, uint32_t count);
    /* Of each channel in the order of their starts. false stops. */
    bool (*on_sound)(void *context, const cs_sound *sound);
} cs_listener_sink;

typedef struct cs_listener cs_listener;
cs_error listener_create(int rate_hz, int channels, const cs_listener_sink *sink, cs_listener **out,
                         cs_message *message);
/* frames samples of each channel, interleaved, -1 to 1. CS_ERR_STOPPED: the sink said so. */
cs_error listener_push(cs_listener *listener, const float *samples, uint32_t frames, cs_message *message);
/* Tells what is still open, and sums up. When the channels turn out to be the same, that is said here only. */
cs_error listener_finish(cs_listener *listener, cs_audio_report *out, cs_message *message);
void listener_free(cs_listener *listener); /* NULL is allowed */

#endif
