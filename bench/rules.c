/* bench_rules engine CHATS RULES-FILE - 1,000 rules with 10,000 phrases (written to RULES-FILE) over the chats: against bare
 * Hyperscan with the same compiled phrases, and over a call of one hour. Prints `name value` lines.
 * bench_rules density CHATS RULES-PATH - how many turns have at least one phrase of these rules, and findings a chat.
 */
#include "rules_text.h"

#include "base/hash.h"
#include "rules/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHATS = 10000, ROUNDS = 7, HOUR_ROUNDS = 31, LIVE_TURNS = 200, ARENA_BYTES = 256 << 20 };

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile(double *values, size_t count, double share) {
    qsort(values, count, sizeof *values, compare_doubles);
    return values[(size_t)((double)(count - 1) * share)];
}

static _Noreturn void give_up(const char *what, const cs_message *message) {
    fprintf(stderr, "bench_rules: %s: %s\n", what, message ? message->reason : "");
    exit(1);
}

static void on_problem(void *context, const cs_rule_problem *p) {
    (void)context;
    fprintf(stderr, "%s:%u:%u: %s\n", p->file, p->line, p->column, p->reason);
}

/* ---- one pass ---- */

static int count_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context) {
    (void)id, (void)from, (void)to, (void)flags;
    ++*(uint64_t *)context;
    return 0;
}

static double pass_bare(const hs_database_t *database, hs_scratch_t *scratch, const cs_texts *texts,
                        uint64_t *matches) {
    double from = seconds();
    *matches = 0;
    for (size_t c = 0; c < texts->count; c++)
        for (uint32_t i = 0; i < texts->chats[c]->turn_count; i++) {
            const cs_turn *turn = &texts->chats[c]->turns[i];
            hs_scan(database, turn->text, turn->text_bytes, 0, scratch, count_match, matches);
        }
    return seconds() - from;
}

static double pass_engine(cs_scanner *scanner, cs_arena *arena, const cs_texts *texts, uint64_t *findings) {
    cs_message message;
    cs_verdicts verdicts;
    double from = seconds();
    *findings = 0;
    for (size_t c = 0; c < texts->count; c++) {
        arena_reset(arena);
        if (evaluation_run(scanner, texts->chats[c], arena, &verdicts, &message) != CS_OK)
            give_up("evaluate", &message);
        for (uint32_t i = 0; i < verdicts.finding_count; i++)
            *findings += verdict_needs_eye(verdicts.findings[i].verdict);
    }
    return seconds() - from;
}

/* Folding and finding the words, without judging. */
static double pass_scan(cs_scanner *scanner, cs_arena *arena, const cs_texts *texts) {
    cs_message message;
    uint32_t atoms = ruleset_syntax(scan_ruleset(scanner))->atom_count;
    double from = seconds();
    for (size_t c = 0; c < texts->count; c++) {
        const cs_conversation *chat = texts->chats[c];
        arena_reset(arena);
        cs_table table;
        const cs_folded *folded;
        if (!table_init(&table, atoms, arena)) give_up("out of memory", NULL);
        for (uint32_t i = 0; i < chat->turn_count; i++) {
            const cs_turn *turn = &chat->turns[i];
            if (scan_turn(scanner, &table, turn, chat->participants[turn->participant].role, false, i, turn->start_ms,
                          &folded, &message) != CS_OK)
                give_up("scan", &message);
        }
    }
    return seconds() - from;
}

/* ---- figures ---- */

static void compare(const char *name, cs_ruleset *rules, cs_scanner *scanner, cs_arena *arena, const cs_texts *texts) {
    const hs_database_t *database = ruleset_patterns(rules)->literal_database;
    hs_scratch_t *scratch = NULL;
    if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS) give_up("Hyperscan", NULL);
    double ratios[ROUNDS], scan_ratios[ROUNDS], engine_mb[ROUNDS], bare_mb[ROUNDS], mb = (double)texts->bytes / 1e6;
    uint64_t matches = 0, findings = 0;
    for (unsigned i = 0; i < ROUNDS; i++) { /* side by side, so that both meet the same machine */
        double bare = pass_bare(database, scratch, texts, &matches);
        double engine = pass_engine(scanner, arena, texts, &findings);
        ratios[i] = bare / engine;
        scan_ratios[i] = bare / pass_scan(scanner, arena, texts);
        engine_mb[i] = mb / engine;
        bare_mb[i] = mb / bare;
    }
    hs_free_scratch(scratch);
    printf("%s.ratio %.3f\n", name, quantile(ratios, ROUNDS, 0.5));
    printf("%s.scan_ratio %.3f\n", name, quantile(scan_ratios, ROUNDS, 0.5));
    printf("%s.engine %.1f\n", name, quantile(engine_mb, ROUNDS, 0.5));
    printf("%s.bare %.1f\n", name, quantile(bare_mb, ROUNDS, 0.5));
    printf("%s.matches %.3f\n", name, (double)matches / (double)texts->turns);
    printf("%s.findings %.2f\n", name, (double)findings / (double)texts->count);
}

/* The whole call at once, and turn by turn as it would come live. */
static void measure_hour(const char *name, cs_scanner *scanner, const cs_texts *texts) {
    cs_arena *kept = arena_create(ARENA_BYTES), *arena = arena_create(ARENA_BYTES);
    cs_conversation *hour = kept && arena ? texts_hour(texts, kept) : NULL;
    cs_verdicts verdicts;
    cs_message message;
    double whole[HOUR_ROUNDS];
    if (!hour) give_up("too few chats for an hour", NULL);
    double *each = calloc(hour->turn_count, sizeof *each);
    if (!each) give_up("out of memory", NULL);
    size_t characters = 0, live_bytes = 0;
    for (uint32_t i = 0; i < hour->turn_count; i++) characters += hour->turns[i].text_bytes / 3;
    for (unsigned i = 0; i < HOUR_ROUNDS; i++) {
        arena_reset(arena);
        double from = seconds();
        if (evaluation_run(scanner, hour, arena, &verdicts, &message) != CS_OK) give_up("evaluate", &message);
        whole[i] = 1000 * (seconds() - from);
    }
    arena_reset(arena);
    cs_evaluation *live = NULL;
    if (evaluation_begin(scanner, hour, arena, &live, &message) != CS_OK) give_up("begin", &message);
    for (uint32_t i = 0; i < hour->turn_count; i++) {
        double from = seconds();
        if (evaluation_push_turn(live, &hour->turns[i], &message) != CS_OK ||
            evaluation_advance(live, hour->turns[i].start_ms + 1, &message) != CS_OK)
            give_up("advance", &message);
        each[i] = 1000 * (seconds() - from);
        if (i + 1 == LIVE_TURNS) live_bytes = arena_used(arena);
    }
    printf("%s.hour %.2f\n", name, quantile(whole, HOUR_ROUNDS, 0.5));
    printf("%s.hour_turns %u\n", name, hour->turn_count);
    printf("%s.hour_characters %zu\n", name, characters);
    printf("%s.turn_p95 %.3f\n", name, quantile(each, hour->turn_count, 0.95));
    printf("%s.live_kb %.1f\n", name, (double)live_bytes / 1000);
    printf("%s.hour_kb %.1f\n", name, (double)arena_used(arena) / 1000);
    free(each);
    arena_free(arena);
    arena_free(kept);
}

static cs_ruleset *load(const char *path) {
    cs_ruleset *rules = NULL;
    cs_message message;
    if (ruleset_load(&path, 1, on_problem, NULL, &rules, &message) != CS_OK) give_up(path, &message);
    return rules;
}

/* The second load finds what the first compiled. */
static void measure_cache(const char *rules_path) {
    char folder[] = "/tmp/callscope-bench-XXXXXX", command[64];
    double took[HOUR_ROUNDS];
    if (!mkdtemp(folder)) give_up("a folder for the cache", NULL);
    for (unsigned i = 0; i < HOUR_ROUNDS; i++) {
        cs_ruleset *rules = NULL;
        cs_message message;
        double from = seconds();
        if (ruleset_load_cached(folder, &rules_path, 1, on_problem, NULL, &rules, &message) != CS_OK)
            give_up(rules_path, &message);
        took[i] = 1000 * (seconds() - from);
        ruleset_release(rules);
    }
    printf("cached %.2f\n", quantile(took + 1, HOUR_ROUNDS - 1, 0.5));
    snprintf(command, sizeof command, "rm -r %s", folder);
    if (system(command) != 0) give_up(folder, NULL);
}

static void measure_engine(const char *chats, const char *rules_path) {
    static char phrases[PHRASES][PHRASE_BYTES];
    cs_texts texts;
    cs_message message;
    cs_scanner *scanner = NULL;
    phrases_make(phrases);
    if (!rules_write(rules_path, phrases)) give_up(rules_path, NULL);
    double from = seconds();
    cs_ruleset *rules = load(rules_path);
    printf("compile %.3f\n", seconds() - from);
    measure_cache(rules_path);
    printf("rules %u\nphrases %u\n", ruleset_rule_count(rules), ruleset_patterns(rules)->literal_count);
    cs_arena *arena = arena_create(ARENA_BYTES);
    if (!arena || scanner_create(rules, &scanner, &message) != CS_OK) give_up("scanner", &message);
    if (!texts_read(chats, CHATS, &texts)) exit(1);
    compare("sparse", rules, scanner, arena, &texts);
    measure_hour("sparse", scanner, &texts);
    if (!texts_thicken(&texts, phrases)) give_up("out of memory", NULL);
    compare("dense", rules, scanner, arena, &texts);
    measure_hour("dense", scanner, &texts);
    texts_free(&texts);
    arena_free(arena);
    scanner_free(scanner);
    ruleset_release(rules);
}

/* What rules cost whose words never come: the first hundred alone, and with nine hundred of others. */
static void measure_unrelated(const char *chats, const char *path) {
    static char phrases[PHRASES][PHRASE_BYTES];
    double best[2] = {1e9, 1e9};
    uint64_t findings;
    cs_texts texts;
    cs_message message;
    cs_scanner *scanners[2];
    cs_ruleset *rules[2];
    cs_arena *arena = arena_create(ARENA_BYTES);
    phrases_make(phrases);
    if (!arena || !texts_read(chats, CHATS, &texts)) exit(1);
    for (unsigned k = 0; k < 2; k++) {
        if (!rules_write_unrelated(path, phrases, 100, k ? RULES - 100 : 0)) give_up(path, NULL);
        rules[k] = load(path);
        if (scanner_create(rules[k], &scanners[k], &message) != CS_OK) give_up("scanner", &message);
    }
    for (unsigned i = 0; i < ROUNDS * 2; i++) {
        double took = pass_engine(scanners[i % 2], arena, &texts, &findings);
        if (took < best[i % 2]) best[i % 2] = took;
    }
    printf("unrelated %.1f\n", 100 * (best[1] / best[0] - 1));
    for (unsigned k = 0; k < 2; k++) {
        scanner_free(scanners[k]);
        ruleset_release(rules[k]);
    }
    texts_free(&texts);
    arena_free(arena);
}

static void measure_density(const char *chats, const char *rules_path) {
    cs_texts texts;
    cs_message message;
    cs_scanner *scanner = NULL;
    cs_ruleset *rules = load(rules_path);
    cs_arena *arena = arena_create(ARENA_BYTES);
    if (!arena || scanner_create(rules, &scanner, &message) != CS_OK) give_up("scanner", &message);
    if (!texts_read(chats, CHATS, &texts)) exit(1);
    uint32_t atoms = ruleset_syntax(rules)->atom_count;
    size_t with_hit = 0;
    for (size_t c = 0; c < texts.count; c++)
        for (uint32_t i = 0; i < texts.chats[c]->turn_count; i++) {
            const cs_turn *turn = &texts.chats[c]->turns[i];
            bool has_hit = false;
            arena_reset(arena);
            cs_table table;
            const cs_folded *folded;
            cs_role role = texts.chats[c]->participants[turn->participant].role;
            if (!table_init(&table, atoms, arena)) give_up("out of memory", NULL);
            if (scan_turn(scanner, &table, turn, role, false, i, 0, &folded, &message) != CS_OK)
                give_up("scan", &message);
            for (uint32_t k = 0; k < table.count && !has_hit; k++) /* at most one in one turn */
                has_hit = table.lists[k].items[0].why == CS_WHY_NONE;
            with_hit += has_hit;
        }
    uint64_t findings;
    pass_engine(scanner, arena, &texts, &findings);
    printf("rules %u\nphrases %u\n", ruleset_rule_count(rules), ruleset_patterns(rules)->literal_count);
    printf("density %.3f\nfindings %.2f\n", (double)with_hit / (double)texts.turns,
           (double)findings / (double)texts.count);
    texts_free(&texts);
    arena_free(arena);
    scanner_free(scanner);
    ruleset_release(rules);
}

int main(int argc, char **argv) {
    if (argc != 4 || !hash_start()) {
        fprintf(stderr, "usage: bench_rules engine|unrelated|density CHATS RULES\n");
        return 2;
    }
    if (strcmp(argv[1], "engine") == 0)
        measure_engine(argv[2], argv[3]);
    else if (strcmp(argv[1], "unrelated") == 0)
        measure_unrelated(argv[2], argv[3]);
    else
        measure_density(argv[2], argv[3]);
    return 0;
}
