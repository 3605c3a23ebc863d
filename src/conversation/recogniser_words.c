/* Where the words of a recogniser stand in the text of the turn. */
#include "base/utf8.h"
#include "conversation/recogniser.h"

#include <string.h>

enum { MOST_MARKS = 32 }; /* between two words */

bool recogniser_is_mark(uint32_t c) {
    if (c < 0x80) return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
    return (c >= 0x80 && c <= 0xbf) || (c >= 0x2000 && c <= 0x206f) || (c >= 0x3000 && c <= 0x303f && c != 0x3005) ||
           (c >= 0xfe10 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff0f) || (c >= 0xff1a && c <= 0xff20) ||
           (c >= 0xff3b && c <= 0xff40) || (c >= 0xff5b && c <= 0xff65) || c == 0x00b7 || c == 0xfeff;
}

bool recogniser_is_ideograph(uint32_t c) {
    return (c >= 0x2e80 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0xff00 && c <= 0xff9f) ||
           (c >= 0x20000 && c <= 0x3ffff);
}

static uint32_t last_of(const char *text, size_t bytes) {
    size_t at = bytes - 1;
    unsigned length;
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80) at--;
    return utf8_decode(text + at, &length);
}

bool recogniser_needs_space(const char *before, size_t before_bytes, const char *next, size_t next_bytes) {
    if (before_bytes == 0 || next_bytes == 0) return false;
    unsigned length;
    uint32_t left = last_of(before, before_bytes), right = utf8_decode(next, &length);
    return !recogniser_is_ideograph(left) && !recogniser_is_ideograph(right);
}

cs_error recogniser_words_begin(const cs_recogniser *r, cs_turn *turn, size_t most, cs_recogniser_words *out) {
    /* No word is empty, so more than there are characters can't be found in the text. */
    uint32_t room = most < turn->text_bytes ? (uint32_t)most : turn->text_bytes;
    *out = (cs_recogniser_words){.r = r, .turn = turn, .room = room};
    out->words = arena_array(r->draft->arena, room, sizeof *out->words);
    return out->words ? CS_OK : recogniser_no_memory(r);
}

void recogniser_word_add(cs_recogniser_words *w, const char *text, size_t bytes, int64_t start_ms, int64_t end_ms,
                         float confidence, bool *added) {
    if (added) *added = false;
    while (bytes > 0 && (unsigned char)*text <= 0x20) text++, bytes--;
    while (bytes > 0 && (unsigned char)text[bytes - 1] <= 0x20) bytes--;
    if (bytes == 0 || w->turn->word_count == w->room) return;
    const char *whole = w->turn->text;
    size_t at = w->at, end = w->turn->text_bytes;
    uint32_t characters = w->characters;
    for (int marks = 0; end - at < bytes || memcmp(whole + at, text, bytes) != 0; marks++) {
        unsigned length;
        if (end - at < bytes || marks == MOST_MARKS || !recogniser_is_mark(utf8_decode(whole + at, &length))) return;
        at += length;
        characters++;
    }
    uint32_t count = (uint32_t)utf8_count(text, bytes);
    if (start_ms == CS_NO_TIME) end_ms = CS_NO_TIME;
    w->words[w->turn->word_count++] = (cs_word){characters, count, start_ms, end_ms, confidence, NULL};
    w->at = at + bytes;
    w->characters = characters + count;
    if (added) *added = true;
}

void recogniser_words_end(cs_recogniser_words *w) {
    double sum = 0;
    uint32_t known = 0;
    for (uint32_t i = 0; i < w->turn->word_count; i++) {
        if (w->words[i].confidence < 0) continue;
        sum += (double)w->words[i].confidence;
        known++;
    }
    w->turn->words = w->words;
    if (w->turn->confidence < 0 && known > 0) w->turn->confidence = (float)(sum / known);
}
