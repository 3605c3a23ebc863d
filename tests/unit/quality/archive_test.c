/* What archive.h promises, with hand-made verdicts: every outcome of a save, and every filter, sorting and page. */
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

static cs_ruleset *load_rules(const char *text) {
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

static int start(void **state) {
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

static int stop(void **state) {
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
static cs_sample sample(const char *id) {
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

static cs_conversation *conversation_of(const cs_sample *given) {
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

static cs_error save_as(const cs_sample *given, int64_t seq, cs_saved *outcome) {
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

static cs_saved save(const cs_sample *given) {
    cs_saved outcome = CS_SAVED_UNCHANGED;
    cs_error code = save_as(given, 0, &outcome);
    if (code != CS_OK) print_message("%s\n", message.reason);
    assert_int_equal(code, CS_OK);
    return outcome;
}

static int64_t number(const char *sql) {
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

static cs_error ask_list(const cs_filter *filter, const char *after, int limit, cs_json_writer *out) {
    return archive_list(db, rules, filter, limit, after, out, &message);
}

static cs_error ask_neighbours(const cs_filter *filter, const char *id, int limit, cs_json_writer *out) {
    (void)limit;
    return archive_neighbours(db, rules, filter, id, out, &message);
}

static cs_error ask_summary(const cs_filter *filter, const char *more, int limit, cs_json_writer *out) {
    (void)more, (void)limit;
    return archive_summary(db, rules, filter, out, &message);
}

static cs_error ask_facets(const cs_filter *filter, const char *more, int limit, cs_json_writer *out) {
    (void)filter, (void)more, (void)limit;
    return archive_facets(db, rules, out, &message);
}

/* query: "agent=李晓芸&min=3"; the answer is in json. */
static cs_error ask(cs_ask what, const char *query, const char *more, int limit) {
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

static int64_t integer(const cs_json *object, const char *key) {
    int64_t value = INT64_MIN;
    (void)json_int64(json_get(object, key), &value);
    return value;
}

/* The ids of the list's items, a space after each. */
static const char *listed(const char *query) {
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

/* ---- saving ---- */

static void a_save_tells_what_it_came_to(void **state) {
    (void)state;
    cs_sample given = sample("C-1");
    assert_int_equal(save(&given), CS_SAVED_NEW);
    assert_int_equal(save(&given), CS_SAVED_DUPLICATE); /* twice in one run */
    given.run_ms = 2;
    assert_int_equal(save(&given), CS_SAVED_UNCHANGED);
    assert_int_equal(number("SELECT count(*) FROM inspection"), 1);
    assert_int_equal(number("SELECT count(*) FROM timeline"), 1);

    given.run_ms = 3;
    given.text = "喂";
    assert_int_equal(save(&given), CS_SAVED_CHANGED);
    assert_int_equal(number("SELECT count(*) FROM conversation"), 1);
    assert_int_equal(number("SELECT timeline_version FROM conversation"), 2);
    assert_int_equal(number("SELECT count(*) FROM timeline"), 2);
    assert_int_equal(number("SELECT count(*) FROM inspection"), 2);
}

static void a_twin_with_other_content_is_refused(void **state) {
    (void)state;
    cs_saved outcome = CS_SAVED_NEW;
    cs_sample given = sample("C-1");
    assert_int_equal(save(&given), CS_SAVED_NEW);
    given.text = "喂";
    assert_int_equal(save_as(&given, 0, &outcome), CS_ERR_CONFLICT);
    assert_non_null(strstr(message.reason, "C-1"));
    assert_true(message.remedy[0]);
    assert_int_equal(number("SELECT count(*) FROM timeline"), 1);

    given.text = "您好"; /* the same in the next run: the first is unchanged, and the twin is noticed again */
    given.run_ms = 2;
    assert_int_equal(save(&given), CS_SAVED_UNCHANGED);
    given.text = "喂";
    assert_int_equal(save_as(&given, 0, &outcome), CS_ERR_CONFLICT);
}

static void what_is_known_is_only_marked_as_seen(void **state) {
    (void)state;
    cs_sample given = sample("C-1"), twin = sample("C-1");
    cs_saved outcome = CS_SAVED_NEW;
    cs_buffer bytes;
    assert_int_equal(save(&given), CS_SAVED_NEW);
    cs_inspected seen = {.conversation = conversation_of(&given), .ruleset = ruleset_id(rules), .run_ms = 2};
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(codec_encode(seen.conversation, &bytes), CS_OK);
    seen.timeline_hash = hash_bytes(bytes.data, bytes.length);
    buffer_free(&bytes);
    assert_int_equal(archive_save(db, rules, &seen, &outcome, &message), CS_OK);
    assert_int_equal(outcome, CS_SAVED_UNCHANGED);
    assert_int_equal(archive_save(db, rules, &seen, &outcome, &message), CS_OK);
    assert_int_equal(outcome, CS_SAVED_DUPLICATE);
    twin.text = "喂";
    twin.run_ms = 2;
    assert_int_equal(save_as(&twin, 0, &outcome), CS_ERR_CONFLICT);

    twin.run_ms = 3; /* another run was faster: nothing is written over it */
    assert_int_equal(save(&twin), CS_SAVED_CHANGED);
    seen.run_ms = 4;
    assert_int_equal(archive_save(db, rules, &seen, &outcome, &message), CS_ERR_CONFLICT);
    assert_int_equal(number("SELECT count(*) FROM inspection"), 2);
}

static void another_rule_set_supersedes(void **state) {
    (void)state;
    cs_sample given = sample("C-1");
    given.verdicts[RULE_APOLOGISE] = CS_VERDICT_MISSED;
    given.verdicts[RULE_SILENT] = CS_VERDICT_NOTED;
    assert_int_equal(save(&given), CS_SAVED_NEW);
    assert_int_equal(number("SELECT count(*) FROM finding"), 2);
    int64_t seq = number("SELECT seq FROM conversation"), conversations = 0, stale = 0;

    ruleset_release(rules);
    rules = load_rules(arena_printf(arena, "%s# changed\n", RULES));
    assert_int_equal(archive_save_ruleset(db, rules, &message), CS_OK);
    assert_int_equal(archive_count(db, &conversations, &stale, &message), CS_OK);
    assert_int_equal(conversations, 1);
    assert_int_equal(stale, 1);

    cs_stored *stored = NULL;
    assert_int_equal(archive_next_stale(db, packer, 0, ruleset_id(rules), arena, &stored, &message), CS_OK);
    assert_non_null(stored);
    assert_int_equal(stored->seq, seq);
    assert_string_equal(stored->conversation->turns[1].text, "空调漏水");
    assert_string_equal(stored->conversation->source, "demo/a.json");
    assert_int_equal(stored->verdict_count, RULE_COUNT);
    assert_int_equal(stored->verdicts[RULE_APOLOGISE], CS_VERDICT_MISSED);

    cs_saved outcome = CS_SAVED_NEW;
    given.verdicts[RULE_APOLOGISE] = CS_VERDICT_MET;
    assert_int_equal(save_as(&given, seq, &outcome), CS_OK);
    assert_int_equal(outcome, CS_SAVED_REINSPECTED);
    assert_int_equal(save_as(&given, seq, &outcome), CS_OK);
    assert_int_equal(outcome, CS_SAVED_UNCHANGED);
    assert_int_equal(number("SELECT count(*) FROM finding"), 1);
    assert_int_equal(number("SELECT count(*) FROM inspection"), 2);
    assert_int_equal(number("SELECT count(*) FROM timeline"), 1);
    assert_int_equal(archive_next_stale(db, packer, 0, ruleset_id(rules), arena, &stored, &message), CS_OK);
    assert_null(stored);
}

static void what_is_current_is_known(void **state) {
    (void)state;
    cs_sample given = sample("C-1");
    bool is_current = true;
    cs_buffer bytes;
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(codec_encode(conversation_of(&given), &bytes), CS_OK);
    cs_hash timeline = hash_bytes(bytes.data, bytes.length), id = ruleset_id(rules);
    buffer_free(&bytes);
    assert_int_equal(archive_is_current(db, "C-1", timeline, id, &is_current, &message), CS_OK);
    assert_false(is_current);
    (void)save(&given);
    assert_int_equal(archive_is_current(db, "C-1", timeline, id, &is_current, &message), CS_OK);
    assert_true(is_current);
    assert_int_equal(archive_is_current(db, "C-1", timeline, timeline, &is_current, &message), CS_OK);
    assert_false(is_current);
    assert_int_equal(archive_is_current(db, "C-1", id, id, &is_current, &message), CS_OK);
    assert_false(is_current);
}

static void a_read_file_is_remembered_until_it_changes(void **state) {
    (void)state;
    cs_hash none = {{0}}, other = {{1}};
    int64_t count = 0;
    assert_int_equal(archive_source_is_read(db, "a.json", 10, 20, none, &count, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(archive_save_source(db, "a.json", 10, 20, none, 7, &message), CS_OK);
    assert_int_equal(archive_source_is_read(db, "a.json", 10, 20, none, &count, &message), CS_OK);
    assert_int_equal(count, 7);
    assert_int_equal(archive_source_is_read(db, "a.json", 11, 20, none, &count, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(archive_source_is_read(db, "a.json", 10, 21, none, &count, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(archive_source_is_read(db, "a.json", 10, 20, other, &count, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(archive_save_source(db, "a.json", 11, 22, other, 8, &message), CS_OK);
    assert_int_equal(archive_source_is_read(db, "a.json", 11, 22, other, &count, &message), CS_OK);
    assert_int_equal(count, 8);
}

static void a_rule_set_comes_back(void **state) {
    (void)state;
    cs_hash current;
    cs_ruleset *back = NULL;
    assert_int_equal(archive_save_ruleset(db, rules, &message), CS_OK); /* once more changes nothing */
    assert_int_equal(number("SELECT count(*) FROM ruleset"), 1);
    assert_int_equal(archive_current_ruleset(db, &current, &message), CS_OK);
    assert_true(hash_equal(current, ruleset_id(rules)));
    assert_int_equal(archive_load_ruleset(db, current, &back, &message), CS_OK);
    assert_true(hash_equal(ruleset_id(back), current));
    assert_int_equal(ruleset_rule_count(back), RULE_COUNT);
    ruleset_release(back);
}

static void an_empty_store_has_no_rule_set(void **state) {
    (void)state;
    cs_hash current;
    cs_stmt *stmt = NULL;
    assert_int_equal(db_query(db, "DELETE FROM setting", &stmt, &message), CS_OK);
    assert_int_equal(db_run(stmt, &message), CS_OK);
    assert_int_equal(archive_current_ruleset(db, &current, &message), CS_ERR_NOT_FOUND);
}

/* ---- lists ---- */

static void save_seven(void) {
    struct {
        const char *id;
        int64_t day;
        int compliance;
    } const given[] = {{"A", 1, 90},          {"B", 2, 70},          {"C", 2, 70}, {"D", 0, 100},
                       {"E", 5, CS_NO_SCORE}, {"F", 0, CS_NO_SCORE}, {"G", 3, 0}};
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        cs_sample one = sample(given[i].id);
        one.started_ms = given[i].day ? given[i].day * 86400000 : CS_NO_TIME;
        one.scores[CS_SCORE_COMPLIANCE] = given[i].compliance;
        (void)save(&one);
    }
}

static void lists_are_sorted_with_the_unknown_last(void **state) {
    (void)state;
    save_seven();
    assert_string_equal(listed(""), "E G C B A F D ");
    assert_string_equal(listed("sort=started"), "A B C G E D F ");
    assert_string_equal(listed("sort=compliance"), "G B C A D E F ");
    assert_string_equal(listed("sort=-compliance"), "D A C B G F E ");
}

static void pages_join_without_gap_or_repeat(void **state) {
    (void)state;
    save_seven();
    const char *const sortings[] = {"sort=-started", "sort=started", "sort=compliance", "sort=-compliance",
                                    "sort=-risk"};
    for (size_t s = 0; s < sizeof sortings / sizeof sortings[0]; s++)
        for (int limit = 1; limit <= 8; limit++) {
            const char *whole = listed(sortings[s]), *after = NULL;
            char *joined = arena_string(arena, "");
            do {
                assert_int_equal(ask(ask_list, sortings[s], after, limit), CS_OK);
                assert_int_equal(integer(json, "total"), 7);
                const cs_json *items = json_get(json, "items");
                assert_in_range(json_length(items), 1, limit);
                for (size_t i = 0; i < json_length(items); i++)
                    joined = arena_printf(arena, "%s%s ", joined,
                                          json_string(json_get(json_at(items, i), "external_id"), NULL));
                after = arena_string(arena, json_string(json_get(json, "next"), NULL));
            } while (after);
            assert_string_equal(joined, whole);
        }
}

static void a_bad_cursor_is_refused(void **state) {
    (void)state;
    save_seven();
    assert_int_equal(ask(ask_list, "", NULL, 2), CS_OK);
    char *next = arena_string(arena, json_string(json_get(json, "next"), NULL));
    assert_int_equal(ask(ask_list, "sort=risk", next, 2), CS_ERR_USAGE); /* a cursor of another sorting */
    assert_int_equal(ask(ask_list, "", "zz", 2), CS_ERR_USAGE);
    next[8] = next[8] == '0' ? '1' : '0';
    assert_int_equal(ask(ask_list, "", next, 2), CS_ERR_USAGE);
    assert_string_equal(message.place, "after");
}

static void neighbours_follow_the_list(void **state) {
    (void)state;
    save_seven();
    const char *const sortings[] = {"sort=-started", "sort=started", "sort=compliance", "sort=-compliance"};
    for (size_t s = 0; s < sizeof sortings / sizeof sortings[0]; s++) {
        const char *order = listed(sortings[s]);
        char id[2] = {0}, ids[7][CS_ID_CHARS + 1];
        for (size_t i = 0; i < 7; i++)
            (void)snprintf(ids[i], sizeof ids[i], "%s",
                           json_string(json_get(json_at(json_get(json, "items"), i), "id"), NULL));
        for (size_t i = 0; i < 7; i++) {
            id[0] = order[2 * i];
            assert_int_equal(ask(ask_neighbours, sortings[s], id, 0), CS_OK);
            assert_int_equal(integer(json, "position"), i + 1);
            assert_int_equal(integer(json, "total"), 7);
            const char *previous = json_string(json_get(json, "previous"), NULL);
            const char *next = json_string(json_get(json, "next"), NULL);
            if (i > 0)
                assert_string_equal(previous, ids[i - 1]);
            else
                assert_null(previous);
            if (i < 6)
                assert_string_equal(next, ids[i + 1]);
            else
                assert_null(next);
        }
    }
    assert_int_equal(ask(ask_neighbours, "channel=chat", "A", 0), CS_OK);
    assert_int_equal(json_kind(json_get(json, "position")), CS_JSON_NULL);
    assert_int_equal(ask(ask_neighbours, "", "nobody", 0), CS_ERR_NOT_FOUND);
}

static void save_for_filters(void) {
    cs_sample given = sample("plain");
    (void)save(&given);
    given = sample("chat");
    given.channel = CS_CHANNEL_CHAT;
    given.agent = "王强";
    given.team = NULL;
    (void)save(&given);
    given = sample("missed");
    given.verdicts[RULE_APOLOGISE] = CS_VERDICT_MISSED;
    given.scores[CS_SCORE_EXPERIENCE] = 90;
    (void)save(&given);
    given = sample("hit");
    given.verdicts[RULE_NO_BLAME] = CS_VERDICT_HIT;
    given.verdicts[RULE_APOLOGISE] = CS_VERDICT_NOT_APPLICABLE;
    given.scores[CS_SCORE_RISK] = 40;
    given.is_high_risk = true;
    (void)save(&given);
    given = sample("undecided");
    given.verdicts[RULE_APOLOGISE] = CS_VERDICT_UNDECIDED;
    given.verdicts[RULE_SILENT] = CS_VERDICT_NOTED;
    given.scores[CS_SCORE_EXPERIENCE] = CS_NO_SCORE;
    (void)save(&given);
}

static void filters_choose(void **state) {
    (void)state;
    save_for_filters();
    assert_string_equal(listed("channel=chat"), "chat ");
    assert_string_equal(listed("channel=chat,call&sort=started"), "plain chat missed hit undecided ");
    assert_string_equal(listed("agent=王强"), "chat ");
    assert_string_equal(listed("team=售后二组&sort=started"), "plain missed hit undecided ");
    assert_string_equal(listed("queue=none"), "");
    assert_string_equal(listed("high_risk=1"), "hit ");
    assert_string_equal(listed("score=experience&max=95"), "missed ");
    assert_string_equal(listed("score=risk&min=40&max=40"), "hit ");
    assert_string_equal(listed("from=1771036320001"), "");
    assert_string_equal(listed("to=1771036320000"), "");
    assert_int_equal(json_kind(json_get(json, "next")), CS_JSON_NULL);

    assert_string_equal(listed("rule=apologise"), "missed ");
    assert_string_equal(listed("rule=apologise&verdict=missed"), "missed ");
    assert_string_equal(listed("rule=apologise&verdict=undecided"), "undecided ");
    assert_string_equal(listed("rule=apologise&verdict=met&sort=started"), "plain chat ");
    assert_string_equal(listed("rule=apologise&verdict=not_applicable"), "hit ");
    assert_string_equal(listed("rule=no-blame&verdict=clean&sort=started"), "plain chat missed undecided ");
    assert_string_equal(listed("rule=silent"), "undecided ");
    assert_string_equal(listed("rule=gone&verdict=met"), "");
    assert_string_equal(listed("verdict=hit"), "hit ");
    assert_string_equal(listed("verdict=noted"), "undecided ");
    assert_string_equal(listed("verdict=undecided&agent=李晓芸"), "undecided ");

    assert_string_equal(listed("q=王"), "chat ");
    assert_string_equal(listed("q=iss"), "missed ");
    assert_string_equal(listed("q=K_1%&agent=王强"), "chat ");
    assert_string_equal(listed("q=K%1"), ""); /* % and _ are themselves */
    assert_string_equal(listed("q=漏水&channel=chat"), "chat "); /* the title: the customer's first words */
}

static void a_bad_filter_is_refused_in_words(void **state) {
    (void)state;
    const char *const bad[] = {"from=yesterday",
                               "to=1e99",
                               "channel=fax",
                               "channel=call,",
                               "score=luck",
                               "score=risk&min=-1",
                               "score=risk&max=101",
                               "min=3",
                               "verdict=good",
                               "verdict=not_noted",
                               "high_risk=yes",
                               "sort=agent",
                               "from=99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(ask(ask_list, bad[i], NULL, 50), CS_ERR_USAGE);
        assert_true(message.reason[0] && message.remedy[0]);
    }
    assert_int_equal(ask(ask_list, "colour=red", NULL, 50), CS_ERR_NOT_FOUND);
}

static void an_item_says_it_all(void **state) {
    (void)state;
    save_for_filters();
    assert_string_equal(listed("rule=no-blame"), "hit ");
    const cs_json *item = json_at(json_get(json, "items"), 0), *worst = json_get(item, "worst");
    assert_true(id_is_valid(json_string(json_get(item, "id"), NULL)));
    assert_string_equal(json_string(json_get(item, "title"), NULL), "空调漏水");
    assert_int_equal(integer(item, "started_ms"), 1771036320000);
    assert_int_equal(integer(item, "duration_ms"), 1900);
    assert_int_equal(integer(item, "turns"), 2);
    assert_int_equal(integer(json_get(item, "scores"), "risk"), 40);
    assert_int_equal(integer(json_get(item, "counts"), "hit"), 1);
    assert_int_equal(integer(json_get(item, "counts"), "met"), 0);
    assert_true(json_is_true(json_get(item, "high_risk")));
    assert_int_equal(json_length(worst), 1);
    assert_string_equal(json_string(json_get(json_at(worst, 0), "rule"), NULL), "no-blame");
    assert_string_equal(json_string(json_get(json_at(worst, 0), "verdict"), NULL), "hit");
    assert_string_equal(listed("agent=王强"), "chat ");
    assert_int_equal(integer(json_get(json_at(json_get(json, "items"), 0), "counts"), "met"), 2); /* met and clean */
    assert_int_equal(json_kind(json_get(json_at(json_get(json, "items"), 0), "team")), CS_JSON_NULL);
}

static void the_summary_counts_each_rule(void **state) {
    (void)state;
    save_for_filters();
    assert_int_equal(ask(ask_summary, "", NULL, 0), CS_OK);
    assert_int_equal(integer(json, "conversations"), 5);
    assert_int_equal(integer(json, "scored"), 4);
    assert_int_equal(integer(json, "high_risk"), 1);
    const cs_json *experience = json_get(json_get(json, "scores"), "experience");
    assert_int_equal(integer(experience, "count"), 4);
    assert_true(json_number(json_get(experience, "mean"), 0) > 97.4 &&
                json_number(json_get(experience, "mean"), 0) < 97.6);
    int64_t const expected[RULE_COUNT][4] = {{2, 1, 1, 1}, {4, 1, 0, 0}, {4, 1, 0, 0}};
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const cs_json *rule = json_at(json_get(json, "rules"), i);
        assert_int_equal(integer(rule, "met"), expected[i][0]);
        assert_int_equal(integer(rule, "missed"), expected[i][1]);
        assert_int_equal(integer(rule, "undecided"), expected[i][2]);
        assert_int_equal(integer(rule, "not_applicable"), expected[i][3]);
    }
    const cs_json *worst = json_get(json, "worst");
    assert_int_equal(json_length(worst), 3);
    assert_string_equal(json_string(json_get(json_at(worst, 0), "external_id"), NULL), "hit");
    assert_int_equal(ask(ask_summary, "agent=nobody", NULL, 0), CS_OK);
    assert_int_equal(integer(json, "conversations"), 0);
    assert_int_equal(json_kind(json_get(json_get(json_get(json, "scores"), "risk"), "mean")), CS_JSON_NULL);
}

static void facets_name_what_there_is(void **state) {
    (void)state;
    assert_int_equal(ask(ask_facets, "", NULL, 0), CS_OK);
    assert_int_equal(json_kind(json_get(json, "from_ms")), CS_JSON_NULL);
    save_for_filters();
    assert_int_equal(ask(ask_facets, "", NULL, 0), CS_OK);
    assert_int_equal(json_length(json_get(json, "channels")), 2);
    assert_int_equal(json_length(json_get(json, "agents")), 2);
    assert_int_equal(json_length(json_get(json, "teams")), 1);
    assert_int_equal(json_length(json_get(json, "queues")), 1);
    assert_int_equal(json_length(json_get(json, "rules")), RULE_COUNT);
    assert_int_equal(integer(json, "to_ms"), 1771036320000);
}

static void a_damaged_timeline_is_named(void **state) {
    (void)state;
    cs_sample given = sample("C-1");
    cs_stmt *stmt = NULL;
    cs_stored *stored = NULL;
    (void)save(&given);
    assert_int_equal(archive_load(db, packer, "C-1", arena, &stored, &message), CS_OK);
    assert_int_equal(db_query(db, "UPDATE timeline SET body = substr(body, 1, length(body) - 3)", &stmt, &message),
                     CS_OK);
    assert_int_equal(db_run(stmt, &message), CS_OK);
    assert_int_equal(archive_load(db, packer, "C-1", arena, &stored, &message), CS_ERR_STORE);
    assert_non_null(strstr(message.place, "C-1"));
    assert_true(message.remedy[0]);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(a_save_tells_what_it_came_to),
        T(a_twin_with_other_content_is_refused),
        T(what_is_known_is_only_marked_as_seen),
        T(another_rule_set_supersedes),
        T(what_is_current_is_known),
        T(a_read_file_is_remembered_until_it_changes),
        T(a_rule_set_comes_back),
        T(an_empty_store_has_no_rule_set),
        T(lists_are_sorted_with_the_unknown_last),
        T(pages_join_without_gap_or_repeat),
        T(a_bad_cursor_is_refused),
        T(neighbours_follow_the_list),
        T(filters_choose),
        T(a_bad_filter_is_refused_in_words),
        T(an_item_says_it_all),
        T(the_summary_counts_each_rule),
        T(facets_name_what_there_is),
        T(a_damaged_timeline_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
