#include "quality/archive_place.h"

#include "base/hash.h"

#include <stdio.h>
#include <string.h>

enum { PLACE_VERSION = 3, CHECKED_BYTES = 29, HAS_NO_SCORE = 1, HAS_NO_TIME = 2, IS_EXACT = 4, ALL_FLAGS = 7 };

static void put64(unsigned char *out, int64_t value) {
    for (unsigned i = 0; i < 8; i++) out[i] = (unsigned char)((uint64_t)value >> (8 * i));
}

static int64_t get64(const unsigned char *in) {
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; i++) value |= (uint64_t)in[i] << (8 * i);
    return (int64_t)value;
}

/* version, sorting, flags, score (two bytes), time, number, total, four bytes of a hash of these: a cursor that was cut or edited is noticed. */
void place_encode(const cs_place *place, unsigned sort, char out[PLACE_CHARS + 1]) {
    unsigned flags = (place->has_no_score ? HAS_NO_SCORE : 0) | (place->has_no_time ? HAS_NO_TIME : 0) |
                     (place->is_exact ? IS_EXACT : 0);
    unsigned char bytes[PLACE_BYTES] = {PLACE_VERSION, (unsigned char)sort, (unsigned char)flags,
                                        (unsigned char)(place->score & 0xff),
                                        (unsigned char)(place->score >> 8 & 0xff)};
    put64(bytes + 5, place->started_ms);
    put64(bytes + 13, place->seq);
    put64(bytes + 21, place->total);
    cs_hash check = hash_bytes(bytes, CHECKED_BYTES);
    memcpy(bytes + CHECKED_BYTES, check.bytes, 4);
    for (unsigned i = 0; i < PLACE_BYTES; i++) (void)snprintf(out + 2 * (size_t)i, 3, "%02x", bytes[i]);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool place_decode(const char *text, unsigned sort, cs_place *out) {
    unsigned char bytes[PLACE_BYTES];
    if (strlen(text) != PLACE_CHARS) return false;
    for (unsigned i = 0; i < PLACE_BYTES; i++) {
        int high = hex_digit(text[2 * (size_t)i]), low = hex_digit(text[2 * (size_t)i + 1]);
        if (high < 0 || low < 0) return false;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    cs_hash check = hash_bytes(bytes, CHECKED_BYTES);
    if (memcmp(bytes + CHECKED_BYTES, check.bytes, 4) != 0 || bytes[0] != PLACE_VERSION || bytes[1] != sort ||
        bytes[2] > ALL_FLAGS)
        return false;
    *out = (cs_place){.is_set = true,
                      .has_no_score = (bytes[2] & HAS_NO_SCORE) != 0,
                      .has_no_time = (bytes[2] & HAS_NO_TIME) != 0,
                      .score = bytes[3] | bytes[4] << 8,
                      .started_ms = get64(bytes + 5),
                      .seq = get64(bytes + 13),
                      .total = get64(bytes + 21),
                      .is_exact = (bytes[2] & IS_EXACT) != 0};
    return true;
}

cs_place place_of(cs_stmt *stmt, int column) {
    return (cs_place){.is_set = true,
                      .has_no_score = db_is_null(stmt, column),
                      .has_no_time = db_is_null(stmt, column + 1),
                      .score = (int)db_int64(stmt, column),
                      .started_ms = db_int64(stmt, column + 1),
                      .seq = db_int64(stmt, column + 2)};
}

int place_order(const cs_place *a, const cs_place *b, bool is_descending) {
    int direction = is_descending ? -1 : 1;
    if (a->has_no_score != b->has_no_score) return a->has_no_score ? 1 : -1;
    if (a->score != b->score) return a->score > b->score ? direction : -direction;
    if (a->has_no_time != b->has_no_time) return a->has_no_time ? 1 : -1;
    if (a->started_ms != b->started_ms) return a->started_ms > b->started_ms ? direction : -direction;
    return a->seq == b->seq ? 0 : a->seq > b->seq ? direction : -direction;
}
