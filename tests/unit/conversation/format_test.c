/* Every file in tests/cases/formats/<format>/good must be read as its .expect says, every one in bad must be refused so.
 * Adding a case needs a file and its .expect; CALLSCOPE_WRITE_EXPECT=1 writes the missing .expect of a good one. */
#include "conversation/format.h"

#include "base/file.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_REFUSALS = 16 };

typedef struct refusal {
    char id[256], place[128], reason[400], remedy[200];
} refusal;

typedef struct outcome {
    cs_buffer text; /* what was given, in words */
    refusal refusals[MOST_REFUSALS];
    int refused;
    int64_t given;
} outcome;

static void write_optional(cs_buffer *out, const char *name, const char *value) {
    if (value) buffer_printf(out, "%s: %s\n", name, value);
}

static void write_time(cs_buffer *out, int64_t ms) {
    if (ms == CS_NO_TIME)
        buffer_text(out, "?");
    else
        buffer_printf(out, "%lld", (long long)ms);
}

static void write_turn(cs_buffer *out, const cs_conversation *c, uint32_t i) {
    const cs_turn *turn = &c->turns[i];
    buffer_printf(out, "  %u %s ", i + 1, c->participants[turn->participant].id);
    write_time(out, turn->start_ms);
    buffer_text(out, "-");
    write_time(out, turn->end_ms);
    if (turn->confidence >= 0) buffer_printf(out, " (%.2f)", (double)turn->confidence);
    buffer_text(out, " ");
    for (const char *at = turn->text; *at; at++) {
        if (*at == '\n')
            buffer_text(out, "\\n");
        else
            buffer_append(out, at, 1);
    }
    for (uint32_t w = 0; w < turn->word_count; w++) {
        const cs_word *word = &turn->words[w];
        buffer_printf(out, " [%u+%u ", word->offset, word->length);
        write_time(out, word->start_ms);
        buffer_text(out, "-");
        write_time(out, word->end_ms);
        buffer_printf(out, " %.2f]", (double)word->confidence);
    }
    buffer_text(out, "\n");
}

static void write_conversation(cs_buffer *out, const cs_conversation *c) {
    char started[32];
    clock_format(c->started_ms, c->zone_minutes, started);
    buffer_printf(out, "id: %s\nchannel: %s\n", c->external_id, channel_name(c->channel));
    write_optional(out, "title", c->title);
    write_optional(out, "queue", c->queue);
    write_optional(out, "customer", c->customer);
    write_optional(out, "language", c->language);
    if (*c->place) buffer_printf(out, "place: %s\n", c->place);
    if (*started) buffer_printf(out, "started: %s\n", started);
    buffer_printf(out, "timed: %s\n", c->is_timed ? "yes" : "no");
    for (uint32_t i = 0; i < c->participant_count; i++) {
        const cs_participant *who = &c->participants[i];
        buffer_printf(out, "participant: %s %s", who->id, role_name(who->role));
        if (who->name) buffer_printf(out, ", %s", who->name);
        if (who->team) buffer_printf(out, ", team %s", who->team);
        buffer_text(out, "\n");
    }
    buffer_text(out, "turns:\n");
    for (uint32_t i = 0; i < c->turn_count; i++) write_turn(out, c, i);
    for (uint32_t i = 0; i < c->event_count; i++) {
        const cs_event *event = &c->events[i];
        buffer_printf(out, "event: %s at ", event->kind);
        write_time(out, event->at_ms);
        buffer_printf(out, " after turn %u", event->after_turn);
        if (event->participant != CS_NO_PARTICIPANT)
            buffer_printf(out, " by %s", c->participants[event->participant].id);
        buffer_text(out, "\n");
    }
    static const char *const kinds[] = {"text", "number", "true or false"};
    for (uint32_t i = 0; i < c->field_count; i++)
        buffer_printf(out, "field: %s = %s (%s)\n", c->fields[i].name, c->fields[i].value, kinds[c->fields[i].kind]);
    for (uint32_t i = 0; i < c->recording_count; i++) {
        buffer_printf(out, "recording: %s", c->recordings[i].path);
        for (int k = 0; k < CS_MAX_RECORDING_CHANNELS; k++) {
            uint32_t who = c->recordings[i].channels[k];
            buffer_printf(out, " %s", who == CS_NO_PARTICIPANT ? "?" : c->participants[who].id);
        }
        buffer_text(out, "\n");
    }
    for (uint32_t i = 0; i < c->voice_count; i++)
        buffer_printf(out, "voice: %s %lld-%lld %.1f dB %.0f Hz\n", c->participants[c->voices[i].participant].id,
                      (long long)c->voices[i].start_ms, (long long)c->voices[i].end_ms, (double)c->voices[i].level_db,
                      (double)c->voices[i].pitch_hz);
    buffer_text(out, "\n");
}

static bool take(void *context, cs_conversation *conversation, cs_arena *arena) {
    outcome *o = context;
    write_conversation(&o->text, conversation);
    o->given++;
    arena_free(arena);
    return true;
}

static void note_refusal(outcome *o, const char *id, const cs_message *message) {
    if (o->refused == MOST_REFUSALS) return;
    refusal *r = &o->refusals[o->refused++];
    snprintf(r->id, sizeof r->id, "%s", id ? id : "");
    snprintf(r->place, sizeof r->place, "%s", message->place);
    snprintf(r->reason, sizeof r->reason, "%s", message->reason);
    snprintf(r->remedy, sizeof r->remedy, "%s", message->remedy);
}

static bool refuse(void *context, const char *id, cs_error code, const cs_message *message) {
    assert_int_not_equal(code, CS_OK);
    note_refusal(context, id, message);
    return true;
}

static cs_mapping *mapping_for(const char *path) {
    char name[4096], beside[4200];
    cs_mapping *mapping = NULL;
    cs_message message;
    cs_file_info info;
    snprintf(name, sizeof name, "%.*s", (int)(strlen(path) - strlen(file_extension(path))), path);
    snprintf(beside, sizeof beside, "%s.mapping.json", name);
    if (file_info(beside, &info, &message) != CS_OK)
        snprintf(beside, sizeof beside, "%.*s/mapping.json", (int)(strrchr(path, '/') - path), path);
    if (file_info(beside, &info, &message) != CS_OK) return NULL;
    if (mapping_load(beside, &mapping, &message) != CS_OK) fail_msg("%s: %s %s", beside, message.place, message.reason);
    return mapping;
}

static void read_file(const char *path, outcome *o) {
    cs_mapping *mapping = mapping_for(path);
    const cs_format *format = format_find(path, mapping);
    assert_non_null(format);
    cs_reader_sink sink = {o, take, refuse, NULL};
    cs_read_counts counts;
    cs_message message;
    cs_error code = format_read(format, path, mapping, &sink, &counts, &message);
    if (code != CS_OK) {
        assert_int_equal(o->refused, 0);
        note_refusal(o, NULL, &message);
    }
    assert_int_equal(counts.given, o->given);
    assert_int_equal(counts.refused, o->refused);
    if (counts.expected != counts.given + counts.refused)
        fail_msg("%s: expected %lld, given %lld, refused %lld", path, (long long)counts.expected,
                 (long long)counts.given, (long long)counts.refused);
    mapping_free(mapping);
}

static void expect_path(const char *path, char out[4200]) {
    snprintf(out, 4200, "%.*s.expect", (int)(strlen(path) - strlen(file_extension(path))), path);
}

static void check_good(const char *path) {
    outcome o = {0};
    buffer_init(&o.text, 1 << 20);
    read_file(path, &o);
    if (o.refused) fail_msg("%s is refused: [%s] %s", path, o.refusals[0].place, o.refusals[0].reason);
    char name[4200];
    cs_buffer expected;
    cs_message message;
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
    buffer_free(&o.text);
}

/* Blocks of "id: place: reason: remedy:" divided by empty lines; "given: n" before. */
static int parse_expected(char *text, refusal *out, int64_t *given) {
    int count = 0;
    bool is_open = false;
    *given = 0;
    for (char *line = text, *next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next) *next++ = 0;
        if (!*line)
            is_open = false;
        else if (strncmp(line, "given: ", 7) == 0)
            *given = atoll(line + 7);
        else if (*line != '#') {
            if (!is_open) out[count++] = (refusal){{0}, {0}, {0}, {0}};
            is_open = true;
            refusal *r = &out[count - 1];
            if (strncmp(line, "id: ", 4) == 0)
                snprintf(r->id, sizeof r->id, "%s", line + 4);
            else if (strncmp(line, "place: ", 7) == 0)
                snprintf(r->place, sizeof r->place, "%s", line + 7);
            else if (strncmp(line, "reason: ", 8) == 0)
                snprintf(r->reason, sizeof r->reason, "%s", line + 8);
            else if (strncmp(line, "remedy: ", 8) == 0)
                snprintf(r->remedy, sizeof r->remedy, "%s", line + 8);
            else
                fail_msg("unknown line in .expect: %s", line);
        }
    }
    return count;
}

static void compare(const char *path, const outcome *o, const refusal *expected, int count, int64_t given) {
    if (o->given != given || o->refused != count)
        fail_msg("%s: %lld given and %d refused instead of %lld and %d; first: [%s] %s", path, (long long)o->given,
                 o->refused, (long long)given, count, o->refusals[0].place, o->refusals[0].reason);
    for (int i = 0; i < count; i++) {
        const refusal *got = &o->refusals[i], *want = &expected[i];
        bool is_same = (!*want->id || strcmp(got->id, want->id) == 0) && strcmp(got->place, want->place) == 0 &&
                       strstr(got->reason, want->reason) && strstr(got->remedy, want->remedy);
        if (!is_same || !*want->reason)
            fail_msg("%s is refused with\n  %s [%s] %s (%s)\ninstead of\n  %s [%s] %s (%s)", path, got->id, got->place,
                     got->reason, got->remedy, want->id, want->place, want->reason, want->remedy);
    }
}

static void load_expected(const char *path, refusal *out, int *count, int64_t *given) {
    char name[4200];
    cs_buffer text;
    cs_message message;
    expect_path(path, name);
    if (file_read(name, 1 << 20, &text, &message) != CS_OK) fail_msg("%s", message.reason);
    *count = parse_expected(text.data, out, given);
    buffer_free(&text);
}

static void check_bad(const char *path) {
    outcome o = {0};
    refusal expected[MOST_REFUSALS];
    int count = 0;
    int64_t given = 0;
    buffer_init(&o.text, 1 << 20);
    load_expected(path, expected, &count, &given);
    read_file(path, &o);
    compare(path, &o, expected, count, given);
    buffer_free(&o.text);
}

static void check_mapping(const char *path, bool is_good) {
    outcome o = {0};
    cs_mapping *mapping = NULL;
    cs_message message = {0};
    cs_error code = mapping_load(path, &mapping, &message);
    if (is_good) {
        if (code != CS_OK) fail_msg("%s is refused: [%s] %s", path, message.place, message.reason);
        mapping_free(mapping);
        return;
    }
    if (code == CS_OK) fail_msg("%s is taken", path);
    refusal expected[MOST_REFUSALS];
    int count = 0;
    int64_t given = 0;
    load_expected(path, expected, &count, &given);
    note_refusal(&o, NULL, &message);
    compare(path, &o, expected, count, given);
}

typedef struct folder_check {
    const char *format;
    bool is_good;
    int count;
} folder_check;

static bool check_one(void *context, const char *path, const cs_file_info *info) {
    folder_check *f = context;
    (void)info;
    const char *extension = file_extension(path), *name = strrchr(path, '/') + 1;
    if (strcmp(extension, ".expect") == 0 || strstr(name, "mapping.json")) return true;
    f->count++;
    if (strcmp(f->format, "mapping") == 0)
        check_mapping(path, f->is_good);
    else if (f->is_good)
        check_good(path);
    else
        check_bad(path);
    return true;
}

static void check_format(const char *format, int least_bad) {
    char path[4096];
    folder_check good = {format, true, 0}, bad = {format, false, 0};
    snprintf(path, sizeof path, "%s/formats/%s/good", CASES, format);
    assert_int_equal(file_walk(path, check_one, NULL, &good), CS_OK);
    snprintf(path, sizeof path, "%s/formats/%s/bad", CASES, format);
    assert_int_equal(file_walk(path, check_one, NULL, &bad), CS_OK);
    print_message("%s: %d good, %d bad\n", format, good.count, bad.count);
    assert_true(good.count >= 2 && bad.count >= least_bad);
}

static void json_cases(void **state) {
    (void)state;
    check_format("json", 12);
}

static void json_lines_cases(void **state) {
    (void)state;
    check_format("jsonl", 12);
}

static void webvtt_cases(void **state) {
    (void)state;
    check_format("webvtt", 12);
}

static void csv_cases(void **state) {
    (void)state;
    check_format("csv", 12);
}

static void tsv_cases(void **state) {
    (void)state;
    check_format("tsv", 12);
}

static void mapping_cases(void **state) {
    (void)state;
    check_format("mapping", 12);
}

static void formats_are_found_by_extension(void **state) {
    (void)state;
    cs_mapping *mapping = NULL;
    cs_message message;
    assert_int_equal(mapping_load(CASES "/formats/jddc.mapping.json", &mapping, &message), CS_OK);
    assert_string_equal(format_find("a/b.JSON", NULL)->name, "json");
    assert_string_equal(format_find("b.ndjson", mapping)->name, "jsonl");
    assert_string_equal(format_find("b.vtt", NULL)->name, "webvtt");
    assert_string_equal(format_find("b.csv", NULL)->name, "csv");
    assert_string_equal(format_find("b.txt", mapping)->name, "csv");
    assert_null(format_find("b.txt", NULL));
    assert_true(format_is_recording(format_find("b.wav", mapping)));
    assert_true(format_is_recording(format_find("b.M4A", NULL)));
    assert_false(format_is_recording(format_find("b.vtt", NULL)));
    assert_null(format_find("b.pdf", mapping));
    assert_null(format_find("a/mapping.json", NULL));
    assert_null(format_find("a/jddc.mapping.json", NULL));
    assert_string_equal(format_find("a/roadmapping.json", NULL)->name, "json");
    mapping_free(mapping);
}

static void a_missing_mapping_is_said(void **state) {
    (void)state;
    cs_reader_sink sink = {NULL, take, refuse, NULL};
    cs_read_counts counts;
    cs_message message;
    const cs_format *csv = format_find("a.csv", NULL);
    assert_int_equal(format_read(csv, "a.csv", NULL, &sink, &counts, &message), CS_ERR_USAGE);
    assert_non_null(strstr(message.remedy, "--mapping"));
    assert_int_equal(counts.expected, 1);
    assert_int_equal(counts.refused, 1);
}

static bool stop(void *context, cs_conversation *conversation, cs_arena *arena) {
    (void)conversation;
    arena_free(arena);
    ++*(int *)context;
    return false;
}

static void the_sink_may_stop(void **state) {
    (void)state;
    const char *const paths[] = {
        CASES "/formats/jsonl/good/two-and-a-blank-line.jsonl", CASES "/formats/json/good/list-of-two-with-bom.json",
        CASES "/formats/webvtt/good/no-note.vtt", CASES "/formats/tsv/good/two-conversations.txt"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        int count = 0;
        cs_reader_sink sink = {&count, stop, refuse, NULL};
        cs_read_counts counts;
        cs_message message;
        cs_mapping *mapping = mapping_for(paths[i]);
        assert_int_equal(format_read(format_find(paths[i], mapping), paths[i], mapping, &sink, &counts, &message),
                         CS_ERR_STOPPED);
        assert_int_equal(count, 1);
        mapping_free(mapping);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_cases),
        cmocka_unit_test(json_lines_cases),
        cmocka_unit_test(webvtt_cases),
        cmocka_unit_test(csv_cases),
        cmocka_unit_test(tsv_cases),
        cmocka_unit_test(mapping_cases),
        cmocka_unit_test(formats_are_found_by_extension),
        cmocka_unit_test(a_missing_mapping_is_said),
        cmocka_unit_test(the_sink_may_stop),
    };
    return hash_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
