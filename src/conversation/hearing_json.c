/* What is told about a recording. */
#include "conversation/hearing.h"
#include "conversation/hearing_voices.h"

#include <string.h>

enum { MOST_SOUNDS = 2000, LEAST_ECHO_PERCENT = 5 };

static void write_number(cs_json_writer *out, const char *key, double value, bool is_known) {
    if (is_known)
        json_write_double(out, key, value, 1);
    else
        json_write_null(out, key);
}

static void write_share(cs_json_writer *out, const char *key, float share) {
    if (share >= 0)
        json_write_double(out, key, (double)share, 3);
    else
        json_write_null(out, key);
}

static void write_side(cs_json_writer *out, const cs_conversation *c, const cs_hearing *h, int channel) {
    const cs_side_report *side = &h->heard.report.sides[channel];
    uint32_t who = h->sides.participants[channel];
    bool is_heard = side->voiced_ms > 0;
    json_object_open(out, NULL);
    json_write_int(out, "channel", channel + 1);
    if (who < c->participant_count)
        json_write_int(out, "participant", who);
    else
        json_write_null(out, "participant");
    json_write_string(out, "role", role_name(h->sides.roles[channel]));
    json_write_string(out, "line", hearing_line(side));
    write_number(out, "noise_db", (double)side->noise_db, true);
    write_number(out, "speech_db", (double)side->speech_db, is_heard);
    write_number(out, "clipped_percent", (double)side->clipped_percent, is_heard);
    json_write_int(out, "voiced_ms", side->voiced_ms);
    write_number(out, "echo_percent", (double)side->echo_percent, true);
    write_number(out, "echo_lag_ms", side->echo_lag_ms, side->echo_percent > 0);
    write_number(out, "echo_loss_db", (double)side->echo_loss_db, side->echo_percent > 0);
    json_object_close(out);
}

static bool has_sound(const cs_heard *heard, cs_sound_kind kind) {
    for (uint32_t i = 0; i < heard->sound_count; i++)
        if (heard->sounds[i].kind == kind) return true;
    return false;
}

static bool has_line(const cs_heard *heard, int channels, const char *line) {
    for (int k = 0; k < channels; k++)
        if (strcmp(hearing_line(&heard->report.sides[k]), line) == 0) return true;
    return false;
}

/* Words for what a person should know before listening. */
static void write_notes(cs_json_writer *out, const cs_hearing *h) {
    const cs_heard *heard = &h->heard;
    const cs_audio_report *report = &heard->report;
    int channels = h->sides.is_one ? 1 : 2;
    bool is_role_known = h->sides.roles[0] != CS_ROLE_UNDECIDED;
    bool is_faint_echo = report->sides[0].echo_percent >= LEAST_ECHO_PERCENT ||
                         (channels == 2 && report->sides[1].echo_percent >= LEAST_ECHO_PERCENT);
    const struct {
        const char *word;
        bool is_so;
    } notes[] = {
        {"cut", heard->is_cut},
        {"silent", report->relation == CS_CHANNELS_SILENT},
        {"swapped", h->sides.is_swapped},
        {"same", report->relation == CS_CHANNELS_SAME},
        {"mono", report->channels == 1 && !is_role_known},
        {"one_side", report->channels == 1 && is_role_known},
        {"one_silent", report->relation == CS_CHANNELS_FIRST_ONLY || report->relation == CS_CHANNELS_SECOND_ONLY},
        {"role_undecided", channels == 2 && !is_role_known && report->relation != CS_CHANNELS_SILENT},
        {"echo", is_faint_echo},
        {"noisy", has_line(heard, channels, "noisy")},
        {"clipped", has_line(heard, channels, "clipped")},
        {"faint", has_line(heard, channels, "faint")},
        {"music", has_sound(heard, CS_SOUND_MUSIC)},
        {"announcement", has_sound(heard, CS_SOUND_ANNOUNCEMENT)},
    };
    json_array_open(out, "notes");
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++)
        if (notes[i].is_so) json_write_string(out, NULL, notes[i].word);
    json_array_close(out);
}

static void write_sounds(cs_json_writer *out, const cs_heard *heard) {
    static const char *const kinds[] = {"voice", "echo", "music", "tone", "announcement"};
    int written = 0;
    json_array_open(out, "sounds");
    for (uint32_t i = 0; i < heard->sound_count && written < MOST_SOUNDS; i++) {
        const cs_sound *s = &heard->sounds[i];
        if (s->kind == CS_SOUND_VOICE) continue;
        json_object_open(out, NULL);
        json_write_string(out, "kind", kinds[s->kind]);
        json_write_int(out, "channel", s->channel + 1);
        json_write_int(out, "from_ms", s->start_ms);
        json_write_int(out, "to_ms", s->end_ms);
        json_object_close(out);
        written++;
    }
    json_array_close(out);
}

void hearing_write(cs_json_writer *out, const cs_conversation *c, const cs_hearing *h) {
    static const char *const bases[] = {
#define X(code, name) name,
        CS_SIDE_BASIS_TABLE(X)
#undef X
    };
    const cs_audio_report *report = &h->heard.report;
    json_object_open(out, NULL);
    json_write_int(out, "duration_ms", report->duration_ms);
    json_write_int(out, "rate_hz", report->rate_hz);
    json_write_int(out, "channels", report->channels);
    json_write_string(out, "relation", channels_name(report->relation));
    write_share(out, "likeness", report->channels == 2 ? report->likeness : -1);
    json_write_string(out, "decided_by", h->sides.basis == CS_SIDE_NONE ? NULL : bases[h->sides.basis]);
    write_share(out, "confidence", h->sides.confidence);
    json_array_open(out, "sides");
    for (int k = 0; k < report->channels; k++) write_side(out, c, h, k);
    json_array_close(out);
    write_notes(out, h);
    write_sounds(out, &h->heard);
    json_object_close(out);
}
