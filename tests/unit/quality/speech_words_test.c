/* The words of a centre: which are gathered from where, and that they are gathered again when they changed. */
#include "quality/speech_words_slot.h"

#include "speech_stage.h"

#include <stdint.h>
#include <stdio.h>

static const char RULES[] =
    "flag other\n  title \"其他\" | \"Other\"\n  when agent says \"还有其他\" | \"致歉\" | \"二十四小时内\" | "
    "/退款.{2}/ | \"thank you\" | \"您\" | \"给您带来了这么多的不便\" unless in \"没有其他\"\n  then tag other\n";
static const char BOOK[] = "小蓝鲸/KF-35/blue whale | 保修/质保 | 3年 | | | 手册\n* | 退货 | 7天 | | |\n";

static char words_file[4200];

static void write_file(const char *name, const char *text) {
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/%s", folder.path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
    (void)snprintf(words_file, sizeof words_file, "%s/words.txt", folder.path);
}

static cs_ruleset *load_rules(void) {
    static char rules[4200], book[4200];
    cs_ruleset *ruleset = NULL;
    write_file("own.rules", RULES);
    write_file("own.facts", BOOK);
    (void)snprintf(rules, sizeof rules, "%s/own.rules", folder.path);
    (void)snprintf(book, sizeof book, "%s/own.facts", folder.path);
    const char *paths[] = {rules, book};
    GOOD(ruleset_load(paths, 2, NULL, NULL, &ruleset, &message));
    return ruleset;
}

static void run_sql(const char *sql) {
    cs_stmt *stmt = NULL;
    GOOD(db_query(db, sql, &stmt, &message));
    GOOD(db_run(stmt, &message));
}

static void add_conversation(int seq, const char *agent, const char *queue) {
    char sql[1024];
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO conversation (seq, external_id, timeline_hash, timeline_version, ruleset, inspection, "
                   "run_ms, id, zone_minutes, channel, agent, queue, turns, high_risk, hit, missed, undecided, noted, "
                   "met, clean, worst, tags) VALUES (%d, 'C-%d', x'00', 1, 1, 1, 0, 'id-%d', 0, 'call', '%s', '%s', 1, "
                   "0, 0, 0, 0, 0, 0, 0, '', '[]')",
                   seq, seq, seq, agent, queue);
    run_sql(sql);
}

static void add_people(void) {
    run_sql(
        "INSERT INTO ruleset (number, id, scorecard, engine, source, created_ms) VALUES (1, x'00', 1, '', x'00', 0)");
    add_conversation(1, "蒋友伯", "售后组");
    add_conversation(2, "蒋友伯", "a17");
    add_conversation(3, "a017", "售后组");
}

static const cs_user_word *find(const cs_speech_words *words, const char *text) {
    for (uint32_t i = 0; i < words->count; i++)
        if (strcmp(words->items[i].text, text) == 0) return &words->items[i];
    return NULL;
}

static void words_come_from_the_file_the_book_people_and_rules(void **state) {
    (void)state;
    cs_speech_words *words = NULL;
    cs_ruleset *ruleset = load_rules();
    add_people();
    write_file("words.txt", "博语灵 | 4\n小蓝鲸 | 1\n");
    GOOD(words_gather(&(cs_words_sources){.ruleset = ruleset, .db = db, .file = words_file}, &words, &message));
    assert_int_equal(words->counts[CS_WORDS_OWN], 2);
    assert_int_equal(words->counts[CS_WORDS_BOOK], 5); /* KF-35, BLUE WHALE, 保修, 质保, 退货 */
    assert_int_equal(words->counts[CS_WORDS_PEOPLE], 2); /* 蒋友伯, 售后组 */
    assert_int_equal(words->counts[CS_WORDS_RULES], 3); /* 还有其他, 致歉, 没有其他 */
    assert_float_equal(find(words, "博语灵")->weight, 4, 0.001);
    assert_float_equal(find(words, "小蓝鲸")->weight, 2, 0.001); /* the book wants it more */
    assert_true(find(words, "KF-35")->is_name);
    assert_non_null(find(words, "BLUE WHALE"));
    assert_true(find(words, "蒋友伯")->is_name);
    assert_false(find(words, "还有其他")->is_name);
    assert_true(find(words, "致歉")->weight < find(words, "还有其他")->weight);
    static const char *const none[] = {"二十四小时内", "thank you", "您", "给您带来了这么多的不便", "a017", "a17"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_null(find(words, none[i]));
    cs_heard_word said[] = {{.text = "THANK"},
                            {.text = "you"},
                            {.text = "二十四", .is_joined = true},
                            {.text = "小时内", .is_joined = true}};
    ties_mark(&words->ties, said, 4); /* what is no word to be preferred stays whole all the same */
    assert_true(said[0].is_tied && !said[1].is_tied && said[2].is_tied);
    words_release(words);
    ruleset_release(ruleset);
}

static void hot_words_are_names_and_their_digest_tells_them_apart(void **state) {
    (void)state;
    cs_speech_words *words = NULL, *others = NULL, *rules_alone = NULL;
    cs_ruleset *ruleset = load_rules();
    write_file("words.txt", "博语灵\n");
    GOOD(words_gather(&(cs_words_sources){.ruleset = ruleset, .file = words_file}, &words, &message));
    GOOD(words_gather(&(cs_words_sources){.ruleset = ruleset}, &others, &message));
    assert_int_equal(words->hot_count, words->count - words->counts[CS_WORDS_RULES]);
    assert_string_equal(words->hot_words[0], "博语灵");
    assert_int_equal(strlen(words->hot_digest), 32);
    assert_string_not_equal(words->hot_digest, others->hot_digest);
    GOOD(words_gather(&(cs_words_sources){0}, &rules_alone, &message));
    assert_int_equal(rules_alone->hot_count, 0);
    assert_string_equal(rules_alone->hot_digest, "");
    words_release(words);
    words_release(others);
    words_release(rules_alone);
    ruleset_release(ruleset);
}

static void what_is_wrong_in_the_file_is_told_and_costs_no_other_word(void **state) {
    (void)state;
    cs_speech_words *words = NULL;
    cs_ruleset *ruleset = load_rules();
    (void)snprintf(words_file, sizeof words_file, "%s", folder.path); /* a folder */
    GOOD(words_gather(&(cs_words_sources){.ruleset = ruleset, .file = words_file}, &words, &message));
    assert_int_equal(words->counts[CS_WORDS_OWN], 0);
    assert_int_equal(words->counts[CS_WORDS_RULES], 3);
    words_release(words);
    ruleset_release(ruleset);
}

static void a_changed_file_counts_and_who_holds_the_old_words_keeps_them(void **state) {
    (void)state;
    cs_words_slot slot;
    cs_speech_words *before = NULL, *same = NULL, *after = NULL;
    const cs_speller *speller = NULL, *newer = NULL;
    int64_t counts[CS_WORDS_SOURCES];
    write_file("words.txt", "博语灵\n");
    words_slot_init(&slot, NULL, words_file);
    slot.look_ms = 0;
    words_slot_counts(&slot, counts);
    assert_int_equal(counts[CS_WORDS_OWN], 0);
    GOOD(words_slot_take(&slot, db, &before, &message));
    GOOD(words_speller(before, &speller, &message));
    GOOD(words_slot_take(&slot, db, &same, &message));
    assert_ptr_equal(before, same);
    words_release(same);
    write_file("words.txt", "博语灵\n小蓝鲸\n");
    GOOD(words_slot_take(&slot, db, &after, &message));
    assert_ptr_not_equal(before, after);
    assert_int_equal(before->count, 1);
    assert_int_equal(after->count, 2);
    assert_true(atomic_load(&after->has_speller)); /* nobody waits for it */
    GOOD(words_speller(after, &newer, &message));
    assert_ptr_not_equal(speller, newer);
    words_slot_counts(&slot, counts);
    assert_int_equal(counts[CS_WORDS_OWN], 2);
    words_release(before);
    words_release(after);
    words_slot_free(&slot);
}

static void hot_words_suit_models_that_write_chinese_characters_here(void **state) {
    (void)state;
    cs_speech_model model = {.kind = CS_MODEL_ONLINE_TRANSDUCER, .languages = "zh en"};
    assert_true(words_suit(&model));
    model.is_phonetic = true;
    assert_false(words_suit(&model));
    model.is_phonetic = false;
    model.languages = "en";
    assert_false(words_suit(&model));
    model = (cs_speech_model){.kind = CS_MODEL_WEBSOCKET, .languages = "zh", .address = "ws://10.0.0.5"};
    assert_false(words_suit(&model));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(words_come_from_the_file_the_book_people_and_rules),
        TEST(hot_words_are_names_and_their_digest_tells_them_apart),
        TEST(what_is_wrong_in_the_file_is_told_and_costs_no_other_word),
        TEST(a_changed_file_counts_and_who_holds_the_old_words_keeps_them),
        TEST(hot_words_suit_models_that_write_chinese_characters_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
