/* Every file in tests/cases/formats/vcon/good must be read as its .expect says (our own JSON), every one in bad must be
 * refused so. Adding a case needs a file and its .expect; CALLSCOPE_WRITE_EXPECT=1 writes the missing .expect of a good
 * one. Then: what is written as a vCon or as JSON reads back as the same conversation. */
#include "conversation/vcon.h"

#include "base/file.h"
#include "conversation/codec.h"
#include "conversation/format.h"
#include "conversation/json_export.h"
#include "conversation/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct outcome {
    cs_buffer text, bytes; /* our JSON, a line each; the codec's bytes */
    cs_message message; /* of the last refusal */
    char id[256];
    int given, refused;
} outcome;

static void outcome_start(outcome *o) {
    *o = (outcome){0};
    buffer_init(&o->text, 64 << 20);
    buffer_init(&o->bytes, 64 << 20);
}

static void outcome_end(outcome *o) {
    buffer_free(&o->text);
    buffer_free(&o->bytes);
}

static bool take(void *context, cs_conversation *c, cs_arena *arena) {
    outcome *o = context;
    cs_json_writer writer;
    json_writer_init(&writer, &o->text);
    json_export_write(&writer, NULL, c);
    buffer_text(&o->text, "\n");
    assert_int_equal(codec_encode(c, &o->bytes), CS_OK);
    o->given++;
    arena_free(arena);
    return true;
}

static bool refuse(void *context, const char *id, cs_error code, const cs_message *message) {
    outcome *o = context;
    assert_int_not_equal(code, CS_OK);
    o->message = *message;
    snprintf(o->id, sizeof o->id, "%s", id ? id : "");
    o->refused++;
    return true;
}

static void read_file(const char *path, outcome *o) {
    cs_reader_sink sink = {o, take, refuse, NULL};
    cs_read_counts counts;
    cs_message message;
    assert_int_equal(format_read(format_find(path, NULL), path, NULL, &sink, &counts, &message), CS_OK);
    assert_int_equal(counts.expected, counts.given + counts.refused);
    assert_int_equal(counts.given, o->given);
}

static void read_text(const char *text, outcome *o) {
    cs_reader_sink sink = {o, take, refuse, NULL};
    cs_read_counts counts = {0};
    cs_reading reading = {"memory.vcon", NULL, &sink, &counts};
    cs_message message;
    outcome_start(o);
    assert_int_equal(json_text_read(&reading, text, strlen(text), &message), CS_OK);
}

static void expect_path(const char *path, char out[4200]) {
    snprintf(out, 4200, "%.*s.expect", (int)(strlen(path) - strlen(file_extension(path))), path);
}

static void check_good(const char *path) {
    outcome o;
    char name[4200];
    cs_buffer expected;
    cs_message message;
    outcome_start(&o);
    read_file(path, &o);
    if (o.refused) fail_msg("%s is refused: [%s] %s", path, o.message.place, o.message.reason);
    expect_path(path, name);
    if (getenv("CALLSCOPE_WRITE_EXPECT") && file_read(name, 1 << 20, &expected, &message) == CS_ERR_NOT_FOUND) {
        FILE *file = fopen(name, "wb");
        assert_non_null(file);
        fputs(buffer_string(&o.text), file);
        fclose(file);
    }
    if (file_read(name, 1 << 20, &expected, &message) != CS_OK) fail_msg("%s", message.reason);
    if (strcmp(buffer_string(&expected), buffer_string(&o.text)) != 0)
        fail_msg("%s gives\n%s\ninstead of\n%s", path, buffer_string(&o.text), buffer_string(&expected));
    buffer_free(&expected);
    outcome_end(&o);
}

/* Lines of "id: place: reason: remedy:", each of which must fit. */
static void check_line(const char *path, const outcome *o, char *line) {
    struct {
        const char *key, *is;
        bool is_exact;
    } parts[] = {{"id: ", o->id, true},
                 {"place: ", o->message.place, true},
                 {"reason: ", o->message.reason, false},
                 {"remedy: ", o->message.remedy, false}};
    for (size_t i = 0; i < 4; i++) {
        size_t length = strlen(parts[i].key);
        if (strncmp(line, parts[i].key, length) != 0) continue;
        bool is_so =
            parts[i].is_exact ? strcmp(parts[i].is, line + length) == 0 : strstr(parts[i].is, line + length) != NULL;
        if (!is_so)
            fail_msg("%s: %s is refused with [%s] %s (%s)", path, line, o->message.place, o->message.reason,
                     o->message.remedy);
        return;
    }
    fail_msg("%s: unknown line in .expect: %s", path, line);
}

static void check_bad(const char *path) {
    outcome o;
    char name[4200], *rest = NULL;
    cs_buffer expected;
    cs_message message;
    outcome_start(&o);
    read_file(path, &o);
    if (o.given != 0 || o.refused != 1) fail_msg("%s: %d given, %d refused", path, o.given, o.refused);
    if (!*o.message.remedy) fail_msg("%s: says nothing to do about it: %s", path, o.message.reason);
    expect_path(path, name);
    if (file_read(name, 1 << 20, &expected, &message) != CS_OK) fail_msg("%s", message.reason);
    for (char *line = strtok_r(expected.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        check_line(path, &o, line);
    buffer_free(&expected);
    outcome_end(&o);
}

typedef struct folder_check {
    void (*check)(const char *path);
    int count;
} folder_check;

static bool check_one(void *context, const char *path, const cs_file_info *info) {
    folder_check *f = context;
    (void)info;
    if (strcmp(file_extension(path), ".json") != 0) return true;
    f->check(path);
    f->count++;
    return true;
}

static void good_cases(void **state) {
    (void)state;
    folder_check f = {check_good, 0};
    assert_int_equal(file_walk(CASES "/formats/vcon/good", check_one, NULL, &f), CS_OK);
    assert_true(f.count >= 12);
}

static void bad_cases(void **state) {
    (void)state;
    folder_check f = {check_bad, 0};
    assert_int_equal(file_walk(CASES "/formats/vcon/bad", check_one, NULL, &f), CS_OK);
    assert_true(f.count >= 40);
}

/* ---- there and back ---- */

typedef struct trip {
    int count;
} trip;

static void check_trip(const char *text, const cs_buffer *bytes, const char *again, const char *id) {
    outcome o;
    read_text(text, &o);
    if (o.refused) fail_msg("%s: not read back: [%s] %s", id, o.message.place, o.message.reason);
    assert_int_equal(o.given, 1);
    if (o.bytes.length != bytes->length || memcmp(o.bytes.data, bytes->data, bytes->length) != 0)
        fail_msg("%s: comes back as\n%s\ninstead of\n%s", id, buffer_string(&o.text), again);
    if (again) assert_string_equal(buffer_string(&o.text), again);
    outcome_end(&o);
}

static void check_both_trips(const cs_conversation *c) {
    cs_buffer bytes, json, vcon;
    cs_json_writer writer;
    cs_message message = {0};
    cs_conversation plain = *c;
    plain.recording_count = 0; /* paths stay here: a vCon does not carry them */
    buffer_init(&bytes, 64 << 20);
    buffer_init(&json, 64 << 20);
    buffer_init(&vcon, 64 << 20);
    assert_int_equal(codec_encode(c, &bytes), CS_OK);
    json_writer_init(&writer, &json);
    json_export_write(&writer, NULL, &plain);
    json_writer_init(&writer, &vcon);
    cs_vcon_more more = {.created_ms = 1771056000123, .inspection = "{\"scores\":{}}"};
    assert_int_equal(vcon_write(&writer, c, &more, &message), CS_OK);
    buffer_text(&json, "\n");
    check_trip(buffer_string(&json), &bytes, buffer_string(&json), c->external_id);
    check_trip(buffer_string(&vcon), &bytes, buffer_string(&json), c->external_id);
    buffer_free(&bytes);
    buffer_free(&json);
    buffer_free(&vcon);
}

static bool take_trip(void *context, cs_conversation *c, cs_arena *arena) {
    ((trip *)context)->count++;
    check_both_trips(c);
    arena_free(arena);
    return true;
}

static bool refuse_nothing(void *context, const char *id, cs_error code, const cs_message *message) {
    (void)context, (void)id, (void)code, (void)message;
    return true;
}

static bool trip_file(void *context, const char *path, const cs_file_info *info) {
    (void)info;
    const cs_format *format = format_find(path, NULL);
    cs_reader_sink sink = {context, take_trip, refuse_nothing, NULL};
    cs_read_counts counts;
    cs_message message;
    if (format && !format_is_recording(format) && !format->needs_mapping)
        (void)format_read(format, path, NULL, &sink, &counts, &message);
    return true;
}

static void demo_goes_there_and_back(void **state) {
    (void)state;
    trip t = {0};
    assert_int_equal(file_walk(SOURCE "/demo", trip_file, NULL, &t), CS_OK);
    assert_true(t.count >= 20);
    print_message("%d conversations of demo/\n", t.count);
    assert_int_equal(file_walk(CASES "/formats", trip_file, NULL, &t), CS_OK);
    print_message("%d with the format cases\n", t.count);
}

/* A generator that needs no seed from outside: the same conversations every time. */
static uint32_t draw(uint64_t *state, uint32_t below) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % below;
}

static const char *const texts[] = {
    "您好", "a \"quoted\"\\ text\n\twith breaks", "", "😀 四字节", "x", "100%\r\n", "</script>\x01"};

static const cs_word *make_words(uint64_t *seed, cs_arena *arena, int64_t start, uint32_t *count) {
    cs_word *words = arena_array(arena, 2, sizeof *words);
    *count = 2;
    words[0] = (cs_word){0, 1, start, start + 100, (float)draw(seed, 1000) / 999, NULL};
    words[1] = (cs_word){1, 1, draw(seed, 2) ? CS_NO_TIME : start + 120, CS_NO_TIME, -1, NULL};
    return words;
}

static void make_turns(uint64_t *seed, cs_arena *arena, cs_conversation *c, bool is_timed) {
    c->turns = arena_array(arena, c->turn_count, sizeof *c->turns);
    for (uint32_t i = 0; i < c->turn_count; i++) {
        cs_turn *t = &c->turns[i];
        const char *text = texts[draw(seed, sizeof texts / sizeof texts[0])];
        *t = (cs_turn){.participant = draw(seed, c->participant_count),
                       .text = text,
                       .text_bytes = (uint32_t)strlen(text),
                       .start_ms = is_timed ? (int64_t)draw(seed, 100000) : CS_NO_TIME,
                       .end_ms = CS_NO_TIME,
                       .confidence = draw(seed, 2) ? (float)draw(seed, 1000000) / 999999 : -1};
        if (is_timed && draw(seed, 2)) t->end_ms = t->start_ms + draw(seed, 5000);
        if (t->start_ms != CS_NO_TIME && strcmp(text, "您好") == 0)
            t->words = make_words(seed, arena, t->start_ms, &t->word_count);
        if (draw(seed, 4) > 0 || t->text_bytes == 0) continue;
        cs_annotation *a = arena_array(arena, 1, sizeof *a);
        *a = (cs_annotation){"emotion",    draw(seed, 2) ? "angry" : NULL, NULL, (double)draw(seed, 100) / 7, -1, 0,
                             draw(seed, 2)};
        t->annotations = a;
        t->annotation_count = 1;
    }
}

static void make_rest(uint64_t *seed, cs_arena *arena, cs_conversation *c, bool is_timed) {
    static cs_field fields[] = {{"名称", "值\n二", CS_FIELD_TEXT, 0},
                                {"number", "1e+20", CS_FIELD_NUMBER, 0},
                                {"share", "0.1", CS_FIELD_NUMBER, 95000},
                                {"vip", "true", CS_FIELD_BOOL, 1},
                                {"empty", "", CS_FIELD_TEXT, 0}};
    c->fields = fields;
    c->field_count = draw(seed, 6);
    c->event_count = draw(seed, 4);
    c->events = arena_array(arena, c->event_count, sizeof *c->events);
    for (uint32_t i = 0; i < c->event_count; i++)
        c->events[i] = (cs_event){draw(seed, 2) ? "hold" : "转接",
                                  is_timed && draw(seed, 3) ? (int64_t)draw(seed, 99999) : CS_NO_TIME,
                                  draw(seed, c->turn_count + 1), draw(seed, 2) ? CS_NO_PARTICIPANT : 0};
    if (draw(seed, 3)) return;
    cs_voice *voices = arena_array(arena, 2, sizeof *voices);
    voices[0] = (cs_voice){0, 0, 500, -20.5f, 180};
    voices[1] = (cs_voice){1, 400, 900, -33.1f, 0};
    c->voices = voices;
    c->voice_count = draw(seed, 3);
    c->is_heard = true;
}

static void generated_go_there_and_back(void **state) {
    (void)state;
    for (uint64_t n = 1; n <= 3000; n++) {
        uint64_t seed = n;
        cs_arena *arena = arena_create(64 << 20);
        cs_conversation *c = arena_alloc(arena, sizeof *c);
        cs_message message = {0};
        cs_participant people[] = {{"a", draw(&seed, 2) ? "李" : NULL, "二组", CS_ROLE_AGENT},
                                   {"c", NULL, NULL, CS_ROLE_CUSTOMER},
                                   {"系", "系统", NULL, (cs_role)draw(&seed, CS_ROLE_COUNT)}};
        bool is_timed = draw(&seed, 3) > 0, is_started = draw(&seed, 4) > 0;
        *c = (cs_conversation){.external_id = arena_printf(arena, "G-%llu", (unsigned long long)n),
                               .channel = (cs_channel)draw(&seed, CS_CHANNEL_COUNT),
                               .started_ms = is_started ? 1771056000000 + draw(&seed, 100000) : CS_NO_TIME,
                               .zone_minutes = is_started ? 480 - 30 * (int)draw(&seed, 10) : 0,
                               .queue = draw(&seed, 2) ? "售后" : NULL,
                               .language = draw(&seed, 2) ? "zh" : NULL,
                               .participants = people,
                               .participant_count = 3,
                               .turn_count = draw(&seed, 12)};
        make_turns(&seed, arena, c, is_timed);
        make_rest(&seed, arena, c, is_timed);
        if (conversation_finish(c, arena, &message) != CS_OK) fail_msg("%s %s", message.place, message.reason);
        check_both_trips(c);
        arena_free(arena);
    }
}

/* Who blackens a word in the dialogs must not find it again in the copy that came along. */
static void a_changed_dialog_wins(void **state) {
    (void)state;
    cs_participant people[] = {{"a", NULL, NULL, CS_ROLE_AGENT}, {"c", NULL, NULL, CS_ROLE_CUSTOMER}};
    cs_turn turns[] = {
        {.participant = 1, .start_ms = 0, .end_ms = CS_NO_TIME, .text = "secret", .text_bytes = 6, .confidence = -1}};
    cs_arena *arena = arena_create(1 << 20);
    cs_conversation c = {.external_id = "X",
                         .channel = CS_CHANNEL_CHAT,
                         .started_ms = 1771056000000,
                         .participants = people,
                         .participant_count = 2,
                         .turns = turns,
                         .turn_count = 1};
    cs_buffer vcon;
    cs_json_writer writer;
    cs_message message = {0};
    assert_int_equal(conversation_finish(&c, arena, &message), CS_OK);
    buffer_init(&vcon, 1 << 20);
    json_writer_init(&writer, &vcon);
    assert_int_equal(vcon_write(&writer, &c, &(cs_vcon_more){.created_ms = 1}, &message), CS_OK);
    char *at = strstr(vcon.data, "\"body\":\"secret\"");
    assert_non_null(at);
    memcpy(at, "\"body\":\"******\"", strlen("\"body\":\"******\""));
    outcome o;
    read_text(buffer_string(&vcon), &o);
    assert_int_equal(o.given, 1);
    assert_non_null(strstr(buffer_string(&o.text), "******"));
    assert_null(strstr(buffer_string(&o.text), "\"text\":\"secret\""));
    outcome_end(&o);
    buffer_free(&vcon);
    arena_free(arena);
}

int main(void) {
    if (!hash_start()) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_cases),
        cmocka_unit_test(bad_cases),
        cmocka_unit_test(demo_goes_there_and_back),
        cmocka_unit_test(generated_go_there_and_back),
        cmocka_unit_test(a_changed_dialog_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
