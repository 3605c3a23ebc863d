/* Rule sets are exchanged under load: no conversation waits, and each is judged whole by one of them. */
#include "base/hash.h"
#include "rules/evaluation.h"
#include "rules/ruleset_slot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { WORKERS = 3, SWAPS = 200 };

static cs_ruleset *make(const char *cache, const char *phrase) {
    char source[512], rules[256];
    cs_ruleset *set = NULL;
    cs_message message;
    int bytes = snprintf(rules, sizeof rules,
                         "rule a\n  never agent says \"%s\"\nrule b\n  expect agent says /%s+/\n  else risk +1\n",
                         phrase, phrase);
    int all = snprintf(source, sizeof source, "%%%%file x.rules %d\n%s\n", bytes, rules);
    assert_int_equal(ruleset_restore_cached(cache, source, (size_t)all, &set, &message), CS_OK);
    return set;
}

static cs_participant people[] = {{"a", NULL, NULL, CS_ROLE_AGENT}};
static cs_turn turns[] = {{0, 0, CS_NO_TIME, "抱歉", 6, -1, NULL, 0, NULL, 0}};
static cs_conversation talk = {.external_id = "t",
                               .title = "t",
                               .channel = CS_CHANNEL_CALL,
                               .started_ms = CS_NO_TIME,
                               .participants = people,
                               .turns = turns,
                               .participant_count = 1,
                               .turn_count = 1,
                               .is_timed = true};

/* Both rules must speak of the same set: 抱歉 breaks a and keeps b, or the other way round. */
static bool judge_once(cs_ruleset *rules) {
    cs_scanner *scanner = NULL;
    cs_verdicts out;
    cs_message message;
    cs_arena *arena = arena_create(1 << 20);
    bool is_good = scanner_create(rules, &scanner, &message) == CS_OK &&
                   evaluation_run(scanner, &talk, arena, &out, &message) == CS_OK &&
                   (out.verdicts[0] == CS_VERDICT_HIT) == (out.verdicts[1] == CS_VERDICT_MET);
    scanner_free(scanner);
    arena_free(arena);
    return is_good;
}

typedef struct load {
    cs_ruleset_slot slot;
    atomic_bool is_over;
    atomic_uint judged, faulty;
} load;

static void *work(void *context) {
    load *l = context;
    while (!atomic_load(&l->is_over)) {
        cs_ruleset *rules = ruleset_slot_take(&l->slot);
        if (!judge_once(rules)) atomic_fetch_add(&l->faulty, 1);
        atomic_fetch_add(&l->judged, 1);
        ruleset_release(rules);
    }
    return NULL;
}

static void sets_are_exchanged_under_load(void **state) {
    (void)state;
    load l = {0};
    pthread_t threads[WORKERS];
    cs_ruleset *first = make(NULL, "抱歉");
    ruleset_slot_init(&l.slot, first);
    ruleset_release(first);
    for (int i = 0; i < WORKERS; i++) assert_int_equal(pthread_create(&threads[i], NULL, work, &l), 0);
    for (int i = 0; i < SWAPS; i++) {
        cs_ruleset *next = make(NULL, i % 2 ? "抱歉" : "再见");
        unsigned before = atomic_load(&l.judged);
        ruleset_slot_put(&l.slot, next);
        ruleset_release(next);
        while (atomic_load(&l.judged) == before) sched_yield(); /* work goes on */
    }
    atomic_store(&l.is_over, true);
    for (int i = 0; i < WORKERS; i++) pthread_join(threads[i], NULL);
    assert_int_equal(l.faulty, 0);
    assert_true(l.judged >= SWAPS);
    ruleset_slot_free(&l.slot);
}

static unsigned spoil_all(const char *folder, long keep) {
    char command[512];
    snprintf(command, sizeof command, "for f in %s/patterns-*; do truncate -s %ld $f; done", folder, keep);
    return (unsigned)system(command);
}

static void what_was_compiled_is_kept(void **state) {
    (void)state;
    char folder[] = "callscope-cache-XXXXXX", command[128];
    assert_non_null(mkdtemp(folder));
    for (int round = 0; round < 4; round++) { /* made, read, cut short and made again, empty and made again */
        cs_ruleset *rules = make(folder, "抱歉");
        assert_true(judge_once(rules));
        ruleset_release(rules);
        snprintf(command, sizeof command, "test $(ls %s | wc -l) = 1", folder);
        assert_int_equal(system(command), 0);
        if (round == 1) assert_int_equal(spoil_all(folder, 400), 0);
        if (round == 2) assert_int_equal(spoil_all(folder, 0), 0);
    }
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void) {
    if (!hash_start()) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(sets_are_exchanged_under_load),
                                       cmocka_unit_test(what_was_compiled_is_kept)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
