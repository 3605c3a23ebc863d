/* Search against a plain scan written from the meaning alone: random conversations, queries, filters and sortings, paged in
 * random steps with bounds so small that every way of answering is taken; also after corrections, and with conversations
 * that the index does not hold yet. SEED and ROUNDS in the environment; CALLSCOPE_DATABASE: on PostgreSQL. */
#include "archive_stage.h"

#include "base/utf8.h"
#include "quality/search_fill.h"
#include "quality/search_match.h"
#include "store/search_index.h"
#include "text/fold.h"

enum { MOST = 60, MAX_TURNS = 7, TEXT_BYTES = 200 };

/* ---- chance ---- */

static uint64_t chance;

static uint32_t under(uint32_t n) {
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((chance >> 33) % n);
}

static void put(char *out, size_t room, const char *text) {
    size_t used = strlen(out);
    (void)snprintf(out + used, room - used, "%s", text);
}

static const char *const letters[] = {"退", "款", "投", "诉",  "的",      "退款",   "投诉", "re",  "refund", "refunds",
                                      "a1", "A",  "12", "123", " 12345 ", "Ａ",     "１２", " ",   "　",     "，",
                                      "。", "-",  "é",  "É",   "😊",       "\u200b", "々",   "ref", "_",      "\u0301"};

static void random_text(char *out, uint32_t most) {
    uint32_t pieces = 1 + under(most);
    out[0] = 0;
    for (uint32_t i = 0; i < pieces; i++) put(out, TEXT_BYTES, letters[under(sizeof letters / sizeof letters[0])]);
}

/* ---- what is stored ---- */

typedef struct known {
    cs_conversation *conversation;
    char external_id[40];
    int64_t seq, started_ms; /* CS_NO_TIME: unknown */
    int compliance;
    bool is_high_risk;
} known;

static known world[MOST];
static int world_count;
static cs_packer *reader;

static cs_conversation *random_conversation(known *one) {
    static const char *const agents[] = {"李晓芸", "王强 A1", "refund desk", NULL};
    cs_conversation *made = arena_alloc(arena, sizeof *made);
    cs_participant *people = arena_array(arena, 3, sizeof *people);
    cs_turn *turns = arena_array(arena, MAX_TURNS, sizeof *turns);
    char text[TEXT_BYTES];
    assert_non_null(turns);
    people[0] = (cs_participant){.id = "a1", .name = agents[under(4)], .team = "t1", .role = CS_ROLE_AGENT};
    people[1] = (cs_participant){.id = "c1", .role = CS_ROLE_CUSTOMER};
    people[2] = (cs_participant){.id = "b1", .role = under(2) ? CS_ROLE_BOT : CS_ROLE_SYSTEM};
    uint32_t count = 1 + under(MAX_TURNS);
    for (uint32_t i = 0; i < count; i++) {
        random_text(text, 5);
        turns[i] = (cs_turn){.participant = under(3),
                             .start_ms = CS_NO_TIME,
                             .end_ms = CS_NO_TIME,
                             .text = arena_string(arena, text),
                             .text_bytes = (uint32_t)strlen(text),
                             .confidence = -1};
    }
    random_text(text, 3);
    *made = (cs_conversation){.external_id = arena_string(arena, one->external_id),
                              .title = under(2) ? arena_string(arena, text) : NULL,
                              .queue = under(2) ? "售后" : "q2",
                              .customer = under(2) ? "K-12" : NULL,
                              .channel = under(2) ? CS_CHANNEL_CALL : CS_CHANNEL_CHAT,
                              .started_ms = one->started_ms,
                              .participants = people,
                              .participant_count = 3,
                              .turns = turns,
                              .turn_count = count,
                              .source = "a.json"};
    assert_int_equal(conversation_finish(made, arena, &message), CS_OK);
    return made;
}

static void keep(known *one, bool has_terms) {
    cs_verdict verdict_of[RULE_COUNT] = {CS_VERDICT_MET, CS_VERDICT_CLEAN, CS_VERDICT_NOT_NOTED};
    cs_reason reasons[RULE_COUNT] = {CS_REASON_ABSENT, CS_REASON_PRESENT, CS_REASON_PRESENT};
    cs_verdicts verdicts = {verdict_of, reasons, NULL, RULE_COUNT, 0};
    cs_scores scores = {.decided_share = 1, .is_high_risk = one->is_high_risk};
    cs_saved outcome;
    cs_buffer bytes, frame;
    cs_search_set set;
    scores.lines[CS_SCORE_COMPLIANCE].total = one->compliance;
    scores.lines[CS_SCORE_EXPERIENCE].total = scores.lines[CS_SCORE_RISK].total = CS_NO_SCORE;
    buffer_init(&bytes, 1 << 20);
    buffer_init(&frame, 1 << 20);
    search_set_init(&set, CS_MAX_SEARCH_TERMS_BYTES);
    assert_int_equal(codec_encode(one->conversation, &bytes), CS_OK);
    assert_int_equal(packer_pack(packer, bytes.data, bytes.length, &frame, &message), CS_OK);
    static int64_t run_ms = 100;
    cs_inspected inspected = {.conversation = one->conversation,
                              .timeline_hash = hash_bytes(bytes.data, bytes.length),
                              .frame = frame.data,
                              .frame_bytes = frame.length,
                              .ruleset = ruleset_id(rules),
                              .verdicts = &verdicts,
                              .scores = &scores,
                              .search_terms = has_terms ? search_terms_text(one->conversation, arena, &set) : NULL,
                              .run_ms = run_ms++};
    cs_error code = archive_save(db, rules, &inspected, &outcome, &message);
    if (code != CS_OK) print_message("%s: %s\n", one->external_id, message.reason);
    assert_int_equal(code, CS_OK);
    assert_int_equal(archive_find(db, one->external_id, &one->seq, &message), CS_OK);
    search_set_free(&set);
    buffer_free(&bytes);
    buffer_free(&frame);
}

static void make_world(uint32_t count) {
    world_count = 0;
    assert_int_equal(db_begin(db, &message), CS_OK);
    for (uint32_t i = 0; i < count; i++) {
        known *one = &world[world_count++];
        *one = (known){.started_ms = under(8) ? 1771036320000 + (int64_t)under(5) * 1000 : CS_NO_TIME,
                       .compliance = under(5) ? (int)under(4) * 30 : CS_NO_SCORE,
                       .is_high_risk = under(4) == 0};
        (void)snprintf(one->external_id, sizeof one->external_id, under(2) ? "D-%u" : "refund_%u", i);
        one->conversation = random_conversation(one);
        keep(one, under(10) != 0);
    }
    for (uint32_t i = 0; i < count / 5; i++) { /* corrected: another text under the same id */
        known *one = &world[under(count)];
        one->conversation = random_conversation(one);
        keep(one, under(10) != 0);
    }
    assert_int_equal(search_index_flush(db, &message), CS_OK);
    assert_int_equal(db_commit(db, &message), CS_OK);
}

static void forget_world(void) {
    static const char *const statements[] = {"DELETE FROM finding",  "DELETE FROM inspection",
                                             "DELETE FROM timeline", "DELETE FROM conversation_key",
                                             "DELETE FROM join_due", "DELETE FROM conversation"};
    assert_int_equal(db_begin(db, &message), CS_OK);
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        cs_stmt *stmt = NULL;
        assert_int_equal(db_query(db, statements[i], &stmt, &message), CS_OK);
        assert_int_equal(db_run(stmt, &message), CS_OK);
    }
    assert_int_equal(db_commit(db, &message), CS_OK);
}

/* ---- a query, as text and as what it means ---- */

typedef struct wanted {
    char text[40]; /* as typed, without its signs */
    int role; /* -1: anybody */
    bool is_beginning;
    int within; /* of an alternative: turns from the one before */
} wanted;

typedef struct alternative {
    wanted pieces[3];
    int count;
} alternative;

typedef struct clause {
    alternative alternatives[2];
    int count;
    bool is_excluded;
} clause;

static clause clauses[3];
static int clause_count;
static char typed[CS_MAX_SEARCH_BYTES * 2];

static void type_piece(wanted *piece) {
    static const char *const needles[] = {"退",  "退款",  "款投诉", "诉",      "re",   "refund",    "a1",
                                          "12",  "123",   "１２",   "D",       "A",    "é",         "😊",
                                          "ref", "K-12",  "的退",   "退款 12", "王强", "refund a1", "，退",
                                          "々",  "12345", "李",     "款re",    "D-3",  "投 诉",     "refund_2"};
    static const char *const names[] = {"", "客服:", "customer：", "bot:", "系统："};
    static const int roles[] = {-1, CS_ROLE_AGENT, CS_ROLE_CUSTOMER, CS_ROLE_BOT, CS_ROLE_SYSTEM};
    uint32_t who = under(3) ? 0 : under(5);
    (void)snprintf(piece->text, sizeof piece->text, "%s", needles[under(sizeof needles / sizeof needles[0])]);
    piece->role = roles[who];
    put(typed, sizeof typed, names[who]);
    bool is_quoted = strchr(piece->text, ' ') || under(4) == 0;
    piece->is_beginning = !is_quoted && under(4) == 0;
    if (is_quoted) put(typed, sizeof typed, under(2) ? "\"" : "“");
    put(typed, sizeof typed, piece->text);
    if (is_quoted) put(typed, sizeof typed, under(2) ? "\"" : "”");
    if (piece->is_beginning) put(typed, sizeof typed, "*");
}

static void type_query(void) {
    typed[0] = 0;
    clause_count = 1 + (int)under(3);
    for (int c = 0; c < clause_count; c++) {
        clause *one = &clauses[c];
        *one = (clause){.count = 1 + (int)(under(4) == 0), .is_excluded = c > 0 && under(4) == 0};
        if (c) put(typed, sizeof typed, " ");
        if (one->is_excluded) put(typed, sizeof typed, "-");
        for (int a = 0; a < one->count; a++) {
            alternative *other = &one->alternatives[a];
            other->count = under(5) ? 1 : 2 + (int)under(2);
            if (a) put(typed, sizeof typed, under(2) ? "|" : " | ");
            for (int p = 0; p < other->count; p++) {
                other->pieces[p].within = (int)under(4);
                if (p)
                    (void)snprintf(typed + strlen(typed), sizeof typed - strlen(typed), under(2) ? " ~%d " : " 附近%d ",
                                   other->pieces[p].within);
                type_piece(&other->pieces[p]);
            }
        }
    }
}

/* ---- the meaning ---- */

static size_t points(const char *text, size_t bytes, uint32_t *out) {
    cs_folded folded;
    size_t count = 0;
    unsigned length;
    assert_true(fold_text_only(text, bytes, arena, &folded));
    for (size_t at = 0; at < folded.bytes; at += length) out[count++] = utf8_decode(folded.text + at, &length);
    return count;
}

static bool in_text(const char *text, size_t bytes, const wanted *piece) {
    static uint32_t hay[2048], needle[200];
    size_t n = points(text, bytes, hay), m = points(piece->text, strlen(piece->text), needle);
    bool is_word_end = fold_is_spaced_letter(needle[m - 1]);
    for (size_t i = 0; i + m <= n; i++) {
        if (memcmp(hay + i, needle, m * sizeof *needle) != 0) continue;
        bool cuts_before = i > 0 && fold_is_spaced_letter(hay[i - 1]) && fold_is_spaced_letter(needle[0]);
        bool cuts_behind = i + m < n && is_word_end && fold_is_spaced_letter(hay[i + m]) && !piece->is_beginning;
        if (!cuts_before && !cuts_behind) return true;
    }
    return false;
}

static bool in_turn(const cs_conversation *c, uint32_t turn, const wanted *piece) {
    if (piece->role >= 0 && (int)c->participants[c->turns[turn].participant].role != piece->role) return false;
    return in_text(c->turns[turn].text, c->turns[turn].text_bytes, piece);
}

static bool in_known(const cs_conversation *c, const wanted *piece) {
    const cs_participant *agent = conversation_agent(c);
    const char *texts[] = {c->title, c->external_id, c->customer, agent ? agent->name : NULL};
    for (int i = 0; i < 4 && piece->role < 0; i++)
        if (texts[i] && in_text(texts[i], strlen(texts[i]), piece)) return true;
    return false;
}

/* Some way through the turns, each near the one before. */
static bool near_from(const cs_conversation *c, const alternative *a, int piece, int64_t turn) {
    if (piece == a->count) return true;
    for (uint32_t i = 0; i < c->turn_count; i++)
        if ((piece == 0 || llabs((int64_t)i - turn) <= a->pieces[piece].within) && in_turn(c, i, &a->pieces[piece]) &&
            near_from(c, a, piece + 1, i))
            return true;
    return false;
}

static bool means(const cs_conversation *c) {
    for (int i = 0; i < clause_count; i++) {
        bool holds = false;
        for (int a = 0; a < clauses[i].count; a++) {
            const alternative *one = &clauses[i].alternatives[a];
            holds = holds || near_from(c, one, 0, 0) || (one->count == 1 && in_known(c, &one->pieces[0]));
        }
        if (holds == clauses[i].is_excluded) return false;
    }
    return true;
}

/* ---- lists ---- */

static bool by_compliance, is_falling;

/* By the score where that is asked for, then by time, then by number; what is unknown last. */
static int in_order(const void *x, const void *y) {
    const known *a = *(known *const *)x, *b = *(known *const *)y;
    int way = is_falling ? -1 : 1;
    if (by_compliance && a->compliance != b->compliance) {
        if (a->compliance == CS_NO_SCORE) return 1;
        return b->compliance == CS_NO_SCORE || way * a->compliance < way * b->compliance ? -1 : 1;
    }
    if (a->started_ms != b->started_ms) {
        if (a->started_ms == CS_NO_TIME) return 1;
        return b->started_ms == CS_NO_TIME || way * a->started_ms < way * b->started_ms ? -1 : 1;
    }
    return way * ((a->seq > b->seq) - (a->seq < b->seq));
}

static bool passes(const known *one, const cs_filter *filter) {
    const cs_participant *agent = conversation_agent(one->conversation);
    if (filter->agent && (!agent || !agent->name || strcmp(agent->name, filter->agent) != 0)) return false;
    if (filter->queue && strcmp(one->conversation->queue, filter->queue) != 0) return false;
    if (filter->channels && strcmp(channel_name(one->conversation->channel), filter->channels) != 0) return false;
    if (filter->high_risk_only && !one->is_high_risk) return false;
    if (filter->from_ms != CS_NO_TIME && (one->started_ms == CS_NO_TIME || one->started_ms < filter->from_ms))
        return false;
    return filter->score < 0 || (one->compliance != CS_NO_SCORE && one->compliance >= filter->score_min);
}

static void random_filter(cs_filter *filter) {
    static const char *const sorted[] = {"-started", "started", "compliance", "-compliance"};
    filter_init(filter);
    uint32_t sort = under(4);
    filter->sort = sorted[sort];
    by_compliance = sort > 1;
    is_falling = sort == 0 || sort == 3;
    if (under(6) == 0) filter->agent = "李晓芸";
    if (under(6) == 0) filter->queue = "售后";
    if (under(6) == 0) filter->channels = "chat";
    if (under(6) == 0) filter->high_risk_only = true;
    if (under(6) == 0) filter->from_ms = 1771036320000 + 2000;
    if (under(6) == 0) {
        filter->score = CS_SCORE_COMPLIANCE;
        filter->score_min = 30;
    }
    filter->most_rows = under(4) ? 1 + under(30) : 0;
}

static const cs_json *ask_for(const cs_filter *filter, const char *after, int limit) {
    cs_buffer out;
    cs_json_writer writer;
    buffer_init(&out, 4 << 20);
    json_writer_init(&writer, &out);
    cs_error code = archive_list(db, rules, filter, limit, after, &writer, &message);
    if (code != CS_OK) print_message("%s: %s (%s)\n", typed, message.reason, message.place);
    assert_int_equal(code, CS_OK);
    json_free(json);
    json = NULL;
    assert_int_equal(json_parse(out.data, out.length, 4 << 20, &json, &message), CS_OK);
    buffer_free(&out);
    return json;
}

/* Each shows turns that hold something of what is looked for, in its own words. */
static void check_matches(const cs_json *item, const known *one) {
    const cs_json *matches = json_get(item, "matches");
    assert_true(json_length(matches) <= CS_MAX_SHOWN_TURNS);
    for (size_t i = 0; i < json_length(matches); i++) {
        const cs_json *parts = json_get(json_at(matches, i), "parts");
        const cs_turn *turn = &one->conversation->turns[integer(json_at(matches, i), "turn") - 1];
        size_t marked = 0, at = 0;
        for (size_t p = 0; p < json_length(parts); p++) {
            size_t length = 0;
            const char *text = json_string(json_get(json_at(parts, p), "text"), &length);
            bool is_match = json_is_true(json_get(json_at(parts, p), "is_match"));
            marked += is_match;
            if (strcmp(text, "…") == 0 && !is_match) continue;
            const char *found = memmem(turn->text + at, turn->text_bytes - at, text, length);
            assert_non_null(found);
            at = (size_t)(found - turn->text) + length;
        }
        assert_true(marked > 0);
    }
}

static void compare_once(void) {
    known *expected[MOST];
    int count = 0, seen = 0, pages = 0;
    cs_filter filter;
    char after[200] = "";
    type_query();
    random_filter(&filter);
    filter.text = typed;
    for (int i = 0; i < world_count; i++)
        if (passes(&world[i], &filter) && means(world[i].conversation)) expected[count++] = &world[i];
    qsort(expected, (size_t)count, sizeof *expected, in_order);
    do {
        const cs_json *page = ask_for(&filter, after[0] ? after : NULL, 1 + (int)under(12));
        const cs_json *items = json_get(page, "items");
        bool is_exact = json_is_true(json_get(page, "total_is_exact"));
        if (is_exact ? integer(page, "total") != count : integer(page, "total") > count)
            fail_msg("%s: total %lld of %d", typed, (long long)integer(page, "total"), count);
        for (size_t i = 0; i < json_length(items); i++, seen++) {
            const char *id = json_string(json_get(json_at(items, i), "external_id"), NULL);
            if (seen >= count || strcmp(id, expected[seen]->external_id) != 0)
                fail_msg("%s (sort %s, most %lld): row %d is %s, not %s", typed, filter.sort,
                         (long long)filter.most_rows, seen, id, seen < count ? expected[seen]->external_id : "the end");
            check_matches(json_at(items, i), expected[seen]);
        }
        const char *next = json_string(json_get(page, "next"), NULL);
        (void)snprintf(after, sizeof after, "%s", next ? next : "");
        assert_true(++pages < 500);
    } while (after[0]);
    if (seen != count)
        fail_msg("%s (sort %s, most %lld): %d rows, not %d: %s is missing", typed, filter.sort,
                 (long long)filter.most_rows, seen, count, expected[seen]->external_id);
}

static const char *id_of(int64_t seq) {
    cs_stmt *stmt = NULL;
    bool has_row = false;
    assert_int_equal(db_query(db, "SELECT id FROM conversation WHERE seq = :seq", &stmt, &message), CS_OK);
    db_bind_int64(stmt, "seq", seq);
    assert_int_equal(db_step(stmt, &has_row, &message), CS_OK);
    const char *id = arena_string(arena, has_row ? db_text(stmt, 0) : "");
    db_done(stmt);
    return id;
}

static void compare_neighbours(void) {
    known *expected[MOST];
    int count = 0, at = -1;
    cs_filter filter;
    cs_buffer out;
    cs_json_writer writer;
    type_query();
    random_filter(&filter);
    filter.most_rows = 0;
    filter.text = typed;
    for (int i = 0; i < world_count; i++)
        if (passes(&world[i], &filter) && means(world[i].conversation)) expected[count++] = &world[i];
    qsort(expected, (size_t)count, sizeof *expected, in_order);
    const known *one = &world[under((uint32_t)world_count)];
    for (int i = 0; i < count; i++)
        if (expected[i] == one) at = i;
    buffer_init(&out, 1 << 20);
    json_writer_init(&writer, &out);
    assert_int_equal(archive_neighbours(db, rules, &filter, one->external_id, &writer, &message), CS_OK);
    json_free(json);
    json = NULL;
    assert_int_equal(json_parse(out.data, out.length, 1 << 20, &json, &message), CS_OK);
    buffer_free(&out);
    assert_int_equal(integer(json, "total"), count);
    const char *previous = json_string(json_get(json, "previous"), NULL),
               *next = json_string(json_get(json, "next"), NULL);
    if (at >= 0) assert_int_equal(integer(json, "position"), at + 1);
    assert_string_equal(previous ? previous : "", at > 0 ? id_of(expected[at - 1]->seq) : "");
    assert_string_equal(next ? next : "", at >= 0 && at + 1 < count ? id_of(expected[at + 1]->seq) : "");
}

static uint32_t setting(const char *name, uint32_t otherwise) {
    const char *value = getenv(name);
    return value ? (uint32_t)strtoul(value, NULL, 10) : otherwise;
}

static void answers_equal_a_plain_scan(void **state) {
    (void)state;
    uint32_t rounds = setting("ROUNDS", 12), seed = setting("SEED", 1);
    for (uint32_t round = 0; round < rounds; round++) {
        chance = (uint64_t)seed * 1000003 + round;
        make_world(5 + under(MOST - 5));
        for (int i = 0; i < 60; i++) compare_once();
        for (int i = 0; i < 15; i++) compare_neighbours();
        forget_world();
        arena_reset(arena);
    }
}

/* ---- what stands in the documentation ---- */

static void says(const char *id, const char *customer, const char *agent, int64_t started_ms) {
    known *one = &world[world_count++];
    cs_participant *people = arena_array(arena, 2, sizeof *people);
    cs_turn *turns = arena_array(arena, 2, sizeof *turns);
    people[0] = (cs_participant){.id = "a1", .name = "李晓芸", .team = "t1", .role = CS_ROLE_AGENT};
    people[1] = (cs_participant){.id = "c1", .role = CS_ROLE_CUSTOMER};
    turns[0] = (cs_turn){.participant = 1, .start_ms = 0, .end_ms = 900, .text = customer, .confidence = -1};
    turns[1] = (cs_turn){.participant = 0, .start_ms = 1000, .end_ms = 1900, .text = agent, .confidence = -1};
    for (int i = 0; i < 2; i++) turns[i].text_bytes = (uint32_t)strlen(turns[i].text);
    *one = (known){.started_ms = started_ms};
    (void)snprintf(one->external_id, sizeof one->external_id, "%s", id);
    one->conversation = arena_alloc(arena, sizeof *one->conversation);
    *one->conversation = (cs_conversation){.external_id = arena_string(arena, id),
                                           .title = "-",
                                           .channel = CS_CHANNEL_CHAT,
                                           .started_ms = started_ms,
                                           .participants = people,
                                           .participant_count = 2,
                                           .turns = turns,
                                           .turn_count = 2,
                                           .source = "a.json"};
    assert_int_equal(conversation_finish(one->conversation, arena, &message), CS_OK);
    keep(one, true);
}

static void words_numbers_and_characters(void **state) {
    (void)state;
    world_count = 0;
    assert_int_equal(db_begin(db, &message), CS_OK);
    says("one", "我要退款,订单1234", "好的 refund is on its way", 1000);
    says("two", "订单 12345 什么时候到", "Ｒｅｆｕｎｄｓ take 3 days", 2000);
    says("three", "退货", "退款要三天", 3000);
    assert_int_equal(search_index_flush(db, &message), CS_OK);
    assert_int_equal(db_commit(db, &message), CS_OK);
    assert_string_equal(listed("q=退款"), "three one ");
    assert_string_equal(listed("q=退"), "three one ");
    assert_string_equal(listed("q=1234"), "one ");
    assert_string_equal(listed("q=订单1234"), "one ");
    assert_string_equal(listed("q=123*"), "two one ");
    assert_string_equal(listed("q=refund"), "one ");
    assert_string_equal(listed("q=REFUND*&sort=started"), "one two ");
    assert_string_equal(listed("q=客户：退款"), "one ");
    assert_string_equal(listed("q=agent:退款"), "three ");
    assert_string_equal(listed("q=退货 退款"), "three ");
    assert_string_equal(listed("q=\"我要 退款\""), "one ");
    assert_string_equal(listed("q=退款 -refund"), "three ");
    assert_string_equal(listed("q=退货|refunds"), "three two ");
    assert_string_equal(listed("q=订单 ~1 days"), "two ");
    assert_string_equal(listed("q=订单 附近0 days"), "");
    assert_string_equal(listed("q=two"), "two ");
    assert_int_equal(ask(ask_list, "q=refunds", NULL, 50), CS_OK);
    const cs_json *parts = json_get(json_at(json_get(json_at(json_get(json, "items"), 0), "matches"), 0), "parts");
    assert_string_equal(json_string(json_get(json_at(parts, 0), "text"), NULL), "Ｒｅｆｕｎｄｓ");
    assert_string_equal(json_string(json_get(json_at(parts, 1), "text"), NULL), " take 3 days");
    const char *id = id_of(world[1].seq);
    assert_string_equal(listed(arena_printf(arena, "q=%s", id)), "two ");
    forget_world();
}

static void a_query_that_is_not_understood_says_where(void **state) {
    (void)state;
    static const struct {
        const char *query, *place;
    } wrong[] = {{"q=退款 \"原路", "q, character 4"}, {"q=-退款", "q, character 1"},   {"q=退款 |", "q, character 5"},
                 {"q=客服: 退款", "q, character 1"},  {"q=退款 ……", "q, character 4"}, {"q=a ~100 b", "q, character 3"},
                 {"q=a ~3", "q, character 5"},        {"q=| a", "q, character 1"},     {"q=a - b", "q, character 4"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(ask(ask_list, wrong[i].query, NULL, 50), CS_ERR_USAGE);
        assert_string_equal(message.place, wrong[i].place);
        assert_true(message.reason[0] && message.remedy[0]);
    }
}

static void what_waits_is_indexed(void **state) {
    (void)state;
    cs_writer *writer = NULL;
    int64_t done = 0, all = 0;
    chance = 7;
    make_world(50);
    assert_int_equal(packer_open(db, &reader, &message), CS_OK);
    assert_int_equal(writer_open(folder.path, &writer, &message), CS_OK);
    assert_int_equal(search_fill_anew(writer, &message), CS_OK);
    assert_int_equal(number("SELECT count(*) FROM conversation WHERE search_document IS NULL"), 50);
    do {
        assert_int_equal(search_fill_some(db, reader, writer, &done, &message), CS_OK);
        all += done;
    } while (done);
    writer_close(writer);
    packer_close(reader);
    assert_int_equal(all, 50);
    assert_int_equal(number("SELECT count(*) FROM conversation WHERE search_document IS NULL"), 0);
    for (int i = 0; i < 60; i++) compare_once();
    forget_world();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_numbers_and_characters, start, stop),
        cmocka_unit_test_setup_teardown(a_query_that_is_not_understood_says_where, start, stop),
        cmocka_unit_test_setup_teardown(answers_equal_a_plain_scan, start, stop),
        cmocka_unit_test_setup_teardown(what_waits_is_indexed, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
