#include "speech/punctuation.h"

#include "base/utf8.h"
#include "speech/phrase_units.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum {
    BREATH_MS = 400, /* a shorter pause may stand inside a phrase */
    QUESTION_MS = 150, /* behind 吗 */
    MOST_SKIPPED = 12, /* bytes of marks between two words */
};

static bool ends_with(const char *text, const char *const *list) {
    size_t bytes = strlen(text);
    for (; *list; list++) {
        size_t length = strlen(*list);
        if (bytes >= length && memcmp(text + bytes - length, *list, length) == 0) return true;
    }
    return false;
}

static bool is_wide_end(const char *text) {
    size_t at = strlen(text);
    unsigned length;
    if (at == 0) return false;
    do at--;
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80);
    return is_wide_script(utf8_decode(text + at, &length));
}

/* ---- Chinese ---- */

/* The end of what was said up to and with this word, as far as a question shows at it. */
static bool asks(const cs_heard_word *words, uint32_t first, uint32_t last) {
    static const char *const particles[] = {"吗", "呢", "嘛", NULL};
    static const char *const questions[] = {"什么",   "怎么",   "怎么样", "怎么办", "哪里",   "哪儿",   "多少",
                                            "是不是", "好不好", "行不行", "对不对", "有没有", "能不能", "可不可以",
                                            "为什么", "多久",   "几点",   "谁",     NULL};
    char tail[64] = "";
    uint32_t from = last;
    size_t bytes = strlen(words[last].text);
    while (from > first && bytes < 24) bytes += strlen(words[--from].text);
    for (uint32_t i = from; i <= last; i++) {
        size_t used = strlen(tail), more = strlen(words[i].text);
        if (used + more >= sizeof tail) return ends_with(words[last].text, particles);
        memcpy(tail + used, words[i].text, more + 1);
    }
    if (ends_with(tail, (const char *const[]){"干嘛", "没什么", "没怎么", "不怎么", NULL}))
        return ends_with(tail, (const char *const[]){"干嘛", NULL});
    return ends_with(tail, particles) || ends_with(tail, questions);
}

/* ---- English ---- */

static bool begins_question(const char *word) {
    static const char *const starters[] = {"what", "how",  "when", "where", "why",    "who",   "which", "can", "could",
                                           "do",   "does", "did",  "is",    "are",    "would", "will",  "may", "have",
                                           "has",  "was",  "were", "shall", "should", "whose", NULL};
    for (size_t i = 0; starters[i]; i++)
        if (strcasecmp(word, starters[i]) == 0) return true;
    return false;
}

static bool is_shouted(const cs_heard_word *words, uint32_t count) {
    uint32_t letters = 0;
    for (uint32_t i = 0; i < count; i++)
        for (const char *c = words[i].text; *c; c++) {
            if (islower((unsigned char)*c)) return false;
            letters += isupper((unsigned char)*c) != 0;
        }
    return letters > 4;
}

/* Models that write in capitals alone are written as people do; a sentence begins with one, and I is one. */
static bool write_case(cs_heard_word *word, bool is_lowered, bool is_first, cs_arena *arena) {
    if ((unsigned char)*word->text >= 0x80 || word->sounds) return true;
    char *text = arena_string(arena, word->text);
    if (!text) return false;
    for (char *c = text; is_lowered && *c; c++) *c = (char)tolower((unsigned char)*c);
    if (is_first || strcmp(text, "i") == 0 || strncmp(text, "i'", 2) == 0) *text = (char)toupper((unsigned char)*text);
    word->text = text;
    return true;
}

/* ---- both ---- */

/* Marks that a phrase which stays whole has no place for; the end of a sentence parts it all the same. */
static bool is_soft(const char *mark) {
    static const char *const soft[] = {"，", "、", "；", ",", ";", NULL};
    for (size_t i = 0; soft[i]; i++)
        if (strcmp(mark, soft[i]) == 0) return true;
    return false;
}

static const char *mark_behind(const cs_heard_word *words, uint32_t sentence, uint32_t i, uint32_t count) {
    bool is_last = i + 1 == count, is_wide = is_wide_end(words[i].text) || words[i].sounds;
    if (!is_last && words[i].is_tied) return NULL;
    int64_t pause = is_last ? INT64_MAX : words[i + 1].start_ms - words[i].end_ms;
    if (is_wide) {
        bool is_question = pause >= QUESTION_MS && asks(words, sentence, i);
        if (is_question &&
            (is_last || pause >= BREATH_MS || ends_with(words[i].text, (const char *const[]){"吗", NULL})))
            return "？";
        return is_last ? "。" : pause >= BREATH_MS ? "，" : NULL;
    }
    if (is_last) return begins_question(words[sentence].text) ? "?" : ".";
    return pause >= BREATH_MS ? "," : NULL;
}

bool punctuation_add(cs_heard_word *words, uint32_t count, cs_arena *arena) {
    bool is_lowered = is_shouted(words, count);
    uint32_t sentence = 0;
    for (uint32_t i = 0; i + 1 < count; i++)
        if (words[i].is_tied && words[i].mark && is_soft(words[i].mark)) words[i].mark = NULL;
    for (uint32_t i = 0; i < count; i++)
        if (words[i].mark) return true;
    for (uint32_t i = 0; i < count; i++) {
        if (!write_case(&words[i], is_lowered, i == sentence, arena)) return false;
        words[i].mark = mark_behind(words, sentence, i, count);
        if (words[i].mark && strchr("?.", *words[i].mark)) sentence = i + 1;
        if (words[i].mark && strcmp(words[i].mark, "？") == 0) sentence = i + 1;
    }
    return true;
}

/* ---- a model's marks ---- */

static const char *find_word(const char *text, const char *word) {
    size_t bytes = strlen(word);
    for (int skipped = 0; *text && skipped <= MOST_SKIPPED; skipped++, text++)
        if (strncasecmp(text, word, bytes) == 0) return text;
    return NULL;
}

static bool is_chinese(const cs_heard_word *words, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (words[i].sounds || is_wide_end(words[i].text)) return true;
    return false;
}

/* Models of Chinese and English write Chinese marks into both. */
static const char *narrow_mark(const char *mark) {
    static const char *const pairs[][2] = {{"，", ","}, {"。", "."}, {"？", "?"}, {"！", "!"},
                                           {"、", ","}, {"；", ";"}, {"：", ":"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(mark, pairs[i][0]) == 0) return pairs[i][1];
    return mark;
}

/* English sentences begin with a capital where the marks say that they begin. */
static bool write_cases(cs_heard_word *words, uint32_t count, cs_arena *arena) {
    bool is_lowered = is_shouted(words, count), is_first = true;
    for (uint32_t i = 0; i < count; i++) {
        if (!write_case(&words[i], is_lowered, is_first, arena)) return false;
        is_first = words[i].mark && strcspn(words[i].mark, ".?!") < strlen(words[i].mark);
    }
    return true;
}

bool punctuation_take(cs_heard_word *words, uint32_t count, const char *text, cs_arena *arena) {
    bool is_wide = is_chinese(words, count);
    for (uint32_t i = 0; i < count; i++) {
        const char *found = find_word(text, words[i].text);
        if (!found) continue;
        text = found + strlen(words[i].text);
        char marks[16];
        size_t length = 0;
        unsigned bytes;
        for (const char *at = text; *at && !is_word_character(utf8_decode(at, &bytes)); at += bytes) {
            if ((unsigned char)*at <= 0x20 || length + bytes >= sizeof marks) continue;
            memcpy(marks + length, at, bytes);
            length += bytes;
        }
        if (length && !(words[i].mark = arena_copy(arena, marks, length))) return false;
        if (length && !is_wide) words[i].mark = narrow_mark(words[i].mark);
    }
    return is_wide || write_cases(words, count, arena);
}
