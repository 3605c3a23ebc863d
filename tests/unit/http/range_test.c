/* Which bytes a client asks for, at every kind of boundary. */
#include "http/range.h"

#include "http/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void ranges_are_read_as_the_rfc_says(void **state) {
    (void)state;
    static const struct {
        const char *header;
        cs_range_kind kind;
        int64_t first, length;
    } cases[] = {
        {NULL, CS_RANGE_WHOLE, 0, 1000},
        {"", CS_RANGE_WHOLE, 0, 1000},
        {"bytes=0-", CS_RANGE_PART, 0, 1000},
        {"bytes=0-0", CS_RANGE_PART, 0, 1},
        {"BYTES=100-199", CS_RANGE_PART, 100, 100},
        {"bytes= 100-199 ", CS_RANGE_PART, 100, 100},
        {"bytes=999-", CS_RANGE_PART, 999, 1},
        {"bytes=999-5000", CS_RANGE_PART, 999, 1},
        {"bytes=-1", CS_RANGE_PART, 999, 1},
        {"bytes=-1000", CS_RANGE_PART, 0, 1000},
        {"bytes=-5000", CS_RANGE_PART, 0, 1000},
        {"bytes=0-99999999999999999999999999", CS_RANGE_PART, 0, 1000},
        {"bytes=1000-", CS_RANGE_BEYOND, 0, 1000},
        {"bytes=99999999999999999999999999-", CS_RANGE_BEYOND, 0, 1000},
        {"bytes=-0", CS_RANGE_BEYOND, 0, 1000},
        {"bytes=5-4", CS_RANGE_WHOLE, 0, 1000},
        {"bytes=-", CS_RANGE_WHOLE, 0, 1000},
        {"bytes=", CS_RANGE_WHOLE, 0, 1000},
        {"bytes=a-b", CS_RANGE_WHOLE, 0, 1000},
        {"bytes=1", CS_RANGE_WHOLE, 0, 1000},
        {"bytes=0-1,5-6", CS_RANGE_WHOLE, 0, 1000},
        {"bytes=0x1-2", CS_RANGE_WHOLE, 0, 1000},
        {"seconds=1-2", CS_RANGE_WHOLE, 0, 1000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cs_range range;
        cs_range_kind kind = range_read(cases[i].header, 1000, &range);
        if (kind != cases[i].kind) print_message("%s\n", cases[i].header);
        assert_int_equal(kind, cases[i].kind);
        assert_int_equal(range.first, cases[i].first);
        assert_int_equal(range.length, cases[i].length);
    }
}

/* ---- what is sent of a stream ---- */

static int closed;

static cs_error no_bytes(void *context, int64_t offset, void *out, size_t most, size_t *got, cs_message *message) {
    (void)context, (void)offset, (void)out, (void)most;
    *got = 0;
    return message_set(message, CS_ERR_IO, "nothing is read here");
}

static void count_closing(void *context) {
    (void)context;
    closed++;
}

static cs_answer chosen(const cs_wish *wish) {
    cs_answer answer;
    answer_init(&answer);
    answer.stream = (cs_stream){.length = 1000,
                                .read = no_bytes,
                                .close = count_closing,
                                .type = "audio/wav",
                                .cache = "private",
                                .etag = "\"abc\""};
    closed = 0;
    answer_choose_range(&answer, wish);
    return answer;
}

static void assert_chosen(cs_wish wish, unsigned status, const char *content_range, int64_t length) {
    cs_answer answer = chosen(&wish);
    assert_int_equal(answer.status, status);
    assert_string_equal(answer.content_range, content_range);
    assert_string_equal(answer.etag, "\"abc\"");
    if (length >= 0) {
        assert_int_equal(answer.stream_length, length);
        assert_string_equal(answer.type, "audio/wav");
        assert_int_equal(closed, 0);
    } else {
        assert_null(answer.stream.read); /* nothing of it is sent, so it is closed already */
        assert_int_equal(closed, 1);
    }
    answer_free(&answer);
    assert_int_equal(closed, 1);
}

static void wishes_choose_the_answer(void **state) {
    (void)state;
    assert_chosen((cs_wish){0}, 200, "", 1000);
    assert_chosen((cs_wish){.range = "bytes=10-19"}, 206, "bytes 10-19/1000", 10);
    assert_chosen((cs_wish){.range = "bytes=2000-"}, 416, "bytes */1000", -1);
    assert_chosen((cs_wish){.range = "bytes=10-19", .if_range = "\"abc\""}, 206, "bytes 10-19/1000", 10);
    assert_chosen((cs_wish){.range = "bytes=10-19", .if_range = "\"old\""}, 200, "", 1000);
    assert_chosen((cs_wish){.range = "bytes=2000-", .if_range = "Sun, 22 Nov 2026 08:00:00 GMT"}, 200, "", 1000);
    assert_chosen((cs_wish){.if_none_match = "\"x\", \"abc\""}, 304, "", -1);
    assert_chosen((cs_wish){.if_none_match = "\"x\""}, 200, "", 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_read_as_the_rfc_says),
        cmocka_unit_test(wishes_choose_the_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
