#include "conversation/codec.h"

#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static cs_word words[] = {{0, 2, 100, 200, 0.5f, NULL}, {2, 1, CS_NO_TIME, CS_NO_TIME, -1, NULL}};
static cs_participant people[] = {{"a1", "李晓芸", "二组", CS_ROLE_AGENT}, {"c1", NULL, NULL, CS_ROLE_CUSTOMER}};

/* Everything that can be stored, with the extremes that are allowed. */
static cs_conversation *make(cs_arena *arena) {
    cs_conversation *c = arena_alloc(arena, sizeof *c);
    c->external_id = "C-1";
    c->title = "空调漏水";
    c->queue = "售后";
    c->language = "zh";
    c->source = "not stored";
    c->place = "line 7";
    c->channel = CS_CHANNEL_CALL;
    c->started_ms = 1771036320000;
    c->zone_minutes = -330;
    c->participants = people;
    c->participant_count = 2;
    c->turns = arena_array(arena, 3, sizeof *c->turns);
    c->turns[0] = (cs_turn){0, 0, 900, "漏水了", 9, 0.93f, words, 2, NULL, 0};
    c->turns[1] = (cs_turn){1, 1000, CS_NO_TIME, "", 0, -1, NULL, 0, NULL, 0};
    c->turns[2] = (cs_turn){1, INT64_C(3000000000000), INT64_C(3000000000001), "好", 3, 1, NULL, 0, NULL, 0};
    c->turn_count = 3;
    c->events = arena_array(arena, 2, sizeof *c->events);
    c->events[0] = (cs_event){"hang-up", 5000, 0, 1};
    c->events[1] = (cs_event){"close", CS_NO_TIME, UINT32_MAX, CS_NO_PARTICIPANT};
    c->event_count = 2;
    c->fields = arena_array(arena, 2, sizeof *c->fields);
    c->fields[0] = (cs_field){"product", "KF-35", CS_FIELD_TEXT, 0};
    c->fields[1] = (cs_field){"vip", "true", CS_FIELD_BOOL, 0};
    c->field_count = 2;
    cs_message message;
    assert_int_equal(conversation_finish(c, arena, &message), CS_OK);
    return c;
}

static const cs_voice heard[] = {
    {1, 0, 900, -20.5f, 210}, {0, 850, 4000, -96, 0}, {1, INT64_C(3000000000000), INT64_C(3000000000001), 0, 55.5f}};

static cs_conversation *make_heard(cs_arena *arena) {
    cs_conversation *c = make(arena);
    c->voices = heard;
    c->voice_count = 3;
    c->is_heard = true;
    return c;
}

static const cs_recognition recognised = {
    "zh-small", "1.2", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 8000, 1771036320000};

static cs_conversation *make_recognised(cs_arena *arena) {
    cs_conversation *c = make_heard(arena);
    cs_word *sounding = arena_array(arena, 2, sizeof *sounding);
    memcpy(sounding, words, sizeof words);
    sounding[0].sounds = "lou4 shui3";
    c->turns[0].words = sounding;
    c->recognition = &recognised;
    return c;
}

static cs_conversation *decode(const cs_buffer *bytes, cs_arena *arena) {
    cs_conversation *c = NULL;
    cs_message message;
    if (codec_decode(bytes->data, bytes->length, arena, &c, &message) != CS_OK)
        fail_msg("[%s] %s", message.place, message.reason);
    return c;
}

static void what_is_stored_comes_back(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_buffer bytes, again;
    buffer_init(&bytes, 1 << 20);
    buffer_init(&again, 1 << 20);
    assert_int_equal(codec_encode(make(arena), &bytes), CS_OK);
    const cs_conversation *c = decode(&bytes, arena);
    assert_string_equal(c->external_id, "C-1");
    assert_string_equal(c->title, "空调漏水");
    assert_null(c->customer);
    assert_null(c->source);
    assert_int_equal(c->started_ms, 1771036320000);
    assert_int_equal(c->zone_minutes, -330);
    assert_true(c->is_timed);
    assert_string_equal(c->participants[0].team, "二组");
    assert_null(c->participants[1].name);
    assert_int_equal(c->turns[0].word_count, 2);
    assert_int_equal(c->turns[0].words[0].end_ms, 200);
    assert_int_equal(c->turns[0].words[1].offset, 2);
    assert_true(c->turns[0].words[1].start_ms == CS_NO_TIME && c->turns[0].words[1].confidence < 0);
    assert_true(c->turns[1].end_ms == CS_NO_TIME && c->turns[1].confidence < 0);
    assert_int_equal(c->turns[2].end_ms, INT64_C(3000000000001));
    assert_int_equal(c->events[0].after_turn, 2);
    assert_true(c->events[1].at_ms == CS_NO_TIME && c->events[1].participant == CS_NO_PARTICIPANT);
    assert_string_equal(c->fields[1].value, "true");
    assert_int_equal(codec_encode(c, &again), CS_OK);
    assert_int_equal(again.length, bytes.length);
    assert_memory_equal(again.data, bytes.data, bytes.length);
    buffer_free(&bytes);
    buffer_free(&again);
    arena_free(arena);
}

static void what_was_heard_comes_back(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_buffer bytes;
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(codec_encode(make_heard(arena), &bytes), CS_OK);
    const cs_conversation *c = decode(&bytes, arena);
    assert_true(c->is_heard);
    assert_false(c->is_wordless);
    assert_int_equal(c->voice_count, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(c->voices[i].participant, heard[i].participant);
        assert_int_equal(c->voices[i].start_ms, heard[i].start_ms);
        assert_int_equal(c->voices[i].end_ms, heard[i].end_ms);
        assert_float_equal(c->voices[i].level_db, heard[i].level_db, 0.05);
        assert_float_equal(c->voices[i].pitch_hz, heard[i].pitch_hz, 0.05);
    }
    buffer_free(&bytes);
    cs_conversation *silent = make(arena); /* heard, and nobody spoke: that is not the same as never heard */
    silent->is_heard = true;
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(codec_encode(silent, &bytes), CS_OK);
    assert_true(decode(&bytes, arena)->is_heard);
    buffer_free(&bytes);
    arena_free(arena);
}

static void who_recognised_it_comes_back(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_buffer bytes, again;
    buffer_init(&bytes, 1 << 20);
    buffer_init(&again, 1 << 20);
    cs_conversation *made = make_recognised(arena);
    assert_int_equal(codec_encode(made, &bytes), CS_OK);
    const cs_conversation *c = decode(&bytes, arena);
    assert_true(c->is_heard && c->voice_count == 3);
    assert_string_equal(c->recognition->model, "zh-small");
    assert_string_equal(c->recognition->sha256, recognised.sha256);
    assert_int_equal(c->recognition->rate_hz, 8000);
    assert_true(c->recognition->recognised_ms == CS_NO_TIME); /* the same words later are the same timeline */
    assert_string_equal(c->turns[0].words[0].sounds, "lou4 shui3");
    assert_null(c->turns[0].words[1].sounds);
    assert_int_equal(codec_encode(c, &again), CS_OK);
    assert_int_equal(again.length, bytes.length);
    assert_memory_equal(again.data, bytes.data, bytes.length);
    made->is_heard = false; /* sounds alone are kept too */
    made->recognition = NULL;
    buffer_clear(&bytes);
    assert_int_equal(codec_encode(made, &bytes), CS_OK);
    c = decode(&bytes, arena);
    assert_true(!c->is_heard && !c->recognition);
    assert_string_equal(c->turns[0].words[0].sounds, "lou4 shui3");
    buffer_free(&bytes);
    buffer_free(&again);
    arena_free(arena);
}

static void the_hash_stays_the_same(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_buffer bytes;
    buffer_init(&bytes, 1 << 20);
    cs_conversation *c = make(arena);
    assert_int_equal(codec_encode(c, &bytes), CS_OK);
    char hex[CS_HASH_CHARS + 1];
    hash_hex(hash_bytes(bytes.data, bytes.length), hex);
    /* Stored inspections name this hash: when it changes, every conversation is inspected again. */
    assert_string_equal(hex, "c99647ddbd23fe0e577a11ca4ec623e0");
    c->source = "another file";
    c->place = NULL;
    cs_hash before = hash_bytes(bytes.data, bytes.length);
    buffer_clear(&bytes);
    assert_int_equal(codec_encode(c, &bytes), CS_OK);
    assert_true(hash_equal(before, hash_bytes(bytes.data, bytes.length)));
    c->turns[2].text = "坏";
    buffer_clear(&bytes);
    assert_int_equal(codec_encode(c, &bytes), CS_OK);
    assert_false(hash_equal(before, hash_bytes(bytes.data, bytes.length)));
    buffer_free(&bytes);
    arena_free(arena);
}

static void damage(cs_conversation *(*made)(cs_arena *arena)) {
    cs_arena *arena = arena_create(1 << 20), *scratch = arena_create(1 << 20);
    cs_buffer bytes;
    cs_message message;
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(codec_encode(made(arena), &bytes), CS_OK);
    for (size_t cut = 0; cut < bytes.length; cut++) {
        cs_conversation *c = NULL;
        assert_int_equal(codec_decode(bytes.data, cut, scratch, &c, &message), CS_ERR_PARSE);
        assert_memory_equal(message.place, "byte ", 5);
        assert_null(c);
        arena_reset(scratch);
    }
    for (size_t at = 0; at < bytes.length; at++) {
        for (int value = 0; value < 256; value += 5) {
            char kept = bytes.data[at];
            cs_conversation *c = NULL;
            bytes.data[at] = (char)value;
            (void)codec_decode(bytes.data, bytes.length, scratch, &c, &message);
            bytes.data[at] = kept;
            arena_reset(scratch);
        }
    }
    buffer_free(&bytes);
    arena_free(arena);
    arena_free(scratch);
}

static void damaged_bytes_are_refused_or_read_never_worse(void **state) {
    (void)state;
    damage(make);
    damage(make_heard);
    damage(make_recognised);
}

static void trailing_bytes_and_other_versions_are_refused(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_buffer bytes;
    cs_conversation *c = NULL;
    cs_message message;
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(codec_encode(make(arena), &bytes), CS_OK);
    assert_true(buffer_append(&bytes, "x", 1));
    assert_int_equal(codec_decode(bytes.data, bytes.length, arena, &c, &message), CS_ERR_PARSE);
    bytes.data[0] = 5;
    assert_int_equal(codec_decode(bytes.data, bytes.length - 1, arena, &c, &message), CS_ERR_PARSE);
    assert_non_null(strstr(message.reason, "another version"));
    buffer_free(&bytes);
    arena_free(arena);
}

static void counts_do_not_allocate_more_than_is_there(void **state) {
    (void)state;
    cs_arena *arena = arena_create(64 << 20);
    /* version, id "A", no title, queue, customer, language, channel, start, zone, then a hundred thousand turns */
    const unsigned char bytes[] = {1, 1, 'A', 0, 0, 0, 0, 0, 0, 0, 0, 0xa0, 0x8d, 0x06};
    cs_conversation *c = NULL;
    cs_message message;
    assert_int_equal(codec_decode(bytes, sizeof bytes, arena, &c, &message), CS_ERR_PARSE);
    assert_true(arena_used(arena) < 4096);
    arena_free(arena);
}

static void a_full_buffer_keeps_what_it_had(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_buffer bytes;
    buffer_init(&bytes, 20);
    assert_true(buffer_text(&bytes, "before"));
    assert_int_equal(codec_encode(make(arena), &bytes), CS_ERR_LIMIT);
    assert_string_equal(bytes.data, "before");
    buffer_free(&bytes);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_stored_comes_back),
        cmocka_unit_test(what_was_heard_comes_back),
        cmocka_unit_test(who_recognised_it_comes_back),
        cmocka_unit_test(the_hash_stays_the_same),
        cmocka_unit_test(damaged_bytes_are_refused_or_read_never_worse),
        cmocka_unit_test(trailing_bytes_and_other_versions_are_refused),
        cmocka_unit_test(counts_do_not_allocate_more_than_is_there),
        cmocka_unit_test(a_full_buffer_keeps_what_it_had),
    };
    return hash_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
