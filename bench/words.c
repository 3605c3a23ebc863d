/* words SENTENCES RULES [WORDS] - what the words of a centre (quality/speech_words.h) do to what is spelt. SENTENCES as of
 * bench/speller, RULES a folder, WORDS a words.txt. Of sentences that hold a phrase of the rules
 * and of those that hold none: wrong characters without the words and with them, as spoken with tones, without, and with sounds
 * heard wrongly; phrases that were said and are spelt so, and phrases that are spelt where nobody said them. */
#include "base/hash.h"
#include "quality/speech_words.h"
#include "speech/lexicon.h"
#include "speech/syllable_near.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 64 };
typedef enum hearing { TONES, NO_TONES, NOISE, HEARINGS } hearing;
static const char *const HEARING_NAMES[HEARINGS] = {"tones", "no tones", "misheard"};
static const double WRONG_SOUNDS = 0.12, WRONG_TONES = 0.15; /* of those of the phonetic model at 8 kHz */

typedef struct tally {
    long sentences, characters, wrong[HEARINGS][2], said[HEARINGS], found[HEARINGS][2], made_up[HEARINGS][2];
} tally;

typedef struct bench {
    cs_speech_words *words;
    cs_lexicon lexicon;
    cs_speller *spellers[2];
    cs_arena *arena;
    tally with, without;
    double seconds[2];
    long syllables;
    uint64_t seed;
} bench;

static double chance(bench *b) { /* the same in every run */
    b->seed = b->seed * 6364136223846793005U + 1442695040888963407U;
    return (double)(b->seed >> 40) / (double)(1 << 24);
}

static uint32_t syllables_read(char *text, cs_syllable *out) {
    uint32_t count = 0;
    for (char *at = strtok(text, " \n"); at && count < MOST; at = strtok(NULL, " \n"), count++) {
        size_t length = strlen(at);
        out[count] = (cs_syllable){.tone = (int8_t)(at[length - 1] - '0'), .log_probability = -0.05F};
        snprintf(out[count].sound, sizeof out[count].sound, "%.*s", (int)(length - 1 < 7 ? length - 1 : 7), at);
    }
    return count;
}

/* Heard as a near sound, the nearer the oftener, and not surely. */
static void mishear(bench *b, cs_syllable *heard) {
    cs_near near[NEAR_MOST];
    uint32_t count = near_of(&b->lexicon, heard->sound, near);
    double all = 0;
    if (chance(b) < WRONG_TONES) heard->tone = (int8_t)(1 + (int)(chance(b) * 4));
    if (chance(b) >= WRONG_SOUNDS || count < 2) return;
    for (uint32_t i = 1; i < count; i++) all += exp(-(double)near[i].price);
    double left = chance(b) * all;
    uint32_t at = 1;
    while (at + 1 < count && (left -= exp(-(double)near[at].price)) > 0) at++;
    snprintf(heard->sound, sizeof heard->sound, "%s", b->lexicon.names[near[at].syllable]);
    heard->log_probability = -0.9F;
}

static long wrong_characters(const char *said, const char *spelt) {
    long wrong = 0;
    size_t length = strlen(spelt);
    for (size_t i = 0; said[i]; i += 3) wrong += i + 3 > length || strncmp(said + i, spelt + i, 3) != 0;
    return wrong;
}

/* Phrases of the words at each place of said that other has there too; all: in said. */
static long phrases_in(const bench *b, const char *said, const char *other, long *all) {
    long common = 0;
    size_t length = strlen(said), other_length = strlen(other);
    for (uint32_t i = 0; i < b->words->count; i++) {
        const char *phrase = b->words->items[i].text;
        size_t bytes = strlen(phrase);
        for (const char *at = said; bytes <= length && (at = strstr(at, phrase)); at += 3) {
            size_t place = (size_t)(at - said);
            ++*all;
            common += place + bytes <= other_length && strncmp(other + place, phrase, bytes) == 0;
        }
    }
    return common;
}

static void spell(bench *b, int which, const cs_syllable *heard, uint32_t count, char *out, size_t room) {
    cs_spelt_word *words;
    uint32_t word_count;
    struct timespec from, to;
    size_t used = 0;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    if (speller_spell(b->spellers[which], heard, count, b->arena, &words, &word_count, NULL)) exit(1);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    b->seconds[which] += (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
    *out = 0;
    for (uint32_t i = 0; i < word_count && used < room; i++)
        used += (size_t)snprintf(out + used, room - used, "%s", words[i].text);
}

static void measure(bench *b, const char *said, const cs_syllable *spoken, uint32_t count) {
    char spelt[2][MOST * 4 + 1];
    long phrases = 0, none = 0;
    (void)phrases_in(b, said, "", &phrases);
    tally *t = phrases ? &b->with : &b->without;
    t->sentences++;
    t->characters += count;
    for (hearing how = 0; how < HEARINGS; how++) {
        cs_syllable heard[MOST];
        memcpy(heard, spoken, sizeof heard);
        for (uint32_t i = 0; i < count; i++) {
            if (how == NO_TONES) heard[i].tone = 0;
            if (how == NOISE) mishear(b, &heard[i]);
        }
        for (int which = 0; which < 2; which++) {
            long spelt_phrases = 0, right;
            spell(b, which, heard, count, spelt[which], sizeof spelt[which]);
            t->wrong[how][which] += wrong_characters(said, spelt[which]);
            t->found[how][which] += phrases_in(b, said, spelt[which], &none);
            right = phrases_in(b, spelt[which], said, &spelt_phrases);
            t->made_up[how][which] += spelt_phrases - right;
        }
        t->said[how] += phrases;
        b->syllables += count;
        arena_reset(b->arena);
    }
}

static void print(const char *name, const tally *t) {
    printf("%s: %ld sentences, %ld characters\n", name, t->sentences, t->characters);
    for (hearing how = 0; how < HEARINGS && t->characters; how++)
        printf("  %-9s %6.2f %% -> %6.2f %%   phrases found %6.2f %% -> %6.2f %% of %ld, made up %ld -> %ld\n",
               HEARING_NAMES[how], 100.0 * (double)t->wrong[how][0] / (double)t->characters,
               100.0 * (double)t->wrong[how][1] / (double)t->characters,
               t->said[how] ? 100.0 * (double)t->found[how][0] / (double)t->said[how] : 0,
               t->said[how] ? 100.0 * (double)t->found[how][1] / (double)t->said[how] : 0, t->said[how],
               t->made_up[how][0], t->made_up[how][1]);
}

int main(int count, char **arguments) {
    FILE *file = count > 2 ? fopen(arguments[1], "r") : NULL;
    bench b = {.seed = 7};
    cs_ruleset *rules = NULL;
    cs_message message = {0};
    struct timespec from, to;
    if (!file || !hash_start() || ruleset_load((const char *const *)&arguments[2], 1, NULL, NULL, &rules, &message)) {
        fprintf(stderr, "usage: bench_words SENTENCES RULES [WORDS]\n%s\n", message.reason);
        return 2;
    }
    cs_words_sources sources = {.ruleset = rules, .file = count > 3 ? arguments[3] : NULL};
    if (words_gather(&sources, &b.words, &message) || lexicon_open(NULL, &b.lexicon, &message)) return 1;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    if (speller_open(NULL, NULL, 0, &b.spellers[0], &message) ||
        speller_open(NULL, b.words->items, b.words->count, &b.spellers[1], &message))
        return 1;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    b.arena = arena_create(64 << 20);
    char line[8192];
    while (fgets(line, sizeof line, file)) {
        char *name = strtok(line, "\t"), *said = strtok(NULL, "\t"), *sounds = strtok(NULL, "\t");
        cs_syllable spoken[MOST];
        if (!name || !sounds) continue;
        uint32_t syllables = syllables_read(sounds, spoken);
        measure(&b, said, spoken, syllables);
    }
    print("with a phrase", &b.with);
    print("without", &b.without);
    printf("%u words; opened in %.0f ms; 60 syllables %.2f -> %.2f ms\n", b.words->count,
           (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6,
           b.seconds[0] / (double)b.syllables * 60e3, b.seconds[1] / (double)b.syllables * 60e3);
    return 0;
}
