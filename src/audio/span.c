#include "audio/listener_state.h"

#include <math.h>
#include <string.h>

/* A sound is open from its first frame until nothing was heard for 300 ms, at most 30 s. Then its frames are sorted: runs of
 * music, tones, words heard before, echo, and voice; a run too short to be what it looks like goes to its neighbour. */
enum { MOST_RUNS = 512, EXAMINED_AT_ONCE = 200 };
enum { LEAST_ANCHORS = 2, LEAST_HUSKY = 15, MOST_HUSKY = 120, LONGEST_HELD = 60, TOUCHING = 3 };
enum { NOTHING = -1 };
/* Shorter than that beside another sound, a run belongs to it; in frames, by kind. */
static const int shortest[] = {[CS_SOUND_VOICE] = 12,
                               [CS_SOUND_ECHO] = 15,
                               [CS_SOUND_MUSIC] = 100,
                               [CS_SOUND_TONE] = 4,
                               [CS_SOUND_ANNOUNCEMENT] = 50};

typedef struct cs_run {
    int kind;
    int64_t start, end;
} cs_run;

static int kind_of(uint16_t marks) {
    if (marks & MARK_MUSIC) return CS_SOUND_MUSIC;
    if (marks & MARK_TONE) return CS_SOUND_TONE;
    if (!(marks & MARK_VOICE)) return NOTHING;
    if (marks & MARK_AGAIN) return CS_SOUND_ANNOUNCEMENT;
    return marks & MARK_ECHO ? CS_SOUND_ECHO : CS_SOUND_VOICE;
}

static int64_t run_frames(const cs_run *run) {
    return run->end - run->start;
}

/* Runs of one kind, pauses left out; a pause inside a kind does not part it. */
static int collect(const cs_ear *ear, cs_run *runs) {
    int count = 0;
    for (int64_t k = ear->span.start; k < ear->span.end; k++) {
        int kind = kind_of(ear_frame_of(ear, k)->marks);
        if (kind == NOTHING) continue;
        if (count && (runs[count - 1].kind == kind || count == MOST_RUNS))
            runs[count - 1].end = k + 1;
        else
            runs[count++] = (cs_run){kind, k, k + 1};
    }
    return count;
}

static void remove_run(cs_run *runs, int *count, int at) {
    memmove(runs + at, runs + at + 1, (size_t)(*count - at - 1) * sizeof *runs);
    (*count)--;
}

static int merge_same(cs_run *runs, int count) {
    for (int i = 1; i < count;) {
        if (runs[i].kind != runs[i - 1].kind) {
            i++;
            continue;
        }
        runs[i - 1].end = runs[i].end;
        remove_run(runs, &count, i);
    }
    return count;
}

/* A tone between words, with no pause to either, is a vowel that was held. */
static int unhold(cs_run *runs, int count) {
    for (int i = 1; i + 1 < count; i++)
        if (runs[i].kind == CS_SOUND_TONE && run_frames(&runs[i]) < LONGEST_HELD &&
            runs[i - 1].kind == CS_SOUND_VOICE && runs[i + 1].kind == CS_SOUND_VOICE &&
            runs[i].start - runs[i - 1].end < TOUCHING && runs[i + 1].start - runs[i].end < TOUCHING)
            runs[i].kind = CS_SOUND_VOICE;
    return merge_same(runs, count);
}

/* The shortest run that is too short takes the kind of its longer neighbour, until none is. */
static int settle(cs_run *runs, int count) {
    while (count > 1) {
        int worst = -1;
        for (int i = 0; i < count; i++)
            if (run_frames(&runs[i]) < shortest[runs[i].kind] &&
                (worst < 0 || run_frames(&runs[i]) < run_frames(&runs[worst])))
                worst = i;
        if (worst < 0) break;
        const cs_run *left = worst > 0 ? &runs[worst - 1] : NULL, *right = worst + 1 < count ? &runs[worst + 1] : NULL;
        const cs_run *to = !left || (right && run_frames(right) > run_frames(left)) ? right : left;
        runs[worst].kind = to->kind;
        count = merge_same(runs, count);
    }
    return count;
}

/* Power and pitch of its frames; a voice's are those in which somebody speaks. */
static void measure(cs_ear *ear, const cs_run *run, cs_sound *sound) {
    int pitches[256] = {0}, pitched = 0;
    int64_t frames = 0, clipped = 0;
    double power = 0;
    bool is_speech = run->kind == CS_SOUND_VOICE || run->kind == CS_SOUND_ECHO || run->kind == CS_SOUND_ANNOUNCEMENT;
    for (int64_t k = run->start; k < run->end; k++) {
        const cs_heard *heard = ear_frame_of(ear, k);
        if (is_speech && !(heard->marks & MARK_VOICE)) continue;
        frames++;
        power += pow(10, heard->level_db / 10);
        clipped += (heard->marks & MARK_CLIPPED) != 0;
        if (!heard->pitch) continue;
        pitches[heard->pitch]++;
        pitched++;
    }
    sound->level_db = frames ? fmaxf((float)(10 * log10(power / (double)frames + 1e-12)), -96) : -96;
    int seen = 0, middle = 0;
    while (pitched && seen * 2 < pitched) seen += pitches[++middle];
    sound->pitch_hz = frame_pitch_hz((uint8_t)middle);
    if (run->kind != CS_SOUND_VOICE) return;
    ear->sum.speech_power += power;
    ear->sum.speech_frames += frames;
    ear->sum.clipped_frames += clipped;
}

/* What has no pitch may be a husky word, but not a long noise, nor a knock. */
static bool is_voice(const cs_ear *ear, const cs_run *run) {
    int anchors = 0, active = 0;
    for (int64_t k = run->start; k < run->end; k++) {
        uint16_t marks = ear_frame_of(ear, k)->marks;
        anchors += (marks & MARK_ANCHOR) != 0;
        active += (marks & MARK_VOICE) != 0;
    }
    return anchors >= LEAST_ANCHORS || (active >= LEAST_HUSKY && active <= MOST_HUSKY);
}

static void tell(cs_listener *listener, int channel, const cs_run *run) {
    cs_ear *ear = &listener->ears[channel];
    int64_t last_ms = listener->samples * 1000 / listener->rate_hz;
    cs_sound sound = {.kind = (cs_sound_kind)run->kind,
                      .channel = channel,
                      .start_ms = run->start * CS_FRAME_MS,
                      .end_ms = run->end * CS_FRAME_MS < last_ms ? run->end * CS_FRAME_MS : last_ms};
    if (sound.start_ms >= sound.end_ms || listener->is_stopped) return;
    if (run->kind == CS_SOUND_VOICE && !is_voice(ear, run)) return;
    measure(ear, run, &sound);
    if (run->kind == CS_SOUND_VOICE) ear->sum.voiced_ms += sound.end_ms - sound.start_ms;
    if (run->kind == CS_SOUND_ECHO) ear->sum.echo_ms += sound.end_ms - sound.start_ms;
    if (listener->sink.on_sound && !listener->sink.on_sound(listener->sink.context, &sound))
        listener->is_stopped = true;
}

static void examine(cs_listener *listener, int channel, int64_t to) {
    cs_ear *ear = &listener->ears[channel];
    if (listener->channels == 2 && to - ear->span.examined <= EXAMINED_AT_ONCE)
        echo_examine(ear, &listener->ears[1 - channel], ear->span.examined, to, listener->now);
    ear->span.examined = to;
}

/* goes_on: it is so long that it is told in pieces, which touch. */
static void tell_open(cs_listener *listener, int channel, bool goes_on) {
    cs_ear *ear = &listener->ears[channel];
    cs_run runs[MOST_RUNS];
    if (ear->span.examined < ear->span.end) examine(listener, channel, ear->span.end);
    int count = unhold(runs, settle(runs, collect(ear, runs)));
    if (count && ear->span.is_continued) runs[0].start = ear->span.start;
    if (count && goes_on) runs[count - 1].end = ear->span.end;
    ear->span.is_continued = goes_on;
    for (int i = 0; i < count; i++) tell(listener, channel, &runs[i]);
    ear->span.told = ear->span.end;
}

/* A tone or music is known for one only after a while: it began where its marks begin. */
static int64_t first_marked(const cs_ear *ear, int64_t frame) {
    while (frame > ear->span.told && ear_frame_of(ear, frame - 1)->marks & (MARK_TONE | MARK_MUSIC)) frame--;
    return frame;
}

static void decide(cs_listener *listener, int channel, int64_t frame) {
    cs_ear *ear = &listener->ears[channel];
    cs_span *span = &ear->span;
    cs_heard *heard = ear_frame(ear, frame);
    span->is_voice = voice_decide(ear, frame);
    if (span->is_voice) heard->marks |= MARK_VOICE;
    if (kind_of(heard->marks) != NOTHING) {
        if (!span->is_open) {
            span->is_open = true;
            span->start = span->examined = first_marked(ear, frame);
        }
        span->end = frame + 1;
    } else if (!listener->is_over) {
        int level = (int)((heard->level_db + 96) * (255.0F / 96.0F) + 0.5F);
        ear->sum.noise[level < 0 ? 0 : level > 255 ? 255 : level]++;
    }
    if (!span->is_open) return;
    if (frame + 1 - span->examined >= EXAMINED_AT_ONCE) examine(listener, channel, frame + 1);
    if (frame + 1 - span->end >= LONGEST_GAP) {
        tell_open(listener, channel, false);
        span->is_open = false;
    } else if (span->end - span->start >= LONGEST_SOUND) {
        int64_t end = span->end;
        span->end = span->start + LONGEST_SOUND;
        tell_open(listener, channel, true);
        span->start = span->told;
        span->end = end;
    }
}

void span_follow(cs_listener *listener, int channel, int64_t to) {
    cs_ear *ear = &listener->ears[channel];
    for (; ear->decided < to; ear->decided++) decide(listener, channel, ear->decided);
}

void span_finish(cs_listener *listener, int channel) {
    cs_ear *ear = &listener->ears[channel];
    if (ear->music.is_on) music_finish(ear, listener->now);
    span_follow(listener, channel, listener->now + 1 - DECIDE_BEHIND);
    if (ear->span.is_open) tell_open(listener, channel, false);
    ear->span.is_open = false;
}
