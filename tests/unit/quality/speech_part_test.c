/* What was recognised before a worker was killed comes back as it was, for the same recording and model alone. */
#include "speech_stage.h"

#include "base/clock.h"
#include "quality/speech_part.h"

enum { NOW = 1000000 };

static cs_speech_key key_of(const char *path, const char *model) {
    cs_recording_part file = {.path = path, .bytes = 1600, .modified_ns = 5};
    return (cs_speech_key){speech_recording_hash(&file, 1), model};
}

static const cs_unit UNITS[] = {{"t", 1200, -0.1F}, {"uì", 1240, -1e-30F}, {"\"\\\n", CS_NO_TIME, 1}};
static const cs_utterance UTTERANCES[] = {
    {.start_ms = 1000,
     .end_ms = 2000,
     .units = UNITS,
     .unit_count = 3,
     .text = "退款 13812345678",
     .language = "zh",
     .emotion = "angry",
     .event = "applause",
     .is_final = true},
    {.start_ms = 2000, .end_ms = 2000, .is_final = true},
};

static void save(const cs_speech_key *key, cs_speech_piece piece, const cs_utterance *utterances, uint32_t count,
                 int64_t now_ms) {
    cs_speech_part part = {piece, utterances, count};
    GOOD(db_begin(db, &message));
    GOOD(speech_parts_save(db, key, &part, 1, now_ms, &message));
    GOOD(db_commit(db, &message));
}

static const cs_speech_part *load(const cs_speech_key *key, uint32_t *count) {
    cs_speech_part *parts = NULL;
    GOOD(speech_parts_load(db, key, arena, &parts, count, &message));
    return parts;
}

static int64_t kept(void) {
    int64_t count = -1;
    GOOD(speech_parts_count(db, &count, &message));
    return count;
}

static void comes_back_as_it_was(void **state) {
    (void)state;
    uint32_t count = 0;
    cs_speech_key key = key_of("/calls/a.wav", "sha");
    save(&key, (cs_speech_piece){1, 1000, 2000}, UTTERANCES, 2, NOW);
    const cs_speech_part *part = load(&key, &count);
    assert_int_equal(count, 1);
    assert_int_equal(part->piece.side, 1);
    assert_int_equal(part->count, 2);
    const cs_utterance *u = &part->utterances[0];
    assert_int_equal(u->start_ms, 1000);
    assert_int_equal(u->end_ms, 2000);
    assert_string_equal(u->text, UTTERANCES[0].text);
    assert_string_equal(u->language, "zh");
    assert_string_equal(u->emotion, "angry");
    assert_string_equal(u->event, "applause");
    assert_true(u->is_final);
    assert_int_equal(u->unit_count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_string_equal(u->units[i].text, UNITS[i].text);
        assert_int_equal(u->units[i].start_ms, UNITS[i].start_ms);
        /* to the last bit: the same words come of it */
        assert_memory_equal(&u->units[i].log_probability, &UNITS[i].log_probability, sizeof(float));
    }
    u = &part->utterances[1];
    assert_null(u->text);
    assert_null(u->language);
    assert_int_equal(u->unit_count, 0);
}

static void counts_for_its_recording_and_model_alone(void **state) {
    (void)state;
    uint32_t count = 9;
    cs_speech_key key = key_of("/calls/a.wav", "sha"), model = key_of("/calls/a.wav", "other"),
                  path = key_of("/calls/b.wav", "sha");
    save(&key, (cs_speech_piece){0, 0, 500}, UTTERANCES, 1, NOW);
    (void)load(&model, &count);
    assert_int_equal(count, 0);
    (void)load(&path, &count);
    assert_int_equal(count, 0);
    (void)load(&key, &count);
    assert_int_equal(count, 1);
}

static void a_recording_is_its_places_sizes_and_times(void **state) {
    (void)state;
    const cs_recording_part same[] = {{.path = "a", .bytes = 1, .modified_ns = 2},
                                      {.path = "b", .bytes = 1, .modified_ns = 2}};
    cs_hash hash = speech_recording_hash(same, 2);
    for (int change = 0; change < 4; change++) {
        cs_recording_part files[] = {same[0], same[1]};
        if (change == 0) files[1].path = "c";
        if (change == 1) files[1].bytes++;
        if (change == 2) files[1].modified_ns++;
        if (change == 3) files[0] = same[1], files[1] = same[0]; /* the sides are others */
        cs_hash other = speech_recording_hash(files, 2);
        assert_memory_not_equal(other.bytes, hash.bytes, CS_HASH_BYTES);
    }
    cs_hash again = speech_recording_hash(same, 2), one = speech_recording_hash(same, 1);
    assert_memory_equal(again.bytes, hash.bytes, CS_HASH_BYTES);
    assert_memory_not_equal(one.bytes, hash.bytes, CS_HASH_BYTES);
}

static void pieces_are_found_by_side_and_times(void **state) {
    (void)state;
    static const cs_speech_piece pieces[] = {{1, 900, 1500}, {0, 100, 800}, {1, 100, 700}, {0, 900, 1500}};
    uint32_t count = 0;
    cs_speech_key key = key_of("/calls/a.wav", "sha");
    for (size_t i = 0; i < 4; i++) save(&key, pieces[i], UTTERANCES, 1, NOW);
    const cs_speech_part *parts = load(&key, &count);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < 4; i++) {
        const cs_speech_part *found = speech_part_of(parts, count, pieces[i]);
        assert_non_null(found);
        assert_int_equal(found->piece.side, pieces[i].side);
        assert_int_equal(found->piece.to_ms, pieces[i].to_ms);
    }
    assert_null(speech_part_of(parts, count, (cs_speech_piece){0, 100, 801})); /* cut otherwise: recognised again */
    assert_null(speech_part_of(parts, count, (cs_speech_piece){0, 101, 800}));
    assert_null(speech_part_of(NULL, 0, pieces[0]));
}

/* Two workers at one recording: the first one's words stay, and the second one's save is no failure. */
static void the_same_piece_is_kept_once(void **state) {
    (void)state;
    static const cs_utterance other = {.start_ms = 0, .end_ms = 1, .text = "别的"};
    uint32_t count = 0;
    cs_speech_key key = key_of("/calls/a.wav", "sha");
    save(&key, (cs_speech_piece){0, 0, 500}, UTTERANCES, 1, NOW);
    save(&key, (cs_speech_piece){0, 0, 500}, &other, 1, NOW + 1);
    const cs_speech_part *parts = load(&key, &count);
    assert_int_equal(count, 1);
    assert_string_equal(parts->utterances[0].text, UTTERANCES[0].text);
}

static void break_row(const char *utterances) {
    cs_stmt *stmt = NULL;
    GOOD(db_query(db, "UPDATE speech_part SET utterances = :utterances WHERE from_ms = 0", &stmt, &message));
    db_bind_text(stmt, "utterances", utterances);
    GOOD(db_run(stmt, &message));
}

static void a_broken_row_is_left_out_and_the_others_are_read(void **state) {
    (void)state;
    static const char *const broken[] = {
        "",
        "{}",
        "[[0,1]]",
        "[[0,1,null,null,null,null,{}]]",
        "[[5,1,null,null,null,null,[]]]", /* ends before it begins */
        "[[0,1,2,null,null,null,[]]]",
        "[[0,1,null,null,null,null,[[\"a\",0]]]]",
        "[[0,1,null,null,null,null,[[null,0,0]]]]",
        "[[0,1,null,null,null,null,[[\"a\",0,-1]]]]",
        "[[0,1,null,null,null,null,[[\"a\",0,4294967296]]]]",
        "[[0,1,null,null,null,null,[[\"a\",0,2143289344]]]]", /* no number */
    };
    cs_speech_key key = key_of("/calls/a.wav", "sha");
    save(&key, (cs_speech_piece){0, 0, 500}, UTTERANCES, 1, NOW);
    save(&key, (cs_speech_piece){0, 600, 900}, UTTERANCES, 1, NOW);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        uint32_t count = 0;
        break_row(broken[i]);
        const cs_speech_part *parts = load(&key, &count);
        assert_int_equal(count, 1);
        assert_int_equal(parts->piece.from_ms, 600);
    }
    uint32_t count = 0;
    break_row("[[0,1,null,null,null,null,[[\"a\",0,0]]]]");
    (void)load(&key, &count);
    assert_int_equal(count, 2);
}

static void what_is_too_much_to_keep_is_no_failure(void **state) {
    (void)state;
    uint32_t count = 9;
    char *much = arena_alloc(arena, CS_PART_BYTES + 2);
    assert_non_null(much);
    memset(much, 'a', CS_PART_BYTES + 1);
    cs_speech_key key = key_of("/calls/a.wav", "sha");
    save(&key, (cs_speech_piece){0, 0, 500}, &(cs_utterance){.end_ms = 1, .text = much}, 1, NOW);
    save(&key, (cs_speech_piece){0, 600, 900}, UTTERANCES, 1, NOW);
    const cs_speech_part *parts = load(&key, &count);
    assert_int_equal(count, 1);
    assert_int_equal(parts->piece.from_ms, 600);
}

static void goes_when_its_recording_is_done_or_forgotten(void **state) {
    (void)state;
    cs_speech_key a = key_of("/calls/a.wav", "sha"), b = key_of("/calls/b.wav", "sha");
    save(&a, (cs_speech_piece){0, 0, 500}, UTTERANCES, 1, NOW);
    save(&a, (cs_speech_piece){1, 0, 500}, UTTERANCES, 1, NOW + 1);
    save(&b, (cs_speech_piece){0, 0, 500}, UTTERANCES, 1, NOW + 2);
    assert_int_equal(kept(), 3);
    GOOD(speech_parts_sweep(db, NOW + 1, &message)); /* what was made before */
    assert_int_equal(kept(), 2);
    GOOD(speech_parts_drop(db, a.recording, &message));
    assert_int_equal(kept(), 1);
    uint32_t count = 0;
    (void)load(&b, &count);
    assert_int_equal(count, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(comes_back_as_it_was),
        TEST(counts_for_its_recording_and_model_alone),
        TEST(a_recording_is_its_places_sizes_and_times),
        TEST(pieces_are_found_by_side_and_times),
        TEST(the_same_piece_is_kept_once),
        TEST(a_broken_row_is_left_out_and_the_others_are_read),
        TEST(what_is_too_much_to_keep_is_no_failure),
        TEST(goes_when_its_recording_is_done_or_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
