/* Obligations across conversations are a function of the log, whatever the order of arrival, restarts and kills. */
#include "deferred_stage.h"

#include <signal.h>
#include <sys/wait.h>

/* ---- a function of the log ---- */

static uint32_t seed = 1;
static uint32_t below(uint32_t bound) {
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)seed * bound) >> 32);
}

enum { MOST = 24 };
typedef struct scene {
    cs_log_event events[MOST];
    char ids[MOST][8];
    uint32_t count;
} scene;

static const char *one_of(const char *const *texts, uint32_t count) {
    return texts[below(count)];
}

static void make_scene(scene *s) {
    static const char *const kinds[] = {"ticket.closed",  "ticket.closed",   "call.answered",
                                        "call.answered",  "ticket.reopened", "call.offered",
                                        "repair.ordered", "repair.done",     "customer.gone"};
    static const char *const tickets[] = {"T-1", "T-2", "T-1", NULL};
    static const char *const customers[] = {"K-1", "K-2", "K-1", NULL};
    static const char *const directions[] = {"out", "out", "in", "in", NULL};
    static const char *const by[] = {"a1", "a2", NULL, "bot", "undecided"};
    s->count = 6 + below(MOST - 6);
    for (uint32_t i = 0; i < s->count; i++) {
        snprintf(s->ids[i], sizeof s->ids[i], "%u%c", below(100), (int)('a' + i));
        s->events[i] = (cs_log_event){.id = s->ids[i],
                                      .kind = one_of(kinds, 9),
                                      .at_ms = ms("2026-03-02T00:00") + (int64_t)below(80) * 3 * 3600000,
                                      .ticket = one_of(tickets, 4),
                                      .customer = one_of(customers, 4)};
        cs_log_event *e = &s->events[i];
        if (strncmp(e->kind, "call", 4) == 0) e->direction = one_of(directions, 5), e->by = one_of(by, 5);
        if (strcmp(e->kind, "ticket.closed") == 0 && below(5)) e->fields = COMPLAINT, e->field_count = 1;
    }
}

static void clear(void) {
    static const char *const statements[] = {"UPDATE deferred_obligation SET supersedes = NULL",
                                             "DELETE FROM deferred_obligation", "DELETE FROM deferred_rule",
                                             "DELETE FROM event_log"};
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        cs_stmt *stmt;
        GOOD(db_query(db, statements[i], &stmt, &message));
        GOOD(db_run(stmt, &message));
    }
}

static const char current[] =
    "SELECT rule || '|' || opened_event || '|' || state || '|' || reason || '|' || closed_ms || '|' || evidence FROM "
    "deferred_obligation WHERE is_current = 1 ORDER BY rule, opened_event";
static const char short_current[] = "SELECT rule || '|' || opened_event || '|' || state FROM "
                                    "deferred_obligation WHERE is_current = 1 ORDER BY rule, opened_event";
static const char everything[] =
    "SELECT rule || '|' || opened_event || '|' || opened_ms || '|' || state || '|' || reason || '|' || due_ms || '|' "
    "|| closed_ms || '|' || coalesce(decided_ms, '') || '|' || evidence || '|' || is_current || '|' || "
    "coalesce((SELECT s.state || s.opened_event FROM deferred_obligation s WHERE s.number = o.supersedes), '') FROM "
    "deferred_obligation o ORDER BY rule, opened_event, number";

static void shuffle(scene *s) {
    for (uint32_t i = s->count; i > 1; i--) {
        uint32_t j = below(i);
        cs_log_event kept = s->events[i - 1];
        s->events[i - 1] = s->events[j];
        s->events[j] = kept;
    }
}

/* Arrives in this order, in portions, with runs between them whose clock goes on; then everything is due. */
static const char *arrive(const scene *s) {
    int64_t now = ms("2026-03-04T00:00");
    clear();
    for (uint32_t i = 0; i < s->count; i++) {
        append(&s->events[i]);
        if (below(3)) continue;
        now += (int64_t)below(96) * 3600000;
        GOOD(deferred_run(db, rules, now, &counts, &message));
    }
    run("2026-06-01T00:00");
    return ask(current);
}

/* The same told another way: everything at once, from the first event to the last, without a store. */
static const scene *told;
static int by_place(const void *left, const void *right) {
    const cs_log_event *a = left, *b = right;
    if (a->at_ms != b->at_ms) return a->at_ms < b->at_ms ? -1 : 1;
    return strcmp(a->id, b->id);
}

static bool is_about(cs_subject subject, const cs_log_event *a, const cs_log_event *b, bool *is_perhaps) {
    const char *mine = subject == CS_SUBJECT_TICKET ? a->ticket : a->customer;
    const char *its = subject == CS_SUBJECT_TICKET ? b->ticket : b->customer;
    const char *my_other = subject == CS_SUBJECT_TICKET ? a->customer : a->ticket;
    const char *its_other = subject == CS_SUBJECT_TICKET ? b->customer : b->ticket;
    *is_perhaps = (!mine || !its) && my_other && its_other && strcmp(my_other, its_other) == 0;
    return mine && its && strcmp(mine, its) == 0;
}

/* The first sure event of the pattern in the window; counts the possible ones. */
static const cs_log_event *first_of(const cs_event_pattern *pattern, const cs_log_event *opened, int64_t due_ms,
                                    unsigned *possible) {
    const cs_log_event *found = NULL;
    for (uint32_t i = 0; pattern->kinds[0] && i < told->count; i++) {
        const cs_log_event *e = &told->events[i];
        bool is_perhaps;
        if (e == opened || e->at_ms < opened->at_ms || e->at_ms > due_ms) continue;
        bool is_sure = is_about(pattern->subject, opened, e, &is_perhaps);
        cs_fit fit = across_fits(pattern, e, NULL);
        if (is_sure && fit == CS_FIT_YES && !found) found = e;
        if (fit != CS_FIT_NO && (is_perhaps || (is_sure && fit == CS_FIT_PERHAPS))) ++*possible;
    }
    return found;
}

static const char *oracle_state(const cs_across *a, const cs_log_event *opened, const cs_log_event **closes,
                                int64_t due_ms) {
    unsigned possible = 0, possible_waivers = 0;
    const cs_log_event *match = first_of(&a->expect, opened, due_ms, &possible);
    const cs_log_event *waiver = first_of(&a->waiver, opened, due_ms, &possible_waivers);
    if (waiver && (!match || waiver->at_ms < match->at_ms)) return *closes = waiver, "waived";
    if (match) return *closes = match, a->is_never ? "missed" : "met";
    if (!opened->ticket && !opened->customer) return "undecided";
    if (possible || (possible_waivers && !a->is_never)) return "undecided";
    return a->is_never ? "met" : "missed";
}

typedef struct line {
    char text[80];
} line;

static int by_text(const void *left, const void *right) {
    return strcmp(((const line *)left)->text, ((const line *)right)->text);
}

static const char *oracle(scene *s) {
    line lines[3 * MOST];
    uint32_t count = 0;
    qsort(s->events, s->count, sizeof *s->events, by_place);
    told = s;
    for (uint32_t r = 0; r < ruleset_rule_count(rules); r++) {
        const cs_across *a = across_of(rules, r);
        bool is_taken[MOST] = {false};
        for (uint32_t i = 0; i < s->count; i++) {
            const cs_log_event *e = &s->events[i], *closes = NULL;
            if (is_taken[i] || across_fits(&a->when, e, NULL) != CS_FIT_YES) continue;
            int64_t due_ms = across_due(a, across_calendar(rules), e->at_ms);
            const char *state = oracle_state(a, e, &closes, due_ms);
            snprintf(lines[count++].text, sizeof lines[0].text, "%s|e:%s|%s", ruleset_rule(rules, r)->name, e->id,
                     state);
            for (uint32_t j = i + 1; j < s->count; j++) { /* what joins it */
                bool is_perhaps;
                if (!is_about(a->expect.subject, e, &s->events[j], &is_perhaps)) continue;
                is_taken[j] |= closes ? by_place(&s->events[j], closes) < 0 : s->events[j].at_ms <= due_ms;
            }
        }
    }
    qsort(lines, count, sizeof *lines, by_text);
    char *all = arena_string(arena, "");
    for (uint32_t i = 0; i < count; i++) all = arena_printf(arena, "%s%s%s", all, i ? " " : "", lines[i].text);
    return all;
}

/* The states by another way of judging; the whole rows, evidence too, by another order of arrival; and all of them once
 * more, superseded ones too, by reading the log again. */
static void any_order_of_arrival_gives_the_same(void **state) {
    (void)state;
    static scene s;
    unsigned superseded = 0, states[CS_DEFERRED_COUNT] = {0};
    const unsigned rounds = folder_is_postgres() ? 20 : 120; /* the SQL is the same; each round trip takes its time */
    for (unsigned round = 0; round < rounds; round++) {
        arena_reset(arena);
        seed = 7919u * round + 1;
        make_scene(&s);
        const char *first = arena_string(arena, arrive(&s));
        for (int again = 0; again < 3; again++) {
            shuffle(&s);
            const char *other = arrive(&s);
            if (strcmp(first, other) != 0) print_error("round %u\n%s\n%s\n", round, first, other);
            assert_string_equal(first, other);
        }
        superseded += (unsigned)number("SELECT count(*) FROM deferred_obligation WHERE is_current = 0");
        const char *rows = ask(everything);
        cs_stmt *stmt;
        GOOD(db_query(db, "UPDATE deferred_rule SET cursor = 0", &stmt, &message));
        GOOD(db_run(stmt, &message));
        GOOD(db_query(db, "UPDATE deferred_obligation SET supersedes = NULL", &stmt, &message));
        GOOD(db_run(stmt, &message));
        GOOD(db_query(db, "DELETE FROM deferred_obligation", &stmt, &message));
        GOOD(db_run(stmt, &message));
        run("1971-01-01T00:00"); /* no clock is needed: the timers stand in the log */
        assert_string_equal(rows, ask(everything));
        assert_int_equal(counts.timers, 0);
        const char *states_now = ask(short_current), *expected = oracle(&s);
        if (strcmp(states_now, expected) != 0) print_error("round %u\n%s\n%s\n", round, states_now, expected);
        assert_string_equal(states_now, expected);
        for (int i = 0; i < CS_DEFERRED_COUNT; i++)
            for (const char *at = states_now; (at = strstr(at, deferred_state_name((cs_deferred_state)i))); at++)
                states[i]++;
    }
    assert_true(superseded > rounds / 2); /* it was not for want of disorder */
    for (int i = 0; i < CS_DEFERRED_COUNT; i++)
        assert_true(i == CS_DEFERRED_PENDING ? states[i] == 0 : states[i] > rounds / 4);
}

/* ---- restarts and kills ---- */

enum { TICKETS = 3000 };

static void fill(void) {
    char id[16], ticket[16];
    GOOD(db_begin(db, &message));
    for (int i = 0; i < TICKETS; i++) {
        snprintf(id, sizeof id, "c%d", i);
        snprintf(ticket, sizeof ticket, "T-%d", i);
        closed(id, "2026-03-02T10:00", ticket, "K");
        snprintf(id, sizeof id, "a%d", i);
        if (i % 3 == 0) called(id, "2026-03-03T10:00", ticket, "K");
        snprintf(id, sizeof id, "r%d", i);
        if (i % 3 == 1) happened("ticket.reopened", id, "2026-03-02T12:00", ticket, "K");
    }
    GOOD(db_commit(db, &message));
}

/* A run in another process that is killed after a while; true: it was still at work. */
static bool run_killed(unsigned after_us) {
    db_close(db);
    db = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        cs_db *own = NULL;
        bool is_good = db_open(folder.path, CS_DB_WRITE, &own, &message) == CS_OK &&
                       deferred_run(own, rules, ms("2026-04-01T00:00"), &counts, &message) == CS_OK;
        _exit(is_good ? 0 : 1);
    }
    int status = 0;
    usleep(after_us);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status)) assert_int_equal(WEXITSTATUS(status), 0);
    GOOD(db_open(folder.path, CS_DB_WRITE, &db, &message));
    return WIFSIGNALED(status);
}

static void killed_runs_lose_and_double_nothing(void **state) {
    (void)state;
    fill();
    int killed = 0;
    bool is_at_work = true;
    for (unsigned i = 1; i <= 40 && is_at_work; i++) {
        is_at_work = run_killed(15000 + i * 3000);
        killed += is_at_work;
        assert_int_equal(number("SELECT count(*) FROM (SELECT opened_seq FROM deferred_obligation WHERE is_current = 1 "
                                "GROUP BY rule, opened_seq HAVING count(*) > 1) twice"),
                         0);
    }
    run("2026-04-01T00:00");
    assert_true(killed >= 3);
    assert_int_equal(number("SELECT count(*) FROM deferred_obligation"), TICKETS);
    assert_int_equal(number("SELECT count(*) FROM deferred_obligation WHERE state = 'met'"), TICKETS / 3);
    assert_int_equal(number("SELECT count(*) FROM deferred_obligation WHERE state = 'waived'"), TICKETS / 3);
    assert_int_equal(number("SELECT count(*) FROM deferred_obligation WHERE state = 'missed'"), TICKETS / 3);
    assert_int_equal(number("SELECT count(*) FROM event_log WHERE kind = 'due'"), TICKETS / 3);
    run("2026-04-01T00:00"); /* once more: nothing */
    assert_int_equal(counts.read + counts.opened + counts.decided + counts.timers, 0);
    assert_int_equal(number("SELECT count(*) FROM deferred_obligation"), TICKETS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(any_order_of_arrival_gives_the_same),
        TEST(killed_runs_lose_and_double_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
