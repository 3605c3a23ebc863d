/* Ogg: the pages around Opus. Source: RFC 3533, RFC 7845. */
#include "audio/envelope.h"

#include <string.h>

enum { PAGE_HEAD = 27, MOST_SEGMENTS = 255, MOST_PAGE = PAGE_HEAD + MOST_SEGMENTS + 255 * 255, MOST_FIRST_PAGE = 400 };

/* RFC 3533: of the page with nought in the checksum's place. */
static uint32_t checksum(const unsigned char *page, size_t length) {
    uint32_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        sum ^= (uint32_t)(i >= 22 && i < 26 ? 0 : page[i]) << 24;
        for (int bit = 0; bit < 8; bit++) sum = sum & 0x80000000U ? sum << 1 ^ 0x04C11DB7U : sum << 1;
    }
    return sum;
}

/* Length of the whole page that begins here, 0 when none does. */
static size_t page_length(const unsigned char *bytes, size_t there) {
    if (there < PAGE_HEAD || memcmp(bytes, "OggS\0", 5) != 0 || there < PAGE_HEAD + (size_t)bytes[26]) return 0;
    size_t length = PAGE_HEAD + (size_t)bytes[26];
    for (size_t i = PAGE_HEAD; i < PAGE_HEAD + (size_t)bytes[26]; i++) length += bytes[i];
    return length <= there && checksum(bytes, length) == envelope_little(bytes + 22, 4) ? length : 0;
}

/* The library passes over a damaged first page, and would then take whatever stands in the second: Vorbis, whose tables may ask
 * for gigabytes, and which leaks when they are cut off. */
cs_error envelope_opus(cs_envelope *envelope, cs_message *message) {
    unsigned char page[MOST_FIRST_PAGE];
    const cs_audio_bytes *bytes = envelope->bytes;
    int64_t got = bytes->read(bytes->context, 0, page, sizeof page);
    if (got < 0) return message_set(message, CS_ERR_IO, "the recording can't be read");
    if (page_length(page, (size_t)got) == 0) return envelope_broken(envelope, 0, "its first page is damaged", message);
    envelope->body_length = envelope->bytes->length;
    return CS_OK;
}

typedef struct place {
    int64_t offset, granule; /* of a page's end: samples of 48,000 a second that came before */
} place;

static bool find_place(const unsigned char *bytes, int64_t got, int64_t offset, place *out) {
    for (int64_t at = 0; at + PAGE_HEAD <= got;) {
        size_t length = bytes[at] == 'O' ? page_length(bytes + at, (size_t)(got - at)) : 0;
        uint64_t granule = length ? envelope_little(bytes + at + 6, 8) : UINT64_MAX;
        if (granule <= INT64_MAX) {
            *out = (place){offset + at + (int64_t)length, (int64_t)granule};
            return true;
        }
        at += length ? (int64_t)length : 1;
    }
    return false;
}

/* The end of the first page at or behind offset that tells a time. */
static bool next_place(const cs_envelope *e, int64_t offset, place *out) {
    enum { USUAL = 16 * 1024 };
    unsigned char bytes[2 * MOST_PAGE]; /* a page may begin at the end of another */
    int64_t got = envelope_read(e, offset, bytes, USUAL);
    if (find_place(bytes, got, offset, out)) return true;
    if (got < USUAL) return false;
    got = envelope_read(e, offset, bytes, sizeof bytes);
    return find_place(bytes, got, offset, out);
}

/* Opus's header with nothing to skip at the beginning, and empty tags: what must stand before any page. */
static void write_heads(const cs_envelope *whole, const unsigned char *first, size_t length, cs_envelope *out) {
    static const unsigned char TAGS[44] = "OggS\0\0\0\0\0\0\0\0\0\0";
    unsigned char head[MOST_FIRST_PAGE], tags[sizeof TAGS];
    *out = (cs_envelope){.bytes = whole->bytes, .container = whole->container};
    memcpy(head, first, length);
    memset(head + PAGE_HEAD + head[26] + 10, 0, 2); /* pre-skip */
    memcpy(tags, TAGS, sizeof tags);
    memcpy(tags + 14, head + 14, 4); /* the stream's number */
    tags[18] = 1; /* second page */
    tags[26] = 1, tags[27] = 16; /* one segment of 16 bytes: no vendor, no comments */
    memcpy(tags + 28, "OpusTags\0\0\0\0\0\0\0\0", 16);
    unsigned char *pages[] = {head, tags};
    size_t lengths[] = {length, sizeof tags};
    for (int i = 0; i < 2; i++) {
        uint32_t sum = checksum(pages[i], lengths[i]);
        for (int b = 0; b < 4; b++) pages[i][22 + b] = (unsigned char)(sum >> (8 * b));
        envelope_put(out, pages[i], lengths[i]);
    }
}

bool envelope_opus_from(const cs_envelope *whole, int64_t sample, cs_envelope *out) {
    /* libopus finds into its stride within 80 ms (RFC 7845), to the last bit within a second (measured); a page has at most 255 packets of 120 ms. */
    enum { STRIDE = 48000, MOST_PAGE_SAMPLES = 255 * 5760, NEAR = 1024 };
    unsigned char first[MOST_FIRST_PAGE];
    int64_t got = envelope_read(whole, 0, first, sizeof first);
    size_t length = got > 0 ? page_length(first, (size_t)got) : 0;
    place low, found;
    if (length < PAGE_HEAD + 19 || !next_place(whole, (int64_t)length, &low)) return false; /* the tags */
    if (!next_place(whole, low.offset, &found)) return false; /* the first sound: a live stream's begins anywhere */
    int64_t begin = found.granule > MOST_PAGE_SAMPLES ? found.granule - MOST_PAGE_SAMPLES : 0;
    int64_t skip = (int64_t)envelope_little(first + PAGE_HEAD + first[26] + 10, 2), target = 0;
    if (__builtin_add_overflow(begin + skip - STRIDE, sample, &target)) return false;
    int64_t high = envelope_length(whole);
    while (high - low.offset > NEAR) { /* halves each time */
        int64_t middle = low.offset + (high - low.offset) / 2;
        if (next_place(whole, middle, &found) && found.granule <= target && found.offset <= high)
            low = found;
        else
            high = middle;
    }
    write_heads(whole, first, length, out);
    out->body_offset = low.offset;
    out->body_length = envelope_length(whole) - low.offset;
    return true;
}
