/* What people.h promises: who is joined, why, how it is undone, and what an undone import leaves. */
#include "records/people.h"

#include "../store/folder.h"
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static cs_folder folder;
static cs_message message;
static cs_db *db;
static cs_json *json;

static int start(void **state) {
    (void)state;
    folder_make(&folder);
    json = NULL;
    if (!hash_start()) return -1;
    return db_open(folder.path, CS_DB_WRITE, &db, &message) == CS_OK ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    json_free(json);
    db_close(db);
    folder_remove(&folder);
    return 0;
}

/* ---- saying and asking ---- */

static void check(cs_error code) {
    if (code != CS_OK) print_message("%s (%s)\n", message.reason, message.place);
    assert_int_equal(code, CS_OK);
}

/* "customer=K1 phone=13800000000": one row of an import. */
static void meet(int64_t import, cs_person_kind kind, const char *row, const char *name) {
    char text[512];
    cs_identity identities[CS_MAX_MEETING];
    cs_meeting meeting = {.import = import, .source = "calls.csv", .place = "line 12"};
    size_t count = 0;
    (void)snprintf(text, sizeof text, "%s", row);
    char *rest = NULL;
    for (char *pair = strtok_r(text, " ", &rest); pair; pair = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(pair, '=');
        assert_non_null(value);
        *value++ = 0;
        identities[count++] = (cs_identity){identity_kind_parse(pair), value};
    }
    check(people_meet(db, kind, identities, count, name, &meeting, &message));
}

static void customer(int64_t import, const char *row) {
    meet(import, CS_PERSON_CUSTOMER, row, NULL);
}

static void agent(const char *row) {
    meet(1, CS_PERSON_AGENT, row, NULL);
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

static int64_t person(const char *kind, const char *value) {
    char sql[256];
    (void)snprintf(sql, sizeof sql, "SELECT person FROM person_identity WHERE kind = '%s' AND value = '%s'", kind,
                   value);
    return number(sql);
}

static int64_t link_of(const char *value_a, const char *value_b) {
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "SELECT number FROM person_link WHERE (value_a = '%s' AND value_b = '%s') OR (value_b = '%s' AND "
                   "value_a = '%s')",
                   value_a, value_b, value_a, value_b);
    return number(sql);
}

static int64_t people(void) {
    return number("SELECT count(DISTINCT person) FROM person_identity");
}

static void run(const char *sql) {
    cs_stmt *stmt = NULL;
    check(db_query(db, sql, &stmt, &message));
    check(db_run(stmt, &message));
}

typedef cs_error (*cs_answer_fn)(const char *question, int limit, const char *after, cs_json_writer *out);

static cs_error answer_list(const char *question, int limit, const char *after, cs_json_writer *out) {
    return people_list(db, CS_PERSON_CUSTOMER, question, limit, after, out, &message);
}

static cs_error answer_agents(const char *question, int limit, const char *after, cs_json_writer *out) {
    return people_list(db, CS_PERSON_AGENT, question, limit, after, out, &message);
}

static cs_error answer_one(const char *question, int limit, const char *after, cs_json_writer *out) {
    (void)limit, (void)after;
    return people_one(db, strtoll(question, NULL, 10), out, &message);
}

static cs_error answer_link(const char *question, int limit, const char *after, cs_json_writer *out) {
    (void)limit, (void)after;
    return people_of_link(db, strtoll(question, NULL, 10), out, &message);
}

static cs_error ask(cs_answer_fn what, const char *question, int limit, const char *after) {
    cs_buffer out;
    cs_json_writer writer;
    buffer_init(&out, 4 << 20);
    json_writer_init(&writer, &out);
    writer.is_revealed = true;
    cs_error code = what(question, limit, after, &writer);
    if (code == CS_OK) {
        json_free(json);
        json = NULL;
        check(json_parse(out.data, out.length, 4 << 20, &json, &message));
    }
    buffer_free(&out);
    return code;
}

static cs_error ask_person(int64_t of) {
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", (long long)of);
    return ask(answer_one, text, 0, NULL);
}

static const char *text_of(const cs_json *object, const char *key) {
    const char *text = json_string(json_get(object, key), NULL);
    return text ? text : "(null)";
}

static int64_t integer(const cs_json *object, const char *key) {
    int64_t value = INT64_MIN;
    (void)json_int64(json_get(object, key), &value);
    return value;
}

/* ---- values ---- */

static void values_are_compared_in_one_shape(void **state) {
    (void)state;
    char out[CS_IDENTITY_BYTES];
    assert_true(identity_normalise(CS_IDENTITY_PHONE, " +86 138-1234-5678 ", out));
    assert_string_equal(out, "13812345678");
    assert_true(identity_normalise(CS_IDENTITY_ACCOUNT, "\u3000Wang.Fang@Example.com\t", out));
    assert_string_equal(out, "wang.fang@example.com");
    assert_true(identity_normalise(CS_IDENTITY_CUSTOMER_ID, "Kd 7", out));
    assert_string_equal(out, "Kd 7");
    const char *const nobody[] = {"", "  ", "0", "-", "NULL", "Unknown", "匿名", "未知", "/"};
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++)
        assert_false(identity_normalise(CS_IDENTITY_CUSTOMER_ID, nobody[i], out));
    const char *const no_phones[] = {"138****5678", "00000000", "anonymous", "12"};
    for (size_t i = 0; i < sizeof no_phones / sizeof no_phones[0]; i++)
        assert_false(identity_normalise(CS_IDENTITY_PHONE, no_phones[i], out));
    char longest[CS_IDENTITY_BYTES + 1];
    memset(longest, 'a', sizeof longest);
    longest[CS_IDENTITY_BYTES] = 0;
    assert_false(identity_normalise(CS_IDENTITY_OPENID, longest, out));
    longest[CS_IDENTITY_BYTES - 1] = 0;
    assert_true(identity_normalise(CS_IDENTITY_OPENID, longest, out));
    assert_false(identity_normalise(CS_IDENTITY_OPENID, NULL, out));
}

/* ---- joining ---- */

static void a_row_makes_one_person(void **state) {
    (void)state;
    meet(1, CS_PERSON_CUSTOMER, "phone=138-0000-0001 customer=K1 account=WF openid=o-1", "王芳");
    assert_int_equal(people(), 1);
    assert_int_equal(number("SELECT count(*) FROM person_link"),
                     3); /* all to the strongest, so that undoing one parts */
    assert_int_equal(number("SELECT count(*) FROM person_link WHERE kind_a = 'customer'"), 3);
    customer(1, "customer=0 phone=anonymous account=-");
    assert_int_equal(people(), 1);
    check(ask_person(person("customer", "K1")));
    assert_string_equal(text_of(json, "name"), "王芳");
    assert_string_equal(text_of(json_at(json_get(json, "identities"), 0), "value"), "K1");
    const cs_json *link = json_at(json_get(json, "links"), 0);
    assert_string_equal(text_of(link, "source"), "calls.csv");
    assert_string_equal(text_of(link, "place"), "line 12");
    assert_int_equal(integer(link, "import"), 1);
    assert_true(json_is_true(json_get(link, "joins")));
    assert_string_equal(text_of(link, "why_not"), "(null)");
}

static void the_same_row_again_changes_nothing(void **state) {
    (void)state;
    customer(1, "customer=K1 phone=13800000001");
    SQLITE_ALONE("total_changes()");
    int64_t changes = number("SELECT total_changes()");
    customer(1, "customer=K1 phone=13800000001");
    customer(1, "phone=+8613800000001");
    assert_int_equal(number("SELECT total_changes()"), changes);
}

static void rows_chain_and_old_numbers_lead_on(void **state) {
    (void)state;
    customer(1, "customer=K1 phone=13800000001");
    customer(1, "account=a2 openid=o2");
    int64_t first = person("customer", "K1"), second = person("account", "a2");
    assert_int_not_equal(first, second);
    customer(2, "phone=13800000001 account=A2");
    assert_int_equal(people(), 1);
    assert_int_equal(person("openid", "o2"), first);
    check(ask_person(second));
    assert_int_equal(integer(json, "number"), first);
    assert_int_equal(ask_person(99), CS_ERR_NOT_FOUND);
    assert_true(message.remedy[0]);
}

static void undo_parts_and_redo_joins(void **state) {
    (void)state;
    customer(1, "customer=K1 phone=13800000001");
    customer(1, "phone=13800000001 account=a1");
    customer(1, "account=a1 openid=o1");
    int64_t whole = person("customer", "K1"), link = link_of("13800000001", "a1");
    check(people_part(db, link, &message));
    assert_int_equal(people(), 2);
    assert_int_equal(person("phone", "13800000001"), person("customer", "K1"));
    assert_int_equal(person("openid", "o1"), person("account", "a1"));
    check(people_part(db, link, &message)); /* twice is once */
    customer(1, "phone=13800000001 account=a1"); /* the row comes again: it stays undone */
    customer(2, "phone=13800000001 account=a1");
    assert_int_equal(people(), 2);
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", (long long)link);
    check(ask(answer_link, text, 0, NULL));
    assert_int_equal(json_length(json_get(json, "people")), 2);
    check(people_join_again(db, link, &message));
    assert_int_equal(people(), 1);
    assert_int_equal(person("openid", "o1"), whole);
    assert_int_equal(people_part(db, 4711, &message), CS_ERR_NOT_FOUND);
    assert_int_equal(people_join_again(db, 4711, &message), CS_ERR_NOT_FOUND);
}

static void what_else_holds_together_stays_together(void **state) {
    (void)state;
    customer(1, "customer=K1 phone=13800000001");
    customer(1, "customer=K1 account=a1");
    customer(1, "account=a1 phone=13800000001");
    check(people_part(db, link_of("K1", "13800000001"), &message));
    assert_int_equal(people(), 1);
    check(people_part(db, link_of("a1", "13800000001"), &message));
    assert_int_equal(people(), 2);
    check(ask_person(person("phone", "13800000001")));
    assert_int_equal(json_length(json_get(json, "links")), 2);
    assert_string_equal(text_of(json_at(json_get(json, "links"), 0), "why_not"), "undone");
}

/* ---- shared identities ---- */

static void share(int from, int to) {
    for (int i = from; i <= to; i++) {
        char row[64];
        (void)snprintf(row, sizeof row, "account=a%d phone=95588", i);
        customer(1, row);
    }
}

static void a_shared_phone_joins_nobody(void **state) {
    (void)state;
    int limit = identity_limit(CS_IDENTITY_PHONE, CS_IDENTITY_ACCOUNT);
    share(1, limit);
    assert_int_equal(people(), 1);
    share(limit + 1, limit + 1);
    assert_int_equal(people(), limit + 2); /* each account for itself, and the phone */
    share(limit + 2, 30);
    assert_int_equal(people(), 31);
    assert_int_equal(number("SELECT count(*) FROM person WHERE merged_into IS NULL"), 31);
    check(ask_person(person("account", "a3")));
    assert_string_equal(text_of(json_at(json_get(json, "links"), 0), "why_not"), "shared");
    /* an undone link is no vote that the phone is shared less */
    for (int i = 1; i <= 27; i++) {
        char value[16];
        (void)snprintf(value, sizeof value, "a%d", i);
        check(people_part(db, link_of(value, "95588"), &message));
    }
    assert_int_equal(people(), 31);
    customer(1, "customer=K9 phone=95588"); /* of another kind it is not shared */
    assert_int_equal(person("customer", "K9"), person("phone", "95588"));
}

static void the_order_of_rows_does_not_matter(void **state) {
    (void)state;
    enum { ROWS = 40 };
    char rows[ROWS][64], before[2048] = "";
    for (int i = 0; i < ROWS; i++)
        (void)snprintf(rows[i], sizeof rows[i], "customer=K%d phone=1380000000%d account=a%d", i % 20, i % 3, i % 10);
    srand(5);
    for (int round = 0; round < 6; round++) {
        char groups[2048] = "";
        for (int i = ROWS - 1; i > 0; i--) {
            int other = rand() % (i + 1);
            char kept[64];
            memcpy(kept, rows[i], sizeof kept);
            memcpy(rows[i], rows[other], sizeof kept);
            memcpy(rows[other], kept, sizeof kept);
        }
        for (int i = 0; i < ROWS; i++) customer(1, rows[i]);
        cs_stmt *stmt = NULL;
        bool has_row = false;
        check(db_query(
            db,
            db_kind(db) == CS_DB_SQLITE
                ? "SELECT group_concat(members, ' | ') FROM (SELECT group_concat(value, ',') AS members FROM (SELECT "
                  "person, value FROM person_identity ORDER BY kind, value) GROUP BY person ORDER BY members)"
                : "SELECT string_agg(members, ' | ' ORDER BY members) FROM (SELECT string_agg(value, ',' ORDER BY "
                  "kind, value) AS members FROM person_identity GROUP BY person) m",
            &stmt, &message));
        check(db_step(stmt, &has_row, &message));
        (void)snprintf(groups, sizeof groups, "%s", db_text(stmt, 0));
        db_done(stmt);
        if (round == 0) (void)snprintf(before, sizeof before, "%s", groups);
        assert_string_equal(groups, before);
        assert_int_equal(people(), 10 + 3); /* pairs of customers by their account; the phones are shared */
        check(people_forget_import(db, 1, &message));
        assert_int_equal(
            number("SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM person_identity) + (SELECT "
                   "count(*) FROM person_link)"),
            0);
    }
}

static void a_person_has_its_bounds(void **state) {
    (void)state;
    /* A chain in which nobody is shared: each customer has the phone of the one before. */
    for (int i = 0; i < CS_MAX_PERSON; i++) {
        char row[64];
        (void)snprintf(row, sizeof row, "customer=K%d phone=138%08d", i, i);
        customer(1, row);
        (void)snprintf(row, sizeof row, "customer=K%d phone=138%08d", i + 1, i);
        customer(1, row);
    }
    assert_true(people() > 1);
    assert_true(number("SELECT max(c) FROM (SELECT count(*) AS c FROM person_identity GROUP BY person) n") <=
                CS_MAX_PERSON);
    assert_int_equal(number("SELECT count(*) FROM person_link WHERE import < 0"), 0);
}

/* ---- agents ---- */

static void agents_are_told_by_their_numbers(void **state) {
    (void)state;
    agent("agent_id=1001 agent_name=李晓芸 extension=8001");
    assert_int_equal(person("agent_name", "李晓芸"), person("agent_id", "1001"));
    assert_int_not_equal(person("extension", "8001"), person("agent_id", "1001"));
    agent("agent_id=1002 extension=8001"); /* the extension changed hands */
    assert_int_not_equal(person("agent_id", "1002"), person("agent_id", "1001"));
    agent("agent_id=1003 agent_name=李晓芸"); /* a namesake: the name alone is nobody's now */
    assert_int_not_equal(person("agent_id", "1003"), person("agent_id", "1001"));
    assert_int_not_equal(person("agent_name", "李晓芸"), person("agent_id", "1001"));
    assert_int_not_equal(person("agent_name", "李晓芸"), person("agent_id", "1003"));
    check(ask(answer_agents, NULL, 50, NULL));
    assert_int_equal(json_length(json_get(json, "people")), 4); /* who is only an extension is not listed */
    check(ask(answer_list, NULL, 50, NULL));
    assert_int_equal(json_length(json_get(json, "people")), 0);
    customer(1, "agent_id=1009"); /* of another kind of person: passed over */
    assert_int_equal(person("agent_id", "1009"), -1);
}

/* ---- imports taken back ---- */

static void an_undone_import_takes_only_its_own(void **state) {
    (void)state;
    customer(1, "customer=K1 phone=13800000001");
    customer(2, "customer=K1 phone=13800000001"); /* said again */
    customer(2, "customer=K1 account=a1");
    customer(2, "customer=K2 phone=13800000002");
    customer(3, "phone=13800000002");
    check(people_forget_import(db, 1, &message));
    assert_int_equal(person("phone", "13800000001"), person("customer", "K1")); /* import 2 says so too */
    assert_int_equal(number("SELECT import FROM person_link WHERE value_b = '13800000001'"), 2);
    check(people_forget_import(db, 2, &message));
    assert_int_equal(number("SELECT count(*) FROM person_identity"), 1);
    assert_int_equal(person("phone", "13800000002") > 0, 1);
    check(people_forget_import(db, 3, &message));
    assert_int_equal(number("SELECT count(*) FROM person"), 0);
    assert_int_equal(number("SELECT count(*) FROM person_naming"), 0);
}

static void forgetting_makes_a_phone_less_shared(void **state) {
    (void)state;
    int limit = identity_limit(CS_IDENTITY_PHONE, CS_IDENTITY_ACCOUNT);
    share(1, limit);
    customer(2, "account=b1 phone=95588");
    customer(2, "account=b2 phone=95588");
    assert_int_equal(people(), limit + 3);
    check(people_forget_import(db, 2, &message));
    assert_int_equal(people(), 1);
}

static void what_was_undone_stays_so_over_a_new_import(void **state) {
    (void)state;
    customer(1, "customer=K1 phone=13800000001");
    check(people_part(db, link_of("K1", "13800000001"), &message));
    check(people_forget_import(db, 1, &message));
    assert_int_equal(number("SELECT count(*) FROM person"), 0);
    customer(2, "customer=K1 phone=13800000001");
    assert_int_equal(people(), 2);
    check(ask_person(person("customer", "K1")));
    assert_int_equal(integer(json_at(json_get(json, "links"), 0), "import"), 2);
    check(people_join_again(db, link_of("K1", "13800000001"), &message));
    assert_int_equal(people(), 1);
}

/* ---- lists ---- */

static void lists_are_searched_and_paged(void **state) {
    (void)state;
    for (int i = 0; i < 7; i++) {
        char row[64], name[32];
        (void)snprintf(row, sizeof row, "customer=K_%d phone=1380000000%d", i, i);
        (void)snprintf(name, sizeof name, i == 3 ? "欧阳 100%%" : "王%d", i);
        meet(1, CS_PERSON_CUSTOMER, row, name);
    }
    check(ask(answer_list, "欧阳 100%", 50, NULL));
    assert_int_equal(json_length(json_get(json, "people")), 1);
    check(ask(answer_list, "138-0000-0004", 50, NULL));
    assert_int_equal(json_length(json_get(json, "people")), 1);
    check(ask(answer_list, "%", 50, NULL));
    assert_int_equal(json_length(json_get(json, "people")), 1);
    check(ask(answer_list, "k_", 50, NULL));
    assert_int_equal(json_length(json_get(json, "people")), 7);
    const char *const questions[] = {NULL, "K_"};
    for (size_t i = 0; i < 2; i++) {
        char next[32] = "";
        size_t found = 0;
        do {
            check(ask(answer_list, questions[i], 2, next));
            found += json_length(json_get(json, "people"));
            (void)snprintf(next, sizeof next, "%s", text_of(json, "next"));
        } while (strcmp(next, "(null)") != 0);
        assert_int_equal(found, 7);
    }
    assert_int_equal(ask(answer_list, NULL, 0, NULL), CS_ERR_USAGE);
    assert_int_equal(ask(answer_list, NULL, 50, "x"), CS_ERR_USAGE);
    assert_string_equal(message.place, "after");
}

/* ---- conversations ---- */

static void a_conversation_names_its_people(void **state) {
    (void)state;
    cs_participant participants[] = {{.id = "a", .name = "李晓芸", .role = CS_ROLE_AGENT},
                                     {.id = "c", .name = "王芳", .role = CS_ROLE_CUSTOMER}};
    cs_field fields[] = {{.name = "number", .value = "0086 13800000001"},
                         {.name = "account", .value = "WF"},
                         {.name = "agent_id", .value = "1001"}};
    cs_conversation conversation = {.external_id = "C-7",
                                    .customer = "K1",
                                    .participants = participants,
                                    .participant_count = 2,
                                    .fields = fields,
                                    .field_count = 3};
    check(people_meet_conversation(db, &conversation, 4, "chats.jsonl", &message));
    assert_int_equal(people(), 2);
    assert_int_equal(person("phone", "13800000001"), person("account", "wf"));
    assert_int_equal(person("agent_id", "1001"), person("agent_name", "李晓芸"));
    check(ask_person(person("customer", "K1")));
    assert_string_equal(text_of(json, "name"), "王芳");
    assert_string_equal(text_of(json_at(json_get(json, "links"), 0), "place"), "conversation C-7");
    conversation.customer = "138 0000 0001"; /* a number where the id belongs */
    check(people_meet_conversation(db, &conversation, 4, "chats.jsonl", &message));
    assert_int_equal(people(), 2);
    assert_int_equal(person("customer", "138 0000 0001"), -1);
}

static void contacts_are_found_by_every_identity(void **state) {
    (void)state;
    customer(1, "customer=K1 phone=13800000001");
    agent("agent_id=1001 agent_name=李晓芸");
    run("INSERT INTO ruleset (number, id, scorecard, engine, source, created_ms) VALUES (1, x'00', 1, '1', x'00', 0)");
    const char *const rows[] = {"'C-1', 'c1', 1000, 'K1', '李晓芸'", "'C-2', 'c2', 3000, 'K1', '王五'",
                                "'C-3', 'c3', 2000, NULL, '李晓芸'"};
    for (size_t i = 0; i < 3; i++) {
        char sql[600];
        (void)snprintf(
            sql, sizeof sql,
            "INSERT INTO conversation (external_id, id, started_ms, customer, agent, timeline_hash, "
            "timeline_version, ruleset, inspection, run_ms, zone_minutes, channel, turns, high_risk, hit, "
            "missed, undecided, noted, met, clean, worst, tags) VALUES (%s, x'00', 1, 1, 1, 0, 480, 'call', 2, "
            "0, 0, 0, 0, 0, 0, 0, '', '[]')",
            rows[i]);
        run(sql);
    }
    run("INSERT INTO conversation_key (kind, value, started_ms, seq) VALUES ('phone', '13800000001', 1000, 1), "
        "('phone', "
        "'13800000001', 2000, 3), ('agent_id', '1001', 3000, 2)");
    check(ask_person(person("customer", "K1")));
    assert_int_equal(integer(json, "contacts"), 3);
    const cs_json *conversations = json_get(json, "conversations");
    assert_int_equal(json_length(conversations), 3);
    assert_string_equal(text_of(json_at(conversations, 0), "id"), "c2");
    assert_string_equal(text_of(json_at(conversations, 2), "id"), "c1");
    check(ask_person(person("agent_id", "1001")));
    assert_int_equal(integer(json, "contacts"), 3);
    check(ask(answer_agents, "晓芸", 5, NULL));
    assert_int_equal(integer(json_at(json_get(json, "people"), 0), "contacts"), 3);
}

static void a_page_shows_the_customer_behind_a_number(void **state) {
    (void)state;
    cs_buffer out;
    cs_json_writer writer;
    customer(1, "customer=K1 phone=13800000001");
    buffer_init(&out, 1 << 20);
    json_writer_init(&writer, &out);
    writer.is_revealed = true;
    json_object_open(&writer, NULL);
    check(people_write_of(db, CS_IDENTITY_PHONE, "+86-138 0000 0001", "person", &writer, &message));
    check(people_write_of(db, CS_IDENTITY_PHONE, "13800000002", "nobody", &writer, &message));
    check(people_write_of(db, CS_IDENTITY_CUSTOMER_ID, NULL, "nothing", &writer, &message));
    json_object_close(&writer);
    check(json_parse(out.data, out.length, 1 << 20, &json, &message));
    buffer_free(&out);
    assert_int_equal(integer(json_get(json, "person"), "number"), person("customer", "K1"));
    assert_int_equal(json_kind(json_get(json, "nobody")), CS_JSON_NULL);
    assert_int_equal(json_kind(json_get(json, "nothing")), CS_JSON_NULL);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(values_are_compared_in_one_shape),
        T(a_row_makes_one_person),
        T(the_same_row_again_changes_nothing),
        T(rows_chain_and_old_numbers_lead_on),
        T(undo_parts_and_redo_joins),
        T(what_else_holds_together_stays_together),
        T(a_shared_phone_joins_nobody),
        T(the_order_of_rows_does_not_matter),
        T(a_person_has_its_bounds),
        T(agents_are_told_by_their_numbers),
        T(an_undone_import_takes_only_its_own),
        T(forgetting_makes_a_phone_less_shared),
        T(what_was_undone_stays_so_over_a_new_import),
        T(lists_are_searched_and_paged),
        T(a_conversation_names_its_people),
        T(contacts_are_found_by_every_identity),
        T(a_page_shows_the_customer_behind_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
