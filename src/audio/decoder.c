#include "audio/decoder.h"

#include "audio/envelope.h"

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_BYTES = 32 * 1024, BLOCK_FRAMES = 1024, MOST_SEAMS = 1000, MP3_FRAMES = 64 };

struct cs_decoder {
    cs_envelope whole, envelope; /* the recording; what the library has open, perhaps a later part of it */
    SNDFILE *file;
    cs_audio_format format;
    int64_t frame; /* of the next sample read */
    bool is_unreadable; /* the bytes failed, which the library takes for the end */
    cs_error damage; /* CS_OK: none met yet */
    int64_t first_seam; /* the sample at which the library ended too early; INT64_MAX: nowhere yet */
    int64_t least_offset; /* in the file, from where the next such place is passed */
    int64_t silence; /* samples for what was lost there that are still to come */
    bool is_at_seam; /* asked again, libmpg123 would leave out another 1024 bytes, and the time they last */
    int64_t seam_ends[MOST_SEAMS]; /* the sample that is next behind each; 0: not met yet */
    int seams; /* passed since the library was last opened at the beginning */
    float *block; /* BLOCK_FRAMES of all channels, when they are mixed; otherwise NULL */
    int64_t position; /* where the library stands */
    int64_t cache_at, cache_length;
    unsigned char cache[CACHE_BYTES];
};

static sf_count_t stream_length(void *context) {
    const cs_decoder *d = context;
    return envelope_length(&d->envelope);
}

static sf_count_t stream_seek(sf_count_t offset, int whence, void *context) {
    cs_decoder *d = context;
    int64_t length = envelope_length(&d->envelope), to = 0;
    int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? d->position : length;
    if (__builtin_add_overflow(from, offset, &to) || to < 0) return -1;
    d->position = to > length ? length : to;
    return d->position;
}

/* The library reads a few bytes at a time; an encrypted file would decrypt a chunk for each. */
static sf_count_t stream_read(void *out, sf_count_t count, void *context) {
    cs_decoder *d = context;
    int64_t done = 0;
    while (done < count && !d->is_unreadable) {
        int64_t inside = d->position - d->cache_at;
        if (inside < 0 || inside >= d->cache_length) {
            d->cache_at = d->position;
            d->cache_length = envelope_read(&d->envelope, d->position, d->cache, CACHE_BYTES);
            if (d->cache_length < 0) d->is_unreadable = true;
            if (d->cache_length <= 0) break;
            inside = 0;
        }
        int64_t some = d->cache_length - inside < count - done ? d->cache_length - inside : count - done;
        memcpy((char *)out + done, d->cache + inside, (size_t)some);
        d->position += some;
        done += some;
    }
    if (d->is_unreadable) d->cache_length = 0;
    return done;
}

static sf_count_t stream_refuse(const void *bytes, sf_count_t count, void *context) {
    (void)bytes, (void)count, (void)context;
    return 0;
}

static sf_count_t stream_tell(void *context) {
    const cs_decoder *d = context;
    return d->position;
}

static const char *encoding_name(int format) {
    static const struct {
        int subtype;
        const char *name;
    } NAMES[] = {
        {SF_FORMAT_PCM_S8, "pcm 8"},        {SF_FORMAT_PCM_U8, "pcm 8"},      {SF_FORMAT_PCM_16, "pcm 16"},
        {SF_FORMAT_PCM_24, "pcm 24"},       {SF_FORMAT_PCM_32, "pcm 32"},     {SF_FORMAT_FLOAT, "float"},
        {SF_FORMAT_DOUBLE, "double"},       {SF_FORMAT_ULAW, "mu-law"},       {SF_FORMAT_ALAW, "a-law"},
        {SF_FORMAT_IMA_ADPCM, "ima adpcm"}, {SF_FORMAT_MS_ADPCM, "ms adpcm"}, {SF_FORMAT_GSM610, "gsm 6.10"},
        {SF_FORMAT_OPUS, "opus"},           {SF_FORMAT_MPEG_LAYER_I, "mp1"},  {SF_FORMAT_MPEG_LAYER_II, "mp2"},
        {SF_FORMAT_MPEG_LAYER_III, "mp3"},
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if ((format & SF_FORMAT_SUBMASK) == NAMES[i].subtype) return NAMES[i].name;
    return "unknown";
}

/* The library opened anew, at the first sample. False: it refuses. */
static bool open_library(cs_decoder *d, SF_INFO *info) {
    SF_VIRTUAL_IO stream = {stream_length, stream_seek, stream_read, stream_refuse, stream_tell};
    *info = (SF_INFO){0};
    if (d->file) sf_close(d->file);
    d->position = d->cache_length = 0;
    d->is_unreadable = d->is_at_seam = false;
    d->file = sf_open_virtual(&stream, SFM_READ, info, d);
    d->frame = 0;
    return d->file != NULL;
}

static cs_error refuse(const cs_decoder *d, cs_message *message) {
    if (d->is_unreadable) return message_set(message, CS_ERR_IO, "the recording can't be read");
    if (strcmp(d->envelope.container, "wav") == 0)
        return envelope_needs_converter("wav", "an unusual form of its encoding", message);
    message_set(message, CS_ERR_PARSE, "the %s recording can't be decoded from its beginning", d->envelope.container);
    message_remedy(message, "fetch it again from where it was made; it may have been cut off or changed on the way");
    return CS_ERR_PARSE;
}

static cs_error take_format(cs_decoder *d, const SF_INFO *info, cs_message *message) {
    if (info->channels < 1 || info->samplerate < 1) return refuse(d, message);
    cs_error code = envelope_check_size((uint64_t)info->channels, (uint64_t)info->samplerate, message);
    if (code != CS_OK) return code;
    bool is_mixed = info->channels > CS_MOST_CHANNELS;
    bool is_known = info->frames >= 0 && info->frames < CS_NO_FRAMES;
    d->format = (cs_audio_format){.rate_hz = info->samplerate,
                                  .channels = is_mixed ? 1 : info->channels,
                                  .channels_in_file = info->channels,
                                  .frames = is_known ? info->frames : CS_NO_FRAMES};
    if (is_known && d->envelope.told_length)
        d->format.frames = (int64_t)((double)info->frames * envelope_length_truth(&d->envelope));
    const cs_envelope *e = &d->envelope;
    if (is_known && info->frames > 0 && e->missing_bytes > 0 && e->body_length > 0)
        d->format.missing_ms = (int64_t)((double)e->missing_bytes / (double)e->body_length * (double)info->frames /
                                         info->samplerate * 1000);
    bool is_flac = (info->format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC;
    (void)snprintf(d->format.container, sizeof d->format.container, "%s", d->envelope.container);
    (void)snprintf(d->format.encoding, sizeof d->format.encoding, "%s", is_flac ? "flac" : encoding_name(info->format));
    if (!is_mixed) return CS_OK;
    d->block = malloc(sizeof *d->block * BLOCK_FRAMES * (size_t)info->channels);
    return d->block ? CS_OK : message_set(message, CS_ERR_MEMORY, "no memory to decode the recording");
}

cs_error decoder_open(const cs_audio_bytes *bytes, cs_decoder **out, cs_message *message) {
    SF_INFO info;
    cs_decoder *d = calloc(1, sizeof *d);
    if (!d) return message_set(message, CS_ERR_MEMORY, "no memory to decode the recording");
    d->first_seam = INT64_MAX;
    cs_error code = envelope_open(bytes, &d->whole, message);
    d->envelope = d->whole;
    if (code == CS_OK) code = open_library(d, &info) ? take_format(d, &info, message) : refuse(d, message);
    if (code == CS_OK)
        *out = d;
    else
        decoder_close(d);
    return code;
}

const cs_audio_format *decoder_format(const cs_decoder *decoder) {
    return &decoder->format;
}

/* Float files may hold anything; lossy codecs go a little beyond 1. */
static void bound_samples(float *samples, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float s = samples[i];
        s = s >= -1.0F ? s : s < -1.0F ? -1.0F : 0.0F; /* NaN is neither */
        samples[i] = s <= 1.0F ? s : 1.0F;
    }
}

static int64_t read_block(cs_decoder *d, float *out, int64_t frames) {
    int in_file = d->format.channels_in_file;
    if (d->is_at_seam) return 0;
    if (!d->block) {
        /* Where libmpg123 gives up, the library throws away what it has read in that call. */
        bool is_mp3 = strcmp(d->format.container, "mp3") == 0;
        if (is_mp3 && frames > MP3_FRAMES) frames = MP3_FRAMES;
        int64_t got = sf_readf_float(d->file, out, frames);
        if (got > 0) bound_samples(out, (size_t)got * (size_t)in_file);
        d->is_at_seam = is_mp3 && got < frames;
        return got;
    }
    int64_t got = sf_readf_float(d->file, d->block, frames < BLOCK_FRAMES ? frames : BLOCK_FRAMES);
    if (got > 0) bound_samples(d->block, (size_t)got * (size_t)in_file);
    for (int64_t i = 0; i < got; i++) {
        float sum = 0;
        for (int c = 0; c < in_file; c++) sum += d->block[i * in_file + c];
        out[i] = sum / (float)in_file;
    }
    return got;
}

/* libmpg123 gives up when it finds no frame within 1024 bytes, often without a word. A little that is left behind the samples
 * which a table counted is padding. */
static bool may_go_on(const cs_decoder *d, int64_t left) {
    enum { CLEARLY_MORE = 16 * 1024, FEW_FRAMES = 4 * 1152 };
    if (strcmp(d->format.container, "mp3") != 0 || d->is_unreadable || left <= 0) return false;
    return d->envelope.told_length || left > CLEARLY_MORE || d->frame < d->format.frames - FEW_FRAMES;
}

/* Opens the library behind foreign bytes. False: this is the end, or damage. */
static bool pass_seam(cs_decoder *d) {
    SF_INFO info;
    cs_mp3_seam seam;
    cs_envelope part;
    int64_t frame = d->frame, at = d->envelope.body_offset + d->position - d->envelope.head_length;
    bool is_foreign = false;
    if (!may_go_on(d, d->whole.body_offset + d->whole.body_length - at)) return false;
    if (at < d->least_offset) at = d->least_offset;
    while (d->seams < MOST_SEAMS && envelope_mp3_from(&d->whole, at, &part, &seam, &is_foreign)) {
        d->seams++;
        d->envelope = part;
        at = d->least_offset = seam.offset + 1;
        bool is_open = open_library(d, &info);
        d->frame = frame;
        if (d->is_unreadable) return false;
        if (!is_open || info.channels != d->format.channels_in_file || info.samplerate != d->format.rate_hz) continue;
        if (frame < d->first_seam) d->first_seam = frame;
        int64_t *end = &d->seam_ends[d->seams - 1];
        if (*end == 0) *end = frame + seam.lost_frames + MP3_FRAMES; /* so that it is the same however it is read */
        d->silence = *end > frame ? *end - frame : 0;
        return true;
    }
    if (is_foreign || !d->file || d->seams >= MOST_SEAMS) d->damage = CS_ERR_PARSE;
    return false;
}

/* As read_block, and on behind foreign bytes. */
static int64_t read_on(cs_decoder *d, float *out, int64_t frames) {
    for (;;) {
        if (d->silence > 0) {
            int64_t some = d->silence < frames ? d->silence : frames;
            memset(out, 0, sizeof *out * (size_t)some * (size_t)d->format.channels);
            d->silence -= some;
            return some;
        }
        int64_t got = read_block(d, out, frames);
        if (got > 0 || !pass_seam(d)) return got;
    }
}

/* Why nothing more came: the end, or damage, which is remembered. */
static cs_error judge_end(cs_decoder *d) {
    bool is_cut_flac =
        strcmp(d->format.encoding, "flac") == 0 && d->format.frames != CS_NO_FRAMES && d->frame < d->format.frames;
    if (d->is_unreadable)
        d->damage = CS_ERR_IO;
    else if (d->damage != CS_OK)
        return d->damage;
    else if (sf_error(d->file) != SF_ERR_NO_ERROR || is_cut_flac)
        d->damage = CS_ERR_PARSE;
    return d->damage;
}

static cs_error tell_damage(const cs_decoder *d, cs_message *message) {
    bool is_unreadable = d->damage == CS_ERR_IO;
    message_set(message, d->damage, is_unreadable ? "the recording can't be read further" : "the recording is damaged");
    message_place(message, "second %.1f", (double)d->frame / d->format.rate_hz);
    message_remedy(message, "%s",
                   is_unreadable ? "see whether the disk or the network that holds it is well"
                                 : "what stands before is used; fetch it again from where it was made for the rest");
    return d->damage;
}

cs_error decoder_read(cs_decoder *decoder, float *out, uint32_t frames, uint32_t *got, cs_message *message) {
    uint32_t done = 0;
    while (decoder->damage == CS_OK && done < frames) {
        float *to = out + (size_t)done * (size_t)decoder->format.channels;
        int64_t some = read_on(decoder, to, frames - done);
        if (some > 0) {
            done += (uint32_t)some;
            decoder->frame += some;
        } else {
            judge_end(decoder);
            break;
        }
    }
    if (done == 0 && decoder->damage != CS_OK) return tell_damage(decoder, message);
    *got = done;
    return CS_OK;
}

typedef int64_t frame_reader(cs_decoder *d, float *out, int64_t frames);

/* Reads up to the frame, and throws it away. */
static bool drop_until(cs_decoder *d, int64_t frame, frame_reader *read) {
    float dropped[CS_MOST_CHANNELS * BLOCK_FRAMES];
    while (d->frame < frame) {
        int64_t left = frame - d->frame;
        int64_t some = read(d, dropped, left < BLOCK_FRAMES ? left : BLOCK_FRAMES);
        if (some <= 0) return false;
        d->frame += some;
    }
    return true;
}

static bool open_whole(cs_decoder *d) {
    SF_INFO info;
    d->envelope = d->whole;
    d->seams = 0;
    d->silence = d->least_offset = 0;
    return open_library(d, &info) && info.channels == d->format.channels_in_file;
}

static bool walk_to(cs_decoder *d, int64_t frame) {
    return open_whole(d) && drop_until(d, frame, read_on);
}

/* In mp3 the library begins too late when many frames' bits were borrowed from earlier ones (measured: libmpg123 1.31.2). It is
 * sent to a place before all from which may be borrowed: 511 bytes; the smallest frames have 48. */
static int64_t safe_start(const cs_decoder *d, int64_t frame) {
    enum { BORROWED = 16 * 1152 };
    if (strcmp(d->format.container, "mp3") != 0) return frame;
    return frame > BORROWED ? frame - BORROWED : 0;
}

/* The library's own seek in Opus runs for ever where pages tell impossible times (libsndfile 1.2.0, ogg_opus_null_read). So it is
 * opened anew at a page before; how many samples are left from there tells where that is. */
static bool seek_in_opus(cs_decoder *d, int64_t frame) {
    SF_INFO info;
    cs_envelope part;
    int64_t each = 48000 / d->format.rate_hz, before = 0;
    if (d->format.frames == CS_NO_FRAMES || __builtin_mul_overflow(frame, each, &before)) return false;
    if (!envelope_opus_from(&d->whole, before, &part)) return false;
    d->envelope = part;
    if (!open_library(d, &info) || info.channels != d->format.channels_in_file) return false;
    int64_t start = d->format.frames - info.frames, stride = 3840 / each;
    if (info.frames < 0 || start < 0 || start > frame - stride) return false;
    d->frame = start;
    return drop_until(d, frame, read_block);
}

static bool seek_directly(cs_decoder *d, int64_t frame) {
    if (strcmp(d->format.encoding, "opus") == 0) return seek_in_opus(d, frame);
    int64_t from = safe_start(d, frame);
    if (!d->file || sf_seek(d->file, from, SEEK_SET) != from) return false;
    d->frame = from;
    d->is_at_seam = false;
    return drop_until(d, frame, read_block);
}

static cs_error refuse_place(int64_t frame, cs_message *message) {
    return message_set(message, CS_ERR_USAGE, "the recording has no sample %lld", (long long)frame);
}

cs_error decoder_seek(cs_decoder *decoder, int64_t frame, cs_message *message) {
    bool is_estimate = strcmp(decoder->format.container, "mp3") == 0;
    if (frame < 0 || (frame > decoder->format.frames && !is_estimate)) return refuse_place(frame, message);
    decoder->damage = CS_OK;
    decoder->is_unreadable = false;
    bool is_ready = decoder->seams == 0 || open_whole(decoder);
    /* Behind foreign bytes in an mp3 the library miscounts. */
    if (is_ready && frame <= decoder->first_seam && seek_directly(decoder, frame)) return CS_OK;
    /* Once more from the beginning: what the library can't find by itself, or no longer after damage. */
    if (walk_to(decoder, frame)) return CS_OK;
    if (!decoder->file)
        decoder->damage = CS_ERR_PARSE;
    else if (judge_end(decoder) == CS_OK)
        return refuse_place(frame, message);
    return tell_damage(decoder, message);
}

void decoder_close(cs_decoder *decoder) {
    if (!decoder) return;
    if (decoder->file) sf_close(decoder->file);
    free(decoder->block);
    free(decoder);
}
