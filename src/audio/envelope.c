#include "audio/envelope.h"

#include "audio/decoder.h"
#include "audio/sniff.h"

#include <string.h>

enum { STREAMINFO_BYTES = 34, PLACEHOLDER_BYTES = 0x7F000000 };

bool envelope_bytes_at(const cs_envelope *envelope, int64_t offset, void *out, int64_t length) {
    const cs_audio_bytes *bytes = envelope->bytes;
    return offset >= 0 && bytes->read(bytes->context, offset, out, length) == length;
}

void envelope_put(cs_envelope *envelope, const void *bytes, size_t length) {
    if (length > CS_ENVELOPE_HEAD_BYTES - envelope->head_length) return; /* callers put less than 400 bytes */
    memcpy(envelope->head + envelope->head_length, bytes, length);
    envelope->head_length += (uint32_t)length;
}

void envelope_put_big(cs_envelope *envelope, uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--) {
        unsigned char byte = (unsigned char)(value >> (8 * i));
        envelope_put(envelope, &byte, 1);
    }
}

void envelope_put_little(cs_envelope *envelope, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; i++) {
        unsigned char byte = (unsigned char)(value >> (8 * i));
        envelope_put(envelope, &byte, 1);
    }
}

uint64_t envelope_big(const unsigned char *bytes, int count) {
    uint64_t value = 0;
    for (int i = 0; i < count; i++) value = value << 8 | bytes[i];
    return value;
}

uint64_t envelope_little(const unsigned char *bytes, int count) {
    uint64_t value = 0;
    for (int i = count - 1; i >= 0; i--) value = value << 8 | bytes[i];
    return value;
}

cs_error envelope_broken(const cs_envelope *envelope, int64_t offset, const char *reason, cs_message *message) {
    message_set(message, CS_ERR_PARSE, "the %s recording's header is broken: %s", envelope->container, reason);
    message_place(message, "byte %lld", (long long)offset);
    message_remedy(message, "fetch the recording again from where it was made; it may have been cut off on the way");
    return CS_ERR_PARSE;
}

cs_error envelope_needs_converter(const char *container, const char *codec, cs_message *message) {
    if (*codec)
        message_set(message, CS_ERR_NOT_FOUND, "the %s recording holds %s: it needs the converter", container, codec);
    else
        message_set(message, CS_ERR_NOT_FOUND, "the recording is %s: it needs the converter", container);
    message_remedy(message,
                   "install ffmpeg (Debian: apt install ffmpeg); such recordings are then converted as they come");
    return CS_ERR_NOT_FOUND;
}

cs_error envelope_check_size(uint64_t channels, uint64_t rate_hz, cs_message *message) {
    if (channels > CS_MOST_CHANNELS_IN_FILE)
        return message_set(message, CS_ERR_LIMIT, "the recording has %llu channels; at most %d are mixed",
                           (unsigned long long)channels, (int)CS_MOST_CHANNELS_IN_FILE);
    if (rate_hz < CS_LEAST_RATE_HZ || rate_hz > CS_MOST_RATE_HZ)
        return message_set(message, CS_ERR_LIMIT, "the recording has %llu samples a second; %d to %d are read",
                           (unsigned long long)rate_hz, (int)CS_LEAST_RATE_HZ, (int)CS_MOST_RATE_HZ);
    return CS_OK;
}

/* Is what follows a length of nought really another chunk? Then the recording is empty; otherwise it was never closed. */
static bool is_chunk_at(const cs_envelope *envelope, int64_t offset) {
    unsigned char chunk[4];
    if (!envelope_bytes_at(envelope, offset, chunk, 4)) return false;
    for (int i = 0; i < 4; i++)
        if (!((chunk[i] >= 'a' && chunk[i] <= 'z') || (chunk[i] >= 'A' && chunk[i] <= 'Z') || chunk[i] == ' ' ||
              (chunk[i] >= '0' && chunk[i] <= '9' && i == 3)))
            return false;
    return true;
}

void envelope_set_body(cs_envelope *envelope, int64_t offset, uint64_t declared) {
    uint64_t there = envelope->bytes->length > offset ? (uint64_t)(envelope->bytes->length - offset) : 0;
    bool is_never_closed = declared == 0 && !is_chunk_at(envelope, offset);
    /* More than 4 GB in a container whose length has 32 bits: the length overran. */
    bool is_overrun = declared < there && there - declared > UINT32_MAX;
    envelope->body_offset = offset;
    envelope->body_length = (int64_t)(is_never_closed || is_overrun || declared > there ? there : declared);
    /* Who writes into a pipe, or was killed, leaves the largest number there is. */
    envelope->missing_bytes = declared > there && declared < PLACEHOLDER_BYTES ? (int64_t)(declared - there) : 0;
}

/* The decoder of FLAC needs STREAMINFO alone; tags and pictures of any size are passed over. */
static cs_error open_flac(cs_envelope *envelope, cs_message *message) {
    unsigned char block[4 + STREAMINFO_BYTES];
    int64_t at = envelope->body_offset + 4;
    for (int i = 0; i < CS_ENVELOPE_MOST_CHUNKS; i++) {
        unsigned char head[4];
        if (!envelope_bytes_at(envelope, at, head, 4))
            return envelope_broken(envelope, at, "it ends too early", message);
        int64_t length = (int64_t)envelope_big(head + 1, 3);
        if (i == 0 && ((head[0] & 0x7F) != 0 || length != STREAMINFO_BYTES ||
                       !envelope_bytes_at(envelope, at, block, sizeof block)))
            return envelope_broken(envelope, at, "the part that says how it was recorded (STREAMINFO) is missing",
                                   message);
        at += 4 + length;
        if (!(head[0] & 0x80)) continue;
        block[0] = 0x80; /* now the last one */
        envelope_put(envelope, "fLaC", 4);
        envelope_put(envelope, block, sizeof block);
        envelope->body_offset = at;
        envelope->body_length = envelope->bytes->length > at ? envelope->bytes->length - at : 0;
        return CS_OK;
    }
    return envelope_broken(envelope, at, "it has thousands of blocks", message);
}

static const char *au_foreign_codec(uint64_t encoding) {
    switch (encoding) {
    case 1: /* mu-law */
    case 2: /* PCM of 8, 16, 24, 32 bits */
    case 3:
    case 4:
    case 5:
    case 6: /* float, double */
    case 7:
    case 27: /* A-law */ return NULL;
    case 23: return "G.721";
    case 24: return "G.722";
    case 25:
    case 26: return "G.723";
    default: return "an unusual encoding";
    }
}

static cs_error open_au(cs_envelope *envelope, cs_message *message) {
    unsigned char head[24];
    if (!envelope_bytes_at(envelope, 0, head, sizeof head))
        return envelope_broken(envelope, 0, "it ends too early", message);
    uint64_t offset = envelope_big(head + 4, 4), length = envelope_big(head + 8, 4);
    const char *codec = au_foreign_codec(envelope_big(head + 12, 4));
    if (codec) return envelope_needs_converter("au", codec, message);
    if (offset < sizeof head || offset > (uint64_t)envelope->bytes->length)
        return envelope_broken(envelope, 4, "the sound would begin outside the file", message);
    envelope_set_body(envelope, (int64_t)offset, length);
    uint64_t told = envelope->body_length > (int64_t)UINT32_MAX - 1 ? UINT32_MAX : (uint64_t)envelope->body_length;
    envelope_put(envelope, ".snd", 4);
    envelope_put_big(envelope, sizeof head, 4);
    envelope_put_big(envelope, told, 4);
    envelope_put(envelope, head + 12, 12);
    return CS_OK;
}

/* Behind the tags that some programs put before anything (ID3v2: a picture may have megabytes). */
static int64_t skip_tags(const cs_envelope *envelope) {
    int64_t at = 0;
    for (int i = 0; i < CS_ENVELOPE_MOST_TAGS; i++) {
        unsigned char tag[10];
        if (!envelope_bytes_at(envelope, at, tag, sizeof tag) || memcmp(tag, "ID3", 3) != 0 || tag[3] > 4) break;
        int64_t size = (int64_t)(tag[6] & 0x7F) << 21 | (tag[7] & 0x7F) << 14 | (tag[8] & 0x7F) << 7 | (tag[9] & 0x7F);
        at += 10 + size + (tag[5] & 0x10 ? 10 : 0);
    }
    return at;
}

static cs_error refuse(cs_message *message) {
    message_set(message, CS_ERR_PARSE, "this is no recording of a kind that is known");
    message_remedy(message,
                   "recordings are wav, mp3, ogg, opus, flac, aiff, au, caf, and with ffmpeg amr, m4a, wma and video");
    return CS_ERR_PARSE;
}

static const struct {
    const char *container;
    cs_error (*open)(cs_envelope *envelope, cs_message *message); /* body_offset: behind the tags */
    bool may_be_tagged;
} OPENERS[] = {
    {"wav", envelope_riff, false}, {"mp3", envelope_mp3, true},     {"ogg", envelope_opus, false},
    {"flac", open_flac, true},     {"w64", envelope_wave64, false}, {"aiff", envelope_aiff, false},
    {"au", open_au, false},        {"caf", envelope_caf, false},
};

cs_error envelope_open(const cs_audio_bytes *bytes, cs_envelope *out, cs_message *message) {
    unsigned char first[CS_SNIFF_BYTES];
    cs_envelope e = {.bytes = bytes};
    e.body_offset = skip_tags(&e);
    int64_t got = bytes->read(bytes->context, e.body_offset, first, sizeof first);
    if (got < 0) return message_set(message, CS_ERR_IO, "the recording can't be read");
    cs_audio_kind kind = sniff_audio(first, (size_t)got, &e.container);
    if (kind == CS_AUDIO_NONE) return refuse(message);
    if (kind == CS_AUDIO_CONVERTED) {
        bool is_ogg = strcmp(e.container, "ogg") == 0;
        return envelope_needs_converter(e.container, is_ogg ? "something else than Opus" : "", message);
    }
    for (size_t i = 0; i < sizeof OPENERS / sizeof *OPENERS; i++) {
        if (strcmp(e.container, OPENERS[i].container) != 0) continue;
        if (e.body_offset > 0 && !OPENERS[i].may_be_tagged) break;
        cs_error code = OPENERS[i].open(&e, message);
        if (code == CS_OK) *out = e;
        return code;
    }
    return refuse(message);
}

static int64_t true_length(const cs_envelope *envelope) {
    return envelope->head_length + envelope->body_length;
}

int64_t envelope_length(const cs_envelope *envelope) {
    return envelope->told_length ? envelope->told_length : true_length(envelope);
}

double envelope_length_truth(const cs_envelope *envelope) {
    return envelope->told_length ? (double)true_length(envelope) / (double)envelope->told_length : 1;
}

static int64_t read_body(const cs_envelope *envelope, int64_t at, void *out, int64_t most) {
    const cs_audio_bytes *bytes = envelope->bytes;
    int64_t left = envelope->body_length - at;
    if (left > most) left = most;
    return left > 0 ? bytes->read(bytes->context, envelope->body_offset + at, out, left) : 0;
}

int64_t envelope_read(const cs_envelope *envelope, int64_t offset, void *out, int64_t most) {
    enum { TAG = 128 };
    char *to = out;
    int64_t done = 0;
    if (offset < 0 || most < 0) return -1;
    if (envelope->told_length &&
        offset >= envelope->told_length - TAG) { /* the library looks for a tag at the end it knows */
        int64_t left = envelope->told_length - offset;
        done = left < 0 ? 0 : left < most ? left : most;
        memset(to, 0, (size_t)done);
        return done;
    }
    if (offset < envelope->head_length) {
        done = envelope->head_length - offset < most ? envelope->head_length - offset : most;
        memcpy(to, envelope->head + offset, (size_t)done);
    }
    int64_t got = read_body(envelope, offset + done - envelope->head_length, to + done, most - done);
    return got < 0 ? -1 : done + got;
}
