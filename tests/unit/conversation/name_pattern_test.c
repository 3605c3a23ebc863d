/* A recording's name fills what its transcript leaves open, and nothing else. */
#include "conversation/name_pattern.h"

#include "conversation/mapping_columns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char json[] = "{\"format\": \"recording\", \"name\": \"{agent}_{number}_{time:yyyymmddhhmmss}.wav\", "
                           "\"zone\": \"+08:00\", \"queue\": \"售后\"}";
static const char path[] = "/calls/李晓芸_13812345678_20260214103200.wav";
static const int64_t TEN_THIRTY_TWO = 1771036320000;

static cs_mapping *mapping;
static cs_draft draft;
static cs_message message;

static int begin(void **state) {
    (void)state;
    return mapping_parse(json, sizeof json - 1, &mapping, &message) == CS_OK && draft_start(&draft) ? 0 : 1;
}

static int end(void **state) {
    (void)state;
    draft_drop(&draft);
    mapping_free(mapping);
    return 0;
}

static void add(cs_role role, const char *name) {
    cs_participant *who = draft_participant(&draft);
    assert_non_null(who);
    who->id = role_name(role);
    who->role = role;
    who->name = name;
}

static void fill(void) {
    assert_int_equal(name_pattern_fill(mapping, path, draft.c, draft.arena, &message), CS_OK);
}

static void fills_what_is_open(void **state) {
    (void)state;
    draft.c->external_id = "T-1";
    draft.c->started_ms = CS_NO_TIME;
    add(CS_ROLE_CUSTOMER, NULL);
    add(CS_ROLE_AGENT, NULL);
    fill();
    assert_true(draft.c->started_ms == TEN_THIRTY_TWO);
    assert_int_equal(draft.c->zone_minutes, 480);
    assert_string_equal(draft.c->external_id, "T-1");
    assert_string_equal(draft.c->customer, "13812345678");
    assert_string_equal(draft.c->queue, "售后");
    assert_string_equal(conversation_field(draft.c, "number"), "13812345678");
    assert_int_equal(draft.c->participant_count, 2);
    assert_string_equal(conversation_agent(draft.c)->name, "李晓芸");
}

static void leaves_what_is_said(void **state) {
    (void)state;
    draft.c->started_ms = 5;
    draft.c->queue = "售前";
    draft.c->customer = "K-1";
    assert_int_equal(draft_field(&draft, "number", "13900000000", &message), CS_OK);
    add(CS_ROLE_AGENT, "陈默");
    fill();
    assert_true(draft.c->started_ms == 5);
    assert_string_equal(draft.c->queue, "售前");
    assert_string_equal(draft.c->customer, "K-1");
    assert_string_equal(conversation_field(draft.c, "number"), "13900000000");
    assert_string_equal(conversation_agent(draft.c)->name, "陈默");
    assert_int_equal(draft.c->participant_count, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fills_what_is_open, begin, end),
        cmocka_unit_test_setup_teardown(leaves_what_is_said, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
