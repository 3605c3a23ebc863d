/* A lexicon of any bytes: refused, or read without ever going outside. A small one stands in front of what is spelt by it. */
#include "speech/lexicon.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const cs_lexicon *lexicon, uint32_t node, uint32_t depth) {
    for (uint32_t word = lexicon->word[node]; word < lexicon->word[node + 1] && depth; word++) {
        char text[LEXICON_LONGEST * 3 + 1];
        uint32_t main = lexicon_main(lexicon, word);
        if (lexicon_text(lexicon, word, depth, text) > LEXICON_LONGEST * 3) abort();
        if (lexicon_cost_behind(lexicon, main, lexicon->word_count, lexicon->edge_cost) > 3 * 255) abort();
        for (uint32_t i = 0; i < depth; i++)
            if (lexicon_tone(lexicon, word, i) > 7) abort();
    }
    for (uint32_t child = lexicon->child[node]; child < lexicon->child[node + 1]; child++) {
        if (lexicon_child(lexicon, node, lexicon->node_syllable[child]) != child) abort();
        walk(lexicon, child, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint32_t *copy = malloc(size + 4); /* aligned, and watched behind its end */
    if (!copy) return 0;
    memcpy(copy, data, size);
    cs_lexicon lexicon;
    cs_message message;
    if (lexicon_read(copy, size, &lexicon, &message) == CS_OK) {
        for (uint32_t i = 0; i < lexicon.syllable_count; i++)
            if (lexicon_syllable(&lexicon, lexicon.names[i]) != i) abort();
        walk(&lexicon, 0, 0);
        lexicon_close(&lexicon);
    }
    free(copy);
    return 0;
}
