#include "conversation/conversation.h"

#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static cs_participant people[] = {
    {"a1", NULL, NULL, CS_ROLE_AGENT}, {"c1", NULL, NULL, CS_ROLE_CUSTOMER}, {"a2", NULL, NULL, CS_ROLE_AGENT}};

static cs_turn turn(uint32_t who, int64_t start_ms, const char *text) {
    return (cs_turn){who, start_ms, CS_NO_TIME, text, (uint32_t)strlen(text), -1, NULL, 0, NULL, 0};
}

static cs_conversation conversation(cs_turn *turns, uint32_t count) {
    return (cs_conversation){.external_id = "A",
                             .started_ms = CS_NO_TIME,
                             .participants = people,
                             .participant_count = 3,
                             .turns = turns,
                             .turn_count = count};
}

static void refuse(cs_conversation *c, cs_error code, const char *place) {
    cs_arena *arena = arena_create(1 << 20);
    cs_message message = {0};
    assert_int_equal(conversation_finish(c, arena, &message), code);
    assert_string_equal(message.place, place);
    assert_true(*message.reason);
    arena_free(arena);
}

static void references_and_limits_are_checked(void **state) {
    (void)state;
    cs_turn turns[] = {turn(3, 0, "x")};
    cs_conversation c = conversation(turns, 1);
    refuse(&c, CS_ERR_USAGE, "turns[0]");
    turns[0] = turn(0, 0, "\xff");
    refuse(&c, CS_ERR_ENCODING, "turns[0]");
    turns[0] = turn(0, CS_NO_TIME, "x");
    turns[0].end_ms = 5;
    refuse(&c, CS_ERR_USAGE, "turns[0]");
    turns[0] = turn(0, 0, "x");
    turns[0].confidence = 1.5f;
    refuse(&c, CS_ERR_USAGE, "turns[0]");
    turns[0] = turn(0, INT64_MAX, "x");
    refuse(&c, CS_ERR_USAGE, "turns[0]");
    turns[0] = turn(0, 0, "x");
    c.turn_count = CS_MAX_TURNS + 1;
    refuse(&c, CS_ERR_LIMIT, "");
    c.turn_count = 1;
    c.external_id = NULL;
    refuse(&c, CS_ERR_USAGE, "");
    c.external_id = "";
    refuse(&c, CS_ERR_USAGE, "id");
    c.external_id = "A";
    cs_event events[] = {{"hold", CS_NO_TIME, 2, CS_NO_PARTICIPANT}};
    c.events = events;
    c.event_count = 1;
    refuse(&c, CS_ERR_USAGE, "events[0]");
    events[0] = (cs_event){"hold", CS_NO_TIME, 1, 3};
    refuse(&c, CS_ERR_USAGE, "events[0]");
    c.event_count = 0;
    cs_field fields[] = {{"a", "1", CS_FIELD_TEXT, 0}, {"a", "2", CS_FIELD_TEXT, 0}};
    c.fields = fields;
    c.field_count = 2;
    refuse(&c, CS_ERR_USAGE, "fields[1]");
}

static void words_must_lie_in_the_text_in_order(void **state) {
    (void)state;
    cs_turn turns[] = {turn(0, 0, "漏水了")};
    cs_conversation c = conversation(turns, 1);
    cs_word words[] = {{0, 2, 0, 5, -1, NULL}, {1, 1, 5, 6, -1, NULL}};
    turns[0].words = words;
    turns[0].word_count = 2;
    refuse(&c, CS_ERR_USAGE, "turns[0], words[1]");
    words[1] = (cs_word){3, 1, 5, 6, -1, NULL};
    refuse(&c, CS_ERR_USAGE, "turns[0], words[1]");
    words[1] = (cs_word){2, UINT32_MAX, 5, 6, -1, NULL};
    refuse(&c, CS_ERR_USAGE, "turns[0], words[1]");
    words[1] = (cs_word){2, 1, 6, 5, -1, NULL};
    refuse(&c, CS_ERR_USAGE, "turns[0], words[1]");
}

static void many_turns_at_one_moment_keep_their_order(void **state) {
    (void)state;
    enum { COUNT = 5000 };
    static cs_turn turns[COUNT];
    static char texts[COUNT][8];
    for (unsigned i = 0; i < COUNT; i++) {
        texts[i][0] = (char)('a' + i / 26 / 26 % 26);
        texts[i][1] = (char)('a' + i / 26 % 26);
        texts[i][2] = (char)('a' + i % 26);
        turns[i] = turn(0, (COUNT - i) / 1000, texts[i]);
    }
    cs_conversation c = conversation(turns, COUNT);
    cs_arena *arena = arena_create(8 << 20);
    cs_message message;
    assert_int_equal(conversation_finish(&c, arena, &message), CS_OK);
    for (uint32_t i = 1; i < COUNT; i++) {
        assert_true(c.turns[i - 1].start_ms <= c.turns[i].start_ms);
        if (c.turns[i - 1].start_ms == c.turns[i].start_ms)
            assert_true(strcmp(c.turns[i - 1].text, c.turns[i].text) < 0);
    }
    arena_free(arena);
}

static void the_title_is_the_customers_first_words(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_message message;
    cs_turn turns[] = {turn(0, 0, "您好"), turn(1, 1, " \n "), turn(1, 2, " 我的空调\n漏水 ")};
    cs_conversation c = conversation(turns, 3);
    assert_int_equal(conversation_finish(&c, arena, &message), CS_OK);
    assert_string_equal(c.title, "我的空调 漏水");
    char text[200] = "";
    for (int i = 0; i < 50; i++) strcat(text, "漏");
    turns[2] = turn(1, 2, text);
    c.title = NULL;
    assert_int_equal(conversation_finish(&c, arena, &message), CS_OK);
    assert_int_equal(utf8_count(c.title, strlen(c.title)), 40);
    c = conversation(turns, 1);
    assert_int_equal(conversation_finish(&c, arena, &message), CS_OK);
    assert_string_equal(c.title, "您好");
    c = conversation(turns, 1);
    c.title = "Re: 漏水\r\n第二次";
    assert_int_equal(conversation_finish(&c, arena, &message), CS_OK);
    assert_string_equal(c.title, "Re: 漏水  第二次");
    arena_free(arena);
}

static void questions_about_a_conversation(void **state) {
    (void)state;
    cs_arena *arena = arena_create(1 << 20);
    cs_message message;
    cs_turn turns[] = {turn(1, 0, "在吗"), turn(2, 3000, "在")};
    cs_event events[] = {{"hang-up", 9000, 0, 1}};
    cs_field fields[] = {{"product", "KF", CS_FIELD_TEXT, 0}};
    cs_conversation c = conversation(turns, 2);
    c.queue = "售后";
    c.fields = fields;
    c.field_count = 1;
    turns[1].end_ms = 4000;
    assert_int_equal(conversation_finish(&c, arena, &message), CS_OK);
    assert_int_equal(conversation_duration_ms(&c), 4000);
    assert_string_equal(conversation_agent(&c)->id, "a2");
    c.events = events;
    c.event_count = 1;
    assert_int_equal(conversation_finish(&c, arena, &message), CS_OK);
    assert_int_equal(conversation_duration_ms(&c), 9000);
    assert_string_equal(conversation_field(&c, "product"), "KF");
    assert_string_equal(conversation_field(&c, "queue"), "售后");
    assert_null(conversation_field(&c, "customer"));
    assert_null(conversation_field(&c, "colour"));
    turns[0].start_ms = CS_NO_TIME;
    c = conversation(turns, 1);
    assert_int_equal(conversation_finish(&c, arena, &message), CS_OK);
    assert_false(c.is_timed);
    assert_int_equal(conversation_duration_ms(&c), CS_NO_TIME);
    assert_string_equal(conversation_agent(&c)->id, "a1");
    c.participant_count = 0;
    c.turn_count = 0;
    assert_null(conversation_agent(&c));
    arena_free(arena);
}

static void names_of_roles_and_channels(void **state) {
    (void)state;
    for (int i = 0; i < CS_ROLE_COUNT; i++) assert_int_equal(role_parse(role_name((cs_role)i)), i);
    for (int i = 0; i < CS_CHANNEL_COUNT; i++) assert_int_equal(channel_parse(channel_name((cs_channel)i)), i);
    assert_int_equal(role_parse("boss"), CS_ROLE_COUNT);
    assert_int_equal(channel_parse(""), CS_CHANNEL_COUNT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_and_limits_are_checked),
        cmocka_unit_test(words_must_lie_in_the_text_in_order),
        cmocka_unit_test(many_turns_at_one_moment_keep_their_order),
        cmocka_unit_test(the_title_is_the_customers_first_words),
        cmocka_unit_test(questions_about_a_conversation),
        cmocka_unit_test(names_of_roles_and_channels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
