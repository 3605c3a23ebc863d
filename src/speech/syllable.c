#include "speech/syllable.h"

#include "base/clock.h"

#include <string.h>

enum {
    LAST_FINAL_MS = 200, /* a final goes on about so long after the model tells it */
    LONGEST_UNIT = 16, /* bytes: "zhuāng" has 7 */
};

/* Vowels with their tone marks, four tones each; ń ň ǹ are 嗯. */
static const struct {
    const char *marked;
    char plain, tone;
} MARKS[] = {
    {"ā", 'a', 1}, {"á", 'a', 2}, {"ǎ", 'a', 3}, {"à", 'a', 4}, {"ē", 'e', 1}, {"é", 'e', 2}, {"ě", 'e', 3},
    {"è", 'e', 4}, {"ī", 'i', 1}, {"í", 'i', 2}, {"ǐ", 'i', 3}, {"ì", 'i', 4}, {"ō", 'o', 1}, {"ó", 'o', 2},
    {"ǒ", 'o', 3}, {"ò", 'o', 4}, {"ū", 'u', 1}, {"ú", 'u', 2}, {"ǔ", 'u', 3}, {"ù", 'u', 4}, {"ǖ", 'v', 1},
    {"ǘ", 'v', 2}, {"ǚ", 'v', 3}, {"ǜ", 'v', 4}, {"ü", 'v', 0}, {"ń", 'n', 2}, {"ň", 'n', 3}, {"ǹ", 'n', 4},
};

typedef enum unit_kind { UNIT_NONE, UNIT_INITIAL, UNIT_FINAL, UNIT_SYLLABLE, UNIT_LETTER } unit_kind;

typedef struct unit_reading {
    unit_kind kind;
    char sound[8];
    int8_t tone;
} unit_reading;

static bool is_vowel(char byte) {
    return strchr("aeiouv", byte) != NULL && byte;
}

uint32_t syllable_initial(const char *sound) {
    if (!sound[0] || is_vowel(sound[0])) return 0;
    return strchr("zcs", sound[0]) && sound[1] == 'h' ? 2 : 1;
}

/* Tone marks off, "v" for ü; false: a byte that no syllable has. */
static bool unit_strip(const char *text, unit_reading *out) {
    size_t length = 0;
    out->tone = 0;
    while (*text) {
        char byte = *text;
        size_t step = 1;
        if (byte >= '1' && byte <= '5' && length && !text[1]) {
            out->tone = (int8_t)(byte - '0');
            break;
        }
        for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS && (byte & 0x80); i++) {
            size_t bytes = strlen(MARKS[i].marked);
            if (strncmp(text, MARKS[i].marked, bytes) != 0) continue;
            byte = MARKS[i].plain;
            if (MARKS[i].tone) out->tone = MARKS[i].tone;
            step = bytes;
            break;
        }
        if (byte < 'a' || byte > 'z' || length + 1 >= sizeof out->sound) return false;
        out->sound[length++] = byte;
        text += step;
    }
    out->sound[length] = 0;
    return length > 0;
}

static unit_reading unit_read(const char *text) {
    unit_reading read = {.kind = UNIT_NONE};
    if (text[0] && !text[1] && ((text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= '0' && text[0] <= '9'))) {
        read.kind = UNIT_LETTER;
        read.sound[0] = text[0];
        return read;
    }
    if (strcmp(text, "○") == 0) return (unit_reading){UNIT_SYLLABLE, "ling", 2};
    if (strlen(text) > LONGEST_UNIT || !unit_strip(text, &read)) return read;
    uint32_t initial = syllable_initial(read.sound);
    if (strcmp(read.sound, "n") == 0 && read.tone) return (unit_reading){UNIT_SYLLABLE, "en", read.tone}; /* 嗯 */
    if (!read.tone && (!initial || read.sound[initial])) read.tone = 5;
    if (!initial)
        read.kind = UNIT_FINAL;
    else
        read.kind = read.sound[initial] ? UNIT_SYLLABLE : UNIT_INITIAL;
    return read;
}

typedef struct making {
    cs_syllable *items;
    uint32_t count;
    bool is_open; /* the last one is an initial that waits for its final */
} making;

static cs_syllable *syllable_begin(making *m, const cs_unit *unit, const unit_reading *read) {
    cs_syllable *syllable = &m->items[m->count++];
    memcpy(syllable->sound, read->sound, sizeof syllable->sound);
    syllable->tone = read->tone;
    syllable->is_letter = read->kind == UNIT_LETTER;
    syllable->start_ms = syllable->end_ms = unit->start_ms;
    syllable->log_probability = unit->log_probability;
    m->is_open = read->kind == UNIT_INITIAL;
    return syllable;
}

static void syllable_join(making *m, const cs_unit *unit, const unit_reading *read) {
    cs_syllable *syllable = &m->items[m->count - 1];
    size_t length = strlen(syllable->sound);
    memcpy(syllable->sound + length, read->sound, strlen(read->sound) + 1); /* an initial has 2, a final at most 4 */
    syllable->tone = read->tone;
    if (unit->start_ms != CS_NO_TIME) syllable->end_ms = unit->start_ms;
    if (unit->log_probability > 0 || syllable->log_probability > 0)
        syllable->log_probability = 1;
    else
        syllable->log_probability += unit->log_probability;
    m->is_open = false;
}

/* As references write them: lue and nue, though ü stays in lv and nv; what only has a name of its own with y or w keeps its
 * half ("ing"), for its initial may have been lost. */
static void syllable_write(cs_syllable *syllable) {
    char *sound = syllable->sound;
    uint32_t initial = syllable_initial(sound);
    if (strcmp(sound + initial, "ve") == 0) sound[initial] = 'u';
    if (initial == 1 && strchr("jqxy", sound[0]) && sound[1] == 'v') sound[1] = 'u';
}

/* A syllable ends where the next begins, at most LAST_FINAL_MS after its final was told. */
static void syllables_end(making *m, const cs_utterance *utterance) {
    for (uint32_t i = 0; i < m->count; i++) {
        cs_syllable *syllable = &m->items[i];
        if (syllable->end_ms == CS_NO_TIME) continue;
        int64_t end = syllable->end_ms + LAST_FINAL_MS;
        int64_t next = i + 1 < m->count ? m->items[i + 1].start_ms : utterance->end_ms;
        if (next != CS_NO_TIME && next >= syllable->start_ms && end > next) end = next;
        syllable->end_ms = end;
    }
}

cs_error syllables_of(const cs_utterance *utterance, cs_arena *arena, cs_syllable **out, uint32_t *count,
                      cs_message *message) {
    if (utterance->unit_count > CS_MAX_UNITS)
        return message_set(message, CS_ERR_LIMIT, "an utterance of %u units is too long: %d at most",
                           utterance->unit_count, CS_MAX_UNITS);
    making m = {arena_array(arena, utterance->unit_count + 1, sizeof *m.items), 0, false};
    if (!m.items) return message_set(message, CS_ERR_MEMORY, "no memory for %u syllables", utterance->unit_count);
    for (uint32_t i = 0; i < utterance->unit_count; i++) {
        const cs_unit *unit = &utterance->units[i];
        unit_reading read = unit_read(unit->text ? unit->text : "");
        if (read.kind == UNIT_NONE) continue;
        bool fits = read.kind == UNIT_FINAL && m.is_open &&
                    strlen(m.items[m.count - 1].sound) + strlen(read.sound) < sizeof m.items->sound;
        if (fits)
            syllable_join(&m, unit, &read);
        else
            syllable_begin(&m, unit, &read);
    }
    for (uint32_t i = 0; i < m.count; i++) syllable_write(&m.items[i]);
    syllables_end(&m, utterance);
    *out = m.items;
    *count = m.count;
    return CS_OK;
}
