/* What archive.h promises of reading: every filter, sorting and page. */
#include "archive_stage.h"

/* ---- lists ---- */

static void save_seven(void) {
    struct {
        const char *id;
        int64_t day;
        int compliance;
    } const given[] = {{"A", 1, 90},          {"B", 2, 70},          {"C", 2, 70}, {"D", 0, 100},
                       {"E", 5, CS_NO_SCORE}, {"F", 0, CS_NO_SCORE}, {"G", 3, 0}};
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        cs_sample one = sample(given[i].id);
        one.started_ms = given[i].day ? given[i].day * 86400000 : CS_NO_TIME;
        one.scores[CS_SCORE_COMPLIANCE] = given[i].compliance;
        (void)save(&one);
    }
}

static void lists_are_sorted_with_the_unknown_last(void **state) {
    (void)state;
    save_seven();
    assert_string_equal(listed(""), "E G C B A F D ");
    assert_string_equal(listed("sort=started"), "A B C G E D F ");
    assert_string_equal(listed("sort=compliance"), "G B C A D E F ");
    assert_string_equal(listed("sort=-compliance"), "D A C B G E F ");
}

static void pages_join_without_gap_or_repeat(void **state) {
    (void)state;
    save_seven();
    const char *const sortings[] = {"sort=-started", "sort=started", "sort=compliance", "sort=-compliance",
                                    "sort=-risk"};
    for (size_t s = 0; s < sizeof sortings / sizeof sortings[0]; s++)
        for (int limit = 1; limit <= 8; limit++) {
            const char *whole = listed(sortings[s]), *after = NULL;
            char *joined = arena_string(arena, "");
            do {
                assert_int_equal(ask(ask_list, sortings[s], after, limit), CS_OK);
                assert_int_equal(integer(json, "total"), 7);
                const cs_json *items = json_get(json, "items");
                assert_in_range(json_length(items), 1, limit);
                for (size_t i = 0; i < json_length(items); i++)
                    joined = arena_printf(arena, "%s%s ", joined,
                                          json_string(json_get(json_at(items, i), "external_id"), NULL));
                after = arena_string(arena, json_string(json_get(json, "next"), NULL));
            } while (after);
            assert_string_equal(joined, whole);
        }
}

static void a_bad_cursor_is_refused(void **state) {
    (void)state;
    save_seven();
    assert_int_equal(ask(ask_list, "", NULL, 2), CS_OK);
    char *next = arena_string(arena, json_string(json_get(json, "next"), NULL));
    assert_int_equal(ask(ask_list, "sort=risk", next, 2), CS_ERR_USAGE); /* a cursor of another sorting */
    assert_int_equal(ask(ask_list, "", "zz", 2), CS_ERR_USAGE);
    next[8] = next[8] == '0' ? '1' : '0';
    assert_int_equal(ask(ask_list, "", next, 2), CS_ERR_USAGE);
    assert_string_equal(message.place, "after");
}

static void neighbours_follow_the_list(void **state) {
    (void)state;
    save_seven();
    const char *const sortings[] = {"sort=-started", "sort=started", "sort=compliance", "sort=-compliance"};
    for (size_t s = 0; s < sizeof sortings / sizeof sortings[0]; s++) {
        const char *order = listed(sortings[s]);
        char id[2] = {0}, ids[7][CS_ID_CHARS + 1];
        for (size_t i = 0; i < 7; i++)
            (void)snprintf(ids[i], sizeof ids[i], "%s",
                           json_string(json_get(json_at(json_get(json, "items"), i), "id"), NULL));
        for (size_t i = 0; i < 7; i++) {
            id[0] = order[2 * i];
            assert_int_equal(ask(ask_neighbours, sortings[s], id, 0), CS_OK);
            assert_int_equal(integer(json, "position"), i + 1);
            assert_int_equal(integer(json, "total"), 7);
            const char *previous = json_string(json_get(json, "previous"), NULL);
            const char *next = json_string(json_get(json, "next"), NULL);
            if (i > 0)
                assert_string_equal(previous, ids[i - 1]);
            else
                assert_null(previous);
            if (i < 6)
                assert_string_equal(next, ids[i + 1]);
            else
                assert_null(next);
        }
    }
    assert_int_equal(ask(ask_neighbours, "channel=chat", "A", 0), CS_OK);
    assert_int_equal(json_kind(json_get(json, "position")), CS_JSON_NULL);
    assert_int_equal(ask(ask_neighbours, "", "nobody", 0), CS_ERR_NOT_FOUND);
}

static void save_for_filters(void) {
    cs_sample given = sample("plain");
    (void)save(&given);
    given = sample("chat");
    given.channel = CS_CHANNEL_CHAT;
    given.agent = "王强";
    given.team = NULL;
    (void)save(&given);
    given = sample("missed");
    given.verdicts[RULE_APOLOGISE] = CS_VERDICT_MISSED;
    given.scores[CS_SCORE_EXPERIENCE] = 90;
    (void)save(&given);
    given = sample("hit");
    given.verdicts[RULE_NO_BLAME] = CS_VERDICT_HIT;
    given.verdicts[RULE_APOLOGISE] = CS_VERDICT_NOT_APPLICABLE;
    given.scores[CS_SCORE_RISK] = 40;
    given.is_high_risk = true;
    (void)save(&given);
    given = sample("undecided");
    given.verdicts[RULE_APOLOGISE] = CS_VERDICT_UNDECIDED;
    given.verdicts[RULE_SILENT] = CS_VERDICT_NOTED;
    given.scores[CS_SCORE_EXPERIENCE] = CS_NO_SCORE;
    (void)save(&given);
}

static void filters_choose(void **state) {
    (void)state;
    save_for_filters();
    assert_string_equal(listed("channel=chat"), "chat ");
    assert_string_equal(listed("channel=chat,call&sort=started"), "plain chat missed hit undecided ");
    assert_string_equal(listed("agent=王强"), "chat ");
    assert_string_equal(listed("team=售后二组&sort=started"), "plain missed hit undecided ");
    assert_string_equal(listed("queue=none"), "");
    assert_string_equal(listed("high_risk=1"), "hit ");
    assert_string_equal(listed("score=experience&max=95"), "missed ");
    assert_string_equal(listed("score=risk&min=40&max=40"), "hit ");
    assert_string_equal(listed("from=1771036320001"), "");
    assert_string_equal(listed("to=1771036320000"), "");
    assert_int_equal(json_kind(json_get(json, "next")), CS_JSON_NULL);

    assert_string_equal(listed("rule=apologise"), "missed ");
    assert_string_equal(listed("rule=apologise&verdict=missed"), "missed ");
    assert_string_equal(listed("rule=apologise&verdict=undecided"), "undecided ");
    assert_string_equal(listed("rule=apologise&verdict=met&sort=started"), "plain chat ");
    assert_string_equal(listed("rule=apologise&verdict=not_applicable"), "hit ");
    assert_string_equal(listed("rule=no-blame&verdict=clean&sort=started"), "plain chat missed undecided ");
    assert_string_equal(listed("rule=silent"), "undecided ");
    assert_string_equal(listed("rule=gone&verdict=met"), "");
    assert_string_equal(listed("verdict=hit"), "hit ");
    assert_string_equal(listed("verdict=noted"), "undecided ");
    assert_string_equal(listed("verdict=undecided&agent=李晓芸"), "undecided ");

    assert_string_equal(listed("q=王"), "chat ");
    assert_string_equal(listed("q=mis*"), "missed ");
    assert_string_equal(listed("q=K_1%&agent=王强"), "chat ");
    assert_string_equal(listed("q=K%1"), ""); /* % and _ are themselves */
    assert_string_equal(listed("q=漏水&channel=chat"), "chat "); /* the title: the customer's first words */
}

static void a_bad_filter_is_refused_in_words(void **state) {
    (void)state;
    const char *const bad[] = {"from=yesterday",
                               "to=1e99",
                               "channel=fax",
                               "channel=call,",
                               "score=luck",
                               "score=risk&min=-1",
                               "score=risk&max=101",
                               "min=3",
                               "verdict=good",
                               "verdict=not_noted",
                               "high_risk=yes",
                               "sort=agent",
                               "from=99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(ask(ask_list, bad[i], NULL, 50), CS_ERR_USAGE);
        assert_true(message.reason[0] && message.remedy[0]);
    }
    assert_int_equal(ask(ask_list, "colour=red", NULL, 50), CS_ERR_NOT_FOUND);
}

static void an_item_says_it_all(void **state) {
    (void)state;
    save_for_filters();
    assert_string_equal(listed("rule=no-blame"), "hit ");
    const cs_json *item = json_at(json_get(json, "items"), 0), *worst = json_get(item, "worst");
    assert_true(id_is_valid(json_string(json_get(item, "id"), NULL)));
    assert_string_equal(json_string(json_get(item, "title"), NULL), "空调漏水");
    assert_int_equal(integer(item, "started_ms"), 1771036320000);
    assert_int_equal(integer(item, "duration_ms"), 1900);
    assert_int_equal(integer(item, "turns"), 2);
    assert_int_equal(integer(json_get(item, "scores"), "risk"), 40);
    assert_int_equal(integer(json_get(item, "counts"), "hit"), 1);
    assert_int_equal(integer(json_get(item, "counts"), "met"), 0);
    assert_true(json_is_true(json_get(item, "high_risk")));
    assert_int_equal(json_length(worst), 1);
    assert_string_equal(json_string(json_get(json_at(worst, 0), "rule"), NULL), "no-blame");
    assert_string_equal(json_string(json_get(json_at(worst, 0), "verdict"), NULL), "hit");
    assert_string_equal(listed("agent=王强"), "chat ");
    assert_int_equal(integer(json_get(json_at(json_get(json, "items"), 0), "counts"), "met"), 2); /* met and clean */
    assert_int_equal(json_kind(json_get(json_at(json_get(json, "items"), 0), "team")), CS_JSON_NULL);
}

static void the_summary_counts_each_rule(void **state) {
    (void)state;
    save_for_filters();
    assert_int_equal(ask(ask_summary, "", NULL, 0), CS_OK);
    assert_int_equal(integer(json, "conversations"), 5);
    assert_int_equal(integer(json, "scored"), 4);
    assert_int_equal(integer(json, "high_risk"), 1);
    const cs_json *experience = json_get(json_get(json, "scores"), "experience");
    assert_int_equal(integer(experience, "count"), 4);
    assert_true(json_number(json_get(experience, "mean"), 0) > 97.4 &&
                json_number(json_get(experience, "mean"), 0) < 97.6);
    int64_t const expected[RULE_COUNT][4] = {{2, 1, 1, 1}, {4, 1, 0, 0}, {4, 1, 0, 0}};
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const cs_json *rule = json_at(json_get(json, "rules"), i);
        assert_int_equal(integer(rule, "met"), expected[i][0]);
        assert_int_equal(integer(rule, "missed"), expected[i][1]);
        assert_int_equal(integer(rule, "undecided"), expected[i][2]);
        assert_int_equal(integer(rule, "not_applicable"), expected[i][3]);
    }
    const cs_json *worst = json_get(json, "worst");
    assert_int_equal(json_length(worst), 3);
    assert_string_equal(json_string(json_get(json_at(worst, 0), "external_id"), NULL), "hit");
    assert_int_equal(ask(ask_summary, "agent=nobody", NULL, 0), CS_OK);
    assert_int_equal(integer(json, "conversations"), 0);
    assert_int_equal(json_kind(json_get(json_get(json_get(json, "scores"), "risk"), "mean")), CS_JSON_NULL);
}

static void facets_name_what_there_is(void **state) {
    (void)state;
    assert_int_equal(ask(ask_facets, "", NULL, 0), CS_OK);
    assert_int_equal(json_kind(json_get(json, "from_ms")), CS_JSON_NULL);
    save_for_filters();
    assert_int_equal(ask(ask_facets, "", NULL, 0), CS_OK);
    assert_int_equal(json_length(json_get(json, "channels")), 2);
    assert_int_equal(json_length(json_get(json, "agents")), 2);
    assert_int_equal(json_length(json_get(json, "teams")), 1);
    assert_int_equal(json_length(json_get(json, "queues")), 1);
    assert_int_equal(json_length(json_get(json, "rules")), RULE_COUNT);
    assert_int_equal(integer(json, "to_ms"), 1771036320000);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(lists_are_sorted_with_the_unknown_last),
        T(pages_join_without_gap_or_repeat),
        T(a_bad_cursor_is_refused),
        T(neighbours_follow_the_list),
        T(filters_choose),
        T(a_bad_filter_is_refused_in_words),
        T(an_item_says_it_all),
        T(the_summary_counts_each_rule),
        T(facets_name_what_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
