/* listener_state.h - what the parts of the listener share: an ear for each channel, with its last 40 s of frames.
 * Floor: audio, private. A frame is 10 ms; "now" is the newest whole one. Each part looks at it a little later than the one
 * before: level at once, pitch 2 frames behind, spectra 3, voiced runs 7, decisions 15 (more while there may be music).
 * Memory: all of it is in the listener, fixed. Threads: those of the listener. Example: see listener.c, hear_frame().
 */
#ifndef CS_AUDIO_LISTENER_STATE_H
#define CS_AUDIO_LISTENER_STATE_H

#include "audio/listener.h"

#include <stddef.h>

enum {
    HEARD_RATE_HZ = 8000, /* everything but the level is looked at in this rate */
    FRAME_SAMPLES = HEARD_RATE_HZ / 100,
    SLOW_RATE_HZ = HEARD_RATE_HZ / 2, /* pitch, spectra, echo */
    SLOW_SAMPLES = SLOW_RATE_HZ / 100,
    MOST_FRAME_INPUT = 1920 + 1, /* 10 ms at 192 kHz */

    FRAME_RING = 4096, /* 41 s: the longest sound and its surroundings */
    SLOW_RING = 16384, /* 4 s */
    SPECTRUM_SAMPLES = 256, /* 64 ms */
    SPECTRUM_BINS = SPECTRUM_SAMPLES / 2, /* of 15.6 Hz */
    SPECTRUM_FRAMES = 2, /* one every 20 ms */
    SPECTRUM_BEHIND = 3, /* its middle, seen from now */

    PITCH_BEHIND = 2,
    PITCH_SURE = 4,
    ANCHOR_BEHIND = 7,
    DECIDE_BEHIND = 15,
    MUSIC_BEHIND = 200, /* while there is music, or may be */

    LONGEST_GAP = 30, /* of a voice */
    LONGEST_SOUND = CS_LONGEST_VOICE_MS / CS_FRAME_MS,
};

/* Marks of a frame. */
enum {
    MARK_LOUD = 1 << 0, /* above the noise */
    MARK_STRONG = 1 << 1, /* well above it */
    MARK_ANCHOR = 1 << 2, /* in a run of voiced frames */
    MARK_VOICE = 1 << 3, /* decided: somebody speaks */
    MARK_TONE = 1 << 4,
    MARK_MUSIC = 1 << 5,
    MARK_AGAIN = 1 << 6, /* heard before in this call */
    MARK_ECHO = 1 << 7,
    MARK_CLIPPED = 1 << 8,
    MARK_HUSKY = 1 << 9, /* in a run as loud and low as a voice, without a pitch */
};

typedef struct cs_heard {
    float level_db, voice_db; /* of everything; without hum */
    float periodicity; /* 0-1 */
    uint8_t pitch;
    uint8_t low; /* share of the power below about 1 kHz, of 255 */
    uint16_t marks;
} cs_heard;

enum { LEVEL_MEANS = 10 };
typedef struct cs_level {
    float means[LEVEL_MEANS]; /* of the last frames: what does not swing */
    int at;
} cs_level;

enum { MOST_TAPS = 400, MOST_PHASES = 512 };
/* Any rate to HEARD_RATE_HZ. */
typedef struct cs_rate {
    int64_t in_hz, out_hz; /* reduced */
    int taps, phases;
    float *table; /* phases * taps; NULL: nothing to do */
    int64_t position, rest; /* of the next sample: position + rest / out_hz in the input */
    int64_t have; /* input samples so far */
    float history[MOST_TAPS + MOST_FRAME_INPUT];
} cs_rate;

enum { HALF_TAPS = 24, PITCH_WINDOW = 100, PITCH_FIRST_LAG = 9, PITCH_LAGS = 64, PITCH_BUFFER = 192 };
typedef struct cs_band {
    float history[HALF_TAPS + FRAME_SAMPLES]; /* at HEARD_RATE_HZ */
    float passed[4]; /* of the high-pass */
    float soft[4]; /* of the low-pass for the pitch */
} cs_band;

typedef struct cs_floor {
    float powers[8]; /* the last frames' */
    float minima[16], maxima[16]; /* of half a second each, dB */
    float highest_db; /* of the first second and a half */
    bool begins_loud;
    float hold_db; /* while music plays; 0: not held */
    float speech_db; /* what this channel's voice is like */
    int anchors;
    int64_t last_anchor; /* frame */
    float floor_db;
} cs_floor;

typedef struct cs_tone {
    float first_hz, second_hz, power_db;
    float lowest_hz, highest_hz; /* of the first, since it began */
    int steady; /* spectra */
    int64_t since; /* frame */
} cs_tone;

enum { STRUCTURE_BINS = 112, STRUCTURE_FIRST = 12, STRUCTURE_BACK = 5, MUSIC_WINDOW = 256 };
typedef struct cs_music {
    float structure[STRUCTURE_BACK + 1][STRUCTURE_BINS]; /* the fine structure of the last spectra */
    bool is_there[STRUCTURE_BACK + 1];
    float likeness[MUSIC_WINDOW]; /* to the one 100 ms before, of the last spectra */
    int64_t count; /* spectra */
    bool is_on, may_be;
    float rhythm; /* likeness of the level to itself a beat before */
    int64_t since, until; /* frames */
} cs_music;

enum { PRINT_RING = 30000 /* 10 minutes */, PRINT_KEYS = 1 << 15, PRINT_BANDS = 33, PRINT_DIAGONALS = 32 };
typedef struct cs_diagonal {
    int64_t lag; /* spectra */
    int64_t first, last; /* hits */
    int hits;
    bool is_sure;
} cs_diagonal;
typedef struct cs_announcement {
    uint32_t prints[PRINT_RING]; /* 0: nothing heard */
    int32_t before[2][PRINT_RING]; /* the same key earlier; -1: none */
    int32_t heads[2][PRINT_KEYS];
    float bands[8][PRINT_BANDS]; /* of the last spectra */
    int64_t count;
    cs_diagonal diagonals[PRINT_DIAGONALS];
} cs_announcement;

typedef struct cs_echo {
    int lag_samples; /* at SLOW_RATE_HZ, of what was found last */
    float loss_db;
    int agreed; /* how often the same was found */
    double weight, lag_sum, loss_sum; /* for the report */
    int64_t frames;
} cs_echo;

typedef struct cs_span {
    bool is_open, is_continued; /* continued: a piece of it is told */
    bool is_voice; /* the frame before was */
    int64_t start, end, examined; /* frames; end is behind the last; echo is looked for up to examined */
    int64_t told; /* everything before it is told */
} cs_span;

typedef struct cs_side_sum {
    int64_t noise[256]; /* frames of each level between the sounds */
    double speech_power;
    int64_t speech_frames, clipped_frames, voiced_ms, echo_ms;
} cs_side_sum;

typedef struct cs_ear {
    cs_level level;
    cs_rate rate;
    cs_band band;
    float slow[SLOW_RING]; /* at SLOW_RATE_HZ, without hum */
    float pitch_samples[PITCH_BUFFER + 8]; /* the newest, without what is above 1 kHz */
    uint8_t raw_pitch[8]; /* before neighbours are asked */
    cs_heard heard[FRAME_RING];
    cs_floor floor;
    cs_tone tone;
    cs_music music;
    cs_announcement announcement;
    cs_echo echo;
    cs_span span;
    int64_t decided; /* the next frame to be decided */
    cs_side_sum sum;
} cs_ear;

/* Of the two channels: how alike they are, each a little later than the other. */
enum { RELATION_LAGS = 20 /* 5 ms */ };
typedef struct cs_relation {
    double later[2][RELATION_LAGS + 1]; /* [c]: channel c is the later one */
    double power[2];
} cs_relation;

/* What the transform needs; one for both ears. */
typedef struct cs_waves {
    float window[SPECTRUM_SAMPLES];
    float turn32[2][16], turn128[2][32][4], turn256[2][SPECTRUM_BINS];
    uint8_t order[32];
    uint8_t band_of[SPECTRUM_BINS]; /* PRINT_BANDS: none */
} cs_waves;

struct cs_listener {
    int rate_hz, channels;
    cs_listener_sink sink;
    bool is_stopped, is_over; /* over: the frames that come are not of the recording */
    int64_t samples; /* of each channel, so far */
    int64_t now; /* the newest frame; -1: none */
    int64_t emitted; /* the next frame for on_frames */
    int waiting; /* samples of the frame that is not whole */
    float input[2][MOST_FRAME_INPUT + 3];
    cs_waves waves;
    cs_relation relation;
    cs_ear ears[];
};

static inline cs_heard *ear_frame(cs_ear *ear, int64_t frame) {
    return &ear->heard[frame & (FRAME_RING - 1)];
}
static inline const cs_heard *ear_frame_of(const cs_ear *ear, int64_t frame) {
    return &ear->heard[frame & (FRAME_RING - 1)];
}

/* fmaxf and fminf are calls, for the sake of what is no number; here there are only numbers. */
static inline float larger_of(float a, float b) {
    return a > b ? a : b;
}
static inline float smaller_of(float a, float b) {
    return a < b ? a : b;
}

/* level.c: dBFS of one frame, and whether samples in it were cut off. */
float level_hear(cs_level *level, const float *samples, int count, bool *is_clipped);
float power_db(float power);

/* rate.c: false: no memory. out: FRAME_SAMPLES. */
bool rate_open(cs_rate *rate, int rate_hz);
void rate_close(cs_rate *rate);
void rate_hear(cs_rate *rate, const float *samples, int count, float *out);

/* band.c: the frame at half the rate and without hum into slow (SLOW_SAMPLES) and, softened, into soft; what a voice may be
 * made of as a power. */
float band_hear(cs_band *band, const float *samples, float *slow, float *soft);

/* pitch.c: of the frame PITCH_BEHIND; then what is sure of the frame PITCH_SURE behind. */
void pitch_hear(cs_ear *ear, int64_t now);
uint8_t pitch_code(float hz);

/* voice.c */
void floor_hear(cs_floor *floor, int64_t now, float power, bool is_over);
void voice_mark(cs_ear *ear, int64_t now); /* anchors */
bool voice_decide(cs_ear *ear, int64_t frame); /* somebody speaks in it */

/* spectrum.c */
void waves_init(cs_waves *waves);
void spectrum_of(const cs_waves *waves, const float *samples, float *power);

/* tone.c, music.c, announcement.c: look at one spectrum, whose middle is the frame; NULL: silence. */
void tone_hear(cs_ear *ear, const float *power, int64_t frame);
void music_hear(cs_ear *ear, const float *power, int64_t frame);
void music_finish(cs_ear *ear, int64_t frame); /* it ended, or the recording did */
/* rhythm.c: 0-1. */
float rhythm_of(const cs_ear *ear, int64_t frame);

void announcement_init(cs_announcement *announcement);
void announcement_hear(cs_ear *ear, const cs_waves *waves, const float *power, int64_t frame);

/* echo.c: looks for the other channel's voice in [from, to), and marks the frames that it explains. */
void echo_examine(cs_ear *ear, const cs_ear *other, int64_t from, int64_t to, int64_t now);

/* relation.c */
void relation_hear(cs_relation *relation, const cs_ear *ears, int64_t now);
float relation_likeness(const cs_relation *relation);

/* span.c: decides the frames up to (not with) to, and tells what ended. */
void span_follow(cs_listener *listener, int channel, int64_t to);
void span_finish(cs_listener *listener, int channel);

/* report.c */
void report_make(const cs_listener *listener, cs_audio_report *out);

#endif
