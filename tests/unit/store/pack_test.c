/* Bodies come back as they went in, with and without a dictionary; a damaged frame is an error in words, never a crash. */
#include "store/pack.h"

#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { SAMPLES = 2000, MOST = 1 << 20 };

static cs_folder folder;
static cs_message message;
static cs_db *db;
static cs_packer *packer;

static int start(void **state) {
    (void)state;
    folder_make(&folder);
    message = (cs_message){0};
    if (db_open(folder.path, CS_DB_WRITE, &db, &message) != CS_OK) return -1;
    return packer_open(db, &packer, &message) == CS_OK ? 0 : -1;
}

static int stop(void **state) {
    (void)state;
    packer_close(packer);
    db_close(db);
    folder_remove(&folder);
    return 0;
}

/* A made-up dialogue: repeats its phrases as real ones do, with a number of its own. */
static void sample(unsigned i, cs_buffer *out) {
    static const char *const said[] = {"您好,很高兴为您服务,请问有什么可以帮您?",
                                       "我的空调又漏水了,已经是第三次了。",
                                       "非常抱歉给您带来不便,我马上为您查询订单。",
                                       "好的,麻烦你快一点,我等了很久。",
                                       "请问您的订单号是多少?",
                                       "感谢您的来电,祝您生活愉快,再见。"};
    buffer_clear(out);
    for (unsigned k = 0; k < 12; k++)
        (void)buffer_printf(out, "%u:%s 单号%u;", k, said[(i * 7 + k * k) % 6],
                            (i * 2654435761U + k * 40503U) % 100000);
}

static void train(void) {
    cs_buffer one, all;
    buffer_init(&one, MOST);
    buffer_init(&all, 64 << 20);
    size_t *lengths = calloc(SAMPLES, sizeof *lengths);
    assert_non_null(lengths);
    for (unsigned i = 0; i < SAMPLES; i++) {
        sample(i, &one);
        lengths[i] = one.length;
        assert_true(buffer_append(&all, one.data, one.length));
    }
    assert_int_equal(db_begin(db, &message), CS_OK);
    assert_int_equal(packer_train(db, all.data, lengths, SAMPLES, &message), CS_OK);
    assert_int_equal(db_commit(db, &message), CS_OK);
    free(lengths);
    buffer_free(&all);
    buffer_free(&one);
}

static void round_trip(const void *bytes, size_t length) {
    cs_buffer frame, back;
    buffer_init(&frame, MOST);
    buffer_init(&back, MOST);
    assert_int_equal(packer_pack(packer, bytes, length, &frame, &message), CS_OK);
    assert_int_equal(packer_unpack(packer, frame.data, frame.length, MOST, &back, &message), CS_OK);
    assert_int_equal(back.length, length);
    if (length) assert_memory_equal(back.data, bytes, length);
    buffer_free(&frame);
    buffer_free(&back);
}

static void bodies_come_back(void **state) {
    (void)state;
    char zeros[70000] = {0};
    round_trip("", 0);
    round_trip("a", 1);
    round_trip(zeros, sizeof zeros);
}

static void a_dictionary_packs_better_and_old_frames_stay_readable(void **state) {
    (void)state;
    cs_buffer body, before, after, back;
    buffer_init(&body, MOST);
    buffer_init(&before, MOST);
    buffer_init(&after, MOST);
    buffer_init(&back, MOST);
    sample(SAMPLES + 1, &body);
    assert_int_equal(packer_pack(packer, body.data, body.length, &before, &message), CS_OK);
    assert_false(packer_has_dictionary(packer));
    train();
    assert_false(packer_has_dictionary(packer));
    assert_int_equal(packer_refresh(packer, &message), CS_OK);
    assert_true(packer_has_dictionary(packer));
    assert_int_equal(packer_pack(packer, body.data, body.length, &after, &message), CS_OK);
    assert_true(after.length < before.length);
    round_trip(body.data, body.length);
    assert_int_equal(packer_unpack(packer, before.data, before.length, MOST, &back, &message), CS_OK);
    assert_memory_equal(back.data, body.data, body.length);

    train(); /* a second one: frames of the first are still read */
    assert_int_equal(packer_refresh(packer, &message), CS_OK);
    assert_int_equal(packer_unpack(packer, after.data, after.length, MOST, &back, &message), CS_OK);
    assert_memory_equal(back.data, body.data, body.length);
    buffer_free(&body);
    buffer_free(&before);
    buffer_free(&after);
    buffer_free(&back);
}

static void a_reader_learns_of_a_dictionary_trained_later(void **state) {
    (void)state;
    cs_db *reader = NULL;
    cs_packer *other = NULL;
    assert_int_equal(db_open(folder.path, CS_DB_READ, &reader, &message), CS_OK);
    assert_int_equal(packer_open(reader, &other, &message), CS_OK);
    train();
    assert_int_equal(packer_refresh(packer, &message), CS_OK);
    cs_buffer body, frame, back;
    buffer_init(&body, MOST);
    buffer_init(&frame, MOST);
    buffer_init(&back, MOST);
    sample(3, &body);
    assert_int_equal(packer_pack(packer, body.data, body.length, &frame, &message), CS_OK);
    assert_int_equal(packer_unpack(other, frame.data, frame.length, MOST, &back, &message), CS_OK);
    assert_int_equal(back.length, body.length);

    cs_stmt *stmt = NULL; /* and a lost dictionary is said */
    assert_int_equal(db_query(db, "DELETE FROM dictionary", &stmt, &message), CS_OK);
    assert_int_equal(db_run(stmt, &message), CS_OK);
    packer_close(other);
    assert_int_equal(packer_open(reader, &other, &message), CS_OK);
    assert_int_equal(packer_unpack(other, frame.data, frame.length, MOST, &back, &message), CS_ERR_STORE);
    assert_non_null(strstr(message.reason, "dictionary"));
    buffer_free(&body);
    buffer_free(&frame);
    buffer_free(&back);
    packer_close(other);
    db_close(reader);
}

static void too_few_samples_train_nothing(void **state) {
    (void)state;
    size_t lengths[2] = {3, 3};
    assert_int_equal(packer_train(db, "abcabc", lengths, 2, &message), CS_OK);
    assert_int_equal(packer_refresh(packer, &message), CS_OK);
    assert_false(packer_has_dictionary(packer));
}

static void damage_is_an_error_in_words(void **state) {
    (void)state;
    train();
    assert_int_equal(packer_refresh(packer, &message), CS_OK);
    cs_buffer body, frame, back;
    buffer_init(&body, MOST);
    buffer_init(&frame, MOST);
    buffer_init(&back, MOST);
    sample(5, &body);
    assert_int_equal(packer_pack(packer, body.data, body.length, &frame, &message), CS_OK);
    for (size_t cut = 0; cut < frame.length; cut++)
        assert_int_not_equal(packer_unpack(packer, frame.data, cut, MOST, &back, &message), CS_OK);
    for (size_t i = 0; i < frame.length; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            frame.data[i] = (char)(frame.data[i] ^ (1 << bit));
            cs_error code = packer_unpack(packer, frame.data, frame.length, MOST, &back, &message);
            /* a few bits of the header are not used by the format: then the text is whole all the same */
            if (code == CS_OK)
                assert_memory_equal(back.data, body.data, body.length);
            else
                assert_true(message.reason[0]);
            frame.data[i] = (char)(frame.data[i] ^ (1 << bit));
        }
    assert_int_equal(packer_unpack(packer, frame.data, frame.length, body.length - 1, &back, &message), CS_ERR_LIMIT);
    assert_int_equal(packer_unpack(packer, "not packed at all", 17, MOST, &back, &message), CS_ERR_STORE);
    assert_true(message.remedy[0]);
    buffer_free(&body);
    buffer_free(&frame);
    buffer_free(&back);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        T(bodies_come_back),
        T(a_dictionary_packs_better_and_old_frames_stay_readable),
        T(a_reader_learns_of_a_dictionary_trained_later),
        T(too_few_samples_train_nothing),
        T(damage_is_an_error_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
