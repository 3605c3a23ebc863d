/* What order.h promises: every state × every act × every role, who may decide an appeal, and where each act leads. */
#include "service/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Written out by hand: for each act what comes of it in each state, '-' where the state refuses it. O open, A answered, P
 * appealed, C closed; "own": also whoever is to answer. */
static const struct {
    cs_order_act act;
    const char *after; /* by state: open, answered, appealed, closed */
    bool own;
} table[] = {
    {CS_ORDER_ANSWER, "A---", true},  {CS_ORDER_RECHECK, "-A--", false}, {CS_ORDER_CLOSE, "-C--", false},
    {CS_ORDER_REOPEN, "-O-O", false}, {CS_ORDER_APPEAL, "PP--", true},   {CS_ORDER_UPHOLD, "--O-", false},
    {CS_ORDER_GRANT, "--C-", false},  {CS_ORDER_ASSIGN, "OAP-", false},  {CS_ORDER_COMMENT, "OAPC", true},
};

static const char letters[] = "OAPC";

static void every_state_act_and_role(void **state) {
    (void)state;
    int checked = 0;
    assert_int_equal(sizeof table / sizeof *table, CS_ORDER_ACTS);
    for (size_t row = 0; row < CS_ORDER_ACTS; row++) {
        for (cs_order_state from = 0; from < CS_ORDER_STATES; from++) {
            for (cs_account_role role = 0; role < CS_ACCOUNT_ROLES; role++) {
                for (int own = 0; own < 2; own++) {
                    cs_account account = {.number = 7, .role = role};
                    cs_message message = {0};
                    cs_order_facts facts = {
                        .state = from, .before_appeal = CS_ORDER_IS_OPEN, .is_rechecked = true, .is_own = own != 0};
                    bool is_judge = role >= CS_ACCOUNT_REVIEWER;
                    cs_error wanted = !is_judge && (!table[row].own || !own) ? CS_ERR_FORBIDDEN
                                      : table[row].after[from] == '-'        ? CS_ERR_CONFLICT
                                                                             : CS_OK;
                    cs_error code = order_check(&facts, table[row].act, &account, &message);
                    if (code != wanted)
                        print_message("%s of %s by %s, own %d\n", order_act_name(table[row].act),
                                      order_state_name(from), account_role_name(role), own);
                    assert_int_equal(code, wanted);
                    if (code == CS_OK)
                        assert_int_equal(letters[order_after(&facts, table[row].act)], table[row].after[from]);
                    else
                        assert_true(message.reason[0] && message.remedy[0]);
                    checked++;
                }
            }
        }
    }
    assert_int_equal(checked, CS_ORDER_ACTS * CS_ORDER_STATES * CS_ACCOUNT_ROLES * 2);
}

static cs_error decide(cs_order_facts facts, cs_message *message) {
    cs_account account = {.number = 7, .role = CS_ACCOUNT_REVIEWER};
    facts.state = CS_ORDER_IS_APPEALED;
    cs_error upheld = order_check(&facts, CS_ORDER_UPHOLD, &account, message);
    assert_int_equal(order_check(&facts, CS_ORDER_GRANT, &account, message), upheld);
    return upheld;
}

static void nobody_is_judge_in_his_own_cause(void **state) {
    (void)state;
    cs_message message = {0};
    assert_int_equal(decide((cs_order_facts){.is_opener = true, .has_others = true}, &message), CS_ERR_FORBIDDEN);
    assert_non_null(strstr(message.reason, "opened"));
    assert_int_equal(decide((cs_order_facts){.is_appellant = true, .has_others = true}, &message), CS_ERR_FORBIDDEN);
    assert_non_null(strstr(message.reason, "appealed"));
    assert_int_equal(decide((cs_order_facts){.is_opener = true, .has_others = false}, &message), CS_OK);
    assert_int_equal(decide((cs_order_facts){.has_others = true}, &message), CS_OK);
}

static void closing_rests_on_a_recheck(void **state) {
    (void)state;
    cs_message message = {0};
    cs_account account = {.number = 7, .role = CS_ACCOUNT_MANAGER};
    cs_order_facts facts = {.state = CS_ORDER_IS_ANSWERED};
    assert_int_equal(order_check(&facts, CS_ORDER_CLOSE, &account, &message), CS_ERR_CONFLICT);
    facts.is_rechecked = true;
    assert_int_equal(order_check(&facts, CS_ORDER_CLOSE, &account, &message), CS_OK);
}

static void an_appeal_is_decided_once_and_goes_back_to_where_it_came_from(void **state) {
    (void)state;
    cs_message message = {0};
    cs_account account = {.number = 7, .role = CS_ACCOUNT_AGENT};
    cs_order_facts facts = {.state = CS_ORDER_IS_OPEN, .is_own = true, .was_appealed = true};
    assert_int_equal(order_check(&facts, CS_ORDER_APPEAL, &account, &message), CS_ERR_CONFLICT);
    facts = (cs_order_facts){.state = CS_ORDER_IS_APPEALED, .before_appeal = CS_ORDER_IS_ANSWERED};
    assert_int_equal(order_after(&facts, CS_ORDER_UPHOLD), CS_ORDER_IS_ANSWERED);
    facts.before_appeal = CS_ORDER_IS_OPEN;
    assert_int_equal(order_after(&facts, CS_ORDER_UPHOLD), CS_ORDER_IS_OPEN);
}

static void names_are_read_back(void **state) {
    (void)state;
    for (cs_order_state one = 0; one < CS_ORDER_STATES; one++)
        assert_int_equal(order_state_parse(order_state_name(one)), one);
    assert_int_equal(order_state_parse("done"), CS_ORDER_STATES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_act_and_role),
        cmocka_unit_test(nobody_is_judge_in_his_own_cause),
        cmocka_unit_test(closing_rests_on_a_recheck),
        cmocka_unit_test(an_appeal_is_decided_once_and_goes_back_to_where_it_came_from),
        cmocka_unit_test(names_are_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
