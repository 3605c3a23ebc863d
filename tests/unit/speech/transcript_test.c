/* Phrases of both sides become the turns of a conversation. */
#include "speech/transcript.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static cs_arena *arena;

static int start(void **state) {
    (void)state;
    arena = arena_create(64 << 20);
    return arena ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

/* Chinese words of 200 ms each, from start_ms on; "_" in the text is a pause of 300 ms, "~" one of 1000 ms. */
static cs_phrase said(uint32_t side, int64_t start_ms, const char *text) {
    cs_heard_word *words = arena_array(arena, strlen(text), sizeof *words);
    uint32_t count = 0;
    int64_t at = start_ms;
    for (; *text; text++) {
        if (*text == '_') {
            at += 300;
        } else if (*text == '~') {
            at += 1000;
        } else {
            words[count++] = (cs_heard_word){.text = arena_copy(arena, text, 3),
                                             .start_ms = at,
                                             .end_ms = at + 200,
                                             .confidence = 0.9f,
                                             .is_joined = true};
            at += 200;
            text += 2;
        }
    }
    return (cs_phrase){.side = side, .start_ms = start_ms, .end_ms = at, .words = words, .word_count = count};
}

static const cs_voice voices[] = {{0, 0, 4000, -20, 180}, {1, 4000, 9000, -22, 120}};

static cs_conversation *wordless(cs_role first, cs_role second) {
    cs_conversation *c = arena_alloc(arena, sizeof *c);
    *c = (cs_conversation){.external_id = "x", .channel = CS_CHANNEL_CALL, .started_ms = CS_NO_TIME};
    c->participants = arena_array(arena, 2, sizeof *c->participants);
    c->participants[0] = (cs_participant){.id = "channel-1", .role = first};
    c->participants[1] = (cs_participant){.id = "channel-2", .role = second};
    c->participant_count = 2;
    c->turns = arena_array(arena, 1, sizeof *c->turns);
    c->turns[0] = (cs_turn){.participant = 0, .start_ms = 0, .end_ms = 4000, .text = "", .confidence = -1};
    c->turn_count = 1;
    c->voices = voices;
    c->voice_count = 2;
    c->is_heard = true;
    cs_message message;
    assert_int_equal(conversation_finish(c, arena, &message), CS_OK);
    return c;
}

static cs_transcript_making making(void) {
    return (cs_transcript_making){
        .recognition = {.model = "m", .version = "1", .rate_hz = 8000, .recognised_ms = 1771036320000},
        .participants = {0, 1}};
}

static void apply(cs_conversation *c, const cs_phrase *phrases, uint32_t count) {
    cs_transcript_making how = making();
    cs_message message;
    if (transcript_apply(c, phrases, count, &how, arena, &message) != CS_OK) fail_msg("%s", message.reason);
}

/* "0 您好 | 1 你好": whose turn and its words without marks. */
static const char *shape(const cs_conversation *c) {
    const char *out = "";
    for (uint32_t i = 0; i < c->turn_count; i++) {
        const cs_turn *turn = &c->turns[i];
        out = arena_printf(arena, "%s%s%u ", out, i ? " | " : "", turn->participant);
        size_t at = 0;
        uint32_t characters = 0;
        for (uint32_t k = 0; k < turn->word_count; k++) {
            while (characters < turn->words[k].offset) { /* marks and blanks */
                at += ((unsigned char)turn->text[at] & 0xe0) == 0xe0 ? 3 : 1;
                characters++;
            }
            size_t from = at;
            for (uint32_t n = 0; n < turn->words[k].length; n++, characters++)
                at += ((unsigned char)turn->text[at] & 0xe0) == 0xe0 ? 3 : 1;
            out = arena_printf(arena, "%s%.*s", out, (int)(at - from), turn->text + from);
        }
    }
    return out;
}

static void sides_take_turns(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    const cs_phrase phrases[] = {said(1, 3000, "我要退款"), said(0, 0, "您好请讲"), said(0, 5000, "好的~请稍等")};
    apply(c, phrases, 3);
    assert_string_equal(shape(c), "0 您好请讲 | 1 我要退款 | 0 好的 | 0 请稍等");
    assert_false(c->is_wordless);
    assert_true(c->is_heard && c->is_timed);
    assert_int_equal(c->voice_count, 2);
    assert_string_equal(c->recognition->model, "m");
    assert_int_equal(c->turns[1].start_ms, 3000);
    assert_int_equal(c->turns[1].end_ms, 3800);
    assert_int_equal(c->turns[1].words[2].start_ms, 3400);
    assert_float_equal(c->turns[1].confidence, 0.9, 0.0001);
}

static void the_floor_is_taken_in_a_short_pause_but_not_by_a_nod(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    const cs_phrase taken[] = {said(0, 0, "这个问题_我们会处理"), said(1, 900, "什么时候")};
    apply(c, taken, 2);
    assert_string_equal(shape(c), "0 这个问题 | 1 什么时候 | 0 我们会处理");
    c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    const cs_phrase nodded[] = {said(0, 0, "这个问题_我们会处理"), said(1, 900, "嗯")};
    apply(c, nodded, 2);
    assert_string_equal(shape(c), "0 这个问题我们会处理 | 1 嗯");
    c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    const cs_phrase over[] = {said(0, 0, "这个问题我们会处理"),
                              said(1, 500, "什么时候")}; /* at the same time: both whole */
    apply(c, over, 2);
    assert_string_equal(shape(c), "0 这个问题我们会处理 | 1 什么时候");
    assert_true(c->turns[1].start_ms < c->turns[0].end_ms);
}

static void a_sides_words_are_never_reordered(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_phrase first = said(0, 1000, "甲乙丙丁戊"), second = said(0, 1500, "己庚"); /* they overlap at a seam */
    const cs_phrase phrases[] = {second, first};
    apply(c, phrases, 2);
    assert_string_equal(shape(c), "0 甲乙丙丁戊己庚");
}

static void nothing_recognised_leaves_the_turns_wordless(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    apply(c, NULL, 0);
    assert_true(c->is_wordless);
    assert_int_equal(c->turn_count, 1);
    assert_string_equal(c->recognition->model, "m");
}

static void what_was_given_is_not_replaced_unless_asked(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    c->turns[0].text = "您好";
    c->turns[0].text_bytes = 6;
    cs_transcript_making how = making();
    cs_message message;
    const cs_phrase phrases[] = {said(0, 0, "您号")};
    assert_int_equal(transcript_apply(c, phrases, 1, &how, arena, &message), CS_ERR_CONFLICT);
    assert_string_equal(c->turns[0].text, "您好");
    assert_null(c->recognition);
    how.may_replace = true;
    assert_int_equal(transcript_apply(c, phrases, 1, &how, arena, &message), CS_OK);
    assert_string_equal(shape(c), "0 您号");
    how.may_replace = false; /* ours by a better model */
    const cs_phrase better[] = {said(0, 0, "您好")};
    how.recognition.model = "better";
    assert_int_equal(transcript_apply(c, better, 1, &how, arena, &message), CS_OK);
    assert_string_equal(shape(c), "0 您好");
    assert_string_equal(c->recognition->model, "better");
}

static void a_title_made_of_old_words_follows_the_new_ones(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    const cs_phrase old[] = {said(1, 0, "我要推款")}, better[] = {said(1, 0, "我要退款")};
    apply(c, old, 1);
    assert_int_equal(strncmp(c->title, "我要推款", 12), 0);
    apply(c, better, 1);
    assert_int_equal(strncmp(c->title, "我要退款", 12), 0);
    c->title = "given";
    apply(c, old, 1);
    assert_string_equal(c->title, "given");
}

static void roles_come_from_the_words_where_nobody_knew(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_UNDECIDED, CS_ROLE_UNDECIDED);
    const cs_phrase phrases[] = {said(1, 0, "您好很高兴为您服务"), said(0, 4000, "我要退款")};
    apply(c, phrases, 2);
    assert_int_equal(c->participants[1].role, CS_ROLE_AGENT);
    assert_int_equal(c->participants[0].role, CS_ROLE_CUSTOMER);
}

static void new_turns_are_as_loud_as_their_voices(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_phrase phrases[] = {said(0, 0, "您好"), said(1, 5000, "我要退款")};
    phrases[0].language = phrases[1].language = "zh";
    apply(c, phrases, 2);
    assert_int_equal(c->turns[1].annotation_count, 2);
    assert_string_equal(c->turns[1].annotations[0].kind, "loudness");
    assert_float_equal(c->turns[1].annotations[0].value, -22, 0.01);
    assert_float_equal(c->turns[1].annotations[1].value, 120, 0.01);
    assert_string_equal(c->language, "zh");
}

static void turns_are_written_as_people_write(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    const cs_phrase phrases[] = {said(1, 0, "我付了一千二百块__什么时候退款"), said(0, 8000, "请问可以吗")};
    apply(c, phrases, 2);
    assert_string_equal(c->turns[0].text, "我付了1200块，什么时候退款。");
    assert_string_equal(c->turns[1].text, "请问可以吗？");
    const cs_word *number = &c->turns[0].words[3];
    assert_int_equal(number->offset, 3);
    assert_int_equal(number->length, 4);
    assert_int_equal(number->start_ms, 600);
    assert_int_equal(number->end_ms, 1400);
    assert_int_equal(c->turns[0].words[5].offset, 9); /* behind the comma */
}

static bool punctuate(void *context, const char *text, cs_arena *in, const char **out) {
    assert_string_equal(text, context);
    *out = arena_string(in, "您好，请讲！");
    return *out != NULL;
}

static void a_model_may_put_the_marks(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_transcript_making how = making();
    char expected[] = "您好请讲";
    how.punctuate = punctuate;
    how.punctuate_context = expected;
    cs_message message;
    cs_phrase phrases[] = {said(0, 0, "您好请讲")};
    assert_int_equal(transcript_apply(c, phrases, 1, &how, arena, &message), CS_OK);
    assert_string_equal(c->turns[0].text, "您好，请讲！");
}

static void english_has_capitals_and_questions(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    static const char *const texts[] = {"WHEN", "CAN", "I", "GET", "FIFTY", "DOLLARS"};
    cs_heard_word words[6];
    for (int i = 0; i < 6; i++)
        words[i] = (cs_heard_word){.text = texts[i], .start_ms = i * 200, .end_ms = i * 200 + 200, .confidence = -1};
    const cs_phrase phrases[] = {{.side = 0, .end_ms = 1200, .words = words, .word_count = 6}};
    apply(c, phrases, 1);
    assert_string_equal(c->turns[0].text, "When can I get $50?");
    assert_true(c->turns[0].confidence < 0);
}

static bool punctuate_english(void *context, const char *text, cs_arena *in, const char **out) {
    (void)context;
    assert_string_equal(text, "MY ORDER IS LATE CAN I CANCEL");
    *out = arena_string(in, "my order，is late。can i cancel？");
    return *out != NULL;
}

static void a_models_marks_in_english_are_english(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_transcript_making how = making();
    how.punctuate = punctuate_english;
    static const char *const texts[] = {"MY", "ORDER", "IS", "LATE", "CAN", "I", "CANCEL"};
    cs_heard_word words[7];
    for (int i = 0; i < 7; i++)
        words[i] = (cs_heard_word){.text = texts[i], .start_ms = i * 200, .end_ms = i * 200 + 200, .confidence = -1};
    const cs_phrase phrases[] = {{.side = 0, .end_ms = 1400, .words = words, .word_count = 7}};
    cs_message message;
    assert_int_equal(transcript_apply(c, phrases, 1, &how, arena, &message), CS_OK);
    assert_string_equal(c->turns[0].text, "My order, is late. Can I cancel?");
    assert_int_equal(c->turns[0].words[2].offset, 10);
    assert_int_equal(c->turns[0].words[2].start_ms, 400);
}

static void events_keep_their_place(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_event events[] = {{"hold", 4500, UINT32_MAX, 0}, {"close", CS_NO_TIME, UINT32_MAX, 0}};
    c->events = events;
    c->event_count = 2;
    cs_message message;
    assert_int_equal(conversation_finish(c, arena, &message), CS_OK);
    const cs_phrase phrases[] = {said(0, 0, "您好"), said(1, 3000, "我要退款"), said(0, 5000, "好的请稍等")};
    apply(c, phrases, 3);
    assert_int_equal(c->events[0].after_turn, 2);
    assert_int_equal(c->events[1].after_turn, 3);
}

static const cs_annotation *sign_of(const cs_turn *turn, const char *kind) {
    for (uint32_t i = 0; i < turn->annotation_count; i++)
        if (strcmp(turn->annotations[i].kind, kind) == 0) return &turn->annotations[i];
    return NULL;
}

static bool was_looked_for(const cs_conversation *c, const char *kind) {
    for (uint32_t i = 0; i < c->annotated_count; i++)
        if (strcmp(c->annotated[i], kind) == 0) return true;
    return false;
}

static void how_it_sounded_is_an_annotation(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_phrase phrases[] = {said(0, 0, "您好"), said(1, 5000, "怎么还没到")};
    phrases[0].emotion = "neutral";
    phrases[0].event = phrases[1].event = "speech";
    phrases[1].emotion = "angry";
    apply(c, phrases, 2);
    assert_null(sign_of(&c->turns[0], "emotion"));
    assert_null(sign_of(&c->turns[1], "event"));
    const cs_annotation *angry = sign_of(&c->turns[1], "emotion");
    assert_string_equal(angry->label, "angry");
    assert_int_equal(angry->from, 0);
    assert_int_equal(angry->to, 0); /* all of it */
    assert_true(angry->confidence < 0 && !(angry->value > 0)); /* nobody said how sure, or how much */
    assert_true(was_looked_for(c, "emotion") && was_looked_for(c, "event"));
    assert_non_null(sign_of(&c->turns[1], "loudness"));
    phrases[0].emotion = phrases[1].emotion = phrases[0].event = phrases[1].event =
        NULL; /* a model that does not listen for it */
    apply(c, phrases, 2);
    assert_null(sign_of(&c->turns[1], "emotion"));
    assert_false(was_looked_for(c, "emotion") || was_looked_for(c, "event"));
    assert_true(was_looked_for(c, "loudness"));
}

static void a_sign_stands_on_its_words(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_phrase phrases[] = {said(1, 0, "我要退款"), said(1, 1300, "太差了"), said(1, 2400, "再见")};
    phrases[1].emotion = "angry";
    phrases[1].event = "crying";
    phrases[0].emotion = phrases[2].emotion = "neutral";
    apply(c, phrases, 3);
    assert_int_equal(c->turn_count, 1);
    assert_string_equal(c->turns[0].text, "我要退款，太差了，再见。");
    for (int i = 0; i < 2; i++) {
        const cs_annotation *a = sign_of(&c->turns[0], i ? "event" : "emotion");
        assert_string_equal(a->label, i ? "crying" : "angry");
        assert_int_equal(a->from, 5);
        assert_int_equal(a->to, 8);
    }
    phrases[0].emotion = phrases[2].emotion = "angry"; /* neighbours of one label are one */
    apply(c, phrases, 3);
    assert_int_equal(sign_of(&c->turns[0], "emotion")->to, 0);
}

static void a_sound_without_words_stands_at_the_turn_beside(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_phrase phrases[] = {said(0, 0, "您好"),
                           said(1, 1000, "我要退款"),
                           {.side = 1, .start_ms = 2500, .end_ms = 3000, .event = "laughter"},
                           {.side = 0, .start_ms = 9000, .end_ms = 9500, .event = "music"}};
    apply(c, phrases, 4);
    assert_int_equal(c->turn_count, 2);
    assert_string_equal(sign_of(&c->turns[1], "event")->label, "laughter");
    assert_null(sign_of(&c->turns[0], "event")); /* too far from all that its side says */
}

static void a_phrase_of_nobodys_channel_is_refused(void **state) {
    (void)state;
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    cs_transcript_making how = making();
    how.participants[1] = CS_NO_PARTICIPANT;
    cs_message message;
    const cs_phrase phrases[] = {said(1, 0, "您好")};
    assert_int_equal(transcript_apply(c, phrases, 1, &how, arena, &message), CS_ERR_USAGE);
}

static void an_endless_monologue_becomes_several_turns(void **state) {
    (void)state;
    enum { MANY = 30000 };
    char *text = arena_alloc(arena, (size_t)MANY * 3 + 1);
    for (size_t i = 0; i < MANY; i++) memcpy(text + i * 3, "好", 3);
    cs_conversation *c = wordless(CS_ROLE_AGENT, CS_ROLE_CUSTOMER);
    const cs_phrase phrases[] = {said(0, 0, text)};
    apply(c, phrases, 1);
    assert_true(c->turn_count > 10);
    uint32_t words = 0;
    for (uint32_t i = 0; i < c->turn_count; i++) words += c->turns[i].word_count;
    assert_int_equal(words, MANY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sides_take_turns),
        cmocka_unit_test(the_floor_is_taken_in_a_short_pause_but_not_by_a_nod),
        cmocka_unit_test(a_sides_words_are_never_reordered),
        cmocka_unit_test(nothing_recognised_leaves_the_turns_wordless),
        cmocka_unit_test(what_was_given_is_not_replaced_unless_asked),
        cmocka_unit_test(a_title_made_of_old_words_follows_the_new_ones),
        cmocka_unit_test(roles_come_from_the_words_where_nobody_knew),
        cmocka_unit_test(new_turns_are_as_loud_as_their_voices),
        cmocka_unit_test(turns_are_written_as_people_write),
        cmocka_unit_test(a_model_may_put_the_marks),
        cmocka_unit_test(english_has_capitals_and_questions),
        cmocka_unit_test(a_models_marks_in_english_are_english),
        cmocka_unit_test(events_keep_their_place),
        cmocka_unit_test(how_it_sounded_is_an_annotation),
        cmocka_unit_test(a_sign_stands_on_its_words),
        cmocka_unit_test(a_sound_without_words_stands_at_the_turn_beside),
        cmocka_unit_test(a_phrase_of_nobodys_channel_is_refused),
        cmocka_unit_test(an_endless_monologue_becomes_several_turns),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
