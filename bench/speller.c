/* speller SENTENCES [errors] - how well syllables become characters: SENTENCES is what tools/lexicon/sentences.mjs wrote (set,
 * characters, syllables). Tells the error of each set with tones, without, and with near sounds heard for the right ones; and
 * the time. errors: writes every sentence that went wrong with tones. */
#include "speech/speller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 64, SETS = 16 };
typedef enum hearing { WITH_TONES, WITHOUT, MODES } hearing;
static const char *const MODE_NAMES[MODES] = {"tones", "no tones"};

typedef struct tally {
    char name[32];
    long characters, wrong[MODES], sentences;
} tally;

static uint32_t syllables_read(char *text, cs_syllable *out) {
    uint32_t count = 0;
    for (char *at = strtok(text, " \n"); at && count < MOST; at = strtok(NULL, " \n"), count++) {
        size_t length = strlen(at);
        out[count] = (cs_syllable){.tone = (int8_t)(at[length - 1] - '0'), .log_probability = -0.05F};
        snprintf(out[count].sound, sizeof out[count].sound, "%.*s", (int)(length - 1 < 7 ? length - 1 : 7), at);
    }
    return count;
}

/* A character a syllable, so they are compared place by place. */
static long wrong_characters(const char *said, const char *spelt) {
    long wrong = 0;
    size_t length = strlen(spelt);
    for (size_t i = 0; said[i]; i += 3) wrong += i + 3 > length || strncmp(said + i, spelt + i, 3) != 0;
    return wrong;
}

static tally *tally_of(tally *sets, const char *name) {
    for (int i = 0; i < SETS; i++) {
        if (!sets[i].name[0]) snprintf(sets[i].name, sizeof sets[i].name, "%s", name);
        if (strcmp(sets[i].name, name) == 0) return &sets[i];
    }
    exit(1);
}

int main(int count, char **arguments) {
    FILE *file = count > 1 ? fopen(arguments[1], "r") : NULL;
    cs_speller *speller;
    cs_message message;
    if (!file || speller_open(getenv("LEXICON"), NULL, 0, &speller, &message)) {
        fprintf(stderr, "usage: bench_speller SENTENCES [errors]\n");
        return 2;
    }
    tally sets[SETS] = {0};
    cs_arena *arena = arena_create(64 << 20);
    char line[8192];
    double seconds = 0;
    long syllables = 0;
    while (fgets(line, sizeof line, file)) {
        char *name = strtok(line, "\t"), *said = strtok(NULL, "\t"), *sounds = strtok(NULL, "\t");
        if (!sounds) continue;
        cs_syllable heard[MOST];
        uint32_t heard_count = syllables_read(sounds, heard);
        tally *set = tally_of(sets, name);
        set->characters += heard_count;
        set->sentences++;
        for (hearing mode = 0; mode < MODES; mode++) {
            for (uint32_t i = 0; mode == WITHOUT && i < heard_count; i++) heard[i].tone = 0;
            cs_spelt_word *words;
            uint32_t word_count;
            struct timespec from, to;
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
            if (speller_spell(speller, heard, heard_count, arena, &words, &word_count, &message)) return 1;
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
            seconds += (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
            syllables += heard_count;
            char spelt[MOST * 4 + 1] = "", shown[MOST * 5] = "";
            for (uint32_t i = 0; i < word_count; i++) {
                strcat(spelt, words[i].text);
                strcat(strcat(shown, i ? " " : ""), words[i].text);
            }
            long wrong = wrong_characters(said, spelt);
            set->wrong[mode] += wrong;
            if (wrong && mode == WITH_TONES && count > 2) printf("%s\t%s\t%s\n", name, said, shown);
            arena_reset(arena);
        }
    }
    for (int i = 0; i < SETS && sets[i].name[0]; i++) {
        printf("%-14s %5ld sentences %6ld characters", sets[i].name, sets[i].sentences, sets[i].characters);
        for (hearing mode = 0; mode < MODES; mode++)
            printf("   %s %5.2f %%", MODE_NAMES[mode],
                   100.0 * (double)sets[i].wrong[mode] / (double)sets[i].characters);
        printf("\n");
    }
    printf("%.2f ms for 60 syllables\n", seconds / (double)syllables * 60e3);
    fclose(file);
    arena_free(arena);
    speller_close(speller);
    return 0;
}
