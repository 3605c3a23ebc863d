/* What was recognised is counted by model, and what was kept of a recording in pieces goes when it is done. */
#include "speech_stage.h"

#include "quality/speech_sum.h"

static const cs_speech_sum *sums(uint32_t *count) {
    cs_speech_sum *list = NULL;
    GOOD(speech_sums_list(db, arena, &list, count, &message));
    return list;
}

static void say(const cs_speech_outcome *outcome) {
    GOOD(db_begin(db, &message));
    GOOD(speech_outcome_save(db, outcome, &message));
    GOOD(db_commit(db, &message));
}

static void assert_sum(const cs_speech_sum *s, const char *model, const int64_t expected[5]) {
    assert_string_equal(s->model, model);
    assert_int_equal(s->recordings, expected[0]);
    assert_int_equal(s->lost, expected[1]);
    assert_int_equal(s->voice_ms, expected[2]);
    assert_int_equal(s->spent_ms, expected[3]);
    assert_int_equal(s->failures, expected[4]);
}

static void nothing_was_recognised_yet(void **state) {
    (void)state;
    uint32_t count = 9;
    (void)sums(&count);
    assert_int_equal(count, 0);
}

static void adds_up_by_model(void **state) {
    (void)state;
    uint32_t count = 0;
    say(&(cs_speech_outcome){.model = "small", .is_done = true, .voice_ms = 60000, .spent_ms = 1000});
    say(&(cs_speech_outcome){.model = "small", .is_done = true, .voice_ms = 30000, .spent_ms = 500, .failures = 1});
    say(&(cs_speech_outcome){.model = "large", .is_done = true, .voice_ms = 10, .spent_ms = 20});
    const cs_speech_sum *list = sums(&count);
    assert_int_equal(count, 2);
    assert_sum(&list[0], "large", (int64_t[]){1, 0, 10, 20, 0});
    assert_sum(&list[1], "small", (int64_t[]){2, 0, 90000, 1500, 1});
}

/* Its voices were not recognised: they are no hours of the model's. The time and the failures were spent. */
static void a_lost_recording_has_no_voices(void **state) {
    (void)state;
    uint32_t count = 0;
    say(&(cs_speech_outcome){.model = "small", .is_lost = true, .voice_ms = 60000, .spent_ms = 700, .failures = 2});
    assert_sum(sums(&count), "small", (int64_t[]){0, 1, 0, 700, 2});
    assert_int_equal(count, 1);
}

static void what_was_off_or_only_begun_is_not_counted(void **state) {
    (void)state;
    uint32_t count = 9;
    say(&(cs_speech_outcome){.is_off = true});
    say(&(cs_speech_outcome){.model = "small", .voice_ms = 5, .spent_ms = 5});
    (void)sums(&count);
    assert_int_equal(count, 0);
}

static void keep_a_piece(const cs_speech_key *key) {
    cs_utterance utterance = {.end_ms = 1, .text = "您好"};
    cs_speech_part part = {{0, 0, 500}, &utterance, 1};
    GOOD(db_begin(db, &message));
    GOOD(speech_parts_save(db, key, &part, 1, 1, &message));
    GOOD(db_commit(db, &message));
}

static void pieces_go_with_a_recording_that_is_done_alone(void **state) {
    (void)state;
    int64_t kept = -1;
    cs_recording_part file = {.path = "/calls/a.wav", .bytes = 1};
    cs_speech_key key = {speech_recording_hash(&file, 1), "sha"};
    cs_speech_outcome outcome = {.model = "small", .is_lost = true, .has_parts = true, .recording = key.recording};
    keep_a_piece(&key);
    say(&outcome); /* it is tried again by the next run, which goes on behind them */
    GOOD(speech_parts_count(db, &kept, &message));
    assert_int_equal(kept, 1);
    outcome.is_done = true, outcome.is_lost = false;
    say(&outcome);
    GOOD(speech_parts_count(db, &kept, &message));
    assert_int_equal(kept, 0);
}

/* A save that is taken back has counted nothing and dropped nothing. */
static void goes_back_with_its_transaction(void **state) {
    (void)state;
    uint32_t count = 9;
    int64_t kept = -1;
    cs_recording_part file = {.path = "/calls/a.wav", .bytes = 1};
    cs_speech_key key = {speech_recording_hash(&file, 1), "sha"};
    cs_speech_outcome outcome = {
        .model = "small", .is_done = true, .has_parts = true, .voice_ms = 1, .recording = key.recording};
    keep_a_piece(&key);
    GOOD(db_begin(db, &message));
    GOOD(speech_outcome_save(db, &outcome, &message));
    db_rollback(db);
    (void)sums(&count);
    assert_int_equal(count, 0);
    GOOD(speech_parts_count(db, &kept, &message));
    assert_int_equal(kept, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(nothing_was_recognised_yet),
        TEST(adds_up_by_model),
        TEST(a_lost_recording_has_no_voices),
        TEST(what_was_off_or_only_begun_is_not_counted),
        TEST(pieces_go_with_a_recording_that_is_done_alone),
        TEST(goes_back_with_its_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
