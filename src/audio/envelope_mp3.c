/* MP3: where its sound ends, and what the library is to believe of it. Source: ISO 11172-3; the tables of Xing and LAME. */
#include "audio/envelope.h"

#include <string.h>

/* Where an mp3's sound ends: tags of the old kind stand behind it (ID3v1 128 bytes, APE with its length in a foot of 32). */
static int64_t end_of_mp3(const cs_envelope *envelope) {
    unsigned char foot[32];
    int64_t end = envelope->bytes->length;
    for (int i = 0; i < CS_ENVELOPE_MOST_TAGS; i++) {
        if (envelope_bytes_at(envelope, end - 128, foot, 3) && memcmp(foot, "TAG", 3) == 0) {
            end -= 128;
        } else if (envelope_bytes_at(envelope, end - 32, foot, 32) && memcmp(foot, "APETAGEX", 8) == 0) {
            int64_t length = (int64_t)envelope_little(foot + 12, 4) + (foot[23] & 0x80 ? 32 : 0);
            end -= length >= 32 && length < end ? length : 32;
        } else {
            break;
        }
    }
    return end;
}

/* The first frame may hold a table that says how many frames and bytes there are, and how many samples are padding. */
static size_t find_mp3_table(const unsigned char *frame) {
    bool is_first_version = (frame[1] >> 3 & 3) == 3, is_mono = frame[3] >> 6 == 3;
    size_t table = 4 + (size_t)(is_first_version ? (is_mono ? 17 : 32) : (is_mono ? 9 : 17));
    bool is_there = memcmp(frame + table, "Xing", 4) == 0 || memcmp(frame + table, "Info", 4) == 0;
    return is_there && (frame[table + 7] & 1) ? table : 0; /* bit 0: it counts the frames */
}

/* The library ends where it believes the last sample to be. Without a table it judges by the first frame's bit rate, and would
 * leave out the end of what was recorded at a varying rate: so it is told a length that no true one can exceed (320 kbit/s
 * against 8). With a table it ends where that says: but of recordings appended to each other the table knows the first alone,
 * so its name is wiped out. */
cs_error envelope_mp3(cs_envelope *envelope, cs_message *message) {
    enum { MOST_TIMES = 320 / 8, SPARE = 64 * 1024 };
    unsigned char frame[4 + 32 + 16];
    int64_t start = envelope->body_offset;
    envelope->body_length = end_of_mp3(envelope) - start;
    if (envelope->body_length < (int64_t)sizeof frame || !envelope_bytes_at(envelope, start, frame, sizeof frame))
        return envelope_broken(envelope, start, "it ends too early", message);
    size_t table = find_mp3_table(frame);
    uint64_t bytes = table && (frame[table + 7] & 2) ? envelope_big(frame + table + 12, 4) : 0;
    if (table && (uint64_t)envelope->body_length <= bytes + SPARE) return CS_OK;
    if (table) {
        memset(frame + table, 0, 4);
        envelope_put(envelope, frame, table + 4);
        envelope->body_offset += (int64_t)table + 4;
        envelope->body_length -= (int64_t)table + 4;
    }
    envelope->told_length = envelope_length(envelope) * MOST_TIMES + SPARE;
    return CS_OK;
}
