/* Pinyin as it is written here and there, in the one form that is compared. */
#include "base/buffer.h"
#include "base/utf8.h"
#include "speech/evaluation_text.h"
#include "text/pinyin.h"

#include <string.h>
#include <utf8proc.h>

enum { LONGEST_SYLLABLE = 15, DIAERESIS = 0x0308 };

static cs_error no_memory(cs_message *message) {
    return message_set(message, CS_ERR_MEMORY, "no memory for the syllables of a text");
}

/* lue is lüe, and behind j, q, x, y nobody writes the dots. */
static void settle(char *syllable) {
    size_t length = strlen(syllable);
    bool is_dotless = length > 1 && strchr("jqxy", syllable[0]);
    for (char *c = syllable; *c; c++)
        if (*c == 'v' && is_dotless) *c = 'u';
    if (length == 3 && strchr("ln", syllable[0]) && strcmp(syllable + 1, "ue") == 0) syllable[1] = 'v';
}

static bool put(cs_evaluated_units *out, uint32_t *room, const char *syllable, cs_arena *arena) {
    if (!*syllable) return true;
    char *kept = arena_string(arena, syllable);
    if (!kept || !arena_room(arena, (void **)&out->texts, room, out->count, sizeof *out->texts)) return false;
    settle(kept);
    out->texts[out->count++] = kept;
    return true;
}

/* The letter without its tone; 0: no letter. A tone that follows its letter by itself is *mark. */
static char letter_of(uint32_t c, uint32_t *mark) {
    utf8proc_int32_t parts[8] = {0};
    int kind = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)c, parts, 8, UTF8PROC_DECOMPOSE, &kind);
    char letter = 0;
    *mark = 0;
    for (utf8proc_ssize_t i = 0; i < count && i < 8; i++) {
        uint32_t part = (uint32_t)parts[i];
        if (part >= 'A' && part <= 'Z') part += 'a' - 'A';
        if (part >= 'a' && part <= 'z') letter = (char)part;
        if (part >= 0x0300 && part <= 0x036F && *mark != DIAERESIS) *mark = part;
    }
    return letter;
}

cs_error evaluation_syllables(const char *pinyin, cs_arena *arena, cs_evaluated_units *out, cs_message *message) {
    char syllable[LONGEST_SYLLABLE + 1];
    size_t length = 0;
    uint32_t room = 0, mark;
    unsigned bytes;
    *out = (cs_evaluated_units){0};
    for (const char *at = pinyin;; at += bytes) {
        uint32_t c = *at ? utf8_decode(at, &bytes) : 0;
        char letter = c ? letter_of(c, &mark) : 0;
        bool has_dots = length && syllable[length - 1] == 'u' && (c == ':' || (c && !letter && mark == DIAERESIS));
        if (has_dots) {
            syllable[length - 1] = 'v';
        } else if (letter && length < LONGEST_SYLLABLE) {
            syllable[length++] = letter == 'u' && mark == DIAERESIS ? 'v' : letter;
        } else if (!letter && (!c || !mark)) { /* a blank, a tone's digit, punctuation */
            syllable[length] = '\0';
            if (!put(out, &room, syllable, arena)) return no_memory(message);
            length = 0;
        }
        if (!c) return CS_OK;
    }
}

cs_error evaluation_reading(const cs_evaluated_units *units, cs_arena *arena, cs_evaluated_units *out,
                            cs_message *message) {
    cs_buffer text;
    cs_folded folded;
    cs_sounds sounds;
    uint32_t room = 0;
    *out = (cs_evaluated_units){0};
    buffer_init(&text, 4 * (size_t)CS_MAX_EVALUATED_BYTES);
    for (uint32_t i = 0; i < units->count; i++)
        buffer_text(&text, (signed char)*units->texts[i] < 0 ? units->texts[i] : ",");
    bool is_ok = !text.is_failed && fold_text(buffer_string(&text), text.length, arena, &folded) &&
                 pinyin_sounds(&folded, arena, &sounds);
    for (uint32_t i = 0; is_ok && i + 1 < sounds.length; i++) {
        const char *syllable = (unsigned char)sounds.bytes[i] >= 0x80 ? pinyin_syllable(sounds.bytes + i) : NULL;
        if (syllable) is_ok = put(out, &room, syllable, arena), i++;
    }
    buffer_free(&text);
    return is_ok ? CS_OK : no_memory(message);
}
