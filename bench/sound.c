/* bench_sound speed CHATS RULES - how fast text becomes sound. Prints `name value` lines, as all of these do.
 * bench_sound phrases CHATS RULES [SEED] - the phrases of the rules in the turns of the chats, after some of the characters
 * were replaced by homophones: found as text, by sound, and either way, against what stands in the clean turns.
 * bench_sound rules CHATS RULES [SEED] - the same for the verdicts of the rules: as written, and with `says` by sound.
 */
#include "rules_text.h"
#include "sound_damage.h"
#include "sound_rules.h"

#include "base/hash.h"
#include "rules/patterns.h"
#include "rules/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHATS = 10000, ROUNDS = 7, ARENA_BYTES = 256 << 20, LENGTHS = 4, WAYS = 3 };

static const double shares[] = {0, 0.05, 0.1, 0.2};
enum { SHARES = sizeof shares / sizeof shares[0] };
static const char *const way_names[WAYS] = {"text", "sound", "either"};

static _Noreturn void give_up(const char *what, const cs_message *message) {
    fprintf(stderr, "bench_sound: %s: %s\n", what, message ? message->reason : "");
    exit(1);
}

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- speed ---- */

static void measure_speed(const cs_texts *texts) {
    cs_arena *kept = arena_create((size_t)4 << 30), *arena = arena_create(ARENA_BYTES);
    cs_folded *folded = calloc(texts->turns, sizeof *folded);
    if (!kept || !arena || !folded) give_up("out of memory", NULL);
    size_t count = 0, bytes = 0, syllables = 0;
    for (size_t c = 0; c < texts->count; c++)
        for (uint32_t i = 0; i < texts->chats[c]->turn_count; i++) {
            const cs_turn *turn = &texts->chats[c]->turns[i];
            if (!fold_text(turn->text, turn->text_bytes, kept, &folded[count])) give_up("out of memory", NULL);
            bytes += folded[count++].bytes;
        }
    double best = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        double from = seconds();
        for (size_t i = 0; i < count; i++) {
            cs_sounds sounds;
            arena_reset(arena);
            if (!pinyin_sounds(&folded[i], arena, &sounds)) give_up("out of memory", NULL);
            if (round == 0) syllables += sounds.length / 2;
        }
        double rate = (double)bytes / 1e6 / (seconds() - from);
        best = rate > best ? rate : best;
    }
    printf("turns %zu\nsyllables %zu\nspeed %.0f\n", count, syllables, best);
    free(folded);
    arena_free(arena);
    arena_free(kept);
}

/* ---- phrases ---- */

typedef struct tally {
    size_t found, right; /* a phrase in a turn counts once */
} tally;

typedef struct finder {
    const cs_patterns *patterns;
    hs_database_t *sound_database;
    hs_scratch_t *scratch;
    uint32_t *syllables; /* of each phrase; 0: no Chinese in it, or only one character: left out */
    uint32_t *sound_bytes;
    uint32_t
        *stamps[2 + WAYS - 1]; /* the turn in which a phrase was last found: clean text; damaged by text, by sound */
    uint32_t turn, which; /* what is being filled */
    const cs_folded *folded;
    const cs_sounds *sounds; /* NULL: scanning text */
} finder;

enum { CLEAN, BY_TEXT, BY_SOUND };

static uint32_t end_of_character(const cs_folded *folded, uint32_t at) {
    for (at++; at < folded->bytes && ((unsigned char)folded->text[at] & 0xC0) == 0x80;) at++;
    return at;
}

static int on_match(unsigned id, unsigned long long from_unused, unsigned long long end, unsigned flags,
                    void *context) {
    finder *f = context;
    (void)from_unused, (void)flags;
    uint32_t to = (uint32_t)end;
    uint32_t from = to - (f->sounds ? f->sound_bytes[id] : f->patterns->literals[id].bytes);
    if (f->sounds) {
        from = f->sounds->origin[from];
        to = end_of_character(f->folded, f->sounds->origin[to - 1]);
    }
    if (f->syllables[id] && fold_is_whole_word(f->folded, from, to)) f->stamps[f->which][id] = f->turn;
    return 0;
}

static void scan(finder *f, uint32_t which, const cs_folded *folded, const cs_sounds *sounds) {
    f->which = which;
    f->folded = folded;
    f->sounds = sounds;
    hs_error_t code =
        hs_scan(sounds ? f->sound_database : f->patterns->literal_database, sounds ? sounds->bytes : folded->text,
                sounds ? sounds->length : folded->bytes, 0, f->scratch, on_match, f);
    if (code != HS_SUCCESS) give_up("Hyperscan", NULL);
}

static void compile_sounds(finder *f, cs_arena *arena) {
    uint32_t n = f->patterns->literal_count;
    const char **texts = calloc(n, sizeof *texts);
    size_t *lengths = calloc(n, sizeof *lengths);
    unsigned *ids = calloc(n, sizeof *ids), *flags = calloc(n, sizeof *flags), used = 0;
    hs_compile_error_t *fault = NULL;
    if (!texts || !lengths || !ids || !flags) give_up("out of memory", NULL);
    for (uint32_t i = 0; i < n; i++) {
        const cs_pattern *pattern = &f->patterns->literals[i];
        cs_folded folded;
        cs_sounds sounds;
        if (!fold_text(pattern->text, pattern->bytes, arena, &folded) || !pinyin_sounds(&folded, arena, &sounds))
            give_up("out of memory", NULL);
        for (uint32_t k = 0; k < sounds.length; k++) f->syllables[i] += (unsigned char)sounds.bytes[k] >= 0xC0;
        if (f->syllables[i] < 2 || folded.bytes < 6) f->syllables[i] = 0;
        f->sound_bytes[i] = sounds.length;
        if (!f->syllables[i]) continue;
        texts[used] = sounds.bytes;
        lengths[used] = sounds.length;
        ids[used++] = i;
    }
    if (hs_compile_lit_multi(texts, flags, ids, lengths, used, HS_MODE_BLOCK, NULL, &f->sound_database, &fault) !=
        HS_SUCCESS)
        give_up(fault ? fault->message : "Hyperscan", NULL);
    printf("phrases %u\n", used);
    free(texts), free(lengths), free(ids), free(flags);
}

/* By length (2, 3, 4 and more syllables, all) and way. */
static void count_turn(const finder *f, tally truth[LENGTHS], tally tallies[LENGTHS][WAYS]) {
    for (uint32_t i = 0; i < f->patterns->literal_count; i++) {
        bool is_true = f->stamps[CLEAN][i] == f->turn;
        bool by_text = f->stamps[BY_TEXT][i] == f->turn, by_sound = f->stamps[BY_SOUND][i] == f->turn;
        if (!is_true && !by_text && !by_sound) continue;
        bool is_found[WAYS] = {by_text, by_sound, by_text || by_sound};
        unsigned own = f->syllables[i] >= 4 ? 2 : f->syllables[i] - 2;
        for (unsigned length = own; length < LENGTHS; length += LENGTHS - 1 - own) {
            truth[length].found += is_true;
            for (unsigned way = 0; way < WAYS; way++) {
                tallies[length][way].found += is_found[way];
                tallies[length][way].right += is_found[way] && is_true;
            }
        }
    }
}

static void print_tallies(double share, tally truth[LENGTHS], tally tallies[LENGTHS][WAYS]) {
    static const char *const lengths[LENGTHS] = {"2", "3", "4+", "all"};
    for (unsigned length = 0; length < LENGTHS; length++)
        for (unsigned way = 0; way < WAYS; way++) {
            const tally *t = &tallies[length][way];
            printf("errors%.0f.syllables-%s.%s recall %.4f precision %.4f of %zu\n", 100 * share, lengths[length],
                   way_names[way], (double)t->right / (double)(truth[length].found ? truth[length].found : 1),
                   (double)t->right / (double)(t->found ? t->found : 1), truth[length].found);
        }
}

static void measure_share(finder *f, const cs_texts *texts, double share, uint64_t seed) {
    cs_arena *arena = arena_create(ARENA_BYTES);
    tally truth[LENGTHS] = {{0}}, tallies[LENGTHS][WAYS] = {{{0}}};
    if (!arena) give_up("out of memory", NULL);
    for (size_t c = 0; c < texts->count; c++)
        for (uint32_t i = 0; i < texts->chats[c]->turn_count; i++) {
            const cs_turn *turn = &texts->chats[c]->turns[i];
            cs_folded clean, damaged;
            cs_sounds sounds;
            arena_reset(arena);
            f->turn++;
            if (!fold_text(turn->text, turn->text_bytes, arena, &clean)) give_up("out of memory", NULL);
            damaged = clean;
            damaged.text = damage_text(&clean, share, &seed, arena);
            if (!damaged.text || !pinyin_sounds(&damaged, arena, &sounds)) give_up("out of memory", NULL);
            scan(f, CLEAN, &clean, NULL);
            scan(f, BY_TEXT, &damaged, NULL);
            scan(f, BY_SOUND, &damaged, &sounds);
            count_turn(f, truth, tallies);
        }
    print_tallies(share, truth, tallies);
    arena_free(arena);
}

static void measure_phrases(const cs_texts *texts, const cs_ruleset *rules, uint64_t seed) {
    cs_arena *arena = arena_create(ARENA_BYTES);
    finder f = {.patterns = ruleset_patterns(rules)};
    uint32_t n = f.patterns->literal_count;
    f.syllables = calloc(n, sizeof(uint32_t));
    f.sound_bytes = calloc(n, sizeof(uint32_t));
    for (unsigned i = 0; i < WAYS; i++) f.stamps[i] = calloc(n, sizeof(uint32_t));
    if (!arena || !f.syllables || !f.sound_bytes || !f.stamps[0] || !f.stamps[1] || !f.stamps[2])
        give_up("out of memory", NULL);
    compile_sounds(&f, arena);
    if (hs_alloc_scratch(f.patterns->literal_database, &f.scratch) != HS_SUCCESS ||
        hs_alloc_scratch(f.sound_database, &f.scratch) != HS_SUCCESS)
        give_up("Hyperscan", NULL);
    for (unsigned i = 0; i < SHARES; i++) measure_share(&f, texts, shares[i], seed);
    hs_free_scratch(f.scratch);
    hs_free_database(f.sound_database);
    for (unsigned i = 0; i < WAYS; i++) free(f.stamps[i]);
    free(f.syllables);
    free(f.sound_bytes);
    arena_free(arena);
}

static void on_problem(void *context, const cs_rule_problem *p) {
    (void)context;
    fprintf(stderr, "%s:%u:%u: %s\n", p->file, p->line, p->column, p->reason);
}

int main(int argc, char **argv) {
    if (argc < 4 || argc > 5 || !hash_start()) {
        fprintf(stderr, "usage: bench_sound speed|phrases|rules CHATS RULES [SEED]\n");
        return 2;
    }
    uint64_t seed = argc == 5 ? strtoull(argv[4], NULL, 10) : 1;
    const char *path = argv[3];
    cs_ruleset *rules = NULL;
    cs_message message;
    cs_texts texts;
    bool is_good = true;
    if (ruleset_load(&path, 1, on_problem, NULL, &rules, &message) != CS_OK) give_up(path, &message);
    if (!texts_read(argv[2], CHATS, &texts) || !damage_start()) give_up("no chats, no memory, or no GB 2312", NULL);
    if (seed == 0) seed = 1; /* nothing comes of nought */
    if (strcmp(argv[1], "speed") == 0)
        measure_speed(&texts);
    else if (strcmp(argv[1], "phrases") == 0)
        measure_phrases(&texts, rules, seed);
    else
        is_good = sound_rules_measure(&texts, rules, seed);
    texts_free(&texts);
    ruleset_release(rules);
    return is_good ? 0 : 1;
}
