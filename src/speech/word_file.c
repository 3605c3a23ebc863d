#include "speech/word_file.h"

#include "base/file.h"
#include "base/index.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WEIGHT_BYTES = 15 };
static const char WIDE_BAR[] = "\xEF\xBD\x9C", WIDE_HASH[] = "\xEF\xBC\x83";

typedef struct reading {
    const char *file;
    uint32_t line;
    cs_on_word_problem on_problem;
    void *context;
    cs_arena *arena;
    cs_index known; /* the place of each word */
    cs_user_word *words;
    uint32_t count, room;
} reading;

static void tell(const reading *r, const char *reason, const char *remedy) {
    const cs_word_problem problem = {r->file, r->line, reason, remedy};
    if (r->on_problem) r->on_problem(r->context, &problem);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

static void trim(const char **text, size_t *bytes) {
    while (*bytes && is_blank((*text)[*bytes - 1])) --*bytes;
    for (; *bytes && is_blank(**text); --*bytes) ++*text;
}

/* The bytes of either sign at this place; 0: neither. */
static size_t sign_at(const char *at, const char *end, char plain, const char *wide) {
    if (*at == plain) return 1;
    return end - at >= 3 && memcmp(at, wide, 3) == 0 ? 3 : 0;
}

/* A comment begins the line, or stands behind a blank: C# is a word. */
static size_t without_comment(const char *line, size_t bytes) {
    for (size_t i = 0; i < bytes; i++)
        if (sign_at(line + i, line + bytes, '#', WIDE_HASH) && (i == 0 || is_blank(line[i - 1]))) return i;
    return bytes;
}

static bool read_weight(const char *text, size_t bytes, float *out) {
    char copy[MOST_WEIGHT_BYTES + 1] = "", *end;
    trim(&text, &bytes);
    if (!bytes || bytes > MOST_WEIGHT_BYTES) return false;
    for (size_t i = 0; i < bytes; i++) {
        if ((text[i] < '0' || text[i] > '9') && text[i] != '.') return false;
        copy[i] = text[i];
    }
    *out = strtof(copy, &end);
    return *end == 0 && *out >= 0 && *out <= 10;
}

/* What is no word is told. */
static bool is_word(const reading *r, const char *word, size_t bytes) {
    size_t characters = utf8_count(word, bytes);
    if (utf8_hidden_at(word, bytes) != bytes)
        tell(r, "the word holds a sign that is not seen",
             "type the word anew: what was pasted holds more than it shows");
    else if (!bytes)
        tell(r, "there is no word before the bar", "write WORD | WEIGHT, or remove the line");
    else if (characters < 2)
        tell(r, "a word of one character would be heard everywhere", "write at least two characters");
    else if (characters > WORD_FILE_MAX_WORD)
        tell(r, "the word is longer than 16 characters", "write its parts as words of their own, a line each");
    else
        return true;
    return false;
}

/* false: out of memory. */
static bool keep(reading *r, const char *word, size_t bytes, float weight) {
    uint32_t at = index_find(&r->known, word, bytes);
    if (at != CS_INDEX_NONE) {
        r->words[at].weight = weight;
        return true;
    }
    if (r->count == SPELLER_MAX_USER_WORDS) {
        tell(r, "more than 20,000 words",
             "keep those that recognisers get wrong; this one and those behind it do not count");
        return true;
    }
    const char *text = arena_copy(r->arena, word, bytes);
    if (!text || !arena_room(r->arena, (void **)&r->words, &r->room, r->count, sizeof *r->words)) return false;
    r->words[r->count] = (cs_user_word){text, weight, true};
    return index_add(&r->known, text, bytes, r->count++, r->arena);
}

static bool read_line(reading *r, const char *line, size_t bytes) {
    float weight = WORD_FILE_WEIGHT;
    bytes = without_comment(line, bytes);
    const char *word = line;
    size_t bar = 0, sign = 0;
    while (bar < bytes && !(sign = sign_at(line + bar, line + bytes, '|', WIDE_BAR))) bar++;
    size_t length = bar;
    trim(&word, &length);
    if (bar == bytes && !length) return true;
    if (utf8_invalid_at(line, bytes) != bytes) {
        tell(r, "the line is no UTF-8", "save the file as UTF-8");
        return true;
    }
    if (!is_word(r, word, length)) return true;
    if (bar < bytes && !read_weight(line + bar + sign, bytes - bar - sign, &weight)) {
        tell(r, "the weight behind the bar is no number from 0 to 10",
             "write 2 for a word that is said now and then, 5 for one that is said all the time, or nothing");
        return true;
    }
    return keep(r, word, length, weight);
}

bool word_file_read(const char *text, size_t bytes, const char *file, cs_on_word_problem on_problem, void *context,
                    cs_arena *arena, cs_user_word **out, uint32_t *count) {
    reading r = {.file = file, .on_problem = on_problem, .context = context, .arena = arena};
    bool is_done = arena_room(arena, (void **)&r.words, &r.room, 0, sizeof *r.words);
    for (size_t at = 0; is_done && at < bytes;) {
        const char *end = memchr(text + at, '\n', bytes - at);
        size_t length = end ? (size_t)(end - text) - at : bytes - at;
        r.line++;
        is_done = read_line(&r, text + at, length);
        at += length + 1;
    }
    *out = r.words;
    *count = r.count;
    return is_done;
}

cs_error word_file_load(const char *path, cs_on_word_problem on_problem, void *context, cs_arena *arena,
                        cs_user_word **out, uint32_t *count, cs_message *message) {
    cs_buffer text;
    buffer_init(&text, WORD_FILE_MAX_BYTES);
    *out = NULL;
    *count = 0;
    cs_error code = file_read_text(path, WORD_FILE_MAX_BYTES, CS_ENCODING_ANY, &text, NULL, message);
    if (code == CS_OK &&
        !word_file_read(text.data ? text.data : "", text.length, path, on_problem, context, arena, out, count))
        code = message_set(message, CS_ERR_MEMORY, "no memory for the words of %.200s", path);
    buffer_free(&text);
    return code;
}
