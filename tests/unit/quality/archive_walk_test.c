/* Whatever the filter, the sorting, the pages and however few rows an answer may look at: a list holds exactly the rows of a
 * plain scan, each once and in order; totals and neighbours are what they say. SEED=n repeats a run. */
#include "archive_stage.h"

#include <stdlib.h>

enum { SAMPLES = 160, QUESTIONS = 400, MAX_QUERY = 400, NO_FILTER = -1 };

static cs_sample samples[SAMPLES]; /* in the order of their numbers */
static char ids[SAMPLES][8];
static char stored_ids[SAMPLES][CS_ID_CHARS + 1];
static uint64_t state;

static unsigned below(unsigned bound) {
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)((state >> 33) % bound);
}

static const char *const agents[] = {"李晓芸", "王强", "陈默", NULL};
static const char *const teams[] = {"一组", "二组", NULL};
static const char *const sorts[] = {"-started",   "started",     "compliance", "-compliance",
                                    "experience", "-experience", "risk",       "-risk"};
static const cs_verdict verdicts[RULE_COUNT][4] = {
    {CS_VERDICT_MET, CS_VERDICT_MISSED, CS_VERDICT_UNDECIDED, CS_VERDICT_NOT_APPLICABLE},
    {CS_VERDICT_CLEAN, CS_VERDICT_HIT, CS_VERDICT_UNDECIDED, CS_VERDICT_NOT_APPLICABLE},
    {CS_VERDICT_NOT_NOTED, CS_VERDICT_NOTED, CS_VERDICT_UNDECIDED, CS_VERDICT_NOT_APPLICABLE}};
static const char *const rule_names[] = {"apologise", "no-blame", "silent", "gone"};

static void draw(cs_sample *one) {
    static const int scores[] = {CS_NO_SCORE, 0, 40, 40, 90, 100};
    one->agent = agents[below(4)];
    one->team = teams[below(3)];
    one->channel = below(3) ? CS_CHANNEL_CALL : CS_CHANNEL_CHAT;
    one->started_ms = below(5) ? 1771036320000 + below(12) * 1000 : CS_NO_TIME;
    one->is_high_risk = below(6) == 0;
    for (int i = 0; i < CS_SCORE_COUNT; i++) one->scores[i] = scores[below(6)];
    for (int i = 0; i < RULE_COUNT; i++) one->verdicts[i] = verdicts[i][below(4)];
}

/* A third of them are corrected later: other text, other verdicts, the same number. */
static void save_samples(void) {
    cs_saved outcome;
    for (int i = 0; i < SAMPLES; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "S%d", i);
        samples[i] = sample(ids[i]);
        draw(&samples[i]);
        assert_int_equal(save_as(&samples[i], 0, &outcome), CS_OK);
    }
    for (int i = 0; i < SAMPLES; i += 3) {
        draw(&samples[i]);
        samples[i].text = "更正";
        samples[i].run_ms = 2;
        assert_int_equal(save_as(&samples[i], 0, &outcome), CS_OK);
    }
    cs_stmt *stmt = NULL; /* a rule that counts each chance has several findings in one conversation */
    assert_int_equal(db_query(db,
                              "INSERT INTO finding (seq, number, inspection, rule, ordinal, verdict, reason, "
                              "started_ms, agent, turn, at_ms, evidence) SELECT seq, number + 100, inspection, rule, "
                              "ordinal + 1, verdict, reason, started_ms, agent, turn, at_ms, evidence FROM finding "
                              "WHERE rule = 'apologise' AND verdict = 6",
                              &stmt, &message),
                     CS_OK);
    assert_int_equal(db_run(stmt, &message), CS_OK);
}

/* ---- a question, and what a plain scan answers ---- */

typedef struct cs_question {
    const char *agent, *team, *rule, *sort;
    cs_channel channel; /* CS_CHANNEL_COUNT: any */
    bool high_risk_only;
    int64_t from_ms, to_ms;
    int score, min, max;
    cs_verdict verdict;
    int limit;
    int64_t most_rows;
} cs_question;

static cs_question draw_question(void) {
    cs_question q = {.channel = below(4) ? CS_CHANNEL_COUNT : CS_CHANNEL_CHAT,
                     .agent = below(3) ? NULL : agents[below(3)],
                     .team = below(3) ? NULL : teams[below(2)],
                     .rule = below(2) ? NULL : rule_names[below(4)],
                     .sort = sorts[below(8)],
                     .high_risk_only = below(6) == 0,
                     .from_ms = below(4) ? CS_NO_TIME : 1771036320000 + below(12) * 1000,
                     .to_ms = below(4) ? CS_NO_TIME : 1771036320000 + below(14) * 1000,
                     .score = below(4) ? NO_FILTER : (int)below(CS_SCORE_COUNT),
                     .min = (int)below(60),
                     .verdict = CS_VERDICT_COUNT,
                     .limit = 1 + (int)below(40),
                     .most_rows = below(4) ? 1 + below(60) : 0};
    q.max = q.min + (int)below(41);
    if (q.rule && below(4)) q.verdict = (cs_verdict)below(CS_VERDICT_COUNT);
    if (!q.rule && below(4) == 0) q.verdict = CS_VERDICT_UNDECIDED + below(4);
    return q;
}

static bool has_verdict(const cs_question *q, const cs_sample *one) {
    bool is_kept[CS_VERDICT_COUNT] = {[CS_VERDICT_HIT] = true, [CS_VERDICT_MISSED] = true, [CS_VERDICT_NOTED] = true};
    for (int i = 0; i < RULE_COUNT; i++) {
        if (q->rule && strcmp(q->rule, rule_names[i]) != 0) continue;
        if (q->verdict == CS_VERDICT_COUNT ? is_kept[one->verdicts[i]] : one->verdicts[i] == q->verdict) return true;
    }
    return false;
}

static bool is_text(const char *asked, const char *has) {
    return !asked || (has && strcmp(asked, has) == 0);
}

static bool matches(const cs_question *q, const cs_sample *one) {
    if (!is_text(q->agent, one->agent) || !is_text(q->team, one->team)) return false;
    if (q->channel != CS_CHANNEL_COUNT && q->channel != one->channel) return false;
    if (q->high_risk_only && !one->is_high_risk) return false;
    bool has_time = one->started_ms != CS_NO_TIME;
    if (q->from_ms != CS_NO_TIME && (!has_time || one->started_ms < q->from_ms)) return false;
    if (q->to_ms != CS_NO_TIME && (!has_time || one->started_ms >= q->to_ms)) return false;
    if (q->score != NO_FILTER) {
        int has = one->scores[q->score];
        if (has == CS_NO_SCORE || has < q->min || has > q->max) return false;
    }
    return (!q->rule && q->verdict == CS_VERDICT_COUNT) || has_verdict(q, one);
}

static const char *asked_sort; /* of compare */

static int compare_unknown_last(int64_t a, int64_t b, int64_t unknown, int direction) {
    if (a == b) return 0;
    if (a == unknown || b == unknown) return a == unknown ? 1 : -1;
    return a < b ? -direction : direction;
}

static int compare(const void *left, const void *right) {
    int a = *(const int *)left, b = *(const int *)right, order = 0;
    const char *name = asked_sort[0] == '-' ? asked_sort + 1 : asked_sort;
    int direction = asked_sort[0] == '-' ? -1 : 1;
    for (cs_score score = 0; score < CS_SCORE_COUNT; score++)
        if (strcmp(name, score_name(score)) == 0)
            order = compare_unknown_last(samples[a].scores[score], samples[b].scores[score], CS_NO_SCORE, direction);
    if (order == 0) order = compare_unknown_last(samples[a].started_ms, samples[b].started_ms, CS_NO_TIME, direction);
    return order ? order : a < b ? -direction : direction;
}

static int scan(const cs_question *q, int out[SAMPLES]) {
    int count = 0;
    for (int i = 0; i < SAMPLES; i++)
        if (matches(q, &samples[i])) out[count++] = i;
    asked_sort = q->sort;
    qsort(out, (size_t)count, sizeof *out, compare);
    return count;
}

/* ---- asking ---- */

static void question_filter(const cs_question *q, cs_filter *filter) {
    filter_init(filter);
    filter->agent = q->agent;
    filter->team = q->team;
    filter->rule = q->rule;
    filter->sort = q->sort;
    filter->channels = q->channel == CS_CHANNEL_COUNT ? NULL : channel_name(q->channel);
    filter->high_risk_only = q->high_risk_only;
    filter->from_ms = q->from_ms;
    filter->to_ms = q->to_ms;
    filter->verdict = q->verdict == CS_VERDICT_COUNT ? NULL : verdict_name(q->verdict);
    filter->most_rows = q->most_rows;
    if (q->score == NO_FILTER) return;
    filter->score = q->score;
    filter->score_min = q->min;
    filter->score_max = q->max;
}

static void ask_question(const cs_question *q, cs_ask what, const char *more) {
    cs_filter filter;
    cs_buffer out;
    cs_json_writer writer;
    question_filter(q, &filter);
    buffer_init(&out, 1 << 20);
    json_writer_init(&writer, &out);
    cs_error code = what(&filter, more, q->limit, &writer);
    if (code != CS_OK) print_message("%s\n", message.reason);
    assert_int_equal(code, CS_OK);
    json_free(json);
    assert_int_equal(json_parse(out.data, out.length, 1 << 20, &json, &message), CS_OK);
    buffer_free(&out);
}

static void describe(const cs_question *q, const char *what) {
    print_message("%s: agent=%s team=%s rule=%s verdict=%d channel=%d high=%d from=%lld to=%lld score=%d %d-%d sort=%s "
                  "limit=%d rows=%lld\n",
                  what, q->agent ? q->agent : "", q->team ? q->team : "", q->rule ? q->rule : "", (int)q->verdict,
                  (int)q->channel, q->high_risk_only, (long long)q->from_ms, (long long)q->to_ms, q->score, q->min,
                  q->max, q->sort, q->limit, (long long)q->most_rows);
}

static bool total_is_true(int64_t count, bool must_be_exact) {
    int64_t total = integer(json, "total");
    bool is_exact = json_is_true(json_get(json, "total_is_exact"));
    return is_exact ? total == count : !must_be_exact && total <= count;
}

/* Pages joined are the scan. */
static void check_list(const cs_question *q, const int *expected, int count) {
    int at = 0, pages = 0;
    char after[200] = "";
    do {
        ask_question(q, ask_list, after[0] ? after : NULL);
        const cs_json *items = json_get(json, "items");
        bool is_right = json_length(items) <= (size_t)q->limit && total_is_true(count, q->most_rows == 0);
        for (size_t i = 0; i < json_length(items) && is_right; i++, at++)
            is_right = at < count &&
                       strcmp(json_string(json_get(json_at(items, i), "external_id"), NULL), ids[expected[at]]) == 0;
        const char *next = json_string(json_get(json, "next"), NULL);
        (void)snprintf(after, sizeof after, "%s", next ? next : "");
        is_right = is_right && (next || at == count) && ++pages <= 4 * SAMPLES;
        if (!is_right) describe(q, "list");
        assert_true(is_right);
    } while (after[0]);
}

static bool neighbour_is_true(const char *key, const char *known, const char *expected) {
    const char *got = json_string(json_get(json, key), NULL);
    if (!json_is_true(json_get(json, known))) return got == NULL;
    return expected ? got && strcmp(got, expected) == 0 : got == NULL;
}

static void check_neighbours(const cs_question *q, const int *expected, int count) {
    int of = (int)below(SAMPLES), at = 0;
    int64_t position = 0;
    while (at < count && expected[at] != of) at++;
    ask_question(q, ask_neighbours, ids[of]);
    bool is_in = at < count, has_position = json_int64(json_get(json, "position"), &position);
    const char *before = is_in && at > 0 ? stored_ids[expected[at - 1]] : NULL;
    const char *behind = is_in && at + 1 < count ? stored_ids[expected[at + 1]] : NULL;
    bool is_right = total_is_true(count, q->most_rows == 0) &&
                    neighbour_is_true("previous", "previous_is_known", before) &&
                    neighbour_is_true("next", "next_is_known", behind);
    is_right = is_right && (has_position ? is_in && position == at + 1 : !is_in || q->most_rows > 0);
    if (!is_right) {
        describe(q, "neighbours");
        print_message("of %s: at %d of %d, said: position %lld, total %lld\n", ids[of], at, count, (long long)position,
                      (long long)integer(json, "total"));
    }
    assert_true(is_right);
}

static void read_stored_ids(void) {
    cs_question all = {.channel = CS_CHANNEL_COUNT,
                       .sort = "started",
                       .from_ms = CS_NO_TIME,
                       .to_ms = CS_NO_TIME,
                       .score = NO_FILTER,
                       .verdict = CS_VERDICT_COUNT,
                       .limit = SAMPLES};
    ask_question(&all, ask_list, NULL);
    const cs_json *items = json_get(json, "items");
    assert_int_equal(json_length(items), SAMPLES);
    for (size_t i = 0; i < SAMPLES; i++) {
        int number = atoi(json_string(json_get(json_at(items, i), "external_id"), NULL) + 1);
        (void)snprintf(stored_ids[number], sizeof stored_ids[number], "%s",
                       json_string(json_get(json_at(items, i), "id"), NULL));
    }
}

static void a_list_is_what_a_plain_scan_finds(void **unused) {
    (void)unused;
    const char *seed = getenv("SEED"), *times = getenv("QUESTIONS");
    state = seed ? strtoull(seed, NULL, 10) : 20261122;
    print_message("seed %llu\n", (unsigned long long)state);
    save_samples();
    read_stored_ids();
    int questions = times ? atoi(times) : QUESTIONS, expected[SAMPLES], found = 0;
    for (int i = 0; i < questions; i++) {
        cs_question q = draw_question();
        int count = scan(&q, expected);
        found += count > 0;
        check_list(&q, expected, count);
        check_neighbours(&q, expected, count);
    }
    assert_true(found > questions / 4); /* the questions are not beside the point */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_list_is_what_a_plain_scan_finds, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
