/* What an author writes again while the numbers stood covered before him. */
#include "quality/comment_cover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static cs_message message;

static void expect(const char *before, const char *given, const char *wanted) {
    cs_buffer out;
    buffer_init(&out, 1 << 16);
    message = (cs_message){0};
    cs_error code = comment_uncover(before, given, &out, &message);
    assert_int_equal(code, wanted ? CS_OK : CS_ERR_USAGE);
    if (wanted) assert_string_equal(buffer_string(&out), wanted);
    buffer_free(&out);
}

static void a_number_that_comes_back_covered_is_the_one_that_stood_there(void **state) {
    (void)state;
    expect("call 13812342071", "call back 138****2071 today", "call back 13812342071 today");
    expect("客户电话13812342071，请回访", "请回访客户：138****2071", "请回访客户：13812342071");
    expect("13812342071和13912345678", "先139****5678", "先13912345678");
    expect("打13812342071或13812342071", "打138****2071或138****2071", "打13812342071或13812342071");
}

static void what_was_taken_away_or_written_in_full_stays_so(void **state) {
    (void)state;
    expect("call 13812342071", "call nobody", "call nobody");
    expect("call 13812342071", "call 13912345678", "call 13912345678");
    expect("nothing covered", "**very** good", "**very** good");
    expect("call 13812342071", "**call** 138****2071", "**call** 13812342071");
}

static void stars_of_which_nobody_knows_the_number_are_refused(void **state) {
    (void)state;
    expect("call 13812342071", "call 139****2071", NULL);
    assert_string_equal(message.place, "body");
    expect("13812342071 and 13912345678", "139****5678 and 138****2071", NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_that_comes_back_covered_is_the_one_that_stood_there),
        cmocka_unit_test(what_was_taken_away_or_written_in_full_stays_so),
        cmocka_unit_test(stars_of_which_nobody_knows_the_number_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
