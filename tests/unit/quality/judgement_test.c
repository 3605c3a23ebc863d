/* Judgements: what may be said, conflicts between two persons, taking back, and what they count to. */
#include "archive_stage.h"

#include "quality/comment.h"
#include "quality/judgement.h"
#include "quality/review.h"
#include "quality/seen.h"

#include <math.h>

static const cs_account li = {.number = 1, .role = CS_ACCOUNT_REVIEWER, .name = "李敏"};
static const cs_account wang = {.number = 2, .role = CS_ACCOUNT_REVIEWER, .name = "王强"};
static const cs_account chief = {.number = 3, .role = CS_ACCOUNT_MANAGER, .name = "陈波"};

/* One conversation in which no-blame was hit at its first turn. */
static int64_t hit(const char *id) {
    cs_sample given = sample(id);
    given.verdicts[RULE_NO_BLAME] = CS_VERDICT_HIT;
    (void)save(&given);
    return number("SELECT max(seq) FROM conversation");
}

static cs_error say_all(int64_t seq, const cs_account *who, cs_judgement said) {
    assert_int_equal(db_begin(db, &message), CS_OK);
    cs_error code = judgement_put(db, rules, seq, who, &said, &message);
    if (code == CS_OK)
        assert_int_equal(db_commit(db, &message), CS_OK);
    else
        db_rollback(db);
    return code;
}

static cs_error say(int64_t seq, const cs_account *who, cs_answer_word answer, int64_t turn, int64_t replaces) {
    return say_all(seq, who,
                   (cs_judgement){.rule = "no-blame",
                                  .turn = turn,
                                  .answer = answer,
                                  .reason = judgement_reason(answer, 0),
                                  .replaces = replaces});
}

static cs_error withdraw(int64_t seq, int64_t which, const cs_account *who) {
    assert_int_equal(db_begin(db, &message), CS_OK);
    cs_error code = judgement_withdraw(db, seq, which, who, &message);
    if (code == CS_OK)
        assert_int_equal(db_commit(db, &message), CS_OK);
    else
        db_rollback(db);
    return code;
}

static int64_t standing(void) {
    return number("SELECT number FROM judgement WHERE is_current = 1");
}

static void what_stands_is_not_overwritten_silently(void **state) {
    (void)state;
    int64_t seq = hit("T-1");
    assert_int_equal(say(seq, &li, CS_ANSWER_AGREE, 1, 0), CS_OK);
    int64_t first = standing();
    assert_int_equal(say(seq, &li, CS_ANSWER_AGREE, 1, 0), CS_OK); /* again: nothing changes */
    assert_int_equal(standing(), first);
    assert_int_equal(say(seq, &wang, CS_ANSWER_WRONG, 1, 0), CS_ERR_CONFLICT);
    assert_non_null(strstr(message.reason, "李敏"));
    assert_int_equal(say(seq, &wang, CS_ANSWER_WRONG, 1, first + 9), CS_ERR_CONFLICT);
    assert_int_equal(say(seq, &wang, CS_ANSWER_WRONG, 1, first), CS_OK);
    assert_int_equal(number("SELECT count(*) FROM judgement"), 2);
    assert_int_equal(number("SELECT supersedes FROM judgement WHERE is_current = 1"), first);
    assert_int_equal(say(seq, &wang, CS_ANSWER_AGREE, 1, 0), CS_OK); /* one's own word may be changed */
    assert_int_equal(number("SELECT count(*) FROM judgement WHERE is_current = 1"), 1);
}

static void taking_back_lets_the_one_before_stand(void **state) {
    (void)state;
    int64_t seq = hit("T-1");
    assert_int_equal(say(seq, &li, CS_ANSWER_AGREE, 1, 0), CS_OK);
    int64_t first = standing();
    assert_int_equal(say(seq, &wang, CS_ANSWER_WRONG, 1, first), CS_OK);
    int64_t second = standing();
    assert_int_equal(withdraw(seq, first, &li), CS_ERR_CONFLICT);
    assert_int_equal(withdraw(seq, second, &li), CS_ERR_FORBIDDEN);
    assert_int_equal(withdraw(seq, second + 9, &wang), CS_ERR_NOT_FOUND);
    assert_int_equal(withdraw(seq, second, &wang), CS_OK);
    assert_int_equal(standing(), first);
    assert_int_equal(withdraw(seq, first, &chief), CS_OK); /* a manager may */
    assert_int_equal(standing(), -1);
}

static void only_what_can_be_said_there_is_taken(void **state) {
    (void)state;
    int64_t seq = hit("T-1");
    assert_int_equal(say(seq, &li, CS_ANSWER_MISSED, 1, 0), CS_ERR_USAGE); /* it was found there */
    assert_int_equal(say(seq, &li, CS_ANSWER_WRONG, 2, 0), CS_ERR_USAGE); /* nothing was */
    assert_int_equal(say(seq, &li, CS_ANSWER_AGREE, 3, 0), CS_ERR_USAGE); /* no such turn */
    assert_int_equal(say(seq, &li, CS_ANSWER_MISSED, 2, 0), CS_OK);
    assert_int_equal(say_all(seq, &li, (cs_judgement){.rule = "no-blame", .turn = 1, .answer = CS_ANSWER_WRONG}),
                     CS_ERR_USAGE); /* without a reason */
    assert_int_equal(
        say_all(seq, &li,
                (cs_judgement){.rule = "no-blame", .turn = 1, .answer = CS_ANSWER_WRONG, .reason = "other_words"}),
        CS_ERR_USAGE); /* a reason of missed */
    assert_int_equal(
        say_all(seq, &li,
                (cs_judgement){.rule = "no-blame", .turn = 1, .answer = CS_ANSWER_WRONG, .note = "是转述客户的话"}),
        CS_OK);
    assert_int_equal(say_all(seq, &li, (cs_judgement){.rule = "no-such", .answer = CS_ANSWER_AGREE}), CS_ERR_NOT_FOUND);
}

static void it_outlives_an_inspection_and_an_import_taken_back(void **state) {
    (void)state;
    int64_t seq = hit("T-1");
    assert_int_equal(say(seq, &li, CS_ANSWER_AGREE, 1, 0), CS_OK);
    cs_sample again = sample("T-1");
    again.run_ms = 2;
    again.text = "换了一段话";
    assert_int_equal(save(&again), CS_SAVED_CHANGED);
    assert_int_equal(number("SELECT count(*) FROM judgement WHERE is_current = 1"), 1);
    cs_buffer out;
    cs_json_writer writer;
    buffer_init(&out, 1 << 16);
    json_writer_init(&writer, &out);
    json_object_open(&writer, NULL);
    assert_int_equal(judgements_write(db, rules, seq, &writer, &message), CS_OK);
    json_object_close(&writer);
    assert_int_equal(json_parse(out.data, out.length, 1 << 16, &json, &message), CS_OK);
    const cs_json *one = json_at(json_get(json, "judgements"), 0);
    assert_string_equal(json_string(json_get(one, "verdict"), NULL), "hit");
    assert_false(json_is_true(json_get(one, "has_changed")));
    buffer_free(&out);
}

static void counts_keep_chosen_and_drawn_apart(void **state) {
    (void)state;
    cs_judgement_count count;
    cs_review_origin origin = {.rule = "no-blame", .seed = 7, .take = 20, .populations = {10, 4, 0, 0}};
    char id[8];
    for (int i = 0; i < 10; i++) {
        (void)snprintf(id, sizeof id, "T-%d", i);
        cs_judgement said = {.rule = "no-blame",
                             .turn = 1,
                             .answer = i < 8 ? CS_ANSWER_AGREE : CS_ANSWER_WRONG,
                             .note = "看过",
                             .drawn = i < 5 ? &origin : NULL};
        assert_int_equal(say_all(hit(id), &li, said), CS_OK);
    }
    assert_int_equal(judgement_count(db, ruleset_find(rules, "no-blame"), &count, &message), CS_OK);
    assert_int_equal(count.drawn.agreed, 5);
    assert_int_equal(count.chosen.agreed, 3);
    assert_int_equal(count.chosen.wrong, 2);
    assert_true(fabs(count.chosen.precision.share - 0.6) < 1e-9);
    assert_true(count.chosen.precision.low < 0.3 && count.chosen.precision.high > 0.8);
    assert_false(count.drawn.recall.is_known); /* nobody looked at the four that were passed */
    assert_false(count.chosen.recall.is_known);
    assert_int_equal(number("SELECT count(*) FROM review"), 1);

    /* All four are looked at, and in one of them something was missed: 10 of 11 were found. */
    for (int i = 0; i < 4; i++) {
        (void)snprintf(id, sizeof id, "P-%d", i);
        cs_sample given = sample(id);
        (void)save(&given);
        cs_judgement said = {
            .rule = "no-blame", .answer = i ? CS_ANSWER_AGREE : CS_ANSWER_MISSED, .note = "看过", .drawn = &origin};
        assert_int_equal(say_all(number("SELECT max(seq) FROM conversation"), &li, said), CS_OK);
    }
    assert_int_equal(judgement_count(db, ruleset_find(rules, "no-blame"), &count, &message), CS_OK);
    assert_int_equal(count.drawn.missed, 1);
    assert_int_equal(count.drawn.passed, 3);
    assert_true(count.drawn.recall.is_known);
    assert_true(fabs(count.drawn.recall.share - 10.0 / 11) < 1e-9);

    /* Another text of the rule: what was said about the one before is told, and not counted. */
    cs_rule other = *ruleset_find(rules, "no-blame");
    other.text = "rule no-blame\n  never agent says \"别的\"\n";
    assert_int_equal(judgement_count(db, &other, &count, &message), CS_OK);
    assert_int_equal(count.older, 14);
    assert_int_equal(count.drawn.agreed + count.chosen.agreed, 0);
    assert_false(count.chosen.precision.is_known);
}

static void review(int64_t seed, const char *rule) {
    cs_buffer out;
    cs_json_writer writer;
    buffer_init(&out, 1 << 20);
    json_writer_init(&writer, &out);
    cs_review_wish wish = {.rule = rule ? ruleset_find(rules, rule) : NULL, .seed = seed, .take = 8};
    assert_int_equal(review_write(db, rules, &wish, &writer, &message), CS_OK);
    json_free(json);
    assert_int_equal(json_parse(out.data, out.length, 1 << 20, &json, &message), CS_OK);
    buffer_free(&out);
}

static const char *drawn_ids(void) {
    const cs_json *items = json_get(json, "items");
    char *ids = arena_string(arena, "");
    for (size_t i = 0; i < json_length(items); i++)
        ids = arena_printf(arena, "%s%s ", ids, json_string(json_get(json_at(items, i), "conversation"), NULL));
    return ids;
}

static void a_draw_is_the_same_for_its_seed_and_says_what_came_out(void **state) {
    (void)state;
    char id[8];
    for (int i = 0; i < 30; i++) {
        (void)snprintf(id, sizeof id, "T-%d", i);
        cs_sample given = sample(id);
        if (i < 12) given.verdicts[RULE_NO_BLAME] = CS_VERDICT_HIT;
        (void)save(&given);
    }
    review(7, "no-blame");
    const char *first = drawn_ids();
    assert_int_equal(json_length(json_get(json, "items")), 8);
    assert_int_equal(integer(json_get(json, "populations"), "found"), 12);
    assert_int_equal(integer(json_get(json, "populations"), "passed"), 18);
    review(7, "no-blame");
    assert_string_equal(drawn_ids(), first);
    review(8, "no-blame");
    assert_string_not_equal(drawn_ids(), first);

    review(7, "no-blame");
    const cs_json *items = json_get(json, "items");
    uint32_t found = 0;
    for (size_t i = 0; i < json_length(items); i++) {
        const cs_json *one = json_at(items, i);
        bool is_found = strcmp(json_string(json_get(one, "stratum"), NULL), "found") == 0;
        int64_t seq = 0;
        assert_int_equal(archive_find(db, json_string(json_get(one, "conversation"), NULL), &seq, &message), CS_OK);
        assert_int_equal(say(seq, &li, CS_ANSWER_AGREE, is_found ? integer(one, "turn") : 0, 0), CS_OK);
        found += is_found;
    }
    assert_int_equal(found, 4);
    review(7, "no-blame");
    assert_int_equal(integer(json_get(json, "outcome"), "judged"), 8);
    assert_int_equal(integer(json_get(json, "outcome"), "agreed"), 4);
    assert_true(fabs(json_number(json_get(json_get(json_get(json, "outcome"), "recall"), "share"), 0) - 1) < 1e-9);

    review(7, NULL);
    assert_int_equal(integer(json_get(json, "populations"), "found"), 12);
    assert_int_equal(json_kind(json_get(json_get(json, "outcome"), "recall")), CS_JSON_NULL);
}

static void comments_belong_to_who_wrote_them(void **state) {
    (void)state;
    int64_t seq = hit("T-1"), which = 0;
    cs_comment comment = {.turn = 1, .from = 0, .to = 2, .body = "这里语气不好"};
    assert_int_equal(comment_add(db, seq, &li, &comment, &which, &message), CS_OK);
    assert_int_equal(comment_add(db, seq, &li, &(cs_comment){.turn = 9, .body = "x"}, &which, &message), CS_ERR_USAGE);
    assert_int_equal(comment_add(db, seq, &li, &(cs_comment){.turn = 1, .body = " \n"}, &which, &message),
                     CS_ERR_USAGE);
    assert_int_equal(
        comment_add(db, seq, &li, &(cs_comment){.turn = 1, .from = 3, .to = 3, .body = "x"}, &which, &message),
        CS_ERR_USAGE);
    assert_int_equal(comment_change(db, seq, which, 1, &wang, "别的", &message), CS_ERR_FORBIDDEN);
    assert_int_equal(comment_change(db, seq, which, 1, &li, "语气还可以", &message), CS_OK);
    assert_int_equal(comment_change(db, seq, which, 1, &li, "旧的", &message), CS_ERR_CONFLICT);
    assert_int_equal(comment_remove(db, seq, which, &wang, &message), CS_ERR_FORBIDDEN);
    assert_int_equal(comment_remove(db, seq, which, &chief, &message), CS_OK);
    assert_int_equal(comment_remove(db, seq, which, &li, &message), CS_ERR_NOT_FOUND);
}

static void seen_is_each_ones_own(void **state) {
    (void)state;
    (void)hit("T-1");
    cs_stmt *stmt = NULL;
    bool has_row = false;
    char id[CS_ID_CHARS + 1] = "";
    assert_int_equal(db_query(db, "SELECT id FROM conversation", &stmt, &message), CS_OK);
    assert_int_equal(db_step(stmt, &has_row, &message), CS_OK);
    (void)strncpy(id, db_text(stmt, 0), CS_ID_CHARS);
    db_done(stmt);
    assert_int_equal(seen_mark(db, 1, id, NULL, 1000, &message), CS_OK);
    assert_int_equal(seen_mark(db, 1, id, NULL, 2000, &message), CS_OK);
    assert_int_equal(seen_mark(db, 2, id, "别的坐席", 3000, &message), CS_OK); /* not his to see */
    assert_int_equal(seen_mark(db, 2, "01H000000000000000000000ZZ", NULL, 3000, &message), CS_OK);
    assert_int_equal(number("SELECT count(*) FROM seen"), 1);
    assert_int_equal(number("SELECT seen_ms FROM seen WHERE account = 1"), 2000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_stands_is_not_overwritten_silently, start, stop),
        cmocka_unit_test_setup_teardown(taking_back_lets_the_one_before_stand, start, stop),
        cmocka_unit_test_setup_teardown(only_what_can_be_said_there_is_taken, start, stop),
        cmocka_unit_test_setup_teardown(it_outlives_an_inspection_and_an_import_taken_back, start, stop),
        cmocka_unit_test_setup_teardown(counts_keep_chosen_and_drawn_apart, start, stop),
        cmocka_unit_test_setup_teardown(a_draw_is_the_same_for_its_seed_and_says_what_came_out, start, stop),
        cmocka_unit_test_setup_teardown(comments_belong_to_who_wrote_them, start, stop),
        cmocka_unit_test_setup_teardown(seen_is_each_ones_own, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
