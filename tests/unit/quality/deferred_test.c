/* Obligations across conversations: what they come to, whose events count, what conversations and files tell the log. */
#include "deferred_stage.h"
#include "quality/event_log_conversation.h"
#include "quality/event_log_files.h"
#include "quality/event_log_line.h"

/* ---- one obligation ---- */

static void met_missed_and_pending(void **state) {
    (void)state;
    closed("A", "2026-03-02T17:40", "T-1", "K-1");
    closed("B", "2026-03-02T17:40", "T-2", "K-2");
    run("2026-03-02T18:00");
    is("A:pending B:pending");
    called("c", "2026-03-04T10:00", "T-1", "K-1");
    run("2026-03-04T11:00");
    is("A:met B:pending");
    run("2026-03-09T11:00");
    is("A:met B:missed");
    assert_int_equal(number("SELECT count(*) FROM deferred_obligation"), 2);
    assert_non_null(
        strstr(ask("SELECT evidence FROM deferred_obligation WHERE state = 'met'"), "\"match\":{\"id\":\"c\""));
}

static void the_day_ends_in_the_centres_zone(void **state) {
    (void)state;
    closed("A", "2026-03-02T00:00", "T-1", NULL);
    closed("B", "2026-03-02T23:59:59.999", "T-2", NULL);
    closed("C", "2026-03-03T00:00", "T-3", NULL);
    called("a", "2026-03-05T23:59:59.999", "T-1", NULL);
    called("b", "2026-03-06T00:00", "T-2", NULL);
    called("c", "2026-03-06T00:00", "T-3", NULL);
    run("2026-03-20T00:00");
    is("A:met B:missed C:met");
}

static void workdays_go_over_holidays(void **state) {
    (void)state;
    happened("repair.ordered", "A", "2026-09-30T10:00", "T-1", NULL);
    happened("repair.ordered", "B", "2026-09-30T10:00:01", "T-2", NULL);
    happened("repair.done", "a", "2026-10-09T10:00", "T-1", NULL);
    happened("repair.done", "b", "2026-10-09T10:00:02", "T-2", NULL);
    run("2026-10-20T00:00");
    is("A:met B:missed");
}

static void missed_only_past_due_and_grace(void **state) {
    (void)state;
    closed("A", "2026-03-02T17:40", "T-1", "K-1"); /* due 03-05 23:59:59.999, grace an hour */
    run("2026-03-06T00:59:59.999");
    is("A:pending");
    reopen();
    run("2026-03-06T01:00");
    is("A:missed");
    assert_int_equal(counts.timers, 1);
    assert_string_equal(ask("SELECT kind || '/' || by_whom FROM event_log WHERE event_id LIKE 't:%'"), "due/callback");

    closed("B", "2026-03-12T17:40", "T-2", "K-1");
    GOOD(deferred_set_grace(db, (int64_t)26 * 3600000, &message));
    run("2026-03-17T01:00");
    is("A:missed B:pending");
    run("2026-03-17T02:00");
    is("A:missed B:missed");
}

static void a_late_call_supersedes(void **state) {
    (void)state;
    closed("A", "2026-03-02T17:40", "T-1", "K-1");
    run("2026-03-10T00:00");
    is("A:missed");
    called("c", "2026-03-03T10:00", "T-1", "K-1");
    run("2026-03-11T00:00");
    is("A:met");
    assert_int_equal(counts.superseded, 1);
    assert_string_equal(ask("SELECT state FROM deferred_obligation WHERE number = (SELECT supersedes FROM "
                            "deferred_obligation WHERE is_current = 1)"),
                        "missed");
    called("b", "2026-03-03T09:00", "T-1", "K-1"); /* an earlier one yet: the verdict stands, the evidence is better */
    run("2026-03-11T00:00");
    assert_int_equal(number("SELECT count(*) FROM deferred_obligation"), 2);
    assert_non_null(
        strstr(ask("SELECT evidence FROM deferred_obligation WHERE is_current = 1"), "\"match\":{\"id\":\"b\""));
    assert_int_equal(number("SELECT closed_ms FROM deferred_obligation WHERE is_current = 1"), ms("2026-03-03T09:00"));
}

static void a_reopened_ticket_waives(void **state) {
    (void)state;
    closed("A", "2026-03-02T17:40", "T-1", "K-1");
    happened("ticket.reopened", "r", "2026-03-03T09:00", "T-1", NULL);
    called("c", "2026-03-04T09:00", "T-1", "K-1"); /* too late to matter */
    closed("B", "2026-03-04T17:40", "T-1", "K-1"); /* closed again: owed anew */
    closed("C", "2026-03-05T17:40", "T-2", "K-2");
    called("d", "2026-03-06T09:00", "T-2", "K-2");
    happened("ticket.reopened", "s", "2026-03-07T09:00", "T-2", NULL); /* after it was called back */
    run("2026-03-20T00:00");
    is("A:waived B:missed C:met");

    happened("repair.ordered", "D", "2026-03-09T10:00", "T-3",
             "K-3"); /* a waiver about the customer, of another ticket */
    happened("customer.gone", "g", "2026-03-09T12:00", "T-9", "K-3");
    run("2026-03-20T00:00");
    is("A:waived B:missed C:met D:waived");
}

static void triggers_join_while_it_is_open(void **state) {
    (void)state;
    closed("A", "2026-03-02T10:00", "T-1", "K-1");
    closed("B", "2026-03-02T12:00", "T-1", "K-1");
    called("c", "2026-03-03T10:00", "T-1", "K-1");
    closed("C", "2026-03-03T12:00", "T-1", "K-1");
    run("2026-03-20T00:00");
    is("A:met C:missed");
    /* The first one turns up late: it was met by nobody, B and the call are in its window. */
    closed("0", "2026-03-01T10:00", "T-1", "K-1");
    run("2026-03-20T00:00");
    is("0:met C:missed");
    assert_string_equal(ask("SELECT state || '/' || reason FROM deferred_obligation WHERE opened_event = 'e:A' AND "
                            "supersedes IS NOT NULL"),
                        "waived/retired");
}

/* ---- whose event it is ---- */

static void without_a_ticket_it_is_only_possible(void **state) {
    (void)state;
    closed("A", "2026-03-02T10:00", "T-1", "K-1");
    closed("B", "2026-03-02T10:00", "T-2", "K-2");
    closed("C", "2026-03-02T10:00", "T-3", "K-3");
    called("a", "2026-03-03T10:00", NULL, "K-1"); /* perhaps about T-1 */
    called("b", "2026-03-03T10:00", "T-9", "K-2"); /* about another ticket */
    run("2026-03-04T10:00");
    is("A:pending B:pending C:pending");
    run("2026-03-20T10:00");
    is("A:undecided B:missed C:missed");
    assert_string_equal(ask("SELECT reason FROM deferred_obligation WHERE opened_event = 'e:A'"), "ticket_unknown");
    called("d", "2026-03-04T10:00", "T-1", NULL); /* a sure one comes late */
    run("2026-03-20T10:00");
    is("A:met B:missed C:missed");
}

static void an_opening_event_without_a_ticket(void **state) {
    (void)state;
    closed("A", "2026-03-02T10:00", NULL, "K-1");
    closed("B", "2026-03-02T11:00", NULL, "K-2");
    closed("C", "2026-03-02T12:00", NULL, NULL);
    closed("D", "2026-03-02T13:00", NULL, "K-1"); /* nobody knows whether it is A's: it stands alone */
    called("c", "2026-03-02T12:30", "T-5", "K-1");
    run("2026-03-20T10:00");
    is("A:undecided B:missed C:undecided D:missed");
    assert_string_equal(ask("SELECT reason FROM deferred_obligation ORDER BY opened_ms"),
                        "ticket_unknown absent no_ticket_nor_customer absent");
}

static void what_is_unknown_of_a_call(void **state) {
    (void)state;
    const cs_log_event calls[] = {
        {.id = "1", .kind = "call.answered", .ticket = "T-1", .direction = NULL, .by = "a1"},
        {.id = "2", .kind = "call.answered", .ticket = "T-2", .direction = "out", .by = "undecided"},
        {.id = "3", .kind = "call.answered", .ticket = "T-3", .direction = "in", .by = "a1"},
        {.id = "4", .kind = "call.answered", .ticket = "T-4", .direction = "out", .by = "bot"},
        {.id = "5", .kind = "call.offered", .ticket = "T-5", .direction = "out"},
    };
    const char *tickets[] = {"T-1", "T-2", "T-3", "T-4", "T-5"}, *names[] = {"A", "B", "C", "D", "E"};
    for (size_t i = 0; i < 5; i++) {
        cs_log_event call = calls[i];
        call.at_ms = ms("2026-03-03T10:00");
        closed(names[i], "2026-03-02T10:00", tickets[i], NULL);
        append(&call);
    }
    run("2026-03-20T10:00");
    is("A:undecided B:undecided C:missed D:missed E:missed 3:met"); /* 3 came in: nothing is known against it */
    assert_string_equal(ask("SELECT reason FROM deferred_obligation WHERE rule = 'callback' ORDER BY opened_event"),
                        "direction_unknown person_unknown absent absent absent");
    assert_non_null(strstr(ask("SELECT evidence FROM deferred_obligation WHERE opened_event = 'e:E'"), "not_answered"));
    assert_non_null(strstr(ask("SELECT evidence FROM deferred_obligation WHERE opened_event = 'e:D'"), "not_a_person"));
}

static void repeated_contact(void **state) {
    (void)state;
    const char *times[] = {"2026-03-02T10:00", "2026-03-03T10:00", "2026-03-04T10:00", "2026-03-08T10:00"};
    for (size_t i = 0; i < 4; i++) {
        char id[2] = {(char)('A' + i), 0};
        append(&(cs_log_event){
            .id = id, .kind = "call.answered", .at_ms = ms(times[i]), .customer = "K-1", .direction = "in"});
    }
    run("2026-03-03T12:00");
    is("A:missed B:missed C:pending D:pending"); /* a hit needs no timer */
    run("2026-03-20T10:00");
    is("A:missed B:missed C:met D:met");
}

/* ---- other rules ---- */

static void a_changed_rule_reads_the_log_anew(void **state) {
    (void)state;
    closed("A", "2026-03-02T10:00", "T-1", "K-1");
    called("c", "2026-03-05T10:00", "T-1", "K-1");
    run("2026-03-20T00:00");
    is("A:met");
    cs_ruleset *old = load(RULES);
    use_rules("rule callback\n  when event ticket.closed where kind = 投诉\n"
              "  expect call answered to customer about this ticket within 1d after\n");
    GOOD(deferred_run(db, old, ms("2026-03-21T00:00"), &counts, &message)); /* not the store's any more: does nothing */
    is("A:met");
    bool has_work = false;
    GOOD(deferred_has_work(db, rules, ms("2026-03-21T00:00"), &has_work, &message));
    assert_true(has_work);
    run("2026-03-21T00:00");
    is("A:missed");
    assert_string_equal(ask("SELECT state FROM deferred_obligation WHERE is_current = 0"), "met");
    GOOD(deferred_has_work(db, rules, ms("2026-03-21T00:00"), &has_work, &message));
    assert_false(has_work);
    use_rules("rule other\n  never agent says \"x\"\n"); /* gone: its verdicts are history */
    run("2026-03-22T00:00");
    is("");
    use_rules(RULES);
    run("2026-03-23T00:00");
    is("A:met");
    ruleset_release(old);
}

static void timers_wait_for_conversations_under_way(void **state) {
    (void)state;
    cs_stmt *stmt;
    closed("A", "2026-03-02T10:00", "T-1", "K-1");
    GOOD(
        db_query(db,
                 "INSERT INTO conversation (external_id, timeline_hash, timeline_version, ruleset, inspection, run_ms, "
                 "id, zone_minutes, channel, turns, high_risk, hit, missed, undecided, noted, met, clean, worst, tags) "
                 "VALUES ('x', x'00', 1, 1, 1, 1, 'x', 480, 'call', 1, 0, 0, 0, 0, 0, 0, 0, '', '[]')",
                 &stmt, &message));
    GOOD(db_run(stmt, &message));
    run("2026-03-20T00:00");
    is("A:pending"); /* its call may be among those that are not inspected under these rules yet */
    GOOD(deferred_mark_complete(db, &message));
    run("2026-03-20T00:00");
    is("A:missed");
}

/* ---- conversations ---- */

static cs_conversation *call(const char *started, cs_role speaker, const char *direction) {
    cs_conversation *c = arena_alloc(arena, sizeof *c);
    cs_participant *people = arena_array(arena, 2, sizeof *people);
    cs_turn *turns = arena_array(arena, 1, sizeof *turns);
    cs_field *fields = arena_array(arena, 2, sizeof *fields);
    people[0] = (cs_participant){.id = "a1", .name = "李晓芸", .role = speaker};
    people[1] = (cs_participant){.id = "c1", .role = CS_ROLE_CUSTOMER};
    turns[0] = (cs_turn){.text = "您好", .text_bytes = 6, .start_ms = 4000, .end_ms = 5000, .confidence = -1};
    fields[0] = (cs_field){.name = "ticket", .value = "T-1", .kind = CS_FIELD_TEXT};
    fields[1] = (cs_field){.name = "direction", .value = direction};
    *c = (cs_conversation){.external_id = "C-1",
                           .customer = "K-1",
                           .channel = CS_CHANNEL_CALL,
                           .started_ms = ms(started),
                           .participants = people,
                           .participant_count = 2,
                           .turns = turns,
                           .turn_count = 1,
                           .fields = fields,
                           .field_count = direction ? 2 : 1};
    GOOD(conversation_finish(c, arena, &message));
    return c;
}

static void what_a_call_tells(void **state) {
    (void)state;
    cs_log_event events[8];
    uint32_t count = 0;
    cs_conversation *c = call("2026-03-03T10:00", CS_ROLE_AGENT, "呼出");
    GOOD(conversation_events(c, arena, events, 8, &count, &message));
    assert_int_equal(count, 1);
    assert_string_equal(events[0].kind, "call.answered");
    assert_int_equal(events[0].at_ms, ms("2026-03-03T10:00:04"));
    assert_string_equal(events[0].by, "李晓芸");
    assert_string_equal(events[0].direction, "out");
    assert_string_equal(events[0].ticket, "T-1");
    const cs_role roles[] = {CS_ROLE_BOT, CS_ROLE_UNDECIDED};
    const char *kinds[] = {"call.offered", "call.answered"}, *by[] = {NULL, "undecided"};
    for (size_t i = 0; i < 2; i++) {
        c = call("2026-03-03T10:00", roles[i], NULL);
        GOOD(conversation_events(c, arena, events, 8, &count, &message));
        assert_string_equal(events[0].kind, kinds[i]);
        assert_null(events[0].direction);
        if (by[i]) assert_string_equal(events[0].by, by[i]);
    }
    cs_event picked_up[] = {{.kind = "answer", .at_ms = 2000, .participant = 1},
                            {.kind = "hold", .at_ms = 2500, .participant = CS_NO_PARTICIPANT},
                            {.kind = "due", .at_ms = 2500, .participant = CS_NO_PARTICIPANT}};
    c = call("2026-03-03T10:00", CS_ROLE_BOT, NULL);
    c->events = picked_up;
    c->event_count = 3;
    GOOD(conversation_events(c, arena, events, 8, &count, &message));
    assert_int_equal(count, 3); /* the log's own kinds are nobody else's */
    assert_string_equal(events[0].kind, "call.answered"); /* the customer picked up */
    assert_int_equal(events[0].at_ms, ms("2026-03-03T10:00:02"));
    picked_up[0].participant = 0;
    GOOD(conversation_events(c, arena, events, 8, &count, &message));
    assert_string_equal(events[0].kind, "call.offered"); /* the bot did */
    picked_up[0].participant = CS_NO_PARTICIPANT;
    GOOD(conversation_events(c, arena, events, 8, &count, &message));
    assert_string_equal(events[0].kind, "call.offered"); /* nobody knows who, and a bot takes part */
    c->channel = CS_CHANNEL_TICKET;
    c->field_count = 0;
    GOOD(conversation_events(c, arena, events, 8, &count, &message));
    assert_int_equal(count, 2);
    assert_string_equal(events[0].ticket, "C-1"); /* a ticket is its own number */
    c->started_ms = CS_NO_TIME;
    GOOD(conversation_events(c, arena, events, 8, &count, &message));
    assert_int_equal(count, 0);
}

static void a_corrected_call_is_withdrawn(void **state) {
    (void)state;
    closed("A", "2026-03-02T10:00", "T-1", "K-1");
    cs_conversation *first = call("2026-03-03T10:00", CS_ROLE_AGENT, "out");
    GOOD(event_log_follow(db, rules, first, false, &message));
    GOOD(event_log_follow(db, rules, first, false, &message)); /* twice is once */
    run("2026-03-20T00:00");
    is("A:met");
    GOOD(event_log_follow(db, rules, call("2026-03-03T10:00", CS_ROLE_BOT, "out"), true, &message));
    run("2026-03-21T00:00");
    is("A:missed");
    GOOD(event_log_follow(db, rules, first, true, &message)); /* the first text was right after all */
    run("2026-03-22T00:00");
    is("A:met");
    assert_int_equal(number("SELECT count(*) FROM deferred_obligation"), 3);
    assert_int_equal(number("SELECT count(*) FROM event_log WHERE event_id LIKE 'c:%'"), 2);
    assert_int_equal(number("SELECT count(*) FROM event_log WHERE event_id LIKE 'c:%' AND is_withdrawn = 1"), 1);

    cs_ruleset *plain = load("rule x\n  never agent says \"x\"\n"); /* no rule waits: nothing is kept */
    cs_conversation *other = call("2026-03-03T10:00", CS_ROLE_AGENT, "out");
    other->external_id = "C-2";
    GOOD(event_log_follow(db, plain, other, false, &message));
    assert_int_equal(number("SELECT count(*) FROM event_log WHERE conversation = 'C-2'"), 0);
    ruleset_release(plain);
}

/* ---- files ---- */

static cs_error read_line(const char *text, cs_log_event *out) {
    return event_line_read(text, strlen(text), CS_ZONE_UNKNOWN, arena, out, &message);
}

static void lines_of_events(void **state) {
    (void)state;
    static const char local[] = "{\"event\":\"x\",\"at\":\"2026-03-02 17:40\"}";
    cs_log_event e, again;
    assert_int_equal(
        read_line("{\"event\":\"ticket.closed\",\"at\":\"2026-03-02T17:40:00+08:00\",\"id\":4711,\"ticket\":77,"
                  "\"customer\":\"K-1\",\"direction\":\"呼出\",\"fields\":{\"kind\":\"投诉\",\"n\":2,\"vip\":true,"
                  "\"none\":null}}",
                  &e),
        CS_OK);
    assert_string_equal(e.id, "4711");
    assert_string_equal(e.ticket, "77");
    assert_string_equal(e.direction, "out");
    assert_int_equal(e.field_count, 3);
    assert_int_equal(e.at_ms, ms("2026-03-02T17:40"));
    assert_int_equal(
        read_line("{\"event\":\"x\",\"at\":\"2026-03-02T17:40:00+08:00\",\"fields\":{\"a\":\"1\",\"b\":2}}", &e),
        CS_OK);
    assert_int_equal(
        read_line("{\"fields\":{\"b\":\"2\",\"a\":1},\"at\":\"2026-03-02T09:40:00Z\",\"event\":\"x\"}", &again), CS_OK);
    assert_string_equal(e.id, again.id); /* the same said otherwise */
    static const struct {
        const char *line, *reason, *place;
    } refused[] = {
        {"{\"event\":\"x\"}", "\"at\" is missing", "at"},
        {"{\"event\":\"\",\"at\":\"2026-03-02T17:40:00Z\"}", "is empty", "event"},
        {"{\"event\":\"due\",\"at\":\"2026-03-02T17:40:00Z\"}", "log's own", "event"},
        {"{\"event\":\"x\",\"at\":\"2026-03-02 17:40\"}", "has no zone", "at"},
        {"{\"event\":\"x\",\"at\":\"yesterday\"}", "is no time", "at"},
        {"{\"event\":\"x\",\"at\":\"2026-03-02T17:40:00Z\",\"direction\":\"up\"}", "is no direction", "direction"},
        {"{\"event\":\"x\",\"at\":\"2026-03-02T17:40:00Z\",\"tiket\":\"1\"}", "not known", "tiket"},
        {"{\"event\":\"x\",\"at\":\"2026-03-02T17:40:00Z\",\"fields\":{\"a\":[1]}}", "must be a text", "fields.a"},
        {"[1]", "an object", ""},
        {"{\"event\":", "ends in the middle", "line 1"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_int_not_equal(read_line(refused[i].line, &e), CS_OK);
        if (!strstr(message.reason, refused[i].reason) || !strstr(message.place, refused[i].place))
            print_error("%s: %s (%s)\n", refused[i].line, message.reason, message.place);
        assert_non_null(strstr(message.reason, refused[i].reason));
        assert_non_null(strstr(message.place, refused[i].place));
    }
    assert_int_equal(event_line_read(local, strlen(local), 480, arena, &e, &message), CS_OK);
    assert_int_equal(e.at_ms, ms("2026-03-02T17:40"));
}

static void an_id_stands_for_one_event(void **state) {
    (void)state;
    bool is_new;
    cs_log_event e = {.id = "1", .kind = "x", .at_ms = 5, .ticket = "T", .fields = COMPLAINT, .field_count = 1};
    GOOD(event_log_append(db, CS_FROM_FILE, &e, "a", 1, &is_new, &message));
    assert_true(is_new);
    GOOD(event_log_append(db, CS_FROM_FILE, &e, "b", 2, &is_new, &message));
    assert_false(is_new);
    GOOD(event_log_append(db, CS_FROM_CONVERSATION, &e, "b", 2, &is_new, &message)); /* another name space */
    assert_true(is_new);
    e.ticket = NULL;
    assert_int_equal(event_log_append(db, CS_FROM_FILE, &e, "b", 2, &is_new, &message), CS_ERR_CONFLICT);
    assert_int_equal(number("SELECT count(*) FROM event_log"), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(met_missed_and_pending),
        TEST(the_day_ends_in_the_centres_zone),
        TEST(workdays_go_over_holidays),
        TEST(missed_only_past_due_and_grace),
        TEST(a_late_call_supersedes),
        TEST(a_reopened_ticket_waives),
        TEST(triggers_join_while_it_is_open),
        TEST(without_a_ticket_it_is_only_possible),
        TEST(an_opening_event_without_a_ticket),
        TEST(what_is_unknown_of_a_call),
        TEST(repeated_contact),
        TEST(a_changed_rule_reads_the_log_anew),
        TEST(timers_wait_for_conversations_under_way),
        TEST(what_a_call_tells),
        TEST(a_corrected_call_is_withdrawn),
        TEST(lines_of_events),
        TEST(an_id_stands_for_one_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
