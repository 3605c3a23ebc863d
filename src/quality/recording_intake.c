#include "quality/recording_intake.h"

#include "audio/converter.h"
#include "audio/decoder.h"
#include "base/file.h"
#include "conversation/hearing.h"
#include "conversation/recording_name.h"
#include "quality/blob_bytes.h"
#include "quality/waveform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FRAMES = 4096, COPY_BYTES = 256 * 1024, REPORT_BYTES = 4 << 20, LEAST_MISSING_MS = 100 };

typedef struct source { /* one file of the recording */
    const char *path;
    cs_audio_bytes bytes;
    cs_decoder *decoder;
    bool is_open, has_ended;
    cs_file_info info; /* as it was when it was opened */
    int64_t frames, heard_frames; /* read so far; in the first pass */
    char blob[CS_BLOB_NAME_CHARS + 1]; /* empty: not kept yet */
    bool is_stored; /* it is heard from its blob; its file may be gone */
    float samples[BLOCK_FRAMES * CS_MOST_CHANNELS];
} source;

typedef struct taking {
    const cs_intake *intake;
    cs_arena *arena;
    cs_message *message;
    source *sources;
    uint32_t source_count;
    int channels;
    cs_waveform_writer *waveform;
    cs_sound *sounds;
    uint32_t sound_count, sound_room;
    cs_error code; /* of a callback */
    bool is_store_broken; /* not the recording: what can't be written ends the run */
    bool is_cut;
    cs_message damage;
} taking;

static bool is_stopped(const taking *t) {
    if (t->intake->is_stopped && *t->intake->is_stopped) return true;
    return t->intake->on_progress && !t->intake->on_progress(t->intake->context);
}

/* ---- opening, and keeping ---- */

static bool write_blob(void *context, const void *bytes, size_t length) {
    taking *t = ((void **)context)[0];
    cs_blob_writer *writer = ((void **)context)[1];
    t->code = blob_append(writer, bytes, length, t->message);
    t->is_store_broken = t->code != CS_OK;
    if (t->code == CS_OK && is_stopped(t)) t->code = message_set(t->message, CS_ERR_STOPPED, "stopped");
    return t->code == CS_OK;
}

/* By ffmpeg into the store, and from there like any other. */
static cs_error convert(taking *t, source *s) {
    cs_blob_writer *writer = NULL;
    cs_error code = blob_begin(t->intake->keys, t->intake->folder, &writer, t->message);
    if (code != CS_OK) return code;
    void *context[2] = {t, writer};
    t->code = CS_OK;
    bool is_damaged = false;
    cs_converter_limits limits = {.is_damaged = &is_damaged};
    code = converter_run(s->path, &limits, write_blob, context, t->intake->is_stopped, t->message);
    if (code == CS_OK && is_damaged) {
        t->is_cut = true;
        t->damage = *t->message;
    }
    if (t->code != CS_OK) code = t->code;
    if (code != CS_OK) {
        blob_abort(writer);
        return code;
    }
    code = blob_finish(writer, s->blob, t->message);
    t->is_store_broken = code != CS_OK;
    if (code == CS_OK) code = bytes_of_blob(t->intake->keys, t->intake->folder, s->blob, &s->bytes, t->message);
    s->is_open = code == CS_OK;
    return code == CS_OK ? decoder_open(&s->bytes, &s->decoder, t->message) : code;
}

static cs_error open_stored(taking *t, source *s) {
    cs_error code = bytes_of_blob(t->intake->keys, t->intake->folder, s->blob, &s->bytes, t->message);
    s->is_open = code == CS_OK;
    return code == CS_OK ? decoder_open(&s->bytes, &s->decoder, t->message) : code;
}

static cs_error open_source(taking *t, source *s) {
    if (s->is_stored) return open_stored(t, s);
    cs_error code = file_info(s->path, &s->info, t->message);
    if (code == CS_OK) code = bytes_of_file(s->path, &s->bytes, t->message);
    if (code != CS_OK) return code;
    s->is_open = true;
    if (s->info.bytes == 0 && !s->is_stored) {
        code = message_set(t->message, CS_ERR_PARSE, "the recording is empty");
        message_remedy(t->message, "perhaps it is still being copied: inspect again when it is complete");
        return code;
    }
    code = decoder_open(&s->bytes, &s->decoder, t->message);
    if (code != CS_ERR_NOT_FOUND) return code;
    bytes_close(&s->bytes);
    s->is_open = false;
    return convert(t, s);
}

/* A call that is still being recorded, or copied: the next run finds it finished. */
static cs_error check_unchanged(const taking *t, const source *s) {
    cs_file_info now;
    if (s->is_stored) return CS_OK;
    cs_error code = file_info(s->path, &now, t->message);
    if (code != CS_OK || (now.bytes == s->info.bytes && now.modified_ns == s->info.modified_ns)) return code;
    (void)message_set(t->message, CS_ERR_IO, "the recording changed while it was listened to");
    message_place(t->message, "%s", s->path);
    message_remedy(t->message, "inspect again when it is complete");
    return CS_ERR_IO;
}

/* The file as it is, byte by byte. */
static cs_error keep(taking *t, source *s) {
    if (s->blob[0]) return CS_OK; /* converted: kept already */
    cs_blob_writer *writer = NULL;
    char *block = malloc(COPY_BYTES);
    if (!block) return message_set(t->message, CS_ERR_MEMORY, "no memory to keep the recording");
    cs_error code = blob_begin(t->intake->keys, t->intake->folder, &writer, t->message);
    t->is_store_broken = code != CS_OK;
    for (int64_t at = 0; code == CS_OK && at < s->bytes.length;) {
        int64_t got = s->bytes.read(s->bytes.context, at, block, COPY_BYTES);
        if (got <= 0)
            code = message_set(t->message, CS_ERR_IO, "the recording can't be read to its end");
        else if (is_stopped(t))
            code = message_set(t->message, CS_ERR_STOPPED, "stopped");
        else if ((code = blob_append(writer, block, (size_t)got, t->message)) != CS_OK)
            t->is_store_broken = true;
        at += got;
    }
    free(block);
    if (code != CS_OK) {
        blob_abort(writer);
        return code;
    }
    code = blob_finish(writer, s->blob, t->message);
    t->is_store_broken = code != CS_OK;
    return code;
}

static cs_error check_formats(const taking *t) {
    const cs_audio_format *first = decoder_format(t->sources[0].decoder);
    const cs_audio_format *second = t->source_count > 1 ? decoder_format(t->sources[1].decoder) : first;
    if (first->rate_hz == second->rate_hz) return CS_OK;
    (void)message_set(t->message, CS_ERR_PARSE, "its two recordings have %d and %d samples a second", first->rate_hz,
                      second->rate_hz);
    message_remedy(t->message, "bring both to the same rate: ffmpeg -i in.wav -ar %d out.wav", first->rate_hz);
    return CS_ERR_PARSE;
}

/* ---- listening ---- */

static bool on_frames(void *context, const cs_audio_frame *frames, uint32_t count) {
    taking *t = context;
    t->code = t->waveform ? waveform_push(t->waveform, frames, count, t->message) : CS_OK;
    t->is_store_broken = t->code != CS_OK;
    if (t->code == CS_OK && is_stopped(t)) t->code = message_set(t->message, CS_ERR_STOPPED, "stopped");
    return t->code == CS_OK;
}

static bool on_sound(void *context, const cs_sound *sound) {
    taking *t = context;
    if (t->sound_count == CS_MAX_VOICES) return true; /* beyond a week of talk */
    if (!arena_room(t->arena, (void **)&t->sounds, &t->sound_room, t->sound_count, sizeof *t->sounds)) {
        t->code = message_set(t->message, CS_ERR_MEMORY, "no memory for what was heard");
        return false;
    }
    t->sounds[t->sound_count++] = *sound;
    return true;
}

/* Up to so many of one file, at most BLOCK_FRAMES. Damage ends it; what stood before is kept. */
static cs_error read_block(taking *t, source *s, uint32_t frames, uint32_t *got, cs_message *trouble) {
    cs_message message;
    *got = 0;
    if (s->has_ended) return CS_OK;
    cs_error code = decoder_read(s->decoder, s->samples, frames, got, &message);
    s->frames += *got;
    if (*got < frames) s->has_ended = true;
    if (code == CS_OK && !s->has_ended) return CS_OK;
    if (code == CS_OK) { /* the end; or damage that the next call would name */
        uint32_t more;
        float one[CS_MOST_CHANNELS];
        code = decoder_read(s->decoder, one, 1, &more, &message);
        if (code == CS_OK) return CS_OK;
    }
    s->has_ended = true;
    if (code == CS_ERR_PARSE && s->frames > 0) {
        t->is_cut = true;
        t->damage = message;
        return CS_OK;
    }
    *trouble = message;
    return code;
}

/* Two files become two channels; a file of two channels as one side is mixed. */
static void interleave(const taking *t, const uint32_t got[2], uint32_t frames, float *out) {
    for (uint32_t k = 0; k < 2; k++) {
        const source *s = &t->sources[k];
        int channels = decoder_format(s->decoder)->channels;
        for (uint32_t i = 0; i < frames; i++) {
            const float *sample = &s->samples[(size_t)i * (size_t)channels];
            out[2 * (size_t)i + k] = i >= got[k] ? 0 : channels == 2 ? (sample[0] + sample[1]) / 2 : sample[0];
        }
    }
}

static cs_error listen_through(taking *t, cs_listener *listener) {
    float both[BLOCK_FRAMES * 2];
    for (;;) {
        uint32_t got[2] = {0, 0};
        cs_error code = CS_OK;
        for (uint32_t k = 0; k < t->source_count && code == CS_OK; k++)
            code = read_block(t, &t->sources[k], BLOCK_FRAMES, &got[k], t->message);
        if (code != CS_OK) return code;
        uint32_t frames = got[0] > got[1] ? got[0] : got[1];
        if (frames == 0) return CS_OK;
        if (t->source_count == 2) interleave(t, got, frames, both);
        code = listener_push(listener, t->source_count == 2 ? both : t->sources[0].samples, frames, t->message);
        if (code != CS_OK) return t->code != CS_OK ? t->code : code;
    }
}

/* What stops in the middle without being damaged: a copy that was cut off. */
static void notice_missing(taking *t) {
    for (uint32_t k = 0; k < t->source_count && !t->is_cut; k++) {
        int64_t missing_ms = decoder_format(t->sources[k].decoder)->missing_ms;
        if (missing_ms < LEAST_MISSING_MS) continue;
        t->is_cut = true;
        (void)message_set(&t->damage, CS_ERR_PARSE, "the recording ends %.1f s before its own header says",
                          (double)missing_ms / 1000);
        message_place(&t->damage, "%s", t->sources[k].path);
        message_remedy(&t->damage, "fetch it again from where it was made: it was cut off on its way");
    }
}

static cs_error listen(taking *t, cs_heard *heard) {
    const cs_audio_format *format = decoder_format(t->sources[0].decoder);
    cs_listener *listener = NULL;
    cs_listener_sink sink = {t, on_frames, on_sound};
    t->channels = t->source_count == 2 ? 2 : format->channels;
    cs_error code = listener_create(format->rate_hz, t->channels, &sink, &listener, t->message);
    if (code == CS_OK) code = listen_through(t, listener);
    if (code == CS_OK) code = listener_finish(listener, &heard->report, t->message);
    if (code == CS_OK) notice_missing(t);
    if (code == CS_ERR_STOPPED && t->code != CS_OK) code = t->code;
    listener_free(listener);
    heard->sounds = t->sounds;
    heard->sound_count = t->sound_count;
    heard->is_cut = t->is_cut;
    return code;
}

/* ---- what the names and the centre say ---- */

static cs_side_hint hint_of(const taking *t) {
    cs_side_hint hint = {.roles = {CS_ROLE_UNDECIDED, CS_ROLE_UNDECIDED}, .basis = CS_SIDE_NAME};
    size_t stem;
    for (uint32_t k = 0; k < t->source_count; k++) hint.roles[k] = recording_name_side(t->sources[k].path, &stem);
    bool is_named = hint.roles[0] != CS_ROLE_UNDECIDED || hint.roles[1] != CS_ROLE_UNDECIDED;
    if (is_named || t->source_count > 1 || !t->intake->agent_channel) return hint;
    hint.basis = CS_SIDE_METADATA;
    hint.roles[t->intake->agent_channel - 1] = CS_ROLE_AGENT;
    return hint;
}

/* ---- all of it ---- */

static int compare_sounds(const void *left, const void *right) {
    const cs_sound *a = left, *b = right;
    if (a->start_ms != b->start_ms) return a->start_ms < b->start_ms ? -1 : 1;
    return a->channel - b->channel;
}

static cs_error fill_row(taking *t, const cs_conversation *c, const cs_hearing *hearing, const char *waveform,
                         cs_recording_row *row) {
    cs_buffer json;
    cs_json_writer out;
    buffer_init(&json, REPORT_BYTES);
    json_writer_init(&out, &json);
    hearing_write(&out, c, hearing);
    *row = (cs_recording_row){.part_count = t->source_count,
                              .rate_hz = hearing->heard.report.rate_hz,
                              .channels = hearing->heard.report.channels,
                              .duration_ms = hearing->heard.report.duration_ms,
                              .waveform = arena_string(t->arena, waveform),
                              .report = json.is_failed ? NULL : arena_string(t->arena, buffer_string(&json))};
    buffer_free(&json);
    bool is_good = row->waveform && row->report;
    for (uint32_t k = 0; k < t->source_count && is_good; k++) {
        const source *s = &t->sources[k];
        char *real = realpath(s->path, NULL);
        row->parts[k] = (cs_recording_part){.path = arena_string(t->arena, real ? real : s->path),
                                            .bytes = s->info.bytes,
                                            .modified_ns = s->info.modified_ns,
                                            .blob = arena_string(t->arena, s->blob),
                                            .frames = s->frames};
        free(real);
        is_good = row->parts[k].path && row->parts[k].blob;
    }
    return is_good ? CS_OK : message_set(t->message, CS_ERR_MEMORY, "no memory for the recording");
}

/* ---- its words ---- */

static cs_error seek_sound(void *context, int64_t frame, cs_message *message) {
    taking *t = context;
    for (uint32_t k = 0; k < t->source_count; k++) {
        source *s = &t->sources[k];
        s->has_ended = frame >= s->heard_frames; /* the other side's file is longer */
        cs_error code = s->has_ended ? CS_OK : decoder_seek(s->decoder, frame, message);
        if (code != CS_OK) return code;
    }
    return CS_OK;
}

static cs_error read_sound(void *context, float *out, uint32_t frames, uint32_t *got, cs_message *message) {
    taking *t = context;
    uint32_t each[2] = {0, 0};
    cs_error code = CS_OK;
    for (uint32_t k = 0; k < t->source_count && code == CS_OK; k++)
        code = read_block(t, &t->sources[k], frames, &each[k], message);
    *got = each[0] > each[1] ? each[0] : each[1];
    if (code != CS_OK) return code;
    if (t->source_count == 2)
        interleave(t, each, *got, out);
    else
        memcpy(out, t->sources[0].samples, (size_t)*got * (size_t)t->channels * sizeof *out);
    return CS_OK;
}

/* A second time through the sound, by what the first has found. */
static cs_error recognise(taking *t, cs_conversation *c, const cs_heard *heard, const uint32_t participants[2],
                          const cs_recording_row *row) {
    const cs_speech_sound sound = {t, heard->report.rate_hz, t->channels, seek_sound, read_sound};
    const cs_speech_work work = {.sound = &sound,
                                 .heard = heard,
                                 .participants = {participants[0], participants[1]},
                                 .recording = speech_recording_hash(row->parts, row->part_count),
                                 .conversation = c,
                                 .arena = t->arena,
                                 .db = t->intake->db,
                                 .model = t->intake->model,
                                 .on_progress = t->intake->on_progress,
                                 .context = t->intake->context};
    for (uint32_t k = 0; k < t->source_count; k++) t->sources[k].heard_frames = t->sources[k].frames;
    cs_error code = speech_desk_recognise(t->intake->desk, &work, t->intake->spoken, t->message);
    for (uint32_t k = 0; k < t->source_count; k++) t->sources[k].frames = t->sources[k].heard_frames;
    return code;
}

/* stored: the waveform that there is; NULL: one is made. */
static cs_error take(taking *t, cs_conversation *c, const char *stored, cs_recording_row *out) {
    cs_heard heard = {0};
    cs_hearing hearing;
    char waveform[CS_BLOB_NAME_CHARS + 1];
    cs_error code = CS_OK;
    for (uint32_t k = 0; k < t->source_count && code == CS_OK; k++) {
        code = open_source(t, &t->sources[k]);
        if (code != CS_OK) message_within(t->message, "%s", t->sources[k].path);
    }
    if (code == CS_OK) code = check_formats(t);
    if (code != CS_OK) return code;
    int channels = t->source_count == 2 ? 2 : decoder_format(t->sources[0].decoder)->channels;
    if (!stored) code = waveform_begin(t->intake->keys, t->intake->folder, channels, &t->waveform, t->message);
    if (code == CS_OK) code = listen(t, &heard);
    for (uint32_t k = 0; k < t->source_count && code == CS_OK; k++) code = keep(t, &t->sources[k]);
    for (uint32_t k = 0; k < t->source_count && code == CS_OK; k++) code = check_unchanged(t, &t->sources[k]);
    if (code == CS_OK && heard.report.duration_ms == 0) {
        code = message_set(t->message, CS_ERR_PARSE, "the recording is empty");
        message_remedy(t->message, "perhaps it is still being copied: inspect again when it is complete");
    }
    if (code != CS_OK) return code;
    if (!stored) {
        code = waveform_finish(t->waveform, waveform, t->message);
        t->is_store_broken = code != CS_OK;
        t->waveform = NULL;
    }
    if (t->sound_count) qsort(t->sounds, t->sound_count, sizeof *t->sounds, compare_sounds);
    cs_side_hint hint = hint_of(t);
    if (code == CS_OK) code = hearing_apply(c, &heard, &hint, t->arena, &hearing, t->message);
    if (code == CS_OK) code = fill_row(t, c, &hearing, stored ? stored : waveform, out);
    if (code != CS_OK || !t->intake->desk || !c->is_wordless) return code;
    bool are_known = false;
    if (t->intake->know_words) code = t->intake->know_words(t->intake->knowing, c, out, &are_known, t->message);
    if (code != CS_OK || are_known) {
        t->is_store_broken = code == CS_ERR_STORE;
        return code;
    }
    code = recognise(t, c, &hearing.heard, hearing.sides.participants, out);
    t->is_store_broken = code == CS_ERR_STORE;
    return code;
}

static void close_sources(taking *t) {
    waveform_abort(t->waveform);
    for (uint32_t k = 0; k < t->source_count; k++) {
        decoder_close(t->sources[k].decoder);
        if (t->sources[k].is_open) bytes_close(&t->sources[k].bytes);
    }
    free(t->sources);
}

static cs_error run(taking *t, cs_conversation *c, const char *stored, cs_recording_row *out, cs_taken *taken) {
    cs_error code = take(t, c, stored, out);
    close_sources(t);
    if (code != CS_OK && t->is_store_broken && code != CS_ERR_MEMORY) code = CS_ERR_STORE;
    *taken = t->is_cut ? CS_TAKEN_CUT : CS_TAKEN_WHOLE;
    if (code == CS_OK && t->is_cut) *t->message = t->damage;
    return code;
}

cs_error recording_take_in(const cs_intake *intake, cs_conversation *c, cs_arena *arena, cs_recording_row *out,
                           cs_taken *taken, cs_message *message) {
    taking t = {.intake = intake, .arena = arena, .message = message, .source_count = c->recording_count};
    t.sources = calloc(CS_MAX_RECORDINGS, sizeof *t.sources);
    if (!t.sources) return message_set(message, CS_ERR_MEMORY, "no memory to listen");
    for (uint32_t k = 0; k < t.source_count; k++) t.sources[k].path = c->recordings[k].path;
    return run(&t, c, NULL, out, taken);
}

static void fill_stored(taking *t, const cs_recording_row *stored) {
    for (uint32_t k = 0; k < t->source_count; k++) {
        const cs_recording_part *part = &stored->parts[k];
        t->sources[k].path = part->path;
        t->sources[k].is_stored = true;
        t->sources[k].info = (cs_file_info){.bytes = part->bytes, .modified_ns = part->modified_ns};
        (void)snprintf(t->sources[k].blob, sizeof t->sources[k].blob, "%s", part->blob);
    }
}

cs_error recording_hear_stored(const cs_intake *intake, const cs_recording_row *stored, cs_conversation *c,
                               cs_arena *arena, cs_recording_row *out, cs_taken *taken, cs_message *message) {
    taking t = {.intake = intake, .arena = arena, .message = message, .source_count = stored->part_count};
    t.sources = calloc(CS_MAX_RECORDINGS, sizeof *t.sources);
    if (!t.sources) return message_set(message, CS_ERR_MEMORY, "no memory to listen");
    fill_stored(&t, stored);
    return run(&t, c, stored->waveform, out, taken);
}

/* The channel's sounds were voices of somebody: of whom, the first that is found again tells. */
static uint32_t who_is_on(const cs_conversation *c, const cs_heard *heard, int channel) {
    for (uint32_t i = 0; i < heard->sound_count; i++) {
        const cs_sound *s = &heard->sounds[i];
        if (s->channel != channel || s->kind != CS_SOUND_VOICE) continue;
        for (uint32_t k = 0; k < c->voice_count && c->voices[k].start_ms <= s->start_ms; k++)
            if (c->voices[k].start_ms == s->start_ms && c->voices[k].end_ms == s->end_ms)
                return c->voices[k].participant;
    }
    return CS_NO_PARTICIPANT;
}

static cs_error recognise_again(taking *t, cs_conversation *c, const cs_recording_row *stored) {
    cs_heard heard = {0};
    cs_error code = CS_OK;
    for (uint32_t k = 0; k < t->source_count && code == CS_OK; k++) code = open_source(t, &t->sources[k]);
    if (code == CS_OK) code = check_formats(t);
    if (code == CS_OK) code = listen(t, &heard);
    if (code != CS_OK) return code;
    if (t->sound_count) qsort(t->sounds, t->sound_count, sizeof *t->sounds, compare_sounds);
    const uint32_t participants[2] = {who_is_on(c, &heard, 0), who_is_on(c, &heard, 1)};
    if (participants[0] == CS_NO_PARTICIPANT && participants[1] == CS_NO_PARTICIPANT) return CS_OK; /* nobody speaks */
    return recognise(t, c, &heard, participants, stored);
}

cs_error recording_recognise_stored(const cs_intake *intake, const cs_recording_row *stored, cs_conversation *c,
                                    cs_arena *arena, cs_message *message) {
    taking t = {.intake = intake, .arena = arena, .message = message, .source_count = stored->part_count};
    t.sources = calloc(CS_MAX_RECORDINGS, sizeof *t.sources);
    if (!t.sources) return message_set(message, CS_ERR_MEMORY, "no memory to listen");
    fill_stored(&t, stored);
    cs_error code = recognise_again(&t, c, stored);
    close_sources(&t);
    return code;
}
