/* What was heard becomes part of the conversation: sides, voices, turns without words, times, loudness, holds, the line. */
#include "conversation/hearing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static cs_arena *arena;

static int start(void **state) {
    (void)state;
    arena = arena_create(16 << 20);
    return arena ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static const cs_side_hint no_hint = {.roles = {CS_ROLE_UNDECIDED, CS_ROLE_UNDECIDED}};

static cs_sound voice(int channel, int64_t from, int64_t to) {
    return (cs_sound){CS_SOUND_VOICE, channel, from, to, -20.0f - (float)channel, channel ? 220 : 120};
}

static cs_heard heard_of(const cs_sound *sounds, uint32_t count, int channels) {
    cs_heard heard = {.sounds = sounds, .sound_count = count};
    heard.report = (cs_audio_report){.rate_hz = 8000,
                                     .channels = channels,
                                     .duration_ms = 60000,
                                     .relation = channels == 2 ? CS_CHANNELS_TWO : CS_CHANNELS_ONE,
                                     .sides = {{.noise_db = -60, .speech_db = -20, .voiced_ms = 10000},
                                               {.noise_db = -60, .speech_db = -21, .voiced_ms = 10000}}};
    return heard;
}

static cs_conversation *empty(void) {
    cs_conversation *c = arena_alloc(arena, sizeof *c);
    *c = (cs_conversation){.external_id = "x", .channel = CS_CHANNEL_CALL, .started_ms = CS_NO_TIME};
    return c;
}

static cs_turn turn(uint32_t who, int64_t from, int64_t to, const char *text) {
    return (cs_turn){.participant = who,
                     .start_ms = from,
                     .end_ms = to,
                     .text = text,
                     .text_bytes = (uint32_t)strlen(text),
                     .confidence = -1};
}

/* Two participants a and c; four turns, first the agent. */
static cs_conversation *written(cs_role first, cs_role second) {
    cs_conversation *c = empty();
    c->participants = arena_array(arena, 2, sizeof *c->participants);
    c->participants[0] = (cs_participant){.id = "a", .role = first};
    c->participants[1] = (cs_participant){.id = "c", .role = second};
    c->participant_count = 2;
    c->turns = arena_array(arena, 4, sizeof *c->turns);
    c->turns[0] = turn(0, 1000, 4000, "您好,很高兴为您服务");
    c->turns[1] = turn(1, 5000, 9000, "我的空调漏水了");
    c->turns[2] = turn(0, 10000, 13000, "请问您的订单号是多少");
    c->turns[3] = turn(1, 20000, 24000, "我找一下");
    c->turn_count = 4;
    return c;
}

/* Agent on the channel given, a little beside the times of the transcript. */
static cs_heard talk(int agent) {
    cs_sound *s = arena_array(arena, 4, sizeof *s);
    s[0] = voice(agent, 1200, 4100);
    s[1] = voice(!agent, 5300, 9100);
    s[2] = voice(agent, 9800, 13200);
    s[3] = voice(!agent, 20100, 23900);
    return heard_of(s, 4, 2);
}

static cs_hearing apply(cs_conversation *c, const cs_heard *heard, const cs_side_hint *hint) {
    cs_hearing hearing;
    cs_message message;
    assert_int_equal(conversation_finish(c, arena, &message), CS_OK);
    assert_int_equal(hearing_apply(c, heard, hint, arena, &hearing, &message), CS_OK);
    assert_true(c->is_heard);
    return hearing;
}

static bool has_note(const cs_conversation *c, const cs_hearing *hearing, const char *note) {
    cs_buffer out;
    cs_json_writer writer;
    char quoted[40];
    buffer_init(&out, 1 << 20);
    json_writer_init(&writer, &out);
    hearing_write(&writer, c, hearing);
    snprintf(quoted, sizeof quoted, "\"%s\"", note);
    bool has = strstr(buffer_string(&out), quoted) != NULL;
    buffer_free(&out);
    return has;
}

/* ---- sides ---- */

static void the_times_of_the_transcript_tell_the_sides(void **state) {
    (void)state;
    for (int agent = 0; agent < 2; agent++) {
        cs_conversation *c = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
        cs_heard heard = talk(agent);
        cs_hearing hearing = apply(c, &heard, &no_hint);
        assert_int_equal(hearing.sides.basis, CS_SIDE_TIMES);
        assert_int_equal(hearing.sides.roles[agent], CS_ROLE_AGENT);
        assert_int_equal(hearing.sides.roles[!agent], CS_ROLE_CUSTOMER);
        assert_true(hearing.sides.confidence > 0.95f);
        assert_false(hearing.sides.is_swapped);
        assert_int_equal(c->voices[0].participant, 0);
        assert_int_equal(c->voices[1].participant, 1);
    }
}

static void registered_the_wrong_way_round_it_is_swapped(void **state) {
    (void)state;
    cs_side_hint hint = {.roles = {CS_ROLE_AGENT, CS_ROLE_UNDECIDED}, .basis = CS_SIDE_METADATA};
    cs_conversation *c = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_heard heard = talk(1);
    cs_hearing hearing = apply(c, &heard, &hint);
    assert_true(hearing.sides.is_swapped);
    assert_int_equal(hearing.sides.roles[1], CS_ROLE_AGENT);
    assert_true(has_note(c, &hearing, "swapped"));
    cs_conversation *right = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    heard = talk(0);
    hearing = apply(right, &heard, &hint);
    assert_false(hearing.sides.is_swapped);
    assert_int_equal(hearing.sides.basis, CS_SIDE_METADATA);
    assert_false(has_note(right, &hearing, "swapped"));
}

static void the_conversation_may_say_who_is_on_which_channel(void **state) {
    (void)state;
    cs_conversation *c = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    c->turn_count = 0;
    cs_recording recording = {.path = "x.wav", .channels = {1, 0}};
    c->recordings = &recording;
    c->recording_count = 1;
    cs_heard heard = talk(1);
    cs_hearing hearing = apply(c, &heard, &no_hint);
    assert_int_equal(hearing.sides.basis, CS_SIDE_METADATA);
    assert_int_equal(hearing.sides.roles[0], CS_ROLE_CUSTOMER);
    assert_int_equal(c->voices[0].participant, 0);
}

static void words_tell_the_agent_where_roles_are_unknown(void **state) {
    (void)state;
    cs_conversation *c = written(CS_ROLE_UNDECIDED, CS_ROLE_UNDECIDED);
    cs_heard heard = talk(1);
    cs_hearing hearing = apply(c, &heard, &no_hint);
    assert_int_equal(hearing.sides.basis, CS_SIDE_WORDS);
    assert_int_equal(c->participants[0].role, CS_ROLE_AGENT);
    assert_int_equal(c->participants[1].role, CS_ROLE_CUSTOMER);
    assert_int_equal(hearing.sides.roles[1], CS_ROLE_AGENT);
    assert_true(hearing.sides.confidence < 0.9f);
}

static void without_a_reason_the_sides_stay_undecided(void **state) {
    (void)state;
    cs_conversation *c = empty();
    cs_heard heard = talk(0);
    cs_hearing hearing = apply(c, &heard, &no_hint);
    assert_int_equal(hearing.sides.basis, CS_SIDE_NONE);
    assert_int_equal(c->participant_count, 2);
    assert_int_equal(c->participants[0].role, CS_ROLE_UNDECIDED);
    assert_string_equal(c->participants[0].id, "channel-1");
    assert_true(has_note(c, &hearing, "role_undecided"));
    assert_true(c->is_wordless);
}

/* ---- voices and turns ---- */

static void a_recording_alone_becomes_turns_without_words(void **state) {
    (void)state;
    cs_sound s[] = {voice(0, 0, 2000),    voice(0, 2400, 3000), voice(1, 3500, 5000),
                    voice(0, 4800, 4950), voice(1, 5300, 6000), voice(0, 9000, 9500)};
    cs_side_hint hint = {.roles = {CS_ROLE_AGENT, CS_ROLE_CUSTOMER}, .basis = CS_SIDE_NAME};
    cs_heard heard = heard_of(s, 6, 2);
    cs_conversation *c = empty();
    (void)apply(c, &heard, &hint);
    assert_true(c->is_wordless);
    assert_int_equal(c->voice_count, 6);
    assert_int_equal(c->turn_count,
                     4); /* a pause of 0.4 s is no end; 0.15 s of voice are no turn, but end the other's */
    assert_int_equal(c->turns[0].start_ms, 0);
    assert_int_equal(c->turns[0].end_ms, 3000);
    assert_int_equal(c->turns[1].participant, c->voices[2].participant);
    assert_int_equal(c->turns[1].end_ms, 5000);
    assert_int_equal(c->turns[2].start_ms, 5300);
    assert_int_equal(c->turns[3].start_ms, 9000);
    assert_int_equal(c->turns[3].text_bytes, 0);
}

static void turns_get_the_times_that_are_heard(void **state) {
    (void)state;
    cs_conversation *c = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_word word = {.offset = 0, .length = 2, .start_ms = 5000, .end_ms = 5400, .confidence = -1};
    c->turns[1].words = &word;
    c->turns[1].word_count = 1;
    cs_heard heard = talk(0);
    (void)apply(c, &heard, &no_hint);
    assert_int_equal(c->turns[0].start_ms, 1200);
    assert_int_equal(c->turns[0].end_ms, 4100);
    assert_int_equal(c->turns[1].start_ms, 5000); /* its words know better */
    assert_int_equal(c->turns[2].start_ms, 9800);
    assert_false(c->is_wordless);
}

static void one_channel_is_told_apart_by_the_turns(void **state) {
    (void)state;
    cs_conversation *c = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_sound s[] = {voice(0, 1000, 9000), voice(0, 10000, 13000), voice(0, 20000, 24000), voice(0, 40000, 41000)};
    cs_heard heard = heard_of(s, 4, 1);
    cs_hearing hearing = apply(c, &heard, &no_hint);
    assert_true(hearing.sides.is_one);
    assert_true(has_note(c, &hearing, "mono"));
    assert_int_equal(c->voices[0].participant, 0);
    assert_int_equal(c->voices[0].end_ms, 4000);
    uint32_t last = c->voice_count - 1;
    assert_int_equal(c->voices[last].start_ms, 40000);
    assert_int_equal(c->participants[c->voices[last].participant].role, CS_ROLE_UNDECIDED); /* nobody's turn is near */
    bool has_customer = false;
    for (uint32_t i = 0; i < c->voice_count; i++)
        has_customer = has_customer || (c->voices[i].participant == 1 && c->voices[i].start_ms == 5000);
    assert_true(has_customer);
}

static void the_same_on_both_channels_counts_once(void **state) {
    (void)state;
    cs_sound s[] = {voice(0, 0, 2000), voice(1, 0, 2000), voice(0, 5000, 6000), voice(1, 5000, 6000)};
    cs_heard heard = heard_of(s, 4, 2);
    heard.report.relation = CS_CHANNELS_SAME;
    heard.report.likeness = 1;
    cs_conversation *c = empty();
    cs_hearing hearing = apply(c, &heard, &no_hint);
    assert_int_equal(c->voice_count, 2);
    assert_int_equal(c->participant_count, 1);
    assert_true(has_note(c, &hearing, "same"));
}

static void of_several_on_one_side_the_one_whose_turn_it_is_speaks(void **state) {
    (void)state;
    cs_conversation *c = written(CS_ROLE_BOT, CS_ROLE_CUSTOMER);
    cs_participant *more = arena_array(arena, 3, sizeof *more);
    memcpy(more, c->participants, 2 * sizeof *more);
    more[2] = (cs_participant){.id = "b", .role = CS_ROLE_AGENT};
    c->participants = more;
    c->participant_count = 3;
    c->turns[2].participant = 2; /* the bot first, then a person */
    cs_heard heard = talk(0);
    (void)apply(c, &heard, &no_hint);
    assert_int_equal(c->voices[0].participant, 0);
    assert_int_equal(c->voices[2].participant, 2);
}

static void what_was_not_recorded_speaks_where_it_is_written(void **state) {
    (void)state;
    cs_conversation *c = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_heard heard = talk(0);
    heard.report.duration_ms = 14000; /* the recording ends before the last turn */
    heard.sound_count = 3;
    (void)apply(c, &heard, &no_hint);
    assert_int_equal(c->voice_count, 4);
    assert_int_equal(c->voices[3].participant, 1);
    assert_int_equal(c->voices[3].start_ms, 20000);
    assert_int_equal(c->voices[3].end_ms, 24000);
    cs_conversation *half = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_sound s[] = {voice(0, 1200, 4100), voice(0, 9800, 13200)};
    cs_heard one = heard_of(s, 2, 2);
    one.report.relation = CS_CHANNELS_FIRST_ONLY;
    one.report.sides[1].voiced_ms = 0;
    (void)apply(half, &one, &no_hint);
    assert_int_equal(half->voice_count, 4); /* the customer, too, who is on no channel */
    assert_int_equal(half->voices[1].participant, 1);
    assert_int_equal(half->voices[1].start_ms, 5000);
}

static void without_times_nothing_is_invented(void **state) {
    (void)state;
    cs_conversation *c = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    for (int i = 0; i < 4; i++) c->turns[i].start_ms = c->turns[i].end_ms = CS_NO_TIME;
    cs_heard heard = talk(0);
    cs_hearing hearing = apply(c, &heard, &no_hint);
    assert_false(c->is_timed);
    assert_int_equal(c->turn_count, 4);
    assert_int_equal(c->turns[0].start_ms, CS_NO_TIME);
    assert_int_equal(hearing.sides.basis, CS_SIDE_NONE);
}

/* ---- what rules read ---- */

static const cs_annotation *annotation(const cs_turn *t, const char *kind) {
    for (uint32_t i = 0; i < t->annotation_count; i++)
        if (strcmp(t->annotations[i].kind, kind) == 0) return &t->annotations[i];
    return NULL;
}

static void turns_get_loudness_and_pitch(void **state) {
    (void)state;
    cs_conversation *c = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_heard heard = talk(0);
    (void)apply(c, &heard, &no_hint);
    assert_float_equal(annotation(&c->turns[0], "loudness")->value, -20, 0.01);
    assert_float_equal(annotation(&c->turns[1], "loudness")->value, -21, 0.01);
    assert_float_equal(annotation(&c->turns[1], "pitch")->value, 220, 0.01);
    cs_conversation *own = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_annotation measured = {.kind = "loudness", .value = -3, .confidence = -1};
    const char *kinds[] = {"loudness"};
    own->turns[0].annotations = &measured;
    own->turns[0].annotation_count = 1;
    own->annotated = kinds;
    own->annotated_count = 1;
    (void)apply(own, &heard, &no_hint);
    assert_float_equal(annotation(&own->turns[0], "loudness")->value, -3, 0.01); /* what others measured stays */
    assert_null(annotation(&own->turns[1], "loudness"));
    assert_non_null(annotation(&own->turns[1], "pitch"));
}

static void hold_music_is_a_hold_where_nobody_told_of_one(void **state) {
    (void)state;
    cs_conversation *c = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_heard heard = talk(0);
    cs_sound *s = arena_array(arena, 6, sizeof *s);
    memcpy(s, heard.sounds, 4 * sizeof *s);
    s[4] = (cs_sound){CS_SOUND_MUSIC, 0, 30000, 40000, -20, 0};
    s[5] = (cs_sound){CS_SOUND_MUSIC, 1, 30100, 41000, -20, 0}; /* both channels carry it */
    heard.sounds = s;
    heard.sound_count = 6;
    cs_hearing hearing = apply(c, &heard, &no_hint);
    assert_int_equal(c->event_count, 2);
    assert_string_equal(c->events[0].kind, "hold");
    assert_int_equal(c->events[0].at_ms, 30000);
    assert_string_equal(c->events[1].kind, "resume");
    assert_int_equal(c->events[1].at_ms, 41000);
    assert_true(has_note(c, &hearing, "music"));
    cs_conversation *alone = empty(); /* without a transcript too */
    (void)apply(alone, &heard, &no_hint);
    assert_int_equal(alone->event_count, 2);
    cs_conversation *told = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_event events[] = {{.kind = "hold", .at_ms = 29000, .participant = 0}};
    told->events = events;
    told->event_count = 1;
    (void)apply(told, &heard, &no_hint);
    assert_int_equal(told->event_count, 1);
}

static void what_is_written_is_no_music(void **state) {
    (void)state;
    cs_conversation *c = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_heard heard = talk(0);
    cs_sound *s = arena_array(arena, 4, sizeof *s);
    memcpy(s, heard.sounds, 4 * sizeof *s);
    s[2].kind = CS_SOUND_MUSIC; /* 9.8 to 13.2 s: the agent asks for the order */
    heard.sounds = s;
    cs_hearing hearing = apply(c, &heard, &no_hint);
    assert_int_equal(c->voice_count, 4);
    assert_int_equal(c->event_count, 0);
    assert_false(has_note(c, &hearing, "music"));
    s[2].channel = 1; /* on the customer's channel it is the agent's echo */
    cs_conversation *echoed = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    hearing = apply(echoed, &heard, &no_hint);
    assert_int_equal(echoed->voice_count, 3);
    assert_int_equal(echoed->event_count, 0);
}

static void an_announcement_is_the_systems_voice(void **state) {
    (void)state;
    cs_sound s[] = {{CS_SOUND_ANNOUNCEMENT, 0, 0, 4000, -20, 0}, voice(0, 5000, 6000), voice(1, 7000, 8000)};
    cs_heard heard = heard_of(s, 3, 2);
    cs_conversation *c = empty();
    (void)apply(c, &heard, &no_hint);
    assert_int_equal(c->participants[c->voices[0].participant].role, CS_ROLE_SYSTEM);
}

static const char *field(const cs_conversation *c, const char *name) {
    const char *value = conversation_field(c, name);
    return value ? value : "";
}

static void a_bad_line_is_told_from_a_bad_agent(void **state) {
    (void)state;
    cs_conversation *c = written(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_heard heard = talk(0);
    heard.report.sides[1].noise_db = -32; /* 11 dB below the speech */
    cs_hearing hearing = apply(c, &heard, &no_hint);
    assert_string_equal(field(c, "recording.line"), "noisy");
    assert_string_equal(field(c, "recording.customer_line"), "noisy");
    assert_string_equal(field(c, "recording.agent_line"), "good");
    assert_string_equal(field(c, "recording.customer_snr_db"), "11");
    assert_string_equal(field(c, "recording.channels"), "two");
    assert_true(has_note(c, &hearing, "noisy"));
    cs_side_report clipped = {.noise_db = -60, .speech_db = -10, .clipped_percent = 5, .voiced_ms = 1000};
    cs_side_report faint = {.noise_db = -80, .speech_db = -50, .voiced_ms = 1000};
    assert_string_equal(hearing_line(&clipped), "clipped");
    assert_string_equal(hearing_line(&faint), "faint");
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
        TEST(the_times_of_the_transcript_tell_the_sides),
        TEST(registered_the_wrong_way_round_it_is_swapped),
        TEST(the_conversation_may_say_who_is_on_which_channel),
        TEST(words_tell_the_agent_where_roles_are_unknown),
        TEST(without_a_reason_the_sides_stay_undecided),
        TEST(a_recording_alone_becomes_turns_without_words),
        TEST(turns_get_the_times_that_are_heard),
        TEST(one_channel_is_told_apart_by_the_turns),
        TEST(the_same_on_both_channels_counts_once),
        TEST(of_several_on_one_side_the_one_whose_turn_it_is_speaks),
        TEST(what_was_not_recorded_speaks_where_it_is_written),
        TEST(without_times_nothing_is_invented),
        TEST(turns_get_loudness_and_pitch),
        TEST(hold_music_is_a_hold_where_nobody_told_of_one),
        TEST(what_is_written_is_no_music),
        TEST(an_announcement_is_the_systems_voice),
        TEST(a_bad_line_is_told_from_a_bad_agent),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
