#include "sound_damage.h"

#include "base/utf8.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

enum { FREQUENT_BYTES = 3755 * 3, MOST_ALIKE = 120, SYLLABLES = 64 * 64 };

typedef struct alike {
    char characters[MOST_ALIKE][3];
    unsigned count;
} alike;

static alike *homophones; /* by syllable */

static unsigned place_of(const char *sound) {
    return ((unsigned char)sound[0] & 0x3FU) << 6 | ((unsigned char)sound[1] & 0x3FU);
}

/* Level 1 is rows 16 to 55 of 94 characters each, less the last five. */
static bool read_frequent(char out[FREQUENT_BYTES]) {
    iconv_t conversion = iconv_open("UTF-8", "GB2312");
    size_t room = FREQUENT_BYTES;
    if (conversion == (iconv_t)-1) return false;
    for (unsigned place = 0; place < 3755 && room > 0; place++) {
        char pair[2] = {(char)(0xB0 + place / 94), (char)(0xA1 + place % 94)}, *in = pair;
        size_t left = sizeof pair;
        if (iconv(conversion, &in, &left, &out, &room) == (size_t)-1) break;
    }
    iconv_close(conversion);
    return room == 0;
}

bool damage_start(void) {
    static char frequent[FREQUENT_BYTES];
    cs_arena *arena = arena_create(1 << 20);
    homophones = calloc(SYLLABLES, sizeof *homophones);
    bool is_ready = arena && homophones && read_frequent(frequent);
    for (size_t i = 0; is_ready && i < FREQUENT_BYTES; i += 3) {
        cs_folded folded;
        cs_sounds sounds;
        arena_reset(arena);
        is_ready = fold_text(frequent + i, 3, arena, &folded) && pinyin_sounds(&folded, arena, &sounds);
        if (!is_ready || sounds.length != 2) continue;
        alike *same = &homophones[place_of(sounds.bytes)];
        if (same->count < MOST_ALIKE) memcpy(same->characters[same->count++], frequent + i, 3);
    }
    arena_free(arena);
    return is_ready;
}

static double next_random(uint64_t *seed) { /* xorshift64* */
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return (double)((*seed * 0x2545F4914F6CDD1DULL) >> 11) / 9007199254740992.0;
}

/* Another character of this sound in place of the three bytes; they stay when there is none. */
static void replace(char *character, const char *sound, uint64_t *seed) {
    const alike *same = &homophones[place_of(sound)];
    unsigned others = 0;
    for (unsigned i = 0; i < same->count; i++) others += memcmp(same->characters[i], character, 3) != 0;
    if (others == 0) return;
    unsigned chosen = (unsigned)(next_random(seed) * others);
    for (unsigned i = 0; i < same->count; i++) {
        if (memcmp(same->characters[i], character, 3) == 0 || chosen-- > 0) continue;
        memcpy(character, same->characters[i], 3);
        return;
    }
}

const char *damage_text(const cs_folded *clean, double share, uint64_t *seed, cs_arena *arena) {
    cs_sounds sounds;
    char *text = arena_copy(arena, clean->text, clean->bytes);
    if (!text || !pinyin_sounds(clean, arena, &sounds)) return NULL;
    for (uint32_t i = 0; i < sounds.length; i++) {
        if ((unsigned char)sounds.bytes[i] < 0x80) continue;
        char *character = text + sounds.origin[i];
        bool is_chinese = (unsigned char)*character >= 0xE3 && (unsigned char)*character <= 0xE9; /* no digit */
        if (is_chinese && next_random(seed) < share) replace(character, sounds.bytes + i, seed);
        i++;
    }
    return text;
}
