#include "speech/phrase.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "speech/phrase_units.h"
#include "speech/speller.h"
#include "speech/word_ties.h"

#include <stdio.h>
#include <string.h>

enum {
    LAST_UNIT_MS = 300, /* what the last unit of a word lasts at most: models tell beginnings only */
    LONGEST_SOUNDS = 390, /* bytes: below CS_MAX_SOUNDS_BYTES */
};

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for a phrase");
}

/* ---- of units that are letters, pieces of words, characters ---- */

typedef struct phrase_reading {
    const cs_utterance *u;
    const cs_phrase_making *making;
    cs_unit_text text;
    uint32_t unit; /* the first that may belong to the next word */
} phrase_reading;

static int64_t unit_start(const cs_utterance *u, uint32_t index) {
    int64_t start = u->units[index].start_ms;
    if (start == CS_NO_TIME) return CS_NO_TIME;
    return start < u->start_ms ? u->start_ms : start > u->end_ms ? u->end_ms : start;
}

/* Of the units that wrote text[from..to): their times and what the model thinks of them. */
static void read_units(phrase_reading *r, uint32_t from, uint32_t to, cs_heard_word *word) {
    const cs_utterance *u = r->u;
    cs_word_signs signs = {.mean = 0, .least = 0, .margin = -1};
    uint32_t count = 0, last = UINT32_MAX;
    bool is_known = true;
    while (r->unit < u->unit_count && r->text.to[r->unit] <= from) r->unit++;
    for (uint32_t i = r->unit; i < u->unit_count && r->text.from[i] < to; i++) {
        if (r->text.to[i] == r->text.from[i]) continue;
        float one = u->units[i].log_probability;
        is_known = is_known && one <= 0;
        signs.mean += one;
        if (one < signs.least) signs.least = one;
        if (count++ == 0) word->start_ms = unit_start(u, i);
        last = i;
    }
    signs.mean = count && is_known ? signs.mean / (float)count : 1;
    word->signs = signs;
    word->confidence = confidence_of(r->making->calibration, &signs);
    if (last == UINT32_MAX || word->start_ms == CS_NO_TIME) return;
    int64_t end = unit_start(u, last), next = last + 1 < u->unit_count ? unit_start(u, last + 1) : u->end_ms;
    end = end == CS_NO_TIME ? word->start_ms : end + LAST_UNIT_MS;
    if (next != CS_NO_TIME && end > next) end = next;
    word->end_ms = end > u->end_ms ? u->end_ms : end;
    if (word->end_ms < word->start_ms) word->end_ms = word->start_ms;
}

/* Words of which the model tells no time share the time between those of which it does. */
static void share_times(const cs_utterance *u, cs_heard_word *words, uint32_t count) {
    for (uint32_t i = 0; i < count;) {
        uint32_t next = i;
        while (next < count && words[next].start_ms == CS_NO_TIME) next++;
        int64_t from = i > 0 ? words[i - 1].end_ms : u->start_ms;
        int64_t to = next < count ? words[next].start_ms : u->end_ms;
        if (to < from) to = from;
        for (uint32_t k = i; k < next; k++) {
            words[k].start_ms = from + (to - from) * (int64_t)(k - i) / (int64_t)(next - i);
            words[k].end_ms = from + (to - from) * (int64_t)(k - i + 1) / (int64_t)(next - i);
        }
        i = next + 1;
    }
}

/* Marks between two words, blanks left out; NULL: none. */
static bool read_mark(const cs_unit_text *t, uint32_t from, uint32_t to, cs_arena *arena, const char **out) {
    char marks[16];
    size_t length = 0;
    unsigned bytes;
    for (uint32_t at = from; at < to; at += bytes) {
        (void)utf8_decode(t->text + at, &bytes);
        if ((unsigned char)t->text[at] <= 0x20 || length + bytes >= sizeof marks) continue;
        memcpy(marks + length, t->text + at, bytes);
        length += bytes;
    }
    if (length == 0) return true;
    *out = arena_copy(arena, marks, length);
    return *out != NULL;
}

static bool is_joined_to(const cs_unit_text *t, uint32_t before_to, uint32_t from) {
    unsigned length;
    if (before_to == 0 || is_wide_script(utf8_decode(t->text + from, &length))) return true;
    uint32_t at = before_to - 1;
    while (at > 0 && ((unsigned char)t->text[at] & 0xc0) == 0x80) at--;
    return is_wide_script(utf8_decode(t->text + at, &length));
}

static cs_error make_of_units(const cs_utterance *u, const cs_phrase_making *making, cs_arena *arena, cs_phrase *out,
                              cs_message *message) {
    phrase_reading r = {.u = u, .making = making};
    if (!unit_text_make(u, arena, &r.text)) return no_memory(message);
    uint32_t at = 0, from, to, before_to = 0, count = 0;
    while (word_next(&r.text, &at, &from, &to)) count++;
    cs_heard_word *words = arena_array(arena, (size_t)count + 1, sizeof *words);
    if (!words) return no_memory(message);
    at = 0;
    for (uint32_t i = 0; i < count && word_next(&r.text, &at, &from, &to); i++) {
        words[i] = (cs_heard_word){.start_ms = CS_NO_TIME, .end_ms = CS_NO_TIME, .confidence = -1};
        words[i].text = arena_copy(arena, r.text.text + from, to - from);
        words[i].is_joined = i > 0 && is_joined_to(&r.text, before_to, from);
        if (!words[i].text || (i > 0 && !read_mark(&r.text, before_to, from, arena, &words[i - 1].mark)))
            return no_memory(message);
        read_units(&r, from, to, &words[i]);
        before_to = to;
    }
    if (count && !read_mark(&r.text, before_to, r.text.bytes, arena, &words[count - 1].mark)) return no_memory(message);
    share_times(u, words, count);
    ties_mark(making->ties, words, count);
    out->words = words;
    out->word_count = count;
    return CS_OK;
}

/* ---- of syllables ---- */

static const char *sounds_of(const cs_syllable *syllables, uint32_t count, cs_arena *arena) {
    char text[LONGEST_SOUNDS + 16];
    size_t length = 0;
    for (uint32_t i = 0; i < count && length < LONGEST_SOUNDS; i++) {
        const cs_syllable *s = &syllables[i];
        const char *blank = i ? " " : "";
        int wrote = s->is_letter ? snprintf(text + length, sizeof text - length, "%s%s", blank, s->sound)
                                 : snprintf(text + length, sizeof text - length, "%s%s%d", blank, s->sound, s->tone);
        length += wrote > 0 ? (size_t)wrote : 0;
    }
    return arena_copy(arena, text, length);
}

/* Of the syllables of a word: a syllable as the units it has, on the average. */
static cs_word_signs signs_of(const cs_syllable *syllables, uint32_t count, float margin) {
    cs_word_signs signs = {.mean = 0, .least = 0, .margin = margin};
    bool is_known = count > 0;
    for (uint32_t i = 0; i < count; i++) {
        float one = syllables[i].log_probability;
        is_known = is_known && one <= 0;
        signs.mean += one;
        if (one < signs.least) signs.least = one;
    }
    signs.mean = is_known ? signs.mean / (float)count : 1;
    return signs;
}

static bool make_word(const cs_syllable *syllables, uint32_t count, const char *text, float margin,
                      const cs_phrase_making *making, cs_arena *arena, cs_heard_word *out) {
    cs_word_signs signs = signs_of(syllables, count, margin);
    *out = (cs_heard_word){.text = text, .start_ms = syllables[0].start_ms, .end_ms = syllables[count - 1].end_ms};
    out->sounds = sounds_of(syllables, count, arena);
    out->signs = signs;
    out->confidence = confidence_of(making->calibration, &signs);
    if (out->end_ms == CS_NO_TIME || out->end_ms < out->start_ms) out->end_ms = out->start_ms;
    return out->text && out->sounds;
}

/* Latin letters and sounds without a character stand apart from each other, not from characters. */
static bool is_wide(const char *text) {
    unsigned length;
    return *text && is_wide_script(utf8_decode(text, &length));
}

static cs_error spell(const cs_utterance *u, const cs_phrase_making *making, const cs_syllable *syllables,
                      uint32_t count, cs_arena *arena, cs_phrase *out, cs_message *message) {
    cs_spelt_word *spelt = NULL;
    uint32_t spelt_count = 0;
    cs_error code = speller_spell(making->speller, syllables, count, arena, &spelt, &spelt_count, message);
    if (code != CS_OK) return code;
    cs_heard_word *words = arena_array(arena, (size_t)spelt_count + 1, sizeof *words);
    if (!words) return no_memory(message);
    for (uint32_t i = 0; i < spelt_count; i++) {
        const cs_spelt_word *s = &spelt[i];
        if (!make_word(&syllables[s->first], s->count, s->text, s->margin, making, arena, &words[i]))
            return no_memory(message);
        words[i].reading = s->reading;
        words[i].is_joined = i > 0 && (is_wide(s->text) || is_wide(spelt[i - 1].text));
    }
    share_times(u, words, spelt_count);
    ties_mark(making->ties, words, spelt_count);
    out->words = words;
    out->word_count = spelt_count;
    return CS_OK;
}

static cs_error make_of_syllables(const cs_utterance *u, const cs_phrase_making *making, cs_arena *arena,
                                  cs_phrase *out, cs_message *message) {
    cs_syllable *syllables = NULL;
    uint32_t count = 0;
    cs_error code = syllables_of(u, arena, &syllables, &count, message);
    if (code != CS_OK) return code;
    if (making->speller) {
        code = spell(u, making, syllables, count, arena, out, message);
    } else {
        cs_heard_word *words = arena_array(arena, (size_t)count + 1, sizeof *words);
        if (!words) return no_memory(message);
        for (uint32_t i = 0; i < count; i++)
            if (!make_word(&syllables[i], 1, arena_string(arena, syllables[i].sound), -1, making, arena, &words[i]))
                return no_memory(message);
        share_times(u, words, count);
        out->words = words;
        out->word_count = count;
    }
    return code;
}

cs_error phrase_make(const cs_utterance *utterance, const cs_phrase_making *making, cs_arena *arena, cs_phrase **out,
                     cs_message *message) {
    cs_phrase *p = arena_alloc(arena, sizeof *p);
    if (!p) return no_memory(message);
    if (utterance->unit_count > CS_MAX_UNITS)
        return message_set(message, CS_ERR_LIMIT, "an utterance has %u units; at most %d are read",
                           utterance->unit_count, CS_MAX_UNITS);
    *p = (cs_phrase){.side = making->side, .start_ms = utterance->start_ms, .end_ms = utterance->end_ms};
    p->language = arena_string(arena, utterance->language);
    p->emotion = arena_string(arena, utterance->emotion);
    p->event = arena_string(arena, utterance->event);
    cs_error code = making->is_phonetic ? make_of_syllables(utterance, making, arena, p, message)
                                        : make_of_units(utterance, making, arena, p, message);
    if (code == CS_OK) *out = p;
    return code;
}
