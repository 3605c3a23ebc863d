/* What archive.h promises of saving: every outcome, with hand-made verdicts. */
#include "archive_stage.h"

/* ---- saving ---- */

static void a_save_tells_what_it_came_to(void **state) {
    (void)state;
    cs_sample given = sample("C-1");
    assert_int_equal(save(&given), CS_SAVED_NEW);
    assert_int_equal(save(&given), CS_SAVED_DUPLICATE); /* twice in one run */
    given.run_ms = 2;
    assert_int_equal(save(&given), CS_SAVED_UNCHANGED);
    assert_int_equal(number("SELECT count(*) FROM inspection"), 1);
    assert_int_equal(number("SELECT count(*) FROM timeline"), 1);

    given.run_ms = 3;
    given.text = "喂";
    assert_int_equal(save(&given), CS_SAVED_CHANGED);
    assert_int_equal(number("SELECT count(*) FROM conversation"), 1);
    assert_int_equal(number("SELECT timeline_version FROM conversation"), 2);
    assert_int_equal(number("SELECT count(*) FROM timeline"), 2);
    assert_int_equal(number("SELECT count(*) FROM inspection"), 2);
}

static void a_twin_with_other_content_is_refused(void **state) {
    (void)state;
    cs_saved outcome = CS_SAVED_NEW;
    cs_sample given = sample("C-1");
    assert_int_equal(save(&given), CS_SAVED_NEW);
    given.text = "喂";
    assert_int_equal(save_as(&given, 0, &outcome), CS_ERR_CONFLICT);
    assert_non_null(strstr(message.reason, "C-1"));
    assert_true(message.remedy[0]);
    assert_int_equal(number("SELECT count(*) FROM timeline"), 1);

    given.text = "您好"; /* the same in the next run: the first is unchanged, and the twin is noticed again */
    given.run_ms = 2;
    assert_int_equal(save(&given), CS_SAVED_UNCHANGED);
    given.text = "喂";
    assert_int_equal(save_as(&given, 0, &outcome), CS_ERR_CONFLICT);
}

static void what_is_known_is_only_marked_as_seen(void **state) {
    (void)state;
    cs_sample given = sample("C-1"), twin = sample("C-1");
    cs_saved outcome = CS_SAVED_NEW;
    cs_buffer bytes;
    assert_int_equal(save(&given), CS_SAVED_NEW);
    cs_inspected seen = {.conversation = conversation_of(&given), .ruleset = ruleset_id(rules), .run_ms = 2};
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(codec_encode(seen.conversation, &bytes), CS_OK);
    seen.timeline_hash = hash_bytes(bytes.data, bytes.length);
    buffer_free(&bytes);
    assert_int_equal(archive_save(db, rules, &seen, &outcome, &message), CS_OK);
    assert_int_equal(outcome, CS_SAVED_UNCHANGED);
    assert_int_equal(archive_save(db, rules, &seen, &outcome, &message), CS_OK);
    assert_int_equal(outcome, CS_SAVED_DUPLICATE);
    twin.text = "喂";
    twin.run_ms = 2;
    assert_int_equal(save_as(&twin, 0, &outcome), CS_ERR_CONFLICT);

    twin.run_ms = 3; /* another run was faster: nothing is written over it */
    assert_int_equal(save(&twin), CS_SAVED_CHANGED);
    seen.run_ms = 4;
    assert_int_equal(archive_save(db, rules, &seen, &outcome, &message), CS_ERR_CONFLICT);
    assert_int_equal(number("SELECT count(*) FROM inspection"), 2);
}

static void another_rule_set_supersedes(void **state) {
    (void)state;
    cs_sample given = sample("C-1");
    given.verdicts[RULE_APOLOGISE] = CS_VERDICT_MISSED;
    given.verdicts[RULE_SILENT] = CS_VERDICT_NOTED;
    assert_int_equal(save(&given), CS_SAVED_NEW);
    assert_int_equal(number("SELECT count(*) FROM finding"), 2);
    int64_t seq = number("SELECT seq FROM conversation"), conversations = 0, stale = 0;

    ruleset_release(rules);
    rules = load_rules(arena_printf(arena, "%s# changed\n", RULES));
    assert_int_equal(archive_save_ruleset(db, rules, &message), CS_OK);
    assert_int_equal(archive_count(db, &conversations, &stale, &message), CS_OK);
    assert_int_equal(conversations, 1);
    assert_int_equal(stale, 1);

    cs_stored *stored = NULL;
    assert_int_equal(archive_next_stale(db, packer, 0, ruleset_id(rules), arena, &stored, &message), CS_OK);
    assert_non_null(stored);
    assert_int_equal(stored->seq, seq);
    assert_string_equal(stored->conversation->turns[1].text, "空调漏水");
    assert_string_equal(stored->conversation->source, "demo/a.json");
    assert_int_equal(stored->verdict_count, RULE_COUNT);
    assert_int_equal(stored->verdicts[RULE_APOLOGISE], CS_VERDICT_MISSED);

    cs_saved outcome = CS_SAVED_NEW;
    given.verdicts[RULE_APOLOGISE] = CS_VERDICT_MET;
    assert_int_equal(save_as(&given, seq, &outcome), CS_OK);
    assert_int_equal(outcome, CS_SAVED_REINSPECTED);
    assert_int_equal(save_as(&given, seq, &outcome), CS_OK);
    assert_int_equal(outcome, CS_SAVED_UNCHANGED);
    assert_int_equal(number("SELECT count(*) FROM finding"), 1);
    assert_int_equal(number("SELECT count(*) FROM inspection"), 2);
    assert_int_equal(number("SELECT count(*) FROM timeline"), 1);
    assert_int_equal(archive_next_stale(db, packer, 0, ruleset_id(rules), arena, &stored, &message), CS_OK);
    assert_null(stored);
}

static void what_is_current_is_known(void **state) {
    (void)state;
    cs_sample given = sample("C-1");
    bool is_current = true;
    cs_buffer bytes;
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(codec_encode(conversation_of(&given), &bytes), CS_OK);
    cs_hash timeline = hash_bytes(bytes.data, bytes.length), id = ruleset_id(rules);
    buffer_free(&bytes);
    assert_int_equal(archive_is_current(db, "C-1", timeline, id, &is_current, &message), CS_OK);
    assert_false(is_current);
    (void)save(&given);
    assert_int_equal(archive_is_current(db, "C-1", timeline, id, &is_current, &message), CS_OK);
    assert_true(is_current);
    assert_int_equal(archive_is_current(db, "C-1", timeline, timeline, &is_current, &message), CS_OK);
    assert_false(is_current);
    assert_int_equal(archive_is_current(db, "C-1", id, id, &is_current, &message), CS_OK);
    assert_false(is_current);
}

static void a_read_file_is_remembered_until_it_changes(void **state) {
    (void)state;
    cs_hash none = {{0}}, other = {{1}};
    int64_t count = 0;
    assert_int_equal(archive_source_is_read(db, "a.json", 10, 20, none, &count, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(archive_save_source(db, "a.json", 10, 20, none, 7, 0, &message), CS_OK);
    assert_int_equal(archive_source_is_read(db, "a.json", 10, 20, none, &count, &message), CS_OK);
    assert_int_equal(count, 7);
    assert_int_equal(archive_source_is_read(db, "a.json", 11, 20, none, &count, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(archive_source_is_read(db, "a.json", 10, 21, none, &count, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(archive_source_is_read(db, "a.json", 10, 20, other, &count, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(archive_save_source(db, "a.json", 11, 22, other, 8, 0, &message), CS_OK);
    assert_int_equal(archive_source_is_read(db, "a.json", 11, 22, other, &count, &message), CS_OK);
    assert_int_equal(count, 8);
}

static void a_rule_set_comes_back(void **state) {
    (void)state;
    cs_hash current;
    cs_ruleset *back = NULL;
    assert_int_equal(archive_save_ruleset(db, rules, &message), CS_OK); /* once more changes nothing */
    assert_int_equal(number("SELECT count(*) FROM ruleset"), 1);
    assert_int_equal(archive_current_ruleset(db, &current, &message), CS_OK);
    assert_true(hash_equal(current, ruleset_id(rules)));
    assert_int_equal(archive_load_ruleset(db, current, &back, &message), CS_OK);
    assert_true(hash_equal(ruleset_id(back), current));
    assert_int_equal(ruleset_rule_count(back), RULE_COUNT);
    ruleset_release(back);
}

static void an_empty_store_has_no_rule_set(void **state) {
    (void)state;
    cs_hash current;
    cs_stmt *stmt = NULL;
    assert_int_equal(db_query(db, "DELETE FROM setting", &stmt, &message), CS_OK);
    assert_int_equal(db_run(stmt, &message), CS_OK);
    assert_int_equal(archive_current_ruleset(db, &current, &message), CS_ERR_NOT_FOUND);
}

static void a_damaged_timeline_is_named(void **state) {
    (void)state;
    cs_sample given = sample("C-1");
    cs_stmt *stmt = NULL;
    cs_stored *stored = NULL;
    (void)save(&given);
    assert_int_equal(archive_load(db, packer, "C-1", arena, &stored, &message), CS_OK);
    assert_int_equal(db_query(db, "UPDATE timeline SET body = substr(body, 1, length(body) - 3)", &stmt, &message),
                     CS_OK);
    assert_int_equal(db_run(stmt, &message), CS_OK);
    assert_int_equal(archive_load(db, packer, "C-1", arena, &stored, &message), CS_ERR_STORE);
    assert_non_null(strstr(message.place, "C-1"));
    assert_true(message.remedy[0]);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(a_save_tells_what_it_came_to),
        T(a_twin_with_other_content_is_refused),
        T(what_is_known_is_only_marked_as_seen),
        T(another_rule_set_supersedes),
        T(what_is_current_is_known),
        T(a_read_file_is_remembered_until_it_changes),
        T(a_rule_set_comes_back),
        T(an_empty_store_has_no_rule_set),
        T(a_damaged_timeline_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
