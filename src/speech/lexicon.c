#include "speech/lexicon.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file within the program. */
__asm__(".section .rodata\n.balign 16\nlexicon_within:\n.incbin \"" LEXICON_FILE
        "\"\nlexicon_within_end:\n.byte 0\n.previous\n");
extern const unsigned char lexicon_within[], lexicon_within_end[];

static const char MAGIC[8] = {'C', 'S', 'L', 'E', 'X', 'I', '0', '1'};

static cs_error lexicon_broken(cs_message *message, const char *what) {
    message_set(message, CS_ERR_PARSE, "the lexicon is broken: %s", what);
    message_remedy(message, "take models/mandarin.lexicon of this version of callscope, or leave it out");
    return CS_ERR_PARSE;
}

typedef struct section {
    const unsigned char *at;
    size_t left;
} section;

/* The next items of the file; NULL: they are not all there. */
static const void *section_take(section *file, size_t count, size_t bytes) {
    if (count > LEXICON_MAX_BYTES) return NULL;
    size_t size = (count * bytes + 3) / 4 * 4;
    if (size > file->left) return NULL;
    const void *at = file->at;
    file->at += size;
    file->left -= size;
    return at;
}

static bool names_hold(const cs_lexicon *l) {
    if (!l->syllable_count || l->syllable_count > LEXICON_MAX_SYLLABLES) return false;
    for (uint32_t i = 0; i < l->syllable_count; i++) {
        size_t length = strnlen(l->names[i], sizeof *l->names);
        if (!length || length == sizeof *l->names || (i && strcmp(l->names[i - 1], l->names[i]) >= 0)) return false;
    }
    return true;
}

/* Levels, children and words in order; a level deeper than LEXICON_LONGEST is none. */
static bool tree_holds(cs_lexicon *l) {
    if (l->child[0] != 1 || l->child[l->node_count] != l->node_count || l->word[0] != 0 || l->word[1] != 0 ||
        l->word[l->node_count] != l->word_count)
        return false;
    uint32_t level = 0, level_end = 1; /* nodes of this level end there */
    for (uint32_t node = 0; node < l->node_count; node++) {
        if (node == level_end) {
            if (++level > LEXICON_LONGEST) return false;
            level_end = l->child[node];
            l->level_word[level] = l->word[node];
        }
        if (l->child[node + 1] < l->child[node] || l->child[node + 1] > l->node_count || l->child[node] <= node ||
            l->word[node + 1] < l->word[node] || l->word[node + 1] > l->word_count)
            return false;
        for (uint32_t c = l->child[node]; c < l->child[node + 1]; c++)
            if (l->node_syllable[c] >= l->syllable_count ||
                (c > l->child[node] && l->node_syllable[c - 1] >= l->node_syllable[c]))
                return false;
    }
    for (uint32_t next = level + 1; next <= LEXICON_LONGEST + 1; next++) l->level_word[next] = l->word_count;
    return true;
}

static bool texts_hold(cs_lexicon *l) {
    uint64_t at = 0;
    for (uint32_t level = 1; level <= LEXICON_LONGEST; level++) {
        l->level_text[level] = (uint32_t)at;
        at += (uint64_t)level * (l->level_word[level + 1] - l->level_word[level]);
        if (at > l->text_count) return false;
    }
    if (at != l->text_count) return false;
    for (uint32_t i = 0; i < l->text_count; i++)
        if (l->text[i] < 0x20 || (l->text[i] >= 0xd800 && l->text[i] < 0xe000)) return false;
    return true;
}

static bool pairs_hold(const cs_lexicon *l) {
    if (l->pair_start[0] != 0 || l->pair_start[l->word_count + 1] != l->pair_count) return false;
    for (uint32_t word = 0; word <= l->word_count; word++) {
        uint32_t from = l->pair_start[word], to = l->pair_start[word + 1];
        if (to < from || to > l->pair_count) return false;
        for (uint32_t i = from; i < to; i++) {
            uint32_t second = l->pairs[i] & 0xffffff;
            if (second > l->word_count || (i > from && (l->pairs[i - 1] & 0xffffff) >= second)) return false;
        }
    }
    for (uint32_t i = 0; i < l->alias_count; i++)
        if (l->aliases[2 * i] >= l->word_count || l->aliases[2 * i + 1] >= l->word_count ||
            (i && l->aliases[2 * i - 2] >= l->aliases[2 * i]))
            return false;
    return true;
}

cs_error lexicon_read(const void *bytes, size_t length, cs_lexicon *out, cs_message *message) {
    section file = {bytes, length};
    const char *magic = section_take(&file, 1, sizeof MAGIC);
    const uint32_t *header = section_take(&file, 8, sizeof *header);
    if (!header || memcmp(magic, MAGIC, sizeof MAGIC) != 0 || length > LEXICON_MAX_BYTES)
        return lexicon_broken(message, "it does not begin like one");
    cs_lexicon l = {.syllable_count = header[0],
                    .node_count = header[1],
                    .word_count = header[2],
                    .pair_count = header[3],
                    .alias_count = header[4],
                    .text_count = header[5],
                    .edge_cost = header[6]};
    if (!l.node_count || l.word_count >= LEXICON_MAX_WORDS || l.edge_cost > 0xff)
        return lexicon_broken(message, "it has no words, or too many");
    l.names = section_take(&file, l.syllable_count, sizeof *l.names);
    l.child = section_take(&file, (size_t)l.node_count + 1, sizeof *l.child);
    l.word = section_take(&file, (size_t)l.node_count + 1, sizeof *l.word);
    l.words = section_take(&file, l.word_count, sizeof *l.words);
    l.pair_start = section_take(&file, (size_t)l.word_count + 2, sizeof *l.pair_start);
    l.pairs = section_take(&file, l.pair_count, sizeof *l.pairs);
    l.aliases = section_take(&file, l.alias_count, 2 * sizeof *l.aliases);
    l.node_syllable = section_take(&file, l.node_count, sizeof *l.node_syllable);
    l.text = section_take(&file, l.text_count, sizeof *l.text);
    l.backoff = section_take(&file, (size_t)l.word_count + 1, sizeof *l.backoff);
    bool is_whole = l.names && l.child && l.word && l.words && l.pair_start && l.pairs && l.aliases &&
                    l.node_syllable && l.text && l.backoff && !file.left;
    if (!is_whole) return lexicon_broken(message, "it is cut off");
    if (!names_hold(&l)) return lexicon_broken(message, "its syllables are not in order");
    if (!tree_holds(&l)) return lexicon_broken(message, "its tree leads nowhere");
    if (!texts_hold(&l)) return lexicon_broken(message, "its words have no text");
    if (!pairs_hold(&l)) return lexicon_broken(message, "its pairs are of words that it does not have");
    *out = l;
    return CS_OK;
}

static cs_error lexicon_map(const char *path, cs_lexicon *out, cs_message *message) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (file < 0 || fstat(file, &info) != 0) {
        int reason = errno;
        if (file >= 0) close(file);
        return message_set(message, reason == ENOENT ? CS_ERR_NOT_FOUND : CS_ERR_IO, "%s can't be opened: %s", path,
                           strerror(reason));
    }
    if (info.st_size <= 0 || info.st_size > LEXICON_MAX_BYTES) {
        close(file);
        return lexicon_broken(message, "it is empty, or far too large");
    }
    size_t bytes = (size_t)info.st_size;
    void *mapped = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (mapped == MAP_FAILED)
        return message_set(message, CS_ERR_MEMORY, "%s can't be mapped: %s", path, strerror(errno));
    cs_error error = lexicon_read(mapped, bytes, out, message);
    if (error) {
        munmap(mapped, bytes);
        return error;
    }
    out->mapped = mapped;
    out->mapped_bytes = bytes;
    return CS_OK;
}

cs_error lexicon_open(const char *path, cs_lexicon *out, cs_message *message) {
    if (!path) return lexicon_read(lexicon_within, (size_t)(lexicon_within_end - lexicon_within), out, message);
    cs_error error = lexicon_map(path, out, message);
    if (error) message_place(message, "%s", path);
    return error;
}

void lexicon_close(cs_lexicon *lexicon) {
    if (lexicon->mapped) munmap(lexicon->mapped, lexicon->mapped_bytes);
    *lexicon = (cs_lexicon){0};
}

uint32_t lexicon_syllable(const cs_lexicon *l, const char *sound) {
    uint32_t from = 0, to = l->syllable_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order = strcmp(l->names[middle], sound);
        if (order == 0) return middle;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return LEXICON_NONE;
}

uint32_t lexicon_child(const cs_lexicon *l, uint32_t node, uint32_t syllable) {
    uint32_t from = l->child[node], to = l->child[node + 1];
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (l->node_syllable[middle] == syllable) return middle;
        if (l->node_syllable[middle] < syllable)
            from = middle + 1;
        else
            to = middle;
    }
    return LEXICON_NONE;
}

uint32_t lexicon_main(const cs_lexicon *l, uint32_t word) {
    if (word >= l->level_word[2]) return word; /* only characters have other readings */
    uint32_t from = 0, to = l->alias_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (l->aliases[2 * middle] == word) return l->aliases[2 * middle + 1];
        if (l->aliases[2 * middle] < word)
            from = middle + 1;
        else
            to = middle;
    }
    return word;
}

uint32_t lexicon_cost_behind(const cs_lexicon *l, uint32_t first, uint32_t second, uint32_t alone) {
    uint32_t from = l->pair_start[first], to = l->pair_start[first + 1];
    while (from < to) {
        uint32_t middle = from + (to - from) / 2, found = l->pairs[middle] & 0xffffff;
        if (found == second) return l->pairs[middle] >> 24;
        if (found < second)
            from = middle + 1;
        else
            to = middle;
    }
    return l->backoff[first] + alone;
}

uint32_t lexicon_text(const cs_lexicon *l, uint32_t word, uint32_t syllables, char out[LEXICON_LONGEST * 3 + 1]) {
    const uint16_t *text = l->text + l->level_text[syllables] + (word - l->level_word[syllables]) * syllables;
    uint32_t bytes = 0;
    for (uint32_t i = 0; i < syllables; i++) {
        uint16_t unit = text[i];
        if (unit >= 0x800) {
            out[bytes++] = (char)(0xe0 | unit >> 12);
            out[bytes++] = (char)(0x80 | (unit >> 6 & 0x3f));
        } else if (unit >= 0x80)
            out[bytes++] = (char)(0xc0 | unit >> 6);
        out[bytes++] = unit >= 0x80 ? (char)(0x80 | (unit & 0x3f)) : (char)unit;
    }
    out[bytes] = 0;
    return bytes;
}

/* The last one whose first is at or before what is looked for: what belongs to one follows what belongs to the one before. */
static uint32_t holder_of(const uint32_t *firsts, uint32_t count, uint32_t wanted) {
    uint32_t from = 0, to = count;
    while (to - from > 1) {
        uint32_t middle = from + (to - from) / 2;
        if (firsts[middle] <= wanted)
            from = middle;
        else
            to = middle;
    }
    return from;
}

uint32_t lexicon_reading(const cs_lexicon *l, uint32_t word, uint16_t out[LEXICON_LONGEST]) {
    uint32_t count = 0;
    for (uint32_t node = holder_of(l->word, l->node_count, word); node && count < LEXICON_LONGEST;
         node = holder_of(l->child, l->node_count, node))
        out[count++] = l->node_syllable[node];
    for (uint32_t i = 0; i < count / 2; i++) {
        uint16_t last = out[count - 1 - i];
        out[count - 1 - i] = out[i];
        out[i] = last;
    }
    return count;
}
