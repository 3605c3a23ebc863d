/* archive_stage.h - a store with a rule set, made anew for each test of the archive, and hand-made verdicts to save.
 * Memory: start and stop make and release all of it. */
#ifndef CS_TESTS_ARCHIVE_STAGE_H
#define CS_TESTS_ARCHIVE_STAGE_H

#include "quality/archive.h"

#include "../store/folder.h"
#include "base/arena.h"
#include "conversation/codec.h"
#include "store/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char RULES[] = "rule apologise\n"
                            "  title  \"客户不满时致歉\" | \"Apologise\"\n"
                            "  expect agent says \"抱歉\"\n"
                            "  else   experience -10\n"
                            "\n"
                            "rule no-blame\n"
                            "  never  agent says \"个人问题\"\n"
                            "  else   risk +40, mark high-risk\n"
                            "\n"
                            "flag silent\n"
                            "  when   customer says \"算了\"\n"
                            "  then   tag 沉默不满, risk +15\n";

enum { RULE_APOLOGISE, RULE_NO_BLAME, RULE_SILENT, RULE_COUNT };

static cs_folder folder;
static cs_message message;
static cs_db *db;
static cs_packer *packer;
static cs_ruleset *rules;
static cs_arena *arena;
static cs_json *json;

/* ---- a store with what the test saves ---- */

static inline cs_ruleset *load_rules(const char *text) {
    char path[256];
    (void)snprintf(path, sizeof path, "%s/test.rules", folder.path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) < 0, 0);
    assert_int_equal(fclose(file), 0);
    const char *paths[] = {path};
    cs_ruleset *loaded = NULL;
    assert_int_equal(ruleset_load(paths, 1, NULL, NULL, &loaded, &message), CS_OK);
    return loaded;
}

static inline int start(void **state) {
    (void)state;
    folder_make(&folder);
    message = (cs_message){0};
    json = NULL;
    arena = arena_create(64 << 20);
    rules = load_rules(RULES);
    if (!hash_start() || db_open(folder.path, CS_DB_WRITE, &db, &message) != CS_OK) return -1;
    if (packer_open(db, &packer, &message) != CS_OK) return -1;
    return archive_save_ruleset(db, rules, &message) == CS_OK ? 0 : -1;
}

static inline int stop(void **state) {
    (void)state;
    json_free(json);
    packer_close(packer);
    db_close(db);
    ruleset_release(rules);
    arena_free(arena);
    folder_remove(&folder);
    return 0;
}

typedef struct cs_sample {
    const char *id, *text, *agent, *team;
    cs_channel channel;
    int64_t started_ms, run_ms;
    cs_verdict verdicts[RULE_COUNT];
    int scores[CS_SCORE_COUNT];
    bool is_high_risk;
} cs_sample;

/* Everything is met, and a score is unknown where the sample says CS_NO_SCORE. */
static inline cs_sample sample(const char *id) {
    return (cs_sample){.id = id,
                       .text = "您好",
                       .agent = "李晓芸",
                       .team = "售后二组",
                       .channel = CS_CHANNEL_CALL,
                       .started_ms = 1771036320000,
                       .run_ms = 1,
                       .verdicts = {CS_VERDICT_MET, CS_VERDICT_CLEAN, CS_VERDICT_NOT_NOTED},
                       .scores = {100, 100, 0}};
}

static inline cs_conversation *conversation_of(const cs_sample *given) {
    cs_conversation *made = arena_alloc(arena, sizeof *made);
    cs_participant *people = arena_array(arena, 2, sizeof *people);
    cs_turn *turns = arena_array(arena, 2, sizeof *turns);
    assert_non_null(turns);
    people[0] = (cs_participant){.id = "a1", .name = given->agent, .team = given->team, .role = CS_ROLE_AGENT};
    people[1] = (cs_participant){.id = "c1", .role = CS_ROLE_CUSTOMER};
    turns[0] = (cs_turn){.participant = 0, .start_ms = 0, .end_ms = 900, .text = given->text, .confidence = -1};
    turns[1] = (cs_turn){.participant = 1, .start_ms = 1000, .end_ms = 1900, .text = "空调漏水", .confidence = -1};
    for (int i = 0; i < 2; i++) turns[i].text_bytes = (uint32_t)strlen(turns[i].text);
    *made = (cs_conversation){.external_id = given->id,
                              .queue = "售后",
                              .customer = "K_1%",
                              .channel = given->channel,
                              .started_ms = given->started_ms,
                              .zone_minutes = 480,
                              .participants = people,
                              .participant_count = 2,
                              .turns = turns,
                              .turn_count = 2,
                              .source = "demo/a.json"};
    assert_int_equal(conversation_finish(made, arena, &message), CS_OK);
    return made;
}

static inline cs_error save_as(const cs_sample *given, int64_t seq, cs_saved *outcome) {
    cs_conversation *conversation = conversation_of(given);
    cs_finding findings[RULE_COUNT];
    cs_reason reasons[RULE_COUNT] = {CS_REASON_ABSENT, CS_REASON_PRESENT, CS_REASON_PRESENT};
    cs_evidence evidence = {.kind = CS_EVIDENCE_MATCH, .turn = 0, .from = 0, .to = 2, .matched = "您好", .how = "text"};
    for (uint32_t i = 0; i < RULE_COUNT; i++)
        findings[i] = (cs_finding){.rule = i,
                                   .ordinal = 1,
                                   .verdict = given->verdicts[i],
                                   .reason = reasons[i],
                                   .participant = 0,
                                   .turn = RULE_COUNT - 1 - i ? 0 : 1,
                                   .evidence = &evidence,
                                   .evidence_count = 1};
    cs_verdicts verdicts = {given->verdicts, reasons, findings, RULE_COUNT, RULE_COUNT};
    cs_scores scores = {.decided_share = 0.96, .is_high_risk = given->is_high_risk};
    for (int i = 0; i < CS_SCORE_COUNT; i++) scores.lines[i].total = given->scores[i];

    cs_buffer bytes, frame;
    buffer_init(&bytes, 1 << 20);
    buffer_init(&frame, 1 << 20);
    assert_int_equal(codec_encode(conversation, &bytes), CS_OK);
    assert_int_equal(packer_pack(packer, bytes.data, bytes.length, &frame, &message), CS_OK);
    cs_inspected inspected = {.conversation = conversation,
                              .timeline_hash = hash_bytes(bytes.data, bytes.length),
                              .frame = seq ? NULL : frame.data,
                              .frame_bytes = seq ? 0 : frame.length,
                              .seq = seq,
                              .ruleset = ruleset_id(rules),
                              .verdicts = &verdicts,
                              .scores = &scores,
                              .run_ms = given->run_ms};
    cs_error code = archive_save(db, rules, &inspected, outcome, &message);
    buffer_free(&bytes);
    buffer_free(&frame);
    return code;
}

static inline cs_saved save(const cs_sample *given) {
    cs_saved outcome = CS_SAVED_UNCHANGED;
    cs_error code = save_as(given, 0, &outcome);
    if (code != CS_OK) print_message("%s\n", message.reason);
    assert_int_equal(code, CS_OK);
    return outcome;
}

static inline int64_t number(const char *sql) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    assert_int_equal(db_query(db, sql, &stmt, &message), CS_OK);
    assert_int_equal(db_step(stmt, &has_row, &message), CS_OK);
    int64_t value = has_row ? db_int64(stmt, 0) : -1;
    db_done(stmt);
    return value;
}

/* ---- asking ---- */

typedef cs_error (*cs_ask)(const cs_filter *filter, const char *more, int limit, cs_json_writer *out);

static inline cs_error ask_list(const cs_filter *filter, const char *after, int limit, cs_json_writer *out) {
    return archive_list(db, rules, filter, limit, after, out, &message);
}

static inline cs_error ask_neighbours(const cs_filter *filter, const char *id, int limit, cs_json_writer *out) {
    (void)limit;
    return archive_neighbours(db, rules, filter, id, out, &message);
}

static inline cs_error ask_summary(const cs_filter *filter, const char *more, int limit, cs_json_writer *out) {
    (void)more, (void)limit;
    return archive_summary(db, rules, filter, out, &message);
}

static inline cs_error ask_facets(const cs_filter *filter, const char *more, int limit, cs_json_writer *out) {
    (void)filter, (void)more, (void)limit;
    return archive_facets(db, rules, NULL, out, &message);
}

/* query: "agent=李晓芸&min=3"; the answer is in json. */
static inline cs_error ask(cs_ask what, const char *query, const char *more, int limit) {
    cs_filter filter;
    cs_buffer out;
    cs_json_writer writer;
    filter_init(&filter);
    char *text = arena_string(arena, query), *rest = NULL;
    for (char *pair = strtok_r(text, "&", &rest); pair; pair = strtok_r(NULL, "&", &rest)) {
        char *value = strchr(pair, '=');
        assert_non_null(value);
        *value++ = 0;
        cs_error code = filter_set(&filter, pair, value, &message);
        if (code != CS_OK) return code;
    }
    buffer_init(&out, 1 << 20);
    json_writer_init(&writer, &out);
    cs_error code = what(&filter, more, limit, &writer);
    if (code == CS_OK) {
        json_free(json);
        assert_int_equal(json_parse(out.data, out.length, 1 << 20, &json, &message), CS_OK);
    }
    buffer_free(&out);
    return code;
}

static inline int64_t integer(const cs_json *object, const char *key) {
    int64_t value = INT64_MIN;
    (void)json_int64(json_get(object, key), &value);
    return value;
}

/* The ids of the list's items, a space after each. */
static inline const char *listed(const char *query) {
    cs_error code = ask(ask_list, query, NULL, 50);
    if (code != CS_OK) print_message("%s: %s\n", query, message.reason);
    assert_int_equal(code, CS_OK);
    const cs_json *items = json_get(json, "items");
    char *ids = arena_string(arena, "");
    for (size_t i = 0; i < json_length(items); i++)
        ids = arena_printf(arena, "%s%s ", ids, json_string(json_get(json_at(items, i), "external_id"), NULL));
    assert_int_equal(integer(json, "total"), json_length(items));
    return ids;
}

#endif
