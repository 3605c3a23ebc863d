/* Ogg: the pages around Opus. Source: RFC 3533, RFC 7845. */
#include "audio/envelope.h"

#include <string.h>

/* RFC 3533: of the page with nought in the checksum's place. */
static uint32_t ogg_checksum(const unsigned char *page, size_t length) {
    uint32_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        sum ^= (uint32_t)(i >= 22 && i < 26 ? 0 : page[i]) << 24;
        for (int bit = 0; bit < 8; bit++) sum = sum & 0x80000000U ? sum << 1 ^ 0x04C11DB7U : sum << 1;
    }
    return sum;
}

/* The library passes over a damaged first page, and would then take whatever stands in the second: Vorbis, whose tables may ask
 * for gigabytes, and which leaks when they are cut off. */
cs_error envelope_opus(cs_envelope *envelope, cs_message *message) {
    unsigned char page[27 + 255 + 512];
    if (!envelope_bytes_at(envelope, 0, page, 28)) return envelope_broken(envelope, 0, "it ends too early", message);
    size_t length = 27 + (size_t)page[26];
    bool is_there = envelope_bytes_at(envelope, 0, page, (int64_t)length);
    for (size_t i = 27; is_there && i < 27 + (size_t)page[26]; i++) length += page[i];
    is_there = is_there && length <= sizeof page && envelope_bytes_at(envelope, 0, page, (int64_t)length);
    if (!is_there || ogg_checksum(page, length) != envelope_little(page + 22, 4))
        return envelope_broken(envelope, 0, "its first page is damaged", message);
    envelope->body_length = envelope->bytes->length;
    return CS_OK;
}

bool envelope_is_orderly_ogg(const cs_envelope *envelope) {
    enum { MOST_GRANULES = INT32_MAX - (1 << 24) }; /* of 48,000 a second: twelve hours */
    unsigned char head[27 + 255];
    int64_t at = 0, before = 0;
    while (at < envelope->body_length) { /* at least 27 bytes further each time */
        if (envelope_read(envelope, at, head, sizeof head) < 27 || memcmp(head, "OggS", 4) != 0) return false;
        int64_t length = 27 + head[26];
        uint64_t granule = envelope_little(head + 6, 8);
        for (int i = 27; i < 27 + head[26]; i++) length += head[i];
        at += length;
        if (granule == UINT64_MAX) continue; /* no packet ends on this page */
        if (granule > MOST_GRANULES || (int64_t)granule < before) return false;
        before = (int64_t)granule;
    }
    return true;
}
