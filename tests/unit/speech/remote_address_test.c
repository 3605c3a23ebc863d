/* Addresses of recognisers: how they are read, how far they reach, and what is refused. */
#include "speech/remote_address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static cs_arena *arena;
static cs_message message;

static int start(void **state) {
    (void)state;
    arena = arena_create(1 << 20);
    return arena ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static void an_address_is_told_from_a_models_name(void **state) {
    (void)state;
    assert_true(remote_address_is("https://a/v1") && remote_address_is("ws://a:1"));
    assert_false(remote_address_is("zh-zipformer-phonetic-3.3m") || remote_address_is("ftp://a") ||
                 remote_address_is("") || remote_address_is("httpx"));
}

static void addresses_are_read(void **state) {
    (void)state;
    cs_remote_address a;
    assert_int_equal(
        remote_address_read("https://asr.example:8443/v1/#model=large%2Dv3&language=zh&key-file=/k&timeout=9", arena,
                            &a, &message),
        CS_OK);
    assert_int_equal(a.kind, CS_MODEL_HTTP);
    assert_string_equal(a.url, "https://asr.example:8443/v1/audio/transcriptions");
    assert_string_equal(a.name, "https://asr.example:8443/v1/audio/transcriptions#model=large-v3&language=zh");
    assert_string_equal(a.key_file, "/k");
    assert_string_equal(a.format, "verbose_json");
    assert_true(a.is_secure && a.timeout_s == 9);
    assert_int_equal(remote_address_read("http://[::1]:9", arena, &a, &message), CS_OK);
    assert_string_equal(a.url, "http://[::1]:9/v1/audio/transcriptions");
    assert_int_equal(remote_address_read("http://h/x/audio/transcriptions?v=1#format=json", arena, &a, &message),
                     CS_OK);
    assert_string_equal(a.url, "http://h/x/audio/transcriptions?v=1");
    assert_string_equal(a.port, "80");
    assert_int_equal(remote_address_read("wss://h:10095#mode=2pass", arena, &a, &message), CS_OK);
    assert_int_equal(a.kind, CS_MODEL_WEBSOCKET);
    assert_string_equal(a.url, "wss://h:10095/");
    assert_string_equal(a.mode, "2pass");
}

static void what_is_no_address_is_refused_with_a_reason(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "ftp://h",
        "http://",
        "http://h:99999",
        "http://name:secret@h/v1",
        "http://h v1",
        "http://h#model",
        "http://h#model=",
        "http://h#timeout=0",
        "http://h#timeout=x",
        "http://h#format=srt",
        "http://h#colour=1",
        "http://h#mode=2pass",
        "ws://h#model=x",
        "ws://h#mode=fast",
        "http://h#model=%00",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cs_remote_address a;
        message = (cs_message){0};
        assert_int_equal(remote_address_read(wrong[i], arena, &a, &message), CS_ERR_USAGE);
        assert_true(*message.reason);
        assert_null(strstr(message.reason, "secret"));
    }
}

static cs_remote_reach reach_of(const char *text) {
    cs_remote_address a;
    cs_remote_reach reach = CS_REACH_OUTSIDE;
    assert_int_equal(remote_address_read(text, arena, &a, &message), CS_OK);
    assert_int_equal(remote_address_reach(&a, &reach, &message), CS_OK);
    return reach;
}

static void how_far_an_address_reaches(void **state) {
    (void)state;
    assert_int_equal(reach_of("http://127.0.0.1:1"), CS_REACH_MACHINE);
    assert_int_equal(reach_of("http://[::1]"), CS_REACH_MACHINE);
    assert_int_equal(reach_of("http://10.1.2.3"), CS_REACH_PRIVATE);
    assert_int_equal(reach_of("http://172.31.0.1"), CS_REACH_PRIVATE);
    assert_int_equal(reach_of("http://192.168.0.1"), CS_REACH_PRIVATE);
    assert_int_equal(reach_of("http://[fd00::1]"), CS_REACH_PRIVATE);
    assert_int_equal(reach_of("http://172.32.0.1"), CS_REACH_OUTSIDE);
    assert_int_equal(reach_of("http://203.0.113.8"), CS_REACH_OUTSIDE);
    assert_int_equal(reach_of("http://[2001:db8::1]"), CS_REACH_OUTSIDE);
    assert_int_equal(reach_of("http://[::ffff:203.0.113.8]"), CS_REACH_OUTSIDE);
}

static void sound_goes_outside_encrypted_only_and_never_unsaid(void **state) {
    (void)state;
    cs_speech_model *model = NULL;
    const char *notice = NULL;
    assert_int_equal(model_of_address("http://203.0.113.8/v1", arena, &model, &message), CS_ERR_FORBIDDEN);
    assert_int_equal(model_of_address("https://203.0.113.8/v1#language=zh", arena, &model, &message), CS_OK);
    assert_string_equal(model->name, "https://203.0.113.8/v1/audio/transcriptions#language=zh");
    assert_string_equal(model->languages, "zh");
    assert_int_equal(remote_address_notice("https://203.0.113.8/v1", arena, &notice, &message), CS_OK);
    assert_non_null(strstr(notice, "RECORDINGS LEAVE THIS MACHINE"));
    assert_int_equal(remote_address_notice("http://10.0.0.5/v1", arena, &notice, &message), CS_OK);
    assert_non_null(strstr(notice, "private network, without encryption"));
    assert_int_equal(remote_address_notice("http://127.0.0.1/v1", arena, &notice, &message), CS_OK);
    assert_non_null(strstr(notice, "on this machine"));
}

static void write_key(const char *path, const char *text, unsigned mode) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs(text, file);
    (void)fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static void a_key_is_one_line_that_not_everybody_reads(void **state) {
    (void)state;
    char path[] = "/tmp/remote_key_XXXXXX", key[CS_MAX_SPEECH_KEY_BYTES + 1];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    cs_remote_address a = {.key_file = path};
    write_key(path, "  sk-123\n", 0600);
    assert_int_equal(remote_key_read(&a, key, &message), CS_OK);
    assert_string_equal(key, "sk-123");
    write_key(path, "sk-123\n", 0644);
    assert_int_equal(remote_key_read(&a, key, &message), CS_ERR_FORBIDDEN);
    write_key(path, "two lines\nsk", 0600);
    assert_int_equal(remote_key_read(&a, key, &message), CS_ERR_PARSE);
    assert_null(strstr(message.reason, "two"));
    write_key(path, "\n", 0600);
    assert_int_equal(remote_key_read(&a, key, &message), CS_ERR_PARSE);
    (void)unlink(path);
    assert_int_equal(remote_key_read(&a, key, &message), CS_ERR_NOT_FOUND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_address_is_told_from_a_models_name, start, end),
        cmocka_unit_test_setup_teardown(addresses_are_read, start, end),
        cmocka_unit_test_setup_teardown(what_is_no_address_is_refused_with_a_reason, start, end),
        cmocka_unit_test_setup_teardown(how_far_an_address_reaches, start, end),
        cmocka_unit_test_setup_teardown(sound_goes_outside_encrypted_only_and_never_unsaid, start, end),
        cmocka_unit_test_setup_teardown(a_key_is_one_line_that_not_everybody_reads, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
