/* The catalogue of measures: what a file may say, which rules it means, what a measure comes to, and its target. */
#include "insight/measure.h"

#include "../quality/archive_stage.h"

#define WORDS(key) "\"" key "\": {\"zh\": \"甲\", \"en\": \"a\"}"
#define HEAD(id)                                                                                                       \
    "{\"id\": \"" id "\", " WORDS("title") ", " WORDS("formula") ", " WORDS("numerator") ", " WORDS("denominator")

static cs_measure list[CS_MAX_MEASURES];
static uint32_t count;

static cs_error parse(const char *measure) {
    const char *text = arena_printf(arena, "{\"measures\": [%s]}", measure);
    count = 0;
    return measures_parse(text, strlen(text), arena, list, &count, &message);
}

static void a_file_says_what_a_measure_counts(void **state) {
    (void)state;
    assert_int_equal(
        parse(HEAD("a") ", \"rules\": [\"apologise\"]}, " HEAD("b") ", \"tags\": [\"沉默不满\"], \"counts\": "
                                                                    "\"missed\", \"target\": 0.1, \"order\": 3}"),
        CS_OK);
    assert_int_equal(count, 2);
    assert_true(list[0].is_up && !list[0].counts_missed && !list[0].has_target);
    assert_true(!list[1].is_up && list[1].counts_missed && list[1].has_target);
    assert_int_equal(list[1].order, 3);

    cs_buffer out; /* written and read again it is the same */
    cs_json_writer writer;
    buffer_init(&out, 1 << 20);
    json_writer_init(&writer, &out);
    measures_write(list, count, &writer);
    uint32_t again = 0;
    assert_int_equal(measures_parse(out.data, out.length, arena, list, &again, &message), CS_OK);
    cs_buffer second;
    buffer_init(&second, 1 << 20);
    json_writer_init(&writer, &second);
    measures_write(list, again, &writer);
    assert_string_equal(buffer_string(&out), buffer_string(&second));
    buffer_free(&out);
    buffer_free(&second);
}

static void what_is_wrong_is_named_with_its_place(void **state) {
    (void)state;
    static const struct {
        const char *text, *place;
    } wrong[] = {
        {HEAD("A b") ", \"rules\": [\"x\"]}", "measures[0].id"},
        {HEAD("risk") ", \"rules\": [\"x\"]}", "measures[0].id"},
        {HEAD("a") ", \"rules\": [\"x\"]}, " HEAD("a") ", \"rules\": [\"x\"]}", "measures[1].id"},
        {HEAD("a") "}", "measures[0].rules"},
        {HEAD("a") ", \"rules\": \"x\"}", "measures[0].rules"},
        {HEAD("a") ", \"rules\": [1]}", "measures[0].rules"},
        {HEAD("a") ", \"rules\": [\"x\"], \"counts\": \"hits\"}", "measures[0].counts"},
        {HEAD("a") ", \"rules\": [\"x\"], \"direction\": \"left\"}", "measures[0].direction"},
        {HEAD("a") ", \"rules\": [\"x\"], \"target\": 95}", "measures[0].target"},
        {HEAD("a") ", \"rules\": [\"x\"], \"target\": \"x\"}", "measures[0].target"},
        {HEAD("a") ", \"rules\": [\"x\"], \"order\": -1}", "measures[0].order"},
        {HEAD("a") ", \"rules\": [\"x\"], \"ziel\": 1}", "measures[0].ziel"},
        {"{\"id\": \"a\", \"rules\": [\"x\"]}", "measures[0].title.zh"},
        {"7", "measures[0].id"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cs_error code = parse(wrong[i].text);
        if (code != CS_ERR_PARSE) print_message("%s\n", wrong[i].text);
        assert_int_equal(code, CS_ERR_PARSE);
        assert_string_equal(message.place, wrong[i].place);
        assert_true(message.remedy[0]);
        assert_int_equal(count, 0);
    }
    assert_int_equal(measures_parse("[]", 2, arena, list, &count, &message), CS_ERR_PARSE);
    assert_int_equal(measures_parse("{", 1, arena, list, &count, &message), CS_ERR_PARSE);
}

static void keep(const char *text) {
    char path[256];
    (void)snprintf(path, sizeof path, "%s/measures.json", folder.path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void a_catalogue_holds_the_measures_whose_rules_are_there(void **state) {
    (void)state;
    cs_measures c;
    keep("{\"measures\": [" HEAD("later") ", \"rules\": [\"nowhere\"]}, " HEAD(
        "both") ", \"rules\": [\"no-blame\"], "
                "\"tags\": [\"沉默不满\"], \"counts\": \"missed\"}, " HEAD(
                    "first") ", \"rules\": [\"apologise\"], \"order\": 1}]}");
    assert_int_equal(measures_keep(folder.path, folder.path, false, &message), CS_OK);
    assert_int_equal(measures_open(db, rules, arena, &c, &message), CS_OK);
    assert_int_equal(c.named, 6); /* first, both, high risk, three scores */
    assert_int_equal(c.count, 6 + RULE_COUNT);
    assert_string_equal(c.list[0].id, "first");
    assert_string_equal(c.list[1].id, "both");
    assert_int_equal(c.list[1].place_count, 2);
    assert_null(measures_find(&c, "later"));
    assert_string_equal(measures_find(&c, "rule:no-blame")->title.zh, "no-blame");

    keep("{\"measures\": []}"); /* a store keeps its own until it is inspected with others */
    assert_int_equal(measures_keep(folder.path, folder.path, false, &message), CS_OK);
    assert_int_equal(measures_open(db, rules, arena, &c, &message), CS_OK);
    assert_int_equal(c.named, 6);
    assert_int_equal(measures_keep(folder.path, folder.path, true, &message), CS_OK);
    assert_int_equal(measures_open(db, rules, arena, &c, &message), CS_OK);
    assert_int_equal(c.named, 4);
}

static void a_share_leaves_out_what_was_not_applicable(void **state) {
    (void)state;
    cs_sum sum;
    uint32_t places[] = {RULE_APOLOGISE, RULE_NO_BLAME};
    cs_measure measure = {.kind = CS_MEASURE_OF_RULES, .places = places, .place_count = 2, .is_up = true};
    assert_int_equal(sum_init(&sum, RULE_COUNT, &message), CS_OK);
    assert_false(measure_of(&measure, &sum).has_value); /* of nothing there is no share */
    sum.basics.conversations = sum.basics.judged = 10;
    sum.rules[RULE_APOLOGISE] = (cs_rule_count){RULE_APOLOGISE, 3, 1, 2};
    sum.rules[RULE_NO_BLAME] = (cs_rule_count){RULE_NO_BLAME, 5, 3, 0};
    cs_measured value = measure_of(&measure, &sum);
    assert_int_equal(value.met, 8);
    assert_int_equal(value.missed, 4);
    assert_int_equal(value.undecided, 2);
    assert_int_equal(value.not_applicable, 4 + 2);
    assert_true(value.value > 0.666 && value.value < 0.667);
    measure.counts_missed = true;
    assert_true(measure_of(&measure, &sum).value < 0.334);
    sum_free(&sum);
}

static void a_target_is_set_and_given_back(void **state) {
    (void)state;
    cs_measures c;
    keep("{\"measures\": [" HEAD("a") ", \"rules\": [\"apologise\"], \"target\": 0.9}]}");
    assert_int_equal(measures_keep(folder.path, folder.path, true, &message), CS_OK);
    assert_int_equal(measures_open(db, rules, arena, &c, &message), CS_OK);
    assert_int_equal(measure_aim(db, measures_find(&c, "a"), true, 0.5, &message), CS_OK);
    assert_int_equal(measure_aim(db, measures_find(&c, "a"), true, 1.5, &message), CS_ERR_USAGE);
    assert_int_equal(measure_aim(db, measures_find(&c, "risk"), true, 15, &message), CS_OK);
    assert_int_equal(measures_open(db, rules, arena, &c, &message), CS_OK);
    assert_true(measures_find(&c, "a")->target > 0.499 && measures_find(&c, "a")->target < 0.501);
    assert_true(measure_is_reached(measures_find(&c, "a"), 0.5));
    assert_false(measure_is_reached(measures_find(&c, "a"), 0.49));
    assert_true(measure_is_reached(measures_find(&c, "risk"), 14.9));
    assert_false(measure_is_reached(measures_find(&c, "risk"), 15.2));
    assert_int_equal(measure_aim(db, measures_find(&c, "a"), false, 0, &message), CS_OK);
    assert_int_equal(measures_open(db, rules, arena, &c, &message), CS_OK);
    assert_true(measures_find(&c, "a")->target > 0.89);
    assert_false(measures_find(&c, "a")->has_own_target);
}

static void the_measures_of_the_packs_are_read_and_all_their_rules_are_there(void **state) {
    (void)state;
    const char *paths[] = {SOURCE "/packs"};
    cs_ruleset *packs = NULL;
    count = 0;
    assert_int_equal(ruleset_load(paths, 1, NULL, NULL, &packs, &message), CS_OK);
    cs_error code = measures_read(SOURCE "/packs", arena, list, &count, &message);
    if (code != CS_OK) print_message("%s %s\n", message.place, message.reason);
    assert_int_equal(code, CS_OK);
    assert_true(count >= 15);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t rule = 0; rule < list[i].rules.count; rule++)
            assert_non_null(ruleset_find(packs, list[i].rules.words[rule]));
    ruleset_release(packs);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_says_what_a_measure_counts, start, stop),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_named_with_its_place, start, stop),
        cmocka_unit_test_setup_teardown(a_catalogue_holds_the_measures_whose_rules_are_there, start, stop),
        cmocka_unit_test_setup_teardown(a_share_leaves_out_what_was_not_applicable, start, stop),
        cmocka_unit_test_setup_teardown(a_target_is_set_and_given_back, start, stop),
        cmocka_unit_test_setup_teardown(the_measures_of_the_packs_are_read_and_all_their_rules_are_there, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
